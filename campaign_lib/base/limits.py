"""How much of a file is read: beyond this it is damaged, or meant to do harm, and is refused.

Each limit is looked at before the memory is spent that it guards. They leave room for several
times the largest campaign that is thought of: a province, 800 villages, 150,000 households, a
workbook for each village and quarter of three years.
"""

from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipInfo

from campaign_lib.errors import CampaignError

#: Bytes of a file as it lies on disk: a million households are 170 MB of CSV.
MOST_BYTES = 256 * 1024**2
#: Bytes of a plan; of a CSV file that is read in an encoding of the time before Unicode, for
#: which all of its words are looked at.
MOST_BYTES_OF_PLAN = 1024**2
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
            raise CampaignError(
                f"{file}: is no file but a folder or a pipe; put the file itself there."
            )
        refuse_bytes(path.stat().st_size, file, most)
        with path.open("rb") as opened:
            content = opened.read(most + 1)  # it may be growing
    except OSError as error:
        raise CampaignError(f"{file}: cannot be opened ({error.strerror}).") from error
    refuse_bytes(len(content), file, most)
    return content


def refuse_bytes(size: int, file: str, most: int = MOST_BYTES) -> None:
    """Refuse a file that is too large to be what it should be."""
    if size > most:
        raise CampaignError(
            f"{file}: has {-(-size // 1024**2)} MB, and at most {most // 1024**2} MB are read; "
            "keep only what belongs in it, or divide it."
        )


def refuse_parts(parts: Iterable[ZipInfo], file: str) -> None:
    """Refuse a workbook that would unpack into very much more than a table."""
    sizes = [part.file_size for part in parts]
    if sum(sizes) > MOST_UNPACKED or len(sizes) > MOST_PARTS:
        raise CampaignError(
            f"{file}: would unpack into {sum(sizes) // 1024**2} MB and {len(sizes)} parts, which "
            "no table of ours needs; copy the table into a new workbook."
        )


def refuse_cells(rows: int, columns: int, file: str, most: int = MOST_CELLS) -> None:
    """Refuse a table that is wider than any, or spreads over very many cells."""
    if columns > MOST_COLUMNS or rows * columns > most:
        raise CampaignError(
            f"{file}: spreads over {rows} rows and {columns} columns, more than are read; "
            "delete what stands far to the right or far below the table."
        )


def refuse_text(letters: int, file: str) -> None:
    """Refuse a workbook whose cells say very much more than a table does."""
    if letters > MOST_TEXT:
        raise CampaignError(
            f"{file}: its cells hold {letters // 1024**2} million letters, which no table of ours "
            "needs; copy the table into a new workbook."
        )


def refuse_folder(files: int, size: int, folder: str) -> None:
    """Refuse a folder with more files, or larger ones, than any campaign has."""
    if files > MOST_FILES:
        raise CampaignError(
            f"{folder}: has more than {MOST_FILES} files; keep only this campaign's tables there."
        )
    if size > MOST_BYTES_OF_ALL:
        raise CampaignError(
            f"{folder}: its tables have more than {MOST_BYTES_OF_ALL // 1024**2} MB together; "
            "take out what does not belong there, or divide the campaign."
        )


def refuse_table(cells: int, letters: int, file: str) -> None:
    """Refuse the file with which those of one table hold more than fits into the memory."""
    if cells > MOST_CELLS or letters > MOST_TEXT:
        raise CampaignError(
            f"{file}: with it, the files of this table hold {cells // 10**6} million cells and "
            f"{letters // 10**6} million letters, more than are read together; take out the files "
            "that do not belong there."
        )


def refuse_total(cells: int, unpacked: int, file: str) -> None:
    """Refuse the file with which all that were read hold more than any campaign does."""
    if cells > MOST_CELLS_OF_ALL or unpacked > MOST_UNPACKED_OF_ALL:
        raise CampaignError(
            f"{file}: with it, the files of the folder hold {cells // 10**6} million cells and "
            f"unpack into {unpacked // 1024**2} MB, more than are read together; take out what "
            "does not belong there, or divide the campaign."
        )


def refuse_corrections(rows: int, file: str) -> None:
    """Refuse more corrections than anybody writes by hand."""
    if rows > MOST_CORRECTIONS:
        raise CampaignError(
            f"{file}: has {rows} corrections, and at most {MOST_CORRECTIONS} are applied; "
            "where so much is wrong, have the file sent anew."
        )


def refuse_line(length: int, number: int, file: str) -> None:
    """Refuse a CSV file one line of which is longer than a row can be."""
    if length > MOST_OF_LINE:
        raise CampaignError(
            f"{file}: line {number} is longer than {MOST_OF_LINE} letters, which no row is; "
            "save the table anew as CSV UTF-8 or as XLSX."
        )
