"""One figure taken apart: its lines, the days it means, its recount, and every unit behind it.

It decides nothing of its own: the lines are those of results.csv and steps.csv, and the units are
walked through the same questions as when they were counted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, partial
from math import trunc
from typing import Any
from weakref import WeakKeyDictionary

import pandas as pd

from campaign_lib.analysis import poverty
from campaign_lib.analysis.audit.units import (
    ANSWERS,
    IDENTITY,
    OUTCOMES,
    PLAN,
    SOURCE,
    UNIT_KEY,
    Once,
    RawRow,
    Sources,
    add_up,
    cells,
    day_of,
    place_columns,
    raw_columns,
    rows_at,
    sources,
    walk_units,
)
from campaign_lib.analysis.counting import lines_of, steps_of
from campaign_lib.base.percent import round_away
from campaign_lib.codebook.problems import CORRECTED
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL, find
from campaign_lib.indicators.indicator import Drop, Indicator
from campaign_lib.indicators.results import as_printed
from campaign_lib.indicators.steps import COMMUNE, Question
from campaign_lib.plan import FORMULA, FORMULAS, PARAMETERS, Target
from campaign_lib.plan.files import file_of
from campaign_lib.plan.targets import fixed_allocation, too_many_unknown
from campaign_lib.recount import recount
from campaign_lib.recount.statements import known
from campaign_lib.store.processed import Processed
from campaign_lib.words.progress import Listener, nobody

# The division behind a printed percentage, kept as a fraction until it is rounded.

#: How many decimals of a percentage are shown before it is rounded to two.
PLACES = 6


@dataclass(frozen=True)
class Division:
    """`top` of `bottom` (above 0), as a percentage."""

    top: int
    bottom: int

    @property
    def percent(self) -> Fraction:
        """The percentage, exactly."""
        return Fraction(100 * self.top, self.bottom)

    @property
    def decimals(self) -> Decimal:
        """The percentage, cut off (not rounded) after `PLACES` decimals."""
        return Decimal(trunc(self.percent * 10**PLACES)).scaleb(-PLACES)

    @property
    def goes_on(self) -> bool:
        """Whether more decimals follow than are shown."""
        return Fraction(self.decimals) != self.percent

    @property
    def hundredths(self) -> int:
        """The percentage rounded half up (away from zero), in hundredths: 7778 is 77.78 %."""
        return round_away(self.percent * 100)

    @property
    def rounded(self) -> Decimal:
        """The percentage as it is printed, with two decimals."""
        return Decimal(self.hundredths).scaleb(-2)


def formulas(
    poor_before: int, all_before: int, poor_later: int, all_later: int, escaped: int
) -> Mapping[str, Division | None]:
    """Give the three published readings of *the poverty rate falls by*; None divides by nothing.

    The source is the data contract, section 1: `points` is the one rate less the other, `relative`
    the same over the rate before, `escaped` who left poverty over all on the later date.
    """
    fall = poor_before * all_later - poor_later * all_before
    counted = all_before > 0 and all_later > 0
    return {
        "points": Division(fall, all_before * all_later) if counted else None,
        "relative": Division(fall, poor_before * all_later) if counted and poor_before else None,
        "escaped": Division(escaped, all_later) if counted else None,
    }


_FOUR = ("baseline_numerator", "baseline_denominator", "numerator", "denominator")


#: What was counted again of each folder, as long as it is open: its tables are read once, too.
_COUNTED: WeakKeyDictionary[Processed, pd.DataFrame] = WeakKeyDictionary()


@dataclass(frozen=True)
class Audit:
    """One line of results, and what it was made from.

    Attributes:
        processed: what was built.
        indicator: whose line it is.
        quarter: its code.
        place: a village's code, or `commune`.
        days: the quarter's row of the table `quarters`: its first and last day, the year's first
            day, the baseline date, the later date of poverty reduction, the year's parameters.
        lines: the indicator's lines of results, of every quarter and place.
        line: the figure's own, percentages as numbers.
        steps: the lines of steps, in the order in which they are asked.
        plan: the year's row of the table `plans`; None without a plan.
        target: what the plan asks, if it does.
        once: what was looked up for other figures of the place and quarter.
    """

    processed: Processed
    indicator: Indicator
    quarter: str
    place: str
    days: "pd.Series[Any]"
    lines: pd.DataFrame
    line: "pd.Series[Any]"
    steps: pd.DataFrame
    plan: "pd.Series[Any] | None"
    target: Target | None
    once: Once = field(default_factory=Once, repr=False, compare=False)

    @cached_property
    def printed(self) -> Mapping[str, str]:
        """The line of results.csv, each column as text; no value is "".

        It is not read from there: that file guards spreadsheets against formulas, and so a
        village's code may stand in it with a sign that is no part of the code.
        """
        line = as_printed(_at(self.of_quarter, self.place)).iloc[0]
        return {str(name): "" if pd.isna(value) else str(value) for name, value in line.items()}

    @cached_property
    def told(self) -> Any:
        """The line as pages tell it (`analysis.poverty.as_told`), its cells as attributes."""
        if self.indicator not in ALL:
            return self._as_told(self.line.to_frame().T)[self.indicator.id]
        here = {"quarter": [self.quarter], "place": [self.place]}
        return self.once(
            lambda: self._as_told(_at(self.processed.rows("results", here), self.place)), "told"
        )[self.indicator.id]

    def _as_told(self, lines: pd.DataFrame) -> Mapping[str, Any]:
        of_quarter = {"quarter": [self.quarter]}
        days = self.processed.rows("quarters", of_quarter)
        apart = self.processed.rows(poverty.TABLE, {**of_quarter, "place": [self.place]})
        told: Iterable[Any] = poverty.as_told(lines, days, apart).itertuples(index=False)
        return {line.indicator: line for line in told}

    @cached_property
    def recounted(self) -> Mapping[str, str]:
        """The same line counted by SQL; empty if the recount does not have it."""
        return self.count_again(nobody)

    def count_again(self, tell: Listener) -> Mapping[str, str]:
        """Count `recounted`, which takes its time where there is much data; `tell` hears of it.

        Whichever figure is asked for, the tables are opened and all is counted: only once of each.
        """
        indicator = known(self.indicator.id)
        if self.processed not in _COUNTED:
            _COUNTED[self.processed] = recount(self.processed.folder, tell=tell)
        lines = _COUNTED[self.processed]
        lines = lines[lines["indicator"] == indicator]
        again = _at(_of_quarter(lines, self.quarter), self.place)
        return {} if again.empty else dict(again.iloc[0])

    @property
    def section(self) -> str:
        """The section of the plan: as the year's plan cites it, or else as the indicator does."""
        return (self.target.section if self.target else "") or self.indicator.source

    @property
    def differences(self) -> tuple[str, ...]:
        """The columns in which the recount gives something else."""
        return tuple(
            name for name, text in self.printed.items() if self.recounted.get(name) != text
        )

    @property
    def agrees(self) -> bool:
        """Whether the recount gives every column as it is printed."""
        return not self.differences

    @property
    def due(self) -> Fraction | None:
        """The share of the target that is due by the quarter; None without a plan."""
        if self.plan is None:
            return None
        return Fraction(str(self.plan[f"q{self.days['number']}_path"]))

    @property
    def of_commune(self) -> "pd.Series[Any]":
        """The commune's line of the same indicator and quarter."""
        return _at(self.of_quarter, COMMUNE).iloc[0]

    @cached_property
    def of_quarter(self) -> pd.DataFrame:
        """The indicator's lines of the quarter."""
        return _of_quarter(self.lines, self.quarter)

    @property
    def formula(self) -> str:
        """Which reading of poverty reduction the year uses."""
        return str(PARAMETERS[FORMULA].default if self.plan is None else self.plan[FORMULA])

    @property
    def has_too_many_unknown(self) -> bool:
        """Whether a fall has no percentages because too many in the commune have no status."""
        return isinstance(self.indicator, Drop) and bool(too_many_unknown(self.of_commune))

    def formulas(self) -> Mapping[str, Division | None]:
        """Give all three readings of poverty reduction (no other indicator has them).

        None of them where too many have no status.
        """
        if self.has_too_many_unknown:
            return dict.fromkeys(FORMULAS)
        escaped = int((self.units()["escaped"] == "counted").sum())
        before, all_before, later, all_later = (int(self.line[name]) for name in _FOUR)
        return formulas(before, all_before, later, all_later, escaped)

    def share(self, *, if_unknown_were_yes: bool = False) -> Division | None:
        """Give the division behind `percent` or `percent_high`; None where there is no base."""
        base = self.line["denominator"]
        if isinstance(self.indicator, Drop) or pd.isna(base) or base == 0:
            return None
        more = self.line["unknown"] if if_unknown_were_yes else 0
        return Division(int(self.line["numerator"] + more), int(base))

    @property
    def left_out(self) -> int:
        """Of how many units nobody knows whether they belong to the base of a share."""
        among = self.steps.loc[self.steps["part"] == "among", "unknown"]
        return 0 if among.empty else int(among.iloc[-1])

    def allocation_is_fixed(self) -> bool:
        """Say whether the villages' target counts are the commune's own, and not worked out."""
        lines = self.of_quarter
        fixed, _ = fixed_allocation(
            self.processed.table("allocation"),
            int(self.days["year"]),
            self.indicator.id,
            self.target,
            lines.set_index("place")["denominator"],
        )
        return fixed is not None

    def lacking(self) -> tuple[str, ...]:
        """Name the questions that the quarter's survey, and the numbers that the plan, lacks."""
        return self.processed.lacking(self.indicator, self.quarter)

    def rows(self) -> pd.DataFrame:
        """Give the rows of the place and quarter that the steps walk, in the order of `units`."""
        return self._rows.copy(deep=False)

    @cached_property
    def _rows(self) -> pd.DataFrame:
        kind, columns = self.indicator.units, place_columns(self.indicator)

        def rows() -> pd.DataFrame:
            all_rows = self._all_rows
            here = all_rows[rows_at(all_rows, columns, self.place)]
            return here.sort_values([*UNIT_KEY[kind]], kind="stable", ignore_index=True)

        return self.once(rows, "rows", kind, columns)

    @property
    def _all_rows(self) -> pd.DataFrame:
        """The rows of the quarter at all places."""
        kind = self.indicator.units
        every = partial(self.processed.units, kind)
        return self.once(lambda: _of_quarter(every(), self.quarter), "all rows", kind)

    def trace(self) -> pd.DataFrame:
        """Give `rows` with each step's answer, and what became of the row.

        Returns:
            The columns of `rows`; a nullable boolean column per step, named like the step, in the
            order of asking (True, False, missing is unknown; of every row, also of one that is not
            asked because an earlier step has settled it); then `stopped_at` and `outcome` as
            `units` has them. Where a step is called like a column that is read, the answer to the
            step stands there, and what was read is in `rows`.

        Raises:
            CampaignError: as `units`.
        """
        rows, units = self.rows(), self.units()
        steps = [one for part in self.indicator.parts() for one in part.questions]
        answers = {one.__name__: one(rows).astype("boolean") for one in steps}
        ends = units.loc[:, units.columns.str.match("stopped_at|outcome|escaped$")]
        return pd.concat(
            [rows.drop(columns=[*answers], errors="ignore"), pd.DataFrame(answers), ends], axis=1
        )

    def units(self) -> pd.DataFrame:
        """Give every unit that was walked at this place, a row each, sorted by id.

        Returns:
            Columns of `IDENTITY` and, where there are any, of `SOURCE`; a column per question
            (`ANSWERS`, missing is unknown); `stopped_at`, the first question settled as no
            (missing if none is); `outcome` (`OUTCOMES`). For poverty reduction each date has its
            own: `stopped_at_baseline`, `outcome_baseline`, `stopped_at_later`, `outcome_later`,
            and `escaped`, what became of the household in the third formula's count.

        Raises:
            CampaignError: they do not add up to the line that is printed.
        """
        return self._units.copy(deep=False)

    @cached_property
    def _units(self) -> pd.DataFrame:
        of_rows = self.once(Once, "of rows", self.indicator.units, place_columns(self.indicator))
        units = walk_units(self._rows, self.indicator, self.place, of_rows)
        for name, counted in add_up(units, self.indicator).items():
            printed = self.line[name]
            if not pd.isna(printed) and printed != counted:
                figure = f"{self.quarter}/{self.place}/{self.indicator.id}"
                raise CampaignError(
                    "asked.differs", figure=figure, counted=counted, printed=printed
                )
        return units

    def sources(self) -> Sources:
        """Name the raw rows behind each unit of `units` (see `analysis.audit.units`)."""
        return self._sources

    @cached_property
    def _sources(self) -> Sources:
        return sources(self.processed, self.indicator, self._own_rows, self.days, self.once)

    def corrections(self) -> pd.DataFrame:
        """Give the lines of problems.csv that tell what was corrected in the rows of `sources`."""
        lines = self.once(self._corrected, "corrected")
        if lines.empty:
            return lines
        rows = {(row.file, row.sheet, row.row) for own in self.sources().values() for row in own}
        places = zip(lines["file"], lines["sheet"], lines["row"], strict=True)
        return lines[[place in rows for place in places]]

    def _corrected(self) -> pd.DataFrame:
        problems = self.processed.table("problems")
        return problems[problems["action"] == CORRECTED]

    def cells(self) -> pd.DataFrame:
        """Give what was read of each unit of `units` (see `campaign_lib.analysis.audit.units`)."""
        return cells(self.processed, self.indicator.units, self._own_rows, self.days, self.once)

    def cells_by_unit(self) -> Mapping[Any, Mapping[Any, Any]]:
        """Give what `cells` has of each unit, by its id."""
        kind, columns = self.indicator.units, place_columns(self.indicator)
        return self.once(lambda: self.cells().to_dict("index"), "cells by unit", kind, columns)

    @cached_property
    def _own_rows(self) -> pd.DataFrame:
        """Give the rows of `units` as the steps walk them; of residential areas, the commune's."""
        return self._all_rows if self.indicator.units == "areas" else self._rows

    def raw_columns(self, question: Question) -> tuple[tuple[str, str], ...]:
        """Name the raw columns behind a question, as pairs of table and column."""
        named = raw_columns(question, self._all_rows)
        return tuple(pair for pair in named if pair[0] != PLAN or self.plan is not None)

    def raw_file(self, table: str) -> str:
        """Name the raw file that a table was read from; of the survey, the quarter's own."""
        if table == PLAN:
            return file_of(self.processed.manifest.get("files", ()), self.days["year"])
        read_from = partial(self.processed.read_from, table, self.quarter)
        return self.once(read_from, "file", table, self.quarter)


def audit(
    processed: Processed, indicator: "str | Indicator", quarter: str, place: str,
    once: Once | None = None,
) -> Audit:  # fmt: skip
    """Take one figure apart.

    Args:
        processed: what was built, of one commune.
        indicator: the id of one of the ten, or an indicator of one's own.
        quarter: its code, such as 2024Q4.
        place: a village's code or name, or `commune`.
        once: what was looked up for other figures of this place and quarter.

    Raises:
        CampaignError: one of them is not known, or the indicator has no figure for villages.
    """
    found = find(indicator)
    quarter, place = processed.known_quarter(quarter), processed.known_place(place)
    if place != COMMUNE and not found.by_village:
        raise CampaignError("asked.commune_only", indicator=found.id, place=place)
    days: Any = processed.table("quarters").set_index("quarter").loc[quarter]
    year, plans = int(days["year"]), processed.table("plans")
    of_year = plans[plans["year"] == year]
    lines, steps = lines_of(processed, found), steps_of(processed, found)
    return Audit(
        processed=processed,
        indicator=found,
        quarter=quarter,
        place=place,
        days=days,
        lines=lines,
        line=_at(_of_quarter(lines, quarter), place).iloc[0],
        steps=_at(_of_quarter(steps, quarter), place).reset_index(drop=True),
        plan=None if of_year.empty else of_year.iloc[0],
        target=target_of(processed.table("targets"), year, found),
        once=once or Once(),
    )


def target_of(targets: pd.DataFrame, year: int, indicator: Indicator) -> Target | None:
    """Give what a year's plan asks of an indicator, if it does; `targets` is the built table."""
    wanted = targets[(targets["year"] == year) & (targets["indicator"] == indicator.id)]
    if wanted.empty:
        return None
    least, most, section = wanted.iloc[0][["at_least", "at_most", "section"]]
    return Target(int(least), str(section), None if pd.isna(most) else int(most))


def _of_quarter(rows: pd.DataFrame, quarter: str) -> pd.DataFrame:
    return rows[rows["quarter"] == quarter]


def _at(table: pd.DataFrame, place: str) -> pd.DataFrame:
    level = COMMUNE if place == COMMUNE else "village"
    return table[(table["level"] == level) & (table["place"] == place)]


__all__ = [
    "ANSWERS",
    "IDENTITY",
    "OUTCOMES",
    "PLAN",
    "SOURCE",
    "UNIT_KEY",
    "Audit",
    "Division",
    "Once",
    "RawRow",
    "audit",
    "day_of",
]
