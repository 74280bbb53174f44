"""Finds the headings of a table on a sheet, below a title, in one row or in several.

A sheet whose first row with anything in it has every required heading is read as it always was.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import dropwhile, groupby, pairwise, takewhile

import numpy as np

from campaign_lib.codebook import Table, codebook, folded
from campaign_lib.codebook.problems import sentence
from campaign_lib.intake.cells import READ_ALL_THE_SAME, Cells, Grid, Mask, Remark, Sheet, shown
from campaign_lib.intake.headings import column_named, named_apart
from campaign_lib.intake.old_letters import readings
from campaign_lib.words import LANGUAGES, Words

#: How many rows with anything in them may stand above the headings, and how many have these.
_SEARCHED, _TALLEST = 60, 3


@dataclass(frozen=True)
class Headings:
    """The rows (from 0) that hold the headings, and the heading of each column."""

    rows: tuple[int, ...]
    main: int
    names: tuple[str, ...]


def find_headings(grid: Grid, table: Table) -> Headings | None:
    """Find the headings of a table; None where no row, or few rows together, has the required."""
    for found in _candidates(grid, table):
        if required(table) <= places(table, found.names).keys():
            rows = [int(row) for row in np.flatnonzero(grid.filled)[:_SEARCHED]]
            return _with_neighbours(grid, table, found, rows)
    return None


def most_like_headings(grid: Grid, table: Table) -> Headings:
    """Give the row, or the few rows together, that name most columns of a table.

    Columns inside groups written with another separator count: an answer of a row below may be
    called like one column, too.
    """

    def named(one: Headings) -> int:
        there = places(table, one.names)
        return len(there) + sum(map(bool, named_apart(table.columns, there, one.names).values()))

    return max(_candidates(grid, table), key=named)


def _candidates(grid: Grid, table: Table) -> Iterator[Headings]:
    """Give what may be the headings: each row near the top, then few rows together."""
    rows = [int(row) for row in np.flatnonzero(grid.filled)[:_SEARCHED]]
    for tall in range(1, _TALLEST + 1):
        for first in range(len(rows) - tall + 1):
            yield _joined(grid, table, rows[first : first + tall])


def first_row(grid: Grid) -> Headings:
    """Take the first row with anything in it for the headings."""
    top = int(np.argmax(grid.filled))
    return Headings((top,), top, tuple(grid.texts(top)))


def places(table: Table, names: tuple[str, ...]) -> dict[str, int]:
    """Say in which column each column of the table first stands."""
    from_the_right = reversed([*enumerate(names)])
    return {code: at for at, name in from_the_right if (code := column_named(table, name))}


def required(table: Table) -> frozenset[str]:
    """Name the columns that every row must fill."""
    return frozenset(column.code for column in table.columns if column.required)


def says_its_heading(table: Table, text: str, heading: str) -> bool:
    """Say whether a text names the column that it stands in."""
    code = column_named(table, heading)
    return folded(text) == folded(heading) or bool(code and column_named(table, text) == code)


def _joined(grid: Grid, table: Table, rows: list[int]) -> Headings:
    """Take for each column the lowest text that the codebook knows, else the lowest text."""
    names = []
    for texts in zip(*(grid.texts(row) for row in reversed(rows)), strict=True):
        known = (text for text in texts if text and column_named(table, text))
        names.append(next(known, next(filter(None, texts), "")))
    return Headings(tuple(rows), rows[-1], tuple(names))


def _with_neighbours(grid: Grid, table: Table, found: Headings, rows: list[int]) -> Headings:
    """Add the row above or below that has headings where these have none.

    So it is where the heading of the key spans two rows, and those of the questions do not. A row
    below with anything but headings where the key stands is a row of the table.
    """
    there = places(table, found.names)
    above, below = (
        [row for row in rows if row < found.rows[0]][-1:],
        [row for row in rows if row > found.rows[-1]][:1],
    )
    if above:
        texts = grid.texts(above[0])
        free = [text if not name else "" for text, name in zip(texts, found.names, strict=True)]
        if places(table, tuple(free)).keys() - there.keys():
            return _joined(grid, table, [*above, *found.rows])
    if below:
        texts = grid.texts(below[0])
        key = [(texts[there[code]], found.names[there[code]]) for code in required(table)]
        if not any(text and not says_its_heading(table, text, name) for text, name in key) and (
            places(table, tuple(texts)).keys() - there.keys()
        ):
            return _joined(grid, table, [*found.rows, *below])
    return found


# What a workbook hides or merges: read like everything else, and listed.

_MERGED = sentence("sheet.merged")
_HIDDEN_ROWS = sentence("sheet.hidden_rows")
_HIDDEN_COLUMN = sentence("sheet.hidden_column")


def spread(grid: Grid, headings: Headings) -> tuple[Grid, list[Remark]]:
    """Give every row below the headings what a cell merged over several rows says of it.

    Cells merged side by side say nothing of the columns to the right, and blank rows stay blank.
    """
    columns = list(grid.columns)
    remarks = []
    for top, left, bottom, _ in grid.marks.merged:
        if not (headings.rows[-1] < top < bottom and left < len(columns)):
            continue
        cells = columns[left]
        rows = np.arange(top + 1, min(bottom + 1, len(cells.codes)))
        rows = rows[grid.filled[rows] & ~cells.filled[rows]]
        if len(rows) and cells.filled[top]:
            codes = cells.codes.copy()
            codes[rows] = codes[top]
            columns[left] = Cells(cells.distinct, codes)
            where = grid.name, top + 1, headings.names[left]
            remarks.append(Remark(_MERGED, READ_ALL_THE_SAME, *where, cells.text(top)))
    return replace(grid, columns=tuple(columns)), remarks


def hidden(grid: Grid, sheet: Sheet) -> Iterator[Remark]:
    """List the hidden rows and columns among those that are read."""
    if rows := sorted({row + 1 for row in grid.marks.hidden_rows} & set(sheet.rows.tolist())):
        yield Remark(_HIDDEN_ROWS, READ_ALL_THE_SAME, grid.name, rows[0], value=ranges(rows))
    for place in grid.marks.hidden_columns:
        if place < len(sheet.headings) and (name := sheet.headings[place]):
            yield Remark(_HIDDEN_COLUMN, READ_ALL_THE_SAME, grid.name, sheet.heading_row, name)


def ranges(numbers: Iterable[int]) -> str:
    """Write numbers that follow one another as ranges: 5-9, 12."""
    # What follows one another is always as far from its place.
    runs = groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])
    spans = ([number for _, number in run] for _, run in runs)
    return ", ".join("-".join(map(str, dict.fromkeys((one[0], one[-1])))) for one in spans)


# Rows of a sheet that are no rows of its table: titles, totals, notes, headings once more.
#
# Below the headings only a row is passed over that could never have been kept: one that lacks a
# required cell, or has headings or their numbers where its values should be. Each is listed.

PASSED_OVER = "row passed over"
_ABOVE = sentence("sheet.above")
_MORE_HEADINGS = sentence("sheet.headings")
_TOTAL = sentence("sheet.total")
_SUBHEADING = sentence("sheet.subheading")
_BELOW = sentence("sheet.below")
_NUMBER = re.compile(r"\(?(\d{1,3})\)?|\(?[a-zđ]\)?", re.IGNORECASE)
#: How the name of a place may be numbered: `II. Thôn 2`, or with the number in a cell of its own.
_NUMBERED = re.compile(r"^(?:[ivx]+|[a-z]|\d{1,3})[.)/] *", re.IGNORECASE)
_ROMAN = re.compile(r"(?:[ivx]+|[a-z])[.)]?", re.IGNORECASE)
_BRACKETED = re.compile(r"\(.*\)")
_UNITS = frozenset({"%", "đ", "đồng", "nghìn đồng", "triệu đồng"})
_LETTER, _DIGIT = re.compile(r"[^\W\d_]"), re.compile(r"\d")
#: A cell alone in its row with as many words as this is a sentence, and no name.
_SENTENCE = 6
_LONGEST = 200


def passed_over(grid: Grid, table: Table, headings: Headings) -> Mapping[int, str]:
    """Give the rows (from 0) that are none of the table's, each with what it is."""
    first, last = headings.rows[0], headings.rows[-1]
    found = {int(row): _ABOVE for row in np.flatnonzero(grid.filled[:first])}
    found |= dict.fromkeys((row for row in headings.rows if row != headings.main), _MORE_HEADINGS)
    below = grid.filled.copy()
    below[: last + 1] = False
    found |= dict.fromkeys(_headings_again(grid, table, headings, below), _MORE_HEADINGS)
    key = places(table, headings.names)
    lacking: Mask = np.logical_or.reduce(
        [~grid.columns[key[code]].filled for code in required(table)]
    )
    complete = np.flatnonzero(below & ~lacking)
    end = int(complete[-1]) if len(complete) else last
    totals = _beginning(grid, below & lacking, codebook().totals)
    found |= dict.fromkeys(totals, _TOTAL)
    found |= dict.fromkeys(_subheadings(grid, below & lacking), _SUBHEADING)
    return {**found, **_after_the_end(grid, table, headings, below & lacking, end, found)}


def remarks_on(
    grid: Grid, table: Table, headings: Headings, rows: Mapping[int, str]
) -> Iterator[Remark]:
    """List the rows that are passed over, with what stands in them.

    Below the headings numbers in columns that the codebook does not know are left out: they may be
    those of identity cards and telephones.
    """
    known = [column_named(table, name) is not None for name in headings.names]
    for row, problem in sorted(rows.items()):
        texts = [
            text
            for text, is_known in zip(grid.texts(row), known, strict=True)
            if text and (is_known or row < headings.rows[0] or not _DIGIT.search(text))
        ]
        value = " | ".join(texts)[:_LONGEST]
        yield Remark(problem, PASSED_OVER, grid.name, row + 1, value=value)


def without_strange_values(table: Table, remarks: Iterable[Remark]) -> Iterator[Remark]:
    """Leave out of remarks what stands in a column that the codebook does not know."""
    for one in remarks:
        strange = one.column and column_named(table, one.column) is None
        yield replace(one, value="") if strange else one


def _headings_again(grid: Grid, table: Table, headings: Headings, below: Mask) -> Iterator[int]:
    """Give rows of codes, units or numbers right below the headings, and headings repeated."""
    yield from takewhile(
        lambda row: _names_columns(grid.texts(row), table, headings),
        map(int, np.flatnonzero(below)),
    )
    again = below.copy()
    where = places(table, headings.names)
    for at in sorted(
        (where[code] for code in required(table)), key=lambda at: len(grid.columns[at].distinct)
    ):
        if again.any():
            says = partial(says_its_heading, table, heading=headings.names[at])
            again &= _where(grid.columns[at], says)
    yield from map(int, np.flatnonzero(again))


def _names_columns(texts: list[str], table: Table, headings: Headings) -> bool:
    """Say whether a row right below the headings has codes, units or numbers of the columns."""
    there = {at: text for at, text in enumerate(texts) if text}
    if all(says_its_heading(table, text, headings.names[at]) for at, text in there.items()):
        return True
    where = places(table, headings.names)
    key = [(code, where[code]) for code in required(table)]
    if all(_NUMBER.fullmatch(text) for text in there.values()):
        dated = any(table.column(code).type == "date" and at in there for code, at in key)
        bracketed = all(map(_BRACKETED.fullmatch, there.values()))
        return _counts_up(there.values()) and (dated or bracketed)
    units = {folded(one.unit_vi) for one in table.columns} | _UNITS
    return any(at not in there for _, at in key) and all(
        _BRACKETED.fullmatch(text) or folded(text) in units for text in there.values()
    )


def _counts_up(texts: Iterable[str]) -> bool:
    """Say whether three numbers or more follow one another, as those below headings do."""
    numbers = [int(text.strip("()")) for text in texts if text.strip("()").isdigit()]
    return len(numbers) >= 3 and all(after == before + 1 for before, after in pairwise(numbers))


def _after_the_end(
    grid: Grid, table: Table, headings: Headings, rows: Mask, end: int, found: Mapping[int, str]
) -> Mapping[int, str]:
    """Give what stands below the last row of the table, from a total or a note on."""
    after = rows.copy()
    after[: end + 1] = False
    closing = found.keys() | _beginning(grid, after, codebook().notes)
    free = {
        place
        for code, place in places(table, headings.names).items()
        if table.column(code).type == "text"
    }
    closed = dropwhile(
        lambda row: row not in closing and not _is_sentence(grid.texts(row), free),
        map(int, np.flatnonzero(after)),
    )
    return dict.fromkeys((row for row in closed if row not in found), _BELOW)


def _subheadings(grid: Grid, rows: Mask) -> Iterator[int]:
    """Give the rows that have the name of a place alone, perhaps across several columns."""
    wide = {top for top, left, bottom, right in grid.marks.merged if top == bottom and left < right}
    few = np.sum([column.filled for column in grid.columns], axis=0) <= 2
    for row in map(int, np.flatnonzero(rows & few)):
        texts = [text for text in grid.texts(row) if text]
        name, numbers = texts[-1], texts[:-1]
        beginnings = tuple(f"{one} " for one in codebook().places)
        is_place = folded(_NUMBERED.sub("", name)).startswith(beginnings)
        if (row in wide and not numbers) or (is_place and all(map(_ROMAN.fullmatch, numbers))):
            yield row


def _is_sentence(texts: list[str], free: set[int]) -> bool:
    there = [at for at, text in enumerate(texts) if text]
    return len(there) == 1 and there[0] not in free and len(texts[there[0]].split()) >= _SENTENCE


def _beginning(grid: Grid, rows: Mask, words: tuple[str, ...]) -> list[int]:
    """Give the rows whose first text begins with one of words; each distinct cell is read once."""

    def says(text: str) -> bool:
        return any(folded(one).startswith(words) for one in readings(text).values())

    if not rows.any():
        return []
    anywhere: Mask = np.logical_or.reduce([_where(column, says) for column in grid.columns])
    maybe = map(int, np.flatnonzero(rows & anywhere))
    return [row for row in maybe if says(next(filter(_LETTER.search, grid.texts(row)), ""))]


def _where(cells: Cells, says: Callable[[str], bool]) -> Mask:
    return np.array([says(shown(cell)) for cell in cells.distinct], dtype=bool)[cells.codes]


# Sheets that our own form, or workbook of a table, has beside the one to fill in: its help, and its
# lists of answers.
#
# They are told by what stands on them, as people give files and sheets other names. Nothing need be
# said of them: nobody wrote them, and they hold no row of any table.

#: How many rows with anything in them may stand above the help's headings.
_SEARCHED_FOR_FORM = 40


def is_of_form(grid: Grid, table: Table) -> bool:
    """Say whether a sheet is the help or the lists of a form of the table."""
    return _is_help(grid) or _is_lists(grid, table)


def _is_help(grid: Grid) -> bool:
    headings = {
        Words(language)(f"form.help.{name}")
        for language in LANGUAGES
        for name in ("column", "allowed")
    }
    rows = np.flatnonzero(grid.filled)[:_SEARCHED_FOR_FORM]
    return any(headings <= set(grid.texts(int(row))) for row in rows)


def _is_lists(grid: Grid, table: Table) -> bool:
    """Say whether it says so itself, or has columns of all answers to a question, each once."""
    if grid.texts(0)[0] in {Words(language)("form.lists") for language in LANGUAGES}:
        return True
    lists = {
        frozenset(getattr(answer, language) for answer in column.answers)
        for column in table.columns
        for language in LANGUAGES
    } - {frozenset()}
    return len(grid.columns) > 1 and all(
        (texts := frozenset(map(shown, cells.distinct)) - {""}) in lists
        and int(cells.filled.sum()) == len(texts)
        for cells in grid.columns
    )
