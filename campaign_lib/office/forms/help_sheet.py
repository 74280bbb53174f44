"""The workbook's own help: how to fill it in, and every question with its allowed answers."""

from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from campaign_lib.office.forms.cells import TYPEFACE, set_height, write_text
from campaign_lib.office.forms.marks import both, marks
from campaign_lib.office.forms.questionnaire import Questionnaire, Village
from campaign_lib.office.forms.rules import allowed, ask, label, only_if
from campaign_lib.words import LANGUAGES, Words

#: What is done, in its order; each has its words below `form.help.steps`.
STEPS = ("where", "row", "choose", "unknown", "skip", "numbers", "moved", "send")
#: A number, then three columns for each language: label, question, answers.
_WIDTHS = (5, 24, 44, 34, 24, 44, 34)
#: Where each language begins, and how many columns and letters it has.
_STARTS = {"vi": 2, "en": 5}
_ACROSS, _LETTERS = 3, 102


def write_help(sheet: Worksheet, asked: Questionnaire, village: Village) -> None:
    """Write the sheet: marks, title, steps, then the questions; Vietnamese left, English right."""
    for position, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions["ABCDEFG"[position - 1]].width = width
    row = 1
    for mark in marks(asked):
        _across(sheet, row, mark, Font(name=TYPEFACE, bold=True, color="A8330A"))
        row += 1
    titles = [Words(language)("form.title", quarter=str(asked.quarter)) for language in LANGUAGES]
    _across(sheet, row, " · ".join(titles), Font(name=TYPEFACE, bold=True, size=14))
    place = {"village": village.name, "code": village.code, "commune": asked.commune_of(village)}
    where = (
        both("form.paper.where", **place)
        if place["commune"]
        else f"{village.name} ({village.code})"
    )
    _across(sheet, row + 1, where, Font(name=TYPEFACE, bold=True))
    if not asked.everyone:
        row += 1
        _across(sheet, row + 1, both("form.minorities_only"), Font(name=TYPEFACE))
    row = _steps(sheet, row + 3, asked)
    _questions(sheet, row + 1, asked)
    sheet.protection.sheet = True
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _across(sheet: Worksheet, row: int, text: str, font: Font) -> None:
    cell = write_text(sheet, row, 1, text)
    cell.font = font


def _steps(sheet: Worksheet, row: int, asked: Questionnaire) -> int:
    """Write how to fill the form in, a step a row; gives the row below them."""
    for number, step in enumerate(STEPS, start=1):
        write_text(sheet, row, 1, str(number)).alignment = _TOP
        texts = []
        for language, start in _STARTS.items():
            texts.append(_step(step, asked, Words(language)))
            write_text(sheet, row, start, texts[-1]).alignment = _WRAPPED
            sheet.merge_cells(
                start_row=row, end_row=row, start_column=start, end_column=start + _ACROSS - 1
            )
        set_height(sheet, row, [(text, _LETTERS) for text in texts])
        row += 1
    return row


def _step(step: str, asked: Questionnaire, words: Words) -> str:
    key = f"form.help.steps.{step}"
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
    for position, text in enumerate(heads, start=1):
        cell = write_text(sheet, row, position, text)
        cell.font, cell.fill = (
            Font(name=TYPEFACE, bold=True),
            PatternFill("solid", fgColor="E4EEF2"),
        )
    sheet.print_title_rows = f"{row}:{row}"
    for number, column in enumerate(asked.asked, start=1):
        texts = [str(number)]
        for language in _STARTS:
            words = Words(language)
            asks = filter(None, (ask(column, words), only_if(column, asked, words)))
            texts += [label(column, words), " ".join(asks), allowed(column, asked, words)]
        for position, text in enumerate(texts, start=1):
            write_text(sheet, row + number, position, text).alignment = _WRAPPED
        set_height(sheet, row + number, list(zip(texts, _WIDTHS, strict=True)))


_TOP = Alignment(vertical="top", horizontal="left")
_WRAPPED = Alignment(vertical="top", wrap_text=True)
