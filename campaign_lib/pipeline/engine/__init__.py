"""How a notebook is found and run, in a process of its own that is always taken down again.

Callers know `run_notebook` and `NotebookFailed`, and `warm_up` for a process that runs many. The
process is papermill's engine's matter: `one_shell`, which is ours.
"""

import logging
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaign_lib.errors import CampaignError

if TYPE_CHECKING:
    from nbformat import NotebookNode

_LIBRARY = Path(__file__).resolve().parents[2]
#: Where the notebooks are: inside the library where a wheel was installed, beside it in a clone.
FOLDER = _LIBRARY / "notebooks"
FOLDER = FOLDER if FOLDER.is_dir() else _LIBRARY.parent / "notebooks"

#: The name of a thread that waits for something and holds nothing: a process with it may be forked.
WAITING = "campaign-waiting"
#: What runs the cells; registered as an entry point of papermill's, too.
_ENGINE = "one_shell"
#: What papermill is told in every run: no bar and no file.
_PAPERMILL: dict[str, Any] = {
    "engine_name": _ENGINE,
    "kernel_name": "python3",
    "language": "python",
    "progress_bar": False,
    "request_save_on_cell_execute": False,
    "autosave_cell_every": 0,
}

#: A cell that shows one section of a story, and that other sections do without.
_SECTION = re.compile(r"\w+\.\w+\(\)")
#: By this tag of a cell the notebook goes on where it fails; by the other papermill marks it.
_GOES_ON, _MARKED = "raises-exception", "papermill-error-cell-tag"

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def find_notebook(name: str) -> Path:
    """Give a notebook's file by its name, such as ``audit_indicator``.

    Raises:
        CampaignError: it is not there: the installation is not whole.
    """
    path = FOLDER / f"{name}.ipynb"
    if not path.is_file():
        raise CampaignError("folder.no_notebook", file=path)
    return path


class NotebookFailed(Exception):  # noqa: N818 - it is the notebook's failing, not an error of ours
    """A notebook did not reach its end.

    Attributes:
        notebook: as far as it was executed.
        error_name: the error's class, such as ``KeyError``.
        error_value: what the error said.
        traceback: the error's traceback as plain text, or "".
    """

    def __init__(
        self, notebook: "NotebookNode", error_name: str, error_value: str, traceback: str = ""
    ) -> None:
        super().__init__(notebook, error_name, error_value, traceback)
        self.notebook = notebook
        self.error_name = error_name
        self.error_value = error_value
        self.traceback = traceback

    def __str__(self) -> str:
        return f"{self.error_name}: {self.error_value}" if self.error_value else self.error_name


class FailedInPart(NotebookFailed):
    """Sections failed, each in a cell of its own (`broken` gives them), and others stand."""


class TimeLimitReached(NotebookFailed):
    """The notebook was stopped, because it took longer than its time limit."""


def warm_up(imports: Iterable[str]) -> None:
    """Have this process fork the processes of its notebooks, with so much imported already.

    See `one_shell.warm_up`.
    """
    _papermill()
    from campaign_lib.pipeline.engine import one_shell

    one_shell.warm_up(imports)


def run_notebook(
    notebook: Path,
    parameters: Mapping[str, Any],
    *,
    time_limit: float,
    environment: Mapping[str, str] | None = None,
) -> "NotebookNode":
    """Execute a notebook from top to bottom in a process of its own; gives it executed.

    The process works in this one's folder, and is gone when the function returns or raises.

    Args:
        notebook: the file; it stays as it is.
        parameters: take the place of the defaults in the cell tagged ``parameters``.
        time_limit: seconds for all cells together.
        environment: variables that it gets in addition to this process's own.

    Raises:
        NotebookFailed: a cell raised an error, or the process ended by itself.
        FailedInPart: the cells that did show a section each, and other sections stand.
        TimeLimitReached: the cells took longer than `time_limit`.
        RuntimeError: there was no process for it.
    """
    papermill, begun = _papermill(), _Begun()
    asked = {"parameters": dict(parameters), "environment": environment or {}, **_PAPERMILL}
    asked |= {"timeout_func": lambda cell: begun.left(time_limit), "on_notebook_start": begun.note}
    try:
        result: NotebookNode = papermill.execute_notebook(notebook, None, **asked)
    except papermill.PapermillExecutionError as error:
        raise _failing(begun[0], error) from error
    except TimeoutError as error:
        late = f"longer than {time_limit:g} s"
        raise TimeLimitReached(begun[0], type(error).__name__, late) from error
    except RuntimeError as error:
        if not begun:
            raise
        # The process ended under a cell: killed, crashed, or out of memory.
        raise NotebookFailed(begun[0], type(error).__name__, str(error)) from error
    return result


class _Begun(list["NotebookNode"]):
    """The notebook, as soon as its process is there, and how much time it has left."""

    start = 0.0

    def note(self, notebook: "NotebookNode") -> None:
        """Begin: from now on its time runs."""
        self.append(notebook)
        _go_on(notebook)
        self.start = time.monotonic()

    def left(self, limit: float) -> float:
        """Give the seconds that are left of so many."""
        return max(self.start + limit - time.monotonic(), 0.0)


def _sections(notebook: "NotebookNode") -> "list[NotebookNode]":
    """Give the cells that show a section each."""
    cells = (cell for cell in notebook.cells if cell.cell_type == "code")
    return [cell for cell in cells if _SECTION.fullmatch(cell.source.strip())]


def _go_on(notebook: "NotebookNode") -> None:
    """Have the notebook go on where a section fails."""
    for cell in _sections(notebook):
        cell.metadata["tags"] = [*cell.metadata.get("tags", ()), _GOES_ON]


def broken(notebook: "NotebookNode") -> "Iterator[tuple[NotebookNode, tuple[str, str, str]]]":
    """Give the cells that failed, each with its error's class, what it said, and its traceback."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                yield cell, _told(output)
                break


def _told(error: Any) -> tuple[str, str, str]:
    return error.ename, error.evalue, _COLOURS.sub("", "\n".join(error.traceback))


def _failing(notebook: "NotebookNode", error: Any) -> NotebookFailed:
    """Say whether all of it has failed, or sections alone and others not.

    Of the latter papermill's marks go: it becomes a page.
    """
    failed, sections = [cell for cell, _ in broken(notebook)], _sections(notebook)
    own = failed and all(_GOES_ON in cell.metadata.get("tags", ()) for cell in failed)
    if not own or len(failed) == len(sections):
        return NotebookFailed(notebook, *_told(error))
    notebook.cells = [one for one in notebook.cells if _MARKED not in one.metadata.get("tags", ())]
    return FailedInPart(notebook, *_told(error))


def _papermill() -> Any:
    """Import papermill, without the second that one optional format checker would cost.

    JSON Schema's checkers pull in `rfc3987_syntax` where it is installed, which builds dozens of
    grammars at import; notebooks have none of the addresses that it checks.
    """
    absent = "rfc3987_syntax" not in sys.modules
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None: not there
    try:
        import papermill
    finally:
        if absent:
            del sys.modules["rfc3987_syntax"]
    from papermill.engines import papermill_engines

    from campaign_lib.pipeline.engine import one_shell

    papermill_engines.register(_ENGINE, one_shell.engine())
    # What it warns about comes back to our callers as an error; standard error is theirs.
    logging.getLogger("papermill").addHandler(logging.NullHandler())
    return papermill
