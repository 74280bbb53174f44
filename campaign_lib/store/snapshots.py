"""A build as it was, in one file: what two builds are compared by, without names or typed text.

`data/processed/last.zip` is the build before the one that is there; `data/locked/2024Q1.zip` is a
quarter as it was sent upward. A file is moved into its place whole, and others may not read it:
it has households' ids and answers. Of several communes it has each one's build, too.

A snapshot outlives the version of the program that made it. It may lack a table or a column that
is asked for today, or have one more: two builds are compared by what both have (`comparable`).
"""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from campaign_lib.base.files import private_folder, safe_name, write_whole
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL
from campaign_lib.indicators.indicator import columns_of, units_table
from campaign_lib.indicators.results import KEYS
from campaign_lib.plan.communes import ONLY
from campaign_lib.store.processed import COMMUNES, MANIFEST, Processed

#: The number of the layout. It goes up when what stands in a snapshot means something else than it
#: did; a table or a column more or less leaves it as it is. A build without one is of number 1.
SCHEMA = 1
SCHEMA_KEY = "schema"
#: The build before the one that is there, in the folder of processed tables.
LAST = "last.zip"
#: The tables of a snapshot, each with the columns without which it says nothing.
TABLES: Mapping[str, tuple[str, ...]] = {
    "results": (*KEYS, "unit"),
    "public_results": ("quarter", "place", "indicator"),
    "panel": ("household", "quarter", "village"),
    "activities_by_quarter": ("activity", "quarter", "village"),
    "models_by_quarter": ("model", "quarter", "village"),
    "areas_by_quarter": ("village", "area", "quarter"),
    "quarters": ("quarter",),
    "surveyed": ("quarter", "column"),
    "plans": ("year",),
    "targets": ("year", "indicator"),
    "allocation": ("year", "indicator", "village"),
    "villages": ("village",),
    "village_plans": ("village", "year"),
    "households": ("household",),
    "poverty_status": ("household",),
}
#: What somebody typed, names of people among it, by the codebook's types of columns.
_TYPED = ("text", "aliases")
#: A village's name is no person's.
_NAMES_KEPT = "villages"


class Build(Protocol):
    """What has been built: opened from a folder (`Processed`) or from a file (`Snapshot`)."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What it was made from."""
        ...

    def has(self, name: str) -> bool:
        """Say whether there is a table of this name: another version may know no such table."""
        ...

    def table(self, name: str) -> pd.DataFrame:
        """Give one of `TABLES` that is there."""
        ...

    @property
    def parts(self) -> Mapping[str, "Build"]:
        """The builds of the campaign's communes by key; the only one's is this."""
        ...


class Snapshot:
    """A build that was kept in a file; each table is read when it is first asked for."""

    def __init__(self, file: Path, inside: str = "") -> None:
        """Open a file, or the part of one commune `inside` it.

        Raises:
            CampaignError: it is none that `write_snapshot` has written, or a later version of the
                program has laid it out in a way that this one does not know.
        """
        self.file, self._inside = file, inside
        self._tables: dict[str, pd.DataFrame] = {}
        schema = self.manifest.get(SCHEMA_KEY, 1)
        if not self.manifest or type(schema) is not int:
            raise self.strange()
        if schema > SCHEMA:
            raise CampaignError("folder.kept_later", file=file, schema=schema, known=SCHEMA)

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """What the build was made from, and what was noted when it was kept."""
        try:
            content: dict[str, Any] = json.loads(self._read(MANIFEST))
        except ValueError as error:
            raise self.strange() from error
        if not isinstance(content, dict):
            raise self.strange()
        return content

    def has(self, name: str) -> bool:
        """Say whether there is a table of this name: another version may know no such table."""
        try:
            with zipfile.ZipFile(self.file) as content:
                return f"{self._inside}{name}.parquet" in content.namelist()
        except zipfile.BadZipFile as error:
            raise self.strange() from error

    def table(self, name: str) -> pd.DataFrame:
        """Give one of `TABLES` that is there."""
        if name not in self._tables:
            content = io.BytesIO(self._read(f"{name}.parquet"))
            try:
                self._tables[name] = pd.read_parquet(content)
            except (ValueError, OSError) as error:  # what Arrow raises for damaged bytes
                raise self.strange() from error
        if name == "results" and not {*TABLES[name]} <= {*self._tables[name]}:
            raise self.strange()
        return self._tables[name]

    def _read(self, name: str) -> bytes:
        try:
            with zipfile.ZipFile(self.file) as content:
                return content.read(self._inside + name)
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
            raise self.strange() from error

    @cached_property
    def parts(self) -> Mapping[str, "Build"]:
        """The builds of a folder's communes by key; raises CampaignError as opening it does."""
        keys = self.manifest.get(COMMUNES, [ONLY])
        return {key: Snapshot(self.file, _inside(key)) if key else self for key in keys}

    def strange(self) -> CampaignError:
        """Give what is said of a file that is damaged, of another kind or of another version."""
        return CampaignError("folder.not_kept", file=self.file)


class InMemory:
    """A build that is about to be written, from the tables at hand."""

    def __init__(
        self,
        manifest: Mapping[str, Any],
        tables: Mapping[str, pd.DataFrame],
        parts: Mapping[str, Build] | None = None,
    ) -> None:
        self.manifest, self._tables = manifest, tables
        self.parts: Mapping[str, Build] = parts or {ONLY: self}

    def has(self, name: str) -> bool:
        """Say whether there is a table of this name."""
        return name in self._tables

    def table(self, name: str) -> pd.DataFrame:
        """Give one of its tables."""
        return self._tables[name]


def write_snapshot(
    build: Build, file: Path, quarters: Sequence[str] = (), noted: Mapping[str, Any] | None = None
) -> None:
    """Keep a build in a file.

    Args:
        build: what has been built, by this version or by an older one.
        file: its place; what is there is replaced at once.
        quarters: only these; all when empty.
        noted: what to note beside the manifest.

    Raises:
        CampaignError: the file cannot be written.
    """

    def put(content: zipfile.ZipFile, one: Build, inside: str = "") -> None:
        manifest = {SCHEMA_KEY: 1, **one.manifest, **(noted or {})}
        content.writestr(inside + MANIFEST, json.dumps(manifest, ensure_ascii=False))
        walked = ((each, table_of(one, units_table(each.units))) for each in ALL)
        read = {name for pair in walked for name in columns_of(*pair, lacking=True)}
        for name in filter(one.has, TABLES):
            table = one.table(name).drop(columns=_typed_in(name) - read, errors="ignore")
            if quarters and "quarter" in table:
                table = table[table["quarter"].astype("str").isin(list(quarters))]
            packed = table.to_parquet(index=False, compression="zstd")
            content.writestr(f"{inside}{name}.parquet", packed)

    def fill(part: Path) -> None:
        with zipfile.ZipFile(part, "w") as content:
            for key, own in {ONLY: build, **build.parts}.items():
                put(content, own, _inside(key))

    write_whole(file, fill)


def _inside(commune: str) -> str:
    """Say where in a file the build of one commune is."""
    return f"{COMMUNES}/{safe_name(commune)}/" if commune else ""


def _typed_in(name: str) -> set[str]:
    """Name the columns of a table that hold what somebody typed, as the codebook knows them."""
    tables = codebook().tables
    raw = ("survey", "households") if name == "panel" else (name.removesuffix("_by_quarter"),)
    columns = (column for one in raw if one in tables for column in tables[one].columns)
    typed = {column.code for column in columns if column.type in _TYPED}
    return typed - {"name"} if name == _NAMES_KEPT else typed


def table_of(build: Build, name: str) -> pd.DataFrame:
    """Give a table of a build; one that is not there, or says nothing, has no row."""
    table = build.table(name) if build.has(name) else pd.DataFrame()
    return table if {*TABLES[name]} <= {*table} else pd.DataFrame(columns=[*TABLES[name]])


@dataclass(frozen=True)
class Comparable:
    """One of two builds, as far as the other can be compared with it.

    Attributes:
        own: the build.
        other: the one beside it.
    """

    own: Build
    other: Build

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What it was made from."""
        return self.own.manifest

    @cached_property
    def parts(self) -> Mapping[str, "Comparable"]:
        """The builds of a folder's communes by key; one that only one has is beside itself."""
        others = self.other.parts
        return {key: Comparable(own, others.get(key, own)) for key, own in self.own.parts.items()}

    def table(self, name: str) -> pd.DataFrame:
        """Give a table. What only one of the two has is missing in both: it is not compared.

        Of a table that only one has, both have no row.
        """
        own = table_of(self.own, name)
        if self.own.has(name) != self.other.has(name):
            own = own.iloc[:0]
        return own.assign(**dict.fromkeys(self.lacks(name)))

    def lacks(self, name: str) -> frozenset[str]:
        """Name the columns of a table that only one of the two has."""
        return frozenset({*table_of(self.own, name)} ^ {*table_of(self.other, name)})


def comparable(before: Build, now: Build) -> tuple[Comparable, Comparable]:
    """Give two builds, each as far as the other can be compared with it."""
    return Comparable(before, now), Comparable(now, before)


# Quarters that have been sent upward: frozen beside the processed tables.
#
# A lock is what was built of the quarter when it was sent, in `data/locked/<quarter>.zip`. No build
# and no cleaning up touches it. What a later build says otherwise is a revision, which
# `campaign_lib.analysis.changes` finds.

LOCKED = "locked"
_ON, _SUFFIX = "locked_on", ".zip"


@dataclass(frozen=True)
class Lock:
    """A quarter as it was sent.

    Attributes:
        quarter: its code.
        on: the day on which it was locked.
        build: what had been built of it.
    """

    quarter: str
    on: date
    build: Build

    def of_commune(self, key: str) -> "Lock | None":
        """Give what was sent of a commune; None where nothing of it was."""
        part = self.build.parts.get(key) if key else self.build
        if part is None or part.table("results").empty:
            return None
        return replace(self, build=part)


class Locks:
    """The locks of one campaign: `locked` beside its folder of processed tables."""

    def __init__(self, data: Path) -> None:
        self.folder = data / LOCKED

    def all(self) -> list[Lock]:
        """Give every lock, in the order of quarters; raises CampaignError where one is damaged."""
        return [self._open(path) for path in self._files()]

    def hashes(self) -> Mapping[str, str]:
        """Give the SHA-256 of every lock by its quarter."""
        return {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in self._files()}

    def lock(self, processed: Processed, quarter: str, today: date, *, force: bool) -> Path:
        """Freeze a quarter as it is built.

        Raises:
            CampaignError: it has no results, it is locked and `force` is not set, or the file
                cannot be written.
        """
        code = processed.known_quarter(quarter)
        path = self._path(code)
        if path.exists() and not force:
            raise CampaignError("folder.locked", quarter=code, day=self._open(path).on)
        private_folder(self.folder)
        write_snapshot(processed, path, [code], {_ON: today.isoformat()})
        return path

    def unlock(self, quarter: str) -> None:
        """Forget what was sent of a quarter; raises CampaignError where nothing is locked."""
        code = str(Quarter.parse(quarter))
        path = self._path(code)
        if not path.is_file():
            known = ", ".join(file.stem for file in self._files()) or "–"
            raise CampaignError("folder.not_locked", quarter=code, known=known)
        path.unlink()

    def _path(self, quarter: str) -> Path:
        return self.folder / f"{quarter}{_SUFFIX}"

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob(f"[0-9][0-9][0-9][0-9]Q[1-4]{_SUFFIX}"))

    @staticmethod
    def _open(path: Path) -> Lock:
        build = Snapshot(path)
        on = build.manifest.get(_ON)
        if on is None:
            raise build.strange()
        for part in {ONLY: build, **build.parts}.values():
            part.table("results")  # raises where it is damaged
        return Lock(path.stem, date.fromisoformat(on), build)
