"""Raw files as they lie on disk: found, decoded, and cut into cells; nothing is understood yet.

CSV in UTF-8 or UTF-16, with comma, semicolon, tab or upright stroke; Excel workbooks with the only
sheet, the one named like the file, or every sheet that has the table (data contract, section 2;
decision 02).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from textwrap import shorten

import numpy as np

from campaign_lib.base.limits import whole_content
from campaign_lib.codebook import Table, folded
from campaign_lib.codebook.problems import sentence
from campaign_lib.errors import CampaignError
from campaign_lib.intake.cells import Cells, Grid, Remark, Sheet
from campaign_lib.intake.headings import column_named
from campaign_lib.intake.old_letters import in_unicode
from campaign_lib.intake.sources.delimited import csv_grid
from campaign_lib.intake.sources.folder import (
    SUFFIXES,
    Together,
    is_table,
    look_over,
    other_tables_in,
    raw_hashes,
    tables_in,
)
from campaign_lib.intake.sources.layout import (
    Headings,
    find_headings,
    first_row,
    hidden,
    is_of_form,
    most_like_headings,
    passed_over,
    places,
    remarks_on,
    required,
    spread,
    without_strange_values,
)
from campaign_lib.intake.sources.workbook import Workbook, open_workbook

__all__ = [
    "Cells", "Sheet", "Together", "grids_in", "is_repeat", "is_table", "look_over",
    "other_tables_in", "raw_hashes", "read_sheet", "read_table", "tables_in",
]  # fmt: skip

SHEET_PASSED_OVER = "sheet passed over"
#: The column of a repeat that names the row of the form that it belongs to.
_PARENT = "parent_key"
_LONGEST_LIST = 400


def grids_in(path: Path) -> list[Grid]:
    """Give what stands on each sheet of a file that can be seen; nothing is understood yet.

    Raises:
        CampaignError: it cannot be opened, decoded or taken apart, or is empty.
    """
    content = whole_content(path, path.name)
    if path.suffix.casefold() not in SUFFIXES[1:]:
        grids: list[Grid] = [csv_grid(content, path.name)]
    else:
        book = open_workbook(content, path.name)
        grids = [book.grid(name) for name in book.names if name not in book.hidden]
    if not any(grid.filled.any() for grid in grids):
        raise CampaignError("file.empty", file=path.name)
    return grids


def read_sheet(path: Path, file: str) -> Sheet:
    """Read a file whose first row has the headings; `file` is what problems call it.

    Raises:
        CampaignError: it cannot be opened, decoded or taken apart, has no heading row, or several
            sheets of which none is named like the file.
    """
    content = whole_content(path, file)
    if path.suffix.casefold() == ".csv":
        grid = csv_grid(content, file, in_unicode_alone=True)
    else:
        book = open_workbook(content, file)
        names = _named(book.names, [path.stem])
        if len(names) != 1:
            raise CampaignError(
                "file.sheets", file=file, sheets=", ".join(book.names), name=path.stem
            )
        grid = book.grid(names[0])
    _refuse_empty(grid, file)
    return _cut(grid, first_row(grid), {}, file, sha256(content).hexdigest())


def read_table(
    path: Path, file: str, table: Table, also: Iterable[str] = (), together: Together | None = None
) -> list[Sheet]:
    """Read a table from wherever in a file it stands, below titles and on one sheet or several.

    Args:
        path: where the file is.
        file: what problems call it.
        table: what it should hold.
        also: what its sheet may be called beside the file's own name.
        together: counts what it holds beside what the campaign's other files do.

    Raises:
        CampaignError: it cannot be opened, decoded or taken apart, is empty, none of its several
            sheets has the required headings, or the files together hold too much.
    """
    content, together = whole_content(path, file), together or Together()
    digest = sha256(content).hexdigest()
    if path.suffix.casefold() == ".csv":
        grid = csv_grid(content, file)
    else:
        book = open_workbook(content, file)
        together.add_workbook(book.unpacked, file)
        names = _named(book.names, [path.stem, *also])
        if len(names) != 1:
            return _of_sheets(book, table, file, digest, together)
        grid = book.grid(names[0])
    _refuse_empty(together.add(grid, file), file)
    return [_of_table(grid, find_headings(grid, table), table, file, digest)]


def _of_sheets(
    book: Workbook, table: Table, file: str, digest: str, together: Together
) -> list[Sheet]:
    """Read every sheet that has the table, and list the others that our form did not write."""
    sheets: list[Sheet] = []
    others: list[Remark] = []
    for name in book.names:
        grid = together.add(book.grid(name), file)
        headings = find_headings(grid, table) if grid.filled.any() else None
        if headings is not None and name not in book.hidden:
            sheets.append(_of_table(grid, headings, table, file, digest))
        elif headings is not None:
            others.append(Remark(sentence("sheet.hidden_sheet"), SHEET_PASSED_OVER, name))
        elif grid.filled.any() and not is_of_form(grid, table):
            others.append(Remark(sentence("sheet.no_table"), SHEET_PASSED_OVER, name))
    if not sheets:
        needed = ", ".join(column.code for column in table.columns if column.required)
        raise CampaignError(
            "file.no_sheet_fits", file=file, sheets=", ".join(book.names), columns=needed
        )
    first, *rest = sheets
    return [replace(first, remarks=(*others, *first.remarks)), *rest]


def _of_table(grid: Grid, headings: Headings | None, table: Table, file: str, digest: str) -> Sheet:
    """Cut a sheet at its headings, without what is no row of the table.

    Raises:
        CampaignError: it has none, and is no repeat of a form.
    """
    if headings is None:
        sheet = _cut(grid, first_row(grid), {}, file, digest)
        if not is_repeat(sheet, table):
            raise _no_headings(grid, table, file)
        return sheet
    grid, merged = spread(grid, headings)
    passed = passed_over(grid, table, headings)
    sheet = _cut(grid, headings, passed, file, digest)
    told = remarks_on(grid, table, headings, passed)
    remarks = (*grid.remarks, *told, *merged, *hidden(grid, sheet))
    names = [column_named(table, name) or name for name in headings.names]
    sheet = in_unicode(replace(sheet, remarks=remarks), grid.marks, names)
    return replace(sheet, remarks=(*without_strange_values(table, sheet.remarks),))


def is_repeat(sheet: Sheet, table: Table) -> bool:
    """Say whether a sheet has what a form asked several times of each of its rows.

    ODK and SurveyCTO export it as a file of its own, whose rows name those of the form, and none of
    the table's key.
    """
    names = {folded(heading) for heading in sheet.headings}
    return _PARENT in names and not set(table.key) & places(table, sheet.headings).keys()


def _no_headings(grid: Grid, table: Table, file: str) -> CampaignError:
    """Say what is missing in the rows that are most like headings of the table."""
    best = most_like_headings(grid, table)
    missing = required(table) - places(table, best.names).keys()
    return CampaignError(
        "file.columns_missing",
        file=file,
        row=best.main + 1,
        columns=", ".join(f"{one.code} ({one.vi})" for one in table.columns if one.code in missing),
        headings=shorten("; ".join(filter(None, best.names)), _LONGEST_LIST, placeholder=" …"),
    )


def _cut(grid: Grid, headings: Headings, passed: Collection[int], file: str, digest: str) -> Sheet:
    """Divide a sheet into headings and rows."""
    data = grid.filled.copy()
    data[: headings.rows[-1] + 1] = False
    data[list(passed)] = False
    return Sheet(
        file=file,
        name=grid.name,
        sha256=digest,
        heading_row=headings.main + 1,
        headings=headings.names,
        columns=tuple(column.of(data) for column in grid.columns),
        rows=np.flatnonzero(data) + 1,
        since_1904=grid.marks.since_1904,
    )


def _named(names: Sequence[str], wanted: Iterable[str]) -> Sequence[str]:
    """Choose the only sheet, or those that are called so."""
    called = set(map(folded, wanted))
    return names if len(names) == 1 else [name for name in names if folded(name) in called]


def _refuse_empty(grid: Grid, file: str) -> None:
    if not grid.filled.any():
        raise CampaignError("file.empty", file=file)
