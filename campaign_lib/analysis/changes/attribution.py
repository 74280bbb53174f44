"""Why each figure changed: because of data, of the plan, of an allocation, or of the code.

What may be said of a figure is decided here, in one order. Rows that are counted differently come
first, with the raw cells behind them; then what the plan says otherwise, if it bears on the cells
of the line that changed; then fixed allocations, and the sharing out of the commune's target. The
code is named where it is not the same and nothing else explains the figure, or where today's steps
do not count an older build's rows as that build did.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import pandas as pd

from campaign_lib.analysis.audit.units import day_of
from campaign_lib.analysis.changes.cells import (
    Moved,
    RawCells,
    came_or_went,
    filled,
    moved_units,
    place_of,
    recounted,
    rows_of,
    text,
)
from campaign_lib.analysis.changes.lines import (
    ABSENT,
    ALLOCATION,
    CODE,
    COUNTED,
    DATA,
    DUE,
    PACKAGES,
    PLAN,
    SHARING,
    TARGETED,
    TODAY,
    UNKNOWN,
    VERDICT,
    Cause,
    Pair,
    in_order,
    lines_of,
)
from campaign_lib.base.figures import Figure
from campaign_lib.base.quarters import Quarter
from campaign_lib.indicators import find
from campaign_lib.indicators.indicator import Drop, Indicator, columns_of
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.plan import FORMULA, PARAMETERS, PATHS, THRESHOLDS, UNLISTED
from campaign_lib.plan.communes import ALL, ONLY
from campaign_lib.plan.files import file_of
from campaign_lib.store.snapshots import Comparable

# What else two builds were made from: plans, fixed allocations, code, packages, the day.

#: How many signs of a checksum tell two of them apart.
_SIGNS = 8
#: What a plan says of the year as a whole, and of each quarter's path.
RULES = (*PARAMETERS, "calendar", "baseline")


class Inputs:
    """The inputs of two builds, side by side, as far as they are no rows of units."""

    def __init__(self, before: Comparable, now: Comparable) -> None:
        self.before, self.now = before, now

    @cached_property
    def changed_files(self) -> frozenset[str]:
        """The raw files that are not the same, by name; a new and a gone one, too."""
        first, second = (build.manifest["files"] for build in (self.before, self.now))
        every = {*first, *second}
        return frozenset(name for name in every if first.get(name) != second.get(name))

    def may_differ(self, files: Collection[str]) -> bool:
        """Say whether cells of files may be read otherwise: where corrections are others, any."""
        changed = self.changed_files
        corrected = any(name.startswith("corrections.") for name in changed)
        return corrected or not changed.isdisjoint(files)

    @cached_property
    def code(self) -> tuple[Cause, ...]:
        """How the two differ by their code; nothing where it is the same."""
        marks = [code_of(build.manifest) for build in (self.before, self.now)]
        return (Cause(CODE, "", "", *marks),) if marks[0] != marks[1] else ()

    @cached_property
    def packages(self) -> tuple[Cause, ...]:
        """Packages that are not of the same version."""
        first, second = (build.manifest["packages"] for build in (self.before, self.now))
        return tuple(
            Cause(PACKAGES, "", name, first.get(name, ""), second.get(name, ""))
            for name in sorted({*first, *second})
            if first.get(name) != second.get(name)
        )

    @cached_property
    def today(self) -> tuple[Cause, ...]:
        """The day up to which survey dates are believed, if it is not the same."""
        days = [str(build.manifest["today"]) for build in (self.before, self.now)]
        return (Cause(TODAY, "", "", *days),) if days[0] != days[1] else ()

    def plan(self, year: int) -> dict[str, Cause]:
        """Give what the two plans of a year do not say alike, by item.

        Items are those of `RULES`, `q1_path` to `q4_path`, and `targets.<indicator>`.
        """
        first, second = (_said(build, year) for build in (self.before, self.now))
        files = [file_of(build.manifest["files"], year) for build in (self.before, self.now)]
        return {
            item: Cause(
                PLAN, "", item, first.get(item, ""), second.get(item, ""),
                files[0] if first else "", files[1] if second else "",
            )
            for item in sorted({*first, *second})
            if first.get(item, "") != second.get(item, "")
        }  # fmt: skip

    def allocation(self, year: int, indicator: str) -> tuple[Cause, ...]:
        """Give the villages' fixed counts of an indicator that are not alike."""
        fixed = [_fixed(build, year, indicator) for build in (self.before, self.now)]
        counts = {one: [own.get(one, ("", "")) for own in fixed] for one in {*fixed[0], *fixed[1]}}
        return tuple(
            Cause(ALLOCATION, village, "count", before, now, at_before, at_now)
            for village, ((before, at_before), (now, at_now)) in sorted(counts.items())
            if before != now
        )


def code_of(manifest: Mapping[str, object]) -> str:
    """Name the code that a build was made with: its version, and the beginning of its checksum."""
    return f"{manifest['code_version']} ({str(manifest['code_sha256'])[:_SIGNS]})"


def _said(build: Comparable, year: int) -> dict[str, str]:
    """Give what a year's plan says, as texts; nothing where there is no plan."""
    plans, targets = (build.table(name) for name in ("plans", "targets"))
    plan = plans[plans["year"] == year]
    if plan.empty:
        return {}
    said = {name: text(plan.iloc[0].get(name)) for name in (*RULES, *PATHS)}
    for target in targets[targets["year"] == year].to_dict("records"):
        aims = (text(target.get(name)) for name in ("at_least", "at_most"))
        said[f"targets.{target['indicator']}"] = "–".join(filter(None, aims))
    return said


def _fixed(build: Comparable, year: int, indicator: str) -> dict[str, tuple[str, str]]:
    rows: pd.DataFrame = build.table("allocation")
    own = rows[(rows["year"] == year) & (rows["indicator"].astype("str") == indicator)]
    return {
        str(row["village"]): (text(row["count"]), place_of(row)) for row in own.to_dict("records")
    }


_COUNTS = ("numerator", "denominator", "unknown", "baseline_numerator", "baseline_denominator")


class Attribution:
    """Says why figures changed between two builds of one commune, in some quarters."""

    def __init__(self, before: Comparable, now: Comparable, quarters: Sequence[str]) -> None:
        self._builds, self._quarters = (before, now), quarters
        self._lines = [lines_of(build.table("results")) for build in self._builds]
        self._common_quarters = set.intersection(*({f.quarter for f in own} for own in self._lines))
        self._common_places = set.intersection(*({f.place for f in own} for own in self._lines))
        self._inputs = Inputs(before, now)
        self._cells = RawCells(before, now)
        self._of_indicator: dict[str, _Moves] = {}

    def causes(self, figure: Figure) -> tuple[Cause, ...]:
        """Give every cause that can be told of a figure; none where it is what it was."""
        pair = Pair(figure, *(lines.get(figure, {}) for lines in self._lines))
        if pair.before == pair.now:
            return ()
        if figure.quarter not in self._common_quarters:  # only one of the builds has a survey there
            surveys = [_survey_of([build], figure.quarter) for build in self._builds]
            return (came_or_went("", surveys),)
        if figure.place not in self._common_places:
            return (self._village(figure.place),)
        found = find(figure.indicator)
        moves = self._moves(found)
        data, unexplained = self._data(pair, moves)
        plan = list(self._plan(pair, found, moves, unexplained=unexplained))
        other = [*self._allocation(pair), *self._columns(figure.quarter, moves)]
        known = [*data, *plan, *other, *(self._villages() if unexplained else ())]
        if pair.differs(TARGETED, DUE) and self._is_shared_anew(pair, plan, other):
            known.append(Cause(SHARING))
        absent = tuple(self._absent(pair, found, moves))
        if self._inputs.code and (not known or unexplained or self._miscounts(pair, moves)):
            known += [*self._inputs.code, *absent]
        elif not known or (unexplained and not plan):
            known += absent or self._inputs.today or self._inputs.packages
        return in_order(known or [Cause(UNKNOWN)])

    def _moves(self, indicator: Indicator) -> "_Moves":
        if indicator.id not in self._of_indicator:
            common = sorted(self._common_quarters & set(self._quarters))
            places = sorted({figure.place for lines in self._lines for figure in lines} - {COMMUNE})
            self._of_indicator[indicator.id] = _Moves(*self._builds, indicator, common, places)
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
        return not files or self._inputs.may_differ(files)

    def _plan(
        self, pair: Pair, indicator: Indicator, moves: "_Moves", *, unexplained: bool
    ) -> Iterator[Cause]:
        """Give what the plan says otherwise, as far as it bears on the cells that changed."""
        for item, cause in self._inputs.plan(Quarter.parse(pair.figure.quarter).year).items():
            days = item in ("calendar", "baseline") and unexplained
            if days or _bears(item, pair, indicator, moves.read):
                yield cause

    def _absent(self, pair: Pair, indicator: Indicator, moves: "_Moves") -> Iterator[Cause]:
        """Tell of what bears on a figure and only one of the builds has."""
        for item in sorted({*moves.absent, *self._builds[0].lacks("plans")}):
            if _bears(item, pair, indicator, moves.read):
                yield Cause(ABSENT, "", item)

    def _allocation(self, pair: Pair) -> tuple[Cause, ...]:
        quarter, place, indicator = pair.figure
        if place == COMMUNE or not pair.differs(TARGETED, DUE, VERDICT):
            return ()
        return self._inputs.allocation(Quarter.parse(quarter).year, indicator)

    def _columns(self, quarter: str, moves: "_Moves") -> Iterator[Cause]:
        """Tell of questions that only one of the surveys asks."""
        first, second = (_asked(build, quarter) for build in self._builds)
        for column in sorted((first ^ second) & set(moves.read) - moves.absent):
            file = _survey_of(self._builds, quarter)
            before, now = ("+" if column in asked else "" for asked in (first, second))
            yield Cause(DATA, "", column, before, now, file, file)

    def _is_shared_anew(self, pair: Pair, plan: list[Cause], other: list[Cause]) -> bool:
        """Say whether a village's target moved although nothing of its own did."""
        own = {"denominator", "target_percent"} & set(pair.cells)
        return pair.figure.place != COMMUNE and not (own or plan or other)

    def _miscounts(self, pair: Pair, moves: "_Moves") -> bool:
        """Say whether today's steps count either build's rows otherwise than it printed."""
        quarter, place, _ = pair.figure
        key = f"{quarter}/{COMMUNE if place == COMMUNE else 'village'}/{place}"
        return any(
            line.get(name) and str(counted.loc[key, name]) != line[name]
            for line, counted in zip((pair.before, pair.now), moves.recounted, strict=True)
            for name in _COUNTS
        )

    def _village(self, place: str) -> Cause:
        """Tell of a village that only one of the builds has."""
        villages = (build.table("villages") for build in self._builds)
        return came_or_went(place, [_first(rows[rows["village"] == place]) for rows in villages])

    def _villages(self) -> list[Cause]:
        """Tell of every village that only one of the builds has: its households came with it."""
        first, second = ({*build.table("villages")["village"]} for build in self._builds)
        return [self._village(village) for village in sorted(first ^ second)]


class _Moves:
    """The units that one indicator counts differently in two builds."""

    def __init__(
        self,
        before: Comparable,
        now: Comparable,
        indicator: Indicator,
        quarters: Sequence[str],
        places: Sequence[str],
    ) -> None:
        self.indicator, self._quarters, self._places = indicator, quarters, places
        first, second = (rows_of(build.own, indicator, quarters) for build in (before, now))
        self.read = columns_of(indicator, second, lacking=True)
        self.absent = {name for name in self.read if name not in first or name not in second}
        self._rows = filled(first, second, self.read), filled(second, first, self.read)
        self._found: dict[tuple[str, str], list[Cause]] = {}
        self._by_quarter: dict[str, list[Moved]] = {quarter: [] for quarter in quarters}
        for moved in moved_units(*self._rows, indicator):
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
    def recounted(self) -> list[pd.DataFrame]:
        """What today's steps count of each build's rows."""
        return [
            recounted(rows, self.indicator, self._quarters, self._places) for rows in self._rows
        ]


def _first(rows: pd.DataFrame) -> str:
    """Say where the first of some rows stands; "" where there is none."""
    return "" if rows.empty else place_of(rows.iloc[0])


def _bears(item: str, pair: Pair, indicator: Indicator, read: Sequence[str]) -> bool:
    """Say whether an item of the plan, or a column, bears on the cells of a line that changed."""
    bears: dict[str, tuple[Iterable[str], ...]] = {
        f"targets.{indicator.id}": (TARGETED, DUE, VERDICT),
        f"q{Quarter.parse(pair.figure.quarter).number}_path": (DUE, VERDICT),
        **dict.fromkeys(read, (COUNTED,)),
    }
    if isinstance(indicator, Drop):
        bears[FORMULA] = (COUNTED, TARGETED, DUE, VERDICT)
    if any(day_of(name)[0] == "status" for name in read):
        bears[UNLISTED] = (COUNTED, TARGETED, DUE, VERDICT)
    return item in bears and pair.differs(*bears[item])


def _survey_of(builds: Iterable[Comparable], quarter: str) -> str:
    """Name the first raw file of a quarter's survey; "" where there is none."""
    names = sorted({name for build in builds for name in build.manifest["files"]})
    return next((name for name in names if name.startswith(f"survey/{quarter}.")), "")


def _asked(build: Comparable, quarter: str) -> set[str]:
    surveyed = build.table("surveyed")
    return set(surveyed.loc[surveyed["quarter"].astype("str") == quarter, "column"])


# Why figures of a campaign changed: for what changed in its communes.
#
# Each commune's figures are explained within it, as if it were alone. A figure of all of them
# changed because theirs did, or because the plan for all asks for something else.


class OfCommunes:
    """Says why figures changed between two builds of a campaign."""

    def __init__(self, before: Comparable, now: Comparable, quarters: Sequence[str]) -> None:
        self._builds, self._inputs = (before, now), Inputs(before, now)
        self._communes = sorted({*before.parts, *now.parts} - {ONLY}) or [ONLY]
        self._why = {
            key: Attribution(before.parts[key], now.parts[key], quarters)
            for key in before.parts.keys() & now.parts.keys()
        }

    def causes(self, pair: Pair) -> tuple[Cause, ...]:
        """Give every cause that can be told of a figure that is not alike."""
        quarter, place, indicator = pair.figure
        those = [place] if place in self._communes else self._communes
        own = Figure(quarter, COMMUNE if place in (ALL, *self._communes) else place, indicator)
        found = [cause for key in those for cause in self._in_commune(key, own)]
        if place == ALL:
            found += self._plan_for_all(pair)
        rest = self._inputs.code or self._inputs.today or self._inputs.packages
        return in_order(found or rest or [Cause(UNKNOWN)])

    def _in_commune(self, key: str, figure: Figure) -> tuple[Cause, ...]:
        """Give the causes in one commune; of one that only one build has, its first village."""
        if key in self._why:
            return self._why[key].causes(figure)
        parts = [build.parts.get(key) for build in self._builds]
        there = ["" if part is None else _first(part.table("villages")) for part in parts]
        return (came_or_went(key, there),)

    def _plan_for_all(self, pair: Pair) -> Iterator[Cause]:
        """Give what the plan for all communes asks otherwise, as far as it bears on the figure."""
        quarter = Quarter.parse(pair.figure.quarter)
        if pair.differs(TARGETED, DUE, VERDICT):
            plan = self._inputs.plan(quarter.year)
            bears = (f"targets.{pair.figure.indicator}", f"q{quarter.number}_path", FORMULA)
            yield from (plan[item] for item in bears if item in plan)
