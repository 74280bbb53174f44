"""How a day may be written: the contract's two ways, and those that offices really use.

`2024-03-31` and `31/03/2024` always mean what they say. Any other way with three numbers
(`31/3/24`, `31.3.2024`, `31-3-24`) could be meant month first, as a computer set to English writes:
a day up to the 12th is read where the column shows that its days come first, by a number above 12
in first place and none in second. Digits are 0 to 9, as in numbers: other alphabets' are refused.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from campaign_lib.codebook import codebook, folded
from campaign_lib.intake.cells import UnreadableError, shown

_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)
_MOMENT = re.compile(_ISO.pattern + r"[T ]\d{2}:\d{2}\S*", re.ASCII)
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})", re.ASCII)
_IN_WORDS = re.compile(
    r"(ngày )?(?P<day>\d{1,2}) tháng (?P<month>\d{1,2}),? năm (?P<year>\d{4})", re.ASCII
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
    pairs = [(int(one["day"]), int(one["month"])) for one in _written(cells)]
    shows_day = any(first > 12 >= second for first, second in pairs)
    shows_month = any(second > 12 >= first for first, second in pairs)
    return partial(_date, shows_day and not shows_month, since_1904)


def _written(cells: Sequence[object]) -> Iterator[re.Match[str]]:
    texts = (shown(cell) for cell in cells if isinstance(cell, str))
    return filter(None, map(_THREE.fullmatch, texts))


def _date(day_first: bool, since_1904: bool, cell: object) -> date:
    if isinstance(cell, datetime):
        day = cell.date()
    elif isinstance(cell, date):
        day = cell
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        day = _serial(float(cell), since_1904)
    else:
        day = _of_text(shown(cell), day_first)
    if not codebook().first_day <= day <= codebook().last_day:
        raise UnreadableError(f"not between {codebook().first_day} and {codebook().last_day}")
    return day


def _of_text(text: str, day_first: bool) -> date:
    found = _ISO.fullmatch(text) or _DAY_FIRST.fullmatch(text) or _MOMENT.fullmatch(text)
    found = found or _IN_WORDS.fullmatch(folded(text))
    if found is None and (found := _THREE.fullmatch(text)):
        first, second = int(found["day"]), int(found["month"])
        if not day_first and first != second and max(first, second) <= 12:
            raise UnreadableError("the day or the month may come first; write it as 31/03/2024")
    if found is None:
        raise UnreadableError("not a date; write it as 2024-03-31 or 31/03/2024")
    year = int(found["year"])
    if len(found["year"]) == 2:
        year += 2000 if year <= _LAST_OF_2000 else 1900
    try:
        return date(year, int(found["month"]), int(found["day"]))
    except ValueError:
        raise UnreadableError("no calendar has this day") from None


def _serial(number: float, since_1904: bool) -> date:
    """Read a day that Excel shows as a bare number."""
    if not number.is_integer() or int(number) + since_1904 * _BETWEEN_EPOCHS not in _SERIALS:
        raise UnreadableError("not a date; write it as 2024-03-31 or 31/03/2024")
    return _SINCE[since_1904] + timedelta(days=int(number))
