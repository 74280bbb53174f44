"""What runs in the nursery: import once, then fork a kernel for each connection.

    python -m campaign_lib.pipeline.engine.nursery_process '{"listener": 3, ...}'

One connection is one kernel. It brings the kernel's arguments, environment and folder as a line of
JSON; back go the process's id as soon as the kernel listens, and its exit code when it has ended.
A byte that comes later is a signal for the kernel. When the connection ends, so does the kernel;
when standard input ends, whoever started the nursery is gone, and all ends.

This process has one thread and never runs a report itself: that is what makes forking safe.
"""

import gc
import importlib
import json
import os
import pkgutil
import select
import shutil
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

#: A client sends its request as soon as it is connected.
_REQUEST_LIMIT = 5.0
#: What IPython's kernel imports only when it starts.
_OF_KERNELS = (
    *("ipykernel.kernelapp", "ipykernel.debugger", "psutil", "tornado.platform.asyncio", "sqlite3"),
    *("IPython.core.debugger", "IPython.core.completerlib", "IPython.extensions.storemagic"),
)
#: How many new objects bring on a search for garbage: a figure makes tens of thousands, and looking
#: through them every 700, as Python does, would take a fifth of the time of a report.
GARBAGE = (50_000, 10, 10)
#: While these are imported: draw as an ordinary kernel does, and let the debugger not complain.
_WHILE_IMPORTING = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


class _Kernel:
    """A kernel's process, and the connection of the one who asked for it."""

    def __init__(self, pid: int, connection: socket.socket) -> None:
        self.pid = pid
        self.connection = connection
        self.end = os.pidfd_open(pid)

    def signal(self, signum: int) -> None:
        """Signal the kernel and what it has started; as our child it still owns its id."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signum)

    def bury(self) -> None:
        """Take what it has started down with it, and tell how it ended."""
        self.signal(signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        with suppress(OSError):
            self.connection.send(f"{os.waitstatus_to_exitcode(status)}\n".encode())
        self.connection.close()
        os.close(self.end)


class _Nursery:
    """Waits for connections, signals and ends, one event at a time."""

    def __init__(self, listener: socket.socket, owner: int) -> None:
        self._listener = listener
        self._owner = owner
        self._kernels: list[_Kernel] = []
        self._events = select.poll()
        self._events.register(listener, select.POLLIN)
        self._events.register(owner, select.POLLIN)

    def serve(self) -> None:
        """Give kernels until the owner is gone; then end those that are left."""
        while self._owner not in (ready := {fd for fd, _ in self._events.poll()}):
            for kernel in list(self._kernels):
                if kernel.end in ready:
                    self._remove(kernel)
                elif kernel.connection.fileno() in ready:
                    self._obey(kernel)
            if self._listener.fileno() in ready:
                self._admit()
        for kernel in self._kernels:
            kernel.bury()

    def _admit(self) -> None:
        connection, _ = self._listener.accept()
        connection.settimeout(_REQUEST_LIMIT)
        try:
            with connection.makefile("rb") as lines:
                wanted = json.loads(lines.readline())
        except (OSError, ValueError):
            connection.close()
            return
        with warnings.catch_warnings():
            # Python counts the thread with which a memory pool clears up; that one does no harm.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            self._leave_to_parent()
            _be_kernel(wanted, connection)
        with suppress(OSError):
            os.setpgid(pid, pid)  # as the child does: whoever is first
        kernel = _Kernel(pid, connection)
        self._kernels.append(kernel)
        self._events.register(connection, select.POLLIN)
        self._events.register(kernel.end, select.POLLIN)

    def _obey(self, kernel: _Kernel) -> None:
        signals = b""
        with suppress(OSError):
            signals = kernel.connection.recv(64)
        for signum in signals:
            kernel.signal(signum)
        if not signals:
            self._remove(kernel)

    def _remove(self, kernel: _Kernel) -> None:
        self._events.unregister(kernel.connection)
        self._events.unregister(kernel.end)
        self._kernels.remove(kernel)
        kernel.bury()

    def _leave_to_parent(self) -> None:
        """Let a new kernel hold nothing of ours, above all no other kernel's connection."""
        self._listener.close()
        for kernel in self._kernels:
            kernel.connection.close()
            os.close(kernel.end)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, self._owner)
        os.close(nothing)


def _be_kernel(wanted: dict[str, Any], connection: socket.socket) -> NoReturn:
    """Be an ordinary IPython kernel from here on, and end without ever going back."""
    code = 1
    try:
        os.setpgid(0, 0)
        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, signal.SIG_DFL)
        os.environ.clear()
        os.environ.update(wanted["environment"])
        os.chdir(wanted["folder"])
        if Path(sys.path[0]) == Path.cwd():  # it is searched all the same, under the name ""
            del sys.path[0]
        code = _run_kernel(wanted["arguments"], connection)
    finally:
        os._exit(code)


def _run_kernel(arguments: list[str], connection: socket.socket) -> int:
    import atexit
    import time

    from ipykernel.kernelapp import IPKernelApp
    from numpy import random

    time.tzset()
    random.seed()  # Python's own generator does that by itself
    sys.argv = ["ipykernel_launcher", *arguments]
    kernel: Any = IPKernelApp.instance(parent_handle=os.getppid())
    kernel.initialize(arguments)
    connection.sendall(f"{os.getpid()}\n".encode())
    connection.close()
    try:
        kernel.start()
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 1
    finally:
        gc.freeze()  # IPython would search all that the report has made for garbage once more
        atexit._run_exitfuncs()
    return 0


def prepare(names: Iterable[str]) -> None:
    """Import modules, all modules of a package (`package.*`), and call functions (`module:name`).

    Of what cannot be prepared the report will tell.
    """
    for name in names:
        with suppress(Exception):
            module_name, _, function = name.removesuffix(".*").partition(":")
            module: Any = importlib.import_module(module_name)
            if name.endswith(".*"):
                prepare(it.name for it in pkgutil.iter_modules(module.__path__, f"{module_name}."))
            if function:
                getattr(module, function)()


def main() -> None:
    """Do what the module says; ends with the process that started it."""
    told = json.loads(sys.argv[1])
    for name, value in _WHILE_IMPORTING.items():
        os.environ.setdefault(name, value)
    prepare([*_OF_KERNELS, *told["imports"]])
    if threading.active_count() > 1:
        os._exit(1)  # forking would not be safe: callers go on with ordinary kernels
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, signal.SIG_IGN)  # from here on the owner's end is ours
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    with socket.socket(fileno=told["listener"]) as listener:
        _Nursery(listener, sys.stdin.fileno()).serve()
    shutil.rmtree(told["folder"], ignore_errors=True)
    os._exit(0)  # nothing of ours is open; libraries would take their time, and some complain


if __name__ == "__main__":
    main()
