"""Cells: text, numbers, dates, yes and no, choices, ethnic groups; and what is unreadable."""

import unicodedata
from collections.abc import Sequence

import pytest
from intake_files import (
    REFUSED,
    REQUIRED,
    UNKNOWN,
    Injury,
    Line,
    Reads,
    column,
    counts,
    csv_text,
    example,
    file_of,
    first_row,
    injured,
    lines,
    lines_at,
    rows,
)

from campaign_lib.intake import Campaign

Read = tuple[Campaign, dict[Injury, int]]


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def name_of(injury: Injury) -> str:
    return f"{injury.table}-{injury.column}-{injury.text}"


# --- Text ----------------------------------------------------------------------------------------

TEXTS = [
    "=HYPERLINK(\"http://a.b\";\"c\")",
    "=1+1",
    "+84 123",
    "-1",
    "@SUM(A1)",
    "<b>Y Thu</b>",
    "../../plans/2024",
    "001",
    "1.850",
    "31/12/2023",
    "NA",
    "nan",
    "None",
    "null",
    "N/A",
    "yes",
]  # fmt: skip


def test_text_stays_the_text_it_is(reads: Reads) -> None:
    campaign = reads(
        {"models": [{**example("models", n), "name": text} for n, text in enumerate(TEXTS, 1)]}
    )
    assert column(campaign, "models", "name") == TEXTS
    assert lines(campaign) == []


def test_text_is_composed_trimmed_and_its_spaces_collapsed(reads: Reads) -> None:
    text = decomposed("\u00a0 Đăk  Tơ\u00a0\u00a0Lung\t ")
    campaign = reads({"models": [{**example("models", 1), "name": text}]})
    assert column(campaign, "models", "name") == ["Đăk Tơ Lung"]


def test_ids_keep_their_zeros_and_odd_letters(reads: Reads) -> None:
    ids = ["001", "1", "NA", "nan", "1.0", "1e3", "Hộ 7/Đ", "=1"]
    homes = [{**example("households", 1), "household": name} for name in ids]
    survey = [{**example("survey", 1), "household": name} for name in ids]
    campaign = reads({"households": homes, "survey/2024Q1": survey})
    assert column(campaign, "survey", "household") == ids
    assert lines(campaign) == []


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("households", "head_name"),
        ("households", "head_sex"),
        ("households", "members"),
        ("households", "left_on"),
        ("survey", "loan_source"),
        ("survey", "has_tv"),
        ("survey", "income"),
        ("activities", "integrated_with"),
        ("activities", "led_by"),
    ],
)
def test_unknown_marks_are_unknown_in_any_column(reads: Reads, table: str, name: str) -> None:
    marks = ["?", "kr", "KR", "không rõ", "Không  Rõ", decomposed("không rõ")]
    added = [{**example(table, n), name: mark} for n, mark in enumerate(marks, 1)]
    campaign = reads({file_of(table): added})
    assert column(campaign, table, name)[-len(marks) :] == [None] * len(marks)
    assert lines(campaign) == []


def test_any_other_lender_is_other_and_listed(reads: Reads) -> None:
    lenders = {
        "NHCSXH": "policy_bank", "ngân hàng chính sách  xã hội": "policy_bank",
        "Agribank": "other_bank", "Quỹ hỗ trợ nông dân": "association_fund",
        "Another lender": "other", "chị Ba ở chợ": "other", "kr": None,
    }  # fmt: skip
    added = [{**example("survey", n), "loan_source": text} for n, text in enumerate(lenders, 1)]
    campaign = reads({"survey/2024Q1": added})
    assert column(campaign, "survey", "loan_source") == [*lenders.values()]
    assert lines(campaign) == [
        Line("survey/2024Q1.csv", 7, "loan_source", "chị Ba ở chợ", "read all the same")
    ]
    (problem,) = campaign.problems["problem"]
    assert problem == "none of the answers of this column; counted as other (Nguồn khác)"


def test_an_inspector_s_other_lender_is_other_too(reads: Reads) -> None:
    found = {**example("inspections", 1), "question": "loan_source", "found": "chị Ba ở chợ"}
    campaign = reads({"survey/2024Q1": [example("survey", 1)], "inspections": [found]})
    assert column(campaign, "inspections", "found") == ["other"]
    assert [line.action for line in lines(campaign)] == ["read all the same"]


# --- Numbers -------------------------------------------------------------------------------------

NUMBERS: dict[str, tuple[list[str], list[float | None]]] = {
    "vietnamese": (
        ["1.234,5", "1.850", "12,5", "1.000.000", "1850", "0", " 2.000 "],
        [1234.5, 1850, 12.5, 1_000_000, 1850, 0, 2000],
    ),
    "a_dot_and_three_digits_is_thousands": (["1.850"], [1850]),
    "a_comma_is_a_fraction": (["1,850"], [1.85]),
    "plain_by_a_fraction": (["12.5", "1.850", "1850", "1,850"], [12.5, 1.85, 1850, 1850]),
    "plain_by_a_comma_before_a_dot": (["1,234.500", "1,850", "1.850"], [1234.5, 1850, 1.85]),
    "plain_far_below": (["1.850", "1.850", "1.850", "0.25"], [1.85, 1.85, 1.85, 0.25]),
    "both_by_fractions": (["12,5", "12.5"], [None, None]),
    "both_by_order": (["1.234,5", "1,234.5"], [None, None]),
    "both_and_one_that_could_be_either": (["12,5", "1.850", "12.5"], [None, None, None]),
    "no_numbers": (
        ["nan", "inf", "-inf", "1_000", "mười", "0x10", "1.2.3", "12 triệu"],
        [None] * 8,
    ),
    "bounds": (["0", "1000000", "1000001", "-1", "-0,5"], [0, 1_000_000, None, None, None]),
    "unknown": (["5", "", "?", "kr"], [5, None, None, None]),
}


@pytest.mark.parametrize(("texts", "numbers"), NUMBERS.values(), ids=NUMBERS)
def test_numbers(reads: Reads, texts: Sequence[str], numbers: Sequence[float | None]) -> None:
    campaign = reads(
        {"funding": [{**example("funding", n), "planned": t} for n, t in enumerate(texts, 1)]}
    )
    assert column(campaign, "funding", "planned") == numbers
    assert [line[1:] for line in lines(campaign)] == [
        (row, "planned", text, UNKNOWN)
        for row, (text, number) in enumerate(zip(texts, numbers, strict=True), 2)
        if number is None and text not in ("", "?", "kr")
    ]


def test_each_column_shows_for_itself_how_its_numbers_are_written(reads: Reads) -> None:
    first = {**example("funding", 1), "planned": "1.850", "disbursed": "0.5"}
    second = {**example("funding", 2), "planned": "0,5", "disbursed": "1.850"}
    campaign = reads({"funding": [first, second]})
    assert column(campaign, "funding", "planned") == [1850, 0.5]
    assert column(campaign, "funding", "disbursed") == [0.5, 1.85]
    assert lines(campaign) == []


def test_each_file_shows_for_itself_how_its_numbers_are_written(reads: Reads) -> None:
    plain = [
        {**example("survey", n), "loan_amount": cell} for n, cell in ((1, "1850.5"), (2, "1.850"))
    ]
    viet = [{**row, "surveyed_on": "2024-04-01"} for row in plain[1:]]
    survey = reads({"survey/2024Q1": plain, "survey/2024Q2": viet}).tables["survey"]
    found = sorted(zip(survey["quarter"], survey["household"], survey["loan_amount"], strict=True))
    assert found == [("2024Q1", "H01", 1850.5), ("2024Q1", "H02", 1.85), ("2024Q2", "H02", 1850)]


def test_an_income_of_thousands_that_was_read_as_a_decimal_is_unknown(reads: Reads) -> None:
    """A phone, or an English spreadsheet, keeps a typed 1.850 as 1.85."""
    cells = ["1.85", "0", "49.9", "50", "100000", "100000.5"]
    rows = [{**example("survey", n), "income": cell} for n, cell in enumerate(cells, 1)]
    campaign = reads({"survey/2024Q1": rows})
    assert column(campaign, "survey", "income") == [None, 0, None, 50, 100000, None]
    listed = [line for line in lines(campaign) if line.column == "income"]
    assert [(line.value, line.action) for line in listed] == [
        ("1.85", UNKNOWN),
        ("49.9", UNKNOWN),
        ("100000.5", UNKNOWN),
    ]


def test_a_code_that_is_listed_wins_over_the_words_for_unknown(reads: Reads) -> None:
    village = {**example("villages", 1), "village": "KR", "name": "Kon Rẫy"}
    homes = [{**example("households", n), "village": cell} for n, cell in ((1, "kr"), (2, "?"))]
    campaign = reads({"villages": [village], "households": homes})
    assert column(campaign, "villages", "village")[-1] == "KR"
    assert column(campaign, "households", "village").count("KR") == 1
    refused = [line for line in lines(campaign) if line.column == "village"]
    assert [(line.value, line.action) for line in refused] == [("?", REFUSED)]


def test_whole_numbers(reads: Reads) -> None:
    texts = ["1.850", "12", "2,5", "0", "-3"]
    campaign = reads(
        {
            "activities": [
                {**example("activities", n), "households_attending": text}
                for n, text in enumerate(texts, 1)
            ]
        }
    )
    assert column(campaign, "activities", "households_attending") == [1850, 12, None, 0, None]
    assert [(line.row, line.value, line.action) for line in lines(campaign)] == [
        (4, "2,5", UNKNOWN),
        (6, "-3", UNKNOWN),
    ]


# --- Dates ---------------------------------------------------------------------------------------


def test_dates_are_iso_or_day_month_year(reads: Reads) -> None:
    texts = ["2024-03-04", "04/03/2024", "29/02/2024", " 2024-12-31 ", "", "kr"]
    dates = ["2024-03-04", "2024-03-04", "2024-02-29", "2024-12-31", None, None]
    campaign = reads(
        {"models": [{**example("models", n), "ended_on": t} for n, t in enumerate(texts, 1)]}
    )
    assert column(campaign, "models", "ended_on") == dates
    assert lines(campaign) == []


NO_DATES = [
    "31/02/2019",
    "2023-02-29",
    "03/15/2024",
    "45000",
    "2024",
    "04/03/24",
    "tháng 3",
    "1899-12-31",
    "01/01/2101",
    "٠٤/٠٣/٢٠٢٤",
    "２０２４-03-04",
]


def test_what_is_no_date_is_set_to_unknown(reads: Reads) -> None:
    campaign = reads(
        {"models": [{**example("models", n), "ended_on": t} for n, t in enumerate(NO_DATES, 1)]}
    )
    assert column(campaign, "models", "ended_on") == [None] * len(NO_DATES)
    assert lines(campaign) == [
        Line("models.csv", row, "ended_on", text, UNKNOWN) for row, text in enumerate(NO_DATES, 2)
    ]


# --- Answers -------------------------------------------------------------------------------------

ANSWERS: dict[str, tuple[list[str], str | None, bool]] = {
    "yes": (["yes", "Yes", "YES", "có", "Có", "CÓ", "co", "1", "x", "X", " có\u00a0"], "yes", True),
    "no": (["no", "No", "NO", "không", "Không", "KHÔNG", "khong", "0", " no"], "no", True),
    "unknown": (["", "không rõ", "KHÔNG RÕ", "kr", "Kr", "?"], None, True),
    "decomposed_yes": ([decomposed("có"), decomposed("Có")], "yes", True),
    "decomposed_no": ([decomposed("không")], "no", True),
    "refused": (
        ["y", "n", "k", "true", "2", "-", "có ạ", "không biết", "1.0", "NA", "xx", "cò"],
        None,
        False,
    ),
}


@pytest.mark.parametrize(("texts", "answer", "is_fine"), ANSWERS.values(), ids=ANSWERS)
def test_yes_and_no(reads: Reads, texts: list[str], answer: str | None, is_fine: bool) -> None:
    campaign = reads(
        {"survey/2024Q1": [{**example("survey", n), "has_tv": t} for n, t in enumerate(texts, 1)]}
    )
    assert column(campaign, "survey", "has_tv") == [answer] * len(texts)
    assert lines(campaign) == [
        Line("survey/2024Q1.csv", row, "has_tv", text, UNKNOWN)
        for row, text in enumerate(texts, 2)
        if not is_fine
    ]


CHOSEN = {
    Injury("households", "head_sex", "Nữ"): "female",
    Injury("households", "head_sex", "MALE"): "male",
    Injury("poverty_status", "status", "Hộ nghèo"): "poor",
    Injury("poverty_status", "status", "Cận nghèo"): "near_poor",
    Injury("poverty_status", "status", "KHÔNG NGHÈO"): "not_poor",
    Injury("poverty_status", "status", "Near-poor"): "near_poor",
    Injury("survey", "house", decomposed("Bán kiên cố")): "semi_solid",
    Injury("survey", "house", "thiếu  kiên\u00a0cố"): "frail",
    Injury("survey", "house", "simple"): "simple",
    Injury("survey", "cooperative", "none"): "none",
    Injury("survey", "cooperative", "None"): "none",
    Injury("survey", "cooperative", "Hợp tác xã"): "cooperative",
    Injury("survey", "cooperative", "Tổ hợp tác"): "group",
    Injury("activities", "led_by", "Già làng"): "elder",
    Injury("activities", "led_by", "party_member"): "party_member",
    Injury("models", "owner", "Khu dân cư"): "residential_area",
    Injury("models", "owner", "COMMUNE_FRONT"): "commune_front",
    Injury("funding", "programme", "Tín dụng chính sách"): "policy_credit",
    Injury("task_progress", "status", "Đang thực hiện"): "in_progress",
    Injury("allocation", "indicator", "Changed mindset"): "changed_mindset",
}


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> Read:
    return injured(tmp_path_factory.mktemp("chosen"), CHOSEN)


@pytest.mark.parametrize("injury", CHOSEN, ids=name_of)
def test_choices_are_codes_or_labels(chosen: Read, injury: Injury) -> None:
    campaign, places = chosen
    assert rows(campaign, injury.table)[places[injury]][injury.column] == CHOSEN[injury]
    assert lines_at(campaign, injury.table, places[injury]) == []


INTEGRATED: dict[str, set[str] | None] = {
    "": set(),
    "national_unity": {"national_unity"},
    "New_Rural ; national_unity": {"new_rural", "national_unity"},
    "Cả nước chung sức xây dựng nông thôn mới": {"new_rural"},
    "Toàn dân đoàn kết xây dựng nông thôn mới, đô thị văn minh;new_rural": {
        "new_rural",
        "national_unity",
    },
    "kr": None,
    "?": None,
}


def test_movements_that_an_activity_goes_together_with(reads: Reads) -> None:
    added = [
        {**example("activities", n), "integrated_with": text} for n, text in enumerate(INTEGRATED)
    ]
    campaign = reads({"activities": added})
    found = column(campaign, "activities", "integrated_with")
    # An empty cell says neither; an unknown mark says that nobody knows.
    assert [None if text is None else set(filter(None, text.split(";"))) for text in found] == (
        list(INTEGRATED.values())
    )
    assert found[0] == ""
    assert lines(campaign) == []


GROUPS = {
    "Xơ Đăng": "xo_dang",
    "xê-đăng": "xo_dang",
    decomposed("Xơ Đăng"): "xo_dang",
    "Bahnar": "ba_na",
    "GIA RAI": "gia_rai",
    "Giẻ\u00a0 Triêng": "gie_trieng",
    "H’Mông": "hmong",
    "Kinh": "kinh",
    "Việt (Kinh)": "kinh",
    "Kon Rẫy": None,
    "23": None,
    "Xo Dang": None,
    "Xờ Đăng": None,
}


def test_ethnic_groups_go_by_name_and_alias(reads: Reads) -> None:
    added = [{**example("households", n), "ethnicity": t} for n, t in enumerate(GROUPS, 1)]
    campaign = reads({"households": added})
    assert column(campaign, "households", "ethnicity")[-len(GROUPS) :] == list(GROUPS.values())
    found = column(campaign, "households", "ethnicity_text")[-len(GROUPS) :]
    assert [unicodedata.normalize("NFC", " ".join(text.split())) for text in found] == (
        [unicodedata.normalize("NFC", " ".join(text.split())) for text in GROUPS]
    )
    # A group that is not on the list leaves the household out of the base, not out of the table.
    assert lines(campaign) == []


# --- The answers of an inspection ----------------------------------------------------------------

FOUND = {
    ("has_tv", "có"): "yes",
    ("HAS_TV", "0"): "no",
    ("Có ti vi", "yes"): "yes",
    ("Type of house", "Kiên cố"): "solid",
    ("house", "simple"): "simple",
    ("cooperative", "none"): "none",
    ("dep_water", "X"): "yes",
}


def test_what_was_found_is_read_as_an_answer_to_its_question(reads: Reads) -> None:
    added = [
        {**example("inspections", n), "question": question, "found": text}
        for n, (question, text) in enumerate(FOUND, 1)
    ]
    campaign = reads({"inspections": added})
    assert lines(campaign) == []
    assert column(campaign, "inspections", "found") == list(FOUND.values())
    assert column(campaign, "inspections", "question") == (
        ["has_tv", "has_tv", "has_tv", "house", "house", "cooperative", "dep_water"]
    )


@pytest.mark.parametrize(
    ("question", "text"), [("has_tv", "solid"), ("house", "có"), ("house", "kr"), ("income", "abc")]
)
def test_an_answer_to_another_question_is_refused(reads: Reads, question: str, text: str) -> None:
    campaign = reads(
        {"inspections": [{**example("inspections", 1), "question": question, "found": text}]}
    )
    assert lines(campaign) == [Line("inspections.csv", 2, "found", text, REFUSED)]


# --- Unreadable cells ----------------------------------------------------------------------------

OPTIONAL = [
    Injury("households", "head_sex", "nam giới"),
    Injury("households", "members", "nhiều"),
    Injury("households", "members", "0"),
    Injury("households", "members", "101"),
    Injury("households", "members", "2,5"),
    Injury("households", "joined_on", "31/02/2019"),
    Injury("households", "left_on", "mai"),
    Injury("survey", "has_tv", "có lẽ"),
    Injury("survey", "dep_water", "2"),
    Injury("survey", "income", "khoảng 2000"),
    Injury("survey", "income", "-1"),
    Injury("survey", "income", "100001"),
    Injury("survey", "house", "nhà tre"),
    Injury("survey", "cooperative", "hội"),
    Injury("survey", "loan_amount", "-5"),
    Injury("activities", "led_by", "trưởng thôn"),
    Injury("activities", "households_attending", "đông"),
    Injury("activities", "integrated_with", "bóng đá"),
    Injury("activities", "integrated_with", "national_unity;bóng đá"),
    Injury("models", "residential_area", "một"),
    Injury("models", "residential_area", "-1"),
    Injury("models", "ended_on", "31/06/2024"),
    Injury("models", "started_on", "2024-13-01"),  # it says when it was registered
    Injury("models", "households", "-1"),
    Injury("funding", "planned", "-1"),
    Injury("funding", "disbursed", "abc"),
]
NEEDED = [
    Injury("villages", "residential_areas", "hai"),
    Injury("villages", "residential_areas", "-1"),
    Injury("villages", "residential_areas", "1,5"),
    Injury("village_plans", "year", "năm nay"),
    Injury("village_plans", "year", "24"),
    Injury("village_plans", "issued_on", "31/02/2024"),
    Injury("poverty_status", "valid_from", "cuối năm"),
    Injury("survey", "surveyed_on", "32/01/2024"),
    Injury("activities", "held_on", "hôm qua"),
    Injury("models", "owner", "hội phụ nữ"),
    Injury("funding", "quarter", "2024Q5"),
    Injury("funding", "quarter", "năm 2024"),
    Injury("funding", "programme", "xổ số"),
    Injury("task_progress", "reported_on", "30/02/2024"),
    Injury("task_progress", "status", "sắp xong"),
    Injury("inspections", "quarter", "Q1"),
    Injury("inspections", "question", "surveyed_on"),
    Injury("inspections", "question", "có voi không"),
    Injury("inspections", "found", "có lẽ"),
    Injury("inspections", "inspected_on", "mai"),
    Injury("allocation", "year", "hai nghìn"),
    Injury("allocation", "indicator", "happiness"),
    Injury("allocation", "count", "-1"),
    Injury("allocation", "count", "1,5"),
]
EMPTY = [Injury(table, name, "") for table, name in REQUIRED]
MARKED = [
    Injury(table, name, "không rõ")
    for table, name in REQUIRED
    if (table, name) != ("poverty_status", "status")
]


@pytest.fixture(scope="module")
def unreadable(tmp_path_factory: pytest.TempPathFactory) -> Read:
    return injured(tmp_path_factory.mktemp("unreadable"), [*OPTIONAL, *NEEDED, *EMPTY, *MARKED])


@pytest.mark.parametrize(
    ("said", "told"),
    [("gave up custom", "did you mean gave_up_customs ("), ("voi", "known are ")],
)
def test_of_very_many_answers_the_nearest_are_offered(reads: Reads, said: str, told: str) -> None:
    campaign = reads({"support": [{**example("support", 1), "step": said}]})
    (problem,) = campaign.problems.loc[campaign.problems["column"] == "step", "problem"]
    assert told in problem and problem.endswith(" others")
    assert problem.count("(") <= 4


def test_a_visit_to_come_or_before_its_quarter_is_kept_and_listed(reads: Reads) -> None:
    """Quarters begin on the 15th of the month before; both of a row's days may be doubted."""
    days = ("2023-12-14", "2023-12-15", "2025-02-01", "2025-02-02")
    rows = [{**example("inspections", n), "inspected_on": day} for n, day in enumerate(days, 1)]
    rows += [{**example("inspections", 5), "inspected_on": "2025-02-03", "quarter": "2025Q2"}]
    campaign = reads({"inspections": rows})
    assert len(campaign.tables["inspections"]) == len(rows)
    assert [(one.row, one.value, one.action) for one in lines(campaign)] == [
        (2, "2023-12-14", "kept"),
        (5, "2025-02-02", "kept"),
        (6, "2025-02-03", "kept"),
        (6, "2025-02-03", "kept"),
    ]


@pytest.mark.parametrize("injury", OPTIONAL, ids=name_of)
def test_an_unreadable_optional_cell_is_set_to_unknown(unreadable: Read, injury: Injury) -> None:
    campaign, places = unreadable
    row = places[injury]
    assert rows(campaign, injury.table)[row][injury.column] is None
    file = f"{file_of(injury.table)}.csv"
    assert lines_at(campaign, injury.table, row) == [
        Line(file, row, injury.column, injury.text, UNKNOWN)
    ]


@pytest.mark.parametrize("injury", [*NEEDED, *EMPTY, *MARKED], ids=name_of)
def test_a_required_cell_that_cannot_be_read_refuses_its_row(
    unreadable: Read, injury: Injury
) -> None:
    campaign, places = unreadable
    row = places[injury]
    assert row not in rows(campaign, injury.table)
    file = f"{file_of(injury.table)}.csv"
    assert lines_at(campaign, injury.table, row) == [
        Line(file, row, injury.column, injury.text, REFUSED)
    ]


@pytest.mark.parametrize("text", ["nghèo lắm", "?", "kr", "Không rõ"])
def test_an_unreadable_status_with_a_date_stays_as_unknown(reads: Reads, text: str) -> None:
    """An older status must not come back to life."""
    first = example("poverty_status", 1)
    later = {**first, "valid_from": "2024-06-30", "status": text}
    campaign = reads({"poverty_status": [first, later]})
    assert column(campaign, "poverty_status", "status") == ["poor", None]
    assert column(campaign, "poverty_status", "valid_from") == ["2024-01-10", "2024-06-30"]
    assert {line.action for line in lines(campaign)} <= {UNKNOWN}
    assert counts(campaign, "poverty_status.csv") == (2, 2, 0, 0)


def test_an_empty_status_refuses_its_row(reads: Reads) -> None:
    """A required cell that is empty; only what was written can end an older status."""
    first = example("poverty_status", 1)
    campaign = reads(
        {"poverty_status": [first, {**first, "valid_from": "2024-06-30", "status": ""}]}
    )
    assert lines(campaign) == [Line("poverty_status.csv", 3, "status", "", REFUSED)]


def test_a_strange_answer_is_told_the_labels(reads: Reads) -> None:
    bad = {**example("survey", 1), "house": "nhà tre"}
    (problem,) = reads({"survey/2024Q1": [bad]}).problems["problem"]
    assert problem.startswith("not an answer to this column; known are solid (Kiên cố), semi_solid")


def test_an_unreadable_status_is_listed(reads: Reads) -> None:
    campaign = reads({"poverty_status": [{**example("poverty_status", 1), "status": "nghèo lắm"}]})
    assert lines(campaign) == [Line("poverty_status.csv", 2, "status", "nghèo lắm", UNKNOWN)]


def test_an_unreadable_status_without_a_date_is_refused(reads: Reads) -> None:
    bad = {**example("poverty_status", 1), "status": "nghèo lắm", "valid_from": "31/02/2024"}
    campaign = reads({"poverty_status": [bad]})
    assert counts(campaign, "poverty_status.csv") == (1, 0, 1, 0)
    assert REFUSED in {line.action for line in lines(campaign)}


def test_cells_are_unreadable_one_by_one(reads: Reads) -> None:
    """Two bad cells of one row are two lines, and the good ones are read."""
    bad = {**example("survey", 1), "income": "nhiều", "house": "nhà tre"}
    campaign = reads({"survey/2024Q1": csv_text(bad, [bad])})
    (found,) = rows(campaign, "survey").values()
    assert (found["income"], found["house"], found["cooperative"]) == (None, None, "group")
    assert [(line.row, line.column) for line in lines(campaign)] == [
        (first_row("survey"), "house"),
        (first_row("survey"), "income"),
    ]
