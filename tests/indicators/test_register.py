"""Who lived where on a day and how poor: each boundary on its day, the day before and after."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_lib.codebook import codebook
from campaign_lib.indicators.register import Register

PLACES = ("A", "B")
Stay = tuple[str, str, str | None, str | None]


def register(
    stays: list[Stay],
    statuses: list[tuple[str, str | None, str]] = (),  # type: ignore[assignment]
    ethnicity: str | None = "ba_na",
) -> Register:
    """Draw stays as household, village, joined, left, and statuses as household, status, since."""
    homes = pd.DataFrame(stays, columns=["household", "village", "joined_on", "left_on"])
    groups = [group.code for group in codebook().ethnic_groups]
    homes = homes.astype(
        {"household": "str", "joined_on": "datetime64[s]", "left_on": "datetime64[s]"}
    ).assign(
        ethnicity=pd.Categorical([ethnicity] * len(homes), categories=groups),
        ethnicity_text=pd.Series([ethnicity or "Sao Hỏa"] * len(homes), dtype="str"),
        head_name=pd.Series([f"Chủ hộ {n}" for n in range(len(homes))], dtype="str"),
    )
    poor = pd.DataFrame(statuses, columns=["household", "status", "valid_from"])
    poor = poor.astype({"household": "str", "valid_from": "datetime64[s]"})
    poor["status"] = pd.Categorical(poor["status"], categories=["poor", "near_poor", "not_poor"])
    return Register(placed(homes, "households.csv"), placed(poor, "poverty_status.csv"), PLACES)


def placed(table: pd.DataFrame, file: str) -> pd.DataFrame:
    rows = pd.Series(range(2, len(table) + 2), dtype="Int64")
    return table.assign(source_file=file, source_sheet="", source_row=rows)


def village_on(found: Register, day: str) -> list[str | None]:
    """Give where each household lived on a day, None if not here."""
    stay = found.stays_on(pd.Timestamp(day))
    assert stay["lives_here"].tolist() == stay["village"].notna().tolist()
    return [None if pd.isna(village) else str(village) for village in stay["village"]]


def status_on(found: Register, day: str, unlisted: str = "unknown") -> list[str | None]:
    words = found.status_on(pd.Timestamp(day), unlisted)
    return [None if pd.isna(word) else str(word) for word in words]


# --- present ---


@pytest.mark.parametrize(
    ("joined", "left", "day", "present"),
    [
        (None, None, "2023-12-31", True),
        ("2023-12-30", None, "2023-12-31", True),
        ("2023-12-31", None, "2023-12-31", True),  # came on that day: is there
        ("2024-01-01", None, "2023-12-31", False),
        (None, "2024-01-01", "2023-12-31", True),
        (None, "2023-12-31", "2023-12-31", False),  # left on that day: is not there any more
        (None, "2023-12-30", "2023-12-31", False),
        ("2023-12-31", "2024-01-01", "2023-12-31", True),  # one day only
        ("2023-12-31", "2024-01-01", "2024-01-01", False),
        ("2023-12-31", "2023-12-31", "2023-12-31", False),  # came and left on one day
    ],
)
def test_present_on_a_day(joined: str | None, left: str | None, day: str, present: bool) -> None:
    found = register([("H1", "A", joined, left)])
    assert village_on(found, day) == (["A"] if present else [None])


@pytest.mark.parametrize(
    ("day", "village"),
    [
        ("2024-03-13", "A"),
        ("2024-03-14", "B"),  # moved on this day: already in the other village
        ("2024-06-01", None),
        ("2024-06-30", None),
        ("2024-07-01", "A"),  # came back
    ],
)
def test_moves_between_villages(day: str, village: str | None) -> None:
    moves: list[Stay] = [
        ("H1", "A", "2024-07-01", None),  # the file need not be in the order of time
        ("H1", "A", None, "2024-03-14"),
        ("H1", "B", "2024-03-14", "2024-06-01"),
    ]
    found = register(moves)
    assert list(found.households) == ["H1"]
    assert village_on(found, day) == [village]


def test_every_household_has_its_own_place() -> None:
    found = register([("H2", "B", None, None), ("H1", "A", None, None), ("H3", "A", None, None)])
    assert list(found.households) == ["H2", "H1", "H3"]
    assert village_on(found, "2024-01-01") == ["B", "A", "A"]
    assert found.position(pd.Series(["H3", "H2"])).tolist() == [2, 0]


# --- status ---

STATUSES = [
    ("H1", "near_poor", "2023-12-31"),
    ("H1", "poor", "2022-12-31"),
    ("H1", "not_poor", "2024-06-30"),
    ("H2", "poor", "2024-01-01"),
]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2022-12-30", [None, None]),
        ("2022-12-31", ["poor", None]),
        ("2023-12-30", ["poor", None]),
        ("2023-12-31", ["near_poor", None]),  # valid from this very day
        ("2024-01-01", ["near_poor", "poor"]),
        ("2024-06-29", ["near_poor", "poor"]),
        ("2024-06-30", ["not_poor", "poor"]),
        ("2030-01-01", ["not_poor", "poor"]),
    ],
)
def test_status_on_a_day(day: str, words: list[str | None]) -> None:
    stays: list[Stay] = [("H1", "A", None, None), ("H2", "A", None, None)]
    assert status_on(register(stays, STATUSES), day) == words


def test_an_unreadable_status_does_not_bring_the_older_one_back() -> None:
    found = register(
        [("H1", "A", None, None)], [("H1", "poor", "2022-12-31"), ("H1", None, "2023-06-30")]
    )
    assert status_on(found, "2023-06-29") == ["poor"]
    assert status_on(found, "2023-06-30") == [None]


def test_who_is_not_listed_is_not_poor_where_the_plan_says_so() -> None:
    """Not before the first row, not after an unreadable one: H2 has no row at all."""
    found = register(
        [("H1", "A", None, None), ("H2", "A", None, None)],
        [("H1", "poor", "2022-12-31"), ("H1", None, "2023-06-30")],
    )
    assert status_on(found, "2022-12-30", "not_poor") == ["not_poor", "not_poor"]
    assert status_on(found, "2023-06-29", "not_poor") == ["poor", "not_poor"]
    assert status_on(found, "2023-06-30", "not_poor") == [None, "not_poor"]
    assert found.listed_on(pd.Timestamp("2023-06-29")) == (2, 1, 1)
    assert found.listed_on(pd.Timestamp("2023-06-30")) == (2, 2, 1)
    assert found.problems([(pd.Timestamp("2023-06-29"), "not_poor")]).empty


# --- minority ---


@pytest.mark.parametrize(
    ("ethnicity", "minority"), [("ba_na", True), ("kinh", False), (None, None)]
)
def test_minority_is_any_listed_group_but_kinh(
    ethnicity: str | None, minority: bool | None
) -> None:
    found = register([("H1", "A", None, None)], ethnicity=ethnicity)
    (told,) = found.stays_on(pd.Timestamp("2024-01-01"))["minority"]
    assert (None if pd.isna(told) else bool(told)) is minority


# --- who is left out ---


@pytest.mark.parametrize(
    ("ethnicity", "statuses", "listed"),
    [
        ("ba_na", [("H1", "poor", "2023-12-31")], []),
        ("ba_na", [], ["no poverty status on the baseline date 2023-12-31"]),
        (
            "ba_na",
            [("H1", "poor", "2024-01-01")],  # a day late
            ["no poverty status on the baseline date 2023-12-31"],
        ),
        ("kinh", [], []),  # in no base anyway
        (None, [("H1", "poor", "2023-12-31")], ["ethnicity not on the list"]),
        (
            None,
            [],
            ["ethnicity not on the list", "no poverty status on the baseline date 2023-12-31"],
        ),
    ],
)
def test_who_is_left_out_of_the_base_is_listed(
    ethnicity: str | None, statuses: list[tuple[str, str | None, str]], listed: list[str]
) -> None:
    found = register([("H1", "A", None, None)], statuses, ethnicity)
    problems = found.problems([(pd.Timestamp("2023-12-31"), "unknown")])
    assert problems["problem"].tolist() == listed
    assert set(problems["action"]) <= {"left out of the base"}
    assert set(problems["file"]) <= {"households.csv"}
    assert set(problems["row"]) <= {2}


def test_who_came_after_the_baseline_is_missed_by_nobody() -> None:
    found = register([("H1", "A", "2024-01-01", None)])
    assert found.problems([(pd.Timestamp("2023-12-31"), "unknown")]).empty


# --- any stays ---

days = st.dates(pd.Timestamp("2023-01-01").date(), pd.Timestamp("2025-01-01").date())


@given(st.lists(days, min_size=1, max_size=7, unique=True).map(sorted), days)
def test_one_who_only_moves_is_always_somewhere(cuts: list, day: object) -> None:
    """Stays that follow one another without a gap: on each day exactly one of them holds."""
    ends = [None, *map(str, cuts), None]
    stays: list[Stay] = [
        ("H1", PLACES[number % 2], ends[number], ends[number + 1])
        for number in range(len(cuts) + 1)
    ]
    expected = PLACES[sum(cut <= day for cut in cuts) % 2]
    assert village_on(register(stays), str(day)) == [expected]
