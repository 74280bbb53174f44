"""Where in the raw files everything stands that was read of a unit: file, sheet and row.

A household's figure is made from more than its survey: from the stay that says where it lived and
of which group it is, from the status that held on the day, from its village's plan. Whoever has no
stay on a day was judged by all of its stays: they prove that none covers it.
"""

from collections.abc import Iterable, Mapping, Set
from typing import Any, NamedTuple

import pandas as pd

from campaign_lib.analysis.audit.as_read import DATE_OF, day_of, raw_columns
from campaign_lib.indicators.indicator import Indicator
from campaign_lib.indicators.panel import DAYS
from campaign_lib.indicators.register import Register
from campaign_lib.indicators.steps import columns_read
from campaign_lib.store.processed import Processed

#: What tells one unit from another; residential areas have no id of their own.
UNIT_KEY: Mapping[str, tuple[str, ...]] = {
    "households": ("household",),
    "activities": ("activity",),
    "models": ("model",),
    "areas": ("village", "area"),
}
_PLACE = ["source_file", "source_sheet", "source_row"]
_STAY, _STATUS = frozenset({"lives_here", "minority"}), frozenset({"status"})


class RawRow(NamedTuple):
    """One row of a raw file, as a spreadsheet counts; `table` is what the codebook calls it."""

    table: str
    file: str
    sheet: str
    row: int

    @property
    def where(self) -> str:
        """The file, and its sheet if it has any."""
        return f"{self.file} [{self.sheet}]" if self.sheet else self.file

    def __str__(self) -> str:
        return f"{self.where}:{self.row}"


#: The rows behind each unit, by its key; who has none is not in it.
Sources = Mapping[tuple[Any, ...], tuple[RawRow, ...]]


def sources(
    processed: Processed,
    indicator: Indicator,
    rows: pd.DataFrame,
    days: "pd.Series[pd.Timestamp]",
) -> Sources:
    """Name the raw rows that an indicator's questions read of each unit.

    Args:
        processed: what was built.
        indicator: whose questions they are.
        rows: the units' rows of one quarter, as the steps walk them.
        days: the quarter's row of the table `quarters`.

    Returns:
        The rows by the unit's key (`UNIT_KEY`), each once: of the survey first, then of the
        registers.
    """
    kind = indicator.units
    if kind == "households":
        parts = _of_households(processed, indicator, rows, days)
    elif kind == "areas":
        parts = _of_areas(processed, rows)
    else:
        parts = [_named(rows, kind, list(UNIT_KEY[kind]))]
    return _by_unit(parts, list(UNIT_KEY[kind]))


def _of_households(
    processed: Processed,
    indicator: Indicator,
    homes: pd.DataFrame,
    days: "pd.Series[pd.Timestamp]",
) -> list[pd.DataFrame]:
    questions = [question for part in indicator.parts() for question in part.questions]
    tables = {table for one in questions for table, _ in raw_columns(one, homes)}
    read = {column for one in questions for column in columns_read(one, homes)}
    parts = []
    if "survey" in tables:
        parts.append(_named(homes[homes["source_file"].notna()], "survey", ["household"]))
    register = _register(processed, homes["household"])
    parts += [_stays(register, days[DATE_OF[day]]) for day in _days(read, _STAY)]
    for day in _days(read, _STATUS):
        held = register.statuses_on(days[DATE_OF[day]], ["household", *_PLACE])
        parts.append(_named(held.dropna(subset="household"), "poverty_status", ["household"]))
    if "village_plans" in tables:
        parts.append(_plans(processed, homes, days))
    return parts


def _days(read: Set[str], stems: Set[str]) -> Iterable[str]:
    """Give the days on which a thing was looked at, in the order of the year."""
    found = {day for column in read for stem, day in [day_of(column)] if stem in stems}
    return [day for day in DAYS if day in found]


def _register(processed: Processed, ids: pd.Series) -> Register:
    stays, statuses = processed.table("households"), processed.table("poverty_status")
    return Register(
        stays[stays["household"].isin(ids)],
        statuses[statuses["household"].isin(ids)],
        tuple(processed.villages),
    )


def _stays(register: Register, date: pd.Timestamp) -> pd.DataFrame:
    """Name each household's stay on a day; who has none is told by all of its stays."""
    there = register.stays_on(date).dropna(subset="household")
    stays = register.stays
    away = stays[~stays["household"].isin(there["household"])]
    return _named(pd.concat([there, away]), "households", ["household"])


def _plans(
    processed: Processed, homes: pd.DataFrame, days: "pd.Series[pd.Timestamp]"
) -> pd.DataFrame:
    """Name the year's row of the plan of the village where each household lives now."""
    plans = processed.table("village_plans")
    plans = plans.loc[plans["year"] == days["year"], ["village", *_PLACE]]
    lives = homes[["household"]].assign(village=homes["village_now"].astype("str"))
    return _named(lives.merge(plans, on="village"), "village_plans", ["household"])


def _of_areas(processed: Processed, areas: pd.DataFrame) -> list[pd.DataFrame]:
    """Name the row of each area's village, and those of its models that were built this year."""
    key = ["village", "area"]
    own = areas[key].astype({"village": "str"})
    villages = processed.table("villages")[["village", *_PLACE]]
    models = processed.table("models_by_quarter")
    quarter = str(areas["quarter"].iloc[0]) if len(areas) else ""
    new = models["built_this_year"] & models["area"].notna()
    new &= models["quarter"].astype("str") == quarter
    models = models.loc[new, [*key, *_PLACE]].astype({"village": "str", "area": "int64"})
    return [
        _named(own.merge(villages, on="village"), "villages", key),
        _named(own.merge(models, on=key), "models", key),
    ]


def _named(rows: pd.DataFrame, table: str, key: list[str]) -> pd.DataFrame:
    return rows[[*key, *_PLACE]].assign(table=table)


def _by_unit(parts: list[pd.DataFrame], key: list[str]) -> Sources:
    found: dict[tuple[Any, ...], dict[RawRow, None]] = {}
    for part in parts:
        for line in part[[*key, "table", *_PLACE]].itertuples(index=False, name=None):
            *unit, table, file, sheet, row = line
            raw = RawRow(table, str(file), str(sheet or ""), int(row))
            found.setdefault(tuple(unit), {})[raw] = None
    return {unit: tuple(rows) for unit, rows in found.items()}
