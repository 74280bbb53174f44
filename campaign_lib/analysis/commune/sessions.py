"""The campaign's communication sessions: when, by whom, for how many, together with what."""

from collections.abc import Iterable

import pandas as pd

from campaign_lib.base.quarters import Quarter

#: With how many of the two named movements a session was run together.
TOGETHER = ("both", "one", "neither", "not_recorded")
_SESSIONS = ["sessions", "attending", "attending_unknown", *TOGETHER]


def held_in(activities: pd.DataFrame, year: int, calendar: str) -> pd.Series:
    """Say in which quarter of a year each activity was held; missing if in another year.

    Args:
        activities: with `held_on`.
        year: of the reporting quarters.
        calendar: of the plan.
    """
    found = pd.Series(pd.NA, index=activities.index, dtype="str")
    for number in range(1, 5):
        quarter = Quarter(year, number)
        days = (pd.Timestamp(quarter.first_day(calendar)), pd.Timestamp(quarter.last_day(calendar)))
        found[activities["held_on"].between(*days)] = str(quarter)
    return found


def sessions_by(activities: pd.DataFrame, key: str, order: Iterable[str] = ()) -> pd.DataFrame:
    """Count sessions by what stands in a column.

    Args:
        activities: of the panel, each once.
        key: the column, such as `led_by`; what is missing in it has a row of its own, the last.
        order: rows that are there even if nothing was held, first and in this order; without it
            the most frequent comes first.

    Returns:
        `key`, sessions, attending (households at the sessions that say how many; who came twice
        counts twice), attending_unknown (sessions that do not say), and how many were run together
        with both named movements, with one, with neither, and with nobody knows what.
    """
    rows = activities.assign(
        **{key: activities[key].astype("str")},
        attending=activities["households_attending"].fillna(0).astype(int),
        attending_unknown=activities["households_attending"].isna().astype(int),
        together=_together(activities["movements"]),
    )
    counted = pd.get_dummies(rows["together"]).reindex(columns=list(TOGETHER), fill_value=0)
    rows = pd.concat([rows[[key, "attending", "attending_unknown"]], counted.astype(int)], axis=1)
    table = rows.assign(sessions=1).groupby(key, dropna=False)[_SESSIONS].sum()
    known = table[table.index.notna()].sort_values("sessions", ascending=False, kind="stable")
    if order := list(order):
        known = known.reindex(order, fill_value=0)
    return pd.concat([known, table[table.index.isna()]]).rename_axis(key).reset_index()


def _together(movements: pd.Series) -> pd.Series:
    names = {2.0: "both", 1.0: "one", 0.0: "neither"}
    return movements.map(names).fillna("not_recorded")


def villages_without(activities: pd.DataFrame, villages: Iterable[str]) -> list[str]:
    """Name the villages that none of these activities is of."""
    there = set(activities["village"].dropna().astype("str"))
    return [village for village in villages if village not in there]
