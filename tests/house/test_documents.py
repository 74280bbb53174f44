"""What a newcomer reads first says what is true, and nothing names the machine it was made on."""

import re
import subprocess
from pathlib import Path

import campaign_lib

#: The two commands that a fresh clone needs, and how far down one may have to read for them.
COMMANDS = ("make reports", "make test")
TOP_LINES = 40

# Put together from pieces, so that this file does not hold what it looks for.
REGISTRIES = tuple(
    "".join(pieces)
    for pieces in (
        ("py", "pi.org"),
        ("python", "hosted.org"),
        ("registry.npm", "js.org"),
        ("deb.deb", "ian.org"),
        ("repo.ana", "conda.com"),
        ("conda.ana", "conda.org"),
    )
)
#: Folders of one machine: somebody's home, a work place, a temporary or a mounted folder.
_PLACES = "|".join(("ho" + "me", "ro" + "ot", "wo" + "rk", "tm" + "p", "mn" + "t", "Us" + "ers"))
MACHINE_PATHS = re.compile(rf"(?<![\w.$\\}}])(?:[A-Z]:)?[/\\]+({_PLACES})[/\\]+\w")


def texts(root: Path) -> dict[str, str]:
    """Read every text file that is committed or about to be, by its name."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
    )
    contents = {}
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (root / name).is_file() and b"\0" not in (content := (root / name).read_bytes()):
            contents[name] = content.decode("utf-8", errors="replace")
    return contents


def test_readme_begins_with_the_two_commands(root: Path) -> None:
    top = (root / "README.md").read_text(encoding="utf-8").splitlines()[:TOP_LINES]
    places = [
        next((number for number, line in enumerate(top) if command in line), None)
        for command in COMMANDS
    ]
    assert None not in places, f"{COMMANDS} are not in the first {TOP_LINES} lines"
    assert places == sorted(places)


def test_the_commands_of_the_readme_exist(root: Path) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    asked = re.findall(r"\bmake ([a-z]+)\b", (root / "README.md").read_text(encoding="utf-8"))
    assert set(asked) <= set(re.findall(r"^([a-z]+):", makefile, flags=re.M))


def test_changelog_speaks_of_this_version(root: Path) -> None:
    headings = re.findall(
        r"^## \[?([\w.]+)\]?", (root / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.M
    )
    assert headings, "no heading such as `## Unreleased` or `## 0.1.0`"
    assert headings[0] in ("Unreleased", campaign_lib.__version__)


def test_no_file_names_a_package_registry(root: Path) -> None:
    assert [name for name, text in texts(root).items() if any(r in text for r in REGISTRIES)] == []


def test_no_file_names_a_folder_of_one_machine(root: Path) -> None:
    found = {name: MACHINE_PATHS.search(text) for name, text in texts(root).items()}
    assert {name: match[0] for name, match in found.items() if match} == {}


def test_the_pattern_for_folders_itself() -> None:
    assert MACHINE_PATHS.search("see /ho" + "me/an/du-lieu")
    assert MACHINE_PATHS.search(r"C:\Us" + r"ers\An")
    assert not MACHINE_PATHS.search("data/wo" + "rk/x and ../tm" + "p/x")
