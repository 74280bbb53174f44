"""Rows with the same key, and stays that overlap: the two tables of the contract say what then."""

from collections.abc import Mapping

import pytest
from intake_files import (
    COLUMNS,
    REFUSED,
    SUPERSEDED,
    Reads,
    assert_nothing_is_lost,
    column,
    counts,
    example,
    first_row,
    lines,
    read,
    rows,
)

from campaign_lib.intake import Campaign

#: A cell that is not part of the key, in every table but the survey, whose rules are its own.
CHANGED: dict[str, dict[str, object]] = {
    "communes": {"name": "Xã khác"},
    "villages": {"residential_areas": 3},
    "village_plans": {"issued_on": "2024-02-01"},
    "households": {"village": "B"},
    "poverty_status": {"status": "not_poor"},
    "activities": {"held_on": "2024-02-01"},
    "models": {"owner": "commune_front"},
    "funding": {"disbursed": 31},
    "extra_tasks": {"text": "việc khác"},
    "task_progress": {"status": "in_progress"},
    "agency_plans": {"status": "in_progress"},
    "people": {"role": "cadre"},
    "customs": {"status": "gone"},
    "support": {"agency": "Hội Phụ nữ"},
    "remarks": {"text": "Lời khác"},
    "inspections": {"found": "no"},
    "allocation": {"count": 6},
}


@pytest.fixture(scope="module")
def doubled(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """Every table with 1 once, 2 twice alike, 3 twice with another cell, 4 thus and one alike."""
    tables = {}
    for table, change in CHANGED.items():
        one, two, three, four = (example(table, n) for n in (1, 2, 3, 4))
        other_three, other_four = {**three, **change}, {**four, **change}
        tables[table] = [one, two, three, four, other_four, two, four, other_three]
    return read(tmp_path_factory.mktemp("doubled"), tables)


def fates_of(campaign: Campaign, table: str) -> list[str]:
    """Give what became of each of the eight rows."""
    kept = rows(campaign, table)
    gone = {line.row: line.action for line in lines(campaign) if line.file == f"{table}.csv"}
    first = first_row(table)
    return ["kept" if row in kept else gone[row] for row in range(first, first + 8)]


@pytest.mark.parametrize("table", CHANGED)
def test_same_key_and_same_content_keeps_one(doubled: Campaign, table: str) -> None:
    fates = fates_of(doubled, table)
    assert sorted([fates[1], fates[5]]) == ["kept", SUPERSEDED]


@pytest.mark.parametrize("table", CHANGED)
def test_same_key_and_different_content_refuses_all(doubled: Campaign, table: str) -> None:
    fates = fates_of(doubled, table)
    assert fates[0] == "kept"
    assert [fates[2], fates[7]] == [REFUSED, REFUSED]
    # Of three rows two are alike: whether one of them counts as superseded is open, none is kept.
    assert {fates[3], fates[4], fates[6]} <= {REFUSED, SUPERSEDED}


def test_no_doubled_row_is_lost(doubled: Campaign) -> None:
    assert set(CHANGED) == set(COLUMNS) - {"survey"}
    assert_nothing_is_lost(doubled)


@pytest.mark.parametrize(
    ("table", "other"),
    [
        ("activities", {"activity": "hd1", "held_on": "10/01/2024", "led_by": "Già làng"}),
        ("activities", {"village": "thôn 1", "kind": " họp  thôn"}),
        ("models", {"model": "mh1", "ended_on": "01/12/2024"}),
        ("funding", {"planned": "40,0", "programme": "Nguồn khác", "quarter": "2024q1"}),
        ("inspections", {"household": "h01", "found": "x", "question": "Có ti vi"}),
        ("poverty_status", {"status": "Hộ nghèo", "valid_from": "10/01/2024"}),
        ("households", {"household": "e1", "head_sex": "Nữ", "ethnicity": "xơ đăng"}),
    ],
)
def test_content_is_compared_after_reading(
    reads: Reads, table: str, other: Mapping[str, object]
) -> None:
    campaign = reads({table: [example(table, 1), {**example(table, 1), **other}]})
    assert [line.action for line in lines(campaign)] == [SUPERSEDED]
    assert counts(campaign, f"{table}.csv")[2:] == (0, 1)


@pytest.mark.parametrize("action", [REFUSED, SUPERSEDED])
def test_an_empty_cell_is_part_of_a_key(reads: Reads, action: str) -> None:
    """Two rows of funding without a purpose are of one key, if all else in it is the same."""
    first = {**example("funding", 1), "purpose": ""}
    second = {**first, "planned": 41} if action == REFUSED else first
    campaign = reads({"funding": [first, second]})
    assert {line.action for line in lines(campaign)} == {action}


def test_another_key_is_another_row(reads: Reads) -> None:
    tables = {
        "village_plans": [{**example("village_plans", 1), "village": village} for village in "AB"],
        "poverty_status": [
            {**example("poverty_status", 1), "valid_from": day}
            for day in ("2022-12-31", "2023-12-31")
        ],
        "funding": [
            {**example("funding", 1), **other}
            for other in (
                *({}, {"village": "B"}, {"village": ""}, {"quarter": "2024Q2"}),
                *({"programme": "community"}, {"agency": "Hội Phụ nữ"}, {"model": ""}),
            )
        ],
        "inspections": [
            {**example("inspections", 1), **other}
            for other in (
                {},
                {"quarter": "2024Q2", "inspected_on": "2024-05-10"},
                {"question": "has_phone"},
            )
        ],
        "allocation": [
            {**example("allocation", 1), **other}
            for other in ({}, {"village": "B"}, {"year": 2030})
        ],
    }
    campaign = reads(tables)
    assert lines(campaign) == []
    for table, added in tables.items():
        assert counts(campaign, f"{table}.csv") == (len(added), len(added), 0, 0)


def test_a_refused_row_is_no_duplicate_of_a_good_one(reads: Reads) -> None:
    good = example("activities", 1)
    campaign = reads({"activities": [good, {**good, "held_on": "mai"}]})
    assert [(line.row, line.action) for line in lines(campaign)] == [(3, REFUSED)]
    assert column(campaign, "activities", "activity") == ["HD1"]


# --- Stays ---------------------------------------------------------------------------------------

STAYS: dict[str, tuple[list[tuple[str, str]], list[int]]] = {
    "one_after_the_other": ([("", "2023-05-01"), ("2023-05-02", "")], []),
    "moved_on_the_day_of_leaving": ([("", "2023-05-01"), ("2023-05-01", "")], []),
    "came_back_later": ([("2020-01-01", "2021-01-01"), ("2023-01-01", "2024-01-01")], []),
    "written_in_any_order": ([("2023-05-01", ""), ("", "2023-05-01")], []),
    "one_day_too_many": ([("", "2023-05-02"), ("2023-05-01", "")], [0, 1]),
    "never_left": ([("2020-01-01", ""), ("2023-01-01", "")], [0, 1]),
    "always_there": ([("", ""), ("2023-01-01", "2024-01-01")], [0, 1]),
    "one_inside_the_other": (
        [("2020-01-01", "2024-01-01"), ("2021-01-01", "2022-01-01")],
        [0, 1],
    ),
    "one_over_two_that_do_not_touch": (
        [("", ""), ("2020-01-01", "2021-01-01"), ("2022-01-01", "2023-01-01")],
        [0, 1, 2],
    ),
    "a_third_that_touches_neither": (
        [("2020-01-01", "2021-01-01"), ("2020-06-01", "2021-06-01"), ("2023-01-01", "")],
        [0, 1],
    ),
}


@pytest.fixture(scope="module")
def stayed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Campaign, dict[tuple[str, int], int]]:
    """Read one household for each case, and say which row is which of its stays."""
    added: list[Mapping[str, object]] = []
    where = {}
    for number, (name, (stays, _)) in enumerate(STAYS.items(), 1):
        for position, (joined, left) in enumerate(stays):
            where[name, position] = first_row("households") + len(added)
            village = "AB"[position % 2]
            stay = {"village": village, "joined_on": joined, "left_on": left}
            added.append({**example("households", number), **stay})
    return read(tmp_path_factory.mktemp("stayed"), {"households": added}), where


@pytest.mark.parametrize("name", STAYS)
def test_stays_that_overlap_are_all_refused(
    stayed: tuple[Campaign, dict[tuple[str, int], int]], name: str
) -> None:
    campaign, where = stayed
    stays, refused = STAYS[name]
    kept = rows(campaign, "households")
    places = [where[name, position] for position in range(len(stays))]
    assert [position for position, row in enumerate(places) if row not in kept] == refused
    found = {line.row: line.action for line in lines(campaign) if line.row in places}
    assert found == {places[position]: REFUSED for position in refused}


def test_stays_of_two_households_do_not_overlap(reads: Reads) -> None:
    campaign = reads({"households": [example("households", 1), example("households", 2)]})
    assert lines(campaign) == []
