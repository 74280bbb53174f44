"""Several communes in one folder: what changed in each, and what was sent upward of it."""

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from raw_files import drawn, write_plan, write_table
from several_communes import HOUSEHOLDS, PLAN, TODAY, VILLAGES, folder

from campaign_lib.analysis.changes import compare
from campaign_lib.analysis.changes.lines import DATA
from campaign_lib.analysis.changes.lines import PLAN as OF_PLAN
from campaign_lib.errors import CampaignError
from campaign_lib.pipeline.build import build
from campaign_lib.pipeline.reports.index import index_of, overview
from campaign_lib.pipeline.reports.news import reported_quarters
from campaign_lib.pipeline.reports.planned import Planner
from campaign_lib.pipeline.reports.report import CHANGES, Made, Manifest
from campaign_lib.store.processed import Processed
from campaign_lib.store.snapshots import LAST, Locks, Snapshot
from campaign_lib.stories.commune import commune_report
from campaign_lib.stories.village import village_report
from campaign_lib.stories.what_changed import what_changed
from campaign_lib.words import Words

QUARTER = "2024Q1"
Edit = Callable[[Path], object]


def says_no(raw: Path) -> None:
    """Let one household of X, in the village A, say no."""
    answers = [
        {"household": f"H{n}", "surveyed_on": "2024-03-01", "informed": "no" if n == 1 else "yes"}
        for n in range(1, 10)
    ]
    write_table(raw, f"survey/{QUARTER}", answers)


def moved_over(raw: Path) -> None:
    """Let a household go from X to Y: it is then in both communes' tables."""
    moved = HOUSEHOLDS.replace("H1..H4    |", "H2..H4    |") + (
        "H1 | A | Ba Na | | 2024-02-01\nH1 | C | Ba Na | 2024-02-01 |"
    )
    write_table(raw, "households", drawn(moved))


def asks_more(raw: Path) -> None:
    write_plan(raw, {**PLAN, "targets": {"informed": {"at_least": "90"}}})


def joins(raw: Path) -> None:
    """Give the village B to a third commune."""
    write_table(raw, "villages", [{**row, "commune": "Z" if row["village"] == "B" else
                                   row["commune"]} for row in drawn(VILLAGES)])  # fmt: skip


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is built, its quarter locked."""
    data = folder(tmp_path_factory.mktemp("first") / "data")
    build(data, TODAY)
    Locks(data).lock(Processed(data / "processed"), QUARTER, TODAY, force=False)
    return data


def changed(first: Path, data: Path, edit: Edit) -> Processed:
    shutil.copytree(first, data)
    edit(data / "raw")
    build(data, TODAY)
    return Processed(data / "processed")


@pytest.fixture(scope="module")
def revised(first: Path, tmp_path_factory: pytest.TempPathFactory) -> Processed:
    return changed(first, tmp_path_factory.mktemp("revised") / "data", says_no)


def causes(processed: Processed) -> dict[str, set[tuple[str, str]]]:
    """Give the kind and the unit of every cause, by the figures that changed."""
    changes = compare(Snapshot(processed.folder / LAST), processed)
    return {
        "/".join(change.figure[1:]): {(cause.kind, cause.unit) for cause in change.causes}
        for change in changes
    }


def test_a_change_is_told_on_each_level_by_the_household_behind_it(revised: Processed) -> None:
    told = causes(revised)
    assert told == {f"{place}/informed": {(DATA, "H1")} for place in ("A", "X", "all")}


def test_a_household_that_went_to_another_commune_is_told_in_both(
    first: Path, tmp_path: Path
) -> None:
    told = causes(changed(first, tmp_path / "data", moved_over))
    for place in ("A", "C", "X", "Y"):
        assert told[f"{place}/covered_by_plan"] == {(DATA, "H1")}
    assert told["all/informed"] == told["X/informed"] == {(DATA, "H1")}
    assert "Y/informed" not in told  # it is not in the second commune's base
    assert "all/covered_by_plan" not in told


def test_a_plan_for_all_is_told_of_all(first: Path, tmp_path: Path) -> None:
    told = causes(changed(first, tmp_path / "data", asks_more))
    places = ("A", "B", "C", "X", "Y", "all")
    assert told.keys() == {f"{place}/informed" for place in places}
    assert {kind for found in told.values() for kind, _ in found} == {OF_PLAN}


def test_a_new_commune_is_told_by_its_villages_and_was_not_sent(
    first: Path, tmp_path: Path
) -> None:
    processed = changed(first, tmp_path / "data", joins)
    told = causes(processed)
    assert told["Z/informed"] == {(DATA, "Z")}
    assert told["X/informed"] == {(DATA, "B")}
    assert "Y/informed" not in told
    sent = {key: len(part.table("locks")) for key, part in processed.parts.items()}
    assert sent == {"X": 1, "Y": 1, "Z": 0}


def listed(processed: Processed, folder: Path, edition: str = "internal") -> str:
    words = Words("en")
    planned = Planner(processed, words, edition).all()  # type: ignore[arg-type]
    return index_of([processed], planned, folder, words, edition)  # type: ignore[arg-type]


def test_each_commune_s_index_and_pages_have_its_own_marks(
    revised: Processed, tmp_path: Path
) -> None:
    changed, same = revised.parts["X"], revised.parts["Y"]
    page = listed(changed, tmp_path)
    assert "changed figures: 2, in quarters: 1." in page
    assert "figures that are no longer what was sent: 2." in page
    assert "Q1 2024 (locked, revised since)</th>" in page
    other = listed(same, tmp_path)
    assert "changed figures" not in other and "Q1 2024 (locked)</th>" in other
    assert "the figures are those that were sent." in other
    note = village_report(changed, "A", QUARTER, "en").revisions().text
    assert "Revised since it was sent" in note and "H1: informed Yes → No" in note
    assert "6/6" in commune_report(changed, QUARTER, "en").revisions().text
    for report in (village_report(changed, "B", QUARTER), commune_report(same, QUARTER)):
        assert report.revisions().text == ""


def test_the_page_above_marks_what_was_sent(revised: Processed, tmp_path: Path) -> None:
    page = overview(revised, tmp_path, Words("en"))
    assert "Q1 2024 (locked, revised since)" in page
    assert "changed figures: 3, in quarters: 1." in page
    assert 'href="changes.html"' not in page  # the communes have such pages, it has none


def test_a_commune_s_page_of_differences_is_about_it(revised: Processed) -> None:
    told = what_changed(revised.parts["X"], language="en").as_text()
    assert "2024Q1/commune/informed" in told and "2024Q1/X/informed" not in told
    assert Planner(revised.parts["X"], Words("en")).changes() is not None
    assert what_changed(revised.parts["Y"]).changes == ()
    assert "All communes: " in what_changed(revised, language="en").as_text()


def test_a_quarter_is_reported_when_a_commune_has_a_page_of_it(tmp_path: Path) -> None:
    pages = {target: Made("", "", {}, "", "fresh", 0.0) for target in ("2024Q1/A.html", CHANGES)}
    Manifest(tmp_path / "X", pages).write()
    assert reported_quarters(tmp_path, tmp_path) == set()
    assert reported_quarters(tmp_path, tmp_path, ["X", "Y"]) == {QUARTER}


def test_a_lock_without_a_commune_s_part_is_refused(first: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(first / "locked" / f"{QUARTER}.zip") as content:
        parts = {name: content.read(name) for name in content.namelist() if "/Y/" not in name}
    (tmp_path / "locked").mkdir()
    with zipfile.ZipFile(tmp_path / "locked" / f"{QUARTER}.zip", "w") as content:
        for name, raw in parts.items():
            content.writestr(name, raw)
    with pytest.raises(CampaignError, match=r"2024Q1\.zip: not a build that was kept"):
        Locks(tmp_path).all()
