"""What a report reads of what was built, and whether any of it has changed.

A village's report is given a `Slice`: its own village's rows and no other, so that nothing else
can change it. A slice's fingerprint is worked out from its rows; for all villages and quarters at
once it is worked out in one pass over the tables, without making any slice. What else a report
reads, quarters of the whole commune or whole tables, has a fingerprint too (`Fingerprints`).

What another machine needs for a village's page goes there as a folder of tables that opens like the
whole: `write_slice` for the report, `write_audited` for the audit.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from campaign_lib.base.files import write_parquet, write_text
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook.problems import CORRECTED
from campaign_lib.indicators import ALL
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.store.processed import MANIFEST, READ_FROM, Processed

#: Which rows of a table belong to a village's report of a quarter, as pairs of a column and what
#: stands in it: the village; the quarter; the quarter or none; the year's quarters so far; the
#: year; the one after it. Of an audit also: the village and the commune; the households of the
#: village's figures; the villages where they have lived; nobody.
_VILLAGE, _QUARTER, _QUARTER_OR_NONE, _SO_FAR = "village", "quarter", "quarter or none", "so far"
_YEAR, _NEXT_YEAR = "year", "next year"
_PLACES, _HOMES, _LIVED_IN, _NOBODY = "places", "homes", "lived in", "nobody"
_Rule = tuple[tuple[str, str], ...]
_HERE_AND_NOW: _Rule = (("village", _VILLAGE), ("quarter", _QUARTER))
_Parts = Mapping[str, tuple[str, _Rule]]
_PARTS: _Parts = {
    "results": ("results", (("place", _VILLAGE), ("quarter", _SO_FAR))),
    "public": ("public_results", (("place", _VILLAGE), ("quarter", _QUARTER))),
    "poverty": ("poverty_by_quarter", (("place", _VILLAGE), ("quarter", _SO_FAR))),
    "steps": ("steps", (("place", _VILLAGE), ("quarter", _QUARTER))),
    "households": ("panel", _HERE_AND_NOW),
    "activities": ("activities_by_quarter", _HERE_AND_NOW),
    "models": ("models_by_quarter", _HERE_AND_NOW),
    "support": ("support_by_quarter", _HERE_AND_NOW),
    "funding": ("funding", (("village", _VILLAGE), ("quarter", _SO_FAR))),
    "problems": ("problems", (("village", _VILLAGE), ("quarter", _QUARTER_OR_NONE))),
    "village": ("villages", (("village", _VILLAGE),)),
    "quarters": ("quarters", (("quarter", _SO_FAR),)),
    "surveyed": ("surveyed", (("quarter", _QUARTER),)),
    "task_progress": ("tasks_by_quarter", (("quarter", _QUARTER),)),
    "tasks": ("tasks", (("year", _YEAR),)),
    "next_tasks": ("tasks", (("year", _NEXT_YEAR),)),
    "plans": ("plans", (("year", _YEAR),)),
    "next_plans": ("plans", (("year", _NEXT_YEAR),)),
    "targets": ("targets", (("year", _YEAR),)),
    "revisions": ("revisions", (("place", _VILLAGE), ("quarter", _QUARTER))),
    "public_revisions": ("public_revisions", (("place", _VILLAGE), ("quarter", _QUARTER))),
}
#: What the audit of a village's figures reads of each table, beside the panel: of a household that
#: came from another village, or has gone there, its own rows. Of the survey only its columns.
_AUDITED: Mapping[str, _Rule] = {
    "results": (("place", _PLACES), ("quarter", _QUARTER)),
    "steps": (("place", _VILLAGE), ("quarter", _QUARTER)),
    "poverty_by_quarter": (("place", _VILLAGE), ("quarter", _QUARTER)),
    "revisions": (("place", _VILLAGE), ("quarter", _QUARTER)),
    "activities_by_quarter": _HERE_AND_NOW,
    "models_by_quarter": _HERE_AND_NOW,
    "areas_by_quarter": _HERE_AND_NOW,
    "quarters": (("quarter", _SO_FAR),),
    "surveyed": (("quarter", _QUARTER),),
    **dict.fromkeys(("plans", "targets", "allocation"), (("year", _YEAR),)),
    **dict.fromkeys(("households", "poverty_status"), (("household", _HOMES),)),
    "villages": (("village", _LIVED_IN),),
    "village_plans": (("village", _LIVED_IN), ("year", _YEAR)),
    "survey": (("household", _NOBODY),),
}
#: Where a household of the panel is counted, on one day or another.
_COUNTED_IN = sorted({part.place for indicator in ALL for part in indicator.parts()})
#: Where a row was read, in its own table and in the list of problems.
_ROW, _ROW_OF_PROBLEM = ["source_file", "source_sheet", "source_row"], ["file", "sheet", "row"]
#: What of another village's line of results an audit reads, and the tables whose files it names.
_BASES = ["quarter", "level", "place", "indicator", "denominator"]
_READ = (
    *("survey", "households", "poverty_status", "villages"),
    *("village_plans", "activities", "models"),
)
#: What a page shows of its own place and quarter, and no page of another quarter reads.
_NOTES = ("revisions", "public_revisions")
Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Slice:
    """What a village's report of a quarter is built from: small tables by name."""

    village: str
    quarter: str
    frames: Mapping[str, pd.DataFrame]

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.frames[name]

    @cached_property
    def fingerprint(self) -> str:
        """A hash of every row in it; the rows' order does not matter."""
        return _digest(int(_row_hashes(self.frames[name]).sum()) for name in _PARTS)


def slice_of(processed: Processed, village: str, quarter: str) -> Slice:
    """Take one village's part of one quarter.

    Args:
        processed: what was built.
        village: a code.
        quarter: one that has results.
    """
    wanted = _wanted(village, quarter, processed.quarters)
    frames = {
        name: processed.rows(table, {column: wanted[what] for column, what in rule})
        for name, (table, rule) in _PARTS.items()
    }
    return Slice(village, quarter, frames)


class Fingerprints:
    """The fingerprints of everything that reports are built from, each worked out once.

    A fingerprint is a hash of rows, whatever their order, and how many rows they are.
    """

    def __init__(self, processed: Processed) -> None:
        self._processed = processed
        self._tables: dict[str, pd.DataFrame] = {}
        self._hashes: dict[tuple[str, bool], pd.Series] = {}

    def _table(self, name: str) -> pd.DataFrame:
        if name not in self._tables:
            self._tables[name] = self._processed.table(name)
        return self._tables[name]

    def _rows(self, name: str, *, traced: bool = False) -> "pd.Series[int]":
        """The number of each row of a table, under the row's own index."""
        if (name, traced) not in self._hashes:
            table = self._table(name).drop(columns="sha256", errors="ignore")
            numbers = pd.Series(_row_hashes(table, traced=traced), index=table.index)
            self._hashes[name, traced] = numbers
        return self._hashes[name, traced]

    def _sums(self, name: str, rule: _Rule, *, traced: bool = False) -> "_Sums":
        """Add the rows' numbers up (modulo 2^64) and count them, by the rule's columns."""
        table, hashes = self._table(name), self._rows(name, traced=traced)
        if not rule:
            return {(): (int(hashes.sum()), len(hashes))}
        keys = [table[one] if one == "year" else table[one].astype("str") for one, _ in rule]
        grouped = hashes.groupby(keys).agg(["sum", "size"])
        return {
            key if isinstance(key, tuple) else (key,): (int(added), int(count))
            for key, added, count in grouped.itertuples(name=None)
        }

    def _sums_of(self, parts: _Parts) -> Mapping[str, "_Sums"]:
        return {name: self._sums(table, rule) for name, (table, rule) in parts.items()}

    @cached_property
    def slices(self) -> Mapping[tuple[str, str], tuple[str, int]]:
        """Of every village's slice, by village and quarter."""
        quarters, sums = self._processed.quarters, self._sums_of(_PARTS)
        return {
            (village, quarter): _of(_wanted(village, quarter, quarters), sums, _PARTS)
            for quarter in quarters
            for village in self._processed.villages
        }

    @cached_property
    def quarters(self) -> Mapping[str, tuple[str, int]]:
        """Of all that stands in the slices of a quarter, whatever the village, and without one."""
        parts = {
            name: (table, tuple(pair for pair in rule if pair[1] != _VILLAGE))
            for name, (table, rule) in _PARTS.items()
            if name not in _NOTES
        }
        quarters, sums = self._processed.quarters, self._sums_of(parts)
        return {code: _of(_wanted("", code, quarters), sums, parts) for code in quarters}

    @cached_property
    def traced(self) -> Mapping[tuple[str, str], tuple[str, int]]:
        """Of the answers of each village and quarter with their rows in the raw files."""
        own = self._sums("panel", _HERE_AND_NOW, traced=True)
        return {
            (village, quarter): _summed([own.get((village, quarter), (0, 0))])
            for quarter in self._processed.quarters
            for village in self._processed.villages
        }

    def notes(self, quarter: str, place: str = "") -> tuple[str, int]:
        """Of what has been revised since a quarter was sent, of one place, or of all.

        With all places, of what an officer has written of the quarter, too.
        """
        totals = []
        for name in ("remarks", *_NOTES):
            table = self._table(name)
            here = not place if name == "remarks" else (table["place"] == place) | (not place)
            own = self._rows(name)[(table["quarter"] == quarter) & here]
            totals.append((int(own.sum()), len(own)))
        return _summed(totals)

    def table(self, name: str, *, traced: bool = True) -> tuple[str, int]:
        """Of a whole table, not of bytes that nobody reads.

        Args:
            name: its name.
            traced: with where its rows stand in the raw files.
        """
        hashes = self._rows(name, traced=traced)
        return _summed([(int(hashes.sum()), len(hashes))])


def _wanted(village: str, quarter: str, quarters: tuple[str, ...]) -> Mapping[str, list[Any]]:
    year = Quarter.parse(quarter).year
    return {
        _VILLAGE: [village],
        _QUARTER: [quarter],
        _QUARTER_OR_NONE: [quarter, ""],
        _SO_FAR: [
            code for code in quarters if Quarter.parse(code).year == year and code <= quarter
        ],
        _YEAR: [year],
        _NEXT_YEAR: [year + 1],
    }


def _row_hashes(table: pd.DataFrame, *, traced: bool = False) -> Hashes:
    """Give a number for each row that depends on all of its cells, but not on where it stands.

    To sort a raw file changes no report, unless it prints where in the file a row is (`traced`).
    """
    if not traced:
        table = table.drop(columns=[name for name in table if str(name).startswith("source_")])
    return np.asarray(pd.util.hash_pandas_object(table, index=False), np.uint64)


_Sums = Mapping[tuple[Any, ...], tuple[int, int]]


def _of(
    wanted: Mapping[str, list[Any]], sums: Mapping[str, _Sums], parts: _Parts
) -> tuple[str, int]:
    return _summed([_total(sums[name], rule, wanted) for name, (_, rule) in parts.items()])


def _total(sums: _Sums, rule: _Rule, wanted: Mapping[str, list[Any]]) -> tuple[int, int]:
    keys = product(*(wanted[what] for _, what in rule))
    found = [sums[key] for key in keys if key in sums]
    return sum(added for added, _ in found) % 2**64, sum(count for _, count in found)


def _summed(totals: Sequence[tuple[int, int]]) -> tuple[str, int]:
    return _digest(added for added, _ in totals), sum(count for _, count in totals)


def _digest(totals: Iterator[int]) -> str:
    return hashlib.sha256(" ".join(map(str, totals)).encode()).hexdigest()


def write_slice(processed: Processed, village: str, quarter: str, folder: Path) -> None:
    """Write one village's part as a folder that opens like the whole, to be sent elsewhere.

    Args:
        processed: what was built.
        village: a code.
        quarter: one that has results.
        folder: an empty one.
    """
    wanted = _wanted(village, quarter, processed.quarters)
    parts: dict[str, list[pd.DataFrame]] = {}
    for table, rule in _PARTS.values():
        rows = processed.rows(table, {column: wanted[what] for column, what in rule})
        parts.setdefault(table, []).append(rows)
    tables = {table: pd.concat(pieces, ignore_index=True) for table, pieces in parts.items()}
    _write(processed, folder, tables, processed.manifest)


def write_audited(processed: Processed, village: str, quarter: str, folder: Path) -> None:
    """Write what the audit of a village's figures of one quarter reads, as `write_slice` does.

    Of other villages there are the names of those where its households have lived, and, where the
    commune has fixed its sharing-out, the denominators by which the audit proves it.
    """
    panel = processed.panel
    here = np.logical_or.reduce([panel[name] == village for name in _COUNTED_IN])
    homes = panel[here & (panel["quarter"] == quarter)]
    stays = processed.rows("households", {"household": homes["household"]})
    wanted = {
        **_wanted(village, quarter, processed.quarters),
        _PLACES: [village, COMMUNE],
        _HOMES: [*homes["household"]],
        _LIVED_IN: [village, *stays["village"]],
        _NOBODY: [],
    }
    tables = {"panel": homes} | {
        table: processed.rows(table, {column: wanted[what] for column, what in rule})
        for table, rule in _AUDITED.items()
    }
    if len(tables["allocation"]):
        bases = processed.rows("results", {"quarter": [quarter], "level": ["village"]})
        bases = bases.loc[bases["place"] != village, _BASES].reindex(columns=bases.columns)
        tables["results"] = pd.concat([tables["results"], bases.astype(tables["results"].dtypes)])
    rows = pd.concat([table[_ROW] for table in tables.values() if {*_ROW} <= {*table}])
    problems = processed.rows("problems", {"action": [CORRECTED]})
    where, own = map(pd.MultiIndex.from_frame, (problems[_ROW_OF_PROBLEM], rows))
    tables["problems"] = problems[where.isin(own)]
    names = {name: processed.read_from(name, quarter) for name in _READ}
    _write(processed, folder, tables, {**processed.manifest, READ_FROM: names})


def _write(
    processed: Processed,
    folder: Path,
    tables: Mapping[str, pd.DataFrame],
    manifest: Mapping[str, Any],
) -> None:
    for name, table in tables.items():
        write_parquet(processed.file(name, folder), table)
    write_text(folder / MANIFEST, json.dumps(manifest, ensure_ascii=False))
