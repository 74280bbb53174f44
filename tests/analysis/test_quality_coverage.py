"""Who was surveyed and when, by whom, and whether that is enough: rows made by hand."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_lib.analysis.quality.checks import Outcome
from campaign_lib.analysis.quality.coverage import (
    CLASH,
    IN_PART,
    NO_FORM,
    NOT_YET,
    STATUS,
    UNKNOWN,
    USABLE,
    Facts,
    asked_of,
    by_enumerator,
    coverage_by_village,
    due_day,
    households_by_village,
    surveys_by_day,
    to_ask_again,
    verdict,
)
from campaign_lib.codebook import Column

LAST = date(2024, 12, 14)
TV, HOUSE = Column("has_tv", "yes_no", "", ""), Column("house", "choice", "", "")
BORROWED = Column("borrowed", "yes_no", "", "")
LOAN = Column("loan_amount", "number", "", "", only_if="borrowed")


def homes(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    """Give households: id, village, and the day of the survey, if there was one."""
    days = pd.to_datetime(pd.Series([day for *_, day in rows], dtype="str"))
    return pd.DataFrame(
        {
            "household": [name for name, *_ in rows],
            "village": pd.Categorical([village for _, village, _ in rows]),
            "surveyed_on": days.astype("datetime64[s]"),
            "surveyed": days.notna(),
            "head_name": "Chủ hộ (hư cấu)",
            "enumerator": pd.Series(["An"] * len(rows), dtype="str"),
        }
    )


HOMES = homes(
    ("A", "T1", "2024-12-01"),
    ("B", "T1", "2024-12-14"),  # the last day is not late
    ("C", "T1", "2024-12-15"),
    ("D", "T2", None),
    ("E", "T2", "2024-12-26"),
    ("F", "T3", None),
)
EVERYONE = pd.Series(True, index=HOMES.index)


@pytest.mark.parametrize(
    ("last_day", "due"),
    [
        (date(2024, 12, 14), date(2024, 12, 25)),  # Decree 09/2019
        (date(2024, 3, 31), date(2024, 4, 25)),  # of the calendar
        (date(2024, 12, 31), date(2025, 1, 25)),
        (date(2024, 3, 25), date(2024, 4, 25)),  # the first one after it
    ],
)
def test_the_report_is_due_on_the_first_25th_after_the_quarter(last_day: date, due: date) -> None:
    assert due_day(last_day) == due


def test_coverage_by_village_the_most_missing_first() -> None:
    cohort = HOMES["household"].isin(["A", "B", "D"])
    table = coverage_by_village(HOMES, EVERYONE, cohort, LAST).set_index("village")
    assert list(table.index) == ["T2", "T3", "T1"]
    numbers = ["present", "present_surveyed", "cohort", "cohort_surveyed", "forms", "late"]
    assert table[numbers].to_dict("split")["data"] == [
        [2, 1, 1, 0, 1, 1],
        [1, 0, 0, 0, 0, 0],
        [3, 3, 2, 2, 3, 1],
    ]
    first, middle, last = (table[name] for name in ("first", "middle", "last"))
    assert [day["T1"].date() for day in (first, middle, last)] == [
        date(2024, 12, 1),
        date(2024, 12, 14),
        date(2024, 12, 15),
    ]
    assert (table["days_left"]["T1"], table["days_left"]["T2"]) == (10, -1)
    assert pd.isna(table["days_left"]["T3"])
    assert pd.isna(middle["T3"])


def test_the_middle_of_an_even_number_of_days_is_a_day() -> None:
    four = homes(*(("A", "T1", f"2024-12-0{day}") for day in (1, 2, 5, 9)))
    everyone = pd.Series(True, index=four.index)
    table = coverage_by_village(four, everyone, everyone, LAST)
    assert table["middle"].iloc[0].date() == date(2024, 12, 2)


def test_every_day_from_the_first_to_the_last() -> None:
    few = homes(("A", "T1", "2024-12-01"), ("B", "T1", "2024-12-03"), ("C", "T1", None))
    days = surveys_by_day(few)
    assert list(days["forms"]) == [1, 0, 1]
    assert surveys_by_day(homes(("A", "T1", None))).empty


FORMS = pd.DataFrame(
    {
        "enumerator": ["An", "An", "An", "Bình", "Bình", None, None],
        "surveyed_on": pd.to_datetime(
            ["2024-12-01", "2024-12-01", "2024-12-02", *["2024-12-01"] * 4]
        ),
        "village": "T1",
        "has_tv": ["yes", "yes", None, "no", None, "yes", "yes"],
        "house": ["solid", "solid", None, "frail", None, "solid", "solid"],
        "borrowed": ["yes", "yes", None, "no", None, "no", "no"],
        "loan_amount": [10.0, None, None, None, None, None, None],
    }
).astype({"enumerator": "str"})
QUESTIONS = (TV, HOUSE, BORROWED, LOAN)


def test_enumerators_the_most_unknown_first() -> None:
    table = by_enumerator(asked_of(FORMS, QUESTIONS), QUESTIONS)
    bình, an, nobody = table.to_dict("records")
    # Of the third and fifth form every answer is unknown; a loan is asked of two.
    assert bình == {
        "enumerator": "Bình", "forms": 2, "days": 1, "most_on_a_day": 2,
        "asked": 6, "unknown": 3, "alike": 0,
    }  # fmt: skip
    assert an == {
        "enumerator": "An", "forms": 3, "days": 2, "most_on_a_day": 2,
        "asked": 11, "unknown": 4, "alike": 2,
    }  # fmt: skip
    assert pd.isna(nobody["enumerator"])
    assert (nobody["forms"], nobody["alike"]) == (2, 0)  # whose twins they are, nobody knows


def test_unknowns_by_village_and_in_all() -> None:
    answers = asked_of(FORMS.assign(village=["T1"] * 5 + ["T2"] * 2), QUESTIONS)
    assert answers.total() == (23, 7)
    (line,) = answers.by_village(["house", "loan_amount"]).to_dict("records")
    assert line == {
        "village": "T1", "asked_house": 5, "asked_loan_amount": 2,
        "unknown_house": 2, "unknown_loan_amount": 1, "unknown": 3,
    }  # fmt: skip


@given(signs=st.lists(st.tuples(*[st.sampled_from(["yes", "no", None])] * 3), max_size=8))
def test_unknowns_add_up_whichever_way_they_are_counted(
    signs: list[tuple[str | None, ...]],
) -> None:
    forms = pd.DataFrame(signs, columns=["has_tv", "house", "borrowed"], dtype="str").assign(
        loan_amount=pd.Series([None] * len(signs), dtype="float64"),
        village=pd.Series([f"T{at % 2}" for at in range(len(signs))], dtype="str"),
        enumerator=pd.Series(["An" if at % 3 else "Bình" for at in range(len(signs))], dtype="str"),
        surveyed_on=pd.Timestamp("2024-12-01"),
    )
    answers = asked_of(forms, QUESTIONS)
    asked, unknown = answers.total()
    people, questions = by_enumerator(answers, QUESTIONS), answers.by_question()
    villages = answers.by_village([one.code for one in QUESTIONS])
    assert 0 <= unknown <= asked
    assert people["asked"].sum() == questions["asked"].sum() == asked
    assert people["unknown"].sum() == questions["unknown"].sum() == unknown
    assert villages["unknown"].sum() == unknown


def facts(**counts: int) -> Facts:
    fine = {"cohort": 100, "surveyed": 100, "asked": 100, "unknown": 0, "judged": 10}
    return Facts(**{**fine, "hanging": 0, "unmeasured": 0, **counts})


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, USABLE),
        ({"surveyed": 95, "unknown": 5}, USABLE),  # both bounds are still enough
        ({"surveyed": 94}, IN_PART),
        ({"unknown": 6}, IN_PART),
        ({"hanging": 1}, IN_PART),
        ({"unmeasured": 1}, IN_PART),
        ({"surveyed": 80, "unknown": 20}, IN_PART),
        ({"surveyed": 79}, NOT_YET),
        ({"unknown": 21}, NOT_YET),
        ({"cohort": 0, "surveyed": 0}, NOT_YET),
        ({"asked": 0}, NOT_YET),
    ],
)
def test_the_verdict_by_hand(counts: dict[str, int], said: str) -> None:
    assert verdict(facts(**counts)) == said


def test_who_is_asked_again_and_what_about() -> None:
    cohort = HOMES[HOMES["household"].isin(["A", "B", "D"])].assign(
        has_tv=["yes", None, None], house=["solid", None, None]
    )
    answers = asked_of(cohort[cohort["surveyed"]], (TV, HOUSE))
    clash = Outcome("some_check", ("house",), (), 6, 0, HOMES.iloc[[1, 4]])
    lines = to_ask_again(cohort, answers, {CLASH: [clash]}, HOMES.iloc[[1]])
    found = [(line.village, line.household, line.kind, line.name) for line in lines.itertuples()]
    assert found == [
        ("T1", "B", CLASH, "some_check"),
        ("T1", "B", STATUS, ""),
        ("T1", "B", UNKNOWN, "has_tv"),
        ("T1", "B", UNKNOWN, "house"),
        ("T2", "D", NO_FORM, ""),
        ("T2", "E", CLASH, "some_check"),  # not of the cohort, but it contradicts itself
    ]
    assert households_by_village(lines).to_numpy().tolist() == [["T2", 2], ["T1", 1]]


def test_nobody_is_asked_again_where_all_is_well() -> None:
    cohort = HOMES.iloc[[0]].assign(has_tv="yes")
    lines = to_ask_again(cohort, asked_of(cohort, (TV,)), {}, HOMES.iloc[:0])
    assert lines.empty
    assert households_by_village(lines).empty
