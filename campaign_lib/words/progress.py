"""How far a long piece of work has come: told by who does it, shown to who waits for it.

Who works calls a listener before each step, and need not know whether anybody listens.
"""

import os
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from shutil import get_terminal_size
from typing import TextIO, TypeVar

from campaign_lib.words import Words, aloud

#: The stages of a build, in order; `words/progress.toml` says what each one is.
READING, PANEL, COUNTING, WRITING = BUILD = ("reading", "panel", "counting", "writing")
#: Counting again by SQL, which an audit does.
RECOUNTING = "recounting"
#: Seconds of work before a bar appears: what is over sooner needs none.
PATIENCE = 2.0
#: Set by who shows elsewhere what a command says: steps are lines then, so many seconds apart.
LINES, _BETWEEN_STEPS = "CAMPAIGN_PROGRESS_LINES", 0.5
#: Jupyter's server names the notebook that it started a kernel for; kernels of a batch have none.
_SESSION = "JPY_SESSION_NAME"
_FORM = "{desc} |{bar:10}| {n_fmt}/{total_fmt} [{elapsed}]{postfix}"

_Thing = TypeVar("_Thing")


@dataclass(frozen=True)
class Step:
    """What is about to be done: so many of a stage's things are done, this one comes next."""

    stage: str
    done: int
    of: int
    thing: str = ""


Listener = Callable[[Step], None]


def nobody(step: Step) -> None:
    """Listen to nothing: in batches and tests nobody waits."""


def each(
    tell: Listener, stage: str, things: Collection[_Thing], name: Callable[[_Thing], str] = str
) -> Iterator[_Thing]:
    """Give things one by one, and tell of each before it is worked on."""
    for done, thing in enumerate(things):
        tell(Step(stage, done, len(things), name(thing)))
        yield thing


def in_jupyter() -> bool:
    """Say whether this is the kernel of a notebook that a person has open."""
    return "ipykernel" in sys.modules and _SESSION in os.environ


@contextmanager
def shown(stream: TextIO | None = None) -> Iterator[Listener]:
    """Show a bar while work is done; it goes when the work is over.

    Args:
        stream: where; by default standard error, or in a notebook standard output, because it
            shows errors in red. Where there is neither a terminal nor a notebook nobody watches,
            and nothing is shown.
    """
    out = stream or (sys.stdout if in_jupyter() else sys.stderr)
    if os.environ.get(LINES):
        yield _in_lines(out)
        return
    if not (out.isatty() or in_jupyter()):
        yield nobody
        return
    from tqdm import tqdm  # type: ignore[import-untyped]

    columns, lines = get_terminal_size()  # tqdm shows nothing where a terminal tells no size
    size = {"ncols": columns - 1, "nrows": lines}
    with tqdm(bar_format=_FORM, delay=PATIENCE, file=out, leave=False, miniters=0, **size) as bar:

        def tell(step: Step) -> None:
            bar.total, bar.n, bar.last_print_n = step.of, step.done, step.done  # it may go back
            bar.set_description_str(_said(step.stage), refresh=False)
            bar.set_postfix_str(step.thing, refresh=False)
            bar.update(0)

        yield tell


def _in_lines(out: TextIO) -> Listener:
    """Tell of a step in a line, but for those that follow another at once."""
    last = -_BETWEEN_STEPS

    def tell(step: Step) -> None:
        nonlocal last
        if time.monotonic() - last >= _BETWEEN_STEPS:
            last = time.monotonic()
            print(f"{_said(step.stage)} {step.done}/{step.of} {step.thing}".rstrip(), file=out)

    return tell


def _said(stage: str) -> str:
    """Say which stage it is, and of a build which of how many."""
    said = aloud(f"progress.{stage}")
    return f"{BUILD.index(stage) + 1}/{len(BUILD)} {said}" if stage in BUILD else said


# A run of many reports: one line that tells how far it is.

#: Beyond this a time is told in minutes.
_SECONDS_AT_MOST = 90
#: Plain lines (in a file, say) are at least this many seconds apart.
_BETWEEN_LINES = 5.0


@dataclass(frozen=True)
class HowFar:
    """How far a run of reports is.

    Attributes:
        built: reports made in this run.
        failed: reports that failed in this run.
        in_part: reports of which sections failed in this run.
        name: of whose report it was told last, where there are several communes.
        kept: reports that were fresh already.
        left: reports still to come.
        seconds: since the run began.
    """

    built: int
    failed: int
    kept: int
    left: int
    seconds: float
    in_part: int = 0
    name: str = ""


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

    def __call__(self, far: HowFar) -> None:
        """Show how far the run is; with nothing left, sum it up."""
        line, is_last = self._line(far), not far.left
        if self._stream.isatty():
            padded, self._width = "\r" + line.ljust(self._width), len(line)
            self._stream.write(padded + ("\n" if is_last else ""))
        elif is_last or self._last is None or self._now() - self._last >= _BETWEEN_LINES:
            self._last = self._now()
            self._stream.write(f"{line}\n")
        self._stream.flush()

    def _line(self, far: HowFar) -> str:
        """Say what is done; how long the rest takes is a guess from the reports of this run."""
        number, tried = self._words.number, far.built + far.in_part + far.failed
        counts = {"failed": number(far.failed)}
        if far.in_part:
            said = {"in_part": number(far.in_part), **counts}
            counts["failed"] = self._words("pages.progress.failed_and_in_part", **said)
        if not far.left:
            counts |= {"built": number(far.built), "kept": number(far.kept)}
            return self._words("pages.progress.end", time=self._time(far.seconds), **counts)
        counts |= {
            "done": number(far.built + far.kept),
            "all": number(tried + far.kept + far.left),
            "left": number(far.left),
        }
        name = f" · {far.name}" if far.name else ""
        if not tried:
            return self._words("pages.progress.line_at_first", **counts) + name
        to_go = self._time(far.seconds / tried * far.left)
        return self._words("pages.progress.line", time=to_go, **counts) + name

    def _time(self, seconds: float) -> str:
        unit, size = ("minutes", 60) if seconds > _SECONDS_AT_MOST else ("seconds", 1)
        return self._words(
            f"pages.progress.{unit}", number=self._words.number(round(seconds / size))
        )
