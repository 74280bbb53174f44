"""Which column of a table a heading names."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import product

import numpy as np

from campaign_lib.codebook import Column, Table, codebook, folded
from campaign_lib.codebook.problems import sentence
from campaign_lib.errors import CampaignError
from campaign_lib.intake.cells import (
    READ_ALL_THE_SAME,
    Broken,
    Cells,
    Remark,
    Sheet,
    is_empty,
    shown,
)
from campaign_lib.intake.old_letters import CONVERTED, readings

# What exports of KoboToolbox and ODK do to a table: answers in pieces, columns of old versions.
#
# A question that was moved or renamed between versions of a form has a column for each; a
# question with several answers has a column of 1 and 0 for each answer; `n/a` is a question that
# a version did not have.

#: Columns that only a program adds, so that a sheet with one of them is an export.
_MARKS = frozenset({
    "_id", "_uuid", "_submission_time", "__version__", "_version_", "meta/instanceid",
    "meta-instanceid", "instanceid", "submissiondate", "key",
})  # fmt: skip
_NOT_ASKED = "n/a"
_BETWEEN = ("/", "-", ".")
_CHOSEN = {"1": True, "true": True, "0": False, "false": False, "": False, _NOT_ASKED: False}
DIFFERING = sentence("cell.differing")
NEITHER = sentence("cell.neither")


def with_blanks(cells: Cells) -> Cells:
    """Empty the cells of questions that a version of the form did not have."""
    blank = ["" if isinstance(one, str) and folded(one) == _NOT_ASKED else one
             for one in cells.distinct]  # fmt: skip
    return Cells(blank, cells.codes)


def together(columns: Sequence[Cells], read: Callable[..., object]) -> Cells:
    """Put columns of one question together: `read` gives what the cells of a row say."""
    rows, codes = np.unique(
        np.stack([cells.codes for cells in columns], axis=1), axis=0, return_inverse=True
    )
    distinct = [
        read(*(cells.distinct[code] for cells, code in zip(columns, row, strict=True)))
        for row in rows
    ]
    return Cells(distinct, codes.reshape(-1).astype(np.int64))


def versions(columns: Sequence[Cells]) -> Cells:
    """Put the columns of one question together that stand in several groups of a form.

    Where no row fills two of them they are versions of it, of which one was asked. Elsewhere they
    are questions of their own, and only what all of them say alike is an answer.
    """
    several = np.sum([cells.filled for cells in columns], axis=0) > 1
    return together(columns, _alike if several.any() else _filled)


def _filled(*cells: object) -> object:
    return next((cell for cell in cells if not is_empty(cell)), "")


def _alike(*cells: object) -> object:
    texts = [shown(cell) for cell in cells]
    return cells[0] if len(set(map(folded, texts))) == 1 else Broken(" | ".join(texts), DIFFERING)


def chosen_in(table: Table, heading: str) -> tuple[str, str] | None:
    """Give the column with several answers, and the one of these, that a heading names."""
    text = folded(heading)
    for column in table.columns:
        for answer in column.answers if column.type == "choices" else ():
            ends = product(map(folded, column.headings), _BETWEEN, map(folded, answer.spellings))
            if text.endswith(tuple(map("".join, ends))):
                return column.code, answer.code
    return None


def listed(answers: Collection[str], *cells: object) -> object:
    """Read a question that has a column for each of its answers, as a list with ; between."""
    texts = [folded(shown(cell)) for cell in cells]
    if strange := [text for text in texts if text not in _CHOSEN]:
        return Broken(strange[0], NEITHER)
    return ";".join(one for one, text in zip(answers, texts, strict=True) if _CHOSEN[text])


_MISSING = sentence("file.no_column")
_UNKNOWN = sentence("file.strange_column")
_BETWEEN_GROUPS = re.compile(r"[/-]")


def column_named(table: Table, heading: str) -> str | None:
    """Give the code of the column that a heading names, or None."""
    return _named(table, heading)[0]


def _named(table: Table, heading: str, others: Collection[str] = ()) -> tuple[str | None, str]:
    """Give the column that a heading names, and the legacy encoding that it names it in."""
    codes = _codes(table.name)
    for encoding, text in readings(heading).items():
        for name in _names(table, text, others):
            if name in codes:
                return codes[name], encoding
    return None, ""


def is_added(table: Table, heading: str) -> bool:
    """Say whether the survey's form, or a program, added a column; or it but numbers the rows."""
    book = codebook()
    return folded(heading) in book.numbers or (
        bool(table.questions)
        and any(
            name in book.export_names or name.startswith(book.export_starts)
            for name in _names(table, heading)
        )
    )


@cache
def _codes(table: str) -> dict[str, str]:
    book = codebook()
    columns = {**book.tables, book.inspection_form.name: book.inspection_form}[table].columns
    return {folded(text): column.code for column in columns for text in column.headings}


def _names(table: Table, heading: str, others: Collection[str] = ()) -> Iterator[str]:
    """Give what a heading may stand for: itself, or a question inside groups of a form.

    An option of a question that is one of the `others` is no question itself.
    """
    whole = folded(heading)
    yield whole
    if table.name == "survey" and not _is_option(whole, others):
        for between in _BETWEEN_GROUPS.finditer(whole):
            yield whole[between.end() :]


def _is_option(heading: str, others: Collection[str]) -> bool:
    """Say whether a folded heading names an answer of a column: `needs/income` beside `needs`."""
    return any(
        heading[: between.start()] in others for between in _BETWEEN_GROUPS.finditer(heading)
    )


@dataclass(frozen=True)
class Matched:
    """The cells of a sheet by the table's columns, and what is to be said of its other columns."""

    cells: Mapping[str, Cells]
    remarks: tuple[Remark, ...]


def match(table: Table, sheet: Sheet, quarter: str = "") -> Matched:
    """Say which column of a sheet is which of the table; of a survey, `quarter` is the file's.

    A question that its quarter's form did not have yet, or no longer, is not missing.

    Raises:
        CampaignError: one column stands twice.
    """
    found: dict[str, list[Cells]] = {}
    parts: dict[str, dict[str, Cells]] = {}
    # Whether it comes from the program that the survey was taken with.
    headings = frozenset(map(folded, sheet.headings))
    exported = table.name == "survey" and not _MARKS.isdisjoint(headings)
    names = [_named(table, heading, headings) for heading in sheet.headings]
    apart = named_apart(table.questions_in(quarter), {code for code, _ in names}, sheet.headings)
    told = frozenset(filter(None, apart.values()))
    remarks = [*_converted(sheet, names)]
    columns = zip(sheet.headings, sheet.columns, names, strict=True)
    for position, (heading, whole, (code, _)) in enumerate(columns, 1):
        cells = with_blanks(whole) if exported else whole
        code = code or _review(table, heading)
        chosen = chosen_in(table, heading) if code is None else None
        if chosen:
            parts.setdefault(chosen[0], {})[chosen[1]] = cells
        elif code is None:
            # Others are told with the question that is missing, or that they are an answer of.
            if heading not in told and not _is_option(folded(heading), headings):
                remarks += _unknown(table, sheet, position, heading, cells, exported)
        elif code in found and not exported:
            raise CampaignError("file.column_twice", file=sheet.file, column=code)
        else:
            found.setdefault(code, []).append(cells)
    cells_of = {code: versions(own) if own[1:] else own[0] for code, own in found.items()}
    for code, answers in parts.items():
        cells_of.setdefault(code, together([*answers.values()], partial(listed, answers)))
    for code, heading in apart.items():
        if code not in cells_of:
            why = sentence("file.separator", heading=heading) if heading else _MISSING
            remarks.append(_of_column(sheet, code, "", why, "column missing"))
    return Matched(cells_of, (*remarks, *_waiting(sheet, cells_of)))


def _converted(sheet: Sheet, names: Sequence[tuple[str | None, str]]) -> Iterator[Remark]:
    """Tell which columns are named in legacy letters and have none below."""
    converted = {one.column for one in sheet.remarks if one.action == CONVERTED}
    for heading, (code, encoding) in zip(sheet.headings, names, strict=True):
        if encoding and code not in converted:
            problem = sentence("letters.heading", encoding=encoding)
            yield _of_column(sheet, code or "", heading, problem, CONVERTED)


def _review(table: Table, heading: str) -> str | None:
    """Give the column of an export in which reviewers judge a form, if a heading names one."""
    names = set(_names(table, heading)) if table.name == "survey" else ()
    return next((name for name in codebook().review_columns if folded(name) in names), None)


def _waiting(sheet: Sheet, cells_of: Mapping[str, Cells]) -> Iterator[Remark]:
    """Tell how many forms were not approved, where anybody has judged any."""
    book = codebook()
    for code in cells_of.keys() & {*book.review_columns}:
        cells = cells_of[code]
        judged = [folded(shown(cell)) in book.approved | book.rejected for cell in cells.distinct]
        waiting = int((~np.array(judged, dtype=bool)[cells.codes]).sum())
        if waiting and cells.filled.any():
            problem = sentence("file.not_approved", count=waiting)
            yield _of_column(sheet, code, "", problem, READ_ALL_THE_SAME)


def named_apart(
    questions: Sequence[Column], named: Collection[str | None], headings: Sequence[str]
) -> dict[str, str]:
    """Find questions that no heading names inside groups written with another separator.

    Returns:
        The heading of each by its code, "" where there is none.
    """
    found = {}
    for one in (one for one in questions if one.code not in named):
        ends = tuple(f"{mark}{folded(name)}" for name in one.headings for mark in "._")
        found[one.code] = next((text for text in headings if folded(text).endswith(ends)), "")
    return found


def _unknown(
    table: Table, sheet: Sheet, position: int, heading: str, cells: Cells, exported: bool
) -> Iterator[Remark]:
    """List a column that the codebook does not know, unless the form or its program added it.

    An export has an empty column for each note of its form, and several for one place or picture.
    """
    filled = any(not is_empty(cells.distinct[code]) for code in np.unique(cells.codes))
    if exported and _is_piece(table, sheet.headings[: position - 1], heading):
        return
    if (filled or (heading and not exported)) and not is_added(table, heading):
        yield _of_column(
            sheet, heading or f"column {position}", heading, _UNKNOWN, "column ignored"
        )


#: The columns that a place or a picture has in an export beside its own.
_PIECE = re.compile(
    r"(?P<group>(?:.*[/-])?)_?(?P<name>.+?)"
    r"(?:[_:-](?:latitude|longitude|altitude|precision|accuracy)|_url)"
)


def _is_piece(table: Table, before: Sequence[str], heading: str) -> bool:
    """Say whether a column belongs to one before it that the codebook does not know either."""
    found = _PIECE.fullmatch(folded(heading))
    if found is None:
        return False
    whole = found["group"] + found["name"]
    others = (_PIECE.fullmatch(folded(one)) for one in before)
    pieces = {one["group"] + one["name"] for one in others if one}
    return whole in pieces or any(
        folded(one) == whole and column_named(table, one) is None for one in before
    )


def _of_column(sheet: Sheet, column: str, value: str, problem: str, action: str) -> Remark:
    return Remark(problem, action, sheet.name, sheet.heading_row, column, value)
