"""A page in a browser that has no network, and everything that it complained of."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route

PHONE, DESKTOP = 360, 1280
#: A4 less the margins of page.css, in the pixels of CSS (96 to the inch).
WIDTH = int((210 - 2 * 15) / 25.4 * 96)

TOO_WIDE = """[...document.querySelectorAll("table, pre, svg, .bar")]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .map(one => (one.querySelector("caption") ?? one).textContent.slice(0, 60))"""
UNFOLD = 'document.querySelectorAll("details.section").forEach(one => one.open = true)'
#: What the Web Content Accessibility Guidelines 2.1 ask for at level AA.
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}


@dataclass
class Watched:
    """A page that is open, and what went wrong with it so far."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def note_message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text}")

    def note_failure(self, request: Request) -> None:
        self.complaints.append(f"failed: {request.url}")

    def let_files_pass(self, route: Route) -> None:
        if route.request.url.startswith("file://"):
            route.continue_()
        else:
            self.complaints.append(f"outside: {route.request.url}")
            route.abort()


@contextmanager
def opened(
    browser: Browser, path: Path, width: int = DESKTOP, *, folded: bool = False, **context: bool
) -> Iterator[Watched]:
    """Open a file in a window of its own, without a network.

    All its sections are open, so that they are looked at; `folded` leaves them as they come.
    """
    window = browser.new_context(
        viewport={"width": width, "height": 900}, offline=True, locale="vi", **context
    )
    try:
        watched = Watched(window.new_page())
        watched.page.route("**/*", watched.let_files_pass)
        watched.page.on("console", watched.note_message)
        watched.page.on("pageerror", lambda error: watched.complaints.append(f"error: {error}"))
        watched.page.on("requestfailed", watched.note_failure)
        watched.page.goto(path.as_uri())
        if not folded:
            watched.page.evaluate(UNFOLD)
        yield watched
    finally:
        window.close()


def wider_than_the_page(page: Page) -> int:
    """Say by how many pixels a page can be scrolled sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def tables_that_scroll(page: Page) -> list[str]:
    """Name the tables that are wider than what is seen of them."""
    return list(
        page.evaluate(
            """[...document.querySelectorAll(".scroll:has(table)")]
            .filter(frame => frame.scrollWidth > frame.clientWidth + 1)
            .map(frame => frame.querySelector("caption")?.textContent ?? "")"""
        )
    )


def violations(browser: Browser, path: Path, width: int = DESKTOP) -> list[str]:
    """Name what breaks WCAG 2.1 AA on a page, each with the element that does."""
    # axe is a script, and our pages let no script run but their own.
    with opened(browser, path, width, bypass_csp=True) as watched:
        found = Axe().run(watched.page, options=WCAG).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def pale(page: Page, within: str) -> list[str]:
    """Name the text inside some elements that is hard to tell from what is behind it."""
    # Of a drawing axe takes the colour that its letters would have outside it.
    where = {"include": [[within]], "exclude": [["svg"]]}
    found = Axe().run(page, context=where, options={"runOnly": ["color-contrast"]}).response
    # White on white might be hidden on purpose, and counts as not known to axe.
    nodes = [
        node
        for kind in ("violations", "incomplete")
        for one in found[kind]
        for node in one["nodes"]
    ]
    told = ((node, node["any"][0]["data"] or {}) for node in nodes)
    return [node["html"][:200] for node, data in told if data.get("contrastRatio", 21) < 4.5]


def printed(page: Page, pdf: Path) -> list[str]:
    """Print a page to a file, and read the file: a text for each sheet of paper."""
    page.pdf(path=pdf, prefer_css_page_size=True)
    ran = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True)
    return ran.stdout.decode().removesuffix("\f").split("\f")


def bare(text: str) -> str:
    """Give a text without its spaces, which a printed page has elsewhere."""
    return re.sub(r"\s", "", text)
