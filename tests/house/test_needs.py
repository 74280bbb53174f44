"""What tests need beside Python's packages is brought where it may be, and named elsewhere."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

#: What the script itself needs; everything else is not there.
TOOLS = ("bash", "env", "grep", "id")
#: Of a Debian that has all that is asked for but a browser.
HAS = {
    "fc-list": "echo DejaVu Sans; echo Liberation Serif",
    "java": "",
    "pdftotext": "",
    "soffice": "",
}


@pytest.fixture
def debian(tmp_path: Path) -> Path:
    """A machine: its programs, some of them stand-ins; `apt-get` notes what it is asked for."""
    for name in TOOLS:
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    for name, does in HAS.items():
        program(tmp_path / name, does)
    program(tmp_path / "id", "echo 0")
    installs = f'echo "$@" >> {tmp_path}/asked; [ "$1" = update ] || : > {tmp_path}/chromium'
    program(tmp_path / "apt-get", f"{installs}; {shutil.which('chmod')} +x {tmp_path}/*")
    return tmp_path


def program(path: Path, does: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)


def needs(machine: Path, root: Path, what: str) -> tuple[int, str]:
    environment = {**os.environ, "PATH": str(machine)}
    run = subprocess.run(
        [str(root / ".ci" / "needs"), what], env=environment, capture_output=True, text=True
    )
    return run.returncode, run.stderr


pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="a program of Debian's"),
    pytest.mark.skipif(
        not Path("/usr/lib/libreoffice/program/libsclo.so").exists(), reason="no LibreOffice here"
    ),
]


def test_root_gets_what_is_missing_and_nothing_else(debian: Path, root: Path) -> None:
    assert needs(debian, root, "install")[0] == 0
    update, install = (debian / "asked").read_text().splitlines()
    assert update.split()[0] == "update"
    assert install.split()[-1] == "chromium"
    assert "poppler-utils" not in install
    assert needs(debian, root, "tell") == (0, "")


def test_somebody_else_is_told_the_command_in_both_languages(debian: Path, root: Path) -> None:
    program(debian / "id", "echo 1000")
    assert needs(debian, root, "install") == (1, "")
    assert not (debian / "asked").exists()
    status, said = needs(debian, root, "tell")
    assert status == 1
    assert said.count("sudo apt-get install chromium\n") == 2
    assert [line.split()[0] for line in said.splitlines()] == ["Kiểm", "Tests"]


def test_a_machine_without_apt_is_told_too(debian: Path, root: Path) -> None:
    (debian / "apt-get").unlink()
    assert needs(debian, root, "install") == (1, "")
