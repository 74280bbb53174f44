"""Attempts to work hidden counts out: by arithmetic, by trying every table, by other worlds.

A reader who knows the rules could run `disclose` on every table that they can think of and keep
those that give what was published. Small tables are all tried here in that way; large ones are
attacked with bounds (tests/public_attack.py).
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from itertools import product
from pathlib import Path

import examples
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from made_results import (
    COHORT,
    COUNTS,
    POVERTY,
    REGISTER,
    Counts,
    made_counts,
    results_of,
    unjudged,
)
from public_attack import Reader, hidden_intervals

from campaign_lib.base.quarters import Quarter
from campaign_lib.disclosure import disclose
from campaign_lib.indicators.results import compute
from campaign_lib.intake import read_campaign
from campaign_sample import write_sample

RAW = Path(__file__).parents[2] / "data" / "raw"
TODAY = date(2025, 2, 1)
#: So many values the bounds leave for each hidden count.
WANTED = 5
YEAR = [f"2024Q{number}" for number in (1, 2, 3, 4)]
STYLES = ("tiny", "mixed", "large", "empty")
#: Where a village's plan had been issued, by quarter and village.
Issued = Collection[tuple[str, str]] | None


# --- bounds ---


def assert_open(results: pd.DataFrame, public: pd.DataFrame, issued: Issued = None) -> None:
    """Every hidden count could be one of several, and the bounds are right about it."""
    truth = results.set_index(["quarter", "indicator", "place"])
    reader = Reader(public, issued)
    bounds = reader.bounds()
    few = {where: more for where, more in reader.differences().items() if 0 < abs(more) < WANTED}
    assert not few, "so many households have left or moved since the baseline"
    assert bool(bounds) == bool(public["hidden"].any())
    for (quarter, indicator, place, count), (low, high) in bounds.items():
        where = (quarter, indicator, place, count)
        assert low <= truth.loc[(quarter, indicator, place), count] <= high, where
        assert high - low + 1 >= WANTED, where


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    return compute(read_campaign(RAW, TODAY)).results


def test_bounds_find_nothing_in_the_sample(sample: pd.DataFrame) -> None:
    assert_open(sample, disclose(sample))


@pytest.mark.slow
@settings(max_examples=examples.of(40), deadline=None)
@given(
    st.integers(0, 10**6),
    st.integers(1, 14),
    st.sampled_from([YEAR, ["2023Q4", "2024Q1"], ["2024Q2"]]),
    st.sampled_from(STYLES),
)
def test_bounds_find_nothing_in_made_up_results(
    seed: int, villages: int, quarters: list[str], style: str
) -> None:
    results = results_of(made_counts(seed, villages, quarters, style))
    public = disclose(results)
    if public["hidden"].any():
        assert_open(results, public)


@pytest.mark.parametrize(
    ("villages", "households"), [(1, 30), (2, 40), (5, 60), pytest.param(40, 2400, marks=[
        pytest.mark.slow])],
)  # fmt: skip
def test_bounds_find_nothing_in_generated_campaigns(
    tmp_path: Path, villages: int, households: int
) -> None:
    quarters = (Quarter(2024, 1), Quarter(2024, 2))
    write_sample(tmp_path, villages, households, quarters, seed=villages)
    results = compute(read_campaign(tmp_path / "raw", TODAY)).results
    assert_open(results, disclose(results))


def without(results: pd.DataFrame, hide: pd.Series, count: str) -> pd.DataFrame:
    public = disclose(results).assign(**{name: results[name] for name in COUNTS}, hidden=hide)
    return public.assign(**{count: results[count].mask(hide)})


def test_the_attack_breaks_what_hides_small_counts_only() -> None:
    counts: Counts = {(YEAR[0], REGISTER): {"numerator": [40, 50], "denominator": [60, 80]}}
    counts[YEAR[0], "informed"] = {"numerator": [3, 17], "denominator": [30, 40]}
    results = results_of(counts)
    small = results["numerator"] < 5
    bounds = hidden_intervals(without(results, small, "numerator"))
    assert bounds == {(YEAR[0], "informed", "T1", "numerator"): (3, 3)}


def test_the_attack_uses_the_base_of_another_indicator() -> None:
    counts: Counts = {(YEAR[0], REGISTER): {"numerator": [40, 50], "denominator": [60, 80]}}
    for indicator in COHORT[:2]:
        counts[YEAR[0], indicator] = {"numerator": [10, 10], "denominator": [30, 40]}
    results = results_of(counts)
    one_only = (results["indicator"] == COHORT[0]) & (results["level"] == "village")
    bounds = hidden_intervals(without(results, one_only, "denominator"))
    assert {high - low for low, high in bounds.values()} == {0}


# --- what all know by definition ---


def test_nobody_is_covered_where_no_plan_was_issued_and_all_know_it() -> None:
    """Beside a zero that is no secret, 89 less 40 and 45 would be the 4 that is one."""
    counts: Counts = {
        (YEAR[0], REGISTER): {"numerator": [0, 4, 40, 45], "denominator": [30, 50, 60, 70]}
    }
    results = results_of(counts)
    issued = {(YEAR[0], village) for village in ("T2", "T3", "T4")}
    small = (results["numerator"] < 5) & (results["level"] == "village")
    naive = hidden_intervals(without(results, small, "numerator"), issued)
    assert naive == {(YEAR[0], REGISTER, "T2", "numerator"): (4, 4)}
    public = disclose(results, issued)
    assert_open(results, public, issued)
    assert public["numerator"].fillna(-1).tolist() == [89, 0, -1, -1, 45]


def test_where_no_village_has_issued_a_plan_nothing_is_secret() -> None:
    counts: Counts = {(YEAR[0], REGISTER): {"numerator": [0, 0], "denominator": [30, 50]}}
    public = disclose(results_of(counts), issued=())
    assert public["numerator"].tolist() == [0, 0, 0]
    assert not public["hidden"].any()


@pytest.mark.slow
@settings(max_examples=examples.of(25), deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 9), st.sampled_from(STYLES), st.integers(0, 2**9 - 1))
# Everyone was poor on the baseline, and one household has left, come or moved since.
@example(222, 1, "mixed", 0)
@example(17204, 1, "mixed", 0)
@example(17205, 2, "mixed", 0)
def test_bounds_find_nothing_beside_villages_without_a_plan(
    seed: int, villages: int, style: str, drawn: int
) -> None:
    counts = made_counts(seed, villages, YEAR[:2], style)
    issued = {
        (quarter, f"T{at + 1}") for at in range(villages) if drawn >> at & 1 for quarter in YEAR
    }
    for quarter in YEAR[:2]:
        table = counts[quarter, REGISTER]
        has_plan = [(quarter, f"T{at + 1}") in issued for at in range(villages)]
        counts[quarter, REGISTER] = {**table, "numerator": table["numerator"] * np.array(has_plan)}
    results = results_of(counts)
    public = disclose(results, issued)
    if public["hidden"].any():
        assert_open(results, public, issued)


# --- counts of nearly the same households ---


def poverty(poor: Sequence[int], cohort: Sequence[int]) -> Counts:
    """Give the poor on the baseline, and those of them that are still there."""
    register = [60, 70, 80]
    return {
        (YEAR[0], REGISTER): {"numerator": register, "denominator": register},
        (YEAR[0], COHORT[0]): {"numerator": cohort, "denominator": cohort},
        (YEAR[0], POVERTY): {
            "numerator": [10, 10, 10],
            "denominator": register,
            "baseline_numerator": poor,
            "baseline_denominator": register,
        },
    }


@pytest.mark.parametrize(
    ("poor", "cohort", "hidden"),
    [
        # One of 76 has left: neither the commune nor the village says how many there were.
        ([26, 20, 30], [25, 20, 30], ["T1", "commune"]),
        # One has moved from the first village to the second.
        ([26, 20, 30], [25, 21, 30], ["T1", "T2"]),
        # Twelve have left, one of them the third village; another is hidden beside it.
        ([31, 20, 31], [20, 20, 30], ["T1", "T3"]),
        ([26, 20, 36], [20, 20, 30], []),
        ([26, 20, 30], [26, 20, 30], []),
    ],
)
def test_the_cohort_beside_the_poor_tells_of_no_single_household(
    poor: list[int], cohort: list[int], hidden: list[str]
) -> None:
    results = results_of(poverty(poor, cohort))
    naive = Reader(results.assign(hidden=False)).differences()
    assert bool(hidden) == any(0 < abs(more) < WANTED for more in naive.values())
    public = disclose(results)
    lines = public[(public["indicator"] == POVERTY) & public["hidden"]]
    assert sorted(lines["place"]) == hidden
    assert lines[["baseline_numerator", "percent"]].isna().all(axis=None)
    assert public.loc[public["indicator"] == COHORT[0], "denominator"].notna().all()
    if hidden:
        assert_open(results, public)


# --- earlier editions ---


def register(quarter: str, present: Sequence[int]) -> Counts:
    return {(quarter, REGISTER): {"numerator": present, "denominator": present}}


def hidden_places(results: pd.DataFrame, last: str, count: str) -> list[str]:
    """Say where an edition up to a quarter hides what is told of the informed in Q1."""
    public = disclose(results[results["quarter"] <= last])
    lines = public[(public["indicator"] == "informed") & (public["quarter"] == YEAR[0])]
    return sorted(lines.loc[lines[count].isna(), "place"])


def test_a_village_hidden_beside_another_stays_hidden_when_it_is_needed_no_more() -> None:
    """Q1 showed 6 of T3. If Q2 showed T1 instead, 4 would be left for T2."""
    counts: Counts = {}
    for quarter, base in zip(YEAR, ([20, 4, 6, 30], [20, 2, 2, 30]), strict=False):
        counts |= register(quarter, [60, 70, 80, 90])
        counts[quarter, "informed"] = {"numerator": base, "denominator": base}
    results = results_of(counts)
    assert hidden_places(results, YEAR[0], "denominator") == ["T1", "T2"]
    assert hidden_places(results, YEAR[1], "denominator") == ["T1", "T2", "T3"]


def test_so_does_a_village_hidden_beside_a_numerator() -> None:
    counts: Counts = {}
    for quarter, base in zip(YEAR, ([40, 40, 6, 7], [40, 40, 2, 2]), strict=False):
        counts |= register(quarter, [60, 70, 80, 90])
        counts[quarter, "informed"] = {"numerator": [20, 2, base[2], base[3]], "denominator": base}
    results = results_of(counts)
    assert hidden_places(results, YEAR[0], "numerator") == ["T1", "T2"]
    assert hidden_places(results, YEAR[1], "numerator") == ["T1", "T2", "T3", "T4"]
    assert hidden_places(results, YEAR[1], "denominator") == ["T3", "T4"]


def test_the_village_hidden_beside_others_is_the_same_in_every_quarter() -> None:
    counts: Counts = {}
    for quarter, present in zip(YEAR, ([60, 70, 80], [90, 70, 80]), strict=False):
        counts |= register(quarter, present)
        counts[quarter, "informed"] = {"numerator": [20, 20, 3], "denominator": [40, 40, 40]}
    public = disclose(results_of(counts))
    closed = public[(public["indicator"] == "informed") & public["numerator"].isna()]
    assert list(closed["place"]) == ["T1", "T3"] * 2


@pytest.mark.slow
@settings(max_examples=examples.of(12), deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.sampled_from(STYLES))
def test_a_later_edition_shows_nothing_that_an_earlier_one_hid(
    seed: int, villages: int, style: str
) -> None:
    quarters = ["2023Q3", "2023Q4", *YEAR]
    results = results_of(made_counts(seed, villages, quarters, style))
    earlier = pd.DataFrame()
    for last in quarters:
        edition = disclose(results[results["quarter"] <= last])
        both = edition.loc[earlier.index]
        for count in COUNTS:
            if not earlier.empty:
                assert not (both[count].notna() & earlier[count].isna()).any(), (last, count)
        earlier = edition


# --- every table that gives the same ---


#: Numerators and denominators, each of the commune and then of its villages.
Table = tuple[tuple[int, ...], tuple[int, ...]]


def with_commune(villages: Sequence[int]) -> tuple[int, ...]:
    return (sum(villages), *villages)


def fewest_values(tables: Sequence[Table], indicator: str, most: int) -> int:
    """Publish every table, and give the fewest values of a hidden count in those that look alike.

    Each table is a year of its own, so that none has to do with another. Where a hidden count of a
    village is above `most`, what could stand in its place was not all tried: that is not judged.
    """
    years = [f"{year}Q1" for year in range(1000, 1000 + len(tables))]
    public = disclose(unjudged(indicator, dict(zip(years, tables, strict=True))))
    counts = public[["numerator", "denominator"]].astype(object)
    cells = counts.where(counts.notna(), None).to_numpy().reshape(len(tables), -1, 2)
    alike: dict[tuple[object, ...], list[Table]] = defaultdict(list)
    for table, published in zip(tables, cells, strict=True):
        alike[tuple(published.T.ravel())].append(table)
    fewest = 10**6
    for published, group in alike.items():
        candidates = np.array(group).reshape(len(group), -1)
        hidden = np.array([cell is None for cell in published])
        of_villages = hidden & (np.arange(len(hidden)) % (len(hidden) // 2) > 0)
        if hidden.any() and candidates[:, of_villages].max(initial=0) <= most:
            fewest = min(fewest, *(len(set(column)) for column in candidates[:, hidden].T))
    return fewest


@pytest.mark.parametrize(
    ("bases", "values"),
    [
        ((15,), 5),
        ((30, 30), 4),
        ((5, 6, 9), 5),
        pytest.param((12, 9, 20), 4, marks=pytest.mark.slow),
        pytest.param((11, 13, 14), 4, marks=pytest.mark.slow),
    ],
)
def test_every_table_of_one_indicator(bases: tuple[int, ...], values: int) -> None:
    of = with_commune(bases)
    every = product(*(range(base + 1) for base in bases))
    tables = [(with_commune(table), of) for table in every]
    assert fewest_values(tables, "covered_by_plan", max(bases)) >= values


@pytest.mark.parametrize(
    ("villages", "most"), [(1, 30), (2, 25), pytest.param(3, 12, marks=pytest.mark.slow)]
)
def test_every_table_of_a_base(villages: int, most: int) -> None:
    bases = map(with_commune, product(range(most + 1), repeat=villages))
    tables = [(base, base) for base in bases]
    assert fewest_values(tables, "changed_mindset", most - 4) >= 4


@pytest.mark.slow
def test_every_table_of_a_base_and_what_is_counted_in_it() -> None:
    most = 10
    pairs = [(part, base) for base in range(most + 1) for part in range(base + 1)]
    tables = [
        (with_commune((one[0], other[0])), with_commune((one[1], other[1])))
        for one, other in product(pairs, repeat=2)
    ]
    assert fewest_values(tables, "changed_mindset", most - 4) >= 2


# --- other worlds ---


def counts_of(results: pd.DataFrame, year: str) -> Counts:
    """Take a year's counts of households out of results, villages in the order of their codes."""
    lines = results[(results["unit"] == "household") & results["quarter"].str.startswith(year)]
    villages = lines[lines["level"] == "village"].sort_values("place")
    return {
        (quarter, indicator): {
            name: [int(value) for value in group[name]]
            for name in COUNTS
            if group[name].notna().all()
        }
        for (quarter, indicator), group in villages.groupby(["quarter", "indicator"])
    }


def moved(counts: Counts, away: int, to: int, how_many: int) -> Counts:
    """Let poor households live in another village of the two, with all that they answered."""
    world = {key: {name: list(cells) for name, cells in by.items()} for key, by in counts.items()}
    for (_, indicator), by in world.items():
        name = {"poverty_reduction": "baseline_numerator"}.get(indicator, "denominator")
        if indicator == REGISTER:
            continue
        by[name][away] -= how_many
        by[name][to] += how_many
        too_many = by["numerator"][away] - by[name][away] if indicator in COHORT else 0
        if too_many > 0:
            by["numerator"][away] -= too_many
            by["numerator"][to] += too_many
    return world


@pytest.mark.parametrize("how_many", [1, 2, 3, 4])
def test_the_sample_could_be_another_world(sample: pd.DataFrame, how_many: int) -> None:
    """T2 has four poor households at most; it could have any smaller number, as far as is seen."""
    counts = counts_of(sample, "2024")
    public = disclose(results_of(counts))
    small = public[public["denominator"].isna() & (public["indicator"] == "informed")]
    assert set(small["place"]) == {"T2", "T4"}
    other = results_of(moved(counts, 1, 3, how_many))
    pd.testing.assert_frame_equal(disclose(other), public)


@pytest.mark.slow
@settings(max_examples=examples.of(20), deadline=None)
@given(st.integers(0, 10**6), st.integers(3, 9), st.sampled_from(STYLES[:3]), st.data())
def test_verdicts_do_not_tell_how_hidden_bases_are_split(
    seed: int, villages: int, style: str, data: st.DataObject
) -> None:
    counts = made_counts(seed, villages, YEAR[:2], style)
    public = disclose(results_of(counts))
    base = public[(public["indicator"] == "informed") & (public["level"] == "village")]
    closed = sorted(base.loc[base["denominator"].isna(), "place"].unique())
    if len(closed) < 2:
        return
    away, to = data.draw(st.permutations(range(len(closed))))[:2]
    away, to = (int(closed[at][1:]) - 1 for at in (away, to))
    cells = [by["denominator"][away] for (_, one), by in counts.items() if one in COHORT]
    if min(cells) < 1:
        return
    other = disclose(results_of(moved(counts, away, to, 1)))
    # Where the same counts are hidden and all that is shown is the same, so is every verdict.
    same = other[COUNTS].isna().eq(public[COUNTS].isna()).all(axis=1)
    alike = same.groupby([public["quarter"], public["indicator"]]).transform("all")
    lines = alike & (public["indicator"] != POVERTY)
    what = [*COUNTS, "percent", "target_count", "status", "hidden"]
    pd.testing.assert_frame_equal(other.loc[lines, what], public.loc[lines, what])
