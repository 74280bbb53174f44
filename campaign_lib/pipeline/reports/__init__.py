"""Reports: what there shall be, made where missing or out of date, and a list of them all."""

from campaign_lib.pipeline.reports.index import Entry, index_page
from campaign_lib.pipeline.reports.one import Outcome
from campaign_lib.pipeline.reports.report import Report, file_name, report_hash
from campaign_lib.pipeline.reports.run import Progress, ProgressLine, make

__all__ = [
    "Entry",
    "Outcome",
    "Progress",
    "ProgressLine",
    "Report",
    "file_name",
    "index_page",
    "make",
    "report_hash",
]
