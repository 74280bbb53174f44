"""Which files of `data/raw` are read, and what each is called in a list of problems."""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from campaign_lib.base.limits import refuse_folder, refuse_table, refuse_total
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import folded
from campaign_lib.errors import CampaignError
from campaign_lib.intake.cells import Grid
from campaign_lib.plan.files import plan_paths

SURVEY = "survey"
#: Beside the table of that name: filled workbooks of visits, by quarter, as surveys are.
INSPECTIONS = "inspections"
_BY_QUARTER = (SURVEY, INSPECTIONS)
#: The two kinds of which a table must not have both, and kinds that give way to these.
_FIRST = (".csv", ".xlsx")
SUFFIXES = (*_FIRST, ".xlsm", ".xls", ".ods")
#: Other kinds of tables, which somebody may believe to have been read.
_OTHER_TABLES = (".xlsb", ".tsv", ".txt")


@dataclass(frozen=True)
class SurveyFiles:
    """The files of a folder such as `survey/` by quarter, as path and name; and what is none."""

    by_quarter: Mapping[Quarter, Sequence[tuple[Path, str]]]
    strange: Sequence[str]
    unread: Sequence[str]
    no_files: Sequence[str]


def is_table(path: Path) -> bool:
    """Say whether a file holds a table, and is not what a program leaves beside one."""
    return path.suffix.casefold() in SUFFIXES and _is_seen(path)


def other_tables_in(folder: Path) -> list[Path]:
    """List the files of a folder that look like tables, and are of no kind that can be read."""
    return [path for path in _inside(folder) if _is_other(path)]


def second_choices_in(folder: Path) -> list[Path]:
    """List the tables that are not read because the same table is there as CSV or XLSX."""
    chosen = set(tables_in(folder).values())
    return [path for path in _inside(folder) if is_table(path) and path not in chosen]


def tables_in(folder: Path) -> dict[str, Path]:
    """List the tables of a folder by folded stem.

    Raises:
        CampaignError: one stem stands twice, such as households.csv and households.xlsx.
    """
    found: dict[str, Path] = {}
    for path in sorted(filter(is_table, _inside(folder)), key=_gives_way):
        other = found.setdefault(folded(path.stem), path)
        if other != path and _gives_way(other) == _gives_way(path):
            raise CampaignError(
                "folder.both", first=other.name, second=path.name, folder=folder.name
            )
    return found


def _gives_way(path: Path) -> bool:
    return path.suffix.casefold() not in _FIRST


def survey_files(raw: Path, name: str = SURVEY) -> SurveyFiles:
    """List the surveys: `survey/2024Q3.csv`, and any file of a folder `survey/2024Q3/`.

    Another `name` stands for a folder with files of the same order.
    """
    tables = [(quarter_of(stem), path) for stem, path in tables_in(raw / name).items()]
    folders = filter(_is_folder, _inside(raw / name))
    below = [(folder, path) for folder in folders for path in _below(folder)]
    tables += [
        (quarter_of(folder.name) if path.parent == folder else None, path)
        for folder, path in below
        if is_table(path)
    ]

    def called(path: Path) -> str:
        return path.relative_to(raw).as_posix()

    found: dict[Quarter, list[tuple[Path, str]]] = {}
    for quarter, path in tables:
        if quarter is not None:
            found.setdefault(quarter, []).append((path, called(path)))
    return SurveyFiles(
        by_quarter=dict(sorted(found.items())),
        strange=sorted(called(path) for quarter, path in tables if quarter is None),
        unread=sorted(called(path) for _, path in below if _is_other(path)),
        no_files=[
            *map(called, no_files_in(raw / name)),
            *(called(path) for _, path in below if _is_no_file(path)),
        ],
    )


def quarter_of(name: str) -> Quarter | None:
    """Give the quarter that a file or folder is named after."""
    try:
        return Quarter.parse(name)
    except CampaignError:
        return None


def raw_files(raw: Path) -> dict[str, Path]:
    """Give every table and plan under `data/raw`, by its path there."""
    tops = [raw / name for name in _BY_QUARTER]
    folders = (path for top in tops for path in filter(_is_folder, _inside(top)))
    quarters = [path for path in folders if quarter_of(path.name)]
    files = [path for folder in (raw, *tops, *quarters) for path in _inside(folder)]
    plans = [path for path in plan_paths(raw / "plans") if path.is_file()]
    wanted = [path for path in files if is_table(path)] + plans
    return {path.relative_to(raw).as_posix(): path for path in sorted(wanted)}


def raw_hashes(raw: Path) -> dict[str, str]:
    """Give the SHA-256 of every table and plan under `data/raw`, by its path there."""
    return {name: digest_of(path) for name, path in raw_files(raw).items()}


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a file, however large."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def no_files_in(folder: Path) -> list[Path]:
    """List what is named like a table and is no file: a folder, a pipe, a link to nowhere."""
    return [path for path in _inside(folder) if _is_no_file(path)]


def no_plans_in(folder: Path) -> list[Path]:
    """List the tables of the folder of plans that are of no kind a plan is read from."""
    plans = plan_paths(folder)
    return [
        path
        for path in _inside(folder)
        if path not in plans and (is_table(path) or _is_other(path))
    ]


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _below(folder: Path) -> list[Path]:
    """List the files of a folder and of those in it, however deep, but for linked folders."""
    found: list[Path] = []
    folders = [folder]
    while folders:
        files = _inside(folders.pop())
        found += files
        folders += filter(_is_folder, files)
    return sorted(found)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and not path.name.startswith(".")


def _is_other(path: Path) -> bool:
    return path.suffix.casefold() in _OTHER_TABLES and _is_seen(path)


def _is_no_file(path: Path) -> bool:
    return path.suffix.casefold() in SUFFIXES and path.name[0] not in ".~" and not path.is_file()


def _is_seen(path: Path) -> bool:
    return not path.name.startswith((".", "~$")) and path.is_file()


# What all files of a folder take together: thousands may each be just below a file's limits.
#
# How many there are and what they have on disk is looked at before any is read; what only reading
# shows (cells, letters, what a workbook unpacks into) is added up file by file.


def look_over(raw: Path) -> None:
    """Look at how many files lie where tables are looked for, and how large the tables are.

    Raises:
        CampaignError: there is no such folder, or more in it than any campaign has.
    """
    if not raw.is_dir():
        raise CampaignError("folder.no_raw", folder=raw)
    size = 0
    for files, entry in enumerate(_entries(raw), 1):
        if entry.name.casefold().endswith(SUFFIXES):
            path = Path(entry.path)  # which takes a link to itself for no file
            size += path.stat().st_size if path.is_file() else 0
        refuse_folder(files, size, str(raw))


def _entries(raw: Path) -> Iterator["os.DirEntry[str]"]:
    """Give one by one what lies in the folders that are read; linked ones are not followed."""
    tops = [raw / name for name in _BY_QUARTER]
    waiting = [raw, raw / "plans", *tops]
    while waiting:
        folder = waiting.pop()
        if not folder.is_dir():
            continue
        with os.scandir(folder) as entries:
            for entry in entries:
                yield entry
                below = any(top in (folder, *folder.parents) for top in tops)
                if below and entry.is_dir(follow_symlinks=False):
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
