"""Code that can be read: short functions, names that tell from outside, no bare except."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FUNCTION_LINES = 40
#: Names that say nothing about what is inside.
EMPTY_NAMES = {
    *("utils", "util", "helpers", "helper", "misc", "common"),
    *("parts", "kept", "ledgers", "since", "turns", "alone", "apart"),
}

LIBRARY = [
    *sorted((ROOT / "campaign_lib").rglob("*.py")),
    *sorted((ROOT / "campaign_sample").rglob("*.py")),
]
ALL_CODE = [*LIBRARY, *sorted((ROOT / "tests").rglob("*.py"))]


def short_name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def long_functions(source: str) -> list[str]:
    """List functions over the limit, counted from `def` to their last line."""
    return [
        f"line {node.lineno}: {node.name} has {lines} lines"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]


def bare_excepts(source: str) -> list[int]:
    """List the lines of handlers that catch everything, whether they say so or not."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or (isinstance(node.type, ast.Name) and node.type.id == "BaseException")
        )
    ]


@pytest.mark.parametrize("path", LIBRARY, ids=short_name)
def test_functions_are_short(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert long_functions(source) == []


@pytest.mark.parametrize("path", ALL_CODE, ids=short_name)
def test_names_tell_and_no_except_is_bare(path: Path) -> None:
    assert EMPTY_NAMES.isdisjoint([path.stem, *path.relative_to(ROOT).parts])
    assert bare_excepts(path.read_text(encoding="utf-8")) == []


def test_the_rules_themselves() -> None:
    body = "    pass\n" * (FUNCTION_LINES - 1)
    assert long_functions(f"def f():\n{body}") == []
    assert long_functions(f"def f():\n{body}    pass\n") != []
    assert bare_excepts("try:\n    pass\nexcept:\n    pass\n") == [3]
    assert bare_excepts("try:\n    pass\nexcept ValueError:\n    pass\n") == []
