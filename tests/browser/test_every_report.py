"""A whole campaign's reports, as `campaign reports` makes them: every link leads somewhere."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser
from watched_pages import PHONE, opened, wider_than_the_page

from campaign_lib.base.editions import EDITIONS
from campaign_lib.pipeline.reports.report import INDEX
from campaign_lib.store.processed import Processed
from campaign_lib.words import LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUARTERS = ("2024Q3", "2024Q4")
_LINK = re.compile(r'<a\b[^>]*\shref="([^"]*)"')
_ANCHOR = re.compile(r'\sid="([^"]*)"')


@pytest.fixture(scope="module", params=LANGUAGES)
def reports(
    campaign: Processed, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Path:
    """Make all reports of two quarters, in both editions."""
    folder = tmp_path_factory.mktemp("every") / request.param
    start = [sys.executable, "-m", "campaign_lib", "--data", str(campaign.folder.parent)]
    for edition in EDITIONS:
        chosen = [part for quarter in QUARTERS for part in ("--quarter", quarter)]
        how = ["--language", request.param, "--edition", edition, "--jobs", "2"]
        ran = subprocess.run(
            [*start, "--reports", str(folder), "reports", *chosen, *how],
            env={**os.environ, "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
    return folder


def dead_links(page: Path, top: Path) -> Iterator[str]:
    """Find links that lead nowhere; a figure of a quarter not made here may be explained later."""
    for address in map(unescape, _LINK.findall(page.read_text(encoding="utf-8"))):
        target, _, anchor = map(unquote, address.partition("#"))
        file = (page.parent / target).resolve() if target else page
        if not file.is_relative_to(top):
            yield address
        elif not file.is_file():
            if not anchor or {*QUARTERS, INDEX}.intersection(file.relative_to(top).parts):
                yield address
        elif anchor and anchor not in anchors(file):
            yield address


def anchors(page: Path) -> set[str]:
    return {unescape(one) for one in _ANCHOR.findall(page.read_text(encoding="utf-8"))}


def test_every_link_leads_somewhere(reports: Path) -> None:
    pages = sorted(reports.rglob("*.html"))
    # Of each quarter: villages and the commune, their audits, and more; then the public ones.
    assert len(pages) >= 30
    dead = {
        f"{page.relative_to(reports)}: {one}" for page in pages for one in dead_links(page, reports)
    }
    assert dead == set()


def test_a_link_that_leads_nowhere_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text(
        '<a href="2024Q4/T1.html">a</a><a href="#b">b</a><a class="c" href="../c.html">c</a>'
        '<a href="2021Q4/audit/T1.html#e">not made here</a><p id="d"></p><a href="#d">d</a>',
        encoding="utf-8",
    )
    assert list(dead_links(page, tmp_path)) == ["2024Q4/T1.html", "#b", "../c.html"]


def test_every_report_opens_on_a_phone(browser: Browser, reports: Path) -> None:
    wrong = []
    for path in sorted(reports.rglob("*.html")):
        with opened(browser, path, PHONE) as watched:
            if watched.complaints or wider_than_the_page(watched.page) > 0:
                wrong.append((path.relative_to(reports).as_posix(), watched.complaints))
    assert wrong == []
