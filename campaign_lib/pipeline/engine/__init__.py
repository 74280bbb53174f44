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
from collections.abc import Mapping
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
            traceback = _COLOURS.sub("", "\n".join(error.traceback))
            raise NotebookFailed(begun[0], error.ename, error.evalue, traceback) from error
        except TimeoutError as error:
            if not begun:  # the kernel, not the notebook, was too slow
                raise RuntimeError("no kernel answered in time") from error
            late = f"longer than {time_limit:g} s"
            raise TimeLimitReached(begun[0], type(error).__name__, late) from error
    return result


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
