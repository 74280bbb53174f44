"""What may leave the office: results without the counts that would tell of single households.

In come results; out go the same lines with small counts, and all that would give them away, hidden.
Docs/decisions/08-public-edition.md says what is hidden, why, and which attacks were considered.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from typing import Any

import numpy as np
import pandas as pd

from campaign_lib.base.percent import ALL_OF_THEM
from campaign_lib.disclosure.grid import (
    COMMUNE_AT,
    COUNTS,
    LEAST_SHOWN,
    OF_COHORT,
    UNMEASURED,
    WANTED_VALUES,
    Block,
    Column,
    Issued,
    Mask,
    Whole,
    blocks_of,
    nearly_alike,
    places_of,
    protect,
    smallest_first,
)
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.plan.communes import ALL

# Which counts are hidden: bases first, then what is counted within them.
#
# The same households stand behind several counts. A village that is hidden in one of these is
# hidden in all, and the same villages are hidden beside it, so that no count stands in for another.
#
# Quarters are published one after the other, and what was shown once is known for good. So the
# choice is made quarter by quarter, as if each had been published when it ended: whatever an
# earlier edition hid, a later one hides as well.

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
    percent = pd.Series(block.column("percent")).astype("Float64")
    cells = np.rint(percent.fillna(0).to_numpy(float) * 100).astype(np.int64)
    return cells, percent.notna().to_numpy(bool)


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
        self._baseline_hidden: dict[int, Mask] = {}

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
        before = self._poor_hidden.get(year, False) | self._without_room(year)
        self._poor_hidden[year] = self._protect(pairs, columns, before)
        self._publish_baseline(year)

    def _publish_baseline(self, year: int) -> None:
        """Hide the baseline's poor as well where they are nearly the cohort, which stands beside.

        What they differ by are the households that have left or moved since.
        """
        cohorts, poor = self._beside(year)
        if not (cohorts and poor):
            return
        block, name = poor[-1]
        hidden = self._poor_hidden[year]
        columns = [
            nearly_alike(one.counts["denominator"], block.counts[name], one.exists, hidden)
            for one in cohorts
        ]
        before = self._baseline_hidden.get(year)
        self._baseline_hidden[year] = self._protect(poor, _distinct(columns), before)

    def _without_room(self, year: int) -> Mask:
        """Say where nearly all were poor on the baseline, and the cohort differs from them by few.

        Hidden beside a cohort that is shown, the baseline's poor would lie between it and everyone.
        """
        cohorts, poor = self._beside(year)
        found = np.zeros_like(self._register_hidden)
        for block, name in poor[-1:]:
            everyone = block.counts[name.replace("numerator", "denominator")]
            for count in (one.counts["denominator"] for one in cohorts):
                differs = (count != block.counts[name]) & block.exists
                found |= differs & (np.abs(everyone - count) < WANTED_VALUES - 1)
        return found

    def _beside(self, year: int) -> tuple[list[Block], list[_Pair]]:
        """Give what tells of a year's cohort, and of those who were poor on its baseline date."""
        cohorts = [block for block, _ in self._poor[year] if not block.is_drop]
        return cohorts, [pair for pair in self._poor[year] if pair[0].is_drop]

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
        column = replace(_column(block, name, "denominator", within, forced), known=block.known)
        self._protect([(block, name)], [column], self.of(block).get(name))

    def _publish_escaped(self, year: int) -> None:
        """Choose percentages to hide where they give the number of those who escaped poverty.

        Percentages are judged year by year: a plan names one formula for all of it.
        """
        drops = [one for one in self._blocks[year] if one.is_drop and not one.is_unmeasured]
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
        if block.quarter.endswith("Q4"):
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
    return Column(block.counts[name], block.exists, of, base_hidden, forced, complement=bool(base))


def _distinct(columns: list[Column]) -> list[Column]:
    """Leave out columns that say the same: a base stands behind five indicators."""
    said = ((one.values, one.exists, one.base) for one in columns)
    marks = (tuple(None if part is None else part.tobytes() for part in parts) for parts in said)
    return list(dict(zip(marks, columns, strict=True)).values())


# Which verdicts and target counts of villages give nothing away.
#
# A village's target count is its part of the commune's, and what is left over after rounding goes
# to the largest remainders of all villages: it tells about the bases of the others. So do
# verdicts, but only where one household more or less in the target would make another verdict.


def unsure_verdicts(block: Block, base_hidden: Mask) -> Mask:
    """Say at which villages the verdict would tell which way the village's part was rounded.

    Everything that decides it is public: the village's counts, the commune's base, target and path.
    A village's own part is rounded down or up, whatever the bases of other villages are. Where the
    commune's base is hidden, that is every village.
    """
    villages = np.ones_like(block.exists)
    villages[COMMUNE_AT] = False
    if base_hidden[COMMUNE_AT]:
        return villages
    count, base = block.counts["numerator"], block.counts["denominator"]
    target = int(block.numbers("target_count")[COMMUNE_AT])
    path = int(block.numbers("path_count")[COMMUNE_AT])
    total = int(base[COMMUNE_AT])
    if min(total, target, path) <= 0:
        return np.zeros_like(villages)
    least = base * target // total
    most = least + 1
    # The share due is above (path - 1) / target and at most path / target; due counts round up.
    due_at_least = np.where(least > 0, (path - 1) * least // target + 1, 0)
    met, on_track = count >= most, (count < least) & (count >= -(-path * most // target))
    return np.asarray(villages & ~(met | on_track | (count < due_at_least)), bool)


def is_shared_out(block: Block) -> bool:
    """Say whether villages have parts of the commune's target, other than all of their own base."""
    judged = block.numbers("target_count") >= 0
    return bool((judged & pd.isna(block.column("target_percent")))[:COMMUNE_AT].any())


#: The status of a line of which something is hidden.
HIDDEN = "hidden"
PUBLIC_COLUMNS = [
    *("quarter", "level", "place", "indicator", "unit", "numerator", "denominator", "percent"),
    *("target_percent", "target_count", "status"),
    *("baseline_numerator", "baseline_denominator", "hidden"),
]


def issued_by(plans: pd.DataFrame, days: pd.DataFrame) -> Issued:
    """Give where a village's plan of the year had been issued by a quarter's last day.

    Args:
        plans: the table `village_plans`.
        days: the table `quarters`.
    """
    both = days[["quarter", "year", "last_day"]].merge(plans[["village", "year", "issued_on"]])
    both = both[both["issued_on"] <= both["last_day"]].astype({"quarter": "str", "village": "str"})
    return frozenset(zip(both["quarter"], both["village"], strict=True))


def disclose(results: pd.DataFrame, issued: Issued | None = None) -> pd.DataFrame:
    """Give what of the results may leave the office (docs/decisions/08-public-edition.md).

    Args:
        results: results.csv's table (data contract, section 4), percentages as numbers.
        issued: of which quarters and villages a plan had been issued; elsewhere all know that
            nobody is covered by one. None where nobody is told.

    Returns:
        The same lines in the same order, with `PUBLIC_COLUMNS`. `hidden` is True where a count, the
        percentage or the verdict is withheld; then `status` is "hidden", what is withheld is
        missing, and so is the percentage. Where nothing was measured in the whole commune, counts
        of 0 are missing as well and the status stays "unmeasured". A village's target count is
        missing where its line is hidden, or where it would tell about hidden bases.
    """
    lines = results.reset_index(drop=True)
    places = places_of(lines)
    blocks = blocks_of(lines, places, "household", issued)
    # The areas of the first quarter that has them: it stays the first when more are published.
    areas = [block.counts["denominator"] for block in blocks_of(lines, places, "residential_area")]
    choice = Choice(areas[0] if areas else None, len(places) - 1)
    for _, quarter in groupby(blocks, key=attrgetter("quarter")):
        choice.publish(quarter)
    withheld = {
        name: np.zeros(len(lines), dtype=bool)
        for name in (*COUNTS, "percent", "target_count", "hidden")
    }
    for block in blocks:
        for name, mask in _withheld(block, choice.of(block)).items():
            withheld[name][block.rows[mask & block.exists]] = True
    shown = lines.assign(
        **{name: lines[name].mask(withheld[name]) for name in (*COUNTS, "percent", "target_count")},
        status=lines["status"].mask(withheld["hidden"], HIDDEN),
        hidden=withheld["hidden"],
    )
    return shown[PUBLIC_COLUMNS].set_axis(results.index)


def _withheld(block: Block, chosen: Mapping[str, Mask]) -> dict[str, Mask]:
    """Say, column by column, where a block shows nothing, and where its line is hidden."""
    none = np.zeros_like(block.exists)
    masks = {name: chosen.get(name, none) for name in block.counts}
    empty = {name: ~none for name in block.counts if block.is_empty(name)}
    unmeasured = np.asarray(block.column("status") == UNMEASURED, bool)
    shared = masks["denominator"].any() and is_shared_out(block)  # and not every base is seen
    unsure = (unsure_verdicts(block, masks["denominator"]) & ~unmeasured) if shared else none
    no_percent = np.any([none, *chosen.values()], axis=0)
    hidden = no_percent | unsure
    no_target = ~none if shared else hidden | unmeasured
    # The commune's target count would give away what it follows from: bases, and in the case of
    # poverty all counts but the later one of the poor.
    no_target[COMMUNE_AT] = any(
        masks[name][COMMUNE_AT] or block.is_empty(name)
        for name in block.counts
        if name == "denominator" or name.startswith("base")
    )
    return {
        **masks,
        **empty,
        "percent": no_percent,
        "target_count": no_target,
        "hidden": hidden,
    }


# Public results of several communes: what all of them come to, only where each shows its part.

_KEYS = ["quarter", "indicator"]


def disclose_all(results: pd.DataFrame, public: pd.DataFrame) -> pd.DataFrame:
    """Give what of a folder's results may leave the office.

    A line of the level `all` is shown where every commune shows its own: then it is their sum, and
    tells nobody anything that the communes have not told. Where a commune withholds anything, the
    sum would give it away, and all of the line is withheld.

    Args:
        results: of all levels (data contract, section 4).
        public: what the communes show, as `disclose` gives it, each commune's under its key.

    Returns:
        The lines of `results` with `PUBLIC_COLUMNS`.
    """
    sums = results[results["level"] == ALL]
    hidden = _is_open(sums, public[public["level"] == COMMUNE]).eq(False).to_numpy()
    shown = sums.assign(
        **{name: sums[name].mask(hidden) for name in (*COUNTS, "percent", "target_count")},
        status=sums["status"].mask(hidden, HIDDEN),
        hidden=hidden,
    )
    lines = pd.concat([public, shown[PUBLIC_COLUMNS]])
    return lines.sort_values(["quarter", "level", "place", "indicator"], ignore_index=True)


def _is_open(sums: pd.DataFrame, communes: pd.DataFrame) -> pd.Series:
    """Say of each line of the level `all` whether its parts are there to be added up."""
    told = communes.assign(hidden=~communes["hidden"].astype(bool))
    by_line = told.groupby(_KEYS, observed=True)
    line = pd.MultiIndex.from_frame(sums[_KEYS])
    is_open = by_line["hidden"].all().reindex(line)
    for name in COUNTS:
        # A count that a commune does not print may be a 0 of nobody; nobody needs to find out.
        printed = communes[name].notna().groupby([communes[key] for key in _KEYS]).all()
        is_open &= printed.reindex(line) | sums[name].isna().to_numpy()
    return is_open


# Small counts in any other public table: loans, models, households that attended.


def may_show(count: Any) -> bool:
    """Say whether a count of households may be shown by itself; a missing one may not.

    A count beside its total needs more: see `shown_parts`.
    """
    return bool(not pd.isna(count) and int(count) >= LEAST_SHOWN)


def shown_parts(counts: pd.Series) -> tuple[pd.Series, Any]:
    """Hide what can't be shown of counts of households that stand above their total.

    Args:
        counts: whole numbers, in the order in which they are to be hidden where one that is small
            is not enough; the order must not follow from the counts.

    Returns:
        The counts and their total, missing where they are hidden: none of them can be worked out
        from the others.
    """
    values = np.append(counts.to_numpy(np.int64), counts.sum())
    hidden = protect([Column(values, np.ones(len(values), bool))], range(len(counts)))
    total = pd.NA if hidden[COMMUNE_AT] else int(values[COMMUNE_AT])
    return counts.astype("Int64").mask(hidden[:-1]), total


__all__ = [
    "HIDDEN",
    "LEAST_SHOWN",
    "PUBLIC_COLUMNS",
    "disclose",
    "disclose_all",
    "issued_by",
    "may_show",
    "shown_parts",
]
