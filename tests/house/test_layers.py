"""The rooms of the library: a module imports only from rooms above its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

LIBRARY = Path(__file__).resolve().parents[2] / "campaign_lib"

#: Every room, each below all that it imports.
ROOMS = (
    "errors",
    "base",
    "words",
    "codebook",
    "plan",
    "intake",
    "indicators",
    "store",
    "recount",
    "disclosure",
    "analysis",
    "show",
    "stories",
    "pipeline",
    "office",
    "cli",
    "__main__",
)


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


class Run(ast.NodeTransformer):
    """Leaves out what stands for type checkers alone."""

    def visit_If(self, node: ast.If) -> ast.AST | None:
        return None if ast.unparse(node.test) == "TYPE_CHECKING" else node


def wrong_imports(path: Path, source: str) -> list[str]:
    """List the imports of a file that do not point to a room above in `ROOMS`.

    The library's own __init__ imports nothing: its names are taken from rooms when they are asked
    for. No room takes them from there.
    """
    own, tree = room(path), ast.parse(source)
    wrong = []
    for line, other in imported(path, Run().visit(tree) if own == "" else tree):
        if other in ("", "__version__", own):
            if own == "":
                wrong.append(f"line {line}: the library's own __init__ imports nothing of it")
        elif other not in ROOMS:
            wrong.append(f"line {line}: {other} is no room")
        elif own == "" or ROOMS.index(other) >= ROOMS.index(own):
            wrong.append(f"line {line}: {own or '__init__'} imports {other}")
    return wrong


FILES = sorted(LIBRARY.rglob("*.py"))


def test_every_module_has_a_room() -> None:
    assert {room(path) for path in FILES} - {""} == set(ROOMS), "no room is loose, none is empty"


@pytest.mark.parametrize("name", sorted(set(ROOMS) - {"errors", "__main__"}))
def test_every_room_says_what_it_is_for(name: str) -> None:
    source = (LIBRARY / name / "__init__.py").read_text(encoding="utf-8")
    said = ast.get_docstring(ast.parse(source)) or ""
    assert "In come" in said and "; out " in " ".join(said.split())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(LIBRARY).as_posix())
def test_imports_point_upwards_in_the_list(path: Path) -> None:
    assert wrong_imports(path, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("file", "source", "fine"),
    [
        ("indicators/panel.py", "from campaign_lib.intake import Campaign", True),
        ("indicators/panel.py", "from campaign_lib import plan, __version__", True),
        ("indicators/panel.py", "from campaign_lib.indicators.steps import walk", True),
        ("indicators/panel.py", "def later():\n    import campaign_lib.store.processed", False),
        ("indicators/panel.py", "from .. import store", False),
        ("indicators/panel.py", "from ..plan import Plan", True),
        ("indicators/ten.py", "from .households import COHORT", True),
        ("indicators/ten.py", "from ..analysis.audit import Audit", False),
        ("__init__.py", "from campaign_lib.errors import CampaignError", False),
        ("__init__.py", "if TYPE_CHECKING:\n    from campaign_lib.errors import X", True),
        ("__init__.py", "if True:\n    from campaign_lib.errors import X", False),
        ("cli/making.py", "from campaign_lib import open_campaign", False),
    ],
)
def test_the_rule_itself(file: str, source: str, fine: bool) -> None:
    assert (wrong_imports(LIBRARY / file, source) == []) is fine
