"""What `raw/corrections.csv` changes in the cells of other files before they are interpreted.

Raw files are never edited: a correction says which cell of which file held what, and what it
should have held. It is applied only where the cell still holds that. (`analysis.inspected_figures`
is something else: figures corrected by what inspectors found.)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pandas as pd

from campaign_lib.base.limits import refuse_corrections
from campaign_lib.codebook import Table, folded
from campaign_lib.codebook.problems import CORRECTED, sentence
from campaign_lib.intake.cells import Cells, Sheet, Whole, shown
from campaign_lib.intake.drafts import REFUSED, Draft
from campaign_lib.intake.headings import column_named
from campaign_lib.intake.keys import BETWEEN, judge_duplicates

# Where in a table's file a cell stands that somebody names by its row's key and what it says.
#
# Each column is looked through once, however many cells are asked for, and whatever is asked begins
# with what few rows say: a key that a million rows have costs no more than one that one row has.

_NONE: Whole = np.zeros(0, dtype=np.int64)


class UnfitError(Exception):
    """Why a correction cannot be applied, and which of its own cells is to blame."""

    def __init__(self, column: str, problem: str) -> None:
        super().__init__(problem)
        self.column, self.problem = column, problem


class Target(NamedTuple):
    """A cell as it is asked for: all as they are compared, but for the column, which is its code.

    `column` is None where the file cannot have such a column.
    """

    key: tuple[str, ...]
    column: str | None
    old: str


class Place(NamedTuple):
    """A cell: the sheet's place among a file's, row and column on it, the column's code."""

    sheet: int
    row: int
    position: int
    column: str


@dataclass(frozen=True)
class _Said:
    """Where a column says what: cells in the order of their texts, then of their rows.

    `rows` are counted through all sheets of the file; `texts` give for each text its slice.
    """

    rows: Whole
    positions: Whole
    texts: dict[str, slice]

    @cached_property
    def in_rows(self) -> Whole:
        """The rows whose sheet has the column."""
        return np.unique(self.rows)

    def of(self, text: str) -> slice:
        return self.texts.get(text, slice(0, 0))


class Places:
    """The cells of a file's sheets, by what they say."""

    def __init__(self, sheets: Sequence[Sheet], table: Table) -> None:
        self.sheets, self.table = sheets, table
        self._columns = [_positions(table, sheet) for sheet in sheets]
        self._ends = np.cumsum([len(sheet.rows) for sheet in sheets])
        self._in, self._rows_of = cache(self._looked_through), cache(self._searched)

    def target(self, key: str, column: str, old: str) -> Target:
        """Give what is asked for in the way in which texts are compared."""
        parts = tuple(map(folded, key.split(BETWEEN)))
        return Target(parts, column_named(self.table, column), folded(old))

    def find(self, target: Target) -> Place:
        """Find the one cell that is meant.

        Raises:
            UnfitError: there is none, there are several, or it says something else by now.
        """
        code = target.column
        if code is None or not any(columns[code] for columns in self._columns):
            raise UnfitError("column", sentence("amendment.no_column"))
        rows, said = self._rows_of(target.key, code), self._in(code)
        if not len(rows):
            raise UnfitError("key", sentence("amendment.no_key"))
        here = said.of(target.old)
        times, first = _among(said.rows[here], rows)
        if not times:
            place = self._place(int(rows[0]), code, None)
            now = self.sheets[place.sheet].columns[place.position].text(place.row)
            raise UnfitError("old", sentence("amendment.changed", said=now))
        if times > 1:
            raise UnfitError("key", sentence("amendment.several"))
        at = here.start + first
        return self._place(int(said.rows[at]), code, int(said.positions[at]))

    def _searched(self, key: tuple[str, ...], code: str) -> Whole:
        """Find the rows with a key (the values of the key's columns, or of the first of them).

        Only those count whose sheet has the column `code`.
        """
        if len(key) > len(self.table.key):
            return _NONE
        columns = [self._in(name) for name in self.table.key[: len(key)]]
        rows, *found = sorted(
            (np.unique(said.rows[said.of(part)]) for said, part in zip(columns, key, strict=True)),
            key=len,
        )
        for others in (*found, self._in(code).in_rows):
            rows = rows[_are_in(rows, others)]
        return rows

    def _place(self, row: int, code: str, position: int | None) -> Place:
        """Say on which sheet a row is; the column's first place there unless one is given."""
        sheet = int(np.searchsorted(self._ends, row, side="right"))
        on_sheet = row - int(self._ends[sheet]) + len(self.sheets[sheet].rows)
        return Place(
            sheet, on_sheet, self._columns[sheet][code][0] if position is None else position, code
        )

    def _looked_through(self, code: str) -> _Said:
        """Note for each text which rows say it in a column, which may stand in several places."""
        known: dict[str, int] = {}
        numbers, rows, positions = [_NONE], [_NONE], [_NONE]
        for sheet, columns, end in zip(self.sheets, self._columns, self._ends, strict=True):
            for position in columns[code]:
                cells = sheet.columns[position]
                texts = [folded(shown(cell)) for cell in cells.distinct]
                of_text = np.array([known.setdefault(text, len(known)) for text in texts], int)
                numbers.append(of_text[cells.codes])
                rows.append(np.arange(int(end) - len(cells.codes), int(end)))
                positions.append(np.full(len(cells.codes), position))
        number, row = np.concatenate(numbers), np.concatenate(rows)
        order = np.lexsort((row, number))
        starts = np.searchsorted(number[order], np.arange(len(known) + 1)).tolist()
        slices = {text: slice(starts[at], starts[at + 1]) for text, at in known.items()}
        return _Said(row[order], np.concatenate(positions)[order], slices)


def _positions(table: Table, sheet: Sheet) -> dict[str, list[int]]:
    """Say where each column of a table stands on a sheet."""
    named = [column_named(table, heading) for heading in sheet.headings]
    return {
        column.code: [at for at, code in enumerate(named) if code == column.code]
        for column in table.columns
    }


def _among(cells: Whole, rows: Whole) -> tuple[int, int]:
    """Count the cells that stand in some of the rows, and give the place of the first of them.

    Both are in order, and no row stands twice in `rows`; the shorter is looked up in the longer.
    """
    if len(cells) <= len(rows):
        found = np.flatnonzero(_are_in(cells, rows))
        return len(found), int(found[0]) if len(found) else 0
    first, last = (np.searchsorted(cells, rows, side=side) for side in ("left", "right"))
    found = first[last > first]
    return int((last - first).sum()), int(found[0]) if len(found) else 0


def _are_in(some: Whole, others: Whole) -> "np.typing.NDArray[np.bool_]":
    """Say of each number whether it is among others, which are in order."""
    if not len(others):
        return np.zeros(len(some), dtype=bool)
    at = np.minimum(np.searchsorted(others, some), len(others) - 1)
    here: np.typing.NDArray[np.bool_] = others[at] == some
    return here


#: The table's name; no correction may change it.
CORRECTIONS = "corrections"


@dataclass(frozen=True)
class Amendment:
    """One correction: `row` is its position among the rows of its file."""

    row: int
    key: str
    column: str
    old: str
    new: str
    reason: str


class Amendments:
    """All corrections of a campaign: applied file by file, those that are left refused at last."""

    def __init__(self, draft: Draft) -> None:
        """Take the table as it was read, of no file where a campaign has none."""
        self.draft = draft
        self._waiting: dict[str, list[Amendment]] = {}
        #: What was applied: row (through all sheets of the table), column, how it is told.
        self._applied: list[tuple[int, str, str]] = []
        if not draft.sheets:
            return
        for sheet in draft.sheets:
            refuse_corrections(len(draft.frame), sheet.file)
        judge_duplicates(draft)
        said = pd.DataFrame({column.code: draft.raw(column.code) for column in draft.table.columns})
        said["place"] = draft.frame["source_file"] + " " + draft.frame["source_row"].astype("str")
        for row, one in enumerate(said.to_dict("records")):
            if draft.undecided[row]:
                reason = f"{one['place']}: {one['who']}, {one['when']}: {one['why']}"
                cell = one["key"], one["column"], one["old"], one["new"]
                self._waiting.setdefault(folded(one["file"]), []).append(
                    Amendment(row, *cell, reason)
                )

    def amended(self, table: Table, sheets: Sequence[Sheet]) -> list[Sheet]:
        """Give a table's sheets with what was corrected in them.

        All cells are found by what the file says, before any of it is changed.
        """
        found: list[Sheet] = []
        for file, of_file in groupby(sheets, lambda sheet: sheet.file):
            own, waiting = [*of_file], self._waiting.pop(folded(file), [])
            rows_above = sum(len(sheet.rows) for sheet in found)
            found += self._changed(own, table, waiting, rows_above) if waiting else own
        return found

    def _changed(
        self, sheets: list[Sheet], table: Table, waiting: Iterable[Amendment], rows_above: int
    ) -> list[Sheet]:
        """Give the sheets of one file with what was corrected in them."""
        starts = rows_above + np.cumsum([0, *(len(sheet.rows) for sheet in sheets)])
        changes: dict[tuple[int, int], dict[int, str]] = {}
        for place, several in self._aims(Places(sheets, table), waiting).items():
            if len({one.new for one in several}) > 1:
                for one in several:
                    self._refuse(one, "new", sentence("amendment.clash"))
                continue
            first = several[0]
            changes.setdefault((place.sheet, place.position), {})[place.row] = first.new
            told = sentence("amendment.done", old=first.old, reason=first.reason)
            self._applied.append((int(starts[place.sheet]) + place.row, place.column, told))
        columns = [list(sheet.columns) for sheet in sheets]
        for (sheet, position), texts in changes.items():
            columns[sheet][position] = _with(columns[sheet][position], texts)
        return [
            replace(sheet, columns=tuple(own)) for sheet, own in zip(sheets, columns, strict=True)
        ]

    def _aims(self, places: Places, waiting: Iterable[Amendment]) -> dict[Place, list[Amendment]]:
        """Find the cells that corrections mean; refuses those that mean none, or several."""
        asked: dict[Target, list[Amendment]] = {}
        for one in waiting:
            asked.setdefault(places.target(one.key, one.column, one.old), []).append(one)
        aims: dict[Place, list[Amendment]] = {}
        for target, several in asked.items():
            try:
                aims.setdefault(places.find(target), []).extend(several)
            except UnfitError as why:
                for one in several:
                    self._refuse(one, why.column, why.problem)
        return aims

    def _refuse(self, one: Amendment, column: str, problem: str) -> None:
        self.draft.note_rows([one.row], column, problem, REFUSED)

    def tell(self, draft: Draft) -> None:
        """List in a table what was corrected in it when its sheets were amended."""
        for row, column, problem in self._applied:
            draft.note_rows([row], column, problem, CORRECTED)
        self._applied.clear()

    def refuse_others(self) -> None:
        """Refuse what is for a file that was not read."""
        for one in (one for waiting in self._waiting.values() for one in waiting):
            self._refuse(one, "file", sentence("amendment.no_file"))
        self._waiting.clear()


def _with(cells: Cells, texts: dict[int, str]) -> Cells:
    """Give a column with other texts in some rows."""
    codes = cells.codes.copy()
    first = len(cells.distinct)
    codes[list(texts)] = np.arange(first, first + len(texts))
    # What no cell says any more is forgotten: it would speak for how the column writes numbers.
    used, codes = np.unique(codes, return_inverse=True)
    distinct = [*cells.distinct, *texts.values()]
    return Cells([distinct[code] for code in used], codes.astype(np.int64))
