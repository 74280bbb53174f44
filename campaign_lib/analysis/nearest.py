"""Households nearest to success: of all that an indicator asks, exactly one thing is missing."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from campaign_lib.indicators.indicator import Share
from campaign_lib.indicators.steps import walk


@dataclass(frozen=True)
class Nearest:
    """For one indicator: who is one step short, and of whom one answer only is unknown.

    Both have the columns household, head_name, step (the question's name), sorted by step in the
    indicator's order, then by household.
    """

    one_no: pd.DataFrame
    one_unknown: pd.DataFrame


def nearest(households: pd.DataFrame, indicator: Share) -> Nearest:
    """Find them among the indicator's base.

    Args:
        households: rows of the panel, of one quarter.
        indicator: one that counts households.
    """
    walked = walk(households, indicator.parts()[-1])
    yes = np.column_stack([answer.fillna(False).to_numpy(bool) for answer in walked.answers])
    unknown = np.column_stack([answer.isna().to_numpy() for answer in walked.answers])
    which = np.argmax(~yes, axis=1)
    names = np.array([question.__name__ for question in indicator.counts])
    found = walked.rows[["household", "head_name"]].assign(step=names[which], order=which)
    found = found.assign(unsure=np.logical_or.reduce(unknown, axis=1))[(~yes).sum(axis=1) == 1]
    found = found.sort_values(["order", "household"]).drop(columns="order")
    groups = (found[found["unsure"] == unsure] for unsure in (False, True))
    return Nearest(*(own.drop(columns="unsure").reset_index(drop=True) for own in groups))
