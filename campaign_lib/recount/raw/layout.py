"""The statements that name every column of a table: SQL has no word for "each column"."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from glob import escape
from pathlib import Path

import duckdb

from campaign_lib.recount.raw.grids import SURVEY, RawFile

#: The tables whose rows may be a commune's own in a folder of several, and the day of such a row.
OF_COMMUNES = {
    "activities": "held_on",
    "models": "least(registered_on, started_on)",
    "funding": "end_of(quarter)",
    "extra_tasks": "given_on",
    "agency_plans": "issued_on",
    "task_progress": "reported_on",
    "remarks": "end_of(quarter)",
}
#: What a type's values are in SQL, and which part of a reading holds them.
_WHOLE, _NUMBER, _DATE = ("BIGINT", "number"), ("DOUBLE", "number"), ("DATE", "day")
_KINDS = {"whole": _WHOLE, "year": _WHOLE, "number": _NUMBER, "date": _DATE}
_TEXT = ("VARCHAR", "value")


@dataclass(frozen=True)
class Column:
    """A column of the codebook."""

    name: str
    type: str
    required: bool
    is_key: bool
    one_of: bool = False

    @property
    def kind(self) -> str:
        """Its type in SQL."""
        return _KINDS.get(self.type, _TEXT)[0]

    @property
    def value(self) -> str:
        """The expression that takes its value out of its reading."""
        if self.type == "found":
            number = f"{self.alias}.number"
            plain = f"CASE WHEN {number} = floor({number}) THEN {number}::BIGINT::VARCHAR"
            return f"coalesce({self.alias}.value, {plain} ELSE {number}::VARCHAR END)"
        return f"{self.alias}.{_KINDS.get(self.type, _TEXT)[1]}::{self.kind}"

    @property
    def alias(self) -> str:
        """The name of its reading in a statement."""
        return f'"read {self.name}"'


@dataclass(frozen=True)
class Piece:
    """One file that is read: its grid's name in SQL, and where each column stands in it.

    `reviews` are the places of the columns in which reviewers judge a form.
    """

    file: RawFile
    grid: str
    columns: Mapping[str, int]
    reviews: Sequence[int] = ()


def text(value: str) -> str:
    """Write text as SQL does."""
    return "'" + value.replace("'", "''") + "'"


def columns_of(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Column]]:
    """Give the columns of every table, in the codebook's order."""
    query = 'SELECT "table", "column", type, required, is_key, one_of FROM columns'
    rows = connection.execute(query)
    found: dict[str, list[Column]] = {}
    for table, *column in rows.fetchall():
        found.setdefault(table, []).append(Column(*column))
    return found


def surveyed(asked: Iterable[tuple[str, str]]) -> str:
    """Write the quarters that have a survey and the questions each asks; others as checked."""
    rows = [f"({text(quarter)}, {text(column)})" for quarter, column in asked]
    return f"""
        CREATE TABLE surveyed AS
        WITH asked (quarter, "column") AS (VALUES ('', ''), {", ".join([*rows, "('', '')"])}),
        labelled AS (SELECT DISTINCT "column" FROM labels WHERE is_question)
        SELECT DISTINCT quarter, "column"
        FROM asked SEMI JOIN labelled USING ("column")
        UNION
        SELECT quarter, "column"
        FROM checked_surveyed ANTI JOIN asked USING (quarter);
        CREATE TABLE surveyed_quarters AS
        SELECT DISTINCT quarter FROM (VALUES {", ".join([*rows, "('', '')"])}) AS t (quarter, c)
        WHERE quarter <> ''
        UNION
        SELECT quarter FROM checked_quarters;
    """


def distinct_cells(pieces: Sequence[Piece], columns: Sequence[Column]) -> str:
    """Write the table of every column's distinct cells, each with the first row it stands in."""
    selects = [
        'SELECT NULL::VARCHAR AS file, NULL::VARCHAR AS "table", NULL::VARCHAR AS "column", '
        "NULL::VARCHAR AS reads_in, NULL::VARCHAR AS reads_as, NULL::VARCHAR AS cell, "
        "NULL::BIGINT AS first_row WHERE false"
    ]
    selects += [_distinct(p, c) for p in pieces for c in columns if c.name in p.columns]
    return "CREATE OR REPLACE TABLE cells AS " + " UNION ALL ".join(selects)


def _distinct(piece: Piece, column: Column) -> str:
    own, cell = piece.file.table, f"p{piece.columns[column.name]}"
    place = ", ".join(map(text, (piece.file.name, own, column.name)))
    if column.type == "found":  # read by the question of its row
        asked = f"folded(said_in(p{piece.columns['question']}))"
        return (
            f"SELECT {place}, {text(SURVEY)}, names.name, {cell}, min(row) FROM {piece.grid} "
            f"JOIN names ON names.type = 'question' AND names.spelling = {asked} "
            f"GROUP BY names.name, {cell}"
        )
    reads = f"{text(own)}, {text(column.name)}"
    return f"SELECT {place}, {reads}, {cell}, min(row) FROM {piece.grid} GROUP BY {cell}"


def rows(table: str, pieces: Sequence[Piece], columns: Sequence[Column]) -> str:
    """Write a table's rows as they are read; refuses those that a cell refuses."""
    nothing = ", ".join(f'NULL::{column.kind} AS "{column.name}"' for column in columns)
    if any(column.type == "ethnicity" for column in columns):
        nothing += ", NULL::VARCHAR AS ethnicity_text"
    empty = (
        "SELECT NULL::VARCHAR AS source_file, NULL::BIGINT AS source_row, "
        f"NULL::VARCHAR AS quarter_of_file, NULL::VARCHAR AS refused_for, {nothing} WHERE false"
    )
    filled = "".join(
        f"INSERT INTO rows_of_{table} BY NAME {_laid_out(piece, columns)};" for piece in pieces
    )
    either = ", ".join(f'"{column.name}"' for column in columns if column.one_of)
    neither = (
        f"UPDATE rows_of_{table} SET refused_for = 'none of {table}' "
        f"WHERE refused_for IS NULL AND coalesce({either}) IS NULL;"
        if either
        else ""
    )
    return f"CREATE TABLE rows_of_{table} AS {empty}; {filled} {neither}"


def settled(table: str, columns: Sequence[Column]) -> str:
    """Write whose each row is that names no village, as a commune's key; refuses one of nobody.

    What a row says of its commune beside its village is not asked: that is in one on every day.
    """
    has_village = any(column.name == "village" for column in columns)
    nowhere = "village IS NULL" if has_village else "true"
    return f"""
        CREATE OR REPLACE TABLE owners AS
        WITH waiting AS (
            SELECT *, folded(commune) AS spelling, {OF_COMMUNES[table]} AS day
            FROM rows_of_{table} WHERE refused_for IS NULL AND {nowhere}
        ),
        meant AS (
            SELECT source_file, source_row, called.key, count(*) OVER same = 1
                OR day IS NULL OR day BETWEEN called.since AND called.until AS fits
            FROM waiting JOIN called USING (spelling)
            WINDOW same AS (PARTITION BY source_file, source_row)
            {_UNSAID if table == "task_progress" else ""}
        )
        SELECT source_file, source_row, any_value(key) AS key
        FROM meant WHERE fits
        GROUP BY source_file, source_row HAVING count(*) = 1;
        CREATE OR REPLACE TABLE rows_of_{table} AS
        SELECT told.* REPLACE (
            owners.key AS commune,
            CASE WHEN {nowhere} AND owners.key IS NULL
                THEN coalesce(refused_for, 'commune') ELSE refused_for END AS refused_for)
        FROM rows_of_{table} AS told LEFT JOIN owners USING (source_file, source_row);
    """


#: A report that does not say whose it is is that of the only commune that has the task.
_UNSAID = """
    UNION ALL
    SELECT source_file, source_row, tasks_of.key, true
    FROM waiting JOIN tasks_of ON tasks_of.task = folded(waiting.task) WHERE spelling IS NULL
"""


def judged(table: str, columns: Sequence[Column], *, several: bool) -> str:
    """Write what is compared of a table's rows, and the fates of those that are refused so far.

    Of `several` communes each may have a row of one key.
    """
    whose = ("commune",) if several and table in OF_COMMUNES else ()
    key = [column for column in columns if column.is_key or column.name in whose]
    day = "surveyed_on" if table == SURVEY else "NULL::DATE"
    return f"""
        CREATE OR REPLACE TABLE lines AS
        SELECT source_file AS file, source_row AS row, {_digest(key)} AS key,
            {_digest(columns)} AS content, {day} AS day
        FROM rows_of_{table};
        CREATE OR REPLACE VIEW standing AS SELECT * FROM lines ANTI JOIN fates USING (file, row);
        INSERT INTO fates SELECT source_file, source_row, 'refused', refused_for
        FROM rows_of_{table} WHERE refused_for IS NOT NULL;
    """


def rejected(pieces: Iterable[Piece]) -> str:
    """Write the fates of the forms that their reviewers turned down."""
    words = "SELECT folded(word) FROM reviews WHERE kind = 'rejected'"
    return "".join(
        f"INSERT INTO fates SELECT {text(piece.file.name)}, row, 'refused', 'rejected' "
        f"FROM {piece.grid} AS grid WHERE folded(said_in(p{position})) IN ({words}) AND EXISTS "
        f"(FROM standing WHERE standing.file = {text(piece.file.name)} "
        "AND standing.row = grid.row);"
        for piece in pieces
        for position in piece.reviews
    )


def _laid_out(piece: Piece, columns: Sequence[Column]) -> str:
    there = [column for column in columns if column.name in piece.columns]
    values = [f'{column.value} AS "{column.name}"' for column in there]
    values += [f"{c.alias}.said AS ethnicity_text" for c in there if c.type == "ethnicity"]
    refusing = [f"CASE WHEN {c.alias}.refuses THEN {text(c.name)} END" for c in there]
    joins = [
        f"LEFT JOIN readings AS {c.alias} ON {c.alias}.cell = grid.p{piece.columns[c.name]} "
        f'AND {c.alias}.file = {text(piece.file.name)} AND {c.alias}."column" = {text(c.name)}'
        + (' AND "read found".reads_as = "read question".value' if c.type == "found" else "")
        for c in there
    ]
    return f"""
        SELECT {text(piece.file.name)} AS source_file, grid.row AS source_row,
            {text(piece.file.quarter)} AS quarter_of_file,
            coalesce({", ".join(refusing)}) AS refused_for, {", ".join(values)}
        FROM {piece.grid} AS grid {" ".join(joins)}
    """


def _digest(columns: Sequence[Column]) -> str:
    """Write what is equal for rows that say the same, case aside."""
    parts = [f"""coalesce(lower("{column.name}"::VARCHAR), chr(0))""" for column in columns]
    return f"md5(concat_ws(chr(31), {', '.join(parts)}))"


def kept(table: str, columns: Sequence[Column], left: Iterable[str]) -> str:
    """Write the rows of a table that are kept, and those that the checked table has of `left`."""
    dates = ", ".join(f'"{c.name}"::DATE AS "{c.name}"' for c in columns if c.type == "date")
    files = ", ".join(map(text, left)) or "''"
    quarter = ", quarter_of_file AS quarter" if table == SURVEY else ""
    return f"""
        CREATE TABLE {table} AS
        SELECT * EXCLUDE (quarter_of_file, refused_for){quarter}
        FROM rows_of_{table}
        ANTI JOIN fates ON fates.file = source_file AND fates.row = source_row
        UNION ALL BY NAME
        SELECT * {f"REPLACE ({dates})" if dates else ""} FROM checked_{table}
        WHERE source_file IN ({files});
    """


def checked_plans(table: str, parts: Mapping[str, Path]) -> str:
    """Write plans, targets or tasks as the library has read them, each commune's as a file of it.

    What is asked of all communes together, or of the only one, is a file without a name.
    """
    sources = {"": f"checked_{table}"}
    for key, folder in parts.items():
        path = folder / "tables" / f"{table}.parquet"
        sources[key] = f"read_parquet({text(escape(str(path)))})"
    whose = "REPLACE (file AS commune)" if table == "plans" else ""
    every = " UNION ALL ".join(
        f"SELECT *{whose} FROM (SELECT {text(key)} AS file, * FROM {source})"
        for key, source in sources.items()
    )
    name = "written_tasks" if table == "tasks" else table
    return f"CREATE OR REPLACE TABLE {name} AS {every}"


# Which cells of the other files corrections.csv changes, as they were read.

#: The table of corrections.
CORRECTIONS = "corrections"
#: What is read of a correction; who, when and why change nothing.
_SAID = ("file", "key", "column", "old", "new")
_TOLD = ("file", "table", "row", "column", "place_in_key", "spelling")


def corrected_files(piece: Piece) -> str:
    """Write which of the files that the build has read the corrections name."""
    cell = f"folded(said_in(p{piece.columns['file']}))"
    return f"SELECT file FROM checked_files WHERE folded(file) IN (SELECT {cell} FROM {piece.grid})"


def corrections_wanted(piece: Piece, files: Iterable[str]) -> str:
    """Write the table of what the corrections say, each naming one of `files` as it is called."""
    cells = [
        f"said_in(p{piece.columns[name]}) AS {name}" if name in piece.columns else f"'' AS {name}"
        for name in _SAID
    ]
    called = " ".join(f"WHEN folded({text(file)}) THEN {text(file)}" for file in files)
    file = f"CASE folded(file) {called} END" if called else "NULL"
    return f"""
        CREATE TABLE wanted AS
        SELECT * REPLACE ({file} AS file) FROM (SELECT row, {", ".join(cells)} FROM {piece.grid});
    """


def cells_told(pieces: Iterable[Piece], columns: Mapping[str, Sequence[Column]]) -> str:
    """Write the table of all cells of the files that are corrected, as they are compared."""
    selects = ["SELECT " + ", ".join(f"NULL AS {name}" for name in _TOLD) + " WHERE false"]
    for piece in pieces:
        keys = [column.name for column in columns[piece.file.table] if column.is_key]
        for name, position in piece.columns.items():
            place = keys.index(name) + 1 if name in keys else "NULL"
            own = ", ".join(map(text, (piece.file.name, piece.file.table)))
            selects.append(
                f"SELECT {own}, row, {text(name)}, {place}, folded(said_in(p{position})) "
                f"FROM {piece.grid}"
            )
    return f"CREATE TABLE told AS {' UNION ALL '.join(selects)}"


def corrected(piece: Piece, names: Iterable[str]) -> tuple[str, Piece]:
    """Write the grid of a file with the columns `names` corrected; gives the piece that has it."""
    changed = replace(piece, grid=f"{piece.grid}_corrected")
    own = [(f'"new {name}"', f"p{piece.columns[name]}", name) for name in names]
    cells = ", ".join(f"coalesce({alias}.new, {cell}) AS {cell}" for alias, cell, _ in own)
    joins = " ".join(
        "LEFT JOIN (SELECT DISTINCT raw_row, new FROM corrected_cells "
        f"WHERE file = {text(piece.file.name)} "
        f'AND "column" = {text(name)}) AS {alias} ON {alias}.raw_row = grid.row'
        for alias, _, name in own
    )
    statement = (
        f"CREATE TABLE {changed.grid} AS SELECT grid.* REPLACE ({cells}) "
        f"FROM {piece.grid} AS grid {joins}"
    )
    return statement, changed
