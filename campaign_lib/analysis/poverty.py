"""Poverty as an official must tell it: on which day it was last reviewed, and how it is read."""

import pandas as pd

from campaign_lib.store.processed import Processed


def last_review(processed: Processed, day: pd.Timestamp) -> pd.Timestamp | None:
    """Give the latest day not after `day` of which a status is recorded; None where none is."""
    recorded = processed.table("poverty_status")["valid_from"]
    latest = recorded[recorded <= day].max()
    return None if pd.isna(latest) else latest


def not_reviewed(processed: Processed, baseline: pd.Timestamp) -> pd.Timestamp | None:
    """Say of which day the statuses of a baseline date are, if they are a year old or more."""
    latest = last_review(processed, baseline)
    return latest if latest and latest <= baseline - pd.DateOffset(years=1) else None
