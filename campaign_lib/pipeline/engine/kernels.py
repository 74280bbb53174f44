"""Kernels of this very interpreter: how one is started, and how we know that it is ready."""

import os
import sys
import time
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets import Dict, Type

from campaign_lib.pipeline.engine.nursery import is_short

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
