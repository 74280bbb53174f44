"""A table on its way from cells to checked rows: what was read, what was refused, and why."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from campaign_lib.codebook import Column, Table, codebook, ethnic_group, folded
from campaign_lib.codebook.problems import (
    PLACES,
    Line,
    file_problems,
    in_order,
    no_problems,
    problem_lines,
    sentence,
)
from campaign_lib.intake.cells import (
    READ_ALL_THE_SAME,
    Cells,
    Mask,
    Sheet,
    UnreadableError,
    Whole,
    is_empty,
    rows_with_each,
    shown,
)
from campaign_lib.intake.headings import match
from campaign_lib.intake.values import Known, Reader, reader_of, says_nothing

REFUSED = "row refused"
UNKNOWN = "set to unknown"
SUPERSEDED = "superseded"
#: Columns that name something that must exist: a strange name is no unknown answer.
REFERENCES = frozenset({"village", "household", "task", "question"})
#: The data type of each type of column, where it is not text or a choice of answers.
_DATA_TYPES = {"whole": "Int64", "year": "Int64", "number": "float64", "date": "datetime64[s]"}
_EMPTY = sentence("cell.empty")
#: Said instead where a form lists a household that nobody has asked: no slip to look for.
_NOT_ASKED = sentence("cell.not_asked")


class Draft:
    """The rows of a table's files, typed, with what has been decided about them so far.

    `frame` has every column of the table and the place each row came from; `refused` and
    `superseded` say of each row whether it will be kept.
    """

    def __init__(
        self,
        table: Table,
        sheets: Sequence[Sheet],
        known: Mapping[str, Known],
        quarter: str = "",
    ) -> None:
        """Read every cell of a table's sheets, whether they are in one file or in several.

        Args:
            table: what the codebook says of the files.
            sheets: their cells.
            known: for each type of `REFERENCES` that the table uses, what its cells may name.
            quarter: of a survey, which quarter's it is.

        Raises:
            CampaignError: a required column is missing, or one column stands twice.
        """
        self.table, self.sheets = table, sheets
        self._matched = [match(table, sheet, quarter) for sheet in sheets]
        self.present = frozenset(code for one in self._matched for code in one.cells)
        rows = [len(sheet.rows) for sheet in sheets]
        self.refused = np.zeros(sum(rows), dtype=bool)
        self.superseded = np.zeros(sum(rows), dtype=bool)
        #: Whose a whole file is, where it is one village's alone: set by who knows who lives where.
        self.village_of: Mapping[str, str] = {}
        #: By row number: masks of very many notes would fill the memory.
        self._notes: list[tuple[Whole, str, str, str]] = []
        #: Each column's cells as they were read from the files.
        self.cells = {code: self._joined(code) for code in self.present}
        read = {column.code: self._read(column, known.get(column.type)) for column in table.columns}
        if "ethnicity" in read:
            read["ethnicity_text"] = read["ethnicity"]
            read["ethnicity"] = listed_groups(read["ethnicity"])
        read["source_file"] = _each([sheet.file for sheet in sheets], rows)
        read["source_sheet"] = _each([sheet.name for sheet in sheets], rows)
        numbers = np.concatenate([np.zeros(0, dtype=np.int64), *(sheet.rows for sheet in sheets)])
        read["source_row"] = pd.Series(numbers, dtype="Int64")
        self.frame = pd.DataFrame(read)
        self._refuse_rows()

    def _refuse_rows(self) -> None:
        """Refuse forms that their reviewers turned down, and rows with none of `Table.one_of`."""
        if either := self.table.one_of:
            none = self.frame[[*either]].isna().all(axis=1).to_numpy()
            self.note(none, either[0], sentence("row.none_of", columns=", ".join(either)), REFUSED)
        book = codebook()
        for code in self.present.intersection(book.review_columns):
            cells = self.cells[code]
            said = [folded(shown(cell)) in book.rejected for cell in cells.distinct]
            rejected = np.array([*said, False], dtype=bool)[cells.codes]
            self.note(rejected, code, sentence("row.rejected"), REFUSED)

    def _joined(self, code: str) -> Cells:
        """Put a column's cells of all sheets below one another; -1 where a sheet lacks it."""
        distinct: list[object] = []
        codes = []
        for sheet, matched in zip(self.sheets, self._matched, strict=True):
            cells = matched.cells.get(code)
            if cells is None:
                codes.append(np.full(len(sheet.rows), -1, dtype=np.int64))
            else:
                codes.append(cells.codes + len(distinct))
                distinct += cells.distinct
        return Cells(distinct, np.concatenate(codes))

    def _read(self, column: Column, known: Known | None) -> pd.Series:
        """Read one column, and judge the cells that cannot be read."""
        if column.code not in self.present:
            return _typed(column, [], np.full(len(self.refused), -1))
        values: list[Any] = []
        # The sentence and what is read instead: an error itself would hold on to its frames.
        unreadable: dict[int, tuple[str, str]] = {}
        missing: list[int] = []
        is_key = column.code in self.table.key
        names = known or {}
        for read, cell in self._readings(column, known):
            value: object = None
            if isinstance(cell, str) and names.get(cell) == cell:
                values.append(cell)
                continue
            # An empty list names nothing, which is an answer; any other empty cell is none.
            if column.type == "choices" and is_empty(cell):
                value = ""
            elif says_nothing(cell, column, known, is_key=is_key):
                missing.append(len(values))
            else:
                try:
                    value = read(cell)
                except UnreadableError as reason:
                    unreadable[len(values)] = (str(reason), reason.instead or "")
                    value = reason.instead
            values.append(value)
        cells = self.cells[column.code]
        self._judge(column, cells, unreadable, missing)
        return _typed(column, values, cells.codes)

    def _readings(self, column: Column, known: Known | None) -> Iterator[tuple[Reader, object]]:
        """Give each distinct cell with what reads it; each sheet writes numbers its own way."""
        of_all = reader_of(column, [], known) if column.type == "id" else None
        for sheet, matched in zip(self.sheets, self._matched, strict=True):
            cells = matched.cells.get(column.code)
            if cells is None:
                continue
            read = of_all or reader_of(column, cells.distinct, known, sheet.since_1904)
            yield from ((read, cell) for cell in cells.distinct)

    def _judge(
        self,
        column: Column,
        cells: Cells,
        unreadable: Mapping[int, tuple[str, str]],
        missing: list[int],
    ) -> None:
        refusing = column.required and not column.unreadable_is_unknown
        usual = REFUSED if refusing or column.type in REFERENCES else UNKNOWN
        judged: dict[tuple[str, str], list[int]] = {}
        for code, (problem, instead) in unreadable.items():
            action = READ_ALL_THE_SAME if instead else usual
            judged.setdefault((problem, action), []).append(code)
        for code in missing if column.required else ():
            empty = is_empty(cells.distinct[code])
            action = UNKNOWN if column.unreadable_is_unknown and not empty else REFUSED
            why = _EMPTY if empty else sentence("cell.said_unknown")
            judged.setdefault((why, action), []).append(code)
        # There may be as many reasons as cells, where each names what it could not read.
        number = np.full(len(cells.distinct) + 1, -1)  # the last one is for -1
        for at, codes in enumerate(judged.values()):
            number[codes] = at
        found = rows_with_each(number[cells.codes], len(judged))
        for (why, action), rows in zip(judged, found, strict=True):
            if why == _EMPTY and column.code not in self.table.key:
                self.note_rows(rows[self._unfilled[rows]], column.code, _NOT_ASKED, action)
                rows = rows[~self._unfilled[rows]]
            self.note_rows(rows, column.code, why, action)

    @cached_property
    def _unfilled(self) -> Mask:
        """The rows of a survey that a form has listed and nobody has filled in."""
        empty: Mask = np.full(len(self.refused), bool(self.table.questions))
        for column in self.table.columns:
            looked_at = column.is_question or column.required
            if looked_at and column.code in self.present.difference(self.table.key):
                cells = self.cells[column.code]
                blank = np.array([*map(is_empty, cells.distinct), True], dtype=bool)
                empty &= blank[cells.codes]
        return empty

    def raw(self, column: str, rows: Whole | slice = slice(None)) -> pd.Series:
        """Give a column's cells as a spreadsheet shows them; "" where the file lacks the column."""
        cells = self.cells.get(column) or Cells([], np.full(len(self.frame), -1))
        used, codes = np.unique(cells.codes[rows], return_inverse=True)
        texts = ["" if code < 0 else shown(cells.distinct[code]) for code in used.tolist()]
        return pd.Series(pd.array(texts, dtype="str").take(codes), index=self.frame.index[rows])

    def note(self, rows: Mask, column: str, problem: str, action: str) -> None:
        """List a problem of some rows, and do to them what `action` says of whole rows."""
        self.note_rows(np.flatnonzero(rows), column, problem, action)

    def note_rows(self, rows: Whole | list[int], column: str, problem: str, action: str) -> None:
        """Do what `note` does, for rows given by their numbers: there may be very many notes."""
        if not len(rows):
            return
        if action == REFUSED:
            self.refused[rows] = True
        if action == SUPERSEDED:
            self.superseded[rows] = True
        self._notes.append((np.asarray(rows, dtype=np.int64), column, problem, action))

    @property
    def undecided(self) -> Mask:
        """The rows that are neither refused nor superseded so far."""
        return ~(self.refused | self.superseded)

    def kept(self) -> pd.DataFrame:
        """Give the rows that are left."""
        return self.frame[self.undecided].reset_index(drop=True)

    def problems(self) -> pd.DataFrame:
        """Give what was wrong, in the columns of problems.csv."""
        lines = in_order(file_problems(self._remarks()), self._lines())
        if lines.empty:
            return lines
        of_nobody = (lines["village"] == "") & (lines["household"] == "")
        own = lines["file"].map(self.village_of).astype("str").fillna("")
        return lines.assign(village=lines["village"].mask(of_nobody, own))

    def _lines(self) -> pd.DataFrame:
        """Give a line for each row of each note."""
        if not self._notes:
            return no_problems()
        several, columns, problems, actions = zip(*self._notes, strict=True)
        times = [len(rows) for rows in several]
        rows, column = np.concatenate(several), _each(columns, times)
        values = pd.Series("", index=column.index, dtype="str")
        for code in dict.fromkeys(columns):
            here = (column == code).to_numpy()
            values[here] = self.raw(code, rows[here]).array
        places = self.frame[[name for name in PLACES if name in self.frame]].iloc[rows]
        why = _each(problems, times).array, _each(actions, times).array
        return problem_lines(places.reset_index(drop=True), column.array, values, *why)

    def _remarks(self) -> Iterator[Line]:
        """Give what is to be listed of the sheets beside their rows."""
        for sheet, matched in zip(self.sheets, self._matched, strict=True):
            for one in (*sheet.remarks, *matched.remarks):
                place = sheet.file, one.sheet, pd.NA if one.row is None else one.row, one.column
                yield *place, one.value, one.problem, one.action

    def tallies(self) -> Iterator[dict[str, object]]:
        """Give the files' lines of files.csv."""
        files = self.frame["source_file"].to_numpy()
        for file, digest in {sheet.file: sheet.sha256 for sheet in self.sheets}.items():
            here = files == file
            yield {
                "file": file,
                "sha256": digest,
                "rows_read": int(here.sum()),
                "rows_kept": int((self.undecided & here).sum()),
                "rows_refused": int((self.refused & here).sum()),
                "rows_superseded": int((self.superseded & ~self.refused & here).sum()),
            }


def _each(texts: Sequence[str], times: Sequence[int]) -> pd.Series:
    """Give each text as often as it is asked for."""
    codes = np.repeat(np.arange(len(texts)), times)
    return pd.Series(pd.array(texts, dtype="str").take(codes))


def _typed(column: Column, values: list[Any], codes: npt.NDArray[np.int64]) -> pd.Series:
    """Lay distinct values out by row, with the column's data type; -1 and None are missing."""
    distinct = pd.Series(values, dtype=_data_type(column))
    return pd.Series(distinct.array.take(codes, allow_fill=True))


@cache
def _data_type(column: Column) -> Any:
    """Give a column's data type; that of a choice is costly to make."""
    if column.type in {"choice", "yes_no"}:
        return pd.CategoricalDtype([answer.code for answer in column.answers])
    return _DATA_TYPES.get(column.type, "str")


def listed_groups(names: pd.Series) -> pd.Series:
    """Give the ethnic group that each name stands for; missing where it is not on the list."""
    codes, distinct = pd.factorize(names)
    values = pd.Categorical(
        [*map(ethnic_group, distinct)], categories=[one.code for one in codebook().ethnic_groups]
    )
    return pd.Series(values.take(codes, allow_fill=True), index=names.index)


def empty_table(table: Table) -> pd.DataFrame:
    """Give a checked table without a row, with all its columns."""
    return _empty_table(table).copy(deep=False)


@cache
def _empty_table(table: Table) -> pd.DataFrame:
    return Draft(table, [], {}).frame
