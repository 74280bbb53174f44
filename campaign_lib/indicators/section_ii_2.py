"""Plan 2024, section II.2: ways of thinking have changed."""

import pandas as pd

from campaign_lib.base.answers import said
from campaign_lib.indicators.households import COHORT
from campaign_lib.indicators.indicator import Share


def gave_up_customs(home: pd.DataFrame) -> "pd.Series[bool]":
    """Gave up backward customs."""
    return said(home["dropped_customs"], "yes")


def does_not_wait_for_support(home: pd.DataFrame) -> "pd.Series[bool]":
    """Does not wait for, or lean on, support from the State: the answer to that is no."""
    return said(home["relies_on_state"], "no")


def works_own_way_out(home: pd.DataFrame) -> "pd.Series[bool]":
    """Works its own way out of poverty."""
    return said(home["self_reliance"], "yes")


CHANGED_MINDSET = Share(
    id="changed_mindset",
    among=COHORT,
    counts=(gave_up_customs, does_not_wait_for_support, works_own_way_out),
    source="II.2",
)
