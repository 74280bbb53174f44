"""One village's part of what was built: nothing of another's, and a fingerprint of all of it."""

import csv
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from raw_files import PLAN_2024, QUESTIONS, drawn, write_plan, write_table

from campaign_lib.pipeline.build import build
from campaign_lib.store.processed import Processed
from campaign_lib.store.slices import Fingerprints, slice_of, write_audited
from campaign_lib.stories.audit.place import audit_place

RAW = Path(__file__).parents[2] / "data" / "raw"
TODAY = date(2025, 2, 1)
QUARTERS = ("2021Q4", "2022Q4", "2023Q4", "2024Q1", "2024Q2", "2024Q3", "2024Q4")
Change = Callable[[Path], None]


def built(data: Path, change: Change | None = None) -> Processed:
    """Build a copy of the sample campaign, with something in it changed."""
    shutil.copytree(RAW, data / "raw")
    if change:
        change(data / "raw")
    build(data, TODAY)
    return Processed(data / "processed")


@pytest.fixture(scope="session")
def sample(built_sample: Processed) -> Processed:
    return built_sample


def change_cell(path: Path, key: str, column: str, text: str) -> None:
    """Change a cell of the row whose first column is `key`."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    (row,) = (row for row in rows if key == next(iter(row.values())))
    assert row[column] != text
    row[column] = text
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def test_it_holds_its_own_village_and_no_later_quarter(sample: Processed) -> None:
    part = slice_of(sample, "T2", "2024Q3")
    assert set(part["results"]["place"]) == set(part["steps"]["place"]) == {"T2"}
    assert set(part["results"]["quarter"]) == {"2024Q1", "2024Q2", "2024Q3"}
    assert set(part["steps"]["quarter"]) == {"2024Q3"}
    for name in ("households", "funding", "models", "activities", "support", "village"):
        assert set(part[name]["village"].astype("str")) == {"T2"}, name
    assert set(part["households"]["quarter"].astype("str")) == {"2024Q3"}
    assert part["support"]["from"].max() <= part["quarters"]["last_day"].max()


def test_it_holds_the_problems_of_its_quarter_and_of_tables_for_all(sample: Processed) -> None:
    of_t3 = slice_of(sample, "T3", "2024Q4")["problems"]
    assert list(of_t3["file"]) == ["households.csv", "survey/2024Q4.csv"]


def test_it_holds_the_latest_report_on_each_task_by_the_quarter_s_end(sample: Processed) -> None:
    progress = slice_of(sample, "T2", "2024Q2")["task_progress"]
    last_day = sample.table("quarters").set_index("quarter").loc["2024Q2", "last_day"]
    assert progress["reported_on"].max() <= last_day
    assert progress["task"].is_unique
    reports = sample.table("task_progress")
    by_then = reports[reports["reported_on"] <= last_day]
    latest = by_then.groupby("task")["reported_on"].max()
    assert progress.set_index("task")["reported_on"].to_dict() == latest.to_dict()


@pytest.mark.slow
def test_all_fingerprints_at_once_are_those_of_the_slices(sample: Processed) -> None:
    """Also of slices that were read from the files row by row."""
    at_once = {key: mark for key, (mark, _) in Fingerprints(sample).slices.items()}
    assert set(at_once) == {
        (village, quarter) for village in sample.villages for quarter in QUARTERS
    }
    assert len(set(at_once.values())) == len(at_once)
    for (village, quarter), fingerprint in at_once.items():
        assert slice_of(sample, village, quarter).fingerprint == fingerprint
        unread = Processed(sample.folder)
        assert slice_of(unread, village, quarter).fingerprint == fingerprint


def answer(raw: Path) -> None:
    change_cell(raw / "survey" / "2024Q3.csv", "T3-004", "informed", "kr")


def name_of_a_head(raw: Path) -> None:
    change_cell(raw / "households.csv", "T2-010", "head_name", "Tên khác (hư cấu)")


def progress_of_a_task(raw: Path) -> None:
    path = raw / "task_progress.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text.rstrip()}\n2024-Q4-1,2024-12-13,in_progress,\n", encoding="utf-8")


EVERYWHERE = {f"T{number}" for number in range(1, 9)}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        # Later quarters of the year look back on it: their trend shows it.
        (answer, {("T3", "2024Q3"), ("T3", "2024Q4")}),
        (name_of_a_head, {("T2", quarter) for quarter in QUARTERS}),
        (progress_of_a_task, {(village, "2024Q4") for village in EVERYWHERE}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_change_changes_what_shows_it_and_nothing_else(
    sample: Processed, tmp_path: Path, change: Change, expected: set[tuple[str, str]]
) -> None:
    before = Fingerprints(sample).slices
    after = Fingerprints(built(tmp_path, change)).slices
    assert {key for key in before if before[key] != after[key]} == expected


# What an audit of a village's figures is told from, when another machine tells it.

STAYS = """
    household | village | ethnicity | joined_on  | left_on
    H1..H4    | A       | Ba Na     |            |
    H5..H6    | B       | Ba Na     |            |
    H7        | A       | Ba Na     |            | 2024-02-01
    H7        | C       | Ba Na     | 2024-02-01 |
    H8        | B       | Ba Na     |            | 2024-02-01
    H8        | A       | Ba Na     | 2024-02-01 |
"""
ALLOCATED = """
    year | indicator       | village | count
    2024 | changed_mindset | A       | 4
    2024 | changed_mindset | B       | 2
    2024 | changed_mindset | C       | 1
"""
CORRECTED = (
    "file,key,column,old,new,who,when,why\n"
    "survey/2024Q1/A.csv,H1,informed,yes,no,Lan,2024-03-20,form\n"
    "survey/2024Q1/B.csv,H5,informed,yes,no,Lan,2024-03-20,form\n"
)


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Processed:
    """Two households that moved, shared-out targets, a form for each village, two corrections."""
    data = tmp_path_factory.mktemp("moved")
    raw = data / "raw"
    write_plan(raw, PLAN_2024)
    villages = [{"village": one, "name": f"Thôn {one}", "residential_areas": 1} for one in "ABC"]
    write_table(raw, "villages", villages)
    write_table(raw, "households", drawn(STAYS))
    homes = [f"H{number}" for number in range(1, 9)]
    poor = {"status": "poor", "valid_from": "2023-12-31"}
    write_table(raw, "poverty_status", [{"household": home, **poor} for home in homes])
    write_table(raw, "allocation", drawn(ALLOCATED))
    model = {"model": "M1", "owner": "residential_area", "village": "B", "started_on": "2024-01-05"}
    write_table(raw, "models", [model])
    said = {"surveyed_on": "2024-03-10", **dict.fromkeys(QUESTIONS, "yes")}
    said |= {"income": "2000", "house": "solid", "cooperative": "group"}
    for village, own in {"A": ["H1", "H2", "H3", "H8"], "B": ["H5", "H6"], "C": ["H7"]}.items():
        rows = [{"household": home, **said} for home in own]
        write_table(raw, f"survey/2024Q1/{village}", rows)
    (raw / "corrections.csv").write_text(CORRECTED, encoding="utf-8")
    build(data, date(2024, 4, 1))
    return Processed(data / "processed")


def told(processed: Processed, village: str) -> str:
    found = audit_place(processed, village, "2024Q1")
    return "".join(str(part.html) for part in (found.first_screen(), found.figures()))


@pytest.mark.parametrize(("village", "own"), [("A", "12347 8"), ("B", "568"), ("C", "7")])
def test_an_audit_is_the_same_from_its_village_s_part_which_holds_nobody_else(
    moved: Processed, tmp_path: Path, village: str, own: str
) -> None:
    write_audited(moved, village, "2024Q1", tmp_path)
    part = Processed(tmp_path)
    assert told(part, village) == told(moved, village)
    homes = {f"H{number}" for number in own.replace(" ", "")}
    for name in ("panel", "households", "poverty_status"):
        assert set(part.table(name)["household"]) == homes, name
    assert part.table("survey").empty
    # Where the counts are shared out, other villages' denominators prove it; nothing else is there.
    others = part.results[~part.results["place"].isin([village, "commune"])]
    assert set(others["place"]) == {*"ABC"} - {village}
    assert others["numerator"].isna().all()
    assert set(part.steps["place"]) == {village}
    corrected = {"A": ["H1"], "B": ["H5"], "C": []}[village]
    assert list(part.table("problems")["household"]) == corrected
