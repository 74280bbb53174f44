"""An office's own list becomes a table: what is taken, what never is, who is who the next time."""

import random
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from office_lists import Home, write_office_list
from old_letters import in_tcvn3

from campaign_lib.cli import main
from campaign_lib.codebook import codebook
from campaign_lib.errors import CampaignError
from campaign_lib.intake import read_campaign
from campaign_lib.office.lists import Wish, in_words, look_into, write_list
from campaign_lib.office.table_book import write_table_book
from campaign_lib.words import Words

VILLAGES = [("T1", "Kon Rá"), ("T2", "Thôn 2"), ("T3", "Đăk Pne")]
FIRST = {
    "Thôn Kon Rá": [
        Home("A Brông", 1975, status="poor"),
        Home("Y Hnam", 1980, "female", status="near_poor"),
        Home("A Brông", 1960),
    ],
    "Thôn 2": [Home("A Thêu", 1991, ethnicity="Ba Na"), Home("Bà Y Hoà", "12/3/1970", "female")],
    "THÔN ĐĂK PNE": [Home("Nguyễn Văn Mẫu 0912345678", 1985, ethnicity="Kinh", members="5 người")],
}
CODES = ["T1-001", "T1-002", "T1-003", "T2-001", "T2-002", "T3-001"]
DAY = date(2024, 12, 31)


@pytest.fixture(scope="module")
def begun(tmp_path_factory) -> Path:
    """A folder whose villages are listed and whose other tables are empty."""
    raw, book = tmp_path_factory.mktemp("begun") / "raw", codebook().tables
    rows = [{"village": code, "name": name, "residential_areas": 1} for code, name in VILLAGES]
    write_table_book(raw / "villages.xlsx", book["villages"], rows)
    write_table_book(raw / "households.xlsx", book["households"], [], VILLAGES)
    return raw


@pytest.fixture
def raw(begun, tmp_path) -> Path:
    return shutil.copytree(begun, tmp_path / "raw")


def take(raw: Path, villages=FIRST, table="households", on: date | None = DAY, **about) -> str:
    """Take a list in; gives what was said."""
    path = write_office_list(raw.parent / "from the office" / "list.xlsx", villages)
    return take_file(raw, path, table, on, **about)


def take_file(raw: Path, path: Path, table: str, on: date | None = DAY, **about) -> str:
    taken = look_into(raw, path, Wish(table, on=on, **about))
    if taken.changes:
        write_list(taken)
    return "\n".join(in_words(taken, Words("en")))


def table(raw: Path, name: str) -> list[dict[str, Any]]:
    """Give the checked rows of a table; nothing may be wrong with what was taken in."""
    campaign = read_campaign(raw, date(2025, 6, 1), without_survey=True)
    return campaign.tables[name].to_dict("records")


def plain_list(path: Path, rows: list[list[Any]], sheet: str = "Sheet1") -> Path:
    book = openpyxl.Workbook()
    book.worksheets[0].title = sheet
    for row in rows:
        book.worksheets[0].append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def test_the_offices_list_becomes_the_register(raw):
    said = take(raw)
    rows = table(raw, "households")
    assert [row["household"] for row in rows] == CODES
    assert [row["village"] for row in rows] == ["T1", "T1", "T1", "T2", "T2", "T3"]
    assert [row["birth_year"] for row in rows] == [1975, 1980, 1960, 1991, 1970, 1985]
    assert [row["head_sex"] for row in rows] == ["male", "female", "male", "male", "female", "male"]
    assert [row["ethnicity"] for row in rows] == ["xo_dang"] * 3 + ["ba_na", "xo_dang", "kinh"]
    assert [row["members"] for row in rows] == [4, 4, 4, 4, 4, 5]
    assert rows[5]["head_name"] == "Nguyễn Văn Mẫu"
    assert "Row 16, column “Chủ hộ”: has a number as long as" in said
    assert "New 6, changed 0, the same 0, gone 0, left out 0" in said


def test_every_column_and_row_is_told(raw):
    said = take(raw)
    for line in (
        "Column A “STT”: only numbers the rows",
        "Column B “Họ và tên chủ hộ” → Chủ hộ (head_name)",
        "Column C “Nam”, where marked → Giới tính chủ hộ: Nam (head_sex)",
        "Column F “Số khẩu (người)” → Số nhân khẩu (members)",
        "Column G “Số CCCD”: numbers of papers, telephones or accounts, never taken",
        "Column H “Điện thoại”: numbers of papers, telephones or accounts, never taken",
        "Column I “Hộ nghèo”: belongs to the table poverty_status",
        "Column K “Ghi chú”: not known, left out",
        "Row 1: above the table: UBND XÃ MẪU",
        "Row 8: name of a village: I. Thôn Kon Rá (3 hộ)",
        "Row 17: a total: Tổng cộng | 6",
        "Row 22: below the table: Nguyễn Văn Mẫu | Trần Thị Mẫu",
        "T1 (Kon Rá): rows taken: 3",
    ):
        assert line in said


def test_numbers_of_papers_are_in_no_file(raw):
    take(raw)
    take(raw, table="poverty_status")
    for path in raw.rglob("*.xlsx"):
        for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True):
            assert not any("0620" in str(cell) or "0912" in str(cell) for cell in row)


def test_marks_are_the_status_and_no_mark_is_not_poor(raw):
    take(raw)
    said = take(raw, table="poverty_status")
    rows = table(raw, "poverty_status")
    assert [(row["household"], row["status"]) for row in rows] == [
        ("T1-001", "poor"), ("T1-002", "near_poor"), ("T1-003", "not_poor"),
        ("T2-001", "not_poor"), ("T2-002", "not_poor"), ("T3-001", "not_poor"),
    ]  # fmt: skip
    assert {str(row["valid_from"].date()) for row in rows} == {"2024-12-31"}
    assert "New 6" in said and "left out 0" in said


def test_one_column_of_marks_says_nothing_of_the_others(raw, tmp_path):
    take(raw)
    head = ["STT", "Họ và tên", "Hộ nghèo", "Thôn"]
    rows = [head, [1, "Y Hnam", "x", "T1"], [2, "A Thêu", None, "T2"]]
    said = take_file(raw, plain_list(tmp_path / "poor.xlsx", rows), "poverty_status")
    book = openpyxl.load_workbook(raw / "poverty_status.xlsx").worksheets[0]
    cells = [[cell.value for cell in row[:2]] for row in book.iter_rows(min_row=2, max_row=3)]
    assert cells == [["T1-002", "Nghèo"], [None, None]]
    assert "Row 3: does not say Diện hộ; left out" in said


def test_the_same_list_again_changes_nothing(raw):
    take(raw)
    before = (raw / "households.xlsx").read_bytes()
    assert "New 0, changed 0, the same 6, gone 0" in take(raw)
    assert (raw / "households.xlsx").read_bytes() == before


def test_next_years_list_says_who_is_new_gone_and_changed(raw):
    take(raw)
    later = {
        "Kon Rá": [
            Home("A Brông", 1975, members=6),
            Home("A Brông", 1960),
            Home("Y Mới", 2001, "female"),
        ],
        "Thôn 2": FIRST["Thôn 2"],
    }
    said = take(raw, later, on=date(2025, 12, 31))
    assert "T1-001, Số nhân khẩu: 4 → 6" in said
    assert "T1-002 (Y Hnam): no longer on the list, left on 31/12/2025" in said or (
        "T1-002 (Y Hnam): no longer on the list, left on 2025-12-31" in said
    )
    assert "T1-004 (Y Mới): new" in said
    assert "whose households stay as they are: Đăk Pne" in said
    rows = {row["household"]: row for row in table(raw, "households")}
    assert rows["T1-001"]["members"] == 6
    assert (
        rows["T1-002"]["left_on"].date() == rows["T1-004"]["joined_on"].date() == date(2025, 12, 31)
    )
    assert str(rows["T3-001"]["left_on"]) == "NaT"
    assert [path.name[:11] for path in (raw.parent / "replaced").iterdir()] == ["households-"]


def test_a_list_that_differs_needs_a_day(raw):
    take(raw)
    with pytest.raises(CampaignError, match="2 new households and lacks 1"):
        take(raw, {"Kon Rá": [*FIRST["Thôn Kon Rá"][:2], Home("A Xa"), Home("A Gần")]}, on=None)


def test_who_cannot_be_told_apart_is_told(raw):
    twins = [Home("A Thêu", 1991), Home("A Thêu", 1991, members=7)]
    said = take(raw, {"Thôn 2": twins})
    assert "Rows 9, 10: the same village, name and birth year (A Thêu)" in said
    again = take(raw, {"Thôn 2": twins})
    assert (
        "Row 9: the same village, name and birth year as several households (T2-001, T2-002)"
        in again
    )
    one = take(raw, {"Thôn 2": twins[:1]}, on=date(2025, 12, 31))
    assert "Row 9 (A Thêu): may be any of T2-001, T2-002" in one and "gone 0" in one
    with pytest.raises(CampaignError, match="None of the 1 rows"):
        take(raw, {"Thôn 2": [Home("A Thêu", 1991, status="poor")]}, "poverty_status")


def test_a_name_that_comes_up_elsewhere_is_not_taken_for_a_move(raw):
    take(raw)
    moved = {
        "Kon Rá": FIRST["Thôn Kon Rá"][:2],
        "Đăk Pne": [*FIRST["THÔN ĐĂK PNE"], Home("A Brông", 1960)],
    }
    said = take(raw, moved, on=date(2025, 12, 31))
    assert "Row 13 (A Brông): a new household with the name of T1-003" in said


def test_a_list_with_codes_knows_who_has_moved(raw, tmp_path):
    take(raw)
    rows = [["Mã hộ", "Chủ hộ", "Dân tộc", "Thôn"], ["t1-003", "A Brông", "Xê Đăng", "Đăk Pne"]]
    said = take_file(raw, plain_list(tmp_path / "moved.xlsx", rows), "households", date(2025, 3, 1))
    assert "T1-003: moved to Đăk Pne" in said
    stays = [row for row in table(raw, "households") if row["household"] == "T1-003"]
    assert [row["village"] for row in stays] == ["T1", "T3"]
    assert stays[0]["left_on"] == stays[1]["joined_on"]


def test_hoà_is_hòa_and_ông_is_no_part_of_a_name(raw):
    take(raw)
    said = take(
        raw,
        {
            **FIRST,
            "Thôn 2": [
                Home("ông  A Thêu", 1991, ethnicity="Bahnar"),
                Home("Y Hòa", 1970, "female"),
            ],
        },
    )
    assert "the same 6" in said


def test_a_list_of_persons_keeps_the_heads(raw, tmp_path):
    rows = [
        ["Số TT", "Họ và tên", "Quan hệ với chủ hộ", "Năm sinh", "Dân tộc"],
        [1, "A Ví", "Chủ hộ", 1970, "Gié-Triêng"],
        [None, "Y Dụ", "Vợ", 1972, "Gié-Triêng"],
        [2, "A Thử", "chủ hộ", 1990, "Gié Triêng"],
    ]
    said = take_file(raw, plain_list(tmp_path / "all.xlsx", rows), "households", village="T2")
    assert [row["head_name"] for row in table(raw, "households")] == ["A Ví", "A Thử"]
    assert "Row 3: members of a household, not its head" in said


def test_sheets_called_like_villages_say_whose_they_are(raw, tmp_path):
    book = openpyxl.Workbook()
    for code, name in VILLAGES[:2]:
        sheet = book.create_sheet(name)
        sheet.append(["Tên chủ hộ", "Dân tộc", "Tên gọi"])
        sheet.append([f"A {code}", "Ba Na", "x"])
    book.remove(book.worksheets[0])
    book.save(tmp_path / "sheets.xlsx")
    take_file(raw, tmp_path / "sheets.xlsx", "households")
    assert [row["household"] for row in table(raw, "households")] == ["T1-001", "T2-001"]


@pytest.mark.parametrize(
    ("rows", "about", "says"),
    [
        (
            [["a", "b"], ["c", "d"]],
            {},
            "list.xlsx: no row has two or more headings of these: Mã hộ",
        ),
        (
            [["Chủ hộ", "Năm sinh"], ["A", 1980]],
            {"village": "T1"},
            "list.xlsx: the list has no column ethnicity",
        ),
        (
            [["Chủ hộ", "Dân tộc"], ["A", "Ba Na"]],
            {},
            "list.xlsx, row 2: it is not said which village",
        ),
        (
            [["Chủ hộ", "Dân tộc"], ["Thôn Xa", None], ["A", "Ba Na"]],
            {},
            "list.xlsx, row 2: “Thôn Xa” is no village",
        ),
        (
            [["Chủ hộ", "Dân tộc", "Thôn"], ["A", "Ba Na", "Kon Ra"]],
            {},
            "row 2: “Kon Ra” is no village .*did you mean",
        ),
        (
            [["Chủ hộ", "Họ tên", "Dân tộc"], ["A", "A", "Ba Na"]],
            {},
            "the columns “Chủ hộ”, “Họ tên” may all be head_name",
        ),
        (
            [["Chủ hộ", "Dân tộc"], ["A", "Ba Na"]],
            {"mapped": {"X": "members"}},
            "has no heading “x”",
        ),
        (
            [["Chủ hộ", "Dân tộc"], ["A", "Ba Na"]],
            {"mapped": {"Chủ hộ": "nobody"}},
            "no column nobody",
        ),
        (
            [["Chủ hộ", "Số CCCD"], ["A", "0"]],
            {"mapped": {"Số CCCD": "household"}},
            "“Số CCCD” has numbers of persons",
        ),
        ([["Chủ hộ", "Dân tộc"], ["A", "Ba Na"]], {"village": "T9"}, "'T9' is no village"),
    ],
)
def test_what_cannot_be_told_is_one_sentence(raw, tmp_path, rows, about, says):
    before = {path: path.read_bytes() for path in raw.iterdir()}
    with pytest.raises(CampaignError, match=says):
        take_file(raw, plain_list(tmp_path / "list.xlsx", rows), "households", **about)
    assert before == {path: path.read_bytes() for path in raw.iterdir()}


def test_a_mapped_heading_wins(raw, tmp_path):
    rows = [["Gia chủ", "Dân tộc", "Chủ hộ"], ["A Đúng", "Ba Na", "A Sai"]]
    path = plain_list(tmp_path / "list.xlsx", rows)
    take_file(raw, path, "households", village="Kon Rá", mapped={"Gia chủ": "head_name"})
    assert table(raw, "households")[0]["head_name"] == "A Đúng"


def test_a_code_that_is_a_number_of_papers_is_none(raw, tmp_path):
    rows = [["Mã hộ", "Chủ hộ", "Dân tộc"], ["062085001234", "A Ví", "Ba Na"]]
    said = take_file(raw, plain_list(tmp_path / "l.xlsx", rows), "households", village="T1")
    assert "Column A “Mã hộ”: numbers of papers" in said
    assert table(raw, "households")[0]["household"] == "T1-001"


def test_rows_without_a_code_among_codes_wait_for_the_word(raw, tmp_path):
    rows = [["Mã hộ", "Chủ hộ", "Dân tộc"], ["K1", "A", "Ba Na"], [None, "B", "Ba Na"]]
    path = plain_list(tmp_path / "l.xlsx", rows)
    assert "Row 3: the list has a column of codes" in take_file(
        raw, path, "households", village="T1"
    )
    take_file(raw, path, "households", village="T1", assign=True)
    assert [row["household"] for row in table(raw, "households")] == ["K1", "T1-001"]


def test_other_tables_are_lists_too(raw, tmp_path):
    rows = [
        ["TT", "Thôn", "Ngày tổ chức", "Loại hoạt động"],
        [1, "Kon Rá", "15/3/2025", "Họp thôn"],
    ]
    path = plain_list(tmp_path / "hd.xlsx", rows)
    assert "New 1" in take_file(raw, path, "activities")
    assert "the same 1" in take_file(raw, path, "activities")
    (row,) = table(raw, "activities")
    assert (row["activity"], row["village"], row["held_on"].date()) == (
        "A001",
        "T1",
        date(2025, 3, 15),
    )


def test_next_years_status_keeps_the_year_before(raw):
    take(raw)
    take(raw, table="poverty_status")
    out = {**FIRST, "Thôn Kon Rá": [Home("A Brông", 1975), *FIRST["Thôn Kon Rá"][1:]]}
    said = take(raw, out, "poverty_status", date(2025, 12, 31))
    assert "New 6" in said
    rows = [(row["household"], str(row["valid_from"].date()), row["status"])
            for row in table(raw, "poverty_status") if row["household"] == "T1-001"]  # fmt: skip
    assert rows == [("T1-001", "2024-12-31", "poor"), ("T1-001", "2025-12-31", "not_poor")]


def test_a_corrected_list_of_one_day_takes_its_place(raw):
    take(raw)
    take(raw, table="poverty_status")
    fewer = {**FIRST, "Thôn Kon Rá": FIRST["Thôn Kon Rá"][:2]}
    said = take(raw, fewer, "poverty_status")
    assert "T1-003: the list of 2024-12-31 has this household no longer" in said
    assert "gone 1" in said


def run(raw: Path, path: Path, *rest: str) -> int:
    return main(["--data", str(raw.parent), "import", str(path), *rest])


def test_the_command_asks_before_rows_are_replaced(raw, capsys, monkeypatch):
    monkeypatch.setenv("CAMPAIGN_LANGUAGE", "vi")
    path = write_office_list(raw.parent / "danh sách.xlsx", FIRST)
    assert run(raw, path, "--as", "households") == 0
    assert "Đã ghi" in capsys.readouterr().out
    more = write_office_list(
        raw.parent / "l2.xlsx", {"Thôn 2": [*FIRST["Thôn 2"], Home("A Mới", 1999)]}
    )
    assert run(raw, more, "--as", "households", "--on", "31/12/2025") == 2
    said = capsys.readouterr()
    assert "A Mới" in said.out and "--replace" in said.err
    assert run(raw, more, "--as", "households", "--on", "31/12/2025", "--replace") == 0
    assert len(table(raw, "households")) == 7


def test_the_command_names_what_it_cannot_do(raw, capsys, monkeypatch):
    monkeypatch.setenv("CAMPAIGN_LANGUAGE", "en")
    path = write_office_list(raw.parent / "l.xlsx", FIRST)
    assert run(raw, path, "--as", "household") == 2
    assert "known are villages (Thôn), " in capsys.readouterr().err
    assert run(raw, path, "--as", "poverty_status", "--on", "31/12/2024") == 2
    assert "import the list of households first" in capsys.readouterr().err
    assert run(raw, path, "--as", "poverty_status") == 2
    assert "add --on DATE" in capsys.readouterr().err
    assert run(raw, path, "--as", "households", "--map", "X") == 2
    assert "HEADING=column" in capsys.readouterr().err
    assert run(raw, raw / "villages.xlsx", "--as", "villages") == 2
    assert "no list of an office" in capsys.readouterr().err
    shutil.rmtree(raw)
    assert run(raw, path, "--as", "households") == 2


def test_a_title_says_what_all_of_a_list_are(raw, tmp_path):
    take(raw)
    head = ["TT", "Họ tên chủ hộ", "Năm sinh", "Địa chỉ"]
    poor = [["DANH SÁCH HỘ NGHÈO NĂM 2024"], head, ["01", "A Brông", 1975, "Thôn Kon Rá, xã Mẫu"]]
    near = [["Danh sách hộ cận nghèo năm 2024"], head, ["01", "Y Hnam", 1980, "Kon Rá"]]
    assert "Diện hộ is Nghèo" in take_file(
        raw, plain_list(tmp_path / "a.xlsx", poor), "poverty_status"
    )
    take_file(raw, plain_list(tmp_path / "b.xlsx", near), "poverty_status")
    rows = [(row["household"], row["status"]) for row in table(raw, "poverty_status")]
    assert rows == [("T1-001", "poor"), ("T1-002", "near_poor")]
    both = [["DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO"], head, ["01", "Y Hnam", 1980, "Kon Rá"]]
    with pytest.raises(CampaignError, match="no column status"):
        take_file(raw, plain_list(tmp_path / "c.xlsx", both), "poverty_status")


@pytest.mark.parametrize("seed", range(6))
def test_however_it_is_laid_out_the_register_is_the_same(raw, tmp_path, seed):
    """Columns in any order, with or without numbers, titles, a total; villages three ways."""
    draw = random.Random(seed)
    places = [name for _, name in VILLAGES]
    homes = [(village, f"A {chr(65 + at)}", 1950 + at, at % 2, 1 + at % 7)
             for at, village in enumerate(draw.choices(places, k=14))]  # fmt: skip
    homes.sort(key=lambda home: places.index(home[0]))
    way = ("column", "row", "sheet")[seed % 3]
    columns = {
        "Họ và tên": lambda home: home[1],
        "Năm sinh": lambda home: home[2] if seed % 2 else f"{home[2]}",
        "Giới tính": lambda home: "Nam" if home[3] else "Nữ",
        "Dân tộc": lambda home: "Xơ-đăng",
        "Số khẩu": lambda home: home[4],
        "Số CMND": lambda home: "233000000",
    }
    order = draw.sample([*columns], k=len(columns))
    if way == "column":
        columns["Thôn"], order = lambda home: home[0], [*order, "Thôn"]
    numbered = draw.random() < 0.5
    book = openpyxl.Workbook()
    for sheet_name in [name for _, name in VILLAGES] if way == "sheet" else ["Tổng hợp"]:
        sheet = book.create_sheet(sheet_name)
        for _ in range(draw.randrange(4)):
            sheet.append([None, "Danh sách của xã"])
        sheet.append([*(["STT"] if numbered else []), *order])
        last = ""
        for at, home in enumerate(homes, 1):
            if way == "sheet" and home[0] != sheet_name:
                continue
            if way == "row" and home[0] != last:
                sheet.append([None, f"Thôn {home[0].removeprefix('Thôn ')}"])
                last = home[0]
            sheet.append([*([at] if numbered else []), *(columns[name](home) for name in order)])
        if draw.random() < 0.7:
            sheet.append(["Cộng", None, len(homes)])
            sheet.append([None, None, None, "Người lập"])
    book.remove(book.worksheets[0])
    book.save(tmp_path / "list.xlsx")
    take_file(raw, tmp_path / "list.xlsx", "households")
    names = dict(VILLAGES)
    found = [(names[row["village"]], row["head_name"], row["birth_year"],
              int(row["head_sex"] == "male"), row["members"])
             for row in table(raw, "households")]  # fmt: skip
    assert found == homes


def test_old_letters_are_read_and_told(raw, tmp_path):
    rows = [
        ["Số TT", "Họ và tên chủ hộ", "Dân tộc"],
        ["I", "Đăk Pne", ""],
        ["1", "Y Nguyệt", "Giẻ Triêng"],
    ]
    text = "\n".join(";".join(in_tcvn3(cell) for cell in row) for row in rows)
    (tmp_path / "old.csv").write_bytes(text.encode("latin-1"))
    assert "TCVN3" in take_file(raw, tmp_path / "old.csv", "households")
    (row,) = table(raw, "households")
    assert (row["village"], row["head_name"], row["ethnicity"]) == ("T3", "Y Nguyệt", "gie_trieng")


def test_sheets_of_the_poor_and_the_near_poor_speak_for_themselves(raw, tmp_path):
    take(raw)
    book = openpyxl.Workbook()
    for name, row in (("Hộ nghèo", ["A Brông", 1975]), ("Hộ cận nghèo", ["Y Hnam", 1980])):
        sheet = book.create_sheet(name)
        sheet.append(["Họ tên", "Năm sinh", "Thôn"])
        sheet.append([*row, "làng Kon Rá"])
    book.remove(book.worksheets[0])
    book.save(tmp_path / "two.xlsx")
    take_file(raw, tmp_path / "two.xlsx", "poverty_status")
    rows = [(row["household"], row["status"]) for row in table(raw, "poverty_status")]
    assert rows == [("T1-001", "poor"), ("T1-002", "near_poor")]


def test_an_empty_cell_takes_nothing_away_and_a_changed_one_is_told(raw, tmp_path):
    take(raw)
    take(raw, table="poverty_status")
    rows = [["Mã hộ", "Diện hộ"], ["T1-001", None], ["T1-002", "Hộ nghèo"]]
    said = take_file(raw, plain_list(tmp_path / "l.xlsx", rows), "poverty_status")
    assert "Row 2: does not say Diện hộ; left out" in said
    assert "T1-002, Diện hộ: Cận nghèo → Nghèo" in said
    found = {row["household"]: row["status"] for row in table(raw, "poverty_status")}
    assert (found["T1-001"], found["T1-002"], len(found)) == ("poor", "poor", 6)


def test_another_birth_year_is_told_as_such(raw):
    take(raw)
    said = take(raw, {"Kon Rá": [Home("A Brông", 1999), Home("Y Hnam", 1980)]}, "poverty_status")
    assert "Row 9 (A Brông): T1-001 (1975), T1-003 (1960) have the same village and name" in said


def test_one_village_is_not_asked_for_where_the_list_names_another(raw):
    path = write_office_list(raw.parent / "l.xlsx", FIRST)
    with pytest.raises(CampaignError, match="row 13: is of Thôn 2, and --village says Kon Rá"):
        take_file(raw, path, "households", village="T1")


def test_a_cell_that_contradicts_the_row_above_is_told(raw, tmp_path):
    rows = [["Chủ hộ", "Dân tộc", "Địa chỉ"], ["Thôn 2"], ["A Ví", "Ba Na", "Kon Rá"]]
    said = take_file(raw, plain_list(tmp_path / "l.xlsx", rows), "households")
    assert "Row 3: its cell says Kon Rá, what stands above says Thôn 2" in said


def test_a_village_is_known_by_its_tones_wherever_they_stand(raw, tmp_path):
    book = codebook().tables["villages"]
    rows = [{"village": "T1", "name": "Thôn Hòa Bình", "residential_areas": 1}]
    write_table_book(raw / "villages.xlsx", book, rows)
    rows = [
        ["Chủ hộ", "Dân tộc", "Thôn"],
        ["A", "Ba Na", "Hoà Bình"],
        ["B", "Ba Na", "thôn Hoà Bình"],
    ]
    take_file(raw, plain_list(tmp_path / "l.xlsx", rows), "households")
    assert [row["village"] for row in table(raw, "households")] == ["T1", "T1"]


def test_a_number_of_papers_goes_with_its_brackets(raw, tmp_path):
    rows = [["Chủ hộ", "Dân tộc"], ["A Nhơi (CCCD 062085001234)", "Ba Na"]]
    take_file(raw, plain_list(tmp_path / "l.xlsx", rows), "households", village="T1")
    assert table(raw, "households")[0]["head_name"] == "A Nhơi"
