"""What an OpenDocument spreadsheet (ODS) says of its sheets, before any of its values is read.

A cell or a row that is repeated is written once, with how often: a few letters can mean more cells
than any memory holds. So the part that has all sheets is looked through as a stream first.
"""

from dataclasses import dataclass, field
from xml.parsers import expat

from campaign_lib.base.limits import MOST_CELLS_OF_WORKBOOK, refuse_cells, refuse_text
from campaign_lib.codebook.problems import sentence
from campaign_lib.errors import CampaignError
from campaign_lib.intake.cells import Broken, Marks
from campaign_lib.intake.sources.archive import CONTENT, Archive

NEVER_WORKED_OUT = sentence("cell.never_worked_out")
WITH_ERROR = sentence("cell.with_error")
#: What shows that a document, or its whole archive, is locked with a password.
_ENCRYPTED, _LOCK = "encrypted-package", b"encryption-data"
_MANIFEST = "META-INF/manifest.xml"
_CELLS = frozenset({"table-cell", "covered-table-cell"})
_HIDDEN = frozenset({"collapse", "filter"})


@dataclass
class _Sheet:
    """One sheet while it is looked through: how far its cells reach, and its marks."""

    name: str
    height: int = 0
    width: int = 0
    letters: int = 0
    row: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    broken: dict[tuple[int, int], Broken] = field(default_factory=dict)

    @property
    def marks(self) -> Marks:
        reached = (row for row in self.hidden_rows if row < self.height)
        return Marks(
            hidden_rows=tuple(reached),
            hidden_columns=tuple(one for one in self.hidden_columns if one < self.width),
            merged=tuple(self.merged),
            broken=self.broken,
        )


def marks_of(content: bytes, file: str) -> dict[str, Marks]:
    """Look through all sheets of a spreadsheet; gives the marks of each by its name.

    Raises:
        CampaignError: it is locked, or its cells spread over more than any table.
    """
    archive = Archive(content, file)
    locked = _ENCRYPTED in archive or (
        _MANIFEST in archive and any(_LOCK in piece for piece in archive.pieces(_MANIFEST))
    )
    if locked:
        raise CampaignError("file.password", file=file)
    scan = _Scan(file)
    for piece in archive.pieces(CONTENT):
        scan.feed(piece)
    return {sheet.name: sheet.marks for sheet in scan.sheets}


class _Scan:
    """One pass over the sheets."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.sheets: list[_Sheet] = []
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._listen
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._about: dict[str, str] = {}
        self._repeated_row = 1
        #: Where the next cell stands, how far those of the row that hold something reach.
        self._column = self._reached = 0
        self._columns_declared = 0
        self._letters = self._letters_of_row = 0
        self._text = ""
        #: How deep inside a note: what it says is none of its cell's.
        self._note = 0

    def feed(self, piece: bytes) -> None:
        """Look at the next piece."""
        self._parser.Parse(piece, False)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        about = {key.rpartition(":")[2]: text for key, text in attributes.items()}
        match local:
            case "annotation":
                self._note += 1
            case "table" if "name" in about:
                self.sheets.append(_Sheet(about["name"]))
                self._columns_declared = 0
            case "table-column":
                self._declare(about)
            case "table-row":
                self._repeated_row = _times(about, "number-rows-repeated")
                self._column = self._reached = self._letters_of_row = 0
                if about.get("visibility") in _HIDDEN and self.sheets:
                    self.sheets[-1].hidden_rows.append(self.sheets[-1].row)
            case _ if local in _CELLS:
                self._about, self._letters, self._text = about, 0, ""
                # The same key stands in two name spaces: an error is told by the second.
                self._about["error"] = str("error" in attributes.get("calcext:value-type", ""))

    def _declare(self, about: dict[str, str]) -> None:
        times = _times(about, "number-columns-repeated")
        if about.get("visibility") in _HIDDEN and self.sheets:
            first = self._columns_declared
            last = min(first + times, 16_384)
            self.sheets[-1].hidden_columns.extend(range(first, last))
        self._columns_declared += times

    def _listen(self, text: str) -> None:
        if not self._note and self._about:
            self._letters += len(text)
            self._text = (self._text + text)[:200]

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "annotation":
            self._note -= 1
        elif local in _CELLS and self.sheets:
            self._end_cell(self.sheets[-1])
            self._about = {}
        elif local == "table-row" and self.sheets:
            self._end_row(self.sheets[-1])

    def _end_cell(self, sheet: _Sheet) -> None:
        times = _times(self._about, "number-columns-repeated")
        place = sheet.row, self._column
        rows, columns = (
            _times(self._about, f"number-{one}-spanned") for one in ("rows", "columns")
        )
        if rows > 1 or columns > 1:
            sheet.merged.append((*place, place[0] + rows - 1, place[1] + columns - 1))
        has_value = "value-type" in self._about
        if self._about["error"] == "True":
            sheet.broken[place] = Broken(self._text, WITH_ERROR)
        elif "formula" in self._about and not has_value:
            sheet.broken[place] = Broken(self._about["formula"], NEVER_WORKED_OUT)
        self._column += times
        if has_value or self._letters or place in sheet.broken:
            self._reached = self._column
            self._letters_of_row += self._letters * times
            refuse_cells(1, self._reached, self.file)

    def _end_row(self, sheet: _Sheet) -> None:
        sheet.row += self._repeated_row
        if self._reached:
            sheet.height, sheet.width = sheet.row, max(sheet.width, self._reached)
            sheet.letters += self._letters_of_row * self._repeated_row
            refuse_cells(sheet.height, sheet.width, self.file, MOST_CELLS_OF_WORKBOOK)
            refuse_text(sheet.letters, self.file)


def _times(about: dict[str, str], name: str) -> int:
    return max(int(about.get(name, "1")), 1)


def _refuse_doctype(*_: object) -> None:
    raise expat.ExpatError("a part declares a document type")
