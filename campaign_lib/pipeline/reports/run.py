"""Make many reports: skip what is fresh, share out the rest, remember what was made.

Each is run, rendered and written by itself; where that fails, its own page says so.
"""

import json
import multiprocessing
import os
import re
import signal
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from campaign_lib.base.editions import PUBLIC, mode_of
from campaign_lib.base.files import add_lines, write_text
from campaign_lib.errors import LANGUAGE, CampaignError, reason, speaking
from campaign_lib.pipeline import engine
from campaign_lib.pipeline.engine import (
    FailedInPart,
    NotebookFailed,
    TimeLimitReached,
    find_notebook,
)
from campaign_lib.pipeline.opening import PROCESSED
from campaign_lib.pipeline.reports.report import Made, Manifest, Report, State, address_of
from campaign_lib.show import pages
from campaign_lib.show.display import boxed, paragraph, together
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
        state: ``fresh``, ``failed``, or ``in_part`` where sections of the page have failed.
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
        environment: variables for the notebooks, in addition to the process's own.
    """

    folder: Path
    time_limit: float
    environment: Mapping[str, str]


def build(report: Report, setting: Setting) -> Outcome:
    """Make one report's page; whatever goes wrong stays with this report.

    Returns:
        The outcome; a failed one has left a page that says so, and two files beside it.
    """
    start = time.perf_counter()
    try:
        notebook = _run(report, setting)
        causes = [*_boxed(notebook, report)]
        page = pages.export(
            notebook,
            report.title,
            report.language,
            crumbs=report.crumbs,
            resolve=partial(address_of, here=report.target, edition=report.edition),
        )
        write_text(report.page(setting.folder), page, mode_of(report.edition))
    except Exception as error:
        if _stopping.is_set():  # what comes of taking its process down is not the report's failing
            raise KeyboardInterrupt from error
        sentence = _leave_word(report, setting.folder, *_explain(error, report, setting))
        return Outcome(report, "failed", time.perf_counter() - start, error=sentence)
    for leftover in report.leftovers(setting.folder):
        leftover.unlink(missing_ok=True)
    state: State = "in_part" if causes else "fresh"
    sentence = _leave_causes(report, setting.folder, causes) if causes else ""
    seconds = time.perf_counter() - start
    return Outcome(report, state, seconds, error=sentence, rows=page.count("<tr"))


def _run(report: Report, setting: Setting) -> "NotebookNode":
    """Run a report's notebook; it may have sections that failed, beside others that stand."""
    tables = {PROCESSED: str(report.processed.resolve())} if report.processed else {}
    try:
        return engine.run_notebook(
            report.notebook,
            report.parameters,
            time_limit=setting.time_limit,
            environment={**tables, **setting.environment, LANGUAGE: report.language},
        )
    except FailedInPart as error:
        return error.notebook


def _boxed(notebook: "NotebookNode", report: Report) -> Iterator[str]:
    """Put a box in the place of each section that failed; give the errors' whole text."""
    import nbformat

    words = Words(report.language)
    for cell, (name, value, text) in engine.broken(notebook):
        said = [words("pages.in_part.says")]
        if report.edition != PUBLIC:  # an error may repeat what a household said
            details = report.leftovers(Path())[1].name
            said += [_sentence(words, name, value), words("pages.in_part.details", file=details)]
        box = boxed(together(*map(paragraph, said)), "warning")
        shown = {"text/html": box.html, "text/plain": box.text}
        cell.outputs = [nbformat.v4.new_output("display_data", shown)]  # type: ignore[no-untyped-call]
        yield f"{cell.source}\n{text}"


def _leave_causes(report: Report, folder: Path, causes: Sequence[str]) -> str:
    """Put the errors of sections beside their page, and say how many there are."""
    words = Words(report.language)
    if report.edition != PUBLIC:
        with suppress(CampaignError):  # as of a page that failed
            write_text(report.leftovers(folder)[1], "\n\n".join(causes))
    return words("pages.why.in_part", number=words.number(len(causes)))


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
#: A report to be made, and how.
Job = tuple[Report, Setting]

#: A worker that is making a report has this long to take its process down when it must end.
_STOP_LIMIT = 5.0
#: The variables that say with how many threads linear algebra is done.
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
#: Held by a process while it makes a report.
_busy = threading.Lock()
#: Set when Ctrl-C has come while it did.
_stopping = threading.Event()


def at_once(
    work: Sequence[Job],
    jobs: int,
    builder: Builder = build,
    *,
    imports: Sequence[str] = (),
    is_last_try: bool = False,
) -> Generator[tuple[Path, Outcome], None, None]:
    """Make several at once, each in a process of its own; yields them as they are ready.

    A process that dies takes its whole pool with it, and nobody knows whose report it was. Those
    that were being made are made again at the end, each in a pool of its own. A process that makes
    reports has `imports` imported, for their notebooks.
    """
    broken: list[Job] = []
    for job, future in _ready(work, jobs, builder, imports):
        try:
            yield job[1].folder, future.result()
        except BrokenProcessPool:
            broken.append(job)
    for job in broken:
        if is_last_try:
            yield job[1].folder, lost(*job)
        else:
            yield from at_once([job], 1, builder, imports=imports, is_last_try=True)


def _ready(
    work: Sequence[Job], jobs: int, builder: Builder, imports: Sequence[str]
) -> Generator[tuple[Job, Future[Outcome]], None, None]:
    """Hand reports to a pool and yield each with its finished future.

    As many are handed out as there are workers, no more: what a pool holds in its queue would
    still be made after Ctrl-C.
    """
    pool = _pool(jobs, imports)
    try:
        waiting = iter(work)
        running: dict[Future[Outcome], Job] = {}
        while True:
            for job in islice(waiting, jobs - len(running)):
                try:
                    future = _submit(pool, builder, *job)
                except BrokenProcessPool:
                    pool = _pool(jobs, imports)
                    future = _submit(pool, builder, *job)
                running[future] = job
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), future
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _pool(jobs: int, imports: Sequence[str]) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        max_workers=jobs,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_prepare_worker,
        initargs=(imports,),
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


def _prepare_worker(imports: Sequence[str]) -> None:
    """Let a worker that has nothing to do be ended by the pool, not by Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    engine.warm_up(imports)
    threading.Thread(target=_end_with_parent, name=engine.WAITING, daemon=True).start()


def _end_with_parent() -> None:
    """Stop a worker whose pool was killed: it would wait for the next report for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGINT)
        _busy.acquire(timeout=_STOP_LIMIT)
        os._exit(1)


def _stop(signum: int, frame: Any) -> None:
    """Raise what Ctrl-C always raises, and remember it: a library may raise its own instead."""
    _stopping.set()
    signal.default_int_handler(signum, frame)


def _interruptible(builder: Builder, report: Report, setting: Setting) -> Outcome:
    """Make a report; Ctrl-C takes its process down too, and leaves no word."""
    _stopping.clear()
    with _busy, _on_interrupt(_stop):
        return builder(report, setting)


# What each run did, a line of JSON per report, for whoever looks after many villages.

FILE = "runs.jsonl"


def _log(manifest: Manifest, run: str, outcome: Outcome) -> None:
    """Add what became of one report to `runs.jsonl` beside its manifest, at once and whole.

    Raises:
        CampaignError: the log cannot be written.
    """
    path, at = manifest.home / FILE, datetime.now(UTC).isoformat(timespec="seconds")
    try:
        add_lines(path, [{"run": run, "at": at, **logged(manifest, outcome)}])
    except OSError as error:
        raise CampaignError("reports.log", file=path, detail=reason(error)) from error


def logged(manifest: Manifest, outcome: Outcome) -> dict[str, Any]:
    """Give what the log says of one report, whenever it was."""
    report = outcome.report
    return {
        "report": f"{manifest.below}{report.target}",
        "parameters": dict(report.parameters),
        "outcome": outcome.state if outcome.built else "kept",
        "seconds": round(outcome.seconds, 3),
        "rows_in": report.rows,
        "rows_out": outcome.rows,
        "error": outcome.error,
    }


Listener = Callable[[HowFar], None]
Maker = Callable[[Sequence[Report], Setting], Generator[Outcome, None, None]]

#: Seconds that one notebook may take; ordinary ones take a few.
TIME_LIMIT = 600.0

#: The manifest is written at most this often (and at the end): a killed run loses little by it.
_BETWEEN_WRITES = 2.0

_IMPORT = re.compile(r"^(?:from|import) ([\w.]+)", re.MULTILINE)


@dataclass(frozen=True)
class Order:
    """The reports that there shall be in one folder.

    Attributes:
        reports: each with a page of its own.
        folder: the reports folder.
        state: where what was made is listed and logged, if not there.
        environment: variables for the notebooks, in addition to this process's own.
        maker: who makes them, if not this machine.
        name: whose they are, for who watches; "" where there is only one folder.
    """

    reports: Sequence[Report]
    folder: Path
    state: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    maker: Maker | None = None
    name: str = ""


def make(
    reports: Sequence[Report],
    folder: Path,
    *,
    jobs: int = 0,
    force: bool = False,
    progress: Listener = lambda far: None,
    environment: Mapping[str, str] | None = None,
    time_limit: float = TIME_LIMIT,
) -> list[Outcome]:
    """Make the reports of one folder; gives their outcomes, and raises, as `make_all`."""
    order = Order(reports, folder, environment=environment or {})
    how: dict[str, Any] = {"jobs": jobs, "force": force, "progress": progress}
    return make_all([order], time_limit=time_limit, **how)[0]


def make_all(
    orders: Sequence[Order],
    *,
    jobs: int = 0,
    force: bool = False,
    progress: Listener = lambda far: None,
    time_limit: float = TIME_LIMIT,
) -> list[list[Outcome]]:
    """Make the reports that are missing, out of date or failed last time, of all folders at once.

    One that fails leaves the others alone; a run that is stopped goes on with the next one.

    Args:
        orders: what there shall be in each folder.
        jobs: how many to make at once; with 0, and a single one, they are made by this process.
        force: make the fresh ones too.
        progress: is told how far the run is, at its beginning and after each report.
        time_limit: seconds for one notebook.

    Returns:
        The outcomes of each order, in the order of its reports.

    Raises:
        CampaignError: a manifest or a log cannot be written.
        ValueError: two reports want the same page.
    """
    begun = datetime.now(UTC).isoformat(timespec="seconds")
    runs = {order.folder: _Run(order, force, time_limit, begun) for order in orders}
    start = time.monotonic()

    def tell(name: str) -> None:
        progress(_how_far(runs.values(), name, time.monotonic() - start))

    _follow(runs, jobs, tell)
    return [run.in_order() for run in runs.values()]


def _follow(runs: Mapping[Path, "_Run"], jobs: int, tell: Callable[[str], None]) -> None:
    """Note outcomes as they come; however it ends, the manifests tell of them."""
    try:
        for run in runs.values():
            run.begin()
        tell(next((run.order.name for run in runs.values() if run.waiting), ""))
        with closing(_source([*runs.values()], jobs)) as source:
            for folder, outcome in source:
                runs[folder].note(outcome)
                tell(runs[folder].order.name)
    finally:
        for run in runs.values():
            run.end()


def _source(runs: Sequence["_Run"], jobs: int) -> Generator[tuple[Path, Outcome], None, None]:
    """Give outcomes as they come, each with its folder: those of others' making at the end."""
    here = [(report, run.setting) for run in runs if not run.order.maker for report in run.waiting]
    if here:
        yield from _made(here, min(jobs, len(here)))
    for run in runs:
        if run.order.maker:
            with closing(run.order.maker(run.waiting, run.setting)) as source:
                yield from ((run.order.folder, outcome) for outcome in source)


def _how_far(runs: Iterable["_Run"], name: str, seconds: float) -> HowFar:
    """Add up how far the runs of all folders are."""
    states: Counter[str] = Counter()
    for run in runs:
        states += run.states
    return HowFar(
        built=states["fresh"],
        failed=states["failed"],
        kept=sum(run.kept for run in runs),
        left=sum(len(run.waiting) for run in runs) - states.total(),
        seconds=seconds,
        in_part=states["in_part"],
        name=name,
    )


def _check_targets(reports: Sequence[Report]) -> None:
    """Compare pages without case, as file systems of Windows and macOS do."""
    counts = Counter(report.target.lower() for report in reports)
    if twice := [target for target, count in counts.items() if count > 1]:
        raise ValueError(f"several reports want the same page: {', '.join(twice)}")


class _Run:
    """Knows what is to be made in one folder, and notes what was made.

    Attributes:
        order: what there shall be.
        setting: how its reports are made.
        waiting: the reports that are not fresh.
        kept: how many are.
        states: what became of those that were made.
    """

    def __init__(self, order: Order, force: bool, time_limit: float, begun: str) -> None:
        _check_targets(order.reports)
        self.order, self._begun = order, begun
        self.setting = Setting(order.folder, time_limit, order.environment)
        self._manifest = Manifest.read(order.folder, order.state)
        is_fresh = self._manifest.is_fresh
        fresh = [r for r in order.reports if not force and is_fresh(r.target, r.hash)]
        self._outcomes = {r.target: Outcome(r, "fresh", built=False) for r in fresh}
        self.waiting = [report for report in order.reports if report.target not in self._outcomes]
        self.kept, self.states = len(fresh), Counter[str]()
        self._written = time.monotonic()

    def begin(self) -> None:
        """Forget the pages that are to be made, and log the others.

        Nobody may take a page that is about to be replaced, or half is, for a fresh one.
        """
        for report in self.waiting:
            self._manifest.made.pop(report.target, None)
        self._manifest.write()
        for outcome in self._outcomes.values():
            _log(self._manifest, self._begun, outcome)

    def note(self, outcome: Outcome) -> None:
        """Note what became of a report."""
        self._outcomes[outcome.report.target] = outcome
        self._manifest.made[outcome.report.target] = _line_of(outcome)
        _log(self._manifest, self._begun, outcome)
        self.states[outcome.state] += 1
        if time.monotonic() - self._written >= _BETWEEN_WRITES:
            self.end()

    def end(self) -> None:
        """Write what was made so far, however the run goes on."""
        self._manifest.write()
        self._written = time.monotonic()

    def in_order(self) -> list[Outcome]:
        """Give all outcomes, in the order of the reports."""
        return [self._outcomes[report.target] for report in self.order.reports]


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


def _made(work: Sequence[Job], jobs: int) -> Generator[tuple[Path, Outcome], None, None]:
    """Make reports, several by workers that have imported what they need; a single one here."""
    if not work[1:] or not jobs:
        yield from ((job[1].folder, _interruptible(build, *job)) for job in work)
        return
    # What all stories do first is done once for all reports.
    reports = [report for report, _ in work]
    imports = [*_imported(reports), "campaign_lib.pipeline.opening:lay_out"]
    with _one_thread():
        yield from at_once(work, jobs, imports=imports)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let processes that begin meanwhile do linear algebra with one thread each.

    Several would make forking unsafe, and several reports at once slow.
    """
    before = dict(os.environ)
    os.environ |= dict.fromkeys(_THREADS, "1")
    try:
        yield
    finally:
        for name in _THREADS:
            del os.environ[name]
        os.environ |= {name: before[name] for name in _THREADS if name in before}


def _imported(reports: Sequence[Report]) -> Iterator[str]:
    """Name the modules that the reports' notebooks import, to be imported once for all."""
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
