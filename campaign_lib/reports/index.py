"""The list of all reports: villages down, quarters across, and how each one stands."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from markupsafe import Markup

from campaign_lib import pages
from campaign_lib.display import Shown
from campaign_lib.reports.report import VIETNAMESE
from campaign_lib.words import Words

#: ``stale``: there, but built from older data or code. ``missing``: never made.
State = Literal["fresh", "stale", "failed", "missing"]

#: What is counted below a link, in this order.
COUNTED = ("met", "on_track", "behind", "unmeasured")

COMMUNE = "commune"


@dataclass(frozen=True)
class Entry:
    """One report in the list.

    Attributes:
        quarter: such as ``2024Q3``.
        place: the village's code, or ``commune``.
        name: what the place is called.
        target: the page, relative to the reports folder.
        state: how it stands.
        statuses: how many targets have each status, by its id (empty: not known).
    """

    quarter: str
    place: str
    name: str
    target: str
    state: State
    statuses: Mapping[str, int] = field(default_factory=dict, hash=False)

    @property
    def address(self) -> str:
        """The page's address as seen from the list."""
        return quote(self.target)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Status and number, zeros left out: a zero that is behind would only alarm."""
        if self.state in ("failed", "missing"):
            return []
        return [(status, self.statuses[status]) for status in COUNTED if self.statuses.get(status)]


def index_page(
    entries: Sequence[Entry],
    language: str = VIETNAMESE,
    *,
    title: str = "",
    made_up: bool = False,
    summary: Shown | None = None,
    command: str = "campaign reports",
) -> str:
    """Make the page that lists all reports.

    Args:
        entries: the reports; places stand in the order of their first entry, the commune on top.
        language: of the page.
        title: its heading (by default that of the words).
        made_up: whether the campaign's data are made up.
        summary: what to show below the list, such as the commune's results.
        command: what makes the missing ones.

    Returns:
        The page, to be written as ``index.html`` in the reports folder.
    """
    names = {entry.place: entry.name for entry in entries}
    return pages.fill(
        Path(__file__).with_name("index.html.j2"),
        title or Words(language)("index.page.title"),
        language,
        cells={(entry.place, entry.quarter): entry for entry in entries},
        places=sorted(names.items(), key=lambda place: place[0] != COMMUNE),
        quarters=sorted({entry.quarter for entry in entries}),
        states=Counter(entry.state for entry in entries),
        all=len(entries),
        legend=COUNTED,
        commune=COMMUNE,
        made_up=made_up,
        summary=Markup(summary._repr_html_()) if summary else "",
        command=command,
    )
