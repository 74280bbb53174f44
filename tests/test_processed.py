"""What was built, opened again: names that are known, and one village's part of it."""

import csv
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from campaign_lib.build import build
from campaign_lib.errors import CampaignError
from campaign_lib.processed import Processed

RAW = Path(__file__).parents[1] / "data" / "raw"
TODAY = date(2025, 2, 1)
QUARTERS = ("2024Q1", "2024Q2", "2024Q3", "2024Q4")


def built(data: Path, change: Callable[[Path], None] | None = None) -> Processed:
    """Build a copy of the sample campaign, with something in it changed."""
    shutil.copytree(RAW, data / "raw")
    if change:
        change(data / "raw")
    build(data, TODAY)
    return Processed(data / "processed")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Processed:
    return built(tmp_path_factory.mktemp("sample"))


def change_cell(path: Path, household: str, column: str, text: str) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    (row,) = (row for row in rows if row["household"] == household)
    assert row[column] != text
    row[column] = text
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


# --- names ---


def test_where_nothing_was_built_we_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CampaignError) as caught:
        Processed(tmp_path)
    assert str(caught.value) == (f"{tmp_path}: nothing has been built here; run `campaign build`.")


@pytest.mark.parametrize("code", ["2024Q3", "2024q3", " 2024Q3 "])
def test_a_known_quarter(sample: Processed, code: str) -> None:
    assert sample.known_quarter(code) == "2024Q3"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("2023Q4", f"2023Q4 has no survey here; known quarters are {', '.join(QUARTERS)}."),
        ("Q3", "'Q3' is not a quarter: write the year, Q and 1 to 4, such as 2024Q3."),
    ],
)
def test_an_unknown_quarter(sample: Processed, code: str, sentence: str) -> None:
    with pytest.raises(CampaignError) as caught:
        sample.known_quarter(code)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("T1", "T1"),
        ("t1", "T1"),
        ("Thôn 1", "T1"),
        ("THÔN 1", "T1"),
        (" thôn  1 ", "T1"),
        ("Tho\N{COMBINING CIRCUMFLEX ACCENT}n 1", "T1"),  # as some keyboards and macOS write it
        ("commune", "commune"),
        ("Commune", "commune"),
    ],
)
def test_a_known_place(sample: Processed, name: str, place: str) -> None:
    assert sample.known_place(name) == place


@pytest.mark.parametrize("name", ["T9", "Thôn", "Thon 1x", "", "../T1"])
def test_an_unknown_place(sample: Processed, name: str) -> None:
    with pytest.raises(CampaignError) as caught:
        sample.known_place(name)
    assert str(caught.value) == (
        f"{name!r} is not a village; known are T1, T2, T3, T4, T5, T6, T7, T8 (or commune)."
    )


def test_quarters_and_villages(sample: Processed) -> None:
    assert sample.quarters == QUARTERS
    assert list(sample.villages) == [f"T{n}" for n in range(1, 9)]
    assert sample.villages["T1"] == "Thôn 1"
    assert sample.illustrative


# --- slices ---


def test_a_slice_holds_its_own_village_and_no_later_quarter(sample: Processed) -> None:
    part = sample.slice("T2", "2024Q3")
    assert set(part["results"]["place"]) == set(part["steps"]["place"]) == {"T2"}
    assert set(part["results"]["quarter"]) == set(QUARTERS[:3])
    assert set(part["steps"]["quarter"]) == {"2024Q3"}
    for name in ("households", "funding", "problems", "village", "areas_by_quarter"):
        assert set(part[name]["village"].astype("str")) <= {"T2"}, name
        assert len(part[name]) or name == "problems", name
    assert set(part["households"]["quarter"].astype("str")) == {"2024Q3"}


def test_a_slice_holds_no_report_on_a_task_after_the_quarter(sample: Processed) -> None:
    progress = sample.slice("T2", "2024Q2")["task_progress"]
    assert progress["reported_on"].max() <= sample.table("quarters")["last_day"][1]
    assert progress["task"].is_unique


def test_slices_of_another_opening_have_the_same_hash(sample: Processed) -> None:
    again = Processed(sample.folder)
    assert again.slice("T2", "2024Q3").sha256 == sample.slice("T2", "2024Q3").sha256


def test_one_answer_changes_its_own_village_only(sample: Processed, tmp_path: Path) -> None:
    """In that quarter, and in the later ones, whose reports look back on it."""
    homes = sample.panel.query("quarter == '2024Q3' and village == 'T3' and informed == 'yes'")
    household = str(homes["household"].iloc[0])

    def change(raw: Path) -> None:
        change_cell(raw / "survey" / "2024Q3.csv", household, "informed", "no")

    changed = built(tmp_path, change)
    differs = {
        (village, quarter)
        for village in sample.villages
        for quarter in QUARTERS
        if sample.slice(village, quarter).sha256 != changed.slice(village, quarter).sha256
    }
    assert differs == {("T3", "2024Q3"), ("T3", "2024Q4")}
