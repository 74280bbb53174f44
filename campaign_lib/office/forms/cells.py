"""What a form's cells hold, let in and look like: text, answers, bounds of numbers and days.

Text is never a formula, and has no sign that a workbook cannot hold. The rules are the codebook's;
Excel shows a rule's message beside the cell that is being filled in.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from math import ceil
from typing import Protocol

from openpyxl.cell import Cell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from campaign_lib.codebook import TYPES, Column, Table, codebook
from campaign_lib.office.forms.questionnaire import Questionnaire
from campaign_lib.words import LANGUAGES, Words

#: Signs that an XLSX file cannot hold, and one that is put in their place.
_NOT_ALLOWED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_INSTEAD = "\N{REPLACEMENT CHARACTER}"
#: The typeface of all that is written, which is openpyxl's own for what has no other.
TYPEFACE = "Calibri"
#: How it is said that a workbook is internal.
WARNING_FONT = Font(name=TYPEFACE, bold=True, color="A8330A")
#: What a spreadsheet would take for a formula, should somebody edit the cell.
_FORMULA = ("=", "+", "-", "@")

#: The height of a line of text and of the highest row, in points; how much room wrapping wastes.
_LINE, _HIGHEST, _SPARE = 15, 409, 1.1
#: What Excel calls A4.
_A4 = 9


def clean(text: str) -> str:
    """Take out what a workbook cannot hold."""
    return _NOT_ALLOWED.sub(_INSTEAD, text)


def write_text(sheet: Worksheet, row: int, column: int, text: str, **look: object) -> Cell:
    """Write a text into a cell, and keep it a text; `look` is its font, fill, border, alignment."""
    cell: Cell = sheet.cell(row, column)
    for name, value in look.items():
        setattr(cell, name, value)
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


def set_widths(sheet: Worksheet, widths: Sequence[float]) -> None:
    """Make the columns so many letters broad."""
    for position, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width


def lay_on_paper(sheet: Worksheet, repeated: str = "", across: int = 1) -> None:
    """Print on A4 on its side, so many sheets across, with some rows repeated on each."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = across, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    if repeated:
        sheet.print_title_rows = repeated


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


# What a cell lets in, and what it says.

#: The most letters that Excel shows in the heading of a message, and in the message.
_TITLE, _MESSAGE = 32, 255
_WHOLE = ("whole", "year")
NUMBERS = ("number", *_WHOLE)
_NO_DAY = date(1899, 12, 30)


def label(column: Column, words: Words) -> str:
    """Give what a column is called."""
    return str(getattr(column, words.language))


def ask(column: Column, words: Words) -> str:
    """Give the sentence of a question; of another column its label."""
    return getattr(column, f"ask_{words.language}") or label(column, words)


def unit(column: Column, words: Words) -> str:
    """Give the unit of a column of numbers; "" where it has none."""
    return str(getattr(column, f"unit_{words.language}"))


def answers(column: Column, words: Words) -> list[str]:
    """List what may be chosen, as it is shown."""
    return [getattr(one, words.language) for one in column.answers]


class Asked(Protocol):
    """What a workbook asks for: a table, and the days that its required days may be."""

    @property
    def table(self) -> Table: ...  # noqa: D102 - said above

    @property
    def first_day(self) -> date: ...  # noqa: D102

    @property
    def last_day(self) -> date: ...  # noqa: D102


def days_of(column: Column, asked: Asked) -> tuple[date, date]:
    """Give the first and the last day that a column of days may have."""
    if column.required:
        return asked.first_day, asked.last_day
    return codebook().first_day, codebook().last_day


def allowed(column: Column, asked: Asked, words: Words) -> str:
    """Say what may be written into a column."""
    if column.type == "date":
        first, last = days_of(column, asked)
        return words("form.allowed.days", first=first, last=last)
    if column.type == "choices":
        return words("form.allowed.several", options="; ".join(answers(column, words)))
    if column.answers:
        return " / ".join(answers(column, words))
    if column.type not in NUMBERS:
        return of_type(column, words)
    says = [unit(column, words), *_bounds(column, words)]
    return "; ".join(filter(None, says)) or of_type(column, words)


def of_type(column: Column, words: Words) -> str:
    """Say what kind of thing a column holds, as the data dictionary does."""
    return dict(zip(LANGUAGES, TYPES[column.type], strict=True))[words.language]


def only_if(column: Column, asked: Asked, words: Words) -> str:
    """Say when a question is asked at all; "" if it always is."""
    if not column.only_if:
        return ""
    other = asked.table.column(column.only_if)
    return words("form.only_if", question=label(other, words), yes=yes_of(other, words))


def yes_of(column: Column, words: Words) -> str:
    """Give the answer yes of a question, as it is shown."""
    return next(str(getattr(one, words.language)) for one in column.answers if one.code == "yes")


def rule_of(
    column: Column, asked: Asked, words: Words, lists: dict[str, str], cells: str
) -> DataValidation:
    """Make the rule of a column.

    Args:
        column: what the codebook says of it.
        asked: the quarter's survey, or another table.
        words: the language of the form.
        lists: where the answers of a column of choices stand in the workbook, by its code.
        cells: which cells it is for, such as `C2:C40`.
    """
    rule = _bare_rule(column, asked, lists, cells.partition(":")[0])
    rule.add(cells)
    rule.allow_blank = True
    rule.showErrorMessage = rule.showInputMessage = True
    rule.errorStyle = "stop"
    rule.promptTitle = rule.errorTitle = _cut(label(column, words), _TITLE)
    may = allowed(column, asked, words)
    hint = words("form.type_plainly") if column.type in NUMBERS else ""
    says = [ask(column, words), may, only_if(column, asked, words), hint]
    rule.prompt = _cut("\n".join(filter(None, says)), _MESSAGE)
    error = "form.not_allowed_needed" if column.required else "form.not_allowed"
    rule.error = _cut(words(error, allowed=may), _MESSAGE)
    return rule


def _bare_rule(column: Column, asked: Asked, lists: dict[str, str], cell: str) -> DataValidation:
    if column.code in lists:
        return DataValidation(type="list", formula1=lists[column.code])
    if column.type == "date":
        return _between("date", *((day - _NO_DAY).days for day in days_of(column, asked)))
    if column.least is not None:
        inside = f"{cell}=INT({cell}),{cell}>={column.least},{cell}<={column.max}"
        return DataValidation(type="custom", formula1=f"OR({cell}=0,AND({inside}))")
    if column.type in NUMBERS:
        kind = "whole" if column.type in _WHOLE else "decimal"
        return _between(kind, column.min, column.max)
    return DataValidation(type=None)


def _between(kind: str, least: int | None, most: int | None) -> DataValidation:
    """Bound a number or a day; a kind without bounds must still be a number."""
    operator, bounds = "between", ("-1E+300", "1E+300")
    if least is not None and most is not None:
        bounds = str(least), str(most)
    elif least is not None or most is not None:
        operator = "lessThanOrEqual" if least is None else "greaterThanOrEqual"
        return DataValidation(kind, str(most if least is None else least), operator=operator)
    return DataValidation(kind, *bounds, operator=operator)


def _bounds(column: Column, words: Words) -> Iterator[str]:
    as_it_is = str if column.type == "year" else int  # a year has no mark of thousands
    if column.least is not None:
        yield words("form.allowed.nothing_or", number=column.least)
    elif column.min is not None:
        yield words("form.allowed.least", number=as_it_is(column.min))
    if column.max is not None:
        yield words("form.allowed.most", number=as_it_is(column.max))


def _cut(text: str, most: int) -> str:
    text = clean(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"
