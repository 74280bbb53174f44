"""A picture of every kind of page for the documentation: `make pictures`.

Pages of a small made-up campaign, so that a change of how they look is seen in review.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from every_page import EVERY_PAGE, Which, make_pages, make_sample, place_of
from playwright.sync_api import ViewportSize, sync_playwright

from campaign_lib.base.editions import INTERNAL
from campaign_lib.store.processed import Processed
from campaign_lib.words import LANGUAGES, Words

IMAGES = Path(__file__).parents[1] / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FIRST_SCREEN = ViewportSize(width=800, height=640)
#: Every kind of page once: the Vietnamese one that stays in the office.
PICTURED: dict[str, Which] = {
    which[2]: which for which in EVERY_PAGE if which[:2] == (LANGUAGES[0], INTERNAL)
}


def main() -> None:
    """Make the pages, and write what one sees of each at first."""
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        data, reports = Path(folder) / "data", Path(folder) / "reports"
        make_sample(data)
        campaign = Processed(data / "processed")
        make_pages(campaign, reports, Words(LANGUAGES[0]), INTERNAL)
        found = next(filter(None, map(shutil.which, BROWSERS)))
        browser = playwright.chromium.launch(executable_path=found)
        page = browser.new_page(viewport=FIRST_SCREEN)
        for kind, which in PICTURED.items():
            page.goto(place_of(campaign, reports, which).as_uri())
            page.screenshot(path=IMAGES / f"{kind}.png")
        browser.close()


if __name__ == "__main__":
    main()
