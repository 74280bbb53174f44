"""Quarters that have been sent upward: frozen beside the processed tables.

A lock is what was built of the quarter when it was sent, in `data/locked/<quarter>.zip`. No build
and no cleaning up touches it. What a later build says otherwise is a revision, which
`campaign_lib.analysis.changes` finds.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from campaign_lib.base.files import private_folder
from campaign_lib.base.quarters import Quarter
from campaign_lib.errors import CampaignError
from campaign_lib.store.processed import Processed
from campaign_lib.store.snapshots import Build, Snapshot, write_snapshot

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
        """Give what was sent of one of a folder's communes; None where nothing of it was."""
        part = self.build.parts.get(key)
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
        for part in (build, *build.parts.values()):
            part.table("results")  # raises where it is damaged
        return Lock(path.stem, date.fromisoformat(on), build)
