"""The list of all reports: how every village stands on every indicator, and where to read on.

Above the lists of several communes a page sets these side by side.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from campaign_lib.analysis.poverty import as_told
from campaign_lib.base.editions import INTERNAL, PUBLIC, Edition
from campaign_lib.base.quarters import Quarter
from campaign_lib.disclosure import HIDDEN
from campaign_lib.indicators import IDS
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.reports.news import Since, since_then
from campaign_lib.pipeline.reports.planned import COMMUNE_REPORT, Key
from campaign_lib.pipeline.reports.report import (
    AUDIT,
    INDEX,
    VIETNAMESE,
    VILLAGE,
    Manifest,
    Report,
    address_of,
    commune_folder,
)
from campaign_lib.plan.communes import ALL
from campaign_lib.show import pages
from campaign_lib.show.display import Shown, Table, heading, together
from campaign_lib.show.pages import Crumbs, with_addresses
from campaign_lib.show.tables.results import HeatCell, HeatMap, heat_map, indicator_table
from campaign_lib.store.processed import HEIR, HEIR_OF, Processed
from campaign_lib.stories.telling import aims_of, results_of
from campaign_lib.words import Words

#: ``stale``: there, but built from older data or code. ``missing``: never made.
State = Literal["fresh", "stale", "in_part", "failed", "missing"]

#: What a cell of the map can say, in the order of the legend, with its letter in the page's data.
LETTERS = {
    "met": "m",
    "on_track": "t",
    "behind": "b",
    "unmeasured": "u",
    "no_target": "n",
    HIDDEN: "h",
}

_FOLDER = Path(__file__).parent


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
        heat: the verdicts, by quarter and place (`campaign_lib.show.tables.results`).
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
    told["script"] = (_FOLDER / "index.js").read_text(encoding="utf-8") if entries else ""
    title = _title(commune, quarters, words)
    return pages.fill(_FOLDER / "index.html.j2", title, language, crumbs=crumbs, **told)


def _with_links(summary: Shown | None, edition: Edition) -> Markup:
    """Write what is shown at the end, with the addresses that its figures lead to from here."""
    html = summary._repr_html_() if summary else ""
    return Markup(with_addresses(html, partial(address_of, here=INDEX, edition=edition)))


def _places(entries: Sequence[Entry], words: Words) -> dict[str, str]:
    """Name the rows by place: the commune on top, which has figures also where it has no page."""
    names = {entry.place: entry.name for entry in entries if entry.place}
    return {COMMUNE: words("index.page.whole_commune")} | names


def _title(commune: str, quarters: Sequence[str], words: Words) -> str:
    if not (commune and quarters):
        return words("index.page.title")
    return words("index.page.title_of", commune=commune, quarter=words.quarter(quarters[0]))


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
        **_explained(heat, words),
        "first_lines": _first_lines(heat, quarters, places, words),
        "places": places,
        "villages": len(places.keys() - {COMMUNE}),
        "commune": COMMUNE,
        "letters": LETTERS,
        "packed": _packed(heat, quarters, places, words, explained=edition == INTERNAL),
    }


def _explained(heat: HeatMap, words: Words) -> dict[str, Any]:
    """Give a template a map and what explains its cells: the statuses that occur, and words."""
    found = {cell.status for cells in heat.values() for cell in cells.values()}
    return {
        "heat": heat,
        "indicators": IDS,
        "legend": [status for status in LETTERS if status in found],
        "marks": _status_words("mark", words),
        "labels": _status_words("label", words),
    }


def _first_lines(
    heat: HeatMap, quarters: Sequence[str], places: Iterable[str], words: Words
) -> list[str]:
    """Say how the commune stands in the newest quarter, and in how many villages work is left."""
    if not quarters or (quarters[0], COMMUNE) not in heat:
        return []
    villages = [place for place in places if place != COMMUNE]
    counts, behind = _standing(heat, quarters[0], COMMUNE, villages, words)
    quarter = words.quarter(quarters[0])
    lines = [words("index.summary.commune", quarter=quarter, counts=counts)]
    if behind is not None:
        lines.append(words("index.summary.behind", behind=behind, all=len(villages)))
    return lines


def _standing(
    heat: HeatMap, quarter: str, whole: str, places: Sequence[str], words: Words
) -> tuple[str, int | None]:
    """Count the verdicts of all together, and the places within that have work left.

    Where a place hides a verdict nobody counts those behind: it would be too few.
    """
    statuses = {
        place: Counter(cell.status for cell in heat.get((quarter, place), {}).values())
        for place in (whole, *places)
    }
    counts = [
        f"{mark}\u00a0{statuses[whole][status]} {words(f'index.status.{status}')}"
        for status, mark in _status_words("mark", words).items()
        if statuses[whole][status]
    ]
    within = [statuses[place] for place in places]
    hides = any(counter[HIDDEN] for counter in within)
    return ", ".join(counts), None if hides else sum(one["behind"] > 0 for one in within)


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
    letters = {
        name: LETTERS[cell.status] if cell.certain else LETTERS[cell.status].upper()
        for name, cell in cells.items()
    }
    return ";".join(letters[name] + cells[name].count if name in cells else "" for name in IDS)


# What the list of all reports says of a campaign: every page, its state, and every verdict.


def index_of(
    spans: Sequence[Processed],
    planned: Mapping[Key, Report],
    folder: Path,
    words: Words,
    edition: Edition = INTERNAL,
    state: Path | None = None,
) -> str:
    """Make the page that leads to all reports, each with its state and its verdicts.

    Args:
        spans: what was built of it; of a commune into which others came, of each time.
        planned: every page that there shall be.
        folder: where the pages are.
        words: the language.
        edition: the pages'.
        state: the folder with the list of what was made, if it is not that of the pages.
    """
    manifest, processed = Manifest.read(folder, state), spans[-1]
    villages = {code: name for one in spans for code, name in one.villages.items()}
    entries = [
        _entry(key, report, manifest, villages, words)
        for key, report in planned.items()
        if key.notebook != AUDIT
    ]
    newest = processed.quarters[-1]
    names = processed.table("plans").set_index("year")["commune"]
    title = words("index.page.commune", quarter=words.quarter(newest))
    return index_page(
        entries,
        words.language,
        heat=heat_map(pd.concat([_results(one, edition) for one in spans]), words),
        commune=str(names.get(Quarter.parse(newest).year, "")),
        made_up=any(one.is_made_up(quarter) for one in spans for quarter in one.own_quarters),
        edition=edition,
        since=since_then(spans, folder, words, edition),
        crumbs=tuple(_crumbs(processed, folder, words)),
        summary=together(heading(title, 2), _of_commune(processed, newest, words, edition)),
    )


def _crumbs(processed: Processed, folder: Path, words: Words) -> Iterator[tuple[str, str]]:
    """Lead to the page of all communes, to those that this one goes on from, and to its heir."""
    if not processed.commune:
        return
    yield words("communes.page.crumb"), f"../{INDEX}"
    for name, of in (("commune_before", HEIR_OF), ("commune_after", HEIR)):
        for key, commune in processed.manifest.get(of, {}).items():
            if (folder.parent / commune_folder(key) / INDEX).is_file():
                address = f"../{quote(commune_folder(key))}/{INDEX}"
                yield words(f"pages.crumbs.{name}", commune=commune), address


def _results(processed: Processed, edition: Edition) -> pd.DataFrame:
    own = {"quarter": processed.own_quarters}
    quarters = processed.table("quarters")
    if edition != INTERNAL:
        return as_told(processed.table("public_results").assign(certain="yes"), quarters)
    lines = processed.rows("results", own)
    return as_told(lines, quarters, revisions=processed.table("revisions"))


def _of_commune(processed: Processed, quarter: str, words: Words, edition: Edition) -> Table:
    """Show the commune's results of a quarter."""
    if edition == INTERNAL:
        return results_of(processed, quarter, COMMUNE, words.language)
    lines = _results(processed, edition)
    own = lines[(lines["quarter"] == quarter) & (lines["place"] == COMMUNE)]
    return indicator_table(own, None, aims_of(processed, quarter), words, PUBLIC)


def _entry(
    key: Key, report: Report, manifest: Manifest, villages: Mapping[str, str], words: Words
) -> Entry:
    state = state_of(report, manifest)
    if key.notebook not in (VILLAGE, COMMUNE_REPORT):  # it is about no place, and in no row
        return Entry(key.quarter, "", words(f"index.others.{key.notebook}"), report.target, state)
    names = {COMMUNE: words("index.page.whole_commune"), **villages}
    return Entry(key.quarter, key.place, names[key.place], report.target, state)


def state_of(report: Report, manifest: Manifest) -> State:
    """Say how the page of a report stands, by what was made."""
    made = manifest.made.get(report.target)
    if manifest.is_fresh(report.target, report.hash):
        return "fresh"
    if not report.page(manifest.folder).is_file():
        return "missing"
    return "stale" if made is None or made.state == "fresh" else made.state


# The page that sets the communes of a folder side by side, above their lists.


def overview(whole: Processed, folder: Path, words: Words, edition: Edition = INTERNAL) -> str:
    """Make the page that sets the communes side by side, and leads to the reports there are.

    Args:
        whole: the processed tables of a folder of several.
        folder: where the edition's reports are.
        words: the reader's language.
        edition: whose figures it has.
    """
    indexes = {key: f"{commune_folder(key)}/{INDEX}" for key in whole.communes}
    table = _results(whole, edition)
    heat = heat_map(table[table["level"].isin([COMMUNE, ALL])], words)
    quarters = list(reversed(whole.quarters))
    told: dict[str, Any] = {
        **_explained(heat, words),
        "edition": edition,
        "made_up": any(map(whole.is_made_up, whole.quarters)),
        "quarters": quarters,
        "last": {place: quarter for quarter, place in sorted(heat)},
        "places": {ALL: words("communes.all"), **whole.communes},
        "indexes": {key: page for key, page in indexes.items() if (folder / page).is_file()},
        "since": since_then([whole], folder, words, edition),
        "first_lines": _lines_above(heat, quarters[0], whole.communes, words),
    }
    title = words("communes.page.title", quarter=words.quarter(quarters[0]))
    return pages.fill(_FOLDER / "communes.html.j2", title, words.language, **told)


def _lines_above(
    heat: HeatMap, quarter: str, communes: Mapping[str, str], words: Words
) -> list[str]:
    """Say how all of them stand together, and in how many communes work is left."""
    there = [key for key in communes if (quarter, key) in heat]
    counts, behind = _standing(heat, quarter, ALL, there, words)
    number = words.number(len(there))
    quarter = words.quarter(quarter)
    lines = [words("communes.page.all", counts=counts, communes=number, quarter=quarter)]
    if behind is not None:
        behind_of_them = words.number(behind)
        lines.append(words("communes.page.behind", behind=behind_of_them, communes=number))
    return lines
