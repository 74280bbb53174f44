"""Which files of `data/raw` are read, and what each is called in a list of problems."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from campaign_lib.codebook import folded
from campaign_lib.errors import CampaignError
from campaign_lib.quarters import Quarter

SURVEY = "survey"
#: The two kinds of which a table must not have both, and kinds that give way to these.
_FIRST = (".csv", ".xlsx")
SUFFIXES = (*_FIRST, ".xlsm", ".xls")
#: Other kinds of tables, which somebody may believe to have been read.
_OTHER_TABLES = (".xlsb", ".ods", ".tsv", ".txt")


@dataclass(frozen=True)
class SurveyFiles:
    """The files of `survey/`, by quarter, as pairs of path and name; and what is none of them."""

    by_quarter: Mapping[Quarter, Sequence[tuple[Path, str]]]
    strange: Sequence[str]
    unread: Sequence[str]


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
    tables = [path for path in _inside(folder) if is_table(path)]
    for path in (path for path in tables if path.suffix.casefold() in _FIRST):
        _take(found, path)
    others: dict[str, Path] = {}
    for path in (path for path in tables if folded(path.stem) not in found):
        _take(others, path)
    return found | others


def _take(found: dict[str, Path], path: Path) -> None:
    """Note a table by its stem; none may have two files."""
    other = found.setdefault(folded(path.stem), path)
    if other != path:
        raise CampaignError(
            f"{other.name} and {path.name} are both there, in {path.parent.name}/: "
            "keep the one that is right and take the other away."
        )


def survey_files(raw: Path) -> SurveyFiles:
    """List the surveys: `survey/2024Q3.csv`, and any file of a folder `survey/2024Q3/`."""
    found: dict[Quarter, list[tuple[Path, str]]] = {}
    strange: list[str] = []
    unread: list[str] = []
    for name, path in tables_in(raw / SURVEY).items():
        quarter = quarter_of(name)
        if quarter is None:
            strange.append(f"{SURVEY}/{path.name}")
        else:
            found.setdefault(quarter, []).append((path, f"{SURVEY}/{path.name}"))
    for folder in filter(_is_folder, _inside(raw / SURVEY)):
        quarter = quarter_of(folder.name)
        for path in _below(folder):
            file = path.relative_to(raw).as_posix()
            if _is_other(path):
                unread.append(file)
            elif is_table(path) and (quarter is None or path.parent != folder):
                strange.append(file)
            elif is_table(path) and quarter is not None:
                found.setdefault(quarter, []).append((path, file))
    return SurveyFiles(dict(sorted(found.items())), sorted(strange), sorted(unread))


def quarter_of(name: str) -> Quarter | None:
    """Give the quarter that a file or folder is named after."""
    try:
        return Quarter.parse(name)
    except CampaignError:
        return None


def raw_hashes(raw: Path) -> dict[str, str]:
    """Give the SHA-256 of every table and plan under `data/raw`, by its path there."""
    quarters = [path for path in filter(_is_folder, _inside(raw / SURVEY)) if quarter_of(path.name)]
    files = [path for folder in (raw, raw / SURVEY, *quarters) for path in _inside(folder)]
    wanted = [path for path in files if is_table(path)] + list((raw / "plans").glob("*.toml"))
    return {
        path.relative_to(raw).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(wanted)
    }


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _below(folder: Path) -> list[Path]:
    """List the files of a folder and of those in it, but for linked folders."""
    files = _inside(folder)
    return [*files, *(path for one in files if _is_folder(one) for path in _below(one))]


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and not path.name.startswith(".")


def _is_other(path: Path) -> bool:
    return path.suffix.casefold() in _OTHER_TABLES and _is_seen(path)


def _is_seen(path: Path) -> bool:
    return not path.name.startswith((".", "~$")) and path.is_file()
