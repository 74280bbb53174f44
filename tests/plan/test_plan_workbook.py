"""The plan as a workbook: it says what the TOML file says, and each slip is told by its cell."""

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from campaign_lib.base.limits import MOST_CELLS_OF_PLAN
from campaign_lib.base.quarters import CALENDAR, DECREE_09_2019
from campaign_lib.errors import LANGUAGES, CampaignError, texts
from campaign_lib.indicators import IDS
from campaign_lib.intake.plans import read_plan_file, read_plan_files
from campaign_lib.office.plan_book import write_plan_book
from campaign_lib.plan import DECISION_59_2015, PARAMETERS, Target, Task
from campaign_lib.plan.items import ITEMS, answers_of
from campaign_lib.plan.usual import usual_tasks
from campaign_lib.recount.raw.plan_book import plan_in

TASK = Task("Q1-1", "Q1", "culture_society_officer", "III.1", "Soạn kế hoạch.", "Draft it.")
#: Where things stand in a workbook that is written without more than TASK.
HEAD, TARGETS, TASKS = "Kế hoạch", "Chỉ tiêu", "Nhiệm vụ"
INFORMED, FRONT = "C7", "C14"


#: What `write_plan_book` has written, by what it was given: to write is slow.
WRITTEN: dict[str, bytes] = {}


def book(
    folder: Path, said: dict[str, object] | None = None, tasks: tuple[Task, ...] = (TASK,)
) -> Path:
    path, given = folder / "2025.xlsx", f"{said}{len(tasks)}"
    if given not in WRITTEN:
        write_plan_book(path, {"year": 2025, **(said or {})}, tasks)
        WRITTEN[given] = path.read_bytes()
    path.write_bytes(WRITTEN[given])
    return path


def changed(path: Path, change: Callable[[openpyxl.Workbook], object]) -> Path:
    workbook = openpyxl.load_workbook(path)
    change(workbook)
    workbook.save(path)
    return path


def cell_of(path: Path, key: str) -> str:
    """Give the cell of the first sheet that a key of the plan is filled in."""
    label = next(item.label("vi") for item in ITEMS if item.key == key)
    rows = openpyxl.load_workbook(path)[HEAD].iter_rows()
    return next(row[1].coordinate for row in rows if row[0].value == label)


def put(path: Path, sheet: str, cell: str, value: object, shown: str = "") -> Path:
    def change(workbook: openpyxl.Workbook) -> None:
        workbook[sheet][cell] = value
        if shown:
            workbook[sheet][cell].number_format = shown

    return changed(path, change)


def refusal(path: Path, language: str = "vi") -> str:
    with pytest.raises(CampaignError) as caught:
        read_plan_file(path)
    return caught.value.said(language)


# --- what is read ---


def test_a_whole_plan_is_what_it_says(tmp_path: Path) -> None:
    said = {
        "commune": "Đăk Ví Dụ",
        "district": "Kon Ví Dụ",
        "province": "Kon Tum",
        "illustrative": "yes",
        "calendar": CALENDAR,
        "baseline": date(2024, 6, 30),
        "poverty_standard": DECISION_59_2015,
        "number": "07/KH-UBND",
        "issued_on": date(2025, 3, 1),
        **{f"path.{number}": share for number, share in enumerate((0.1, 0.5, 0.75, 1), 1)},
        "parameters.unlisted_households": "not_poor",
        "parameters.district_mean_income": 1850.5,
        "parameters.district_mean_income_source": "Niên giám",
        "parameters.essential_goods_needed": 3,
        "parameters.poverty_reduction_formula": "relative",
        "targets.changed_mindset.at_least": 0.7717,
        "targets.front_models.at_least": 1,
        "targets.front_models.at_most": 2,
    }
    path = book(tmp_path, said)
    first = cell_of(path, "recipients")
    put(path, HEAD, first, "Thường trực Đảng ủy xã (b/c)")
    put(path, HEAD, cell_of(path, "basis"), "Kế hoạch   số 1")
    plan = read_plan_file(path)
    assert (plan.year, plan.baseline, plan.calendar) == (2025, date(2024, 6, 30), CALENDAR)
    assert (plan.commune, plan.district, plan.province) == ("Đăk Ví Dụ", "Kon Ví Dụ", "Kon Tum")
    assert plan.path == (Fraction(1, 10), Fraction(1, 2), Fraction(3, 4), Fraction(1))
    assert (plan.poverty_standard, plan.illustrative) == (DECISION_59_2015, True)
    assert (plan.number, plan.issued_on) == ("07/KH-UBND", date(2025, 3, 1))
    assert (plan.basis, plan.recipients) == (("Kế hoạch số 1",), ("Thường trực Đảng ủy xã (b/c)",))
    assert plan.parameters == {
        "unlisted_households": "not_poor",
        "district_mean_income": 1850.5,
        "essential_goods_needed": 3,
        "poverty_reduction_formula": "relative",
    }
    assert plan.targets == {
        "changed_mindset": Target(7717, "II.2"),
        "front_models": Target(1, "II.5", 2),
    }
    assert plan.tasks == (TASK,)
    assert (plan.unsaid, plan.file, len(plan.sha256)) == ((), "2025.xlsx", 64)


def test_a_plan_that_nobody_has_filled_in_is_a_plan_without_targets(tmp_path: Path) -> None:
    plan = read_plan_file(book(tmp_path, {}, usual_tasks(2025)))
    assert (plan.year, plan.baseline, plan.targets) == (2025, date(2024, 12, 31), {})
    assert (plan.commune, plan.illustrative, plan.calendar) == ("", False, DECREE_09_2019)
    assert set(plan.unsaid) == set(PARAMETERS)
    assert plan.tasks == usual_tasks(2025)
    assert len(plan.tasks) > 15
    assert not any("2025" in task.id for task in plan.tasks)


@pytest.mark.parametrize(
    ("value", "shown", "hundredths"),
    [
        (77.17, "General", 7717),
        (0.7717, "0.00%", 7717),
        (0.7717, "0%", 7717),
        (77.17, '0.00" %"', 7717),  # the sign is only shown
        ("77,17", "@", 7717),
        ("77,17 %", "@", 7717),
        ("77.17%", "@", 7717),
        (0.29, "0.00%", 2900),
        (0.0029, "0.00%", 29),
        ("0,5 %", "@", 50),
        ("0,80", "@", 80),
        (100, "General", 10000),
        (1, "0.00%", 10000),
        (1, "General", 100),
        (0, "General", 0),
        (25.2, "General", 2520),
    ],
)
def test_percentages_are_exact_however_they_are_typed(
    tmp_path: Path, value: object, shown: str, hundredths: int
) -> None:
    path = put(book(tmp_path), TARGETS, INFORMED, value, shown)
    assert read_plan_file(path).targets == {"informed": Target(hundredths, "II.1")}


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1850, 1850.0),
        (1850.5, 1850.5),
        (1850.125, 1850.125),
        ("1850", 1850.0),
        ("1.850,5", 1850.5),
        ("1,850.5", 1850.5),
        ("1 850", 1850.0),
        ("1850,5", 1850.5),
    ],
)
def test_money_is_read_either_way_where_it_has_one_meaning(
    tmp_path: Path, value: object, number: float
) -> None:
    path = book(tmp_path)
    put(path, HEAD, cell_of(path, "parameters.district_mean_income"), value)
    assert read_plan_file(path).parameters["district_mean_income"] == number
    assert float(plan_in(path)["parameters"]["district_mean_income"]) == number


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("calendar", "quý theo  DƯƠNG lịch", CALENDAR),
        ("calendar", "Calendar quarters", CALENDAR),
        ("calendar", "calendar", CALENDAR),
        ("illustrative", "Yes", True),
        ("illustrative", "có", True),
        ("baseline", "30/6/2024", date(2024, 6, 30)),
        ("commune", 7, "7"),
        ("commune", "không rõ", ""),
    ],
)
def test_labels_and_codes_are_read_in_either_language(
    tmp_path: Path, key: str, value: object, kept: object
) -> None:
    path = book(tmp_path)
    put(path, HEAD, cell_of(path, key), value)
    assert getattr(read_plan_file(path), key) == kept


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_is_read_as_its_list_shows_it(tmp_path: Path, language: str) -> None:
    for item in ITEMS:
        for one in item.answers:
            path = book(tmp_path)
            put(path, HEAD, cell_of(path, item.key), getattr(one, language))
            plan = read_plan_file(path)
            value = plan.parameters.get(item.name, getattr(plan, item.name, None))
            assert value in (one.code, one.code == "yes")


@pytest.mark.parametrize(
    ("values", "shares"),
    [
        ((0.1, 0.2, 0.3, 1), (1, 2, 3, 10)),
        (("10 %", "20%", "30", 100), (1, 2, 3, 10)),
    ],
)
def test_shares_of_the_path(
    tmp_path: Path, values: tuple[object, ...], shares: tuple[int, ...]
) -> None:
    path = book(tmp_path)
    for number, value in enumerate(values, 1):
        put(path, HEAD, cell_of(path, f"path.{number}"), value, "General")
    assert read_plan_file(path).path == tuple(Fraction(one, 10) for one in shares)


def test_rows_and_columns_may_be_moved_and_added(tmp_path: Path) -> None:
    def change(workbook: openpyxl.Workbook) -> None:
        workbook[HEAD].insert_rows(1, 3)
        workbook[HEAD]["A1"] = "Bản thảo"
        workbook[TARGETS].insert_cols(1)
        workbook[TARGETS]["A9"] = "ghi chú"
        workbook[TASKS].insert_rows(7, 2)
        workbook.create_sheet("Nháp")["A1"] = "="
        workbook[TARGETS].title = "targets"

    path = changed(book(tmp_path, {"commune": "X", "targets.informed.at_least": 1}), change)
    plan = read_plan_file(path)
    assert (plan.commune, plan.tasks) == ("X", (TASK,))
    assert plan.targets == {"informed": Target(10000, "II.1")}


def test_a_task_may_lack_section_and_english(tmp_path: Path) -> None:
    path = put(put(book(tmp_path), TASKS, "F6", None), TASKS, "D6", None)
    (task,) = read_plan_file(path).tasks
    assert (task.section, task.en, task.quarter) == ("", "", "Q1")


def test_an_owner_of_one_s_own_is_kept(tmp_path: Path) -> None:
    (task,) = read_plan_file(put(book(tmp_path), TASKS, "C6", "Hội Nông dân xã")).tasks
    assert task.owner == "Hội Nông dân xã"


# --- what is refused, told by cell ---


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("year", None, "còn trống; phải là một năm, ví dụ 2024."),
        ("year", "năm nay", "chưa đúng: phải là một năm, ví dụ 2024."),
        ("year", 1789, "là 1789; phải là một năm, ví dụ 2024."),
        ("year", 2026, "là 2026, nhưng tên tệp ghi 2025; hãy đổi tên tệp hoặc sửa lại năm."),
        ("baseline", "cuối năm", "phải là ngày có thật, ví dụ 31/12/2023."),
        ("baseline", "31/02/2024", "phải là ngày có thật, ví dụ 31/12/2023."),
        (
            "calendar",
            "âm lịch",
            "là âm lịch; phải là một trong Quý báo cáo theo Nghị định 09/2019/NĐ-CP; Quý theo "
            "dương lịch.",
        ),
        ("illustrative", "chưa", "chưa đúng: phải là có (true) hoặc không (false)."),
        (
            "parameters.unlisted_households",
            "nghèo",
            "là nghèo; phải là một trong Coi là không rõ có nghèo hay không; Coi là không nghèo.",
        ),
        (
            "parameters.district_mean_income",
            "gần 2000",
            "ghi “gần 2000”; hãy ghi một số, ví dụ 77,17.",
        ),
        (
            "parameters.district_mean_income",
            "1.850",
            "ghi “1.850”, hiểu được theo hai cách; hãy ghi “1,85” hoặc “1850”.",
        ),
        (
            "parameters.district_mean_income",
            "1,850",
            "ghi “1,850”, hiểu được theo hai cách; hãy ghi “1,85” hoặc “1850”.",
        ),
        ("parameters.district_mean_income", 1.85, "là 1.85; phải từ 50 đến 1000000."),
        ("parameters.district_mean_income", -5, "là -5; không được nhỏ hơn 0 hay lớn hơn 1000000."),
        ("parameters.essential_goods_needed", "hai", "ghi “hai”; hãy ghi số nguyên, ví dụ 2."),
        ("parameters.essential_goods_needed", 6, "là 6; phải từ 1 đến 5."),
        ("path.2", "nửa", "phải có bốn phần, mỗi quý một phần."),
    ],
)
def test_a_slip_on_the_first_sheet_is_told_by_its_cell(
    tmp_path: Path, key: str, value: object, sentence: str
) -> None:
    path = book(tmp_path)
    cell = cell_of(path, key)
    put(path, HEAD, cell, value)
    assert refusal(path) == f"2025.xlsx: trang “{HEAD}”, ô {cell} {sentence}"
    assert refusal(path, "en").startswith(f"2025.xlsx: sheet “{HEAD}”, cell {cell} ")


@pytest.mark.parametrize(
    ("cell", "value", "shown", "sentence"),
    [
        (INFORMED, 101, "General", "là 101; không được nhỏ hơn 0 hay lớn hơn 100."),
        (INFORMED, 1.01, "0.00%", "là 101.00 %; không được nhỏ hơn 0 hay lớn hơn 100."),
        (INFORMED, "nhiều", "@", "ghi “nhiều”; hãy ghi một số, ví dụ 77,17."),
        (
            INFORMED,
            0.8,
            "General",
            "ghi “0.8”, hiểu được theo hai cách; hãy ghi “80 %” hoặc “0,80 %”, có cả dấu %.",
        ),
        (
            INFORMED,
            0.7717,
            "General",
            "ghi “0.7717”, hiểu được theo hai cách; hãy ghi “77,17 %” hoặc “0,77 %”, có cả dấu %.",
        ),
        (
            INFORMED,
            "0,8",
            "@",
            "ghi “0,8”, hiểu được theo hai cách; hãy ghi “80 %” hoặc “0,80 %”, có cả dấu %.",
        ),
        (
            INFORMED,
            "77,170",
            "@",
            "ghi “77,170”, hiểu được theo hai cách; hãy ghi “77,17” hoặc “77170”.",
        ),
        (
            INFORMED,
            77.165,
            "General",
            "là 77.165; chỉ in đến 2 chữ số thập phân, nên hãy ghi nhiều nhất 2 chữ số.",
        ),
        (FRONT, "một", "@", "ghi “một”; hãy ghi số nguyên, ví dụ 2."),
        (FRONT, 1.5, "General", "ghi “1.5”; hãy ghi số nguyên, ví dụ 2."),
    ],
)
def test_a_slip_among_the_targets_is_told_by_its_cell(
    tmp_path: Path, cell: str, value: object, shown: str, sentence: str
) -> None:
    path = put(book(tmp_path), TARGETS, cell, value, shown)
    assert refusal(path) == f"2025.xlsx: trang “{TARGETS}”, ô {cell} {sentence}"


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "sentence"),
    [
        (TARGETS, "D7", 90, "ô C7: chỉ tiêu này đã ghi mức nhiều nhất mà chưa ghi mức phải đạt."),
        (
            TARGETS,
            "A7",
            "Được phổ biến",
            "ô A7 ghi “Được phổ biến”, không phải mục nào của kế hoạch",
        ),
        (
            TARGETS,
            "A8",
            "Được phổ biến về Cuộc vận động",
            "ô A8 ghi “Được phổ biến về Cuộc vận động” lần thứ hai",
        ),
        (TASKS, "A6", None, "ô A6 còn trống; mỗi nhiệm vụ phải có mã, quý, đơn vị chủ trì"),
        (TASKS, "C6", None, "ô C6 còn trống; mỗi nhiệm vụ phải có mã, quý, đơn vị chủ trì"),
        (TASKS, "E6", "", "ô E6 còn trống; mỗi nhiệm vụ phải có mã, quý, đơn vị chủ trì"),
        (
            TASKS,
            "B6",
            "Quý V",
            "ô B6 là Quý V; phải là một trong Quý I; Quý II; Quý III; Quý IV; Cả năm.",
        ),
        (TASKS, "A7", "Q1-1", "ô A7: mã Q1-1 có hai lần; mỗi nhiệm vụ phải có mã riêng."),
    ],
)
def test_a_slip_in_a_row_is_told_by_its_cell(
    tmp_path: Path, sheet: str, cell: str, value: object, sentence: str
) -> None:
    def change(workbook: openpyxl.Workbook) -> None:
        if sheet == TARGETS and cell[0] == "A":
            workbook[sheet]["C7"], workbook[sheet]["C8"] = 50, 60
        if cell == "D7":
            workbook[sheet]["C7"] = None
        if cell == "A7" and sheet == TASKS:
            for column in "BCDE":
                workbook[sheet][f"{column}7"] = workbook[sheet][f"{column}6"].value
        workbook[sheet][cell] = value

    said = refusal(changed(book(tmp_path), change))
    assert said.startswith(f"2025.xlsx: trang “{sheet}”, {sentence}")


def test_a_percentage_has_no_upper_limit(tmp_path: Path) -> None:
    path = put(put(book(tmp_path), TARGETS, INFORMED, 0.5), TARGETS, "D7", 60)
    assert refusal(path).endswith(
        "ô D7: chỉ tiêu tính theo phần trăm không có mức nhiều nhất; hãy để trống."
    )


def test_a_row_that_is_none_of_a_plan_s_is_told(tmp_path: Path) -> None:
    path = put(put(book(tmp_path), HEAD, "A40", "Dân số"), HEAD, "B40", 5)
    assert "trang “Kế hoạch”, ô A40 ghi “Dân số”, không phải mục nào của kế hoạch" in refusal(path)


def test_a_sheet_or_its_headings_may_not_be_taken_away(tmp_path: Path) -> None:
    def renamed(workbook: openpyxl.Workbook) -> None:
        workbook[TARGETS].title = "Mục tiêu"

    said = refusal(changed(book(tmp_path), renamed))
    assert said.startswith("2025.xlsx: thiếu trang “Chỉ tiêu”; tệp chỉ có Kế hoạch, Mục tiêu, ")
    assert "không còn dòng tên cột (Mã nhiệm vụ, Nội dung)" in refusal(
        put(book(tmp_path), TASKS, "A5", "Mã")
    )


def test_a_file_that_is_no_workbook_is_named(tmp_path: Path) -> None:
    (tmp_path / "2025.xlsx").write_bytes(b"PK\x03\x04 no")
    assert refusal(tmp_path / "2025.xlsx").startswith("2025.xlsx: không đọc được như tệp Excel")


def test_a_sheet_without_end_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = put(book(tmp_path), TASKS, f"A{MOST_CELLS_OF_PLAN}", "x")
    assert "2025.xlsx" in refusal(path)


def test_a_plan_is_there_once(tmp_path: Path) -> None:
    book(tmp_path)
    (tmp_path / "2025.toml").write_text("year = 2025", encoding="utf-8")
    with pytest.raises(CampaignError) as caught:
        read_plan_files(tmp_path)
    assert caught.value.said("vi").startswith("Có cả 2025.toml và 2025.xlsx trong ")


def test_what_excel_leaves_beside_an_open_file_is_no_plan(tmp_path: Path) -> None:
    book(tmp_path)
    (tmp_path / "~$2025.xlsx").write_bytes(b"open")
    assert [plan.file for plan in read_plan_files(tmp_path)] == ["2025.xlsx"]


# --- what is written ---


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_has_a_word_on_what_it_means(name: str) -> None:
    """Beside its row of a plan's workbook: without it no campaign can begin."""
    assert f"plan_book.about.{name}" in texts("plan_book")


def test_the_tasks_to_begin_with_are_no_province_s() -> None:
    """Papers have numbers, and these are for an office to fill in."""
    for task in usual_tasks(2025):
        for text in (task.vi, task.en):
            assert not re.search(r"\d+-[A-ZĐ]{2}|\d/\d+/\d{4}|Kon", text), text


def test_every_item_says_what_it_means_and_can_be_filled_in(tmp_path: Path) -> None:
    workbook = openpyxl.load_workbook(book(tmp_path, {}, usual_tasks(2025)))
    rows = {row[0].value: row for row in reversed([*workbook[HEAD].iter_rows()])}
    rules = {str(one.sqref): one for one in workbook[HEAD].data_validations.dataValidation}
    for item in ITEMS:
        _, cell, about, english = rows[item.label("vi")][:4]
        assert about.value == item.about("vi")
        assert english.value == f"{item.label('en')}: {item.about('en')}"
        rule = rules[cell.coordinate]
        assert rule.prompt
        assert bool(item.answers) == (rule.type == "list")
    targets: Worksheet = workbook[TARGETS]
    assert [targets.cell(row, 1).value for row in range(6, 16)] == [
        one.vi for one in answers_of("indicator")
    ]
    assert [one.code for one in answers_of("indicator")] == [*IDS]
    assert all(targets.cell(row, 3).value is None for row in range(6, 16)), "no number is made up"
    sections = [str(targets.cell(row, 5).value) for row in range(6, 16)]
    assert all(re.fullmatch(r"II\.[1-5]", one) for one in sections)


def test_the_second_reading_reads_the_same(tmp_path: Path) -> None:
    said: dict[str, Any] = {
        "calendar": CALENDAR,
        "baseline": date(2024, 6, 30),
        "path.1": 0.1, "path.2": 0.5, "path.3": 0.75, "path.4": 1,
        "parameters.unlisted_households": "not_poor",
        "parameters.essential_goods_needed": 3,
        "targets.changed_mindset.at_least": 0.7717,
        "targets.front_models.at_least": 1,
    }  # fmt: skip
    path = put(book(tmp_path, said), TARGETS, INFORMED, "50,39 %")
    plan, again = read_plan_file(path), plan_in(path)
    assert (again["year"], again["calendar"], again["baseline"]) == (
        plan.year,
        plan.calendar,
        plan.baseline,
    )
    assert tuple(map(Fraction, again["path"])) == plan.path
    assert {
        name: round(float(one["at_least"]) * 100) for name, one in again["targets"].items()
    } == {
        name: one.at_least * (100 if name == "front_models" else 1)
        for name, one in plan.targets.items()
    }
    assert again["parameters"] == {"unlisted_households": "not_poor", "essential_goods_needed": 3}
    assert [one["id"] for one in again["tasks"]] == ["Q1-1"]
