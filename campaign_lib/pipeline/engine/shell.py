"""What runs in a notebook's own process: IPython's shell, and what it says as lines of JSON.

What comes in is the text of a cell; what goes out is each of its outputs as Jupyter's messages have
them, then how it ended. Nothing listens anywhere: there is one pipe, to whoever started it.
"""

import atexit
import base64
import io
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing import connection as connections
from numbers import Integral, Real
from typing import Any

from IPython.core import page
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any as AnyTrait
from traitlets import Type
from traitlets.config import Config

#: What is drawn becomes a picture below its cell, as in JupyterLab.
BACKEND = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}


class _Out:
    """Where outputs go, in the order in which they come.

    `outside` is the file to which programs write that cells start.
    """

    def __init__(self, connection: Any, outside: io.FileIO) -> None:
        self._connection, self._outside = connection, outside
        self._name, self._text, self._read = "", "", 0

    def send(self, told: Mapping[str, Any]) -> None:
        """Send an output, after what was printed before it."""
        self.flush()
        self._outside.seek(self._read)
        if written := self._outside.read():
            self._read = self._outside.tell()
            self._send(_stream("stdout", written.decode("utf-8", "replace")))
        self._send(told)

    def _send(self, told: Mapping[str, Any]) -> None:
        self._connection.send_bytes(json.dumps(told, default=_plain).encode())

    def printed(self, name: str, text: str) -> None:
        """Take what was printed; a line goes out when it is whole, as it may be the last."""
        if name != self._name:
            self.flush()
        self._name = name
        self._text += text
        if "\n" in text:
            self.flush()

    def flush(self) -> None:
        """Send what was printed and has not gone yet."""
        text, self._text = self._text, ""
        if text:
            self.send(_stream(self._name, text))


def _stream(name: str, text: str) -> dict[str, str]:
    return {"output_type": "stream", "name": name, "text": text}


def _plain(value: object) -> object:
    """Make of what JSON does not know what it does: pictures are text in a notebook."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Integral):
        return int(value)
    return float(value) if isinstance(value, Real) else str(value)


class _Stream(io.TextIOBase):
    """Standard output or error of the cells; `fileno` is that of the process."""

    encoding, errors = "utf-8", "strict"

    def __init__(self, out: _Out, name: str, number: int) -> None:
        self._out, self.name, self._number = out, name, number

    def write(self, text: str) -> int:
        """Take a text."""
        self._out.printed(self.name, text)
        return len(text)

    def flush(self) -> None:
        """Send what has not gone yet."""
        self._out.flush()

    def fileno(self) -> int:
        """Give the number under which programs that a cell starts write here."""
        return self._number

    def writable(self) -> bool:
        """Be written to."""
        return True


class _Shown(DisplayHook):
    """Sends what a cell's last line comes to."""

    shell: "Shell"

    def write_output_prompt(self) -> None:
        """Leave the number to whoever shows it."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        """Send it."""
        self.shell.out.send(
            {
                "output_type": "execute_result",
                "execution_count": self.prompt_count,
                "data": format_dict,
                "metadata": md_dict or {},
            }
        )

    def finish_displayhook(self) -> None:
        """End without a line."""
        self._is_active = False


class _Displayed(DisplayPublisher):
    """Sends what `display` is told, and changes of it."""

    shell: "Shell"

    def publish(  # type: ignore[override]
        self,
        data: Any,
        metadata: Any = None,
        *,
        transient: Any = None,
        update: bool = False,
        **others: Any,
    ) -> None:
        """Send it."""
        self.shell.out.send(
            {
                "output_type": "update" if update else "display_data",
                "display_id": (transient or {}).get("display_id"),
                "data": data,
                "metadata": metadata or {},
            }
        )

    def clear_output(self, wait: bool = False) -> None:
        """Take back what the cell has shown, at once or when it shows more."""
        self.shell.out.send({"output_type": "clear", "wait": wait})


class Shell(InteractiveShell):
    """IPython's shell; it is heard through `out`."""

    out = AnyTrait()
    display_pub_class = Type(_Displayed)
    displayhook_class = Type(_Shown)

    def init_environment(self) -> None:
        """Let no program that a cell starts wait for a key."""
        os.environ |= {"PAGER": "cat", "GIT_PAGER": "cat"}

    def init_hooks(self) -> None:
        """Show help below its cell."""
        super().init_hooks()  # type: ignore[no-untyped-call]
        in_cell = page.as_hook(page.display_page)  # type: ignore[no-untyped-call]
        self.set_hook("show_in_pager", in_cell, 99)  # type: ignore[no-untyped-call]

    def enable_gui(self, gui: str | None = None) -> None:
        """Open no window: pictures stand below their cells."""

    def ask_exit(self) -> None:
        """End the cell where it says `exit()`."""
        raise SystemExit

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        error = {"ename": etype.__name__, "evalue": str(evalue), "traceback": list(stb)}
        self.out.send({"output_type": "error", **error})


def serve(connection: Any, alive: int) -> None:
    """Run cells as they come in, until there are no more; then, or with whoever asked, end.

    Args:
        connection: brings cells, and takes what they show.
        alive: a file that ends when the asking process does.
    """
    _be_alone(alive)
    config = Config()
    config.HistoryManager.enabled = False  # nobody will ask for it, and the file is another's
    with tempfile.TemporaryFile(buffering=0) as outside, suppress(EOFError):
        out = _Out(connection, outside)
        for number in (1, 2):
            os.dup2(outside.fileno(), number)
        sys.stdout, sys.stderr = _Stream(out, "stdout", 1), _Stream(out, "stderr", 2)
        shell: Any = Shell.instance(out=out, config=config)
        out.send({"output_type": "ready"})
        while source := json.loads(connection.recv_bytes()):
            result = shell.run_cell(source, store_history=True)
            told = {"count": shell.execution_count - 1, "failed": not result.success}
            out.send({"output_type": "done", **told})
        atexit._run_exitfuncs()
        out.flush()


def _be_alone(alive: int) -> None:
    """Take leave of the process that this one comes from, but end with it."""
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ |= {**BACKEND, **os.environ}
    if hasattr(time, "tzset"):
        time.tzset()
    if "matplotlib" in sys.modules:  # which has looked at the environment already
        sys.modules["matplotlib"].rcParams["backend"] = os.environ["MPLBACKEND"]
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()  # Python's own generator does that by itself
    sys.argv = [""]
    if "" not in sys.path:  # where the notebook works is searched, as in a kernel
        sys.path.insert(0, "")
    threading.Thread(target=_end_with, args=(alive,), daemon=True).start()


def _end_with(alive: int) -> None:
    os.read(alive, 1)
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)  # with what cells have started
    os._exit(1)


def main() -> None:
    """Be the new process that `one_shell` starts, with a pipe's number as argument."""
    # Windows calls its pipes so; what waits at standard input is not for the cells.
    pipe: Any = getattr(connections, "PipeConnection", connections.Connection)
    alive, nothing = os.dup(0), os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    serve(pipe(int(sys.argv[1])), alive)


if __name__ == "__main__":
    main()
