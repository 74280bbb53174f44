"""Judges a table of published figures: is each percentage what its two counts give?

`campaign recompute FILE` (data contract, section 5). A percentage may be printed with any number of
decimals, and as many as are printed count. Integers, fractions and decimals only.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from zipfile import BadZipFile

from openpyxl import load_workbook  # type: ignore[import-untyped]

from campaign_lib.codebook import Column, folded
from campaign_lib.errors import CampaignError
from campaign_lib.intake.sources import Cells, Sheet, read_sheet
from campaign_lib.intake.values import Reader, UnreadableError, is_empty, reader_of, shown
from campaign_lib.percent import round_away
from campaign_lib.problem_list import bilingual

RIGHT = "right"
TRUNCATION = "truncation"
WRONG = "wrong"
UNJUDGED = "cannot be judged"

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
#: How the two counts are read: as the codebook reads any whole number. Below 2 to the power of 53
#: the reader's way through a float loses nothing.
_COUNTS = tuple(
    Column(code, "whole", HEADINGS[code][1], code, min=0, max=10**12)
    for code in ("numerator", "denominator")
)
_PERCENT = re.compile(r"([+-]?\d+)(?:[.,](\d+))?\s*%?")
#: A spreadsheet's format of numbers, signs that are only shown taken out: decimals, and whether
#: the cell holds a share that is shown as a percentage.
_FORMAT = re.compile(r"(?:#,##)?0(?:\.(?P<decimals>0+))?(?P<percent>%?)")
_ONLY_SHOWN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.|\s')


@dataclass(frozen=True)
class Verdict:
    """What became of one published figure; `word` is RIGHT, TRUNCATION, WRONG or UNJUDGED."""

    place: str
    word: str
    why: str

    def __str__(self) -> str:
        return f"{self.place}: {self.word} ({self.why})"


def recompute(path: Path) -> tuple[Verdict, ...]:
    """Judge every row of a CSV or XLSX file, in its order.

    Raises:
        CampaignError: the file cannot be read, lacks a column or a row, or has a column twice.
    """
    sheet = read_sheet(path, path.name)
    columns = _columns(sheet)
    cells = {name: _cells(sheet.columns[position]) for name, position in columns.items()}
    if not len(sheet.rows):
        raise CampaignError(f"{path.name}: there is no figure below the headings.")
    readers = {
        column.code: reader_of(column, sheet.columns[columns[column.code]].distinct)
        for column in _COUNTS
    }
    formats = _number_formats(path, sheet, columns["percent"], cells["percent"])
    verdicts = []
    for position, row in enumerate(sheet.rows):
        place = shown(cells["place"][position]) or f"dòng {row} · row {row}"
        try:
            counts = [
                _count(column, readers[column.code], cells[column.code][position])
                for column in _COUNTS
            ]
            printed = printed_percent(cells["percent"][position], formats[position])
        except UnreadableError as reason:
            verdicts.append(Verdict(place, UNJUDGED, str(reason)))
        else:
            numerator, denominator = counts
            verdicts.append(judge(place, numerator, denominator, printed))
    return tuple(verdicts)


def judge(place: str, numerator: int, denominator: int, printed: Decimal) -> Verdict:
    """Judge one figure.

    Args:
        place: what the line is about.
        numerator: how many count; below 0 or above the denominator it is no part of it.
        denominator: of how many; nothing can be said of 0 or less.
        printed: the percentage, with the decimals that it was printed with (77.10 has two).
    """
    why_not = _no_share(numerator, denominator)
    if why_not:
        return Verdict(place, UNJUDGED, why_not)
    decimals = _decimals(printed)
    exact = Fraction(100 * 10**decimals * numerator, denominator)
    rounded, cut = Decimal(round_away(exact)).scaleb(-decimals), exact.__floor__()
    sum_of_it = f"{numerator}/{denominator} = {_written(rounded)}"
    if printed == rounded:
        return Verdict(place, RIGHT, sum_of_it)
    if printed == Decimal(cut).scaleb(-decimals):
        why = f"số in ra bị cắt bớt · what is printed was cut off: {_written(printed)}"
        return Verdict(place, TRUNCATION, f"{sum_of_it}; {why}")
    why = f"số in ra · what is printed: {_written(printed)}"
    return Verdict(place, WRONG, f"{sum_of_it}; {why}")


def _no_share(numerator: int, denominator: int) -> str:
    """Say why two counts are no share; "" if they are."""
    if denominator == 0:
        return "mẫu số bằng 0 · the denominator is 0"
    if min(numerator, denominator) < 0:
        return f"số đếm âm · a count below 0: {numerator}/{denominator}"
    if numerator > denominator:
        more = "tử số lớn hơn mẫu số · the numerator is above the denominator"
        return f"{more}: {numerator}/{denominator}"
    return ""


def printed_percent(cell: object, number_format: str = "General") -> Decimal:
    """Read a percentage as it is printed, with its decimals.

    Args:
        cell: text such as ``77,17 %``, or a spreadsheet's number.
        number_format: how the spreadsheet shows the number: ``0.00%`` shows 0.7717 as 77.17%.

    Raises:
        UnreadableError: it is empty, or no percentage.
    """
    if is_empty(cell):
        raise UnreadableError("tỷ lệ · percent: để trống · empty")
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _shown_number(Decimal(shown(cell)), number_format)
    match = _PERCENT.fullmatch(shown(cell))
    if match is None:
        name = "tỷ lệ · percent"
        raise UnreadableError(f"{name}: {shown(cell)}, không phải tỷ lệ · not a percentage")
    return Decimal(".".join(filter(None, match.groups())))


def _shown_number(number: Decimal, number_format: str) -> Decimal:
    """Round a number as its format shows it; without a telling format it is as it was typed."""
    kind = _FORMAT.fullmatch(_ONLY_SHOWN.sub("", number_format.split(";")[0]))
    if kind is None:
        return number
    if kind["percent"]:
        number = number.scaleb(2)
    return number.quantize(Decimal(1).scaleb(-len(kind["decimals"] or "")), ROUND_HALF_UP)


def _count(column: Column, read: Reader, cell: object) -> int:
    name = f"{column.vi} · {column.en}"
    if is_empty(cell):
        raise UnreadableError(f"{name}: để trống · empty")
    try:
        count = read(cell)
    except UnreadableError as reason:
        raise UnreadableError(f"{name}: {shown(cell)}, {bilingual(str(reason))}") from None
    assert isinstance(count, int)  # the reader of a column of whole numbers
    return count


def _columns(sheet: Sheet) -> dict[str, int]:
    """Say where each of the four columns stands; others do not matter."""
    headings = [folded(heading) for heading in sheet.headings]
    found = {}
    for name, spellings in HEADINGS.items():
        known = set(map(folded, spellings))
        fitting = [position for position, heading in enumerate(headings) if heading in known]
        if len(fitting) != 1:
            several = "more than one column" if fitting else "no column"
            raise CampaignError(
                f"{sheet.file}: {several} is the {name}; its heading may be {', '.join(spellings)}."
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
        raise CampaignError(
            f"{sheet.file}: how its numbers are shown cannot be read ({error}); save it again, "
            "or write the percentages as text."
        ) from error
    return [str(grid.cell(int(row), column + 1).number_format) for row in sheet.rows]


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # infinities and the like are never read
    return max(-exponent, 0)


def _written(percent: Decimal) -> str:
    return f"{percent:f}".replace(".", ",") + " %"
