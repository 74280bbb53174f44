"""The list of reports: looked through by keyboard, and whole without its script."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from watched_pages import opened

from campaign_lib.indicators import IDS
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.reports.index import Entry, index_page
from campaign_lib.pipeline.reports.report import INDEX, address_of
from campaign_lib.show.tables.results import HeatCell

pytestmark = pytest.mark.browser

#: Code, name, and how it stands on its first two indicators, first in Q1 and then in Q2.
VILLAGES = {
    "T1": ("Đăk Tờ", "behind met", "behind behind"),
    "T2": ("Kon Rẫy", "met behind", "on_track met"),
    "T10": ("Đắk Pờ", "met met", "met behind"),
}
QUARTERS = ("2024Q1", "2024Q2")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    entries, heat = [], {}
    for position, quarter in enumerate(QUARTERS):
        for code, (name, *statuses) in VILLAGES.items():
            entries.append(Entry(quarter, code, name, f"{quarter}/{code}.html", "fresh"))
            found = zip(IDS, statuses[position].split(), strict=False)
            heat[quarter, code] = {id: HeatCell(status, f"{position}/9") for id, status in found}
        heat[quarter, COMMUNE] = {IDS[0]: HeatCell("behind", "1.234/5.678", certain=False)}
        entries.append(Entry(quarter, COMMUNE, "Toàn xã", f"{quarter}/commune.html", "fresh"))
    page = tmp_path / "index.html"
    page.write_text(index_page(entries, heat=heat, commune="Kon Tu"), encoding="utf-8")
    return page


@pytest.fixture
def page(browser: Browser, index: Path) -> Iterator[Page]:
    with opened(browser, index) as watched:
        yield watched.page
        assert watched.complaints == []


def shown(page: Page, table: str = "map") -> list[str]:
    """List the villages that are seen, by name; the commune stands above them."""
    rows = page.locator(f"#{table} tbody tr:visible th")
    first, *others = [text.split("\n")[0].strip() for text in rows.all_inner_texts()]
    assert first == "Toàn xã"
    return [re.sub(r" T\d+$", "", other) for other in others]


def go_to(page: Page, id: str) -> None:
    """Press Tab until the field has the focus."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == id:
            return
    raise AssertionError(f"{id} cannot be reached with Tab")


def test_a_village_is_found_by_keyboard_without_its_accents(page: Page) -> None:
    go_to(page, "village")
    page.keyboard.type("dak to")
    assert shown(page) == shown(page, "list") == ["Đăk Tờ"]
    assert page.locator("#shown").inner_text() == "Đang hiện 1 trên 3 thôn."
    page.keyboard.press("Enter")  # there is nowhere to send it
    assert shown(page) == ["Đăk Tờ"]
    go_to(page, "reset")
    page.keyboard.press("Enter")
    expect(page.locator("#shown")).to_contain_text("3 trên 3")
    assert shown(page) == ["Đăk Tờ", "Kon Rẫy", "Đắk Pờ"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ĐĂK TỜ", ["Đăk Tờ"]),
        ("đak", ["Đăk Tờ", "Đắk Pờ"]),
        ("t10", ["Đắk Pờ"]),
        (" kon  ray ", ["Kon Rẫy"]),
        ("<b>", []),
    ],
)
def test_a_village_is_found_by_name_or_code(page: Page, typed: str, found: list[str]) -> None:
    page.get_by_label("Tìm thôn").fill(typed)
    assert shown(page) == found
    assert ("Không có thôn nào" in page.locator("#shown").inner_text()) == (not found)


def test_villages_are_chosen_by_status_and_indicator(page: Page) -> None:
    go_to(page, "status")
    page.keyboard.press("ArrowDown")  # behind in anything
    assert shown(page) == ["Đăk Tờ", "Đắk Pờ"]
    go_to(page, "indicator")
    page.keyboard.press("ArrowDown")  # in the first indicator
    assert shown(page) == ["Đăk Tờ"]
    assert page.locator("#map thead th:visible").count() == 2
    assert page.locator("#map tbody tr:visible td:visible").count() == 2
    assert page.locator("#shown").get_attribute("aria-live") == "polite"


def test_another_quarter_is_shown_with_its_figures_and_its_links(page: Page) -> None:
    first = page.locator("#map tbody tr").nth(1)
    assert first.locator("td").first.inner_text().split() == ["▼", "Chậm", "1/9"]
    assert first.locator("th a").get_attribute("href") == "2024Q2/T1.html"
    assert "Quý II/2024" in page.locator("#map caption").inner_text()
    before = page.locator("#map tbody").inner_html()
    go_to(page, "quarter")
    page.keyboard.press("ArrowDown")
    assert first.locator("td").nth(1).inner_text().split() == ["✔", "Đạt", "0/9"]
    assert first.locator("td").nth(1).get_attribute("class") == "status-met"
    assert first.locator("th a").get_attribute("href") == "2024Q1/T1.html"
    assert "Quý I/2024" in page.locator("#map caption").inner_text()
    commune = page.locator("#map tbody tr").first
    assert commune.locator("td").first.inner_text().split() == ["▼", "Chậm", "1.234/5.678*"]
    page.keyboard.press("ArrowUp")
    # What the script writes is what the page came with.
    assert " ".join(page.locator("#map tbody").inner_html().split()) == " ".join(before.split())


def test_a_cell_leads_to_where_its_figure_is_explained(page: Page) -> None:
    cell = page.locator("#map tbody tr").nth(1).locator("td").first
    for quarter in reversed(QUARTERS):
        page.get_by_label("Quý", exact=True).select_option(quarter)
        figure = address_of("figure", f"{quarter}/T1/{IDS[0]}", INDEX, "internal")
        assert cell.locator("a").get_attribute("href") == figure
    assert page.locator("#map td:empty a").count() == 0


def test_in_public_no_figure_is_explained(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    heat = {("2024Q1", "T1"): {IDS[0]: HeatCell("met", "3/18")}}
    entries = [Entry("2024Q1", "T1", "T1", "2024Q1/T1.html", "fresh")]
    path.write_text(index_page(entries, heat=heat, edition="public"), encoding="utf-8")
    with opened(browser, path) as watched:
        assert watched.page.locator("#map td.status-met").count() == 1
        assert watched.page.locator("#map td a").count() == 0


def test_the_choice_holds_in_the_next_quarter(page: Page) -> None:
    page.get_by_label("Chỉ hiện thôn").select_option("b")
    assert shown(page) == ["Đăk Tờ", "Đắk Pờ"]
    page.get_by_label("Quý", exact=True).select_option("2024Q1")
    assert shown(page) == ["Đăk Tờ", "Kon Rẫy"]


def test_without_the_script_everything_is_there(browser: Browser, index: Path) -> None:
    with opened(browser, index, java_script_enabled=False) as watched:
        assert not watched.page.locator("#narrow").is_visible()
        assert shown(watched.page) == ["Đăk Tờ", "Kon Rẫy", "Đắk Pờ"]
        links = watched.page.locator("a[href$='T2.html']").all()
        targets = {link.get_attribute("href") for link in links if link.is_visible()}
        assert targets == {"2024Q1/T2.html", "2024Q2/T2.html"}
        assert "1/9" in watched.page.locator("#map tbody tr").nth(1).inner_text()


def test_no_script_runs_but_the_page_s_own(browser: Browser, index: Path) -> None:
    text = index.read_text(encoding="utf-8")
    index.write_text(
        text.replace("</main>", "<script>document.title = 'x'</script></main>"), encoding="utf-8"
    )
    with opened(browser, index) as watched:
        assert watched.page.title() == "Xã Kon Tu, quý II năm 2024: chỉ tiêu và báo cáo theo thôn"
        assert any("Content Security Policy" in one for one in watched.complaints)
        assert watched.page.locator("#narrow").is_visible()
