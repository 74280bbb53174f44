"""What the second reading of raw files makes of a cell, by hand from the contract (section 2)."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from intake_files import TODAY, write_campaign

from campaign_lib.pipeline.build import build
from campaign_lib.recount.raw import RawReading, read_raw
from campaign_lib.recount.verify import disagreements

#: A column of each way to write numbers; the cells of its rows, and what they say.
NUMBERS: dict[str, dict[str, float | None]] = {
    "2024Q1": {
        "1.850": 1850,
        "1.234,5": 1234.5,
        "850": 850,
        "0.850": None,
        "-5": None,
        "١٨٥٠": None,
    },
    "2024Q2": {"1850.5": 1850.5, "1,850": 1850, "1,234.5": 1234.5, "850": 850, "1.850": None},
    "2024Q3": {"1850.5": None, "1.234,5": None, "850": 850},
}
ANSWERS = {
    "yes": "yes", " CÓ ": "yes", "co\u0301": "yes", "x": "yes", "1": "yes", "0": "no",
    "khong": "no", "\u00a0Không": "no", "kr": None, "?": None, "không  rõ": None, "chắc": None,
}  # fmt: skip
DAYS = {
    "2024-01-31": date(2024, 1, 31), "31/01/2024": date(2024, 1, 31), "1/2/2024": date(2024, 2, 1),
    "2024-02-30": None, "31/04/2024": None, "01-02-2024": None, "": None,
    "1899-12-31": None, "٣١/٠١/٢٠٢٤": None, "２０２４-01-30": None,
}  # fmt: skip
#: A column that shows days first; one that shows months first (`01/15/24`); one that shows nothing.
WAYS: dict[str, dict[str, date | None]] = {
    "village_plans": {
        "15/2/25": date(2025, 2, 15), "3.4.2025": date(2025, 4, 3), "1-3-30": date(1930, 3, 1),
        "2/3/29": date(2029, 3, 2), "ngày 5 tháng 2 năm 2025": date(2025, 2, 5), "15/2-25": None,
    },
    "customs": {
        "15/2/25": date(2025, 2, 15), "01/15/24": None, "3.4.25": None, "2/2/25": date(2025, 2, 2),
    },
    "people": {"3/4/25": None, "4/4/25": date(2025, 4, 4)},
}  # fmt: skip
VILLAGES = {"A": "A", "a": "A", "thôn 2": "B", "KON  TUM": "B", "Thôn 3": None, "": None}
#: Cells of a spreadsheet as they are held, in the columns owner to households of a model.
TYPED = [
    ["model", "owner", "village", "residential_area", "started_on", "ended_on", "households"],
    [12, "KDC", "A", 2, datetime(2024, 1, 31), date(2024, 12, 1), 3.0],
    ["M2", "residential_area", "Thôn 2", "1", "31/01/2024", 45703, 2.5],
    [13.0, "nobody", "A", 1, "2024-01-31", "", 1],
]


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawReading]:
    data = tmp_path_factory.mktemp("read") / "data"
    days = {"2024Q1": "2024-02-01", "2024Q2": "2024-05-01", "2024Q3": "2024-08-01"}
    surveys = {
        f"survey/{quarter}": [
            {"household": f"H{n:02}", "surveyed_on": days[quarter], "income": cell}
            for n, cell in enumerate(cells, 1)
        ]
        for quarter, cells in NUMBERS.items()
    }
    surveys["survey/2024Q1"] += [
        {"household": f"H{n}", "surveyed_on": "2024-02-01", "informed": cell}
        for n, cell in enumerate(ANSWERS, 11)
    ]
    write_campaign(
        data / "raw",
        {
            **surveys,
            "villages": [
                {"village": "C", "name": "Thôn 3", "aliases": "Kon Rẫy", "residential_areas": 1},
                {"village": "D", "name": "Thôn 3", "residential_areas": 1},
                {"village": "E", "name": "x", "aliases": "y;Thôn 2", "residential_areas": 1},
                {"village": "B2", "name": "z", "aliases": "", "residential_areas": 1},
                {"village": "Commune", "name": "w", "residential_areas": 1},
            ],
            "activities": [
                {"activity": f"V{n}", "village": cell, "held_on": "2024-01-31"}
                for n, cell in enumerate({**VILLAGES, "Kon Rẫy": "C", "Y": "E", "w": None})
            ],
            "poverty_status": [
                {"household": "h01", "status": "poor", "valid_from": cell} for cell in DAYS
            ]
            + [{"household": "H02", "status": "mờ", "valid_from": "2024-01-31"}]
            + [{"household": "H03", "status": "", "valid_from": "2024-01-31"}],
            "village_plans": [
                {"village": "A", "year": 2000 + n, "issued_on": cell}
                for n, cell in enumerate(WAYS["village_plans"])
            ],
            "customs": [
                {"village": "A", "custom": f"c{n}", "status": "kept", "seen_on": cell}
                for n, cell in enumerate(WAYS["customs"])
            ],
            "people": [
                {"village": "A", "person": f"p{n}", "role": "elder", "since": cell}
                for n, cell in enumerate(WAYS["people"])
            ],
            "models.xlsx": {"Sheet1": TYPED},
            "extra_tasks": [
                {"task": task, "given_on": "2024-01-31", "text": "x"}
                for task in ("2024-q1-1", "PS-1")
            ],
            "task_progress": [
                {"task": task, "reported_on": "2024-02-01", "status": "done"}
                for task in ("ps-1", "2024-Q1-1", "PS-2")
            ],
        },
    )
    build(data, TODAY)
    found = read_raw(data / "raw", data / "processed", TODAY)
    yield found
    found.connection.close()


def asked(reading: RawReading, query: str) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = reading.connection.execute(query).fetchall()
    return found


@pytest.mark.parametrize("quarter", NUMBERS)
def test_numbers_are_read_by_the_way_of_their_column(reading: RawReading, quarter: str) -> None:
    cells = list(NUMBERS[quarter].values())
    query = f"SELECT income FROM survey WHERE quarter = '{quarter}' ORDER BY source_row"
    assert [value for (value,) in asked(reading, query)][: len(cells)] == cells


def test_yes_no_and_unknown_have_many_spellings(reading: RawReading) -> None:
    query = "SELECT informed FROM survey WHERE household > 'H10' AND quarter = '2024Q1'"
    found = asked(reading, f"{query} ORDER BY source_row")
    assert [value for (value,) in found] == list(ANSWERS.values())


def test_dates_are_iso_or_day_first_and_others_refuse_their_row(reading: RawReading) -> None:
    query = "SELECT valid_from FROM poverty_status WHERE household = 'H01' ORDER BY ALL"
    days = [day for (day,) in asked(reading, query)]
    # twice the same day, the second row says what the first does
    assert days == sorted({day for day in DAYS.values() if day})


@pytest.mark.parametrize(
    ("table", "column"),
    [("village_plans", "issued_on"), ("customs", "seen_on"), ("people", "since")],
)
def test_days_in_other_ways_are_read_where_their_column_tells(
    reading: RawReading, table: str, column: str
) -> None:
    """Required days refuse their row, others are unknown; the library reads them the same."""
    rows = asked(reading, f"SELECT source_row, {column} FROM {table}")
    found = {row: day for row, day in rows if day}
    assert found == {n: day for n, day in enumerate(WAYS[table].values(), 2) if day}
    assert [one for one in disagreements(reading) if one.file == f"{table}.csv"] == []


def test_an_unreadable_status_ends_the_older_one_and_an_empty_one_is_no_row(
    reading: RawReading,
) -> None:
    query = "SELECT household, status FROM poverty_status WHERE household <> 'H01'"
    assert asked(reading, query) == [("H02", None)]


def test_a_village_is_meant_by_code_then_name_then_other_name(reading: RawReading) -> None:
    found = dict(asked(reading, "SELECT activity, village FROM activities"))
    assert found == {"V0": "A", "V1": "A", "V2": "B", "V5": None, "V6": "C", "V7": "E"}
    refused = asked(
        reading, "SELECT row, why FROM fates WHERE file = 'activities.csv' ORDER BY ALL"
    )
    assert refused == [(5, "village"), (6, "village"), (10, "village")]
    assert asked(reading, "SELECT village FROM villages WHERE folded(village) = 'commune'") == []


def test_extra_tasks_have_ids_of_their_own_and_progress(reading: RawReading) -> None:
    assert asked(reading, "SELECT task FROM extra_tasks") == [("PS-1",)]
    found = asked(reading, "SELECT task FROM task_progress ORDER BY source_row")
    assert found == [("PS-1",), ("2024-Q1-1",)]
    assert not [one for one in disagreements(reading) if "task" in one.file]


def test_a_spreadsheets_own_cells_are_taken_as_they_are(reading: RawReading) -> None:
    query = "SELECT model, owner, village, residential_area, started_on, ended_on, households"
    assert asked(reading, f"{query} FROM models ORDER BY source_row") == [
        ("12", "residential_area", "A", 2, date(2024, 1, 31), date(2024, 12, 1), 3),
        ("M2", "residential_area", "B", 1, date(2024, 1, 31), date(2025, 2, 15), None),
    ]
