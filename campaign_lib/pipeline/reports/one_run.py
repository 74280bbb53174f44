"""One run at a time in a folder of reports: who comes second waits, and is told for whom.

The lock belongs to the process and goes with it, however it ends: nothing stale is left behind.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from campaign_lib.base.whole_files import write_text
from campaign_lib.errors import CampaignError

_LOCK, _HOLDER = ".lock", ".running.json"
_LOOK_AGAIN = 0.5  # seconds


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
            lock.acquire(poll_interval=_LOOK_AGAIN)
    except OSError as error:
        raise CampaignError(f"{folder}: cannot be used for reports ({error.strerror}).") from error
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
