"""Lines of results laid out by place, so that a count stands beside all that it adds up with."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from campaign_lib.disclosure.column import COMMUNE_AT, Mask, Whole
from campaign_lib.indicators import ALL
from campaign_lib.indicators.households import COHORT
from campaign_lib.indicators.indicator import Share
from campaign_lib.indicators.steps import COMMUNE

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
        place = self.rows[COMMUNE_AT]
        return bool(place >= 0 and self.column("status")[COMMUNE_AT] == UNMEASURED)

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
        cells = np.full(len(self.rows), -1, dtype=np.int64)
        cells[self.exists] = self.lines[name].fillna(-1).to_numpy(np.int64)
        return cells


def places_of(results: pd.DataFrame) -> pd.Index:
    """Give all places, in the order of their codes, the commune last."""
    villages = results.loc[results["level"] != COMMUNE, "place"]
    return pd.Index([*sorted(villages.unique()), COMMUNE])


def blocks_of(results: pd.DataFrame, places: pd.Index, unit: str) -> list[Block]:
    """Lay out every indicator of a unit, quarter by quarter.

    They come in the order of quarters.

    Args:
        results: with an index that counts its lines.
        places: as `places_of` gives them.
        unit: household, for what is protected.
    """
    lines = results[results["unit"] == unit]
    at = pd.Series(places.get_indexer(pd.Index(lines["place"])).astype("int64"), lines.index)
    return [
        _block(str(quarter), str(indicator), group, at[group.index].to_numpy(np.int64), len(places))
        for (quarter, indicator), group in lines.groupby(["quarter", "indicator"], observed=True)
    ]


def _block(quarter: str, indicator: str, lines: pd.DataFrame, at: Whole, size: int) -> Block:
    lines = lines.iloc[np.argsort(at, kind="stable")]
    at = np.sort(at)
    rows = np.full(size, -1, dtype=np.int64)
    rows[at] = lines.index.to_numpy()
    counts = {}
    for name in COUNTS:
        cells = lines[name]
        if cells.notna().any():
            counts[name] = np.zeros(size, dtype=np.int64)
            counts[name][at] = cells.fillna(0).to_numpy(np.int64)
    return Block(quarter, indicator, rows, counts, lines)


def smallest_first(bases: Whole | None, villages: int) -> list[int]:
    """Order villages by a count that readers see, then by code; those they don't see come first."""
    if bases is None:
        return list(range(villages))
    return [int(place) for place in np.argsort(bases[:villages], kind="stable")]
