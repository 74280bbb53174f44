"""What a misspelt name may have meant."""

import pytest

from campaign_lib.indicators import IDS
from campaign_lib.words.spelling import LISTED, few_of, hint

MANY = [f"T{number:03}" for number in range(1, 801)]
VILLAGES = {"T1": "T1 (Đăk Tơ Re)", "Đăk Tơ Re": "T1 (Đăk Tơ Re)", "T2": "T2 (Kon Lỗ)"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("changed_mindest", "changed_mindset"),
        ("Changed_Mindset", "changed_mindset"),
        ("infromed", "informed"),
        ("mindset", "changed_mindset"),
        ("models", "area_models or front_models"),
    ],
)
def test_the_nearest_indicator_comes_first(typed: str, meant: str) -> None:
    assert str(hint(typed, IDS)) == f"did you mean {meant}? Known are {', '.join(IDS)}"


@pytest.mark.parametrize("typed", ["happiness", "", "x", "_"])
def test_where_nothing_is_near_nothing_is_offered(typed: str) -> None:
    assert str(hint(typed, IDS)) == f"known are {', '.join(IDS)}"


@pytest.mark.parametrize("typed", ["dak to re", "Đak Tơ Re", "ĐĂK  TƠ RÊ", "Dak To Ree", "T01"])
def test_accents_case_spaces_and_zeros_do_not_matter(typed: str) -> None:
    known = ["T1", "T2"]
    assert str(hint(typed, known, VILLAGES)) == "did you mean T1 (Đăk Tơ Re)? Known are T1, T2"


@pytest.mark.parametrize(("typed", "near"), [("T4", "T004"), ("t0044", "T044"), ("T80O", "T080")])
def test_of_very_many_a_few_are_named_and_the_number(typed: str, near: str) -> None:
    said = str(hint(typed, MANY))
    assert said == f"did you mean {near}? Known are T001, T002, T003 and 797 others"


def test_names_that_are_equally_near_are_no_help() -> None:
    assert str(hint("T", MANY)) == "known are T001, T002, T003 and 797 others"
    villages = [f"Thôn {number}" for number in range(1, 9)]
    assert str(hint("Thôn", villages)).startswith("known are Thôn 1")


def test_as_many_as_fit_are_all_listed() -> None:
    assert few_of(MANY[:LISTED]) == ", ".join(MANY[:LISTED])
    assert str(few_of(MANY[: LISTED + 1])) == f"T001, T002, T003 and {LISTED - 2} others"


@pytest.mark.parametrize(
    ("typed", "known", "vietnamese"),
    [
        ("T9", ["T1", "T2"], "hiện có T1, T2"),
        ("mindset", ["changed_mindset"], "có phải là changed_mindset không? Hiện có changed_"),
        ("models", ["a_models", "b_models"], "có phải là a_models hay b_models không? Hiện có"),
        ("T44", MANY, "có phải là T044 không? Hiện có T001, T002, T003 và 797 tên khác"),
    ],
)
def test_a_hint_has_its_vietnamese(typed: str, known: list[str], vietnamese: str) -> None:
    assert hint(typed, known).said("vi").startswith(vietnamese)
