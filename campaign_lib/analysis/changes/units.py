"""Which units are counted differently in two builds: households, activities, models, areas.

Both builds' rows are walked through today's steps. So what differs here differs because of the rows
(or of the plan's thresholds beside them), and never because of a step's definition.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from campaign_lib.indicators.indicator import PLACE, Drop, Indicator
from campaign_lib.indicators.steps import COMMUNE, Part, columns_read, count, walk
from campaign_lib.store.snapshots import Build

#: What identifies a unit of each kind.
KEYS: Mapping[str, tuple[str, ...]] = {
    "households": ("household",),
    "activities": ("activity",),
    "models": ("model",),
    "areas": ("village", "area"),
}
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
        first, second = (_at(counted, place) for counted in self.counted)
        return first != second


def _at(counted: Counted, place: str) -> dict[str, tuple[int, ...]]:
    return {part: states for part, (where, states) in counted.items() if place in (where, COMMUNE)}


def rows_of(build: Build, indicator: Indicator, quarters: Sequence[str]) -> pd.DataFrame:
    """Give a build's rows that an indicator's steps walk, by quarter and unit."""
    name = "panel" if indicator.units == "households" else f"{indicator.units}_by_quarter"
    rows = build.table(name)
    rows = rows[rows["quarter"].astype("str").isin(list(quarters))]
    names = rows["quarter"].astype("str")
    for key in KEYS[indicator.units]:
        names = names + "/" + rows[key].astype("str")
    return rows.set_axis(pd.Index(names.to_numpy()))


def read_by(indicator: Indicator, rows: pd.DataFrame) -> tuple[str, ...]:
    """Name the columns that an indicator's questions look at."""
    questions = [question for part in indicator.parts() for question in part.questions]
    return tuple(
        dict.fromkeys(name for question in questions for name in columns_read(question, rows))
    )


def moved_units(before: pd.DataFrame, now: pd.DataFrame, indicator: Indicator) -> list[Moved]:
    """Find the units that are counted differently, in the order of quarter and unit."""
    counted = [_counted(rows, indicator) for rows in (before, now)]
    marks = [pd.util.hash_pandas_object(one, index=False) for one in counted]
    everyone = marks[0].index.union(marks[1].index)
    one, other = (mark.reindex(everyone, fill_value=0) for mark in marks)
    found = []
    for name in map(str, everyone[(one != other).to_numpy(bool)]):
        first, second = (_line(rows, name) for rows in (before, now))
        lines = [_said(_line(table, name), indicator) for table in counted]
        unit, quarter = name[_QUARTER_SIGNS + 1 :], name[:_QUARTER_SIGNS]
        found.append(Moved(unit, quarter, first, second, (lines[0], lines[1])))
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
    figures = indicator.figures(pd.concat(steps, ignore_index=True)).reset_index()
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
