"""A second opinion: every line of results.csv counted again, in SQL.

It counts from the raw files, which `raw/` reads a second time (`recount_raw`), or from the checked
tables that the build has read (`recount`). It shares no code with the build: the rules of the data
contract (sections 1 and 4) are written down a second time, in DuckDB SQL, one short file per
indicator on top of the tables that `shared/` derives. Where the two disagree, one of them is wrong.
The audit shows an indicator's file to whoever wants to count for themselves. In come raw files,
checked tables or published figures; out go counts and verdicts to hold against the build's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from glob import escape
from pathlib import Path

import duckdb
import pandas as pd

from campaign_lib.errors import CampaignError
from campaign_lib.recount.raw import RawReading
from campaign_lib.recount.raw.layout import text
from campaign_lib.recount.statements import (
    RECOUNTED,
    declared,
    known,
    people_sql,
    recount_sql,
    several_sql,
    statements,
)
from campaign_lib.words.progress import RECOUNTING, Listener, Step, nobody

#: The level of all communes of a folder together, and what stands for them as a place.
_ALL = "all"
_KEYS = ["quarter", "level", "place", "indicator"]


def recount(processed: Path, indicator: str | None = None, tell: Listener = nobody) -> pd.DataFrame:
    """Count every line of results.csv again.

    Args:
        processed: the folder `data/processed`; only its `tables/` is read.
        indicator: count this one only.
        tell: hears of each table before it is opened or counted.

    Returns:
        One row per quarter, level, place and indicator, in this order, with the columns of
        results.csv (contract, section 4), each the text that the file prints; no value is "".

    Raises:
        CampaignError: the tables have not been built, or there is no such indicator.
    """
    wanted = RECOUNTED if indicator is None else (known(indicator),)
    with open_tables(processed, tell) as connection:
        return _lines(connection, wanted)


def recount_raw(reading: RawReading, tell: Listener = nobody) -> pd.DataFrame:
    """Count every line again from raw files that `read_raw` has read; gives what `recount` gives.

    Args:
        reading: the tables as they were read; what is derived from them is added to its connection.
        tell: hears of each table before it is counted.
    """
    if reading.communes is not None:
        return added_up(reading.communes, partial(_apart, reading.connection, tell))
    _derive(reading.connection, statements(), tell)
    return _lines(reading.connection, RECOUNTED)


#: Gives a connection with the lines of a part of the folder, or with those of all of them together,
#: from the communes' own lines of the table `places`.
Counted = Callable[[str, pd.DataFrame | None], AbstractContextManager[duckdb.DuckDBPyConnection]]


#: A commune's own places, and which of them could not be measured.
_OWN_PLACES = """
    SELECT *, (quarter, indicator) IN (SELECT (quarter, indicator) FROM not_asked) AS not_asked
    FROM places WHERE level = 'commune'
"""


def added_up(parts: Mapping[str, str], counted: Counted) -> pd.DataFrame:
    """Give the lines of a folder of several communes: each one's under its key, and their sum.

    Args:
        parts: what is counted by itself, each with its commune's key.
        counted: counts one of them, and all.

    Raises:
        CampaignError: no commune has a quarter.
    """
    lines, places = [], []
    for part, key in parts.items():
        with counted(part, None) as connection:
            own = _lines(connection, RECOUNTED)
            places.append(connection.execute(_OWN_PLACES).df())
        lines.append(own.assign(place=own["place"].mask(own["level"] == "commune", key)))
    if not any(map(len, places)):
        raise CampaignError("asked.no_days")
    with counted(_ALL, pd.concat(places)) as connection:
        sums = _lines(connection, RECOUNTED).query("level == 'commune'")
    lines.append(sums.assign(level=_ALL, place=_ALL))
    return pd.concat(lines).sort_values(_KEYS, ignore_index=True)


@contextmanager
def _apart(
    connection: duckdb.DuckDBPyConnection, tell: Listener, turn: str, places: pd.DataFrame | None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Count what one commune has of the tables of a connection, or from all communes' places."""
    connection.execute("SET VARIABLE turn = ?", [turn])
    connection.execute(several_sql("apart"))
    connection.execute("SET search_path = 'apart,main'")
    if places is not None:
        connection.from_df(places).create("commune_places")
    _derive(connection, statements(several=places is not None), tell)
    yield connection
    connection.execute("SET search_path = 'main'; DROP SCHEMA apart CASCADE")


def count_villages(processed: Path, indicator: str) -> pd.DataFrame:
    """Run the statement of `recount_sql` on the built tables.

    Returns:
        One row per quarter and village that has something to count: denominator, numerator and
        unknown, in the indicator's unit (front_models: one row per quarter, without a village).

    Raises:
        CampaignError: as `recount`.
    """
    with open_tables(processed) as connection:
        return connection.execute(recount_sql(indicator)).df()


def open_tables(
    processed: Path, tell: Listener = nobody, commune_places: pd.DataFrame | None = None
) -> duckdb.DuckDBPyConnection:
    """Open the checked tables and what the recount derives from them; the caller closes it.

    `commune_places` are several communes' own lines of the table `places`: then they are added up,
    and what is judged is all of them together (`several/all.sql`).

    Raises:
        CampaignError: the tables have not been built.
    """
    files = sorted((processed / "tables").glob("*.parquet"))
    if not files:
        raise CampaignError("folder.no_tables", folder=processed)
    connection = duckdb.connect(config={"temp_directory": ""})
    derived = statements(several=commune_places is not None)
    if commune_places is not None:
        connection.from_df(commune_places).create("commune_places")
    for done, file in enumerate(files):
        tell(Step(RECOUNTING, done, len(files) + len(derived), file.stem))
        read = f"read_parquet({text(escape(str(file)))})"
        connection.execute(f"CREATE TABLE {file.stem} AS FROM {read}")
    connection.from_arrow(declared()).create("indicators")
    _derive(connection, derived, tell, len(files))
    return connection


def _derive(
    connection: duckdb.DuckDBPyConnection,
    derived: Sequence[tuple[str, str]],
    tell: Listener,
    done: int = 0,
) -> None:
    """Count from the tables of a connection; the lines are its table `recounted`."""
    for number, (name, statement) in enumerate(derived, done):
        tell(Step(RECOUNTING, number, done + len(derived), name))
        connection.execute(statement)


def _lines(connection: duckdb.DuckDBPyConnection, wanted: Iterable[str]) -> pd.DataFrame:
    query = "SELECT * FROM recounted WHERE list_contains(?, indicator)"
    return connection.execute(query, [list(wanted)]).df().astype("str")


__all__ = [
    "RECOUNTED",
    "added_up",
    "count_villages",
    "open_tables",
    "people_sql",
    "recount",
    "recount_raw",
    "recount_sql",
]
