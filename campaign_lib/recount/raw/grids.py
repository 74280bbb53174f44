"""Raw files as grids of text: decoded, cut into cells, and no more; what they mean is SQL's.

A workbook is read with openpyxl, which the library does not use for it. A file that is not one of
the contract's plain tables is not taken, and the reason is kept for whoever asks.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from zipfile import BadZipFile, ZipFile

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


def read_grid(file: RawFile) -> Grid:
    """Read one file.

    Raises:
        NotTakenError: it cannot be decoded or taken apart, or has no single sheet to read.
    """
    rows = _csv_rows(file.path) if file.path.suffix.lower() == ".csv" else _sheet_rows(file.path)
    filled = ((number, row) for number, row in enumerate(rows, 1) if any(map(str.strip, row)))
    try:
        _, headings = next(filled, (0, ()))
        if not headings:
            raise NotTakenError("empty")
        return Grid(headings, _cells(filled, len(headings)))
    except csv.Error as error:
        raise NotTakenError("not_csv") from error


def _csv_rows(path: Path) -> Iterator[Sequence[str]]:
    content = path.read_bytes()
    try:
        marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        # a program may have put its own mark before that of another
        text = content.decode("utf-16" if marked else "utf-8").lstrip("\ufeff")
    except UnicodeDecodeError as error:
        raise NotTakenError("encoding") from error
    first = next((line for line in io.StringIO(text) if line.strip(" \t,;|\r\n")), "")
    # The separator that cuts the headings into most pieces.
    separator = max(_SEPARATORS, key=lambda sign: len(next(csv.reader([first], delimiter=sign))))
    return iter(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))


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
