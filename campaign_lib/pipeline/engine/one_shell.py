"""An engine of papermill's: a notebook's cells run in IPython's shell, in a process of its own.

    papermill --engine one_shell notebook.ipynb out.ipynb

The process is that notebook's alone, as a Jupyter kernel is; but it is spoken to over one pipe, by
nobody else. A process that was warmed up for it forks it, everything imported; elsewhere it is a
new one.
"""

import atexit
import gc
import importlib
import json
import logging
import multiprocessing
import os
import pkgutil
import platform
import signal
import subprocess
import sys
import threading
import time
import warnings
import weakref
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from itertools import groupby
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import from_dict

from campaign_lib.pipeline.engine import WAITING, shell

if TYPE_CHECKING:
    from collections.abc import Generator

    from nbformat import NotebookNode

#: Set to `fresh`, every notebook gets an ordinary new process, also where it could be forked.
KERNELS = "CAMPAIGN_KERNELS"
FRESH = "fresh"

#: Seconds that a process may take to start, and to leave when its last cell is done.
START_LIMIT, LEAVE_LIMIT = 60.0, 2.0
#: Tags of cells: this one may fail, this one is left out.
_MAY_FAIL, _LEFT_OUT = "raises-exception", "skip-execution"

#: How many new objects bring on a search for garbage: a figure makes tens of thousands, and looking
#: through them every 700, as Python does, would take a fifth of the time of a report.
GARBAGE = (50_000, 10, 10)
_is_warm = False


def can_fork() -> bool:
    """Whether processes can be forked here.

    Windows has no fork. macOS has one, but its own libraries do not survive it.
    """
    return sys.platform == "linux"


def warm_up(names: Iterable[str]) -> None:
    """Import what notebooks will need; from now on this process forks the processes they run in.

    It is for a process that does nothing else: one whose libraries have started threads, or which
    holds files that others shall not have, must not be forked.

    Args:
        names: modules, `package.*` for all in it, and `module:function` to be called; none of
            them may start a thread. Of what cannot be prepared the notebook will tell.
    """
    global _is_warm
    if not can_fork() or os.environ.get(KERNELS) == FRESH:
        return
    for name, value in shell.BACKEND.items():
        os.environ.setdefault(name, value)
    _prepare(names)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    _is_warm = True


def _prepare(names: Iterable[str]) -> None:
    for name in names:
        with suppress(Exception):
            module_name, _, function = name.removesuffix(".*").partition(":")
            module: Any = importlib.import_module(module_name)
            if name.endswith(".*"):
                _prepare(it.name for it in pkgutil.iter_modules(module.__path__, f"{module_name}."))
            if function:
                getattr(module, function)()


def _may_fork() -> bool:
    others = (each for each in threading.enumerate() if each is not threading.current_thread())
    return _is_warm and all(each.name == WAITING for each in others)


@cache
def engine() -> Any:
    """Give the engine, a class of papermill's that runs notebooks as its own engine does.

    It is not made before it is asked for: papermill loads what is registered with it when it is
    loaded itself, and this module may be what loads papermill.
    """
    from papermill.engines import Engine

    return type("OneShell", (Engine,), {"execute_managed_notebook": staticmethod(_execute)})


def __getattr__(name: str) -> Any:
    if name == "OneShell":  # by which papermill asks for it
        return engine()
    raise AttributeError(name)


def _execute(
    nb_man: Any,
    kernel_name: str,
    log_output: bool = False,
    stdout_file: Any = None,
    stderr_file: Any = None,
    start_timeout: float = START_LIMIT,
    execution_timeout: float | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    timeout_func: Callable[[Any], float | None] | None = None,
    on_notebook_start: Callable[..., None] | None = None,
    **others: Any,
) -> None:
    """Execute the cells of `nb_man.nb`.

    Args:
        nb_man: papermill's manager of the notebook.
        kernel_name: not looked at: it is this very Python.
        log_output: write what cells show to papermill's log.
        stdout_file: gets what they print.
        stderr_file: gets what they print to standard error.
        start_timeout: seconds until the process answers.
        execution_timeout: seconds for one cell; None for no limit.
        environment: variables that the process has in addition to this one's.
        timeout_func: gives the seconds for a cell; None for `execution_timeout`.
        on_notebook_start: called with `notebook` when the process is there.
        others: what other engines need.

    Raises:
        RuntimeError: no process came to be, or (DeadKernelError) it ended under a cell.
        TimeoutError: a cell took longer than its limit.
    """
    told = _Told(log_output, {"stdout": stdout_file, "stderr": stderr_file})
    nb_man.nb.metadata["language_info"] = _LANGUAGE
    with _process(environment or {}, start_timeout) as process:
        if on_notebook_start:
            on_notebook_start(notebook=nb_man.nb)
        _Run(process, told).all(nb_man, timeout_func or (lambda cell: execution_timeout))


#: What notebooks say of the language of their cells.
_LANGUAGE = {
    "name": "python",
    "version": platform.python_version(),
    "mimetype": "text/x-python",
    "file_extension": ".py",
    "pygments_lexer": "ipython3",
    "codemirror_mode": {"name": "ipython", "version": sys.version_info.major},
    "nbconvert_exporter": "python",
}


class _Process:
    """A notebook's process, and the pipe to it.

    Args:
        pid: its number.
        reap: waits until it has ended.
        connection: our end of the pipe.
    """

    def __init__(self, pid: int, reap: Callable[[], object], connection: Any) -> None:
        self._pid, self._reap, self._connection = pid, reap, connection
        # A pipe would not tell of its end while something that it has started lives on.
        self._end = os.pidfd_open(pid) if can_fork() else None
        self._heard = [connection] if self._end is None else [connection, self._end]

    def tell(self, source: str) -> None:
        """Hand over a cell."""
        with suppress(OSError):  # its end is told when it is listened to
            self._connection.send_bytes(json.dumps(source).encode())

    def hear(self, limit: float | None) -> Any:
        """Give the next thing that it says.

        Raises:
            EOFError: it has ended.
            TimeoutError: it has not said anything for so many seconds.
        """
        if not wait(self._heard, limit):
            raise TimeoutError
        try:
            if self._connection.poll():
                return json.loads(self._connection.recv_bytes())
        except OSError as error:
            raise EOFError from error
        raise EOFError

    def leave(self) -> None:
        """Let it end by itself."""
        self.tell("")
        with suppress(EOFError, TimeoutError):
            while True:
                self.hear(LEAVE_LIMIT)

    def end(self) -> None:
        """End it for certain, and what it has started with it."""
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._pid, signal.SIGKILL)
        with suppress(OSError):
            os.kill(self._pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
        self._reap()
        self._connection.close()
        if self._end is not None:
            os.close(self._end)


@contextmanager
def _process(environment: Mapping[str, str], limit: float) -> "Generator[_Process, None, None]":
    """Start a process for one notebook; it is gone when the block ends."""
    here, there = multiprocessing.Pipe()
    alive, ours = os.pipe()
    try:
        start = _forked if _may_fork() else _new
        process = _Process(*start(here, there, alive, ours, environment), here)
    finally:
        there.close()
        os.close(alive)
    try:
        try:
            process.hear(limit)
        except (EOFError, TimeoutError) as error:
            raise RuntimeError("no process was there for the notebook in time") from error
        yield process
    finally:
        process.end()
        os.close(ours)


def _forked(
    here: Any, there: Any, alive: int, ours: int, environment: Mapping[str, str]
) -> tuple[int, Callable[[], object]]:
    with warnings.catch_warnings():
        # Python counts the thread with which a memory pool clears up; that one does no harm.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        try:
            _forget_what_the_parent_clears_away()
            here.close()
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.close(ours)
            os.environ.update(environment)
            shell.serve(there, alive)
        finally:
            os._exit(0)
    return pid, lambda: os.waitpid(pid, 0)


def _forget_what_the_parent_clears_away() -> None:
    """Let what this process does at its end be its own: the parent's folders are the parent's."""
    atexit._clear()
    weakref.finalize._registry.clear()  # type: ignore[attr-defined]
    weakref.finalize._registered_with_atexit = False  # type: ignore[attr-defined]


def _new(
    here: Any, there: Any, alive: int, ours: int, environment: Mapping[str, str]
) -> tuple[int, Callable[[], object]]:
    pipe = there.fileno()
    handed: dict[str, Any] = {}
    if sys.platform == "win32":
        os.set_handle_inheritable(pipe, True)
        handed["startupinfo"] = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [pipe]})
    else:
        handed["pass_fds"] = [pipe]
    command = [sys.executable, "-m", shell.__name__, str(pipe)]
    env = {**shell.BACKEND, **os.environ, **environment}
    process = subprocess.Popen(command, stdin=alive, env=env, **handed)
    return process.pid, process.wait


class _Told:
    """Where what cells show goes beside their notebook, as papermill's own engine has it."""

    def __init__(self, log: bool, files: Mapping[str, Any]) -> None:
        self._log, self._files = log, files

    def tell(self, output: Any) -> None:
        """Take an output."""
        name, logger = output.get("name", ""), logging.getLogger("papermill")
        text = output.get("text") or output.get("data", {}).get("text/plain")
        if file := self._files.get(name):
            file.write(text)
            file.flush()
        if self._log and text:
            logger.log(logging.WARNING if name == "stderr" else logging.INFO, text)


class _Run:
    """Hands cells to a process and puts what comes back where it belongs."""

    def __init__(self, process: _Process, told: _Told) -> None:
        self._process, self._told = process, told
        self._named: dict[str, list[NotebookNode]] = {}

    def all(self, nb_man: Any, limit_of: Callable[[Any], float | None]) -> None:
        """Run cells until one fails that may not; raises what else `cell` raises."""
        for index, cell in enumerate(nb_man.nb.cells):
            nb_man.cell_start(cell, index)
            try:
                self.cell(cell, limit_of(cell))
            except CellExecutionError as error:
                nb_man.cell_exception(cell, cell_index=index, exception=error)
                break
            finally:
                nb_man.cell_complete(cell, cell_index=index)
                nb_man.autosave_cell()
        self._process.leave()

    def cell(self, cell: "NotebookNode", limit: float | None) -> None:
        """Run one cell; one without code is as it was.

        Raises:
            CellExecutionError: it failed, and may not.
            CellTimeoutError: it took longer than so many seconds.
            DeadKernelError: the process has ended under it.
        """
        tags = cell.metadata.get("tags", ())
        if cell.cell_type != "code" or not cell.source.strip() or _LEFT_OUT in tags:
            return
        end = None if limit is None or limit < 0 else time.monotonic() + limit
        self._process.tell(cell.source)
        outputs = _Outputs(cell, self._named)
        try:
            while (said := self._process.hear(_left(end)))["output_type"] != "done":
                outputs.take(said, self._told)
        except TimeoutError as error:
            told = "A cell timed out", int(limit or 0), cell
            raise CellTimeoutError.error_from_timeout_and_cell(*told) from error
        except EOFError as error:
            raise DeadKernelError("The notebook's process has ended") from error
        finally:
            outputs.join()
        cell.execution_count = said["count"]
        if said["failed"] and _MAY_FAIL not in tags:
            raise CellExecutionError("", *_last_error(cell))


def _left(end: float | None) -> float | None:
    """Give the seconds until then; raises TimeoutError where there are none, whatever waits."""
    if end is None:
        return None
    if (left := end - time.monotonic()) <= 0:
        raise TimeoutError
    return left


def _last_error(cell: "NotebookNode") -> tuple[str, str]:
    errors = [output for output in cell.outputs if output.output_type == "error"]
    return (errors[-1].ename, errors[-1].evalue) if errors else ("Error", "")


class _Outputs:
    """The outputs of one cell, as they come in."""

    def __init__(self, cell: "NotebookNode", named: "dict[str, list[NotebookNode]]") -> None:
        self._cell, self._named, self._clears = cell, named, False

    def take(self, said: dict[str, Any], told: _Told) -> None:
        """Add an output, or change those that it is about."""
        kind, name = said.pop("output_type"), said.pop("display_id", None)
        if kind == "clear":
            self._clears = True
            if not said["wait"]:
                self._clear()
            return
        if kind == "update":
            for shown in self._named.get(name, ()):
                shown.update(from_dict(said))  # type: ignore[no-untyped-call]
            return
        self._clear()
        output = from_dict({"output_type": kind, **said})  # type: ignore[no-untyped-call]
        self._cell.outputs.append(output)
        if name:
            self._named.setdefault(name, []).append(output)
        told.tell(output)

    def join(self) -> None:
        """Make one output of what was printed line by line."""
        outputs: list[NotebookNode] = []
        for name, group in groupby(self._cell.outputs, lambda output: output.get("name")):
            pieces = [*group]
            if name:
                pieces[0].text = "".join(piece.text for piece in pieces)
            outputs += pieces[:1] if name else pieces
        self._cell.outputs = outputs

    def _clear(self) -> None:
        """Forget what was shown, where it was said to go."""
        if self._clears:
            self._cell.outputs.clear()
        self._clears = False
