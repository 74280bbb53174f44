"""How far a long piece of work has come: told by who does it, shown to who waits for it.

Who works calls a listener before each step, and need not know whether anybody listens.
"""

import os
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from shutil import get_terminal_size
from typing import TextIO, TypeVar

from campaign_lib.words import aloud

#: The stages of a build, in order; `words/progress.toml` says what each one is.
READING, PANEL, COUNTING, WRITING = BUILD = ("reading", "panel", "counting", "writing")
#: Counting again by SQL, which an audit does.
RECOUNTING = "recounting"
#: Seconds of work before a bar appears: what is over sooner needs none.
PATIENCE = 2.0
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


def _said(stage: str) -> str:
    """Say which stage it is, and of a build which of how many."""
    said = aloud(f"progress.{stage}")
    return f"{BUILD.index(stage) + 1}/{len(BUILD)} {said}" if stage in BUILD else said
