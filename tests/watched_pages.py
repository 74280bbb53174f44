"""A page in a browser that has no network, and everything that it complained of."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route

PHONE, DESKTOP = 360, 1280


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
    browser: Browser, path: Path, width: int = DESKTOP, **context: bool
) -> Iterator[Watched]:
    """Open a file in a window of its own, without a network."""
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
