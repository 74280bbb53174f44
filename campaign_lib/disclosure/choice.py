"""Which counts are hidden: bases first, then what is counted within them.

The same households stand behind several counts. A village that is hidden in one of these is hidden
in all, and the same villages are hidden beside it, so that no count stands in for another.

Quarters are published one after the other, and what was shown once is known for good. So the choice
is made quarter by quarter, as if each had been published when it ended: whatever an earlier edition
hid, a later one hides as well.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from campaign_lib.base.percent import ALL_OF_THEM
from campaign_lib.disclosure.grid import (
    OF_COHORT,
    Block,
    Column,
    Mask,
    Whole,
    protect,
    smallest_first,
)

# The count that stands nowhere and can be read all the same: households that escaped poverty.
#
# Two of the three formulas of poverty reduction follow from the four counts of a line. The third is
# the share of those who escaped: that percentage and its base give their number.

ESCAPED = "escaped"


def escaped(block: Block) -> Whole:
    """Give the number that a line's percentage stands for, 0 where there is no percentage."""
    percent, _ = _hundredths(block)
    number = (2 * percent * block.counts["denominator"] + ALL_OF_THEM) // (2 * ALL_OF_THEM)
    return np.asarray(np.maximum(number, 0), np.int64)


def counts_escaped(block: Block) -> bool:
    """Say whether there is a percentage that follows from neither formula that compares rates."""
    poor, of, poor_before, of_before = (
        block.counts[name]
        for name in ("numerator", "denominator", "baseline_numerator", "baseline_denominator")
    )
    fall = poor_before * of - poor * of_before
    percent, there = _hundredths(block)
    explained = ~there
    for bottom in (of * of_before, of * poor_before):
        bottom = np.maximum(bottom, 1)
        size = (2 * ALL_OF_THEM * np.abs(fall) + bottom) // (2 * bottom)
        explained |= percent == np.sign(fall) * size
    return not bool(explained.all())


def _hundredths(block: Block) -> tuple[Whole, Mask]:
    """Give percentages as whole hundredths, and where there is one."""
    cells = np.zeros(len(block.rows), dtype=np.int64)
    there = np.zeros_like(block.exists)
    percent = block.lines["percent"].astype("Float64")
    cells[block.exists] = np.rint(percent.fillna(0).to_numpy(float) * 100).astype(np.int64)
    there[block.exists] = percent.notna().to_numpy(bool)
    return cells, there


_LAST_QUARTER = "Q4"
_Pair = tuple[Block, str]  # a block and one of its counts


class Choice:
    """What is hidden of the quarters published so far, count by count.

    Args:
        areas: the villages' numbers of residential areas, which all may know.
        villages: how many there are.
    """

    def __init__(self, areas: Whole | None, villages: int) -> None:
        self._hidden: dict[tuple[str, str], dict[str, Mask]] = defaultdict(dict)
        self._blocks: dict[int, list[Block]] = defaultdict(list)
        # Counts of all minority households, poor or not, on any day.
        self._register: list[_Pair] = []
        self._register_columns: list[Column] = []
        self._register_hidden = np.zeros(villages + 1, dtype=bool)
        self._register_order = smallest_first(areas, villages)
        self._present: dict[str, Whole] = {}  # those present at a quarter's end
        # Counts of the poor among them, by the year whose cohort they belong to.
        self._poor: dict[int, list[_Pair]] = defaultdict(list)
        self._poor_hidden: dict[int, Mask] = {}

    def of(self, block: Block) -> Mapping[str, Mask]:
        """Give where a block is hidden, by count and `ESCAPED`; none for what was not measured."""
        return self._hidden[block.quarter, block.indicator]

    def publish(self, blocks: Iterable[Block]) -> None:
        """Add a quarter that is later than all before; what follows from it is chosen anew."""
        blocks = list(blocks)
        years = {block.year for block in blocks}
        for block in blocks:
            self._blocks[block.year].append(block)
            for year, name in _poor_counts(block):
                self._poor[year].append((block, name))
                years.add(year)
        before = self._register_hidden
        self._publish_register(blocks)
        if (before != self._register_hidden).any():
            years |= self._blocks.keys()
        for year in sorted(years):
            self._publish_poor(year)
            for block in self._blocks[year]:
                self._publish_counted(block)
            self._publish_escaped(year)

    @property
    def _order(self) -> list[int]:
        """Villages with fewest households of a minority first: as the first quarter showed them."""
        hidden = self._register_hidden
        if not self._present:
            return smallest_first(None, len(hidden) - 1)
        first = self._present[min(self._present)]
        return smallest_first(np.where(hidden, -1, first), len(hidden) - 1)

    def _protect(self, pairs: list[_Pair], columns: list[Column], before: Mask | None) -> Mask:
        hidden = protect(columns, self._order, before)
        for block, name in pairs:
            self._hidden[block.quarter, block.indicator][name] = hidden
        return hidden

    def _publish_register(self, blocks: list[Block]) -> None:
        new = [(block, name) for block in blocks for name in _register_counts(block)]
        self._present |= {b.quarter: b.counts[name] for b, name in new if not b.is_drop}
        self._register += new
        columns = [_column(block, name) for block, name in new]
        self._register_columns = _distinct([*self._register_columns, *columns])
        if new:
            self._register_hidden = protect(
                self._register_columns, self._register_order, self._register_hidden
            )
        for block, name in self._register:
            self._hidden[block.quarter, block.indicator][name] = self._register_hidden

    def _publish_poor(self, year: int) -> None:
        pairs = self._poor[year]
        if not pairs:
            self._poor_hidden[year] = self._register_hidden
            return
        columns = _distinct([self._of_the_poor(block, name) for block, name in pairs])
        before = self._poor_hidden.get(year)
        self._poor_hidden[year] = self._protect(pairs, columns, before)

    def _of_the_poor(self, block: Block, name: str) -> Column:
        """Set a count of the poor beside all minority households, of whom they are a part."""
        if block.is_drop:
            base = name.replace("numerator", "denominator")
            return _column(block, name, base, self._register_hidden)
        register = self._present.get(block.quarter)
        return Column(block.counts[name], block.exists, register, self._register_hidden)

    def _publish_counted(self, block: Block) -> None:
        name = "numerator"
        if block.is_empty(name) or any(count == name for _, count in _poor_counts(block)):
            return
        poor = self._poor_hidden[block.year]
        within = poor if block.indicator in OF_COHORT else self._register_hidden
        # Who is poor now was nearly always poor at the start: the same villages are hidden.
        forced = poor if block.is_drop else None
        column = _column(block, name, "denominator", within, forced)
        self._protect([(block, name)], [column], self.of(block).get(name))

    def _publish_escaped(self, year: int) -> None:
        """Choose percentages to hide where they give the number of those who escaped poverty.

        Percentages are judged year by year: a plan names one formula for all of it.
        """
        drops = [block for block in self._blocks[year] if block.is_drop]
        drops = [block for block in drops if not block.is_unmeasured]
        if not any(counts_escaped(block) for block in drops):
            return
        for block in drops:
            hidden = np.logical_or.reduce([~block.exists, *self.of(block).values()])
            poor = block.counts["baseline_numerator"]
            column = Column(escaped(block), block.exists, poor, hidden)
            self._protect([(block, ESCAPED)], [column], None)


def _register_counts(block: Block) -> list[str]:
    """Name the counts of minority households, poor or not."""
    if block.indicator in OF_COHORT:
        return []
    names = ("denominator", "baseline_denominator")
    return [name for name in names if name in block.counts and not block.is_empty(name)]


def _poor_counts(block: Block) -> Iterator[tuple[int, str]]:
    """Give the counts of a year's cohort, or of those poor on its baseline date, with the year.

    Who is poor at the end of a year is the next year's baseline.
    """
    found = []
    if block.indicator in OF_COHORT:
        found.append((block.year, "denominator"))
    if block.is_drop:
        found.append((block.year, "baseline_numerator"))
        if block.quarter.endswith(_LAST_QUARTER):
            found.append((block.year + 1, "numerator"))
    return (pair for pair in found if not block.is_empty(pair[1]))


def _column(
    block: Block,
    name: str,
    base: str | None = None,
    base_hidden: Mask | None = None,
    forced: Mask | None = None,
) -> Column:
    of = block.counts[base] if base else None
    complement = base is not None
    return Column(block.counts[name], block.exists, of, base_hidden, forced, complement)


def _distinct(columns: Iterable[Column]) -> list[Column]:
    """Leave out columns that say the same: a base stands behind five indicators."""
    found = {}
    for column in columns:
        base = b"" if column.base is None else column.base.tobytes()
        found[column.values.tobytes(), column.exists.tobytes(), base] = column
    return list(found.values())
