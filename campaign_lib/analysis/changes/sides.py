"""The two sides of a comparison: what somebody names on the command line, opened."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from campaign_lib.analysis.changes import Change, compare
from campaign_lib.analysis.changes.attribution import Inputs, code_of
from campaign_lib.analysis.changes.lines import (
    CELLS,
    CODE,
    DATA,
    PLAN,
    UNKNOWN,
    Cause,
    Line,
    Lines,
    Pair,
    differing,
    in_order,
    lines_of,
)
from campaign_lib.base.editions import is_public
from campaign_lib.base.figures import Figure
from campaign_lib.errors import CampaignError
from campaign_lib.plan.files import file_of
from campaign_lib.store.processed import MANIFEST, Processed
from campaign_lib.store.snapshots import LAST, LOCKED, Build, Snapshot, comparable

# Figures as a list of reports carries them: one text a figure, and what its page was made from.

#: Between the cells of a figure, none of which can have it.
_BETWEEN = ","
#: What a page was made from, by the kind of cause that it is if it is not the same.
Made = Mapping[str, str]


def packed(line: Line) -> str:
    """Write a line of results in the order of results.csv, from `unit` on."""
    return _BETWEEN.join(line.get(name, "") for name in CELLS)


def unpacked(text: str) -> Line:
    """Read what `packed` has written; raises ValueError if it is anything else."""
    return dict(zip(CELLS, text.split(_BETWEEN), strict=True))


def made_from(manifest: Mapping[str, Any], year: int) -> dict[str, str]:
    """Sum up what the figures of a year were made from: the code, the plan, all other raw files."""
    plan = file_of(manifest["files"], year)
    data = {name: sum_ for name, sum_ in manifest["files"].items() if not name.startswith("plans/")}
    return {
        CODE: code_of(manifest),
        PLAN: str(manifest["files"].get(plan, "")),
        DATA: hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest(),
    }


def causes_by_kind(pair: Pair, before: Made, now: Made) -> tuple[Cause, ...]:
    """Say of which kind a cause may be, where no rows can be compared.

    Args:
        pair: a figure that is not alike.
        before: what its page was made from.
        now: the same of the other page.
    """
    plan = f"plans/{pair.figure.quarter[:4]}"
    may_be = (
        Cause(CODE, "", "", before.get(CODE, ""), now.get(CODE, "")),
        Cause(PLAN, at_before=plan, at_now=plan),
        Cause(DATA),
    )
    said = [one for one in may_be if before.get(one.kind) and now.get(one.kind)]
    return in_order([one for one in said if before[one.kind] != now[one.kind]] or [Cause(UNKNOWN)])


def lines_in(pages: Mapping[str, Any]) -> tuple[Lines, Mapping[Figure, Made]]:
    """Read the figures out of a list of reports, and what each was made from.

    Those of public pages in it are left out: they withhold what the others show.

    Args:
        pages: the content of `manifest.json` in a folder of reports.

    Raises:
        ValueError: it is another version's, or damaged.
    """
    lines: dict[Figure, Line] = {}
    made: dict[Figure, Made] = {}
    for page in (page for name, page in pages.items() if not is_public(name)):
        for reference, text in page.get("figures", {}).items():
            figure = Figure.parse(reference)
            lines[figure] = unpacked(text)
            made[figure] = page["made_from"]
    return lines, made


#: The build before the one that is there, and the one that is there.
BEFORE, NOW = "last", "now"


@dataclass(frozen=True)
class Side:
    """One side.

    Attributes:
        name: what it was asked for by.
        lines: its figures.
        build: what was built; None where only a list of reports is there.
        built_at: when, as the manifest says; "" where that says nothing.
        quarters: the only ones that it has; all when empty.
        made: of a list of reports, what each figure was made from.
    """

    name: str
    lines: Lines
    build: Build | None = None
    built_at: str = ""
    quarters: Sequence[str] = ()
    made: Mapping[Figure, Made] = field(default_factory=dict)

    def made_from(self, figure: Figure) -> Made:
        """Say what a figure was made from, as far as it is told."""
        if self.build is None:
            return self.made.get(figure, {})
        return made_from(self.build.manifest, int(figure.quarter[:4]))


@dataclass(frozen=True)
class Compared:
    """Two sides, compared."""

    before: Side
    now: Side

    @property
    def knows_rows(self) -> bool:
        """Whether both sides have rows, so that households and values can be named."""
        return self.before.build is not None and self.now.build is not None

    @cached_property
    def inputs(self) -> Inputs | None:
        """What both were made from, where that is told."""
        if self.before.build is None or self.now.build is None:
            return None
        return Inputs(*comparable(self.before.build, self.now.build))

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Every figure that is not alike, with its causes."""
        quarters = self.before.quarters or self.now.quarters
        if self.before.build is not None and self.now.build is not None:
            return compare(self.before.build, self.now.build, quarters)
        sides = (self.before, self.now)
        pairs = differing(self.before.lines, self.now.lines, quarters)
        # A list of reports has the figures of the pages that were made: beside a whole build, what
        # is not in it has not changed.
        if len(lists := [side.lines for side in sides if side.build is None]) == 1:
            pairs = [pair for pair in pairs if pair.figure in lists[0]]
        return tuple(
            Change(pair, causes_by_kind(pair, *(side.made_from(pair.figure) for side in sides)))
            for pair in pairs
        )


def open_side(name: str, processed: Path) -> Side:
    """Open one side of a comparison.

    Args:
        name: `last`, `now`, a locked quarter, a folder of processed tables or the one above it,
            a file of a build that was kept, or a list of reports (`manifest.json` or its folder).
        processed: the campaign's own processed tables.

    Raises:
        CampaignError: it is none of these; or `last`, and there has been no other build.
    """
    if name == NOW:
        return _of_build(name, Processed(processed))
    if name == BEFORE:
        if not (processed / LAST).is_file():
            raise CampaignError("folder.no_last", folder=processed)
        return _of_build(name, Snapshot(processed / LAST))
    locked = processed.parent / LOCKED / f"{name}.zip"
    return _of_path(name, locked if not Path(name).exists() and locked.is_file() else Path(name))


def _of_path(name: str, path: Path) -> Side:
    if path.is_file() and path.suffix == ".zip":
        return _of_build(name, Snapshot(path))
    folder = path / "processed" if (path / "processed" / MANIFEST).is_file() else path
    file = folder / MANIFEST if folder.is_dir() else folder
    try:
        content: Mapping[str, Any] = json.loads(file.read_bytes())
        if "code_sha256" in content:
            return _of_build(name, Processed(file.parent))
        lines, made = lines_in(content)
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise CampaignError("folder.no_side", name=name) from error
    return Side(name, lines, made=made)


def _of_build(name: str, build: Build) -> Side:
    manifest = build.manifest
    results = build.table("results")
    # A locked quarter is all that was kept of its build.
    quarters = tuple(results["quarter"].unique()) if "locked_on" in manifest else ()
    return Side(name, lines_of(results), build, str(manifest["built_at"]), quarters)
