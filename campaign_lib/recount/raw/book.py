"""The codebook and the plans as tables for SQL: their TOML is data, read here a second time."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from campaign_lib.recount.raw.plan_book import plan_in
from campaign_lib.recount.statements import PARAMETERS

#: What a heading may say instead of the column's code.
_LABELS = ("vi", "en", "ask_vi", "ask_en")
_CODEBOOK = Path(__file__).parents[2] / "codebook"
_TEXT, _WHOLE, _YES = pa.string(), pa.int64(), pa.bool_()
_PARAMETERS = {"decimal": pa.decimal128(12, 3), "whole": _WHOLE, "choice": _TEXT}
#: The tables that are made here, with their columns.
_SHAPES: Mapping[str, Mapping[str, Any]] = {
    "columns": {
        "table": _TEXT, "column": _TEXT, "type": _TEXT, "required": _YES,
        "unreadable_is_unknown": _YES, "min": _WHOLE, "least": _WHOLE, "max": _WHOLE,
        "otherwise": _TEXT, "is_key": _YES, "one_of": _YES,
    },
    "written_labels": {"table": _TEXT, "column": _TEXT, "label": _TEXT, "is_question": _YES},
    "written_answers": {
        "table": _TEXT, "column": _TEXT, "position": _WHOLE, "code": _TEXT, "spelling": _TEXT,
    },
    "written_groups": {"code": _TEXT, "spelling": _TEXT},
    "unknown_words": {"word": _TEXT},
    "reviews": {"kind": _TEXT, "word": _TEXT},
    "limits": {"first_day": pa.date32(), "last_day": pa.date32()},
    "written_plans": {
        "file": _TEXT, "commune": _TEXT, "year": _WHOLE, "calendar": _TEXT, "baseline": pa.date32(),
        **{name: _PARAMETERS[one["type"]] for name, one in PARAMETERS.items()},
        "q1_path": _TEXT, "q2_path": _TEXT, "q3_path": _TEXT, "q4_path": _TEXT,
    },
    "written_targets": {"file": _TEXT, "year": _WHOLE, "indicator": _TEXT, "at_least": _TEXT},
    "written_tasks": {"file": _TEXT, "id": _TEXT},
}  # fmt: skip


def codebook_tables() -> dict[str, pa.Table]:
    """Give the raw tables' columns, labels and answers, and the ethnic groups."""
    book = _toml(_CODEBOOK / "codebook.toml")
    named = _toml(_CODEBOOK.parent / "words" / "indicators.toml")
    book["answers"]["indicator"] = {
        code: about["label"] for code, about in named.items() if "label" in about
    }
    book["answers"]["step"] = {
        code: {name: re.sub(r"{\w+}", "…", text) for name, text in about["label"].items()}
        for code, about in named["steps"].items()
    }
    columns = list(_columns(book))
    reviews = book["survey_export"]["reviews"]
    groups = _toml(_CODEBOOK / "ethnic_groups.toml")
    return {
        "columns": _table("columns", [row for row, *_ in columns]),
        "written_labels": _table("written_labels", [r for _, rows, _ in columns for r in rows]),
        "written_answers": _table("written_answers", [r for *_, rows in columns for r in rows]),
        "written_groups": _table(
            "written_groups", [(code, name) for code, names in groups.items() for name in names]
        ),
        "unknown_words": _table("unknown_words", [(word,) for word in book["unknown"]]),
        "reviews": _table(
            "reviews",
            [(kind, word) for kind in ("names", "rejected") for word in reviews[kind]],
        ),
        "limits": _table("limits", [(book["dates"]["min"], book["dates"]["max"])]),
    }


def _columns(book: Mapping[str, Any]) -> Iterator[tuple[tuple[Any, ...], list[Any], list[Any]]]:
    """Give each column's row, its labels and the spellings of its answers."""
    for table, about in book["tables"].items():
        for column, fields in about["columns"].items():
            kind = fields["type"]
            flags = [fields.get(name, False) for name in ("required", "unreadable_is_unknown")]
            bounds = (fields.get(name) for name in ("min", "least", "max", "otherwise"))
            either = column in about.get("one_of", ())
            row = (table, column, kind, *flags, *bounds, column in about["key"], either)
            asked = "ask_vi" in fields
            names = [column, *(fields[key] for key in _LABELS if key in fields)]
            names += fields.get("also", ())
            labels = [(table, column, name, asked) for name in names]
            said = book["answers"].get(fields.get("answers", kind), {})
            spellings = [
                (table, column, position, code, spelling)
                for position, (code, answer) in enumerate(said.items())
                for spelling in (code, answer["vi"], answer["en"], *answer.get("also", ()))
            ]
            yield row, labels, spellings


def plan_tables(folder: Path) -> dict[str, pa.Table]:
    """Give what the plan files say, word for word.

    Raises:
        ArithmeticError, ValueError, KeyError, TypeError: a file is no plan.
    """
    plans, targets, tasks = [], [], []
    files = sorted(folder.iterdir()) if folder.is_dir() else ()
    for path in (one for one in files if one.name[0] not in ".~"):
        if path.suffix.lower() not in _PLANS:
            continue
        plan = _PLANS[path.suffix.lower()](path)
        file, year, own = path.name, plan["year"], plan.get("parameters", {})
        plans.append(
            (
                file,
                plan.get("commune", ""),
                year,
                plan.get("calendar", "decree_09_2019"),
                plan.get("baseline", date(year - 1, 12, 31)),
                *(_said(own.get(name), one) for name, one in PARAMETERS.items()),
                *plan.get("path", ("0.25", "0.50", "0.75", "1")),
            )
        )
        asked = plan.get("targets", {}).items()
        targets += [(file, year, name, str(target["at_least"])) for name, target in asked]
        tasks += [(file, task["id"]) for task in plan.get("tasks", ())]
    return {
        "written_plans": _table("written_plans", plans),
        "written_targets": _table("written_targets", targets),
        "written_tasks": _table("written_tasks", tasks),
    }


def _said(value: Any, parameter: Mapping[str, Any]) -> Any:
    """Give a parameter as its column holds it: a number in quotes is decimal, never a float."""
    if value is None:
        return parameter.get("default")
    return Decimal(value) if parameter["type"] == "decimal" else value


def _toml(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    is_utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return tomllib.loads(content.decode("utf-16" if is_utf_16 else "utf-8-sig"))


#: How each kind of file is read that a plan may be.
_PLANS = {".toml": _toml, ".xlsx": plan_in}


def _table(name: str, rows: Sequence[Sequence[Any]]) -> pa.Table:
    shape = pa.schema(list(_SHAPES[name].items()))
    cells = [dict(zip(shape.names, row, strict=True)) for row in rows]
    return pa.Table.from_pylist(cells, schema=shape)
