"""How far a share that was seen in a sample may lie from the share of all: 95 % intervals.

One share has Wilson's score interval (E. B. Wilson, "Probable inference, the law of succession,
and statistical inference", Journal of the American Statistical Association 22, 1927), which keeps
its meaning for a few visits and for shares near 0 and 1, where p ± 2 standard errors does not.
Where a good part of a small population was looked at, less is left to chance: the number of trials
n is replaced by n (N - 1) / (N - n), which divides the variance p (1 - p) / n by what sampling
without replacement divides it by (W. G. Cochran, "Sampling techniques", 3rd ed. 1977, theorem 3.2).

A weighted mean of shares that were seen independently has the interval that adds the squares of
the distances from each share to the ends of its own (R. G. Newcombe, Statistics in Medicine 17,
1998; G. Y. Zou and A. Donner, Statistics in Medicine 27, 2008).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot, sqrt
from statistics import NormalDist

#: How often such an interval covers the truth.
LEVEL = 0.95
_Z = NormalDist().inv_cdf((1 + LEVEL) / 2)


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


def wilson(successes: int, trials: int, population: int | None = None) -> Interval:
    """Give the interval of a share.

    Args:
        successes: how many of those looked at have it.
        trials: how many were looked at.
        population: how many there are, if those looked at are part of so many; None if there is no
            end of them. The interval then also keeps to what is certain: those that were seen.

    Returns:
        An interval that holds successes / trials, exactly 0 or 1 at its end where none or all have
        it, a single point where everyone was looked at, and 0 to 1 where nobody was.

    Raises:
        ValueError: numbers that cannot be, such as more trials than there are in the population.
    """
    if not 0 <= successes <= trials or (population is not None and trials > population):
        raise ValueError(f"{successes} of {trials} of {population} cannot be")
    if trials == 0:
        return ANYTHING
    share = successes / trials
    if trials == population:
        return Interval(share, share)
    low, high = _score(share, effective(trials, population))
    if population is not None:
        low = max(low, successes / population)
        high = min(high, 1 - (trials - successes) / population)
    low, high = min(low, share), max(high, share)  # rounding may not leave the share outside
    return Interval(low if successes else 0.0, high if successes < trials else 1.0)


def expected_half_width(share: float, trials: int, population: int) -> float:
    """Give half the width of the interval that one may expect, if a `share` of all have it."""
    if trials >= population:
        return 0.0
    return Interval(*_score(share, effective(trials, population))).half_width


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


def effective(trials: int, population: int | None) -> float:
    """Give the number of trials that would tell as much, were there no end of the population.

    `trials` are fewer than the population.
    """
    if population is None:
        return trials
    return trials * (population - 1) / (population - trials)


def _score(share: float, trials: float) -> tuple[float, float]:
    """Solve (share - p)² = z² p (1 - p) / trials for p."""
    shrink = 1 + _Z**2 / trials
    centre = (share + _Z**2 / (2 * trials)) / shrink
    half = _Z / shrink * sqrt(share * (1 - share) / trials + (_Z / (2 * trials)) ** 2)
    return centre - half, centre + half
