"""All reports of a campaign: what there shall be, made, and listed in the index."""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout

from campaign_lib.base.editions import INTERNAL, Edition, mode_of
from campaign_lib.base.files import write_text
from campaign_lib.base.quarters import Quarter
from campaign_lib.errors import CampaignError, reason, speaking
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.opening import PROCESSED
from campaign_lib.pipeline.reports.cluster import on_cluster, zipped
from campaign_lib.pipeline.reports.index import Entry, State, index_page
from campaign_lib.pipeline.reports.news import since_then
from campaign_lib.pipeline.reports.planned import COMMUNE_REPORT, WHAT_CHANGED, Key, Planner
from campaign_lib.pipeline.reports.report import (
    AUDIT,
    CHANGES,
    INDEX,
    VIETNAMESE,
    VILLAGE,
    Manifest,
    Report,
    folder_of,
)
from campaign_lib.pipeline.reports.run import Maker, ProgressLine, make
from campaign_lib.show.display import NOTHING, Passage, Table, heading, paragraph, together
from campaign_lib.show.letter import Letter, write_letter
from campaign_lib.show.tables.heat_map import heat_map
from campaign_lib.show.tables.public import indicator_table
from campaign_lib.store.processed import Processed
from campaign_lib.store.slices import write_slice
from campaign_lib.stories.commune import commune_report
from campaign_lib.stories.telling import aims_of, period, results_of
from campaign_lib.words import Words
from campaign_lib.words.spelling import few_of

# One run at a time in a folder of reports: who comes second waits, and is told for whom.
#
# The lock belongs to the process and goes with it, however it ends: nothing stale is left behind.

_LOCK, _HOLDER = ".lock", ".running.json"
_LOOK_AGAIN = 0.5  # seconds


@contextmanager
def one_at_a_time(folder: Path, tell: Callable[[int, str], None]) -> Iterator[None]:
    """Hold a folder while the block runs; wait for another run that holds it.

    Args:
        folder: the reports folder; made where it is missing.
        tell: is told once, before waiting, the other's process number and when it began.

    Raises:
        CampaignError: the folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / _LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            tell(*_holder(folder))
            lock.acquire(poll_interval=_LOOK_AGAIN)
    except OSError as error:
        raise CampaignError("reports.folder", folder=folder, detail=reason(error)) from error
    try:
        began = datetime.now().isoformat(sep=" ", timespec="seconds")
        write_text(folder / _HOLDER, json.dumps({"process": os.getpid(), "began": began}))
        yield
    finally:
        (folder / _HOLDER).unlink(missing_ok=True)
        lock.release()


def _holder(folder: Path) -> tuple[int, str]:
    """Say which process holds the folder, and since when; 0 and "" if it has not said so yet."""
    try:
        told = json.loads((folder / _HOLDER).read_bytes())
        return int(told["process"]), str(told["began"])
    except (OSError, ValueError, KeyError):
        return 0, ""


# The commune's quarterly report as a Word document, beside its page.

#: The letter has a head of its own; drawings stay on the page, their numbers are in tables; and
#: versions of libraries are of no use to whom it is sent to.
_ON_THE_PAGE_ONLY = frozenset({"first_screen", "progress", "trend", "built_from"})


def word_file(folder: Path, quarter: str) -> Path:
    """Say where a quarter's document is, in the edition's folder."""
    return folder / quarter / "commune.docx"


def write_word(
    processed: Processed, quarter: str, folder: Path, words: Words, edition: Edition
) -> Path:
    """Write a quarter's report of the commune as `<quarter>/commune.docx`.

    Args:
        processed: what was built.
        quarter: one that has results.
        folder: of the edition's reports.
        words: the language.
        edition: whose figures it has; lists of households stay out of either.

    Returns:
        The file.

    Raises:
        CampaignError: the file cannot be written.
    """
    report = commune_report(processed, quarter, words.language, edition)
    path = word_file(folder, quarter)
    text = [passage for name, passage in report.sections() if name not in _ON_THE_PAGE_ONLY]
    before = [_made_up(report.data.plan, words), period(report.data.days, words)]
    letter = _letter(report.data.plan, report.title, words.quarter(quarter), words)
    write_letter(path, letter, [*before, report.bottom_line(), *text], words, mode_of(edition))
    return path


def _made_up(plan: Any, words: Words) -> Passage:
    made_up = plan is not None and plan["illustrative"]
    return paragraph(words("masthead.made_up")) if made_up else NOTHING


def _letter(plan: Any, title: str, quarter: str, words: Words) -> Letter:
    """Fill the head in; without a plan nobody knows who issues it, and dots are left."""
    names = dict.fromkeys(("district", "commune"), words("letter.blank"))
    if plan is not None:
        names = {name: str(plan[name]) for name in names}
    return Letter(
        above=words("letter.above", district=names["district"].upper()),
        issuer=words("letter.issuer", commune=names["commune"].upper()),
        place=names["commune"],
        subject=words("letter.subject", quarter=quarter),
        title=title,
    )


# What the list of all reports says of a campaign: every page, its state, and every verdict.

#: Pages that are about a place, and stand in its row.
_OF_A_PLACE = frozenset({VILLAGE, COMMUNE_REPORT})


def index_of(
    processed: Processed,
    planned: Mapping[Key, Report],
    folder: Path,
    words: Words,
    edition: Edition = INTERNAL,
) -> str:
    """Make the page that leads to all reports, each with its state and its verdicts."""
    manifest = Manifest.read(folder)
    entries = [
        _entry(key, report, _state(report, manifest), processed, words)
        for key, report in planned.items()
        if key.notebook != AUDIT
    ]
    newest = processed.quarters[-1]
    title = words("index.page.commune", quarter=words.quarter(newest))
    return index_page(
        entries,
        words.language,
        heat=heat_map(_results(processed, edition), words),
        commune=_commune(processed, newest),
        made_up=any(map(processed.is_made_up, processed.quarters)),
        edition=edition,
        since=since_then(processed, folder, words, edition),
        crumbs=((words("communes.page.crumb"), f"../{INDEX}"),) if processed.commune else (),
        summary=together(heading(title, 2), _of_commune(processed, newest, words, edition)),
    )


def _results(processed: Processed, edition: Edition) -> pd.DataFrame:
    if edition == INTERNAL:
        return processed.results
    return processed.table("public_results").assign(certain="yes")


def _of_commune(processed: Processed, quarter: str, words: Words, edition: Edition) -> Table:
    """Show the commune's results of a quarter."""
    if edition == INTERNAL:
        return results_of(processed, quarter, COMMUNE, words.language)
    lines = processed.table("public_results")
    own = lines[(lines["quarter"] == quarter) & (lines["place"] == COMMUNE)]
    return indicator_table(own, aims_of(processed, quarter), words)


def _entry(key: Key, report: Report, state: State, processed: Processed, words: Words) -> Entry:
    if key.notebook not in _OF_A_PLACE:
        name = words(f"index.others.{key.notebook}")
        return Entry(key.quarter, "", name, report.target, state)
    names = {COMMUNE: words("index.page.whole_commune"), **processed.villages}
    return Entry(key.quarter, key.place, names[key.place], report.target, state)


def _state(report: Report, manifest: Manifest) -> State:
    if manifest.is_fresh(report.target, report.hash):
        return "fresh"
    if not report.page(manifest.folder).is_file():
        return "missing"
    made = manifest.made.get(report.target)
    return "failed" if made is not None and made.state == "failed" else "stale"


def _commune(processed: Processed, quarter: str) -> str:
    """Name the commune as the plan of the quarter's year does; "" where there is none."""
    names = processed.table("plans").set_index("year")["commune"]
    return str(names.get(Quarter.parse(quarter).year, ""))


@dataclass(frozen=True)
class Wish:
    """Which reports to make, and how.

    Attributes:
        quarters: only these; all when empty.
        villages: only pages about these, by code or name; all pages when empty.
        language: of the reports, vi or en.
        edition: internal, or public: that lands in a folder of its own.
        force: make those that are up to date, too.
        word: write the commune's quarterly report as a Word document, too.
        jobs: how many to make at once.
        scheduler: the address of a Dask scheduler whose workers make them; "" is this machine.
    """

    quarters: Sequence[str] = ()
    villages: Sequence[str] = ()
    language: str = VIETNAMESE
    edition: Edition = INTERNAL
    force: bool = False
    word: bool = False
    jobs: int = 1
    scheduler: str = ""


def make_reports(processed: Processed, reports: Path, wish: Wish) -> int:
    """Bring the reports up to date, and list all of them in the index.

    Another run in the same folder is waited for; each of several communes has a folder of its own.

    Returns:
        How many of them failed.

    Raises:
        CampaignError: no such village, quarter or language, no scheduler, or a file cannot be
            written.
    """
    quarters = _quarters(processed, wish)
    words, aloud = Words(wish.language), Words(speaking() or wish.language)
    folder = folder_of(reports, wish.edition, processed.commune)
    planned, chosen = _planned(processed, folder, words, wish)

    def wait_for(process: int, began: str) -> None:
        _tell(aloud("pages.progress.waiting", process=str(process), began=began))

    with one_at_a_time(folder, wait_for):
        outcomes = make(
            list(chosen),
            folder,
            jobs=wish.jobs,
            force=wish.force,
            progress=ProgressLine(aloud.language),
            environment={PROCESSED: str(processed.folder.resolve())},
            maker=_elsewhere(wish.scheduler, processed, chosen) if wish.scheduler else None,
        )
        remade = {chosen[one.report] for one in outcomes if one.built and one.state == "fresh"}
        for quarter in sorted(quarters if wish.word else _with_letters(remade, folder)):
            write_word(processed, quarter, folder, words, wish.edition)
        _write_index(processed, planned, folder, words, wish.edition)
    _tell_of_orphans(folder, planned.values(), aloud)
    return sum(outcome.state == "failed" for outcome in outcomes)


def _quarters(processed: Processed, wish: Wish) -> Set[str]:
    return {processed.known_quarter(code) for code in wish.quarters or processed.quarters}


def _planned(
    processed: Processed, folder: Path, words: Words, wish: Wish
) -> tuple[dict[Key, Report], dict[Report, Key]]:
    """Give every page that there shall be, and those that are asked for.

    A page leads back to others only if they are there, or are made with it.
    """
    places = {known_village(processed, name) for name in wish.villages}
    quarters = _quarters(processed, wish)

    def is_asked(key: Key) -> bool:
        return key.quarter in quarters and (key.place in places or not places)

    planner = Planner(processed, words, wish.edition)
    planned = planner.all(lambda key: is_asked(key) or (folder / key.target).is_file())
    chosen = {report: key for key, report in planned.items() if is_asked(key)}
    return planned, chosen | _differences(planner, processed.quarters[-1])


def _write_index(
    processed: Processed,
    planned: Mapping[Key, Report],
    folder: Path,
    words: Words,
    edition: Edition,
) -> None:
    index = index_of(processed, planned, folder, words, edition)
    write_text(folder / INDEX, index, mode_of(edition))


def _differences(planner: Planner, newest: str) -> dict[Report, Key]:
    """Give the page of what changed since the build before, if one is kept."""
    page = planner.changes()
    return {} if page is None else {page: Key(WHAT_CHANGED, COMMUNE, newest)}


def _tell_of_orphans(folder: Path, planned: Iterable[Report], words: Words) -> None:
    """Name the pages of villages that are gone: the folder may be somebody's archive."""
    known = {CHANGES, *(report.target for report in planned)}
    if orphans := Manifest.read(folder).made.keys() - known:
        _tell(words("pages.progress.orphans", pages=words.listed(sorted(orphans))))


def _with_letters(keys: Iterable[Key], folder: Path) -> set[str]:
    """Name the quarters whose commune page was made anew beside a Word document of it.

    A document that somebody asked for once follows its page, or it would be sent with old figures.
    """
    reports = (key for key in keys if key.notebook == COMMUNE_REPORT)
    return {key.quarter for key in reports if word_file(folder, key.quarter).exists()}


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _elsewhere(address: str, processed: Processed, keys: Mapping[Report, Key]) -> Maker:
    """Have reports made by a cluster's workers, each with the data that it reads."""

    def pack(report: Report) -> bytes:
        key = keys[report]
        if key.notebook != VILLAGE:
            return zipped(processed.folder)
        with tempfile.TemporaryDirectory(prefix="campaign-") as name:
            write_slice(processed, key.place, key.quarter, Path(name))
            return zipped(Path(name))

    return partial(on_cluster, address, pack)


def known_village(processed: Processed, name: str) -> str:
    """Give a village's code; raises CampaignError where it is none, as `make_reports` does."""
    try:
        code = processed.known_place(name)
    except CampaignError:
        code = COMMUNE  # no village either: what is known here leaves the commune out
    if code == COMMUNE:
        raise CampaignError("asked.village", name=repr(name), known=few_of(processed.villages))
    return code
