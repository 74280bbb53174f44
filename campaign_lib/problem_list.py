"""The lines of problems.csv in words, Vietnamese first, file by file, for a terminal."""

import re
from collections.abc import Iterator
from functools import cache

import pandas as pd

from campaign_lib.words import MissingWord
from campaign_lib.words.texts import texts

#: The file of words that has every sentence about a problem, and every action.
_WORDS = "problems."
#: What intake adds to a sentence about an inspector's finding.
_ADDED = re.compile(r"(?P<sentence>.*) \(question (?P<question>\S+)\)")


def in_words(problems: pd.DataFrame) -> Iterator[str]:
    """Give a heading per file, and a line per problem: where, which cell, what, and what became.

    Args:
        problems: the columns of problems.csv, sorted by file.
    """
    for file, lines in problems.groupby("file", sort=False):
        yield f"{file} ({len(lines)})"
        yield from (f"  {_line(problem)}" for problem in lines.itertuples(index=False))


def _line(line: object) -> str:
    """Say one problem; parts that it does not have are left out."""
    sheet, row, column, value = (
        getattr(line, name) for name in ("sheet", "row", "column", "value")
    )
    where = [
        f"bảng tính · sheet {sheet}" if sheet else "",
        "" if pd.isna(row) else f"dòng · row {row}",
        column,
        f"“{value}”" if value else "",
    ]
    problem, action = (bilingual(getattr(line, name)) for name in ("problem", "action"))
    place = ", ".join(filter(None, where))
    return f"{place}: {problem} → {action}" if place else f"{problem} → {action}"


def bilingual(english: str) -> str:
    """Put the Vietnamese before a problem's or an action's English.

    Where there is none yet, the English stands alone: a list of problems is of more use than an
    error about its words (tests see to it that there is one).
    """
    try:
        return f"{vietnamese(english)} · {english}"
    except MissingWord:
        return english


def vietnamese(english: str) -> str:
    """Say in Vietnamese what is wrong, or what became of it.

    Raises:
        MissingWord: there are no words for it; `words/problems.toml` must have them.
    """
    added = _ADDED.fullmatch(english)
    if added:
        return f"{vietnamese(added['sentence'])} (câu hỏi {added['question']})"
    for pattern, words in _sentences():
        match = pattern.fullmatch(english)
        if match:
            return words.format(**match.groupdict())
    raise MissingWord(f"problems.toml has no Vietnamese for: {english}")


@cache
def _sentences() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Load the sentences: how to know each in English, and its Vietnamese."""
    both = [text.by_language for key, text in texts().items() if key.startswith(_WORDS)]
    return tuple((_pattern(words["en"]), words["vi"]) for words in both)


def _pattern(english: str) -> re.Pattern[str]:
    pieces = re.split(r"\{(\w+)\}", english)
    return re.compile(
        "".join(
            f"(?P<{piece}>.*)" if position % 2 else re.escape(piece)
            for position, piece in enumerate(pieces)
        ),
        re.DOTALL,
    )
