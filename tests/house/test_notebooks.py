"""The shape of a notebook: a report asks a question and tells the answer; the library computes.

A workbench shows the computing: there an analyst's own functions and frames are what it is about.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
START = "start_here"
WORKBENCHES = {START, "analyse", "audit_by_hand"}
PARAMETERS = "parameters"

LINES = 10
CODE_CELLS_IN_A_ROW = 2
CALLS_IN_A_CHAIN = 2

FORBIDDEN = {
    ast.FunctionDef: "def",
    ast.AsyncFunctionDef: "def",
    ast.Lambda: "lambda",
    ast.ClassDef: "class",
    ast.Try: "try",
}
#: What a report leaves to the library and a workbench shows, in so many lines at most.
SHOWN = {"def", "an import of pandas, pathlib or os", "a chain of calls"}
SHOWN_LINES = 18
PATH = re.compile(r"[\w.~-]*[/\\][\w./\\-]*|.*\.(csv|xlsx|parquet|toml|html|json)", re.IGNORECASE)


def is_code(cell: NotebookNode) -> bool:
    return bool(cell.cell_type == "code")


def is_parameters(cell: NotebookNode) -> bool:
    return PARAMETERS in cell.metadata.get("tags", [])


def chain(node: ast.AST) -> int:
    """Count the calls that hang on one another: `a.b().c()` is two."""
    calls = 0
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        calls += isinstance(node, ast.Call)
        node = node.func if isinstance(node, ast.Call) else node.value
    return calls


def faults_of_code(source: str, lines: int = LINES) -> Iterator[str]:
    """Name what a cell does that belongs in the library, or in no program."""
    if re.search(r"^\s*[%!]", source, flags=re.M):
        yield "a magic or shell command"
        return
    if len(source.strip().splitlines()) > lines:
        yield f"more than {lines} lines"
    for node in ast.walk(ast.parse(source)):
        if (word := FORBIDDEN.get(type(node))) is not None:
            yield word
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if PATH.fullmatch(node.value):
                yield f"a path: {node.value}"
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
            if any(name.split(".")[0] in {"pandas", "pathlib", "os"} for name in names):
                yield "an import of pandas, pathlib or os"
        elif isinstance(node, ast.Call) and chain(node) > CALLS_IN_A_CHAIN:
            yield "a chain of calls"


def faults_of_beginning(notebook: NotebookNode, name: str) -> Iterator[str]:
    """The question, then the parameters, then the line that checks them."""
    cells = notebook.cells
    if not cells or cells[0].cell_type != "markdown" or "?" not in cells[0].source:
        yield "the first cell asks no question"
    tagged = [position for position, cell in enumerate(cells) if is_parameters(cell)]
    if name in WORKBENCHES and not tagged:
        return
    if tagged != [1] or not is_code(cells[1]):
        yield f"the second cell, and it alone, is tagged {PARAMETERS}"
    if name in WORKBENCHES:
        return
    check = cells[2].source.strip().splitlines() if len(cells) > 2 and is_code(cells[2]) else []
    if not check or "open_report" not in check[-1]:
        yield "the third cell does not end with the line that checks the parameters"


def faults_of_flow(notebook: NotebookNode, name: str) -> Iterator[str]:
    """Words between the cells of code."""
    kinds = "".join("c" if is_code(cell) else "m" for cell in notebook.cells)
    if "c" * (CODE_CELLS_IN_A_ROW + 1) in kinds:
        yield f"more than {CODE_CELLS_IN_A_ROW} code cells in a row"


def faults_of_state(notebook: NotebookNode, name: str) -> Iterator[str]:
    """Nothing of a run is left, and everything that identifies a cell is there."""
    for position, cell in enumerate(notebook.cells):
        if is_code(cell) and (cell.outputs or cell.execution_count is not None):
            yield f"cell {position} was run"
        if not cell.get("id"):
            yield f"cell {position} has no id"
    ids = [cell.get("id") for cell in notebook.cells]
    if len(set(ids)) != len(ids):
        yield "an id stands twice"
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        yield "its kernel is not python3"


def faults_of_cells(notebook: NotebookNode, name: str) -> Iterator[str]:
    lines, shown = (SHOWN_LINES, SHOWN) if name in WORKBENCHES else (LINES, set())
    for position, cell in enumerate(notebook.cells):
        if is_code(cell):
            faults = (fault for fault in faults_of_code(cell.source, lines) if fault not in shown)
            yield from (f"cell {position}: {fault}" for fault in faults)


RULES = (faults_of_beginning, faults_of_flow, faults_of_state, faults_of_cells)
Rule = Callable[[NotebookNode, str], Iterator[str]]


def test_there_is_a_place_to_start() -> None:
    assert FOLDER / f"{START}.ipynb" in NOTEBOOKS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_keeps_the_shape(path: Path, rule: Rule) -> None:
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    assert (notebook.nbformat, notebook.nbformat_minor) >= (4, 5), "cells have ids from 4.5 on"
    nbformat.validate(notebook)
    assert list(rule(notebook, path.stem)) == []


@pytest.mark.parametrize(
    ("source", "fine"),
    [
        ("table = stand(village, quarter)\ntable.show()", True),
        ('say("3/4 of them, có/không")', True),
        ("x = 1\n" * (LINES + 1), False),
        ("def f():\n    return 1", False),
        ("try:\n    go()\nexcept KeyError:\n    pass", False),
        ('read("data/processed/results.csv")', False),
        ('read("results.csv")', False),
        ("import pandas as pd", False),
        ('frame.query("a > 1").groupby("b").sum()', False),
        ("%run other.ipynb", False),
    ],
)
def test_the_rule_for_code_itself(source: str, fine: bool) -> None:
    assert (list(faults_of_code(source)) == []) is fine


def made_up(*kinds: str) -> NotebookNode:
    """Make a notebook: q question, m words, p parameters, k check, c code, d def, r a run."""
    new = nbformat.v4
    make = {
        "q": lambda: new.new_markdown_cell("# Where does the village stand?"),
        "m": lambda: new.new_markdown_cell("Words."),
        "p": lambda: new.new_code_cell('village = "T1"', metadata={"tags": [PARAMETERS]}),
        "k": lambda: new.new_code_cell("open_report(story, globals())"),
        "c": lambda: new.new_code_cell("stand(village)"),
        "d": lambda: new.new_code_cell("def stand(village):\n    return village"),
        "r": lambda: new.new_code_cell("stand(village)", execution_count=1),
    }
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return new.new_notebook(cells=[make[kind]() for kind in kinds], metadata=metadata)


@pytest.mark.parametrize(
    ("kinds", "name", "broken"),
    [
        ("qpkmccm", "village_report", set()),
        ("qmc", START, set()),
        ("qmc", "village_report", {"faults_of_beginning"}),
        ("mpkm", "village_report", {"faults_of_beginning"}),
        ("qpkmp", "village_report", {"faults_of_beginning"}),
        ("qpm", "village_report", {"faults_of_beginning"}),
        ("qpkc", "village_report", {"faults_of_flow"}),
        ("qpkmr", "village_report", {"faults_of_state"}),
        ("qpmd", "village_report", {"faults_of_beginning", "faults_of_cells"}),
        ("qpmd", "audit_by_hand", set()),
        ("qmp", "analyse", {"faults_of_beginning"}),
    ],
)
def test_the_rules_for_shape_themselves(kinds: str, name: str, broken: set[str]) -> None:
    notebook = made_up(*kinds)
    assert {rule.__name__ for rule in RULES if list(rule(notebook, name))} == broken
