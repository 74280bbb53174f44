"""One line that tells how far a run is."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

from campaign_lib.words import Words

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
