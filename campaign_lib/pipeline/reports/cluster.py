"""The same work on many machines: reports made by the workers of a Dask cluster.

A worker needs this package installed and nothing else of ours: the notebook and the village's part
of the data travel to it as bytes, and the page comes back as bytes. Needs the extra `cluster`.
"""

import io
import tempfile
import zipfile
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaign_lib.base.files import write_whole
from campaign_lib.errors import CampaignError
from campaign_lib.pipeline.opening import PROCESSED
from campaign_lib.pipeline.reports.one import Outcome, Setting, build, lost
from campaign_lib.pipeline.reports.report import Report

if TYPE_CHECKING:
    from distributed import Client

#: Packs what a report is made from, as a zip of a folder like `data/processed`.
Pack = Callable[[Report], bytes]
#: How long to look for the scheduler, and how many reports each worker's thread has in hand: one
#: that it makes and one that is on its way.
_CONNECT_LIMIT = 10
_IN_HAND = 2


@dataclass(frozen=True)
class Work:
    """One report as it travels to a worker."""

    report: Report
    notebook: bytes
    data: bytes
    time_limit: float


@dataclass(frozen=True)
class Delivery:
    """What comes back: the outcome, and the files by their place in the reports folder."""

    outcome: Outcome
    files: Mapping[str, bytes]


def on_cluster(
    address: str, pack: Pack, reports: Sequence[Report], setting: Setting
) -> Generator[Outcome, None, None]:
    """Make reports on a cluster; yields them as they come back.

    A report whose worker dies goes to another one; one that kills several is told as lost.

    Raises:
        CampaignError: `distributed` is not installed, or no scheduler answers at the address.
    """
    with _connect(address) as client:
        from distributed import as_completed

        waiting = iter(reports)
        running: dict[Any, Report] = {}
        threads = sum(client.nthreads().values()) or 1
        arriving = as_completed(loop=client.loop)  # type: ignore[no-untyped-call]
        while True:
            for report in islice(waiting, _IN_HAND * threads - len(running)):
                notebook = report.notebook.read_bytes()
                work = Work(report, notebook, pack(report), setting.time_limit)
                future = client.submit(make_here, work, pure=False)
                running[future] = report
                arriving.add(future)  # type: ignore[no-untyped-call]
            if not running:
                return
            done = next(arriving)
            yield _received(done, running.pop(done), setting)


def _received(done: Any, report: Report, setting: Setting) -> Outcome:
    """Put what a worker delivered in its place."""
    if done.status != "finished":
        return lost(report, setting)
    delivery: Delivery = done.result()
    for leftover in report.leftovers(setting.folder):
        leftover.unlink(missing_ok=True)
    for name, content in delivery.files.items():
        write_whole(setting.folder / name, partial(_fill, content))
    return replace(delivery.outcome, report=report)


def _fill(content: bytes, part: Path) -> None:
    part.write_bytes(content)


def make_here(work: Work) -> Delivery:
    """Make one report in a folder of its own; this is what runs on the workers."""
    with tempfile.TemporaryDirectory(prefix="campaign-") as name:
        folder = Path(name)
        notebook = folder / work.report.notebook.name
        notebook.write_bytes(work.notebook)
        with zipfile.ZipFile(io.BytesIO(work.data)) as packed:
            packed.extractall(folder / "processed")
        reports = folder / "reports"
        environment = {PROCESSED: str(folder / "processed")}
        setting = Setting(reports, work.time_limit, environment)
        outcome = build(replace(work.report, notebook=notebook), setting)
        files = {
            path.relative_to(reports).as_posix(): path.read_bytes()
            for path in sorted(reports.rglob("*"))
            if path.is_file()
        }
    return Delivery(outcome, files)


def zipped(folder: Path) -> bytes:
    """Pack a folder's files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return packed.getvalue()


def _connect(address: str) -> "Client":
    try:
        from distributed import Client
    except ImportError as error:
        raise CampaignError("reports.no_cluster") from error
    try:
        client: Client = Client(  # type: ignore[no-untyped-call]
            address, timeout=_CONNECT_LIMIT, set_as_default=False
        )
        return client
    except (OSError, ValueError) as error:
        raise CampaignError("reports.no_scheduler", address=address) from error
