"""Why each figure changed: because of data, of the plan, of an allocation, or of the code.

What may be said of a figure is decided here, in one order. Rows that are counted differently come
first, with the raw cells behind them; then what the plan says otherwise, if it bears on the cells
of the line that changed; then fixed allocations, and the sharing out of the commune's target. The
code is named where it is not the same and nothing else explains the figure, or where today's steps
do not count an older build's rows as that build did.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import pandas as pd

from campaign_lib.analysis.audit.as_read import THRESHOLDS
from campaign_lib.analysis.changes.cause import DATA, SHARING, UNKNOWN, Cause, in_order
from campaign_lib.analysis.changes.cells import RawCells, text
from campaign_lib.analysis.changes.inputs import Inputs
from campaign_lib.analysis.changes.lines import COUNTED, DUE, TARGETED, VERDICT, Lines, Pair
from campaign_lib.analysis.changes.units import Moved, moved_units, read_by, recounted, rows_of
from campaign_lib.base.quarters import Quarter
from campaign_lib.indicators import find
from campaign_lib.indicators.indicator import Drop, Indicator
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.store.snapshots import Build

_COUNTS = ("numerator", "denominator", "unknown", "baseline_numerator", "baseline_denominator")
_SURVEY = "survey/"


class Attribution:
    """Says why figures changed between two builds, in some quarters.

    `read` is which lines each build has; a figure is asked for by its `Pair`.
    """

    def __init__(
        self, before: Build, now: Build, lines: tuple[Lines, Lines], quarters: Sequence[str]
    ) -> None:
        self._builds, self._lines, self._quarters = (before, now), lines, quarters
        self._inputs = Inputs(before, now)
        self._cells = RawCells(before, now)
        self._of_indicator: dict[str, _Moves] = {}

    def causes(self, pair: Pair) -> tuple[Cause, ...]:
        """Give every cause that can be told of a figure that is not alike."""
        if pair.figure.quarter not in self._common_quarters:
            return (self._survey_file(pair.figure.quarter),)
        if pair.figure.place not in self._common_places:
            return tuple(self._village(pair.figure.place))
        found = find(pair.figure.indicator)
        moves = self._moves(found)
        data, unexplained = self._data(pair, moves)
        plan = list(self._plan(pair, found, moves, unexplained=unexplained))
        other = [*self._allocation(pair), *self._columns(pair.figure.quarter, moves)]
        known = [*data, *plan, *other, *(self._villages() if unexplained else ())]
        if pair.differs(TARGETED, DUE) and self._is_shared_anew(pair, plan, other):
            known.append(Cause(SHARING))
        if self._inputs.code and (not known or unexplained or self._miscounts(pair, moves)):
            known += self._inputs.code
        elif not known or (unexplained and not plan):
            known += self._inputs.today or self._inputs.packages
        return in_order(known or [Cause(UNKNOWN)])

    def _moves(self, indicator: Indicator) -> "_Moves":
        if indicator.id not in self._of_indicator:
            common = sorted(self._common_quarters & set(self._quarters))
            self._of_indicator[indicator.id] = _Moves(*self._builds, indicator, common)
        return self._of_indicator[indicator.id]

    def _data(self, pair: Pair, moves: "_Moves") -> tuple[list[Cause], bool]:
        """Give the raw cells behind a figure, and whether any unit moved without one.

        A raw file that is the same in both builds has changed nothing: it is read differently.
        """
        if not pair.differs(COUNTED):
            return [], False
        found: list[Cause] = []
        unexplained = False
        for moved in moves.of(pair.figure.quarter, pair.figure.place):
            cells = moves.cells(moved, self._cells)
            real = [cell for cell in cells if self._is_new(cell)]
            unexplained |= not (real or moves.only_thresholds(moved))
            found += real
        return found, unexplained

    def _is_new(self, cell: Cause) -> bool:
        files = {at.rpartition(":")[0] for at in (cell.at_before, cell.at_now) if at}
        return not files or bool(files & self._inputs.changed_files)

    def _plan(
        self, pair: Pair, indicator: Indicator, moves: "_Moves", *, unexplained: bool
    ) -> Iterator[Cause]:
        """Give what the plan says otherwise, as far as it bears on the cells that changed."""
        quarter = Quarter.parse(pair.figure.quarter)
        bears: dict[str, tuple[Iterable[str], ...]] = {
            f"targets.{indicator.id}": (TARGETED, DUE, VERDICT)
        }
        bears[f"q{quarter.number}_path"] = (DUE, VERDICT)
        if isinstance(indicator, Drop):
            bears["poverty_reduction_formula"] = (COUNTED, TARGETED, DUE, VERDICT)
        for item, cause in self._inputs.plan(quarter.year).items():
            if (
                (item in bears and pair.differs(*bears[item]))
                or (item in ("calendar", "baseline") and unexplained)
                or (item in moves.read and pair.differs(COUNTED))
            ):
                yield cause

    def _allocation(self, pair: Pair) -> tuple[Cause, ...]:
        if not pair.differs(TARGETED, DUE, VERDICT):
            return ()
        year = Quarter.parse(pair.figure.quarter).year
        fixed = self._inputs.allocation(year, pair.figure.indicator)
        return () if pair.figure.place == COMMUNE else fixed

    def _columns(self, quarter: str, moves: "_Moves") -> Iterator[Cause]:
        """Tell of questions that only one of the surveys asks."""
        first, second = (_asked(build, quarter) for build in self._builds)
        for column in sorted((first ^ second) & set(moves.read)):
            file = next((n for n in self._files() if n.startswith(f"{_SURVEY}{quarter}.")), "")
            before, now = ("+" if column in asked else "" for asked in (first, second))
            yield Cause(DATA, "", column, before, now, file, file)

    def _is_shared_anew(self, pair: Pair, plan: list[Cause], other: list[Cause]) -> bool:
        """Say whether a village's target moved although nothing of its own did."""
        own = {"denominator", "target_percent"} & set(pair.cells)
        return pair.figure.place != COMMUNE and not (own or plan or other)

    def _miscounts(self, pair: Pair, moves: "_Moves") -> bool:
        """Say whether today's steps count either build's rows otherwise than it printed."""
        printed = (pair.before, pair.now)
        for line, counted in zip(printed, moves.recounted, strict=True):
            level = COMMUNE if pair.figure.place == COMMUNE else "village"
            key = "/".join((pair.figure.quarter, level, pair.figure.place))
            if counted is None:
                return True
            again = counted.loc[key]
            if any(line.get(name) and str(again[name]) != line[name] for name in _COUNTS):
                return True
        return False

    @cached_property
    def _common_quarters(self) -> set[str]:
        return set.intersection(*({figure.quarter for figure in lines} for lines in self._lines))

    @cached_property
    def _common_places(self) -> set[str]:
        return set.intersection(*({figure.place for figure in lines} for lines in self._lines))

    def _survey_file(self, quarter: str) -> Cause:
        """Tell of a quarter that only one of the builds has: it has a survey there."""
        files = [
            next((n for n in build.manifest["files"] if n.startswith(f"{_SURVEY}{quarter}.")), "")
            for build in self._builds
        ]
        return Cause(DATA, "", "", *("+" if file else "" for file in files), *files)

    def _village(self, place: str) -> Iterator[Cause]:
        """Tell of a village that only one of the builds has."""
        there = []
        for build in self._builds:
            rows = build.table("villages")
            own = rows[rows["village"] == place]
            there += [f"{r.source_file}:{r.source_row}" for r in own.itertuples()] or [""]
        yield Cause(DATA, place, "", *("+" if at else "" for at in there), *there)

    def _villages(self) -> Iterator[Cause]:
        """Tell of every village that only one of the builds has: its households came with it."""
        first, second = ({*build.table("villages")["village"]} for build in self._builds)
        for village in sorted(first ^ second):
            yield from self._village(village)

    def _files(self) -> list[str]:
        return sorted({name for build in self._builds for name in build.manifest["files"]})


class _Moves:
    """The units that one indicator counts differently in two builds."""

    def __init__(
        self, before: Build, now: Build, indicator: Indicator, quarters: Sequence[str]
    ) -> None:
        self.indicator, self._quarters = indicator, quarters
        self._places = sorted(
            {*before.table("villages")["village"], *now.table("villages")["village"]}
        )
        self._rows = [rows_of(build, indicator, quarters) for build in (before, now)]
        self.read = read_by(indicator, self._rows[1])
        walkable = [set(self.read) <= set(rows.columns) for rows in self._rows]
        self._walkable = walkable
        self._found: dict[tuple[str, str], list[Cause]] = {}
        before_rows, now_rows = self._rows
        found = moved_units(before_rows, now_rows, indicator) if all(walkable) else []
        self._by_quarter: dict[str, list[Moved]] = {quarter: [] for quarter in quarters}
        for moved in found:
            self._by_quarter[moved.quarter].append(moved)

    def of(self, quarter: str, place: str) -> list[Moved]:
        """Give the units that count differently for a place, or for the commune."""
        return [one for one in self._by_quarter[quarter] if one.moves(place)]

    def cells(self, moved: Moved, raw: RawCells) -> list[Cause]:
        """Give the raw cells behind a unit; it is asked for its village and for the commune."""
        key = moved.quarter, moved.unit
        if key not in self._found:
            self._found[key] = raw.of(moved, self.indicator, self.read)
        return self._found[key]

    def only_thresholds(self, moved: Moved) -> bool:
        """Say whether a unit's rows differ in nothing but what the plan compares them with."""
        if moved.before is None or moved.now is None:
            return False
        unlike = {n for n in self.read if text(moved.before[n]) != text(moved.now[n])}
        return bool(unlike) and unlike <= set(THRESHOLDS)

    @cached_property
    def recounted(self) -> list[pd.DataFrame | None]:
        """What today's steps count of each build's rows; None where they lack what is asked."""
        return [
            recounted(rows, self.indicator, self._quarters, self._places) if there else None
            for rows, there in zip(self._rows, self._walkable, strict=True)
        ]


def _asked(build: Build, quarter: str) -> set[str]:
    surveyed = build.table("surveyed")
    return set(surveyed.loc[surveyed["quarter"].astype("str") == quarter, "column"])
