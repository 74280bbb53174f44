"""A second opinion: every line of results.csv counted again, in SQL.

It counts from the raw files, which `raw/` reads a second time (`recount_raw`), or from the checked
tables that the build has read (`recount`). It shares no code with the build: the rules of the data
contract (sections 1 and 4) are written down a second time, in DuckDB SQL, one short file per
indicator on top of the tables that `shared/` derives. Where the two disagree, one of them is wrong.
The audit shows an indicator's file to whoever wants to count for themselves. In come raw files,
checked tables or published figures; out go counts and verdicts to hold against the build's.
"""

from collections.abc import Iterable, Sequence
from glob import escape
from pathlib import Path

import duckdb
import pandas as pd

from campaign_lib.errors import CampaignError
from campaign_lib.recount.raw import RawReading
from campaign_lib.words.progress import RECOUNTING, Listener, Step, nobody
from campaign_lib.words.spelling import hint

_FOLDER = Path(__file__).parent

#: The indicators that have a recount, by id.
RECOUNTED = tuple(sorted(path.stem for path in _FOLDER.glob("*.sql")))


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
    wanted = RECOUNTED if indicator is None else (_known(indicator),)
    with open_tables(processed, tell) as connection:
        return _lines(connection, wanted)


def recount_raw(reading: RawReading, tell: Listener = nobody) -> pd.DataFrame:
    """Count every line again from raw files that `read_raw` has read; gives what `recount` gives.

    Args:
        reading: the tables as they were read; what is derived from them is added to its connection.
        tell: hears of each table before it is counted.
    """
    _derive(reading.connection, _statements(), tell)
    return _lines(reading.connection, RECOUNTED)


def count_villages(processed: Path, indicator: str) -> pd.DataFrame:
    """Run the statement of `recount_sql` on the built tables.

    Returns:
        One row per quarter and village that has something to count: denominator, numerator and
        unknown, in the indicator's unit (front_models: one row per quarter, without a village).

    Raises:
        CampaignError: as `recount`.
    """
    statement = recount_sql(indicator)
    with open_tables(processed) as connection:
        return connection.execute(statement).df()


def recount_sql(indicator: str) -> str:
    """Give the commented SQL that counts one indicator by quarter and village.

    Raises:
        CampaignError: there is no such indicator.
    """
    return _read(_FOLDER / f"{_known(indicator)}.sql")


def people_sql() -> str:
    """Give the commented SQL of what the indicators' statements read: presence, cohort."""
    return _read(_FOLDER / "shared" / "1_people.sql")


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
    statements = _statements(several=commune_places is not None)
    if commune_places is not None:
        connection.from_df(commune_places).create("commune_places")
    for done, file in enumerate(files):
        tell(Step(RECOUNTING, done, len(files) + len(statements), file.stem))
        connection.read_parquet(escape(str(file))).create(file.stem)
    _derive(connection, statements, tell, len(files))
    return connection


def _statements(*, several: bool = False) -> list[tuple[str, str]]:
    """Give what derives the lines from the tables, in its order, each with its name.

    Of several communes it is the sum of their places that is judged.
    """
    people, *rest = sorted((_FOLDER / "shared").glob("*.sql"))
    counts = [(name, f"CREATE TABLE count_{name} AS {recount_sql(name)}") for name in RECOUNTED]
    places, *judging = ((file.stem, _read(file)) for file in rest)
    added_up = [("all", _read(_FOLDER / "several" / "all.sql"))] if several else []
    return [(people.stem, _read(people)), *counts, places, *added_up, *judging]


def _derive(
    connection: duckdb.DuckDBPyConnection,
    statements: Sequence[tuple[str, str]],
    tell: Listener,
    done: int = 0,
) -> None:
    """Count from the tables of a connection; the lines are its table `recounted`."""
    for number, (name, statement) in enumerate(statements, done):
        tell(Step(RECOUNTING, number, done + len(statements), name))
        connection.execute(statement)


def _lines(connection: duckdb.DuckDBPyConnection, wanted: Iterable[str]) -> pd.DataFrame:
    lines = connection.execute(
        "SELECT * FROM recounted WHERE list_contains(?, indicator)", [list(wanted)]
    )
    return lines.df().astype("str")


def _known(indicator: str) -> str:
    if indicator not in RECOUNTED:
        raise CampaignError(
            "asked.indicator", name=repr(indicator), hint=hint(indicator, RECOUNTED)
        )
    return indicator


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")
