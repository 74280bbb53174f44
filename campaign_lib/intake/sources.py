"""Raw files as they lie on disk: found, decoded, and cut into cells; nothing is understood yet.

CSV in UTF-8 or UTF-16, with comma, semicolon or tab; XLSX with the only sheet, or the one named
like the file (data contract, section 2). A column is held as its distinct cells and, per row, the
position among these, so that everything later looks at each distinct cell once.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path

import numpy as np
import numpy.typing as npt
from python_calamine import CalamineError, CalamineWorkbook

from campaign_lib.codebook import folded, tidy
from campaign_lib.errors import CampaignError

Whole = npt.NDArray[np.int64]
SUFFIXES = (".csv", ".xlsx")
#: Other kinds of tables, which somebody may believe to have been read.
_OTHER_TABLES = (".xls", ".xlsm", ".xlsb", ".ods", ".tsv", ".txt")
_SEPARATORS = (",", ";", "\t")
_AT_ONCE = 20_000


@dataclass(frozen=True)
class Cells:
    """A column: its distinct cells (text, or a spreadsheet's typed values), and which is where."""

    distinct: list[object]
    codes: Whole

    def of(self, rows: npt.NDArray[np.bool_]) -> "Cells":
        """Give the cells of some rows only."""
        return Cells(self.distinct, self.codes[rows])


@dataclass(frozen=True)
class Sheet:
    """A file's headings and the cells below them, blank rows left out.

    `rows` are row numbers as a spreadsheet shows them; a heading is "" where there is none.
    """

    file: str
    name: str
    sha256: str
    heading_row: int
    headings: tuple[str, ...]
    columns: tuple[Cells, ...]
    rows: Whole


def is_table(path: Path) -> bool:
    """Say whether a file holds a table, and is not what a program leaves beside one."""
    return path.suffix.casefold() in SUFFIXES and _is_seen(path)


def other_tables_in(folder: Path) -> list[Path]:
    """List the files of a folder that look like tables, and are of no kind that can be read."""
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in files if path.suffix.casefold() in _OTHER_TABLES and _is_seen(path)]


def _is_seen(path: Path) -> bool:
    return not path.name.startswith((".", "~$")) and path.is_file()


def tables_in(folder: Path) -> dict[str, Path]:
    """List the tables of a folder by folded stem.

    Raises:
        CampaignError: one stem stands twice, such as households.csv and households.xlsx.
    """
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if is_table(path):
            other = found.setdefault(folded(path.stem), path)
            if other != path:
                raise CampaignError(
                    f"{other.name} and {path.name} are both there, in {folder.name}/: "
                    "keep the one that is right and take the other away."
                )
    return found


def read_sheet(path: Path, file: str) -> Sheet:
    """Read one file; `file` is what problems call it.

    Raises:
        CampaignError: it cannot be opened, decoded or taken apart, has no heading row, or several
            sheets of which none is named like the file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CampaignError(f"{file}: cannot be opened ({error.strerror}).") from error
    is_csv = path.suffix.casefold() == ".csv"
    name, records = ("", _csv_records(content, file)) if is_csv else _xlsx(content, path.stem, file)
    columns = _columns(records)
    anything = [_filled(column) for column in columns]
    filled = np.logical_or.reduce(anything) if anything else np.zeros(0, dtype=bool)
    if not filled.any():
        raise CampaignError(f"{file}: the file is empty; its first row must hold the headings.")
    top = int(np.argmax(filled))
    data = filled.copy()
    data[top] = False
    return Sheet(
        file=file,
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        heading_row=top + 1,
        headings=tuple(tidy(str(column.distinct[column.codes[top]])) for column in columns),
        columns=tuple(column.of(data) for column in columns),
        rows=np.flatnonzero(data) + 1,
    )


def _csv_records(content: bytes, file: str) -> Iterator[Sequence[object]]:
    text = _decoded(content, file)
    first = next((line for line in text.splitlines() if line.strip(" \t,;")), "")
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise CampaignError(
            f"{file}: line {reader.line_num} cannot be taken apart ({error}); "
            "look for a quotation mark that is opened and not closed."
        ) from error


def _decoded(content: bytes, file: str) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise CampaignError(
            f"{file}: byte {error.start} is not {encoding.removesuffix('-sig').upper()}; "
            "save the file as CSV UTF-8 or as XLSX."
        ) from error


def _xlsx(content: bytes, stem: str, file: str) -> tuple[str, Iterable[Sequence[object]]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = book.sheet_names
        fitting = names if len(names) == 1 else [n for n in names if folded(n) == folded(stem)]
        if len(fitting) != 1:
            raise CampaignError(
                f"{file}: has the sheets {', '.join(names)}; name the one to read {stem}."
            )
        return fitting[0], book.get_sheet_by_name(fitting[0]).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise CampaignError(
            f"{file}: not a readable Excel file ({error}); save it again."
        ) from error


def _columns(records: Iterable[Sequence[object]]) -> list[Cells]:
    """Turn records of any lengths into columns of one length; what is short is filled with ""."""
    seen: list[dict[object, int]] = []
    pieces: list[list[Whole]] = []
    done = 0
    remaining = iter(records)
    while chunk := list(islice(remaining, _AT_ONCE)):
        for position, column in enumerate(zip_longest(*chunk, fillvalue="")):
            if position == len(seen):  # a column that no earlier row reached
                seen.append({_key(""): 0})
                pieces.append([np.zeros(done, dtype=np.int64)])
            known = seen[position]
            codes = [known.setdefault(_key(cell), len(known)) for cell in column]
            pieces[position].append(np.array(codes, dtype=np.int64))
        width = max(map(len, chunk))
        for short in pieces[width:]:
            short.append(np.zeros(len(chunk), dtype=np.int64))
        done += len(chunk)
    return [
        Cells([_cell(key) for key in known], np.concatenate(codes))
        for known, codes in zip(seen, pieces, strict=True)
    ]


def _key(cell: object) -> object:
    """Keep 1, 1.0 and TRUE apart, which are one and the same to a dictionary."""
    return cell if isinstance(cell, str) else (type(cell), cell)


def _cell(key: object) -> object:
    return key[1] if isinstance(key, tuple) else key


def _filled(column: Cells) -> npt.NDArray[np.bool_]:
    return np.array([bool(str(cell).strip()) for cell in column.distinct])[column.codes]


def raw_hashes(raw: Path) -> dict[str, str]:
    """Give the SHA-256 of every table and plan under `data/raw`, by its path there."""
    folders = (raw, raw / "survey")
    files = [path for folder in folders if folder.is_dir() for path in folder.iterdir()]
    wanted = [path for path in files if is_table(path)] + list((raw / "plans").glob("*.toml"))
    return {
        path.relative_to(raw).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(wanted)
    }
