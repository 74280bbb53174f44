"""The tables of `target_allocation` that set villages beside targets."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from campaign_lib.analysis.village_targets import SharedTarget, in_percent, path_counts
from campaign_lib.base.figures import Figure
from campaign_lib.base.percent import printed
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.show.charts.drawing import REACHED, as_svg, drawing, without_labels
from campaign_lib.show.display import RIGHT, Cell, Chart, Column, Table, Traced
from campaign_lib.show.tables.labels import rows_of
from campaign_lib.words import MISSING, Words

# Who carries how much of each target, as tables for people.

_KEY = "target_allocation"


def allocation_matrix(
    caption: str, columns: Mapping[str, Mapping[str, Cell]], rows: Mapping[str, str], words: Words
) -> Table:
    """Set villages beside targets.

    Args:
        caption: what a cell is, with its unit.
        columns: each target's heading, and under it the cell of each row; – where it has none.
        rows: the rows by code, and what they are called.
        words: the reader's language.
    """
    headings = [Column(words(f"{_KEY}.place")), *(Column(name, RIGHT) for name in columns)]
    cells = tuple(
        (name, *(column.get(code, MISSING) for column in columns.values()))
        for code, name in rows.items()
    )
    return Table(caption, tuple(headings), cells)


def working_table(lines: pd.DataFrame, count: int, words: Words) -> Table:
    """Show how one count was shared out by largest remainders, with the sum of each column.

    Args:
        lines: name, denominator, quota, whole, remainder, extra, computed, by village.
        count: what was shared out.
        words: the reader's language.
    """
    numbers = ("base", "quota", "whole", "remainder", "extra", "computed")
    columns = (
        Column(words(f"{_KEY}.place")),
        *(Column(words(f"{_KEY}.working.{name}"), RIGHT) for name in numbers),
    )
    rows = [
        (
            line.name,
            words.number(line.denominator),
            words.number(line.quota, 3),
            words.number(line.whole),
            words.number(line.remainder, 3),
            f"+{words.number(line.extra)}" if line.extra else MISSING,
            words.number(line.computed),
        )
        for line in rows_of(lines)
    ]
    sums = lines[["denominator", "quota", "whole", "remainder", "extra", "computed"]].sum()
    total = (
        words(f"{_KEY}.sum"),
        words.number(int(sums["denominator"])),
        words.number(float(sums["quota"]), 3),
        words.number(int(sums["whole"])),
        words.number(float(sums["remainder"]), 3),
        f"+{words.number(int(sums['extra']))}",
        words.number(int(sums["computed"])),
    )
    caption = words(f"{_KEY}.working.caption", count=count)
    return Table(caption, columns, (*rows, total))


def whole_households_table(lines: pd.DataFrame, target: str, words: Words) -> Table:
    """Show what the commune's percentage means for villages of each size.

    Args:
        lines: name, denominator, exact, count, percent, fewer, by village.
        target: the commune's percentage, as it is written.
        words: the reader's language.
    """
    headings = [
        words(f"{_KEY}.working.base"),
        words(f"{_KEY}.small.exact", target=target),
        *(words(f"{_KEY}.small.{name}") for name in ("count", "percent", "fewer")),
    ]
    rows = (
        (
            line.name,
            words.number(line.denominator),
            words.number(line.exact, 2),
            words.number(line.count),
            words.percent(line.percent),
            words.percent(line.fewer),
        )
        for line in rows_of(lines)
    )
    return Table(
        words(f"{_KEY}.small.caption"),
        (Column(words(f"{_KEY}.place")), *(Column(name, RIGHT) for name in headings)),
        tuple(rows),
    )


def in_a_row(counts: Sequence[int], words: Words) -> str:
    """Write the counts of a year's quarters in one cell."""
    return words(f"{_KEY}.path.cell", **{f"q{at}": count for at, count in enumerate(counts, 1)})


#: The code of the row that adds the villages up; no village has it.
_SUM = ""
#: Targets beside one another, so that the table fits on A4.
ACROSS = 4


class Matrices:
    """Lays shared targets out, a column per target; each table takes the targets that it shows."""

    def __init__(self, villages: Mapping[str, str], words: Words) -> None:
        """Take the villages' names by code, and the reader's language."""
        self._villages, self._words = villages, words

    def label(self, one: SharedTarget) -> str:
        """Name a target's indicator."""
        return self._words(f"indicators.{one.indicator}.label")

    def unit(self, one: SharedTarget) -> str:
        """Name what it counts."""
        return self._words(f"indicators.{one.indicator}.unit")

    def target(self, one: SharedTarget) -> str:
        """Write the plan's percentage."""
        return self._words.percent(Decimal(printed(one.target)))

    def counts(self, shared: Iterable[SharedTarget]) -> list[Table]:
        """Show allocated count, base and percentage."""
        columns = {}
        for one in shared:
            lines = one.villages.set_index("village")[["count", "denominator"]]
            lines.loc[_SUM] = lines.sum()
            lines.loc[COMMUNE] = [one.count, one.denominator]
            lines["percent"] = in_percent(lines["count"], lines["denominator"])
            cells = {
                line.village: self._text(
                    "matrix.cell",
                    count=line.count,
                    base=line.denominator,
                    percent=self._words.percent(line.percent),
                )
                for line in rows_of(lines.rename_axis("village").reset_index())
            }
            columns[self._headed(one)] = _traced(one, cells)
        return self._split("matrix", columns, [_SUM, COMMUNE])

    def whole(self, shared: Iterable[SharedTarget]) -> list[Table]:
        """Show the counts of targets of 100 %, which are also their bases."""
        columns = {}
        for one in shared:
            counts = dict(zip(one.villages["village"], one.villages["count"], strict=True))
            counts |= {_SUM: sum(counts.values()), COMMUNE: one.count}
            name = self._text("whole.column", label=self.label(one), unit=self.unit(one))
            cells = {code: self._words.number(count) for code, count in counts.items()}
            columns[name] = _traced(one, cells)
        return self._split("whole", columns, [_SUM, COMMUNE])

    def fixed(self, shared: Iterable[SharedTarget]) -> list[Table]:
        """Show what the commune has fixed, and how far that is from the computed counts."""
        columns = {}
        for one in shared:
            lines = one.villages.set_index("village")[["computed"]].assign(fixed=one.fixed)
            lines.loc[_SUM] = lines.sum()
            cells = {
                line.village: self._text(
                    "fixed.cell",
                    count=int(line.fixed),
                    difference=self._signed(int(line.fixed - line.computed)),
                )
                for line in rows_of(lines.rename_axis("village").reset_index())
            }
            columns[self._headed(one)] = _traced(one, cells)
        return self._split("fixed", columns, [_SUM])

    def path(self, shared: Iterable[SharedTarget], shares: Sequence[Fraction]) -> list[Table]:
        """Show what is due by the end of each quarter."""
        columns = {}
        for one in shared:
            due = path_counts(one, shares)
            due.loc[_SUM] = due.drop(COMMUNE).sum()
            cells = {str(code): in_a_row(list(row), self._words) for code, row in due.iterrows()}
            columns[self._headed(one)] = _traced(one, cells)
        return self._split("path", columns, [_SUM, COMMUNE])

    def _split(
        self, name: str, columns: Mapping[str, Mapping[str, Cell]], below: Iterable[str]
    ) -> list[Table]:
        """Lay columns out in as many tables as a page of A4 needs."""
        ends = {_SUM: self._text("sum"), COMMUNE: self._text("commune")}
        rows = {**self._villages, **{code: ends[code] for code in below}}
        items = list(columns.items())
        parts = [items[at : at + ACROSS] for at in range(0, len(items), ACROSS)]
        caption = self._text(f"{name}.caption")
        if len(parts) == 1:
            return [allocation_matrix(caption, columns, rows, self._words)]
        captions = (
            self._text("part", caption=caption, number=number, of=len(parts))
            for number in range(1, len(parts) + 1)
        )
        return [
            allocation_matrix(each, dict(part), rows, self._words)
            for each, part in zip(captions, parts, strict=True)
        ]

    def _headed(self, one: SharedTarget) -> str:
        return self._text(
            "matrix.target", label=self.label(one), unit=self.unit(one), target=self.target(one)
        )

    def _signed(self, number: int) -> str:
        sign = "+" if number > 0 else "−" if number < 0 else "±"
        return f"{sign}{self._words.number(abs(number))}"

    def _text(self, name: str, **values: object) -> str:
        return self._words(f"target_allocation.{name}", **values)


def _traced(one: SharedTarget, cells: Mapping[str, str]) -> dict[str, Cell]:
    """Let each cell lead to the figure whose target count it tells; a sum is nobody's figure."""
    return {
        code: cell if code == _SUM else Traced(cell, str(Figure(one.quarter, code, one.indicator)))
        for code, cell in cells.items()
    }


# Targets shared out over villages, as a chart.

#: More villages than this cannot be told apart.
MOST_VILLAGES = 30
_PALE = "#D9D9D9"
_ROW, _TITLE = 0.24, 0.42  # inches: a village, and what is above and below the villages
_NAMES = 0.14  # share of the width that the villages' names take


def allocation_chart(lines: pd.DataFrame, words: Words, source: str) -> Chart:
    """Show, target by target, each village's base and what it has to reach.

    Args:
        lines: label (of the target, with its unit), name, denominator, count: a row per target and
            village.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    labels = list(lines["label"].unique())
    villages = lines["name"].nunique()
    rows = (len(labels) + 1) // 2
    height = rows * (_ROW * villages + _TITLE)
    said = []
    with drawing(height) as figure:
        for at, label in enumerate(labels):
            across, down = at % 2, at // 2
            share = 1 / rows
            axes = figure.add_axes(
                (
                    _NAMES + across * 0.5,
                    1 - (down + 1) * share + 0.05 / height,
                    0.5 - _NAMES - 0.02,
                    share - _TITLE / height,
                )
            )
            said.append(_bars(axes, lines[lines["label"] == label], label, words))
        svg = as_svg(figure)
    key = words("target_allocation.chart.key")
    title = words("target_allocation.chart.title")
    return Chart(svg, title, " ".join(said), f"{key} {source}")


def _bars(axes: Axes, own: pd.DataFrame, label: str, words: Words) -> str:
    """Draw one target's villages from the top down; gives the words for what it shows."""
    base, count = (own[name].to_numpy(float) for name in ("denominator", "count"))
    at = np.arange(len(own))
    without_labels(axes)
    axes.barh(at, base, 0.66, color=_PALE)
    axes.barh(at, count, 0.66, color=REACHED)
    figures = [
        words("target_allocation.of_base", count=line.count, base=line.denominator)
        for line in own.itertuples(index=False)
    ]
    for row, (end, text) in enumerate(zip(base, figures, strict=True)):
        axes.annotate(text, (end, row), (4, 0), textcoords="offset points", va="center", size=9)
    axes.set_yticks(at, list(own["name"]))
    axes.set(xlim=(0, max(base.max(), 1) * 1.3), ylim=(len(own) - 0.5, -0.5), xticks=[])
    axes.tick_params(axis="y", length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_title(label, fontsize=10, loc="left", x=-_NAMES / (0.5 - _NAMES - 0.02))
    counts = (f"{name} {text}" for name, text in zip(own["name"], figures, strict=True))
    return words("target_allocation.chart.one", label=label, counts=", ".join(counts))
