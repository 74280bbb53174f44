"""The reporting quarter: its days in both calendars, its neighbours, its order, its code."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_lib.base.quarters import CALENDAR, CALENDARS, DECREE_09_2019, Quarter
from campaign_lib.errors import CampaignError

quarters = st.builds(Quarter, st.integers(1900, 2200), st.integers(1, 4))


@pytest.mark.parametrize(
    ("calendar", "code", "first", "last"),
    [
        (DECREE_09_2019, "2024Q1", "2023-12-15", "2024-03-14"),
        (DECREE_09_2019, "2024Q2", "2024-03-15", "2024-06-14"),
        (DECREE_09_2019, "2024Q3", "2024-06-15", "2024-09-14"),
        (DECREE_09_2019, "2024Q4", "2024-09-15", "2024-12-14"),
        (DECREE_09_2019, "2025Q1", "2024-12-15", "2025-03-14"),
        (CALENDAR, "2024Q1", "2024-01-01", "2024-03-31"),
        (CALENDAR, "2024Q2", "2024-04-01", "2024-06-30"),
        (CALENDAR, "2024Q3", "2024-07-01", "2024-09-30"),
        (CALENDAR, "2024Q4", "2024-10-01", "2024-12-31"),
    ],
)
def test_first_and_last_day(calendar: str, code: str, first: str, last: str) -> None:
    quarter = Quarter.parse(code)
    assert quarter.first_day(calendar) == date.fromisoformat(first)
    assert quarter.last_day(calendar) == date.fromisoformat(last)


def test_the_decree_s_quarters_are_the_usual_ones() -> None:
    quarter = Quarter(2024, 3)
    assert quarter.first_day() == quarter.first_day(DECREE_09_2019)
    assert quarter.last_day() == quarter.last_day(DECREE_09_2019)
    assert {DECREE_09_2019, CALENDAR} == set(CALENDARS)


@pytest.mark.parametrize(
    ("calendar", "year", "days"),
    [
        (DECREE_09_2019, 2023, 90),
        (DECREE_09_2019, 2024, 91),  # 29 February 2024
        (DECREE_09_2019, 1900, 90),  # a century that is no leap year
        (DECREE_09_2019, 2000, 91),
        (CALENDAR, 2023, 90),
        (CALENDAR, 2024, 91),
    ],
)
def test_a_leap_day_is_in_the_first_quarter(calendar: str, year: int, days: int) -> None:
    first = Quarter(year, 1)
    assert (first.last_day(calendar) - first.first_day(calendar)).days + 1 == days


@pytest.mark.parametrize(
    ("code", "following"), [("2024Q1", "2024Q2"), ("2024Q3", "2024Q4"), ("2024Q4", "2025Q1")]
)
def test_next_and_previous(code: str, following: str) -> None:
    assert Quarter.parse(code).next() == Quarter.parse(following)
    assert Quarter.parse(following).previous() == Quarter.parse(code)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_this_year_begins_with_its_first_quarter(number: int) -> None:
    assert Quarter(2024, number).first_of_year() == Quarter(2024, 1)


def test_quarters_sort_by_time() -> None:
    codes = ["2024Q4", "2025Q1", "2023Q4", "2024Q1", "2024Q2"]
    in_order = ["2023Q4", "2024Q1", "2024Q2", "2024Q4", "2025Q1"]
    assert [str(quarter) for quarter in sorted(map(Quarter.parse, codes))] == in_order
    assert sorted(codes) == in_order, "codes sort like their quarters"


@given(quarters, st.sampled_from(CALENDARS))
def test_every_day_is_in_one_quarter(quarter: Quarter, calendar: str) -> None:
    assert quarter.next().first_day(calendar) - quarter.last_day(calendar) == timedelta(days=1)
    assert quarter.first_day(calendar) < quarter.last_day(calendar)


@given(quarters)
def test_there_and_back_again(quarter: Quarter) -> None:
    assert quarter.next().previous() == quarter == quarter.previous().next()
    assert quarter.previous() < quarter < quarter.next()
    assert Quarter.parse(str(quarter)) == quarter


@pytest.mark.parametrize("code", ["2024Q3", "2024q3", " 2024Q3 ", "2024Q3\n"])
def test_case_and_white_space_do_not_matter(code: str) -> None:
    assert Quarter.parse(code) == Quarter(2024, 3)


@pytest.mark.parametrize(
    "code",
    [
        *("", "2024", "Q3", "2024Q", "2024Q0", "2024Q5", "2024Q33", "2024Q3 2024Q4"),
        *("24Q3", "0024Q3", "20244Q3", "-2024Q3", "2024-Q3", "Q3/2024", "quý 3"),
    ],
)
def test_anything_else_is_refused_and_says_what_to_write(code: str) -> None:
    with pytest.raises(CampaignError) as caught:
        Quarter.parse(code)
    assert str(caught.value) == (
        f"{code!r} is not a quarter: write the year, Q and 1 to 4, such as 2024Q3."
    )
