"""Commands, options, files and notebooks that a reader is told of are there; both READMEs agree."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from campaign_lib.cli.frame import campaign

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.vi.md")
PAGES = [
    *(ROOT / name for name in (*READMES, "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
CODE = re.compile(r"^```(?:sh|console)\b.*?\n(?P<block>.*?)^```|`(?P<span>[^`\n]+)`", re.M | re.S)
#: What is ours by its ending, if a folder stands before it; what is made or raw has other homes.
FILE = re.compile(
    r"(?<![\w./*{<-])(?:\w[\w.-]*/)+[\w.-]+\.(?:py|md|toml|ipynb|sql|j2|css|js|yml)\b"
)
NOT_OURS = ("raw/", "reports/", "data/processed/", "processed/", "plans/", "survey/")
OWN = ("campaign", "make")


def spans(text: str) -> Iterator[str]:
    """Give each piece of code of a page, a line of a block each by itself."""
    for found in CODE.finditer(text):
        yield from (found["block"] or found["span"]).splitlines()


def words_of(line: str) -> list[str]:
    """Take a command line apart, without what a comment says behind it."""
    try:
        words = shlex.split(line.partition(" #")[0])
    except ValueError:
        return []
    return words if words and words[0].removeprefix(".venv/bin/") in OWN else []


def options_of(command: click.Command) -> set[str]:
    """Give a command's options, `--help` included."""
    return {
        "--help",
        *(name for param in command.params for name in (*param.opts, *param.secondary_opts)),
    }


def strange_commands(line: str, makefile: str) -> Iterator[str]:
    """Name what a command line asks for and nobody offers."""
    own, *words = words_of(line) or [""]
    if own == "make":
        targets = re.findall(r"^([a-z]+):", makefile, flags=re.M)
        yield from (
            f"make {one}" for one in words if re.fullmatch("[a-z]+", one) and one not in targets
        )
    if not own.endswith("campaign"):
        return
    name = next((word for word in words if word in campaign.commands), None)
    asked = [word for word in words if re.fullmatch(r"[a-z]{4,}", word)]
    if name is None and asked and not words[0].startswith("-"):
        yield f"campaign {asked[0]}"
    known = options_of(campaign) | (options_of(campaign.commands[name]) if name else set())
    for word in words:
        option = word.partition("=")[0]
        if option.startswith("--") and option not in known:
            yield f"campaign {name or ''} {option}"


def missing_files(text: str) -> set[str]:
    """Name the files that a text speaks of and that are nowhere."""
    homes = (ROOT, ROOT / "campaign_lib", ROOT / "tests", ROOT / "docs")
    return {
        name
        for name in FILE.findall(text)
        if not name.startswith(NOT_OURS) and not any((home / name).exists() for home in homes)
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_only_what_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [one for line in spans(text) for one in strange_commands(line, makefile)] == []
    assert missing_files(" ".join(spans(text))) == set()
    linked = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert [one for one in linked if not (page.parent / one).exists()] == []


@pytest.mark.parametrize("name", sorted(campaign.commands))
def test_help_names_only_what_is_there(name: str) -> None:
    command = campaign.commands[name]
    said = command.get_help(click.Context(command, info_name=f"campaign {name}"))
    known = options_of(campaign).union(*map(options_of, campaign.commands.values()))
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", said)) <= known
    assert missing_files(said) == set()


def test_both_readmes_have_the_same_commands_and_lead_to_each_other() -> None:
    first, second = ((ROOT / name).read_text(encoding="utf-8") for name in READMES)
    commands = [[shlex.join(words_of(line)) for line in spans(text)] for text in (first, second)]
    english, vietnamese = ([one for one in lines if one] for lines in commands)
    assert english == vietnamese
    assert "](README.vi.md)" in first and "](README.md)" in second
    assert re.findall(r"^(#+)", first, flags=re.M) == re.findall(r"^(#+)", second, flags=re.M)


@pytest.mark.parametrize(
    ("line", "strange"),
    [
        ("campaign audit informed --quarter 2024Q1", []),
        ("campaign --data DIR reports --jobs 8  # eight at once", []),
        ("campaign audit informed --quater 2024Q1", ["campaign audit --quater"]),
        ("campaign publish 2024Q1", ["campaign publish"]),
        ("make reports", []),
        ("make everything", ["make everything"]),
        ("ls --all", []),
    ],
)
def test_the_rule_itself(line: str, strange: list[str]) -> None:
    assert list(strange_commands(line, "reports: setup\n")) == strange
    assert missing_files("docs/rap.md and raw/x.toml") == set()
    assert missing_files("docs/nowhere.md") == {"docs/nowhere.md"}
