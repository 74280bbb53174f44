"""The workbook of a raw table: it reads as it was written, and lets in what the codebook says."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from campaign_lib.codebook import Table, codebook
from campaign_lib.intake import Campaign, read_campaign
from campaign_lib.office.table_book import village_names, write_table_book
from campaign_lib.words import Words

VILLAGES = [("T1", "Thôn 1"), ("T2", "Thôn 2")]
TODAY = date(2025, 10, 1)
TABLES = {
    name: table
    for name, table in codebook().tables.items()
    if name not in ("survey", "corrections", "allocation", "communes")
}
#: Two villages, and rows of every table that refer to one another.
ROWS: dict[str, list[dict[str, object]]] = {
    "villages": [
        {"village": code, "name": name, "residential_areas": 2} for code, name in VILLAGES
    ],
    "households": [
        {
            "household": "001",
            "village": "Thôn 1",
            "ethnicity": "Xơ Đăng",
            "head_name": "=A Ví Dụ",
            "head_sex": "Nam",
            "birth_year": 1980,
            "members": 5,
            "joined_on": date(2020, 5, 1),
        },
        {"household": "002", "village": "T2", "ethnicity": "Kinh", "left_on": None},
    ],
    "poverty_status": [
        {"household": "001", "status": "Nghèo", "valid_from": date(2024, 12, 31), "reason": ""}
    ],
    "funding": [
        {"village": "Thôn 2", "quarter": "2025Q1", "programme": "Nguồn khác", "planned": 42.5}
    ],
}


def written(folder: Path, rows: dict[str, list[dict[str, object]]]) -> Path:
    for name, table in TABLES.items():
        write_table_book(folder / f"{name}.xlsx", table, rows.get(name, ()), VILLAGES)
    return folder


def read(folder: Path) -> Campaign:
    return read_campaign(folder, TODAY, without_survey=True)


def rules(sheet: Worksheet) -> Iterator[tuple[str, DataValidation]]:
    """Give each column's rule by its heading."""
    for rule in sheet.data_validations.dataValidation:
        letter = str(rule.sqref).partition("2:")[0]
        yield str(sheet[f"{letter}1"].value), rule


def test_untouched_workbooks_are_empty_tables_without_a_problem(tmp_path: Path) -> None:
    campaign = read(written(tmp_path, {}))
    assert campaign.problems.empty
    assert all(campaign.tables[name].empty for name in TABLES)
    assert set(campaign.files["file"]) == {f"{name}.xlsx" for name in TABLES}


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    campaign = read(written(tmp_path, ROWS))
    assert campaign.problems.empty
    homes = campaign.tables["households"]
    assert homes["household"].tolist() == ["001", "002"]
    assert homes["village"].tolist() == ["T1", "T2"]
    first = homes.iloc[0]
    assert (first["head_name"], first["head_sex"]) == ("=A Ví Dụ", "male")
    assert (first["birth_year"], first["members"]) == (1980, 5)
    assert first["joined_on"].date() == date(2020, 5, 1)
    assert homes["left_on"].isna().all()
    (status,) = campaign.tables["poverty_status"].to_dict("records")
    assert (status["status"], status["valid_from"].date()) == ("poor", date(2024, 12, 31))
    (money,) = campaign.tables["funding"].to_dict("records")
    assert (money["village"], money["planned"], money["programme"]) == ("T2", 42.5, "other")


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_help_and_lists_are_passed_over_whatever_sheets_are_called(
    tmp_path: Path, table: Table
) -> None:
    """Nothing of them is read or listed, and the made-up example never becomes a row."""
    written(tmp_path, {"villages": ROWS["villages"]})
    path = tmp_path / f"{table.name}.xlsx"
    book = openpyxl.load_workbook(path)
    for number, sheet in enumerate(book.worksheets):
        sheet.title, sheet.sheet_state = f"Trang {number}", "visible"
    book.save(path)
    campaign = read(tmp_path)
    assert campaign.problems.empty
    rows = campaign.tables[table.name]
    assert len(rows) == (len(VILLAGES) if table.name == "villages" else 0)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_the_sheet_has_all_headings_and_a_rule_for_each_column(
    tmp_path: Path, table: Table
) -> None:
    path = tmp_path / "book.xlsx"
    write_table_book(path, table, (), VILLAGES)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    columns = [one for one in table.columns if one.type not in ("commune", "communes")]
    assert (sheet.title, sheet.freeze_panes) == (table.name, "A2")
    assert [cell.value for cell in sheet[1]] == [one.vi for one in columns]
    looks = {bool(one.required): sheet.cell(1, at).fill.fgColor.rgb
             for at, one in enumerate(columns, start=1)}  # fmt: skip
    assert len(set(looks.values())) == len(looks), "what must be filled in is to be seen"
    rule_of = dict(rules(sheet))
    assert [*rule_of] == [one.vi for one in columns]
    for column in columns:
        rule, at = rule_of[column.vi], columns.index(column) + 1
        shown = sheet.cell(200, at).number_format
        if column.type == "date":
            assert (rule.type, shown) == ("date", "dd/mm/yyyy")
        elif column.type in ("whole", "year"):
            assert (rule.type, rule.formula1) == ("whole", str(column.min))
        elif column.type in ("choice", "yes_no", "village", "ethnicity", "question"):
            assert rule.type == "list"
            name, _, cells = rule.formula1.partition("!")
            texts = [row[0].value for row in book[name.strip("'")][cells.replace("$", "")]]
            expected = {
                "village": ["Thôn 1", "Thôn 2"],
                "ethnicity": [group.name for group in codebook().ethnic_groups],
                "question": [one.vi for one in codebook().tables["survey"].questions],
            }
            assert texts == expected.get(column.type, [one.vi for one in column.answers])
        if column.type in ("id", "text", "household", "task"):
            assert shown == "@", "001 keeps its zeros"


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_the_help_tells_of_every_column_and_has_an_example(tmp_path: Path, table: Table) -> None:
    path = tmp_path / "book.xlsx"
    write_table_book(path, table, (), VILLAGES)
    sheet = openpyxl.load_workbook(path)[Words("vi")("form.help.sheet")]
    rows = [[cell.value or "" for cell in row] for row in sheet.iter_rows()]
    texts = {text for row in rows for text in row}
    assert {table.row_vi, table.row_en} <= texts
    assert "hư cấu" in rows[[row[1] for row in rows].index("Cột")][5]
    of_column = {row[1]: row for row in rows if str(row[0]).isdigit()}
    for column in (one for one in table.columns if one.type not in ("commune", "communes")):
        row = of_column[column.vi]
        assert row[6] == column.en
        assert (row[3] == "có") == column.required
        assert row[5] or not column.required, "the example has what every row must have"


def test_the_example_is_a_row_that_reads_without_a_problem(tmp_path: Path) -> None:
    """As it is typed from the help into the tables, dates and all."""
    written(tmp_path, {"villages": ROWS["villages"]})
    for name in TABLES:
        path = tmp_path / f"{name}.xlsx"
        book = openpyxl.load_workbook(path)
        told = book[Words("vi")("form.help.sheet")].iter_rows(values_only=True)
        example = {row[1]: row[5] for row in told if str(row[0]).isdigit()}
        sheet = book[name]
        for cell in sheet[1] if name != "villages" else ():
            sheet.cell(2, cell.column).value = example[cell.value]
        if name == "task_progress":
            sheet.cell(2, 1).value = "PS-1"
        book.save(path)
    campaign = read(tmp_path)
    assert campaign.problems[["file", "column", "value", "problem"]].to_dict("records") == []
    assert all(len(campaign.tables[name]) for name in TABLES)


def test_a_village_is_called_by_its_code_where_its_name_is_not_its_own() -> None:
    villages = [("T1", "Thôn 1"), ("T2", "Đăk Tơ"), ("T3", "đăk tơ"), ("T4", "T1"), ("T5", "T5")]
    assert village_names(villages) == ["Thôn 1", "T2", "T3", "T4", "T5"]


def test_rows_of_a_folder_of_several_communes_keep_them(tmp_path: Path) -> None:
    path = tmp_path / "villages.xlsx"
    rows = [{"village": "T1", "name": "Thôn 1", "residential_areas": 1, "commune": "X1"}]
    write_table_book(path, TABLES["villages"], rows)
    sheet = openpyxl.load_workbook(path)["villages"]
    assert [cell.value for cell in sheet[2]] == ["T1", "Thôn 1", None, 1, "X1"]
