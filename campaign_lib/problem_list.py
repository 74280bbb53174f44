"""The lines of problems.csv in words, Vietnamese first, file by file, for a terminal."""

from collections.abc import Iterator

import pandas as pd

from campaign_lib.words import found

#: The file of words that has every sentence about a problem, and every action.
_FILE = "problems"


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
    """Put the Vietnamese before a problem's or an action's English."""
    return found.bilingual(english, _FILE)


def vietnamese(english: str) -> str:
    """Say in Vietnamese what is wrong, or what became of it.

    Raises:
        MissingWord: there are no words for it; `words/problems.toml` must have them.
    """
    return found.vietnamese_of(english, _FILE)


def told(english: str, language: str) -> str:
    """Say a problem or an action in one language."""
    return found.told(english, _FILE, language)
