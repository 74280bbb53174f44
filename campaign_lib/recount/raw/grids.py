"""Raw files as grids of text: decoded, cut into cells, and no more; what they mean is SQL's.

A workbook is read with openpyxl, which the library does not use for it. A file that is not one of
the contract's plain tables is not taken, and the reason is kept for whoever asks.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from glob import escape
from itertools import islice
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import duckdb
import numpy as np
import openpyxl
import pyarrow as pa
from openpyxl.utils.exceptions import InvalidFileException

#: Stands before and after the kind of a cell that a spreadsheet does not hold as text.
TYPED = "\x1a"
SURVEY = "survey"
_QUARTER = re.compile(r"[1-9]\d{3}Q[1-4]", re.ASCII)
_SEPARATORS = ",;\t|"
_AT_ONCE = 20_000


class NotTakenError(Exception):
    """Why a file cannot be read here; a key of `words/verify.toml`."""


@dataclass(frozen=True)
class RawFile:
    """A file by the contract's names: `name` below raw/, its table, and the survey's quarter."""

    path: Path
    name: str
    table: str
    quarter: str = ""


@dataclass(frozen=True)
class Grid:
    """The first row that is not blank, and the cells below it.

    `cells` has the columns `row` (as a spreadsheet shows it) and `p0`, `p1`, ... one for each
    heading; blank rows are left out.
    """

    headings: Sequence[str]
    cells: pa.Table


def raw_files(raw: Path, tables: Iterable[str]) -> list[RawFile]:
    """List the files of `raw` that the contract names: a table each, and surveys by quarter."""
    files = [
        RawFile(path, path.name, name)
        for path in _tables_in(raw)
        for name in tables
        if name != SURVEY and path.stem.strip().lower() == name
    ]
    surveys = [
        RawFile(path, f"{SURVEY}/{path.name}", SURVEY, path.stem.strip().upper())
        for path in _tables_in(raw / SURVEY)
        if _QUARTER.fullmatch(path.stem.strip().upper())
    ]
    return files + surveys


def _tables_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in {".csv", ".xlsx"} and path.name[0] not in ".~" and path.is_file()
    )


def read_grid(file: RawFile, connection: duckdb.DuckDBPyConnection) -> Grid:
    """Read one file; a connection, of any database, takes apart what is plain.

    Raises:
        NotTakenError: it cannot be decoded or taken apart, or has no single sheet to read.
    """
    text, separator = "", ""
    rows: Iterator[Sequence[str]]
    if file.path.suffix.lower() == ".csv":
        text, separator = _text_of(file.path)
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    else:
        rows = _sheet_rows(file.path)
    filled = ((number, row) for number, row in enumerate(rows, 1) if any(map(str.strip, row)))
    try:
        first, headings = next(filled, (0, ()))
        if not headings:
            raise NotTakenError("empty")
        if text and first == 1 and _is_plain(text):
            with suppress(duckdb.Error):  # lines of several lengths, or a very long one
                cells = _plain_cells(connection, file.path, separator, len(headings))
                return Grid(headings, cells)
        return Grid(headings, _cells(filled, len(headings)))
    except csv.Error as error:
        raise NotTakenError("not_csv") from error


def _is_plain(text: str) -> bool:
    """Say whether each line is a row of the sheet, and each separator parts two cells."""
    lines = text.replace("\r\n", "\n")
    return not any(sign in lines for sign in ('"', "\r", "\0", "\n\n"))


def _plain_cells(
    connection: duckdb.DuckDBPyConnection, path: Path, separator: str, width: int
) -> pa.Table:
    """Let the database take apart a plain file in UTF-8, which it does much faster.

    Raises:
        duckdb.Error: it cannot, as lines differ in length, or one is longer than `csv` would take.
    """
    columns = ", ".join(f"'p{at}': 'VARCHAR'" for at in range(width))
    query = f"""
        FROM read_csv(
            ?, delim = ?, columns = {{{columns}}}, header = false, auto_detect = false,
            quote = '', escape = '', max_line_size = {csv.field_size_limit()})
    """
    given = connection.sql(query, params=[escape(str(path)), separator])
    table = given.to_arrow_table()[1:]
    kind, shape = pa.dictionary(pa.int32(), pa.string()), {"row": np.arange(len(table)) + 2}
    filled = np.zeros(len(table), dtype=bool)
    for name in table.column_names:
        cells = table[name].cast(pa.string()).fill_null("").dictionary_encode().combine_chunks()
        shape[name] = cells.cast(kind)
        if not filled.all():
            says = np.array([bool(cell.strip()) for cell in cells.dictionary.to_pylist()], bool)
            filled |= says[cells.indices.to_numpy()]
    return pa.table(shape).filter(filled)


def _text_of(path: Path) -> tuple[str, str]:
    """Give a CSV file's text, and the separator that cuts its headings into most pieces."""
    content = path.read_bytes()
    try:
        marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        # a program may have put its own mark before that of another
        text = content.decode("utf-16" if marked else "utf-8").lstrip("\ufeff")
    except UnicodeDecodeError as error:
        raise NotTakenError("encoding") from error
    lines = io.StringIO(text, newline="")
    first = next((line for line in lines if line.strip(" \t,;|\r\n")), "")
    return text, max(_SEPARATORS, key=lambda sign: len(next(csv.reader([first], delimiter=sign))))


def _sheet_rows(path: Path) -> Iterator[Sequence[str]]:
    try:
        with ZipFile(path) as archive:
            if "xl/workbook.xml" not in archive.namelist():  # elsewhere, it is half read
                raise NotTakenError("not_xlsx")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise NotTakenError("not_xlsx") from error
    sheets = book.worksheets
    if len(sheets) > 1:
        own = path.stem.strip().lower()
        sheets = [sheet for sheet in sheets if sheet.title.strip().lower() == own]
    if len(sheets) != 1:
        raise NotTakenError("sheets")
    sheets[0].reset_dimensions()
    for row in sheets[0].iter_rows(values_only=True):
        yield [_as_text(cell) for cell in row]
    book.close()


def _as_text(cell: object) -> str:
    """Give a cell as a spreadsheet shows it, with its kind where it is not text."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case bool():
            kind, text = "logical", str(cell).upper()
        case int():
            kind, text = "number", str(cell)
        case float():
            kind, text = "number", f"{cell:.0f}" if cell.is_integer() else repr(cell)
        case datetime() if cell == datetime(cell.year, cell.month, cell.day):
            kind, text = "date", cell.date().isoformat()
        case date():
            kind, text = "date", str(cell)
        case _:
            kind, text = "other", str(cell)
    return f"{TYPED}{kind}{TYPED}{text}"


def _cells(rows: Iterator[tuple[int, Sequence[str]]], width: int) -> pa.Table:
    """Turn rows of any lengths into columns; what is short is filled with ""."""
    kind = pa.dictionary(pa.int32(), pa.string())
    shape = pa.schema([("row", pa.int64()), *((f"p{at}", kind) for at in range(width))])
    pieces = [shape.empty_table()]
    while chunk := list(islice(rows, _AT_ONCE)):
        whole = ([*row, *[""] * (width - len(row))][:width] for _, row in chunk)
        columns = [pa.array(cells).dictionary_encode() for cells in zip(*whole, strict=True)]
        pieces.append(pa.table([[number for number, _ in chunk], *columns], schema=shape))
    return pa.concat_tables(pieces)
