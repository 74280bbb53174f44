"""Kernels of this very interpreter: how one is started, and how we know that it is ready."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Dict, Type, Unicode

# The nursery: a process that has imported what reports need, and from which kernels are forked.

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


#: A kernel that was asked to leave and is still there after this is killed.
LEAVE_LIMIT = 2.0

#: How long one answer may take before the question is asked again.
_ANSWER, _FIRST_OUTPUT = 1.0, 0.2


class PromptClient(AsyncKernelClient):
    """A client that begins as soon as the kernel answers and its outputs are heard.

    The usual one then waits until the kernel has been silent for 0.2 s; but what is still on its
    way belongs to no cell, and is left aside where outputs are collected.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Ask the kernel who it is until it answers on both channels.

        Raises:
            RuntimeError: the kernel has ended, or does not answer within `timeout` seconds.
        """
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        while not await self._answers():
            if not await self.is_alive():
                raise RuntimeError("the kernel ended before it answered")
            if time.monotonic() > end:
                raise RuntimeError(f"the kernel did not answer in {timeout} s")

    async def _answers(self) -> bool:
        self.kernel_info()
        try:
            answer = await self.get_shell_msg(timeout=_ANSWER)
            await self.get_iopub_msg(timeout=_FIRST_OUTPUT)
        except Empty:
            return False
        return bool(answer["msg_type"] == "kernel_info_reply")


class FreshKernel(AsyncKernelManager):
    """An ordinary new kernel of this very interpreter, whatever kernels are installed."""

    client_factory = Type(PromptClient, klass=AsyncKernelClient)
    environment = Dict(help="variables added to this process's environment").tag(config=True)

    @property
    def kernel_spec(self) -> KernelSpec:
        """How the kernel is started."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        argv += ["--log-level=CRITICAL"]  # the terminal is for our own sentences
        # Jupyter fills in $NAME in these values; ours are meant as they are.
        variables = {name: value.replace("$", "$$") for name, value in self.environment.items()}
        return KernelSpec(
            argv=argv,
            display_name="Python",
            language="python",
            env=variables,
        )


def settings(folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Give the kernel a place of its own to meet us: kernels that share a default one hang.

    Sockets in a folder of ours cannot collide. Where there are none (Windows), Jupyter looks for
    free ports; the caller tries again if another kernel was quicker.

    Args:
        folder: a new and empty one; it is the caller's to remove.
        environment: variables added to this process's own.
    """
    chosen: dict[str, Any] = {
        "connection_file": str(folder / "kernel.json"),
        "environment": environment,
        "shutdown_wait_time": LEAVE_LIMIT,
    }
    if os.name == "posix" and is_short(folder):
        chosen |= {"transport": "ipc", "ip": str(folder / "k")}
    return chosen


# A kernel that is forked from the nursery: there in a moment, everything imported.
#
# What Jupyter does with a kernel it does through a provisioner. This one asks the nursery for a
# process, over a connection that belongs to that process alone: while it stands, the kernel lives;
# when we close it, or end in whatever way, the nursery kills the kernel.

#: The nursery may still be importing when the first kernel is asked for.
_BIRTH_LIMIT = 60.0
#: How Python runs the kernel's launcher: what follows are the kernel's own arguments.
_LAUNCHER = "ipykernel_launcher"
_UNKNOWN = -1


class ForkedProcess:
    """A kernel's process as seen from here, with the methods that a provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self.pid = pid
        self._connection = connection
        self._code: int | None = None

    def poll(self) -> int | None:
        """Give the exit code, or None while the process runs."""
        if self._code is None:
            try:
                self._take(self._connection.recv(64))
            except BlockingIOError:
                return None
            except OSError:
                self._take(b"")
        return self._code

    def wait(self) -> int | None:
        """Give the exit code of a process that has ended."""
        return self.poll()

    async def ended(self) -> None:
        """Wait until the process has ended."""
        if self.poll() is None:
            self._take(await asyncio.get_running_loop().sock_recv(self._connection, 64))

    def _take(self, told: bytes) -> None:
        """Hear the exit code; without one the nursery itself is gone, and its kernels with it."""
        self._connection.close()
        self._code = int(told) if told.strip() else _UNKNOWN

    def send_signal(self, signum: int) -> None:
        """Have the nursery signal the kernel and what it has started."""
        if self.poll() is None:
            with suppress(OSError):  # without a nursery, kernels end by themselves
                self._connection.send(bytes([signum]))

    def close(self) -> None:
        """Let go of the process: the nursery kills it if it still runs."""
        self._take(b"")


class ForkProvisioner(LocalProvisioner):
    """Starts a kernel by asking the nursery, instead of running a command."""

    process: ForkedProcess | None  # type: ignore[assignment]
    parent: "WarmKernel"

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Ask for a kernel and wait until it listens.

        Raises:
            RuntimeError: the nursery is gone or could not start it.
        """
        folder = kwargs.get("cwd") or Path.cwd()
        wanted = {
            "arguments": cmd[cmd.index(_LAUNCHER) + 1 :],
            "environment": kwargs["env"],
            "folder": os.fspath(folder),
        }
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(self.parent.nursery)
            connection.sendall(json.dumps(wanted).encode() + b"\n")
            connection.setblocking(False)
            listening = asyncio.get_running_loop().sock_recv(connection, 64)
            pid = int(await asyncio.wait_for(listening, _BIRTH_LIMIT))
        except (OSError, ValueError) as error:
            connection.close()
            raise RuntimeError("the nursery gave no kernel") from error
        self.process = ForkedProcess(connection, pid)
        self.pid, self.cwd = pid, folder  # not pgid: signals go by the nursery
        return self.connection_info

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Wait for the kernel's end where its parent tells of it, rather than look every 0.1 s."""
        if self.process is not None:
            try:
                await asyncio.wait_for(self.process.ended(), LEAVE_LIMIT)
            except (TimeoutError, OSError):
                return  # the manager goes on with signals

    async def cleanup(self, restart: bool = False) -> None:
        """Let go of the process."""
        if self.process is not None:
            self.process.close()
        await super().cleanup(restart)


class WarmKernel(FreshKernel):
    """A kernel forked from the nursery."""

    nursery = Unicode(help="the socket of the nursery").tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.provisioner = ForkProvisioner(
            kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
        )
