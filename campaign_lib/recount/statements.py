"""The recount's SQL: a file per indicator, and what is shared by all; what their heads declare.

An indicator's file begins with lines of `--:`, TOML behind them: its `kind` (a share of a base, a
count without one, or a drop between two dates), its `unit`, and the survey's questions that it
`needs`. One that ends with the table `judged` is counted by `shared/judged.sql`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from campaign_lib.errors import CampaignError
from campaign_lib.words.spelling import hint

_FOLDER = Path(__file__).parent
_SHARED = _FOLDER / "shared"
_HEAD = "--:"

#: The indicators that have a recount, by id.
RECOUNTED = tuple(sorted(path.stem for path in _FOLDER.glob("*.sql")))
#: The parameters of a plan: which there are, of which type, and what holds where a plan is silent.
PARAMETERS: Mapping[str, Any] = tomllib.loads(
    (_FOLDER.parent / "plan" / "parameters.toml").read_text(encoding="utf-8")
)
_NUMBERS = {"decimal": "DOUBLE", "whole": "INTEGER"}


def known(indicator: str) -> str:
    """Give an indicator's id; raises CampaignError if it has no recount."""
    if indicator not in RECOUNTED:
        raise CampaignError(
            "asked.indicator", name=repr(indicator), hint=hint(indicator, RECOUNTED)
        )
    return indicator


def recount_sql(indicator: str) -> str:
    """Give the commented SQL that counts one indicator by quarter and village.

    Raises:
        CampaignError: there is no such indicator.
    """
    lines = _read(_FOLDER / f"{known(indicator)}.sql").splitlines(keepends=True)
    own = "".join(line for line in lines if not line.startswith(_HEAD))
    return own + _read(_SHARED / "judged.sql") if own.endswith("\n)\n") else own


def people_sql() -> str:
    """Give the commented SQL of what the indicators' statements read: presence, cohort."""
    return _read(_SHARED / "1_people.sql").replace("    -- {thresholds}\n", "".join(_thresholds()))


def _thresholds() -> Iterator[str]:
    """Write the year's numbers, as columns of the table `parameters`."""
    for name, about in PARAMETERS.items():
        if number := _NUMBERS.get(about["type"]):
            said, default = f"plans.{name}::{number}", about.get("default")
            yield f"    {said if default is None else f'coalesce({said}, {default})'} AS {name},\n"


def declared() -> pa.Table:
    """Give what the files' heads say: indicator, kind, unit, needs, numbers."""
    rows = []
    for name in RECOUNTED:
        lines = _read(_FOLDER / f"{name}.sql").splitlines()
        head = [line.removeprefix(_HEAD) for line in lines if line.startswith(_HEAD)]
        said = tomllib.loads("\n".join(head))
        rows.append({"indicator": name, "needs": [], "numbers": [], **said})
    return pa.Table.from_pylist(rows)


def statements(*, several: bool = False) -> list[tuple[str, str]]:
    """Give what derives the lines from the tables, in its order, each with its name.

    Of several communes it is the sum of their places that is judged.
    """
    counts = [(name, f"CREATE TABLE count_{name} AS {recount_sql(name)}") for name in RECOUNTED]
    every = " UNION ALL BY NAME ".join(
        f"SELECT '{name}' AS indicator, * FROM count_{name}" for name in RECOUNTED
    )
    places, *judging = ((file.stem, _read(file)) for file in sorted(_SHARED.glob("[2-9]_*.sql")))
    added_up = [("all", several_sql("all"))] if several else []
    return [
        ("1_people", people_sql()),
        *counts,
        ("counts", f"CREATE TABLE counts AS {every}"),
        places,
        *added_up,
        *judging,
    ]


def several_sql(name: str) -> str:
    """Give what a folder of several communes needs beside: `apart` or `all`."""
    return _read(_FOLDER / "several" / f"{name}.sql")


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")
