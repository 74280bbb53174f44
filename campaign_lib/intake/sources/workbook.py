"""Excel workbooks, new and old: their sheets as grids of typed cells."""

import io
from dataclasses import replace

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from campaign_lib.errors import CampaignError
from campaign_lib.intake.cells import Grid, Marks
from campaign_lib.intake.sources.delimited import columns_of
from campaign_lib.intake.sources.limits import MOST_CELLS_OF_WORKBOOK, refuse_cells
from campaign_lib.intake.sources.parts import Parts


class Workbook:
    """An opened workbook; each sheet is read when it is asked for."""

    def __init__(self, content: bytes, file: str) -> None:
        """Open a workbook of whichever kind its content is, whatever its name says.

        Raises:
            CampaignError: it is none, is locked, or would unpack into more than any table.
        """
        self.file = file
        self._parts = Parts(content, file) if content.startswith(b"PK\x03\x04") else None
        try:
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        except CalamineError as error:
            raise _unreadable(file, error) from error
        about = self._book.sheets_metadata
        self.names = [one.name for one in about if one.typ == SheetTypeEnum.WorkSheet]
        self.hidden = {one.name for one in about if one.visible != SheetVisibleEnum.Visible}

    def grid(self, name: str) -> Grid:
        """Give everything that stands on a sheet.

        Raises:
            CampaignError: it cannot be read, or spreads over more cells than any table.
        """
        marks = self._parts.marks(name) if self._parts else Marks()
        try:
            sheet = self._book.get_sheet_by_name(name)
            refuse_cells(sheet.total_height, sheet.total_width, self.file, MOST_CELLS_OF_WORKBOOK)
            records: list[list[object]] = [*sheet.to_python(skip_empty_area=False)]  # type: ignore[list-item]
            blocks = sheet.merged_cell_ranges or ()
        except CalamineError as error:
            raise _unreadable(self.file, error) from error
        for (row, column), cell in marks.broken.items():
            if row < len(records) and column < len(records[row]):
                records[row][column] = cell
        columns = columns_of(records, self.file, MOST_CELLS_OF_WORKBOOK)
        merged = tuple((*first, *last) for first, last in blocks)
        return Grid(name, columns, replace(marks, merged=merged))


def _unreadable(file: str, error: CalamineError) -> CampaignError:
    if isinstance(error, PasswordError):
        return CampaignError(f"{file}: is locked with a password; save it without one.")
    return CampaignError(f"{file}: not a readable Excel file ({error}); save it again.")
