"""The same work on many machines: what the workers of a Dask cluster make, pages and communes.

A worker needs this package installed, as it is here and with the same packages, and nothing else of
ours: the notebook and the part of the data that its page is about travel to it as bytes, and the
page comes back as bytes; a commune travels as its tables, and what it comes to as others. Needs the
extra `cluster`.
"""

import io
import logging
import os
import secrets
import shutil
import sys
import tempfile
import zipfile
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from filelock import FileLock, Timeout

from campaign_lib.base.files import write_whole
from campaign_lib.errors import CampaignError
from campaign_lib.indicators.results import Computed, Doubts, Part, compute
from campaign_lib.intake import Campaign
from campaign_lib.pipeline.build import code_hash, package_versions
from campaign_lib.pipeline.opening import PROCESSED
from campaign_lib.pipeline.reports.report import Report
from campaign_lib.pipeline.reports.run import Outcome, Setting, build, lost
from campaign_lib.words import aloud
from campaign_lib.words.progress import COUNTING, Listener, Step

if TYPE_CHECKING:
    from distributed import Client

#: Packs what a report is made from, as a zip of a folder like `data/processed`.
Pack = Callable[[Report], bytes]
#: How many tasks each worker's thread has in hand: one that it does, one that is on its way.
_IN_HAND = 2
#: So many workers may end under a task before it is given up.
_TRIES = 3
#: So many seconds without a worker that takes tasks, and a run stops.
PATIENCE = 60
#: Seconds between two looks at which workers there are, and for what was made to come from one.
_LOOK, _FETCH = 1.0, 30.0

_Thing = TypeVar("_Thing")
_Made = TypeVar("_Made")


def on_cluster(
    address: str, pack: Pack, reports: Sequence[Report], setting: Setting
) -> Generator[Outcome, None, None]:
    """Make reports on a cluster; yields them as they come back.

    A report whose worker dies goes to another one; one that kills several is told as lost.

    Raises:
        CampaignError: `distributed` is not installed, no scheduler answers at the address or it
            does no longer, or there is no worker that makes what this machine would make.
    """

    def task(report: Report) -> tuple[Any, ...]:
        content = report.notebook.read_bytes()
        return make_here, report, content, pack(report), setting.time_limit

    def put(report: Report, outcome: Outcome, files: Mapping[str, bytes]) -> Outcome:
        for leftover in report.leftovers(setting.folder):
            leftover.unlink(missing_ok=True)
        for name, content in files.items():
            write_whole(setting.folder / name, partial(_fill, content))
        return replace(outcome, report=report)

    pages = _Work(lambda report: report.target, task, put, partial(lost, setting=setting))
    yield from _done(address, reports, pages)


def compute_each(
    address: str, campaign: Campaign, tell: Listener, doubts: Doubts
) -> dict[str, Part]:
    """Compute each commune on a cluster, to what `indicators.results.compute_each` would give.

    Raises:
        CampaignError: as `on_cluster`, as `compute`, and where several workers ended under one.
    """
    own = campaign.of_each()

    def task(span: str) -> tuple[Any, ...]:
        return compute_here, own[span], doubts

    def part(span: str, made: Computed | CampaignError) -> tuple[str, Part]:
        if isinstance(made, CampaignError):
            raise made
        return span, Part(own[span], made)

    def is_lost(span: str) -> tuple[str, Part]:
        raise CampaignError("reports.commune_lost", commune=span or campaign.communes[0].name)

    parts: dict[str, Part] = {}
    for span, one in _done(address, [*own], _Work(str, task, part, is_lost)):
        tell(Step(COUNTING, len(parts), len(own), span))
        parts[span] = one
    return {span: parts[span] for span in own}


@dataclass(frozen=True)
class _Work(Generic[_Thing, _Made]):
    """A kind of work: what to call a thing, the call that a worker does, and what comes of it.

    `task` gives a function of those that run on workers, and its arguments; `taken` gets the thing
    and what that has made; `lost` tells of a thing under which several workers have ended.
    """

    name: Callable[[_Thing], str]
    task: Callable[[_Thing], tuple[Any, ...]]
    taken: Callable[..., _Made]
    lost: Callable[[_Thing], _Made]


def _done(
    address: str, things: Sequence[_Thing], work: _Work[_Thing, _Made]
) -> Generator[_Made, None, None]:
    """Have things done by the workers of a cluster; gives what was made of each, as it comes."""
    with _connect(address) as client:
        yield from _Batch(client, address, things, work).outcomes()


class _Batch(Generic[_Thing, _Made]):
    """Things that are shared out, each to one worker by name.

    Dask by itself would give what a worker leaves behind to any other, also to a refused one.
    """

    def __init__(
        self,
        client: "Client",
        address: str,
        things: Sequence[_Thing],
        work: _Work[_Thing, _Made],
    ) -> None:
        self._client, self._address = client, address
        self._work, self._waiting = work, deque(things)
        self._running: dict[Any, tuple[_Thing, str]] = {}
        self._ready: Queue[Any] = Queue()
        self._ended: Counter[str] = Counter()
        #: Of every worker that was asked, with how many threads it works: a refused one none.
        self._threads: dict[str, int] = {}

    def outcomes(self) -> Generator[_Made, None, None]:
        """Give what becomes of each thing; workers may come and go meanwhile."""
        alone = 0  # looks that found nobody: a clock would also count what keeps this machine busy
        while self._waiting or self._running:
            there = self._there()
            yield from self._delivered(0.0)  # what a worker had done did not end it
            yield from self._left_behind(there)
            for each in range(1, _IN_HAND + 1):
                for worker in there:
                    self._hand_out(worker, each * self._threads[worker])
            alone = 0 if self._running else alone + 1
            if alone == 1:
                _tell("no_worker", address=self._address, seconds=PATIENCE)
            elif (alone - 1) * _LOOK > PATIENCE:
                raise CampaignError("reports.no_worker", address=self._address, seconds=PATIENCE)
            yield from self._delivered(_LOOK)

    def _delivered(self, seconds: float) -> Iterator[_Made]:
        """Take what has come by now, or comes first within so many seconds."""
        with suppress(Empty):
            while True:
                done = self._ready.get(block=seconds > 0, timeout=seconds)
                seconds = 0.0
                if done in self._running:
                    yield from self._received(done)

    def _asked(self, what: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Ask the scheduler something; raises CampaignError where it is no longer there.

        What does not come in time is no matter of the scheduler's: TimeoutError.
        """
        gone = CampaignError(
            "reports.scheduler_gone",
            address=self._address,
            left=len(self._waiting) + len(self._running),
        )
        if self._client.status != "running":
            raise gone
        try:
            return what(*given, **named)
        except TimeoutError:
            raise
        except (OSError, CancelledError) as error:
            raise gone from error

    def _there(self) -> list[str]:
        """Name the workers that may have tasks; who is new is asked what it works with."""
        there: Mapping[str, int] = self._asked(self._client.nthreads)
        if new := [worker for worker in there if worker not in self._threads]:
            answers = self._asked(self._client.run, greet, workers=new, on_error="return")
            for worker, answer in answers.items():
                if not isinstance(answer, OSError):  # that one has gone again, or answers later
                    self._threads[worker] = there[worker]
                    self._judge(worker, answer)
        return [worker for worker in there if self._threads.get(worker)]

    def _judge(self, worker: str, told: Any) -> bool:
        """Say whether a worker makes what would be made here; one that does not gets no task."""
        here = made_with()
        if told == here:
            return True
        why = f"{type(told).__name__}: {told}"
        if isinstance(told, Mapping):
            why = ", ".join(
                aloud("pages.progress.differs", name=name, there=told.get(name, "–"), here=own)
                for name, own in here.items()
                if told.get(name) != own
            )
        self._threads[worker] = 0
        _tell("refused", worker=worker, why=why)
        return False

    def _hand_out(self, worker: str, most: int) -> None:
        """Let a worker have so many tasks in hand, each with its own part of the data."""
        held = sum(of == worker for _, of in self._running.values())
        for _ in range(min(most - held, len(self._waiting))):
            call = partial(self._client.submit, *self._work.task(self._waiting[0]))
            future = self._asked(call, pure=False, workers=[worker])
            self._running[future] = self._waiting.popleft(), worker
            future.add_done_callback(self._ready.put)

    def _left_behind(self, there: Sequence[str]) -> Iterator[_Made]:
        """Take back what workers had that are gone.

        They do their tasks in the order in which they got them: whatever killed them was among the
        first, one for each thread.
        """
        for worker in {of for _, of in self._running.values()}.difference(there):
            held = [future for future, (_, of) in self._running.items() if of == worker]
            for place, future in enumerate(held):
                was_made = place < self._threads[worker]
                yield from self._again(future, counted=was_made)

    def _again(self, future: Any, *, counted: bool) -> Iterator[_Made]:
        """Have a thing done by another worker, unless several have ended under it."""
        thing, _ = self._running.pop(future)
        future.cancel()
        name = self._work.name(thing)
        self._ended[name] += counted
        if self._ended[name] < _TRIES:
            self._waiting.append(thing)
        else:
            yield self._work.lost(thing)

    def _received(self, done: Any) -> Iterator[_Made]:
        """Take what a worker delivered."""
        thing, worker = self._running[done]
        if done.status == "error":  # no notebook's, which `build` tells of
            name = self._work.name(thing)
            _tell("worker_failed", worker=worker, page=name, why=repr(done.exception()))
            yield from self._again(done, counted=True)
            return
        try:
            told, *made = self._asked(done.result, timeout=_FETCH)
        except TimeoutError:
            told = None  # its worker ended with it in hand
        if told is None or not self._judge(worker, told):  # or was changed while it worked
            yield from self._again(done, counted=False)
            return
        del self._running[done]
        yield self._work.taken(thing, *made)


def _fill(content: bytes, part: Path) -> None:
    part.write_bytes(content)


def _tell(key: str, **values: object) -> None:
    ends_line = "\n" if sys.stderr.isatty() else ""  # of the progress, which has no end yet
    print(f"{ends_line}{aloud(f'pages.progress.{key}', **values)}", file=sys.stderr)


def _connect(address: str) -> "Client":
    try:
        import dask
        from distributed import Client, Security
    except ImportError as error:
        raise CampaignError("reports.no_cluster") from error
    settings = Security().get_connection_args("client")  # type: ignore[no-untyped-call]
    if address.startswith("tls:") and settings["ssl_context"] is None:
        raise CampaignError("reports.no_tls", address=address)
    # It would warn of each page about the whole commune, which has the commune's tables with it.
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})
    # What goes wrong with the scheduler is told in a sentence of ours.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    try:
        client: Client = Client(  # type: ignore[no-untyped-call]
            address,
            timeout=10,  # seconds to look for the scheduler
            set_as_default=False,
        )
        return client
    except (OSError, ValueError) as error:
        raise CampaignError("reports.no_scheduler", address=address) from error


def zipped(folder: Path) -> bytes:
    """Pack a folder's files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return packed.getvalue()


# What runs on the workers.


def made_with() -> Mapping[str, str]:
    """Say what is worked with here: our code, and the packages that shape a figure or a page.

    The code is what this process has loaded, and what lies on disk, where kernels take it from;
    where these are two, somebody has changed it meanwhile, and it is like nobody else's.
    """
    code = dict.fromkeys((code_hash(), code_hash.__wrapped__()))
    return {"campaign_lib": " → ".join(one[:12] for one in code), **package_versions.__wrapped__()}


def greet() -> Mapping[str, str]:
    """Clear away what workers that were killed have left on this machine; say `made_with`."""
    for place in {_MEMORY, Path(tempfile.gettempdir())}:
        for folder in place.glob(f"{_OURS}*"):
            with suppress(OSError, Timeout):  # who makes a page in it holds its lock
                _clear(folder)
    return made_with()


def make_here(
    report: Report, content: bytes, data: bytes, time_limit: float
) -> tuple[Mapping[str, str], Outcome, Mapping[str, bytes]]:
    """Make one report in a folder of its own.

    Args:
        report: which one; its notebook is somewhere else.
        content: of the notebook.
        data: what it is made from, as `Pack` packs it.
        time_limit: seconds for the notebook.

    Returns:
        What it was made with, the outcome, and the files that were made by their place in the
        reports folder.
    """
    with _own_folder(len(data)) as folder:
        notebook = folder / report.notebook.name
        notebook.write_bytes(content)
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            packed.extractall(folder / "processed")
        reports = folder / "reports"
        setting = Setting(reports, time_limit, {PROCESSED: str(folder / "processed")})
        outcome = build(replace(report, notebook=notebook), setting)
        files = {
            path.relative_to(reports).as_posix(): path.read_bytes()
            for path in sorted(reports.rglob("*"))
            if path.is_file()
        }
    return made_with(), outcome, files


def compute_here(
    campaign: Campaign, doubts: Doubts
) -> tuple[Mapping[str, str], Computed | CampaignError]:
    """Compute one commune; gives what it was computed with, and what it comes to or why not."""
    try:
        computed = compute(campaign, doubts=doubts)
    except CampaignError as error:
        return made_with(), error
    return made_with(), computed


#: Where Linux has a folder that is memory, and how many times a page's data it must have room for.
_MEMORY, _ROOM = Path("/dev/shm"), 8
#: How the name of a folder begins in which a worker makes a page.
_OURS = "campaign-page-"


@contextmanager
def _own_folder(size: int) -> Iterator[Path]:
    """Give a folder for as long as a page is made: in memory where it fits, so on no disk.

    Its lock goes with this process, however that ends, and is there before the folder: what is not
    locked nobody uses any more.
    """
    in_memory = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM * size
    place = _MEMORY if in_memory else Path(tempfile.gettempdir())
    folder = place / f"{_OURS}{secrets.token_hex(8)}"
    with FileLock(f"{folder}.lock"):
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        Path(f"{folder}.lock").unlink()


def _clear(folder: Path) -> None:
    """Take away a folder of this user's that nobody holds; raises Timeout where somebody does."""
    is_own = folder.lstat().st_uid == getattr(os, "getuid", int)()
    if folder.is_symlink() or not folder.is_dir() or not is_own:
        return
    with FileLock(f"{folder}.lock", timeout=0):
        shutil.rmtree(folder)
    Path(f"{folder}.lock").unlink(missing_ok=True)
