"""The counter's server: who may speak to it, what is asked of it, and the page that answers.

It listens on this machine alone, and to who has its token: in the first address, then in a cookie.
Requests under another host's name, or from another site's page, are refused before anything is
read. One runs in a data folder at a time.
"""

import asyncio
import contextlib
import io
import os
import signal
import threading
import webbrowser
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from hmac import compare_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from filelock import FileLock, Timeout
from markupsafe import Markup
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler, StaticFileHandler

from campaign_lib.base.limits import MOST_BYTES
from campaign_lib.errors import LANGUAGES, CampaignError, reason
from campaign_lib.office.counter.desk import ADDRESS, HERE, NEW, Desk, Note, digest, page, style
from campaign_lib.office.counter.work import command_of
from campaign_lib.office.lists import Wish, mapping_of
from campaign_lib.words import Words
from campaign_lib.words.console import spoken_here

_LOCK = ".desk.lock"
#: What of the reports folder is shown.
_SHOWN = frozenset({".html", ".docx"})
_POLICY = (
    "default-src 'none'; style-src '{style}'; script-src '{script}'; connect-src 'self'; "
    "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Guarded(RequestHandler):
    """Answers only who may ask."""

    def initialize(self, desk: Desk) -> None:
        """Take what all requests share."""
        self.desk = desk

    def set_default_headers(self) -> None:
        """Let no other page, and no store of pages, have what is answered."""
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "same-origin")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("X-Frame-Options", "DENY")
        self.clear_header("Server")

    def prepare(self) -> None:
        """Refuse another host's name, another site's page, and who has no token."""
        origin = self.request.headers.get("Origin")
        if self.request.host not in self.desk.hosts:
            raise HTTPError(403)
        if origin is not None and origin not in [f"http://{one}" for one in self.desk.hosts]:
            raise HTTPError(403)
        if not self.is_known(self.get_cookie(self.cookie, "") or ""):
            raise HTTPError(403)

    @property
    def cookie(self) -> str:
        """The cookie's name: all ports of a machine share their cookies."""
        return f"campaign_desk_{self.desk.port}"

    def is_known(self, token: str) -> bool:
        """Say whether a token is the desk's."""
        return compare_digest(token.encode(), self.desk.token.encode())

    @property
    def language(self) -> str:
        """The page's language: what was chosen, else what the command speaks."""
        chosen = self.get_cookie("campaign_language", "")
        return chosen if chosen in LANGUAGES else spoken_here()

    def write_error(self, status_code: int, **_: Any) -> None:
        """Say in both languages that nothing is shown, and nothing of why."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        key = "refused" if status_code == 403 else "failed"
        lines = (Words(one)(f"counter.{key}") for one in LANGUAGES)
        self.finish("\n".join(lines) + "\n")


class FrontPage(Guarded):
    """The page itself, and the first address, which hands out the cookie."""

    def prepare(self) -> None:
        """Change the token in the address for a cookie."""
        token = self.get_query_argument("token", "")
        if not token or self.request.host not in self.desk.hosts or not self.is_known(token):
            super().prepare()
            return
        self.set_cookie(self.cookie, token, httponly=True, samesite="Strict")
        self.redirect("/")

    async def get(self) -> None:
        """Show where the campaign stands and what can be done."""
        loop = asyncio.get_running_loop()
        standing = await loop.run_in_executor(None, self.desk.look)
        look, script = style(), (HERE / "desk.js").read_text(encoding="utf-8")
        policy = _POLICY.format(style=digest(look), script=digest(script))
        self.set_header("Content-Security-Policy", policy)
        notes, self.desk.notes = self.desk.notes, []
        form = Markup(self.xsrf_form_html())
        shown = {"style": Markup(look), "script": Markup(script), "form": form, "notes": notes}
        self.finish(page(self.desk, standing, Words(self.language), **shown))


class Language(Guarded):
    """Chooses the page's language."""

    def get(self, language: str) -> None:
        """Remember it."""
        self.set_cookie("campaign_language", language, httponly=True, samesite="Strict")
        self.redirect("/")


class Doing(Guarded):
    """Takes what a form of the page sends, does it, and leads back to the page."""

    async def post(self) -> None:
        """Do it; a mistake is said on the page in one sentence."""
        try:
            await self.do()
        except CampaignError as error:
            self.desk.notes.append(Note(error.message, is_wrong=True))
        except OSError as error:
            told = CampaignError("file.system", file=error.filename, detail=reason(error))
            self.desk.notes.append(Note(told.message, is_wrong=True))
        self.redirect("/", status=303)

    async def do(self) -> None:
        """Do what was asked for; raises CampaignError where it cannot be done."""
        raise NotImplementedError

    def said(self, name: str) -> str:
        """Give what was filled into a field of the form; "" for nothing."""
        return self.get_body_argument(name, "")


class Button(Doing):
    """Runs a button's command."""

    async def do(self) -> None:
        """Run it beside the page."""
        action, loop = self.said("action"), asyncio.get_running_loop()
        standing = await loop.run_in_executor(None, self.desk.look)
        told = {name: self.said(name) for name in NEW}
        asked = self.desk.asked(standing, self.said("quarter"), self.said("village"), **told)
        self.desk.work.start(action, command_of(action, asked), self.language)


class Stop(Doing):
    """Stops the command that runs."""

    async def do(self) -> None:
        """Stop it."""
        await asyncio.get_running_loop().run_in_executor(None, self.desk.work.stop)


class Close(Guarded):
    """Closes the desk."""

    def post(self) -> None:
        """Say good-bye, then close."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(Words(self.language)("counter.closed") + "\n")
        self.desk.closing.set()


class HandIn(Doing):
    """Takes files in."""

    async def do(self) -> None:
        """Put each where it belongs, or keep it until somebody has said where."""
        loop, files = asyncio.get_running_loop(), self.request.files.get("files", [])
        standing = await loop.run_in_executor(None, self.desk.look)
        asked = self.desk.asked(standing, self.said("quarter"))
        if not files:
            raise CampaignError("counter.nothing")
        for file in files:
            take = partial(self.desk.inbox.take, file.filename, file.body, asked["quarter"])
            place = await loop.run_in_executor(None, take)
            if place is not None:
                self.desk.say("placed", file=file.filename, place=str(place))


class Decide(Doing):
    """Does with a file that waits what somebody has decided."""

    async def do(self) -> None:
        """Put it into its place, read it as a list, or take it away."""
        inbox, id, what = self.desk.inbox, self.said("id"), self.said("what")
        one, loop = self.desk.inbox.known(id), asyncio.get_running_loop()
        place = None
        if what == "drop":
            inbox.drop(id)
            self.desk.say("dropped", file=one.name)
        elif what == "look":
            look = partial(inbox.look, id, self._wish(), Words(self.language))
            await loop.run_in_executor(None, look)
        elif what == "write":
            place = await loop.run_in_executor(None, partial(inbox.write, id))
        else:
            place = inbox.put(id, self.said("quarter") or one.quarter, over=what == "over")
        if place is not None:
            self.desk.say("placed", file=one.name, place=str(place))

    def _wish(self) -> Wish:
        """Say what a list is to be read as.

        Raises:
            CampaignError: the day is none, or a line says of no heading which column it is.
        """
        day = self.said("on")
        try:
            on = date.fromisoformat(day) if day else None
        except ValueError as error:
            raise CampaignError("counter.day", day=repr(day)) from error
        mapped = mapping_of(filter(str.strip, self.said("map").splitlines()))
        return Wish(self.said("table"), self.said("village"), on, mapped, bool(self.said("assign")))


class HowFar(Guarded):
    """Says how far the command is, for the page's script."""

    def get(self) -> None:
        """Give what it said so far, and whether it runs."""
        work = self.desk.work
        self.finish({"running": work.is_running, "lines": [*work.lines]})


class Pages(Guarded, StaticFileHandler):
    """Shows pages and letters of the reports folder, and nothing else that lies there."""

    def initialize(self, desk: Desk) -> None:  # type: ignore[override]
        """Take the folder."""
        Guarded.initialize(self, desk)
        StaticFileHandler.initialize(self, str(desk.reports.resolve()))

    def validate_absolute_path(self, root: str, absolute_path: str) -> str | None:
        """Refuse what is no page, and what leads out of the folder, by a link too."""
        if "\0" in absolute_path:
            raise HTTPError(404)
        path = Path(absolute_path).resolve()
        if path.suffix not in _SHOWN or not path.is_relative_to(root):
            raise HTTPError(404)
        return super().validate_absolute_path(root, str(path))

    def compute_etag(self) -> str | None:
        """Give none: a page is made anew under the same name."""
        return None

    def set_extra_headers(self, path: str) -> None:
        """Have what was made anew fetched anew."""
        self.set_header("Cache-Control", "no-store")


class Download(Guarded):
    """Gives a workbook of problems, or the forms of a quarter in one file."""

    def get(self, name: str) -> None:
        """Give it as a file to keep."""
        packed = {f"forms-{quarter}.zip": paths for quarter, paths in self.desk.forms().items()}
        if name in packed:
            content = self._zipped(packed[name])
        elif name in self.desk.books():
            content = (self.desk.data / "processed" / name).read_bytes()
        else:
            raise HTTPError(404)
        self.set_header("Content-Type", "application/octet-stream")
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.finish(content)

    def _zipped(self, paths: list[Path]) -> bytes:
        folder, packed = self.desk.data / "forms", io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
            for path in paths:
                file.write(path, path.relative_to(folder).as_posix())
        return packed.getvalue()


def application(desk: Desk) -> Application:
    """Give the server's addresses."""
    routes: list[tuple[str, type[RequestHandler]]] = [
        (r"/", FrontPage),
        (r"/language/(vi|en)", Language),
        (r"/do", Button),
        (r"/stop", Stop),
        (r"/close", Close),
        (r"/files", HandIn),
        (r"/decide", Decide),
        (r"/work", HowFar),
        (r"/pages/(.*)", Pages),
        (r"/download/([^/]+)", Download),
        (r".*", Guarded),
    ]
    strict = {"httponly": True, "samesite": "Strict"}
    return Application(
        [(way, handler, {"desk": desk}) for way, handler in routes],
        xsrf_cookies=True,
        xsrf_cookie_name=f"_xsrf_{desk.port}",
        xsrf_cookie_kwargs=strict,
        log_function=lambda _: None,
    )


@contextmanager
def held(data: Path) -> Iterator[None]:
    """Hold a data folder while the block runs; made where it is missing.

    Raises:
        CampaignError: another desk holds it, or it cannot be made.
    """
    lock = FileLock(data / _LOCK)
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise CampaignError("counter.running", folder=data) from error
    except OSError as error:
        raise CampaignError("file.system", file=data, detail=reason(error)) from error
    try:
        yield
    finally:
        lock.release()


def serve(
    data: Path,
    reports: Path,
    today: date | None,
    port: int,
    tell: Callable[[str], None],
    *,
    browser: bool = True,
) -> None:
    """Keep the desk open until it is closed by its button or by Ctrl-C.

    Args:
        data: the folder that holds `raw`, or shall.
        reports: the folder of reports.
        today: the day; None where each day is its own.
        port: where to listen; 0 takes any that is free.
        tell: is told the address.
        browser: whether to open it in the browser.

    Raises:
        CampaignError: another desk is open in the folder, or the port is not free.
    """
    with (
        held(data),
        TemporaryDirectory(prefix="campaign-desk-") as folder,
        contextlib.suppress(KeyboardInterrupt),
    ):
        asyncio.run(_open(Desk(data, reports, today, Path(folder)), port, tell, browser))


async def _open(desk: Desk, port: int, tell: Callable[[str], None], browser: bool) -> None:
    try:
        sockets = bind_sockets(port, ADDRESS)
    except (OSError, OverflowError) as error:
        raise CampaignError("counter.port", port=port, detail=reason(error)) from error
    desk.port = sockets[0].getsockname()[1]
    server = HTTPServer(application(desk), max_body_size=MOST_BYTES, max_buffer_size=MOST_BYTES)
    server.add_sockets(sockets)
    if os.name != "nt":
        # Ctrl-C, too: who was started in the background ignores it, and so would what it runs.
        for one in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(one, desk.closing.set)
    tell(desk.address)
    if browser:
        threading.Thread(target=webbrowser.open, args=(desk.address,), daemon=True).start()
    try:
        await desk.closing.wait()
        await asyncio.sleep(0.2)  # what was answered last is still on its way
    finally:
        server.stop()
        desk.work.stop()
