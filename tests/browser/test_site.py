"""The documentation: `make docs` builds it, no link in it is dead, and it opens from a folder."""

import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, expect
from watched_pages import DESKTOP, PHONE, opened

pytestmark = [pytest.mark.slow, pytest.mark.browser]


class Page(HTMLParser):
    """What a page leads to or loads, and what may be led to on it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids = {""}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.links += filter(None, (told.get("href"), told.get("src"), told.get("action")))
        self.ids |= {told.get("id") or "", told.get("name") or ""}


def dead_links(site: Path) -> list[tuple[str, str]]:
    """Name each link that leads out of the site, to no file, or to no place on its page."""
    pages = {file: Page(file.read_text(encoding="utf-8")) for file in site.rglob("*.html")}
    dead = []
    for file, page in pages.items():
        for link in page.links:
            address = urlsplit(link)
            aim = (file.parent / unquote(address.path)).resolve() if address.path else file
            place = unquote(address.fragment) if aim in pages else ""
            if address.scheme == "data":
                continue
            outside = address.scheme or address.netloc
            if outside or not aim.is_file() or (place and place not in pages[aim].ids):
                dead.append((file.relative_to(site).as_posix(), link))
    return dead


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documentation").resolve() / "site"
    make = ["make", "docs", f"SITE={folder}"]
    done = subprocess.run(make, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_no_link_is_dead_and_none_leads_outside(site: Path) -> None:
    assert (site / "docs" / "index.html").is_file()
    assert dead_links(site) == []
    assert not [file for file in site.rglob("*.css") if "@import" in file.read_text("utf-8")]


def test_every_notebook_was_run(root: Path, site: Path) -> None:
    for notebook in (root / "notebooks").glob("*.ipynb"):
        page = (site / "notebooks" / f"{notebook.stem}.html").read_text(encoding="utf-8")
        assert 'class="cell_output' in page, notebook.stem


def test_it_opens_and_is_searched_from_the_folder(site: Path, browser: Browser) -> None:
    with opened(browser, site / "docs" / "index.html") as watched:
        page = watched.page
        page.fill("input[name=q]", "essential_goods_needed")
        page.keyboard.press("Enter")
        page.click("#search-results a >> text=Columns of the frames")
        # Opened from a file, a page is there before its end is.
        expect(page.locator(".body")).to_contain_text("essential_goods_needed")
        page.goto((site / "search.html").as_uri() + "?q=thoát nghèo")
        page.wait_for_selector("#search-results a >> text=Từ điển số liệu")
        assert watched.complaints == []


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_no_page_is_wider_than_the_window(site: Path, browser: Browser, width: int) -> None:
    wide = "document.documentElement.scrollWidth > innerWidth"
    with opened(browser, site / "docs" / "index.html", width) as watched:
        found = []
        for file in sorted(site.rglob("*.html")):
            watched.page.goto(file.as_uri())
            if watched.page.evaluate(wide):
                found.append(file.relative_to(site).as_posix())
        assert found == []
        assert watched.complaints == []


def test_the_rule_of_dead_links_itself(tmp_path: Path) -> None:
    links = ("there.html", "there.html#here", "there.html#gone", "gone.html", "figure:x", "//x.y")
    body = "".join(f'<a href="{link}">x</a>' for link in links)
    (tmp_path / "a.html").write_text(f'{body}<img src="data:,x">', encoding="utf-8")
    (tmp_path / "there.html").write_text('<p id="here">', encoding="utf-8")
    found = [link for _, link in dead_links(tmp_path.resolve())]
    assert found == ["there.html#gone", "gone.html", "figure:x", "//x.y"]
