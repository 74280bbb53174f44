"""Published figures: right, right only by cutting off, wrong, or beyond judging."""

import io
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from campaign_lib.cli import main
from campaign_lib.errors import CampaignError
from campaign_lib.recount.recompute import RIGHT, TRUNCATION, UNJUDGED, WRONG, judge, recompute


def words_of(path: Path) -> dict[str, str]:
    return {verdict.place: verdict.word for verdict in recompute(path)}


@pytest.mark.parametrize(
    ("counts", "printed", "word"),
    [
        ((98, 127), "77.17", RIGHT),  # 77.1653...
        ((98, 127), "77.16", TRUNCATION),
        ((98, 127), "77.2", RIGHT),
        ((98, 127), "77.1", TRUNCATION),
        ((98, 127), "77", RIGHT),
        ((98, 127), "77.1654", RIGHT),
        ((98, 127), "77.1653", TRUNCATION),
        ((98, 127), "77.18", WRONG),
        ((98, 127), "77.170", WRONG),  # three decimals are 77.165
        ((1, 2), "50", RIGHT),
        ((1, 2), "50.00", RIGHT),
        ((1, 200), "0.5", RIGHT),
        ((1, 200), "1", RIGHT),  # half up
        ((1, 200), "0", TRUNCATION),
        ((0, 5), "0", RIGHT),
        ((127, 127), "100", RIGHT),
        ((130, 127), "102.36", UNJUDGED),
        ((5, 4), "125", UNJUDGED),
        ((5, 4), "100", UNJUDGED),
        ((-1, 4), "-25", UNJUDGED),
        ((1, -4), "-25", UNJUDGED),
        ((1, 3), "-33.33", WRONG),
        ((0, 0), "0", UNJUDGED),
        ((3, 0), "100", UNJUDGED),
    ],
)
def test_a_figure_is_judged_by_the_decimals_it_has(
    counts: tuple[int, int], printed: str, word: str
) -> None:
    assert judge("Thôn 1", *counts, Decimal(printed)).word == word


def test_figures_are_read_as_reports_write_them(tmp_path: Path) -> None:
    table = tmp_path / "f.csv"
    table.write_text(
        "Thôn;Tử số;Mẫu số;Tỷ lệ\n"
        "a;98 hộ;127 hộ;trên 77%\n"
        "b;1 280;2\u00a0560 hộ nghèo;đạt 50 %\n"
        "c;hơn 98 khẩu;127 người;khoảng 80%\n"
        "d;98 con;127;77\n"
        "e;98 hộ 3;127;77\n",
        encoding="utf-8",
    )
    assert words_of(table) == {"a": RIGHT, "b": RIGHT, "c": WRONG, "d": UNJUDGED, "e": UNJUDGED}


def test_lines_begin_with_the_place_and_the_word() -> None:
    right = judge("Thôn 1", 98, 127, Decimal("77.17"))
    assert str(right) == "Thôn 1: right (98/127 = 77,17 %)"
    wrong = judge("Thôn 2", 64, 127, Decimal("53.09"))
    assert str(wrong).startswith("Thôn 2: wrong (64/127 = 50,39 %; ")
    assert str(wrong).endswith("53,09 %)")


def test_a_share_above_its_base_says_why() -> None:
    assert str(judge("Thôn 1", 5, 4, Decimal(125))) == (
        "Thôn 1: cannot be judged "
        "(tử số lớn hơn mẫu số · the numerator is above the denominator: 5/4)"
    )


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 6))
def test_rounding_is_right_and_one_unit_off_is_not(
    numerator: int, others: int, decimals: int
) -> None:
    denominator = max(numerator + others, 1)
    shift = 10**decimals
    rounded = (200 * numerator * shift + denominator) // (2 * denominator)
    unit = Decimal(1).scaleb(-decimals)
    right = Decimal(rounded).scaleb(-decimals)
    assert judge("x", numerator, denominator, right).word == RIGHT
    assert judge("x", numerator, denominator, right + unit).word == WRONG
    below = judge("x", numerator, denominator, right - unit).word
    cut = 100 * numerator * shift // denominator
    assert below == (TRUNCATION if cut == rounded - 1 else WRONG)


def test_a_vietnamese_table_with_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "bang.csv"
    path.write_text(
        "TT;Thôn;Tử số;Mẫu số;Tỷ lệ\n"
        "1;Thôn 1;98;127;77,17\n"
        "2;Thôn 2;98;127;77,16 %\n"
        "3;Thôn 3;98;127;77.17%\n"
        "4;Thôn 4;1.234;2.000;61,7\n"
        "5;Thôn 5;98;127;80\n"
        "6;Thôn 6;98;0;0\n"
        "7;Thôn 7;chín;127;7\n"
        "8;Thôn 8;98;;77\n"
        "9;Thôn 9;98;127;cao\n"
        "10;Thôn 10;98;127;\n"
        "11;Thôn 11;-1;127;0\n"
        "12;Thôn 12;5;4;125\n"
        "13;;98;127;77\n",
        encoding="utf-8-sig",
    )
    expected = {
        "Thôn 1": RIGHT,
        "Thôn 2": TRUNCATION,
        "Thôn 3": RIGHT,
        "Thôn 4": RIGHT,
        "Thôn 5": WRONG,
        "dòng 14 · row 14": RIGHT,
        **{f"Thôn {number}": UNJUDGED for number in range(6, 13)},
    }
    assert words_of(path) == expected


def test_a_spreadsheet_s_numbers_are_read_as_they_are_shown(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["place", "numerator", "denominator", "percent"])
    rows = [
        ("percent format", 98 / 127, "0.00%", RIGHT),
        ("no decimals", 98 / 127, "0%", RIGHT),
        ("typed too low", 0.7716, "0.00%", TRUNCATION),
        ("plain number", 77.17, "General", RIGHT),
        ("number format", 100 * 98 / 127, "#,##0.00", RIGHT),
        ("sign only shown", 77.17, '0.00" %"', RIGHT),
        ("share without a sign", 0.7717, "General", WRONG),
        ("text", "77,17 %", "General", RIGHT),
    ]
    for name, value, number_format, _ in rows:
        sheet.append([name, 98, 127.0, value])
        sheet.cell(sheet.max_row, 4).number_format = number_format
    sheet.insert_rows(1)  # an empty row above the headings
    sheet.insert_cols(1)
    content = io.BytesIO()
    book.save(content)
    path = tmp_path / "figures.xlsx"
    path.write_bytes(content.getvalue())
    assert words_of(path) == {name: word for name, _, _, word in rows}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("place,numerator,percent\nA,1,2\n", "no column is the denominator"),
        ("place,thôn,numerator,denominator,percent\nA,B,1,2,50\n", "more than one column"),
        ("place,numerator,denominator,percent\n", "no figure"),
        ("", "empty"),
    ],
)
def test_a_table_that_cannot_be_taken_says_why(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "figures.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CampaignError, match=said):
        recompute(path)


@pytest.mark.parametrize(
    ("percent", "status"), [("77.17", 0), ("77.16", 1), ("80", 1), ("", 1), ("x", 1)]
)
def test_the_command_ends_with_0_only_if_all_are_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], percent: str, status: int
) -> None:
    path = tmp_path / "figures.csv"
    head = "place,numerator,denominator,percent\n"
    path.write_text(f"{head}A,1,2,50\nB,98,127,{percent}\n", encoding="utf-8")
    assert main(["recompute", str(path)]) == status
    said = capsys.readouterr()
    assert [line.split(": ")[0] for line in said.out.splitlines()] == ["A", "B"]
    assert said.err == ""


def test_a_place_cannot_command_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "figures.csv"
    path.write_text("place,numerator,denominator,percent\n\x1b[31mA,1,2,50\n", encoding="utf-8")
    assert main(["recompute", str(path)]) == 0
    assert "\x1b" not in capsys.readouterr().out
