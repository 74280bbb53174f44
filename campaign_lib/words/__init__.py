"""Text, numbers and dates in Vietnamese and English; a missing word is an error of ours.

Texts stand in the `*.toml` files of this folder, both languages side by side; how a language
writes numbers, dates and lists comes from Babel. In come a key and values; out go texts for a page,
a list or a terminal. A file's stem comes first in its keys, then its tables:
``steps.gave_up_customs.label``; a table whose keys are exactly `vi` and `en` is a text.
"""

import re
import string
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from numbers import Integral, Rational, Real
from pathlib import Path
from types import MappingProxyType
from typing import Any, SupportsFloat, cast

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from campaign_lib.errors import CampaignError

# The texts of the `*.toml` files beside this module: read once, checked, under dotted keys.
#
# A file's stem comes first in its keys, then its tables: ``steps.gave_up_customs.label``. A table
# whose keys are exactly `vi` and `en` is a text; both languages stand on neighbouring lines.

#: Vietnamese first: most readers are commune officers.
LANGUAGES = ("vi", "en")


class WordsError(ValueError):
    """A file of words breaks the rules: a fault of ours; it names the file and the key."""


@dataclass(frozen=True)
class Text:
    """One text in every language, and the names that it wants filled in (the same in all)."""

    by_language: Mapping[str, str]
    placeholders: frozenset[str]


@cache
def texts() -> Mapping[str, Text]:
    """Give all texts of the library by key.

    Raises:
        WordsError: as `read_texts` does.
    """
    return MappingProxyType(read_texts(Path(__file__).parent))


def read_texts(folder: Path) -> dict[str, Text]:
    """Read every `*.toml` of a folder.

    Raises:
        WordsError: a file is no TOML, or a text lacks a language, is empty, or does not name the
            same placeholders in each language.
    """
    found: dict[str, Text] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise WordsError(f"{path.name}: not a readable TOML file ({error})") from error
        for key, by_language in _leaves(content, path.stem, path.name):
            found[key] = _text(by_language, f"{path.name}: {key}")
    return found


def _leaves(table: dict[str, Any], key: str, file: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give key and languages of each text of a table, however deep it stands."""
    if table.keys() & set(LANGUAGES):
        if table.keys() != set(LANGUAGES):
            have, want = ", ".join(sorted(table)), ", ".join(LANGUAGES)
            raise WordsError(f"{file}: {key} has {have}; a text has exactly {want}")
        yield key, table
        return
    for name, inside in table.items():
        if "." in name:
            raise WordsError(f"{file}: {key} has a name with a dot in it: {name!r}")
        if not isinstance(inside, dict):
            raise WordsError(f"{file}: {key}.{name} stands in no language; write {name}.vi, .en")
        yield from _leaves(inside, f"{key}.{name}", file)


def _text(by_language: dict[str, Any], where: str) -> Text:
    for language, text in by_language.items():
        if not isinstance(text, str) or not text.strip():
            raise WordsError(f"{where}.{language} is empty or no text")
    first, *others = (_placeholders(by_language[name], f"{where}.{name}") for name in LANGUAGES)
    for names in others:
        if names != first:
            odd = ", ".join(sorted(names ^ first))
            raise WordsError(f"{where} has a placeholder in one language only: {odd}")
    return Text(MappingProxyType(by_language), first)


def _placeholders(text: str, where: str) -> frozenset[str]:
    """List the names between braces; only plain names are allowed there."""
    try:
        fields = [field for field in string.Formatter().parse(text) if field[1] is not None]
    except ValueError as error:
        raise WordsError(f"{where} has a stray brace ({error})") from error
    for _, name, form, conversion in fields:
        if not (name or "").isidentifier() or form or conversion:
            raise WordsError(f"{where} has a placeholder that is no plain name: {name!r}")
    return frozenset(name for _, name, _, _ in fields if name)


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


class MissingWord(LookupError):  # noqa: N818 - it says what is missing
    """A text, or a value that a text needs, is not there: a fault of ours, never of a user."""


class Words:
    """Everything that is said in one language.

    Args:
        language: vi or en.

    Raises:
        CampaignError: it is neither.
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise CampaignError(
                f"{language!r} is not a language of this project; write {' or '.join(LANGUAGES)}."
            )
        self.language = language
        self._locale = _LOCALES[language]
        self._texts = texts()

    def __repr__(self) -> str:
        return f"Words({self.language!r})"

    def __call__(self, key: str, /, **values: object) -> str:
        """Give a text with its placeholders filled in.

        Args:
            key: such as ``steps.gave_up_customs.label``.
            values: one for each placeholder, and no other. Numbers and dates are written the
                language's way, except that `year` never gets a thousands mark; round fractions
                yourself, with `number` or `percent`. A missing value is written as –.

        Raises:
            MissingWord: there is no such text, or values and placeholders are not the same.
        """
        text = self._text(key)
        if values.keys() != text.placeholders:
            raise MissingWord(
                f"{key} needs the values ({', '.join(sorted(text.placeholders))}), "
                f"and was given ({', '.join(sorted(values))})"
            )
        said = {name: self._said(name, value) for name, value in values.items()}
        return text.by_language[self.language].format_map(said)

    def has(self, key: str) -> bool:
        """Say whether there is a text under `key`."""
        return key in self._texts

    def placeholders(self, key: str) -> frozenset[str]:
        """Name the values that a text needs; raises MissingWord if there is no such text."""
        return self._text(key).placeholders

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

    def _text(self, key: str) -> Text:
        try:
            return self._texts[key]
        except KeyError:
            raise MissingWord(f"there is no text under {key!r}") from None

    def _said(self, name: str, value: object) -> str:
        """Write a value the language's way, as it stands in a text."""
        if isinstance(value, str):
            return value
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
        written = format_decimal(value, format=pattern, locale=self._locale)
        return written.replace("-", MINUS)

    def _quarter(self, form: str, code: object) -> str:
        match = _QUARTER.fullmatch(str(code))
        if match is None:
            raise ValueError(f"{code!r} is not the code of a quarter, such as 2024Q3")
        return self(f"formats.{form}.q{match[2]}", year=match[1])


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


__all__ = ["LANGUAGES", "MISSING", "MissingWord", "Words", "WordsError", "is_missing"]
