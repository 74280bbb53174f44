"""What all files of a folder take together: thousands may each be just below a file's limits.

How many there are and what they have on disk is looked at before any is read; what only reading
shows (cells, letters, what a workbook unpacks into) is added up file by file.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from campaign_lib.base.limits import refuse_folder, refuse_table, refuse_total
from campaign_lib.errors import CampaignError
from campaign_lib.intake.cells import Grid
from campaign_lib.intake.sources.folder import SUFFIXES, SURVEY


def look_over(raw: Path) -> None:
    """Look at how many files lie where tables are looked for, and how large the tables are.

    Raises:
        CampaignError: there is no such folder, or more in it than any campaign has.
    """
    if not raw.is_dir():
        raise CampaignError(f"{raw}: there is no such folder; --data names the folder above raw/.")
    size = 0
    for files, entry in enumerate(_entries(raw), 1):
        if entry.name.casefold().endswith(SUFFIXES):
            path = Path(entry.path)  # which takes a link to itself for no file
            size += path.stat().st_size if path.is_file() else 0
        refuse_folder(files, size, str(raw))


def _entries(raw: Path) -> Iterator["os.DirEntry[str]"]:
    """Give one by one what lies in the folders that are read; linked ones are not followed."""
    waiting = [raw, raw / "plans", raw / SURVEY]
    while waiting:
        folder = waiting.pop()
        if not folder.is_dir():
            continue
        with os.scandir(folder) as entries:
            for entry in entries:
                yield entry
                if raw / SURVEY in (folder, *folder.parents) and entry.is_dir(
                    follow_symlinks=False
                ):
                    waiting.append(Path(entry.path))


class Together:
    """Adds up what has been read of a campaign, and of the table whose files are read now.

    All files of a table are in memory at once; so are those of a quarter's survey.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._cells = self._unpacked = self._cells_of_table = self._letters_of_table = 0

    def begin_table(self) -> None:
        """Say that the files of another table follow."""
        self._cells_of_table = self._letters_of_table = 0

    def add_workbook(self, unpacked: int, file: str) -> None:
        """Count a workbook by the bytes that it unpacks into.

        Raises:
            CampaignError: it is more than any campaign has.
        """
        self._unpacked += unpacked
        refuse_total(self._cells, self._unpacked, file)

    def add(self, grid: Grid, file: str) -> Grid:
        """Count what stands on a sheet, and give it back.

        Raises:
            CampaignError: it is more than any table, or campaign, has.
        """
        cells = sum(len(column.codes) for column in grid.columns)
        texts = (cell for column in grid.columns for cell in column.distinct)
        self._cells += cells
        self._cells_of_table += cells
        self._letters_of_table += sum(len(text) for text in texts if isinstance(text, str))
        refuse_table(self._cells_of_table, self._letters_of_table, file)
        refuse_total(self._cells, self._unpacked, file)
        return grid
