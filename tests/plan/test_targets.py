"""Verdicts at each boundary: unmeasured, no target, met, on track, behind; certain or not."""

from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_lib.base.percent import ALL_OF_THEM
from campaign_lib.errors import Message
from campaign_lib.plan import Target
from campaign_lib.plan.targets import (
    RANKS,
    fixed_allocation,
    judge_counts,
    judge_shares,
)

HALF = Fraction(1, 2)
#: Of 127 households 98 make 77.17 %; half of the 98 are due.
TARGET = Target(7717, "II.2")
NUMBERS = ["target_percent", "target_count", "path_count", "shortfall"]


def judged(
    lines: list[tuple[str, int, int, int]],
    target: Target | None,
    *,
    fixed: pd.Series | None = None,
    measurable: bool = True,
) -> pd.DataFrame:
    """Judge lines of place, numerator, denominator and unknown; the result is by place."""
    table = pd.DataFrame(lines, columns=["place", "numerator", "denominator", "unknown"])
    table["level"] = ["commune" if place == "commune" else "village" for place in table["place"]]
    table = table.assign(measurable=measurable)
    return judge_shares(table, target, HALF, fixed).set_index("place")


def values(line: pd.Series, *columns: str) -> list[object]:
    return [None if pd.isna(line[column]) else line[column] for column in columns]


# --- one line at its boundaries ---


@pytest.mark.parametrize(
    ("numerator", "unknown", "status", "certain", "shortfall"),
    [
        (127, 0, "met", "yes", 0),
        (98, 0, "met", "yes", 0),
        (98, 29, "met", "yes", 0),  # it cannot get better than met
        (97, 0, "on_track", "yes", 1),
        (97, 1, "on_track", "no", 1),
        (96, 1, "on_track", "yes", 2),  # one more would not be enough either
        (49, 0, "on_track", "yes", 49),
        (48, 0, "behind", "yes", 50),
        (48, 1, "behind", "no", 50),
        (47, 1, "behind", "yes", 51),
        (0, 0, "behind", "yes", 98),
        (0, 126, "behind", "no", 98),
        (0, 127, "unmeasured", "no", 98),  # nobody's answer is known
    ],
)
def test_status_and_certain(
    numerator: int, unknown: int, status: str, certain: str, shortfall: int
) -> None:
    line = judged([("commune", numerator, 127, unknown)], TARGET).loc["commune"]
    assert values(line, "status", "certain", "shortfall") == [status, certain, shortfall]
    assert values(line, *NUMBERS[:3]) == [7717, 98, 49]


@pytest.mark.parametrize(
    ("numerator", "unknown", "low", "high"),
    [(98, 0, 7717, 7717), (98, 29, 7717, 10000), (0, 1, 0, 79), (0, 127, None, None)],
)
def test_percent_and_percent_high(
    numerator: int, unknown: int, low: int | None, high: int | None
) -> None:
    line = judged([("commune", numerator, 127, unknown)], TARGET).loc["commune"]
    assert values(line, "percent", "percent_high") == [low, high]


@pytest.mark.parametrize("target", [TARGET, Target(ALL_OF_THEM, "II.1"), None])
def test_an_empty_base_is_unmeasured_before_all_else(target: Target | None) -> None:
    line = judged([("commune", 0, 0, 0)], target).loc["commune"]
    assert values(line, "status", "certain") == ["unmeasured", "yes"]
    assert values(line, "percent", "percent_high") == [None, None]
    assert values(line, *NUMBERS[1:]) == [None, None, None]


@pytest.mark.parametrize("target", [TARGET, None])
def test_a_question_that_the_survey_lacks_makes_it_unmeasured(target: Target | None) -> None:
    line = judged([("commune", 98, 127, 0)], target, measurable=False).loc["commune"]
    assert values(line, "status", "certain") == ["unmeasured", "yes"]
    assert values(line, "percent", "percent_high") == [None, None]
    assert values(line, "numerator", "denominator", "unknown") == [98, 127, 0]


def test_without_a_target_there_is_a_percentage_and_no_verdict() -> None:
    line = judged([("commune", 98, 127, 9)], None).loc["commune"]
    assert values(line, "status", "certain", "percent") == ["no_target", "yes", 7717]
    assert values(line, *NUMBERS) == [None] * 4


@pytest.mark.parametrize(
    ("numerator", "status"), [(20000, "met"), (19999, "on_track"), (9999, "behind")]
)
def test_100_percent_means_all(numerator: int, status: str) -> None:
    """19,999 of 20,000 are printed as 100.00 and are not all."""
    line = judged([("commune", numerator, 20000, 0)], Target(ALL_OF_THEM, "II.1")).loc["commune"]
    assert values(line, "status", "target_count", "path_count") == [status, 20000, 10000]
    assert line["percent"] >= 5000


def test_a_target_of_nothing_is_met_by_nobody() -> None:
    line = judged([("commune", 0, 5, 1)], Target(0, "")).loc["commune"]
    assert values(line, "status", "certain", "target_count") == ["met", "yes", 0]


# --- the villages beside the commune ---

LINES = [("commune", 5, 10, 0), ("A", 3, 5, 0), ("B", 2, 5, 0), ("C", 0, 0, 0)]


def test_villages_carry_their_parts() -> None:
    found = judged(LINES, Target(5000, ""))
    assert found["target_count"].tolist() == [5, 3, 2, pd.NA]  # of two halves A, the first, has one
    assert found["path_count"].tolist() == [3, 2, 1, pd.NA]
    assert found["status"].tolist() == ["met", "met", "met", "unmeasured"]
    assert found["target_percent"].tolist() == [5000, pd.NA, pd.NA, pd.NA]


def test_with_100_percent_each_village_carries_its_own() -> None:
    found = judged(LINES, Target(ALL_OF_THEM, ""))
    assert found["target_count"].tolist() == [10, 5, 5, pd.NA]
    assert found["target_percent"].tolist() == [ALL_OF_THEM] * 4


def test_fixed_counts_are_for_villages_and_leave_the_commune_s_alone() -> None:
    found = judged(LINES, Target(5000, ""), fixed=pd.Series({"A": 1, "B": 9, "C": 4}))
    assert found["target_count"].tolist() == [5, 1, 5, pd.NA]
    assert found["shortfall"].tolist() == [0, 0, 3, pd.NA]


@st.composite
def places(draw: st.DrawFn) -> list[tuple[str, int, int, int]]:
    lines = []
    for code in "ABCD"[: draw(st.integers(1, 4))]:
        base = draw(st.integers(0, 60))
        yes = draw(st.integers(0, base))
        lines.append((code, yes, base, draw(st.integers(0, base - yes))))
    sums = (sum(column) for column in list(zip(*lines, strict=True))[1:])
    return [*lines, ("commune", *sums)]


@given(places(), st.integers(0, ALL_OF_THEM))
def test_any_lines(lines: list[tuple[str, int, int, int]], hundredths: int) -> None:
    found = judged(lines, Target(hundredths, ""))
    villages = found.drop("commune")
    if found.loc["commune", "denominator"]:
        assert villages["target_count"].sum() == found.loc["commune", "target_count"]
    assert (villages["target_count"] <= villages["denominator"]).all()
    assert (found["path_count"] <= found["target_count"]).all()
    assert (found["percent"] <= found["percent_high"]).all()
    told = found[found["status"] != "unmeasured"]
    assert (told["denominator"] != told["unknown"]).all()
    assert ((told["status"] == "met") == (told["shortfall"] == 0)).all()
    # What is certain stays so when every unknown turns out to be yes.
    better = [(place, yes + unknown, base, 0) for place, yes, base, unknown in lines]
    ranks, best = (
        table["status"].map(RANKS.index)
        for table in (found, judged(better, Target(hundredths, "")))
    )
    assert ((best > ranks) == (found["certain"] == "no")).all()
    assert (best >= ranks).all()


# --- what only counts ---


@pytest.mark.parametrize(
    ("built", "status", "shortfall"),
    [(0, "behind", 1), (1, "met", 0), (2, "met", 0), (3, "met", 0)],  # at_most is only a note
)
def test_counts(built: int, status: str, shortfall: int) -> None:
    lines = pd.DataFrame({"place": ["commune"], "numerator": pd.array([built], dtype="Int64")})
    line = judge_counts(lines, Target(1, "II.5", at_most=2)).iloc[0]
    assert values(line, "status", "certain", "shortfall") == [status, "yes", shortfall]
    assert values(line, "target_count", "path_count", "target_percent") == [1, None, None]
    assert values(line, "percent", "percent_high") == [None, None]


def test_counts_without_a_target() -> None:
    lines = pd.DataFrame({"place": ["commune"], "numerator": pd.array([2], dtype="Int64")})
    line = judge_counts(lines, None).iloc[0]
    assert values(line, "status", "certain", "shortfall") == ["no_target", "yes", None]


# --- what the commune has fixed ---

TARGETS = {"informed": Target(ALL_OF_THEM, ""), "in_cooperative": Target(5000, "")}
FIXED = pd.DataFrame(
    [
        (2024, "in_cooperative", "A", 4),
        (2024, "in_cooperative", "B", 1),
        (2025, "in_cooperative", "A", 5),
        (2024, "informed", "A", 1),
        (2024, "improved_life", "A", 1),
    ],
    columns=["year", "indicator", "village", "count"],
).astype({"year": "Int64", "count": "Int64"})


@pytest.mark.parametrize(
    ("indicator", "bases", "counts", "why_not"),
    [
        ("in_cooperative", {"A": 5, "B": 5}, {"A": 4, "B": 1}, ""),
        ("in_cooperative", {"A": 9, "B": 5}, None, "allocation adds up to 5, the commune needs 7"),
        ("in_cooperative", {"A": 5, "B": 1, "C": 1}, None, "allocation does not list C"),
        ("informed", {"A": 5, "B": 5}, None, ""),  # of a 100 % target each has its own denominator
        ("improved_life", {"A": 5, "B": 5}, None, ""),  # without a target there is nothing to share
        ("changed_mindset", {"A": 5, "B": 5}, None, ""),
    ],
)
def test_fixed_allocation(
    indicator: str, bases: dict[str, int], counts: dict[str, int] | None, why_not: str
) -> None:
    every = pd.Series({**bases, "commune": sum(bases.values())})
    fixed, said = fixed_allocation(FIXED, 2024, indicator, TARGETS.get(indicator), every)
    assert (None if fixed is None else fixed.to_dict()) == counts
    assert (Message.of(said).said("en") if said else "") == why_not
