"""Percentages as they are printed: half up to two decimals, in whole numbers only."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_lib.base.percent import (
    ALL_OF_THEM,
    hundredths,
    least_count,
    printed,
    round_away,
    share_up,
)

bases = st.integers(1, 10**6)
targets = st.integers(0, ALL_OF_THEM)
parts = bases.flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base)))


def as_a_reader_rounds(numerator: int, denominator: int) -> int:
    """Round in decimals, by another road than the library's."""
    exact = Fraction(100 * 100 * numerator, denominator)
    digits = Decimal(exact.numerator * 10 // exact.denominator) / 10  # truncating keeps the half
    return int(digits.quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent"),
    [
        (98, 127, 7717),  # 77.1654 %
        (64, 127, 5039),
        (39, 127, 3071),
        (32, 127, 2520),
        (1, 20000, 1),  # 0.005 %: the half goes up
        (3, 20000, 2),  # 0.015 %
        (1, 20001, 0),
        (1, 3, 3333),
        (2, 3, 6667),
        (19999, 20000, 10000),  # 99.995 % is printed as 100.00
        (19998, 20000, 9999),
        (0, 5, 0),
        (5, 5, 10000),
    ],
)
def test_half_goes_up(numerator: int, denominator: int, percent: int) -> None:
    assert hundredths(numerator, denominator) == percent


@given(parts)
def test_it_is_what_a_reader_would_round(part: tuple[int, int]) -> None:
    assert hundredths(*part) == as_a_reader_rounds(*part)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (Fraction(1, 2), 1),
        (Fraction(-1, 2), -1),
        (Fraction(3, 2), 2),
        (Fraction(-3, 2), -2),
        (Fraction(49, 100), 0),
        (Fraction(-49, 100), 0),
        (Fraction(0), 0),
        (Fraction(7), 7),
    ],
)
def test_halves_go_away_from_zero(value: Fraction, rounded: int) -> None:
    assert round_away(value) == rounded


@pytest.mark.parametrize(
    ("target", "denominator", "count"),
    [
        (7717, 127, 98),
        (5039, 127, 64),
        (3071, 127, 39),
        (2520, 127, 32),
        (10000, 20000, 20000),  # all of them: 19999 would be printed as 100.00, too
        (9999, 20000, 19997),  # 99.985 %, rounded up to 99.99
        (0, 127, 0),
        (1, 127, 1),
        (1, 20000, 1),
        (1, 0, 0),
        (10000, 0, 0),
    ],
)
def test_target_counts(target: int, denominator: int, count: int) -> None:
    assert least_count(target, denominator) == count


@given(st.integers(0, ALL_OF_THEM - 1), bases)
def test_the_least_count_meets_the_target_and_one_less_does_not(target: int, base: int) -> None:
    least = least_count(target, base)
    assert 0 <= least <= base
    meets = Fraction(target) - Fraction(1, 2)  # of hundredths: from here on it is rounded up to it
    assert Fraction(ALL_OF_THEM * least, base) >= meets
    assert least == 0 or Fraction(ALL_OF_THEM * (least - 1), base) < meets


@given(targets, parts)
def test_the_verdict_agrees_with_what_the_reader_sees(target: int, part: tuple[int, int]) -> None:
    numerator, base = part
    if target == ALL_OF_THEM:
        assert (numerator >= least_count(target, base)) == (numerator == base)
    else:
        assert (numerator >= least_count(target, base)) == (hundredths(*part) >= target)


@pytest.mark.parametrize(
    ("share", "count", "due"),
    [
        (Fraction(1, 4), 98, 25),  # 24.5
        (Fraction(1, 2), 98, 49),
        (Fraction(3, 4), 98, 74),  # 73.5
        (Fraction(1), 98, 98),
        (Fraction(0), 98, 0),
        (Fraction(1, 3), 3, 1),
        (Fraction(1, 3), 4, 2),
        (Fraction(1, 4), 0, 0),
    ],
)
def test_a_share_is_rounded_up_to_a_whole_unit(share: Fraction, count: int, due: int) -> None:
    assert share_up(share, count) == due


@given(st.lists(parts, min_size=1, max_size=6), targets, st.fractions(0, 1, max_denominator=10**6))
def test_columns_are_worked_out_as_single_numbers_are(
    pairs: list[tuple[int, int]], target: int, share: Fraction
) -> None:
    numerators, bases = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    one_by_one = [hundredths(*pair) for pair in pairs]
    assert hundredths(numerators, bases).tolist() == one_by_one
    assert least_count(target, bases).tolist() == [least_count(target, base) for _, base in pairs]
    assert share_up(share, bases).tolist() == [share_up(share, base) for _, base in pairs]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7717, "77.17"),
        (2520, "25.20"),
        (10000, "100.00"),
        (5, "0.05"),
        (0, "0.00"),
        (-5, "-0.05"),
        (-512, "-5.12"),
        (-10000, "-100.00"),
    ],
)
def test_printed(value: int, text: str) -> None:
    assert printed(value) == text
