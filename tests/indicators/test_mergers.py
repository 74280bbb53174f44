"""Communes that are merged: into a new one, and into one that goes on. Counted by hand."""

import csv
import json
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from generated_campaigns import DAYS, campaigns, unhurried
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from raw_files import drawn, write_plan, write_table
from several_communes import PLAN, folder, fraction, results_of, run

from campaign_lib.base.quarters import DECREE_09_2019, Quarter
from campaign_lib.intake import read_campaign, read_homes
from campaign_lib.pipeline.build import build
from campaign_lib.pipeline.reports.planned import Planner
from campaign_lib.recount.verify import verify
from campaign_lib.store.processed import Processed
from campaign_lib.stories.commune import commune_report
from campaign_lib.words import Words

TODAY = date(2025, 12, 31)
QUARTERS = ("2025Q1", "2025Q2", "2025Q3")
#: The plan of all names a district: that of the time before.
OF_2025 = {**PLAN, "year": 2025, "baseline": date(2024, 12, 31), "district": "Kon Rẫy"}

#: Two villages in X1, one in X2, one in Y. The mergers are on 1 July, in the third quarter.
VILLAGES = """
    village | name   | residential_areas | commune
    A       | Thôn A | 1                 | X1
    B       | Thôn B | 1                 | X1
    C       | Thôn C | 1                 | X2
    D       | Thôn D | 1                 | Y
"""
INTO_NEW = """
    commune | name    | code  | valid_from | valid_until | succeeded_by
    X1      | Xã Một  | 10001 |            | 2025-06-30  | X9
    X2      | Xã Hai  | 10002 |            | 2025-06-30  | X9
    X9      | Xã Chín | 10009 | 2025-07-01 |             |
    Y       | Xã Y    | 10003 |            |             |
"""
INTO_OLD = """
    commune | name    | code  | valid_from | valid_until | succeeded_by
    X1      | Xã Một  | 10001 |            |             |
    X2      | Xã Hai  | 10002 |            | 2025-06-30  | X1
    Y       | Xã Y    | 10003 |            |             |
"""
#: H4 moves from X1 to X2 in the week before the merger, H8 from Y to X1 in the week after it.
HOUSEHOLDS = """
    household | village | ethnicity | joined_on  | left_on
    H1..H3    | A       | Ba Na     |            |
    H4        | A       | Ba Na     |            | 2025-06-28
    H4        | C       | Ba Na     | 2025-06-28 |
    H5        | B       | Ba Na     |            |
    H6..H7    | C       | Ba Na     |            |
    H8        | D       | Ba Na     |            | 2025-07-03
    H8        | A       | Ba Na     | 2025-07-03 |
    H9        | D       | Ba Na     |            |
"""
MODELS = """
    model | owner         | village | residential_area | started_on | commune
    M1    | commune_front |         |                  | 2025-02-01 | X1
    M2    | commune_front |         |                  | 2025-02-02 | X1
    M3    | commune_front |         |                  | 2025-03-01 | X2
    M4    | commune_front |         |                  | 2025-03-01 | Y
"""
ACTIVITIES = """
    activity | village | held_on    | integrated_with | commune
    N1       |         | 2025-02-01 | new_rural       | X1
    N2       |         | 2025-05-01 |                 | X2
    N3       | C       | 2025-05-02 | new_rural       |
    N4       | A       | 2025-08-01 | new_rural       |
    N5       |         | 2025-08-02 | new_rural       | 10009
"""


def merged(data: Path, communes: str, **tables: str) -> Path:
    """Write the folder; everyone is poor at first, and all but H5 say yes."""
    folder(
        data, villages=VILLAGES, households=tables.pop("households", HOUSEHOLDS),
        plans={"": OF_2025}, quarters=(), communes=communes,
        **{"models": MODELS, "activities": ACTIVITIES, **tables},
    )  # fmt: skip
    homes = [f"H{number}" for number in range(1, 10)]
    since = {"status": "poor", "valid_from": "2024-12-31"}
    write_table(data / "raw", "poverty_status", [{"household": home, **since} for home in homes])
    for quarter, day in zip(QUARTERS, ("2025-03-01", "2025-06-01", "2025-09-01"), strict=True):
        said = [
            {"household": home, "surveyed_on": day, "informed": "no" if home == "H5" else "yes"}
            for home in homes
        ]
        write_table(data / "raw", f"survey/{quarter}", said)
    build(data, TODAY)
    return data / "processed"


def told(processed: Path, figures: dict[str, str]) -> dict[str, str]:
    return {figure: fraction(processed, figure).removesuffix("/") for figure in figures}


#: What nothing of the merger changes: what was before, and the commune that has no part in it.
BEFORE = {
    "2025Q1/X1/informed": "4/5",
    "2025Q2/X1/informed": "4/5",
    "2025Q2/X2/informed": "2/2",
    "2025Q2/Y/informed": "2/2",
    "2025Q2/all/informed": "8/9",
    "2025Q2/X1/front_models": "2",
    "2025Q2/X2/front_models": "1",
    "2025Q2/all/front_models": "4",
    "2025Q2/X1/integrated_activities": "1/1",
    "2025Q2/X2/integrated_activities": "1/2",
    "2025Q3/Y/informed": "1/1",  # H8 has left it
    "2025Q3/Y/front_models": "1",
}
#: H4 has stayed in the commune that both became; H8 was not in it on the baseline date.
AFTER = {
    "informed": "6/7",
    "front_models": "3",
    "integrated_activities": "4/5",
    "area_models": "0/3",
}


@pytest.fixture(scope="module")
def into_new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return merged(tmp_path_factory.mktemp("new") / "data", INTO_NEW)


@pytest.fixture(scope="module")
def into_old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    code = ACTIVITIES.replace("10009", "X1")
    return merged(tmp_path_factory.mktemp("old") / "data", INTO_OLD, activities=code)


@pytest.mark.parametrize(("communes", "heir"), [("into_new", "X9"), ("into_old", "X1")])
def test_who_goes_on_has_what_both_had(
    communes: str, heir: str, request: pytest.FixtureRequest
) -> None:
    processed: Path = request.getfixturevalue(communes)
    after = {f"2025Q3/{heir}/{name}": said for name, said in AFTER.items()}
    all_of_them = {"2025Q3/all/informed": "7/8", "2025Q3/all/front_models": "4"}
    expected = {**BEFORE, **after, **all_of_them}
    assert told(processed, expected) == expected
    lines = results_of(processed)
    places = lines[lines["level"] == "commune"].groupby("quarter")["place"].unique()
    assert {quarter: sorted(keys) for quarter, keys in places.items()} == {
        "2025Q1": ["X1", "X2", "Y"],
        "2025Q2": ["X1", "X2", "Y"],
        "2025Q3": sorted([heir, "Y"]),
    }
    assert not lines.duplicated(["quarter", "place", "indicator"]).any()
    # Its villages are its own, and were the others'.
    assert fraction(processed, "2025Q2/C/informed") == "2/2"
    assert fraction(processed, "2025Q3/C/informed") == "3/3"  # H4 too, where it lives now
    assert fraction(processed, "2025Q3/A/informed") == "3/3"
    found = verify(processed.parent)
    assert (found.readings, found.miscounts, found.differences) == ([], [], [])
    assert dict(found.left) == {}


def test_a_key_that_goes_on_under_another_is_a_merger_of_one(tmp_path: Path) -> None:
    """X1 becomes X8 alone; H4 has left it for X2, as it would have left X1."""
    renamed = """
    commune | name    | code  | valid_from | valid_until | succeeded_by
    X1      | Xã Một  | 10001 |            | 2025-06-30  | Xã Tám
    X8      | Xã Tám  | 10008 | 2025-07-01 |             |
    X2      | Xã Hai  | 10002 |            |             |
    Y       | Xã Y    | 10003 |            |             |
    """
    processed = merged(tmp_path, renamed, activities=ACTIVITIES.replace("10009", "10008"))
    expected = {
        "2025Q2/X1/informed": "4/5",
        "2025Q3/X8/informed": "3/4",
        "2025Q3/X8/front_models": "2",
        "2025Q3/X8/integrated_activities": "3/3",
        "2025Q3/X2/informed": "2/2",
        "2025Q3/all/informed": "6/7",
        "2025Q3/all/front_models": "4",
    }
    assert told(processed, expected) == expected


# --- who goes on, and what the pages say of it ----------------------------------------------------


@pytest.mark.parametrize(("communes", "heir"), [("into_new", "X9"), ("into_old", "X1")])
def test_the_trend_goes_back_to_what_both_were(
    communes: str, heir: str, request: pytest.FixtureRequest
) -> None:
    """Not a figure of anybody's: the same villages counted in one, H4 among them all the time."""
    whole = Processed(request.getfixturevalue(communes))
    own = whole.of_commune(heir, "2025Q3")
    assert own.quarters == QUARTERS
    assert own.own_quarters == ("2025Q3",)
    lines = own.results[own.results["indicator"] == "informed"]
    lines = lines[lines["level"] == "commune"].set_index("quarter")
    assert lines["numerator"].tolist() == [6, 6, 6]
    assert lines["denominator"].tolist() == [7, 7, 7]
    printed = results_of(own.folder)
    assert set(printed["quarter"]) == {"2025Q3"}
    assert set(own.table("public_results")["quarter"]) == {"2025Q3"}


def test_a_key_that_goes_on_is_what_it_was_in_each_quarter(into_old: Path) -> None:
    whole = Processed(into_old)
    assert list(whole.communes) == ["X1", "X2", "Y"]
    assert list(whole.parts) == ["X1", "X1@2025-07-01", "X2", "Y"]
    before, after = (whole.of_commune("Xã Một", quarter) for quarter in ("2025Q2", "2025Q3"))
    assert [*before.villages] == ["A", "B"] and before.commune == "X1"
    assert [*after.villages] == ["A", "B", "C"] and after.commune == "X1"
    assert whole.of_commune("X1").villages == after.villages
    assert whole.home_of("C", "2025Q2")[0].commune == "X2"
    assert whole.home_of("C", "2025Q3")[0].commune == "X1"
    assert whole.home_of("A", "2025Q2")[0].own_quarters == ("2025Q1", "2025Q2")


@pytest.mark.parametrize("communes", ["into_new", "into_old"])
def test_pages_are_those_of_their_quarters(communes: str, request: pytest.FixtureRequest) -> None:
    whole = Processed(request.getfixturevalue(communes))
    pages = [
        (part.commune, page.target)
        for part in whole.parts.values()
        for page in Planner(part, Words("vi")).all().values()
    ]
    assert len(pages) == len(set(pages))
    villages = sorted(page for _, page in pages if page in {"2025Q2/C.html", "2025Q3/C.html"})
    assert villages == ["2025Q2/C.html", "2025Q3/C.html"]
    heir = whole.home_of("C", "2025Q3")[0]
    assert (heir.commune, "2025Q3/target_allocation.html") in pages
    report = commune_report(heir, "2025Q3", "en").first_screen().text
    assert "Since 1 July 2025 this commune goes on from" in report
    assert "Xã Hai" in report
    public = commune_report(heir, "2025Q3", "vi", "public").first_screen().text
    assert "Từ ngày 01/07/2025, xã này tiếp nối" in public
    before = commune_report(whole.of_commune("X1", "2025Q2"), "2025Q2", "en").first_screen().text
    assert "goes on" not in before


def test_what_was_sent_stays_as_it_was_sent(tmp_path: Path) -> None:
    """Locked before the merger is known; then it is written down, and nothing is a revision."""
    processed = merged(tmp_path, INTO_OLD.replace("2025-06-30  | X1", "            |   "))
    assert run(tmp_path, "lock", "2025Q2") == 0
    write_table(tmp_path / "raw", "communes", drawn(INTO_OLD))
    build(tmp_path, TODAY)
    for part in (Processed(processed), *Processed(processed).parts.values()):
        assert part.table("revisions").empty
    assert Processed(processed).table("locks")["figures"].tolist() == [0]
    own = Processed(processed).of_commune("X1", "2025Q2").table("locks")
    assert own["quarter"].tolist() == ["2025Q2"]
    assert Processed(processed).of_commune("X1", "2025Q3").table("locks").empty


def test_a_plan_of_its_own_is_asked_for(into_new: Path, into_old: Path) -> None:
    asked = [line for line in problems(into_new) if line["action"] == "file missing"]
    assert [line["file"] for line in asked] == ["plans/2025-X9.toml"]
    assert 'names Kon Rẫy. Write one with commune = "X9"' in asked[0]["problem"]
    assert not [line for line in problems(into_old) if line["action"] == "file missing"]


def problems(processed: Path) -> list[dict[str, str]]:
    with (processed / "problems.csv").open(encoding="utf-8-sig", newline="") as lines:
        return [*csv.DictReader(lines)]


@pytest.mark.slow
def test_the_batch_makes_each_page_from_its_own_time(tmp_path: Path) -> None:
    """One folder of pages and one list for a commune that another one has come into."""
    merged(tmp_path, INTO_OLD, activities=ACTIVITIES.replace("10009", "X1"))
    pages = tmp_path / "reports"
    asked = ("--reports", str(pages), "reports", "--jobs", "2")
    assert run(tmp_path, *asked, "--quarter", "2025Q2", "--quarter", "2025Q3") == 0
    assert "4/5" in (pages / "X1/2025Q2/commune.html").read_text("utf-8")
    after = (pages / "X1/2025Q3/commune.html").read_text("utf-8")
    assert "6/7" in after and "../../X2/index.html" in after
    assert not (pages / "X1/2025Q2/C.html").exists()
    assert (pages / "X1/2025Q3/C.html").exists() and (pages / "X2/2025Q2/C.html").exists()
    index = (pages / "X1/index.html").read_text("utf-8")
    assert "2025Q2/A.html" in index and "2025Q3/C.html" in index
    assert "xã này tiếp nối Xã Hai" in index
    assert "../X1/index.html" in (pages / "X2/index.html").read_text("utf-8")
    made = json.loads((pages / "X1/manifest.json").read_bytes())
    assert {line["state"] for line in made.values()} == {"fresh"}
    assert run(tmp_path, *asked, "--quarter", "2025Q2", "--quarter", "2025Q3") == 0
    again = json.loads((pages / "X1/manifest.json").read_bytes())
    assert again == made  # nothing to do: pages that lead to lists are not out of date by them


# --- what a cell means ----------------------------------------------------------------------------


def communes_in(data: Path, communes: str, villages: str) -> dict[str, str]:
    """Give the cell `commune` of each village, as it is read."""
    folder(data, villages=villages, households=HOUSEHOLDS, plans={}, communes=communes)
    read = read_homes(data / "raw", TODAY).villages
    return dict(zip(read["village"], read["commune"], strict=True))


def test_a_village_follows_its_commune_unless_it_names_another(tmp_path: Path) -> None:
    another = "X7      | Xã Bảy  | 10007 | 2025-07-01 |             |\n    Y "
    villages = VILLAGES.replace("Thôn A | 1                 | X1", "Thôn A | 1 | X1; X7")
    found = communes_in(tmp_path, INTO_NEW.replace("Y ", another, 1), villages)
    assert found == {"A": "X1;X7", "B": "X1;X9", "C": "X2;X9", "D": "Y"}


def test_a_village_returns_by_another_key(tmp_path: Path) -> None:
    """X1 becomes X9, and a year later is cut out of it again under the name that it had."""
    again = """
    commune | name    | code  | valid_from | valid_until | succeeded_by
    X1      | Xã Một  | 10001 |            | 2024-06-30  | X9
    X9      | Xã Chín | 10009 | 2024-07-01 | 2025-06-30  | Y9
    X1b     | Xã Một  | 10001 | 2025-07-01 |             |
    Y9      | Xã Mười | 10010 | 2025-07-01 |             |
    X2      | Xã Hai  | 10002 |            | 2024-06-30  | X9
    Y       | Xã Y    | 10003 |            |             |
    """
    villages = VILLAGES.replace("B | 1                 | X1", "B | 1                 | Xã Một")
    found = communes_in(tmp_path, again, villages)
    assert found == {"A": "X1;X9;Y9", "B": "X1;X9;X1b", "C": "X2;X9;Y9", "D": "Y"}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("X1      | Xã Một  | 10001 |            | 2025-06-29  | X9", "must be valid on the day"),
        ("X1      | Xã Một  | 10001 |            |             | X9", "must be valid on the day"),
        ("X1      | Xã Một  | 10001 |            | 2025-06-30  | Z", "no commune is called this"),
    ],
)
def test_who_cannot_go_on_is_named(tmp_path: Path, wrong: str, why: str) -> None:
    right = "X1      | Xã Một  | 10001 |            | 2025-06-30  | X9"
    folder(
        tmp_path, villages=VILLAGES, households=HOUSEHOLDS, plans={"": OF_2025},
        quarters=("2025Q1",), communes=INTO_NEW.replace(right, wrong),
    )  # fmt: skip
    read = read_campaign(tmp_path / "raw", TODAY).problems
    (line,) = read[read["column"] == "succeeded_by"].to_dict("records")
    assert (line["file"], line["row"], line["action"]) == ("communes.csv", 2, "set to unknown")
    assert why in line["problem"]


# --- whatever is merged, and whenever -------------------------------------------------------------


@st.composite
def mergers(draw: st.DrawFn) -> tuple[dict[str, Any], str, date]:
    """Draw a campaign of X, Y and Z, who X and Y become, and the first day of that."""
    campaign = draw(campaigns())
    villages = campaign["tables"]["villages"]
    assume(len(villages) > 2)
    for at, row in enumerate(villages):  # a commune without a village is none
        row["commune"] = "XYZ"[at] if at < 3 else draw(st.sampled_from("XYZ"))
    for name in ("activities", "models"):
        for row in campaign["tables"][name]:
            row["commune"] = "" if row.get("village") else draw(st.sampled_from("XYZ"))
    return campaign, draw(st.sampled_from("WX")), draw(st.sampled_from(DAYS))


def lines_of(data: Path, campaign: dict[str, Any]) -> dict[str, list[list[str]]]:
    for plan in campaign["plans"]:
        write_plan(data / "raw", plan)
    for name, rows in campaign["tables"].items():
        write_table(data / "raw", name, rows, campaign["lacks"].get(name, ()))
    build(data, TODAY)
    found = {}
    for name in ("results.csv", "steps.csv"):
        with (data / "processed" / name).open(encoding="utf-8-sig", newline="") as file:
            found[name] = [*csv.reader(file)][1:]
    return found


def both_in_one(campaign: dict[str, Any], heir: str) -> dict[str, Any]:
    """Give the same campaign of communes that have always been what they became."""
    tables = {
        name: [{**row, **({"commune": {"X": heir, "Y": heir}.get(row["commune"], row["commune"])}
                          if "commune" in row else {})} for row in rows]
        for name, rows in campaign["tables"].items()
    }  # fmt: skip
    return {**campaign, "tables": tables}


def is_conserved(campaign: dict[str, Any], heir: str, since: date) -> None:
    """Before the day every line is as without a merger, from it on as if there had been but one."""
    calendars = {plan["year"]: plan.get("calendar", DECREE_09_2019) for plan in campaign["plans"]}

    def is_before(line: list[str]) -> bool:
        quarter = Quarter.parse(line[0])
        return quarter.last_day(calendars.get(quarter.year, DECREE_09_2019)) < since

    until = str(since - timedelta(days=1))
    ending = {"valid_until": until, "succeeded_by": heir}
    rows = [{"commune": key, "name": f"Xã {key}"} for key in "XYZ"]
    rows = [row | (ending if row["commune"] in {"X", "Y"} - {heir} else {}) for row in rows]
    if heir == "W":
        rows.append({"commune": "W", "name": "Xã W", "valid_from": str(since)})
    with tempfile.TemporaryDirectory() as name:
        tables = {**campaign["tables"], "communes": rows}
        merged = lines_of(Path(name) / "merged", {**campaign, "tables": tables})
        apart = lines_of(Path(name) / "apart", campaign)
        always = lines_of(Path(name) / "always", both_in_one(campaign, heir))
    for file, lines in merged.items():
        before = [line for line in apart[file] if is_before(line)]
        after = [line for line in always[file] if not is_before(line)]
        assert sorted(lines) == sorted([*before, *after])


@settings(unhurried, max_examples=2)
@given(mergers())
def test_no_merger_loses_or_doubles_anything(merger: tuple[dict[str, Any], str, date]) -> None:
    is_conserved(*merger)


@pytest.mark.slow
@settings(unhurried, max_examples=12)
@given(mergers())
def test_no_merger_of_many_does(merger: tuple[dict[str, Any], str, date]) -> None:
    is_conserved(*merger)
