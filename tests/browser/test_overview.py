"""The page above several communes' reports: on a screen, on a phone, on paper."""

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from several_communes import DATED
from watched_pages import (
    DESKTOP,
    PHONE,
    TOO_WIDE,
    WIDTH,
    bare,
    opened,
    printed,
    tables_that_scroll,
    violations,
    wider_than_the_page,
)

from campaign_lib.base.editions import EDITIONS, Edition
from campaign_lib.base.quarters import Quarter
from campaign_lib.indicators import IDS
from campaign_lib.pipeline.build import build
from campaign_lib.pipeline.reports.index import overview
from campaign_lib.store.processed import Processed
from campaign_lib.store.snapshots import Locks
from campaign_lib.words import LANGUAGES, Words
from campaign_sample import write_sample

pytestmark = pytest.mark.browser

TODAY = date(2025, 12, 31)
QUARTERS = (Quarter(2025, 2), Quarter(2025, 3))
#: As of all pages, `make test` looks at the Vietnamese one.
EACH_LANGUAGE = [
    pytest.param(one, marks=[pytest.mark.slow] if one != LANGUAGES[0] else []) for one in LANGUAGES
]
Page = Callable[[str, Edition], Path]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """Give the page of a folder in which a code changes hands, with a lock and a correction."""
    top = tmp_path_factory.mktemp("overview")
    data = top / "data"
    write_sample(data, 2, 96, QUARTERS, communes=2)
    raw = data / "raw"
    lines = [[cell.strip() for cell in line.split("|")] for line in DATED.strip().splitlines()]
    lines[-1][:2] = "X2", "Mẫu 2"
    (raw / "communes.csv").write_text("\n".join(map(",".join, lines)) + "\n", encoding="utf-8")
    for name in ("villages", "activities", "models", "task_progress"):
        text = (raw / f"{name}.csv").read_text(encoding="utf-8")
        (raw / f"{name}.csv").write_text(text.replace(",X1\n", ",23500\n"), encoding="utf-8")
    build(data, TODAY)
    Locks(data).lock(Processed(data / "processed"), "2025Q2", TODAY, force=False)
    survey = raw / "survey" / "2025Q2.csv"
    text = survey.read_text(encoding="utf-8")
    survey.write_text(text.replace(",cooperative,", ",none,"), encoding="utf-8")
    build(data, TODAY)
    whole = Processed(data / "processed")
    for key in whole.communes:
        (top / key).mkdir()
        (top / key / "index.html").touch()

    @cache
    def made(language: str, edition: Edition) -> Path:
        path = top / f"{language}-{edition}.html"
        path.write_text(overview(whole, top, Words(language), edition), encoding="utf-8")
        return path

    return made


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("language", EACH_LANGUAGE)
def test_it_opens_and_axe_finds_nothing(
    browser: Browser, page: Page, language: str, edition: Edition, width: int
) -> None:
    path = page(language, edition)
    with opened(browser, path, width) as watched:
        shown = watched.page
        assert watched.complaints == []
        assert shown.locator("html").get_attribute("lang") == language
        assert shown.locator("h1").count() == shown.locator(f".{edition}").count() == 1
        shown.evaluate('document.querySelectorAll("details").forEach(one => one.open = true)')
        assert wider_than_the_page(shown) <= 0
        if width == PHONE:
            assert tables_that_scroll(shown) == []
            assert shown.locator("tbody tr").first.bounding_box()["width"] > 0.8 * PHONE
    assert violations(browser, path, width) == []


@pytest.mark.parametrize("language", EACH_LANGUAGE)
def test_it_leads_to_each_commune_and_says_how_long_it_was_one(
    browser: Browser, page: Page, language: str
) -> None:
    with opened(browser, page(language, "internal")) as watched:
        links = watched.page.locator("ul.links li")
        told = links.all_inner_texts()
        assert len(told) == 3
        assert ["II/2025" in text or "Q2 2025" in text for text in told] == [True, False, False]
        marked = Words(language)("index.since.locked_revised_mark")
        assert marked in watched.page.locator("summary").inner_text()
        first = watched.page.locator(".bottom-line").inner_text()
        assert Words(language).quarter_short("2025Q2") in first
        links.nth(2).locator("a").click()
        assert watched.page.url.endswith("/X2/index.html")


@pytest.mark.parametrize("language", EACH_LANGUAGE)
def test_on_paper_every_quarter_stands_on_one_sheet_without_links(
    browser: Browser, page: Page, tmp_path: Path, language: str
) -> None:
    with opened(browser, page(language, "internal"), WIDTH) as watched:
        watched.page.emulate_media(media="print")
        watched.page.evaluate(
            'document.querySelectorAll("details").forEach(one => one.open = true)'
        )
        assert watched.page.evaluate(TOO_WIDE) == []
        (sheet,) = printed(watched.page, tmp_path / "a.pdf")
    words = Words(language)
    assert bare(words("communes.page.reports")) not in bare(sheet)
    for quarter in map(str, QUARTERS):
        assert words.quarter_short(quarter) in sheet
    headings = " ".join(words(f"indicators.{name}.short") for name in IDS)
    assert set(headings.split()) <= set(sheet.split())
