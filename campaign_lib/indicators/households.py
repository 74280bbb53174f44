"""Questions about a household's register: where it lives, of which group, how poor on a day.

`home` is the panel's frame of households; which day is meant is decided by the panel.
"""

import pandas as pd

from campaign_lib.base.answers import said

POOR = ("poor", "near_poor")


def lived_here_at_baseline(home: pd.DataFrame) -> "pd.Series[bool]":
    """Present in the commune on the baseline date."""
    return home["lives_here_at_baseline"]


def still_living_here(home: pd.DataFrame) -> "pd.Series[bool]":
    """Present in the commune on the quarter's last day."""
    return home["lives_here_now"]


def living_here_on_the_later_date(home: pd.DataFrame) -> "pd.Series[bool]":
    """Present in the commune on the day that the baseline date is compared with."""
    return home["lives_here_later"]


def minority_at_baseline(home: pd.DataFrame) -> "pd.Series[bool]":
    """Of an ethnic minority, as registered on the baseline date."""
    return home["minority_at_baseline"]


def minority_now(home: pd.DataFrame) -> "pd.Series[bool]":
    """Of an ethnic minority, as registered on the quarter's last day."""
    return home["minority_now"]


def minority_on_the_later_date(home: pd.DataFrame) -> "pd.Series[bool]":
    """Of an ethnic minority, as registered on the later date."""
    return home["minority_later"]


def poor_or_near_poor_at_baseline(home: pd.DataFrame) -> "pd.Series[bool]":
    """Poor or near-poor on the baseline date; unknown without a status on it."""
    return said(home["status_at_baseline"], *POOR)


def poor_or_near_poor_on_the_later_date(home: pd.DataFrame) -> "pd.Series[bool]":
    """Poor or near-poor on the later date; unknown without a status on it."""
    return said(home["status_later"], *POOR)


def not_known_to_be_poor_on_the_later_date(home: pd.DataFrame) -> "pd.Series[bool]":
    """Not poor or near-poor on the later date, as far as anyone knows; never unknown."""
    return (~said(home["status_later"], *POOR)).fillna(True)


def no_longer_poor_on_the_later_date(home: pd.DataFrame) -> "pd.Series[bool]":
    """Neither poor nor near-poor on the later date; unknown without a status on it."""
    return said(home["status_later"], "not_poor")


def status_known_at_baseline(home: pd.DataFrame) -> "pd.Series[bool]":
    """Has a status on the baseline date; else its place in that day's counts is unknown."""
    return said(home["status_at_baseline"], *POOR, "not_poor")


def status_known_on_the_later_date(home: pd.DataFrame) -> "pd.Series[bool]":
    """Has a status on the later date; else its place in that day's counts is unknown."""
    return said(home["status_later"], *POOR, "not_poor")


#: The base of most targets: frozen on the baseline date, less those who have left since.
COHORT = (
    lived_here_at_baseline,
    minority_at_baseline,
    poor_or_near_poor_at_baseline,
    still_living_here,
)
