"""When a survey row may speak: on a day by the quarter, not ahead, with the household here."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from campaign_lib.intake.drafts import REFUSED, Draft
from campaign_lib.quarters import Quarter

#: How far outside its quarter a survey may have been taken, in days.
GRACE = timedelta(days=45)


def judge_days(
    draft: Draft, stays: pd.DataFrame, quarter: Quarter, calendar: str, today: date
) -> None:
    """Refuse rows of a survey by their day (data contract, section 2, table of problems).

    Args:
        draft: the survey of one quarter.
        stays: the checked table `households`.
        quarter: what the file's name says.
        calendar: where the year's quarters begin.
        today: the day up to which dates are believed.
    """
    day = draft.frame["surveyed_on"]
    first, last = quarter.first_day(calendar) - GRACE, quarter.last_day(calendar) + GRACE
    ahead = (day > pd.Timestamp(today)).to_numpy()
    draft.note(ahead, "surveyed_on", f"after today, {today}", REFUSED)
    outside = ((day < pd.Timestamp(first)) | (day > pd.Timestamp(last))).to_numpy()
    problem = f"more than {GRACE.days} days outside {quarter}"
    draft.note(outside & ~ahead, "surveyed_on", problem, REFUSED)
    gone = _gone(draft.frame[["household", "surveyed_on"]], stays)
    draft.note(gone, "surveyed_on", "the household had left by this day", REFUSED)


def _gone(visits: pd.DataFrame, stays: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Say which visits found a household that had left and not come back."""
    ended = stays[stays["household"].isin(stays.loc[stays["left_on"].notna(), "household"])]
    numbered = visits.reset_index(names="visit").dropna()
    pairs = numbered.merge(ended[["household", "joined_on", "left_on"]], on="household")
    day = pairs["surveyed_on"]
    begun = pairs["joined_on"].isna() | (pairs["joined_on"] <= day)
    over = pairs["left_on"] <= day
    left = set(pairs.loc[begun & over, "visit"]) - set(pairs.loc[begun & ~over, "visit"])
    return visits.index.isin(list(left))
