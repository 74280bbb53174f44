"""Workbooks of Excel, new and old, and of OpenDocument: their sheets as grids of typed cells."""

import io
import json
import re
import subprocess
import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache, reduce
from pathlib import Path
from posixpath import normpath
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from campaign_lib.base.limits import (
    MOST_CELLS_OF_WORKBOOK,
    MOST_COLUMNS,
    MOST_MEMORY_APART,
    MOST_SECONDS_APART,
    MOST_TEXT,
    refuse_cells,
    refuse_text,
)
from campaign_lib.codebook import folded
from campaign_lib.errors import CampaignError
from campaign_lib.intake.cells import Broken, Grid, Marks
from campaign_lib.intake.sources.archive import (
    ARCHIVE,
    DAMAGED,
    Archive,
    is_open_document,
    unreadable,
    with_usual_places,
)
from campaign_lib.intake.sources.delimited import columns_of
from campaign_lib.intake.sources.open_document import NEVER_WORKED_OUT, WITH_ERROR, marks_of

# The texts that a workbook keeps once and that its cells point at, by number.
#
# A cell that points at a text is a few bytes long, and the text becomes one of its own for each of
# them when it is read: so they are measured first.


class SharedTexts:
    """How long each text is, in the order of the workbook."""

    def __init__(self, pieces: Iterable[bytes] = ()) -> None:
        """Measure the texts in the pieces of the part that has them."""
        self.lengths = array("q")
        parser = parser_of(self._start)
        parser.CharacterDataHandler = self._text
        for piece in pieces:
            parser.Parse(piece, False)
        self.longest = max(self.lengths, default=0)

    def _start(self, name: str, _: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "si":
            self.lengths.append(0)

    def _text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)

    def pointed_at(self, pieces: Iterable[bytes]) -> int:
        """Give the sum of the lengths of all texts that the cells of a sheet point at."""
        known = len(self.lengths)
        return sum(self.lengths[number] for number in _numbers(pieces) if number < known)


def _numbers(pieces: Iterable[bytes]) -> Iterator[int]:
    """Give the numbers of the texts that the cells of a sheet point at."""
    found: list[str] = []
    is_pointer = is_number = False

    def start(name: str, about: dict[str, str]) -> None:
        nonlocal is_pointer, is_number
        local = name.rpartition(":")[2]
        if local == "c":
            is_pointer = about.get("t") == "s"
        is_number = is_pointer and local == "v"
        if is_number:
            found.append("")

    def text(content: str) -> None:
        if is_number:
            found[-1] += content

    def end(_: str) -> None:
        nonlocal is_number
        is_number = False

    parser = parser_of(start)
    parser.CharacterDataHandler, parser.EndElementHandler = text, end
    for piece in pieces:
        parser.Parse(piece, False)
        yield from (int(number) for number in found[:-1])
        del found[:-1]
    yield from map(int, found)


def parser_of(start: Any) -> Any:
    """Give a parser of a part, which calls `start` for each element."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> None:
    raise expat.ExpatError("a part declares a document type")


# What an XLSX file says beside its values, which the reader of values does not tell.
#
# Its parts are looked through as a stream: how far the cells reach (before anything that large is
# held in memory), cells with an error or with a formula that was never worked out, hidden rows and
# columns, and fonts of the time before Unicode.

#: XFD1048576 is the last cell of a sheet; a place that is written with more signs is none.
_LONGEST_PLACE = 10
#: Fonts of the two legacy encodings; those that end in H show small letters as capitals.
_OLD_FONTS = {"TCVN3": re.compile(r"\.vn.*", re.IGNORECASE), "VNI": re.compile(r"vni\b.*", re.I)}
_CAPITALS = re.compile(r"\.vn.*h", re.IGNORECASE)
_Fonts = Mapping[str, str]


class Parts:
    """An XLSX file as the archive that it is."""

    def __init__(self, content: bytes, file: str) -> None:
        """Open it.

        Raises:
            CampaignError: it is damaged, or would unpack into more than any table.
        """
        self.file = file
        with _Told(file):
            self._archive = Archive(content, file)
            self._sheets, self._since_1904 = self._workbook()
            self._fonts = self._legacy_fonts()
            texts = "xl/sharedStrings.xml"  # a workbook of numbers alone has none
            self._texts = SharedTexts(self._archive.pieces(texts) if texts in self._archive else ())
        self.unpacked = self._archive.unpacked

    def marks(self, name: str) -> Marks:
        """Look through one sheet.

        Raises:
            CampaignError: it is damaged, or spreads over more cells than any table.
        """
        scan = Scan(self._fonts)
        with _Told(self.file):
            part = self._sheets[name]
            for piece in self._archive.pieces(part):
                scan.feed(piece)
                refuse_cells(scan.height, scan.width, self.file, MOST_CELLS_OF_WORKBOOK)
            # Nearly no workbook comes near to it, so that pointers are followed in few.
            if scan.pointers * self._texts.longest > MOST_TEXT:
                refuse_text(self._texts.pointed_at(self._archive.pieces(part)), self.file)
        return scan.marks(self._since_1904)

    def _workbook(self) -> tuple[Mapping[str, str], bool]:
        """Say in which part each sheet is, and whether days are counted from 1904."""
        targets = {
            one.get("Id"): normpath("/xl/" + one.get("Target", "").removeprefix("/xl/"))[1:]
            for one in self._archive.tree("xl/_rels/workbook.xml.rels")
        }
        book = self._archive.tree("xl/workbook.xml")
        sheets = {
            one.get("name", ""): targets.get(_link(one), "")
            for one in book.iterfind("{*}sheets/{*}sheet")
        }
        about = book.find("{*}workbookPr")
        return sheets, about is not None and about.get("date1904") in ("1", "true")

    def _legacy_fonts(self) -> _Fonts:
        """Give the cell formats with a font of a legacy encoding, as the font's name."""
        if "xl/styles.xml" not in self._archive:
            return {}
        styles = self._archive.tree("xl/styles.xml")
        fonts = [
            next((name.get("val", "") for name in font.iterfind("{*}name")), "")
            for font in styles.iterfind("{*}fonts/{*}font")
        ]
        old = {str(number) for number, font in enumerate(fonts) if any(encodings_of_font(font))}
        formats = enumerate(styles.iterfind("{*}cellXfs/{*}xf"))
        used = {str(number): one.get("fontId", "") for number, one in formats}
        return {number: fonts[int(font)] for number, font in used.items() if font in old}


def _link(sheet: ElementTree.Element) -> str | None:
    return next((text for name, text in sheet.items() if name.endswith("}id")), None)


def encodings_of_font(font: str) -> list[str]:
    """Name the legacy encoding whose letters a font shows; none for a font of Unicode."""
    return [name for name, pattern in _OLD_FONTS.items() if pattern.fullmatch(font)]


class Scan:
    """One pass over the XML of a sheet."""

    def __init__(self, fonts: _Fonts) -> None:
        """Begin; `fonts` are the cell formats whose font is of a legacy encoding."""
        self.height = self.width = 0
        #: How many cells point at a text that the workbook keeps elsewhere.
        self.pointers = 0
        self._fonts = fonts
        self._row = -1
        #: Where the cell is: it says so itself, whatever row it stands in.
        self._at = (-1, -1)
        self._about: dict[str, str] = {}
        self._formula = ""
        self._text: list[str] = []
        self._hidden_rows: list[int] = []
        self._hidden_columns: set[int] = set()
        self._broken: dict[tuple[int, int], Broken] = {}
        self._named: dict[int, set[str]] = {}
        self._parser = parser_of(self._start)

    def feed(self, piece: bytes) -> None:
        """Look at the next piece."""
        self._parser.Parse(piece, False)

    def marks(self, since_1904: bool) -> Marks:
        """Say what was seen."""
        return Marks(
            hidden_rows=tuple(self._hidden_rows),
            hidden_columns=tuple(sorted(self._hidden_columns)),
            broken=self._broken,
            old_fonts={
                column: frozenset(one for name in names for one in encodings_of_font(name))
                for column, names in self._named.items()
            },
            capitals=frozenset(
                column
                for column, names in self._named.items()
                if all(map(_CAPITALS.fullmatch, names))
            ),
            since_1904=since_1904,
        )

    def _start(self, name: str, about: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "c":
                self._about, self._formula = about, ""
                at = about.get("r")
                self._at = (self._row, self._at[1] + 1) if at is None else self._place(at)
                if about.get("t") == "e":
                    self._listen()
            case "v" | "is":
                self._reach()
            case "f":
                self._reach()
                self._listen()
            case "row":
                at = about.get("r")
                self._row = self._row + 1 if at is None else int(at) - 1
                self._at = (self._row, -1)
                if about.get("hidden") in ("1", "true"):
                    self._hidden_rows.append(self._row)
            case "col" if about.get("hidden") in ("1", "true"):
                last = min(int(about["max"]), MOST_COLUMNS)
                self._hidden_columns.update(range(int(about["min"]) - 1, last))

    def _reach(self) -> None:
        """Note that the cell holds something: how far the sheet goes, and in which font."""
        row, column = self._at
        self.height = max(self.height, row + 1)
        self.width = max(self.width, column + 1)
        self.pointers += self._about.get("t") == "s"
        font = self._fonts.get(self._about.get("s", ""))
        if font is not None:
            self._named.setdefault(column, set()).add(font)

    def _listen(self) -> None:
        """Follow a cell with a formula or an error to its end."""
        self._text = []
        self._parser.CharacterDataHandler = self._text.append
        self._parser.EndElementHandler = self._end

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "f":
            self._formula = "".join(self._text)
            self._text.clear()
        if local != "c":
            return
        self._parser.CharacterDataHandler = self._parser.EndElementHandler = None
        value = "".join(self._text)
        if self._about.get("t") == "e":
            self._broken[self._at] = Broken(value, WITH_ERROR)
        elif not value and self._about.get("t") != "str":
            self._broken[self._at] = Broken(f"={self._formula}", NEVER_WORKED_OUT)

    def _place(self, cell: str) -> tuple[int, int]:
        if len(cell) > _LONGEST_PLACE:
            raise ValueError(cell)
        letters = cell.rstrip("0123456789")
        return int(cell[len(letters) :]) - 1, _column_called(letters)


@lru_cache(MOST_COLUMNS)
def _column_called(letters: str) -> int:
    """Give the number (from 0) of the column that is called so: A to Z, then AA."""
    digits = (ord(letter) - ord("A") + 1 for letter in letters.upper())
    return reduce(lambda number, digit: number * 26 + digit, digits, 0) - 1


# Workbooks of 1997 to 2003, and of OpenDocument, which a process of their own reads.

#: What every compound file begins with: workbooks of 1997 to 2003, and locked ones of any year,
#: which hold a stream of this name.
COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_APART = Path(__file__).with_name("read_old_workbook.py")


def _answer(content: bytes, file: str) -> Mapping[str, Any]:
    """Have a workbook read; a process that ends in its midst, or never, gives no answer."""
    limits = map(str, (MOST_MEMORY_APART, MOST_CELLS_OF_WORKBOOK))
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(_APART), *limits],
            input=content,
            capture_output=True,
            timeout=MOST_SECONDS_APART,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise CampaignError("file.too_much", file=file) from error
    answer: Mapping[str, Any] = json.loads(done.stdout, object_hook=_day)
    return answer


def _day(found: dict[str, Any]) -> object:
    """Turn what `read_old_workbook` writes for a day into a day again."""
    text = found.get("day")
    if text is None:
        return found
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


class _Told:
    """Says in a sentence what a damaged workbook, or the library that reads it, breaks off with."""

    def __init__(self, file: str) -> None:
        self.file = file

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        """Raise the sentence; a panic of the library can be told by nothing but its name."""
        if isinstance(error, CalamineError):
            raise unreadable(self.file, error) from error
        if isinstance(error, DAMAGED) or (kind and kind.__name__ == "PanicException"):
            raise unreadable(self.file) from error


class NewWorkbook:
    """An archive of XML, of which each sheet is read when it is asked for.

    `names` are its sheets, `hidden` those that are not shown, `unpacked` how many bytes it has.
    """

    def __init__(self, content: bytes, file: str) -> None:
        """Open it; raises CampaignError as `open_workbook` does."""
        self.file = file
        self._parts = Parts(content, file)
        self.unpacked = self._parts.unpacked
        with _Told(file):
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        about = self._book.sheets_metadata
        self.names = [one.name for one in about if one.typ == SheetTypeEnum.WorkSheet]
        self.hidden = frozenset(
            one.name for one in about if one.visible != SheetVisibleEnum.Visible
        )

    def grid(self, name: str) -> Grid:
        """Give everything that stands on a sheet.

        Raises:
            CampaignError: it cannot be read, or spreads over more cells than any table.
        """
        marks = self._parts.marks(name)
        with _Told(self.file):
            sheet = self._book.get_sheet_by_name(name)
            refuse_cells(sheet.total_height, sheet.total_width, self.file, MOST_CELLS_OF_WORKBOOK)
            records: list[list[object]] = [*sheet.to_python(skip_empty_area=False)]  # type: ignore[list-item]
            blocks = sheet.merged_cell_ranges or ()
        columns = columns_of(_with_broken(records, marks), self.file, MOST_CELLS_OF_WORKBOOK)
        merged = tuple((*first, *last) for first, last in blocks)
        return Grid(name, columns, replace(marks, merged=merged))


def _with_broken(records: list[list[object]], marks: Marks) -> list[list[object]]:
    """Put the cells that have no value in the place of what the reader of values makes of them."""
    for (row, column), cell in marks.broken.items():
        if row < len(records) and column < len(records[row]):
            records[row][column] = cell
    return records


class OldWorkbook:
    """A compound file or a spreadsheet of OpenDocument, read as a whole; else as `NewWorkbook`."""

    def __init__(self, content: bytes, file: str) -> None:
        """Open it; raises CampaignError as `open_workbook` does."""
        self.file, self.unpacked = file, len(content)
        self._marks: Mapping[str, Marks] = {}
        if content.startswith(ARCHIVE):
            with _Told(file):
                self._marks = marks_of(content, file)
        answer = _answer(content, file)
        if "locked" in answer or ("sheets" not in answer and _LOCKED in content):
            raise CampaignError("file.password", file=file)
        if "spreads" in answer:
            rows, columns = answer["spreads"]
            refuse_cells(rows, columns, file, MOST_CELLS_OF_WORKBOOK)
        if "sheets" not in answer:
            raise unreadable(file, answer.get("error"))
        self._sheets = {name: (rows, merged) for name, _, rows, merged in answer["sheets"]}
        self.names = [name for name, *_ in answer["sheets"]]
        self.hidden = frozenset(name for name, hidden, *_ in answer["sheets"] if hidden)

    def grid(self, name: str) -> Grid:
        """Give everything that stands on a sheet."""
        rows, merged = self._sheets[name]
        marks = self._marks.get(name) or Marks(merged=tuple(map(tuple, merged)))
        columns = columns_of(_with_broken(rows, marks), self.file, MOST_CELLS_OF_WORKBOOK)
        return Grid(name, columns, marks)


Workbook = NewWorkbook | OldWorkbook


def open_workbook(content: bytes, file: str) -> Workbook:
    """Open a workbook of whichever kind its content is, whatever its name says.

    Raises:
        CampaignError: it is empty or none, is locked, or would unpack into more than any table.
    """
    if not content:
        raise CampaignError("file.empty", file=file)
    with _Told(file):
        is_archive = content.startswith(ARCHIVE)
        is_apart = is_open_document(content) if is_archive else content.startswith(COMPOUND)
        if is_archive and not is_apart:
            content = with_usual_places(content, file)
    if is_apart:
        book: Workbook = OldWorkbook(content, file)
    elif is_archive:
        book = NewWorkbook(content, file)
    else:
        raise CampaignError("file.no_workbook", file=file)
    twice = [name for name, times in Counter(map(folded, book.names)).items() if times > 1]
    if twice:
        raise CampaignError("file.sheet_twice", file=file, sheet=twice[0])
    return book
