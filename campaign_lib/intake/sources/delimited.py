"""CSV files: decoded, and taken apart at comma, semicolon, tab or upright stroke."""

import csv
import io
from codecs import getincrementaldecoder
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import islice, zip_longest

import numpy as np
import pyarrow as pa
from pyarrow.csv import ConvertOptions, ParseOptions, ReadOptions, read_csv

from campaign_lib.base.limits import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_OLD_BYTES,
    encoding_of,
    refuse_cells,
    refuse_line,
)
from campaign_lib.codebook import codebook, folded
from campaign_lib.codebook.problems import sentence
from campaign_lib.errors import CampaignError, reason
from campaign_lib.intake.cells import Cells, Grid, Remark, Whole
from campaign_lib.intake.old_letters import in_old_bytes

FILE_CONVERTED = "file converted"
_SEPARATORS = (",", ";", "\t", "|")
_BLANK = " \t,;|\r\n"
#: How many lines show the separator, and how much of a long one.
_TELLING_LINES, _TELLING_LETTERS = 60, 50_000
#: A second mark of Unicode is left where a program has put its own before that of another.
_MARK = "\ufeff"
_AT_ONCE, _BYTES_AT_ONCE = 20_000, 1 << 20


def csv_grid(content: bytes, file: str, *, in_unicode_alone: bool = False) -> Grid:
    """Give what stands in a CSV file, also in one whose bytes show an older encoding.

    Args:
        content: the file's bytes.
        file: what problems call it.
        in_unicode_alone: read no older encoding: who writes the file again would change it.

    Raises:
        CampaignError: no encoding, or more than one, makes words of it; it cannot be taken apart,
            or is larger than any table.
    """
    try:
        return Grid("", _columns(content, encoding_of(content), file))
    except UnicodeDecodeError:
        may_be_old = not in_unicode_alone and len(content) <= MOST_OLD_BYTES
        encoding, text = in_old_bytes(content) if may_be_old else ("", "")
        if not encoding:
            raise _not_unicode(content, file) from None
    converted = Remark(sentence("letters.file", encoding=encoding), FILE_CONVERTED)
    return Grid("", _columns(text.encode(), "utf-8", file), remarks=(converted,))


def _not_unicode(content: bytes, file: str) -> CampaignError:
    """Say which byte of a file is the first that cannot be read."""
    encoding = encoding_of(content)
    decoder = getincrementaldecoder(encoding)()
    done = 0
    try:
        for start in range(0, len(content), _BYTES_AT_ONCE):
            done = start - len(decoder.getstate()[0])
            decoder.decode(content[start : start + _BYTES_AT_ONCE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        done += error.start
    return CampaignError(
        "file.encoding", file=file, byte=done, encoding=encoding.removesuffix("-sig").upper()
    )


def _columns(content: bytes, encoding: str, file: str) -> tuple[Cells, ...]:
    """Take a file apart, at once or line by line: its text is never in memory as a whole."""
    filled = (line for line in _lines(content, encoding, file) if line.strip(_BLANK))
    telling = [line[:_TELLING_LETTERS] for line in islice(filled, _TELLING_LINES)]
    separator = _separator_of(telling)
    plain = plain_columns(content, separator, telling[0]) if telling else None
    return plain or columns_of(_records(_lines(content, encoding, file), separator, file), file)


def plain_columns(content: bytes, separator: str, line: str) -> tuple[Cells, ...] | None:
    """Take apart a file of which it is certain where each cell ends.

    Arrow knows each cell's place among the distinct ones without looking at any cell twice.

    Args:
        content: the file's bytes.
        separator: what stands between cells.
        line: one that has as many cells as every other.

    Returns:
        What `columns_of` gives; None where lines differ in their number of cells, where one of the
        limits may have been passed, or a sign may mean something else than to the module `csv`.
    """
    content = content.removeprefix(_MARK.encode())
    most = content.count(separator.encode()) + content.count(b"\n") + 1
    if most > MOST_CELLS or content[:3] == _MARK.encode() or not _is_plain(content, separator):
        return None
    names = [str(at) for at, _ in enumerate(next(csv.reader([line], delimiter=separator)))]
    texts = dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string()))
    try:
        table = read_csv(
            pa.BufferReader(b"\n" + content),  # the blank line lets "" come first in each column
            ReadOptions(column_names=names),
            ParseOptions(delimiter=separator, ignore_empty_lines=False),
            ConvertOptions(column_types=texts, null_values=[], strings_can_be_null=False),
        ).unify_dictionaries()
        columns = tuple(map(_of_arrow, table.columns)) if len(names) <= MOST_COLUMNS else None
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return None
    return columns


def _of_arrow(column: "pa.ChunkedArray") -> Cells:
    """Give a column of Arrow's without its first cell."""
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in column.chunks])
    return Cells(column.chunk(0).dictionary.to_pylist(), codes[1:].astype(np.int64))


def _is_plain(content: bytes, separator: str) -> bool:
    """Say whether every line is a row, and quotes stand around whole cells only."""
    if b"\0" in content or content.count(b"\r") != content.count(b"\r\n"):
        return False
    signs = np.frombuffer(b"\n" + content + b"\n", dtype=np.uint8)
    ends = np.flatnonzero(signs == ord("\n"))
    if np.diff(ends).max() > csv.field_size_limit():
        return False
    if b'"' not in content:
        return True
    quotes = np.flatnonzero(signs == ord('"'))
    if len(quotes) % 2:
        return False
    first, last = quotes[::2], quotes[1::2]  # two side by side, a quote in a cell, are one of each
    around = np.array([*map(ord, (separator, "\r", "\n", '"'))], dtype=np.uint8)
    outside = np.concatenate([signs[first - 1], signs[last + 1]])
    within_lines = np.searchsorted(ends, first) == np.searchsorted(ends, last)
    return bool(np.isin(outside, around).all() and within_lines.all())


def _separator_of(lines: Sequence[str]) -> str:
    """Give the sign that cuts the headings apart: a title above may be full of another one.

    It is the one with which a line has most headings that the codebook knows; where none has, the
    one with which most lines have as many cells as one another.
    """

    def fits(separator: str) -> tuple[int, int]:
        named = 0
        widths: Counter[int] = Counter()
        with suppress(csv.Error):  # which the reading of the whole file tells
            for row in csv.reader(lines, delimiter=separator):
                # A survey's heading may stand inside a group of its form.
                cells = {folded(cell).rpartition("/")[2] for cell in row}
                named = max(named, len(cells & _all_headings()))
                widths[len(row)] += 1
        return named, max(((width - 1) * times for width, times in widths.items()), default=0)

    return max(_SEPARATORS, key=fits)


@cache
def _all_headings() -> frozenset[str]:
    columns = [column for table in codebook().tables.values() for column in table.columns]
    return frozenset(folded(text) for column in columns for text in column.headings)


def _lines(content: bytes, encoding: str, file: str) -> Iterator[str]:
    text = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    for number, line in enumerate(text, 1):
        refuse_line(len(line), number, file)
        yield line.lstrip(_MARK) if number == 1 else line


def _records(lines: Iterator[str], separator: str, file: str) -> Iterator[Sequence[object]]:
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise CampaignError(
            "file.torn", file=file, line=reader.line_num, detail=reason(error)
        ) from error


def columns_of(
    records: Iterable[Sequence[object]], file: str, most: int = MOST_CELLS
) -> tuple[Cells, ...]:
    """Turn records of any lengths into columns of one length; what is short is filled with "".

    Raises:
        CampaignError: there are more than `most` cells.
    """
    seen: list[dict[object, int]] = []
    pieces: list[list[Whole]] = []
    done = 0
    remaining = iter(records)
    while chunk := list(islice(remaining, _AT_ONCE)):
        width = max(map(len, chunk))
        refuse_cells(done + len(chunk), max(width, len(seen), 1), file, most)
        for position, column in enumerate(zip_longest(*chunk, fillvalue="")):
            if position == len(seen):  # a column that no earlier row reached
                seen.append({_key(""): 0})
                pieces.append([np.zeros(done, dtype=np.int64)])
            known = seen[position]
            codes = [known.setdefault(_key(cell), len(known)) for cell in column]
            pieces[position].append(np.array(codes, dtype=np.int64))
        for short in pieces[width:]:
            short.append(np.zeros(len(chunk), dtype=np.int64))
        done += len(chunk)
    return tuple(
        Cells([_cell(key) for key in known], np.concatenate(codes))
        for known, codes in zip(seen, pieces, strict=True)
    )


def _key(cell: object) -> object:
    """Keep 1, 1.0 and TRUE apart, which are one and the same to a dictionary."""
    return cell if isinstance(cell, str) else (type(cell), cell)


def _cell(key: object) -> object:
    return key[1] if isinstance(key, tuple) else key
