"""What exports of KoboToolbox and ODK do to a table: answers in pieces, columns of old versions.

A question that was moved or renamed between versions of a form has a column for each; a question
with several answers has a column of 1 and 0 for each answer; `n/a` is a question that a version did
not have.
"""

from collections.abc import Iterable, Mapping

import numpy as np

from campaign_lib.codebook import Column, Table, folded
from campaign_lib.intake.cells import Broken, Cells, Sheet, shown

#: Columns that only a program adds, so that a sheet with one of them is an export.
_MARKS = frozenset({
    "_id", "_uuid", "_submission_time", "__version__", "_version_", "meta/instanceid",
    "meta-instanceid", "instanceid", "submissiondate", "key",
})  # fmt: skip
_NOT_ASKED = "n/a"
_BETWEEN = ("/", "-", ".")
_CHOSEN = {"1": True, "true": True, "0": False, "false": False, "": False, _NOT_ASKED: False}
DIFFERING = "two columns of the form answer this differently; empty the wrong one"
NEITHER = "neither 1 nor 0; write which answers were chosen"


def is_export(table: Table, sheet: Sheet) -> bool:
    """Say whether a sheet comes from the program that the survey was taken with."""
    return table.name == "survey" and not _MARKS.isdisjoint(map(folded, sheet.headings))


def with_blanks(cells: Cells) -> Cells:
    """Empty the cells of questions that a version of the form did not have."""
    blank = ["" if isinstance(one, str) and folded(one) == _NOT_ASKED else one
             for one in cells.distinct]  # fmt: skip
    return Cells(blank, cells.codes)


def both(first: Cells, second: Cells) -> Cells:
    """Put two columns of one question together: where both say something, they must agree."""
    pairs, codes = np.unique(
        np.stack([first.codes, second.codes], axis=1), axis=0, return_inverse=True
    )
    distinct = [_either(first.distinct[one], second.distinct[other]) for one, other in pairs]
    return Cells(distinct, codes.reshape(-1).astype(np.int64))


def _either(one: object, other: object) -> object:
    texts = shown(one), shown(other)
    if not texts[0] or not texts[1]:
        return one if texts[0] else other
    if folded(texts[0]) == folded(texts[1]):
        return one
    return Broken(" | ".join(texts), DIFFERING)


def chosen_in(table: Table, heading: str) -> tuple[str, str] | None:
    """Give the column with several answers, and the one of these, that a heading names."""
    text = folded(heading)
    for column in table.columns:
        for answer in column.answers if column.type == "choices" else ():
            if any(text.endswith(end) for end in _endings(column, answer.spellings)):
                return column.code, answer.code
    return None


def _endings(column: Column, answers: Iterable[str]) -> Iterable[str]:
    for name in column.headings:
        for answer in answers:
            yield from (f"{folded(name)}{sign}{folded(answer)}" for sign in _BETWEEN)


def together(parts: Mapping[str, Cells]) -> Cells:
    """Put the columns of a question's answers together, as a list with ; between."""
    answers = list(parts)
    rows, codes = np.unique(
        np.stack([cells.codes for cells in parts.values()], axis=1), axis=0, return_inverse=True
    )
    distinct = [
        _list({answer: parts[answer].distinct[code]
               for answer, code in zip(answers, row, strict=True)})
        for row in rows
    ]  # fmt: skip
    return Cells(distinct, codes.reshape(-1).astype(np.int64))


def _list(said: Mapping[str, object]) -> object:
    texts = {answer: folded(shown(cell)) for answer, cell in said.items()}
    strange = [text for text in texts.values() if text not in _CHOSEN]
    if strange:
        return Broken(strange[0], NEITHER)
    return ";".join(answer for answer, text in texts.items() if _CHOSEN[text])
