"""The sheets that inspectors take along: each is one piece of A4."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from campaign_lib.pipeline.reports.run import write_page
from campaign_lib.store.processed import Processed
from campaign_lib.words import LANGUAGES

pytestmark = pytest.mark.browser

#: What the page's margins leave of A4, in pixels of 1/96 inch: 178 mm by 261 mm.
WIDE, HIGH = round(178 / 25.4 * 96), 261 / 25.4 * 96


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sheet_fits_on_one_page(
    browser: Browser, campaign: Processed, tmp_path: Path, language: str
) -> None:
    parameters = {"quarter": campaign.quarters[-1], "seed": "1", "sample_size": "999"}
    file = tmp_path / "inspection.html"
    write_page(file, "inspection", {**parameters, "language": language}, "x", campaign.folder)
    page = browser.new_page(viewport={"width": WIDE, "height": 900})
    page.emulate_media(media="print")
    page.goto(file.as_uri())
    sheets = page.locator(".sheet")
    heights = [box["height"] for box in (each.bounding_box() for each in sheets.all()) if box]
    assert len(heights) > 1
    assert max(heights) <= HIGH
    beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert beyond <= 0
    page.close()
