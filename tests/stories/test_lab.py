"""`make lab`: JupyterLab opens on start_here, for this machine alone and not without its token."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from stat import S_IRWXU
from typing import Any

import pytest
from served_lab import START, command, get, served, status


@pytest.fixture(scope="session", name="command")
def lab_command() -> list[str]:
    """The command that `make lab` runs."""
    return command()


def test_the_lab_opens_on_the_place_to_start(command: list[str], root: Path) -> None:
    assert command[-1] == START
    assert (root / START).is_file()
    assert "--ServerApp.ip=localhost" in command


def test_nothing_weakens_the_token(command: list[str]) -> None:
    loose = ("token", "password", "allow_origin", "disable_check_xsrf", "0.0.0.0", "allow-root")
    assert [word for word in command if any(part in word for part in loose)] == []


@pytest.mark.parametrize(
    ("user", "option", "opens"),
    [("0", "", False), ("1000", "", True), ("0", "LAB=--allow-root --ServerApp.ip=0.0.0.0", True)],
)
def test_root_is_told_what_to_do(
    root: Path, tmp_path: Path, user: str, option: str, opens: bool
) -> None:
    """As root, which is whoever is in a container, JupyterLab does not open."""
    for name, does in (("id", f"echo {user}"), ("jupyter", 'echo opened "$@"')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        (tmp_path / name).chmod(S_IRWXU)
    own = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    asked = ["make", "--assume-old=setup", "lab", f"BIN={tmp_path}", *filter(None, [option])]
    ran = subprocess.run(asked, cwd=root, env=own, capture_output=True, text=True)
    assert (ran.returncode == 0) is opens
    assert ("\nopened lab" in ran.stdout) is opens
    if option:
        assert "opened lab --allow-root --ServerApp.ip=0.0.0.0" in ran.stdout
    if not opens:
        assert "trong container" in ran.stderr
        assert 'make lab LAB="--allow-root --ServerApp.ip=0.0.0.0"' in ran.stderr


@pytest.fixture
def server(root: Path, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """What a running server says of itself; it ends with the test."""
    with served(root, tmp_path) as told:
        yield told


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
