"""Several communes in one folder: each as if it were alone, all of them added up, dated codes."""

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from generated_campaigns import campaigns, unhurried
from hypothesis import given, settings
from hypothesis import strategies as st
from page_tables import tables_of
from raw_files import Row, write_plan, write_table
from several_communes import (
    DATED,
    FOLLOWING,
    HOUSEHOLDS,
    PLAN,
    TODAY,
    VILLAGES,
    folder,
    fraction,
    line,
    results_of,
    run,
)

from campaign_lib import cli
from campaign_lib.base.editions import Edition
from campaign_lib.errors import CampaignError
from campaign_lib.intake import read_campaign
from campaign_lib.intake.problem_list import told
from campaign_lib.pipeline.build import build
from campaign_lib.pipeline.reports import run as making
from campaign_lib.pipeline.reports.index import overview
from campaign_lib.recount.verify import recount_communes, verify
from campaign_lib.store.processed import Processed, folder_of
from campaign_lib.words import Words
from campaign_sample import write_sample

COUNTS = [
    *("numerator", "denominator", "unknown"),
    *("baseline_numerator", "baseline_denominator", "baseline_unknown"),
]
#: The counts that the public edition has.
OPEN_COUNTS = ("numerator", "denominator", "baseline_numerator", "baseline_denominator")


# --- a small folder: two villages in X, one in Y --------------------------------------------------


def built(data: Path, **asked: Any) -> Path:
    build(folder(data, **asked), TODAY)
    return data / "processed"


def test_each_commune_has_every_table(tmp_path: Path) -> None:
    campaign = read_campaign(folder(tmp_path) / "raw", TODAY)
    parts = campaign.of_each()
    assert list(parts) == ["X", "Y"]
    assert all(part.tables.keys() == campaign.tables.keys() for part in parts.values())


def test_communes_stand_under_their_keys_and_all_is_their_sum(tmp_path: Path) -> None:
    processed = built(tmp_path)
    lines = results_of(processed)
    places = lines[lines["indicator"] == "informed"].set_index("place")["level"].to_dict()
    villages = dict.fromkeys("ABC", "village")
    assert places == {**villages, "X": "commune", "Y": "commune", "all": "all"}
    assert fraction(processed, "2024Q1/X/informed") == "6/6"
    assert fraction(processed, "2024Q1/Y/informed") == "3/3"
    assert fraction(processed, "2024Q1/all/informed") == "9/9"
    assert line(processed, "2024Q1/all/informed")["target_count"] == "5"
    assert verify(tmp_path).agrees


def test_one_commune_named_is_what_it_was_without(tmp_path: Path) -> None:
    named = built(tmp_path / "named", villages=VILLAGES.replace("| Y", "| X"))
    bare = "\n".join(row.rpartition("|")[0] for row in VILLAGES.strip().splitlines())
    plain = built(tmp_path / "plain", villages=bare)
    for name in ("results.csv", "steps.csv", "problems.csv"):
        assert (named / name).read_bytes() == (plain / name).read_bytes()
    assert "communes" not in json.loads((named / "manifest.json").read_bytes())


def test_a_household_that_moves_leaves_one_commune_and_is_new_in_the_other(tmp_path: Path) -> None:
    moved = HOUSEHOLDS.replace(
        "H5..H6    | B       | Ba Na     |            |",
        "H5..H6    | B       | Ba Na     |            | 2024-02-01\n"
        "    H5..H6    | C       | Ba Na     | 2024-02-01 |",
    )
    processed = built(tmp_path, households=moved)
    assert fraction(processed, "2024Q1/X/informed") == "4/4"
    assert fraction(processed, "2024Q1/Y/informed") == "3/3"
    assert fraction(processed, "2024Q1/all/informed") == "7/7"
    # Those present now are counted where they live.
    assert line(processed, "2024Q1/Y/covered_by_plan")["denominator"] == "5"
    assert line(processed, "2024Q1/all/covered_by_plan")["denominator"] == "9"
    assert verify(tmp_path).agrees


def test_each_commune_is_measured_by_its_own_households(tmp_path: Path) -> None:
    """X says that who is not listed is not poor; of Y's three one is unknown, of all nine one."""
    points = {**PLAN, "targets": {"poverty_reduction": {"at_least": "5.12"}}}
    own = {**points, "commune": "X", "parameters": {"unlisted_households": "not_poor"}}
    listed = """
        household | status | valid_from
        H1..H4    | poor   | 2023-12-31
        H8..H9    | poor   | 2023-12-31
    """
    processed = built(tmp_path, plans={"": points, "X": own}, poverty_status=listed)
    told = {
        place: [line(processed, f"2024Q1/{place}/poverty_reduction")[name] for name in _TOLD]
        for place in ("X", "Y", "C", "all")
    }
    assert told == {
        "X": ["4", "6", "0", "0.00", "3", "behind"],
        "Y": ["2", "2", "1", "", "", "unmeasured"],
        "C": ["2", "2", "1", "", "", "unmeasured"],
        "all": ["6", "8", "1", "0.00", "5", "behind"],
    }
    assert verify(tmp_path).agrees


_TOLD = ("numerator", "denominator", "unknown", "percent", "target_count", "status")


# --- codes and their days -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two quarters, between which a code goes to another commune."""
    held = """
        activity | village | held_on    | integrated_with | commune
        N1       |         | 2025-06-10 | new_rural       | 23500
        N2       |         | 2025-07-10 | new_rural       | 23500
        N3       |         | 2025-07-11 |                 | new
        N4       | A       | 2025-05-01 | new_rural       |
    """
    return built(
        tmp_path_factory.mktemp("dated"),
        villages=FOLLOWING,
        communes=DATED,
        activities=held,
        plans={"": {**PLAN, "year": 2025, "baseline": date(2024, 12, 31)}},
        quarters=("2025Q2", "2025Q3"),
    )


def test_a_code_counts_on_its_days(dated: Path) -> None:
    lines = results_of(dated)
    communes = lines[lines["level"] == "commune"].groupby("quarter")["place"].unique()
    assert {quarter: set(found) for quarter, found in communes.items()} == {
        "2025Q2": {"old", "Y"},
        "2025Q3": {"new", "Y"},
    }
    assert fraction(dated, "2025Q2/old/informed") == "6/6"
    assert fraction(dated, "2025Q3/new/informed") == "6/6"
    assert fraction(dated, "2025Q3/all/informed") == "9/9"
    assert Processed(dated).home_of("A", "2025Q2")[0].commune == "old"
    assert Processed(dated).home_of("A", "2025Q3")[0].commune == "new"
    assert verify(dated.parent).agrees


def test_an_activity_of_a_commune_is_that_of_its_day(dated: Path) -> None:
    assert fraction(dated, "2025Q2/old/integrated_activities") == "2/2"
    assert fraction(dated, "2025Q3/new/integrated_activities") == "2/3"
    assert fraction(dated, "2025Q3/all/integrated_activities") == "2/3"


@pytest.mark.parametrize(
    ("tables", "where", "problem"),
    [
        ({"villages": VILLAGES.replace("| Y", "|")}, None, ""),  # one commune: nothing is wrong
        (
            {"villages": VILLAGES.replace("Thôn B | 1                 | X", "Thôn B | 1 |")},
            ("villages.csv", 3),
            "names no commune, and other villages do",
        ),
        (
            {"villages": VILLAGES.replace("Thôn B | 1                 | X", "Thôn B | 1 | ; ;")},
            ("villages.csv", 3),
            "names no commune, and other villages do",
        ),
        (
            {"villages": VILLAGES.replace("    C  ", "    X  ").replace("B       |", "y |")},
            ("villages.csv", 3),
            "is a commune's key too; give the village another code",
        ),
        (
            {"villages": VILLAGES.replace("| X\n    B", "| all\n    B")},
            ("villages.csv", 2),
            "no commune is called this; known are all, X, Y",
        ),
        (
            {"villages": FOLLOWING.replace("old;new", "old;Y"), "communes": DATED},
            ("villages.csv", 3),
            "old and Y have days in common; a day has one commune",
        ),
        (
            {"villages": FOLLOWING.replace("old;new", "23502"), "communes": DATED},
            ("villages.csv", 3),
            "no commune is called this; known are old, new, Y",
        ),
        (
            {"villages": FOLLOWING.replace("23500", "Y"),
             "communes": DATED.replace("2025-07-01", "2025-06-30")},
            ("communes.csv", 2),
            "another commune has the same code on the same days; close its days",
        ),
        (
            {"communes": DATED.replace("23501 |            |", "23501 | 2025-01-01 | 2024-01-01")},
            ("communes.csv", 4),
            "the last day is before the first one",
        ),
        (
            {"communes": DATED.replace("    Y ", "  all ")},
            ("communes.csv", 4),
            "stands for several places; give it another key",
        ),
        (
            {"activities": "activity | village | held_on | commune\nN1 | A | 2024-02-01 | Y"},
            ("activities.csv", 2),
            "the village is in another commune",
        ),
        (
            {"activities": "activity | village | held_on | commune\nN1 | | 2024-02-01 |"},
            ("activities.csv", 2),
            "names neither a village nor a commune; here are several communes",
        ),
        (
            {"activities": "activity | village | held_on | commune\nN1 | | 2024-02-01 | Z"},
            ("activities.csv", 2),
            "no commune is called this; known are X, Y",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_listed(
    tmp_path: Path, tables: dict[str, str], where: tuple[str, int] | None, problem: str
) -> None:
    campaign = read_campaign(folder(tmp_path, **tables) / "raw", TODAY)  # type: ignore[arg-type]
    listed = campaign.problems
    found = {(row.file, row.row): row.problem for row in listed.itertuples()}
    assert (problem in found.values()) is bool(problem)
    if where is not None:
        assert found[where] == problem
    for message in listed["message"]:
        assert told(message, "vi")


# --- plans ----------------------------------------------------------------------------------------


def test_each_commune_is_judged_by_its_own_plan(tmp_path: Path) -> None:
    harder = {**PLAN, "commune": "X", "targets": {"informed": {"at_least": "90"}}}
    processed = built(tmp_path, plans={"x": harder})
    assert line(processed, "2024Q1/X/informed")["target_percent"] == "90.00"
    assert line(processed, "2024Q1/Y/informed")["status"] == "no_target"
    assert line(processed, "2024Q1/all/informed")["status"] == "no_target"
    processed = built(tmp_path, plans={"": PLAN, "x": harder})
    assert line(processed, "2024Q1/X/informed")["target_percent"] == "90.00"
    assert line(processed, "2024Q1/Y/informed")["target_percent"] == "50.00"
    assert line(processed, "2024Q1/all/informed")["target_percent"] == "50.00"
    assert verify(tmp_path).agrees


def test_a_number_of_models_is_asked_of_each_commune(tmp_path: Path) -> None:
    asked = {**PLAN, "targets": {"front_models": {"at_least": 1}}}
    models = """
        model | owner         | village | residential_area | started_on | ended_on | commune
        M1    | commune_front |         |                  | 2024-02-01 |          | X
        M2    | commune_front | B       |                  | 2024-02-02 |          |
    """
    processed = built(tmp_path, plans={"": asked}, models=models)
    status = {place: line(processed, f"2024Q1/{place}/front_models") for place in ("X", "Y", "all")}
    assert [status[place]["numerator"] for place in status] == ["2", "0", "2"]
    assert [status[place]["status"] for place in status] == ["met", "behind", "no_target"]
    assert verify(tmp_path).agrees


@pytest.mark.parametrize(
    ("plans", "sentence"),
    [
        (
            {"": PLAN, "other": PLAN},
            "2024.toml and 2024-other.toml are both the plan of 2024 for all communes: keep",
        ),
        (
            {"a": {**PLAN, "commune": "x"}, "b": {**PLAN, "commune": "X"}},
            "2024-b.toml and 2024-a.toml are both the plan of 2024 for the commune X: keep",
        ),
        (
            {"z": {**PLAN, "commune": "Z"}},
            "2024-z.toml: Z is no commune of raw/villages; known are X, Y; a plan for all",
        ),
        (
            {"": PLAN, "x": {**PLAN, "commune": "X", "baseline": date(2023, 12, 30)}},
            "2024.toml: baseline is 2023-12-31, 2024-x.toml says 2023-12-30; the plans of one year",
        ),
    ],
)
def test_plans_that_contradict_each_other_are_named(
    tmp_path: Path, plans: dict[str, dict[str, Any]], sentence: str
) -> None:
    with pytest.raises(CampaignError) as caught:
        read_campaign(folder(tmp_path, plans=plans) / "raw", TODAY)
    assert str(caught.value).startswith(sentence)
    assert caught.value.said("vi")


def test_a_name_that_two_communes_have_names_no_plan(tmp_path: Path) -> None:
    same = DATED.replace("Xã cũ ", "Xã A ").replace("Xã mới", "Xã A  ")
    plan = {"a": {**PLAN, "commune": "xã a"}}
    asked = {"villages": FOLLOWING, "communes": same}
    with pytest.raises(CampaignError, match="several communes are called xã a; write one of old, "):
        read_campaign(folder(tmp_path, plans=plan, **asked) / "raw", TODAY)


# --- any folder -----------------------------------------------------------------------------------


@st.composite
def folders(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a campaign as the recount's tests do, and a commune for everything in it."""
    campaign = draw(campaigns())
    somewhere = st.sampled_from(("X", "Y", "Z"))
    for name in ("villages", "activities", "models"):
        for row in campaign["tables"][name]:
            row["commune"] = draw(somewhere) if not row.get("village") or name == "villages" else ""
    return campaign


def write_folder(raw: Path, campaign: dict[str, Any], tables: Mapping[str, Sequence[Row]]) -> None:
    for plan in campaign["plans"]:
        write_plan(raw, plan)
    for name, rows in tables.items():
        write_table(raw, name, rows, campaign["lacks"].get(name, ()))


def alone(tables: Mapping[str, Sequence[Row]], key: str) -> dict[str, list[Row]]:
    """Give the rows that are about one commune, as somebody would who has to hand them over."""
    village = {str(row["village"]): row["commune"] for row in tables["villages"]}
    own: dict[str, list[Row]] = {}
    for name, rows in tables.items():
        if name in ("poverty_status",) or name.startswith("survey/"):
            continue
        own[name] = [row for row in rows if village.get(str(row["village"]),
                                                        row.get("commune")) == key]  # fmt: skip
    homes = {row["household"] for row in own["households"]}
    for name in tables.keys() - own.keys():
        own[name] = [row for row in tables[name] if row["household"] in homes]
    return {name: [{**row, "commune": ""} for row in rows] for name, rows in own.items()}


def each_is_as_if_alone(campaign: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as name:
        data, tables = Path(name), campaign["tables"]
        write_folder(data / "all" / "raw", campaign, tables)
        whole = build(data / "all", TODAY)
        processed = data / "all" / "processed"
        for key in whole.parts.keys() - {""}:
            write_folder(data / key / "raw", campaign, alone(tables, key))
            build(data / key, TODAY)
            for file in ("results.csv", "steps.csv"):
                mine = folder_of(processed, key) / file
                assert mine.read_bytes() == (data / key / "processed" / file).read_bytes()
        if "" in whole.parts:
            return
        printed = results_of(processed)
        pd.testing.assert_frame_equal(recount_communes(Processed(processed)), printed)
        by_level = whole.computed.results.groupby(["level", "quarter", "indicator"])[COUNTS].sum()
        pd.testing.assert_frame_equal(by_level.loc["all"], by_level.loc["commune"])


@settings(unhurried, max_examples=2)
@given(folders())
def test_each_commune_is_as_if_it_were_alone(campaign: dict[str, Any]) -> None:
    each_is_as_if_alone(campaign)


@pytest.mark.slow
@settings(unhurried, max_examples=60)
@given(folders())
def test_many_more_folders_are_the_sum_of_their_communes(campaign: dict[str, Any]) -> None:
    each_is_as_if_alone(campaign)


# --- the commands ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("communes") / "data"
    write_sample(data, villages=2, households=96, communes=2)
    build(data, TODAY)
    return data


@pytest.fixture
def mine(sample: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample, tmp_path / "data"))


def test_the_sample_is_recounted(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(sample, "verify") == 0
    assert "Khớp" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("explain", "2024Q3/all/informed"), "Tất cả các xã"),
        (("explain", "2024Q3/X2/informed"), "toàn xã Mẫu 2"),
        (("explain", "2024Q3/commune/informed", "--commune", "x1"), "toàn xã Mẫu 1"),
        (("audit", "informed", "--quarter", "2024Q3", "--village", "X2T1"), "Thôn 1 (X2)"),
        (("audit", "informed", "--quarter", "2024Q3", "--village", "mẫu 2"), "toàn xã Mẫu 2"),
        (("audit", "informed", "--quarter", "2024Q3", "--commune", "all"), "Tất cả các xã"),
    ],
)
def test_a_figure_of_any_level_is_explained(
    sample: Path, capsys: pytest.CaptureFixture[str], asked: Sequence[str], said: str
) -> None:
    assert run(sample, *asked) == 0
    assert said in capsys.readouterr().out


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("explain", "2024Q3/commune/informed"), "known are X1, X2"),
        (("allocate", "--commune", "X9"), "'X9' is not a commune here; known are X1, X2."),
        (("audit", "informed", "--quarter", "2024Q3", "--village", "X3T1"), "is not a village"),
    ],
)
def test_what_is_not_there_is_asked_for(
    sample: Path, capsys: pytest.CaptureFixture[str], asked: Sequence[str], said: str
) -> None:
    assert run(sample, *asked) == 2
    assert said in capsys.readouterr().err


def test_a_folder_of_one_has_no_commune_to_choose(tmp_path: Path) -> None:
    whole = Processed(built(tmp_path, villages=VILLAGES.replace("| Y", "| X")))
    with pytest.raises(CampaignError, match="There is one commune here: leave the commune 'X' out"):
        whole.of_commune("X")


@pytest.mark.slow
def test_fixing_one_commune_s_counts_leaves_the_others_alone(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("allocate", "--indicator", "changed_mindset", "--write")
    assert run(mine, *asked, "--commune", "X1") == 0
    first = (mine / "raw" / "allocation.csv").read_text(encoding="utf-8")
    assert run(mine, *asked, "--commune", "X2") == 0
    both = (mine / "raw" / "allocation.csv").read_text(encoding="utf-8")
    assert both.startswith(first) and len(both) > len(first)
    assert run(mine, *asked) == 0
    assert sorted((mine / "raw" / "allocation.csv").read_text("utf-8").split()) == sorted(
        both.split()
    )
    out = capsys.readouterr().out
    assert "Mẫu 1:" in out and "Mẫu 2:" in out


def test_communes_of_an_earlier_build_are_taken_away(mine: Path) -> None:
    villages = mine / "raw" / "villages.csv"
    text = villages.read_text(encoding="utf-8")
    villages.write_text(text.replace(",X2\n", ",X1\n"), encoding="utf-8")
    build(mine, TODAY)
    assert list((mine / "processed" / "communes").iterdir()) == []
    assert set(results_of(mine / "processed")["level"]) == {"village", "commune"}


# --- the pages ------------------------------------------------------------------------------------


def public(processed: Path) -> pd.DataFrame:
    return pd.read_parquet(processed / "tables" / "public_results.parquet")


def test_a_public_sum_tells_nothing_that_the_communes_have_not_told(sample: Path) -> None:
    lines = public(sample / "processed")
    communes = lines[lines["level"] == "commune"].groupby(["quarter", "indicator"])
    shown = hidden = 0
    for added in lines[lines["level"] == "all"].itertuples():
        own = communes.get_group((added.quarter, added.indicator))
        figures = [getattr(added, name) for name in (*OPEN_COUNTS, "percent", "target_count")]
        if own["hidden"].any():
            assert added.hidden and added.status == "hidden"
            assert all(pd.isna(figure) for figure in figures)
            hidden += 1
            continue
        shown += 1
        for name in OPEN_COUNTS:
            value = getattr(added, name)
            assert pd.isna(value) or (own[name].notna().all() and own[name].sum() == value)
    assert shown and hidden


def test_a_commune_s_public_lines_are_those_of_it_alone(sample: Path) -> None:
    lines = public(sample / "processed")
    for key in ("X1", "X2"):
        alone = public(folder_of(sample / "processed", key))
        mine = lines[lines["place"].str.startswith(key)].reset_index(drop=True)
        named = alone.assign(place=alone["place"].replace("commune", key))
        keys = ["quarter", "level", "place", "indicator"]
        pd.testing.assert_frame_equal(mine, named.sort_values(keys, ignore_index=True))


@pytest.mark.parametrize("edition", ["internal", "public"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_above_sets_communes_side_by_side(
    sample: Path, tmp_path: Path, edition: Edition, language: str
) -> None:
    (tmp_path / "X2").mkdir()
    (tmp_path / "X2" / "index.html").touch()
    whole, words = Processed(sample / "processed"), Words(language)
    page = overview(whole, tmp_path, words, edition)
    newest, *_ = tables_of(page).values()
    assert [row[0] for row in newest[1:]] == [words("communes.all"), "Mẫu 1 X1", "Mẫu 2 X2"]
    assert 'href="X2/index.html"' in page and "X1/index.html" not in page
    shown = {"internal": whole.results, "public": whole.table("public_results")}[edition]
    line = shown[(shown["quarter"] == "2024Q4") & (shown["indicator"] == "covered_by_plan")]
    row = line[line["place"] == "all"].iloc[0]
    if row["status"] != "hidden":
        assert f"{row['numerator']}/{row['denominator']}" in newest[1][1]


def test_a_village_s_report_is_made_in_its_commune_s_folder(sample: Path, tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    asked = ("reports", "--quarter", "2024Q3", "--village", "X2T1", "--jobs", "1")
    assert cli.main(["--data", str(sample), "--reports", str(reports), *today(), *asked]) == 0
    assert (reports / "index.html").is_file()
    assert (reports / "X2" / "2024Q3" / "X2T1.html").is_file()
    assert not (reports / "X1").exists()
    index = (reports / "X2" / "index.html").read_text(encoding="utf-8")
    assert 'href="../index.html"' in index


@pytest.mark.usefixtures("in_english")
def test_reports_of_several_communes_are_one_run(
    sample: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    started, start = [], making._pool
    monkeypatch.setattr(making, "_pool", lambda *told: started.append(1) or start(*told))
    asked = ["reports", "--quarter", "2024Q3", "--jobs", "2"]
    asked += ["--village", "X1T1", "--village", "X2T1"]
    assert cli.main(["--data", str(sample), "--reports", str(tmp_path), *today(), *asked]) == 0
    for key in ("X1", "X2"):
        page = f"2024Q3/{key}T1.html"
        assert (tmp_path / key / page).is_file()
        made = json.loads((tmp_path / key / "manifest.json").read_text(encoding="utf-8"))
        assert made[page]["state"] == "fresh"
    assert len(started) == 1
    told = [
        line for line in capsys.readouterr().err.splitlines() if "made" in line or "Done" in line
    ]
    assert told[0].startswith("Done 0 of ") and told[0].endswith(" · Mẫu 1")
    assert [line for line in told if line.startswith("Finished:")] == told[-1:]


@pytest.mark.usefixtures("in_english")
def test_reports_of_a_commune_without_the_village_are_refused(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("reports", "--commune", "X1", "--village", "X2T1")
    assert cli.main(["--data", str(sample), "--reports", str(tmp_path), *today(), *asked]) == 2
    assert "None of X1 has these villages in these quarters." in capsys.readouterr().err


def today() -> tuple[str, str]:
    return "--today", str(TODAY)
