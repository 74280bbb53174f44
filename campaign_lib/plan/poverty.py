"""The fall of poverty between two dates, by the three formulas published under that one name.

Exact integers (data contract, section 1, `poverty_reduction`): *points* is the rate before less
the rate after; *relative* the same over the rate before; *escaped* the households that were poor
or near-poor and, still here, are no longer, over the households of the later date.
"""

from bisect import bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from campaign_lib.base.percent import ALL_OF_THEM

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Fall:
    """The counts of two dates: poor or near-poor of all with a status, and who escaped.

    Each is a whole number per place.
    """

    poor_before: Whole
    all_before: Whole
    poor_later: Whole
    all_later: Whole
    escaped: Whole
    escaped_at_best: Whole  # if everyone without a status on the later date were not poor

    def measurable(self, formula: str) -> npt.NDArray[np.bool_]:
        """Say where no base is empty; for relative, also somebody must have been poor before."""
        counted = (self.all_before > 0) & (self.all_later > 0)
        return counted & (self.poor_before > 0) if formula == "relative" else counted

    def reduction(self, formula: str) -> Whole:
        """Give the reduction in hundredths of a percent (or point), halves away from zero.

        Meaningless where it is not `measurable`.
        """
        fall = self.poor_before * self.all_later - self.poor_later * self.all_before
        top, bottom = {
            "points": (fall, self.all_before * self.all_later),
            "relative": (fall, self.poor_before * self.all_later),
            "escaped": (self.escaped, self.all_later),
        }[formula]
        bottom = np.maximum(bottom, 1)
        size: Whole = (2 * ALL_OF_THEM * np.abs(top) + bottom) // (2 * bottom)
        return np.asarray(np.sign(top) * size, np.int64)

    def if_unknown_were_out_of_poverty(self, unknown: Whole) -> "Fall":
        """Give the best case: everyone without a status on the later date is not poor."""
        return replace(self, all_later=self.all_later + unknown, escaped=self.escaped_at_best)


@dataclass(frozen=True)
class PovertyVerdict:
    """What the plan makes of the commune's fall; counts are missing where the formula has none."""

    status: str
    target_count: int | None = None
    path_count: int | None = None
    shortfall: int | None = None


def judge_fall(fall: Fall, formula: str, target: int, share: Fraction) -> PovertyVerdict:
    """Judge one place's fall by a target in hundredths and the share due by the quarter."""
    if not fall.measurable(formula)[0]:
        return PovertyVerdict("unmeasured")
    reduction = int(fall.reduction(formula)[0])
    due = share * target
    status = "met" if reduction >= target else "on_track" if reduction >= due else "behind"
    if formula != "points":
        return PovertyVerdict(status)
    most = _most_poor(fall, Fraction(target))
    short = 0 if status == "met" else None if most is None else int(fall.poor_later[0]) - most
    return PovertyVerdict(status, most, _most_poor(fall, due), short)


def _most_poor(fall: Fall, wanted: Fraction) -> int | None:
    """Give the largest later number of poor that still makes `wanted` hundredths of a point.

    None where even no poor household at all would not be enough.
    """

    def falls_short(poor: int) -> bool:
        return int(replace(fall, poor_later=np.array([poor])).reduction("points")[0]) < wanted

    enough = bisect_right(range(int(fall.all_later[0]) + 1), False, key=falls_short)
    return enough - 1 if enough else None
