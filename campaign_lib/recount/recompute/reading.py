"""Reads a table of published figures, as it was printed or typed; nothing is judged here.

A percentage may be printed with any number of decimals, and as many as are printed count.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook

from campaign_lib.codebook import Column, folded, tidy
from campaign_lib.errors import CampaignError, Message, reason
from campaign_lib.intake.cells import UnreadableError, is_empty, shown
from campaign_lib.intake.sources import Cells, Sheet, read_sheet
from campaign_lib.intake.values import reader_of
from campaign_lib.words import aloud

# Which lines of a table are parts of which others, as its column `part_of` says.

_BETWEEN = ";"


def totals_of(
    places: Sequence[str], whats: Sequence[str], part_of: Sequence[str], sheet: Sheet
) -> list[tuple[int, ...]]:
    """Give, for each line, the positions of those that it is part of.

    Named is another place, where the same is counted; or what else is counted at the same place.

    Args:
        places: what each line is about.
        whats: what it counts; "" where the table does not say.
        part_of: its totals, with `;` between.
        sheet: where the lines stand, for who has to be told.

    Raises:
        CampaignError: a total is not there, or not there once.
    """
    names = [(folded(place), folded(what)) for place, what in zip(places, whats, strict=True)]
    positions: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for position, line in enumerate(names):
        positions[line].append(position)
    found = []
    for position, cell in enumerate(part_of):
        place, what = names[position]
        totals = []
        for name in filter(None, map(tidy, cell.split(_BETWEEN))):
            wanted = {(folded(name), what), (place, folded(name))}
            fitting = [at for total in wanted for at in positions.get(total, ()) if at != position]
            if len(fitting) != 1:
                raise CampaignError(
                    "recompute.several_totals" if fitting else "recompute.no_total",
                    file=sheet.file,
                    row=sheet.rows[position],
                    name=repr(name),
                )
            totals.append(fitting[0])
        found.append(tuple(totals))
    return found


#: What the columns may be called; the first is the contract's name.
HEADINGS = {
    "place": ("place", "nơi", "thôn", "tên thôn", "địa bàn", "đơn vị", "village"),
    "numerator": ("numerator", "tử số"),
    "denominator": ("denominator", "mẫu số"),
    "percent": (
        *("percent", "percentage", "tỷ lệ", "tỉ lệ", "phần trăm", "%"),
        *("tỷ lệ %", "tỉ lệ %", "tỷ lệ (%)", "tỉ lệ (%)"),
    ),
}
#: Columns that a table may have besides: what is counted, where a place has several lines; and the
#: lines of which this one is a part, by their place or by what they count, with `;` between.
MORE_HEADINGS = {
    "what": ("what", "indicator", "chỉ tiêu", "nội dung"),
    "part_of": ("part_of", "part of", "thuộc dòng", "là phần của", "cộng vào"),
}
#: How the two counts are read: as the codebook reads any whole number. Below 2 to the power of 53
#: the reader's way through a float loses nothing.
_COUNTS = tuple(
    Column(code, "whole", HEADINGS[code][1], code, min=0, max=10**12)
    for code in ("numerator", "denominator")
)
#: What may stand before a figure in a sentence (`trên 77%`), and behind a count (`98 hộ`).
_BEFORE = re.compile(
    r"^(?:(?:đạt|trên|hơn|gần|khoảng|chiếm|over|above|about|nearly) )+(?=\d)", re.IGNORECASE
)
_BEHIND = re.compile(
    r"(?<=\d) ?(?:hộ|khẩu|người|thôn|làng|khu dân cư|kdc|mô hình|hoạt động|cuộc|households?)"
    r"(?: (?:dân|nghèo|cận nghèo|gia đình|dtts))*$",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"([+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+(?=,)))(?:[.,](\d+))?\s*%?")
#: A spreadsheet's format of numbers, signs that are only shown taken out: decimals, and whether
#: the cell holds a share that is shown as a percentage.
_FORMAT = re.compile(r"(?:#,##)?0(?:\.(?P<decimals>0+))?(?P<percent>%?)")
_ONLY_SHOWN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.|\s')


@dataclass(frozen=True)
class Figure:
    """One line of a table.

    Attributes:
        row: its number in the file, as a spreadsheet shows it.
        place: what it is about, or its row where nothing is said.
        what: what it counts; "" where the table does not say.
        part_of: the positions of the lines that it is a part of.
        numerator: how many count; None where that cannot be read.
        denominator: of how many; likewise.
        printed: the percentage with its decimals; likewise.
        unread: the first thing that cannot be read; "" if everything can.
    """

    row: int
    place: str
    what: str
    part_of: tuple[int, ...]
    numerator: int | None
    denominator: int | None
    printed: Decimal | None
    unread: str

    @property
    def label(self) -> str:
        """Name the line: its place, and what it counts."""
        return f"{self.place}, {self.what}" if self.what else self.place

    @property
    def counts(self) -> tuple[int, int] | None:
        """Give numerator and denominator; None where one of them cannot be read."""
        if self.numerator is None or self.denominator is None:
            return None
        return self.numerator, self.denominator


def read_figures(path: Path) -> tuple[Figure, ...]:
    """Read every row of a CSV or XLSX file, in its order.

    Raises:
        CampaignError: the file cannot be read, lacks a column or a row, has a column twice, or
            says that a row is part of one that is not there, or not there once.
    """
    sheet = read_sheet(path, path.name)
    columns = _columns(sheet)
    cells = {name: _cells(sheet.columns[position]) for name, position in columns.items()}
    if not len(sheet.rows):
        raise CampaignError("recompute.no_figure", file=path.name)
    readers = {
        column.code: _count(column, sheet.columns[columns[column.code]].distinct)
        for column in _COUNTS
    }
    formats = _number_formats(path, sheet, columns["percent"], cells["percent"])
    texts = _texts(cells, sheet)
    totals = totals_of(texts["place"], texts["what"], texts["part_of"], sheet)
    figures = []
    for at, row in enumerate(sheet.rows):
        reads = readers | {"percent": partial(printed_percent, number_format=formats[at])}
        reasons: list[str] = []
        n, of, percent = (_read(read, cells[name][at], reasons) for name, read in reads.items())
        place = texts["place"][at] or aloud("recompute.row", row=str(row))
        what, unread = texts["what"][at], next(iter(reasons), "")
        figures.append(Figure(int(row), place, what, totals[at], n, of, percent, unread))
    return tuple(figures)


def _texts(cells: Mapping[str, Sequence[object]], sheet: Sheet) -> Mapping[str, Sequence[str]]:
    """Give the columns of text; one that the table does not have is empty in every row."""
    return {
        name: [shown(cell) for cell in cells[name]] if name in cells else [""] * len(sheet.rows)
        for name in ("place", *MORE_HEADINGS)
    }


def _read(read: Callable[[object], Any], cell: object, reasons: list[str]) -> Any:
    """Read a cell; what cannot be read is None, and why is put to the reasons."""
    try:
        return read(cell)
    except UnreadableError as reason:
        reasons.append(str(reason))
        return None


def printed_percent(cell: object, number_format: str = "General") -> Decimal:
    """Read a percentage as it is printed, with its decimals.

    Args:
        cell: text such as ``77,17 %``, or a spreadsheet's number.
        number_format: how the spreadsheet shows the number: ``0.00%`` shows 0.7717 as 77.17%.

    Raises:
        UnreadableError: it is empty, or no percentage.
    """
    if is_empty(cell):
        raise UnreadableError(aloud("recompute.unreadable.empty", name=_name("percent")))
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _shown_number(Decimal(shown(cell)), number_format)
    match = _PERCENT.fullmatch(_BEFORE.sub("", shown(cell)))
    if match is None:
        name, value = _name("percent"), shown(cell)
        raise UnreadableError(aloud("recompute.unreadable.no_percent", name=name, value=value))
    whole, fraction = match.groups()
    return Decimal(".".join(filter(None, (whole.replace(".", ""), fraction))))


def _shown_number(number: Decimal, number_format: str) -> Decimal:
    """Round a number as its format shows it; without a telling format it is as it was typed."""
    kind = _FORMAT.fullmatch(_ONLY_SHOWN.sub("", number_format.split(";")[0]))
    if kind is None:
        return number
    if kind["percent"]:
        number = number.scaleb(2)
    return number.quantize(Decimal(1).scaleb(-len(kind["decimals"] or "")), ROUND_HALF_UP)


def _name(column: str) -> Message:
    return Message(f"recompute.column.{column}")


def _count(column: Column, distinct: Sequence[object]) -> Callable[[object], int]:
    """Give the reader of a column of counts; what it refuses is said as the command speaks."""
    read = reader_of(column, [*map(_bare, distinct)])

    def count_of(cell: object) -> int:
        name = _name(column.code)
        if is_empty(cell):
            raise UnreadableError(aloud("recompute.unreadable.empty", name=name))
        try:
            count = read(_bare(cell))
        except UnreadableError as reason:
            said = {"name": name, "value": shown(cell), "why": Message.of(str(reason))}
            raise UnreadableError(aloud("recompute.unreadable.count", **said)) from None
        assert isinstance(count, int)  # the reader of a column of whole numbers
        return count

    return count_of


def _bare(cell: object) -> object:
    """Give a count without the words that stand around it in a report."""
    return _BEHIND.sub("", _BEFORE.sub("", shown(cell))) if isinstance(cell, str) else cell


def _columns(sheet: Sheet) -> dict[str, int]:
    """Say where each of our columns stands; others do not matter."""
    found = {}
    for name, spellings in (HEADINGS | MORE_HEADINGS).items():
        known = set(map(folded, spellings))
        fitting = [at for at, heading in enumerate(sheet.headings) if folded(heading) in known]
        if name in MORE_HEADINGS and not fitting:
            continue
        if len(fitting) != 1:
            raise CampaignError(
                "recompute.several" if fitting else "recompute.no_column",
                file=sheet.file,
                name=name,
                spellings=", ".join(spellings),
            )
        found[name] = fitting[0]
    return found


def _cells(column: Cells) -> list[object]:
    return [column.distinct[code] for code in column.codes]


def _number_formats(
    path: Path, sheet: Sheet, column: int, cells: Sequence[object]
) -> Sequence[str]:
    """Say how a spreadsheet shows each percentage; text, and so all of CSV, is shown as it is."""
    if not any(isinstance(cell, int | float) for cell in cells):
        return ["General"] * len(cells)
    try:
        with path.open("rb") as file:
            grid = load_workbook(file)[sheet.name]
    except (OSError, KeyError, ValueError, TypeError, BadZipFile) as error:
        why = Message("errors.reason.damaged") if isinstance(error, KeyError) else reason(error)
        raise CampaignError("recompute.formats", file=sheet.file, detail=why) from error
    return [str(grid.cell(int(row), column + 1).number_format) for row in sheet.rows]
