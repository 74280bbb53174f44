"""The years before in the made-up campaign: what they add, leave alone and lack."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from made_samples import COMMITTED, DEFAULT, Sample, cohort, made, minority_on, status_on

from campaign_lib import cli
from campaign_lib.analysis.quality.checks import doubts
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook.problems import KEPT
from campaign_lib.indicators.results import Computed, compute
from campaign_lib.intake import read_campaign
from campaign_lib.intake.plans import read_plans
from campaign_lib.plan import DECISION_59_2015, DECREE_07_2021, Plan
from campaign_sample import write_sample
from campaign_sample.scope import Scope
from campaign_sample.writing import DEFAULT_QUARTERS

WITH_PAST = replace(DEFAULT, years_before=3)
TODAY = date(2025, 1, 15)
ENDS = ("2020-12-31", "2021-12-31", "2022-01-01", "2022-12-31", "2023-12-31", "2024-12-31")
#: The day whose status the sample gives to one household too late; it came not long before.
LATE_COMER = "T7-023"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The campaign of 2024 without anything before it."""
    return made(tmp_path_factory.mktemp("alone"), DEFAULT)


@pytest.fixture(scope="module")
def longer(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return made(tmp_path_factory.mktemp("longer"), WITH_PAST)


@pytest.fixture(scope="module")
def computed(longer: Sample) -> Computed:
    return compute(read_campaign(longer.raw, TODAY))


@pytest.fixture(scope="module")
def plans(longer: Sample) -> dict[int, Plan]:
    return read_plans(longer.raw / "plans")


def poor_on(sample: Sample, day: str) -> tuple[set[str], int]:
    """Give the poor and near-poor minority households of a day, and how many have a status."""
    status = status_on(sample, day).reindex(minority_on(sample, day).index).dropna()
    return set(status.index[status != "not_poor"]), len(status)


# --- What stays as it is -------------------------------------------------------------------------


def test_committed_sample_is_what_the_command_writes(tmp_path: Path) -> None:
    assert cli.main(["sample", str(tmp_path), "--years-before", "3"]) == 0
    written, committed = Sample(tmp_path / "raw", ()).files(), Sample(COMMITTED, ()).files()
    assert sorted(written) == sorted(committed)
    for name, content in committed.items():
        assert written[name] == content, f"{name}: write the sample anew, or undo the edit"
    assert sum(map(len, committed.values())) < 650_000


def test_nothing_before_unless_it_is_asked_for(alone: Sample) -> None:
    assert not [name for name in alone.files() if "2023" in name]
    assert alone.read("activities")["held_on"].min() >= "2023-12-15"


def test_the_years_before_are_added_below(alone: Sample, longer: Sample) -> None:
    before, after = alone.files(), longer.files()
    assert set(after) - set(before) == {
        *(f"plans/{year}.toml" for year in (2021, 2022, 2023)),
        *(f"survey/{year}Q4.csv" for year in (2021, 2022, 2023)),
    }
    for name in before.keys() - {"README.md", "households.csv"}:
        assert after[name].startswith(before[name]), name
    register = pd.concat([alone.read("households"), longer.read("households")])
    assert list(register.drop_duplicates(keep=False)["household"])[:2] == [LATE_COMER] * 2
    assert longer.injuries == alone.injuries


def test_the_year_s_own_figures_stay(alone: Sample, computed: Computed) -> None:
    of_2024 = compute(read_campaign(alone.raw, TODAY))
    results = computed.results.query("quarter >= '2024'").reset_index(drop=True)
    pd.testing.assert_frame_equal(results, of_2024.results, check_categorical=False)
    # What is asked first is asked of every activity and model on file, the older ones too.
    elsewhere = "indicator not in ['integrated_activities', 'front_models']"
    steps = computed.steps.query("quarter >= '2024'").query(elsewhere).reset_index(drop=True)
    pd.testing.assert_frame_equal(
        steps, of_2024.steps.query(elsewhere).reset_index(drop=True), check_categorical=False
    )


# --- Poverty: the fall, the break, the flow ------------------------------------------------------


def test_poverty_falls_every_year_and_jumps_where_the_standard_changes(longer: Sample) -> None:
    found = [poor_on(longer, day) for day in ENDS]
    rates = [100 * len(poor) / known for poor, known in found]
    falls = [before - after for before, after in pairwise(rates)]
    change = ENDS.index("2022-01-01") - 1
    assert falls.pop(change) < -5  # more are found poor by the newer standard, overnight
    assert all(3 < fall < 7 for fall in falls), falls
    assert len(cohort(longer)) == 127


def test_every_year_some_leave_poverty_some_become_poor_and_some_fall_back(longer: Sample) -> None:
    years = [pair for pair in pairwise(ENDS) if pair[1] != "2022-01-01"]
    ever: set[str] = set()
    for start, end in years:
        before, after = poor_on(longer, start)[0], poor_on(longer, end)[0]
        here, was_here = minority_on(longer, end).index, minority_on(longer, start).index
        ever |= before
        left = before - after - set(here)
        escaped = before - after - left
        came = after - set(was_here)
        fell_back = (after - before - came) & ever
        new = after - before - came - fell_back
        assert len(before) - len(escaped) - len(left) + len(fell_back | new | came) == len(after)
        assert len(escaped) >= 20 and left and new, (start, end)
        assert bool(fell_back) == (start >= "2022"), "nobody is known to have been poor before 2021"


def test_who_is_gone_left_before_the_year_and_it_is_said_why(longer: Sample) -> None:
    homes, reasons = longer.read("households"), longer.read("poverty_status")
    gone = homes[homes["household"].isin(set(homes["household"][600:]))].tail(12)
    assert gone["left_on"].between("2021-01-01", "2023-12-31").all()
    assert set(gone["left_on"].str[:4]) == {"2021", "2022", "2023"}
    assert gone["head_name"].str.fullmatch(r"Chủ hộ 6\d\d \(hư cấu\)").all()
    last = reasons[reasons["household"].isin(gone["household"])].groupby("household").last()
    said = last["reason"].str.removeprefix("Ra khỏi danh sách: ")
    assert set(said) == {"chuyển khỏi xã", "hộ một người, đã mất"}
    alone = gone.set_index("household")["members"][said.index[said.str.contains("mất")]]
    assert set(alone) == {"1"}


def test_reasons_and_plans_say_which_standard_holds(longer: Sample, plans: dict[int, Plan]) -> None:
    rows = longer.read("poverty_status")
    reviews = rows[~rows["reason"].str.startswith("Ra khỏi")]
    older = reviews[reviews["valid_from"] < "2022-01-01"]
    assert older["reason"].str.contains("QĐ 59/2015").all() and len(older) > 500
    anew = reviews[reviews["valid_from"] == "2022-01-01"]
    assert anew["reason"].str.contains("NĐ 07/2021").all() and len(anew) > 100
    assert not reviews[reviews["valid_from"] > "2022"]["reason"].str.contains("59/2015").any()
    assert {year: plan.poverty_standard for year, plan in plans.items()} == {
        2021: DECISION_59_2015,
        2022: DECREE_07_2021,
        2023: DECREE_07_2021,
        2024: DECREE_07_2021,
    }


# --- Plans that differ ---------------------------------------------------------------------------


def test_plans_differ_from_year_to_year(plans: dict[int, Plan]) -> None:
    assert all(plan.illustrative for plan in plans.values())
    # The year of the change starts from those found poor by the new standard.
    assert [str(plan.baseline) for plan in plans.values()] == [
        "2020-12-31",
        "2022-01-01",
        "2022-12-31",
        "2023-12-31",
    ]
    parameters = [plan.parameters for plan in plans.values()]
    assert [one["poverty_reduction_formula"] for one in parameters] == [
        "points",
        "relative",
        "points",
        "points",
    ]
    assert [one["essential_goods_needed"] for one in parameters] == [2, 3, 2, 2]
    means = [one["district_mean_income"] for one in parameters]
    assert means == sorted(set(means), key=lambda mean: mean or 0)
    missing = {
        year: plans[2024].targets.keys() - plan.targets.keys() for year, plan in plans.items()
    }
    assert {year: sorted(names) for year, names in missing.items()} == {
        2021: ["applies_science", "covered_by_plan", "improved_life", "integrated_activities"],
        2022: ["improved_life"],
        2023: [],
        2024: [],
    }
    for name in plans[2021].targets.keys() - {"front_models", "poverty_reduction"}:
        asked = [plan.targets[name].at_least for plan in plans.values()]
        assert asked == sorted(set(asked)), name


def test_tasks_are_of_their_own_year_and_in_both_languages(plans: dict[int, Plan]) -> None:
    texts: set[str] = set()
    for year in (2021, 2022, 2023):
        tasks = plans[year].tasks
        assert {task.quarter for task in tasks} >= {"Q1", "Q2", "Q3", "Q4"}
        assert all(task.id.startswith(f"{year}-") and task.vi and task.en for task in tasks)
        assert not any("{" in task.vi + task.en for task in tasks)
        assert texts.isdisjoint(task.en for task in tasks)
        texts |= {task.en for task in tasks}
    assert {task.owner for year in (2021, 2022, 2023) for task in plans[year].tasks} <= {
        task.owner for task in plans[2024].tasks
    }


# --- What is known, and what is not --------------------------------------------------------------


def test_shares_rise_from_year_to_year_where_they_were_measured(
    computed: Computed, plans: dict[int, Plan]
) -> None:
    lines = computed.results.query("level == 'commune' and quarter.str.endswith('Q4')")
    known = lines[(lines["status"] != "unmeasured") & lines["indicator"].isin(plans[2024].targets)]
    years = known.groupby("indicator")["quarter"].apply(lambda quarters: [q[:4] for q in quarters])
    assert {name: found[0] for name, found in years.items() if found[0] != "2021"} == {
        "covered_by_plan": "2024",
        "applies_science": "2022",
        "improved_life": "2022",
    }
    for name in ("informed", "changed_mindset", "applies_science", "improved_life",
                 "in_cooperative", "area_models"):  # fmt: skip
        shares = known.loc[known["indicator"] == name, "percent"].astype(float)
        assert shares.is_monotonic_increasing and shares.iloc[-1] > shares.iloc[0], name
    statuses = set(known.query("quarter < '2024'")["status"])
    assert {"met", "behind", "no_target"} <= statuses


def test_the_older_a_survey_the_poorer(longer: Sample) -> None:
    columns = {
        year: set(longer.read(f"survey/{year}Q4").columns) for year in (2021, 2022, 2023, 2024)
    }
    assert columns[2021] < columns[2022] < columns[2023] < columns[2024]
    villages = {
        year: set(longer.read(f"survey/{year}Q4")["household"].str.partition("-")[0])
        for year in columns
    }
    assert [len(villages[year]) for year in columns] == [6, 8, 8, 8]
    # Only the cohort was asked, and not all of it.
    for year, start in ((2021, "2020-12-31"), (2022, "2022-01-01"), (2023, "2022-12-31")):
        asked = set(longer.read(f"survey/{year}Q4")["household"])
        members = set(cohort(longer, start))
        assert asked < members and len(asked) > 0.5 * len(members)


def wrong_in(computed: Computed) -> pd.DataFrame:
    """List what is wrong; what is only doubted hangs on the year before, too."""
    wrong = computed.problems[computed.problems["action"] != KEPT]
    return wrong[["file", "row", "column", "value", "problem"]]


def test_problems_of_the_years_before_are_the_columns_that_their_forms_lacked(
    alone: Sample, computed: Computed
) -> None:
    known = wrong_in(compute(read_campaign(alone.raw, TODAY), doubts=doubts))
    longer = wrong_in(computed)
    added = pd.concat([longer, known]).drop_duplicates(keep=False)
    assert len(added) == len(longer) - len(known)
    assert set(added["problem"]) == {"the file has no such column"}
    lacking = added.groupby("file")["column"].agg(set).to_dict()
    deprived = {name for name in lacking["survey/2021Q4.csv"] if name.startswith("dep_")}
    assert len(deprived) == 12
    assert lacking == {
        "survey/2021Q4.csv": deprived
        | {"takes_part", "saves_reinvests", "stable_model"}
        | {"borrowed", "loan_amount", "loan_source"},
        "survey/2022Q4.csv": {"takes_part", "loan_source"},
        "survey/2023Q4.csv": {"takes_part"},
    }


def test_old_files_lack_the_rows_of_whole_years(longer: Sample, plans: dict[int, Plan]) -> None:
    funds = longer.read("funding")["quarter"].str[:4].value_counts()
    assert "2021" not in funds and funds["2022"] < funds["2023"] < funds["2024"]
    progress = longer.read("task_progress")
    assert set(progress["task"].str[:4]) == {"2022", "2023", "2024"}
    planned = {task.id for plan in plans.values() for task in plan.tasks}
    assert set(progress["task"]) <= planned | set(longer.read("extra_tasks")["task"])
    activities = longer.read("activities")
    assert set(activities[activities["held_on"] < "2021-12-15"]["led_by"]) == {""}
    issued = longer.read("village_plans")["year"].value_counts()
    assert issued.to_dict() == {"2021": 5, "2022": 7, "2023": 8, "2024": 8}
    for name, key in (("activities", "activity"), ("models", "model")):
        assert longer.read(name)[key].is_unique


def test_income_and_poverty_contradict_each_other_rarely(longer: Sample) -> None:
    for year in (2022, 2023):
        survey = longer.read(f"survey/{year}Q4").set_index("household")
        income = pd.to_numeric(survey["income"], errors="coerce")
        status = status_on(longer, f"{year}-12-31").reindex(survey.index)
        told = income.notna() & status.notna()
        assert ((income > 1500) == (status == "not_poor"))[told].mean() > 0.97


def test_the_notice_says_what_is_missing(longer: Sample) -> None:
    notice = (longer.raw / "README.md").read_text(encoding="utf-8")
    part = notice.partition("## Các năm trước · The years before")[2].partition("## ")[0]
    for said in ("2021Q4.csv", "12 × `dep_…`", "`takes_part`, `loan_source`", "59/2015",
                 "07/2021", "2022-01-01", "2 villages had no enumerator",
                 "`funding` has no row of the year"):  # fmt: skip
        assert said in part, said


# --- Any size, any years -------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("villages", "households"), [(1, 1), (3, 7), (2, 41)])
def test_small_campaigns_have_a_past_too(tmp_path: Path, villages: int, households: int) -> None:
    small = made(tmp_path, Scope.of(villages, households, DEFAULT_QUARTERS, 1, 3))
    campaign = read_campaign(small.raw, TODAY)
    assert {"2021Q4", "2022Q4", "2023Q4"} < set(campaign.surveyed)
    compute(campaign)


@pytest.mark.parametrize(
    ("first", "before", "standards"), [(2026, 2, 1), (2023, 1, 1), (2023, 2, 2)]
)
def test_other_years_before_other_years(
    tmp_path: Path, first: int, before: int, standards: int
) -> None:
    other = made(tmp_path, Scope.of(4, 160, (Quarter(first, 1),), 5, before))
    plans = read_plans(other.raw / "plans")
    assert list(plans) == list(range(first - before, first + 1))
    assert len({plan.poverty_standard for plan in plans.values()}) == standards
    for year, plan in plans.items():
        assert all(task.id.startswith(f"{year}-") for task in plan.tasks)
    found = compute(read_campaign(other.raw, date(first, 6, 1)))
    assert len(set(found.results["quarter"])) == before + 1
    left_out = found.problems["problem"].str.startswith("no poverty status")
    assert left_out.sum() == 1  # the one on purpose


def test_too_many_years_are_refused(tmp_path: Path) -> None:
    for years in (-1, 4):
        assert cli.main(["sample", str(tmp_path), "--years-before", str(years)]) == 2
    assert not (tmp_path / "raw").exists()


def test_an_older_sample_with_a_past_is_overwritten_but_not_by_one_without(tmp_path: Path) -> None:
    write_sample(tmp_path, 1, 3, years_before=3)
    before = Sample(tmp_path / "raw", ()).files()
    write_sample(tmp_path, 1, 3, years_before=3)
    assert Sample(tmp_path / "raw", ()).files() == before
    assert cli.main(["sample", str(tmp_path), "--villages", "1", "--households", "3"]) == 2
    assert Sample(tmp_path / "raw", ()).files() == before
