"""The texts of the `*.toml` files beside this module: read once, checked, under dotted keys.

A file's stem comes first in its keys, then its tables: ``steps.gave_up_customs.label``. A table
whose keys are exactly `vi` and `en` is a text; both languages stand on neighbouring lines.
"""

import string
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

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
