"""Plan 2024, section II.3: science in production."""

import pandas as pd

from campaign_lib.base.answers import said
from campaign_lib.indicators.households import COHORT
from campaign_lib.indicators.indicator import Share


def applies_technique(home: pd.DataFrame) -> "pd.Series[bool]":
    """Applies science and technique in production."""
    return said(home["applies_technique"], "yes")


def chose_suitable_breeds(home: pd.DataFrame) -> "pd.Series[bool]":
    """Chose crops or livestock of high value that suit the local soil."""
    return said(home["suitable_breeds"], "yes")


def saves_and_reinvests(home: pd.DataFrame) -> "pd.Series[bool]":
    """Spends sensibly, saves, and puts the savings back into production."""
    return said(home["saves_reinvests"], "yes")


APPLIES_SCIENCE = Share(
    id="applies_science",
    among=COHORT,
    counts=(applies_technique, chose_suitable_breeds, saves_and_reinvests),
    source="II.3",
)
