"""Target counts, path, shortfall and verdict of every line of results: whole numbers only.

Takes figures (numerator, denominator, unknown, ...) and adds what the plan says about them (data
contract, section 1, *Verdicts are integer arithmetic*). `campaign_lib.plan.poverty` judges poverty.
"""

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd

from campaign_lib.base.percent import ALL_OF_THEM, hundredths, least_count, share_up
from campaign_lib.plan import Plan, Target
from campaign_lib.plan.allocation import allocate, usable

Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

#: Verdicts that can get better when an unknown turns out to be yes, worst first.
RANKS = ("unmeasured", "behind", "on_track", "met")
JUDGED = (
    "percent",
    "percent_high",
    "target_percent",
    "target_count",
    "path_count",
    "shortfall",
)


def judge_shares(
    lines: pd.DataFrame, target: Target | None, share: Fraction, fixed: pd.Series | None
) -> pd.DataFrame:
    """Judge one share indicator in one quarter, the commune and all of its villages.

    Args:
        lines: level, place, numerator, denominator, unknown, measurable (False where a question's
            column is missing from the survey).
        target: what the plan asks, if it does.
        share: how much of the target is due by the quarter.
        fixed: the commune's own allocation by village code, already found usable.

    Returns:
        The lines with percent and percent_high (hundredths), target_percent, target_count,
        path_count, shortfall (whole numbers, missing where there is none), status, certain.
    """
    numerator, denominator, unknown = (
        lines[name].to_numpy(np.int64) for name in ("numerator", "denominator", "unknown")
    )
    judged = lines.assign(**dict.fromkeys(JUDGED, pd.array([pd.NA] * len(lines), dtype="Int64")))
    measured = lines["measurable"].to_numpy(bool) & (denominator != unknown)
    base = np.maximum(denominator, 1)
    judged["percent"] = _where(measured, hundredths(numerator, base))
    judged["percent_high"] = _where(measured, hundredths(numerator + unknown, base))
    if target is None:
        judged["status"] = np.where(measured, "no_target", "unmeasured")
        return judged.assign(certain="yes")
    wanted = _target_counts(lines, target.at_least, fixed)
    due = share_up(share, wanted)
    some = denominator > 0
    judged["target_count"] = _where(some, wanted)
    judged["path_count"] = _where(some, due)
    judged["shortfall"] = _where(some, np.maximum(wanted - numerator, 0))
    printed = (lines["level"] == "commune").to_numpy() | (target.at_least == ALL_OF_THEM)
    judged["target_percent"] = _where(printed, np.full(len(lines), target.at_least))
    status = _verdict(numerator, wanted, due, measured)
    # If every unknown were yes, none would be left: only an empty base is still unmeasured.
    best = _verdict(numerator + unknown, wanted, due, lines["measurable"].to_numpy(bool) & some)
    judged["status"] = [RANKS[rank] for rank in status]
    return judged.assign(certain=np.where(best > status, "no", "yes"))


def _target_counts(lines: pd.DataFrame, target: int, fixed: pd.Series | None) -> Whole:
    """Give every line's target count: the commune's least one, and the villages' parts of it."""
    denominator = lines["denominator"].to_numpy(np.int64)
    wanted = np.asarray(least_count(target, denominator)).copy()
    villages = (lines["level"] == "village").to_numpy()
    places = lines.loc[villages, "place"]
    bases = pd.Series(denominator[villages], index=places)
    shares = allocate(target, bases, fixed, commune=int(denominator[~villages].sum()))
    wanted[villages] = shares.reindex(places).to_numpy(np.int64)
    return wanted


def _where(there: Mask, values: Whole) -> pd.arrays.IntegerArray:
    """Keep the values that are there; the rest is missing."""
    return pd.arrays.IntegerArray(np.asarray(values, np.int64), ~there)


def _verdict(numerator: Whole, wanted: Whole, due: Whole, measured: Mask) -> Whole:
    """Give positions in `RANKS`."""
    ranks = np.where(numerator >= wanted, 3, np.where(numerator >= due, 2, 1))
    return np.where(measured, ranks, 0)


def judge_counts(lines: pd.DataFrame, target: Target | None) -> pd.DataFrame:
    """Judge an indicator that only counts: met from `at_least` units on, no path, no percentage."""
    columns = dict.fromkeys(JUDGED, pd.array([pd.NA] * len(lines), dtype="Int64"))
    judged = lines.assign(**columns, certain="yes")
    if target is None:
        return judged.assign(status="no_target")
    missing = (target.at_least - lines["numerator"]).clip(lower=0).astype("Int64")
    judged["target_count"] = pd.array([target.at_least] * len(lines), dtype="Int64")
    judged["shortfall"] = missing
    return judged.assign(status=np.where(missing == 0, "met", "behind"))


def fixed_allocation(
    table: pd.DataFrame,
    plan: Plan,
    indicator: str,
    denominators: pd.Series,
    commune: int | None = None,
) -> tuple[pd.Series | None, str]:
    """Give the counts that the commune fixed for an indicator, and what is wrong with them.

    Args:
        table: the checked table `allocation`.
        plan: the year's plan.
        indicator: its id.
        denominators: the quarter's denominators by village code.
        commune: the commune's denominator, where more belongs to it than to its villages.

    Returns:
        The counts by village code, or None where the computed ones are to be used; and a sentence,
        empty unless the commune's own counts had to be set aside.
    """
    target = plan.targets.get(indicator)
    rows = table[(table["year"] == plan.year) & (table["indicator"] == indicator)]
    if target is None or rows.empty or target.at_least == ALL_OF_THEM:
        return None, ""
    fixed = rows.set_index("village")["count"].astype("int64")
    why_not = usable(fixed, target.at_least, denominators, commune)
    return (None, why_not) if why_not else (fixed, "")
