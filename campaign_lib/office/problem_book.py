"""`problems.xlsx`: what goes back to the village, the rows concerned with the wrong cells marked.

The rows are read from the raw files once more, as they stand there: row number, every column that
the codebook knows, the text of its cells. Others stay out: offices keep identity and telephone
numbers in them, and this goes to villages. Only files with problems are read, and `campaign check`
alone writes the book, so that a build costs no more for it. It names households, so others on the
machine may not read it.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from campaign_lib.base.files import ascii_words, mark_of, write_whole
from campaign_lib.codebook import Table, folded
from campaign_lib.codebook.problems import DONE, ERROR, WARNING, severities
from campaign_lib.intake.cells import Sheet
from campaign_lib.intake.headings import chosen_in, column_named
from campaign_lib.intake.problem_list import (
    action_told,
    bilingual,
    kinds_of,
    table_of,
    told,
    with_code,
)
from campaign_lib.intake.sources import read_table
from campaign_lib.office.forms.cells import (
    TYPEFACE,
    WARNING_FONT,
    both,
    clean,
    lay_on_paper,
    set_height,
    set_widths,
    write_text,
)
from campaign_lib.words import LANGUAGES

BOOK = "problems.xlsx"
#: Rows of one sheet, and of the book: who has more to correct has another problem, and problems.csv
#: has them all. Each may have thirty notes, of which no spreadsheet opens millions.
MOST_ROWS, MOST_OF_BOOK = 2000, 4000
_FILLS = {
    ERROR: PatternFill("solid", fgColor="FFC7CE"),
    WARNING: PatternFill("solid", fgColor="FFEB9C"),
}
_HEAD = PatternFill("solid", fgColor="D9E2EC")
_SIDES = Border(*(Side("thin", color="B0B0B0") for _ in range(4)))
_BOLD, _PLAIN = Font(name=TYPEFACE, bold=True), Font(name=TYPEFACE)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_LOOK = {"font": _PLAIN, "border": _SIDES, "alignment": _WRAPPED}
_BROAD = 15
#: What the columns before the file's own are called: row, village, what is wrong.
_OWN, _OWN_BROAD = ("row", "village", "wrong"), (9, 9, 62)
#: How many of the file's columns are printed beside these on one sheet of paper.
_ON_PAPER = 12
_SUMMARY = ("file", "severity", "kind", "columns", "action", "lines", "where")
_SUMMARY_BROAD = (24, 18, 60, 26, 32, 9, 20)
#: What an Excel sheet may not be called by, and how long its name may be.
_NOT_IN_TITLE, _LONGEST = "[]:*?/\\", 31


def name_of_book(village: str = "") -> str:
    """Name the workbook of all villages, or of the one with this code."""
    if not village:
        return BOOK
    own = ascii_words(village)
    return f"problems-{own if own == village else f'{own}-{mark_of(village)}'}.xlsx"


def write_book(path: Path, raw: Path, problems: pd.DataFrame, village: str = "") -> None:
    """Write the workbook.

    Args:
        path: where to.
        raw: the folder `data/raw`, as it was when the problems were found.
        problems: the table `problems`; what has been corrected is left out.
        village: whose they are, as its name; "" for all.

    Raises:
        CampaignError: the file cannot be written.
    """
    left = problems[severities(problems) != DONE]
    book, room = Workbook(), MOST_OF_BOOK
    sheets: dict[str, list[str]] = {}
    for file, lines in left[left["row"].notna()].groupby("file", sort=False):
        for sheet, table in _sheets(raw, str(file)):
            here = (lines["sheet"] == sheet.name) & lines["row"].isin(sheet.rows.tolist())
            if len(own := lines[here]):
                most = min(room, MOST_ROWS)
                sheets.setdefault(str(file), []).append(_write_rows(book, sheet, table, own, most))
                room -= min(most, own["row"].nunique())
    _write_summary(book.worksheets[0], left, sheets, village)
    book.properties.creator = ""
    book.properties.title = clean(both("check.book.title"))
    book.properties.keywords = both("check.book.private")
    write_whole(path, book.save)


def _sheets(raw: Path, file: str) -> Iterator[tuple[Sheet, Table]]:
    """Read a raw file as a build does; nothing where no table is read from it."""
    table = table_of(file)
    if table is not None and (raw / file).is_file():
        quarter = [file.split("/")[1].partition(".")[0]] if "/" in file else []
        for sheet in read_table(raw / file, file, table, quarter):
            yield _of_known_columns(sheet, table), table


def _of_known_columns(sheet: Sheet, table: Table) -> Sheet:
    """Leave out of a sheet every column that the codebook does not know."""
    known = [
        (heading, cells)
        for heading, cells in zip(sheet.headings, sheet.columns, strict=True)
        if column_named(table, heading) or chosen_in(table, heading)
    ]
    headings, columns = zip(*known, strict=True) if known else ((), ())
    return replace(sheet, headings=headings, columns=columns)


def _write_rows(book: Workbook, sheet: Sheet, table: Table, lines: pd.DataFrame, most: int) -> str:
    """Write the first rows with problems of a raw sheet, as they stand there; gives its title."""
    page = book.create_sheet(_title(book, sheet))
    places: dict[str, list[int]] = {}
    for position, heading in enumerate(sheet.headings):
        places.setdefault(column_named(table, heading) or heading, []).append(position)
    headings = [*(both(f"check.book.{name}") for name in _OWN), *sheet.headings]
    _write_headings(page, 1, headings, _breadths(len(headings)))
    rows = np.unique(lines["row"].to_numpy(np.int64))
    shown = lines[lines["row"].isin(rows[:most].tolist())]
    for at, (row, own) in enumerate(shown.groupby("row"), start=2):
        _write_row(page, at, sheet, int(str(row)), own, places)
    if (more := len(rows) - most) > 0:
        write_text(page, most + 2, 3, both("check.book.more", count=more), font=_BOLD)
    page.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{1 + min(len(rows), most)}"
    page.freeze_panes = "D2"
    set_widths(page, _breadths(len(headings)))
    lay_on_paper(page, "1:1", ceil((len(headings) - len(_OWN)) / _ON_PAPER))
    page.print_title_cols = "A:C"
    return str(page.title)


def _write_row(
    page: Worksheet,
    at: int,
    sheet: Sheet,
    row: int,
    own: pd.DataFrame,
    places: dict[str, list[int]],
) -> None:
    """Write one row: its number, its village, what is wrong, then all of its cells."""
    lines, grades = own.to_dict("records"), severities(own)
    said = [_said(line, grade) for line, grade in zip(lines, grades, strict=True)]
    village = next(filter(None, own["village"]), "")
    in_sheet = int(np.flatnonzero(sheet.rows == row)[0])
    texts = [str(row), village, "\n".join(said), *(c.text(in_sheet) for c in sheet.columns)]
    for position, text in enumerate(texts, start=1):
        write_text(page, at, position, text, **_LOOK)
    set_height(page, at, list(zip(texts, _breadths(len(texts)), strict=True)))
    page.cell(at, 3).fill = _FILLS[ERROR if ERROR in set(grades) else WARNING]
    notes: dict[int, list[tuple[str, str]]] = {}
    for line, grade, text in zip(lines, grades, said, strict=True):
        for position in places.get(str(line["column"]), ()):
            notes.setdefault(position, []).append((grade, text))
    for position, several in notes.items():
        cell = page.cell(at, position + 1 + len(_OWN))
        cell.fill = _FILLS[min((grade for grade, _ in several), key=[ERROR, WARNING].index)]
        cell.font = _BOLD
        cell.comment = Comment(clean("\n".join(text for _, text in several)), "campaign", 160, 320)


def _breadths(columns: int) -> list[int]:
    """Give how broad the columns of a sheet of rows are, in letters."""
    return [*_OWN_BROAD, *([_BROAD] * (columns - len(_OWN)))]


def _said(line: Mapping[Hashable, Any], grade: str) -> str:
    """Say what is wrong with a cell and what became of it, in both languages."""
    kind = both(f"check.severity.{grade}").upper()
    column = with_code(str(line["file"]), str(line["column"]), LANGUAGES[0])
    where = f"{kind} – {column}" if column else kind
    return f"{where}: {bilingual(told, line['message'])} → {bilingual(action_told, line['action'])}"


def _write_summary(
    page: Worksheet, problems: pd.DataFrame, sheets: dict[str, list[str]], village: str
) -> None:
    """Write the first sheet: what this is, what the colours mean, and what is wrong by file."""
    page.title = both("check.book.summary").replace("·", "-")
    title = both("check.book.title_of", village=village) if village else both("check.book.title")
    write_text(page, 1, 1, title, font=Font(name=TYPEFACE, bold=True, size=14))
    write_text(page, 2, 1, both("check.book.private"), font=WARNING_FONT)
    write_text(page, 3, 1, both("check.book.how"), alignment=_WRAPPED)
    page.merge_cells(start_row=3, end_row=3, start_column=1, end_column=len(_SUMMARY))
    page.row_dimensions[3].height = 66
    _write_headings(page, 5, [both(f"check.book.{name}") for name in _SUMMARY], _SUMMARY_BROAD)
    for at, one in enumerate(kinds_of(problems, LANGUAGES).to_dict("records"), start=6):
        severity = both(f"check.severity.{one['severity']}")
        cells = [str(one["file"]), severity, *(str(one[n]) for n in ("kind", "columns", "action"))]
        for position, text in enumerate(cells, start=1):
            write_text(page, at, position, text)
        page.cell(at, 6, int(one["lines"]))
        set_height(page, at, list(zip(cells, _SUMMARY_BROAD, strict=False)))
        for own in sheets.get(str(one["file"]), [])[:1]:
            link = write_text(page, at, 7, own)
            # As a place in this book: written as an address it would count as one outside it.
            link.hyperlink = Hyperlink(ref="", location=f"{quote_sheetname(own)}!A1")
        for position in range(1, len(_SUMMARY) + 1):
            cell = page.cell(at, position)
            cell.font, cell.border, cell.alignment = _PLAIN, _SIDES, _WRAPPED
        page.cell(at, 2).fill = _FILLS[str(one["severity"])]
    set_widths(page, _SUMMARY_BROAD)
    page.freeze_panes = "A6"
    lay_on_paper(page, "5:5")


def _write_headings(
    page: Worksheet, row: int, headings: Sequence[str], broad: Sequence[int]
) -> None:
    set_height(page, row, list(zip(headings, broad, strict=True)))
    for position, heading in enumerate(headings, start=1):
        write_text(page, row, position, heading, **_LOOK | {"font": _BOLD, "fill": _HEAD})


def _title(book: Workbook, sheet: Sheet) -> str:
    """Name a sheet after the file, and its sheet if it has any; no two alike."""
    name = " ".join(filter(None, (sheet.file.rpartition(".")[0] or sheet.file, sheet.name)))
    name = "".join(" " if sign in _NOT_IN_TITLE else sign for sign in clean(name)).strip("' ")
    title, number = name[:_LONGEST], 2
    taken = {folded(one.title) for one in book.worksheets}
    while folded(title) in taken or not title:
        mark = f" ({number})"
        title, number = name[: _LONGEST - len(mark)] + mark, number + 1
    return title
