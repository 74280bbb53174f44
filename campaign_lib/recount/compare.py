"""Where the library and the second reading of the raw files read a row or a cell differently."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from campaign_lib.recount.raw import RawReading
from campaign_lib.recount.raw.layout import Column, text

#: The counts of files.csv.
COUNTS = ("rows_read", "rows_kept", "rows_refused", "rows_superseded")
#: What may have become of a row.
KEPT, REFUSED, SUPERSEDED = FATES = ("kept", "refused", "superseded")


class Disagreement(NamedTuple):
    """A row or a cell that was read in two ways.

    `column` is "" where the row as a whole is meant; the readings are then one of `FATES`, or ""
    where no such row was seen. An empty reading of a cell is "".
    """

    file: str
    row: int
    column: str
    library: str
    recount: str


def disagreements(reading: RawReading) -> Iterator[Disagreement]:
    """Give every row and cell that the checked tables hold otherwise, table by table."""
    for table, columns in reading.columns.items():
        for query in (_rows(table), _cells(table, columns, reading.left)):
            found = reading.connection.execute(query).fetchall()
            yield from (Disagreement(*line) for line in found)


def file_counts(reading: RawReading) -> Mapping[str, Mapping[str, str]]:
    """Give the counts of files.csv for every file that was read, as text."""
    read = " UNION ALL ".join(f"SELECT source_file FROM rows_of_{name}" for name in reading.columns)
    counts = reading.connection.execute(f"""
        WITH seen AS (SELECT source_file AS file, count(*) AS n FROM ({read}) GROUP BY source_file),
        gone AS (
            SELECT
                file,
                count(DISTINCT row) FILTER (WHERE fate = '{REFUSED}') AS refused,
                count(DISTINCT row) FILTER (WHERE fate = '{SUPERSEDED}') AS superseded
            FROM fates GROUP BY file
        )
        SELECT
            file, n, n - coalesce(refused, 0) - coalesce(superseded, 0),
            coalesce(refused, 0), coalesce(superseded, 0)
        FROM seen LEFT JOIN gone USING (file)
    """)
    none = dict.fromkeys(COUNTS, "0")
    found = {
        file: dict(zip(COUNTS, map(str, line), strict=True)) for file, *line in counts.fetchall()
    }
    return {file: found.get(file, none) for file in reading.taken}


def _rows(table: str) -> str:
    """Write the rows that one of the two keeps and the other does not."""
    return f"""
        WITH library_fates AS (
            SELECT file, row, any_value(
                CASE action WHEN 'row refused' THEN '{REFUSED}' ELSE '{SUPERSEDED}' END) AS fate
            FROM checked_problems
            WHERE action IN ('row refused', 'superseded')
            GROUP BY file, row
        ),
        mine AS (SELECT source_file AS file, source_row AS row, '{KEPT}' AS fate FROM {table}),
        theirs AS (
            SELECT source_file AS file, source_row AS row, '{KEPT}' AS fate FROM checked_{table}
        )
        SELECT
            file, row, '',
            coalesce(theirs.fate, library_fates.fate, ''), coalesce(mine.fate, fates.fate, '')
        FROM mine
        FULL JOIN theirs USING (file, row)
        LEFT JOIN library_fates USING (file, row)
        LEFT JOIN fates USING (file, row)
        WHERE mine.fate IS DISTINCT FROM theirs.fate
        ORDER BY file, row
    """


def _cells(table: str, columns: list[Column], left: Iterable[str]) -> str:
    """Write the cells of the rows that both keep, where the two values differ.

    The rows of `left` are the library's own. They are not compared: a workbook with several sheets
    has each row number several times.
    """
    own = ", ".join(map(text, left)) or "''"
    pairs = []
    for column in columns:
        name = f'"{column.name}"'
        pairs.append(
            f"{{'name': '{column.name}', 'theirs': theirs.{name}::{column.kind}::VARCHAR, "
            f"'mine': mine.{name}::VARCHAR}}"
        )
    differ = " OR ".join(
        f'theirs."{column.name}"::{column.kind} IS DISTINCT FROM mine."{column.name}"'
        for column in columns
    )
    return f"""
        SELECT file, row, pair.name, coalesce(pair.theirs, ''), coalesce(pair.mine, '')
        FROM (
            SELECT
                source_file AS file, source_row AS row,
                unnest([{", ".join(pairs)}]) AS pair
            FROM {table} AS mine
            JOIN checked_{table} AS theirs USING (source_file, source_row)
            WHERE source_file NOT IN ({own}) AND ({differ})
        )
        WHERE pair.theirs IS DISTINCT FROM pair.mine
        ORDER BY file, row, pair.name
    """
