"""Where pages stand in the reports folder, and how one leads to another."""

import re
from pathlib import Path
from urllib.parse import quote

from campaign_lib.editions import PUBLIC, Edition
from campaign_lib.figures import Figure
from campaign_lib.file_names import ascii_words, mark_of
from campaign_lib.steps import COMMUNE

INDEX = "index.html"
#: What changed since the build before; of the internal edition alone.
CHANGES = "changes.html"
VILLAGE, AUDIT = "village_report", "audit_place"

#: Names that a village's page cannot have: other pages of ours, and devices on Windows.
_TAKEN = frozenset(
    {
        *("commune", "index", "manifest", "audit", "con", "prn", "aux", "nul"),
        *("data_quality", "target_allocation", "inspection"),
        *("three_year_review", "annual_assessment"),
    }
)
_DEVICE = re.compile(r"(com|lpt)\d")
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


def folder_of(reports: Path, edition: Edition) -> Path:
    """Say where an edition lands (contract, section 4)."""
    return reports / PUBLIC if edition == PUBLIC else reports


def target_of(notebook: str, place: str, quarter: str) -> str:
    """Say where a page is, relative to the reports folder.

    The commune's report is `commune.html` and a village's has the village's name (contract,
    section 4); what explains their figures is in a folder of its own, under the same names.
    """
    own = COMMUNE if place == COMMUNE else file_name(place)
    if notebook == AUDIT:
        return f"{quarter}/audit/{own}.html"
    if notebook == VILLAGE or notebook == "commune_report":
        return f"{quarter}/{own}.html"
    return f"{quarter}/{notebook}.html"


def way_to(target: str, here: str) -> str:
    """Give the address of one page as seen from another, both relative to the reports folder."""
    return "../" * here.count("/") + quote(target)


def address_of(kind: str, name: str, here: str, edition: str) -> str | None:
    """Turn what a page leads to into an address.

    Args:
        kind: `figure`, or `page` for a place's report.
        name: a figure's reference, such as 2024Q3/T4/changed_mindset; of a report 2024Q3/T4.
        here: the page that leads there, relative to the reports folder.
        edition: the public one explains no figures, since that takes the households' answers.
    """
    if kind == "page":
        quarter, _, place = name.partition("/")
        return way_to(target_of(VILLAGE, place, quarter), here)
    if edition == PUBLIC:
        return None
    figure = Figure.parse(name)
    target = target_of(AUDIT, figure.place, figure.quarter)
    page = "" if target == here else way_to(target, here)
    return f"{page}#{quote(figure.indicator)}"


def file_name(code: str) -> str:
    """Turn a village's code into a file name that is safe everywhere, and its alone.

    A plain code stays what it is. From any other the signs that could mean something to a file
    system are taken out, and a piece of its hash is added, so that two codes never share a file.
    """
    if _SAFE.fullmatch(code) and not _is_taken(code):
        return code
    return f"{ascii_words(code)[:30].strip('-') or 'x'}-{mark_of(code)}"


def _is_taken(name: str) -> bool:
    return name.lower() in _TAKEN or _DEVICE.fullmatch(name.lower()) is not None
