"""What the browser tests share: a browser, a small campaign, and one page of every kind."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from every_page import Which, make_pages, make_sample, place_of
from filelock import FileLock
from playwright.sync_api import Browser, sync_playwright

from campaign_lib.store.processed import Processed
from campaign_lib.words import Words

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
#: Set where a missing browser is a fault of the machine's set-up, not a reason to skip.
NEEDED = "CAMPAIGN_NEEDS_BROWSER"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Open the system's Chromium; a module's own, because it keeps an event loop running."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        if os.environ.get(NEEDED):
            pytest.fail(f"no browser here ({', '.join(BROWSERS)}), and {NEEDED} is set")
        pytest.skip(f"no browser here: install one of {', '.join(BROWSERS)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found)
        yield browser
        browser.close()


@contextmanager
def made_once(folder: Path) -> Iterator[bool]:
    """Say whether a folder is still to be made; whoever else needs it waits until it is."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    done = folder.with_suffix(".done")
    with FileLock(folder.with_suffix(".lock")):
        yield not done.exists()
        done.touch()


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of this run of pytest; all its workers have the same."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def campaign(run_folder: Path) -> Processed:
    """Build a small campaign, once for all workers."""
    data = run_folder / "seen" / "data"
    with made_once(data) as make_it:
        if make_it:
            make_sample(data)
    return Processed(data / "processed")


@pytest.fixture(scope="session")
def page_of(campaign: Processed, run_folder: Path) -> Callable[[Which], Path]:
    """Give the page of a language, edition and kind; those of one edition are made together."""

    @cache
    def made(which: Which) -> Path:
        language, edition, _ = which
        reports = run_folder / "seen" / language
        with made_once(reports / f"made-{edition}") as make_it:
            if make_it:
                make_pages(campaign, reports, Words(language), edition)
        return place_of(campaign, reports, which)

    return made
