"""The list of all reports: how every village stands on every indicator, and where to read on."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from markupsafe import Markup

from campaign_lib.base.editions import INTERNAL, Edition
from campaign_lib.disclosure import HIDDEN
from campaign_lib.indicators import IDS
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.reports.news import Since
from campaign_lib.pipeline.reports.report import INDEX, VIETNAMESE, address_of
from campaign_lib.show import pages
from campaign_lib.show.display import Shown
from campaign_lib.show.pages import Crumbs, with_addresses
from campaign_lib.show.tables.heat_map import HeatCell, HeatMap
from campaign_lib.words import Words

#: ``stale``: there, but built from older data or code. ``missing``: never made.
State = Literal["fresh", "stale", "failed", "missing"]

#: What a cell of the map can say, in the order of the legend, with its letter in the page's data.
LETTERS = {
    "met": "m",
    "on_track": "t",
    "behind": "b",
    "unmeasured": "u",
    "no_target": "n",
    HIDDEN: "h",
}

_TEMPLATE = Path(__file__).with_name("index.html.j2")
_SCRIPT = Path(__file__).with_name("index.js")


@dataclass(frozen=True)
class Entry:
    """One page in the list.

    Attributes:
        quarter: such as ``2024Q3``.
        place: the village's code, or ``commune``; "" for a page that is about no single place.
        name: what the place is called; the page's title where there is no place.
        target: the page, relative to the reports folder.
        state: how it stands.
    """

    quarter: str
    place: str
    name: str
    target: str
    state: State

    @property
    def address(self) -> str:
        """The page's address as seen from the list; "" where there is no page."""
        return "" if self.state == "missing" else quote(self.target)


def index_page(
    entries: Sequence[Entry],
    language: str = VIETNAMESE,
    *,
    heat: HeatMap | None = None,
    commune: str = "",
    made_up: bool = False,
    edition: Edition = INTERNAL,
    since: Since | None = None,
    summary: Shown | None = None,
    command: str = "campaign reports",
    crumbs: Crumbs = (),
) -> str:
    """Make the page that lists all reports.

    Args:
        entries: the pages; places stand in the order of their first entry, the commune on top,
            pages without a place in the order given.
        language: of the page.
        heat: the verdicts, by quarter and place (`campaign_lib.show.tables.heat_map`).
        commune: its name, as in the newest plan.
        made_up: whether the campaign's data are made up.
        edition: which one the pages are.
        since: what changed since the build before, and what was sent upward.
        summary: what to show at the end, such as the commune's results.
        command: what makes the missing ones.
        crumbs: links back, of one of several communes.

    Returns:
        The page, to be written as ``index.html`` in the reports folder.
    """
    words = Words(language)
    quarters = sorted({entry.quarter for entry in entries}, reverse=True)
    told: dict[str, Any] = {"edition": edition, "made_up": made_up, "command": command}
    told |= {"summary": _with_links(summary, edition), "since": since or Since()}
    told |= _listed(entries, quarters, words)
    told |= _mapped(heat or {}, quarters, _places(entries, words), words, edition)
    script = _SCRIPT.read_text(encoding="utf-8") if entries else ""
    title = _title(commune, quarters, words)
    return pages.fill(_TEMPLATE, title, language, crumbs=crumbs, script=script, **told)


def _with_links(summary: Shown | None, edition: Edition) -> Markup:
    """Write what is shown at the end, with the addresses that its figures lead to from here."""
    html = summary._repr_html_() if summary else ""
    return Markup(with_addresses(html, partial(address_of, here=INDEX, edition=edition)))


def _listed(entries: Sequence[Entry], quarters: Sequence[str], words: Words) -> dict[str, Any]:
    """Give the template the pages: how many there are, and where each stands."""
    return {
        "all": len(entries),
        "states": Counter(entry.state for entry in entries),
        "quarters": quarters,
        "short": {quarter: words.quarter_short(quarter) for quarter in quarters},
        "cells": {(entry.quarter, entry.place): entry for entry in entries if entry.place},
        "others": {quarter: _others(entries, quarter) for quarter in quarters},
    }


def _mapped(
    heat: HeatMap,
    quarters: Sequence[str],
    places: Mapping[str, str],
    words: Words,
    edition: Edition,
) -> dict[str, Any]:
    """Give the template the map: its rows, its columns, what stands in it, what that says."""
    return {
        "heat": heat,
        "first_lines": _first_lines(heat, quarters, places, words),
        "places": places,
        "villages": len(places.keys() - {COMMUNE}),
        "commune": COMMUNE,
        "indicators": IDS,
        "letters": LETTERS,
        "legend": _found(heat),
        "marks": _status_words("mark", words),
        "labels": _status_words("label", words),
        "packed": _packed(heat, quarters, places, words, explained=edition == INTERNAL),
    }


def _title(commune: str, quarters: Sequence[str], words: Words) -> str:
    if not (commune and quarters):
        return words("index.page.title")
    return words("index.page.title_of", commune=commune, quarter=words.quarter(quarters[0]))


def _places(entries: Sequence[Entry], words: Words) -> dict[str, str]:
    """Name the rows by place: the commune on top, which has figures also where it has no page."""
    names = {entry.place: entry.name for entry in entries if entry.place}
    return {COMMUNE: words("index.page.whole_commune")} | names


def _first_lines(
    heat: HeatMap, quarters: Sequence[str], places: Iterable[str], words: Words
) -> list[str]:
    """Say how the commune stands in the newest quarter, and in how many villages work is left."""
    if not quarters or (quarters[0], COMMUNE) not in heat:
        return []
    statuses = {
        place: Counter(cell.status for cell in heat.get((quarters[0], place), {}).values())
        for place in places
    }
    commune = statuses.pop(COMMUNE)
    counts = [
        f"{mark}\u00a0{commune[status]} {words(f'index.status.{status}')}"
        for status, mark in _status_words("mark", words).items()
        if commune[status]
    ]
    quarter = words.quarter(quarters[0])
    lines = [words("index.summary.commune", quarter=quarter, counts=", ".join(counts))]
    if not any(counter[HIDDEN] for counter in statuses.values()):  # else it would be too few
        behind = sum(counter["behind"] > 0 for counter in statuses.values())
        lines.append(words("index.summary.behind", behind=behind, all=len(statuses)))
    return lines


def _found(heat: HeatMap) -> list[str]:
    """Name the statuses that occur, in the order of the legend."""
    found = {cell.status for cells in heat.values() for cell in cells.values()}
    return [status for status in LETTERS if status in found]


def _others(entries: Sequence[Entry], quarter: str) -> list[Entry]:
    """Find a quarter's pages of the whole commune: its report first, then those of no place."""
    own = [e for e in entries if e.quarter == quarter and e.place in ("", COMMUNE)]
    return sorted(own, key=lambda entry: entry.place != COMMUNE)


def _packed(
    heat: HeatMap,
    quarters: Sequence[str],
    places: Iterable[str],
    words: Words,
    *,
    explained: bool,
) -> Markup:
    """Write every quarter's map in few signs, for `index.js`.

    A place is a line of cells with semicolons between. A cell is the letter of its status, a
    capital where it hangs on unknown answers, and its count; nothing is nothing. Whether figures
    are `explained` says if there are pages to which cells can lead.
    """
    marks, labels = (_status_words(name, words) for name in ("mark", "label"))
    said = {letter: [name, marks[name], labels[name]] for name, letter in LETTERS.items()}
    lines = {
        quarter: [_line(heat.get((quarter, place), {})) for place in places] for quarter in quarters
    }
    content = {"statuses": said, "quarters": lines, "explained": explained}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # nothing in it can end the element it stands in


def _status_words(name: str, words: Words) -> dict[str, str]:
    return {status: words(f"codes.status.{status}.{name}") for status in LETTERS}


def _line(cells: Mapping[str, HeatCell]) -> str:
    return ";".join(_cell(cells[name]) if name in cells else "" for name in IDS)


def _cell(cell: HeatCell) -> str:
    letter = LETTERS[cell.status]
    return (letter if cell.certain else letter.upper()) + cell.count
