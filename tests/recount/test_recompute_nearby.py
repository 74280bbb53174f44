"""Counts that would make a printed percentage right: all of them, and no other."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_lib.recount.recompute import (
    RIGHT,
    SHOWN,
    TRUNCATION,
    UNJUDGED,
    WRONG,
    denominators_for,
    judge,
    nearest,
    numerators_for,
    recompute,
)

#: Percentages with up to three decimals, also below 0 and above 100.
PERCENTAGES = st.tuples(st.integers(0, 3), st.integers(-5, 120_000)).map(
    lambda pair: Decimal(pair[1]).scaleb(-pair[0])
)
SMALL = st.integers(0, 150)


def is_right(numerator: int, denominator: int, printed: Decimal) -> bool:
    return judge("x", numerator, denominator, printed).word == RIGHT


@given(SMALL, PERCENTAGES)
def test_the_denominators_are_those_that_make_it_right(numerator: int, printed: Decimal) -> None:
    found = denominators_for(numerator, printed)
    for denominator in range(1, 400):
        assert (denominator in found) is is_right(numerator, denominator, printed)
    for denominator in (*found[:3], *found[-3:]):
        assert is_right(numerator, denominator, printed)


@given(st.integers(1, 150), PERCENTAGES)
def test_the_numerators_are_those_that_make_it_right(denominator: int, printed: Decimal) -> None:
    found = numerators_for(denominator, printed)
    right = [n for n in range(denominator + 1) if is_right(n, denominator, printed)]
    assert list(found) == right


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(0, 4))
def test_a_right_percentage_is_right_by_both_of_its_counts(n: int, d: int, decimals: int) -> None:
    numerator, denominator = min(n, d), d
    unit = 10**decimals
    whole = (200 * unit * numerator + denominator) // (2 * denominator)
    printed = Decimal(whole).scaleb(-decimals)
    assert is_right(numerator, denominator, printed)
    assert denominator in denominators_for(numerator, printed)
    assert numerator in numerators_for(denominator, printed)


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 4))
def test_what_was_cut_off_is_never_called_right(n: int, d: int, decimals: int) -> None:
    numerator, unit = min(n, d), 10**decimals
    cut, rest = divmod(100 * unit * numerator, d)
    word = judge("x", numerator, d, Decimal(cut).scaleb(-decimals)).word
    assert word == (TRUNCATION if 2 * rest >= d else RIGHT)


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 120))
def test_the_nearest_counts_are_the_nearest(first: int, many: int, printed: int) -> None:
    counts = range(first, first + many)
    found = nearest(counts, printed)
    assert found == sorted(found)
    assert set(found) <= set(counts)
    assert len(found) == min(SHOWN, many)
    farthest = max(abs(count - printed) for count in found)
    assert all(abs(count - printed) >= farthest - 1 for count in set(counts) - set(found))


def line_of(folder: Path, numerator: int, denominator: int, percent: str) -> str:
    path = folder / "figures.csv"
    text = f"place;numerator;denominator;percent\nA;{numerator};{denominator};{percent}\n"
    path.write_text(text, encoding="utf-8")
    (verdict,) = recompute(path)
    return str(verdict)


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ((89, 127, "77,17"), ["giữ mẫu số 127 thì tử số phải là 98 ·", "numerator would be 98"]),
        ((98, 217, "77,17"), ["giữ tử số 98 thì mẫu số phải là 127 ·", "would be 127)"]),
        ((98, 172, "77"), ["mẫu số phải là 127, 128 ·", "tử số phải là 132, 133 ·"]),
        ((64, 127, "53,09"), ["no other numerator or denominator alone makes it right"]),
        ((1, 100, "0"), ["mẫu số phải là 201, 202, 203, 204, 205 … ·", "tử số phải là 0 ·"]),
        ((500, 2000, "50"), ["tử số phải là 990, 991, 992, 993, 994 … 1009 ·"]),
        ((1500, 2000, "50"), ["tử số phải là 990 … 1005, 1006, 1007, 1008, 1009 ·"]),
        ((5, 10, "-5"), ["no other numerator or denominator"]),
        ((5, 10, "1.234,5 %"), ["số in ra · what is printed: 1234,5 %"]),
    ],
)
def test_a_wrong_figure_says_what_would_be_right(
    tmp_path: Path, figure: tuple[int, int, str], said: list[str]
) -> None:
    line = line_of(tmp_path, *figure)
    assert line.startswith(f"A: {WRONG} (")
    for words in said:
        assert words in line


@pytest.mark.parametrize(
    ("percent", "word"), [("77,17", RIGHT), ("77,16", TRUNCATION), ("1.234", WRONG)]
)
def test_only_a_wrong_figure_is_given_other_counts(tmp_path: Path, percent: str, word: str) -> None:
    line = line_of(tmp_path, 98, 127, percent)
    assert line.startswith(f"A: {word} (")
    assert ("alone" in line or "would be" in line) is (word == WRONG)
    assert line_of(tmp_path, 5, 4, "125").startswith(f"A: {UNJUDGED}")
