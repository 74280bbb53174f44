"""One piece of work at a time: a command of `campaign`, run beside the page, and what it says."""

import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence

from campaign_lib.errors import LANGUAGE, CampaignError
from campaign_lib.words.progress import LINES

#: So many lines of what a command said are kept.
_MOST_LINES = 200
#: Seconds that a command has to end by itself when it is stopped.
_PATIENCE = 10.0

#: What each button runs, its words filled in from what is asked: the seam between page and
#: commands. A word in braces that nothing was said for goes, and the option before it.
ACTIONS: Mapping[str, tuple[str, ...]] = {
    "init": (
        *("init", "{data}", "--commune", "{commune}", "--province", "{province}"),
        *("--district", "{district}", "--year", "{year}", "--villages", "{villages}"),
    ),
    "check": ("check",),
    "village_book": ("check", "--village", "{village}"),
    "reports": ("reports", "--quarter", "{quarter}"),
    "word": ("reports", "--quarter", "{quarter}", "--word"),
    "public": ("reports", "--quarter", "{quarter}", "--edition", "public"),
    "lock": ("lock", "{quarter}"),
    "form": ("form", "{forms}", "--quarter", "{quarter}"),
}


def command_of(action: str, asked: Mapping[str, str]) -> list[str]:
    """Give the words of a button's command.

    Raises:
        CampaignError: there is no such button.
    """
    if action not in ACTIONS:
        raise CampaignError("counter.button")
    words: list[str] = []
    for word in ACTIONS[action]:
        filled = word.format_map(asked)
        if filled:
            words.append(filled)
        elif words and words[-1].startswith("--"):
            words.pop()
    return words


class Work:
    """The command that runs, or ran last.

    Attributes:
        action: the button that it belongs to; "" before the first.
        lines: what it said.
        ended: its exit status; None while it runs.
    """

    def __init__(self, before: Sequence[str]) -> None:
        """Begin with none; `before` stands before every command."""
        self._before = (sys.executable, "-m", "campaign_lib", *before)
        self._process: subprocess.Popen[str] | None = None
        self.action = ""
        self.lines: deque[str] = deque(maxlen=_MOST_LINES)
        self.ended: int | None = 0

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.ended is None

    def start(self, action: str, command: Sequence[str], language: str) -> None:
        """Run a command.

        Raises:
            CampaignError: another one is running.
        """
        if self.is_running:
            raise CampaignError("counter.busy")
        told = {LANGUAGE: language, LINES: "1", "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
        self.action, self.ended = action, None
        self.lines.clear()
        self._process = subprocess.Popen(
            [*self._before, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, **told},
        )
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        with process.stdout as said:
            for line in said:
                self.lines.append(line.rstrip())
        self.ended = process.wait()

    def stop(self) -> None:
        """Stop the command as Ctrl-C does, and wait until it is over."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGTERM if os.name == "nt" else signal.SIGINT)
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
        self.ended = process.wait()
