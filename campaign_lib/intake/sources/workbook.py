"""Excel workbooks, new and old: their sheets as grids of typed cells."""

import io
from collections import Counter
from dataclasses import replace
from typing import Protocol

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from campaign_lib.base.limits import MOST_CELLS_OF_WORKBOOK, refuse_cells
from campaign_lib.codebook import folded
from campaign_lib.errors import CampaignError
from campaign_lib.intake.cells import Grid, Marks
from campaign_lib.intake.sources.archive import ARCHIVE, no_workbook, unreadable
from campaign_lib.intake.sources.archived_sheets import Parts
from campaign_lib.intake.sources.delimited import columns_of
from campaign_lib.intake.sources.old_workbook import COMPOUND, old_sheets


class Workbook(Protocol):
    """An opened workbook: the names of its sheets, which are hidden, and each as a grid.

    `unpacked` is how many bytes its parts have.
    """

    names: list[str]
    hidden: frozenset[str]
    unpacked: int

    def grid(self, name: str) -> Grid:
        """Give everything that stands on a sheet.

        Raises:
            CampaignError: it cannot be read, or spreads over more cells than any table.
        """


def open_workbook(content: bytes, file: str) -> Workbook:
    """Open a workbook of whichever kind its content is, whatever its name says.

    Raises:
        CampaignError: it is none, is locked, or would unpack into more than any table.
    """
    if content.startswith(ARCHIVE):
        book: Workbook = _NewWorkbook(content, file)
    elif content.startswith(COMPOUND):
        book = _OldWorkbook(content, file)
    else:
        raise no_workbook(file)
    twice = [name for name, times in Counter(map(folded, book.names)).items() if times > 1]
    if twice:
        raise CampaignError(
            f"{file}: has more than one sheet named {twice[0]}; rename all but one."
        )
    return book


class _NewWorkbook:
    """An archive of XML, of which each sheet is read when it is asked for."""

    def __init__(self, content: bytes, file: str) -> None:
        self.file = file
        self._parts = Parts(content, file)
        self.unpacked = self._parts.unpacked
        with _Told(file):
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        about = self._book.sheets_metadata
        self.names = [one.name for one in about if one.typ == SheetTypeEnum.WorkSheet]
        self.hidden = frozenset(
            one.name for one in about if one.visible != SheetVisibleEnum.Visible
        )

    def grid(self, name: str) -> Grid:
        marks = self._parts.marks(name)
        with _Told(self.file):
            sheet = self._book.get_sheet_by_name(name)
            refuse_cells(sheet.total_height, sheet.total_width, self.file, MOST_CELLS_OF_WORKBOOK)
            records: list[list[object]] = [*sheet.to_python(skip_empty_area=False)]  # type: ignore[list-item]
            blocks = sheet.merged_cell_ranges or ()
        for (row, column), cell in marks.broken.items():
            if row < len(records) and column < len(records[row]):
                records[row][column] = cell
        columns = columns_of(records, self.file, MOST_CELLS_OF_WORKBOOK)
        merged = tuple((*first, *last) for first, last in blocks)
        return Grid(name, columns, replace(marks, merged=merged))


class _OldWorkbook:
    """A compound file, which is read as a whole."""

    def __init__(self, content: bytes, file: str) -> None:
        self.file = file
        sheets = old_sheets(content, file)
        self.unpacked = len(content)
        self._sheets = {sheet.name: sheet for sheet in sheets}
        self.names = [sheet.name for sheet in sheets]
        self.hidden = frozenset(sheet.name for sheet in sheets if sheet.is_hidden)

    def grid(self, name: str) -> Grid:
        sheet = self._sheets[name]
        columns = columns_of(sheet.rows, self.file, MOST_CELLS_OF_WORKBOOK)
        return Grid(name, columns, Marks(merged=sheet.merged))


class _Told:
    """Says in a sentence what the library says of a damaged workbook, or breaks off with."""

    def __init__(self, file: str) -> None:
        self.file = file

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, error: object, _: object) -> None:
        """Raise the sentence; a panic of the library can be told by nothing but its name."""
        if isinstance(error, CalamineError):
            raise unreadable(self.file, error) from error
        if kind is not None and kind.__name__ == "PanicException":
            raise unreadable(self.file)
