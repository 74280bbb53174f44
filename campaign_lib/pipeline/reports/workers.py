"""Processes that make several reports at once; none of them outlives the run."""

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice

from campaign_lib.pipeline.reports.one import Outcome, Setting, build, lost
from campaign_lib.pipeline.reports.report import Report

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
