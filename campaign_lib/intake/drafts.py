"""A table on its way from cells to checked rows: what was read, what was refused, and why."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from campaign_lib.codebook import Column, Table, codebook, folded
from campaign_lib.errors import CampaignError
from campaign_lib.intake.sources import Cells, Sheet
from campaign_lib.intake.values import (
    Known,
    UnreadableError,
    is_empty,
    is_unknown,
    reader_of,
    shown,
)
from campaign_lib.problems import file_problem, in_order, problem_lines

Mask = npt.NDArray[np.bool_]

REFUSED = "row refused"
UNKNOWN = "set to unknown"
SUPERSEDED = "superseded"
#: Columns that name something that must exist: a strange name is no unknown answer.
REFERENCES = frozenset({"village", "household", "task", "question"})
_WHOLE = frozenset({"whole", "year"})


class Draft:
    """The rows of one file, typed, with what has been decided about them so far.

    `frame` has every column of the table and the place each row came from; `refused` and
    `superseded` say of each row whether it will be kept.
    """

    def __init__(self, table: Table, sheet: Sheet, known: Mapping[str, Known]) -> None:
        """Read every cell of a sheet.

        Args:
            table: what the codebook says of the file.
            sheet: its cells.
            known: for each type of `REFERENCES` that the table uses, what its cells may name.

        Raises:
            CampaignError: a required column is missing, or one column stands twice.
        """
        self.table, self.sheet = table, sheet
        self.refused = np.zeros(len(sheet.rows), dtype=bool)
        self.superseded = np.zeros(len(sheet.rows), dtype=bool)
        self._problems: list[pd.DataFrame] = []
        self._notes: list[tuple[Mask, str, str, str]] = []
        self._cells = self._match_headings()
        self.present = frozenset(self._cells)
        self.frame = pd.DataFrame(
            {
                "source_file": pd.array([sheet.file] * len(sheet.rows), dtype="str"),
                "source_sheet": pd.array([sheet.name] * len(sheet.rows), dtype="str"),
                "source_row": pd.array(sheet.rows, dtype="Int64"),
            }
        )
        read = {column.code: self._read(column, known.get(column.type)) for column in table.columns}
        if "ethnicity" in read:
            read["ethnicity_text"] = read["ethnicity"]
            read["ethnicity"] = listed_groups(read["ethnicity"])
        self.frame = pd.concat([pd.DataFrame(read), self.frame], axis=1)

    def _match_headings(self) -> dict[str, Cells]:
        """Say which column of the sheet is which of the codebook."""
        codes = {
            folded(text): column.code for column in self.table.columns for text in column.headings
        }
        found: dict[str, Cells] = {}
        for position, (heading, cells) in enumerate(
            zip(self.sheet.headings, self.sheet.columns, strict=True), 1
        ):
            code = next((codes[name] for name in self._names(heading) if name in codes), None)
            if code is None:
                self._ignore(position, heading, cells)
            elif code in found:
                raise CampaignError(
                    f"{self.sheet.file}: the column {code} stands twice; keep the right one."
                )
            else:
                found[code] = cells
        for column in self.table.columns:
            if column.required and column.code not in found:
                raise CampaignError(
                    f"{self.sheet.file}: the column {column.code} ({column.vi}) is missing; "
                    "it is required, so add it."
                )
            if column.is_question and column.code not in found:
                self.note_file(column.code, "", "the file has no such column", "column missing")
        return found

    def _names(self, heading: str) -> list[str]:
        """Give what a heading may stand for: itself, or a question inside a group of a form."""
        whole = folded(heading)
        if self.table.name != "survey":
            return [whole]
        last = whole.rsplit("/", 1)[-1]
        pieces = last.split("-")
        return [whole, last, *("-".join(pieces[start:]) for start in range(1, len(pieces)))]

    def _ignore(self, position: int, heading: str, cells: Cells) -> None:
        """List a column that the codebook does not know, unless the survey's program added it."""
        book = codebook()
        added = self.table.name == "survey" and any(
            name in book.export_names or name.startswith(book.export_starts)
            for name in self._names(heading)
        )
        filled = any(not is_empty(cells.distinct[code]) for code in np.unique(cells.codes))
        if added or not (heading or filled):
            return
        name = heading or f"column {position}"
        self.note_file(name, heading, "the codebook does not know this column", "column ignored")

    def _read(self, column: Column, known: Known | None) -> pd.Series:
        """Read one column, and judge the cells that cannot be read."""
        cells = self._cells.get(column.code)
        if cells is None:
            return _typed(column, [], np.full(len(self.sheet.rows), -1))
        values: list[Any] = []
        unreadable: dict[int, str] = {}
        missing: list[int] = []
        read = reader_of(column, cells.distinct, known)
        for code, cell in enumerate(cells.distinct):
            value: object = None
            # An empty list names nothing, which is an answer; any other empty cell is none.
            if column.type == "choices" and is_empty(cell):
                value = ""
            elif is_unknown(cell):
                missing.append(code)
            else:
                try:
                    value = read(cell)
                except UnreadableError as reason:
                    unreadable[code] = str(reason)
            values.append(value)
        self._judge(column, cells, unreadable, missing)
        return _typed(column, values, cells.codes)

    def _judge(
        self, column: Column, cells: Cells, unreadable: dict[int, str], missing: list[int]
    ) -> None:
        refusing = column.type in REFERENCES or (
            column.required and not column.unreadable_is_unknown
        )
        for code, reason in unreadable.items():
            self.note(cells.codes == code, column.code, reason, REFUSED if refusing else UNKNOWN)
        if not column.required:
            return
        for code in missing:
            empty = is_empty(cells.distinct[code])
            action = UNKNOWN if column.unreadable_is_unknown and not empty else REFUSED
            reason = "required, and empty" if empty else "required, and said to be unknown"
            self.note(cells.codes == code, column.code, reason, action)

    def raw(self, column: str) -> pd.Series:
        """Give a column's cells as a spreadsheet shows them; "" where the file lacks the column."""
        cells = self._cells.get(column)
        if cells is None:
            return pd.Series("", index=self.frame.index, dtype="str")
        texts = pd.array([shown(cell) for cell in cells.distinct], dtype="str")
        return pd.Series(texts.take(cells.codes), index=self.frame.index)

    def cells(self, column: str) -> Cells:
        """Give a required column's cells as they were read from the file."""
        return self._cells[column]

    def note(self, rows: Mask, column: str, problem: str, action: str) -> None:
        """List a problem of some rows, and do to them what `action` says of whole rows."""
        if not rows.any():
            return
        self.refused |= rows if action == REFUSED else False
        self.superseded |= rows if action == SUPERSEDED else False
        self._notes.append((rows, column, problem, action))

    def note_file(self, column: str, value: str, problem: str, action: str) -> None:
        """List a problem of a column as a whole, at the row of the headings."""
        sheet = self.sheet
        line = file_problem(
            sheet.file, problem, action,
            sheet=sheet.name, row=sheet.heading_row, column=column, value=value,
        )  # fmt: skip
        self._problems.append(line)

    @property
    def undecided(self) -> Mask:
        """The rows that are neither refused nor superseded so far."""
        return ~(self.refused | self.superseded)

    def kept(self) -> pd.DataFrame:
        """Give the rows that are left."""
        return self.frame[self.undecided].reset_index(drop=True)

    def problems(self) -> pd.DataFrame:
        """Give what was wrong, in the columns of problems.csv."""
        lines = [
            problem_lines(self.frame[rows], column, self.raw(column)[rows], problem, action)
            for rows, column, problem, action in self._notes
        ]
        return in_order(*self._problems, *lines)

    def tally(self) -> dict[str, object]:
        """Give the file's line of files.csv."""
        superseded = self.superseded & ~self.refused
        return {
            "file": self.sheet.file,
            "sha256": self.sheet.sha256,
            "rows_read": len(self.refused),
            "rows_kept": int(self.undecided.sum()),
            "rows_refused": int(self.refused.sum()),
            "rows_superseded": int(superseded.sum()),
        }


def _typed(column: Column, values: list[Any], codes: npt.NDArray[np.int64]) -> pd.Series:
    """Lay distinct values out by row, with the column's data type; -1 and None are missing."""
    return pd.Series(typed_values(column, values).take(codes, allow_fill=True))


def typed_values(column: Column, values: list[Any]) -> Any:
    """Give values as an array of the data type that a checked column of this kind has."""
    if column.type in {"choice", "yes_no"}:
        return pd.Categorical(values, categories=[answer.code for answer in column.answers])
    if column.type in _WHOLE:
        return pd.array(values, dtype="Int64")
    if column.type == "number":
        return pd.Series(values, dtype="float64").array
    if column.type == "date":
        return pd.Series(values, dtype="datetime64[s]").array
    return pd.array(values, dtype="str")


def listed_groups(names: pd.Series) -> pd.Series:
    """Give the ethnic group that each name stands for; missing where it is not on the list."""
    groups = codebook().ethnic_groups
    slugs = {folded(text): group.code for group in groups for text in (group.name, *group.also)}
    codes, distinct = pd.factorize(names)
    values = pd.Categorical(
        [slugs.get(folded(name)) for name in distinct], categories=[group.code for group in groups]
    )
    return pd.Series(values.take(codes, allow_fill=True), index=names.index)


def empty_table(table: Table) -> pd.DataFrame:
    """Give a checked table without a row, with all its columns."""
    nobody = np.zeros(0, dtype=np.int64)
    frame = pd.DataFrame({column.code: _typed(column, [], nobody) for column in table.columns})
    if "ethnicity" in frame:
        frame["ethnicity_text"] = frame["ethnicity"]
        frame["ethnicity"] = listed_groups(frame["ethnicity"])
    types = {"source_file": "str", "source_sheet": "str", "source_row": "Int64"}
    return frame.assign(**{name: pd.Series(dtype=kind) for name, kind in types.items()})
