"""Files that are handed in over the counter: what each is, and its place in `raw`.

A form of the survey goes to its quarter's folder by itself. Whatever else it may be waits until
somebody has said what it is; a file in whose place another lies waits, too. What is replaced is
kept in `replaced`, beside `raw`.
"""

import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from secrets import token_hex

from campaign_lib.base.files import private_folder, safe_name, write_whole
from campaign_lib.base.limits import refuse_bytes, whole_content
from campaign_lib.base.quarters import Quarter
from campaign_lib.errors import CampaignError
from campaign_lib.intake.sources.folder import SUFFIXES, SURVEY, quarter_of
from campaign_lib.intake.sources.workbook import open_workbook
from campaign_lib.office.lists import Wish, in_words, keep, look_into, write_list
from campaign_lib.office.problem_book import name_of_book
from campaign_lib.office.standing import STATUS, looks_like
from campaign_lib.words import Words

_NAMED_AFTER = re.compile(r"([1-9]\d{3}Q[1-4])(?![0-9A-Za-z])", re.IGNORECASE)


@dataclass(frozen=True)
class Waiting:
    """A file that was handed in and is not in its place.

    Attributes:
        id: what the page calls it.
        path: where it lies meanwhile, under a safe name.
        name: what its sender called it.
        table: what it looks like; "" for nothing that is known.
        quarter: of a form, the one it is of.
        is_taken: whether another file lies in its place.
        wish: of an office's list, what it is to be read as; None until somebody has said so.
        preview: what would become of each of its columns and rows.
        changes: whether the table would be another.
    """

    id: str
    path: Path
    name: str
    table: str
    quarter: str
    is_taken: bool = False
    wish: Wish | None = None
    preview: tuple[str, ...] = ()
    changes: bool = False


class Inbox:
    """The files that wait, and the way of each to its place."""

    def __init__(self, data: Path, folder: Path) -> None:
        """Begin with none; `folder` is for those that wait, and goes with the desk."""
        self._data, self._folder = data, folder
        self._waiting: dict[str, Waiting] = {}

    @property
    def waiting(self) -> Sequence[Waiting]:
        """The files that wait, in the order in which they came."""
        return (*self._waiting.values(),)

    def take(self, name: str, content: bytes, quarter: str) -> Path | None:
        """Take a file in.

        Args:
            name: what its sender calls it.
            content: its bytes.
            quarter: what a form is of that does not say so itself.

        Returns:
            Its place in `raw`; None where it waits for somebody to decide.

        Raises:
            CampaignError: it is of no kind that can be read, too large, or cannot be written.
        """
        name = PurePosixPath(name.replace("\\", "/")).name or "x"
        suffix = PurePosixPath(name).suffix.casefold()
        stem = name.removesuffix(PurePosixPath(name).suffix)
        if suffix not in SUFFIXES:
            raise CampaignError("counter.kind", file=name, known=", ".join(SUFFIXES))
        if stem.casefold().startswith(name_of_book().partition(".")[0]):
            raise CampaignError("counter.problem_book", file=name)
        refuse_bytes(len(content), name)
        id = token_hex(8)
        path = self._folder / id / f"{safe_name(stem)}{suffix}"
        write_whole(path, lambda part: part.write_bytes(content))
        table = looks_like(path)
        found = Waiting(id, path, name, table, quarter_in(path, name) or quarter)
        self._waiting[id] = found
        return self.put(id, found.quarter) if table == SURVEY else None

    def put(self, id: str, quarter: str, *, over: bool = False) -> Path | None:
        """Put a form into its quarter's folder; gives its place, or None where that is taken.

        Args:
            id: which of those that wait.
            quarter: its folder's.
            over: whether it takes another's place, which is kept elsewhere.

        Raises:
            CampaignError: no such quarter, or the file cannot be written.
        """
        one = self.known(id)
        place = self._data / "raw" / SURVEY / str(Quarter.parse(quarter)) / one.path.name
        content = one.path.read_bytes()
        if place.exists() and place.read_bytes() != content:
            if not over:
                self._waiting[id] = replace(one, table=SURVEY, quarter=quarter, is_taken=True)
                return None
            keep(place, self._data)
        private_folder(place.parent)
        write_whole(place, lambda part: part.write_bytes(content))
        self.drop(id)
        return place

    def look(self, id: str, wish: Wish, words: Words) -> None:
        """Read a file as an office's list, and keep what would become of it; nothing is written.

        Raises:
            CampaignError: it cannot be read as that.
        """
        one = self.known(id)
        taken = look_into(self._data / "raw", one.path, wish)
        seen = replace(one, wish=wish, table=wish.table, changes=taken.changes)
        self._waiting[id] = replace(seen, preview=(*in_words(taken, words),))

    def write(self, id: str) -> Path:
        """Take in a list that was looked into; gives the table's workbook.

        A list of households often says, too, which are poor: it waits for that.

        Raises:
            CampaignError: nobody has looked into it, or the table cannot be written.
        """
        one = self.known(id)
        if one.wish is None:
            raise CampaignError("counter.gone")
        place = write_list(look_into(self._data / "raw", one.path, one.wish))
        if one.wish.table == "households":
            self._waiting[id] = replace(one, table=STATUS, wish=None, preview=())
        else:
            self.drop(id)
        return place

    def known(self, id: str) -> Waiting:
        """Give one of those that wait; raises CampaignError where it is none any more."""
        if id not in self._waiting:
            raise CampaignError("counter.gone")
        return self._waiting[id]

    def drop(self, id: str) -> None:
        """Forget one of those that wait."""
        shutil.rmtree(self.known(id).path.parent, ignore_errors=True)
        del self._waiting[id]


def quarter_in(path: Path, name: str) -> str:
    """Give the quarter that a form says it is of, by its name or a sheet's; "" if it does not."""
    if found := _NAMED_AFTER.search(name):
        return found[1].upper()
    if path.suffix != ".csv":
        with suppress(CampaignError):
            sheets = open_workbook(whole_content(path, name), name).names
            return next((str(quarter) for one in sheets if (quarter := quarter_of(one))), "")
    return ""
