"""Rows of a sheet that are no rows of its table: titles, totals, notes, headings once more.

Below the headings only a row is passed over that could never have been kept: one that lacks a
required cell, or has headings or their numbers where its values should be. Each is listed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import pairwise

import numpy as np

from campaign_lib.codebook import Table, codebook, folded
from campaign_lib.intake.cells import Cells, Grid, Mask, Remark, shown
from campaign_lib.intake.old_letters import readings
from campaign_lib.intake.sources.layout import Headings, places, required, says_its_heading

PASSED_OVER = "row passed over"
_ABOVE = "above the table"
_MORE_HEADINGS = "another row of headings"
_TOTAL = "a total"
_BELOW = "below the table"
_NUMBER = re.compile(r"\(?(\d{1,3})\)?|\(?[a-zđ]\)?", re.IGNORECASE)
_BRACKETED = re.compile(r"\(.*\)")
_UNITS = frozenset({"%", "đ", "đồng", "nghìn đồng", "triệu đồng"})
_LETTER = re.compile(r"[^\W\d_]")
#: A cell alone in its row with as many words as this is a sentence, and no name.
_SENTENCE = 6
_LONGEST = 200


def passed_over(grid: Grid, table: Table, headings: Headings) -> Mapping[int, str]:
    """Give the rows (from 0) that are none of the table's, each with what it is."""
    first, last = headings.rows[0], headings.rows[-1]
    filled = grid.filled
    found = {int(row): _ABOVE for row in np.flatnonzero(filled[:first])}
    found |= dict.fromkeys((row for row in headings.rows if row != headings.main), _MORE_HEADINGS)
    below = filled.copy()
    below[: last + 1] = False
    found |= dict.fromkeys(_headings_again(grid, table, headings, below), _MORE_HEADINGS)
    key = places(table, headings.names)
    lacking: Mask = np.logical_or.reduce(
        [~grid.columns[key[code]].filled for code in required(table)]
    )
    complete = np.flatnonzero(below & ~lacking)
    end = int(complete[-1]) if len(complete) else last
    found |= dict.fromkeys(_matching(grid, below & lacking, _is_total), _TOTAL)
    return {**found, **_after_the_end(grid, table, headings, below & lacking, end, found)}


def remarks_on(grid: Grid, rows: Mapping[int, str]) -> Iterator[Remark]:
    """List the rows that are passed over, with what stands in them."""
    for row, problem in sorted(rows.items()):
        value = " | ".join(filter(None, grid.texts(row)))[:_LONGEST]
        yield Remark(problem, PASSED_OVER, grid.name, row + 1, value=value)


def _headings_again(grid: Grid, table: Table, headings: Headings, below: Mask) -> Iterator[int]:
    """Give rows of codes, units or numbers right below the headings, and headings repeated."""
    for row in np.flatnonzero(below):
        texts = grid.texts(int(row))
        if not _names_columns(texts, table, headings):
            break
        yield int(row)
    again = below.copy()
    where = places(table, headings.names)
    for at in sorted(
        (where[code] for code in required(table)), key=lambda at: len(grid.columns[at].distinct)
    ):
        if again.any():
            name = headings.names[at]
            again &= _where(grid.columns[at], partial(says_its_heading, table, heading=name))
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
    notes = set(_matching(grid, after, _is_note))
    free = {
        place
        for code, place in places(table, headings.names).items()
        if table.column(code).type == "text"
    }
    closed = False
    below = {}
    for row in map(int, np.flatnonzero(after)):
        closed = closed or row in found or row in notes or _is_sentence(grid.texts(row), free)
        if closed and row not in found:
            below[row] = _BELOW
    return below


def _is_sentence(texts: list[str], free: set[int]) -> bool:
    there = [at for at, text in enumerate(texts) if text]
    return len(there) == 1 and there[0] not in free and len(texts[there[0]].split()) >= _SENTENCE


def _matching(grid: Grid, rows: Mask, says: Callable[[str], bool]) -> list[int]:
    """Give the rows whose first words say something; each distinct cell is looked at once."""
    if not rows.any():
        return []
    anywhere: Mask = np.logical_or.reduce([_where(column, says) for column in grid.columns])
    return [row for row in map(int, np.flatnonzero(rows & anywhere)) if says(_words(grid, row))]


def _words(grid: Grid, row: int) -> str:
    return next((text for text in grid.texts(row) if _LETTER.search(text)), "")


def _where(cells: Cells, says: Callable[[str], bool]) -> Mask:
    return np.array([says(shown(cell)) for cell in cells.distinct], dtype=bool)[cells.codes]


def _is_total(text: str) -> bool:
    return any(folded(one).startswith(codebook().totals) for one in readings(text).values())


def _is_note(text: str) -> bool:
    return any(folded(one).startswith(codebook().notes) for one in readings(text).values())
