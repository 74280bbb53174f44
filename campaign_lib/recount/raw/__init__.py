"""The raw files read a second time, in SQL, into the tables that the recount counts from.

Nothing of the library's own reading is used: the rules of the data contract (sections 2 and 3) are
written down again, a short file of SQL each, run in this order:

    words.sql            how words are compared
    book.sql             the codebook's labels and answers (its TOML is data, and is shared)
    plans.sql            the plans: percentages and shares as whole numbers
    headings.sql         which column of a file is which
    quarters.sql         the days of every quarter that has a survey
    corrections.sql      which cells of other files corrections.csv changes, and to what
    then for every table, communes, villages and households first:
    cells.sql            what each distinct cell means, and which refuse their row
    village_communes.sql which communes each village names, and which the folder has
    no_planned.sql, survey_days.sql     rows refused for what they say
    duplicates.sql       rows that stand twice
    communes.sql, stays.sql     communes of one code, and stays, that overlap
    village_names.sql, household_names.sql, task_names.sql     what later tables may name

Python only fetches cells (`grids.py`), lays codebook and plans out as tables (`book.py`), and
writes the long lists of columns that SQL has no word for (`layout.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from glob import escape
from itertools import chain
from pathlib import Path

import duckdb
import pyarrow as pa

from campaign_lib.recount.raw import layout
from campaign_lib.recount.raw.book import codebook_tables, plan_tables
from campaign_lib.recount.raw.grids import (
    SURVEY,
    Grid,
    NotTakenError,
    RawFile,
    raw_files,
    read_grid,
)
from campaign_lib.recount.raw.layout import CORRECTIONS, Column, Piece, text
from campaign_lib.recount.statements import declared
from campaign_lib.words.progress import READING, Listener, Step, nobody

_FOLDER = Path(__file__).parent
_FIRST = ("communes", "villages", "households")
#: The rules that judge a table's rows before and after those that stand twice, and what is kept.
_BEFORE = {"extra_tasks": "no_planned", "survey": "survey_days"}
_AFTER = {"communes": "communes", "households": "stays"}
_AT_LAST = {
    "villages": "village_names",
    "households": "household_names",
    "extra_tasks": "task_names",
}


_HEADINGS = pa.schema(
    {"file": pa.string(), "table": pa.string(), "position": pa.int64(), "heading": pa.string()}
)


@dataclass(frozen=True)
class RawReading:
    """What came of the second reading; the caller closes the connection.

    Attributes:
        connection: holds a table by each name of the codebook with the rows that are kept, `fates`
            with the others, and beside them the library's own (`checked_villages`, ...).
        columns: the columns of every table of the codebook.
        taken: the files that were read here.
        left: the files that were not, with the reason (a key of `words/verify.toml`); their rows
            are those of the checked tables.
        communes: of a folder of several, the commune's key by each of its table `turns`.
    """

    connection: duckdb.DuckDBPyConnection
    columns: Mapping[str, list[Column]]
    taken: tuple[str, ...]
    left: Mapping[str, str]
    communes: Mapping[str, str] | None


def read_raw(
    raw: Path,
    processed: Path,
    today: date,
    tell: Listener = nobody,
    parts: Mapping[str, Path] | None = None,
) -> RawReading:
    """Read a campaign's raw files.

    Args:
        raw: the folder `data/raw`.
        processed: the folder `data/processed`; what cannot be read here is taken from its tables.
        today: the day up to which survey dates are believed, as the build took it.
        tell: hears of each file before it is read.
        parts: of several communes, where the checked tables of each are, by its key.
    """
    return _Reading(raw, processed, today, tell, parts or {}).read()


class _Reading:
    """One reading: the files so far, by table, and what could not be taken."""

    def __init__(
        self, raw: Path, processed: Path, today: date, tell: Listener, parts: Mapping[str, Path]
    ) -> None:
        self.raw, self.tell, self.parts = raw, tell, parts
        # What is in memory alone need not be packed from time to time.
        self.connection = duckdb.connect(
            config={"temp_directory": "", "checkpoint_threshold": "1TB"}
        )
        self.left: dict[str, str] = {}
        self.several = False
        self.pieces: dict[str, list[Piece]] = {}
        for file in sorted((processed / "tables").glob("*.parquet")):
            self.connection.read_parquet(escape(str(file))).create_view(f"checked_{file.stem}")
        self.connection.execute("SET VARIABLE today = ?::DATE", [today])
        self.run("words")
        self.make(codebook_tables() | {"indicators": declared()})
        self.columns = layout.columns_of(self.connection)

    def read(self) -> RawReading:
        self.read_plans()
        self.find_columns(self.read_grids())
        self.correct()
        self.note_others()
        self.date_quarters()
        others = [name for name in self.columns if name not in (*_FIRST, CORRECTIONS, SURVEY)]
        for name in (CORRECTIONS, *_FIRST, *others, SURVEY):
            self.read_table(name)
        taken = tuple(piece.file.name for piece in chain.from_iterable(self.pieces.values()))
        turns = dict(self.connection.execute("SELECT turn, key FROM turns").fetchall())
        communes = turns if self.several else None
        return RawReading(self.connection, self.columns, taken, self.left, communes)

    def run(self, name: str) -> None:
        self.connection.execute((_FOLDER / f"{name}.sql").read_text(encoding="utf-8"))

    def make(self, tables: Mapping[str, pa.Table]) -> None:
        for name, table in tables.items():
            self.connection.register("given", table)
            self.connection.execute(f"CREATE TABLE {name} AS FROM given")
            self.connection.unregister("given")

    def read_plans(self) -> None:
        """Read the plans; where one of them is no plan, all are the checked ones."""
        try:
            self.make(plan_tables(self.raw / "plans"))
            self.run("plans")
        # no TOML, no plan, no numbers
        except (ArithmeticError, ValueError, KeyError, TypeError, duckdb.Error):
            self.left["plans"] = "plans"
            for name in ("plans", "targets", "tasks"):
                self.connection.execute(layout.checked_plans(name, self.parts))
        self.run("book")

    def read_grids(self) -> list[tuple[RawFile, Grid]]:
        """Read the cells of every file that the contract names."""
        files = raw_files(self.raw, self.columns)
        grids = []
        for done, file in enumerate(files):
            self.tell(Step(READING, done, len(files), file.name))
            try:
                grids.append((file, read_grid(file, self.connection)))
            except NotTakenError as reason:
                self.left[file.name] = str(reason)
        return grids

    def find_columns(self, grids: Sequence[tuple[RawFile, Grid]]) -> None:
        """Find the codebook's columns in every file; a file without a required one is left."""
        rows = [
            {"file": file.name, "table": file.table, "position": position, "heading": heading}
            for file, grid in grids
            for position, heading in enumerate(grid.headings)
        ]
        self.make({"headings": pa.Table.from_pylist(rows, schema=_HEADINGS)})
        self.run("headings")
        # Which rows are none of a table's is not told here.
        passed = self.names("SELECT file FROM checked_problems WHERE action = 'row passed over'")
        for number, (file, grid) in enumerate(grids):
            query = 'SELECT position, "column" FROM found_columns WHERE file = ?'
            found = dict(self.connection.execute(query, [file.name]).fetchall())
            required = {column.name for column in self.columns[file.table] if column.required}
            if len(set(found.values())) < len(found) or not required <= set(found.values()):
                self.left[file.name] = "columns"
                continue
            if file.name in passed:
                self.left[file.name] = "other"
                continue
            query = "SELECT position FROM review_columns WHERE file = ?"
            reviews = [at for (at,) in self.connection.execute(query, [file.name]).fetchall()]
            columns = {name: at for at, name in found.items()}
            piece = Piece(file, f"grid_{number}", columns, reviews)
            self.connection.register(piece.grid, grid.cells)
            self.pieces.setdefault(file.table, []).append(piece)

    def note_others(self) -> None:
        """Note the files that the build read and that are none of the contract's names."""
        known = {piece.file.name for piece in chain.from_iterable(self.pieces.values())}
        for name in self.columns:
            rows = self.connection.execute(f"SELECT DISTINCT source_file FROM checked_{name}")
            for (file,) in rows.fetchall():
                if file not in known:
                    there = (self.raw / file).is_file()
                    self.left.setdefault(file, "other" if there else "gone")

    def correct(self) -> None:
        """Change the cells that corrections.csv means, before anything is made of what they say.

        Where it names a file that is no CSV file read here, nobody can tell here whether it fits:
        then it is taken, with all files that it has changed, as the build has read them.
        """
        plain = {
            piece.file.name: piece
            for piece in chain.from_iterable(self.pieces.values())
            if piece.file.path.suffix.lower() == ".csv" and piece.file.table != CORRECTIONS
        }
        own = self.pieces.get(CORRECTIONS, [])
        named = {name for piece in own for name in self.names(layout.corrected_files(piece))}
        if named - plain.keys():
            self.leave_corrected()
            own = []
        self.judge(CORRECTIONS)
        for piece in own:
            self.connection.execute(layout.corrections_wanted(piece, named))
            pieces = [plain[name] for name in sorted(named)]
            self.connection.execute(layout.cells_told(pieces, self.columns))
            self.run(CORRECTIONS)
            self.change(plain)

    def change(self, pieces: Mapping[str, Piece]) -> None:
        """Put the corrected cells into the grids of their files."""
        query = 'SELECT file, list(DISTINCT "column") FROM corrected_cells GROUP BY file'
        for name, columns in self.connection.execute(query).fetchall():
            old = pieces[name]
            statement, new = layout.corrected(old, columns)
            self.connection.execute(statement)
            own = self.pieces[old.file.table]
            own[own.index(old)] = new

    def leave_corrected(self) -> None:
        """Leave the corrections, and the files that they have changed, to the checked tables."""
        changed = "SELECT DISTINCT file FROM checked_problems WHERE action = 'corrected'"
        left = self.names(changed) | {piece.file.name for piece in self.pieces[CORRECTIONS]}
        self.left |= dict.fromkeys(left, CORRECTIONS)
        for table, own in self.pieces.items():
            self.pieces[table] = [piece for piece in own if piece.file.name not in left]

    def names(self, query: str) -> set[str]:
        return {name for (name,) in self.connection.execute(query).fetchall()}

    def date_quarters(self) -> None:
        """Say which quarters have a survey, on which days they turn, and what each has asked."""
        surveys = self.pieces.get(SURVEY, [])
        quarters = [(piece.file.quarter, column) for piece in surveys for column in piece.columns]
        self.connection.execute(layout.surveyed(quarters))
        if "plans" in self.left:
            days = ("first_day", "last_day", "year_first_day", "baseline", "later_date")
            dates = ", ".join(f"{day}::DATE AS {day}" for day in days)
            self.connection.execute(
                f"CREATE TABLE quarters AS SELECT * REPLACE ({dates}) FROM checked_quarters"
            )
        else:
            self.run("quarters")

    def read_table(self, name: str) -> None:
        """Read one table's files, judge and keep their rows; add the checked rows of the others."""
        if name != CORRECTIONS:  # they have been judged before all others
            self.judge(name)
        self.connection.execute(layout.kept(name, self.columns[name], self.left))
        if name in _AT_LAST:
            self.run(_AT_LAST[name])

    def judge(self, name: str) -> None:
        """Read one table's files and judge their rows."""
        pieces, columns = self.pieces.get(name, []), self.columns[name]
        self.connection.execute(f"SET VARIABLE now = {text(name)}")
        if pieces:  # else there is no cell and no row, in most small campaigns for most tables
            self.connection.execute(layout.distinct_cells(pieces, columns))
            self.run("cells")
        self.connection.execute(layout.rows(name, pieces, columns))
        if name == "villages":
            self.run("village_communes")
            self.several = bool(self.names("SELECT key FROM here"))
        if not pieces:
            return
        if self.several and name in layout.OF_COMMUNES:
            self.connection.execute(layout.settled(name, columns))
        self.connection.execute(layout.judged(name, columns, several=self.several))
        if forms := layout.rejected(pieces):
            self.connection.execute(forms)
        for rule in (_BEFORE.get(name), "duplicates", _AFTER.get(name)):
            if rule:
                self.run(rule)
