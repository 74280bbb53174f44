"""How much of a file is read: beyond this it is damaged, or meant to do harm, and is refused.

The limits leave room for ten times the largest campaign that is thought of (800 villages), and a
laptop with little memory can still hold what they let through.
"""

from collections.abc import Iterable
from zipfile import ZipInfo

from campaign_lib.errors import CampaignError

#: Bytes of a file as it lies on disk.
MOST_BYTES = 100 * 1024**2
#: Bytes of a workbook once it is unpacked, and how many parts it may be packed of.
MOST_UNPACKED = 400 * 1024**2
MOST_PARTS = 5_000
#: Cells from the first to the last that holds anything, blank ones between them too.
MOST_CELLS = 30_000_000
MOST_CELLS_OF_WORKBOOK = 12_000_000
#: Excel has no more columns than these.
MOST_COLUMNS = 16_384


def refuse_bytes(size: int, file: str) -> None:
    """Refuse a file that is too large to be a table of a campaign."""
    if size > MOST_BYTES:
        raise CampaignError(
            f"{file}: has {size // 1024**2} MB, and at most {MOST_BYTES // 1024**2} MB are read; "
            "keep only the table, or divide it."
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
