"""The page docs/published-figures.md: it prints what the command says, and its sums hold."""

import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from campaign_lib.cli import main
from campaign_lib.plan import FORMULAS
from campaign_lib.plan.targets import Fall
from campaign_lib.recount.recompute import WORDS

EXAMPLE = re.compile(r"```csv\n(?P<table>.*?)```\n\n```text\n(?P<said>.*?)```", re.DOTALL)
PAGE = (Path(__file__).parents[2] / "docs" / "published-figures.md").read_text(encoding="utf-8")
EXAMPLES = list(EXAMPLE.finditer(PAGE))


def rows(heading: str) -> list[list[str]]:
    """Give the cells of the table whose first heading begins so, without its two top lines."""
    lines = PAGE[PAGE.index(f"| {heading}") :].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_table_of_the_page_is_an_example() -> None:
    assert PAGE.count("```csv") == len(EXAMPLES) >= 6


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one["table"].split("\n")[1])
def test_an_example_is_what_the_command_says(
    example: re.Match[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bang.csv"
    path.write_text(example["table"], encoding="utf-8")
    status = main(["recompute", "--summary", str(path)])
    assert capsys.readouterr().out == example["said"]
    places = [line.split(";")[0] for line in example["table"].splitlines()[1:]]
    lines = example["said"].splitlines()
    assert all(line.startswith(place) for line, place in zip(lines, places, strict=False))
    right = [re.search(r": ([a-z ]+) \(", line)[1] == "right" for line in lines[: len(places)]]
    assert status == (0 if all(right) else 1)


def test_the_flow_balances_and_the_three_meanings_are_those_of_the_library() -> None:
    before, *flows, later, all_before, all_later = (
        (cells[0][0], int(cells[-1])) for cells in rows("hộ dân tộc thiểu số")
    )
    signs = {"–": -1, "+": 1}
    assert before[1] + sum(signs[sign] * count for sign, count in flows) == later[1]
    escaped = flows[0]
    counts = (before, all_before, later, all_later, escaped, escaped)
    fall = Fall(*(np.array([count]) for _, count in counts))
    told = {cells[0].split("`")[1]: cells[-1] for cells in rows("nghĩa · ")}
    worked_out = {
        formula: f"{Decimal(int(fall.reduction(formula)[0])).scaleb(-2)}".replace(".", ",")
        for formula in FORMULAS
    }
    assert told == worked_out


def test_the_four_answers_are_explained() -> None:
    assert [cells[0].strip("`") for cells in rows("trả lời · ")] == list(WORDS)
