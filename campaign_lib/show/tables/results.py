"""Results, steps and the households nearest to success as tables for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from campaign_lib.analysis.nearest import Nearest
from campaign_lib.base.figures import Figure
from campaign_lib.base.quarters import Quarter
from campaign_lib.indicators import ALL
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.plan import COUNTED, FORMULA
from campaign_lib.show.display import RIGHT, Column, Mark, Table, Traced
from campaign_lib.show.tables.labels import labels_of, rows_of, signed, status_mark
from campaign_lib.words import MISSING, Words

UNMEASURED = "unmeasured"
_RESULT_NUMBERS = ("count", "percent", "high", "target", "path", "shortfall", "change")
_ORDER = {indicator.id: position for position, indicator in enumerate(ALL)}


def in_plan_order(lines: pd.DataFrame) -> pd.DataFrame:
    """Sort lines of results by the plan's order of indicators."""
    return lines.sort_values("indicator", key=lambda ids: ids.map(_ORDER), kind="stable")


@dataclass(frozen=True)
class Aims:
    """What a year's plan asks, as far as it is printed beside the results.

    `percents` are the plan's own percentages by indicator, `formula` that of poverty reduction,
    `path` the shares of the target that are due by the quarters (none without a plan).
    """

    percents: Mapping[str, float]
    formula: str = "points"
    path: tuple[Fraction, ...] = ()

    @classmethod
    def of(cls, targets: pd.DataFrame, plan: Any) -> "Aims":
        """Read them off the year's rows of `targets` and `plans` (None in a year without one)."""
        of_percent = targets[~targets["indicator"].isin(COUNTED)]
        percents = dict(zip(of_percent["indicator"], of_percent["at_least"] / 100, strict=True))
        if plan is None:
            return cls(percents)
        path = tuple(Fraction(str(plan[f"q{number}_path"])) for number in range(1, 5))
        return cls(percents, plan[FORMULA], path)

    def due(self, quarter: str) -> Fraction | None:
        """Give the share of the target that is due by a quarter; None without a plan."""
        return self.path[Quarter.parse(quarter).number - 1] if self.path else None


def indicator_table(lines: pd.DataFrame, before: pd.DataFrame, aims: Aims, words: Words) -> Table:
    """Show the results of one place in one quarter, compared with the quarter before.

    Args:
        lines: lines of results of one place and quarter.
        before: the same of the quarter before; empty where that belongs to another year.
        aims: what the plan asks.
        words: the reader's language.
    """
    last = before[before["status"] != UNMEASURED].set_index("indicator")
    text = labels_of(words, "indicators")
    return Table(
        caption=words("tables.indicators.caption"),
        columns=(
            Column(text("indicator")),
            Column(text("status")),
            *(Column(text(name), RIGHT) for name in _RESULT_NUMBERS),
        ),
        rows=tuple(
            (
                traced(label_of(line, aims, words), line, beside=True),
                status_mark(str(line.status), words, certain=line.certain == "yes"),
                count_of_base(line, words),
                percent_of(line, line.percent, aims, words),
                percent_of(line, line.percent_high, aims, words),
                wanted_count(line, line.target_count, words),
                wanted_count(line, line.path_count, words),
                words.number(line.shortfall),
                _change(line, last, words),
            )
            for line in rows_of(in_plan_order(lines))
        ),
        note=words("tables.indicators.note"),
    )


def label_of(line: Any, aims: Aims, words: Words) -> str:
    """Name an indicator, with the percentage that the plan itself states."""
    label = words(f"indicators.{line.indicator}.label")
    if line.indicator not in aims.percents:
        return label
    wanted = percent_of(line, aims.percents[line.indicator], aims, words)
    return words("tables.with_plan", label=label, wanted=wanted)


def traced(cell: str | Mark, line: Any, *, beside: bool = False) -> Traced:
    """Let a cell lead to where the figure of a line of results comes from."""
    return Traced(cell, str(Figure(line.quarter, line.place, line.indicator)), beside)


def count_of_base(line: Any, words: Words) -> str:
    """Write a figure with its denominator: 12/18; of poverty it is the poor that are left."""
    numerator, denominator = words.number(line.numerator), line.denominator
    if pd.isna(denominator):
        return numerator
    counted = f"{numerator}/{words.number(denominator)}"
    return words("tables.poor", counted=counted) if _is_poverty(line) else counted


def _is_poverty(line: Any) -> bool:
    return bool(line.indicator == POVERTY_REDUCTION.id)


def wanted_count(line: Any, count: Any, words: Words) -> str:
    """Write a target count; of the poor it is the most that there may be."""
    return (
        f"≤ {words.number(count)}"
        if _is_poverty(line) and not pd.isna(count)
        else words.number(count)
    )


def percent_of(line: Any, value: Any, aims: Aims, words: Words) -> str:
    """Write a percentage of a line of results, or the points that poverty fell by."""
    if _is_poverty(line) and aims.formula == "points" and not pd.isna(value):
        return words("tables.points", points=words.number(value, 2))
    return words.percent(value)


def _change(line: Any, last: pd.DataFrame, words: Words) -> str:
    """Write how many more (or fewer) than in the quarter before; of poverty, how many poor."""
    if line.indicator not in last.index or line.status == UNMEASURED:
        return MISSING
    before: Any = last.loc[line.indicator, "numerator"]
    change = signed(int(line.numerator) - int(before), words)
    return words("tables.poor_change", change=change) if _is_poverty(line) else change


def nearest_table(found: Mapping[str, Nearest], labels: Mapping[str, str], words: Words) -> Table:
    """List, by indicator and missing step, the households that lack nothing else."""
    text = labels_of(words, "nearest")
    rows = []
    for indicator, near in found.items():
        for kind in ("one_no", "one_unknown"):
            for step, homes in getattr(near, kind).groupby("step", sort=False):
                missing = (
                    labels[str(step)] if kind == "one_no" else text("ask", step=labels[str(step)])
                )
                names = [_household(home) for home in rows_of(homes)]
                label = words(f"indicators.{indicator}.label")
                rows.append((label, missing, words.number(len(names)), "; ".join(names)))
    return Table(
        caption=text("caption"),
        columns=(
            Column(text("indicator")),
            Column(text("missing")),
            Column(text("households"), RIGHT),
            Column(text("who")),
        ),
        rows=tuple(rows),
        empty=text("nobody"),
    )


def _household(home: Any) -> str:
    name, head = home.household, home.head_name
    return str(name) if pd.isna(head) else f"{name} {head}"
