"""Several communes read from raw files a second time: what a cell means, and whose a row is."""

import csv
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from intake_files import csv_text
from raw_files import drawn, write_table
from several_communes import HOUSEHOLDS, PLAN, TODAY, VILLAGES, folder, fraction, line

from campaign_lib.errors import CampaignError
from campaign_lib.office.plan_book import write_plan_book
from campaign_lib.pipeline.build import build
from campaign_lib.recount.raw import read_raw
from campaign_lib.recount.verify import verify
from campaign_lib.store.processed import Processed
from campaign_sample import write_sample

#: `old` and `new` have one code, one after the other; two communes called Xã Chung have days in
#: common; the last four rows are refused.
COMMUNES = """
    commune | name     | code  | valid_from | valid_until
    old     | Xã cũ    | 23500 |            | 2025-06-30
    new     | Xã mới   | 23500 | 2025-07-01 |
    Y       | Xã Chung | 23501 |            |
    Z       | Xã Chung |       |            | 2025-06-30
    gone    | Xã xưa   | 99999 |            |
    all     | Xã A     | 1     |            |
    late    | Xã B     | 2     | 2025-01-01 | 2024-12-31
    twin1   | Xã C     | 3     |            | 2025-06-30
    twin2   | Xã D     | 3     | 2025-06-30 |
"""
#: What each village's cell says; behind it the keys that it means, or why its row is refused.
SAID: dict[str, tuple[str, str | None]] = {
    "A": ("23500", "old;new"),
    "B": (" OLD ;; Xã  Mới", "old;new"),
    "C": ("y", "Y"),
    "D": ("z", "Z"),
    "E": ("new", "new"),
    "F": ("23501; Y", "Y"),
    "R1": ("", None),  # names none
    "R2": (" ; ;", None),
    "R3": ("kr", None),
    "R4": ("Xã Chung", None),  # Y and Z have days in common
    "R5": ("old;Y", None),
    "R6": ("old;nowhere", None),
    "R7": ("all", None),
    "R8": ("late", None),  # its row of `communes` is refused
    "R9": ("3", None),
    "Old": ("Y", None),  # called like a commune
    "All": ("Y", None),
}
#: Rows that name no village, each with the key of its commune; None where the row is refused.
OWN: dict[str, tuple[str, list[tuple[str, str | None]]]] = {
    "activities": (
        "activity | village | held_on | integrated_with | commune",
        [
            ("N1 |   | 2025-06-30 | new_rural | 23500", "old"),
            ("N2 |   | 2025-07-01 | new_rural | 23500", "new"),
            ("N3 |   | 2025-05-01 | new_rural | OLD", "old"),
            ("N4 |   | 2025-09-01 | new_rural | old", "old"),  # a key means it on any day
            ("N5 |   | 2025-09-01 |           | xã chung", "Y"),  # Z is no more
            ("N6 |   | 2025-06-01 |           | Xã Chung", None),  # Y or Z
            ("N7 |   | 2025-06-01 |           | gone", None),  # no village is in it
            ("N8 |   | 2025-06-01 |           | old;new", None),
            ("N9 |   | 2025-06-01 |           |", None),
            ("V1 | A | 2025-06-01 | new_rural | Xã cũ", ""),
            ("V2 | A | 2025-06-01 | new_rural | Y", ""),  # it is A's all the same
            ("V3 | C | 2025-08-01 | new_rural |", ""),
        ],
    ),
    "models": (
        "model | owner | village | residential_area | registered_on | started_on | commune",
        [
            ("M1 | commune_front | | |            | 2025-05-01 | 23500", "old"),
            ("M2 | commune_front | | | 2025-06-30 | 2025-07-02 | 23500", "old"),  # the first day
            ("M3 | commune_front | | |            | 2025-07-02 | 23500", "new"),
            ("M4 | commune_front | | | 2025-07-02 |            | 23500", "new"),
            ("M5 | commune_front | | |            | 2025-07-02 |", None),
            ("M6 | residential_area | B | 1 |      | 2025-07-02 |", ""),
        ],
    ),
    "funding": (
        "village | quarter | programme | planned | disbursed | commune",
        [
            (" | 2025Q2 | new_rural | 1 | 1 | 23500", "old"),
            (" | 2025Q3 | new_rural | 1 | 1 | 23500", "new"),
            (" | 2025Q3 | new_rural | 1 | 1 | Y", "Y"),
            (" | 2025Q3 | new_rural | 2 | 1 | nowhere", None),
            ("A | 2025Q3 | new_rural | 2 | 1 |", ""),
        ],
    ),
    "extra_tasks": (
        "task | given_on | text | commune",
        [
            ("PS1 | 2025-06-01 | chữ | 23500", "old"),
            ("PS2 | 2025-06-01 | chữ | Y", "Y"),
            ("PS2 | 2025-07-01 | chữ | Z", "Z"),  # each commune may have one of this id
            ("PS3 | 2025-07-01 | chữ |", None),
        ],
    ),
    "task_progress": (
        "task | reported_on | status | commune",
        [
            ("for-all | 2025-06-01 | done | 23500", "old"),
            ("for-all | 2025-06-01 | in_progress | Y", "Y"),
            ("for-all | 2025-06-02 | done |", None),  # all but one have it
            ("ONE | 2025-06-02 | done |", "new"),  # it is in one's plan alone
            ("PS1 | 2025-06-02 | done |", "old"),
            ("PS2 | 2025-06-02 | done |", None),
            ("PS2 | 2025-06-02 | done | z", "Z"),
        ],
    ),
    "agency_plans": (
        "agency | year | issued_on | commune",
        [
            ("Hội Nông dân | 2025 | 2025-06-30 | 23500", "old"),
            ("Hội Nông dân | 2025 | 2025-07-01 | 23500", None),  # the new one has two
            ("Hội Nông dân | 2025 | 2025-07-02 | new", None),
            ("Hội Phụ nữ | 2025 | | 23500", None),  # without a day it may be either's
            ("Đoàn Thanh niên | 2025 | | Y", "Y"),
        ],
    ),
    "remarks": (
        "quarter | part | text | commune",
        [
            ("2025Q2 | general | chữ | 23500", "old"),
            ("2025Q3 | general | chữ | 23500", "new"),
            ("2025Q3 | general | chữ | xã chung", "Y"),
        ],
    ),
}  # fmt: skip
OF_2025: dict[str, Any] = {**PLAN, "year": 2025, "baseline": date(2024, 12, 31)}
TASK: dict[str, Any] = {"quarter": "Q1", "owner": "agency", "section": "III", "vi": "chữ"}
FOR_ALL = {**OF_2025, "targets": {**OF_2025["targets"], "front_models": {"at_least": 1}}}
OF_OLD = {**FOR_ALL, "commune": "Xã  CŨ", "targets": {"informed": {"at_least": "90"}}}
OF_NEW = {**OF_2025, "commune": "new", "targets": {"informed": {"at_least": "60"}}}


def write(raw: Path, name: str, rows: list[dict[str, str]]) -> None:
    (raw / f"{name}.csv").write_text(csv_text(list(rows[0]), rows), encoding="utf-8")


def with_task(path: Path, id: str) -> None:
    told = "\n".join(f'{key} = "{value}"' for key, value in {"id": id, **TASK}.items())
    path.write_text(f"{path.read_text(encoding='utf-8')}\n[[tasks]]\n{told}\n", encoding="utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("many") / "data"
    homes = HOUSEHOLDS + "    H10..H12  | D | Ba Na | | \n    H13..H15 | E | Ba Na | | \n"
    asked = {"quarters": ("2025Q1", "2025Q2", "2025Q3")}
    plans = {"": FOR_ALL, "old": OF_OLD, "new": OF_NEW}
    raw = folder(data, plans=plans, households=homes, **asked) / "raw"
    for whose in ("", "-old"):
        with_task(raw / "plans" / f"2025{whose}.toml", "for-all")
    with_task(raw / "plans" / "2025-new.toml", "one")
    write(raw, "communes", drawn(COMMUNES))
    villages = [
        {"village": code, "name": f"Thôn {code}", "residential_areas": "1", "commune": said}
        for code, (said, _) in SAID.items()
    ]
    write(raw, "villages", villages)
    for name, (heading, rows) in OWN.items():
        write(raw, name, drawn("\n".join([heading, *(row for row, _ in rows)])))
    build(data, TODAY)
    return data


@pytest.fixture
def data(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "data"))


def test_every_row_and_figure_is_read_and_counted_alike(built: Path) -> None:
    found = verify(built)
    assert (found.readings, found.miscounts, found.differences) == ([], [], [])
    assert (dict(found.left), found.changed) == ({}, [])
    assert found.read == len([*(built / "raw").glob("**/*.csv")])


def test_a_cell_means_a_key_a_name_or_a_code_on_its_days(built: Path) -> None:
    reading = read_raw(built / "raw", built / "processed", TODAY)
    with reading.connection as connection:
        assert reading.communes is not None
        assert sorted(reading.communes.values()) == ["Y", "Z", "new", "old"]
        query = "SELECT village, commune FROM villages ORDER BY source_row"
        kept = {code: keys for code, (_, keys) in SAID.items() if keys is not None}
        assert dict(connection.execute(query).fetchall()) == kept
        for name, (_, rows) in OWN.items():
            query = f"SELECT source_row, coalesce(commune, '') FROM {name}"
            own = {number: key for number, (_, key) in enumerate(rows, 2) if key is not None}
            assert (name, dict(connection.execute(query).fetchall())) == (name, own)


def test_figures_are_those_worked_out_by_hand(built: Path) -> None:
    """A and B are the old commune's until June, and with E, which is its alone, the new one's."""
    said = {
        "2025Q2/old": ("6", "90.00", "6"),  # H1 to H6; 90 % of 6
        "2025Q3/new": ("9", "60.00", "6"),  # and H13 to H15; 60 % of 9
        "2025Q3/Y": ("3", "50.00", "2"),
        "2025Q2/Z": ("3", "50.00", "2"),
        "2025Q3/all": ("12", "50.00", "6"),
    }
    processed, names = built / "processed", ("denominator", "target_percent", "target_count")
    for place, counts in said.items():
        found = line(processed, f"{place}/informed")
        assert (place, tuple(found[name] for name in names)) == (place, counts)
    assert line(processed, "2025Q2/old/front_models")["numerator"] == "1"  # M1; M2 is later
    assert line(processed, "2025Q3/new/front_models")["numerator"] == "1"  # M3
    assert line(processed, "2025Q2/old/integrated_activities")["numerator"] == "3"  # N3, V1, V2


def changed(data: Path, name: str, row: int, **cells: str) -> None:
    """Change cells of a raw file behind the library's back, by the row's number in a sheet."""
    path = data / "raw" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[row - 2] |= cells
    write(data / "raw", name, rows)


def test_communes_changed_since_are_found(data: Path) -> None:
    """A row's and a village's by their cells; N2 and M3 by the days that their code has now."""
    changed(data, "activities", 4, commune="Y")
    changed(data, "villages", 4, commune="new")
    changed(data, "communes", 2, valid_until="2025-09-02")
    changed(data, "communes", 3, valid_from="2025-09-03")
    found = verify(data)
    told = {(one.file, one.row, one.column): (one.library, one.recount) for one in found.readings}
    assert told == {
        ("activities.csv", 3, "commune"): ("new", "old"),
        ("activities.csv", 4, "commune"): ("old", "Y"),
        ("communes.csv", 2, "valid_until"): ("2025-06-30", "2025-09-02"),
        ("communes.csv", 3, "valid_from"): ("2025-07-01", "2025-09-03"),
        ("models.csv", 4, "commune"): ("new", "old"),
        ("models.csv", 5, "commune"): ("new", "old"),
        ("villages.csv", 4, "commune"): ("Y", "new"),
        ("agency_plans.csv", 2, ""): ("kept", "refused"),  # now the old one has two, not the new
        ("agency_plans.csv", 4, ""): ("refused", "kept"),
    }
    figures = set(map(str, found.figures))
    assert figures >= {
        "2025Q2/Y/integrated_activities",
        "2025Q3/new/front_models",
        "2025Q3/new/informed",
        "2025Q3/Y/informed",
        "2025Q3/all/front_models",
    }
    assert found.by_reading == len(figures)


def test_without_a_commune_that_has_a_quarter_nothing_can_be_counted(tmp_path: Path) -> None:
    listed = "commune | name | valid_from\nX | Xã X |\nY | Xã Y |"
    data = folder(tmp_path, communes=listed)
    build(data, TODAY)
    for row in (2, 3):
        changed(data, "communes", row, valid_from="2024-12-31")
    with pytest.raises(CampaignError, match="No commune of raw/communes is valid in a quarter"):
        verify(data)


def test_communes_changed_to_one_are_counted_as_one(tmp_path: Path) -> None:
    """Then the folder has no lines of single communes, and those that are printed are made up."""
    data = folder(tmp_path)
    build(data, TODAY)
    changed(data, "villages", 4, commune="X")
    assert {figure.place for figure in verify(data).figures} == {"commune", "X", "Y", "all"}


def test_what_is_not_read_again_is_taken_as_each_commune_has_it(data: Path) -> None:
    names = ("activities.csv", "communes.csv", "extra_tasks.csv", "villages.csv")
    for name in ("plans/2025-old.toml", *names):
        (data / "raw" / name).write_bytes(b"\xff")
    found = verify(data)
    assert dict(found.left) == {"plans": "plans", **dict.fromkeys(names, "encoding")}
    assert found.agrees


#: X1 and X2 become X9 and that becomes Y9; a part of it is cut out again under the name of X1. The
#: last three name nobody that is there on the day after. The village G would be in X9, which goes
#: on from X2, and in X7 at once: it is refused as D is, so that nobody is counted twice.
MERGED = """
    commune | name    | code  | valid_from | valid_until | succeeded_by
    X1      | Xã Một  | 10001 |            | 2024-06-30  | xã chín
    X2      | Xã Hai  | 10002 |            | 2024-06-30  | 10009
    X9      | Xã Chín | 10009 | 2024-07-01 | 2025-06-30  | Y9
    X1b     | Xã Một  | 10001 | 2025-07-01 |             |
    Y9      | Xã Mười | 10010 | 2025-07-01 |             |
    Y       | Xã Y    | 10003 |            |             |
    X7      | Xã Bảy  | 10007 | 2024-12-01 |             |
    Q       | Xã Q    |       |            | 2024-06-29  | X9
    R       | Xã R    |       |            | 2024-06-30  | nowhere
    S       | Xã S    |       |            |             | X9
"""
MERGED_VILLAGES = """
    village | name   | residential_areas | commune
    A       | Thôn A | 1                 | X1
    B       | Thôn B | 1                 | Xã Một
    C       | Thôn C | 1                 | X2
    D       | Thôn D | 1                 | X1; Y
    E       | Thôn E | 1                 | X9; X2
    F       | Thôn F | 1                 | Y
    G       | Thôn G | 1                 | X2; X7
"""
MERGED_ACTIVITIES = """
    activity | village | held_on    | integrated_with | commune
    N1       |         | 2024-02-01 | new_rural       | X1
    N2       |         | 2024-09-01 | new_rural       | X9
    N3       |         | 2024-08-01 |                 | X2
    N4       | A       | 2025-08-01 | new_rural       |
"""


def test_who_goes_on_is_read_and_counted_alike(tmp_path: Path) -> None:
    data = folder(
        tmp_path, villages=MERGED_VILLAGES, communes=MERGED, activities=MERGED_ACTIVITIES,
        plans={"": PLAN, "all": OF_2025}, quarters=("2024Q2", "2024Q3", "2025Q3"),
    )  # fmt: skip
    build(data, TODAY)
    said = {
        "2024Q2/X1/informed": "6/6",
        "2024Q2/X2/informed": "3/3",
        "2024Q2/X1/integrated_activities": "1/1",
        "2024Q3/X9/informed": "9/9",
        "2024Q3/X9/integrated_activities": "2/3",  # what both had this year, and its own
        "2025Q3/Y9/informed": "7/7",
        "2025Q3/X1b/informed": "2/2",
        "2025Q3/all/integrated_activities": "1/1",
    }
    assert {figure: fraction(data / "processed", figure) for figure in said} == said
    found = verify(data)
    assert (found.readings, found.miscounts, found.differences) == ([], [], [])
    reading = read_raw(data / "raw", data / "processed", TODAY)
    with reading.connection as connection:
        villages = dict(connection.execute("SELECT village, commune FROM villages").fetchall())
        query = "SELECT commune, succeeded_by FROM communes WHERE succeeded_by IS NOT NULL"
        heirs = dict(connection.execute(query).fetchall())
    assert villages == {
        "A": "X1;X9;Y9", "B": "X1;X9;X1b", "C": "X2;X9;Y9", "E": "X2;X9;Y9", "F": "Y",
    }  # fmt: skip
    assert heirs == {"X1": "X9", "X2": "X9", "X9": "Y9"}
    changed(data, "communes", 3, succeeded_by="")
    found = verify(data)
    assert found.readings == [
        ("communes.csv", 3, "succeeded_by", "X9", ""),
        ("villages.csv", 4, "commune", "X2;X9;Y9", "X2"),
        ("villages.csv", 8, "", "refused", "kept"),
    ]
    assert {"2024Q3/X9/informed", "2024Q3/all/informed"} <= set(map(str, found.figures))


def test_a_quarter_ends_as_the_plan_has_it(tmp_path: Path) -> None:
    """By the calendar on 30 June, when the code is the new commune's; by the decree on 14 June."""
    later = COMMUNES.partition("gone")[0].replace("06-30", "06-19").replace("07-01", "06-20")
    said = {"villages": VILLAGES.replace("X\n", "23500\n"), "communes": later.rstrip()}
    plan = {**OF_2025, "calendar": "calendar"}
    data = folder(tmp_path, plans={"": plan}, quarters=("2025Q2",), **said)
    heading, rows = OWN["remarks"]
    write(data / "raw", "remarks", drawn(f"{heading}\n{rows[0][0]}"))
    build(data, TODAY)
    assert Processed(data / "processed").table("remarks")["commune"].tolist() == ["new"]
    found = verify(data)
    assert (found.readings, found.differences) == ([], [])


def test_a_workbook_may_be_one_commune_s_plan(tmp_path: Path) -> None:
    """No plan is for all here: what each commune's says can be measured of them together, too."""
    data = folder(tmp_path, plans={"x": {**PLAN, "commune": "x"}})
    asked = {"surveyed_on": "2024-03-01", "informed": "yes", "income": "900"}
    homes = [{"household": f"H{number}", **asked} for number in range(1, 10)]
    write_table(data / "raw", "survey/2024Q1", homes)
    said = {"year": 2024, "commune": "y", "illustrative": "yes", "targets.informed.at_least": 0.9,
            "parameters.district_mean_income": 1850.0}  # fmt: skip
    write_plan_book(data / "raw" / "plans" / "2024-y.xlsx", said, ())
    build(data, TODAY)
    assert line(data / "processed", "2024Q1/Y/informed")["target_percent"] == "90.00"
    assert line(data / "processed", "2024Q1/all/improved_life")["status"] == "no_target"
    found = verify(data)
    assert (found.agrees, dict(found.left)) == (True, {})


def test_one_commune_s_wrong_cells_are_refused_too(tmp_path: Path) -> None:
    """A list of communes makes a cell wrong that names none of it; a semicolon names nobody."""
    villages = VILLAGES.replace("| Y", "| ;").replace("| X\n    C", "| Q\n    C")
    data = folder(tmp_path, villages=villages, communes="commune | name\nX | Xã X\nY | Xã Y")
    build(data, TODAY)
    assert set(Processed(data / "processed").villages) == {"A", "C"}
    found = verify(data)
    assert (found.readings, found.miscounts, found.differences) == ([], [], [])
    assert dict(found.left) == {}


def test_a_village_of_no_commune_is_refused_and_listed(tmp_path: Path) -> None:
    """And so is whoever lives there: no commune has them, and the folder's list names them."""
    homes = f"{HOUSEHOLDS}    H10 | D | Ba Na | | \n"
    data = folder(tmp_path, villages=f"{VILLAGES}    D | Thôn D | 1 | ;\n", households=homes)
    build(data, TODAY)
    with (data / "processed" / "problems.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = [one for one in csv.DictReader(file) if one["action"] == "row refused"]
    assert [(one["file"], one["row"], one["value"]) for one in listed] == [
        ("households.csv", "11", "D"),
        ("poverty_status.csv", "11", "H10"),
        ("survey/2024Q1.csv", "11", "H10"),
        ("villages.csv", "5", ";"),
    ]
    assert listed[-1]["problem"] == "names no commune, and other villages do"
    assert verify(data).agrees


@pytest.mark.slow
def test_a_sample_of_three_communes_is_read_from_all_its_files(tmp_path: Path) -> None:
    write_sample(tmp_path, villages=2, households=150, communes=3)
    build(tmp_path, TODAY)
    found = verify(tmp_path)
    assert (found.agrees, dict(found.left)) == (True, {})
    assert found.read == len([*(tmp_path / "raw").glob("**/*.csv")])
