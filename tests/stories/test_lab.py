"""`make lab`: JupyterLab opens on start_here, for this machine alone and not without its token."""

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
from pathlib import Path
from typing import Any

import pytest

START = "notebooks/start_here.ipynb"
_LIMIT = 90


@pytest.fixture(scope="session")
def command(root: Path) -> list[str]:
    """The command that `make lab` runs, without asking make, which would install."""
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    (recipe,) = re.findall(r"^lab: setup.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    return shlex.split(recipe.replace("$(BIN)", str(Path(sys.executable).parent)))


def test_the_lab_opens_on_the_place_to_start(command: list[str], root: Path) -> None:
    assert command[-1] == START
    assert (root / START).is_file()
    assert "--ServerApp.ip=localhost" in command


def test_nothing_weakens_the_token(command: list[str]) -> None:
    loose = ("token", "password", "allow_origin", "disable_check_xsrf", "0.0.0.0", "allow-root")
    assert [word for word in command if any(part in word for part in loose)] == []


@pytest.fixture
def server(command: list[str], root: Path, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """What a running server says of itself; it ends with the test."""
    if not Path(command[0]).is_file():
        pytest.skip("JupyterLab is not installed here")
    names = ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")
    folders = {name: str(tmp_path / name) for name in names}
    # Any free port, and as root too, as in a container; the rest is as `make lab` has it.
    asked = [*command, "--no-browser", "--ServerApp.port=0", "--allow-root"]
    own = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER_")}
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            asked, cwd=root, env={**own, **folders}, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        yield told_by(process, tmp_path / "JUPYTER_RUNTIME_DIR", log)
    finally:
        process.terminate()
        process.wait(90)


def told_by(process: "subprocess.Popen[bytes]", runtime: Path, log: Path) -> dict[str, Any]:
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


@pytest.mark.slow
def test_the_server_gives_the_notebooks_to_who_has_its_token(server: dict[str, Any]) -> None:
    assert server["hostname"] == "localhost"
    assert len(server["token"]) >= 32
    notebook = json.loads(get(server, f"api/contents/{START}", server["token"]))
    assert "Start here" in notebook["content"]["cells"][0]["source"]
    assert status(server, f"lab/tree/{START}", server["token"]) == 200
    for path in ("", START, "notebooks/village_report.ipynb"):
        assert status(server, f"api/contents/{path}") == 403
    assert status(server, f"api/contents/{START}", "0" * 32) == 403


@pytest.mark.slow
def test_links_of_the_notebook_lead_to_what_the_server_has(
    server: dict[str, Any], root: Path
) -> None:
    cells = json.loads((root / START).read_bytes())["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert len(links) > 8
    for link in links:
        path = os.path.normpath(f"notebooks/{link}")
        assert status(server, f"api/contents/{path}?content=0", server["token"]) == 200, link
