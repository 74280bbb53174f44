"""What one cell means, by the type of its column (data contract, section 2).

A reader takes a cell that says something, and gives its value or raises `UnreadableError` with the
reason. Cells that a spreadsheet holds typed (numbers, dates) are taken as they are.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import Answer, Column, codebook, folded
from campaign_lib.codebook.problems import sentence
from campaign_lib.errors import CampaignError
from campaign_lib.intake.cells import Broken, UnreadableError, shown
from campaign_lib.intake.strange_names import why_doubtful, why_unknown
from campaign_lib.words.spelling import LISTED, hint

# How a day may be written: the contract's two ways, and those that offices really use.
#
# `2024-03-31` and `31/03/2024` always mean what they say, and so does a month in English words, as
# SurveyCTO exports it (`Oct 9, 2024 3:04:05 PM`). Any other way with three numbers
# (`31/3/24`, `31.3.2024`, `31-3-24`) could be meant month first, as a computer set to English
# writes: a day up to the 12th is read where the column shows that its days come first, by a
# number above 12 in first place and none in second. Digits are 0 to 9, as in numbers: other
# alphabets' are refused.

_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
_MOMENT = re.compile(_ISO.pattern + r"[T ]\d{2}:\d{2}\S*", re.ASCII)
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})", re.ASCII)
_IN_WORDS = re.compile(
    r"(ngày )?(?P<day>\d{1,2}) tháng (?P<month>\d{1,2}),? năm (?P<year>\d{4})", re.ASCII
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?"
_CLOCK = r"(?:,? \d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?)?"
_IN_ENGLISH = (
    re.compile(rf"{_MONTH} (?P<day>\d{{1,2}}),? (?P<year>\d{{4}}){_CLOCK}", re.ASCII),
    re.compile(rf"(?P<day>\d{{1,2}})[ -]{_MONTH}[ -](?P<year>\d{{4}}){_CLOCK}", re.ASCII),
)
_THREE = re.compile(
    r"(?P<day>\d{1,2})(?P<sign>[/.-])(?P<month>\d{1,2})(?P=sign)(?P<year>\d{4}|\d{2})",
    re.ASCII,
)
#: Two digits of a year are 2000 to 2029, and 1930 to 1999, as Excel reads them.
_LAST_OF_2000 = 29
#: A bare number in a column of days is a day as Excel counts them, from 1954 to 2100: smaller ones
#: are years, ages and numbers of columns, larger ones days without their signs.
_SERIALS = range(20_000, 73_416)
_SINCE = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_BETWEEN_EPOCHS = (_SINCE[True] - _SINCE[False]).days


def date_reader(cells: Sequence[object], since_1904: bool) -> partial[date]:
    """Give the reader of a column of days.

    Args:
        cells: its distinct cells; they show whether days or months come first.
        since_1904: whether the workbook counts its days from 1904.
    """
    texts = (shown(cell) for cell in cells if isinstance(cell, str))
    found = filter(None, map(_THREE.fullmatch, texts))
    pairs = [(int(one["day"]), int(one["month"])) for one in found]
    shows_day = any(first > 12 >= second for first, second in pairs)
    shows_month = any(second > 12 >= first for first, second in pairs)
    return partial(_date, shows_day and not shows_month, since_1904)


def _date(day_first: bool, since_1904: bool, cell: object) -> date:
    if isinstance(cell, datetime):
        day = cell.date()
    elif isinstance(cell, date):
        day = cell
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        day = _serial(float(cell), since_1904)
    elif _is_duration(cell):
        raise UnreadableError(sentence("cell.duration"))
    else:
        day = _of_text(shown(cell), day_first)
    if not codebook().first_day <= day <= codebook().last_day:
        raise UnreadableError(
            sentence("cell.far_date", first=codebook().first_day, last=codebook().last_day)
        )
    return day


#: How OpenDocument writes a length of time.
_DURATION = re.compile(r"-?PT[\d.,HMS]+", re.ASCII)


def _is_duration(cell: object) -> bool:
    """Say whether a cell holds a length of time, or a time of the day, of no day."""
    return isinstance(cell, timedelta | time) or bool(
        isinstance(cell, str) and _DURATION.fullmatch(cell)
    )


def _of_text(text: str, day_first: bool) -> date:
    found = _ISO.fullmatch(text) or _DAY_FIRST.fullmatch(text) or _MOMENT.fullmatch(text)
    english = (way.fullmatch(folded(text)) for way in _IN_ENGLISH)
    found = found or _IN_WORDS.fullmatch(folded(text)) or next(filter(None, english), None)
    if found is None and (found := _THREE.fullmatch(text)):
        first, second = int(found["day"]), int(found["month"])
        if not day_first and first != second and max(first, second) <= 12:
            raise UnreadableError(sentence("cell.day_or_month"))
    if found is None:
        raise UnreadableError(sentence("cell.no_date"))
    about = found.groupdict()
    month = about.get("month") or _MONTHS.index(about["name"]) + 1
    year = int(found["year"])
    if len(found["year"]) == 2:
        year += 2000 if year <= _LAST_OF_2000 else 1900
    try:
        return date(year, int(month), int(found["day"]))
    except ValueError:
        raise UnreadableError(sentence("cell.no_such_day")) from None


def _serial(number: float, since_1904: bool) -> date:
    """Read a day that Excel shows as a bare number."""
    if not number.is_integer() or int(number) + since_1904 * _BETWEEN_EPOCHS not in _SERIALS:
        raise UnreadableError(sentence("cell.no_date"))
    return _SINCE[since_1904] + timedelta(days=int(number))


Reader = Callable[[object], object]
#: For columns that name something known elsewhere: what each folded spelling stands for, None
#: where it could be more than one thing.
Known = Mapping[str, str | None]

# A group of thousands never begins with 0: 0.850 is no way to write 850.
_VIETNAMESE = re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)(?:,\d+)?", re.ASCII)
_PLAIN = re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d+)?", re.ASCII)
#: Thousands may have blanks between them, whichever sign the decimals have.
_SPACED = re.compile(r"[+-]?[1-9]\d{0,2}(?: \d{3})+(?:[.,]\d+)?", re.ASCII)
# What only the one, or only the other way of writing numbers can mean.
_SHOWS_PLAIN = re.compile(r".*\.(?!\d{3}$)\d*|.*,.*\..*", re.ASCII)
_SHOWS_VIETNAMESE = re.compile(r".*,(?!\d{3}$)\d*|.*\..*,.*|.*\..*\..*", re.ASCII)


def is_unknown(cell: object) -> bool:
    """Say whether a cell is empty or says that the answer is not known."""
    text = shown(cell)
    return not text or folded(text) in codebook().unknown


def says_nothing(cell: object, column: Column, known: Known | None, *, is_key: bool) -> bool:
    """Say whether a cell of a column is empty or unknown; a code that is listed is neither.

    In the table that lists them (`is_key`) letters and digits alone are a code: `KR` may be a
    village, `?` and `không rõ` are none.
    """
    if not is_unknown(cell):
        return False
    spelling = folded(shown(cell))
    return spelling not in (known or {}) and not (
        is_key and column.type == "id" and spelling.isascii() and spelling.isalnum()
    )


def reader_of(
    column: Column,
    cells: Sequence[object],
    known: Known | None = None,
    since_1904: bool = False,
) -> Reader:
    """Give the reader of a column.

    Args:
        column: what the codebook says of it.
        cells: its distinct cells; they show how its numbers and days are written.
        known: what its cells may name, for a column of villages, households, tasks or questions.
        since_1904: whether the workbook counts its days from 1904.
    """
    return partial(_unbroken, _reader_of(column, cells, known, since_1904))


def _unbroken(read: Reader, cell: object) -> object:
    """Read a cell that has a value; a formula may have none."""
    if isinstance(cell, Broken):
        raise UnreadableError(cell.reason)
    return read(cell)


def _reader_of(
    column: Column, cells: Sequence[object], known: Known | None, since_1904: bool
) -> Reader:
    if known is not None:
        return partial(_named, column, known)
    match column.type:
        case "choice" | "yes_no":
            return partial(_choice, column, _spellings(column))
        case "choices":
            return partial(_choices, column, _spellings(column))
        case "date":
            return date_reader(cells, since_1904)
        case "number" | "whole" | "year":
            return partial(_number, column, _pattern(cells))
        case "quarter":
            return _quarter
        case "id":
            return partial(_id, {})
        case _:
            return shown


def _spellings(column: Column) -> dict[str, str]:
    return {folded(text): answer.code for answer in column.answers for text in answer.spellings}


def _choice(column: Column, spellings: Mapping[str, str], cell: object) -> str:
    if isinstance(cell, bool) and column.type == "yes_no":
        return "yes" if cell else "no"
    code = spellings.get(folded(shown(cell)))
    if code is None and column.otherwise:
        (other,) = (one for one in column.answers if one.code == column.otherwise)
        raise UnreadableError(sentence("cell.other_answer", answer=_listed([other])), other.code)
    if code is None and len(column.answers) > LISTED:
        spelt = {text: _listed([one]) for one in column.answers for text in one.spellings}
        near = hint(shown(cell), [*dict.fromkeys(spelt.values())], spelt)
        raise UnreadableError(sentence("cell.no_such_answer", hint=near))
    if code is None:
        raise UnreadableError(sentence("cell.no_answer", known=_listed(column.answers)))
    return code


def _listed(answers: Iterable[Answer]) -> str:
    """List what may be written: the code, and the label that an officer reads on the form."""
    return ", ".join(f"{answer.code} ({answer.vi})" for answer in answers)


def _choices(column: Column, spellings: Mapping[str, str], cell: object) -> str:
    parts = [part for part in map(folded, shown(cell).split(";")) if part]
    if len(parts) == 1 and parts[0] not in spellings:
        # KoboToolbox and ODK put blanks between the codes.
        codes = parts[0].split(" ")
        parts = codes if all(code in spellings for code in codes) else parts
    if strange := ", ".join(part for part in parts if part not in spellings):
        allowed = _listed(column.answers)
        raise UnreadableError(sentence("cell.not_among", strange=strange, known=allowed))
    given = {spellings[part] for part in parts}
    return ";".join(code for code in dict.fromkeys(spellings.values()) if code in given)


def _pattern(cells: Sequence[object]) -> re.Pattern[str] | None:
    """Say how a column writes its numbers; None where it shows both ways."""
    texts = [_unspaced(shown(cell)) for cell in cells if isinstance(cell, str)]
    ways = {_PLAIN: _SHOWS_PLAIN, _VIETNAMESE: _SHOWS_VIETNAMESE}
    seen = [
        way
        for way, shows in ways.items()
        if any(way.fullmatch(text) and shows.fullmatch(text) for text in texts)
    ]
    return None if len(seen) > 1 else next(iter(seen), _VIETNAMESE)


def _number(column: Column, pattern: re.Pattern[str] | None, cell: object) -> float | int:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        number = float(cell)
    elif _is_duration(cell):
        raise UnreadableError(sentence("cell.duration"))
    else:
        number = _written_number(pattern, _unspaced(shown(cell)))
    if math.isnan(number) or math.isinf(number):
        raise UnreadableError(sentence("cell.no_number"))
    if column.min is not None and number < column.min:
        raise UnreadableError(sentence("cell.too_low", least=column.min))
    if column.least is not None and 0 < number < column.least:
        raise UnreadableError(sentence("cell.too_small", least=column.least))
    if column.max is not None and number > column.max:
        raise UnreadableError(sentence("cell.too_high", most=column.max))
    if column.type == "number":
        return number
    if not number.is_integer():
        raise UnreadableError(sentence("cell.no_whole_number"))
    return int(number)


def _unspaced(text: str) -> str:
    """Give a number without the blanks between its thousands."""
    return text.replace(" ", "") if _SPACED.fullmatch(text) else text


def _written_number(pattern: re.Pattern[str] | None, text: str) -> float:
    if pattern is None:
        if re.fullmatch(r"[+-]?\d+", text, re.ASCII):
            return float(text)
        raise UnreadableError(sentence("cell.two_ways"))
    if not pattern.fullmatch(text):
        raise UnreadableError(sentence("cell.no_number"))
    if pattern is _VIETNAMESE:
        text = text.replace(".", "").replace(",", ".")
    return float(text.replace(",", ""))


#: How offices write a quarter: `Quý III/2025`, `Quý 3 năm 2025`.
_AS_OFFICES = re.compile(
    r"quý (?P<number>iv|i{1,3}|[1-4])(?: ?[/-] ?|,? )(?:năm )?(?P<year>[1-9]\d{3})", re.ASCII
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


def _quarter(cell: object) -> str:
    if found := _AS_OFFICES.fullmatch(folded(shown(cell))):
        return f"{found['year']}Q{_ROMAN.get(found['number'], found['number'])}"
    try:
        return str(Quarter.parse(shown(cell)))
    except CampaignError:
        raise UnreadableError(sentence("cell.no_quarter")) from None


def _id(first: dict[str, str], cell: object) -> str:
    """Ids are compared without case: the first spelling stands for all."""
    text = shown(cell)
    name = first.setdefault(folded(text), text)
    if why := why_doubtful(cell):
        raise UnreadableError(why, name)
    return name


def _named(column: Column, known: Known, cell: object) -> str:
    spelling = folded(shown(cell))
    if spelling not in known:
        raise UnreadableError(why_unknown(column, known, cell))
    name = known[spelling]
    if name is None:
        raise UnreadableError(sentence("reference.several_villages"))
    return name
