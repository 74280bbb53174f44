"""Every printed line of results.csv against the line that SQL counts from the raw files.

What is compared is the file itself, as somebody could send it upward, so that a figure changed by
hand is found too. The raw files are read a second time for it (`recount.raw`), and every row and
cell that the two readings take differently is named.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pandas as pd

from campaign_lib.base.figures import Figure
from campaign_lib.base.files import unguarded
from campaign_lib.errors import CampaignError
from campaign_lib.intake.sources import raw_hashes
from campaign_lib.recount import added_up, open_tables, recount, recount_raw
from campaign_lib.recount.raw import RawReading, read_raw
from campaign_lib.recount.raw.layout import Column, text
from campaign_lib.store.processed import MANIFEST, Processed
from campaign_lib.words import Words
from campaign_lib.words.progress import Listener, nobody

# Where the library and the second reading of the raw files read a row or a cell differently.

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
        some = f"(SELECT 1 FROM {table}) UNION ALL (SELECT 1 FROM checked_{table}) LIMIT 1"
        if not reading.connection.execute(some).fetchall():
            continue  # a small campaign has nothing in most tables
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
    nothing = ["0"] * len(COUNTS)
    found = {file: list(map(str, line)) for file, *line in counts.fetchall()}
    return {f: dict(zip(COUNTS, found.get(f, nothing), strict=True)) for f in reading.taken}


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
    sides = [(c.name, f'theirs."{c.name}"::{c.kind}', f'mine."{c.name}"') for c in columns]
    pairs = ", ".join(
        f"{{'name': '{name}', 'theirs': {theirs}::VARCHAR, 'mine': {mine}::VARCHAR}}"
        for name, theirs, mine in sides
    )
    differ = " OR ".join(f"{theirs} IS DISTINCT FROM {mine}" for _, theirs, mine in sides)
    return f"""
        SELECT file, row, pair.name, coalesce(pair.theirs, ''), coalesce(pair.mine, '')
        FROM (
            SELECT
                source_file AS file, source_row AS row,
                unnest([{pairs}]) AS pair
            FROM {table} AS mine
            JOIN checked_{table} AS theirs USING (source_file, source_row)
            WHERE source_file NOT IN ({own}) AND ({differ})
        )
        WHERE pair.theirs IS DISTINCT FROM pair.mine
        ORDER BY file, row, pair.name
    """


def recount_communes(built: Processed, tell: Listener = nobody) -> pd.DataFrame:
    """Count every line of the results.csv of several communes again, from the checked tables.

    Args:
        built: the folder `data/processed`; the tables of each commune are in folders of it.
        tell: hears of each table before it is opened or counted.

    Returns:
        As `recount`, each commune's lines under its key.

    Raises:
        CampaignError: the tables have not been built.
    """

    @contextmanager
    def counted(part: str, sums: pd.DataFrame | None) -> Iterator[duckdb.DuckDBPyConnection]:
        own = built.parts.get(part, built)
        with open_tables(own.folder, tell, sums) as connection:
            for table in ("recounted", "places"):  # quarters before it was what it is are no lines
                query = f"DELETE FROM {table} WHERE NOT list_contains(?, quarter)"
                connection.execute(query, [own.own_quarters])
            yield connection

    return added_up({name: part.commune for name, part in built.parts.items()}, counted)


RESULTS = "results.csv"
FILES = "files.csv"
#: Of rows and cells that were read differently so many are shown; one cause may touch thousands.
SHOWN = 100
_LINE_KEYS = ("quarter", "place", "indicator")
_Lines = Mapping[Figure, Mapping[str, str]]


class Difference(NamedTuple):
    """A cell that is printed otherwise than it is counted; a line that is missing has "" there."""

    figure: Figure
    column: str
    printed: str
    recounted: str


#: A count of files.csv that is printed otherwise than it is counted: file, column, both counts.
Miscount = tuple[str, str, str, str]


@dataclass(frozen=True)
class Verified:
    """What came out.

    Attributes:
        lines: how many lines are printed.
        differences: every cell in which the two disagree, in the order of the file.
        changed: raw files that are not what the build read: changed, gone, or new.
        readings: rows and cells of raw files that the two readings take differently.
        miscounts: counts of files.csv that are not what the second reading counts.
        read: how many raw files were read a second time.
        left: those that were not, with the reason (a key of `words/verify.toml`); their rows were
            taken from the checked tables.
        by_reading: how many of the figures that differ are printed as the checked tables say.
    """

    lines: int
    differences: Sequence[Difference]
    changed: Sequence[str]
    left: Mapping[str, str]
    readings: Sequence[Disagreement] = ()
    miscounts: Sequence[Miscount] = ()
    read: int = 0
    by_reading: int = 0

    @property
    def figures(self) -> frozenset[Figure]:
        """The figures that differ."""
        return frozenset(difference.figure for difference in self.differences)

    @property
    def agrees(self) -> bool:
        """Whether every line, every row read and every count agrees."""
        return not (self.differences or self.readings or self.miscounts)


def verify(data: Path, tell: Listener = nobody) -> Verified:
    """Recount a campaign as it stands built from its raw files, and compare.

    Args:
        data: the folder of `raw` and `processed`; nothing is built anew, and nothing is written.
        tell: hears of each file and table before it is read or counted.

    Raises:
        CampaignError: nothing has been built, or results.csv is no table of results.
    """
    processed = data / "processed"
    printed = dict(_printed(processed / RESULTS))
    manifest: Mapping[str, Any] = json.loads(_read(processed / MANIFEST))
    changed = _changed(data, manifest["files"])
    built = Processed(processed)
    parts = {part.commune: part.folder for part in built.parts.values() if built.has_all}
    reading = read_raw(data / "raw", processed, date.fromisoformat(manifest["today"]), tell, parts)
    with reading.connection:
        again = _by_figure(recount_raw(reading, tell))
        readings = sorted(disagreements(reading))
        counts = file_counts(reading)
    differences = list(_differences(printed, again))
    return Verified(
        lines=len(printed),
        differences=differences,
        changed=changed,
        readings=readings,
        miscounts=list(_miscounts(processed / FILES, counts)),
        read=len(reading.taken),
        left=reading.left,
        by_reading=_by_reading(built, printed, differences),
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise CampaignError("folder.no_results", path=path) from error
    except UnicodeDecodeError as error:
        raise CampaignError("folder.results_saved_anew", path=path) from error


def in_words(found: Verified, words: Words) -> Iterator[str]:
    """Say what came out: each difference on a line of its own, the sum of it last."""
    for name in found.changed:
        yield words("verify.changed", file=name)
    for file, reason in found.left.items():
        yield words("verify.left", file=file, why=words(f"verify.why.{reason}"))
    yield from _readings_in_words(found.readings, words)
    for file, column, printed, recounted in found.miscounts:
        yield words(
            "verify.miscount",
            file=file,
            column=column,
            printed=printed or words("verify.nothing"),
            recounted=recounted,
        )
    for figure, cells in groupby(found.differences, lambda one: one.figure):
        yield from _figure_in_words(figure, list(cells), words)
    if found.by_reading:
        yield words("verify.by_reading", figures=words.number(found.by_reading))
    lines = words.number(found.lines)
    if found.agrees:
        key, sources = "agrees_as_read", dict[str, str]()
        if found.read:
            key, sources = "agrees", {"files": words.number(found.read)}
        if found.read and found.left:
            key, sources["left"] = "agrees_in_part", words.number(len(found.left))
        yield words(f"verify.{key}", lines=lines, **sources)
        return
    yield words(
        "verify.sum",
        lines=lines,
        figures=words.number(len(found.figures)),
        readings=words.number(len(found.readings)),
        miscounts=words.number(len(found.miscounts)),
    )


def _figure_in_words(figure: Figure, cells: Sequence[Difference], words: Words) -> Iterator[str]:
    """Say the cells in which a figure differs; a line that only one side has, as one sentence."""
    if cells[0].column == _LINE_KEYS[0]:
        side = "missing" if cells[0].recounted else "invented"
        said = {cell.column: cell.printed or cell.recounted for cell in cells}
        counts = "/".join(said[name] for name in ("numerator", "denominator") if name in said)
        yield words(f"verify.{side}", figure=str(figure), counts=counts)
        return
    nothing = words("verify.nothing")
    for _, column, printed, again in cells:
        sides = {"printed": printed or nothing, "recounted": again or nothing}
        yield words("verify.differs", figure=str(figure), column=column, **sides)


def _readings_in_words(readings: Sequence[Disagreement], words: Words) -> Iterator[str]:
    for file, row, column, library, again in islice(readings, SHOWN):
        if column:
            nothing = words("verify.nothing")
            said = {"library": library or nothing, "recount": again or nothing, "column": column}
            yield words("verify.cell", file=file, row=row, **said)
        else:
            fates = {fate: words(f"verify.fate.{fate}") for fate in FATES}
            unseen = words("verify.fate.unseen")
            said = {"library": fates.get(library, unseen), "recount": fates.get(again, unseen)}
            yield words("verify.row", file=file, row=row, **said)
    if len(readings) > SHOWN:
        yield words("verify.more", number=words.number(len(readings) - SHOWN))


def _by_figure(lines: pd.DataFrame) -> _Lines:
    return dict(map(_of_figure, lines.to_dict("records")))


def _by_reading(built: Processed, printed: _Lines, differences: Sequence[Difference]) -> int:
    """Count the figures that differ only because the raw files were read differently."""
    if not differences:
        return 0
    again = recount_communes(built) if built.has_all else recount(built.folder)
    still = {found.figure for found in _differences(printed, _by_figure(again))}
    return len({difference.figure for difference in differences} - still)


def _miscounts(path: Path, counts: Mapping[str, Mapping[str, str]]) -> Iterator[Miscount]:
    """Compare what files.csv says of each file that was read a second time."""
    printed = {line["file"]: line for line in csv.DictReader(io.StringIO(_read(path), newline=""))}
    for file, own in counts.items():
        for column, count in own.items():
            said = printed.get(file, {}).get(column) or ""
            if said != count:
                yield file, column, said, count


def _printed(path: Path) -> Iterator[tuple[Figure, Mapping[str, str]]]:
    """Read the file as text, cell by cell, without the library's own tables."""
    lines = csv.DictReader(io.StringIO(_read(path), newline=""))
    for number, line in enumerate(lines, start=2):
        if any(line.get(key) is None for key in _LINE_KEYS):
            raise CampaignError("folder.no_line", path=path, number=number)
        cells = {str(name): unguarded(cell or "") for name, cell in line.items()}
        yield _of_figure(cells)


def _of_figure(line: Mapping[Any, Any]) -> tuple[Figure, Mapping[str, str]]:
    return Figure(*(line[key] for key in _LINE_KEYS)), line


def _differences(printed: _Lines, again: _Lines) -> Iterator[Difference]:
    for figure in dict.fromkeys([*printed, *again]):
        shown, counted = printed.get(figure, {}), again.get(figure, {})
        for column in dict.fromkeys([*counted, *shown]):
            pair = shown.get(column, ""), counted.get(column, "")
            if pair[0] != pair[1]:
                yield Difference(figure, column, *pair)


def _changed(data: Path, built_from: Mapping[str, str]) -> list[str]:
    """Name the raw files that are not what the build read: changed, gone, or new."""
    now = raw_hashes(data / "raw")
    return sorted(name for name in {*built_from, *now} if built_from.get(name) != now.get(name))
