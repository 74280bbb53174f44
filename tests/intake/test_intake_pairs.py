"""What is looked for among pairs of rows is found without looking at each pair, and is the same."""

from datetime import date, timedelta
from itertools import permutations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from campaign_lib.intake.communes import _sharing_days
from campaign_lib.intake.keys import _gone, _overlapping
from campaign_lib.plan.communes import Commune

START = date(2024, 1, 1)
#: A beginning and an end, as days after `START`, either of which may be open.
SPANS = st.tuples(st.none() | st.integers(0, 9), st.none() | st.integers(0, 9)).filter(
    lambda span: None in span or span[0] <= span[1]  # type: ignore[operator]
)
STAYS = st.lists(st.tuples(st.sampled_from("AB"), SPANS), max_size=7)
ALWAYS, NEVER = -1, 99


def days(numbers: list[int | None]) -> pd.Series:
    texts = [None if one is None else START + timedelta(one) for one in numbers]
    return pd.Series(texts, dtype="datetime64[s]")


def table(stays: list[tuple[str, tuple[int | None, int | None]]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "household": pd.Series([home for home, _ in stays], dtype="str"),
            "joined_on": days([joined for _, (joined, _) in stays]),
            "left_on": days([left for _, (_, left) in stays]),
        }
    )


def ends(span: tuple[int | None, int | None]) -> tuple[int, int]:
    joined, left = span
    return (ALWAYS if joined is None else joined), (NEVER if left is None else left)


def clashing(stays: list[tuple[str, tuple[int | None, int | None]]]) -> list[bool]:
    found = [False] * len(stays)
    for (at, (home, one)), (_, (other_home, other)) in permutations(enumerate(stays), 2):
        (joined, left), (other_joined, other_left) = ends(one), ends(other)
        if home == other_home and joined < other_left and other_joined < left:
            found[at] = True
    return found


@given(STAYS)
def test_stays_that_overlap(stays: list[tuple[str, tuple[int | None, int | None]]]) -> None:
    # Two that begin on one day are two rows with one key, which are judged before.
    stays = list({(home, span[0]): (home, span) for home, span in stays}.values())
    assert _overlapping(table(stays)).tolist() == clashing(stays)


@given(STAYS, st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 9)), max_size=4))
def test_visits_of_those_who_had_left(
    stays: list[tuple[str, tuple[int | None, int | None]]], visits: list[tuple[str, int]]
) -> None:
    stays = list({(home, span[0]): (home, span) for home, span in stays}.values())
    stays = [one for one, clashes in zip(stays, clashing(stays), strict=True) if not clashes]
    asked = pd.DataFrame(
        {
            "household": pd.Series([home for home, _ in visits], dtype="str"),
            "surveyed_on": days([day for _, day in visits]),
        }
    )
    wanted = []
    for home, day in visits:
        begun = [ends(span) for other, span in stays if other == home and ends(span)[0] <= day]
        wanted.append(
            any(left <= day for _, left in begun) and all(left <= day for _, left in begun)
        )
    assert _gone(asked, table(stays)).tolist() == wanted


@given(st.lists(SPANS, max_size=6))
def test_communes_of_one_code_on_the_same_days(spans: list[tuple[int | None, int | None]]) -> None:
    communes = [
        Commune(
            f"X{at}", "X", "1", *(None if day is None else START + timedelta(day) for day in span)
        )
        for at, span in enumerate(spans)
    ]
    found = np.zeros(len(communes), dtype=bool)
    found[list(_sharing_days(enumerate(communes)))] = True
    assert found.tolist() == [
        any(at != other_at and one.overlaps(other) for other_at, other in enumerate(communes))
        for at, one in enumerate(communes)
    ]
