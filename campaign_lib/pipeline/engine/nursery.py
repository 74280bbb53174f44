"""The nursery: a process that has imported what reports need, and from which kernels are forked."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

#: Set to `fresh`, every kernel is an ordinary new process, also where it could be forked.
KERNELS = "CAMPAIGN_KERNELS"
FRESH = "fresh"

#: Several threads in the parent would make forking unsafe, and in the kernels would only be slow.
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

#: A socket's path has 104 to 108 bytes at most, depending on the system.
_LONGEST_SOCKET_FOLDER = 90

_SOCKET = "nursery"
_PROGRAM = "campaign_lib.pipeline.engine.nursery_process"
_LEAVE_LIMIT = 5.0


def can_fork() -> bool:
    """Whether kernels can be forked here.

    Windows has no fork. macOS has one, but its own libraries do not survive it.
    """
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


def is_short(folder: Path) -> bool:
    """Whether sockets in a folder have a path that the system can take."""
    return len(os.fsencode(folder)) <= _LONGEST_SOCKET_FOLDER


@contextmanager
def open_nursery(imports: Sequence[str], environment: Mapping[str, str]) -> Iterator[Path | None]:
    """Keep a nursery while the block runs; with it go its kernels and all their files.

    It imports while we go on; the first kernel waits for it.

    Args:
        imports: modules, `package.*` for all in it, and `module:function` to be called; none of
            it may start a thread.
        environment: variables added to this process's own.

    Yields:
        The socket at which it gives kernels, or None where kernels must be ordinary ones.
    """
    if not can_fork() or os.environ.get(KERNELS) == FRESH:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="campaign-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if not is_short(folder):
            yield None
            return
        process = _start(folder, imports, environment)
        try:
            yield folder / _SOCKET
        finally:
            _stop(process)


def _start(
    folder: Path, imports: Sequence[str], environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start it with a socket that stands already, and a pipe that tells it when we are gone."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / _SOCKET))
        listener.listen()
        told = {"listener": listener.fileno(), "folder": str(folder), "imports": list(imports)}
        return subprocess.Popen(
            [sys.executable, "-m", _PROGRAM, json.dumps(told)],
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
            env={**os.environ, **environment, **ONE_THREAD},
            start_new_session=True,  # Ctrl-C is for us; we take it down in order
        )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End it: while it imports by a signal, later by closing the pipe."""
    if process.stdin is not None:
        process.stdin.close()
    process.terminate()
    try:
        process.wait(_LEAVE_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
