"""Problems that people can act on: the sum in a terminal, the workbook that goes back, doubts."""

import re
import shutil
import stat
import zipfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from intake_files import csv_text, example, workbook, write_campaign
from old_letters import in_tcvn3

from campaign_lib.codebook import codebook
from campaign_lib.codebook.problems import SEVERITY_OF, sentence
from campaign_lib.errors import Message
from campaign_lib.intake.problem_list import action_told, are_left, called, in_short, in_words, told
from campaign_lib.office.problem_book import name_of_book, write_book
from campaign_lib.pipeline.build import build
from campaign_lib.recount.verify import verify
from campaign_lib.store.processed import Processed
from campaign_lib.stories.audit import audit_story
from campaign_lib.words import Words, texts
from campaign_lib.words.console import run

TODAY = date(2025, 2, 1)
RED, YELLOW = "FFFFC7CE", "FFFFEB9C"
NAMES = ("file", "key", "column", "old", "new", "who", "when", "why")


def form(number: int, day: str, **answers: object) -> dict[str, object]:
    return {
        **example("survey", number), "surveyed_on": day, "dep_house_quality": "no",
        "dep_information": "no", "dep_nutrition": "no", "dep_child_school": "no", **answers,
    }  # fmt: skip


GONE = {"has_tv": "no", "has_fridge": "no", "has_phone": "no"}
FILES: dict[str, Any] = {
    "village_plans": [{"village": "A", "year": 2024, "issued_on": "2024-01-05"}],
    "poverty_status": [
        {"household": f"H{number:02}", "status": "poor", "valid_from": "2023-11-01"}
        for number in range(1, 61)
    ],
    "survey/2024Q1": [form(1, "2024-01-10"), form(2, "2024-01-10", income="1.500")],
    "survey/2024Q2": [
        form(1, "2024-04-10", **GONE, house="=1+1"),
        form(2, "2024-04-10", income="15.000"),
        form(3, "2024-04-10", has_tv="<b>x</b>"),
        form(4, "2024-04-10", borrowed="no"),
        form(99, "2024-04-10"),
    ],
    "models": [{**example("models", 1), "started_on": "2024-03-01", "ended_on": "2024-02-01"}],
    "funding": [{**example("funding", 1), "planned": 30, "disbursed": 40}],
    "task_progress": [
        {"task": "2024-Q1-1", "reported_on": "2023-11-01", "status": "done"},
        {"task": "2024-Q1-2", "reported_on": "2024-01-01", "status": "done"},
    ],
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("problems")
    write_campaign(folder / "raw", FILES)
    build(folder, TODAY)
    return folder


@pytest.fixture(scope="module")
def problems(data: Path) -> pd.DataFrame:
    return Processed(data / "processed").table("problems")


@pytest.fixture(scope="module")
def book(data: Path, problems: pd.DataFrame) -> openpyxl.Workbook:
    write_book(data / "book.xlsx", data / "raw", problems)
    return openpyxl.load_workbook(data / "book.xlsx")


def kept(problems: pd.DataFrame) -> Iterator[tuple[str, int, str, str]]:
    for line in problems[problems["action"] == "kept"].to_dict("records"):
        yield line["file"], line["row"], line["column"], line["value"]


def test_doubts_name_the_cell_and_nothing_else_is_doubted(problems: pd.DataFrame) -> None:
    assert list(kept(problems)) == [
        ("funding.csv", 2, "disbursed", "40"),
        ("models.csv", 2, "ended_on", "2024-02-01"),
        ("survey/2024Q2.csv", 2, "has_tv", "no"),
        ("survey/2024Q2.csv", 3, "income", "15000"),
        ("survey/2024Q2.csv", 5, "borrowed", "no"),
        ("task_progress.csv", 2, "reported_on", "2023-11-01"),
    ]
    said = problems.set_index(["file", "row"]).loc[("survey/2024Q2.csv", 3), "problem"]
    assert "ten times as much or as little as in 2024Q1; it was 1500" in str(said)


def test_every_action_has_words_and_a_severity(problems: pd.DataFrame) -> None:
    assert [action_told(action, "en") for action in SEVERITY_OF] == [*SEVERITY_OF]
    start = "problems.action."
    assert sum(key.startswith(start) for key in texts()) == len(SEVERITY_OF)
    by_row = problems.set_index(["file", "row"])["severity"]
    assert by_row["survey/2024Q2.csv", 6] == "error"
    assert by_row["survey/2024Q2.csv", 5] == "warning"


def test_of_very_many_lines_the_errors_are_told_and_the_rest_counted(
    problems: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, errors = Words("vi"), problems[problems["severity"] == "error"]
    assert 0 < len(errors) < len(problems)
    monkeypatch.setattr("campaign_lib.intake.problem_list.MOST_LINES", len(errors))
    *short, rest = in_words(problems, words)
    lines = [line for line in in_words(errors, words) if line.startswith("  ")]
    assert [line for line in short if line.startswith("  ")] == lines
    many = pd.concat([problems] * 500, ignore_index=True)
    assert len([*in_words(many, words)]) < 60, "a screenful"
    left = len(problems) - len(errors)
    assert rest == f"… và {left} dòng nữa, xem trong problems.xlsx hoặc problems.csv"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_sum_comes_from_the_lines(problems: pd.DataFrame, language: str) -> None:
    words = Words(language)
    lines = list(in_short(problems, words))
    files = [line for line in lines if line.startswith("  ") and not line.startswith("    ")]
    assert len(files) == problems["file"].nunique()
    assert files[0].startswith("  survey/2024Q2.csv: 3" if language == "vi" else "  survey/2024Q2")
    assert str(len(problems)) in lines[-1]
    assert len(list(in_words(problems, words))) == len(problems) + len(files)
    assert list(in_short(problems.iloc[:0], words)) == [words("check.none")]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("vi", "dòng 3, H02, Thu nhập bình quân (income; nghìn đồng/người/tháng), “15000”: "),
        ("en", "row 3, H02, Income per person (income; thousand đồng per person per month), “15"),
    ],
)
def test_lines_name_whom_to_ask_and_the_column_as_the_form_does(
    problems: pd.DataFrame, language: str, line: str
) -> None:
    words = Words(language)
    assert any(one.strip().startswith(line) for one in in_words(problems, words))
    label = "(Thu nhập bình quân)" if language == "vi" else "(Income per person)"
    assert any(label in one for one in in_short(problems, words))


def test_a_column_that_nobody_knows_is_called_as_it_is_headed() -> None:
    assert called("survey/2024Q1.csv", "shoe_size", "vi") == "shoe_size"
    assert called("no_table.ods", "income", "vi") == "income"
    assert called("survey/2024Q3/Thôn 1.xlsx", "has_tv", "vi") == "Có ti vi"


def test_the_book_can_be_read_on_paper_and_where_rows_do_not_fit_themselves(
    book: openpyxl.Workbook,
) -> None:
    page = book["survey 2024Q2"]
    said = page["C2"].value
    assert page.row_dimensions[2].height >= 15 * (said.count("\n") + 1) > 15
    assert page.row_dimensions[1].height > 15
    assert page.page_setup.fitToWidth == 3, "35 columns on one sheet are too small to read"
    assert page.print_title_cols == "$A:$C"
    assert all(book.worksheets[0].row_dimensions[row].height for row in range(5, 9))


def test_rows_stand_in_the_book_as_in_the_file_and_wrong_cells_are_marked(
    book: openpyxl.Workbook,
) -> None:
    page = book["survey 2024Q2"]
    headings = [cell.value for cell in page[1]]
    rows = {row[0].value: row for row in page.iter_rows(min_row=2)}
    assert list(rows) == ["2", "3", "4", "5", "6"]
    first = dict(zip(headings, rows["2"], strict=True))
    assert (first["household"].value, first["income"].value) == ("H01", "1500")
    assert (first["house"].value, first["house"].data_type) == ("=1+1", "s")
    assert (first["house"].fill.fgColor.rgb[-6:], first["has_tv"].fill.fgColor.rgb[-6:]) == (
        RED[-6:], YELLOW[-6:],
    )  # fmt: skip
    assert first["house"].comment and "set to unknown" in first["house"].comment.text
    assert first["has_motorbike"].comment is None
    assert "house" in rows["2"][2].value and "has_tv" in rows["2"][2].value
    # The household of row 6 is a slip; all others of the file live in A.
    assert [rows[row][1].value for row in ("2", "6")] == ["A", "A"]


def test_columns_that_nobody_knows_stay_out_of_all_that_is_written(tmp_path: Path) -> None:
    """In rows with problems, in rows passed over, merged, in old letters and of several sheets."""
    heads = "Mã hộ,Số CCCD,Điện thoại,Thôn,Chủ hộ,Dân tộc,Số nhân khẩu,Quê".split(",")
    old = in_tcvn3("xã Đăk Tờ Re huyện Kon Rẫy")
    rows = [
        [f"H{n:02}", f"0620990{n:05}", f"09{n:02}776655", "A", "Y Thu", "Xơ Đăng", "mấy", old]
        for n in range(1, 8)
    ]
    total = ["", "0620990123456", "0977 776655", "Tổng cộng 7 hộ", "", "", "7", ""]
    stray = ["", "0620990654321", "0988 776655", "", "Hộ mới", "", "", ""]
    cards = [["CCCD"], ["0620990"]]
    book = workbook({"Hộ": [["Danh sách"], [], heads, *rows, total, stray], "Thẻ": cards})
    merged = openpyxl.load_workbook(BytesIO(book))
    merged["Hộ"].merge_cells("B5:B6")
    write_campaign(tmp_path / "raw", FILES | {"households": None})
    merged.save(tmp_path / "raw" / "households.xlsx")
    build(tmp_path, TODAY)
    problems = Processed(tmp_path / "processed").table("problems")
    own = problems[problems["file"] == "households.xlsx"]
    assert {
        *("row passed over", "column ignored", "column converted", "read all the same"),
        *("set to unknown", "sheet passed over"),
    } == {*own["action"]}
    assert "Tổng cộng 7 hộ | 7" in set(own["value"])
    write_book(tmp_path / "book.xlsx", tmp_path / "raw", problems)
    with zipfile.ZipFile(tmp_path / "book.xlsx") as packed:
        told = [packed.read(name).decode() for name in packed.namelist()]
    assert "Y Thu" in "".join(told)
    told += [path.read_text("utf-8") for path in (tmp_path / "processed").glob("*.csv")]
    told += [str(problems.to_dict("list"))]
    assert not [text for text in told if re.search("0620990|776655|Kon R", text) or old in text]


def test_the_first_sheet_sums_up_and_leads_to_the_others(book: openpyxl.Workbook) -> None:
    first = book.worksheets[0]
    leads = [row[6] for row in first.iter_rows(min_row=6) if row[6].value]
    assert {cell.value for cell in leads} == {page.title for page in book.worksheets[1:]}
    for cell in leads:
        assert cell.hyperlink.location == f"'{cell.value}'!A1"
        assert cell.hyperlink.target is None, "a place in the book, and no address outside it"


def test_nobody_else_may_read_it(data: Path, book: openpyxl.Workbook) -> None:
    assert not stat.S_IMODE((data / "book.xlsx").stat().st_mode) & stat.S_IRWXO


def test_a_book_of_one_village_has_nobody_else(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from campaign_lib.cli.frame import campaign

    asked = ["--data", str(data), "--today", "2025-02-01", "check", "--village"]
    assert run(campaign, [*asked, "Thôn 2"], "campaign") == 0
    assert run(campaign, [*asked, "a"], "campaign") == 1
    capsys.readouterr()
    page = openpyxl.load_workbook(data / "processed" / "problems-A.xlsx")["survey 2024Q2"]
    assert [row[0].value for row in page.iter_rows(min_row=2)] == ["2", "3", "4", "5", "6"]
    assert run(campaign, [*asked, "Z"], "campaign") == 2
    assert name_of_book("T/1") != name_of_book("T 1")


def corrected(data: Path, folder: Path) -> Path:
    shutil.copytree(data / "raw", folder / "raw")
    lines = [("survey/2024Q2.csv", "H01", "house", "=1+1", "solid", "Y Thu", "2025-01-10", "xem")]
    text = csv_text(NAMES, [dict(zip(NAMES, line, strict=True)) for line in lines])
    (folder / "raw" / "corrections.csv").write_text(text, encoding="utf-8")
    build(folder, TODAY)
    return folder


def test_corrections_are_seen_in_audits_manifest_and_recount(data: Path, tmp_path: Path) -> None:
    processed = Processed(corrected(data, tmp_path) / "processed")
    assert "corrections.csv" in processed.manifest["files"]
    story = audit_story(processed, "improved_life", "2024Q2", "A", "en")
    assert "survey/2024Q2.csv:2" in story.as_text(households=True)
    assert "corrected, it said “=1+1” (corrections.csv 2: Y Thu" in story.as_text(households=True)
    found = verify(tmp_path)
    assert found.agrees and found.left == {}
    problems = processed.table("problems")
    (said,) = [one for one in in_words(problems, Words("vi")) if "đã đính chính" in one]
    assert said.count("đã đính chính") == 1
    assert are_left(problems) and not are_left(problems[problems["action"] == "corrected"])


def test_a_sheet_and_the_book_have_room_for_so_many_rows(
    data: Path, problems: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each sheet says how many of its rows are left out, also the one that has no room at all."""
    monkeypatch.setattr("campaign_lib.office.problem_book.MOST_ROWS", 2)
    monkeypatch.setattr("campaign_lib.office.problem_book.MOST_OF_BOOK", 4)
    path = data / "short.xlsx"
    write_book(path, data / "raw", problems)
    rows, told = [], []
    for page in openpyxl.load_workbook(path).worksheets[1:]:
        cells = [row for row in page.iter_rows(min_row=2, values_only=True) if row[0] or row[2]]
        rows += [(page.title, row[0]) for row in cells if row[0]]
        told += [row[2] for row in cells if not row[0]]
    assert len(rows) == 4
    with_rows = problems[problems["row"].notna()].drop_duplicates(["file", "row"])
    left_out = sum(int(str(text).rpartition(": ")[2]) for text in told)
    assert left_out == len(with_rows) - 4
    assert all(str(text).startswith("Còn ") for text in told)


@pytest.mark.parametrize(
    ("language", "left", "corrected", "none"),
    [
        ("vi", "Có 2 vấn đề trong 1 tệp: 1 lỗi (không tính được), 1 lưu ý (vẫn tính).",
         "Ngoài ra, đã sửa theo corrections.csv: 3.", "Không có vấn đề nào."),
        ("en", "Problems: 2, in files: 1: errors, not counted: 1, warnings, kept: 1.",
         "Besides these, corrected: 3.", "No problem was found."),
    ],
)  # fmt: skip
def test_what_was_corrected_is_no_problem_in_the_sum(
    problems: pd.DataFrame, language: str, left: str, corrected: str, none: str
) -> None:
    words = Words(language)
    one = problems[problems["file"] == "survey/2024Q2.csv"].drop_duplicates("severity")
    done = one.iloc[[0, 0, 0]].assign(action="corrected", file="models.csv")
    assert list(in_short(pd.concat([one, done]), words))[-2:] == [left, corrected]
    assert list(in_short(done, words))[-2:] == [none, corrected]


def test_sentences_call_columns_and_days_as_a_vietnamese_reader_does() -> None:
    tables = codebook().tables.values()
    keys = {code for table in tables for code in table.key if table.name != "corrections"}
    for code in keys:
        label = texts()[f"problems.column.{code}"].by_language["vi"].partition(" (")[0]
        columns = (column for table in tables for column in table.columns)
        assert label in {column.vi for column in columns if column.code == code}, code
    first, second = (Message(f"problems.column.{code}") for code in ("household", "valid_from"))
    key = Message("problems.key.several", column=first, key=second)
    both = told(sentence("row.differ", key=key), "vi")
    assert both.startswith("nhiều dòng cùng Mã hộ (household) và Từ ngày (valid_from) mà nội dung")
    assert (
        told(sentence("row.after_today", day=date(2025, 2, 1)), "vi")
        == "sau ngày hôm nay, 01/02/2025"
    )
