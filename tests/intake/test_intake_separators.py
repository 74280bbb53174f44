"""The sign between the cells of a CSV file: told by the table, whatever stands above it."""

import pytest
from intake_files import Reads, column, lines

TITLE = "PHIẾU KHẢO SÁT HỘ, THÔN 1, XÃ ĐĂK TƠ LUNG, QUÝ I NĂM 2024\n"
SURVEY = """household;surveyed_on;informed;income
H01;2024-02-20;yes;1.850,5
H02;2024-02-20;no;2.000
"""


@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("title", [TITLE, TITLE + "\n" + TITLE, "Thôn, Xã, Ghi chú\n", "a|b|c\n"])
def test_a_title_of_other_signs_stands_above_the_table(
    reads: Reads, separator: str, title: str
) -> None:
    campaign = reads({"survey/2024Q1": title + SURVEY.replace(";", separator)})
    assert column(campaign, "survey", "informed") == ["yes", "no"]
    assert column(campaign, "survey", "income") == [1850.5, 2000]
    listed = {one.action for one in lines(campaign) if one.action != "column missing"}
    assert listed == {"row passed over"}


def test_groups_of_a_form_and_questions_with_commas_name_columns_too(reads: Reads) -> None:
    text = (
        "trang_1/household;trang_1/surveyed_on;"
        "Năm nay hộ đã được nghe tuyên truyền, phổ biến về Cuộc vận động chưa?\n"
        "H01;2024-02-20;yes\n"
    )
    campaign = reads({"survey/2024Q1": text})
    assert column(campaign, "survey", "informed") == ["yes"]


def test_decimal_commas_do_not_cut_a_file_of_semicolons(reads: Reads) -> None:
    text = "village;quarter;programme;planned;disbursed\nA;2024Q1;other;1,5;1,25\n"
    campaign = reads({"funding": text})
    assert column(campaign, "funding", "planned") == [1.5]
    assert column(campaign, "funding", "disbursed") == [1.25]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("times", [2, 3])
def test_a_doubled_mark_is_no_part_of_the_first_heading(
    reads: Reads, encoding: str, times: int
) -> None:
    for text in (SURVEY, '"household"' + SURVEY.removeprefix("household")):
        campaign = reads({"survey/2024Q1": ("\ufeff" * times + text).encode(encoding)})
        assert column(campaign, "survey", "informed") == ["yes", "no"]
