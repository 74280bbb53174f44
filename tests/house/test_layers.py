"""The floors of the library: a module imports only from floors below its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

LIBRARY = Path(__file__).resolve().parents[2] / "campaign_lib"

#: Every module, or package as one, and the floor it stands on.
FLOORS = {
    "collation": 0,
    "errors": 0,
    "answers": 1,
    "editions": 1,
    "intervals": 1,
    "limits": 1,
    "figures": 1,
    "file_names": 1,
    "notebooks": 1,
    "percent": 1,
    "problems": 1,
    "quarters": 1,
    "spelling": 1,
    "words": 1,
    "allocation": 2,
    "codebook": 2,
    "console": 2,
    "display": 2,
    "plan": 2,
    "progress": 2,
    "whole_files": 2,
    "intake": 3,
    "problem_list": 3,
    "register": 3,
    "sample": 3,
    "panel": 4,
    "parts": 4,
    "steps": 4,
    "indicator": 5,
    "indicators": 6,
    "agreement": 7,
    "assessment": 7,
    "commune": 7,
    "disclosure": 7,
    "flows": 7,
    "nearest": 7,
    "plan_changes": 7,
    "poverty": 7,
    "quality": 7,
    "targets": 7,
    "visits": 7,
    "processed": 7,
    "kept": 8,
    "leeway": 8,
    "recount": 8,
    "results": 8,
    "audit": 9,
    "charts": 9,
    "corrections": 9,
    "dictionary": 9,
    "engine": 9,
    "ledgers": 9,
    "pages": 9,
    "recompute": 9,
    "letter": 9,
    "locks": 9,
    "slices": 9,
    "tables": 9,
    "verify": 9,
    "village_targets": 9,
    "years": 9,
    "allocation_file": 10,
    "changes": 10,
    "build": 11,
    "forms": 11,
    "problem_book": 12,
    "stories": 12,
    "reports": 13,
    "cli": 14,
    "__main__": 15,
}


def room(path: Path) -> str:
    """Name the module or package that a file belongs to ('' is the library's own __init__)."""
    first = path.relative_to(LIBRARY).parts[0]
    return first.removesuffix(".py").replace("__init__", "")


def imported(path: Path, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Give line and room of each import from the library, wherever in the file it stands."""
    package = ["campaign_lib", *path.relative_to(LIBRARY).parts[:-1]]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*above, *filter(None, [node.module])])
            names = [f"{origin}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "campaign_lib":
                yield node.lineno, (parts[1] if len(parts) > 1 else "")


def wrong_imports(path: Path, source: str) -> list[str]:
    """List the imports of a file that do not point to a floor below."""
    own = room(path)
    wrong = []
    for line, other in imported(path, ast.parse(source)):
        if other in ("", "__version__", own):
            if own == "":
                wrong.append(f"line {line}: the library's own __init__ imports nothing of it")
        elif own == "" or FLOORS[other] >= FLOORS[own]:
            wrong.append(f"line {line}: {own or '__init__'} imports {other}")
    return wrong


FILES = sorted(LIBRARY.rglob("*.py"))


def test_every_module_has_a_floor() -> None:
    rooms = {room(path) for path in FILES} - {""}
    assert rooms, "no module found"
    assert rooms <= FLOORS.keys(), "give each new module a floor in FLOORS"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(LIBRARY).as_posix())
def test_imports_point_downwards(path: Path) -> None:
    assert wrong_imports(path, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("file", "source", "fine"),
    [
        ("panel.py", "from campaign_lib.intake import Campaign", True),
        ("panel.py", "from campaign_lib import plan, __version__", True),
        ("panel.py", "from campaign_lib.steps import walk", False),
        ("panel.py", "def later():\n    import campaign_lib.results", False),
        ("panel.py", "from . import results", False),
        ("panel.py", "from .plan import Plan", True),
        ("indicators/mindset.py", "from .households import COHORT", True),
        ("indicators/mindset.py", "from ..results import compute", False),
        ("__init__.py", "from campaign_lib.errors import CampaignError", False),
    ],
)
def test_the_rule_itself(file: str, source: str, fine: bool) -> None:
    assert (wrong_imports(LIBRARY / file, source) == []) is fine
