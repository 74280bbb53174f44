"""Workbenches as an analyst opens them: a real JupyterLab, Run All, and Run All again.

Light and dark; nothing fails, nothing warns, and all that is shown can be read.
"""

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from served_lab import ROOT, served
from watched_pages import pale

from campaign_lib.show.pages import SHEET

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: Those that are run by hand.
WORKBENCHES = ("start_here", "audit_by_hand", "analyse")
#: Milliseconds for a notebook to open, or to run once from its first cell to its last.
LIMIT = 120_000

CODE = ".jp-CodeCell"
READY = "text=Python 3 (ipykernel) | Idle"
#: Each cell's number: how many were run before it; none while it waits or runs.
NUMBERS = """() => [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].map(
    prompt => parseInt(prompt.textContent.slice(1)) || 0)"""
FAILED = '[data-mime-type*="stderr"], [data-mime-type*="error"]'


@pytest.fixture(scope="module", params=["Light", "Dark"])
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """JupyterLab on a copy of notebooks and raw data, in a theme: it saves what it has open."""
    folder = tmp_path_factory.mktemp("opened")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    shutil.copytree(ROOT / "data" / "raw", folder / "data" / "raw")
    settings = folder / "settings" / "@jupyterlab"
    chosen = {
        "apputils": {"themes": {"theme": f"JupyterLab {request.param}"}},
        # Every cell is drawn, in sight or not.
        "notebook": {"tracker": {"windowingMode": "none"}},
    }
    for extension, files in chosen.items():
        for name, wanted in files.items():
            file = settings / f"{extension}-extension" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(wanted), encoding="utf-8")
    own = {"JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"), "PYTHONPATH": str(ROOT)}
    own |= {"CAMPAIGN_DATA": "", "CAMPAIGN_PROCESSED": ""}
    (folder / "scratch").mkdir()
    with served(folder, folder / "scratch", **own) as server:
        yield {**server, "dark": request.param == "Dark"}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    window = browser.new_context(viewport={"width": 1366, "height": 900})
    yield window.new_page()
    window.close()


@pytest.mark.parametrize("notebook", WORKBENCHES)
def test_it_runs_twice_and_can_be_read(lab: dict[str, Any], page: Page, notebook: str) -> None:
    # A workspace of its own: JupyterLab opens again what was open in the last one.
    where = f"lab/workspaces/{notebook}/tree/notebooks/{notebook}.ipynb"
    page.goto(f"{lab['url']}{where}?token={lab['token']}")
    page.locator(READY).wait_for(timeout=LIMIT)
    cells = page.locator(CODE).count()
    for last in (0, cells):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.wait_for_function(f"Math.min(...({NUMBERS})()) > {last}", timeout=LIMIT)
        page.locator(READY).wait_for(timeout=LIMIT)
        assert page.locator(FAILED).count() == 0
    assert page.locator(f".{SHEET}").count() > 0
    assert (page.locator("body").get_attribute("data-jp-theme-light") == "false") is lab["dark"]
    assert pale(page, f".{SHEET}") == []
