"""Reads injured campaigns in a process of their own, with an end to its time and memory."""

import multiprocessing
import traceback
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from intake_files import assert_nothing_is_lost

from campaign_lib.errors import LANGUAGES, CampaignError
from campaign_lib.intake import read_campaign
from campaign_lib.intake.problem_list import action_told, told
from campaign_lib.words import MissingWord

TODAY = date(2025, 2, 1)
#: Seconds that one reading may take; an ordinary one takes a tenth of one.
MOST_SECONDS = 60.0
#: Bytes that the process may hold beside what it holds before it reads anything.
MOST_MEMORY = 1_500_000_000
READ, REFUSED = "read", "refused"


class Outcome(NamedTuple):
    """How a reading ended: `read`, `refused`, or where and how it failed."""

    what: str
    detail: str = ""

    @property
    def failed(self) -> bool:
        """Say whether this is none of the two ways in which a reading may end."""
        return self.what not in (READ, REFUSED)


def outcome(raw: Path) -> Outcome:
    """Read a campaign in this process, and judge what came of it."""
    try:
        campaign = read_campaign(raw, TODAY)
        assert_nothing_is_lost(campaign)
        for message in {*campaign.problems["message"]}:
            told(message, "vi")
        for action in {*campaign.problems["action"]}:
            action_told(action, "vi")
    except CampaignError as error:
        return _judged(error)
    except Exception as error:  # whatever it is: it is told
        return Outcome(_signature(error), "".join(traceback.format_exception(error))[-3_000:])
    return Outcome(READ)


def _judged(error: CampaignError) -> Outcome:
    """Judge what a refusal says: in both languages, and on one line."""
    try:
        sentences = [error.said(language) for language in LANGUAGES]
    except MissingWord as missing:
        return Outcome("no words", str(missing))
    for sentence in sentences:
        if len(sentence) > 2_000 or "\n" in sentence:
            return Outcome("no short line", repr(sentence[:3_000]))
    return Outcome(REFUSED, error.said("en"))


def _signature(error: BaseException) -> str:
    """Name the kind of error and the last function of ours that it went through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "campaign_lib" in frame.filename] or frames
    return f"{type(error).__name__} in {Path(ours[-1].filename).name}, {ours[-1].name}"


def _work(connection: Connection) -> None:
    limit_memory(MOST_MEMORY)
    while True:
        raw = connection.recv()
        if raw is None:
            return
        connection.send(outcome(raw))


def limit_memory(more: int) -> None:
    """Let this process hold only so many bytes more; systems without such limits have none."""
    try:
        import resource
    except ImportError:  # Windows
        return
    held = next(
        (
            int(line.split()[1]) * 1024
            for line in Path("/proc/self/status").read_text().splitlines()
            if line.startswith("VmData")
        ),
        0,
    )
    resource.setrlimit(resource.RLIMIT_DATA, (held + more, held + more))


class Reader:
    """A process that reads one campaign after the other; a new one after each that did not end."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        spawning = multiprocessing.get_context("spawn")
        self._here, there = spawning.Pipe()
        self._process = spawning.Process(target=_work, args=(there,), daemon=True)
        self._process.start()
        there.close()

    def read(self, raw: Path) -> Outcome:
        """Read a campaign; says so where the process took too long or died."""
        self._here.send(raw)
        try:
            if self._here.poll(MOST_SECONDS):
                return self._here.recv()  # type: ignore[no-any-return]
            what = "took too long"
        except (EOFError, ConnectionError):
            what = "the process died"
        self._process.kill()
        self._process.join()
        code = self._process.exitcode
        self._start()
        return Outcome(what, f"exit status {code}")

    def close(self) -> None:
        """End the process."""
        self._here.send(None)
        self._process.join()
