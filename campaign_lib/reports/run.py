"""Make many reports: skip what is fresh, share out the rest, remember what was made."""

import logging
import multiprocessing
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from itertools import islice
from pathlib import Path

from campaign_lib.reports.manifest import Made, Manifest
from campaign_lib.reports.one import Outcome, Setting, build, lost
from campaign_lib.reports.progress import Listener, Progress, silent
from campaign_lib.reports.report import Report

#: Seconds that one notebook may take; ordinary ones take a few.
TIME_LIMIT = 600.0

#: The manifest is written at most this often (and at the end): a killed run loses little by it.
_BETWEEN_WRITES = 2.0

#: Several kernels at once are slower, not faster, when each of them uses all processors.
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

Builder = Callable[[Report, Setting], Outcome]


def make(
    reports: Sequence[Report],
    folder: Path,
    *,
    jobs: int = 1,
    force: bool = False,
    progress: Listener = silent,
    environment: Mapping[str, str] | None = None,
    time_limit: float = TIME_LIMIT,
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

    Returns:
        The outcomes, in the order of `reports`.

    Raises:
        CampaignError: the manifest cannot be written.
        ValueError: two reports want the same page.
    """
    _check_targets(reports)
    run = _Run(Manifest.read(folder), reports, force, progress)
    jobs = min(jobs, len(run.waiting))
    threads = _ONE_THREAD if jobs > 1 else {}
    setting = Setting(folder, time_limit, {**threads, **(environment or {})})
    run.follow(_at_once(run.waiting, setting, jobs) if jobs > 1 else _in_turn(run.waiting, setting))
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
        self._kept, self._left = len(fresh), len(self.waiting)
        self._states: Counter[str] = Counter()
        self._start = self._written = time.monotonic()

    def follow(self, source: Generator[Outcome, None, None]) -> None:
        """Note outcomes as they come; however it ends, the manifest tells of them."""
        self._forget()
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
        )
        self.outcomes[report.target] = outcome
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


def _in_turn(reports: Sequence[Report], setting: Setting) -> Generator[Outcome, None, None]:
    """Make one after the other, here."""
    for report in reports:
        yield build(report, setting)


def _at_once(
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


def _interruptible(builder: Builder, report: Report, setting: Setting) -> Outcome:
    """Make a report in a worker; Ctrl-C stops it in a way that takes its kernel down too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return builder(report, setting)
    finally:
        signal.signal(signal.SIGINT, before)
