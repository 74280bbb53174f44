"""Intervals of shares: hand-worked ones, and what must hold whatever the numbers are."""

from math import comb, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_lib.analysis.intervals import LEVEL, Interval, exact, expected_half_width, of_mean


@st.composite
def samples(draw: st.DrawFn) -> tuple[int, int, int]:
    """Give how many have it, of how many looked at, of how many there are."""
    population = draw(st.integers(1, 3000))
    trials = draw(st.integers(1, population))
    return draw(st.integers(0, trials)), trials, population


@pytest.mark.parametrize(
    ("successes", "trials", "population", "low", "high"),
    [
        # one unit unseen: with 17 of 18 true, drawing 17 shows 17 in 1 of 18 draws, above 2.5 %
        (17, 17, 18, 17, 18),
        (0, 17, 18, 0, 1),
        # 39 of 40 true: drawing 39 shows 39 in 1 of 40 draws, which is 2.5 %; then 1 of 41
        (39, 39, 40, 39, 40),
        (40, 40, 41, 41, 41),
        # two unseen of 10: 8 true shows 8 of 8 in 1 of 45 draws, 9 in 9 of 45
        (8, 8, 10, 9, 10),
        (1, 2, 3, 1, 2),  # one has it and one has not: that much is certain of three
        (5, 5, 5, 5, 5),
        (0, 0, 5, 0, 5),
    ],
)
def test_worked_by_hand(successes: int, trials: int, population: int, low: int, high: int) -> None:
    found = exact(successes, trials, population)
    assert (found.low, found.high) == (low / population, high / population)


@pytest.mark.parametrize("population", range(1, 26))
def test_it_covers_the_truth_in_95_of_100_draws(population: int) -> None:
    """Every truth, and every number looked at, with all draws that there are."""
    for trials in range(1, population + 1):
        intervals = [exact(seen, trials, population) for seen in range(trials + 1)]
        for having in range(population + 1):
            covering = sum(
                comb(having, seen) * comb(population - having, trials - seen)
                for seen, interval in enumerate(intervals)
                if interval.low <= having / population <= interval.high
            )
            assert covering >= LEVEL * comb(population, trials)


@given(samples())
def test_it_keeps_to_what_is_certain_and_holds_what_was_seen(sample: tuple[int, int, int]) -> None:
    successes, trials, population = sample
    found = exact(successes, trials, population)
    assert successes / population <= found.low <= found.high
    assert found.high <= 1 - (trials - successes) / population + 1e-12
    apart = 1 / population  # the share seen may lie between two whole numbers of all
    assert found.low - apart < successes / trials < found.high + apart


@given(samples())
def test_the_other_answer_has_the_mirrored_interval(sample: tuple[int, int, int]) -> None:
    successes, trials, population = sample
    one, other = (exact(n, trials, population) for n in (successes, trials - successes))
    assert isclose(one.low, 1 - other.high, abs_tol=1e-9)


@pytest.mark.parametrize("numbers", [(3, 2, 4), (-1, 2, 4), (1, 5, 4)])
def test_numbers_that_cannot_be(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        exact(*numbers)


def test_what_a_sample_size_buys() -> None:
    found = exact(18, 20, 39)
    assert expected_half_width(0.9, 20, 39) == found.half_width
    assert expected_half_width(0.9, 39, 39) == 0
    sizes = [expected_half_width(0.9, size, 126) for size in range(10, 127, 10)]
    assert sizes == sorted(sizes, reverse=True)


def test_a_mean_adds_the_squares_of_its_parts_distances() -> None:
    halves = [(0.5, 0.5, Interval(0.2, 0.9)), (0.5, 0.5, Interval(0.1, 0.8))]
    found = of_mean(halves)
    assert isclose(found.low, 0.5 - 0.5 * 0.5)  # √((0.5·0.3)² + (0.5·0.4)²) = 0.25
    assert isclose(found.high, 0.5 + 0.25)


@given(samples(), samples(), st.floats(0.01, 0.99))
def test_a_mean_lies_in_its_interval_and_points_make_a_point(
    one: tuple[int, int, int], other: tuple[int, int, int], weight: float
) -> None:
    parts = [
        (share, sample[0] / sample[1], exact(*sample))
        for share, sample in ((weight, one), (1 - weight, other))
    ]
    mean = sum(share * seen for share, seen, _ in parts)
    found = of_mean(parts)
    assert found.low - 1e-12 <= mean <= found.high + 1e-12
    points = [(share, seen, Interval(seen, seen)) for share, seen, _ in parts]
    assert isclose(of_mean(points).half_width, 0, abs_tol=1e-12)
