"""What a workbook hides or merges: read like everything else, and listed."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from campaign_lib.intake.cells import Cells, Grid, Remark, Sheet
from campaign_lib.intake.sources.layout import Headings

READ_ALL_THE_SAME = "read all the same"
_MERGED = "merged cells; each of these rows has what stands in them"
_HIDDEN_ROWS = "hidden rows; show them in Excel and look whether they count"
_HIDDEN_COLUMN = "a hidden column; show it in Excel and look whether it counts"


def spread(grid: Grid, headings: Headings) -> tuple[Grid, list[Remark]]:
    """Give every row below the headings what a cell merged over several rows says of it.

    Cells merged side by side say nothing of the columns to the right, and blank rows stay blank.
    """
    columns = list(grid.columns)
    remarks = []
    for top, left, bottom, _ in grid.marks.merged:
        if not (headings.rows[-1] < top < bottom and left < len(columns)):
            continue
        cells = columns[left]
        rows = np.arange(top + 1, min(bottom + 1, len(cells.codes)))
        rows = rows[grid.filled[rows] & ~cells.filled[rows]]
        if len(rows) and cells.filled[top]:
            codes = cells.codes.copy()
            codes[rows] = codes[top]
            columns[left] = Cells(cells.distinct, codes)
            name = headings.names[left]
            remarks.append(
                Remark(_MERGED, READ_ALL_THE_SAME, grid.name, top + 1, name, cells.text(top))
            )
    return replace(grid, columns=tuple(columns)), remarks


def hidden(grid: Grid, sheet: Sheet) -> Iterator[Remark]:
    """List the hidden rows and columns among those that are read."""
    rows = sorted({row + 1 for row in grid.marks.hidden_rows} & set(sheet.rows.tolist()))
    if rows:
        yield Remark(_HIDDEN_ROWS, READ_ALL_THE_SAME, grid.name, rows[0], value=ranges(rows))
    for place in grid.marks.hidden_columns:
        if place < len(sheet.headings) and sheet.headings[place]:
            name = sheet.headings[place]
            yield Remark(_HIDDEN_COLUMN, READ_ALL_THE_SAME, grid.name, sheet.heading_row, name)


def ranges(numbers: Iterable[int]) -> str:
    """Write numbers that follow one another as ranges: 5-9, 12."""
    written: list[list[int]] = []
    for number in numbers:
        if written and number == written[-1][-1] + 1:
            written[-1] = [written[-1][0], number]
        else:
            written.append([number])
    return ", ".join("-".join(map(str, ends)) for ends in written)
