"""How far unknown answers could move a figure, and whether its verdict hangs on them.

Everyone is asked, so a figure has no sampling error: where nothing is unknown, nothing is said
here. Where something is, two things are, the certain one first: the two ends between which the
truth lies whatever the unknown answers are, and the interval in which it lies with 95 % if the
unknown units are like the known ones (`analysis.intervals.exact`). docs/decisions/04 says
what is taken into account, and what is not.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from campaign_lib.analysis.intervals import Interval, exact
from campaign_lib.base.percent import round_away
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.plan.targets import RANKS, Fall, judge_fall

#: What the unknown answers leave of a verdict. `same` keeps it whatever they are; the others say
#: what it could become; `all_unknown` has nothing to go by, nor has `too_many` (households without
#: a status), and `not_judged` no verdict.
VERDICTS = (
    *("same", "would_be_met", "would_be_on_track", "may_rise", "may_fall"),
    *("all_unknown", "too_many", "not_judged"),
)
SAME, WOULD_BE_MET, WOULD_BE_ON_TRACK, MAY_RISE, MAY_FALL, ALL_UNKNOWN, TOO_MANY, NOT_JUDGED = (
    VERDICTS
)
_HANGING = (WOULD_BE_MET, WOULD_BE_ON_TRACK, MAY_RISE, MAY_FALL, ALL_UNKNOWN)
_UNMEASURED, _BEHIND, _ON_TRACK, _MET = RANKS
#: The readings of poverty reduction that follow from the four counts of a line of results.
_FROM_COUNTS = ("points", "relative")
_HUNDREDTHS = 100


@dataclass(frozen=True)
class Leeway:
    """What is left open about one line of results.

    Attributes:
        unknown: how many units are unknown; of poverty reduction, on both dates together.
        base: the denominator; of poverty reduction, everyone on the later date.
        low, high: the percentages (or points) between which the truth lies; None where the line
            has none, or where they do not follow from its counts.
        interval: the 95 % interval of the share, if the unknown are like the known; None where it
            says no more than the two ends, which are certain.
        verdict: one of `VERDICTS`.
        needed: how many of the unknown would have to turn out well for the better verdict.
    """

    unknown: int
    base: int
    low: Fraction | None = None
    high: Fraction | None = None
    interval: Interval | None = None
    verdict: str = NOT_JUDGED
    needed: int | None = None

    @property
    def hangs(self) -> bool:
        """Whether the verdict is not decided before the unknown are known."""
        return self.verdict in _HANGING


def leeway(line: Any, formula: str, due: Fraction | None) -> Leeway | None:
    """Say what is left open about a line of results.

    Args:
        line: a line of results, its cells as attributes.
        formula: which reading of poverty reduction the plan uses.
        due: the share of the year's target that is due by the quarter; None without a plan.

    Returns:
        None where everything is known, and where nobody was asked (a missing question is not an
        unknown answer).
    """
    if line.indicator == POVERTY_REDUCTION.id:
        return _of_fall(line, formula, due)
    unknown = 0 if pd.isna(line.unknown) else int(line.unknown)
    if not unknown:
        return None
    base, counted = int(line.denominator), int(line.numerator)
    if line.status == _UNMEASURED:
        return Leeway(unknown, base, verdict=ALL_UNKNOWN) if line.certain == "no" else None
    low, high = (Fraction(100 * count, base) for count in (counted, counted + unknown))
    interval = likely(counted, base - unknown, base)
    return Leeway(unknown, base, low, high, interval, *_of_share(line, counted, unknown))


def unknown_of(line: Any) -> tuple[int, int]:
    """Give how many units of a line are unknown, and how many are in its base with them.

    Poverty reduction leaves out who has no status on either date: both are told, of everyone who
    was there on the later one.
    """
    counts = (line.unknown, line.baseline_unknown, line.denominator)
    unknown, before, base = (0 if pd.isna(count) else int(count) for count in counts)
    return unknown + before, base if pd.isna(line.baseline_unknown) else base + unknown


def likely(counted: int, known: int, base: int) -> Interval | None:
    """Give the 95 % interval of a share of which some units are unknown, if they are like the rest.

    None where it is no narrower than what is certain.
    """
    interval = exact(counted, known, base)
    certain = Interval(counted / base, (counted + base - known) / base)
    return None if interval == certain else interval


def _of_share(line: Any, counted: int, unknown: int) -> tuple[str, int | None]:
    """Say what a verdict could become; unknown counts as no, so that it can only get better."""
    if pd.isna(line.target_count):
        return NOT_JUDGED, None
    if line.certain == "yes":
        return SAME, None
    if counted + unknown >= line.target_count:
        return WOULD_BE_MET, int(line.target_count) - counted
    return WOULD_BE_ON_TRACK, int(line.path_count) - counted


def _of_fall(line: Any, formula: str, due: Fraction | None) -> Leeway | None:
    """Say it of poverty reduction, where whoever has no status is left out of both counts."""
    unknown, base = unknown_of(line)
    if not unknown or bool(getattr(line, "untold", "")):
        return None
    later = int(line.unknown)
    before = unknown - later
    if line.status == _UNMEASURED:
        return Leeway(unknown, base, verdict=TOO_MANY)
    hangs = line.certain == "no"
    if formula not in _FROM_COUNTS:
        return Leeway(unknown, base, verdict=MAY_RISE if hangs else NOT_JUDGED)
    worst, best = (_fall(line, before, later, well=well) for well in (False, True))
    low, high = (
        Fraction(int(fall.reduction(formula)[0]), _HUNDREDTHS)
        if fall.measurable(formula)[0]
        else None
        for fall in (worst, best)
    )
    verdict = NOT_JUDGED
    if line.status in (_BEHIND, _ON_TRACK, _MET) and due is not None:
        target = round_away(Fraction(str(line.target_percent)) * _HUNDREDTHS)
        ends = [judge_fall(fall, formula, target, due).status for fall in (worst, best)]
        verdict = _between(str(line.status), *ends)
    return Leeway(unknown, base, low, high, None, verdict)


def _fall(line: Any, before: int, later: int, *, well: bool) -> Fall:
    """Give poverty's counts if all that is unknown turned out well, or badly.

    Well is poor before and not poor later: that is the largest fall.
    """
    counts = (
        int(line.baseline_numerator) + (before if well else 0),
        int(line.baseline_denominator) + before,
        int(line.numerator) + (0 if well else later),
        int(line.denominator) + later,
        *(0, 0),  # who escaped is not known from a line
    )
    return Fall(*(np.array([count], np.int64) for count in counts))


def _between(status: str, worst: str, best: str) -> str:
    """Say what a verdict could become if its ends are these."""
    if best == status == worst:
        return SAME
    if best == status:
        return MAY_FALL
    return WOULD_BE_MET if best == _MET else WOULD_BE_ON_TRACK
