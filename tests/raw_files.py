"""Writes small raw campaigns, as the data contract describes them, for the tests."""

import csv
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from campaign_lib.codebook import codebook
from campaign_lib.recount.statements import declared

Row = Mapping[str, object]

#: What some indicator cannot be measured without.
NEEDED = {question for one in declared().to_pylist() for question in one["needs"]}
#: A survey's questions, but those on loans and deprivations that no indicator reads.
ASKED = tuple(
    question
    for question in codebook().tables["survey"].questions
    if question.code in NEEDED or question.group not in ("loans", "deprivations")
)
QUESTIONS = tuple(question.code for question in ASKED)
#: The columns that each raw file has here; optional ones that no test looks at are left out.
COLUMNS = {
    "communes": ("commune", "name", "code", "valid_from", "valid_until", "succeeded_by"),
    "villages": ("village", "name", "residential_areas"),
    "village_plans": ("village", "year", "issued_on"),
    "households": ("household", "village", "ethnicity", "joined_on", "left_on"),
    "poverty_status": ("household", "status", "valid_from"),
    "survey": ("household", "surveyed_on", *QUESTIONS),
    "activities": ("activity", "village", "held_on", "integrated_with"),
    "models": (
        *("model", "owner", "village", "residential_area"),
        *("registered_on", "started_on", "ended_on"),
    ),
    "allocation": ("year", "indicator", "village", "count"),
}
#: The plan of 2024 as the contract restates it (section 1).
PLAN_2024: dict[str, Any] = {
    "year": 2024,
    "baseline": date(2023, 12, 31),
    "illustrative": True,
    "parameters": {"district_mean_income": "1850"},
    "targets": {
        "covered_by_plan": {"at_least": "100"},
        "informed": {"at_least": "100"},
        "integrated_activities": {"at_least": "100"},
        "changed_mindset": {"at_least": "77.17"},
        "applies_science": {"at_least": "50.39"},
        "improved_life": {"at_least": "30.71"},
        "in_cooperative": {"at_least": "25.20"},
        "poverty_reduction": {"at_least": "5.12"},
        "front_models": {"at_least": 1, "at_most": 2},
        "area_models": {"at_least": "100"},
    },
}


def write_table(raw: Path, name: str, rows: Iterable[Row], lacks: Iterable[str] = ()) -> None:
    """Write `raw/<name>.csv` with the columns of `COLUMNS` but those it lacks.

    A folder of several communes has a column more, where a row has it.
    """
    left_out, rows = set(lacks), list(rows)
    columns = [column for column in COLUMNS[name.partition("/")[0]] if column not in left_out]
    columns += ["commune"] if any("commune" in row for row in rows) and name != "communes" else []
    path = raw / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(
            {key: "" if cell is None else cell for key, cell in row.items()} for row in rows
        )


def write_plan(raw: Path, plan: Mapping[str, Any], whose: str = "") -> None:
    """Write `raw/plans/<year>.toml`, or `<year>-<whose>.toml` for one of several communes."""
    path = raw / "plans" / f"{plan['year']}{whose and f'-{whose}'}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(_toml(plan)) + "\n", encoding="utf-8")


def drawn(table: str) -> list[dict[str, str]]:
    """Read a table drawn in text: cells between `|`, headings in the first line.

    A first cell such as `H01..H98` stands for 98 rows that are otherwise alike.
    """
    headings, *lines = (
        [cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()
    )
    rows = []
    for first, *others in lines:
        assert len(others) == len(headings) - 1, f"{first}: not as many cells as headings"
        rows += [dict(zip(headings, (each, *others), strict=True)) for each in _expand(first)]
    return rows


def _expand(cell: str) -> list[str]:
    ends = re.fullmatch(r"(\w*?)(\d+)\.\.\1(\d+)", cell)
    if ends is None:
        return [cell]
    stem, first, last = ends.groups()
    return [f"{stem}{number:0{len(first)}}" for number in range(int(first), int(last) + 1)]


def _toml(table: Mapping[str, Any], name: str = "") -> Iterable[str]:
    for key, value in table.items():
        if not isinstance(value, Mapping):
            yield f"{key} = {_value(value)}"
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield f"[{name}{key}]"
            yield from _toml(value, f"{name}{key}.")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)
