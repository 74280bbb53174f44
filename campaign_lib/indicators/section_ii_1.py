"""Plan 2024, section II.1: everyone takes part, everyone knows, everything runs together."""

import pandas as pd

from campaign_lib.base.answers import more_than, said
from campaign_lib.indicators.households import COHORT, minority_now, still_living_here
from campaign_lib.indicators.indicator import Share


def village_has_issued_its_plan(home: pd.DataFrame) -> "pd.Series[bool]":
    """The village has issued its campaign plan of this year by the quarter's last day."""
    return home["village_has_plan"]


def takes_part(home: pd.DataFrame) -> "pd.Series[bool]":
    """The household takes part in the campaign."""
    return said(home["takes_part"], "yes")


def told_about_the_campaign(home: pd.DataFrame) -> "pd.Series[bool]":
    """The household has been told about the campaign this year."""
    return said(home["informed"], "yes")


def held_this_year(activity: pd.DataFrame) -> "pd.Series[bool]":
    """Held between the first day of Q1 and the quarter's last day."""
    return activity["held_this_year"]


def runs_with_another_movement(activity: pd.DataFrame) -> "pd.Series[bool]":
    """Run together with at least one of the two named movements; an empty cell is neither."""
    return more_than(activity["movements"], 0)


COVERED_BY_PLAN = Share(
    id="covered_by_plan",
    among=(still_living_here, minority_now),
    counts=(village_has_issued_its_plan, takes_part),
    source="II.1",
)

INFORMED = Share(
    id="informed",
    among=COHORT,
    counts=(told_about_the_campaign,),
    source="II.1",
)

INTEGRATED_ACTIVITIES = Share(
    id="integrated_activities",
    among=(held_this_year,),
    counts=(runs_with_another_movement,),
    source="II.1",
    units="activities",
    unit="activity",
)
