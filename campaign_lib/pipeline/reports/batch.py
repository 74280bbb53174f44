"""All reports of a campaign: what there shall be, made, and listed in the index."""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from campaign_lib.base.editions import INTERNAL, PUBLIC, Edition, mode_of
from campaign_lib.base.files import write_text
from campaign_lib.errors import CampaignError, reason, speaking
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.cluster import on_cluster, zipped
from campaign_lib.pipeline.reports.index import index_of, overview
from campaign_lib.pipeline.reports.planned import WHAT_CHANGED, Key, Planner, listed_in
from campaign_lib.pipeline.reports.report import (
    CHANGES,
    INDEX,
    VIETNAMESE,
    VILLAGE,
    Manifest,
    Report,
    commune_folder,
    folder_of,
    state_folder,
)
from campaign_lib.pipeline.reports.report import FILE as MANIFEST
from campaign_lib.pipeline.reports.run import FILE as RUNS
from campaign_lib.pipeline.reports.run import Maker, Order, Outcome, logged, make_all
from campaign_lib.pipeline.untouched import Kept
from campaign_lib.show.letter import write_letter
from campaign_lib.store.processed import Processed
from campaign_lib.store.query import raw_folder
from campaign_lib.store.slices import write_audited, write_slice
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
    """Write the document beside a page, in the office's own template where it has one.

    That is `raw/letter.docx`, or of several communes `raw/letter-<key>.docx`.

    Args:
        processed: what was built.
        key: the page, of a notebook in `DOCUMENTS`.
        report: what the page is made with.
        folder: of the edition's reports.
        words: the language.

    Returns:
        The file.

    Raises:
        CampaignError: the file cannot be written, or the template cannot be read.
    """
    edition, path = report.edition, word_file(folder, key)
    found = document_of(key.notebook, report.parameters, key.quarter, processed, words, edition)
    parts = [(words(f"letter.part.{name}"), part) for name, part in found.parts]
    own = f"-{commune_folder(processed.commune)}" if processed.commune else ""
    template = raw_folder(processed) / f"letter{own}.docx"
    write_letter(
        path,
        found.letter,
        parts,
        words,
        date.fromisoformat(processed.manifest["today"]),
        mode_of(edition),
        template if template.is_file() else None,
    )
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


def _nobody(kept: Kept) -> None:
    """Note nothing."""


def make_reports(
    whole: Processed, reports: Path, wish: Wish, note: Callable[[Kept], None] = _nobody
) -> int:
    """Bring the reports of each commune up to date, and list all of them in an index.

    Each of several communes has a folder of its own, and above them is a page of all. Another run
    in the same folder is waited for.

    Args:
        whole: the processed tables.
        reports: where the reports are.
        wish: which ones are asked for.
        note: is told what a run has to log that finds all as it is now, where nothing is left to
            do or to say.

    Returns:
        How many of them failed, or sections of them.

    Raises:
        CampaignError: no such commune, village, quarter or language, no scheduler, or a file cannot
            be written.
    """
    _clear_public(reports)
    named = [whole.of_commune(name).commune for name in wish.communes] or list(whole.communes)
    quarters = {whole.known_quarter(code) for code in wish.quarters}
    villages = {known_village(whole, name) for name in wish.villages}
    wishes = {}
    for key in named:
        spans = whole.spans_of(key)
        own = [code for one in spans for code in one.own_quarters]
        mine = replace(
            wish,
            quarters=[code for code in own if code in quarters or not quarters],
            villages=[code for code in villages if any(code in one.villages for one in spans)],
        )
        if mine.quarters and (mine.villages or not villages):
            wishes[key] = mine
    if not wishes:
        raise CampaignError("asked.nothing_there", communes=few_of(named))
    return _make_all(whole, reports, wishes, note)


def _make_all(
    whole: Processed, reports: Path, wishes: Mapping[str, Wish], note: Callable[[Kept], None]
) -> int:
    """Make the reports of some communes, of quarters and villages that each has, in one run."""
    wish = next(iter(wishes.values()))
    aloud, top = Words(speaking() or wish.language), folder_of(reports, wish.edition)

    def wait_for(process: int, began: str) -> None:
        _tell(aloud("pages.progress.waiting", process=str(process), began=began))

    with ExitStack() as held:
        # Whoever runs at the same time takes them in the same order.
        for state in sorted({state_folder(reports, wish.edition, key) for key in wishes}):
            held.enter_context(one_at_a_time(state, wait_for))
        listed = {*wishes, *listed_in(top, whole.communes)}
        own = [_OfCommune(whole.spans_of(key), reports, wishes[key], listed) for key in wishes]
        names = whole.communes if whole.has_all else {}
        orders = [one.order(names.get(key, "")) for key, one in zip(wishes, own, strict=True)]
        line = ProgressLine(aloud.language)
        outcomes = make_all(orders, jobs=wish.jobs, force=wish.force, progress=line)
        for one, made in zip(own, outcomes, strict=True):
            one.finish(made)
        if whole.has_all:
            listed_all = overview(whole, top, Words(wish.language), wish.edition)
            write_text(top / INDEX, listed_all, mode_of(wish.edition))
        told = [_tell_of_orphans(one, aloud) for one in own]
        failed = [
            (one.folder.relative_to(top) / outcome.report.target, outcome)
            for one, made in zip(own, outcomes, strict=True)
            for outcome in made
            if outcome.state != "fresh"
        ]
        if not any([*told, *failed]):
            logs = zip(own, outcomes, strict=True)
            note({"page": str(top / INDEX), "logs": [one.kept(made) for one, made in logs]})
    for page, outcome in failed[:_TOLD]:
        why = "why" if outcome.state == "failed" else "why_in_part"
        _tell(aloud(f"pages.progress.{why}", page=page.as_posix(), reason=outcome.error))
    return len(failed)


class _OfCommune:
    """The reports of one commune: what there shall be, and what follows when they are made.

    It may have been more than one thing, each in its quarters.
    """

    def __init__(
        self, spans: Sequence[Processed], reports: Path, wish: Wish, listed: Collection[str]
    ) -> None:
        self.spans, self.wish, self.words = spans, wish, Words(wish.language)
        self.in_quarter = {code: one for one in spans for code in one.own_quarters}
        commune = spans[-1].commune
        self.folder = folder_of(reports, wish.edition, commune)
        self.state = state_folder(reports, wish.edition, commune)
        self.planned, self.chosen = _planned(spans, self.folder, self.words, wish, listed)

    def order(self, name: str) -> Order:
        """Say what is to be made; `name` is the commune's, where there are several."""
        far = self.wish.scheduler
        return Order(
            list(self.chosen),
            self.folder,
            self.state,
            maker=_elsewhere(far, self.in_quarter, self.chosen) if far else None,
            name=name,
        )

    def finish(self, outcomes: Sequence[Outcome]) -> None:
        """Write documents and the index, after what became of the pages."""
        chosen = self.chosen
        remade = {chosen[one.report] for one in outcomes if one.built and one.state == "fresh"}
        # What takes a section down takes the document down, too.
        unmade = {chosen[one.report] for one in outcomes if one.state != "fresh"}
        for key, report in self.planned.items():
            is_ours = key.notebook in DOCUMENTS and key not in unmade
            if is_ours and _is_written(key, remade, self.folder, self.wish):
                processed = self.in_quarter[key.quarter]
                write_word(processed, key, report, self.folder, self.words)
        told = (self.spans, self.planned, self.folder, self.words, self.wish.edition)
        write_text(self.folder / INDEX, index_of(*told, self.state), mode_of(self.wish.edition))

    def kept(self, outcomes: Sequence[Outcome]) -> tuple[str, list[dict[str, Any]]]:
        """Give the log's file, and what it is told of these pages when they are kept."""
        manifest = Manifest(self.folder, state=self.state)
        kept = [Outcome(one.report, "fresh", built=False) for one in outcomes]
        return str(manifest.home / RUNS), [logged(manifest, one) for one in kept]


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
    spans: Sequence[Processed], folder: Path, words: Words, wish: Wish, listed: Collection[str]
) -> tuple[dict[Key, Report], dict[Report, Key]]:
    """Give every page that there shall be, and those that are asked for.

    A page leads back to others only if they are there, or are made with it.
    """

    def is_asked(key: Key) -> bool:
        return key.quarter in wish.quarters and (key.place in wish.villages or not wish.villages)

    planned: dict[Key, Report] = {}
    for processed in spans:
        planner = Planner(processed, words, wish.edition, listed)
        planned |= planner.all(lambda key: is_asked(key) or (folder / key.target).is_file())
    chosen = {report: key for key, report in planned.items() if is_asked(key)}
    if (changes := planner.changes()) is not None:
        chosen[changes] = Key(WHAT_CHANGED, COMMUNE, processed.quarters[-1])
    return planned, chosen


def _tell_of_orphans(one: _OfCommune, words: Words) -> bool:
    """Name the pages of villages that are gone, if any: the folder may be somebody's archive."""
    known = {CHANGES, *(report.target for report in one.planned.values())}
    orphans = Manifest.read(one.folder, one.state).made.keys() - known
    if orphans:
        _tell(words("pages.progress.orphans", pages=words.listed(sorted(orphans))))
    return bool(orphans)


def _is_written(key: Key, remade: Collection[Key], folder: Path, wish: Wish) -> bool:
    """Say whether a page's document is to be written: it is asked for, or it is there already.

    A document that somebody asked for once follows its page, or it would be sent with old figures.
    """
    if wish.word:
        return key.quarter in wish.quarters
    return key in remade and word_file(folder, key).exists()


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _elsewhere(
    address: str, in_quarter: Mapping[str, Processed], keys: Mapping[Report, Key]
) -> Maker:
    """Have reports made by a cluster's workers, each with the data that it reads."""

    def pack(report: Report) -> bytes:
        key = keys[report]
        processed = in_quarter[key.quarter]
        if key.place == COMMUNE:
            return zipped(processed.folder)
        write = write_slice if key.notebook == VILLAGE else write_audited
        with tempfile.TemporaryDirectory(prefix="campaign-") as name:
            write(processed, key.place, key.quarter, Path(name))
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
