"""Cells on their way from a file to a table: a column of them, a sheet of columns, what was noted.

A column is held as its distinct cells and, per row, the position among these, so that everything
later looks at each distinct cell once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from campaign_lib.codebook import tidy

Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


#: What is listed and counts nevertheless: merged cells, an answer that is none of the form's.
READ_ALL_THE_SAME = "read all the same"


class UnreadableError(Exception):
    """Why a cell cannot be read, worded by `codebook.problems.sentence`; or what it counts as."""

    def __init__(self, reason: str, instead: str | None = None) -> None:
        """Say why; `instead` is the answer that stands for any other text, if there is one."""
        super().__init__(reason)
        self.instead = instead


@dataclass(frozen=True)
class Broken:
    """A cell that a spreadsheet shows and that has no value, with the reason."""

    text: str
    reason: str

    def __str__(self) -> str:
        """Give what the spreadsheet shows."""
        return self.text


@dataclass(frozen=True)
class Cells:
    """A column: its distinct cells (text, or a spreadsheet's typed values), and which is where."""

    distinct: list[object]
    codes: Whole

    def of(self, rows: Mask) -> "Cells":
        """Give the cells of some rows only."""
        return Cells(self.distinct, self.codes[rows])

    @cached_property
    def filled(self) -> Mask:
        """Say of each row whether there is anything in its cell."""
        return np.array([bool(str(cell).strip()) for cell in self.distinct], dtype=bool)[self.codes]

    def text(self, row: int) -> str:
        """Give the cell of one row, as a spreadsheet shows it."""
        return shown(self.distinct[self.codes[row]])


@dataclass(frozen=True)
class Marks:
    """What a workbook says of a sheet beside its values; rows and columns count from 0.

    `merged` are blocks of cells, as first row, first column, last row and last column;
    `old_fonts` says for a column which legacy encodings its fonts stand for, and `capitals` which
    columns are in a font that shows small letters as capitals.
    """

    is_hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    broken: Mapping[tuple[int, int], Broken] = field(default_factory=dict)
    old_fonts: Mapping[int, frozenset[str]] = field(default_factory=dict)
    capitals: frozenset[int] = frozenset()
    since_1904: bool = False


@dataclass(frozen=True)
class Remark:
    """What is to be listed of a sheet beside its rows; `row` as a spreadsheet shows it."""

    problem: str
    action: str
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""


@dataclass(frozen=True)
class Grid:
    """Everything that stands on a sheet from its first row on; nothing is understood yet."""

    name: str
    columns: tuple[Cells, ...]
    marks: Marks = Marks()
    remarks: tuple[Remark, ...] = ()

    @cached_property
    def filled(self) -> Mask:
        """Say of each row whether there is anything in it."""
        columns = [column.filled for column in self.columns] or [np.zeros(0, dtype=bool)]
        filled: Mask = np.logical_or.reduce(columns)
        return filled

    def texts(self, row: int) -> list[str]:
        """Give the cells of one row, as a spreadsheet shows them."""
        return [column.text(row) for column in self.columns]


@dataclass(frozen=True)
class Sheet:
    """The headings of a sheet and the cells below them, blank rows left out.

    `rows` are row numbers as a spreadsheet shows them; a heading is "" where there is none.
    `remarks` are what was passed over or changed on the way here.
    """

    file: str
    name: str
    sha256: str
    heading_row: int
    headings: tuple[str, ...]
    columns: tuple[Cells, ...]
    rows: Whole
    remarks: tuple[Remark, ...] = ()
    since_1904: bool = False


def rows_with_each(numbers: Whole, many: int) -> Iterator[Whole]:
    """Give for each number from 0 on the rows that have it, all in one look at the rows."""
    order = np.argsort(numbers, kind="stable")
    ends = np.searchsorted(numbers[order], np.arange(many + 1))
    yield from (order[start:end] for start, end in pairwise(ends.tolist()))


def shown(cell: object) -> str:
    """Give a cell as text, the way a spreadsheet shows it."""
    if isinstance(cell, str):
        return tidy(cell)
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return f"{cell:.0f}"
    if isinstance(cell, datetime) and cell.time() == datetime.min.time():
        cell = cell.date()
    return tidy(str(cell))


def is_empty(cell: object) -> bool:
    """Say whether there is nothing in a cell."""
    return not shown(cell)
