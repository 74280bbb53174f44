"""What a user can meet as an error: a key and values, said in Vietnamese or in English.

Every room can meet a mistake, so that this stands below them all, with the reading of the texts:
the `*.toml` files of `words`. A file's stem comes first in the keys of its texts, then its tables:
``indicators.steps.gave_up_customs.label``. A table whose keys are exactly `vi` and `en` is a text;
both languages stand on neighbouring lines.
"""

import errno
import json
import os
import re
import string
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

#: Vietnamese first: most readers are commune officers.
LANGUAGES = ("vi", "en")
#: Names the language that the command, and a batch's kernel, speaks.
LANGUAGE = "CAMPAIGN_LANGUAGE"
FOLDER = Path(__file__).with_name("words")

_chosen: str | None = None


class WordsError(ValueError):
    """A file of words breaks the rules: a fault of ours; it names the file and the key."""


class MissingWord(LookupError):  # noqa: N818 - it says what is missing
    """A text, or a value that a text needs, is not there: a fault of ours, never of a user."""


@dataclass(frozen=True)
class Text:
    """One text in every language, and the names that it wants filled in (the same in all)."""

    by_language: Mapping[str, str]
    placeholders: frozenset[str]


class Message:
    """A sentence, or a part of one, that can be said in each language.

    Args:
        key: of its text, with the file's stem in front: ``problems.cell.no_number``.
        values: one for each placeholder: text, a number, a day, or another message.
    """

    def __init__(self, key: str, /, **values: object) -> None:
        self.key = key
        self.values = {name: _kept(value) for name, value in values.items()}

    def said(self, language: str) -> str:
        """Say it in a language; days are written the language's way, values as they are.

        Raises:
            MissingWord: there is no such text, or values and placeholders are not the same.
        """
        said = {name: _written(value, language) for name, value in self.values.items()}
        return filled(self.key, language, said)

    def packed(self) -> str:
        """Give it as one text, for a column of a table; `Message.of` takes it apart again."""
        return json.dumps(_plainly(self), default=_plainly, ensure_ascii=False)

    @classmethod
    def of(cls, packed: str) -> "Message":
        """Give the message that `packed` has packed."""
        message = _unpacked(json.loads(packed))
        assert isinstance(message, cls)
        return message

    def __str__(self) -> str:
        return self.said(speaking() or "en")


class CampaignError(Exception):
    """What went wrong, in one sentence that says where, what, and what to do about it.

    The command line prints the sentence and ends with exit status 2; everything else that is
    raised is a fault of ours and keeps its traceback. `str` of it is in the language that this
    process speaks (`speaking`), or else in English.

    Args:
        key: of a text in `words/errors.toml`: ``asked.quarter``.
        values: one for each of its placeholders, as a `Message` takes them.
    """

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.message = Message(f"errors.{key}", **values)

    def said(self, language: str) -> str:
        """Say it in a language; raises MissingWord as `Message.said` does."""
        return self.message.said(language)

    def __str__(self) -> str:
        return str(self.message)

    def _render_traceback_(self) -> list[str]:
        """Give what IPython shows of the error: its sentences, a line each, no page of code."""
        return list(dict.fromkeys(plain(self.said(language)) for language in LANGUAGES))


def _kept(value: object) -> object:
    """Give a value as something that is plain: it goes from one process to another."""
    if isinstance(value, CampaignError):
        return value.message
    return value if isinstance(value, Message | date) else str(value)


def _plainly(value: object) -> object:
    """Give JSON's form of a message, or of a day."""
    if isinstance(value, Message):
        return [value.key, value.values]
    assert isinstance(value, date)
    return {"day": value.isoformat()}


def _unpacked(value: Any) -> object:
    if isinstance(value, list):
        key, values = value
        return Message(key, **{name: _unpacked(one) for name, one in values.items()})
    return date.fromisoformat(value["day"]) if isinstance(value, dict) else value


def _written(value: object, language: str) -> str:
    if isinstance(value, Message):
        return value.said(language)
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y") if language == "vi" else value.isoformat()
    return str(value)


# --- the language that is spoken -----------------------------------------------------------------


def speaking() -> str | None:
    """Name the language of this process: what was chosen, or CAMPAIGN_LANGUAGE; None is neither."""
    named = _chosen or os.environ.get(LANGUAGE)
    return named if named in LANGUAGES else None


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Speak a language for as long as it lasts; `speak` may change it in between."""
    before = _chosen
    speak(language)
    try:
        yield
    finally:
        speak(before)


def speak(language: str | None) -> None:
    """Speak a language from here on."""
    global _chosen
    _chosen = language


def plain(text: str) -> str:
    """Take out of a text what would command a terminal instead of being shown by it."""
    commands = {one for one in set(text) - {"\n"} if unicodedata.category(one).startswith("C")}
    return text.translate(dict.fromkeys(map(ord, commands), "\N{REPLACEMENT CHARACTER}"))


# --- why the computer, or a reader of files, refuses ---------------------------------------------

_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
_VALUE = re.compile(r"'[^']*'|\([^)]*\)|\"[^\"]*\"|\d+")


def reason(error: BaseException | str) -> Message | str:
    """Give the reason that the computer, or a reader of TOML, CSV or Excel files, has for an error.

    Returns:
        the text below `reason` in `words/errors.toml` that stands under the name of the error's
        number, or under the words of its English; what has none there stays as it is.
    """
    if isinstance(error, UnicodeDecodeError):
        byte, why = f"0x{error.object[error.start]:02x}", _by_its_words(error.reason, "byte")
        values = {"encoding": error.encoding, "byte": byte, "position": error.start, "why": why}
        return Message("errors.reason.byte", **values)
    if isinstance(error, OSError) and error.errno:
        key = f"errors.reason.{errno.errorcode.get(error.errno, '').lower()}"
        return Message(key) if key in texts("errors") else str(error.strerror)
    place = _PLACE.fullmatch(str(error))
    if place is None:
        return _by_its_words(str(error), "reason")
    inside = _by_its_words(place[1], "reason")
    if place[2] is None:
        return Message("errors.reason.end", detail=inside)
    return Message("errors.reason.place", detail=inside, line=place[2], column=place[3])


def _by_its_words(english: str, table: str) -> Message | str:
    key = re.sub(r"\W+", "_", _VALUE.sub(" ", english)).strip("_").lower()
    key, value = f"errors.{table}.{key}", _VALUE.search(english)
    if key not in texts("errors"):
        return english
    wanted = text_of(key).placeholders
    return Message(key, **dict.fromkeys(wanted, value[0] if value else ""))


# --- the texts -----------------------------------------------------------------------------------


def text_of(key: str) -> Text:
    """Give the text under a key; raises MissingWord if there is none."""
    try:
        return texts(key.partition(".")[0])[key]
    except KeyError:
        raise MissingWord(f"there is no text under {key!r}") from None


def filled(key: str, language: str, values: Mapping[str, str]) -> str:
    """Give a text with its placeholders filled in.

    Raises:
        MissingWord: there is no such text, or values and placeholders are not the same.
    """
    text = text_of(key)
    if values.keys() != text.placeholders:
        raise MissingWord(
            f"{key} needs the values ({', '.join(sorted(text.placeholders))}), "
            f"and was given ({', '.join(sorted(values))})"
        )
    return text.by_language[language].format_map(values)


@cache
def texts(stem: str = "*") -> Mapping[str, Text]:
    """Give the texts of a file of words, or of all, by key; raises WordsError as `read_texts`."""
    return MappingProxyType(read_texts(FOLDER, stem))


def read_texts(folder: Path, stem: str = "*") -> dict[str, Text]:
    """Read every `*.toml` of a folder, or the one of that stem.

    Raises:
        WordsError: a file is no TOML, or a text lacks a language, is empty, or does not name the
            same placeholders in each language.
    """
    found: dict[str, Text] = {}
    for path in sorted(folder.glob(f"{stem}.toml")):
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
    names, others = (_placeholders(by_language[name], f"{where}.{name}") for name in LANGUAGES)
    if odd := ", ".join(sorted(names ^ others)):
        raise WordsError(f"{where} has a placeholder in one language only: {odd}")
    return Text(MappingProxyType(by_language), names)


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
