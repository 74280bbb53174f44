"""Intervals of shares: hand-worked ones, and what must hold whatever the numbers are."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_lib.analysis.intervals import ANYTHING, Interval, expected_half_width, of_mean, wilson


@st.composite
def samples(draw: st.DrawFn) -> tuple[int, int, int]:
    """Give how many have it, of how many looked at, of how many there are."""
    population = draw(st.integers(1, 3000))
    trials = draw(st.integers(1, population))
    return draw(st.integers(0, trials)), trials, population


@pytest.mark.parametrize(
    ("successes", "trials", "population", "low", "high"),
    [
        # (0.8 + z²/20 ± z √(0.8·0.2/10 + z²/400)) / (1 + z²/10), with z = 1.96
        (8, 10, None, 0.4902, 0.9433),
        (0, 10, None, 0.0, 0.2775),  # z²/(10 + z²)
        (10, 10, None, 0.7225, 1.0),
        (1, 1, None, 0.2065, 1.0),
        # 10 of 19 are worth 10·18/9 = 20 of no end of them, of which 16 have 0.5840 to 0.9193; but
        # two of the 19 are seen not to have it, so that at most 17 have
        (8, 10, 19, 0.5840, 0.8947),
        (9, 9, 10, 0.9547, 1.0),  # worth 9·9/1 = 81, of which all: 81/(81 + z²)
        (1, 2, 3, 0.3333, 0.6667),  # one has it and one has not: that much is certain of three
    ],
)
def test_worked_by_hand(
    successes: int, trials: int, population: int | None, low: float, high: float
) -> None:
    found = wilson(successes, trials, population)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(samples())
def test_an_interval_holds_what_was_seen_and_ends_exactly(sample: tuple[int, int, int]) -> None:
    successes, trials, population = sample
    for found in (wilson(successes, trials), wilson(successes, trials, population)):
        assert 0 <= found.low <= successes / trials <= found.high <= 1
        assert (found.low == 0) == (successes == 0)
        assert (found.high == 1) == (successes == trials)


@given(samples())
def test_a_small_population_makes_surer_and_a_census_is_certain(
    sample: tuple[int, int, int],
) -> None:
    successes, trials, population = sample
    found = wilson(successes, trials, population)
    assert found.half_width <= wilson(successes, trials).half_width + 1e-12
    everyone = wilson(successes, trials, trials)
    assert everyone == Interval(successes / trials, successes / trials)


@given(samples(), st.integers(2, 5))
def test_more_of_the_same_makes_surer(sample: tuple[int, int, int], times: int) -> None:
    successes, trials, population = sample
    population = max(population, trials * times)
    less, more = wilson(successes, trials, population), wilson(successes * times, trials * times)
    within = wilson(successes * times, trials * times, population)
    assert more.half_width < wilson(successes, trials).half_width
    assert within.half_width < less.half_width


@given(samples())
def test_the_other_answer_has_the_mirrored_interval(sample: tuple[int, int, int]) -> None:
    successes, trials, population = sample
    one, other = (wilson(n, trials, population) for n in (successes, trials - successes))
    assert isclose(one.low, 1 - other.high, abs_tol=1e-9)


def test_nobody_looked_at_says_nothing() -> None:
    assert wilson(0, 0, 10) == ANYTHING == Interval(0.0, 1.0)


@pytest.mark.parametrize("numbers", [(3, 2, None), (-1, 2, None), (1, 5, 4)])
def test_numbers_that_cannot_be(numbers: tuple[int, int, int | None]) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        wilson(*numbers)


def test_what_a_sample_size_buys() -> None:
    # 0.9 of 20 of 39 are worth 20·38/19 = 40: (z/(1 + z²/40)) √(0.09/40 + z²/6400)
    assert round(expected_half_width(0.9, 20, 39), 4) == 0.0955
    assert expected_half_width(0.9, 39, 39) == 0
    sizes = [expected_half_width(0.9, size, 126) for size in range(2, 127)]
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
        (share, sample[0] / sample[1], wilson(*sample))
        for share, sample in ((weight, one), (1 - weight, other))
    ]
    mean = sum(share * seen for share, seen, _ in parts)
    found = of_mean(parts)
    assert found.low - 1e-12 <= mean <= found.high + 1e-12
    points = [(share, seen, Interval(seen, seen)) for share, seen, _ in parts]
    assert isclose(of_mean(points).half_width, 0, abs_tol=1e-12)
