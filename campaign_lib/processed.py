"""What has been built, opened for reading: results, steps, panel, tables, and a village's part.

A report is given a `Slice`: its own village's rows and no other, so that what it was built from
can be hashed, and nothing else can change it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from campaign_lib.codebook import folded
from campaign_lib.errors import CampaignError
from campaign_lib.quarters import Quarter
from campaign_lib.steps import COMMUNE

#: Tables whose rows belong to the village in their column `village`, by quarter or for all time.
_OF_A_QUARTER = ("activities_by_quarter", "models_by_quarter", "areas_by_quarter")


class Processed:
    """A folder `data/processed`; each table is read when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        """Open a folder.

        Raises:
            CampaignError: nothing has been built there.
        """
        self.folder = folder
        if not (folder / "manifest.json").is_file():
            raise CampaignError(f"{folder}: nothing has been built here; run `campaign build`.")
        self._tables: dict[str, pd.DataFrame] = {}

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """What the build was made from."""
        content: dict[str, Any] = json.loads((self.folder / "manifest.json").read_bytes())
        return content

    @cached_property
    def results(self) -> pd.DataFrame:
        """Every line of results, percentages as numbers."""
        return pd.read_parquet(self.folder / "results.parquet")

    @cached_property
    def steps(self) -> pd.DataFrame:
        """Every line of steps.csv."""
        return pd.read_csv(self.folder / "steps.csv", dtype={"place": "str", "level": "str"})

    @cached_property
    def panel(self) -> pd.DataFrame:
        """Households by quarter: what the steps of households are computed from."""
        return pd.read_parquet(self.folder / "panel.parquet")

    def table(self, name: str) -> pd.DataFrame:
        """Give one of the tables under `tables/`, such as funding or activities_by_quarter."""
        if name not in self._tables:
            path = self.folder / "tables" / f"{name}.parquet"
            self._tables[name] = pd.read_parquet(path)
        return self._tables[name]

    @cached_property
    def quarters(self) -> tuple[str, ...]:
        """The quarters that have results, in order."""
        return tuple(self.table("quarters")["quarter"])

    @cached_property
    def villages(self) -> Mapping[str, str]:
        """The villages' names by code, in the order of the codes."""
        table = self.table("villages").sort_values("village")
        return dict(zip(table["village"], table["name"], strict=True))

    @property
    def illustrative(self) -> bool:
        """Whether the data are made up."""
        return bool(self.manifest["illustrative"])

    def known_quarter(self, code: str) -> str:
        """Give a quarter's code as it is written here.

        Raises:
            CampaignError: no such quarter; the sentence lists those there are.
        """
        quarter = str(Quarter.parse(str(code)))
        if quarter not in self.quarters:
            raise CampaignError(
                f"{quarter} has no survey here; known quarters are {', '.join(self.quarters)}."
            )
        return quarter

    def known_place(self, name: str) -> str:
        """Give a village's code, or `commune`, from a code or name as loosely as in a raw cell.

        Raises:
            CampaignError: no such village; the sentence lists those there are.
        """
        spellings = {folded(text): code for code, text in self.villages.items()}
        spellings |= {folded(code): code for code in self.villages} | {COMMUNE: COMMUNE}
        code = spellings.get(folded(str(name)))
        if code is None:
            known = ", ".join(self.villages)
            raise CampaignError(f"{name!r} is not a village; known are {known} (or {COMMUNE}).")
        return code

    def units(self, name: str) -> pd.DataFrame:
        """Give the frame that an indicator's steps walk, by the name of its units."""
        return self.panel if name == "households" else self.table(f"{name}_by_quarter")

    def slice(self, village: str, quarter: str) -> "Slice":
        """Give what one village's report of one quarter is built from."""
        days: Any = self.table("quarters").set_index("quarter").loc[quarter]
        year = int(days["year"])
        so_far = [code for code in self.quarters if Quarter.parse(code).year == year]
        so_far = [code for code in so_far if code <= quarter]
        frames = {
            "results": _of(self.results, "place", village, so_far),
            "steps": _of(self.steps, "place", village, [quarter]),
            "households": _of(self.panel, "village", village, [quarter]),
            "funding": _of(self.table("funding"), "village", village, so_far),
            "problems": _of(self.table("problems"), "village", village),
            "village": _of(self.table("villages"), "village", village),
            **{
                name: _of(self.table(name), "village", village, [quarter]) for name in _OF_A_QUARTER
            },
            "quarters": self.table("quarters").query("quarter in @so_far"),
            "tasks": self.table("tasks").query("year == @year"),
            "next_tasks": self.table("tasks").query("year == @year + 1"),
            "targets": self.table("targets").query("year == @year"),
            "plans": self.table("plans").query("year == @year"),
            "surveyed": self.table("surveyed").query("quarter == @quarter"),
            "task_progress": self.task_progress(days["last_day"]),
        }
        return Slice(
            village, quarter, {name: frame.reset_index(drop=True) for name, frame in frames.items()}
        )

    def task_progress(self, day: pd.Timestamp) -> pd.DataFrame:
        """Give the latest report on each task by a day."""
        reports = self.table("task_progress")
        by_then = reports[reports["reported_on"] <= day].sort_values("reported_on", kind="stable")
        return by_then.drop_duplicates("task", keep="last")


def _of(
    table: pd.DataFrame, column: str, place: str, quarters: list[str] | None = None
) -> pd.DataFrame:
    rows = table[table[column].astype("str") == place]
    return rows if quarters is None else rows[rows["quarter"].astype("str").isin(quarters)]


@dataclass(frozen=True)
class Slice:
    """One village's part of what was built, for one quarter: small tables by name."""

    village: str
    quarter: str
    frames: Mapping[str, pd.DataFrame]

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.frames[name]

    @cached_property
    def sha256(self) -> str:
        """One hash of everything in it."""
        total = hashlib.sha256()
        for name, frame in sorted(self.frames.items()):
            total.update(f"{name}\n".encode() + frame.to_csv(index=False).encode())
        return total.hexdigest()
