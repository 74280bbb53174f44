"""Target counts, path, shortfall and verdict of every line of results: whole numbers only.

Takes figures (numerator, denominator, unknown, ...) and adds what the plan says about them (data
contract, section 1, *Verdicts are integer arithmetic*). Poverty is judged by the fall of its rate.
"""

from bisect import bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from campaign_lib.base.percent import ALL_OF_THEM, hundredths, least_count, share_up
from campaign_lib.codebook.problems import sentence
from campaign_lib.plan import Target

Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# The commune's target count, shared out over its villages: largest remainders, or as fixed.
#
# Villages add up to the commune exactly, and none is asked for more than its denominator.


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
    extra[np.argsort(-remainder, kind="stable")[: count - int(whole.sum())]] = 1
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


# The fall of poverty between two dates, by the three formulas published under that one name.
#
# Exact integers (data contract, section 1, `poverty_reduction`): *points* is the rate before less
# the rate after; *relative* the same over the rate before; *escaped* the households that were poor
# or near-poor and, still here, are no longer, over the households of the later date.


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


def is_too_many(unknown: Any, every: Any) -> Any:
    """Say whether more than a quarter are unknown."""
    return 4 * unknown > every


def too_many_unknown(lines: Any) -> Any:
    """Say of lines of a fall, or of one, where it is unmeasured for want of statuses.

    That is where more than a quarter of the households of a date have none: an office that lists
    only its poor would print that all are poor.
    """
    later, before = (
        is_too_many(unknown, lines[f"{date}denominator"] + unknown)
        for date in ("", "baseline_")
        for unknown in [lines[f"{date}unknown"]]
    )
    return later | before


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


# What the plan makes of the lines of an indicator that is a share, or a number of units.

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


#: What is judged of a share's line.
_COUNTED = ("numerator", "denominator", "unknown")


def unjudged(lines: pd.DataFrame, **judged: Any) -> pd.DataFrame:
    """Give lines all columns of `JUDGED`, and nothing in them but what is `judged` so far."""
    nothing = no_numbers(len(lines))
    return lines.assign(**{**dict.fromkeys(JUDGED, nothing), **judged})


def judge_shares(
    lines: pd.DataFrame, target: Target | None, share: Fraction, fixed: pd.Series | None
) -> pd.DataFrame:
    """Judge one share indicator in one quarter, the commune and all of its villages.

    Args:
        lines: level, place, numerator, denominator, unknown, measurable (False where a question's
            column is missing from the survey, or a number from the plan).
        target: what the plan asks, if it does.
        share: how much of the target is due by the quarter.
        fixed: the commune's own allocation by village code, already found usable.

    Returns:
        The lines with percent and percent_high (hundredths), target_percent, target_count,
        path_count, shortfall (whole numbers, missing where there is none), status, certain.
    """
    numerator, denominator, unknown = (lines[name].to_numpy(np.int64) for name in _COUNTED)
    measured = lines["measurable"].to_numpy(bool) & (denominator != unknown)
    high, base = numerator + unknown, np.maximum(denominator, 1)
    judged = {
        "percent": _where(measured, hundredths(numerator, base)),
        "percent_high": _where(measured, hundredths(high, base)),
    }
    if target is None:
        status = np.where(measured, "no_target", "unmeasured")
        return unjudged(lines, **judged, status=status, certain="yes")
    wanted = _target_counts(lines, target.at_least, fixed)
    due, some = share_up(share, wanted), denominator > 0
    printed = (lines["level"] == "commune").to_numpy() | (target.at_least == ALL_OF_THEM)
    judged |= {
        "target_percent": _where(printed, np.full(len(lines), target.at_least)),
        "target_count": _where(some, wanted),
        "path_count": _where(some, due),
        "shortfall": _where(some, np.maximum(wanted - numerator, 0)),
    }
    ranks = _verdict(numerator, wanted, due, measured)
    # If every unknown were yes, none would be left: only an empty base is still unmeasured.
    best = _verdict(high, wanted, due, lines["measurable"].to_numpy(bool) & some)
    certain = np.where(best > ranks, "no", "yes")
    return unjudged(lines, **judged, status=np.array(RANKS)[ranks], certain=certain)


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


def no_numbers(many: int) -> pd.arrays.IntegerArray:
    """Give a column of whole numbers that are all missing."""
    return _where(np.zeros(many, dtype=bool), np.zeros(many, dtype=np.int64))


def _where(there: Mask, values: Whole) -> pd.arrays.IntegerArray:
    """Keep the values that are there; the rest is missing."""
    return pd.arrays.IntegerArray(np.asarray(values, np.int64), ~there)


def _verdict(numerator: Whole, wanted: Whole, due: Whole, measured: Mask) -> Whole:
    """Give positions in `RANKS`."""
    ranks = np.where(numerator >= wanted, 3, np.where(numerator >= due, 2, 1))
    return np.where(measured, ranks, 0)


def judge_counts(lines: pd.DataFrame, target: Target | None) -> pd.DataFrame:
    """Judge an indicator that only counts: met from `at_least` units on, no path, no percentage."""
    judged = unjudged(lines, certain="yes", status="no_target")
    if target is None:
        return judged
    judged["target_count"] = pd.array([target.at_least] * len(lines), dtype="Int64")
    judged["shortfall"] = (judged["target_count"] - lines["numerator"]).clip(lower=0)
    return judged.assign(status=np.where(judged["shortfall"] == 0, "met", "behind"))


def fixed_allocation(
    table: pd.DataFrame,
    year: int,
    indicator: str,
    target: Target | None,
    denominators: pd.Series,
) -> tuple[pd.Series | None, str]:
    """Give the counts that the commune fixed for an indicator, and what is wrong with them.

    Args:
        table: the checked table `allocation`.
        year: whose counts.
        indicator: its id.
        target: what the year's plan asks of it, if it does.
        denominators: the quarter's denominators by village code, and the commune's.

    Returns:
        The counts by village code, or None where the computed ones are to be used; and a sentence,
        empty unless the commune's own counts had to be set aside.
    """
    if target is None or target.at_least == ALL_OF_THEM or table.empty:
        return None, ""
    rows = table[(table["year"] == year) & (table["indicator"] == indicator)]
    if rows.empty:
        return None, ""
    fixed = rows.set_index("village")["count"].astype("int64")
    bases = denominators.astype("int64")
    why_not = usable(fixed, target.at_least, bases.drop("commune"), int(bases["commune"]))
    return (None, why_not) if why_not else (fixed, "")
