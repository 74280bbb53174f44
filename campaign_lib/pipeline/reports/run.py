"""Make many reports: skip what is fresh, share out the rest, remember what was made."""

import json
import logging
import multiprocessing
import os
import re
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

from campaign_lib.base.editions import PRIVATE
from campaign_lib.base.files import write_text
from campaign_lib.errors import LANGUAGE, CampaignError, reason, speaking
from campaign_lib.pipeline.engine import NotebookFailed, run_notebook
from campaign_lib.pipeline.engine.kernels import ONE_THREAD, open_nursery
from campaign_lib.pipeline.notebooks import find_notebook
from campaign_lib.pipeline.opening import PROCESSED
from campaign_lib.pipeline.reports.one import Outcome, Setting, build, lost
from campaign_lib.pipeline.reports.report import Made, Manifest, Report
from campaign_lib.show.pages import export
from campaign_lib.words import Words

# Processes that make several reports at once; none of them outlives the run.

Builder = Callable[[Report, Setting], Outcome]

#: A worker that is making a report has this long to take its kernel down when it must end.
_STOP_LIMIT = 5.0
#: Held by a worker while it makes a report.
_busy = threading.Lock()


def at_once(
    reports: Sequence[Report], setting: Setting, jobs: int, builder: Builder = build
) -> Generator[Outcome, None, None]:
    """Make several at once, each in a process of its own; yields them as they are ready.

    A process that dies takes its whole pool with it, and nobody knows whose report it was. Those
    that were being made are made again at the end, each in a pool of its own.
    """
    again: list[Report] = []
    for report, future in _ready(reports, setting, jobs, builder):
        try:
            yield future.result()
        except BrokenProcessPool:
            again.append(report)
    for report in again:
        for _, future in _ready([report], setting, 1, builder):
            try:
                yield future.result()
            except BrokenProcessPool:
                yield lost(report, setting)


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


def _submit(
    pool: ProcessPoolExecutor, builder: Builder, report: Report, setting: Setting
) -> Future[Outcome]:
    """Hand a report to a pool; a worker started by that is deaf to Ctrl-C from its first moment."""
    if threading.current_thread() is not threading.main_thread():
        return pool.submit(_interruptible, builder, report, setting)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return pool.submit(_interruptible, builder, report, setting)
    finally:
        signal.signal(signal.SIGINT, before)


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
    with _busy:
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return builder(report, setting)
        finally:
            signal.signal(signal.SIGINT, before)


# What each run did, a line of JSON per report, for whoever looks after many villages.

FILE = "runs.jsonl"


class RunLog:
    """Adds lines to `runs.jsonl` in the reports folder; each line is written at once and whole."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._run = datetime.now(UTC).isoformat(timespec="seconds")

    def add(self, outcome: Outcome) -> None:
        """Note what became of one report.

        Raises:
            CampaignError: the log cannot be written.
        """
        report = outcome.report
        line = {
            "run": self._run,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "report": report.target,
            "parameters": dict(report.parameters),
            "outcome": outcome.state if outcome.built else "kept",
            "seconds": round(outcome.seconds, 3),
            "rows_in": report.rows,
            "rows_out": outcome.rows,
            "error": outcome.error,
        }
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with open(self._path, "a", encoding="utf-8", opener=_privately) as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise CampaignError("reports.log", file=self._path, detail=reason(error)) from error


def _privately(path: str, flags: int) -> int:
    """Open the log so that no other user may read it: an error's text may repeat an answer."""
    return os.open(path, flags, PRIVATE)


# One line that tells how far a run is.

#: Beyond this a time is told in minutes.
_SECONDS_AT_MOST = 90
#: Plain lines (in a file, say) are at least this many seconds apart.
_BETWEEN_LINES = 5.0


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        built: reports made in this run.
        failed: reports that failed in this run.
        kept: reports that were fresh already.
        left: reports still to come.
        seconds: since the run began.
    """

    built: int
    failed: int
    kept: int
    left: int
    seconds: float

    @property
    def seconds_to_go(self) -> float | None:
        """A guess from the reports of this run (None before the first)."""
        tried = self.built + self.failed
        return self.seconds / tried * self.left if tried else None


Listener = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """Listen, and say nothing."""


class ProgressLine:
    """Writes progress for a person: one line that changes, or plain lines where none can."""

    def __init__(
        self,
        language: str,
        stream: TextIO | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._words = Words(language)
        self._stream = sys.stderr if stream is None else stream
        self._now = now
        self._last: float | None = None
        self._width = 0

    def __call__(self, progress: Progress) -> None:
        """Show how far the run is; with nothing left, sum it up."""
        if not progress.left:
            self._put(self._sum(progress), end="\n")
        elif self._stream.isatty():
            self._put(self._line(progress))
        elif self._last is None or self._now() - self._last >= _BETWEEN_LINES:
            self._last = self._now()
            self._put(self._line(progress), end="\n")

    def _put(self, line: str, end: str = "") -> None:
        if self._stream.isatty():
            line, self._width = "\r" + line.ljust(self._width), len(line)
        self._stream.write(line + end)
        self._stream.flush()

    def _line(self, progress: Progress) -> str:
        done = progress.built + progress.kept
        counts = {
            "done": self._words.number(done),
            "all": self._words.number(done + progress.failed + progress.left),
            "failed": self._words.number(progress.failed),
            "left": self._words.number(progress.left),
        }
        if progress.seconds_to_go is None:
            return self._words("pages.progress.line_at_first", **counts)
        return self._words("pages.progress.line", time=self._time(progress.seconds_to_go), **counts)

    def _sum(self, progress: Progress) -> str:
        return self._words(
            "pages.progress.end",
            built=self._words.number(progress.built),
            kept=self._words.number(progress.kept),
            failed=self._words.number(progress.failed),
            time=self._time(progress.seconds),
        )

    def _time(self, seconds: float) -> str:
        if seconds > _SECONDS_AT_MOST:
            return self._words(
                "pages.progress.minutes", number=self._words.number(round(seconds / 60))
            )
        return self._words("pages.progress.seconds", number=self._words.number(round(seconds)))


Maker = Callable[[Sequence[Report], Setting], Generator[Outcome, None, None]]

#: Seconds that one notebook may take; ordinary ones take a few.
TIME_LIMIT = 600.0

#: The manifest is written at most this often (and at the end): a killed run loses little by it.
_BETWEEN_WRITES = 2.0

#: What all stories do first: done once for all kernels.
_AT_HAND = "campaign_lib.pipeline.engine.warm_up:lay_out"
_IMPORT = re.compile(r"^(?:from|import) ([\w.]+)", re.MULTILINE)
_WORTH_A_NURSERY = 2


def make(
    reports: Sequence[Report],
    folder: Path,
    *,
    jobs: int = 1,
    force: bool = False,
    progress: Listener = silent,
    environment: Mapping[str, str] | None = None,
    time_limit: float = TIME_LIMIT,
    maker: Maker | None = None,
) -> list[Outcome]:
    """Make the reports that are missing, out of date or failed last time.

    One that fails leaves the others alone; a run that is stopped goes on with the next one.

    Args:
        reports: what there shall be; each with a page of its own.
        folder: the reports folder.
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
    run = _Run(Manifest.read(folder), reports, force, progress)
    setting = Setting(folder, time_limit, dict(environment or {}))
    make_here = partial(_made, jobs=min(jobs, len(run.waiting)))
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
        self, manifest: Manifest, reports: Sequence[Report], force: bool, listener: Listener
    ) -> None:
        fresh = [r for r in reports if not force and manifest.is_fresh(r.target, r.hash)]
        self.outcomes = {r.target: Outcome(r, "fresh", built=False) for r in fresh}
        self.waiting = [report for report in reports if report.target not in self.outcomes]
        self._manifest = manifest
        self._listener = listener
        self._log = RunLog(manifest.folder)
        self._kept, self._left = len(fresh), len(self.waiting)
        self._states: Counter[str] = Counter()
        self._start = self._written = time.monotonic()

    def follow(self, source: Generator[Outcome, None, None]) -> None:
        """Note outcomes as they come; however it ends, the manifest tells of them."""
        self._forget()
        for outcome in self.outcomes.values():
            self._log.add(outcome)
        self._tell()
        try:
            with closing(source):
                for outcome in source:
                    self._note(outcome)
                    self._tell()
        finally:
            self._manifest.write()

    def _forget(self) -> None:
        """Strike out what is about to be replaced: nobody may take a half-replaced page for it."""
        for report in self.waiting:
            self._manifest.made.pop(report.target, None)
        self._manifest.write()

    def _note(self, outcome: Outcome) -> None:
        report = outcome.report
        self._manifest.made[report.target] = Made(
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
        self.outcomes[report.target] = outcome
        self._log.add(outcome)
        self._states[outcome.state] += 1
        self._left -= 1
        if time.monotonic() - self._written >= _BETWEEN_WRITES:
            self._manifest.write()
            self._written = time.monotonic()

    def _tell(self) -> None:
        self._listener(
            Progress(
                built=self._states["fresh"],
                failed=self._states["failed"],
                kept=self._kept,
                left=self._left,
                seconds=time.monotonic() - self._start,
            )
        )


def _made(reports: Sequence[Report], setting: Setting, jobs: int) -> Generator[Outcome, None, None]:
    """Make reports, with kernels forked from one nursery; for a single one that is no gain."""
    if len(reports) < _WORTH_A_NURSERY:
        yield from _in_turn(reports, setting)
        return
    if jobs > 1:
        setting = replace(setting, environment={**ONE_THREAD, **setting.environment})
    with open_nursery([*_imported(reports), _AT_HAND], setting.environment) as nursery:
        setting = replace(setting, nursery=nursery)
        yield from at_once(reports, setting, jobs) if jobs > 1 else _in_turn(reports, setting)


def _imported(reports: Sequence[Report]) -> Iterator[str]:
    """Name the modules that the reports' notebooks import, to be imported once for all kernels."""
    for notebook in dict.fromkeys(report.notebook for report in reports):
        with suppress(OSError, ValueError, KeyError):  # what is wrong with it, the report will tell
            for cell in json.loads(notebook.read_bytes())["cells"]:
                if cell["cell_type"] == "code":
                    yield from _IMPORT.findall("".join(cell["source"]))


def _in_turn(reports: Sequence[Report], setting: Setting) -> Generator[Outcome, None, None]:
    """Make one after the other, here."""
    for report in reports:
        yield build(report, setting)


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
        ran = run_notebook(path, parameters, time_limit=TIME_LIMIT, environment=environment)
    except NotebookFailed as error:
        if error.error_name == CampaignError.__name__:
            raise CampaignError("reports.page", sentence=error.error_value) from error
        raise
    write_text(page, export(ran, title, parameters["language"]))
