"""Where pages stand in the reports folder, and how one leads to another."""

from pathlib import Path
from urllib.parse import quote

from campaign_lib.base.editions import PUBLIC, Edition
from campaign_lib.base.figures import Figure
from campaign_lib.base.file_names import safe_name
from campaign_lib.indicators.steps import COMMUNE

INDEX = "index.html"
#: What changed since the build before; of the internal edition alone.
CHANGES = "changes.html"
VILLAGE, AUDIT = "village_report", "audit_place"

#: Names that a village's page cannot have: other pages of ours.
_TAKEN = frozenset(
    {
        *("commune", "index", "manifest", "audit"),
        *("data_quality", "target_allocation", "inspection"),
        *("three_year_review", "annual_assessment"),
    }
)

#: Names that a commune's folder cannot have: a public edition's, as `folder_of` has it.
_TAKEN_BY_FOLDERS = frozenset({PUBLIC})


def folder_of(reports: Path, edition: Edition, commune: str = "") -> Path:
    """Say where an edition lands (contract, section 4); one of several communes below that."""
    top = reports / PUBLIC if edition == PUBLIC else reports
    return top / commune_folder(commune) if commune else top


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


def commune_folder(key: str) -> str:
    """Say in which folder one of several communes has its reports, below the reports folder."""
    return safe_name(key, _TAKEN_BY_FOLDERS)


def file_name(code: str) -> str:
    """Turn a village's code into the name of its page (`campaign_lib.base.file_names.safe_name`)."""
    return safe_name(code, _TAKEN)
