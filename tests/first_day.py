"""A made-up commune whose officer begins with nothing but her own lists; nothing is about anybody.

What she knows is worked out by simple rules from a household's number, so that every figure can be
counted here a second time, without the library.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from pathlib import Path

import openpyxl
from office_lists import Home, write_office_list
from openpyxl.worksheet.worksheet import Worksheet

from campaign_lib.plan import PARAMETERS
from campaign_lib.plan.items import answers_of
from campaign_lib.words import Words

YEAR, QUARTER, TODAY = 2025, "2025Q1", "2025-03-20"
VILLAGES = ("Kon Mẫu", "Đăk Thử", "Làng Ví Dụ", "Thôn 4", "Thôn 5", "Kon Đặt")
PER_VILLAGE = 30
TARGETS = {
    "covered_by_plan": "100", "informed": "100", "integrated_activities": "100",
    "changed_mindset": "50,5", "applies_science": "30", "improved_life": "5,25",
    "in_cooperative": "25.2", "poverty_reduction": "5,12", "front_models": "1",
    "area_models": "100",
}  # fmt: skip
DISTRICT_INCOME = 1_850
#: Headings of questions, by how their answer is made: (heading, number of the question).
YES_NO = {
    "Được phổ biến về Cuộc vận động": 1, "Tham gia Cuộc vận động": 2, "Đã bỏ hủ tục lạc hậu": 3,
    "Còn trông chờ Nhà nước": 4, "Tự lực vươn lên": 5, "Áp dụng khoa học kỹ thuật": 6,
    "Giống cây, con phù hợp": 7, "Tiết kiệm, tái đầu tư": 8, "Mô hình sản xuất ổn định": 9,
    "Có ti vi": 10, "Có xe máy": 11, "Có điện thoại": 12, "Có tủ lạnh": 13, "Có nồi cơm điện": 14,
    "Có vay vốn": 15,
}  # fmt: skip


@dataclass(frozen=True)
class House:
    """A household, by its number from 0."""

    number: int

    @property
    def village(self) -> int:
        return self.number // PER_VILLAGE

    @property
    def name(self) -> str:
        return f"{'Y' if self.number % 3 else 'A'} Mẫu {self.number}"

    @property
    def is_minority(self) -> bool:
        return self.number % 6 != 5

    @property
    def status(self) -> str:
        return ("poor", "near_poor", "not_poor", "not_poor", "not_poor")[self.number % 5]

    @property
    def in_cohort(self) -> bool:
        return self.is_minority and self.status != "not_poor"

    @property
    def is_asked(self) -> bool:
        """Every household of a minority is; one in forty was not at home."""
        return self.is_minority and self.number % 40 != 7

    def says(self, question: int) -> bool | None:
        """Answer a question with yes or no; None is an empty cell, or no form."""
        if not self.is_asked:
            return None
        return (None, False, False, True)[min((self.number * 31 + question * 17) % 10, 3)]

    @property
    def income(self) -> int | None:
        return 900 + 137 * (self.number % 17) if self.is_asked and self.number % 19 else None

    @property
    def house(self) -> str | None:
        kinds = ("Kiên cố", "Kiên cố", "Bán kiên cố", "Đơn sơ")
        return kinds[self.number % 4] if self.is_asked else None

    @property
    def cooperative(self) -> str | None:
        kinds = ("Không tham gia", "Tổ hợp tác", "Hợp tác xã", None)
        return kinds[self.number // 2 % 4] if self.is_asked else None


HOUSES = tuple(map(House, range(PER_VILLAGE * len(VILLAGES))))


# What she has: a list, and a file with the names of the villages.


def write_villages(path: Path) -> Path:
    path.write_text("\n".join(VILLAGES), encoding="utf-8")
    return path


def write_lists(path: Path, year: int = 2024) -> Path:
    """Write the office's list of all households, with an x for each that is poor or near-poor."""
    homes = {
        name: [
            Home(one.name, 1950 + one.number % 45, "female" if one.number % 3 else "male",
                 ("Xơ Đăng" if one.number % 2 else "Ba-na") if one.is_minority else "Kinh",
                 1 + one.number % 7, one.status)
            for one in HOUSES if one.village == number
        ]
        for number, name in enumerate(VILLAGES)
    }  # fmt: skip
    return write_office_list(path, homes, f"DANH SÁCH HỘ DÂN CƯ NĂM {year}")


# What she fills in: workbooks, by the headings and labels that stand in them.


def fill_rows(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Fill in a table's workbook from the first empty row on."""
    book = openpyxl.load_workbook(path)
    sheet = book[path.stem]
    headings = {cell.value: cell.column for cell in sheet[1]}
    for at, row in enumerate(rows, 2):
        for heading, value in row.items():
            sheet.cell(at, headings[heading]).value = value
    book.save(path)


def fill_tables(raw: Path) -> None:
    """Fill in what the commune knows of villages' plans, activities and models."""
    fill_rows(raw / "village_plans.xlsx", [
        {"Thôn": name, "Năm": YEAR, "Ngày ban hành": date(YEAR, 1, 10)} for name in VILLAGES[:5]
    ])  # fmt: skip
    fill_rows(raw / "activities.xlsx", [
        {"Mã hoạt động": "HD1", "Thôn": VILLAGES[0], "Ngày tổ chức": date(YEAR, 1, 20),
         "Lồng ghép với": "Nông thôn mới"},
        {"Mã hoạt động": "HD2", "Thôn": VILLAGES[1], "Ngày tổ chức": date(YEAR, 2, 3)},
        {"Mã hoạt động": "HD3", "Ngày tổ chức": date(YEAR, 3, 1),
         "Lồng ghép với": "Toàn dân đoàn kết"},
    ])  # fmt: skip
    fill_rows(raw / "models.xlsx", [
        {"Mã mô hình": "MH1", "Đơn vị xây dựng": "Mặt trận Tổ quốc xã",
         "Ngày bắt đầu": date(YEAR, 2, 1)},
        {"Mã mô hình": "MH2", "Đơn vị xây dựng": "Khu dân cư", "Thôn": VILLAGES[2],
         "Ngày bắt đầu": date(YEAR, 1, 5)},
        {"Mã mô hình": "MH3", "Đơn vị xây dựng": "Khu dân cư", "Thôn": VILLAGES[3],
         "Ngày bắt đầu": date(YEAR - 1, 5, 5)},
    ])  # fmt: skip


def fill_plan(path: Path) -> None:
    """Fill in the plan's targets and parameters, by the labels that stand in it."""
    book = openpyxl.load_workbook(path)
    by_label = {Words("vi")(f"indicators.{code}.label"): text for code, text in TARGETS.items()}
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            if (label := row[0].value) in by_label:
                row[2].value = by_label.pop(label)
            elif label == PARAMETERS["district_mean_income"].vi:
                row[1].value = DISTRICT_INCOME
            elif label == PARAMETERS["unlisted_households"].vi:
                row[1].value = answers_of("unlisted_households")[0].vi
    assert not by_label
    book.save(path)


def fill_form(path: Path) -> int:
    """Fill in a village's form; gives the number of households that it lists."""
    book = openpyxl.load_workbook(path)
    sheet = book[QUARTER]
    columns = {cell.value: cell.column for cell in sheet[1]}
    by_name = {one.name: one for one in HOUSES}
    count = 0
    for row in range(2, sheet.max_row + 1):
        if (name := sheet.cell(row, columns["Chủ hộ"]).value) in by_name:
            count += 1
            _fill(sheet, row, columns, by_name[name])
    book.save(path)
    return count


def _fill(sheet: Worksheet, row: int, columns: Mapping[str, int], house: House) -> None:
    if not house.is_asked:
        return
    words = {True: "Có", False: "Không", None: None}
    cells: dict[str, object] = {
        heading: words[house.says(question)] for heading, question in YES_NO.items()
    }
    cells |= {"Ngày khảo sát": date(YEAR, 3, 5), "Thu nhập bình quân": house.income}
    cells |= {"Loại nhà ở": house.house, "Tổ hợp tác, hợp tác xã": house.cooperative}
    for heading, value in cells.items():
        sheet.cell(row, columns[heading]).value = value


# The figures, counted here.


def _all(*parts: bool | None) -> bool | None:
    """Say whether all hold: a no settles it, an unknown does not."""
    return False if False in parts else None if None in parts else True


def _not(part: bool | None) -> bool | None:
    return None if part is None else not part


def _goods(house: House) -> bool | None:
    have = [house.says(question) for question in range(10, 15)]
    if have.count(True) >= 2:
        return True
    return False if have.count(True) + have.count(None) < 2 else None


def _is(value: object, *wanted: object) -> bool | None:
    return None if value is None else value in wanted


COUNTS: Mapping[str, Callable[[House], bool | None]] = {
    "informed": lambda one: one.says(1),
    "changed_mindset": lambda one: _all(one.says(3), _not(one.says(4)), one.says(5)),
    "applies_science": lambda one: _all(one.says(6), one.says(7), one.says(8)),
    "improved_life": lambda one: _all(
        None if one.income is None else one.income > DISTRICT_INCOME,
        one.says(9), _is(one.house, "Kiên cố"), _goods(one),
    ),
    "in_cooperative": lambda one: _is(one.cooperative, "Tổ hợp tác", "Hợp tác xã"),
}  # fmt: skip


def expected() -> Iterator[tuple[str, str, int, int, int]]:
    """Give place, indicator, numerator, denominator and unknown of every line counted here."""
    places = {f"T{number + 1}": [one for one in HOUSES if one.village == number]
              for number in range(len(VILLAGES))}  # fmt: skip
    for place, houses in {**places, "commune": HOUSES}.items():
        cohort = [one for one in houses if one.in_cohort]
        for indicator, says in COUNTS.items():
            said = [says(one) for one in cohort]
            yield place, indicator, said.count(True), len(cohort), said.count(None)
        minority = [one for one in houses if one.is_minority]
        said = [_all(one.village != 5, one.says(2)) for one in minority]
        yield place, "covered_by_plan", said.count(True), len(minority), said.count(None)
        yield place, "poverty_reduction", len(cohort), len(minority), 0
    yield "commune", "integrated_activities", 2, 3, 0
    yield "T2", "integrated_activities", 0, 1, 0
    yield "commune", "area_models", 1, 6, 0
    yield "T3", "area_models", 1, 1, 0


def target_count(percent: str, denominator: int) -> int:
    """Give the least number that, rounded to two decimals, is at least the target."""
    wanted = round(float(percent.replace(",", ".")) * 100)
    return next(n for n in range(denominator + 1)
                if (20_000 * n + denominator) // (2 * denominator) >= wanted)  # fmt: skip


def path_count(percent: str, denominator: int) -> int:
    """Give a quarter of the target count, rounded up: what is due by the end of Q1."""
    return ceil(target_count(percent, denominator) / 4)
