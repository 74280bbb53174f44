"""docs/rap.md: its commands say what it says, and its sums are those of its criteria."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "rap.md").read_text(encoding="utf-8")
#: How many criteria each level has, as the NHS lists them; and the marks of the page.
LEVELS = {"B": 5, "S": 9, "G": 4}
HOLDS, IN_PART, DOES_NOT = "✓", "~", "✗"
CRITERION = re.compile(r"^### (?P<code>[BSG]\d) (?P<mark>[✓~✗]) .+ · .+$", re.M)
BLOCK = re.compile(r"^```sh ?(?P<kind>\w*)\n(?P<commands>.*?)^```$", re.M | re.S)
QUICK, SLOW, CI = "", "slow", "ci"


class Criterion(NamedTuple):
    code: str
    mark: str
    blocks: tuple[tuple[str, str], ...]


def criteria() -> list[Criterion]:
    heads = list(CRITERION.finditer(PAGE))
    ends = [*(head.start() for head in heads[1:]), len(PAGE)]
    return [
        Criterion(
            head["code"],
            head["mark"],
            tuple((b["kind"], b["commands"]) for b in BLOCK.finditer(PAGE[head.end() : end])),
        )
        for head, end in zip(heads, ends, strict=True)
    ]


CRITERIA = criteria()


def run(commands: str, new: Path) -> subprocess.CompletedProcess[str]:
    """Run a block of the page as its reader would, in the project's folder."""
    bash = shutil.which("bash")
    if bash is None or shutil.which("make") is None:
        pytest.skip("the page's commands are for a machine with bash and make")
    own = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    # A line that begins with ! must end the block, too, if what it denies is true.
    lines = re.sub(r"^! (.*)$", r"if \1; then exit 1; fi", commands, flags=re.M)
    return subprocess.run(
        [bash, "-eu", "-c", lines],
        cwd=ROOT,
        env={**os.environ, "PATH": own, "NEW": str(new), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def contradicted(kind: str, new: Path) -> dict[str, str]:
    """Run the blocks of a kind in the page's order; give what the page says wrongly."""
    wrong = {}
    for one in CRITERIA:
        for commands in (commands for this, commands in one.blocks if this == kind):
            ended = run(commands, new)
            if (ended.returncode == 0) is (one.mark == DOES_NOT):
                wrong[one.code] = f"{ended.returncode}: {ended.stdout}{ended.stderr}"
    return wrong


def test_all_eighteen_are_there_in_order() -> None:
    wanted = [f"{level}{number + 1}" for level, many in LEVELS.items() for number in range(many)]
    assert [one.code for one in CRITERIA] == wanted
    assert len(wanted) == 18


@pytest.mark.parametrize("one", CRITERIA, ids=lambda one: one.code)
def test_each_has_a_command_that_shows_it(one: Criterion) -> None:
    kinds = [kind for kind, _ in one.blocks]
    assert QUICK in kinds
    assert set(kinds) <= {QUICK, SLOW, CI}


def test_the_sums_at_the_top_are_those_of_the_criteria() -> None:
    for mark in (HOLDS, IN_PART, DOES_NOT):
        (line,) = re.findall(rf"^\| {mark} .*\|$", PAGE, flags=re.M)
        printed = [int(cell) for cell in line.split("|")[2:-1]]
        counted = Counter(one.code[0] for one in CRITERIA if one.mark == mark)
        assert printed == [*(counted[level] for level in LEVELS), counted.total()]


def test_the_quick_commands_say_what_the_page_says(tmp_path: Path) -> None:
    assert contradicted(QUICK, tmp_path) == {}


@pytest.mark.slow
def test_the_slow_commands_say_what_the_page_says(tmp_path: Path) -> None:
    assert contradicted(SLOW, tmp_path) == {}


def test_what_is_left_to_ci_is_a_step_of_it() -> None:
    steps = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    left = [
        line
        for one in CRITERIA
        for kind, block in one.blocks
        if kind == CI
        for line in block.splitlines()
    ]
    assert left
    for command in left:
        assert any(re.match(rf"{re.escape(command)}( |$)", step) for step in steps), command


def test_a_block_fails_as_the_page_needs_it(tmp_path: Path) -> None:
    assert run("true\n", tmp_path).returncode == 0
    assert run("false\ntrue\n", tmp_path).returncode != 0
    assert run("! true\ntrue\n", tmp_path).returncode != 0
    assert run("! false\ntrue\n", tmp_path).returncode == 0
