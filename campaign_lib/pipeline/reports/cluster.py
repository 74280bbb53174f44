"""The same work on many machines: reports made by the workers of a Dask cluster.

A worker needs this package installed and nothing else of ours: the notebook and the village's part
of the data travel to it as bytes, and the page comes back as bytes. Needs the extra `cluster`.
"""

import io
import tempfile
import zipfile
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaign_lib.base.files import write_whole
from campaign_lib.errors import CampaignError
from campaign_lib.pipeline.opening import PROCESSED
from campaign_lib.pipeline.reports.report import Report
from campaign_lib.pipeline.reports.run import Outcome, Setting, build, lost

if TYPE_CHECKING:
    from distributed import Client

#: Packs what a report is made from, as a zip of a folder like `data/processed`.
Pack = Callable[[Report], bytes]
#: How many reports each worker's thread has in hand: one that it makes, one that is on its way.
_IN_HAND = 2


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
                sent = (report, report.notebook.read_bytes(), pack(report), setting.time_limit)
                future = client.submit(make_here, *sent, pure=False)
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
    outcome, files = done.result()
    for leftover in report.leftovers(setting.folder):
        leftover.unlink(missing_ok=True)
    for name, content in files.items():
        write_whole(setting.folder / name, partial(_fill, content))
    made: Outcome = replace(outcome, report=report)
    return made


def _fill(content: bytes, part: Path) -> None:
    part.write_bytes(content)


def make_here(
    report: Report, content: bytes, data: bytes, time_limit: float
) -> tuple[Outcome, Mapping[str, bytes]]:
    """Make one report in a folder of its own; this is what runs on the workers.

    Args:
        report: which one; its notebook is somewhere else.
        content: of the notebook.
        data: what it is made from, as `Pack` packs it.
        time_limit: seconds for the notebook.

    Returns:
        The outcome, and the files that were made by their place in the reports folder.
    """
    with tempfile.TemporaryDirectory(prefix="campaign-") as name:
        folder = Path(name)
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
    return outcome, files


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
            address,
            timeout=10,  # seconds to look for the scheduler
            set_as_default=False,
        )
        return client
    except (OSError, ValueError) as error:
        raise CampaignError("reports.no_scheduler", address=address) from error
