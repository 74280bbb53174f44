"""The workbook of a year's plan, to be filled in: head and parameters, targets, tasks.

Its sheets and rows are those of `campaign_lib.plan.items`; beside each stands what it means.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from campaign_lib.base.files import write_whole
from campaign_lib.codebook import Column
from campaign_lib.office.forms.cells import (
    TYPEFACE,
    lay_on_paper,
    rule_of,
    set_height,
    set_widths,
    write_text,
)
from campaign_lib.office.forms.workbook import HEADING, LINED, write_lists
from campaign_lib.office.table_book import AnyDay
from campaign_lib.plan import COUNTED, PARAMETERS, Task
from campaign_lib.plan.items import PARTS, SHEETS, Item, answers_of, heading, sheet_names
from campaign_lib.plan.usual import SECTIONS
from campaign_lib.words import LANGUAGES, Words

_WIDTHS = {
    "head": (36, 38, 84, 70),
    "targets": (44, 12, 16, 16, 18, 44),
    "tasks": (14, 12, 30, 16, 80, 60),
}
#: So many tasks more than are there can be written.
_MORE_TASKS = 30
_OPEN = {"fill": PatternFill("solid", fgColor="FFF9DB"), **LINED}
_WRAPPED = Alignment(vertical="top", horizontal="left", wrap_text=True)
_BOLD = Font(name=TYPEFACE, bold=True)
_PERCENT, _DAY, _GENERAL, _TEXT = "0.00%", "dd/mm/yyyy", "General", "@"
_SHOWN = {"share": "0%", "date": _DAY, "year": _GENERAL, "whole": _GENERAL, "decimal": _GENERAL}
#: Which type of the codebook a kind of row is bounded as.
_TYPES = {"decimal": "number", "yes_no": "choice", "texts": "text"}


def write_plan_book(path: Path, said: Mapping[str, object], tasks: Sequence[Task] = ()) -> None:
    """Write a plan as a workbook.

    Args:
        path: where to.
        said: what its head says already, by the key of a plan: ``year``, ``parameters.…``, and
            targets as ``targets.informed.at_least``; choices as codes, shares as parts of one.
        tasks: those that it begins with.

    Raises:
        CampaignError: the file cannot be written.
    """
    words, book = Words(LANGUAGES[0]), Workbook()
    book.worksheets[0].title = sheet_names("head")[0]
    sheets = {name: book.create_sheet(sheet_names(name)[0]) for name in ("targets", "tasks")}
    chosen = {item.name: item.answers for items in PARTS.values() for item in items}
    chosen |= {name: answers_of(name) for name in ("quarter", "owner")}
    lists = {name: [one.vi for one in answers] for name, answers in chosen.items() if answers}
    places = write_lists(book, {"": [words("form.lists")], **lists})
    _write_head(book.worksheets[0], said, places, words)
    _write_targets(sheets["targets"], said, words)
    _write_tasks(sheets["tasks"], tasks, places, words)
    write_whole(path, book.save)


def _begin(sheet: Worksheet, name: str, title: str, how: str) -> int:
    """Write what is to be done on a sheet, and its headings; gives the row below them."""
    widths = _WIDTHS[name]
    set_widths(sheet, widths)
    write_text(sheet, 1, 1, title, font=Font(name=TYPEFACE, bold=True, size=14))
    for row, language in enumerate(LANGUAGES, start=2):
        text = Words(language)(f"plan_book.{how}")
        write_text(sheet, row, 1, text, alignment=_WRAPPED)
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(widths))
        set_height(sheet, row, [(text, sum(widths))])
    for position, column in enumerate(SHEETS[name], start=1):
        write_text(sheet, 5, position, heading(column, LANGUAGES[0]), **HEADING)
    sheet.row_dimensions[5].height = 32
    sheet.freeze_panes = "A6"
    lay_on_paper(sheet, "5:5")
    return 6


def _write_head(
    sheet: Worksheet, said: Mapping[str, object], places: Mapping[str, str], words: Words
) -> None:
    title = words("plan_book.title", year=said["year"])
    row = _begin(sheet, "head", title, "how")
    for part, items in PARTS.items():
        write_text(sheet, row, 1, words(f"plan_book.part.{part}"), font=_BOLD)
        for item, is_first in ((one, not time) for one in items for time in range(one.rows)):
            row += 1
            english = f"{item.label('en')}: {item.about('en')}"
            texts = [item.label("vi"), "", *([item.about("vi"), english] if is_first else ["", ""])]
            for position, text in enumerate(texts, start=1):
                write_text(sheet, row, position, text, alignment=_WRAPPED, **LINED)
            set_height(sheet, row, [*zip(texts, _WIDTHS["head"], strict=True)])
            _open(sheet, row, 2, said.get(item.key), _SHOWN.get(item.kind, _TEXT), item)
            sheet.add_data_validation(_rule(item, dict(places), f"B{row}", words))
        row += 2


def _rule(item: Item, places: dict[str, str], cell: str, words: Words) -> DataValidation:
    """Bound a cell as the codebook bounds a column of its kind."""
    if item.kind == "share":
        return _percent_rule(cell, words)
    one = PARAMETERS.get(item.name)
    bounds = (one.min, one.max) if one and one.max else (None, None)
    column = Column(
        code=item.name,
        type=_TYPES.get(item.kind, item.kind),
        vi=item.label("vi"),
        en=item.label("en"),
        answers=item.answers,
        min=bounds[0],
        max=bounds[1],
        unit_vi=one.unit_vi if one else "",
    )
    return rule_of(column, AnyDay(), words, places, cell)


def _percent_rule(cell: str, words: Words) -> DataValidation:
    rule = DataValidation("decimal", "0", "1", operator="between", allow_blank=True)
    rule.showErrorMessage = rule.showInputMessage = True
    rule.prompt = rule.error = words("plan_book.percent")
    rule.add(cell)
    return rule


def _open(
    sheet: Worksheet, row: int, position: int, value: object, shown: str, item: Item | None = None
) -> None:
    """Write a cell that is to be filled in, with what is known already."""
    if item is not None and item.answers:
        value = {one.code: one.vi for one in item.answers}.get(str(value), "")
    cell = write_text(sheet, row, position, value if isinstance(value, str) else "", **_OPEN)
    cell.alignment = _WRAPPED
    if not isinstance(value, str) and value is not None:
        cell.value = value
    cell.number_format = shown


def _write_targets(sheet: Worksheet, said: Mapping[str, object], words: Words) -> None:
    """Write a row for each indicator, in the order of the plan."""
    start = _begin(sheet, "targets", sheet_names("targets")[0], "targets")
    for row, one in enumerate(answers_of("indicator"), start=start):
        counted = one.code in COUNTED
        unit = words("codes.unit.model.many") if counted else "%"
        write_text(sheet, row, 1, one.vi, **LINED)
        write_text(sheet, row, 2, unit, **LINED)
        write_text(sheet, row, 6, one.en, font=Font(name=TYPEFACE, color="666666"))
        for position, key in enumerate(("at_least", "at_most"), start=3):
            if key == "at_least" or counted:
                value = said.get(f"targets.{one.code}.{key}")
                _open(sheet, row, position, value, _GENERAL if counted else _PERCENT)
        write_text(sheet, row, 5, SECTIONS.get(one.code, ""), **_OPEN)
        if not counted:
            sheet.add_data_validation(_percent_rule(f"C{row}", words))


def _write_tasks(
    sheet: Worksheet, tasks: Sequence[Task], places: Mapping[str, str], words: Words
) -> None:
    start = _begin(sheet, "tasks", sheet_names("tasks")[0], "tasks")
    last = start + len(tasks) + _MORE_TASKS - 1
    labels = {key: {one.code: one.vi for one in answers_of(key)} for key in ("owner", "quarter")}
    for row, task in enumerate([*tasks, *[None] * _MORE_TASKS], start=start):
        for position, key in enumerate(SHEETS["tasks"], start=1):
            text = getattr(task, key, "")
            text = labels.get(key, {}).get(text, text)
            _open(sheet, row, position, text, _TEXT)
        if task:
            set_height(sheet, row, [(task.vi, _WIDTHS["tasks"][4]), (task.en, _WIDTHS["tasks"][5])])
    for letter, name in (("B", "quarter"), ("C", "owner")):
        rule = DataValidation("list", places[name], allow_blank=True)
        rule.showErrorMessage = name == "quarter"  # a plan may name owners of its own
        rule.add(f"{letter}{start}:{letter}{last}")
        sheet.add_data_validation(rule)
