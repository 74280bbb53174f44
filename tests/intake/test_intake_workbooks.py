"""What a workbook says beside its values: hidden, merged, broken and far cells; kinds of files."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from intake_files import (
    REFUSED,
    UNKNOWN,
    Content,
    Reads,
    column,
    counts,
    lines,
    read,
)
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from campaign_lib.base import limits
from campaign_lib.errors import CampaignError
from campaign_lib.intake.sources import read_sheet

ALL_THE_SAME = "read all the same"
ACTIVITIES: list[list[object]] = [
    ["activity", "village", "held_on", "kind", "households_attending"],
    ["HD1", "A", date(2024, 2, 3), "họp", 4],
    ["HD2", "A", date(2024, 2, 4), "kể chuyện", 5],
    ["HD3", "B", date(2024, 2, 5), "thăm hộ", 6],
]


def book_of(rows: list[list[object]] = ACTIVITIES) -> Workbook:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return book


def saved(book: Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def activities(book: Workbook | bytes) -> dict[str, Content]:
    return {"activities.xlsx": book if isinstance(book, bytes) else saved(book)}


def test_hidden_rows_and_columns_are_read_and_listed(reads: Reads) -> None:
    book = book_of()
    book.active.row_dimensions[3].hidden = book.active.row_dimensions[4].hidden = True
    book.active.column_dimensions["D"].hidden = True
    campaign = reads(activities(book))
    assert column(campaign, "activities", "kind") == ["họp", "kể chuyện", "thăm hộ"]
    listed = campaign.problems[["row", "column", "value", "action"]].values.tolist()
    assert listed == [[1, "kind", "", ALL_THE_SAME], [3, "", "3-4", ALL_THE_SAME]]


def test_a_hidden_sheet_among_others_is_listed_and_not_read(reads: Reads) -> None:
    book = book_of()
    old = book.create_sheet("Bản cũ")
    for row in ACTIVITIES[:2]:
        old.append(["HD9" if cell == "HD1" else cell for cell in row])
    old.sheet_state = "hidden"
    campaign = reads(activities(book))
    assert column(campaign, "activities", "activity") == ["HD1", "HD2", "HD3"]
    (line,) = campaign.problems.to_dict("records")
    assert (line["sheet"], line["action"]) == ("Bản cũ", "sheet passed over")


def test_cells_merged_over_rows_hold_for_each_of_them(reads: Reads) -> None:
    book = book_of()
    book.active.merge_cells("B2:B4")
    book.active.merge_cells("D4:E4")
    campaign = reads(activities(book))
    assert column(campaign, "activities", "village") == ["A", "A", "A"]
    assert column(campaign, "activities", "households_attending") == [4, 5, None]
    (line,) = campaign.problems.to_dict("records")
    assert (line["row"], line["column"], line["value"]) == (2, "village", "A")
    assert line["action"] == ALL_THE_SAME


@pytest.mark.parametrize(
    ("column_changed", "action", "kept"),
    [("E", UNKNOWN, 3), ("C", REFUSED, 2), ("D", UNKNOWN, 3)],
)
@pytest.mark.parametrize(
    ("text", "kind", "problem"),
    [
        ("=SUM(1,2)", "f", "a formula whose result was never saved"),
        ("#N/A", "e", "the spreadsheet shows an error"),
        ("#REF!", "e", "the spreadsheet shows an error"),
    ],
)
def test_a_cell_without_a_value_is_not_an_empty_one(
    reads: Reads, column_changed: str, action: str, kept: int, text: str, kind: str, problem: str
) -> None:
    book = book_of()
    cell = book.active[f"{column_changed}3"]
    cell.value, cell.data_type = text, kind
    campaign = reads(activities(book))
    (line,) = lines(campaign)
    assert (line.row, line.value, line.action) == (3, text, action)
    assert problem in campaign.problems["problem"].item()
    assert counts(campaign, "activities.xlsx")[:2] == (3, kept)


def test_the_saved_result_of_a_formula_is_its_value(reads: Reads) -> None:
    content = saved(book_of([*ACTIVITIES, ["HD4", "A", date(2024, 2, 6), "x", "=1+6"]]))
    parts = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    for empty in (b"<v></v>", b"<v/>", b"<v />"):
        parts[sheet] = parts[sheet].replace(b"</f>" + empty, b"</f><v>7</v>")
    campaign = reads(activities(zipped(parts)))
    assert lines(campaign) == []
    assert column(campaign, "activities", "households_attending") == [4, 5, 6, 7]


def test_rich_text_and_truth_values(reads: Reads) -> None:
    book = book_of([["household", "surveyed_on", "has_tv", "has_phone", "enumerator"]])
    rich = CellRichText("quỹ ", TextBlock(InlineFont(b=True), "hội"))
    book.active.append(["H01", date(2024, 1, 10), True, False, rich])
    campaign = reads({"survey/2024Q1": None, "survey/2024Q1.xlsx": saved(book)})
    (row,) = campaign.tables["survey"].to_dict("records")
    assert (row["has_tv"], row["has_phone"], row["enumerator"]) == ("yes", "no", "quỹ hội")


@pytest.mark.parametrize("mac", [False, True])
def test_bare_numbers_are_days_as_the_workbook_counts_them(reads: Reads, mac: bool) -> None:
    book = book_of()
    if mac:
        book.epoch = CALENDAR_MAC_1904
    book.active["C2"] = 45325 - 1462 * mac
    book.active["C2"].number_format = "General"
    for row, number in ((3, 2024), (4, 20240204)):
        book.active[f"C{row}"] = number
        book.active[f"C{row}"].number_format = "General"
    campaign = reads(activities(book))
    assert column(campaign, "activities", "held_on") == ["2024-02-03"]
    assert [line.action for line in lines(campaign)] == [REFUSED, REFUSED]


# --- Kinds of files ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["activities.xlsm", "activities.xls", "Activities.XLSX"])
def test_a_workbook_is_what_its_content_says(reads: Reads, name: str) -> None:
    campaign = reads({name: saved(book_of())})
    assert lines(campaign) == []
    assert column(campaign, "activities", "kind") == ["họp", "kể chuyện", "thăm hộ"]


@pytest.mark.parametrize("name", ["activities.xls", "activities.xlsx"])
def test_a_workbook_of_the_old_kind(reads: Reads, name: str) -> None:
    content = (Path(__file__).parent / "activities_of_1997.xls").read_bytes()
    campaign = reads({name: content})
    assert [line.action for line in lines(campaign)] == ["row passed over", ALL_THE_SAME]
    assert column(campaign, "activities", "kind") == ["họp", "kể chuyện"]
    assert column(campaign, "activities", "held_on") == ["2024-02-03", "2024-02-04"]
    assert column(campaign, "activities", "village") == ["A", "A"]
    assert column(campaign, "activities", "source_row") == [3, 4]


def test_csv_and_xlsx_go_before_the_older_kind(reads: Reads) -> None:
    text = "activity,held_on\nHD7,2024-02-03\n"
    campaign = reads({"activities": text, "activities.xls": saved(book_of())})
    assert column(campaign, "activities", "activity") == ["HD7"]
    (line,) = lines(campaign)
    assert (line.file, line.action) == ("activities.xls", "file ignored")


# --- Damaged, huge and hostile files -------------------------------------------------------------


def zipped(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def changed(part: str, old: bytes, new: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(saved(book_of()))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    return zipped({**parts, part: parts[part].replace(old, new)})


SHEET = "xl/worksheets/sheet1.xml"
FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
DAMAGED = {
    "no_workbook": zipped({"hello.txt": b"x"}),
    "not_xml": changed(SHEET, b"<sheetData>", b"<sheetData><"),
    "no_zip": b"PK\x03\x04" + b"\0" * 100,
    "half": saved(book_of())[:3000],
    "nothing": b"",
    "html": b"<html><table><tr><td>activity</td></tr></table></html>",
    "old_kind_cut": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "declared_type": changed(SHEET, b"<worksheet ", b"<!DOCTYPE x []><worksheet "),
    "strange_reference": changed(SHEET, b'r="A2"', b'r="2A"'),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_workbook_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(CampaignError, match=r"activities\.xlsx: "):
        read(tmp_path, {"activities.xlsx": DAMAGED[name]})


def test_cells_far_away_are_refused_before_they_are_held(tmp_path: Path) -> None:
    content = changed(SHEET, b"</sheetData>", FAR)
    with pytest.raises(CampaignError, match="spreads over 1048576 rows and 16384 columns"):
        read(tmp_path, {"activities.xlsx": content})


def test_a_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_UNPACKED", 2**24)
    content = io.BytesIO(saved(book_of()))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/blanks.bin", bytes(2**24))
    assert len(content.getvalue()) < 2**16
    with pytest.raises(CampaignError, match="would unpack into 16 MB"):
        read(tmp_path, {"activities.xlsx": content.getvalue()})


def test_a_row_of_a_million_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match="1000001 columns"):
        read(tmp_path, {"activities": "activity,held_on\nHD1,2024-01-10\n" + "," * 10**6})


def test_a_file_beyond_all_tables_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    with path.open("wb") as file:
        file.truncate(1024**4)
    with pytest.raises(CampaignError, match=r"x\.csv: has 1048576 MB, and at most 256 MB are read"):
        read_sheet(path, "x.csv")


def test_a_protected_sheet_is_read(reads: Reads) -> None:
    """The forms lock their keys; that is no password on the file."""
    book = book_of()
    book.active.protection.sheet = True
    content = saved(book)
    assert load_workbook(io.BytesIO(content)).active.protection.sheet
    assert column(reads(activities(content)), "activities", "activity") == ["HD1", "HD2", "HD3"]
