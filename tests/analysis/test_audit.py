"""An audit shows the very units that were counted, and the very lines that were printed."""

import csv
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from raw_files import PLAN_2024, write_plan, write_table

from campaign_lib.analysis.audit import UNIT_KEY, Division, audit
from campaign_lib.analysis.counting import counts_of
from campaign_lib.analysis.inspected_figures import judged_again
from campaign_lib.base.answers import more_than, said
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL, IDS, find
from campaign_lib.indicators.indicator import Drop, Share
from campaign_lib.indicators.steps import Question
from campaign_lib.indicators.ten import INFORMED
from campaign_lib.pipeline.build import build
from campaign_lib.recount import recount
from campaign_lib.show.display import together
from campaign_lib.store.processed import Processed
from campaign_lib.stories.audit.reasons import arithmetic
from campaign_lib.words import Words

RAW = Path(__file__).parents[2] / "data" / "raw"
TODAY = date(2025, 4, 1)


@pytest.fixture(scope="session")
def sample(built_sample: Processed) -> Processed:
    return built_sample


def rich_in_a_solid_house(home: pd.DataFrame) -> "pd.Series[bool]":
    is_solid: pd.Series[bool] = said(home["house"], "solid")
    return is_solid & more_than(home["income"], home["district_mean_income"])


def tally(outcome: pd.Series) -> dict[str, int]:
    return {str(name): int(number) for name, number in outcome.value_counts().items()}


def said_yes(units: pd.DataFrame, questions: Iterable[Question]) -> "pd.Series[bool]":
    """Say who said yes to every question."""
    return (units[[question.__name__ for question in questions]] == "yes").all(axis=1)


@pytest.mark.parametrize("indicator", IDS)
def test_the_units_listed_are_those_of_every_line(sample: Processed, indicator: str) -> None:
    """Counted by what is said of each, and again from the answers to each question alone."""
    lines = sample.results[sample.results["indicator"] == indicator]
    assert len(lines) > 0
    for line in lines.itertuples():
        found = audit(sample, indicator, line.quarter, line.place)
        units = found.units()
        if isinstance(found.indicator, Drop):
            check_the_dates(line, found.indicator, units)
            continue
        of = tally(units["outcome"])
        assert of["counted"] == line.numerator
        assert of["unknown"] == line.unknown
        among, counts = found.indicator.parts()
        base, counted = said_yes(units, among.questions), units["outcome"] == "counted"
        assert base[counted].all(), "who counts is in the base"
        assert (base & said_yes(units, counts.questions)).equals(counted)
        if isinstance(found.indicator, Share):
            assert of["counted"] + of["not_counted"] + of["unknown"] == line.denominator
            assert base.sum() == line.denominator


def check_the_dates(line: Any, indicator: Drop, units: pd.DataFrame) -> None:
    """Check poverty's counts on both dates; who is poor has a status, and so is in the base."""
    for part, prefix in zip(indicator.parts(), ("baseline_", ""), strict=False):
        of = tally(units[f"outcome_{part.name}"])
        assert of["counted"] == getattr(line, f"{prefix}numerator")
        assert of["counted"] + of["not_counted"] == getattr(line, f"{prefix}denominator")
        assert of["no_status"] == getattr(line, f"{prefix}unknown")
        base = said_yes(units, part.questions[:-1])
        counted = units[f"outcome_{part.name}"] == "counted"
        assert base.sum() == getattr(line, f"{prefix}denominator")
        assert base[counted].all(), "who counts is in the base"
        assert (base & said_yes(units, part.questions)).equals(counted)


@pytest.mark.parametrize("indicator", IDS)
@pytest.mark.parametrize("quarter", ["2024Q1", "2024Q4"])
def test_where_units_stopped_adds_up_to_every_step(
    sample: Processed, indicator: str, quarter: str
) -> None:
    places = ["commune", *sample.villages] if find(indicator).by_village else ["commune"]
    for place in places:
        found = audit(sample, indicator, quarter, place)
        units = found.units()
        for step in found.steps.itertuples():
            suffix = f"_{step.part}" if isinstance(found.indicator, Drop) else ""
            assert (units[f"stopped_at{suffix}"] == step.step).sum() == step.no


def test_the_base_alone_is_asked_what_counts(sample: Processed) -> None:
    units = audit(sample, "changed_mindset", "2024Q4", "commune").units()
    outside = units["outcome"].isin(["not_in_base", "base_unknown"])
    for question in find("changed_mindset").parts()[1].questions:
        assert ((units[question.__name__] == "not_asked") == outside).all()


def test_units_know_their_row_in_the_raw_files(sample: Processed) -> None:
    units = audit(sample, "changed_mindset", "2024Q4", "T1").units()
    told = units[units["source_file"].notna()].iloc[0]
    with (sample.folder.parent / "raw" / told["source_file"]).open(encoding="utf-8-sig") as file:
        row = file.read().splitlines()[told["source_row"] - 1]
    assert told["household"] in row


def test_units_are_sorted_by_id_each_once(sample: Processed) -> None:
    for indicator, name in (("informed", "household"), ("integrated_activities", "activity")):
        ids = audit(sample, indicator, "2024Q3", "commune").units()[name]
        assert list(ids) == sorted(set(ids))


def test_areas_are_listed_by_village_and_number(sample: Processed) -> None:
    units = audit(sample, "area_models", "2024Q4", "commune").units()
    keys = list(zip(units["village"].astype("str"), units["area"], strict=True))
    assert keys == sorted(keys)


@pytest.mark.parametrize("indicator", IDS)
def test_the_recount_agrees(sample: Processed, indicator: str) -> None:
    found = audit(sample, indicator, "2024Q4", "commune")
    assert found.agrees
    assert found.differences == ()
    assert set(found.recounted) == set(found.printed)
    assert len(recount(sample.folder, indicator)) > 0


def test_a_changed_figure_is_found_out(sample: Processed, tmp_path: Path) -> None:
    shutil.copytree(sample.folder, tmp_path / "processed")
    path = tmp_path / "processed" / "results.parquet"
    table = pd.read_parquet(path)
    one = (table["indicator"] == "informed") & (table["quarter"] == "2024Q2")
    table.loc[one & (table["place"] == "T2"), "numerator"] = 999
    table.to_parquet(path)
    changed = Processed(tmp_path / "processed")
    assert audit(changed, "informed", "2024Q2", "T2").differences == ("numerator",)
    assert audit(changed, "informed", "2024Q2", "T1").agrees


def test_a_frame_is_the_caller_s_own(sample: Processed) -> None:
    """What an analyst does to a frame changes no audit after it."""
    before = audit(sample, "changed_mindset", "2024Q3", "commune").units()
    for name in ("panel", "results", "steps"):
        mine = sample.table(name)
        for column in mine.columns:
            mine[column] = mine[column].iloc[0]
    pd.testing.assert_frame_equal(
        audit(sample, "changed_mindset", "2024Q3", "commune").units(), before
    )


@pytest.mark.parametrize("indicator", ["changed_mindset", "front_models", "poverty_reduction"])
def test_units_that_do_not_add_up_to_their_line_are_refused(
    sample: Processed, indicator: str
) -> None:
    found = audit(sample, indicator, "2024Q3", "commune")
    for name in ("numerator", "denominator", "unknown"):
        if not pd.isna(found.line[name]):
            line = found.line.copy()
            line[name] += 1
            with pytest.raises(CampaignError, match="add up to") as caught:
                replace(found, line=line).units()
            assert caught.value.key == "asked.differs"


def test_days_target_and_section(sample: Processed) -> None:
    found = audit(sample, "changed_mindset", "2024q4", "Thôn 1")
    assert (found.quarter, found.place, found.section) == ("2024Q4", "T1", "II.2")
    assert found.days["first_day"].date() == date(2024, 9, 15)
    assert found.days["last_day"].date() == date(2024, 12, 14)
    assert found.target is not None
    assert found.target.at_least == 7717
    assert found.due == 1
    assert found.of_commune["place"] == "commune"
    assert not found.allocation_is_fixed()


def test_front_models_know_at_most(sample: Processed) -> None:
    target = audit(sample, "front_models", "2024Q4", "commune").target
    assert target is not None
    assert (target.at_least, target.at_most) == (1, 2)


@pytest.mark.parametrize(
    ("indicator", "quarter", "place", "said"),
    [
        ("happiness", "2024Q4", "commune", "'happiness' is not an indicator; known are covered"),
        ("informed", "2024Q5", "commune", "'2024Q5' is not a quarter"),
        ("informed", "1999Q3", "commune", "1999Q3 has no survey here; known are 2021Q4"),
        ("informed", "2024Q4", "T99", "'T99' is not a village; known are T1"),
        ("front_models", "2024Q4", "T1", "front_models is counted for the commune as a whole"),
    ],
)
def test_what_is_not_known_is_said(
    sample: Processed, indicator: str, quarter: str, place: str, said: str
) -> None:
    with pytest.raises(CampaignError, match=said):
        audit(sample, indicator, quarter, place)


# --- down to the rows of the raw files ---


@pytest.fixture(scope="session")
def raw_rows(sample: Processed) -> Callable[[str], list[dict[str, str]]]:
    """Read raw files as a spreadsheet shows them: row 2 is the first below the headings."""

    @cache
    def read(file: str) -> list[dict[str, str]]:
        path = sample.folder.parent / "raw" / file
        with path.open(encoding="utf-8-sig", newline="") as opened:
            return list(csv.DictReader(opened))

    return read


#: The column of each raw table that says whose row it is, and of which kind of unit.
OWNER = {
    "survey": "household",
    "households": "household",
    "poverty_status": "household",
    "activities": "activity",
    "village_plans": "village",
    "villages": "village",
}


@pytest.mark.parametrize("indicator", IDS)
def test_every_row_that_is_named_is_the_unit_s_own(
    sample: Processed, raw_rows: Callable[[str], list[dict[str, str]]], indicator: str
) -> None:
    """A village's figure names the same rows as the commune's, so that all are looked at here."""
    for quarter in sample.quarters:
        found = audit(sample, indicator, quarter, "commune")
        key, named = UNIT_KEY[found.indicator.units], found.sources()
        lives = sample.units("households")
        lives = lives[lives["quarter"].astype("str") == quarter].set_index("household")
        for unit in found.units().to_dict("records"):
            rows = named[tuple(unit[name] for name in key)]
            assert len(rows) == len(set(rows)) > 0
            for row in rows:
                raw = raw_rows(row.file)[row.row - 2]
                if row.table == "models":
                    own = raw["model"] == unit.get("model", raw["model"])
                    assert own and raw["village"] in (unit["village"], "")
                elif row.table == "village_plans":
                    assert raw["village"] == lives.loc[unit["household"], "village_now"]
                else:
                    assert raw[OWNER[row.table]] == unit[OWNER[row.table]]


def test_the_rows_named_hold_what_was_read(
    sample: Processed, raw_rows: Callable[[str], list[dict[str, str]]]
) -> None:
    found = audit(sample, "changed_mindset", "2024Q4", "commune")
    panel = sample.panel[sample.panel["quarter"].astype("str") == "2024Q4"].set_index("household")
    seen = Counter[str]()
    for (household,), rows in found.sources().items():
        by_table = {row.table: raw_rows(row.file)[row.row - 2] for row in rows}
        home = panel.loc[household]
        assert ("survey" in by_table) == bool(home["surveyed"])
        if "survey" in by_table:
            told = by_table["survey"]["self_reliance"]
            assert told == ("" if pd.isna(home["self_reliance"]) else home["self_reliance"])
        if pd.notna(home["status_at_baseline"]):
            assert by_table["poverty_status"]["status"] == home["status_at_baseline"]
        seen.update(list(by_table))
    assert min(seen[name] for name in ("survey", "households", "poverty_status")) > 100


def test_who_was_away_is_told_by_all_stays_and_a_model_by_its_area(tmp_path: Path) -> None:
    built = small_campaign(tmp_path)
    rows = audit(built, "informed", "2024Q2", "commune").sources()
    assert [str(row) for row in rows["H1",]] == [
        "survey/2024Q2.csv:2",
        "households.csv:2",
        "households.csv:3",
        "poverty_status.csv:2",
    ]
    assert [str(row) for row in rows["H2",]] == ["households.csv:4"]
    later = audit(built, "poverty_reduction", "2024Q2", "commune").sources()
    assert "poverty_status.csv:3" in [str(row) for row in later["H1",]]
    areas = audit(built, "area_models", "2024Q2", "commune").sources()
    assert [str(row) for row in areas["A", 1]] == ["villages.csv:2"]


# --- the division ---


@pytest.mark.parametrize("indicator", [found.id for found in ALL if isinstance(found, Share)])
def test_the_division_rounds_to_what_is_printed(sample: Processed, indicator: str) -> None:
    for place in ("commune", *sample.villages):
        found = audit(sample, indicator, "2024Q4", place)
        for high, column in ((False, "percent"), (True, "percent_high")):
            division = found.share(if_unknown_were_yes=high)
            if found.printed[column]:
                assert division is not None
                assert f"{division.hundredths / 100:.2f}" == found.printed[column]


def test_the_plan_s_formula_rounds_to_what_is_printed(sample: Processed) -> None:
    for place in ("commune", *sample.villages):
        found = audit(sample, "poverty_reduction", "2024Q4", place)
        assert found.share() is None
        division = found.formulas()[found.formula]
        assert division is not None
        assert f"{division.hundredths / 100:.2f}" == found.printed["percent"]


def test_a_division_is_cut_off_where_it_goes_on() -> None:
    two_thirds, half, fall = Division(2, 3), Division(1, 2), Division(-2, 3)
    assert (str(two_thirds.decimals), two_thirds.goes_on) == ("66.666666", True)
    assert (str(half.decimals), half.goes_on) == ("50.000000", False)
    assert (str(fall.decimals), fall.hundredths) == ("-66.666666", -6667)
    assert Division(98, 127).percent == Fraction(9800, 127)
    assert Division(98, 127).hundredths == 7717


# --- a campaign made for it ---


def test_the_line_is_the_one_of_the_file(sample: Processed) -> None:
    file = pd.read_csv(sample.folder / "results.csv", dtype="str", keep_default_na=False)
    for line in file.to_dict("records"):
        if line["quarter"] == "2024Q4":
            found = audit(sample, line["indicator"], line["quarter"], line["place"])
            assert found.printed == line


FORMULAS = ("=cmd()", "+84 x", "-1", "@a")


@pytest.fixture(scope="module")
def called_like_formulas(tmp_path_factory: pytest.TempPathFactory) -> Processed:
    """A village for each formula, with one household."""
    data = tmp_path_factory.mktemp("formulas")
    raw, homes = data / "raw", {code: {"household": f"H{code}"} for code in FORMULAS}
    write_plan(raw, PLAN_2024)
    villages = [{"village": code, "name": code, "residential_areas": 1} for code in FORMULAS]
    write_table(raw, "villages", villages)
    tables = {
        "households": [{"village": code, "ethnicity": "Ba Na", **homes[code]} for code in FORMULAS],
        "poverty_status": [
            {"status": "poor", "valid_from": "2023-12-31", **home} for home in homes.values()
        ],
        "survey/2024Q2": [
            {"surveyed_on": "2024-06-01", "informed": "yes", **home} for home in homes.values()
        ],
    }
    for name, rows in tables.items():
        write_table(raw, name, rows)
    build(data, TODAY)
    return Processed(data / "processed")


@pytest.mark.parametrize("code", FORMULAS)
def test_a_village_may_be_called_like_a_formula(called_like_formulas: Processed, code: str) -> None:
    assert len(called_like_formulas.table("households")) == len(FORMULAS)
    for indicator in (found.id for found in ALL if found.by_village):
        found = audit(called_like_formulas, indicator, "2024Q2", code)
        assert found.printed["place"] == code
        assert found.agrees


def small_campaign(data: Path) -> Processed:
    """Three households: H1 moves from A to B in May, H2 has no status, H3's group is unknown."""
    raw, day = data / "raw", "2024-06-01"
    allocation = {"year": 2024, "indicator": "changed_mindset"}
    tables: dict[str, list[dict[str, Any]]] = {
        "villages": [{"village": name, "name": name, "residential_areas": 1} for name in "AB"],
        "households": [
            {"household": "H1", "village": "A", "ethnicity": "Ba Na", "left_on": "2024-05-01"},
            {"household": "H1", "village": "B", "ethnicity": "Ba Na", "joined_on": "2024-05-01"},
            {"household": "H2", "village": "A", "ethnicity": "Ba Na"},
            {"household": "H3", "village": "A", "ethnicity": "Sao Hỏa"},
        ],
        "poverty_status": [
            {"household": "H1", "status": "poor", "valid_from": "2023-12-31"},
            {"household": "H1", "status": "not_poor", "valid_from": day},
            {"household": "H3", "status": "poor", "valid_from": "2023-12-31"},
        ],
        "allocation": [
            {**allocation, "village": "A", "count": 0},
            {**allocation, "village": "B", "count": 1},
        ],
        "survey/2024Q2": [
            {"household": "H1", "surveyed_on": day, "dropped_customs": "yes"},
        ],
    }
    write_plan(raw, PLAN_2024)
    for name, rows in tables.items():
        write_table(raw, name, rows)
    build(data, TODAY)
    return Processed(data / "processed")


def test_each_date_counts_where_the_household_lived_on_it(tmp_path: Path) -> None:
    built = small_campaign(tmp_path)

    def outcomes(place: str) -> dict[str, tuple[str, str, str]]:
        units = audit(built, "poverty_reduction", "2024Q2", place).units().set_index("household")
        return {
            str(home): (row["outcome_baseline"], row["outcome_later"], row["escaped"])
            for home, row in units.iterrows()
        }

    assert outcomes("A") == {
        "H1": ("counted", "elsewhere", "elsewhere"),
        "H2": ("no_status", "no_status", "unknown"),
        "H3": ("base_unknown", "base_unknown", "not_counted"),
    }
    assert outcomes("B") == {"H1": ("elsewhere", "not_counted", "counted")}
    assert outcomes("commune")["H1"] == ("counted", "not_counted", "counted")


def test_unknown_is_told_from_not_asked(tmp_path: Path) -> None:
    units = audit(small_campaign(tmp_path), "changed_mindset", "2024Q2", "commune").units()
    units = units.set_index("household")
    assert units["outcome"].to_dict() == {
        "H1": "unknown",
        "H2": "base_unknown",
        "H3": "base_unknown",
    }
    assert units.loc["H1", "gave_up_customs"] == "yes"
    assert pd.isna(units.loc["H1", "works_own_way_out"])
    assert pd.isna(units.loc["H3", "minority_at_baseline"])
    assert units.loc["H3", "works_own_way_out"] == "not_asked"
    assert units["stopped_at"].isna().all()


def test_an_allocation_that_the_commune_fixed_is_recognised(tmp_path: Path) -> None:
    built = small_campaign(tmp_path)
    assert audit(built, "changed_mindset", "2024Q2", "B").allocation_is_fixed()
    assert not audit(built, "applies_science", "2024Q2", "B").allocation_is_fixed()
    assert not audit(built, "informed", "2024Q2", "B").allocation_is_fixed()


def test_a_year_without_a_plan_has_no_target(tmp_path: Path) -> None:
    small_campaign(tmp_path)
    (tmp_path / "raw" / "plans" / "2024.toml").unlink()
    build(tmp_path, TODAY)
    found = audit(Processed(tmp_path / "processed"), "poverty_reduction", "2024Q2", "commune")
    assert found.target is None
    assert (found.plan, found.due) == (None, None)
    assert (found.section, found.formula) == ("II.4", "points")


def test_a_question_that_the_survey_lacks_is_named(tmp_path: Path) -> None:
    built = small_campaign(tmp_path)
    asked = audit(built, "changed_mindset", "2024Q2", "commune")
    assert asked.lacking() == ()
    write_table(tmp_path / "raw", "survey/2024Q2", [], ["relies_on_state"])
    build(tmp_path, TODAY)
    lacking = audit(Processed(tmp_path / "processed"), "changed_mindset", "2024Q2", "commune")
    assert lacking.lacking() == ("relies_on_state",)


@pytest.mark.parametrize("has_plan", [False, True])
def test_a_number_that_no_plan_says_is_named(tmp_path: Path, has_plan: bool) -> None:
    """H1 has 9,000 thousand a month and a solid house: above any mean, and nobody says which."""
    small_campaign(tmp_path)
    home = {"household": "H1", "surveyed_on": "2024-06-01", "income": 9000, "house": "solid"}
    write_table(tmp_path / "raw", "survey/2024Q2", [home])
    (tmp_path / "raw" / "plans" / "2024.toml").unlink()
    if has_plan:
        write_plan(tmp_path / "raw", {**PLAN_2024, "parameters": {}})
    build(tmp_path, TODAY)
    built = Processed(tmp_path / "processed")
    found = audit(built, "improved_life", "2024Q2", "commune")
    assert found.lacking() == ("district_mean_income",)
    line = found.line[["numerator", "denominator", "unknown", "status"]]
    assert line.tolist() == [0, 1, 1, "unmeasured"]
    assert pd.isna(found.line["percent"])
    for language, sentence in (
        ("vi", "Không có kế hoạch nào của năm này nêu con số cần dùng (Thu nhập trung bình"),
        ("en", "No plan of the year says a number that is needed (Mean income of the"),
    ):
        told = together(*arithmetic(found, Words(language))).text
        assert sentence in told
        assert "0,00" not in told
    # An indicator of one's own that reads the number, and answers that inspectors change, likewise.
    solid = Share("solid_and_rich", INFORMED.among, (rich_in_a_solid_house,), source="own")
    assert counts_of(built, solid)["percent"].isna().all()
    again = judged_again(built, "2024Q2", built.panel).set_index(["indicator", "level"])
    assert set(again.loc["improved_life", "status"]) == {"unmeasured"}
    assert again.loc[("informed", "commune"), "status"] == "unmeasured"  # nobody answered it
    assert {"no_target", "met", "behind"} & {*again["status"]}  # others are judged as ever


def test_a_campaign_without_village_plans_is_audited(tmp_path: Path) -> None:
    found = audit(small_campaign(tmp_path), "covered_by_plan", "2024Q2", "commune")
    cells = found.cells()
    assert len(cells)
    assert cells["issued_on"].isna().all()
