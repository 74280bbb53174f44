"""What a newcomer reads first says what is true, and nothing names the machine it was made on."""

import re
import subprocess
from pathlib import Path

import yaml

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


def test_each_readme_begins_with_the_two_commands(root: Path) -> None:
    for name in ("README.md", "README.vi.md"):
        top = (root / name).read_text(encoding="utf-8").splitlines()[:TOP_LINES]
        places = [
            next((number for number, line in enumerate(top) if command in line), None)
            for command in COMMANDS
        ]
        assert None not in places, f"{COMMANDS} are not in the first {TOP_LINES} lines of {name}"
        assert places == sorted(places)


def test_changelog_dates_this_version(root: Path) -> None:
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    releases = re.findall(r"^## (\S+)(?: – (\d{4}-\d\d-\d\d))?$", changelog, flags=re.M)
    newest = next(release for release in releases if release[0] != "Unreleased")
    cited = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    assert newest == (campaign_lib.__version__, str(cited["date-released"]))


def test_no_file_names_a_package_registry(root: Path) -> None:
    assert [name for name, text in texts(root).items() if any(r in text for r in REGISTRIES)] == []


def test_no_file_names_a_folder_of_one_machine(root: Path) -> None:
    found = {name: MACHINE_PATHS.search(text) for name, text in texts(root).items()}
    assert {name: match[0] for name, match in found.items() if match} == {}


def test_the_pattern_for_folders_itself() -> None:
    assert MACHINE_PATHS.search("see /ho" + "me/an/du-lieu")
    assert MACHINE_PATHS.search(r"C:\Us" + r"ers\An")
    assert not MACHINE_PATHS.search("data/wo" + "rk/x and ../tm" + "p/x")
