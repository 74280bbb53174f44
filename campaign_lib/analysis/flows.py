"""Poverty flows: how the poor and near-poor of the baseline date became those of the later one.

Who is poor on either date is what `poverty_reduction` counts (`POVERTY_REDUCTION`); why somebody is
in the one count and not in the other is read off the register here. The flows balance, in every
village, for the commune, and for poor and near-poor apart:

    end = start - left - other decrease + relapsed + new + other increase

A household that moves within the commune takes its poverty along: an *other decrease* where it
came from, an *other increase* where it went; what changed in its life counts in the new village.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from campaign_lib.analysis.commune import in_percent
from campaign_lib.base.answers import said
from campaign_lib.indicators.households import (
    POOR,
    lived_here_at_baseline,
    living_here_on_the_later_date,
    minority_at_baseline,
    minority_on_the_later_date,
    no_longer_poor_on_the_later_date,
    status_known_at_baseline,
    status_known_on_the_later_date,
)
from campaign_lib.indicators.steps import COMMUNE, Question, walk
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.plan.targets import too_many_unknown

Mask = npt.NDArray[np.bool_]

#: Why a household is not in the second count although it was in the first, other than by leaving
#: poverty; and why it is in the second, other than by having become poor here.
OTHER_DECREASE = ("left_commune", "moved_away", "no_longer_minority", "status_lost")
OTHER_INCREASE = ("joined_commune", "moved_here", "newly_minority", "status_found")
#: Between poor and near-poor; they cancel out in the two together.
INTO_OTHER_GROUP, FROM_OTHER_GROUP = "into_other_group", "from_other_group"
DECREASES = ("left", *OTHER_DECREASE, INTO_OTHER_GROUP)
INCREASES = ("relapsed", "new", *OTHER_INCREASE, FROM_OTHER_GROUP)
FLOWS = ("start", *DECREASES, *INCREASES, "end")
#: Within the commune nobody has moved away or here.
_WITHIN = ["moved_away", "moved_here"]


class UnbalancedError(ArithmeticError):
    """The flows do not lead from the first count to the second: a fault of ours."""


@dataclass(frozen=True)
class PovertyFlows:
    """What happened to each household.

    `events` has household, head_name, group (poor or near_poor), place (a village's code) and flow
    (one of `FLOWS`); a household has one row for each thing that happened to it.
    """

    events: pd.DataFrame
    places: tuple[str, ...]

    def tally(self, groups: Sequence[str] = POOR) -> pd.DataFrame:
        """Count the flows of poor, near-poor, or both together.

        Returns:
            A row per village and one for the commune, by `place`: a column for each of `FLOWS`,
            and the sums other_decrease and other_increase.

        Raises:
            UnbalancedError: they do not balance in some place.
        """
        events = self.events[self.events["group"].isin(list(groups))]
        counted = pd.crosstab(events["place"], events["flow"])
        counted = counted.reindex(index=list(self.places), columns=list(FLOWS), fill_value=0)
        counted.loc[COMMUNE] = counted.sum()
        counted.loc[COMMUNE, _WITHIN] = 0
        if set(groups) == set(POOR):
            counted[[INTO_OTHER_GROUP, FROM_OTHER_GROUP]] = 0
        table = counted.astype("int64").assign(
            other_decrease=counted[list(OTHER_DECREASE)].sum(axis=1),
            other_increase=counted[list(OTHER_INCREASE)].sum(axis=1),
        )
        _must_balance(table)
        return table

    def households(self, flow: str) -> pd.DataFrame:
        """Give the households of one flow: household, head_name, group, place; in order."""
        rows = self.events[self.events["flow"] == flow].drop(columns="flow")
        return rows.sort_values(["place", "household"], ignore_index=True)


def poverty_flows(
    homes: pd.DataFrame, statuses: pd.DataFrame, baseline: pd.Timestamp, places: tuple[str, ...]
) -> PovertyFlows:
    """Follow every household from the baseline date to the later one.

    Args:
        homes: rows of the panel, of one quarter.
        statuses: the checked table `poverty_status`: a household that is not poor on the baseline
            date, but was poor or near-poor before, can relapse; any other becomes poor anew.
        baseline: the baseline date.
        places: all village codes.
    """
    homes = homes.reset_index(drop=True)
    start, end = (_surely(walk(homes, part).states[-1]) for part in POVERTY_REDUCTION.parts()[:2])
    here_later = _answered(homes, living_here_on_the_later_date)
    moved = start & here_later & _differ(homes["village_at_baseline"], homes["village_later"])
    switched = start & end & _differ(homes["status_at_baseline"], homes["status_later"])
    before, later = "at_baseline", "later"
    at_last = np.where(here_later, homes["village_later"], homes["village_at_baseline"])
    ever_poor = last_found_poor(statuses, baseline).index
    events = [
        _events(homes, start, before, "start"),
        _events(homes, moved, before, "moved_away"),
        _events(homes, moved, before, "moved_here", homes["village_later"]),
        _events(homes, start & ~end, before, _why_gone(homes, here_later), at_last),
        _events(homes, switched, before, INTO_OTHER_GROUP, homes["village_later"]),
        _events(homes, switched, later, FROM_OTHER_GROUP),
        _events(homes, end & ~start, later, _why_come(homes, ever_poor)),
        _events(homes, end, later, "end"),
    ]
    return PovertyFlows(pd.concat(events, ignore_index=True), places)


def _events(
    homes: pd.DataFrame, whom: Mask, day: str, flow: Any, place: Any = None
) -> pd.DataFrame:
    """Note a flow of some households, with their group and (unless given) their village on a day.

    `flow` is one for all, or one for each household.
    """
    village = homes[f"village_{day}"] if place is None else pd.Series(place)
    noted = {"group": homes[f"status_{day}"].astype("str"), "place": village.astype("str")}
    return homes[["household", "head_name"]].assign(**noted, flow=flow)[whom]


def _why_gone(homes: pd.DataFrame, here_later: Mask) -> npt.NDArray[np.str_]:
    """Say why a household is no longer counted; "" would be a fault, and not balance."""
    reasons = {
        "left_commune": ~here_later,
        "left": _answered(homes, no_longer_poor_on_the_later_date),
        "no_longer_minority": ~_answered(homes, minority_on_the_later_date),
        "status_lost": ~_answered(homes, status_known_on_the_later_date),
    }
    return np.select(list(reasons.values()), list(reasons), default="")


def _why_come(homes: pd.DataFrame, ever_poor: pd.Index) -> npt.NDArray[np.str_]:
    """Say why a household is counted that was not; "" would be a fault, and not balance."""
    not_poor = _surely(said(homes["status_at_baseline"], "not_poor"))
    reasons = {
        "joined_commune": ~_answered(homes, lived_here_at_baseline),
        "newly_minority": ~_answered(homes, minority_at_baseline),
        "status_found": ~_answered(homes, status_known_at_baseline),
        "relapsed": not_poor & homes["household"].isin(ever_poor).to_numpy(bool),
        "new": not_poor,
    }
    return np.select(list(reasons.values()), list(reasons), default="")


def still_poor(flows: PovertyFlows, lines: pd.DataFrame) -> pd.DataFrame:
    """Count who is poor and near-poor on the later date, beside the rate of the two together.

    Args:
        flows: of a quarter.
        lines: its lines of results of `poverty_reduction`.

    Returns:
        place, poor, near_poor, numerator, denominator, percent (missing where nobody has a
        status, and everywhere where too many have none); the villages, then the commune.
    """
    ends = flows.households("end")
    groups = pd.crosstab(ends["place"], ends["group"])
    groups = groups.reindex(index=list(flows.places), columns=list(POOR), fill_value=0)
    groups.loc[COMMUNE] = groups.sum()
    table = groups.join(lines.set_index("place")[["numerator", "denominator"]])
    percent = in_percent(table["numerator"], table["denominator"]).astype("float64")
    if too_many_unknown(lines.set_index("place").loc[COMMUNE]):
        percent = percent.mask(percent.notna())
    return table.assign(percent=percent).rename_axis("place").reset_index()


def last_found_poor(statuses: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Give by household the last date, up to a day, from which it was poor or near-poor.

    Args:
        statuses: the checked table `poverty_status`.
        day: the last one that is looked at.
    """
    poor = _surely(said(statuses["status"], *POOR))
    rows = statuses[poor & (statuses["valid_from"] <= day).to_numpy(bool)]
    return rows.groupby("household")["valid_from"].max()


def _answered(homes: pd.DataFrame, question: Question) -> Mask:
    """Say for whom a question is a sure yes."""
    return _surely(question(homes))


def _surely(answer: pd.Series) -> Mask:
    return answer.fillna(False).to_numpy(bool)


def _differ(one: pd.Series, other: pd.Series) -> Mask:
    return np.asarray(one.astype("str") != other.astype("str"))


def _must_balance(table: pd.DataFrame) -> None:
    end = table["start"] - table[list(DECREASES)].sum(axis=1) + table[list(INCREASES)].sum(axis=1)
    for place in table.index[end != table["end"]]:
        raise UnbalancedError(
            f"{place}: {table.loc[place, 'start']} poor at first lead to {end[place]}, "
            f"and not to the {table.loc[place, 'end']} that are counted"
        )
