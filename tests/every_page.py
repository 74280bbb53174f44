"""One page of every kind: made once, looked at by many tests."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from campaign_lib.base.editions import EDITIONS, INTERNAL, Edition
from campaign_lib.base.files import write_text
from campaign_lib.base.quarters import Quarter
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.build import build
from campaign_lib.pipeline.opening import PROCESSED
from campaign_lib.pipeline.reports.index import index_of
from campaign_lib.pipeline.reports.planned import KINDS, PUBLIC_PAGES, WHAT_CHANGED, Key, Planner
from campaign_lib.pipeline.reports.report import AUDIT, CHANGES, INDEX, VILLAGE, Report, folder_of
from campaign_lib.pipeline.reports.run import make, write_page
from campaign_lib.store.processed import Processed
from campaign_lib.store.snapshots import Locks
from campaign_lib.words import LANGUAGES, Words
from campaign_sample import write_sample

QUARTERS = tuple(Quarter(2024, number) for number in (1, 2, 3, 4))
YEARS_BEFORE = 1
TODAY = date(2025, 2, 1)

#: An audit's page is about a village or about the commune, and looks different.
COMMUNES_AUDIT = f"{AUDIT}-{COMMUNE}"
#: Made by `campaign audit --html`: one figure, with the widest of all tables.
ALONE = "audit_indicator"
#: Of these there is one page, whatever the quarter.
_FIXED = ("index", WHAT_CHANGED, ALONE)
#: A page's language, edition and kind.
Which = tuple[str, Edition, str]
EVERY_PAGE: list[Which] = [
    (language, edition, kind)
    for language in LANGUAGES
    for edition in EDITIONS
    for kind in (*_FIXED, VILLAGE, AUDIT, COMMUNES_AUDIT, *(one.notebook for one in KINDS))
    if edition == INTERNAL or kind in PUBLIC_PAGES | {"index"}
]

#: What `make test` looks at; the other language has the same pages, and is left to the slow tests.
EACH_PAGE = [
    pytest.param(which, id="-".join(which), marks=[pytest.mark.slow] if which[0] != "vi" else [])
    for which in EVERY_PAGE
]


def make_sample(data: Path) -> None:
    """Build a small campaign that has every kind of page."""
    write_sample(data, 3, 60, QUARTERS, 1, YEARS_BEFORE)
    build(data, TODAY)
    # A quarter that was sent, and an answer that was corrected afterwards: pages tell of both.
    Locks(data).lock(Processed(data / "processed"), str(QUARTERS[-1]), TODAY, force=False)
    survey = data / "raw" / "survey" / f"{QUARTERS[-1]}.csv"
    text = survey.read_text(encoding="utf-8")
    survey.write_text(text.replace(",cooperative,", ",none,"), encoding="utf-8")
    build(data, TODAY)


def make_pages(processed: Processed, reports: Path, words: Words, edition: Edition) -> None:
    """Make one page of every kind, and the list of reports."""
    folder = folder_of(reports, edition)
    planned = (planner := Planner(processed, words, edition)).all()
    environment = {PROCESSED: str(processed.folder)}
    wanted = [*one_of_each(planned).values(), *filter(None, [planner.changes()])]
    outcomes = make(wanted, folder, jobs=2, environment=environment)
    failed = {o.report.target: o.error for o in outcomes if o.state != "fresh"}
    assert not failed, failed
    write_text(folder / INDEX, index_of([processed], planned, folder, words, edition))
    if edition == INTERNAL:
        asked = {"indicator": "poverty_reduction", "place": COMMUNE}
        asked |= {"quarter": processed.quarters[-1], "language": words.language}
        write_page(folder / f"{ALONE}.html", ALONE, asked, ALONE, processed.folder)


def one_of_each(planned: Mapping[Key, Report]) -> dict[str, Report]:
    """Choose, of each kind, the newest page; of inspections, the one of a third quarter.

    There households were visited; elsewhere the page names those to visit, and has no figure.
    """
    newest_last = sorted(
        planned,
        key=lambda key: (key.notebook != "inspection" or key.quarter[-2:] == "Q3", key.quarter),
    )
    return {kind_of(key): planned[key] for key in newest_last}


def kind_of(key: Key) -> str:
    of_commune = key.notebook == AUDIT and key.place == COMMUNE
    return COMMUNES_AUDIT if of_commune else key.notebook


def place_of(processed: Processed, reports: Path, which: Which) -> Path:
    """Say where a page is that `make_pages` has made."""
    language, edition, kind = which
    folder = folder_of(reports, edition)
    if kind in _FIXED:
        return folder / (CHANGES if kind == WHAT_CHANGED else f"{kind}.html")
    return one_of_each(Planner(processed, Words(language), edition).all())[kind].page(folder)
