"""Every kind of page, from a file, without a network: nothing fails, nothing is hard to read."""

from collections.abc import Callable
from pathlib import Path

import pytest
from every_page import ALONE, EACH_PAGE, Which
from playwright.sync_api import Browser, expect
from watched_pages import (
    DESKTOP,
    PHONE,
    opened,
    tables_that_scroll,
    violations,
    wider_than_the_page,
)

from campaign_lib.indicators import IDS
from campaign_lib.pipeline.reports.report import AUDIT

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


def test_on_a_phone_sections_are_folded_and_a_link_opens_one(
    browser: Browser, page_of: PageOf, tmp_path: Path
) -> None:
    with opened(browser, page_of(("vi", "internal", AUDIT)), PHONE, folded=True) as watched:
        page = watched.page
        of_sections, contents = page.locator("details.section"), page.locator(".contents")
        sections = of_sections.count()
        assert sections > 5 and page.locator("details.section[open]").count() == 0
        assert page.evaluate("document.documentElement.scrollHeight") < 6000
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        expect(contents).to_be_in_viewport()
        contents.locator("summary").click()
        contents.locator("a").nth(2).click()
        opened_one = page.locator("details.section[open]")
        expect(opened_one).to_have_count(1)
        expect(opened_one.locator("h2").first).to_be_in_viewport()
        expect(contents.locator("a").first).to_be_hidden()
        # Whoever prints has all of it, also where the browser knows no other way.
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator("details.section[open]").count() == sections
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("details.section[open]").count() == 1


def test_a_reference_from_elsewhere_opens_its_section(browser: Browser, page_of: PageOf) -> None:
    path = page_of(("vi", "internal", AUDIT))
    with opened(browser, path, PHONE, folded=True) as watched:
        watched.page.goto(f"{path.as_uri()}#{IDS[3]}")
        watched.page.reload()
        expect(watched.page.locator("details.section[open]")).to_have_count(1)
        expect(watched.page.locator(f"#{IDS[3]}")).to_be_in_viewport()


def test_without_its_script_every_section_is_open(browser: Browser, page_of: PageOf) -> None:
    path = page_of(("vi", "internal", AUDIT))
    with opened(browser, path, PHONE, folded=True, java_script_enabled=False) as watched:
        assert watched.page.locator("details.section:not([open])").count() == 0


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
