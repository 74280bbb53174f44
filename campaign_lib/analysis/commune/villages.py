"""Which villages need help first, read off their verdicts."""

import pandas as pd

MET, ON_TRACK, BEHIND, UNMEASURED = "met", "on_track", "behind", "unmeasured"
_JUDGED = (MET, ON_TRACK, BEHIND, UNMEASURED)


def by_need(lines: pd.DataFrame) -> pd.DataFrame:
    """Put villages in the order in which they need a visit.

    First those with the most targets that are behind or cannot be measured, then those with the
    most behind, then those that have come the least far on average towards their target counts.

    Args:
        lines: lines of results of villages, of one quarter.

    Returns:
        A row per village, the one in most need first: village, judged (how many targets it has; one
        without anybody to count is none),
        met, on_track, behind, unmeasured, reached (mean share of its target counts, at most 1 of
        each; missing where none is measured).
    """
    # Where nobody is poor there is nobody to ask: no base is no need, but no session is one.
    empty = (lines["denominator"] == 0).fillna(False).astype(bool)
    nobody = (lines["status"] == UNMEASURED) & empty
    judged = lines[lines["status"].isin(_JUDGED) & ~(nobody & (lines["unit"] != "activity"))]
    counts = pd.crosstab(judged["place"], judged["status"]).reindex(
        index=sorted(lines["place"].unique()), columns=list(_JUDGED), fill_value=0
    )
    measured = judged[(judged["status"] != UNMEASURED) & (judged["target_count"] > 0)]
    share = (measured["numerator"] / measured["target_count"]).astype(float).clip(upper=1)
    counts["reached"] = share.groupby(measured["place"]).mean().reindex(counts.index)
    counts["judged"] = counts[list(_JUDGED)].sum(axis=1)
    counts["open"] = counts[BEHIND] + counts[UNMEASURED]
    counts = counts.rename_axis(index="village", columns=None).reset_index()
    order = ["open", BEHIND, "reached", "village"]
    counts = counts.sort_values(order, ascending=[False, False, True, True], na_position="first")
    return counts[["village", "judged", *_JUDGED, "reached"]].reset_index(drop=True)


def worst_first(lines: pd.DataFrame) -> pd.DataFrame:
    """Sort lines of one indicator: behind, not measured, on track, met, others; wide gaps first."""
    rank = lines["status"].map({BEHIND: 0, UNMEASURED: 1, ON_TRACK: 2, MET: 3}).fillna(4)
    gap = lines["shortfall"].astype("Float64").fillna(-1)
    keys = lines.assign(_rank=rank.astype(int), _gap=gap, _share=lines["percent"])
    keys = keys.sort_values(
        ["_rank", "_gap", "_share", "place"], ascending=[True, False, True, True], kind="stable"
    )
    return lines.loc[keys.index]
