"""Shares the commune's target count out over its villages: largest remainders, or as fixed.

Villages add up to the commune exactly, and none is asked for more than its denominator (data
contract, section 1, *Verdicts are integer arithmetic*).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from campaign_lib.base.percent import ALL_OF_THEM, least_count
from campaign_lib.codebook.problems import sentence

Whole = npt.NDArray[np.int64]


class Remainders(NamedTuple):
    """A count shared out: each one's whole part, what is left of its quota, and what it got more.

    The remainders are in parts of the sum of the denominators; `extra` is 0 or 1.
    """

    whole: Whole
    remainder: Whole
    extra: Whole


def largest_remainders(count: int, denominators: Whole) -> Remainders:
    """Share `count` out in proportion to `denominators`, which stand in the order of village codes.

    Ties go to the first village. `count` is at most the sum of denominators, so no village gets
    more than its own.
    """
    extra = np.zeros_like(denominators)
    total = int(denominators.sum())
    if total == 0:
        return Remainders(extra, extra, extra)
    whole, remainder = np.divmod(denominators * count, total)
    left = count - int(whole.sum())
    extra[np.argsort(-remainder, kind="stable")[:left]] = 1
    return Remainders(whole, remainder, extra)


def share_out(count: int, denominators: Whole) -> Whole:
    """Give what each gets of `count`, as `largest_remainders` shares it out."""
    shares = largest_remainders(count, denominators)
    return shares.whole + shares.extra


def commune_count(target: int, denominators: pd.Series, commune: int | None = None) -> int:
    """Give the count that the villages share: the commune's target count.

    Never more than all villages have: what belongs to the commune alone can be asked of none.

    Args:
        target: hundredths of a percent.
        denominators: the villages'.
        commune: the commune's denominator, where more belongs to it than to its villages.
    """
    total = int(denominators.sum())
    return min(int(least_count(target, total if commune is None else commune)), total)


def allocate(
    target: int,
    denominators: pd.Series,
    fixed: pd.Series | None = None,
    commune: int | None = None,
) -> pd.Series:
    """Give each village's target count of one indicator in one quarter.

    Args:
        target: hundredths of a percent.
        denominators: whole numbers by village code.
        fixed: the counts that the commune has fixed, by village code, if it has.
        commune: as in `commune_count`.

    Returns:
        Whole numbers by village code. Fixed counts stand, capped by the denominator; a target of
        100 % is always each village's own denominator.
    """
    denominators = denominators.sort_index()
    if target == ALL_OF_THEM:
        return denominators
    if fixed is not None:
        return fixed.reindex(denominators.index).clip(upper=denominators).astype("int64")
    count = commune_count(target, denominators, commune)
    shares = share_out(count, denominators.to_numpy(np.int64))
    return pd.Series(shares, index=denominators.index)


def usable(
    fixed: pd.Series, target: int, denominators: pd.Series, commune: int | None = None
) -> str:
    """Say why fixed counts can't stand ("" if they can): a village missing, or a sum too small.

    It is worded by `codebook.problems.sentence`.
    """
    missing = denominators.index.difference(fixed.index)
    if len(missing):
        return sentence("file.allocation_village", villages=", ".join(missing))
    needed = commune_count(target, denominators, commune)
    if fixed.sum() < needed:
        return sentence("file.allocation_sum", sum=fixed.sum(), needed=needed)
    return ""
