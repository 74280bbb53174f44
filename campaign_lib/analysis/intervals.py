"""How far a share that was seen in a sample may lie from the share of all: 95 % intervals.

One share of a known number of units has exact bounds in whole units: every number of them that what
was seen does not contradict, which is to say that drawing as many without replacement gives as many
or more (or as few or fewer) with at least half of what 95 % leave over (J. P. Buonaccorsi, The
American Statistician 41, 1987; W. G. Cochran, "Sampling techniques", 3rd ed. 1977, section 3.6). An
approximation by a normal curve fails where all but a few units were seen, which here is the rule.

A weighted mean of shares that were seen independently has the interval that adds the squares of
the distances from each share to the ends of its own (R. G. Newcombe, Statistics in Medicine 17,
1998; G. Y. Zou and A. Donner, Statistics in Medicine 27, 2008).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot

import numpy as np
import numpy.typing as npt

#: How often such an interval covers the truth, at least.
LEVEL = 0.95
#: What a number of all has to make of what was seen, on either side, lest it be contradicted; a
#: hair less than half of the rest, since sums of logarithms are not exact to the last digit.
_TAIL = (1 - LEVEL) / 2 - 1e-9


@dataclass(frozen=True)
class Interval:
    """Where a share lies, from `low` to `high`; both are between 0 and 1."""

    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half of the distance between its ends."""
        return (self.high - self.low) / 2


#: What is known of a share before anything was looked at.
ANYTHING = Interval(0.0, 1.0)


def exact(successes: int, trials: int, population: int) -> Interval:
    """Give the interval of a share of a population of which some were looked at.

    Args:
        successes: how many of those looked at have it.
        trials: how many were looked at.
        population: how many there are.

    Returns:
        An interval whose ends are whole numbers of the population. It never leaves what is certain
        (those that were seen), is a single point where everyone was looked at, and 0 to 1 where
        nobody was.

    Raises:
        ValueError: numbers that cannot be, such as more trials than there are in the population.
    """
    if not 0 <= successes <= trials <= population:
        raise ValueError(f"{successes} of {trials} of {population} cannot be")
    if trials == 0:
        return ANYTHING
    fewest = _fewest(successes, trials, population)
    most = population - _fewest(trials - successes, trials, population)
    return Interval(fewest / population, most / population)


def expected_half_width(share: float, trials: int, population: int) -> float:
    """Give half the width of the interval that one may expect, if a `share` of all have it."""
    return exact(round(share * trials), trials, population).half_width


def of_mean(parts: Iterable[tuple[float, float, Interval]]) -> Interval:
    """Give the interval of a weighted mean of shares that were seen independently.

    Args:
        parts: weight (above 0; together 1), share, and the share's own interval.
    """
    parts = list(parts)
    mean = sum(weight * share for weight, share, _ in parts)
    below = hypot(*(weight * (share - own.low) for weight, share, own in parts))
    above = hypot(*(weight * (own.high - share) for weight, share, own in parts))
    return Interval(max(mean - below, 0.0), min(mean + above, 1.0))


def _fewest(successes: int, trials: int, population: int) -> int:
    """Give the smallest number of all that is not contradicted by so many among those seen."""
    ways = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, population + 1)))])  # log n!
    low, high = successes, population - trials + successes
    while low < high:
        middle = (low + high) // 2
        if _at_least(successes, trials, middle, population, ways) >= _TAIL:
            high = middle
        else:
            low = middle + 1
    return low


def _at_least(
    successes: int, trials: int, having: int, population: int, ways: npt.NDArray[np.float64]
) -> float:
    """Say how probable it is to see `successes` or more if `having` of all have it."""
    seen = np.arange(max(successes, trials - population + having), min(trials, having) + 1)
    logs = (
        _choose(having, seen, ways)
        + _choose(population - having, trials - seen, ways)
        - _choose(population, np.array(trials), ways)
    )
    return float(np.exp(logs).sum())


def _choose(
    of: int, taken: npt.NDArray[np.int_], ways: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Give the logarithm of how many ways there are to take so many of a number."""
    chosen: npt.NDArray[np.float64] = ways[of] - ways[taken] - ways[of - taken]
    return chosen
