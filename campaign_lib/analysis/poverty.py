"""Poverty as an official must tell it: poor and near-poor apart, and as of which day.

What results.csv says is left alone: all of this stands beside it.
"""

import json
from typing import Any

import numpy as np
import pandas as pd

from campaign_lib.base.answers import said
from campaign_lib.disclosure import HIDDEN
from campaign_lib.indicators.households import POOR
from campaign_lib.indicators.steps import COMMUNE, tally, walk
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.plan.targets import JUDGED, share_out
from campaign_lib.store.processed import Processed

#: The table that `counts_of` makes, and its columns beside quarter and place.
TABLE = "poverty_by_quarter"
BEFORE, LATER = ("baseline_poor", "baseline_near_poor"), ("poor", "near_poor")
COUNTS = (*BEFORE, *LATER, "to_leave")
#: Why a page tells no fall: the later date has not come, or nobody was reviewed since the baseline.
NOT_COME, NO_REVIEW = "not_come", "no_review"
_UNMEASURED, _NO_TARGET, _MET = "unmeasured", "no_target", "met"


# Poor and near-poor apart, and whose it is to leave.


def counts_of(homes: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """Count the poor and the near-poor of both dates apart, of each place and quarter.

    Args:
        homes: the panel's households.
        results: every line of results.

    Returns:
        quarter, place, baseline_poor, baseline_near_poor, poor, near_poor (they add up to the
        line's two numerators), and `to_leave`: how many fewer there have to be than on the baseline
        date, of a village its part of them by largest remainders of the baseline's poor and
        near-poor; missing where there is no target count.
    """
    lines = results[results["indicator"] == POVERTY_REDUCTION.id]
    keys = pd.MultiIndex.from_frame(lines[["quarter", "place"]].astype("str"))
    quarters = sorted(keys.unique(0))
    places = sorted(lines.loc[lines["level"] != COMMUNE, "place"].astype("str").unique())
    counts = {}
    for part, day, names in zip(
        POVERTY_REDUCTION.parts(), ("at_baseline", "later"), (BEFORE, LATER), strict=False
    ):
        inside = homes[walk(homes, part).states[-1].fillna(False).to_numpy(bool)]
        for status, name in zip(POOR, names, strict=True):
            own = inside.loc[said(inside[f"status_{day}"], status).fillna(False).astype(bool)]
            counts[name] = tally(own, part.place, quarters, places)
    every = pd.MultiIndex.from_product([quarters, [*places, COMMUNE]], names=keys.names)
    table = pd.DataFrame(counts, index=every).reindex(keys, fill_value=0).astype("int64")
    table["to_leave"] = pd.concat([_to_leave(own) for _, own in lines.groupby("quarter")])
    return table.reset_index()


def _to_leave(lines: pd.DataFrame) -> pd.Series:
    """Share out what the commune has to have fewer, over the lines of one quarter."""
    lines = lines.sort_values("place").reset_index(drop=True)
    keys = pd.MultiIndex.from_frame(lines[["quarter", "place"]].astype("str"))
    shares = pd.Series(pd.array([pd.NA] * len(lines), dtype="Int64"), index=keys)
    commune, before = (lines["level"] == COMMUNE).to_numpy(bool), lines["baseline_numerator"]
    target = lines.loc[commune, "target_count"]
    if target.isna().any() or target.empty:
        return shares
    most = int(before[~commune].sum())
    leave = min(max(int(before[commune].iloc[0]) - int(target.iloc[0]), 0), most)
    shares[commune] = leave
    shares[~commune] = share_out(leave, before[~commune].to_numpy(np.int64))
    return shares


# Of which day the statuses are, and whether there is a fall to tell.


def last_review(statuses: pd.DataFrame, day: pd.Timestamp) -> pd.Timestamp | None:
    """Give the latest day not after `day` of which a status is recorded; None where none is."""
    recorded = statuses["valid_from"]
    latest = recorded[recorded <= day].max()
    return None if pd.isna(latest) else latest


def not_reviewed(processed: Processed, baseline: pd.Timestamp) -> pd.Timestamp | None:
    """Say of which day the statuses of a baseline date are, if they are a year old or more."""
    latest = last_review(processed.table("poverty_status"), baseline)
    return latest if latest and latest <= baseline - pd.DateOffset(years=1) else None


def with_reviews(days: pd.DataFrame, statuses: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """Say beside each quarter's days when poverty was last reviewed by its later date.

    Returns:
        The days with reviewed_on (missing where nobody ever was) and has_come: whether the later
        date has come.
    """
    reviews = [last_review(statuses, day) for day in days["later_date"]]
    found = pd.Series(reviews, index=days.index, dtype="datetime64[s]")
    return days.assign(reviewed_on=found, has_come=days["later_date"] <= today)


def untold(days: Any) -> str:
    """Say why a quarter has no fall to tell, "" if it has; `days` is its row of `quarters`."""
    if not days.has_come:
        return NOT_COME
    return "" if days.reviewed_on > days.baseline else NO_REVIEW


def as_sent(lines: pd.DataFrame, revisions: pd.DataFrame) -> pd.DataFrame:
    """Put what was sent of locked quarters in the place of what it comes to now.

    Returns:
        The lines with `revised`, True where a line is the one that was sent.
    """
    keys = ["quarter", "place", "indicator"]
    of_lines = pd.MultiIndex.from_frame(lines[keys].astype("str"))
    found = of_lines.get_indexer(pd.MultiIndex.from_frame(revisions[keys].astype("str")))
    sent = pd.DataFrame([json.loads(text) for text in revisions["before"]])
    # A figure that there was not, or is not any more, has no line to put in the other's place.
    there = (found >= 0) & np.array([text != "{}" for text in revisions["before"]], dtype=bool)
    own, sent = lines.iloc[found[there]].copy(), sent[there]
    for name in {*sent} & {*lines}:
        cells = sent[name].set_axis(own.index)
        if pd.api.types.is_numeric_dtype(lines[name].dtype):
            cells = pd.to_numeric(cells, errors="coerce")  # an empty cell is no value
        own[name] = cells.astype(lines[name].dtype)
    others = lines.drop(index=own.index).assign(revised=False)
    told: pd.DataFrame = pd.concat([others, own.assign(revised=True)]).loc[lines.index]
    return told


def as_told(
    lines: pd.DataFrame,
    quarters: pd.DataFrame,
    counts: pd.DataFrame | None = None,
    revisions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Give lines of results as pages tell them.

    Args:
        lines: lines of `results`, or of `public_results`.
        quarters: the rows of `quarters` for them.
        counts: those of `TABLE`; None for the public.
        revisions: those of locked quarters, whose lines are told as they were sent.

    Returns:
        The lines. A fall that is not to be told has no percentage and no target counts, is
        `unmeasured` where it would be judged, and `untold` says why; a fall has the columns of
        `counts`, too. A count of which 0 are asked has no target; in results.csv it is met.
    """
    if revisions is not None:
        lines = as_sent(lines, revisions)
    fall = lines["indicator"] == POVERTY_REDUCTION.id
    why = {str(row.quarter): untold(row) for row in quarters.itertuples()}
    reasons = lines["quarter"].astype("str").map(why).fillna("").where(fall, "")
    blank = ((reasons != "") & (lines["status"] != HIDDEN)).to_numpy(bool)
    told = lines.assign(untold=reasons)
    for name in {*JUDGED} & {*told}:
        told[name] = told[name].mask(blank)
    judged = (lines["status"] != _NO_TARGET).to_numpy(bool)
    told["status"] = told["status"].astype("str").mask(blank & judged, _UNMEASURED)
    if "target_count" in told:
        nothing = (told["target_count"] == 0).fillna(False) & (told["status"] == _MET) & ~fall
        told["status"] = told["status"].mask(nothing.astype(bool), _NO_TARGET)
    if counts is None:
        return told
    keys = pd.MultiIndex.from_frame(lines[["quarter", "place"]].astype("str"))
    own = counts.set_index(["quarter", "place"])[[*COUNTS]].reindex(keys).set_axis(lines.index)
    # The counts are those of now: they are not told beside another sum.
    now = ~lines["revised"] if "revised" in lines else True
    return told.join(own.astype("Int64").where(fall & now))


def told_results(processed: Processed) -> pd.DataFrame:
    """Give every line of results as pages tell it."""
    tables = map(processed.table, ("results", "quarters", TABLE, "revisions"))
    return as_told(*tables)
