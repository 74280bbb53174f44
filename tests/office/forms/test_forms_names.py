"""File names of forms: safe on Windows, readable, and no two villages share one."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import folded
from campaign_lib.office.forms.questionnaire import Village, village_stem

QUARTER = Quarter(2024, 3)
TEXTS = st.text(min_size=1, max_size=60).filter(str.strip)
SAFE = re.compile(r"2024Q3(_[A-Za-z0-9-]+){3,4}")


def stem(code: str, name: str) -> str:
    return village_stem(QUARTER, Village(code, name, ()))


def test_a_plain_village_has_a_plain_name() -> None:
    assert stem("T1", "Thôn Đăk Tờ Re") == "2024Q3_T1_Thon-Dak-To-Re_noi-bo"


def test_a_village_without_a_letter_of_ascii_has_a_name() -> None:
    assert re.fullmatch(r"2024Q3_x_[0-9a-f]{8}_x_noi-bo", stem("村", "…"))


@given(TEXTS, TEXTS)
@example("con", "nul")
@example("../../x", "C:\\x")
@example("A" * 300, "B" * 300)
def test_every_name_is_safe(code: str, name: str) -> None:
    found = stem(code, name)
    assert SAFE.fullmatch(found)
    assert len(found) <= 100


@given(TEXTS, TEXTS, TEXTS, TEXTS)
@example("T-1", "a", "T", "1 a")
@example("Đ1", "a", "D1", "a")
@example("T.1", "a", "T-1", "a")
@example("A" * 30 + "1", "a", "A" * 30 + "2", "a")
def test_two_villages_never_share_a_name(one: str, own: str, other: str, its: str) -> None:
    if folded(one) != folded(other):
        assert stem(one, own).casefold() != stem(other, its).casefold()
