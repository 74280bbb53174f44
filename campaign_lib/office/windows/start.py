"""Sets the program up beside this file, once, and opens its desk in the browser.

Run by `Bat-dau.bat` with a Python that has nothing installed: only what comes with Python is used,
and the texts are read out of the wheel that lies beside it.
"""

import hashlib
import os
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Sequence
from pathlib import Path

#: Windows takes paths of 260 letters, and the longest below an environment has some 170.
LONGEST = 80
#: What lies beside this file: what is installed, the versions of all else, and, where there is no
#: network, a folder with the wheels of these.
WANTED, VERSIONS, PACKAGES = "requirements.txt", "constraints.txt", "goi"
#: Where the office's own files go, beside the file that was double-clicked.
DATA, REPORTS = "du-lieu", "bao-cao"
ENVIRONMENT, DONE = "moi-truong", "da-cai.txt"


def say(wheel: Path, key: str, **values: object) -> None:
    """Say a text of the wheel's in Vietnamese, then in English."""
    with zipfile.ZipFile(wheel) as archive:
        texts = tomllib.loads(archive.read("campaign_lib/words/windows.toml").decode())
    for language in ("vi", "en"):
        print(texts[key][language].format(**values), flush=True)


def environment_of(here: Path, local: str) -> Path:
    """Choose where to install: beside this file, or in the user's own folder if that is too deep.

    Args:
        here: the folder of this file.
        local: the user's own folder for programs' files; "" where there is none.
    """
    beside = here / ENVIRONMENT
    if len(str(beside)) <= LONGEST or not local:
        return beside
    mark = hashlib.sha256(str(here).encode()).hexdigest()[:8]
    return Path(local) / f"campaign-{mark}"


def mark_of(wheel: Path) -> str:
    """Give what must stand in the environment: which wheel it has, and of which Python it is."""
    version = ".".join(map(str, sys.version_info[:2]))
    return f"{version} {hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


def is_set_up(environment: Path, wheel: Path) -> bool:
    """Say whether the environment has this wheel, whole."""
    done = environment / DONE
    return done.is_file() and done.read_text(encoding="utf-8") == mark_of(wheel)


def python_of(environment: Path) -> Path:
    """Give an environment's own Python."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def set_up(here: Path, environment: Path, wheel: Path) -> bool:
    """Make the environment anew; says whether it could be. Only a whole one gets its mark."""
    pip = [str(python_of(environment)), "-m", "pip", "install", "--disable-pip-version-check"]
    nearby = ["--no-index", "--find-links", PACKAGES] if (here / PACKAGES).is_dir() else []
    steps: Sequence[list[str]] = (
        [sys.executable, "-m", "venv", "--clear", str(environment)],
        # Paths of these are relative, so that no blank or letter in a folder's name matters.
        [*pip, "--quiet", *nearby, "--requirement", WANTED, "--constraint", VERSIONS],
    )
    if any(subprocess.run(step, cwd=here, check=False).returncode for step in steps):
        return False
    (environment / DONE).write_text(mark_of(wheel), encoding="utf-8")
    return True


def main(arguments: Sequence[str]) -> int:
    """Set up if need be, then open the desk, or run whatever command is asked for."""
    here = Path(__file__).resolve().parent
    # An older version's wheel may still lie here: a new one is unpacked over it.
    wheel = here / (here / WANTED).read_text(encoding="utf-8").strip()
    environment = environment_of(here, os.environ.get("LOCALAPPDATA", ""))
    if not is_set_up(environment, wheel):
        say(wheel, "setting_up", folder=environment)
        if not set_up(here, environment, wheel):
            say(wheel, "failed")
            return 1
    say(wheel, "opening")
    data, reports = here.parent / DATA, here.parent / REPORTS
    campaign = [str(python_of(environment)), "-m", "campaign_lib", "--data", str(data)]
    asked = [*campaign, "--reports", str(reports), *(arguments or ["desk"])]
    return subprocess.run(asked, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
