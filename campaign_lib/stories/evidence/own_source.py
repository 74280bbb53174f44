"""Source of our functions that runs where this program is not: with all that it uses of ours."""

import ast
import inspect
import sys
from types import ModuleType
from typing import Any

_OURS = __name__.partition(".")[0]
_CONSTANTS = (str, int, float, tuple, frozenset)


def source_with(*roots: Any, **rows: tuple[Any, ...]) -> str:
    """Give the source of functions and classes, and of what they use of this library.

    Args:
        roots: functions and classes of the library.
        rows: functions of it, set down as a tuple of that name at the end.

    Returns:
        A module's text: imports of what is not ours, then everything in the order of its use.
    """
    imports: set[str] = set()
    parts: dict[str, str] = {}

    def add(name: str, value: Any) -> None:
        """Note a name that some source uses, after what its own source uses."""
        module = getattr(value, "__module__", None) or ""
        if isinstance(value, ModuleType):
            imports.add(f"import {value.__name__} as {name}")
        elif isinstance(value, _CONSTANTS):
            parts[name] = f"{name} = {value!r}"
        elif not (inspect.isroutine(value) or inspect.isclass(value)):
            return  # what only annotations need
        elif module.partition(".")[0] != _OURS:
            imports.add(f"from {module.lstrip('_')} import {name}")
        elif name not in parts:
            source, there = inspect.getsource(value), vars(sys.modules[module])
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Name) and node.id in there and node.id != name:
                    add(node.id, there[node.id])
            parts[name] = source.rstrip()

    for root in (*roots, *(one for row in rows.values() for one in row)):
        add(root.__name__, root)
    for name, row in rows.items():
        parts[name] = f"{name} = ({''.join(f'{one.__name__}, ' for one in row)})"
    head = ["from __future__ import annotations", "\n".join(sorted(imports))]
    return "\n\n\n".join([*head, *parts.values()]) + "\n"
