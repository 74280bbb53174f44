"""The workbook of one raw table, to be filled in: headings, lists to choose from, bounds, a help.

What it lets in is what the codebook says of the table, and nothing else. Its sheet is called like
the table, which is how reading finds it; the help and the lists beside it are passed over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from campaign_lib.base.files import write_whole
from campaign_lib.codebook import Column, Table, codebook, folded
from campaign_lib.office.forms.cells import (
    TYPEFACE,
    allowed,
    answers,
    label,
    lay_on_paper,
    rule_of,
    set_height,
    set_widths,
    write_text,
)
from campaign_lib.office.forms.workbook import HEADING, SHOWN, breadth, style, style_of, write_lists
from campaign_lib.words import LANGUAGES, Words, is_missing

#: Tables that are not filled in by hand: forms are, the others are written by commands.
_NOT_BY_HAND = ("survey", "corrections", "allocation", "communes")
#: So many rows more than are there can be filled in.
_MORE = 300
_HIGH, _BROAD, _BROADEST = 48, 14, 40
#: Columns of types that only a folder of several communes fills.
_OF_SEVERAL = ("commune", "communes")
#: How the heading of a column looks that every row must fill.
_NEEDED = {
    **HEADING,
    "font": Font(name=TYPEFACE, bold=True, color="FFFFFF"),
    "fill": PatternFill("solid", fgColor="1F4E5F"),
}
_WRAPPED = Alignment(vertical="top", wrap_text=True)


@dataclass(frozen=True)
class AnyDay:
    """What `rule_of` wants to know: a register takes any day that is no slip."""

    table: Table = codebook().tables["survey"]
    first_day: date = codebook().first_day
    last_day: date = codebook().last_day


def tables_by_hand() -> list[Table]:
    """Give the tables that an office fills in, or has lists for."""
    return [table for name, table in codebook().tables.items() if name not in _NOT_BY_HAND]


def write_table_book(
    path: Path,
    table: Table,
    rows: Sequence[Mapping[str, object]] = (),
    villages: Sequence[tuple[str, str]] = (),
) -> None:
    """Write the workbook of a table.

    Args:
        path: where to.
        table: the codebook's.
        rows: what is in it already, by column; written as given, a missing value is an empty cell.
        villages: code and name of those to choose from where a village is asked for.

    Raises:
        CampaignError: the file cannot be written.
    """
    words, book = Words("vi"), Workbook()
    named = {code for row in rows for code in row}
    columns = [one for one in table.columns if one.type not in _OF_SEVERAL or one.code in named]
    book.worksheets[0].title = table.name
    lists = {one.code: some for one in columns if (some := _choices(one, villages, words))}
    places = write_lists(book, {"": [words("form.lists")], **lists})
    for kind in SHOWN:
        book.add_named_style(style(kind))
    for position, column in enumerate(columns, start=1):
        cells = [row.get(column.code) for row in rows]
        _write_column(book.worksheets[0], position, column, cells, words)
        letter = get_column_letter(position)
        where = f"{letter}2:{letter}{1 + len(rows) + _MORE}"
        rule = rule_of(column, AnyDay(table), words, places, where)
        book.worksheets[0].add_data_validation(rule)
    _lay_out(book.worksheets[0], columns, words)
    _write_help(book.create_sheet(words("form.help.sheet"), 1), table, columns)
    write_whole(path, book.save)


def _write_column(
    sheet: Worksheet, position: int, column: Column, cells: Sequence[object], words: Words
) -> None:
    """Write a heading, the cells below it as what they are, and empty ones that look like them."""
    look = _NEEDED if column.required else HEADING
    write_text(sheet, 1, position, label(column, words), **look)
    for row, value in enumerate([*cells, *[None] * _MORE], start=2):
        cell = sheet.cell(row, position)
        cell.style = style_of(column)
        if isinstance(value, date | int | float) and not is_missing(value):
            cell.value = value
        elif not is_missing(value):
            write_text(sheet, row, position, str(value))


def _choices(column: Column, villages: Sequence[tuple[str, str]], words: Words) -> Sequence[str]:
    """List what a column is chosen from; nothing where it is written."""
    match column.type:
        case "village":
            return village_names(villages)
        case "ethnicity":
            return [group.name for group in codebook().ethnic_groups]
        case "question":
            return [label(one, words) for one in codebook().tables["survey"].questions]
        case "choices":
            return []
        case _:
            return answers(column, words)


def village_names(villages: Sequence[tuple[str, str]]) -> list[str]:
    """Name villages as they are chosen: by name, or by code where that could be another one."""
    spellings = [folded(text) for village in villages for text in dict.fromkeys(village)]
    return [name if spellings.count(folded(name)) == 1 else code for code, name in villages]


def _lay_out(sheet: Worksheet, columns: Sequence[Column], words: Words) -> None:
    broad = [max(breadth(one), _BROAD, len(label(one, words)) * 0.7) for one in columns]
    texts = [_BROADEST if one.code == "text" else 0 for one in columns]
    set_widths(sheet, [*map(max, broad, texts)])
    sheet.row_dimensions[1].height = _HIGH
    sheet.freeze_panes = "A2"
    lay_on_paper(sheet, "1:1")


# The help: how it is filled in, then every column with what may stand there and an example.

#: A number; column, what it is, whether it is needed, what is allowed, an example; then in English.
_WIDTHS = (4, 20, 34, 10, 40, 22, 20, 44)


def _write_help(sheet: Worksheet, table: Table, columns: Sequence[Column]) -> None:
    """Write the sheet: how to fill the table in, then its columns; Vietnamese left of English."""
    set_widths(sheet, _WIDTHS)
    row = 1
    for words in map(Words, LANGUAGES):
        says, named = words.under("table_book"), getattr(table, words.language)
        title = says("title", table=named)
        write_text(sheet, row, 1, title, font=Font(name=TYPEFACE, bold=True, size=14))
        steps = [says("where", sheet=table.name), *map(says, ("unknown", "example", "next"))]
        for line in (getattr(table, f"row_{words.language}"), *steps):
            row += 1
            write_text(sheet, row, 1, line, alignment=_WRAPPED)
            sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(_WIDTHS))
            set_height(sheet, row, [(line, sum(_WIDTHS))])
        row += 2
    vi, en = (Words(language).under("form.help") for language in LANGUAGES)
    about, needed, example = map(Words("vi").under("table_book"), ("about", "needed", "made_up"))
    heads = ["", vi("column"), about, needed, vi("allowed"), example, en("column"), en("allowed")]
    for position, text in enumerate(heads, start=1):
        write_text(sheet, row, position, text, **HEADING)
    sheet.print_title_rows = f"{row}:{row}"
    for number, column in enumerate(columns, start=1):
        texts = [str(number), *_about(column, table)]
        for position, text in enumerate(texts, start=1):
            write_text(sheet, row + number, position, text, alignment=_WRAPPED)
        set_height(sheet, row + number, [*zip(texts, _WIDTHS, strict=True)])
    sheet.protection.sheet = True
    lay_on_paper(sheet)


def _about(column: Column, table: Table) -> list[str]:
    """Say of a column what it is, whether it is needed, what is allowed, and an example."""
    vi, en = map(Words, LANGUAGES)
    needed = "yes" if column.required else "one_of" if column.code in table.one_of else ""
    may, in_english = (allowed(column, AnyDay(table), words) for words in (vi, en))
    return [
        *(column.vi, column.about_vi, vi(f"table_book.{needed}") if needed else "", may),
        *(example_of(column, vi), column.en),
        "; ".join(filter(None, (column.about_en, in_english))),
    ]


def example_of(column: Column, words: Words) -> str:
    """Give what a made-up row has in a column, as it is typed."""
    example = column.example or next(iter(answers(column, words)), "")
    if isinstance(example, str):
        return example
    return words.date(example) if isinstance(example, date) else f"{example:g}".replace(".", ",")
