"""JupyterLab as `make lab` opens it, in a folder of one's choice, for as long as a block runs."""

import json
import os
import re
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
START = "notebooks/start_here.ipynb"
_LIMIT = 90


def command() -> list[str]:
    """Give the command that `make lab` runs, without asking make, which would install."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (options,) = re.findall(r"^LAB \?= (.*)\n", makefile, re.MULTILINE)
    (recipe,) = re.findall(r"^lab: setup.*\n(?:\t.*\n)*\t(.*)\n\n", makefile, re.MULTILINE)
    recipe = recipe.replace("$(LAB)", options)
    return shlex.split(recipe.replace("$(BIN)", str(Path(sys.executable).parent)))


@contextmanager
def served(folder: Path, scratch: Path, **environment: str) -> Iterator[dict[str, Any]]:
    """Give what a running server says of itself; it ends with the block."""
    lab = command()
    if not Path(lab[0]).is_file():
        pytest.skip("JupyterLab is not installed here")
    names = ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")
    folders = {name: str(scratch / name) for name in names}
    # Any free port, and as root too, as in a container; the rest is as `make lab` has it.
    asked = [*lab, "--no-browser", "--ServerApp.port=0", "--allow-root"]
    own = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER_")}
    log = scratch / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            asked,
            cwd=folder,
            env={**own, **folders, **environment},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _told_by(process, scratch / "JUPYTER_RUNTIME_DIR", log)
    finally:
        process.terminate()
        process.wait(90)


def _told_by(process: "subprocess.Popen[bytes]", runtime: Path, log: Path) -> dict[str, Any]:
    """Wait until a server has written what it is, and answers."""
    end = time.monotonic() + _LIMIT
    while time.monotonic() < end and process.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            told: dict[str, Any] = json.loads(file.read_bytes() or b"{}")
            if told and status(told, "api/status", told["token"]) == 200:
                return told
        time.sleep(0.2)
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace"))


def get(server: dict[str, Any], path: str, token: str = "") -> bytes:
    headers = {"Authorization": f"token {token}"} if token else {}
    request = urllib.request.Request(server["url"] + path, headers=headers)
    with urllib.request.urlopen(request, timeout=90) as answer:
        content: bytes = answer.read()
    return content


def status(server: dict[str, Any], path: str, token: str = "") -> int:
    try:
        get(server, path, token)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
    return 200
