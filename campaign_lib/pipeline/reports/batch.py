"""All reports of a campaign: what there shall be, made, and listed in the index."""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from campaign_lib.base.editions import INTERNAL, PUBLIC, Edition, mode_of
from campaign_lib.base.files import write_text
from campaign_lib.errors import CampaignError, reason, speaking
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.opening import PROCESSED
from campaign_lib.pipeline.reports.cluster import on_cluster, zipped
from campaign_lib.pipeline.reports.index import index_of, overview
from campaign_lib.pipeline.reports.planned import WHAT_CHANGED, Key, Planner
from campaign_lib.pipeline.reports.report import (
    CHANGES,
    INDEX,
    VIETNAMESE,
    VILLAGE,
    Manifest,
    Report,
    folder_of,
    state_folder,
)
from campaign_lib.pipeline.reports.report import FILE as MANIFEST
from campaign_lib.pipeline.reports.run import FILE as RUNS
from campaign_lib.pipeline.reports.run import Maker, make
from campaign_lib.show.letter import write_letter
from campaign_lib.store.processed import Processed
from campaign_lib.store.slices import write_slice
from campaign_lib.stories.documents import DOCUMENTS, document_of
from campaign_lib.words import Words
from campaign_lib.words.progress import ProgressLine
from campaign_lib.words.spelling import few_of

# One run at a time in a folder of reports: who comes second waits, and is told for whom.
#
# The lock belongs to the process and goes with it, however it ends: nothing stale is left behind.

_LOCK, _HOLDER = ".lock", ".running.json"
#: So many failed pages are told with their reasons; the index names all.
_TOLD = 10
#: What a reports folder has beside pages and letters.
_NOT_PUBLIC = (MANIFEST, RUNS, _LOCK, _HOLDER)


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
            lock.acquire(poll_interval=0.5)
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


# What is sent upward as a Word document, beside its page.


def word_file(folder: Path, key: Key) -> Path:
    """Say where a page's document is, in the edition's folder."""
    return (folder / key.target).with_suffix(".docx")


def write_word(processed: Processed, key: Key, report: Report, folder: Path, words: Words) -> Path:
    """Write the document beside a page.

    Args:
        processed: what was built.
        key: the page, of a notebook in `DOCUMENTS`.
        report: what the page is made with.
        folder: of the edition's reports.
        words: the language.

    Returns:
        The file.

    Raises:
        CampaignError: the file cannot be written.
    """
    edition, path = report.edition, word_file(folder, key)
    found = document_of(key.notebook, report.parameters, key.quarter, processed, words, edition)
    parts = [(words(f"letter.part.{name}"), part) for name, part in found.parts]
    write_letter(path, found.letter, parts, words, mode_of(edition))
    return path


@dataclass(frozen=True)
class Wish:
    """Which reports to make, and how.

    Attributes:
        quarters: only these; all when empty.
        villages: only pages about these, by code or name; all pages when empty.
        communes: only of these, by key or name; of all when empty.
        language: of the reports, vi or en.
        edition: internal, or public: that lands in a folder of its own.
        force: make those that are up to date, too.
        word: write what is sent upward as Word documents, too (`DOCUMENTS`).
        jobs: how many to make at once.
        scheduler: the address of a Dask scheduler whose workers make them; "" is this machine.
    """

    quarters: Sequence[str] = ()
    villages: Sequence[str] = ()
    communes: Sequence[str] = field(default=(), kw_only=True)
    language: str = VIETNAMESE
    edition: Edition = INTERNAL
    force: bool = False
    word: bool = False
    jobs: int = 1
    scheduler: str = ""


def make_reports(whole: Processed, reports: Path, wish: Wish) -> int:
    """Bring the reports of each commune up to date, and list all of them in an index.

    Each of several communes has a folder of its own, and above them is a page of all. Another run
    in the same folder is waited for.

    Returns:
        How many of them failed.

    Raises:
        CampaignError: no such commune, village, quarter or language, no scheduler, or a file cannot
            be written.
    """
    _clear_public(reports)
    named = [whole.of_commune(name).commune for name in wish.communes] or list(whole.communes)
    quarters = {whole.known_quarter(code) for code in wish.quarters}
    villages = {known_village(whole, name) for name in wish.villages}
    failed, made = 0, 0
    for key in named:
        own = whole.parts[key]
        mine = replace(
            wish,
            quarters=[code for code in own.quarters if code in quarters or not quarters],
            villages=[code for code in own.villages if code in villages],
        )
        if mine.quarters and (mine.villages or not villages):
            failed, made = failed + _make_own(own, reports, mine), made + 1
    if not made:
        raise CampaignError("asked.nothing_there", communes=few_of(named))
    if whole.has_all:
        folder = folder_of(reports, wish.edition)
        page = overview(whole, folder, Words(wish.language), wish.edition)
        write_text(folder / INDEX, page, mode_of(wish.edition))
    return failed


def _make_own(processed: Processed, reports: Path, wish: Wish) -> int:
    """Make the reports of one commune, of quarters and villages that it has."""
    words, aloud = Words(wish.language), Words(speaking() or wish.language)
    folder = folder_of(reports, wish.edition, processed.commune)
    state = state_folder(reports, wish.edition, processed.commune)
    planned, chosen = _planned(processed, folder, words, wish)

    def wait_for(process: int, began: str) -> None:
        _tell(aloud("pages.progress.waiting", process=str(process), began=began))

    with one_at_a_time(state, wait_for):
        outcomes = make(
            list(chosen),
            folder,
            state=state,
            jobs=wish.jobs,
            force=wish.force,
            progress=ProgressLine(aloud.language),
            environment={PROCESSED: str(processed.folder.resolve())},
            maker=_elsewhere(wish.scheduler, processed, chosen) if wish.scheduler else None,
        )
        remade = {chosen[one.report] for one in outcomes if one.built and one.state == "fresh"}
        for key, report in planned.items():
            if key.notebook in DOCUMENTS and _is_written(key, remade, folder, wish):
                write_word(processed, key, report, folder, words)
        index = index_of(processed, planned, folder, words, wish.edition, state)
        write_text(folder / INDEX, index, mode_of(wish.edition))
    _tell_of_orphans(Manifest.read(folder, state), planned.values(), aloud)
    failed = [outcome for outcome in outcomes if outcome.state == "failed"]
    for one in failed[:_TOLD]:
        _tell(aloud("pages.progress.why", page=one.report.target, reason=one.error))
    return len(failed)


def _clear_public(reports: Path) -> None:
    """Take away what versions before 0.2 left in the public folder beside pages and letters.

    Raises:
        CampaignError: it cannot be taken away.
    """
    public = folder_of(reports, PUBLIC)
    try:
        for folder in (public, *public.glob("*/")):
            for name in _NOT_PUBLIC:
                (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise CampaignError("reports.folder", folder=public, detail=reason(error)) from error


def _planned(
    processed: Processed, folder: Path, words: Words, wish: Wish
) -> tuple[dict[Key, Report], dict[Report, Key]]:
    """Give every page that there shall be, and those that are asked for.

    A page leads back to others only if they are there, or are made with it.
    """

    def is_asked(key: Key) -> bool:
        return key.quarter in wish.quarters and (key.place in wish.villages or not wish.villages)

    planner = Planner(processed, words, wish.edition)
    planned = planner.all(lambda key: is_asked(key) or (folder / key.target).is_file())
    chosen = {report: key for key, report in planned.items() if is_asked(key)}
    changes = planner.changes()
    if changes is not None:
        chosen[changes] = Key(WHAT_CHANGED, COMMUNE, processed.quarters[-1])
    return planned, chosen


def _tell_of_orphans(manifest: Manifest, planned: Iterable[Report], words: Words) -> None:
    """Name the pages of villages that are gone: the folder may be somebody's archive."""
    known = {CHANGES, *(report.target for report in planned)}
    if orphans := manifest.made.keys() - known:
        _tell(words("pages.progress.orphans", pages=words.listed(sorted(orphans))))


def _is_written(key: Key, remade: Collection[Key], folder: Path, wish: Wish) -> bool:
    """Say whether a page's document is to be written: it is asked for, or it is there already.

    A document that somebody asked for once follows its page, or it would be sent with old figures.
    """
    if wish.word:
        return key.quarter in wish.quarters
    return key in remade and word_file(folder, key).exists()


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
