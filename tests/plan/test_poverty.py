"""The fall of poverty by the three formulas that have gone by one name, in exact fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_lib.base.percent import round_away
from campaign_lib.plan import FORMULAS
from campaign_lib.plan.targets import Fall, PovertyVerdict, judge_fall

Counts = tuple[int, int, int, int, int]


@st.composite
def counted(draw: st.DrawFn, least: int = 0) -> Counts:
    """Poor and all before, poor and all later, escaped."""
    all_before, all_later = (draw(st.integers(least, 300)) for _ in range(2))
    poor_before, poor_later = (draw(st.integers(0, base)) for base in (all_before, all_later))
    return poor_before, all_before, poor_later, all_later, draw(st.integers(0, all_later))


def fall_of(counts: Counts) -> Fall:
    arrays = [np.array([number]) for number in counts]
    return Fall(*arrays, escaped_at_best=arrays[-1] + 3)


def exact(formula: str, counts: Counts) -> Fraction:
    """Give the reduction in hundredths of a percent, not rounded."""
    poor_before, all_before, poor_later, all_later, escaped = counts
    before, later = Fraction(poor_before, all_before), Fraction(poor_later, all_later)
    return (
        10000
        * {
            "points": lambda: before - later,
            "relative": lambda: (before - later) / before,
            "escaped": lambda: Fraction(escaped, all_later),
        }[formula]()
    )


#: 180 of 600 poor at first (30 %); 150 of 610 later (24.59 %); 40 of these 610 escaped.
COMMUNE = (180, 600, 150, 610, 40)


@pytest.mark.parametrize(
    ("formula", "counts", "reduction"),
    [
        ("points", COMMUNE, 541),
        ("relative", COMMUNE, 1803),
        ("escaped", COMMUNE, 656),
        ("points", (1, 8, 1, 4, 0), -1250),  # it got worse
        ("relative", (1, 8, 1, 4, 0), -10000),
        ("points", (1, 20000, 0, 1, 0), 1),  # 0.005 points: away from zero ...
        ("points", (0, 1, 1, 20000, 0), -1),  # ... on both sides
        ("points", (0, 5, 0, 5, 0), 0),
        ("relative", (5, 5, 0, 9, 5), 10000),
    ],
)
def test_reductions_worked_by_hand(formula: str, counts: Counts, reduction: int) -> None:
    assert fall_of(counts).reduction(formula).tolist() == [reduction]


@given(counted(), st.sampled_from(FORMULAS))
def test_reductions_are_the_fractions_rounded(counts: Counts, formula: str) -> None:
    fall = fall_of(counts)
    poor_before, all_before, _, all_later, _ = counts
    usable = bool(all_before and all_later and (poor_before or formula != "relative"))
    assert fall.measurable(formula).tolist() == [usable]
    if usable:
        assert fall.reduction(formula).tolist() == [round_away(exact(formula, counts))]


@pytest.mark.parametrize(
    ("counts", "measurable"),
    [
        (COMMUNE, ("points", "relative", "escaped")),
        ((0, 600, 10, 610, 0), ("points", "escaped")),  # nobody was poor: no rate to fall from
        ((0, 0, 10, 610, 0), ()),
        ((180, 600, 0, 0, 0), ()),
    ],
)
def test_measurable(counts: Counts, measurable: tuple[str, ...]) -> None:
    assert tuple(name for name in FORMULAS if fall_of(counts).measurable(name)[0]) == measurable


def test_the_best_case_puts_unknown_households_among_those_out_of_poverty() -> None:
    best = fall_of(COMMUNE).if_unknown_were_out_of_poverty(np.array([10]))
    assert (best.poor_later[0], best.all_later[0], best.escaped[0]) == (150, 620, 43)


@pytest.mark.parametrize(
    ("poor_later", "verdict"),
    [
        # 30 % of 1,000 before; 5.12 points down is 248 of 1,000, half of that is 274.
        (248, PovertyVerdict("met", 248, 274, 0)),
        (249, PovertyVerdict("on_track", 248, 274, 1)),
        (274, PovertyVerdict("on_track", 248, 274, 26)),
        (275, PovertyVerdict("behind", 248, 274, 27)),
        (0, PovertyVerdict("met", 248, 274, 0)),
        (1000, PovertyVerdict("behind", 248, 274, 752)),
    ],
)
def test_verdict_by_points(poor_later: int, verdict: PovertyVerdict) -> None:
    fall = fall_of((300, 1000, poor_later, 1000, 0))
    assert judge_fall(fall, "points", 512, Fraction(1, 2)) == verdict


def test_what_is_printed_is_what_is_judged() -> None:
    """10 % less 4.88 %: 82 of 1,680 are 4.881 %, a fall of 5.119 points, printed 5.12."""
    met = judge_fall(fall_of((168, 1680, 82, 1680, 0)), "points", 512, Fraction(1))
    assert (met.status, met.target_count) == ("met", 82)


@pytest.mark.parametrize(
    ("target", "share", "verdict"),
    [
        (301, Fraction(1, 1), PovertyVerdict("behind", None, None, None)),
        (301, Fraction(1, 2), PovertyVerdict("behind", None, 1, None)),  # 1.505 points are possible
        (300, Fraction(1, 1), PovertyVerdict("behind", 0, 0, 3)),  # nobody may be poor
    ],
)
def test_where_even_nobody_poor_would_not_do(
    target: int, share: Fraction, verdict: PovertyVerdict
) -> None:
    assert judge_fall(fall_of((3, 100, 3, 100, 0)), "points", target, share) == verdict


@given(
    counted(least=1),
    st.integers(0, 10000),
    st.sampled_from([Fraction(1, 4), Fraction(1, 3), Fraction(1)]),
)
def test_the_largest_later_numbers(counts: Counts, target: int, share: Fraction) -> None:
    """The counts are found again by trying every number of poor households there could be."""
    poor_before, all_before, poor_later, all_later, _ = counts
    verdict = judge_fall(fall_of(counts), "points", target, share)

    def most(wanted: Fraction) -> int | None:
        enough = [
            poor
            for poor in range(all_later + 1)
            if round_away(exact("points", (poor_before, all_before, poor, all_later, 0))) >= wanted
        ]
        return max(enough, default=None)

    assert verdict.target_count == most(Fraction(target))
    assert verdict.path_count == most(share * target)
    met = verdict.target_count is not None and poor_later <= verdict.target_count
    due = verdict.path_count is not None and poor_later <= verdict.path_count
    assert verdict.status == ("met" if met else "on_track" if due else "behind")
    if verdict.target_count is not None:
        assert verdict.shortfall == max(0, poor_later - verdict.target_count)


@pytest.mark.parametrize(
    ("formula", "target", "status"),
    [
        ("relative", 1803, "met"),
        ("relative", 1804, "on_track"),
        ("relative", 3607, "behind"),  # half of it, 18.035, is above 18.03
        ("escaped", 656, "met"),
        ("escaped", 1312, "on_track"),
        ("escaped", 1313, "behind"),
    ],
)
def test_other_formulas_are_read_off_the_percentage(formula: str, target: int, status: str) -> None:
    verdict = judge_fall(fall_of(COMMUNE), formula, target, Fraction(1, 2))
    assert verdict == PovertyVerdict(status)


@pytest.mark.parametrize("formula", FORMULAS)
def test_an_empty_base_is_unmeasured(formula: str) -> None:
    unmeasured = PovertyVerdict("unmeasured")
    assert judge_fall(fall_of((0, 0, 0, 9, 0)), formula, 0, Fraction(1)) == unmeasured
