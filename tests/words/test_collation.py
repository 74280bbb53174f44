"""Vietnamese order: letters first, then tones, numbers as numbers."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_lib.words.spelling import in_alphabet

ALPHABET = "a ă â b c d đ e ê g h i k l m n o ô ơ p q r s t u ư v x y".split()


def in_order(texts: list[str]) -> list[str]:
    """Sort texts that come the other way round."""
    turned = texts[::-1]
    return sorted(turned, key=in_alphabet)


def test_letters_stand_in_the_order_of_the_alphabet() -> None:
    assert in_order(ALPHABET) == ALPHABET
    capitals = [letter.upper() for letter in ALPHABET]
    assert in_order(capitals) == capitals


@pytest.mark.parametrize("vowel", "aăâeêioôơuưy")
def test_tones_stand_in_the_order_of_dictionaries(vowel: str) -> None:
    marks = ["", *"\u0300\u0309\u0303\u0301\u0323"]
    toned = [unicodedata.normalize("NFC", vowel + mark) for mark in marks]
    assert in_order(toned) == toned


@pytest.mark.parametrize(
    "names",
    [
        ["Dak", "Dy", "Đăk", "Em"],
        ["ba", "bà", "bả", "bã", "bá", "bạ", "băm", "bân"],
        ["ma", "mà", "má", "mai"],
        ["thôn 2", "Thôn 9", "thôn 10", "Thôn Đăk"],
        ["survey/2024Q3.csv", "survey/2024Q3/thôn 4.xlsx", "survey/2024Q4.csv"],
        ["Kon", "Kon Rẫy", "Kông"],
    ],
)
def test_names(names: list[str]) -> None:
    assert in_order(names) == names


@given(st.lists(st.text(max_size=6)))
def test_any_texts_have_one_order(texts: list[str]) -> None:
    """Whatever is typed: the order is the same from either end, and eth is đ."""
    once = sorted(texts, key=in_alphabet)
    assert once == in_order(texts)
    assert all(in_alphabet(one) <= in_alphabet(other) for one, other in pairwise(once))
    assert in_alphabet("\u00d0")[0] == in_alphabet("Đ")[0]
