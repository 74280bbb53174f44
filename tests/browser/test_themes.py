"""What a notebook shows, in JupyterLab's own style, light and dark: all of it can be read.

nbconvert brings JupyterLab's stylesheet and both of its themes along.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from every_page import ALONE, Which
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import Browser
from watched_pages import opened, pale

from campaign_lib.show.pages import SHEET
from campaign_lib.store.processed import Processed
from campaign_lib.stories.desk import Desk
from campaign_lib.stories.lab import sheet
from campaign_lib.stories.village import village_report
from campaign_lib.words import Words

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shown(campaign: Processed) -> list[str]:
    """Verdicts, tables, lists, SQL, a chart, and what the desk itself shows."""
    village, quarter = next(iter(campaign.villages)), campaign.quarters[-1]
    report, desk = village_report(campaign, village, quarter), Desk(campaign, Words("vi"))
    audit = desk.audit("changed_mindset", quarter)
    sections = (report.first_screen, report.indicators, report.progress, report.steps)
    shown = [desk, desk.indicators, audit, audit.rule(), *(section() for section in sections)]
    return [html for one in shown if (html := sheet(one))]


def in_jupyter(shown: list[str], theme: str, page: Path) -> Path:
    outputs = [new_output("execute_result", {"text/html": html}) for html in shown]
    notebook = new_notebook(cells=[new_code_cell("1", outputs=[one]) for one in outputs])
    made, _ = HTMLExporter(theme=theme).from_notebook_node(notebook)
    page.write_text(made, encoding="utf-8")
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_stands_out(
    browser: Browser, shown: list[str], theme: str, tmp_path: Path
) -> None:
    with opened(browser, in_jupyter(shown, theme, tmp_path / "a.html")) as watched:
        paper = watched.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (paper == "rgb(255, 255, 255)") is (theme == "light")
        assert watched.page.locator(f".{SHEET} caption").count() > 4
        assert pale(watched.page, f".{SHEET}") == []


def test_a_table_in_colours_of_its_surroundings_is_noticed(
    browser: Browser, shown: list[str], tmp_path: Path
) -> None:
    naked = [html.replace("& * { color: inherit; background: none; }", "") for html in shown]
    assert naked != shown
    with opened(browser, in_jupyter(naked, "dark", tmp_path / "a.html")) as watched:
        found = pale(watched.page, f".{SHEET}")
    assert any(html.startswith("<caption") for html in found)
    assert any(html.startswith("<th") for html in found)


#: An ordinary laptop's.
LAPTOP = 1366


@pytest.mark.parametrize("kind", ["audit_place", ALONE])
def test_an_audit_s_rows_of_raw_files_are_in_sight(
    browser: Browser, page_of: Callable[[Which], Path], kind: str
) -> None:
    """Who holds the forms beside the page looks for these first: no table hides them."""
    with opened(browser, page_of(("vi", "internal", kind)), LAPTOP) as watched:
        watched.page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        cut = watched.page.locator("thead th", has_text="Dòng trong các tệp gốc").evaluate_all(
            "all => all.map(one => one.closest('.scroll').getBoundingClientRect().right"
            " - one.getBoundingClientRect().right)"
        )
    assert cut
    assert min(cut) >= 0
