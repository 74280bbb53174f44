"""Three-valued answers: every table of Kleene's, and nothing that turns unknown into no."""

import itertools
from collections.abc import Iterable

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_lib.base.answers import at_least, either, enough_of, more_than, said, so_far

YES, NO, UNKNOWN = True, False, None
ANSWERS = (YES, NO, UNKNOWN)

#: Left, right, left *and* right, left *or* right.
KLEENE = [
    (YES, YES, YES, YES),
    (YES, NO, NO, YES),
    (YES, UNKNOWN, UNKNOWN, YES),
    (NO, YES, NO, YES),
    (NO, NO, NO, NO),
    (NO, UNKNOWN, NO, UNKNOWN),
    (UNKNOWN, YES, UNKNOWN, YES),
    (UNKNOWN, NO, NO, UNKNOWN),
    (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
]


def column(*answers: bool | None) -> "pd.Series[bool]":
    return pd.Series(answers, dtype="boolean")


def plain(answers: pd.Series) -> list[bool | None]:
    """Give a column as plain values; that it has the right type is looked at on the way."""
    assert answers.dtype == "boolean"
    return [None if pd.isna(answer) else bool(answer) for answer in answers]


def chosen(answers: Iterable[str | None], *allowed: str) -> pd.Series:
    return pd.Series(pd.Categorical(list(answers), categories=list(allowed)), name="house")


# --- combining ---


@pytest.mark.parametrize(("left", "right", "both", "one"), KLEENE)
def test_and_and_or_are_kleene_s(
    left: bool | None, right: bool | None, both: bool | None, one: bool | None
) -> None:
    assert plain(so_far([column(left), column(right)])[-1]) == [both]
    assert plain(either(column(left), column(right))) == [one]


def test_the_tables_are_whole() -> None:
    assert {row[:2] for row in KLEENE} == set(itertools.product(ANSWERS, repeat=2))


def test_the_first_state_is_the_first_answer() -> None:
    first = column(*ANSWERS)
    states = so_far([first, column(YES, YES, NO), column(UNKNOWN, YES, YES)])
    assert list(map(plain, states)) == [
        [YES, NO, UNKNOWN],
        [YES, NO, NO],
        [UNKNOWN, NO, NO],
    ]


def test_no_question_has_no_state() -> None:
    assert so_far([]) == []


@given(
    st.integers(1, 5).flatmap(
        lambda rows: st.lists(
            st.lists(st.sampled_from(ANSWERS), min_size=rows, max_size=rows),
            min_size=1,
            max_size=5,
        )
    ),
    st.data(),
)
def test_any_order_of_questions_ends_the_same(
    answers: list[list[bool | None]], data: st.DataObject
) -> None:
    asked = [column(*row) for row in answers]
    shuffled = data.draw(st.permutations(asked))
    assert plain(so_far(shuffled)[-1]) == plain(so_far(asked)[-1])
    assert plain(either(*shuffled)) == plain(either(*asked))


# --- asking ---


@pytest.mark.parametrize(
    ("answer", "values", "expected"),
    [
        ("solid", ("solid",), YES),
        ("frail", ("solid",), NO),
        ("frail", ("solid", "frail"), YES),
        (None, ("solid",), UNKNOWN),
        (None, ("solid", "frail"), UNKNOWN),  # whatever it is, but nobody knows
    ],
)
def test_said(answer: str | None, values: tuple[str, ...], expected: bool | None) -> None:
    assert plain(said(chosen([answer], "solid", "frail"), *values)) == [expected]
    assert plain(said(pd.Series([answer], dtype="str"), *values)) == [expected]


@pytest.mark.parametrize("wrong", ["Solid", "strong", ""])
def test_a_value_that_is_never_an_answer_is_our_slip(wrong: str) -> None:
    with pytest.raises(ValueError, match=f"house: {wrong} is never an answer"):
        said(chosen(["solid"], "solid", "frail"), "solid", wrong)


@pytest.mark.parametrize(
    ("amount", "bound", "least", "more"),
    [
        (1849.9, 1850, NO, NO),
        (1850, 1850, YES, NO),  # at the bound: enough, but not above it
        (1850.1, 1850, YES, YES),
        (None, 1850, UNKNOWN, UNKNOWN),
        (1850, None, UNKNOWN, UNKNOWN),
        (None, None, UNKNOWN, UNKNOWN),
        (0, 0, YES, NO),
    ],
)
def test_at_least_and_more_than_at_the_bound(
    amount: float | None, bound: float | None, least: bool | None, more: bool | None
) -> None:
    amounts, bounds = (pd.Series([value], dtype="float64") for value in (amount, bound))
    assert plain(at_least(amounts, bounds)) == [least]
    assert plain(more_than(amounts, bounds)) == [more]


def test_one_bound_may_hold_for_all() -> None:
    amounts = pd.Series([0, 1, None], dtype="Int64")
    assert plain(at_least(amounts, 1)) == [NO, YES, UNKNOWN]
    assert plain(more_than(amounts, 0)) == [NO, YES, UNKNOWN]


@pytest.mark.parametrize(
    ("goods", "needed", "expected"),
    [
        ([YES, YES, UNKNOWN, UNKNOWN, UNKNOWN], 2, YES),  # two of five, the rest does not matter
        ([YES, YES, NO, NO, NO], 2, YES),
        ([YES, UNKNOWN, NO, NO, NO], 2, UNKNOWN),
        ([YES, NO, NO, NO, NO], 2, NO),
        ([UNKNOWN, NO, NO, NO, NO], 2, NO),  # one unknown, even as a yes, would not be enough
        ([UNKNOWN, UNKNOWN, NO, NO, NO], 2, UNKNOWN),
        ([UNKNOWN] * 5, 2, UNKNOWN),
        ([NO] * 5, 1, NO),
        ([YES] * 5, 5, YES),
        ([YES, YES, YES, YES, UNKNOWN], 5, UNKNOWN),
        ([YES] * 5, None, UNKNOWN),  # nobody said how many are enough
        ([NO] * 5, None, UNKNOWN),
    ],
)
def test_enough_of(goods: list[bool | None], needed: int | None, expected: bool | None) -> None:
    limit = pd.Series([needed], dtype="Int64")
    assert plain(enough_of([column(good) for good in goods], limit)) == [expected]


@given(st.lists(st.sampled_from(ANSWERS), min_size=5, max_size=5), st.integers(1, 5))
def test_enough_is_what_every_way_of_filling_the_gaps_says(
    goods: list[bool | None], needed: int
) -> None:
    gaps = goods.count(UNKNOWN)
    sums = {goods.count(YES) + sum(filled) for filled in itertools.product((0, 1), repeat=gaps)}
    ways = {total >= needed for total in sums}
    expected = ways.pop() if len(ways) == 1 else UNKNOWN
    limit = pd.Series([needed])
    assert plain(enough_of([column(good) for good in goods], limit)) == [expected]


# --- missing in, missing out; same length, same index ---


@pytest.mark.parametrize(
    "asked",
    [
        said(chosen([None, None], "solid").set_axis([7, 3]), "solid"),
        at_least(pd.Series([None, None], dtype="float64", index=[7, 3]), 1),
        more_than(pd.Series([1.0, 2.0], index=[7, 3]), float("nan")),
        enough_of([column(None, None).set_axis([7, 3])], pd.Series([1, 1], index=[7, 3])),
        either(column(None, None).set_axis([7, 3]), column(NO, NO).set_axis([7, 3])),
    ],
    ids=["said", "at_least", "more_than", "enough_of", "either"],
)
def test_missing_in_missing_out(asked: pd.Series) -> None:
    assert plain(asked) == [UNKNOWN, UNKNOWN]
    assert list(asked.index) == [7, 3]


def test_nobody_asked_is_an_empty_column() -> None:
    nobody = pd.Series([], dtype="float64")
    assert plain(at_least(nobody, 1)) == []
    assert plain(enough_of([column()], nobody)) == []
