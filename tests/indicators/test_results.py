"""Results as the contract describes them, of the sample campaign and of it with answers lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from campaign_lib.base.percent import hundredths, printed
from campaign_lib.indicators import ALL, IDS
from campaign_lib.indicators.results import Computed, as_printed, compute
from campaign_lib.intake import Campaign, read_campaign

RAW = Path(__file__).parents[2] / "data" / "raw"
KEYS = ["quarter", "level", "place", "indicator"]
#: Written down here once more, from the contract (section 4).
RESULT_COLUMNS = (
    "quarter,level,place,indicator,unit,numerator,denominator,unknown,percent,percent_high,"
    "target_percent,target_count,path_count,shortfall,status,certain,baseline_numerator,"
    "baseline_denominator,baseline_unknown"
).split(",")
STEP_COLUMNS = "quarter,level,place,indicator,part,position,step,asked,yes,no,unknown".split(",")
BASELINE = ["baseline_numerator", "baseline_denominator", "baseline_unknown"]
STATUSES = {"unmeasured", "no_target", "met", "on_track", "behind"}


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return read_campaign(RAW, date(2025, 2, 1))


def as_it_is(campaign: Campaign) -> Campaign:
    return campaign


def with_answers_lost(campaign: Campaign) -> Campaign:
    """Lose three answers in ten, and the register's word on some households' status."""
    random = np.random.default_rng(1)
    survey = campaign.tables["survey"].copy()
    for question in set(survey.columns) & (campaign.surveyed["2024Q1"]):
        survey[question] = survey[question].mask(random.random(len(survey)) < 0.3)
    poor = campaign.tables["poverty_status"].copy()
    poor["status"] = poor["status"].mask(random.random(len(poor)) < 0.2)
    return replace(campaign, tables={**campaign.tables, "survey": survey, "poverty_status": poor})


def without_plans(campaign: Campaign) -> Campaign:
    return replace(campaign, plans={})


CAMPAIGNS: tuple[Callable[[Campaign], Campaign], ...] = (
    as_it_is,
    with_answers_lost,
    without_plans,
)


@pytest.fixture(scope="module", params=CAMPAIGNS, ids=lambda made: made.__name__)
def computed(request: pytest.FixtureRequest, campaign: Campaign) -> Computed:
    return compute(request.param(campaign))


# --- the shape ---


def test_columns_are_the_contract_s(computed: Computed) -> None:
    assert list(computed.results) == RESULT_COLUMNS
    assert list(computed.steps) == STEP_COLUMNS


def test_lines_are_sorted_by_their_four_keys_as_text(computed: Computed) -> None:
    for table, keys in ((computed.results, KEYS), (computed.steps, [*KEYS, "part", "position"])):
        lines = list(table[keys].itertuples(index=False, name=None))
        assert lines == sorted(lines)
        assert len(set(lines)) == len(lines)


def test_every_indicator_has_a_line_for_every_quarter_and_place(computed: Computed) -> None:
    places = {("village", code) for code in computed.panel.places} | {("commune", "commune")}
    for (quarter, indicator), lines in computed.results.groupby(["quarter", "indicator"]):
        there = set(zip(lines["level"], lines["place"], strict=True))
        alone = {("commune", "commune")}
        assert there == (alone if indicator == "front_models" else places), (quarter, indicator)
    assert set(computed.results["indicator"]) == set(IDS)
    assert set(computed.results["quarter"]) == set(computed.panel.days["quarter"])


# --- villages and the commune ---


def of_villages_and_commune(
    table: pd.DataFrame, keys: list[str], counts: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    villages = table[table["level"] == "village"].groupby(keys)[counts].sum()
    commune = table[table["level"] == "commune"].set_index(keys)[counts]
    return villages.astype("int64"), commune.loc[villages.index].fillna(0).astype("int64")


def test_villages_add_up_to_the_commune(computed: Computed) -> None:
    lines = computed.results[computed.results["indicator"] != "integrated_activities"]
    counts = ["numerator", "denominator", "unknown", *BASELINE]
    villages, commune = of_villages_and_commune(lines, ["quarter", "indicator"], counts)
    assert len(villages) > 0
    pd.testing.assert_frame_equal(villages, commune)


def test_steps_of_villages_add_up_to_the_commune_s(computed: Computed) -> None:
    steps = computed.steps[computed.steps["indicator"] != "integrated_activities"]
    keys = ["quarter", "indicator", "part", "position"]
    villages, commune = of_villages_and_commune(steps, keys, ["asked", "yes", "no", "unknown"])
    # A household of the register that did not live here on a part's day has no village on it;
    # it is asked in the commune alone, says no, and is asked no more.
    settled = steps.groupby(keys)["step"].first().loc[villages.index].str.startswith(("lived_here",
        "living_here"))  # fmt: skip
    counts = ["yes", "unknown"]
    pd.testing.assert_frame_equal(villages[counts], commune[counts])
    pd.testing.assert_frame_equal(villages[~settled], commune[~settled])


def test_activities_without_a_village_count_for_the_commune_alone(computed: Computed) -> None:
    lines = computed.results[computed.results["indicator"] == "integrated_activities"]
    villages, commune = of_villages_and_commune(lines, ["quarter"], ["denominator"])
    activities = computed.panel.units["activities"]
    everywhere = activities[activities["village"].isna() & activities["held_this_year"]]
    alone = everywhere.groupby("quarter", observed=False).size()
    difference = (commune - villages)["denominator"]
    assert difference.to_dict() == {quarter: alone[quarter] for quarter in difference.index}


def test_target_counts_of_villages_add_up(computed: Computed) -> None:
    shared = [
        one.id for one in ALL if one.by_village and one.id not in {
            "poverty_reduction", "integrated_activities"}
    ]  # fmt: skip
    lines = computed.results[computed.results["indicator"].isin(shared)]
    villages, commune = of_villages_and_commune(lines, ["quarter", "indicator"], ["target_count"])
    pd.testing.assert_frame_equal(villages, commune)


# --- the figures of a line ---


def test_asked_is_yes_and_no_and_unknown(computed: Computed) -> None:
    steps = computed.steps
    assert (steps["asked"] == steps["yes"] + steps["no"] + steps["unknown"]).all()


def test_results_are_read_off_the_steps(computed: Computed) -> None:
    last = computed.steps.groupby([*KEYS, "part"]).last()[["yes", "unknown"]].unstack("part")
    lines = computed.results.set_index(KEYS)
    for line in lines.itertuples():
        numbers = last.loc[line.Index]
        if line.Index[3] == "poverty_reduction":
            assert line.numerator == numbers["yes", "later"]
            assert line.baseline_numerator == numbers["yes", "baseline"]
            continue
        assert line.numerator == numbers["yes", "counts"]
        if line.Index[3] != "front_models":
            assert line.denominator == numbers["yes", "among"]
            assert line.unknown == numbers["unknown", "counts"]


def test_percentages(computed: Computed) -> None:
    shares = computed.results[
        ~computed.results["indicator"].isin(["poverty_reduction", "front_models"])
    ]
    measured = shares[shares["status"] != "unmeasured"]
    assert (measured["percent"] <= measured["percent_high"]).all()
    assert measured[["percent", "percent_high"]].notna().all(axis=None)
    for line in as_printed(measured).itertuples():
        assert line.percent == printed(hundredths(line.numerator, line.denominator))
        high = hundredths(line.numerator + line.unknown, line.denominator)
        assert line.percent_high == printed(high)
    unmeasured = shares[shares["status"] == "unmeasured"]
    assert unmeasured[["percent", "percent_high"]].isna().all(axis=None)
    assert unmeasured[["numerator", "denominator", "unknown"]].notna().all(axis=None)


def test_statuses(computed: Computed) -> None:
    lines = computed.results
    assert set(lines["status"]) <= STATUSES
    assert set(lines["certain"]) <= {"yes", "no"}
    nothing_known = (lines["denominator"] == lines["unknown"]).fillna(False)
    shares = lines["indicator"] != "poverty_reduction"
    assert (lines.loc[nothing_known & shares, "status"] == "unmeasured").all()


# --- the two that are unlike the rest ---


def test_front_models_have_a_numerator_and_no_base(computed: Computed) -> None:
    lines = computed.results[computed.results["indicator"] == "front_models"]
    empty = ["denominator", "percent", "percent_high", "target_percent", "path_count", *BASELINE]
    assert lines[empty].isna().all(axis=None)
    assert (lines["unknown"] == 0).all()
    assert lines["numerator"].notna().all()
    assert set(lines["level"]) == {"commune"}


def test_poverty_has_two_dates_and_a_verdict_for_the_commune_only(computed: Computed) -> None:
    poverty = computed.results["indicator"] == "poverty_reduction"
    assert computed.results.loc[~poverty, BASELINE].isna().all(axis=None)
    lines = computed.results[poverty]
    assert lines[BASELINE].notna().all(axis=None)
    assert lines["percent_high"].isna().all()
    villages = lines[lines["level"] == "village"]
    assert set(villages["status"]) <= {"no_target", "unmeasured"}
    judged = ["target_percent", "target_count", "path_count", "shortfall"]
    assert villages[judged].isna().all(axis=None)
    assert set(computed.steps.query("indicator == 'poverty_reduction'")["part"]) == {
        "baseline",
        "later",
    }


# --- plans ---


def test_without_a_plan_there_are_figures_and_no_verdicts(campaign: Campaign) -> None:
    planned, unplanned = (compute(made(campaign)).results for made in (as_it_is, without_plans))
    figures = [*KEYS, "unit", "numerator", "denominator", "unknown"]
    # The mean income is the plan's: without it nobody's income can be above it.
    same = planned["indicator"] != "improved_life"
    # So is a baseline date of its own: without it another day's poor are the cohort.
    moved = {str(y) for y, plan in campaign.plans.items() if plan.baseline != date(y - 1, 12, 31)}
    assert moved == {"2022"}  # the year in which the poverty standard changed
    same &= ~planned["quarter"].str[:4].isin(moved)
    pd.testing.assert_frame_equal(planned.loc[same, figures], unplanned.loc[same, figures])
    assert set(unplanned["status"]) <= {"no_target", "unmeasured"}
    judged = ["target_percent", "target_count", "path_count", "shortfall"]
    assert unplanned[judged].isna().all(axis=None)


# --- what must not matter, and what must ---


def test_the_order_of_rows_does_not_matter(campaign: Campaign) -> None:
    shuffled = {
        name: table.sample(frac=1, random_state=7) for name, table in campaign.tables.items()
    }
    told, again = (
        compute(replace(campaign, tables=tables)) for tables in (campaign.tables, shuffled)
    )
    pd.testing.assert_frame_equal(told.results, again.results)
    pd.testing.assert_frame_equal(told.steps, again.steps)


def test_a_question_that_a_survey_lacks_makes_its_quarter_unmeasured(campaign: Campaign) -> None:
    fewer = {**campaign.surveyed, "2024Q2": campaign.surveyed["2024Q2"] - {"self_reliance"}}
    lines = compute(replace(campaign, surveyed=fewer)).results
    unmeasured = lines[lines["status"] == "unmeasured"]
    told = set(zip(unmeasured["quarter"], unmeasured["indicator"], strict=True))
    before = compute(campaign).results.query("status == 'unmeasured'")
    already = set(zip(before["quarter"], before["indicator"], strict=True))
    assert told - already == {("2024Q2", "changed_mindset")}
    lacking = lines.query("quarter == '2024Q2' and indicator == 'changed_mindset'")
    assert set(lacking["status"]) == {"unmeasured"}
    assert lacking[["percent", "percent_high"]].isna().all(axis=None)


def test_printing_gives_two_decimals_and_empty_cells() -> None:
    numbers = pd.array([77.17, 100, 0, -5.1, None], dtype="Float64")
    columns = dict.fromkeys(("percent", "percent_high", "target_percent"), numbers)
    texts = as_printed(pd.DataFrame(columns))["percent"]
    assert texts.dropna().tolist() == ["77.17", "100.00", "0.00", "-5.10"]
    assert pd.isna(texts.iloc[4])


def test_every_percentage_survives_being_a_float() -> None:
    """Tables hold 77.17 as a number: printed again it must be what was worked out."""
    every = pd.DataFrame({"percent": pd.array(range(10001), dtype="Int64").astype("Float64") / 100})
    texts = as_printed(every.assign(percent_high=0.0, target_percent=0.0))["percent"]
    assert [Decimal(text) * 100 for text in texts] == list(range(10001))
