"""Finds the Vietnamese of a sentence that code says in English, by the patterns of a file of words.

Whoever finds a mistake says it in one English sentence: problems.csv and errors hold that. Its
text in `problems.toml` or `errors.toml` has the same English with placeholders, and is found by it.
A placeholder may stand for words that have their own texts: those of `{detail}` are the texts below
`piece.detail` of the same file (what has no text there is a value, and stays as it is), and
`{sentence}` is another whole sentence.
"""

import re
from collections.abc import Mapping
from functools import cache

from campaign_lib.errors import Text
from campaign_lib.words import MissingWord, texts

#: The placeholder for a whole sentence, and the table with what others stand for.
SENTENCE, PIECE = "sentence", "piece"
#: The placeholder for a day, which code writes as ISO does and a Vietnamese reader does not.
DAY = "day"
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")

_Patterns = tuple[tuple[re.Pattern[str], str], ...]


def vietnamese_of(english: str, file: str) -> str:
    """Say an English sentence in Vietnamese.

    Args:
        english: the sentence, with its values filled in.
        file: the stem of the file of words that has it, `problems` or `errors`.

    Raises:
        MissingWord: the file has no such sentence.
    """
    vietnamese = _found(english, file)
    if vietnamese is None:
        raise MissingWord(f"{file}.toml has no Vietnamese for: {english}")
    return vietnamese


def told(english: str, file: str, language: str) -> str:
    """Say an English sentence in a language; in English where there is no Vietnamese yet.

    A mistake is of more use in English than hidden by an error about its words; tests see to it
    that there is Vietnamese.
    """
    if language == "en":
        return english
    try:
        return vietnamese_of(english, file)
    except MissingWord:
        return english


def bilingual(english: str, file: str) -> str:
    """Put the Vietnamese before a sentence's English; where there is none, it stands alone."""
    vietnamese = told(english, file, "vi")
    return english if vietnamese == english else f"{vietnamese} · {english}"


def _found(english: str, file: str, piece: str = "") -> str | None:
    """Find the Vietnamese of a sentence, or of what the placeholder `piece` stands for."""
    for pattern, vietnamese in _patterns(file, piece):
        match = pattern.fullmatch(english)
        if match is None:
            continue
        values = {name: _value(name, said, file) for name, said in match.groupdict().items()}
        if None not in values.values():
            return vietnamese.format_map(values)
    return None


def _value(name: str, said: str, file: str) -> str | None:
    if name == SENTENCE:
        return _found(said, file)
    if name == DAY:
        return _ISO_DAY.sub(r"\3/\2/\1", said)
    return _found(said, file, name) or said


@cache
def _patterns(file: str, piece: str) -> _Patterns:
    """Give the patterns of a file's sentences, or of one kind of piece, the most telling first."""
    start = f"{file}.{PIECE}."
    wanted = {
        key: text
        for key, text in texts().items()
        if (key.startswith(f"{start}{piece}.") if piece else _is_sentence(key, file))
    }
    return tuple(
        (_pattern(text.by_language["en"]), text.by_language["vi"]) for text in _in_order(wanted)
    )


def _is_sentence(key: str, file: str) -> bool:
    return key.startswith(f"{file}.") and not key.startswith(f"{file}.{PIECE}.")


def _in_order(wanted: Mapping[str, Text]) -> list[Text]:
    """Put what surrounds another sentence first, then what has more words of its own."""

    def rank(text: Text) -> tuple[bool, int]:
        own = re.sub(r"\{\w+\}", "", text.by_language["en"])
        return SENTENCE not in text.placeholders, -len(own)

    return sorted(wanted.values(), key=rank)


def _pattern(english: str) -> re.Pattern[str]:
    """Turn each placeholder into a group; the first that fits, so that values may hold signs."""
    pieces = re.split(r"\{(\w+)\}", english)
    return re.compile(
        "".join(
            f"(?P<{piece}>.*?)" if position % 2 else re.escape(piece)
            for position, piece in enumerate(pieces)
        ),
        re.DOTALL,
    )
