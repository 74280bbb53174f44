"""Villages by indicators: each cell one verdict with its count, for the list of reports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from campaign_lib.disclosure import HIDDEN
from campaign_lib.show.tables.labels import rows_of
from campaign_lib.words import Words


@dataclass(frozen=True)
class HeatCell:
    """One indicator of one place in one quarter.

    Attributes:
        status: the verdict, such as ``behind``.
        count: the figure as printed, with its denominator where it has one: ``12/18``.
        certain: False where the verdict hangs on unknown answers.
    """

    status: str
    count: str
    certain: bool = True


#: Cells by indicator, for each quarter and place; what is not counted there has no cell.
HeatMap = Mapping[tuple[str, str], Mapping[str, HeatCell]]


def heat_map(results: pd.DataFrame, words: Words) -> HeatMap:
    """Arrange lines of results by quarter and place.

    Args:
        results: lines of results, of any quarters and places.
        words: whose numbers are written.
    """
    # A campaign has tens of thousands of lines, and few different numbers.
    number = cache(words.number)
    cells: dict[tuple[str, str], dict[str, HeatCell]] = {}
    columns = ["quarter", "place", "indicator", "status", "certain", "numerator", "denominator"]
    for line in rows_of(results[columns]):
        cell = HeatCell(line.status, _count(line, number), line.certain == "yes")
        cells.setdefault((line.quarter, line.place), {})[line.indicator] = cell
    return cells


def _count(line: Any, number: Callable[[object], str]) -> str:
    if line.status == HIDDEN:
        return ""  # its mark says it all
    numerator = number(None if pd.isna(line.numerator) else int(line.numerator))
    if pd.isna(line.denominator):
        return numerator
    return f"{numerator}/{number(int(line.denominator))}"
