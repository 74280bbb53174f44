"""What `raw/corrections.csv` changes in the cells of other files before they are interpreted.

Raw files are never edited: a correction says which cell of which file held what, and what it
should have held. It is applied only where the cell still holds that. (`campaign_lib.corrections`
is something else: figures corrected by what inspectors found.)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from campaign_lib.codebook import Table, folded
from campaign_lib.intake.cells import Cells, Mask, Sheet, shown
from campaign_lib.intake.drafts import REFUSED, Draft
from campaign_lib.intake.headings import column_named
from campaign_lib.intake.keys import judge_duplicates
from campaign_lib.limits import refuse_corrections
from campaign_lib.problems import CORRECTED

#: The table's name; no correction may change it.
CORRECTIONS = "corrections"
#: Between the values of a key of several columns.
BETWEEN = ";"


@dataclass(frozen=True)
class Amendment:
    """One correction: `row` is its position among the rows of its file."""

    row: int
    file: str
    key: str
    column: str
    old: str
    new: str
    reason: str


@dataclass(frozen=True)
class Applied:
    """A correction that was applied: to which column of which row, and how it is told."""

    file: str
    sheet: str
    row: int
    column: str
    problem: str


class Amendments:
    """All corrections of a campaign: applied file by file, those that are left refused at last."""

    def __init__(self, draft: Draft | None) -> None:
        """Take the table as it was read; None where a campaign has none."""
        self.draft = draft
        self._waiting: dict[str, list[Amendment]] = {}
        self._applied: list[Applied] = []
        if draft is None:
            return
        refuse_corrections(len(draft.frame), draft.sheets[0].file)
        judge_duplicates(draft)
        said = pd.DataFrame({column.code: draft.raw(column.code) for column in draft.table.columns})
        said["place"] = draft.frame["source_file"] + " " + draft.frame["source_row"].astype("str")
        for row, one in enumerate(said.to_dict("records")):
            if draft.undecided[row]:
                reason = f"{one['place']}: {one['who']}, {one['when']}: {one['why']}"
                aim, change = (one["file"], one["key"], one["column"]), (one["old"], one["new"])
                self._waiting.setdefault(folded(one["file"]), []).append(
                    Amendment(row, *aim, *change, reason)
                )

    def amended(self, table: Table, sheets: Sequence[Sheet]) -> list[Sheet]:
        """Give a table's sheets with what was corrected in them."""
        found = list(sheets)
        for file in dict.fromkeys(sheet.file for sheet in sheets):
            own = _Places(
                {at: sheet for at, sheet in enumerate(sheets) if sheet.file == file}, table
            )
            aims: dict[_Cell, list[Amendment]] = {}
            # All cells are found by what the file says, before any of it is changed.
            for one in self._waiting.pop(folded(file), []):
                try:
                    aims.setdefault(_aim(own, one), []).append(one)
                except _UnfitError as why:
                    self._refuse(one, why.column, why.problem)
            for aim, several in aims.items():
                self._apply(found, aim, several)
        return found

    def _apply(self, sheets: list[Sheet], aim: "_Cell", several: Sequence[Amendment]) -> None:
        """Change one cell, unless corrections of it differ."""
        if len({one.new for one in several}) > 1:
            for one in several:
                self._refuse(one, "new", "another correction gives this cell another value")
            return
        sheet = sheets[aim.sheet]
        sheets[aim.sheet] = _changed(sheet, aim.row, aim.position, several[0].new)
        told = f"corrected, it said “{several[0].old}” ({several[0].reason})"
        row = int(sheet.rows[aim.row])
        self._applied.append(Applied(sheet.file, sheet.name, row, aim.column, told))

    def _refuse(self, one: Amendment, column: str, problem: str) -> None:
        mask = np.zeros(len(self.draft.frame) if self.draft else 0, dtype=bool)
        mask[one.row] = True
        if self.draft:
            self.draft.note(mask, column, problem, REFUSED)

    def tell(self, draft: Draft) -> None:
        """List in a table what was corrected in it."""
        places = draft.frame[["source_file", "source_sheet", "source_row"]]
        files = set(places["source_file"])
        for one in (one for one in self._applied if one.file in files):
            here = places["source_file"] == one.file
            here &= (places["source_sheet"] == one.sheet) & (places["source_row"] == one.row)
            draft.note(here.to_numpy(bool), one.column, one.problem, CORRECTED)

    def refuse_others(self) -> None:
        """Refuse what is for a file that was not read."""
        for one in (one for waiting in self._waiting.values() for one in waiting):
            self._refuse(
                one, "file", "no file of this name was read; write the name as problems.csv does"
            )
        self._waiting.clear()


class _UnfitError(Exception):
    """Why a correction cannot be applied, and which of its own cells is to blame."""

    def __init__(self, column: str, problem: str) -> None:
        super().__init__(problem)
        self.column, self.problem = column, problem


class _Cell(NamedTuple):
    """A cell: the sheet's place among a table's, row and column on it, the column's code."""

    sheet: int
    row: int
    position: int
    column: str


class _Places:
    """Where on the sheets of a file something stands; each column is looked through once."""

    def __init__(self, sheets: Mapping[int, Sheet], table: Table) -> None:
        self.sheets, self.table = sheets, table
        self.columns = {at: _positions(table, sheet) for at, sheet in sheets.items()}
        self._codes: dict[tuple[int, int], dict[str, list[int]]] = {}

    def rows_of(self, at: int, key: str) -> Sequence[int]:
        """Find the rows with a key: the values of the key's columns, or of the first of them."""
        wanted = [folded(part) for part in key.split(BETWEEN)]
        if len(wanted) > len(self.table.key):
            return []
        found: Mask = np.ones(len(self.sheets[at].rows), dtype=bool)
        for code, part in zip(self.table.key, wanted, strict=False):
            here: Mask = np.zeros(len(found), dtype=bool)
            for position in self.columns[at][code]:
                here |= self._saying(at, position, part)
            found &= here
        rows: list[int] = np.flatnonzero(found).tolist()
        return rows

    def _saying(self, at: int, position: int, text: str) -> Mask:
        """Say of each row whether a column says this there."""
        cells = self.sheets[at].columns[position]
        codes = self._codes.get((at, position))
        if codes is None:
            codes = self._codes[at, position] = {}
            for code, cell in enumerate(cells.distinct):
                codes.setdefault(folded(shown(cell)), []).append(code)
        return np.isin(cells.codes, codes.get(text, []))


def _aim(places: _Places, one: Amendment) -> _Cell:
    """Find the one cell that a correction means.

    Raises:
        _UnfitError: there is none, there are several, or it says something else by now.
    """
    code, sheets = column_named(places.table, one.column), places.sheets
    if code is None or not any(columns[code] for columns in places.columns.values()):
        raise _UnfitError("column", "the file has no such column to correct")
    cells = [
        _Cell(at, row, position, code)
        for at in sheets
        for row in places.rows_of(at, one.key)
        for position in places.columns[at][code]
    ]
    if not cells:
        raise _UnfitError("key", "the file has no row with this key")
    said = [sheets[cell.sheet].columns[cell.position].text(cell.row) for cell in cells]
    right = [cell for cell, text in zip(cells, said, strict=True) if _same(text, one.old)]
    if not right:
        raise _UnfitError("old", f"the file says “{said[0]}” now; look again and correct this row")
    if len(right) > 1:
        raise _UnfitError("key", "several rows of the file have this key and say this")
    return right[0]


def _positions(table: Table, sheet: Sheet) -> dict[str, list[int]]:
    """Say where each column of a table stands on a sheet."""
    found: dict[str, list[int]] = {column.code: [] for column in table.columns}
    for position, heading in enumerate(sheet.headings):
        code = column_named(table, heading)
        if code is not None:
            found[code].append(position)
    return found


def _same(one: str, other: str) -> bool:
    return folded(one) == folded(other)


def _changed(sheet: Sheet, row: int, position: int, new: str) -> Sheet:
    """Give a sheet with another text in one cell."""
    cells = sheet.columns[position]
    codes = cells.codes.copy()
    codes[row] = len(cells.distinct)
    # What no cell says any more is forgotten: it would speak for how the column writes numbers.
    used, codes = np.unique(codes, return_inverse=True)
    distinct = [*cells.distinct, new]
    columns = list(sheet.columns)
    columns[position] = Cells([distinct[code] for code in used], codes.astype(np.int64))
    return replace(sheet, columns=tuple(columns))
