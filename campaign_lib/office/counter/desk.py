"""What is on the counter: the folders, the work, the files that wait, and the page that shows them.

In come the folders and the day; out go what every request shares (`Desk`) and the page as text.
"""

import asyncio
import contextlib
import re
import threading
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from campaign_lib.base.files import write_text
from campaign_lib.base.limits import MOST_BYTES
from campaign_lib.base.quarters import Quarter
from campaign_lib.errors import LANGUAGES, CampaignError, Message
from campaign_lib.intake.sources.folder import raw_files
from campaign_lib.office.counter.received import Inbox
from campaign_lib.office.counter.work import Work
from campaign_lib.office.forms.questionnaire import HOUSEHOLDS
from campaign_lib.office.standing import Standing, next_in_words, parts_of, standing_of
from campaign_lib.office.table_book import tables_by_hand
from campaign_lib.pipeline.reports.report import INDEX
from campaign_lib.show.pages import FOLDER as PAGES
from campaign_lib.words import Words
from campaign_lib.words.spelling import few_of

ADDRESS = "127.0.0.1"
HERE = Path(__file__).parent
#: So many Word documents are led to, the newest first.
_LETTERS = 4
_QUARTER = re.compile(r"\d{4}Q[1-4]")
_BOOK = re.compile(r"problems(-[A-Za-z0-9_-]+)?\.xlsx")
#: What is asked of a new commune.
NEW = ("commune", "province", "district", "year", "villages")
#: Which button is next, by the name of the next step; other steps have none.
_BUTTONS: Mapping[str, str] = {
    **dict.fromkeys(("check", "collect", "mend_rows"), "check"),
    **{name: name for name in ("form", "reports", "lock")},
}


@dataclass(frozen=True)
class Note:
    """What is said once, of what has just been done: a sentence, and whether it is a mistake."""

    text: Message
    is_wrong: bool = False


class Desk:
    """What all requests share: the folders, the token, the work, the files that wait."""

    def __init__(self, data: Path, reports: Path, today: date | None, folder: Path) -> None:
        """Begin; `today` is None where each day is its own, `folder` is for files that wait."""
        self.data, self.reports, self._today = data, reports, today
        self.token, self.port, self.notes = token_urlsafe(32), 0, list[Note]()
        options = ["--data", str(data), "--reports", str(reports)]
        self.work = Work([*options, *(["--today", str(today)] if today else [])])
        self.inbox, self._folder = Inbox(data, folder), folder
        self.closing = asyncio.Event()
        self._seen: tuple[object, Standing] | None = None
        self._looking = threading.Lock()

    @property
    def address(self) -> str:
        """The page's address, with the token."""
        return f"http://{ADDRESS}:{self.port}/?token={self.token}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names by which this machine may be asked."""
        return (f"{ADDRESS}:{self.port}", f"localhost:{self.port}")

    def look(self) -> Standing:
        """Say where the campaign stands; looked at anew where a file has changed."""
        day = self._today or date.today()
        with self._looking:
            seen = (day, _stamps(self.data, self.reports))
            if self._seen is None or self._seen[0] != seen:
                self._seen = seen, standing_of(self.data, self.reports, day)
            return self._seen[1]

    def say(self, key: str, **values: object) -> None:
        """Say something on the next page that is shown."""
        self.notes.append(Note(Message(f"counter.said.{key}", **values)))

    def books(self) -> list[str]:
        """Name the workbooks of problems that are as new as what is built."""
        folder = self.data / "processed"
        found = [path for path in folder.glob("problems*.xlsx") if _BOOK.fullmatch(path.name)]
        built = max((path.stat().st_mtime for path in folder.glob("problems.csv")), default=0.0)
        return sorted(path.name for path in found if path.stat().st_mtime >= built)

    def forms(self) -> dict[str, list[Path]]:
        """List the forms that were written, by quarter; the list of households goes with each."""
        there = sorted(one for one in (self.data / "forms").rglob("*") if one.is_file())
        quarters = {found[0] for one in there if (found := _QUARTER.search(one.name))}
        return {
            quarter: [one for one in there if quarter in one.name or one.name == HOUSEHOLDS]
            for quarter in sorted(quarters, reverse=True)
        }

    def asked(
        self, standing: Standing, quarter: str = "", village: str = "", **told: str
    ) -> dict[str, str]:
        """Give what a button's command is filled in from; `told` is said of a new commune.

        Raises:
            CampaignError: no quarter, or no village, of that name.
        """
        known = {one.village for one in standing.forms}
        if village and village not in known:
            raise CampaignError("asked.village", name=repr(village), known=few_of(sorted(known)))
        named = str(Quarter.parse(quarter)) if quarter else str(standing.quarter)
        said = {name: text.strip().lstrip("-") for name, text in told.items()}
        if said.get("villages") and not said["villages"].isdecimal():
            names = self._folder / "villages.txt"
            write_text(names, said["villages"])
            said["villages"] = str(names)
        folders = {"data": str(self.data), "forms": str(self.data / "forms")}
        return {"quarter": named, "village": village, **folders, **said}


def _stamps(data: Path, reports: Path) -> object:
    """Sum up which files there are, and when each was written."""
    raw = raw_files(data / "raw") if (data / "raw").is_dir() else {}
    others = (data / "processed" / "manifest.json", reports / "manifest.json", data / "forms")
    paths = [*raw.values(), *others, *sorted((data / "locked").glob("*"))]
    with contextlib.suppress(OSError):
        return [(str(one), one.stat().st_mtime_ns) for one in paths if one.exists()]
    return object()  # something is changing: like nothing seen before


def page(desk: Desk, standing: Standing, words: Words, **shown: object) -> str:
    """Write the page.

    Args:
        desk: what there is to do with.
        standing: where the campaign stands.
        words: the reader's language.
        shown: what else the template names.
    """
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    forms = desk.data / "forms"
    return environment.get_template("desk.html.j2").render(
        desk=desk,
        work=desk.work,
        waiting=desk.inbox.waiting,
        standing=standing,
        words=words,
        next=next_in_words(standing, words),
        action=_BUTTONS.get(standing.next.key, ""),
        parts=parts_of(standing, words),
        quarters=_quarters(standing.quarter),
        tables=[(one.name, getattr(one, words.language)) for one in tables_by_hand()],
        books=desk.books(),
        forms=str(forms) if forms.is_dir() else "",
        packed=[*desk.forms()],
        indexes=[one for one in (INDEX, f"public/{INDEX}") if (desk.reports / one).is_file()],
        letters=sorted(
            (f"{one.parent.name}/{one.name}" for one in desk.reports.glob("*/*.docx")), reverse=True
        )[:_LETTERS],
        new=NEW,
        languages=LANGUAGES,
        most=MOST_BYTES,
        **shown,
    )


def _quarters(quarter: Quarter) -> list[str]:
    """Name the quarters that a form may be of: the one that is worked on, and its neighbours."""
    return [str(quarter), str(quarter.previous()), str(quarter.next())]


def style() -> str:
    """Give the page's style: that of every page, and its own."""
    return "".join(
        path.read_text(encoding="utf-8") for path in (PAGES / "page.css", HERE / "desk.css")
    )


def digest(text: str) -> str:
    """Give what a policy calls a style or a script by, so that no other is let in."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
