"""When a survey row may speak: on a day by the quarter, not ahead, with the household here.

And whose a whole file is, so that a village hears of what is wrong with the file that it sent.
"""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook.problems import sentence
from campaign_lib.intake.drafts import REFUSED, Draft

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
    draft.note(ahead, "surveyed_on", sentence("row.after_today", day=today), REFUSED)
    outside = ((day < pd.Timestamp(first)) | (day > pd.Timestamp(last))).to_numpy()
    problem = sentence("row.outside_quarter", days=GRACE.days, quarter=quarter)
    draft.note(outside & ~ahead, "surveyed_on", problem, REFUSED)
    gone = _gone(draft.frame[["household", "surveyed_on"]], stays)
    draft.note(gone, "surveyed_on", sentence("row.had_left"), REFUSED)


def villages_of_files(rows: pd.DataFrame, stays: pd.DataFrame) -> dict[str, str]:
    """Give the village of each file whose households have all lived in one, and in no other.

    Args:
        rows: of a survey, refused ones included: source_file, household.
        stays: the checked table `households`.
    """
    pairs = rows[["source_file", "household"]].dropna().drop_duplicates()
    lived = stays[["household", "village"]].drop_duplicates()
    homes = pairs.merge(lived, on="household").groupby("source_file")
    common = homes["village"].value_counts().rename("many").reset_index()
    # Whoever moved has lived in two; the file is the village's that all of them have in common.
    common = common[common["many"] == common["source_file"].map(homes["household"].nunique())]
    common = common.drop_duplicates("source_file", keep=False)
    return dict(zip(common["source_file"], common["village"], strict=True))


def _gone(visits: pd.DataFrame, stays: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Say which visits found a household that had left and not come back.

    Stays of one household do not overlap, so that the last that had begun by the day decides.
    """
    first = pd.Timestamp.min.as_unit("s")
    begun = stays.assign(since=stays["joined_on"].fillna(first)).sort_values("since")
    days = visits.reset_index(names="visit").dropna().sort_values("surveyed_on")
    found = pd.merge_asof(
        days,
        begun[["household", "since", "left_on"]],
        left_on="surveyed_on",
        right_on="since",
        by="household",
    )
    gone = found.loc[found["left_on"] <= found["surveyed_on"], "visit"]
    return visits.index.isin(gone)
