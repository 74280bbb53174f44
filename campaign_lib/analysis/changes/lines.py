"""Lines of results.csv as text, and those in which two builds are not alike."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from campaign_lib.base.figures import Figure
from campaign_lib.indicators import IDS
from campaign_lib.indicators.results import KEYS, RESULT_COLUMNS, as_printed
from campaign_lib.indicators.steps import COMMUNE

#: What a line says, beside whose it is.
CELLS = tuple(name for name in RESULT_COLUMNS if name not in KEYS)
#: The counts and what follows from them alone; the others are the target and the verdict.
COUNTED = (
    *("numerator", "denominator", "unknown", "percent", "percent_high"),
    *("baseline_numerator", "baseline_denominator", "baseline_unknown"),
)
TARGETED = ("target_percent", "target_count")
DUE = ("path_count",)
VERDICT = ("shortfall", "status", "certain")

Line = Mapping[str, str]
Lines = Mapping[Figure, Line]
_NOTHING: Line = {}


@dataclass(frozen=True)
class Pair:
    """A figure in two builds; a line that one of them does not have is empty."""

    figure: Figure
    before: Line
    now: Line

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells in which the two are not alike."""
        return tuple(name for name in CELLS if self.before.get(name, "") != self.now.get(name, ""))

    def differs(self, *kinds: Iterable[str]) -> bool:
        """Say whether any cell of these kinds is not alike."""
        return any(name in kind for kind in kinds for name in self.cells)


def lines_of(results: pd.DataFrame) -> dict[Figure, Line]:
    """Give the lines of results as results.csv prints them; no value is ""."""
    texts = as_printed(results).astype("str").fillna("")
    figures = zip(texts["quarter"], texts["place"], texts["indicator"], strict=True)
    cells = texts[list(CELLS)].to_dict("records")
    return {
        Figure(*figure): {str(name): text for name, text in line.items()}
        for figure, line in zip(figures, cells, strict=True)
    }


def differing(before: Lines, now: Lines) -> list[Pair]:
    """Give the figures that are not alike: by quarter, the commune first, in the plan's order."""
    pairs = (
        Pair(figure, before.get(figure, _NOTHING), now.get(figure, _NOTHING))
        for figure in {*before, *now}
        if before.get(figure, _NOTHING) != now.get(figure, _NOTHING)
    )
    return sorted(pairs, key=lambda pair: _order(pair.figure))


def _order(figure: Figure) -> tuple[str, bool, str, int, str]:
    known = IDS.index(figure.indicator) if figure.indicator in IDS else len(IDS)
    return figure.quarter, figure.place != COMMUNE, figure.place, known, figure.indicator
