"""Shares as every report prints them: whole hundredths of a percent, rounded half up."""

from campaign_lib.base.percent import hundredths


def rate(numerator: int, denominator: int) -> float | None:
    """Give a share in percent; None where there is nothing to share."""
    return hundredths(numerator, denominator) / 100 if denominator else None
