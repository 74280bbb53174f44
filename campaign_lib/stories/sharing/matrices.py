"""The tables of `target_allocation` that set villages beside targets."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from campaign_lib.analysis.village_targets import SharedTarget, in_percent, path_counts
from campaign_lib.base.figures import Figure
from campaign_lib.base.percent import printed
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.show.display import Cell, Table, Traced
from campaign_lib.show.tables.allocation import allocation_matrix, in_a_row
from campaign_lib.show.tables.labels import rows_of
from campaign_lib.words import Words

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
