"""Make many reports: skip what is fresh, share out the rest, remember what was made.

Each is run, rendered and written by itself; where that fails, its own page says so.
"""

import json
import logging
import multiprocessing
import os
import re
import signal
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from campaign_lib.base.editions import PRIVATE, PUBLIC, mode_of
from campaign_lib.base.files import write_text
from campaign_lib.errors import LANGUAGE, CampaignError, reason, speaking
from campaign_lib.pipeline import engine
from campaign_lib.pipeline.engine import NotebookFailed, TimeLimitReached, find_notebook
from campaign_lib.pipeline.opening import PROCESSED
from campaign_lib.pipeline.reports.report import Made, Manifest, Report, State, address_of
from campaign_lib.show import pages
from campaign_lib.words import Words
from campaign_lib.words.progress import HowFar

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: Of an error's own text a page shows this much; the file beside it has all.
_LONGEST_ERROR = 300


@dataclass(frozen=True)
class Outcome:
    """What became of one report.

    Attributes:
        report: which one.
        state: ``fresh`` or ``failed``.
        seconds: how long it took (0 if it was not built).
        built: False if it was fresh already.
        error: why it failed, in a sentence in the report's language.
        rows: how many rows its tables have (0 if it was not built, or failed).
    """

    report: Report
    state: State
    seconds: float = 0.0
    built: bool = True
    error: str = ""
    rows: int = 0


@dataclass(frozen=True)
class Setting:
    """What all reports of a run have in common.

    Attributes:
        folder: the reports folder.
        time_limit: seconds for one notebook.
        environment: variables for the kernels, in addition to the process's own.
        nursery: where kernels are forked; None where they are ordinary ones.
    """

    folder: Path
    time_limit: float
    environment: Mapping[str, str]
    nursery: Path | None = None


def build(report: Report, setting: Setting) -> Outcome:
    """Make one report's page; whatever goes wrong stays with this report.

    Returns:
        The outcome; a failed one has left a page that says so, and two files beside it.
    """
    start = time.perf_counter()
    try:
        notebook = engine.run_notebook(
            report.notebook,
            report.parameters,
            time_limit=setting.time_limit,
            environment={**setting.environment, LANGUAGE: report.language},
            nursery=setting.nursery,
        )
        page = pages.export(
            notebook,
            report.title,
            report.language,
            crumbs=report.crumbs,
            resolve=partial(address_of, here=report.target, edition=report.edition),
        )
        write_text(report.page(setting.folder), page, mode_of(report.edition))
    except Exception as error:
        sentence = _leave_word(report, setting.folder, *_explain(error, report, setting))
        return Outcome(report, "failed", time.perf_counter() - start, error=sentence)
    for leftover in report.leftovers(setting.folder):
        leftover.unlink(missing_ok=True)
    return Outcome(report, "fresh", time.perf_counter() - start, rows=page.count("<tr"))


def lost(report: Report, setting: Setting) -> Outcome:
    """Tell of a report whose process ended without a word."""
    sentence = Words(report.language)("pages.why.lost")
    return Outcome(report, "failed", error=_leave_word(report, setting.folder, sentence, sentence))


def _explain(
    error: Exception, report: Report, setting: Setting
) -> "tuple[str, str, NotebookNode | None]":
    """Find the sentence for a failure, and everything that helps to find its cause."""
    words = Words(report.language)
    if report.edition == PUBLIC:  # an error may repeat what a household said
        return words("pages.why.public"), "", None
    if isinstance(error, TimeLimitReached):
        limit = words.number(round(setting.time_limit))
        return words("pages.why.time_limit", seconds=limit), str(error), error.notebook
    if isinstance(error, NotebookFailed):
        sentence = _sentence(words, error.error_name, error.error_value)
        return sentence, f"{error}\n\n{error.traceback}", error.notebook
    text = "".join(traceback.format_exception(error))
    if isinstance(error, CampaignError):
        return error.said(words.language), text, None
    return _sentence(words, type(error).__name__, str(error)), text, None


def _sentence(words: Words, name: str, value: str) -> str:
    """A mistake of the user's is a sentence in its language already; others are named by one."""
    if name == CampaignError.__name__ and value:
        return value
    short = " ".join(value.split())
    if len(short) > _LONGEST_ERROR:
        short = f"{short[:_LONGEST_ERROR]} …"
    if not short:
        return words("pages.why.error_without_text", name=name)
    return words("pages.why.error", name=name, value=short)


def _leave_word(
    report: Report,
    folder: Path,
    sentence: str,
    cause: str,
    failed: "NotebookNode | None" = None,
) -> str:
    """Put a page in the report's place that says what happened, and the details beside it."""
    import nbformat

    notebook, text = report.leftovers(folder)
    details = {}
    # The outcome tells of the failure, also where the disk is full or the page is locked.
    with suppress(CampaignError):
        if cause:
            write_text(text, f"{report.title}\n{dict(report.parameters)}\n\n{cause}\n")
            details = {"traceback": text}
        notebook.unlink(missing_ok=True)
        if failed is not None:
            write_text(notebook, nbformat.writes(failed))  # type: ignore[no-untyped-call]
            details = {"notebook": notebook, **details}
        page = pages.fill(
            Path(__file__).with_name("failed.html.j2"),
            report.title,
            report.language,
            crumbs=report.crumbs,
            sentence=sentence,
            details={key: (path.name, quote(path.name)) for key, path in details.items()},
        )
        write_text(report.page(folder), page, mode_of(report.edition))
    return sentence


# Processes that make several reports at once; none of them outlives the run.

Builder = Callable[[Report, Setting], Outcome]

#: A worker that is making a report has this long to take its kernel down when it must end.
_STOP_LIMIT = 5.0
#: Held by a worker while it makes a report.
_busy = threading.Lock()


def at_once(
    reports: Sequence[Report],
    setting: Setting,
    jobs: int,
    builder: Builder = build,
    *,
    is_last_try: bool = False,
) -> Generator[Outcome, None, None]:
    """Make several at once, each in a process of its own; yields them as they are ready.

    A process that dies takes its whole pool with it, and nobody knows whose report it was. Those
    that were being made are made again at the end, each in a pool of its own.
    """
    broken: list[Report] = []
    for report, future in _ready(reports, setting, jobs, builder):
        try:
            yield future.result()
        except BrokenProcessPool:
            broken.append(report)
    for report in broken:
        if is_last_try:
            yield lost(report, setting)
        else:
            yield from at_once([report], setting, 1, builder, is_last_try=True)


def _ready(
    reports: Sequence[Report], setting: Setting, jobs: int, builder: Builder
) -> Generator[tuple[Report, Future[Outcome]], None, None]:
    """Hand reports to a pool and yield each with its finished future.

    As many are handed out as there are workers, no more: what a pool holds in its queue would
    still be made after Ctrl-C.
    """
    pool = _pool(jobs)
    try:
        waiting = iter(reports)
        running: dict[Future[Outcome], Report] = {}
        while True:
            for report in islice(waiting, jobs - len(running)):
                try:
                    future = _submit(pool, builder, report, setting)
                except BrokenProcessPool:
                    pool = _pool(jobs)
                    future = _submit(pool, builder, report, setting)
                running[future] = report
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), future
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _pool(jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        max_workers=jobs,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_prepare_worker,
    )


@contextmanager
def _on_interrupt(handler: Any) -> Iterator[None]:
    """Answer Ctrl-C so while the block runs; only a process's main thread has a say in it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _submit(
    pool: ProcessPoolExecutor, builder: Builder, report: Report, setting: Setting
) -> Future[Outcome]:
    """Hand a report to a pool; a worker started by that is deaf to Ctrl-C from its first moment."""
    with _on_interrupt(signal.SIG_IGN):
        return pool.submit(_interruptible, builder, report, setting)


def _prepare_worker() -> None:
    """Let a worker that has nothing to do be ended by the pool, not by Ctrl-C; and let it be quiet.

    After Ctrl-C asyncio tells of tasks of the kernel's client that were not waited for.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Stop a worker whose pool was killed: it would wait for the next report for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGINT)
        _busy.acquire(timeout=_STOP_LIMIT)
        os._exit(1)


def _interruptible(builder: Builder, report: Report, setting: Setting) -> Outcome:
    """Make a report in a worker; Ctrl-C stops it in a way that takes its kernel down too."""
    with _busy, _on_interrupt(signal.default_int_handler):
        return builder(report, setting)


# What each run did, a line of JSON per report, for whoever looks after many villages.

FILE = "runs.jsonl"


def _log(manifest: Manifest, run: str, outcome: Outcome) -> None:
    """Add what became of one report to `runs.jsonl` beside its manifest, at once and whole.

    Raises:
        CampaignError: the log cannot be written.
    """
    path, report = manifest.home / FILE, outcome.report
    line = {
        "run": run,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "report": f"{manifest.below}{report.target}",
        "parameters": dict(report.parameters),
        "outcome": outcome.state if outcome.built else "kept",
        "seconds": round(outcome.seconds, 3),
        "rows_in": report.rows,
        "rows_out": outcome.rows,
        "error": outcome.error,
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "a", encoding="utf-8", opener=_privately) as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError as error:
        raise CampaignError("reports.log", file=path, detail=reason(error)) from error


def _privately(path: str, flags: int) -> int:
    """Open the log so that no other user may read it: an error's text may repeat an answer."""
    return os.open(path, flags, PRIVATE)


Listener = Callable[[HowFar], None]
Maker = Callable[[Sequence[Report], Setting], Generator[Outcome, None, None]]

#: Seconds that one notebook may take; ordinary ones take a few.
TIME_LIMIT = 600.0

#: The manifest is written at most this often (and at the end): a killed run loses little by it.
_BETWEEN_WRITES = 2.0

_IMPORT = re.compile(r"^(?:from|import) ([\w.]+)", re.MULTILINE)


def make(
    reports: Sequence[Report],
    folder: Path,
    *,
    state: Path | None = None,
    jobs: int = 1,
    force: bool = False,
    progress: Listener = lambda far: None,
    environment: Mapping[str, str] | None = None,
    time_limit: float = TIME_LIMIT,
    maker: Maker | None = None,
) -> list[Outcome]:
    """Make the reports that are missing, out of date or failed last time.

    One that fails leaves the others alone; a run that is stopped goes on with the next one.

    Args:
        reports: what there shall be; each with a page of its own.
        folder: the reports folder.
        state: where what was made is listed and logged, if not there.
        jobs: how many to make at once; up to 1, in this process.
        force: make the fresh ones too.
        progress: is told how far the run is, at its beginning and after each report.
        environment: variables for the kernels, in addition to this process's own.
        time_limit: seconds for one notebook.
        maker: who makes them, if not this machine.

    Returns:
        The outcomes, in the order of `reports`.

    Raises:
        CampaignError: the manifest or the log cannot be written.
        ValueError: two reports want the same page.
    """
    _check_targets(reports)
    run = _Run(Manifest.read(folder, state), reports, force, progress)
    make_here = partial(_made, jobs=min(jobs, len(run.waiting)))
    setting = Setting(folder, time_limit, dict(environment or {}))
    run.follow((maker or make_here)(run.waiting, setting))
    return [run.outcomes[report.target] for report in reports]


def _check_targets(reports: Sequence[Report]) -> None:
    """Compare pages without case, as file systems of Windows and macOS do."""
    counts = Counter(report.target.lower() for report in reports)
    if twice := [target for target, count in counts.items() if count > 1]:
        raise ValueError(f"several reports want the same page: {', '.join(twice)}")


class _Run:
    """Knows what is to be made, notes what was made, and tells the listener.

    Attributes:
        waiting: the reports that are not fresh.
        outcomes: by page, of all reports that are done.
    """

    def __init__(
        self,
        manifest: Manifest,
        reports: Sequence[Report],
        force: bool,
        listener: Listener,
    ) -> None:
        fresh = [r for r in reports if not force and manifest.is_fresh(r.target, r.hash)]
        self.outcomes = {r.target: Outcome(r, "fresh", built=False) for r in fresh}
        self.waiting = [report for report in reports if report.target not in self.outcomes]
        self._manifest, self._listener = manifest, listener
        self._kept, self._start = len(fresh), time.monotonic()
        self._states: Counter[str] = Counter()

    def follow(self, source: Generator[Outcome, None, None]) -> None:
        """Note outcomes as they come; however it ends, the manifest tells of them."""
        # Nobody may take a page that is about to be replaced, or half is, for a fresh one.
        for report in self.waiting:
            self._manifest.made.pop(report.target, None)
        self._manifest.write()
        begun, written = datetime.now(UTC).isoformat(timespec="seconds"), time.monotonic()
        for outcome in self.outcomes.values():
            _log(self._manifest, begun, outcome)
        self._tell()
        try:
            with closing(source):
                for outcome in source:
                    self.outcomes[outcome.report.target] = outcome
                    self._manifest.made[outcome.report.target] = _line_of(outcome)
                    _log(self._manifest, begun, outcome)
                    self._states[outcome.state] += 1
                    if time.monotonic() - written >= _BETWEEN_WRITES:
                        self._manifest.write()
                        written = time.monotonic()
                    self._tell()
        finally:
            self._manifest.write()

    def _tell(self) -> None:
        self._listener(
            HowFar(
                built=self._states["fresh"],
                failed=self._states["failed"],
                kept=self._kept,
                left=len(self.waiting) - self._states.total(),
                seconds=time.monotonic() - self._start,
            )
        )


def _line_of(outcome: Outcome) -> Made:
    report = outcome.report
    return Made(
        title=report.title,
        notebook=report.notebook.name,
        parameters=dict(report.parameters),
        hash=report.hash,
        state=outcome.state,
        seconds=round(outcome.seconds, 2),
        error=outcome.error,
        figures=dict(report.figures),
        made_from=dict(report.made_from),
    )


def _made(reports: Sequence[Report], setting: Setting, jobs: int) -> Generator[Outcome, None, None]:
    """Make reports, with kernels forked from one nursery; for a single one that is no gain."""
    if not reports[1:]:
        yield from (build(report, setting) for report in reports)
        return
    # Jupyter takes its time to load: not paid where every page is fresh.
    from campaign_lib.pipeline.engine.kernels import ONE_THREAD, open_nursery

    if jobs > 1:
        setting = replace(setting, environment={**ONE_THREAD, **setting.environment})
    # What all stories do first is done once for all kernels.
    imports = [*_imported(reports), "campaign_lib.pipeline.opening:lay_out"]
    with open_nursery(imports, setting.environment) as nursery:
        setting = replace(setting, nursery=nursery)
        if jobs > 1:
            yield from at_once(reports, setting, jobs)
        else:
            yield from (build(report, setting) for report in reports)


def _imported(reports: Sequence[Report]) -> Iterator[str]:
    """Name the modules that the reports' notebooks import, to be imported once for all kernels."""
    for notebook in dict.fromkeys(report.notebook for report in reports):
        with suppress(OSError, ValueError, KeyError):  # what is wrong with it, the report will tell
            for cell in json.loads(notebook.read_bytes())["cells"]:
                if cell["cell_type"] == "code":
                    yield from _IMPORT.findall("".join(cell["source"]))


# One page from a notebook, by itself: outside the folder of reports, and in no list.


def write_page(
    page: Path, notebook: str, parameters: Mapping[str, str], title: str, processed: Path
) -> None:
    """Run a notebook on processed tables as they are, and write its page, whole or not at all.

    Args:
        page: the file.
        notebook: its name, such as ``audit_indicator``.
        parameters: what it is run with; ``language`` is also the page's.
        title: the page's title.
        processed: the folder of processed tables.

    Raises:
        CampaignError: the notebook is not there or refuses its parameters, or the page cannot be
            written.
        NotebookFailed: it has a fault of ours.
    """
    environment = {
        PROCESSED: str(processed.resolve()),
        LANGUAGE: speaking() or parameters["language"],
    }
    path = find_notebook(notebook)
    try:
        ran = engine.run_notebook(path, parameters, time_limit=TIME_LIMIT, environment=environment)
    except NotebookFailed as error:
        if error.error_name == CampaignError.__name__:
            raise CampaignError("reports.page", sentence=error.error_value) from error
        raise
    write_text(page, pages.export(ran, title, parameters["language"]))
