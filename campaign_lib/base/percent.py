"""Percentages as whole hundredths of a percent: rounding, printing, and what meets a target.

A percentage is judged as it is printed: rounded half up (away from zero) to two decimals (data
contract, section 1). Everything here is integer arithmetic; 7717 is 77.17 %.
"""

from fractions import Fraction
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
#: Works for one whole number and for an array of them.
AnyWhole = TypeVar("AnyWhole", int, Whole)

ALL_OF_THEM = 100_00


def hundredths(numerator: AnyWhole, denominator: AnyWhole) -> AnyWhole:
    """Give numerator / denominator (not negative, above 0) in hundredths of a percent, half up."""
    return (2 * ALL_OF_THEM * numerator + denominator) // (2 * denominator)


def round_away(value: Fraction) -> int:
    """Round a number to a whole one, halves away from zero."""
    rounded = int(abs(value) + Fraction(1, 2))
    return rounded if value >= 0 else -rounded


def least_count(target: int, denominator: AnyWhole) -> AnyWhole:
    """Give the smallest numerator whose printed percentage is at least `target` hundredths.

    100 % means all of them, however large the base is.
    """
    if target == ALL_OF_THEM:
        return denominator
    # hundredths(n, d) >= t  <=>  2*10000*n + d >= 2*t*d  <=>  n >= d*(2t - 1) / 20000
    needed = -(-(denominator * (2 * target - 1)) // (2 * ALL_OF_THEM))
    return np.maximum(needed, 0) if isinstance(needed, np.ndarray) else max(needed, 0)


def share_up(share: Fraction, count: AnyWhole) -> AnyWhole:
    """Give a share of a count, rounded up to a whole unit."""
    return -(-(count * share.numerator) // share.denominator)


def printed(value: int) -> str:
    """Write hundredths of a percent plainly, with a dot and two decimals: 77.17."""
    sign, value = ("-", -value) if value < 0 else ("", value)
    return f"{sign}{value // 100}.{value % 100:02d}"
