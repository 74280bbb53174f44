"""A build as it was, in one file: what two builds are compared by, without names or typed text.

`data/processed/last.zip` is the build before the one that is there; `data/locked/2024Q1.zip` is a
quarter as it was sent upward. A file is moved into its place whole, and others may not read it:
it has households' ids and answers. Of several communes it has each one's build, too.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from campaign_lib.base.files import safe_name, write_whole
from campaign_lib.errors import CampaignError
from campaign_lib.store.processed import COMMUNES, MANIFEST

#: The build before the one that is there, in the folder of processed tables.
LAST = "last.zip"
#: The tables that are kept.
TABLES = (
    *("results", "public_results", "panel"),
    *("activities_by_quarter", "models_by_quarter", "areas_by_quarter"),
    *("quarters", "surveyed", "plans", "targets", "allocation"),
    *("villages", "village_plans", "households", "poverty_status"),
)
#: Names, and what somebody typed: no figure depends on it. Villages keep their names.
_LEFT_OUT = ("head_name", "enumerator", "loan_source", "reason", "aliases", "field", "kind", "note")
_NAMED = "villages"


class Build(Protocol):
    """What has been built: opened from a folder (`Processed`) or from a file (`Kept`)."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What it was made from."""
        ...

    def table(self, name: str) -> pd.DataFrame:
        """Give one of `TABLES`."""
        ...

    @property
    def parts(self) -> Mapping[str, "Build"]:
        """The builds of a folder's communes by key, if it holds several; else none."""
        ...


class Kept:
    """A build that was kept in a file; each table is read when it is first asked for."""

    def __init__(self, file: Path, inside: str = "") -> None:
        """Open a file, or the part of one commune `inside` it.

        Raises:
            CampaignError: it is none that `keep` has written.
        """
        self.file, self._inside = file, inside
        self._tables: dict[str, pd.DataFrame] = {}
        if not self.manifest:
            raise self.strange()

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

    def table(self, name: str) -> pd.DataFrame:
        """Give one of `TABLES`."""
        if name not in self._tables:
            content = io.BytesIO(self._read(f"{name}.parquet"))
            try:
                self._tables[name] = pd.read_parquet(content)
            except (ValueError, OSError) as error:  # what Arrow raises for damaged bytes
                raise self.strange() from error
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
        return {key: Kept(self.file, _inside(key)) for key in self.manifest.get(COMMUNES, {})}

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
        self.parts: Mapping[str, Build] = parts or {}

    def table(self, name: str) -> pd.DataFrame:
        """Give one of its tables."""
        return self._tables[name]


def keep(
    build: Build, file: Path, quarters: Sequence[str] = (), noted: Mapping[str, Any] | None = None
) -> None:
    """Keep a build in a file.

    Args:
        build: what has been built.
        file: its place; what is there is replaced at once.
        quarters: only these; all when empty.
        noted: what to note beside the manifest.

    Raises:
        CampaignError: the file cannot be written.
    """

    def put(content: zipfile.ZipFile, one: Build, inside: str = "") -> None:
        manifest = json.dumps({**one.manifest, **(noted or {})}, ensure_ascii=False)
        content.writestr(inside + MANIFEST, manifest)
        for name in TABLES:
            table = _pruned(one.table(name), name, quarters)
            packed = table.to_parquet(index=False, compression="zstd")
            content.writestr(f"{inside}{name}.parquet", packed)

    def fill(part: Path) -> None:
        with zipfile.ZipFile(part, "w") as content:
            put(content, build)
            for key, own in build.parts.items():
                put(content, own, _inside(key))

    write_whole(file, fill)


def _inside(commune: str) -> str:
    """Say where in a file the build of one commune is."""
    return f"{COMMUNES}/{safe_name(commune)}/"


def _pruned(table: pd.DataFrame, name: str, quarters: Sequence[str]) -> pd.DataFrame:
    left_out = _LEFT_OUT if name == _NAMED else (*_LEFT_OUT, "name")
    table = table.drop(columns=[*left_out], errors="ignore")
    if quarters and "quarter" in table:
        return table[table["quarter"].astype("str").isin(list(quarters))]
    return table
