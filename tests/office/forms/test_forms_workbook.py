"""A village's workbook: who is listed, what a cell lets in, what can be changed, how it prints."""

import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from form_campaign import NAMES, QUESTION, with_columns
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from campaign_lib.codebook import Column
from campaign_lib.office.forms import Made, Questionnaire
from campaign_lib.office.forms.questionnaire import Home, Village
from campaign_lib.office.forms.workbook import write_workbook
from campaign_lib.words import Words

ADDED = ["Mã hộ", "Chủ hộ", "Còn trống"]


@pytest.fixture(scope="module")
def book(made: Made) -> Workbook:
    return load_workbook(made.written[0])


@pytest.fixture(scope="module")
def sheet(book: Workbook) -> Worksheet:
    return book["2024Q3"]


def letters(sheet: Worksheet) -> dict[str, str]:
    return {str(cell.value): cell.column_letter for cell in sheet[1]}


def rules(sheet: Worksheet) -> dict[str, DataValidation]:
    """Give each column's rule by its letter; each covers all rows of one column."""
    found = {}
    for rule in sheet.data_validations.dataValidation:
        (cells,) = rule.sqref.ranges
        assert cells.min_col == cells.max_col
        assert (cells.min_row, cells.max_row) == (2, sheet.max_row)
        found[get_column_letter(cells.min_col)] = rule
    return found


def chosen_from(book: Workbook, rule: DataValidation) -> list[object]:
    """Read the list that a rule lets one choose from."""
    name, cells = re.fullmatch(r"'?(.+?)'?!(.+)", rule.formula1).groups()
    return [cell.value for (cell,) in book[name][cells.replace("$", "")]]


def grey(sheet: Worksheet) -> dict[str, str]:
    """Give the condition under which a column's cells are grey."""
    return {
        str(one.sqref): rule.formula[0]
        for one in sheet.conditional_formatting
        for rule in one.rules
        if rule.formula[0].startswith("NOT(")
    }


def test_the_quarter_s_sheet_comes_first_and_begins_with_its_headings(
    book: Workbook, sheet: Worksheet, asked: Questionnaire
) -> None:
    assert book.sheetnames == ["2024Q3", "Hướng dẫn", "Danh mục"]
    assert [one.sheet_state for one in book.worksheets] == ["visible", "visible", "hidden"]
    assert [cell.value for cell in sheet[1]] == [*ADDED, *(column.vi for column in asked.asked)]


def test_a_row_for_each_household_with_its_head_as_text(sheet: Worksheet) -> None:
    rows = list(sheet.iter_rows(min_row=2, max_col=2))
    wanted = {home: unicodedata.normalize("NFC", name).strip() for home, name in NAMES.items()}
    assert [(home.value, name.value or "") for home, name in rows] == [
        *wanted.items(),
        ("H23", ""),
    ]
    assert {cell.data_type for row in rows for cell in row if cell.value} == {"s"}
    assert rows[0][1].quotePrefix  # a formula stays text when it is edited, too


def test_nothing_is_answered_beforehand(sheet: Worksheet) -> None:
    answers = sheet.iter_rows(min_row=2, min_col=len(ADDED) + 1)
    assert {cell.value for row in answers for cell in row} == {None}


def test_every_choice_has_the_codebook_s_answers_to_choose_from(
    book: Workbook, sheet: Worksheet, asked: Questionnaire
) -> None:
    places, by_letter = letters(sheet), rules(sheet)
    lists = {
        column.code: chosen_from(book, by_letter[places[column.vi]])
        for column in asked.asked
        if column.answers
    }
    assert lists == {one.code: [a.vi for a in one.answers] for one in asked.asked if one.answers}
    assert lists["house"] == ["Kiên cố", "Bán kiên cố", "Thiếu kiên cố", "Đơn sơ"]


def test_numbers_and_days_are_bounded(sheet: Worksheet, asked: Questionnaire) -> None:
    places, by_letter = letters(sheet), rules(sheet)
    income, day = by_letter[places["Thu nhập bình quân"]], by_letter[places["Ngày khảo sát"]]
    first = f"{places['Thu nhập bình quân']}2"
    inside = f"{first}=INT({first}),{first}>=50,{first}<=100000"
    assert (income.type, income.formula1) == ("custom", f"OR({first}=0,AND({inside}))")
    assert (day.type, day.operator) == ("date", "between")
    assert (day.formula1, day.formula2) == ("45413", "45594")  # 1 May, 29 October 2024
    for rule in by_letter.values():
        assert rule.showErrorMessage
        assert rule.errorStyle in (None, "stop")
        assert rule.allow_blank


def test_every_cell_says_its_question(sheet: Worksheet, asked: Questionnaire) -> None:
    places, by_letter = letters(sheet), rules(sheet)
    assert by_letter.keys() == {places[column.vi] for column in asked.asked}
    for column in asked.asked:
        rule = by_letter[places[column.vi]]
        assert (column.ask_vi or column.vi) in rule.prompt
        assert column.unit_vi in rule.prompt
        assert len(rule.prompt) <= 255
        assert len(rule.promptTitle) <= 32
        assert len(rule.error) <= 255


def test_only_answers_can_be_changed(sheet: Worksheet) -> None:
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert sheet.protection.formatColumns is False
    for row in sheet.iter_rows():
        for cell in row:
            open_to_all = cell.row > 1 and cell.column > len(ADDED)
            assert cell.protection.locked is not open_to_all, cell.coordinate


def test_other_sheets_are_locked_whole(book: Workbook) -> None:
    for sheet in book.worksheets[1:]:
        assert sheet.protection.sheet
        assert all(cell.protection.locked for row in sheet.iter_rows() for cell in row)


def test_what_need_not_be_asked_is_grey(sheet: Worksheet, asked: Questionnaire) -> None:
    places = letters(sheet)
    other = places["Có vay vốn"]
    wanted = {
        f"{places[column.vi]}2:{places[column.vi]}{sheet.max_row}": f'NOT(${other}2="Có")'
        for column in asked.asked
        if column.only_if
    }
    assert grey(sheet) == wanted
    assert len(wanted) == 2


def test_the_count_takes_in_what_is_needed_once_each(
    sheet: Worksheet, asked: Questionnaire
) -> None:
    places = letters(sheet)
    counted: list[str] = []
    for first, last in re.findall(r"COUNTBLANK\(([A-Z]+)3:([A-Z]+)3\)", sheet["C3"].value):
        (cells,) = sheet[f"{first}3:{last}3"]
        counted += [cell.column_letter for cell in cells]
    assert counted == [places[column.vi] for column in asked.needed]
    assert f'IF(${places["Có vay vốn"]}3="Có",COUNTBLANK(' in sheet["C3"].value


def test_it_prints_on_a4_with_headings_on_every_sheet(sheet: Worksheet) -> None:
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$1", "$A:$B")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (2, 0)
    assert sheet.freeze_panes == "D2"


def test_the_marks_are_seen_and_printed(made: Made, book: Workbook, sheet: Worksheet) -> None:
    said = " ".join(str(cell.value) for (cell,) in book["Hướng dẫn"]["A1:A2"])
    for text in (said, sheet.oddHeader.right.text, book.properties.keywords):
        assert "NỘI BỘ" in text
        assert "INTERNAL" in text
        assert "DỮ LIỆU HƯ CẤU" in text
    assert "&&" in sheet.oddHeader.left.text  # a village's & is no command of the header's
    assert all("noi-bo" in path.name for path in made.written)


def test_a_real_campaign_is_not_called_made_up(
    tmp_path: Path, asked: Questionnaire, village: Village
) -> None:
    path = tmp_path / "real.xlsx"
    write_workbook(path, replace(asked, made_up=False), village, Words("vi"))
    book = load_workbook(path)
    assert "HƯ CẤU" not in "".join(book["2024Q3"].oddHeader.right.text)
    assert "HƯ CẤU" not in str(book["Hướng dẫn"]["A2"].value)


def test_the_help_has_every_question_and_answer_in_both_languages(
    book: Workbook, asked: Questionnaire
) -> None:
    cells = {cell.value for row in book["Hướng dẫn"].iter_rows() for cell in row}
    text = "\n".join(str(cell) for cell in cells)
    for column in asked.asked:
        assert {column.vi, column.en} <= cells
        assert (column.ask_vi in text, column.ask_en in text) == (True, True)
        for answer in column.answers:
            assert (answer.vi in text, answer.en in text) == (True, True)
    assert "raw/survey/2024Q3/" in text
    assert "trong quý, từ 15/06/2024 đến 14/09/2024 (ô chỉ nhận ngày từ 01/05/2024" in text
    assert "Chỉ hỏi khi “Có vay vốn” là Có." in text


def test_a_workbook_may_be_in_english(
    tmp_path: Path, asked: Questionnaire, village: Village
) -> None:
    write_workbook(tmp_path / "en.xlsx", asked, village, Words("en"))
    book = load_workbook(tmp_path / "en.xlsx")
    sheet = book["2024Q3"]
    assert [cell.value for cell in sheet[1]][3:] == [column.en for column in asked.asked]
    places, by_letter = letters(sheet), rules(sheet)
    assert chosen_from(book, by_letter[places["Has borrowed"]]) == ["No", "Yes"]
    assert set(grey(sheet).values()) == {f'NOT(${places["Has borrowed"]}2="Yes")'}


OPEN = [
    (Column("n1", "whole", "N1", "N1", min=3, ask_vi="?", ask_en="?"), "whole", ("3", None)),
    (Column("n2", "number", "N2", "N2", max=9, ask_vi="?", ask_en="?"), "decimal", ("9", None)),
    (Column("n3", "date", "N3", "N3", ask_vi="?", ask_en="?"), "date", ("2", "73415")),
    (Column("n4", "text", "N4", "N4", ask_vi="?", ask_en="?"), None, (None, None)),
]


def test_a_question_that_is_new_in_the_codebook_is_asked(
    tmp_path: Path, asked: Questionnaire, village: Village
) -> None:
    path = tmp_path / "new.xlsx"
    write_workbook(path, with_columns(asked, QUESTION), village, Words("vi"))
    book = load_workbook(path)
    sheet = book["2024Q3"]
    rule = rules(sheet)[letters(sheet)[QUESTION.vi]]
    assert chosen_from(book, rule) == [answer.vi for answer in QUESTION.answers]
    assert len(rule.prompt) <= 255
    help_cells = [cell.value for row in book["Hướng dẫn"].iter_rows() for cell in row]
    assert {QUESTION.vi, QUESTION.en} <= set(help_cells)
    assert f'NOT(${letters(sheet)["Được phổ biến về Cuộc vận động"]}2="Có")' in (
        grey(sheet).values()
    )


@pytest.mark.parametrize(
    ("column", "kind", "bounds"), OPEN, ids=lambda one: getattr(one, "code", "")
)
def test_bounds_may_be_open(
    tmp_path: Path,
    asked: Questionnaire,
    column: Column,
    kind: str | None,
    bounds: tuple[str | None, str | None],
) -> None:
    path = tmp_path / "open.xlsx"
    village = Village("B", "Thôn 2", (Home("H24", ""),))
    write_workbook(path, with_columns(asked, column), village, Words("vi"))
    sheet = load_workbook(path)["2024Q3"]
    rule = rules(sheet)[letters(sheet)[column.vi]]
    assert (rule.type or None, (rule.formula1, rule.formula2)) == (kind, bounds)


def test_signs_that_no_workbook_can_hold_are_replaced(tmp_path: Path, asked: Questionnaire) -> None:
    village = Village("B", "Thôn\x01 2", (Home("H\x0b1", "A\ufffe"),))
    write_workbook(tmp_path / "odd.xlsx", asked, village, Words("vi"))
    sheet = load_workbook(tmp_path / "odd.xlsx")["2024Q3"]
    assert (sheet["A2"].value, sheet["B2"].value) == ("H\ufffd1", "A\ufffd")
