"""How a notebook is found and gets a kernel: it is run, and its kernel always taken down again.

Callers know `run_notebook` and `NotebookFailed`, and for many notebooks `kernels.open_nursery`.
Which process does the work is decided by the kernel manager that papermill is told to use:
`FreshKernel` starts an ordinary process, `WarmKernel` has one forked by the nursery.
"""

import logging
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaign_lib.errors import CampaignError

if TYPE_CHECKING:
    from nbformat import NotebookNode

_LIBRARY = Path(__file__).resolve().parents[2]
#: Where the notebooks are: inside the library where a wheel was installed, beside it in a clone.
FOLDER = _LIBRARY / "notebooks"
FOLDER = FOLDER if FOLDER.is_dir() else _LIBRARY.parent / "notebooks"

#: How long a kernel may take to start, and how often it is tried: until the first cell has begun
#: nothing has happened, so that a second try is safe (two kernels may have wanted one port).
START_LIMIT = 60
STARTS = 3

#: Once a cell has answered, its outputs follow at once; only a machine that is overloaded is late.
_OUTPUT_LIMIT = 30
#: What papermill is told in every run: no bar, no file, outputs in few pieces.
_PAPERMILL: dict[str, Any] = {
    "kernel_name": "python3",
    "language": "python",
    "progress_bar": False,
    "request_save_on_cell_execute": False,
    "autosave_cell_every": 0,
    "start_timeout": START_LIMIT,
    "iopub_timeout": _OUTPUT_LIMIT,
    "coalesce_streams": True,
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


def run_notebook(
    notebook: Path,
    parameters: Mapping[str, Any],
    *,
    time_limit: float,
    environment: Mapping[str, str] | None = None,
    nursery: Path | None = None,
) -> "NotebookNode":
    """Execute a notebook from top to bottom in a kernel of its own.

    The kernel works in this process's folder, and is gone when the function returns or raises.

    Args:
        notebook: the file; it stays as it is.
        parameters: take the place of the defaults in the cell tagged ``parameters``.
        time_limit: seconds for all cells together.
        environment: variables that the kernel gets in addition to this process's own.
        nursery: where kernels are forked (`kernels.open_nursery`); an ordinary kernel is started
            if there is none, or if it is gone.

    Returns:
        The executed notebook.

    Raises:
        NotebookFailed: a cell raised an error, or the kernel ended by itself.
        FailedInPart: the cells that did show a section each, and other sections stand.
        TimeLimitReached: the cells took longer than `time_limit`.
    """
    for left in reversed(range(STARTS)):
        begun: list[NotebookNode] = []
        try:
            return _run_once(notebook, parameters, time_limit, environment or {}, nursery, begun)
        except RuntimeError as error:
            if begun:
                # The kernel ended under a cell: killed, crashed, or out of memory.
                raise NotebookFailed(begun[0], type(error).__name__, str(error)) from error
            if not left:
                raise
            nursery = None
    raise AssertionError("the last try returns or raises")


def _run_once(
    notebook: Path,
    parameters: Mapping[str, Any],
    time_limit: float,
    environment: Mapping[str, str],
    nursery: Path | None,
    begun: "list[NotebookNode]",
) -> "NotebookNode":
    """Run it with one kernel; `begun` gets the notebook as soon as that kernel answers."""
    papermill, start = _papermill(), time.monotonic()

    def begin(notebook: "NotebookNode") -> None:
        nonlocal start
        begun.append(notebook)
        _go_on(notebook)
        start = time.monotonic()

    def left(_cell: object = None) -> float:
        """Seconds that the next cell may take; never zero, which would mean no limit."""
        return max(start + time_limit - time.monotonic(), 0.001)

    with _folder(nursery) as folder:
        try:
            result: NotebookNode = papermill.execute_notebook(
                notebook,
                None,
                parameters=dict(parameters),
                timeout_func=left,
                on_notebook_start=begin,
                **_kernel(Path(folder), environment, nursery),
                **_PAPERMILL,
            )
        except papermill.PapermillExecutionError as error:
            raise _failing(begun[0], error) from error
        except TimeoutError as error:
            if not begun:  # the kernel, not the notebook, was too slow
                raise RuntimeError("no kernel answered in time") from error
            late = f"longer than {time_limit:g} s"
            raise TimeLimitReached(begun[0], type(error).__name__, late) from error
    return result


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


def _folder(nursery: Path | None) -> "tempfile.TemporaryDirectory[str]":
    """Make a folder for one kernel; in the nursery's own it goes even when we are killed."""
    place = None if nursery is None or not nursery.parent.is_dir() else nursery.parent
    return tempfile.TemporaryDirectory(prefix="campaign-", dir=place, ignore_cleanup_errors=True)


def _kernel(folder: Path, environment: Mapping[str, str], nursery: Path | None) -> dict[str, Any]:
    """Choose the manager that papermill is to use, and what it is told.

    Jupyter is imported here, where a notebook is run: who only keeps a nursery has no use for it.
    """
    from traitlets.config import Config

    from campaign_lib.pipeline.engine.kernels import FreshKernel, WarmKernel, settings

    manager = FreshKernel if nursery is None else WarmKernel
    told = settings(folder, dict(environment))
    if nursery is not None:
        told["nursery"] = str(nursery)
    return {"kernel_manager_class": manager, "config": Config({manager.__name__: told})}


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
    # What it warns about comes back to our callers as an error; standard error is theirs.
    logging.getLogger("papermill").addHandler(logging.NullHandler())
    return papermill
