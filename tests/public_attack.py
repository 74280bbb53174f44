"""What a reader can work out from the public results: an attack, with arithmetic of its own.

Every count of households is a number between two bounds; every relation that holds between counts
of a campaign tightens them, round after round, until nothing moves any more.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd
from made_results import COHORT, POVERTY, REGISTER

MOST = 10**6
_PARTS = {"numerator": "denominator", "baseline_numerator": "baseline_denominator"}
_ROUNDS = 60

Name = tuple[str, str, str, str]  # quarter, indicator, place, count


class Reader:
    """Knows the public table and how counts hang together; `bounds` is what they found out."""

    def __init__(
        self, public: pd.DataFrame, issued: Collection[tuple[str, str]] | None = None
    ) -> None:
        self.issued = issued
        self.lines = public[public["unit"] == "household"]
        self.linked = {year for year in self._years() if self._continues(year)}
        self.number: dict[object, int] = {}
        self.low: list[int] = []
        self.high: list[int] = []
        self.hidden: dict[Name, int] = {}
        self._read_cells()
        self.parts = self._parts()
        self.sums = self._sums()
        self._tighten()

    def bounds(self) -> dict[Name, tuple[int, int]]:
        """Give the least and the most that each hidden count can be."""
        return {name: (self.low[at], self.high[at]) for name, at in self.hidden.items()}

    def differences(self) -> dict[tuple[str, str], int]:
        """Give by quarter and place how many more were poor on the baseline than are the cohort.

        Where either is not certain there is none.
        """
        found = {}
        for line in self.lines[self.lines["indicator"].isin(COHORT)].itertuples():
            cohort = self._at(line.quarter, line.indicator, line.place, "denominator")
            poor = self._at(line.quarter, POVERTY, line.place, "baseline_numerator")
            if self.low[cohort] == self.high[cohort] and self.low[poor] == self.high[poor]:
                found[line.quarter, line.place] = self.low[poor] - self.low[cohort]
        return found

    def _same(self, quarter: str, indicator: str, place: str, count: str) -> object:
        """Name a count; counts that are one and the same have one name."""
        year = int(quarter[:4])
        if count.startswith("baseline"):
            return (year, place, count)
        if indicator == POVERTY and quarter.endswith("Q4") and year in self.linked:
            return (year + 1, place, f"baseline_{count}")
        if count == "denominator" and indicator in COHORT:
            return (quarter, place, "cohort")
        return (quarter, indicator, place, count)

    def _years(self) -> set[int]:
        return {int(quarter[:4]) for quarter in self.lines["quarter"]}

    def _continues(self, year: int) -> bool:
        """Say whether the next year's baseline is what this year ended with, as far as is seen.

        It is not where the standard of poverty changed between them.
        """
        poverty = self.lines[self.lines["indicator"] == POVERTY]
        ends = poverty[poverty["quarter"] == f"{year}Q4"].set_index("place")
        begins = poverty[poverty["quarter"].str.startswith(str(year + 1))]
        begins = begins.drop_duplicates("place").set_index("place").reindex(ends.index)
        return all(
            bool((ends[count] == begins[f"baseline_{count}"]).fillna(True).all())
            for count in ("numerator", "denominator")
        )

    def _read_cells(self) -> None:
        for line in self.lines.itertuples():
            for count in (*_PARTS, *_PARTS.values()):
                if count.startswith("baseline") and line.indicator != POVERTY:
                    continue
                at = self._at(line.quarter, line.indicator, line.place, count)
                value = getattr(line, count)
                if pd.notna(value):
                    self.low[at] = max(self.low[at], int(value))
                    self.high[at] = min(self.high[at], int(value))
                elif self._nobody_is_planned(line, count):
                    self.high[at] = 0
                elif line.hidden:
                    self.hidden[line.quarter, line.indicator, line.place, count] = at

    def _nobody_is_planned(self, line: Any, count: str) -> bool:
        """Say whether nobody counts, as a village that has issued no plan covers nobody by one."""
        if self.issued is None or (line.indicator, count) != (REGISTER, "numerator"):
            return False
        if line.level == "village":
            return (line.quarter, line.place) not in self.issued
        return line.quarter not in {quarter for quarter, _ in self.issued}

    def _at(self, quarter: str, indicator: str, place: str, count: str) -> int:
        same = self._same(quarter, indicator, place, count)
        if same not in self.number:
            self.number[same] = len(self.low)
            self.low.append(0)
            self.high.append(MOST)
        return self.number[same]

    def _parts(self) -> list[tuple[int, int]]:
        """List pairs of a count and what it is a part of."""
        pairs = set()
        for line in self.lines.itertuples():
            where = (line.quarter, line.indicator, line.place)
            pairs.add((self._at(*where, "numerator"), self._at(*where, "denominator")))
            register = self._at(line.quarter, REGISTER, line.place, "denominator")
            if line.indicator == POVERTY:
                baseline = self._at(*where, "baseline_denominator")
                pairs.add((self._at(*where, "baseline_numerator"), baseline))
            elif line.indicator in COHORT:
                pairs.add((self._at(*where, "denominator"), register))
            if line.indicator in COHORT and line.level == "commune":  # villages may gain by moves
                poor = self._at(line.quarter, POVERTY, line.place, "baseline_numerator")
                pairs.add((self._at(*where, "denominator"), poor))
        return sorted(pairs)

    def _sums(self) -> list[tuple[int, list[int]]]:
        """List the commune's counts, each with its villages'."""
        villages = defaultdict(set)
        for line in self.lines.itertuples():
            for count in (*_PARTS, *_PARTS.values()):
                if count.startswith("baseline") and line.indicator != POVERTY:
                    continue
                commune = self._at(line.quarter, line.indicator, "commune", count)
                if line.level == "village":
                    place = self._at(line.quarter, line.indicator, line.place, count)
                    villages[commune].add(place)
        return [(commune, sorted(places)) for commune, places in villages.items()]

    def _tighten(self) -> None:
        low, high = np.array(self.low, dtype=np.int64), np.array(self.high, dtype=np.int64)
        parts = np.array(self.parts)
        for _ in range(_ROUNDS):
            before = (low.copy(), high.copy())
            np.minimum.at(high, parts[:, 0], high[parts[:, 1]])
            np.maximum.at(low, parts[:, 1], low[parts[:, 0]])
            for commune, places in self.sums:
                least, most = low[places].sum(), high[places].sum()
                low[commune], high[commune] = max(low[commune], least), min(high[commune], most)
                others_least, others_most = least - low[places], most - high[places]
                high[places] = np.minimum(high[places], high[commune] - others_least)
                low[places] = np.maximum(low[places], low[commune] - others_most)
            if (before[0] == low).all() and (before[1] == high).all():
                break
        assert (low <= high).all(), "the reader's relations do not hold in this table"
        self.low, self.high = low.tolist(), high.tolist()


def hidden_intervals(
    public: pd.DataFrame, issued: Collection[tuple[str, str]] | None = None
) -> dict[Name, tuple[int, int]]:
    """Give, for every hidden count, the least and the most that it can be.

    `issued` says in which quarters and villages a plan had been issued, as all may know.
    """
    return Reader(public, issued).bounds()
