"""The desk in a real browser: by keyboard, offline, from the forms handed in to the reports."""

import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import first_day as mine
import pytest
from axe_playwright_python.sync_playwright import Axe
from intake_files import Row, csv_text, example, write_campaign
from office_lists import Home, write_office_list
from playwright.sync_api import Browser, Page, expect
from watched_pages import DESKTOP, PHONE, WCAG, wider_than_the_page

from campaign_lib.words import LANGUAGES

pytestmark = pytest.mark.browser

#: So long may a command of the small campaign take, in milliseconds.
PATIENCE = 240_000
POOR: list[Row] = [
    {"household": f"H{n:02}", "status": "poor", "valid_from": "2023-12-31"} for n in range(1, 61)
]
FORM = csv_text(example("survey", 1), [example("survey", number) for number in range(1, 61)])


@pytest.fixture(autouse=True, scope="module")
def patience() -> Iterator[None]:
    """Wait for a page that is worked out on a busy machine."""
    expect.set_options(timeout=60_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def address(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Open a desk on the folder as its test has it once it asks for the page."""
    options = ["--data", str(tmp_path), "--reports", str(tmp_path / "reports")]
    today = getattr(request, "param", "2024-03-10")
    process = subprocess.Popen(
        [sys.executable, "-m", "campaign_lib", *options, "--today", today, "desk"],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "CAMPAIGN_NO_BROWSER": "1", "PYTHONUNBUFFERED": "1"},
    )
    yield process.stdout.readline().split()[-1]
    process.terminate()
    process.communicate(timeout=30)


@contextmanager
def at(browser: Browser, address: str, width: int = DESKTOP, **context: bool) -> Iterator[Page]:
    """Open the desk's page in a window that reaches nothing else; it must complain of nothing."""
    window = browser.new_context(viewport={"width": width, "height": 900}, **context)
    page, complaints = window.new_page(), list[str]()
    own = address.partition("?")[0]
    page.on(
        "request",
        lambda one: (
            None if one.url.startswith((own, "data:", "blob:")) else complaints.append(one.url)
        ),
    )
    page.on("console", lambda one: complaints.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        yield page
        assert complaints == []
    finally:
        window.close()


def press(page: Page, name: str) -> None:
    """Go to a button, a link or a field with Tab, and press Enter."""
    tab_to(page, name)
    page.keyboard.press("Enter")


def tab_to(page: Page, name: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "(document.activeElement.labels?.[0] ?? document.activeElement).innerText ?? ''"
        )
        if said.strip().startswith(name):
            return
    raise AssertionError(f"{name} cannot be reached with Tab")


def findings(page: Page) -> list[str]:
    found = Axe().run(page, options=WCAG).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def campaign(folder: Path) -> None:
    write_campaign(folder / "raw", {"poverty_status": POOR, "survey/2024Q1": None})


@pytest.mark.slow
def test_from_a_form_to_the_report(browser: Browser, tmp_path: Path, address: str) -> None:
    campaign(tmp_path)
    with at(browser, address) as page:
        assert "token" not in page.url
        expect(page.locator(".bottom-line")).to_contain_text("ập phiếu khảo sát quý I năm 2024")
        press(page, "Lập phiếu khảo sát")
        expect(page.locator("#work-title")).to_contain_text("đã xong", timeout=PATIENCE)
        expect(page.get_by_role("link", name=re.compile("Tải các phiếu quý I"))).to_be_visible()
        page.get_by_label("Phiếu đã điền").set_input_files(
            {"name": "phieu 2024Q1.csv", "mimeType": "text/csv", "buffer": FORM.encode()}
        )
        press(page, "Nộp")
        expect(page.get_by_role("status").first).to_contain_text("Đã nhận phieu 2024Q1.csv")
        (place,) = (tmp_path / "raw" / "survey" / "2024Q1").iterdir()
        assert place.read_text(encoding="utf-8") == FORM
        expect(page.locator(".bottom-line")).to_contain_text("oát số liệu quý I năm 2024")
        press(page, "Soát số liệu")
        expect(page.locator("#work-title")).to_contain_text("đã xong", timeout=PATIENCE)
        expect(page.locator("#problems + p")).to_contain_text("lưu ý")
        assert page.get_by_role("link", name="problems.xlsx").get_attribute("href")
        press(page, "Lập báo cáo")
        expect(page.locator("#work-title")).to_contain_text("đang làm")
        expect(page.get_by_role("progressbar", name="đang làm")).to_be_visible()
        expect(page.locator("#work-title")).to_contain_text("đã xong", timeout=PATIENCE)
        press(page, "Xem báo cáo (nội bộ)")
        expect(page.locator("h1")).to_contain_text("báo cáo theo thôn")
        page.get_by_role("link", name=re.compile("Toàn xã")).first.click()
        expect(page.locator("h1")).to_contain_text("I")
        assert "/pages/2024Q1/commune.html" in page.url
        page.goto(address.partition("?")[0])
        # A quarter is locked by who says that its reports were sent, and by nobody else.
        page.get_by_role("button", name="Khóa quý").click()
        assert not (tmp_path / "locked").exists()
        page.get_by_label("Báo cáo của quý đã gửi cấp trên").check()
        press(page, "Khóa quý")
        expect(page.locator("#work-title")).to_contain_text("đã xong", timeout=PATIENCE)
        assert (tmp_path / "locked" / "2024Q1.zip").is_file()


def test_a_dropped_file_is_handed_in(browser: Browser, tmp_path: Path, address: str) -> None:
    campaign(tmp_path)
    with at(browser, address) as page:
        files = page.evaluate_handle(
            """text => {
                const files = new DataTransfer();
                files.items.add(new File([text], "phieu.csv", {type: "text/csv"}));
                return files;
            }""",
            FORM,
        )
        page.dispatch_event("main", "dragover", {"dataTransfer": files})
        expect(page.locator("#files-form")).to_have_class(re.compile("over"))
        page.dispatch_event("main", "drop", {"dataTransfer": files})
        expect(page.get_by_role("status").first).to_contain_text("Đã nhận phieu.csv")
        assert (tmp_path / "raw" / "survey" / "2024Q1" / "phieu.csv").is_file()


def test_an_office_s_list_is_seen_before_it_is_written(
    browser: Browser, tmp_path: Path, address: str
) -> None:
    campaign(tmp_path)
    (tmp_path / "raw" / "households.csv").unlink()
    (tmp_path / "raw" / "poverty_status.csv").unlink()
    listing = tmp_path / "danh sách.xlsx"
    write_office_list(
        listing, {"Thôn 1": [Home("A Biu")], "Thôn 2": [Home("Y Thu", status="poor")]}
    )
    with at(browser, address) as page:
        expect(page.locator(".bottom-line")).to_contain_text("chưa có dòng nào")
        page.get_by_label("Phiếu đã điền").set_input_files(listing)
        press(page, "Nộp")
        page.get_by_label("Danh sách của bảng").select_option("households")
        press(page, "Xem trước")
        expect(page.locator("form pre")).to_contain_text("danh-sach")
        assert not list((tmp_path / "raw").glob("households*"))
        press(page, "Ghi vào bảng")
        expect(page.get_by_role("status").first).to_contain_text("Đã nhận danh sách.xlsx")
        assert (tmp_path / "raw" / "households.xlsx").is_file()


def test_it_fits_and_axe_finds_nothing(browser: Browser, tmp_path: Path, address: str) -> None:
    campaign(tmp_path)
    with at(browser, address, bypass_csp=True) as page:
        for content in (FORM, FORM + "\n", "a,b\n1,2\n"):
            name = "ghi chú.csv" if content.startswith("a") else "phieu.csv"
            page.locator("#files").set_input_files(
                {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
            )
            page.locator("#files-form button").click()
        for language, width in product(LANGUAGES, (PHONE, 768, 1440)):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{address.partition('?')[0]}language/{language}")
            assert page.locator("html").get_attribute("lang") == language
            assert page.locator("input[name=id]").count() == 2, "one file is taken, one is unknown"
            assert wider_than_the_page(page) <= 0, (language, width)
            assert findings(page) == [], (language, width)


def test_it_works_without_its_script(browser: Browser, tmp_path: Path, address: str) -> None:
    campaign(tmp_path)
    with at(browser, address, java_script_enabled=False) as page:
        page.locator("#files").set_input_files(
            {"name": "phieu.csv", "mimeType": "text/csv", "buffer": FORM.encode()}
        )
        page.locator("#files-form button").click()
        expect(page.get_by_role("status").first).to_contain_text("Đã nhận phieu.csv")
        page.get_by_role("button", name="Soát số liệu").first.click()
        expect(page.locator("#work-title")).to_contain_text("đã xong", timeout=PATIENCE)


def test_an_empty_folder_says_what_to_begin_with(
    browser: Browser, tmp_path: Path, address: str
) -> None:
    with at(browser, address, bypass_csp=True) as page:
        expect(page.locator(".bottom-line")).to_contain_text("hưa có số liệu")
        assert findings(page) == []


def done(page: Page) -> None:
    expect(page.locator("#work-title")).to_contain_text("đã xong", timeout=PATIENCE)


def run(page: Page, button: str) -> None:
    """Press the button of a part of the work, and wait for its command to end."""
    page.locator(".parts").get_by_role("button", name=button, exact=True).click()
    done(page)


@pytest.mark.slow
@pytest.mark.parametrize("address", [mine.TODAY], indirect=True)
def test_a_commune_s_first_day(browser: Browser, tmp_path: Path, address: str) -> None:
    raw = tmp_path / "raw"
    listing = mine.write_lists(tmp_path / "danh sach ho.xlsx")
    with at(browser, address) as page:
        page.get_by_label("Tên xã").fill("Mẫu Đăk")
        page.get_by_label("Tỉnh, thành phố").fill("Tỉnh Mẫu")
        page.get_by_label("Tên các thôn").fill("\n".join(mine.VILLAGES))
        page.get_by_role("button", name="Tạo bảng và kế hoạch để điền").click()
        done(page)
        page.locator("#files").set_input_files(listing)
        page.locator("#files-form button").click()
        for table, day in (("households", ""), ("poverty_status", "2024-12-31")):
            page.get_by_label("Danh sách của bảng").select_option(table)
            page.get_by_label("Ngày mà danh sách nói đến").fill(day)
            page.get_by_role("button", name="Xem trước").click()
            page.get_by_role("button", name="Ghi vào bảng").click()
            expect(page.get_by_role("status").first).to_contain_text("Đã nhận")
        mine.fill_tables(raw)
        mine.fill_plan(raw / "plans" / f"{mine.YEAR}.xlsx")
        page.reload()
        page.locator("#quarter-form").select_option(mine.QUARTER)
        run(page, "Lập phiếu khảo sát")
        books = sorted((tmp_path / "forms").glob("*.xlsx"))
        for book in books:
            mine.fill_form(book)
        page.locator("#files").set_input_files(books)
        page.locator("#files-form button").click()
        expect(page.locator(".bottom-line")).to_contain_text("oát số liệu")
        run(page, "Soát số liệu")
        for button in ("Kèm bản Word", "Bản công khai"):
            run(page, button)
        assert page.get_by_role("link", name="Xem bản công khai").count() == 1
    with (tmp_path / "processed" / "results.csv").open(encoding="utf-8") as file:
        results = {(row["place"], row["indicator"]): row for row in csv.DictReader(file)}
    for place, indicator, *counts in mine.expected():
        line = results[place, indicator]
        assert [int(line[name]) for name in ("numerator", "denominator", "unknown")] == counts
    made = tmp_path / "reports"
    assert (made / mine.QUARTER / "commune.docx").is_file()
    assert (made / "public" / mine.QUARTER / "commune.html").is_file()
