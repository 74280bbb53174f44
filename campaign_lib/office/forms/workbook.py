"""A village's workbook: a row for each household, a column for each question, a rule for each cell.

The sheet to be filled in is named after the quarter and begins with its headings, so that it is
read as it comes back. How to fill it in stands on a sheet of its own, the lists of answers on a
hidden one. Keys are locked, without a password: against slips, not against people.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineError, CalamineWorkbook

from campaign_lib.base.files import write_whole
from campaign_lib.codebook import Column, codebook, folded
from campaign_lib.office.forms.cells import (
    NUMBERS,
    TYPEFACE,
    WARNING_FONT,
    allowed,
    answers,
    ask,
    both,
    clean,
    label,
    lay_on_paper,
    marks,
    only_if,
    quoted,
    rule_of,
    set_height,
    set_widths,
    write_text,
    yes_of,
)
from campaign_lib.office.forms.questionnaire import Questionnaire, Village
from campaign_lib.words import Words

# Whether somebody has begun to fill a workbook in: such a one is not written over.


def has_answers(path: Path, asked: Questionnaire) -> bool:
    """Say whether any cell that is to be filled in has something in it.

    A file that cannot be read as one of our workbooks counts as filled in: whatever it is, it is
    not ours to replace.
    """
    try:
        with path.open("rb") as file:
            book = CalamineWorkbook.from_filelike(file)
            rows = book.get_sheet_by_name(str(asked.quarter)).to_python()
    except (CalamineError, OSError):
        return True
    open_to_all = {folded(text) for column in asked.asked for text in column.headings}
    headings = [folded(str(cell)) for cell in rows[0]] if rows else []
    answered = [position for position, text in enumerate(headings) if text in open_to_all]
    return not answered or any(str(row[place]).strip() for row in rows[1:] for place in answered)


# The workbook's own help: how to fill it in, and every question with its allowed answers.

#: What is done, in its order; each has its words below `form.help.steps`.
STEPS = ("where", "row", "choose", "unknown", "skip", "numbers", "moved", "send")
#: What is done otherwise with a form of visits: its words stand below `form.visits`.
_OF_VISITS = ("where", "row", "moved", "send")
#: A number, then three columns for each language: label, question, answers.
_WIDTHS = (5, 24, 44, 34, 24, 44, 34)
#: Where each language begins, and how many columns and letters it has.
_STARTS = {"vi": 2, "en": 5}
_ACROSS, _LETTERS = 3, 102


def write_help(sheet: Worksheet, asked: Questionnaire, village: Village) -> None:
    """Write the sheet: marks, title, steps, then the questions; Vietnamese left, English right."""
    set_widths(sheet, _WIDTHS)
    for row, mark in enumerate(marks(asked), start=1):
        write_text(sheet, row, 1, mark, font=WARNING_FONT)
    row += 1
    title = both(_title(asked), quarter=str(asked.quarter))
    write_text(sheet, row, 1, title, font=Font(name=TYPEFACE, bold=True, size=14))
    where = f"{village.name} ({village.code})"
    if commune := asked.commune_of(village):
        place = {"village": village.name, "code": village.code, "commune": commune}
        where = both("form.paper.where", **place)
    write_text(sheet, row + 1, 1, where, font=Font(name=TYPEFACE, bold=True))
    if not asked.everyone:
        row += 1
        write_text(sheet, row + 1, 1, both("form.minorities_only"), font=Font(name=TYPEFACE))
    row = _steps(sheet, row + 3, asked)
    _questions(sheet, row + 1, asked)
    sheet.protection.sheet = True
    lay_on_paper(sheet)
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.page_margins.left = sheet.page_margins.right = 0.5


def _title(asked: Questionnaire) -> str:
    """Name the words of a form's title."""
    return "form.visits.title" if asked.visits else "form.title"


def _steps(sheet: Worksheet, row: int, asked: Questionnaire) -> int:
    """Write how to fill the form in, a step a row; gives the row below them."""
    for number, step in enumerate(STEPS, start=1):
        write_text(sheet, row, 1, str(number), alignment=_TOP)
        texts = []
        for language, start in _STARTS.items():
            texts.append(_step(step, asked, Words(language)))
            write_text(sheet, row, start, texts[-1], alignment=_WRAPPED)
            sheet.merge_cells(
                start_row=row, end_row=row, start_column=start, end_column=start + _ACROSS - 1
            )
        set_height(sheet, row, [(text, _LETTERS) for text in texts])
        row += 1
    return row


def _step(step: str, asked: Questionnaire, words: Words) -> str:
    own = asked.visits and step in _OF_VISITS
    key = f"form.visits.{step}" if own else f"form.help.steps.{step}"
    values: dict[str, object] = {
        "begins": asked.begins,
        "ends": asked.ends,
        "first": asked.first_day,
        "last": asked.last_day,
        "quarter": str(asked.quarter),
        "sheet": str(asked.quarter),
    }
    return words(key, **{name: values[name] for name in words.placeholders(key)})


def _questions(sheet: Worksheet, row: int, asked: Questionnaire) -> None:
    """Write what is asked, a column of the form a row, below headings repeated on paper."""
    heads = [""]
    for language in _STARTS:
        heads += [Words(language)(f"form.help.{name}") for name in ("column", "ask", "allowed")]
    look = {"font": Font(name=TYPEFACE, bold=True), "fill": PatternFill("solid", fgColor=_TINT)}
    for position, text in enumerate(heads, start=1):
        write_text(sheet, row, position, text, **look)
    sheet.print_title_rows = f"{row}:{row}"
    for number, column in enumerate(asked.asked, start=1):
        texts = [str(number)]
        for language in _STARTS:
            words = Words(language)
            asks = filter(None, (ask(column, words), only_if(column, asked, words)))
            texts += [label(column, words), " ".join(asks), allowed(column, asked, words)]
        for position, text in enumerate(texts, start=1):
            write_text(sheet, row + number, position, text, alignment=_WRAPPED)
        set_height(sheet, row + number, list(zip(texts, _WIDTHS, strict=True)))


_TOP = Alignment(vertical="top", horizontal="left")
_WRAPPED = Alignment(vertical="top", wrap_text=True)


#: The columns that the form adds, left of the survey's own.
VILLAGE, HEAD_NAME, UNANSWERED = "village", "head_name", "unanswered"
_LISTS = "Danh mục"
#: How broad columns are, in letters: the form's own, then the survey's by type.
_BROAD = {
    VILLAGE: 14, HEAD_NAME: 25, UNANSWERED: 8,
    "choice": 15, "number": 12, "text": 19, "date": 12, "household": 11, "choices": 24,
}  # fmt: skip
_NARROW = 9.5
#: How high the headings and the rows are, in points.
_HIGHEST, _HIGH = 66, 18
_LINE = Side(style="thin", color="B5BDC4")
_SIDES = Border(_LINE, _LINE, _LINE, _LINE)
LINED = {"border": _SIDES}
#: How each kind of answer is shown. Text stays what was typed; a number keeps its decimals.
SHOWN = {"day": "dd/mm/yyyy", "number": "General", "text": "@"}
_GREY, _YELLOW, _GREEN, _TINT = "BFBFBF", "FFF3BF", "D5EBD8", "E4EEF2"
#: How a heading looks.
HEADING = {
    "font": Font(name=TYPEFACE, bold=True),
    "fill": PatternFill("solid", fgColor=_TINT),
    "alignment": Alignment(wrap_text=True, vertical="center", horizontal="center"),
    "border": _SIDES,
}
#: How many sheets of paper lie beside one another.
_SHEETS_ACROSS = 2


def write_workbook(path: Path, asked: Questionnaire, village: Village, words: Words) -> None:
    """Write the workbook of one village that has households.

    Args:
        path: where to.
        asked: the quarter's survey.
        village: whose households are listed.
        words: the language of headings and answers; the help is in both.

    Raises:
        CampaignError: the file cannot be written.
    """
    book = Workbook()
    book.worksheets[0].title = str(asked.quarter)
    chosen = (one for one in asked.asked if one.answers and one.type != "choices")
    lists = write_lists(book, {column.code: answers(column, words) for column in chosen})
    _Form(book, asked, village, words).write(lists)
    write_help(book.create_sheet(words("form.help.sheet"), 1), asked, village)
    book.properties.title = clean(
        f"{words(_title(asked), quarter=str(asked.quarter))}: {village.name}"
    )
    book.properties.keywords = "; ".join(marks(asked))
    book.properties.creator = ""
    book.calculation.fullCalcOnLoad = True
    write_whole(path, book.save)


def columns_of(asked: Questionnaire) -> tuple[Column, ...]:
    """Give the columns from left to right: key, name, count, then what is to be filled in.

    A form of visits says of each household where it lives.
    """
    added = {column.code: column for column in codebook().form_columns}
    shown = (*((VILLAGE,) if asked.visits else ()), HEAD_NAME, UNANSWERED)
    return (asked.key, *(added[name] for name in shown), *asked.asked)


def write_lists(book: Workbook, lists: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Write lists to choose from on a hidden sheet, a column each; gives where they stand."""
    sheet = book.create_sheet(_LISTS)
    sheet.sheet_state = "hidden"
    sheet.protection.sheet = True
    places: dict[str, str] = {}
    for position, (name, texts) in enumerate(lists.items(), start=1):
        for row, text in enumerate(texts, start=1):
            write_text(sheet, row, position, text)
        letter = get_column_letter(position)
        places[name] = f"{quote_sheetname(_LISTS)}!${letter}$1:${letter}${len(texts)}"
    return places


class _Form:
    """The sheet that is filled in."""

    def __init__(
        self, book: Workbook, asked: Questionnaire, village: Village, words: Words
    ) -> None:
        self.book, self.sheet = book, book.worksheets[0]
        self.asked, self.village, self.words = asked, village, words
        self.columns = columns_of(asked)
        self.letters: dict[str, str] = {
            column.code: get_column_letter(position)
            for position, column in enumerate(self.columns, start=1)
        }
        self.last_row, self.last_letter = 1 + len(village.homes), [*self.letters.values()][-1]

    def write(self, lists: dict[str, str]) -> None:
        """Write headings, rows, rules, colours, locks, and how it is printed."""
        self.headings()
        self.rows()
        for column in self.asked.asked:
            rule = rule_of(column, self.asked, self.words, lists, self.cells_of(column.code))
            self.sheet.add_data_validation(rule)
        self.colours()
        self.sheet.freeze_panes = f"{self.letters[self.asked.asked[0].code]}2"
        self.sheet.protection.sheet = True
        # Only answers may be changed, but rows made higher and columns broader: a flag that is
        # False allows, as it says whether the protection forbids.
        self.sheet.protection.formatColumns = self.sheet.protection.formatRows = False
        self.paper()

    def cells_of(self, code: str) -> str:
        """Give the cells of a column, the heading left out."""
        return f"{self.letters[code]}2:{self.letters[code]}{self.last_row}"

    def headings(self) -> None:
        for position, column in enumerate(self.columns, start=1):
            write_text(self.sheet, 1, position, label(column, self.words), **HEADING)
        set_widths(self.sheet, [*map(breadth, self.columns)])
        self.sheet.row_dimensions[1].height = _HIGHEST

    def rows(self) -> None:
        """Write a row for each household: its key and name, how much is empty, empty cells."""
        styles = {column.code: style_of(column) for column in self.asked.asked}
        for kind in SHOWN:
            self.book.add_named_style(style(kind))
        for row in range(2, self.last_row + 1):
            self.sheet.row_dimensions[row].height = _HIGH
        for row, home in enumerate(self.village.homes, start=2):
            texts = (home.household, *filter(None, (home.village,)), home.head_name)
            for position, text in enumerate(texts, start=1):
                write_text(self.sheet, row, position, text, border=_SIDES)
            empty = f"={'+'.join(self.empty_cells(row))}"
            count = self.sheet.cell(row, len(texts) + 1, empty)
            count.alignment, count.border = Alignment(horizontal="center"), _SIDES
            for position, column in enumerate(self.asked.asked, start=len(texts) + 2):
                self.sheet.cell(row, position).style = styles[column.code]

    def empty_cells(self, row: int) -> Iterator[str]:
        """Count what a household still lacks, in pieces of a formula.

        Columns that stand side by side are counted together. A question that is asked only after a
        yes counts only then.
        """
        pieces = groupby(self.asked.asked, lambda one: (one in self.asked.needed, one.only_if))
        for (needed, other), group in pieces:
            if not needed:
                continue
            codes = [column.code for column in group]
            count = f"COUNTBLANK({self.letters[codes[0]]}{row}:{self.letters[codes[-1]]}{row})"
            yield f"IF({self.says_yes(other, f'{row}')},{count},0)" if other else count

    def says_yes(self, code: str, row: str) -> str:
        """Give the condition that a question is answered with yes."""
        yes = yes_of(self.asked.table.column(code), self.words)
        return f"${self.letters[code]}{row}={quoted(yes)}"

    def colours(self) -> None:
        """Grey what need not be asked, mark what a begun row still lacks, and what is done."""
        begun = f"COUNTA(${self.letters[self.asked.asked[0].code]}2:${self.last_letter}2)>0"
        for column in self.asked.asked:
            cells = self.cells_of(column.code)
            if column.only_if:
                self.colour(cells, f"NOT({self.says_yes(column.only_if, '2')})", _GREY)
            if column in self.asked.needed:
                empty = f"AND({begun},ISBLANK({self.letters[column.code]}2))"
                self.colour(cells, empty, _YELLOW)
        self.colour(self.cells_of(UNANSWERED), f"{self.letters[UNANSWERED]}2=0", _GREEN)

    def colour(self, cells: str, condition: str, colour: str) -> None:
        """Fill cells where a condition on their first one holds; the first that holds wins."""
        fill = PatternFill("solid", bgColor=colour, fgColor=colour)
        self.sheet.conditional_formatting.add(
            cells, FormulaRule(formula=[condition], fill=fill, stopIfTrue=True)
        )

    def paper(self) -> None:
        """Print on A4 on its side, headings and names on every sheet, marks above."""
        sheet = self.sheet
        lay_on_paper(sheet, "1:1", _SHEETS_ACROSS)
        sheet.print_title_cols = "A:B"
        sheet.print_area = f"A1:{self.last_letter}{self.last_row}"
        sheet.page_margins.left = sheet.page_margins.right = 0.4
        sheet.page_margins.top, sheet.page_margins.bottom = 0.7, 0.6
        sheet.page_margins.header = sheet.page_margins.footer = 0.3
        title = f"{self.village.name} ({self.village.code}) – {self.asked.quarter}"
        sheet.oddHeader.left.text = _in_header(title, 60)
        sheet.oddHeader.right.text = _in_header("; ".join(marks(self.asked, short=True)), 120)
        sheet.oddFooter.right.text = "&P / &N"
        sheet.sheet_properties.tabColor = "A8330A"


def _in_header(text: str, most: int) -> str:
    """Give a text as a page's header has it: & begins a command there, and 255 letters are all."""
    return clean(text)[:most].replace("&", "&&")


def breadth(column: Column) -> float:
    """Say how broad a column is, in letters."""
    return _BROAD.get(column.code, _BROAD.get(column.type, _NARROW))


def style_of(column: Column) -> str:
    """Name the look of a column's answers."""
    return "number" if column.type in NUMBERS else "day" if column.type == "date" else "text"


def style(kind: str) -> NamedStyle:
    """Make the look that all answers of a kind share; only these cells are not locked."""
    return NamedStyle(
        kind,
        font=Font(name=TYPEFACE),
        number_format=SHOWN[kind],
        border=_SIDES,
        alignment=Alignment(vertical="center", shrink_to_fit=kind == "text"),
        protection=Protection(locked=False),
    )
