"""SQL of one's own over the raw files as they lie there, what was built, and frames.

DuckDB reads and writes no file for a query, and what a query makes is gone with it.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pandas as pd

from campaign_lib.codebook import codebook, folded
from campaign_lib.errors import CampaignError
from campaign_lib.intake.cells import Sheet, shown
from campaign_lib.intake.sources import is_repeat, read_table, tables_in
from campaign_lib.intake.sources.folder import INSPECTIONS, SURVEY, survey_files
from campaign_lib.store.processed import Processed
from campaign_lib.words.spelling import hint

#: The schema of the raw tables: `raw.households` is the file's cells, `households` what was read.
RAW = "raw"
_READING = frozenset({duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN})
_CLOSED = (
    "SET enable_external_access = false",
    "SET python_enable_replacements = false",
    "SET lock_configuration = true",
    f"CREATE SCHEMA {RAW}",
)


def run_query(processed: Processed, query: str, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Run a SELECT.

    Args:
        processed: what was built: its tables, results, steps and panel by their names, and in the
            schema `raw` the raw tables by the codebook's names, each cell the text that the file
            has under its own heading, after the columns file, sheet and row.
        query: SQL as DuckDB speaks it.
        frames: tables beside these, or instead of them, by name.

    Raises:
        CampaignError: it is no SQL, does more than read, or names a table that is not there.
    """
    tables = {**dict.fromkeys(processed.names), **frames}
    words = set(re.findall(r"\w+", query.casefold()))
    with duckdb.connect(config={"temp_directory": ""}) as connection:
        for statement in _CLOSED:
            connection.execute(statement)
        # Only what may be meant: to lay all tables out takes long where there is much data.
        for name in words & tables.keys():
            frame = tables[name]
            _lay_out(connection, name, processed.table(name) if frame is None else frame)
        for name in words & codebook().tables.keys() if RAW in words else ():
            _lay_out(connection, f"{RAW}.{name}", raw_table(processed, name))
        try:
            if [one.type in _READING for one in connection.extract_statements(query)] != [True]:
                raise CampaignError("asked.query_reads")
            return connection.execute(query).df()
        except duckdb.Error as error:
            raise _said(
                error, [*tables, *(f"{RAW}.{name}" for name in codebook().tables)]
            ) from error


def _said(error: duckdb.Error, known: list[str]) -> CampaignError:
    """Say in a sentence why a query was refused."""
    if lacking := re.search(r"Table with name (\S+) does not exist", str(error)):
        name = lacking[1].strip('"')
        return CampaignError("asked.table", name=repr(name), hint=hint(name, known))
    return CampaignError("asked.query", detail=str(error).partition("\n")[0].rstrip(".?!"))


def raw_folder(processed: Processed) -> Path:
    """Say where the raw files are that these tables were built from."""
    above = (one / RAW for one in processed.folder.parents)
    return next(filter(Path.is_dir, above), processed.folder / RAW)


def raw_sheets(processed: Processed, name: str, quarter: str = "") -> list[Sheet]:
    """Read the sheets of a raw table as they lie there; of those by quarter, one quarter's alone.

    Raises:
        CampaignError: a file cannot be read.
    """
    raw, table = raw_folder(processed), codebook().tables[name]
    handed_in = {SURVEY: table, INSPECTIONS: codebook().inspection_form}
    plain = [path for stem, path in tables_in(raw).items() if stem == folded(name) != SURVEY]
    files = [(path, path.name, table, "") for path in plain]
    if name in handed_in:
        files += [
            (*one, handed_in[name], str(code))
            for code, several in survey_files(raw, name).by_quarter.items()
            for one in several
            if quarter in ("", str(code))
        ]
    read = ((form, read_table(path, file, form, [code])) for path, file, form, code in files)
    return [sheet for form, sheets in read for sheet in sheets if not is_repeat(sheet, form)]


def raw_table(processed: Processed, name: str) -> pd.DataFrame:
    """Give the cells of a raw table, file by file, as text; see `run_query`."""
    sheets = [*map(_cells, raw_sheets(processed, name))]
    nothing = pd.DataFrame({"file": [], "sheet": [], "row": []})
    return pd.concat(sheets, ignore_index=True) if sheets else nothing


def _cells(sheet: Sheet) -> pd.DataFrame:
    """Lay the cells of a sheet out under its headings; one that stands twice gets a number."""
    cells: dict[str, object] = {"file": sheet.file, "sheet": sheet.name, "row": sheet.rows}
    for heading, column in zip(sheet.headings, sheet.columns, strict=True):
        taken = {name.casefold() for name in cells}
        free = (name for name in _spellings(heading or "?") if name.casefold() not in taken)
        texts = pd.array([shown(cell) for cell in column.distinct], dtype="str")
        cells[next(free)] = texts.take(column.codes)
    return pd.DataFrame(cells)


def _spellings(heading: str) -> Iterator[str]:
    yield heading
    for number in range(2, 1_000_000):
        yield f"{heading} {number}"


def _lay_out(connection: duckdb.DuckDBPyConnection, name: str, frame: pd.DataFrame) -> None:
    connection.register("given", frame)
    connection.execute(f"CREATE TABLE {name} AS FROM given")
    connection.unregister("given")
