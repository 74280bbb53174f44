"""A campaign of one's own: a folder with a workbook for each table, and the year's plan.

Nothing in it is made up: tables have headings and the villages alone, the plan its tasks to change
and no number.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from campaign_lib.base.files import private_folder
from campaign_lib.base.quarters import DECREE_09_2019
from campaign_lib.codebook import codebook, folded
from campaign_lib.errors import CampaignError
from campaign_lib.intake.cells import Grid
from campaign_lib.intake.sources import grids_in
from campaign_lib.intake.sources.layout import places
from campaign_lib.office.plan_book import write_plan_book
from campaign_lib.office.table_book import tables_by_hand, write_table_book
from campaign_lib.plan import DECREE_07_2021, PARAMETERS, UNLISTED
from campaign_lib.plan.usual import usual_tasks
from campaign_lib.words import aloud

_VILLAGES = codebook().tables["villages"]
#: More villages than any commune has: more is a slip of the pen.
_MOST_VILLAGES = 300
#: So many rows of a list of villages may stand above its headings.
_TITLES = 10


_GIVEN = {name: one for name, one in PARAMETERS.items() if name != UNLISTED}


@dataclass(frozen=True)
class Start:
    """What a campaign begins with; `district` is "" where there is none."""

    commune: str
    province: str
    district: str
    year: int
    villages: Sequence[Mapping[str, object]]


def refuse_begun(folder: Path) -> None:
    """Refuse a folder in which a campaign has begun.

    Raises:
        CampaignError: something lies in its `raw`.
    """
    raw = folder / "raw"
    if raw.exists() and (not raw.is_dir() or any(path.is_file() for path in raw.rglob("*"))):
        raise CampaignError("start.begun", folder=raw)


def write_start(folder: Path, start: Start) -> None:
    """Write a folder `raw` of workbooks to fill in, and the plan.

    Raises:
        CampaignError: something is there already, or a file cannot be written.
    """
    refuse_begun(folder)
    raw = folder / "raw"
    private_folder(raw / "survey")
    named = [(str(one["village"]), str(one["name"])) for one in start.villages]
    for table in tables_by_hand():
        rows = start.villages if table.name == "villages" else ()
        write_table_book(raw / f"{table.name}.xlsx", table, rows, named)
    said: dict[str, object] = {
        **{name: getattr(start, name) for name in ("commune", "province", "district", "year")},
        **{f"path.{quarter}": quarter / 4 for quarter in range(1, 5)},
        # What follows from the one that is left out is for the office to say.
        **{f"parameters.{name}": one.default for name, one in _GIVEN.items()},
        "illustrative": "no",
        "calendar": DECREE_09_2019,
        "baseline": date(start.year - 1, 12, 31),
        "poverty_standard": DECREE_07_2021,
    }
    write_plan_book(raw / "plans" / f"{start.year}.xlsx", said, usual_tasks(start.year))


def in_words(folder: Path, start: Start) -> Iterator[str]:
    """Say what was written and what is done with it."""
    others = len(tables_by_hand()) - 3
    yield aloud("start.done", commune=start.commune, year=start.year, folder=str(folder / "raw"))
    named = ", ".join(f"{one['village']} {one['name']}" for one in start.villages)
    yield "  " + aloud("start.villages", count=len(start.villages), names=named)
    yield "  " + aloud("start.homes")
    yield "  " + aloud("start.plan", year=start.year)
    yield "  " + aloud("start.others", count=others)


# The villages: so many, or those of a list.


def villages_of(text: str) -> list[dict[str, object]]:
    """Give the rows of villages that a number stands for, or that a file lists.

    A list has a name in each row, or a code and a name, below headings or not.

    Raises:
        CampaignError: the number is none of villages, the file cannot be read, or one village
            stands there twice.
    """
    if text.strip().isdecimal():
        count = int(text)
        if not 1 <= count <= _MOST_VILLAGES:
            raise CampaignError("start.count", count=text, most=_MOST_VILLAGES)
        return [_village(f"T{one}", f"Thôn {one}") for one in range(1, count + 1)]
    path = Path(text)
    villages = [one for grid in grids_in(path)[:1] for one in _listed(grid)]
    for key in ("village", "name"):
        names = [folded(str(one[key])) for one in villages]
        if twice := [name for name in names if names.count(name) > 1]:
            raise CampaignError("start.twice", file=path.name, name=twice[0])
    if not villages:
        raise CampaignError("start.no_villages", file=path.name)
    return villages


def _village(code: str, name: str, areas: object = 1, aliases: str = "") -> dict[str, object]:
    return {"village": code, "name": name, "residential_areas": areas, "aliases": aliases}


def _listed(grid: Grid) -> Iterator[dict[str, object]]:
    """Read rows of villages; without headings a name alone, or a code before it.

    What numbers the rows, and a total, is none.
    """
    rows = [grid.texts(int(row)) for row in np.flatnonzero(grid.filled)]
    at: Mapping[str, int] = {}
    for top, row in enumerate(rows[:_TITLES]):
        if "name" in (found := places(_VILLAGES, tuple(row))):
            at, rows = found, rows[top + 1 :]
            break
    if not at:
        width = max((len([*filter(None, row)]) for row in rows), default=0)
        at = {"name": 0} if width < 2 else {"village": 0, "name": 1}
    rows = [row for row in rows if row[at["name"]]]
    for number, row in enumerate(rows, 1):
        said = {name: row[place] for name, place in at.items()}
        if any(
            folded(text).startswith("tổng") or folded(text) in codebook().totals for text in row
        ):
            return
        areas, code = said.get("residential_areas", ""), said.get("village", "")
        yield _village(
            f"T{number}" if not code or code.rstrip(".").isdecimal() else code,
            said["name"],
            int(areas) if areas.isdecimal() else 1,
            said.get("aliases", ""),
        )
