"""What `raw/corrections.csv` changes in the cells of other files before they are interpreted.

Raw files are never edited: a correction says which cell of which file held what, and what it
should have held. It is applied only where the cell still holds that. (`campaign_lib.analysis.inspected_figures`
is something else: figures corrected by what inspectors found.)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from campaign_lib.base.limits import refuse_corrections
from campaign_lib.codebook import Table, folded
from campaign_lib.codebook.problems import CORRECTED
from campaign_lib.intake.cells import Cells, Sheet
from campaign_lib.intake.drafts import REFUSED, Draft
from campaign_lib.intake.keys import judge_duplicates
from campaign_lib.intake.places import Place, Places, Target, UnfitError

#: The table's name; no correction may change it.
CORRECTIONS = "corrections"


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
    """A correction that was applied: to which column of which row of a table, and how it is told.

    `row` is counted through all sheets of the table.
    """

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
        """Give a table's sheets with what was corrected in them.

        All cells are found by what the file says, before any of it is changed.
        """
        found: list[Sheet] = []
        for own in _by_file(sheets):
            waiting = self._waiting.pop(folded(own[0].file), [])
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
                    problem = "another correction gives this cell another value"
                    self._refuse(one, "new", problem)
                continue
            (first, *_) = several
            changes.setdefault((place.sheet, place.position), {})[place.row] = first.new
            told = f"corrected, it said “{first.old}” ({first.reason})"
            row = int(starts[place.sheet]) + place.row
            self._applied.append(Applied(row, place.column, told))
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
        if self.draft:
            self.draft.note_rows([one.row], column, problem, REFUSED)

    def tell(self, draft: Draft) -> None:
        """List in a table what was corrected in it when its sheets were amended."""
        for one in self._applied:
            draft.note_rows([one.row], one.column, one.problem, CORRECTED)
        self._applied.clear()

    def refuse_others(self) -> None:
        """Refuse what is for a file that was not read."""
        for one in (one for waiting in self._waiting.values() for one in waiting):
            self._refuse(
                one, "file", "no file of this name was read; write the name as problems.csv does"
            )
        self._waiting.clear()


def _by_file(sheets: Sequence[Sheet]) -> Iterable[list[Sheet]]:
    """Give the sheets file by file; those of one file stand together."""
    found: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        found.setdefault(sheet.file, []).append(sheet)
    return found.values()


def _with(cells: Cells, texts: dict[int, str]) -> Cells:
    """Give a column with other texts in some rows."""
    codes = cells.codes.copy()
    first = len(cells.distinct)
    codes[list(texts)] = np.arange(first, first + len(texts))
    # What no cell says any more is forgotten: it would speak for how the column writes numbers.
    used, codes = np.unique(codes, return_inverse=True)
    distinct = [*cells.distinct, *texts.values()]
    return Cells([distinct[code] for code in used], codes.astype(np.int64))
