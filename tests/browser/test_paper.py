"""Printed on A4: the pages one expects, no table cut off, nothing that is of no use on paper."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from every_page import EACH_PAGE, Which
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import Browser
from watched_pages import TOO_WIDE, WIDTH, bare, opened, printed

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook
from campaign_lib.office.forms import write_paper
from campaign_lib.office.forms.questionnaire import Home, Questionnaire, Village
from campaign_lib.show import pages
from campaign_lib.show.display import (
    RIGHT,
    Column,
    Passage,
    Table,
    boxed,
    folded_away,
    heading,
    paragraph,
    together,
)
from campaign_lib.words import Words

pytestmark = pytest.mark.browser

#: Not the references, which may be broken anywhere, nor what is only for those who listen.
CELLS = """[...document.querySelectorAll("table :is(th, td)")]
    .filter(cell => cell.checkVisibility())
    .map(cell => {
        const copy = cell.cloneNode(true);
        copy.querySelectorAll(".reference, i").forEach(one => one.remove());
        return copy.textContent;
    })"""


def words_of(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


@pytest.mark.parametrize("which", EACH_PAGE)
def test_nothing_is_cut_off(
    browser: Browser, page_of: Callable[[Which], Path], which: Which, tmp_path: Path
) -> None:
    with opened(browser, page_of(which), WIDTH) as watched:
        page = watched.page
        page.emulate_media(media="print")
        page.evaluate('document.querySelectorAll("details").forEach(one => one.open = true)')
        assert page.evaluate(TOO_WIDE) == []
        cells = page.evaluate(CELLS)
        sheets = printed(page, tmp_path / "a.pdf")
        assert words_of(" ".join(cells)) - words_of(" ".join(sheets)) == set()
        title = bare(page.title())
        for number, sheet in enumerate(map(bare, sheets), 1):
            assert sheet.endswith(f"{number}/{len(sheets)}")
            assert title[:30] in sheet
            assert ".html" not in sheet


#: The smallest letters of text on a page, in points; of a drawing they are its own affair.
SMALLEST = """Math.min(...[...document.querySelectorAll("main *:not(svg *, svg)")]
    .filter(one => one.checkVisibility() && [...one.childNodes].some(
        node => node.nodeType === 3 && node.data.trim()))
    .map(one => parseFloat(getComputedStyle(one).fontSize) * 0.75))"""


@pytest.mark.parametrize("which", EACH_PAGE)
def test_no_letter_is_too_small_to_read(
    browser: Browser, page_of: Callable[[Which], Path], which: Which
) -> None:
    with opened(browser, page_of(which), WIDTH) as watched:
        watched.page.emulate_media(media="print")
        watched.page.evaluate(
            'document.querySelectorAll("details").forEach(one => one.open = true)'
        )
        assert watched.page.evaluate(SMALLEST) >= 7.99


def test_a_village_head_gets_one_sheet(
    browser: Browser, page_of: Callable[[Which], Path], tmp_path: Path
) -> None:
    """Verdicts, whom to see, what next: the first sheet stands by itself."""
    words = Words("vi").under("village_report")
    with opened(browser, page_of(("vi", "internal", "village_report"))) as watched:
        first, *others = printed(watched.page, tmp_path / "a.pdf")
    for heading_ in ("missing_heading", "whom_heading", "next_heading"):
        assert words(heading_) in first
        assert not any(words(heading_) in other for other in others)
    assert words("indicators.heading") not in first


@pytest.mark.parametrize("language", ["vi", pytest.param("en", marks=pytest.mark.slow)])
def test_what_the_targets_mean_stands_on_two_sheets(
    browser: Browser, page_of: Callable[[Which], Path], tmp_path: Path, language: str
) -> None:
    with opened(browser, page_of((language, "public", "targets_explained"))) as watched:
        assert len(printed(watched.page, tmp_path / "a.pdf")) == 2


def page_with(passage: Passage, folder: Path) -> Path:
    shown = new_output("display_data", {"text/html": passage.html})
    notebook = new_notebook(cells=[new_code_cell("", outputs=[shown])])
    path = folder / "page.html"
    path.write_text(pages.export(notebook, "Thôn 1", "vi"), encoding="utf-8")
    return path


def test_a_table_that_is_wider_than_the_paper_is_noticed(browser: Browser, tmp_path: Path) -> None:
    wide = Table("Rộng", (Column("a"), Column("b")), (("x" * 60, "\u00a0y" * 90),))
    with opened(browser, page_with(together(heading("a", 1), wide), tmp_path), WIDTH) as watched:
        watched.page.emulate_media(media="print")
        assert watched.page.evaluate(TOO_WIDE) == ["Rộng"]


def test_each_sheet_begins_a_page(browser: Browser, tmp_path: Path) -> None:
    sheet = boxed(together(heading("Phiếu kiểm tra", 2), paragraph("Hộ")), "sheet")
    passage = together(heading("Thôn 1", 1), paragraph("Một trang"), sheet, sheet, sheet)
    with opened(browser, page_with(passage, tmp_path)) as watched:
        watched.page.emulate_media(media="print")
        first, *others = printed(watched.page, tmp_path / "a.pdf")
        assert "Một trang" in first
        assert len(others) == 3
        assert all("Phiếu kiểm tra" in other for other in others)


def test_a_long_table_has_its_head_on_every_page(browser: Browser, tmp_path: Path) -> None:
    columns = (Column("Mã hộ"), Column("Họ tên"), Column("Số khẩu", RIGHT))
    rows = tuple((f"T1-{number:03}", f"Chủ hộ {number}\n" * 3, "4") for number in range(150))
    passage = together(heading("Thôn 1", 1), Table("Các hộ", columns, rows))
    with opened(browser, page_with(passage, tmp_path)) as watched:
        watched.page.emulate_media(media="print")
        sheets = printed(watched.page, tmp_path / "a.pdf")
    assert len(sheets) > 2
    assert all("Mã hộ" in sheet and "Số khẩu" in sheet for sheet in sheets)
    # Every row stands on one page, and begins where the table does, not behind an empty head.
    assert sum(len(re.findall(r"T1-\d{3}", sheet)) for sheet in sheets) == len(rows)
    assert all(re.search(r"T1-\d{3}", sheet) for sheet in sheets)


def test_what_is_folded_away_is_printed(browser: Browser, tmp_path: Path) -> None:
    path = page_with(together(heading("Thôn 1", 1)), tmp_path)
    text = path.read_text(encoding="utf-8")
    folded = folded_away("Mở ra", paragraph("bên trong")).html
    unseen = '<p class="on-screen">chỉ trên màn hình</p>'
    path.write_text(text.replace("</main>", f"{folded}{unseen}</main>"), encoding="utf-8")
    with opened(browser, path) as watched:
        watched.page.emulate_media(media="print")
        (sheet,) = printed(watched.page, tmp_path / "a.pdf")
    assert "bên trong" in sheet
    assert "màn hình" not in sheet


def test_a_long_list_is_printed_only_where_it_was_opened(browser: Browser, tmp_path: Path) -> None:
    lists = (folded_away(f"Thôn {one}", paragraph(f"hộ {one}"), long=True) for one in ("A", "B"))
    path = page_with(together(heading("Thôn 1", 1), *lists), tmp_path)
    with opened(browser, path) as watched:
        watched.page.get_by_text("Thôn A").click()
        watched.page.emulate_media(media="print")
        (sheet,) = printed(watched.page, tmp_path / "a.pdf")
    assert "Thôn A" in sheet and "hộ A" in sheet
    assert "Thôn B" in sheet and "hộ B" not in sheet


@pytest.mark.parametrize("language", ["vi", "en"])
def test_two_households_stand_on_a_sheet_of_the_paper_form(
    browser: Browser, tmp_path: Path, language: str
) -> None:
    survey = codebook().tables["survey"]
    homes = tuple(Home(f"T1-{number:03}", f"Nguyễn Thị Hồng Đào {number}") for number in range(5))
    village = Village("T1", "Thôn Đăk Tơ Lung", homes)
    days = date(2024, 6, 15), date(2024, 9, 14), date(2024, 5, 1), date(2024, 10, 29)
    asked = Questionnaire(Quarter(2024, 3), *days, "Đăk Tơ Lung", True, (village,), survey)
    write_paper(tmp_path / "paper.html", asked, village, Words(language))
    with opened(browser, tmp_path / "paper.html") as watched:
        watched.page.emulate_media(media="print")
        listing, *sheets = printed(watched.page, tmp_path / "a.pdf")
    assert re.findall(r"T1-\d{3}", listing) == [home.household for home in homes]
    # The blank form stands beside the last household.
    assert [re.findall(r"T1-\d{3}", sheet) for sheet in sheets] == [
        ["T1-000", "T1-001"],
        ["T1-002", "T1-003"],
        ["T1-004"],
    ]
    last = len(survey.questions)
    assert all(len(re.findall(rf"(?m)(?<!\S){last}(?!\S)", sheet)) >= 2 for sheet in sheets)
