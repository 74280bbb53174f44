"""Text, numbers and dates in Vietnamese and English; a missing word is an error of ours.

Texts stand in the `*.toml` files of this folder (`campaign_lib.errors` reads them); how a language
writes numbers, dates and lists comes from Babel. In come a key and values; out go texts for a page,
a list or a terminal.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from numbers import Integral, Rational, Real
from typing import SupportsFloat, cast

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from campaign_lib.errors import (
    LANGUAGES,
    CampaignError,
    Message,
    MissingWord,
    WordsError,
    filled,
    read_texts,
    speaking,
    text_of,
    texts,
)

#: Stands where there is no value.
MISSING = "–"
#: Stands before a number below zero: as wide as a plus, and never left behind at a line's end.
MINUS = "−"
#: Babel's name of each language: British English writes dates with the day first.
_LOCALES: Mapping[str, Locale] = {"vi": Locale("vi"), "en": Locale("en", "GB")}
_DATES: Mapping[str, str] = {"vi": "dd/MM/y", "en": "d MMMM y"}
_QUARTER = re.compile(r"(\d{4})Q([1-4])")
#: The finest that a number in running text is written: money in million, to the thousand đồng.
_MOST_DECIMALS = 3


class Words:
    """Everything that is said in one language.

    Args:
        language: vi or en.

    Raises:
        CampaignError: it is neither.
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            known = dict(zip(("first", "second"), LANGUAGES, strict=True))
            raise CampaignError("asked.language", language=repr(language), **known)
        self.language = language
        self._locale = _LOCALES[language]

    def __repr__(self) -> str:
        return f"Words({self.language!r})"

    def __call__(self, key: str, /, **values: object) -> str:
        """Give a text with its placeholders filled in.

        Args:
            key: such as ``indicators.steps.gave_up_customs.label``.
            values: one for each placeholder, and no other. Numbers and dates are written the
                language's way, except that `year` never gets a thousands mark; round fractions
                yourself, with `number` or `percent`. A missing value is written as –.

        Raises:
            MissingWord: there is no such text, or values and placeholders are not the same.
        """
        said = {name: self._said(name, value) for name, value in values.items()}
        return filled(key, self.language, said)

    def under(self, prefix: str) -> Callable[..., str]:
        """Give the texts below a prefix, each by the rest of its key; raises as they do."""
        return lambda name, **values: self(f"{prefix}.{name}", **values)

    def has(self, key: str) -> bool:
        """Say whether there is a text under `key`."""
        return key in texts(key.partition(".")[0])

    def placeholders(self, key: str) -> frozenset[str]:
        """Name the values that a text needs; raises MissingWord if there is no such text."""
        return text_of(key).placeholders

    def number(self, value: object, decimals: int = 0) -> str:
        """Write a number with exactly so many decimals, halves away from zero; – if missing."""
        if is_missing(value):
            return MISSING
        fraction = "." + "0" * decimals if decimals else ""
        return self._decimal(_rounded(value, decimals), "#,##0" + fraction)

    def percent(self, value: object, decimals: int = 2) -> str:
        """Write a percentage, such as 77.17: `77,17 %` in Vietnamese; – if missing."""
        if is_missing(value):
            return MISSING
        return self("formats.percent", number=self.number(value, decimals))

    def money(self, million: object) -> str:
        """Write an amount in million đồng, to the thousand đồng where it has one; – if missing."""
        if is_missing(million):
            return MISSING
        return self("formats.money", number=self._plainly(million))

    def date(self, day: date | None) -> str:
        """Write a day: 31/12/2023 in Vietnamese, 31 December 2023 in English; – if missing."""
        if is_missing(day):
            return MISSING
        return format_date(day, format=_DATES[self.language], locale=self._locale)

    def quarter(self, code: object) -> str:
        """Write a quarter such as 2024Q3 in full: quý III năm 2024."""
        return self._quarter("quarter", code)

    def quarter_short(self, code: object) -> str:
        """Write a quarter such as 2024Q3 for a table's heading: III/2024."""
        return self._quarter("quarter_short", code)

    def listed(self, items: Iterable[str]) -> str:
        """Put items in a row: a, b và c."""
        return format_list(list(items), locale=self._locale)

    def _said(self, name: str, value: object) -> str:
        """Write a value the language's way, as it stands in a text."""
        if isinstance(value, str):
            return value
        if isinstance(value, Message):
            return value.said(self.language)
        if is_missing(value):
            return MISSING
        if isinstance(value, bool):
            raise TypeError(f"{name} is {value}: a text needs words for yes and no")
        if name == "year":
            return str(value)
        if isinstance(value, date):
            return self.date(value)
        return self._plainly(value) if isinstance(value, Real | Decimal) else str(value)

    def _plainly(self, value: object) -> str:
        """Write a number with the decimals that it has."""
        return self._decimal(_rounded(value, _MOST_DECIMALS), "#,##0." + "#" * _MOST_DECIMALS)

    def _decimal(self, value: Decimal, pattern: str) -> str:
        return format_decimal(value, format=pattern, locale=self._locale).replace("-", MINUS)

    def _quarter(self, form: str, code: object) -> str:
        match = _QUARTER.fullmatch(str(code))
        if match is None:
            raise ValueError(f"{code!r} is not the code of a quarter, such as 2024Q3")
        return self(f"formats.{form}.q{match[2]}", year=match[1])


def aloud(key: str, /, **values: object) -> str:
    """Say a text in the language that is spoken; in both where none is, as in a notebook."""
    languages = (one,) if (one := speaking()) else LANGUAGES
    return " · ".join(dict.fromkeys(Words(language)(key, **values) for language in languages))


def is_missing(value: object) -> bool:
    """Say whether a value is None, not a number, or missing as pandas has it.

    pandas itself is not asked, so that the command line can speak before pandas is loaded.
    """
    # pandas' NA is recognised by name: it has no truth value, so it cannot be compared.
    return value is None or type(value).__name__ == "NAType" or value != value


def _rounded(value: object, decimals: int) -> Decimal:
    """Round as every report does, halves away from zero, from the digits that the number shows."""
    if isinstance(value, Decimal):
        exact = value
    elif isinstance(value, Integral):
        exact = Decimal(int(value))
    elif isinstance(value, Rational):
        exact = Decimal(int(value.numerator)) / int(value.denominator)
    elif isinstance(value, Real):
        exact = Decimal(repr(float(cast(SupportsFloat, value))))
    else:
        raise TypeError(f"{value!r} is not a number")
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0  # + 0: no minus zero


__all__ = [
    "LANGUAGES",
    "MISSING",
    "MissingWord",
    "Words",
    "WordsError",
    "aloud",
    "is_missing",
    "read_texts",
    "texts",
]
