"""Several made-up communes in one folder: each made as if it were alone, under codes of its own."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from campaign_sample.scope import Injury, Scope, Table

#: The columns that hold ids, which several communes would share.
_IDS = ("village", "household", "activity", "model")
#: The tables in which rows without a village have to name their commune.
_WITH_COMMUNE = ("villages.csv", "activities.csv", "models.csv", "task_progress.csv")
_COMMUNE_LINE = re.compile(r"^commune = .*\n", re.MULTILINE)


def commune_key(at: int) -> str:
    """Give the key of commune number `at`, from 0."""
    return f"X{at + 1}"


def commune_table(scope: Scope) -> Table:
    """Write communes.csv."""
    keys = [commune_key(at) for at in range(scope.communes)]
    names = [f"Mẫu {at + 1}" for at in range(scope.communes)]
    return Table("communes.csv", pd.DataFrame({"commune": keys, "name": names}))


def plan_for_all(text: str) -> str:
    """Make a commune's plan the plan for all: it names none."""
    return _COMMUNE_LINE.sub("", text)


def put_together(tables: Sequence[Table]) -> Table:
    """Put one file of all communes together, the first commune's rows first."""
    cells, injuries, above = [], [], 0
    for at, table in enumerate(tables):
        cells.append(_own(table, commune_key(at)))
        injuries += [_moved(injury, commune_key(at), above) for injury in table.injuries]
        above += len(table.cells)
    return Table(tables[0].file, pd.concat(cells, ignore_index=True), tuple(injuries))


def _own(table: Table, key: str) -> pd.DataFrame:
    cells = table.cells.copy()
    for name in set(_IDS) & set(cells):
        cells[name] = [f"{key}{cell}" if cell else cell for cell in cells[name]]
    if table.file == "villages.csv":
        cells["name"] = [f"{name} ({key})" for name in cells["name"]]
        cells["aliases"] = ""
    return cells.assign(commune=key) if table.file in _WITH_COMMUNE else cells


def _moved(injury: Injury, key: str, above: int) -> Injury:
    value = f"{key}{injury.value}" if injury.column in _IDS else injury.value
    return replace(injury, rows=tuple(row + above for row in injury.rows), value=value)
