"""What a build was made from: the bytes that it read, whatever is saved meanwhile."""

from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from raw_files import PLAN_2024, drawn, write_plan, write_table

from campaign_lib.pipeline.build import bring_up_to_date, build
from campaign_lib.store.processed import Processed
from campaign_lib.words.progress import BUILD, Step

TODAY = date(2024, 10, 1)
QUARTER = "2024Q3"
SURVEY = f"survey/{QUARTER}.csv"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    raw = tmp_path / "raw"
    write_plan(raw, PLAN_2024)
    write_table(raw, "villages", drawn("village | name | residential_areas\nA | Thôn A | 1"))
    homes = [{"household": f"H{n}", "village": "A", "ethnicity": "Xơ Đăng"} for n in range(3)]
    write_table(raw, "households", homes)
    statuses = [
        {"household": one["household"], "status": "poor", "valid_from": "2023-12-31"}
        for one in homes
    ]
    write_table(raw, "poverty_status", statuses)
    write_answers(raw, "yes")
    return tmp_path


def write_answers(raw: Path, informed: str) -> None:
    rows = [
        {"household": f"H{n}", "surveyed_on": "2024-09-10", "informed": informed} for n in range(3)
    ]
    write_table(raw, f"survey/{QUARTER}", rows)


def once(stage: str, change: Callable[[], object]) -> Callable[[Step], None]:
    """Make a listener that changes something when a stage of the build begins."""
    left = [change]

    def tell(step: Step) -> None:
        if step.stage == stage and left:
            left.pop()()

    return tell


def informed(data: Path) -> int:
    results = Processed(data / "processed").results
    line = results[(results["indicator"] == "informed") & (results["place"] == "commune")]
    return int(line["numerator"].iloc[0])


@pytest.mark.parametrize("stage", [BUILD[0], BUILD[-1]])
def test_a_file_saved_while_a_build_runs_is_read_by_the_next(data: Path, stage: str) -> None:
    raw = data / "raw"
    build(data, TODAY, once(stage, lambda: write_answers(raw, "no")))
    hashed = Processed(data / "processed").manifest["files"][SURVEY]
    # A build tells of reading before it reads a table: the change is then in what is read.
    changed = hashed == sha256((raw / SURVEY).read_bytes()).hexdigest()
    assert informed(data) == (0 if changed else 3)
    again = bring_up_to_date(data, TODAY)
    assert (again is None) == changed
    assert informed(data) == 0
    assert bring_up_to_date(data, TODAY) is None


def test_a_file_that_comes_or_goes_while_a_build_runs_is_for_the_next(data: Path) -> None:
    paths = [data / "raw" / name for name in ("activities.csv", "plans/2023.toml", "danh_sach.csv")]
    texts = ["activity,held_on,integrated_with\nX,2024-09-01,new_rural\n", "year = 2023\n", "a\n"]

    def come() -> None:
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text)

    def go() -> None:
        for path in paths:
            path.unlink()

    for change in (come, go):
        build(data, TODAY, once(BUILD[-1], change))
        assert bring_up_to_date(data, TODAY) is not None
        assert bring_up_to_date(data, TODAY) is None


def test_a_plan_that_is_read_is_hashed_as_it_was_read(data: Path) -> None:
    path = data / "raw" / "plans" / "2024.toml"
    was = sha256(path.read_bytes()).hexdigest()
    build(data, TODAY, once(BUILD[0], lambda: write_plan(data / "raw", {**PLAN_2024, "path": []})))
    assert Processed(data / "processed").manifest["files"]["plans/2024.toml"] == was
