"""Lines of results laid out by place, so that a count stands beside all that it adds up with."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from campaign_lib.indicators import ALL
from campaign_lib.indicators.households import COHORT
from campaign_lib.indicators.indicator import Share
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.indicators.ten import COVERED_BY_PLAN

# One published count of every village and of the commune, and how sure a reader could become.
#
# A reader knows the rules and every number that is shown. What is left to them is one sum: the
# hidden villages add up to what the commune has beyond the shown ones. Each hidden count has a
# range in which it could lie without changing what is hidden; it is safe when the others can make
# up for it over enough of that range.

Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

#: Counts of households below this one are hidden, 0 included.
LEAST_SHOWN = 5
#: So many values stay possible for a count that has to be hidden, if its own range has as many;
#: and for one that is hidden for the sake of another.
WANTED_VALUES, LEAST_VALUES = 5, 2
#: Stands for a range without an end.
_ENDLESS = 10**9
#: The commune stands after all villages.
COMMUNE_AT = -1


@dataclass(frozen=True)
class Column:
    """One count by place, the commune last.

    `base` is what the count is a part of, `base_hidden` where a reader does not see that; `forced`
    where the count is hidden whatever it is. With `complement`, the rest of the base is protected
    as well. `exists` is where there is a line at all; `known` is where all know the count, whatever
    is hidden: it needs no protection, and gives none to others.
    """

    values: Whole
    exists: Mask
    base: Whole | None = None
    base_hidden: Mask | None = None
    forced: Mask | None = None
    complement: bool = False
    known: Mask | None = None

    @cached_property
    def _closed(self) -> Mask:
        """Where the base is hidden."""
        return np.zeros_like(self.exists) if self.base_hidden is None else self.base_hidden

    @cached_property
    def compelled(self) -> Mask:
        """Where the count is hidden whatever it is."""
        return (self._closed if self.forced is None else self._closed | self.forced) & self.exists

    @cached_property
    def top(self) -> Whole:
        """The most that a reader can take the count to be."""
        endless = np.full_like(self.values, _ENDLESS)
        if self.base is None:
            return endless
        small_base = np.where(self.base < LEAST_SHOWN, LEAST_SHOWN - 1, endless)
        top = np.where(self._closed, small_base, self.base)
        return np.where(top < self.values, endless, top)

    @cached_property
    def few_left(self) -> Mask:
        """Where only a few of a base that is shown are not counted."""
        left = self.top - self.values
        return self.complement & ~self._closed & (left > 0) & (left < LEAST_SHOWN)

    @cached_property
    def small(self) -> Mask:
        """Where the count has to be hidden by itself."""
        return ((self.values < LEAST_SHOWN) | self.few_left) & self.exists & ~self._known

    @cached_property
    def _known(self) -> Mask:
        """Where all know the count."""
        return np.zeros_like(self.exists) if self.known is None else self.known

    @cached_property
    def large_range(self) -> tuple[Whole, Whole]:
        """The range of a count that needs no hiding by itself, if it is hidden for others."""
        whole = self.values == self.top
        end = self.top - LEAST_SHOWN if self.complement else self.top
        end = np.where(self._closed, self.top, end)
        low = np.where(self.complement & ~self._closed & whole, self.values, LEAST_SHOWN)
        return low, np.where(low == LEAST_SHOWN, np.maximum(end, self.values), self.values)

    @cached_property
    def small_range(self) -> tuple[Whole, Whole]:
        """The range of a count that is hidden by itself."""
        lowest, highest = LEAST_SHOWN - 1, self.top - 1
        both_meet = self.complement & ~self._closed & (self.top < 2 * LEAST_SHOWN)
        low = np.where(self.few_left & ~both_meet, self.top - lowest, 0)
        end = np.where(both_meet | self.few_left, highest, np.minimum(lowest, self.top))
        return low, np.maximum(end, self.values)

    def ranges(self, small_elsewhere: Mask) -> tuple[Whole, Whole]:
        """Give each count's range, as far as it may move without changing what is hidden.

        Args:
            small_elsewhere: where a count that shares its fate has to be hidden anyway.
        """
        free = self._closed | (small_elsewhere & ~self.small) | ~self.exists
        ends = zip(self.small_range, self.large_range, strict=True)
        low, high = (np.where(self.small, of_small, of_large) for of_small, of_large in ends)
        low, high = np.where(free, 0, low), np.where(free, self.top, high)
        return np.where(self._known, self.values, low), np.where(self._known, self.values, high)

    @cached_property
    def movable(self) -> Mask:
        """Where hiding a count that needs it not by itself would help others."""
        low, high = self.large_range
        return np.asarray(self.exists & (high > low) & ~self._known, bool)

    def is_safe(self, hidden: Mask, small_elsewhere: Mask) -> bool:
        """Say whether every hidden count keeps enough values, or its whole range if shorter."""
        if not self.exists[COMMUNE_AT]:
            return True  # nobody is told what the villages add up to
        low, high = self.ranges(small_elsewhere)
        hidden = hidden & self.exists
        up, down = (high - self.values) * hidden, (self.values - low) * hidden
        # The commune's count makes up for its villages by moving the same way as they do.
        up[COMMUNE_AT], down[COMMUNE_AT] = down[COMMUNE_AT], up[COMMUNE_AT]
        moves = np.minimum(up, down.sum() - down) + np.minimum(down, up.sum() - up)
        by_itself = self.small | small_elsewhere | self._closed
        wanted = np.where(by_itself, WANTED_VALUES, LEAST_VALUES)
        enough = 1 + moves >= np.minimum(wanted, 1 + up + down)
        return bool((enough | ~hidden).all())


def nearly_alike(shown: Whole, hidden: Whole, exists: Mask, closed: Mask) -> Column:
    """Give the column that protects a count which may be hidden beside one that is shown.

    Where they differ by a few, either way, the difference is small. Where they do not differ all
    may know it, as with a numerator that leaves none of its base out.

    Args:
        shown: one count by place.
        hidden: the other.
        exists: where there are such lines.
        closed: where both are hidden anyway.
    """
    least = hidden + LEAST_SHOWN
    values, more = shown + LEAST_SHOWN, hidden - shown
    top = np.where(more > 0, least, values)
    top = np.where((more < 0) & (more > -LEAST_SHOWN), least + LEAST_SHOWN, top)
    return Column(values, exists, top, closed, complement=True)


def protect(columns: Sequence[Column], order: Sequence[int], before: Mask | None = None) -> Mask:
    """Choose what to hide in columns that hide the same places.

    Args:
        columns: at least one; all of the same places.
        order: the villages' positions, first those that are to be hidden first. It must follow from
            what is public anyway: if it followed from hidden counts, it would tell about them.
        before: what was hidden of these columns when fewer of them were known.

    Returns:
        True where a count is hidden: those that must be; then villages, in their order, until no
        column gives anything away; if there are not enough, the commune's count.
    """
    small: Mask = np.logical_or.reduce([column.small for column in columns])
    hidden: Mask = small | np.logical_or.reduce([column.compelled for column in columns])
    if before is not None:
        hidden |= before
    if not hidden.any():
        return hidden
    helpful = ~hidden & np.logical_and.reduce([column.movable for column in columns])
    # What has been hidden stays so, even if it did not help: to show it again would tell why.
    more = iter([*(place for place in order if helpful[place]), COMMUNE_AT])
    while not all(column.is_safe(hidden, small) for column in columns):
        place = next(more, None)
        if place is None:
            break
        hidden[place] = True
    return hidden


COUNTS = ("numerator", "denominator", "baseline_numerator", "baseline_denominator")
UNMEASURED = "unmeasured"
#: Indicators whose base is the cohort of poor and near-poor.
OF_COHORT = frozenset(
    indicator.id for indicator in ALL if isinstance(indicator, Share) and indicator.among == COHORT
)


@dataclass(frozen=True)
class Block:
    """One indicator in one quarter: its lines and their counts by place, the commune last."""

    quarter: str
    indicator: str
    rows: Whole  # where each place's line stands in results; -1 if there is none
    counts: Mapping[str, Whole]
    lines: pd.DataFrame
    known: Mask  # where all know what is counted, by definition

    @property
    def year(self) -> int:
        """The year that the quarter belongs to."""
        return int(self.quarter[:4])

    @cached_property
    def exists(self) -> Mask:
        """Where there is a line."""
        return self.rows >= 0

    @cached_property
    def is_drop(self) -> bool:
        """Whether it compares two dates."""
        return "baseline_denominator" in self.counts

    @cached_property
    def is_unmeasured(self) -> bool:
        """Whether nothing was measured in the whole commune."""
        return bool(self.column("status")[COMMUNE_AT] == UNMEASURED)

    def is_empty(self, count: str) -> bool:
        """Say whether a count is 0 everywhere because there was nothing to count or to ask."""
        return self.is_unmeasured and int(self.counts[count][COMMUNE_AT]) == 0

    def column(self, name: str) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
        """Give any column of results by place; missing where there is no line or no value."""
        cells = np.full(len(self.rows), None, dtype=object)
        cells[self.exists] = self.lines[name].astype(object).to_numpy()
        return cells

    def numbers(self, name: str) -> Whole:
        """Give a column of whole numbers by place, -1 where there is none."""
        cells = pd.Series(self.column(name)).astype("Int64")
        return np.asarray(cells.fillna(-1), np.int64)


def places_of(results: pd.DataFrame) -> pd.Index:
    """Give all places, in the order of their codes, the commune last."""
    villages = results.loc[results["level"] != COMMUNE, "place"]
    return pd.Index([*sorted(villages.unique()), COMMUNE])


#: Counts nobody where a village has issued no plan of its own, which all can read.
_PLANNED = COVERED_BY_PLAN.id
#: A quarter and a village.
Issued = Collection[tuple[str, str]]


def blocks_of(
    results: pd.DataFrame, places: pd.Index, unit: str, issued: Issued | None = None
) -> list[Block]:
    """Lay out every indicator of a unit, quarter by quarter.

    They come in the order of quarters.

    Args:
        results: with an index that counts its lines.
        places: as `places_of` gives them.
        unit: household, for what is protected.
        issued: where a village's plan had been issued; None where nobody is told.
    """
    lines = results[results["unit"] == unit]
    at = pd.Series(places.get_indexer(pd.Index(lines["place"])).astype("int64"), lines.index)
    blocks = []
    for (quarter, indicator), group in lines.groupby(["quarter", "indicator"], observed=True):
        known = np.zeros(len(places), dtype=bool)
        if indicator == _PLANNED and issued is not None:
            known[:-1] = [(str(quarter), village) not in issued for village in places[:-1]]
            known[COMMUNE_AT] = known[:-1].all()
        own = at[group.index].to_numpy(np.int64)
        blocks.append(_block(str(quarter), str(indicator), group, own, known))
    return blocks


def _block(quarter: str, indicator: str, lines: pd.DataFrame, at: Whole, known: Mask) -> Block:
    lines = lines.iloc[np.argsort(at, kind="stable")]
    at = np.sort(at)
    size = len(known)
    rows = np.full(size, -1, dtype=np.int64)
    rows[at] = lines.index.to_numpy()
    counts = {}
    for name in COUNTS:
        cells = lines[name]
        if cells.notna().any():
            counts[name] = np.zeros(size, dtype=np.int64)
            counts[name][at] = cells.fillna(0).to_numpy(np.int64)
    return Block(quarter, indicator, rows, counts, lines, known)


def smallest_first(bases: Whole | None, villages: int) -> list[int]:
    """Order villages by a count that readers see, then by code; those they don't see come first."""
    if bases is None:
        return list(range(villages))
    return [int(place) for place in np.argsort(bases[:villages], kind="stable")]
