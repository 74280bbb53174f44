"""Every kind of page, from a file, without a network: nothing fails, nothing is hard to read."""

from collections.abc import Callable
from pathlib import Path

import pytest
from every_page import ALONE, EACH_PAGE, Which
from playwright.sync_api import Browser
from watched_pages import (
    DESKTOP,
    PHONE,
    opened,
    tables_that_scroll,
    violations,
    wider_than_the_page,
)

PageOf = Callable[[Which], Path]

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("which", EACH_PAGE)
def test_it_opens_without_a_network(
    browser: Browser, page_of: PageOf, which: Which, width: int
) -> None:
    with opened(browser, page_of(which), width) as watched:
        assert watched.complaints == []
        assert watched.page.title()
        assert watched.page.locator("html").get_attribute("lang") == which[0]
        assert watched.page.locator("h1").count() == 1
        assert watched.page.locator(f".{which[1]}").count() == (which[2] != ALONE)
        assert wider_than_the_page(watched.page) <= 0
        if width == PHONE:
            assert tables_that_scroll(watched.page) == []


@pytest.mark.parametrize("which", EACH_PAGE)
def test_axe_finds_nothing(browser: Browser, page_of: PageOf, which: Which) -> None:
    assert violations(browser, page_of(which)) == []


@pytest.mark.parametrize("kind", ["index", "village_report"])
def test_axe_finds_nothing_on_a_phone(browser: Browser, page_of: PageOf, kind: str) -> None:
    assert violations(browser, page_of(("vi", "internal", kind)), PHONE) == []


#: Each cell's heading, as it stands before the cell, and how much of the width that takes.
BEHIND_HEADINGS = """cells => cells.map(cell => [
    getComputedStyle(cell, "::before").content.slice(1, -1),
    parseFloat(getComputedStyle(cell).paddingLeft) / cell.offsetWidth,
])"""


@pytest.mark.parametrize(
    ("kind", "table"), [("village_report", "table.figures:not(.revision *)"), ("index", "#map")]
)
def test_on_a_phone_a_row_is_a_card(
    browser: Browser, page_of: PageOf, kind: str, table: str
) -> None:
    with opened(browser, page_of(("vi", "internal", kind)), PHONE) as watched:
        shown = watched.page.locator(table).first
        _, *headings = shown.locator("thead th").all_text_contents()
        card = shown.locator("tbody tr").first
        before = card.locator("td").evaluate_all(BEHIND_HEADINGS)
        assert [heading for heading, _ in before] == headings
        assert all(0.4 < share < 0.5 for _, share in before)
        assert card.bounding_box()["width"] > 0.8 * PHONE


@pytest.mark.parametrize(
    ("faulty", "complaint"),
    [
        ('<img alt="" src="https://example.org/a.png">', "outside: https://example.org/a.png"),
        ('<img alt="" src="gone.png">', "failed: "),
        ("<script>console.error('no')</script>", "console: no"),
        ("<script>throw new Error('no')</script>", "error: "),
    ],
)
def test_a_page_that_is_wrong_is_noticed(
    browser: Browser, tmp_path: Path, faulty: str, complaint: str
) -> None:
    (tmp_path / "a.html").write_text(f'<!DOCTYPE html><html lang="vi">{faulty}', encoding="utf-8")
    with opened(browser, tmp_path / "a.html") as watched:
        assert any(one.startswith(complaint) for one in watched.complaints)


def test_a_page_that_is_hard_to_read_is_noticed(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text(
        '<!DOCTYPE html><html lang="vi"><title>a</title><p style="color: #ccc">pale letters</p>'
        '<div class="scroll" style="overflow: auto"><table><caption>b</caption>'
        '<tr><td style="min-width: 700px">c</table></div><p style="width: 900px">d</p>',
        encoding="utf-8",
    )
    assert any(one.startswith("color-contrast: ") for one in violations(browser, page))
    with opened(browser, page, PHONE) as watched:
        assert wider_than_the_page(watched.page) > 0
        assert tables_that_scroll(watched.page) == ["b"]
