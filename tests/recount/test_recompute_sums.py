"""Parts and totals of published tables: what adds up, what shares a base, what was just added."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_lib.cli import main
from campaign_lib.errors import CampaignError
from campaign_lib.recount.recompute import (
    RIGHT,
    UNJUDGED,
    WRONG,
    Verdict,
    judged,
    published_figures,
    recompute,
)
from campaign_lib.recount.recompute.reading import Figure

HEAD = "Nơi;Chỉ tiêu;Tử số;Mẫu số;Tỷ lệ;Thuộc dòng"
FILE = "bang.csv"


def table(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / FILE
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def total_of(folder: Path, *rows: str) -> Verdict:
    """Judge a table, and give the last line's verdict."""
    return recompute(table(folder, *rows))[-1]


def test_villages_add_up_to_the_commune(tmp_path: Path) -> None:
    total = total_of(tmp_path, "Thôn 1;;10;50;20;Xã", "Thôn 2;;6;60;10,0;xã", "Xã;;16;110;14,55;")
    assert (total.word, total.adds_up) == (RIGHT, True)
    assert str(total) == (
        "Xã: right (16/110 = 14,55 %; 2 phần cộng lại đúng 16/110 · its 2 parts add up to 16/110)"
    )


def test_poor_and_near_poor_share_their_base(tmp_path: Path) -> None:
    total = total_of(
        tmp_path,
        "Thôn 1;nghèo;10;50;20;nghèo và cận nghèo",
        "Thôn 1;cận nghèo;4;50;8;nghèo và cận nghèo",
        "Thôn 1;nghèo và cận nghèo;14;50;28;",
    )
    assert (total.word, total.adds_up) == (RIGHT, True)
    assert total.place == "Thôn 1, nghèo và cận nghèo"
    assert "its 2 parts share the base 50 and their numerators add up to 14" in str(total)


def test_a_line_can_be_part_of_two_totals(tmp_path: Path) -> None:
    verdicts = recompute(
        table(
            tmp_path,
            'Thôn 1;nghèo;10;50;20;"Xã; cả hai"',
            "Thôn 1;cận nghèo;4;50;8;cả hai",
            "Thôn 1;cả hai;14;50;28;",
            "Thôn 2;nghèo;6;60;10;Xã",
            "Xã;nghèo;17;110;15,45;",
        )
    )
    assert [verdict.adds_up for verdict in verdicts] == [None, None, True, None, False]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        # The percentage is right, the total is not: 98 of 127 do not come from these villages.
        (
            ("A;;50;60;83,33;Xã", "B;;47;67;70,15;Xã", "Xã;;98;127;77,17;"),
            "numerators of its 2 parts make 97, here it is 98",
        ),
        (
            ("A;;50;60;83,33;Xã", "B;;48;66;72,73;Xã", "Xã;;98;127;77,17;"),
            "denominators of its 2 parts (60, 66) make 126, here it is 127",
        ),
        # Of households and of persons: rates of two bases, printed as one sum.
        (
            ("A;;10;100;10;Xã", "B;;5;50;10;Xã", "Xã;;15;100;15;"),
            "denominators of its 2 parts (100, 50) make 150, here it is 100",
        ),
        (
            ("A;;10;50;20,00;Xã", "B;;6;60;10,00;Xã", "Xã;;16;110;30,00;"),
            "the sum of rates of different bases (50, 60)",
        ),
        (
            ("A;;10;50;20,00;Xã", "B;;6;60;10,00;Xã", "Xã;;16;110;15,00;"),
            "the plain mean of the parts' percentages",
        ),
        (
            ("A;;1;6;16,67;Xã", "B;;1;6;16,67;Xã", "Xã;;2;6;33,34;"),
            "the sum of the parts' rounded percentages",
        ),
    ],
)
def test_a_total_that_does_not_come_from_its_parts_is_wrong(
    tmp_path: Path, rows: tuple[str, ...], said: str
) -> None:
    *parts, total = recompute(table(tmp_path, *rows))
    assert [part.word for part in parts] == [RIGHT, RIGHT]
    assert total.word == WRONG
    assert said in str(total)


def test_a_part_that_cannot_be_read_leaves_the_sum_unjudged(tmp_path: Path) -> None:
    part, total = recompute(table(tmp_path, "A;;chín;60;15;Xã", "Xã;;9;60;15;"))
    assert (part.word, total.word, total.adds_up) == (UNJUDGED, RIGHT, None)
    assert "chưa xét được phép cộng: không đọc được số đếm của A ·" in str(total)


def test_a_total_beyond_judging_stays_so(tmp_path: Path) -> None:
    total = total_of(tmp_path, "A;;40;127;31,5;Năm", "B;;98;127;77,17;Năm", "Năm;;138;127;108,7;")
    assert (total.word, total.adds_up) == (UNJUDGED, False)
    assert "make 138, more than their base 127" in str(total)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("A;;1;2;50;Tỉnh", "Xã;;1;2;50;"), "row 2 says that it is part of 'Tỉnh', but no other"),
        (("A;;1;2;50;A",), "no other row"),
        (("A;;1;2;50;Xã", "Xã;;1;2;50;", "XÃ;;1;2;50;"), "more than one other row"),
        (("A;nghèo;1;2;50;Xã", "Xã;cận nghèo;1;2;50;"), "no other row"),
    ],
)
def test_a_total_that_is_not_there_is_named(
    tmp_path: Path, rows: tuple[str, ...], said: str
) -> None:
    with pytest.raises(CampaignError, match=said):
        recompute(table(tmp_path, *rows))


@pytest.mark.usefixtures("in_english")
def test_the_command_ends_with_a_sum_where_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path, "A;;10;50;20;Xã", "B;;6;60;9,9;Xã", "Xã;;17;110;15,45;")
    assert main(["recompute", str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["A", "B", "Xã"]
    assert main(["recompute", "--summary", str(path)]) == 1
    with_sum = capsys.readouterr().out.splitlines()
    assert with_sum[:3] == lines
    assert with_sum[3:] == [
        "3 figures: 1 right, 0 right only by truncation, 2 wrong, 0 cannot be judged.",
        "Totals: 0 add up, 1 do not.",
    ]


def test_the_figures_are_tidy_for_a_notebook(tmp_path: Path) -> None:
    frame = published_figures(
        table(
            tmp_path,
            "A;;10;50;20,00;Xã",
            "B;;6;60;12,00;Xã",
            "C;;?;60;12,00;",
            "Xã;;16;110;14,5;",
        )
    )
    assert list(frame["place"]) == ["A", "B", "C", "Xã"]
    assert list(frame["verdict"]) == [RIGHT, WRONG, UNJUDGED, RIGHT]
    assert list(frame["percent"].fillna("")) == ["20.00", "10.00", "", "14.5"]
    b, total = frame.iloc[1], frame.iloc[3]
    assert (b["denominator_from"], b["denominator_to"]) == (50, 50)
    assert pd.isna(b["numerator_from"])
    assert (total["parts"], total["parts_numerator"], total["parts_denominator"]) == (2, 16, 110)
    assert total["adds_up"] and not total["one_base"]
    assert frame["adds_up"].isna().tolist() == [True, True, True, False]


# --- properties ----------------------------------------------------------------------------------

COUNTS = st.tuples(st.integers(0, 500), st.integers(1, 500)).map(lambda c: (min(c), max(c)))


def figure(position: int, counts: tuple[int, int], part_of: tuple[int, ...] = ()) -> Figure:
    numerator, denominator = counts
    exact = Fraction(100 * numerator, denominator)
    printed = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
        Decimal("0.01"), ROUND_HALF_UP
    )
    return Figure(position, f"r{position}", "", part_of, numerator, denominator, printed, "")


@given(st.lists(COUNTS, min_size=1, max_size=6), st.integers(-2, 2), st.integers(-2, 2))
def test_places_add_up_exactly_or_not_at_all(
    parts: list[tuple[int, int]], more: int, base: int
) -> None:
    numerator = sum(n for n, _ in parts) + more
    denominator = sum(d for _, d in parts) + base
    if not 0 <= numerator <= denominator or not denominator:
        return
    rows = [figure(at, counts, (len(parts),)) for at, counts in enumerate(parts)]
    total = judged([*rows, figure(len(parts), (numerator, denominator))])[-1].verdict
    shared = all(d == denominator for _, d in parts)
    assert total.adds_up is (more == 0 and (base == 0 or shared))
    assert total.word == (RIGHT if total.adds_up else WRONG)


@given(st.lists(st.integers(0, 60), min_size=2, max_size=5), st.integers(1, 400))
def test_shares_of_one_base_add_up_by_their_numerators(parts: list[int], base: int) -> None:
    denominator = max(base, sum(parts), 1)
    rows = [figure(at, (n, denominator), (len(parts),)) for at, n in enumerate(parts)]
    (*_, total) = judged([*rows, figure(len(parts), (sum(parts), denominator))])
    assert (total.verdict.word, total.verdict.adds_up) == (RIGHT, True)
    assert f"share the base {denominator} and their numerators" in str(total.verdict)
