"""Which pages there shall be, and what makes one of them out of date."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from campaign_lib.base.editions import EDITIONS
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.build import build
from campaign_lib.pipeline.reports.planned import (
    COMMUNE_REPORT,
    EXPLAINED,
    PUBLIC_PAGES,
    Key,
    Planner,
)
from campaign_lib.pipeline.reports.report import AUDIT, VILLAGE, Report
from campaign_lib.store.processed import Processed
from campaign_lib.words import Words

RAW = Path(__file__).parents[2] / "data" / "raw"
TODAY = date(2025, 2, 1)
Pages = dict[Key, str]


def built(folder: Path, change: Callable[[Path], object] | None = None) -> Processed:
    shutil.copytree(RAW, folder / "raw")
    if change:
        change(folder / "raw")
    build(folder, TODAY)
    return Processed(folder / "processed")


@pytest.fixture(scope="session")
def sample(built_sample: Processed) -> Processed:
    return built_sample


def hashes(processed: Processed, edition: str = "internal", language: str = "vi") -> Pages:
    planner = Planner(processed, Words(language), edition)  # type: ignore[arg-type]
    return {key: report.hash for key, report in planner.all().items()}


@pytest.fixture(scope="session")
def reports(sample: Processed) -> dict[Key, Report]:
    """The sample's reports."""
    return Planner(sample, Words("vi")).all()


@pytest.fixture(scope="session")
def own(reports: dict[Key, Report]) -> Pages:
    """The sample's pages, as they were before something changed."""
    return {key: report.hash for key, report in reports.items()}


def changed(before: Pages, after: Pages) -> set[Key]:
    assert before.keys() == after.keys()
    return {key for key in before if before[key] != after[key]}


def of(notebook: str, keys: set[Key]) -> set[tuple[str, str]]:
    return {(key.place, key.quarter) for key in keys if key.notebook == notebook}


def edited(path: Path, edit: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    edit(table).to_csv(path, index=False)


def another_answer(raw: Path) -> None:
    def edit(table: pd.DataFrame) -> pd.DataFrame:
        row = table.index[table["household"] == "T4-010"]
        table.loc[row, "saves_reinvests"] = table.loc[row, "saves_reinvests"].map(
            {"yes": "no", "no": "yes", "": "yes"}
        )
        return table

    edited(raw / "survey" / "2024Q4.csv", edit)


def test_every_quarter_has_its_pages(sample: Processed, own: Pages) -> None:
    keys = set(own)
    everywhere = {(place, quarter) for quarter in sample.quarters for place in sample.villages}
    assert of(VILLAGE, keys) == everywhere
    commune = {(COMMUNE, quarter) for quarter in sample.quarters}
    assert of(AUDIT, keys) == everywhere | commune
    assert of(COMMUNE_REPORT, keys) == of("data_quality", keys) == commune
    assert (COMMUNE, "2024Q1") in of("target_allocation", keys)
    assert of("three_year_review", keys) == {(COMMUNE, "2024Q2")}
    assert of("inspection", keys) == commune, "whoever visits needs it before, in any quarter"
    assert (COMMUNE, "2024Q4") in of("annual_assessment", keys)


def test_the_public_edition_has_three_kinds_of_pages(sample: Processed) -> None:
    public = set(hashes(sample, "public"))
    assert {key.notebook for key in public} == PUBLIC_PAGES == {VILLAGE, COMMUNE_REPORT, EXPLAINED}


def test_every_page_leads_to_what_the_targets_mean(sample: Processed) -> None:
    for edition in EDITIONS:
        for key, report in Planner(sample, Words("vi"), edition).all().items():
            way = f"{key.quarter}/{EXPLAINED}.html"
            leads = any(address.endswith(way) for _, address in report.crumbs)
            assert leads == (key.notebook != EXPLAINED), key


def test_titles_are_whole_in_both_languages(sample: Processed, reports: dict[Key, Report]) -> None:
    for of_language in (reports, Planner(sample, Words("en")).all()):
        titles = [report.title for report in of_language.values()]
        assert all(title.strip() and "{" not in title for title in titles)
        assert len(set(titles)) == len(titles)


def test_pages_lead_to_pages_that_there_are(reports: dict[Key, Report]) -> None:
    targets = {report.target for report in reports.values()} | {"index.html"}
    for report in reports.values():
        folder = Path("/r") / Path(report.target).parent
        for _, address in report.crumbs:
            there = (folder / address).resolve().relative_to("/r").as_posix()
            assert there in targets
    village = reports[Key(VILLAGE, "T4", "2024Q3")]
    assert [address for _, address in village.crumbs] == [
        "../index.html",
        "../2024Q3/commune.html",
        "../2024Q3/targets_explained.html",
        "../2024Q2/T4.html",
    ]


def test_one_answer_changes_the_pages_that_tell_of_it(own: Pages, tmp_path: Path) -> None:
    now = hashes(built(tmp_path, another_answer))
    stale = changed(own, now)
    assert of(VILLAGE, stale) == {("T4", "2024Q4")}
    assert of(AUDIT, stale) == {("T4", "2024Q4"), (COMMUNE, "2024Q4")}
    for notebook in (COMMUNE_REPORT, "data_quality", "inspection"):
        assert of(notebook, stale) == {(COMMUNE, "2024Q4")}
    assert (COMMUNE, "2024Q4") in of("annual_assessment", stale)


def test_a_review_is_not_made_again_for_what_came_later(
    reports: dict[Key, Report], own: Pages, tmp_path: Path
) -> None:
    """An answer of Q4, and rows of registers that are dated after the end of Q2, before others."""

    def later(raw: Path) -> None:
        another_answer(raw)
        row = {"household": "T4-010", "valid_from": "2024-11-05", "reason": ""}

        def reviewed(table: pd.DataFrame) -> pd.DataFrame:
            return pd.concat([pd.DataFrame([{**row, "status": "not_poor"}]), table])

        edited(raw / "poverty_status.csv", reviewed)

    stale = changed(own, hashes(built(tmp_path, later)))
    assert of("three_year_review", stale) == set()
    assert (COMMUNE, "2024Q4") in of("annual_assessment", stale)
    review = reports[Key("three_year_review", COMMUNE, "2024Q2")]
    asked = {name: review.parameters[name] for name in ("first_year", "last_year", "until")}
    assert asked == {"first_year": "2021", "last_year": "2023", "until": "2024Q2"}


def test_the_order_of_rows_matters_only_where_rows_are_named(
    sample: Processed, own: Pages, tmp_path: Path
) -> None:
    def turned(raw: Path) -> None:
        edited(raw / "survey" / "2024Q4.csv", lambda table: table.iloc[::-1])

    problems = sample.table("problems")
    with_problems = set(problems.loc[problems["file"] == "survey/2024Q4.csv", "village"])
    stale = changed(own, hashes(built(tmp_path, turned)))
    assert {place for place, _ in of(VILLAGE, stale)} == with_problems < set(sample.villages)
    assert of(AUDIT, stale) >= {(village, "2024Q4") for village in sample.villages}


def test_language_and_edition_are_other_pages(sample: Processed, own: Pages) -> None:
    assert not own.items() & hashes(sample, language="en").items()
    assert not own.items() & hashes(sample, "public").items()
