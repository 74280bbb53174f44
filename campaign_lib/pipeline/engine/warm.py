"""A kernel that is forked from the nursery: there in a moment, everything imported.

What Jupyter does with a kernel it does through a provisioner. This one asks the nursery for a
process, over a connection that belongs to that process alone: while it stands, the kernel lives;
when we close it, or end in whatever way, the nursery kills the kernel.
"""

import asyncio
import json
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Unicode

from campaign_lib.pipeline.engine.kernels import LEAVE_LIMIT, FreshKernel

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
