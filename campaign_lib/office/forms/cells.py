"""Text in the cells of a workbook: never a formula, never a sign that a workbook cannot hold."""

import re
from collections.abc import Sequence
from math import ceil

from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from campaign_lib.office.forms.questionnaire import Questionnaire
from campaign_lib.words import LANGUAGES, Words

#: Signs that an XLSX file cannot hold, and one that is put in their place.
_NOT_ALLOWED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_INSTEAD = "\N{REPLACEMENT CHARACTER}"
#: The typeface of all that is written, which is openpyxl's own for what has no other.
TYPEFACE = "Calibri"
#: What a spreadsheet would take for a formula, should somebody edit the cell.
_FORMULA = ("=", "+", "-", "@")

#: The height of a line of text and of the highest row, in points; how much room wrapping wastes.
_LINE, _HIGHEST, _SPARE = 15, 409, 1.1


def clean(text: str) -> str:
    """Take out what a workbook cannot hold."""
    return _NOT_ALLOWED.sub(_INSTEAD, text)


def write_text(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """Write a text into a cell, and keep it a text."""
    cell: Cell = sheet.cell(row, column)
    if text:
        cell.value = clean(text)
        cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = text.startswith(_FORMULA)
    return cell


def set_height(sheet: Worksheet, row: int, texts: Sequence[tuple[str, float]]) -> None:
    """Make a row as high as its wrapped texts need, each in a cell so many letters broad.

    Not every program does so by itself when it opens a file, and none does for merged cells.
    """
    lines = max(
        sum(max(ceil(len(line) * _SPARE / broad), 1) for line in text.split("\n"))
        for text, broad in texts
    )
    sheet.row_dimensions[row].height = min(_LINE * lines, _HIGHEST)


def quoted(text: str) -> str:
    """Give a text as a formula has it."""
    return '"' + clean(text).replace('"', '""') + '"'


# What must be seen before a form is passed on: that it is internal, and whether it is made up.


def marks(asked: Questionnaire, *, short: bool = False) -> list[str]:
    """Say so in both languages, a sentence each, or a word or two where there is little room."""
    length = "short" if short else "long"
    return [both(f"form.{name}.{length}") for name in names_of_marks(asked)]


def names_of_marks(asked: Questionnaire) -> list[str]:
    """Name the marks that a quarter's forms have, as `words/form.toml` does."""
    return ["internal", "made_up"] if asked.made_up else ["internal"]


def both(key: str, **values: object) -> str:
    """Say a text in both languages, Vietnamese first."""
    return " · ".join(Words(language)(key, **values) for language in LANGUAGES)
