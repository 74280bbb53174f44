"""Which cells of the raw files are behind a unit that is counted differently: file, row, value.

The panel says what is not alike; the raw tables say where that was read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from campaign_lib.analysis.audit.units import PLAN, UNIT_KEY, origin_of
from campaign_lib.analysis.changes.lines import DATA, Cause
from campaign_lib.codebook import codebook
from campaign_lib.indicators.indicator import PLACE, Drop, Indicator, units_table
from campaign_lib.indicators.steps import COMMUNE, Part, count, walk
from campaign_lib.store.snapshots import Build, Comparable, table_of

# Which units are counted differently in two builds: households, activities, models, areas.
#
# Both builds' rows are walked through today's steps. So what differs here differs because of the
# rows (or of the plan's thresholds beside them), and never because of a step's definition.

_OUT, _IN, _UNKNOWN = 0, 1, 2
_PLACE = "place of "
#: A unit's index is its quarter, this, and its id; a quarter's code has six signs.
_QUARTER_SIGNS = len("2024Q3")
#: How a unit counts: by part, where, and its states.
Counted = Mapping[str, tuple[str, tuple[int, ...]]]


@dataclass(frozen=True)
class Moved:
    """A unit that is counted differently.

    Attributes:
        unit: its id.
        quarter: in which it is.
        before: its row in the one build, None where it has none; and `now`, in the other.
        counted: how it counts in either; nothing where it does not.
    """

    unit: str
    quarter: str
    before: "pd.Series | None"
    now: "pd.Series | None"
    counted: tuple[Counted, Counted]

    def moves(self, place: str) -> bool:
        """Say whether it counts differently for a place, or for the commune."""
        first, second = (
            {part: states for part, (where, states) in one.items() if place in (where, COMMUNE)}
            for one in self.counted
        )
        return first != second


def rows_of(build: Build, indicator: Indicator, quarters: Sequence[str]) -> pd.DataFrame:
    """Give a build's rows that an indicator's steps walk, by quarter and unit."""
    rows = table_of(build, units_table(indicator.units))
    rows = rows[rows["quarter"].astype("str").isin(list(quarters))]
    names = rows["quarter"].astype("str")
    for key in UNIT_KEY[indicator.units]:
        names = names + "/" + rows[key].astype("str")
    return rows.set_axis(pd.Index(names.to_numpy()))


def filled(rows: pd.DataFrame, other: pd.DataFrame, read: Sequence[str]) -> pd.DataFrame:
    """Give rows every column of `read`: one that they lack says what the other rows say of a unit.

    So whatever is counted differently is so because of what both builds know. Answers become
    texts: another version may have allowed others.
    """
    nothing = pd.Series(index=rows.index, dtype="Float64")
    lent = {n: other.get(n, nothing).reindex(rows.index) for n in read if n not in rows}
    whole = rows.assign(**lent)
    return whole.astype({n: "str" for n in read if whole[n].dtype == "category"})


def moved_units(before: pd.DataFrame, now: pd.DataFrame, indicator: Indicator) -> list[Moved]:
    """Find the units that are counted differently, in the order of quarter and unit."""
    counted = [_counted(rows, indicator) for rows in (before, now)]
    marks = [pd.util.hash_pandas_object(one, index=False) for one in counted]
    everyone = marks[0].index.union(marks[1].index)
    one, other = (mark.reindex(everyone, fill_value=0) for mark in marks)
    found = []
    for name in map(str, everyone[(one != other).to_numpy(bool)]):
        rows = (_line(before, name), _line(now, name))
        first, second = (_said(_line(table, name), indicator) for table in counted)
        unit, quarter = name[_QUARTER_SIGNS + 1 :], name[:_QUARTER_SIGNS]
        found.append(Moved(unit, quarter, *rows, (first, second)))
    return found


def _line(table: pd.DataFrame, name: str) -> "pd.Series | None":
    at = table.index.get_indexer(pd.Index([name]))[0]
    return None if at < 0 else table.iloc[at]


def _said(line: "pd.Series | None", indicator: Indicator) -> Counted:
    """Lay out how a unit counts, without the parts in which it does not."""
    if line is None:
        return {}
    found: dict[str, tuple[str, tuple[int, ...]]] = {}
    for part in indicator.parts():
        states = [int(line[name]) for name in line.index if str(name).startswith(f"{part.name} ")]
        if any(state != _OUT for state in states):
            found[part.name] = str(line[f"{_PLACE}{part.name}"]), tuple(states)
    return found


def recounted(
    rows: pd.DataFrame, indicator: Indicator, quarters: Sequence[str], places: Sequence[str]
) -> pd.DataFrame:
    """Count an old build's rows by today's steps; by quarter, level and place."""
    steps = [count(walk(rows, part), quarters, places) for part in indicator.parts()]
    figures = indicator.figures(pd.concat(steps, ignore_index=True))
    return figures.set_index(figures[PLACE].agg("/".join, axis=1))


def _counted(rows: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """Say how each row counts, part by part, and where; rows that count nowhere are left out."""
    columns: dict[str, pd.Series] = {}
    for part in indicator.parts():
        columns |= _of_part(rows, part, every=isinstance(indicator, Drop))
    table = pd.DataFrame(columns, index=rows.index)
    states = [name for name in table if not str(name).startswith(_PLACE)]
    return table[(table[states] != _OUT).any(axis=1)]


def _of_part(rows: pd.DataFrame, part: Part, *, every: bool) -> dict[str, pd.Series]:
    """Give the states that decide the figure: of a share the last; of a drop, who is known too.

    Who may be in a share's base but is not surely in it counts for nothing, as who is not.
    """
    walked = walk(rows, part)
    found = {}
    for position, state in enumerate(walked.states[-3:] if every else walked.states[-1:]):
        codes = np.where(state.isna(), _UNKNOWN, np.where(state.fillna(False), _IN, _OUT))
        if part.name == "among":
            codes = np.where(codes == _UNKNOWN, _OUT, codes)
        of_state = pd.Series(codes, index=walked.rows.index).reindex(rows.index, fill_value=_OUT)
        found[f"{part.name} {position}"] = of_state
    counts = np.logical_or.reduce([(one != _OUT).to_numpy() for one in found.values()])
    where = rows[part.place].astype("str").fillna("").where(counts, "")
    return {**found, f"{_PLACE}{part.name}": where}


#: What of a row says where it stands, and not what it says.
_NO_CONTENT = frozenset({"source_file", "source_sheet", "source_row", "quarter"})
Row = Mapping[str, Any]
#: The columns of the panel that say where a household lives, which the register decides.
_WHERE = ("village", "village_at_baseline", "village_now", "village_later")
_OF_REGISTER = (("households", "village"), ("households", "joined_on"), ("households", "left_on"))
_MAY_BE_EMPTY = (("households", "joined_on"), ("households", "left_on"))
#: Which column of a raw table says whose row it is.
_OWNER = {
    "households": "household",
    "poverty_status": "household",
    "village_plans": "village",
    "villages": "village",
    "models": "village",
}
#: Tables that are kept once for each quarter.
_BY_QUARTER = {"models": "models_by_quarter", "activities": "activities_by_quarter"}


class RawCells:
    """The raw cells of two builds, side by side."""

    def __init__(self, before: Comparable, now: Comparable) -> None:
        self._builds = (before, now)
        self._grouped: dict[tuple[int, str], Any] = {}

    @cached_property
    def asked(self) -> frozenset[str]:
        """The questions of the survey."""
        return frozenset(column.code for column in codebook().tables["survey"].questions)

    def of(self, moved: Moved, indicator: Indicator, read: Sequence[str]) -> list[Cause]:
        """Give the raw cells that are not alike, of those that an indicator reads of a unit.

        It may be none: then the unit is counted differently for another reason.
        """
        if moved.before is None or moved.now is None:
            return self._whole_row(moved, indicator)
        unlike = [name for name in (*read, *_WHERE) if _unlike(moved.before, moved.now, name)]
        if indicator.units in ("models", "activities"):
            raw = [[("", _WHERE[0])] if n in _WHERE else origin_of(n) for n in unlike]
            own = dict.fromkeys(column for pairs in raw for _, column in pairs)
            both = moved.before, moved.now
            return [_cell(moved.unit, name, *both) for name in own if _unlike(*both, name)]
        found = [
            _cell(moved.unit, name, moved.before, moved.now)
            for name in unlike
            if name in self.asked
        ]
        return found + self._elsewhere(moved, [name for name in unlike if name not in self.asked])

    def _whole_row(self, moved: Moved, indicator: Indicator) -> list[Cause]:
        """Tell of a unit that only one of the builds has."""
        if indicator.units in ("models", "activities"):
            there = ["" if row is None else place_of(row) for row in (moved.before, moved.now)]
            return [came_or_went(moved.unit, there)]
        pairs = _OF_REGISTER if indicator.units == "households" else (
            ("villages", "residential_areas"),
        )  # fmt: skip
        return [cause for pair in pairs for cause in self._of_table(moved, *pair)]

    def _elsewhere(self, moved: Moved, unlike: Iterable[str]) -> list[Cause]:
        """Follow what the panel works out back to the registers that it was worked out from."""
        pairs: dict[tuple[str, str], None] = {}
        for name in unlike:
            pairs |= dict.fromkeys(_OF_REGISTER if name in _WHERE else origin_of(name))
        return [
            cause for pair in pairs if pair[0] != PLAN for cause in self._of_table(moved, *pair)
        ]

    def _of_table(self, moved: Moved, table: str, column: str) -> Iterator[Cause]:
        """Give what one column of a raw table says otherwise of the unit, row by row."""
        before, now = (self._rows(number, table, moved) for number in (0, 1))
        for first, second in _paired(_without(before, now), _without(now, before), table):
            row = second or first or {}
            if first and second:
                told = _unlike(first, second, column)
            else:  # an empty optional cell says nothing of a row that came or went
                told = bool(text(row[column])) or (table, column) not in _MAY_BE_EMPTY
            if told:
                owner = "model" if table == "models" else _OWNER[table]
                unit = moved.unit if owner == "household" else str(row[owner])
                cell = _cell(unit, column, first, second)
                places = cell.at_before, cell.at_now
                # A row that says nothing there is told of as a row: nobody has emptied a cell.
                yield cell if cell.before or cell.now else came_or_went(unit, places)

    def _rows(self, number: int, table: str, moved: Moved) -> list[Row]:
        """Give a build's rows of a raw table that are about a unit."""
        if (number, table) not in self._grouped:
            rows = self._builds[number].table(_BY_QUARTER.get(table, table))
            owner = rows[_OWNER[table]].astype("str")
            self._grouped[number, table] = rows, owner.groupby(owner).indices
        rows, places = self._grouped[number, table]
        found = rows.iloc[places.get(self._owner(moved, table), [])].to_dict("records")
        if table not in _BY_QUARTER:
            return list(found)
        return [row for row in found if str(row["quarter"]) == moved.quarter]

    @staticmethod
    def _owner(moved: Moved, table: str) -> str:
        """Say whose rows of a table a unit goes by."""
        if _OWNER[table] == "household":
            return moved.unit
        row = moved.before if moved.now is None else moved.now
        assert row is not None  # one of the builds has it
        return str(row["village_now"] if "village_now" in row.index else row["village"])


def came_or_went(unit: str, there: Sequence[str]) -> Cause:
    """Tell of what only one of two builds has, by where it stands in each."""
    return Cause(DATA, unit, "", *("+" if place else "" for place in there), *there)


def _cell(unit: str, column: str, first: Any, second: Any) -> Cause:
    """Give a cell of a unit's rows in the two builds; None is no row."""
    values = ("" if one is None else text(one[column]) for one in (first, second))
    places = ("" if one is None else place_of(one) for one in (first, second))
    return Cause(DATA, unit, column, *values, *places)


def _paired(
    gone: Sequence[Row], new: Sequence[Row], table: str
) -> Iterator[tuple[Row | None, Row | None]]:
    """Set rows that only one build has beside each other: by key, then in their order.

    Rows are paired in their order only where there are as many on both sides, so that a stay that
    ended is not taken for the one that began elsewhere.
    """
    keys = codebook().tables[table].key
    before, now = (
        {tuple(text(row.get(name)).casefold() for name in keys): row for row in rows}
        for rows in (gone, new)
    )
    for key in [key for key in before if key in now]:
        yield before.pop(key), now.pop(key)
    if len(before) == len(now):
        yield from zip(before.values(), now.values(), strict=True)
    else:
        yield from [
            *((row, None) for row in before.values()),
            *((None, row) for row in now.values()),
        ]


def _without(rows: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    """Give the rows that the others do not have, wherever in the file they stand."""
    there = {_content(row) for row in others}
    return [row for row in rows if _content(row) not in there]


def _content(row: Row) -> tuple[str, ...]:
    return tuple(text(value) for name, value in row.items() if name not in _NO_CONTENT)


def _unlike(first: Any, second: Any, column: str) -> bool:
    return column in first and text(first.get(column)) != text(second.get(column))


def text(value: Any) -> str:
    """Write a cell as it could stand in a raw file; "" if missing."""
    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def place_of(row: Any) -> str:
    """Say where a row stands: file and row; the sheet is the file's only one, or named like it."""
    file, number = row.get("source_file"), row.get("source_row")
    return "" if pd.isna(file) or pd.isna(number) else f"{file}:{number}"
