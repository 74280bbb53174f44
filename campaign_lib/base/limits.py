"""How much of a file is read: beyond this it is damaged, or meant to do harm, and is refused.

Each limit is looked at before the memory is spent that it guards. They leave room for several
times the largest campaign that is thought of: a province, 800 villages, 150,000 households, a
workbook for each village and quarter of three years.
"""

from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipInfo

from campaign_lib.errors import CampaignError, reason

#: Bytes of a file as it lies on disk: a million households are 170 MB of CSV.
MOST_BYTES = 256 * 1024**2
#: Bytes of a plan, and cells of a sheet of it; bytes of a CSV file that is read in an encoding of
#: the time before Unicode, for which all of its words are looked at.
MOST_BYTES_OF_PLAN = 1024**2
MOST_CELLS_OF_PLAN = 50_000
MOST_OLD_BYTES = 20 * 1024**2
#: Rows of corrections.csv: each is looked for in its file.
MOST_CORRECTIONS = 20_000
#: Letters of one line of a CSV file.
MOST_OF_LINE = 1_000_000
#: Bytes of a workbook once it is unpacked, and how many parts it may be packed of.
MOST_UNPACKED = 400 * 1024**2
MOST_PARTS = 5_000
#: Cells from the first to the last that holds anything, blank ones between them too.
MOST_CELLS = 60_000_000
MOST_CELLS_OF_WORKBOOK = 12_000_000
#: Letters of all cells of a sheet, each as often as a cell points at it.
MOST_TEXT = 400 * 1024**2
#: Excel has no more columns than these.
MOST_COLUMNS = 16_384
#: Of a folder: files of any kind, and bytes of its tables on disk. A province has 9,600 workbooks
#: of 40 KB.
MOST_FILES = 25_000
MOST_BYTES_OF_ALL = 4 * 1024**3
#: Of all files together, as they are read: cells, bytes that workbooks unpack into. Of the files of
#: one table, which are in memory at once, `MOST_CELLS` and `MOST_TEXT` hold together, as of one.
MOST_CELLS_OF_ALL = 500_000_000
MOST_UNPACKED_OF_ALL = 20 * 1024**3
#: What the process that reads a workbook of the old kind may take, which has 65,536 rows at most.
MOST_MEMORY_APART = 2 * 1024**3
MOST_SECONDS_APART = 120


def whole_content(path: Path, file: str, most: int = MOST_BYTES) -> bytes:
    """Give the bytes of a file.

    Args:
        path: where it is.
        file: what sentences call it.
        most: how many bytes it may have.

    Raises:
        CampaignError: it cannot be opened, is no file (a pipe would never end), or is larger.
    """
    try:
        if path.exists() and not path.is_file():
            raise CampaignError("file.no_file", file=file)
        refuse_bytes(path.stat().st_size, file, most)
        with path.open("rb") as opened:
            content = opened.read(most + 1)  # it may be growing
    except OSError as error:
        raise CampaignError("file.not_opened", file=file, detail=reason(error)) from error
    refuse_bytes(len(content), file, most)
    return content


def encoding_of(content: bytes) -> str:
    """Name the encoding of a text file: UTF-16 where it says so at its beginning, else UTF-8."""
    return "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def refuse_bytes(size: int, file: str, most: int = MOST_BYTES) -> None:
    """Refuse a file that is too large to be what it should be."""
    if size > most:
        raise CampaignError(
            "file.too_large", file=file, size=-(-size // 1024**2), most=most // 1024**2
        )


def refuse_parts(parts: Iterable[ZipInfo], file: str) -> None:
    """Refuse a workbook that would unpack into very much more than a table."""
    sizes = [part.file_size for part in parts]
    if sum(sizes) > MOST_UNPACKED or len(sizes) > MOST_PARTS:
        raise CampaignError(
            "file.unpacked", file=file, size=sum(sizes) // 1024**2, parts=len(sizes)
        )


def refuse_cells(rows: int, columns: int, file: str, most: int = MOST_CELLS) -> None:
    """Refuse a table that is wider than any, or spreads over very many cells."""
    if columns > MOST_COLUMNS or rows * columns > most:
        raise CampaignError("file.spread_out", file=file, rows=rows, columns=columns)


def refuse_text(letters: int, file: str) -> None:
    """Refuse a workbook whose cells say very much more than a table does."""
    if letters > MOST_TEXT:
        raise CampaignError("file.letters", file=file, letters=letters // 1024**2)


def refuse_folder(files: int, size: int, folder: str) -> None:
    """Refuse a folder with more files, or larger ones, than any campaign has."""
    if files > MOST_FILES:
        raise CampaignError("file.crowd", folder=folder, most=MOST_FILES)
    if size > MOST_BYTES_OF_ALL:
        raise CampaignError("file.heavy", folder=folder, most=MOST_BYTES_OF_ALL // 1024**2)


def refuse_table(cells: int, letters: int, file: str) -> None:
    """Refuse the file with which those of one table hold more than fits into the memory."""
    if cells > MOST_CELLS or letters > MOST_TEXT:
        raise CampaignError(
            "file.table_together", file=file, cells=cells // 10**6, letters=letters // 10**6
        )


def refuse_total(cells: int, unpacked: int, file: str) -> None:
    """Refuse the file with which all that were read hold more than any campaign does."""
    if cells > MOST_CELLS_OF_ALL or unpacked > MOST_UNPACKED_OF_ALL:
        raise CampaignError(
            "file.all_together", file=file, cells=cells // 10**6, size=unpacked // 1024**2
        )


def refuse_corrections(rows: int, file: str) -> None:
    """Refuse more corrections than anybody writes by hand."""
    if rows > MOST_CORRECTIONS:
        raise CampaignError("file.corrections", file=file, rows=rows, most=MOST_CORRECTIONS)


def refuse_line(length: int, number: int, file: str) -> None:
    """Refuse a CSV file one line of which is longer than a row can be."""
    if length > MOST_OF_LINE:
        raise CampaignError("file.long_line", file=file, line=number, most=MOST_OF_LINE)
