"""Indicators of the campaign, from raw files to audited reports."""

__version__ = "0.4.0"
