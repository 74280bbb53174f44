"""A list of households as an office keeps it: made up, and nothing in it is about anybody.

Title lines, headings in two rows and in the office's words, birth years below `Nam` or `Nữ`,
villages as merged sub-headings, an x for each poor household, numbers of papers, a total and
signatures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet


@dataclass(frozen=True)
class Home:
    """A household of the list; `status` is poor, near_poor or not_poor."""

    name: str
    year: int | str = 1980
    sex: str = "male"
    ethnicity: str = "Xơ Đăng"
    members: int | str = 4
    status: str = "not_poor"


_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII")
_HEADS = [
    ("STT", ""), ("Họ và tên chủ hộ", ""), ("Năm sinh", "Nam"), ("", "Nữ"), ("Dân tộc", ""),
    ("Số khẩu (người)", ""), ("Số CCCD", ""), ("Điện thoại", ""), ("Diện hộ", "Hộ nghèo"),
    ("", "Hộ cận nghèo"), ("Ghi chú", ""),
]  # fmt: skip


def write_office_list(
    path: Path, villages: Mapping[str, Sequence[Home]], title: str = "DANH SÁCH HỘ NĂM 2024"
) -> Path:
    """Write the list; villages by the name that stands above their households."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Danh sách"
    sheet["A1"], sheet["F1"] = "UBND XÃ MẪU", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    sheet["A3"] = title
    sheet.merge_cells("A3:K3")
    for column, (upper, lower) in enumerate(_HEADS, 1):
        sheet.cell(5, column).value = upper or None
        sheet.cell(6, column).value = lower or None
        sheet.cell(7, column).value = f"({column})"
        if not lower:
            sheet.merge_cells(start_row=5, end_row=6, start_column=column, end_column=column)
    sheet.merge_cells("C5:D5")
    sheet.merge_cells("I5:J5")
    row = 8
    for number, (village, homes) in enumerate(villages.items(), 1):
        sheet.cell(row, 1).value = f"{_ROMAN[number]}. {village} ({len(homes)} hộ)"
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=11)
        row += 1
        for place, home in enumerate(homes, 1):
            _write(sheet, row, place, home)
            row += 1
    sheet.cell(row, 2).value = "Tổng cộng"
    sheet.cell(row, 6).value = sum(len(homes) for homes in villages.values())
    sheet.cell(row + 1, 8).value = "Xã Mẫu, ngày 31 tháng 12 năm 2024"
    sheet.cell(row + 2, 2).value, sheet.cell(row + 2, 8).value = "Người lập biểu", "Chủ tịch"
    sheet.cell(row + 5, 2).value, sheet.cell(row + 5, 8).value = "Nguyễn Văn Mẫu", "Trần Thị Mẫu"
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def _write(sheet: Worksheet, row: int, place: int, home: Home) -> None:
    cells = {
        1: place,
        2: home.name,
        3 if home.sex == "male" else 4: home.year,
        5: home.ethnicity,
        6: home.members,
        7: f"0620{row:08}",
        8: f"09{row:08}",
        {"poor": 9, "near_poor": 10}.get(home.status, 12): "x",
    }
    for column, value in cells.items():
        if column <= len(_HEADS):
            sheet.cell(row, column).value = value
