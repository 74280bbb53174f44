"""Finds the headings of a table on a sheet, below a title, in one row or in several.

A sheet whose first row with anything in it has every required heading is read as it always was.
"""

from dataclasses import dataclass

import numpy as np

from campaign_lib.codebook import Table, folded
from campaign_lib.intake.cells import Grid
from campaign_lib.intake.headings import column_named

#: How many rows with anything in them may stand above the headings, and how many have these.
_SEARCHED, _TALLEST = 60, 3


@dataclass(frozen=True)
class Headings:
    """The rows (from 0) that hold the headings, and the heading of each column."""

    rows: tuple[int, ...]
    main: int
    names: tuple[str, ...]


def find_headings(grid: Grid, table: Table) -> Headings | None:
    """Find the headings of a table; None where no row, or few rows together, has the required."""
    rows = [int(row) for row in np.flatnonzero(grid.filled)[:_SEARCHED]]
    for tall in range(1, _TALLEST + 1):
        for first in range(len(rows) - tall + 1):
            found = _joined(grid, table, rows[first : first + tall])
            if required(table) <= places(table, found.names).keys():
                return _with_neighbours(grid, table, found, rows)
    return None


def first_row(grid: Grid) -> Headings:
    """Take the first row with anything in it for the headings."""
    top = int(np.argmax(grid.filled))
    return Headings((top,), top, tuple(grid.texts(top)))


def places(table: Table, names: tuple[str, ...]) -> dict[str, int]:
    """Say in which column each column of the table first stands."""
    found: dict[str, int] = {}
    for position, name in enumerate(names):
        code = column_named(table, name)
        if code is not None:
            found.setdefault(code, position)
    return found


def required(table: Table) -> frozenset[str]:
    """Name the columns that every row must fill."""
    return frozenset(column.code for column in table.columns if column.required)


def says_its_heading(table: Table, text: str, heading: str) -> bool:
    """Say whether a text names the column that it stands in."""
    if folded(text) == folded(heading):
        return True
    code = column_named(table, heading)
    return code is not None and column_named(table, text) == code


def _joined(grid: Grid, table: Table, rows: list[int]) -> Headings:
    """Take for each column the lowest text that the codebook knows, else the lowest text."""
    names = []
    for texts in zip(*(grid.texts(row) for row in reversed(rows)), strict=True):
        known = (text for text in texts if text and column_named(table, text))
        names.append(next(known, next(filter(None, texts), "")))
    return Headings(tuple(rows), rows[-1], tuple(names))


def _with_neighbours(grid: Grid, table: Table, found: Headings, rows: list[int]) -> Headings:
    """Add the row above or below that has headings where these have none.

    So it is where the heading of the key spans two rows, and those of the questions do not. A row
    below with anything but headings where the key stands is a row of the table.
    """
    there = places(table, found.names)
    above, below = (
        [row for row in rows if row < found.rows[0]][-1:],
        [row for row in rows if row > found.rows[-1]][:1],
    )
    if above:
        texts = grid.texts(above[0])
        free = [text if not name else "" for text, name in zip(texts, found.names, strict=True)]
        if places(table, tuple(free)).keys() - there.keys():
            return _joined(grid, table, [*above, *found.rows])
    if below:
        texts = grid.texts(below[0])
        key = [(texts[there[code]], found.names[there[code]]) for code in required(table)]
        if not any(text and not says_its_heading(table, text, name) for text, name in key) and (
            places(table, tuple(texts)).keys() - there.keys()
        ):
            return _joined(grid, table, [*found.rows, *below])
    return found
