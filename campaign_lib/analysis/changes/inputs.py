"""What else two builds were made from: plans, fixed allocations, code, packages, the day."""

from collections.abc import Mapping
from functools import cached_property

import pandas as pd

from campaign_lib.analysis.changes.cause import ALLOCATION, CODE, PACKAGES, PLAN, TODAY, Cause
from campaign_lib.analysis.changes.cells import text
from campaign_lib.store.snapshots import Build

#: How many signs of a checksum tell two of them apart.
_SIGNS = 8
#: What a plan says of the year as a whole, and of each quarter's path.
RULES = (
    *("district_mean_income", "essential_goods_needed", "poverty_reduction_formula"),
    *("calendar", "baseline"),
)
#: Of a target.
_LEAST, _MOST = "at_least", "at_most"


class Inputs:
    """The inputs of two builds, side by side, as far as they are no rows of units."""

    def __init__(self, before: Build, now: Build) -> None:
        self.before, self.now = before, now

    @cached_property
    def changed_files(self) -> frozenset[str]:
        """The raw files that are not alike, by name; a new and a gone one, too."""
        first, second = (build.manifest["files"] for build in (self.before, self.now))
        return frozenset(n for n in {*first, *second} if first.get(n) != second.get(n))

    @cached_property
    def code(self) -> tuple[Cause, ...]:
        """How the two differ by their code; nothing where it is the same."""
        marks = [code_of(build.manifest) for build in (self.before, self.now)]
        return (Cause(CODE, "", "", *marks),) if marks[0] != marks[1] else ()

    @cached_property
    def packages(self) -> tuple[Cause, ...]:
        """Packages that are not of the same version."""
        first, second = (build.manifest["packages"] for build in (self.before, self.now))
        return tuple(
            Cause(PACKAGES, "", name, first.get(name, ""), second.get(name, ""))
            for name in sorted({*first, *second})
            if first.get(name) != second.get(name)
        )

    @cached_property
    def today(self) -> tuple[Cause, ...]:
        """The day up to which survey dates are believed, if it is not the same."""
        days = [str(build.manifest["today"]) for build in (self.before, self.now)]
        return (Cause(TODAY, "", "", *days),) if days[0] != days[1] else ()

    def plan(self, year: int) -> dict[str, Cause]:
        """Give what the two plans of a year do not say alike, by item.

        Items are those of `RULES`, `q1_path` to `q4_path`, and `targets.<indicator>`.
        """
        first, second = (_said(build, year) for build in (self.before, self.now))
        file = f"plans/{year}.toml"
        return {
            item: Cause(
                PLAN, "", item, first.get(item, ""), second.get(item, ""),
                file if first else "", file if second else "",
            )
            for item in sorted({*first, *second})
            if first.get(item, "") != second.get(item, "")
        }  # fmt: skip

    def allocation(self, year: int, indicator: str) -> tuple[Cause, ...]:
        """Give the villages' fixed counts of an indicator that are not alike."""
        first, second = (_fixed(build, year, indicator) for build in (self.before, self.now))
        nothing = ("", "")
        causes = []
        for village in sorted({*first, *second}):
            one, other = first.get(village, nothing), second.get(village, nothing)
            if one[0] != other[0]:
                causes.append(
                    Cause(ALLOCATION, village, "count", one[0], other[0], one[1], other[1])
                )
        return tuple(causes)


def code_of(manifest: Mapping[str, object]) -> str:
    """Name the code that a build was made with: its version, and the beginning of its checksum."""
    return f"{manifest['code_version']} ({str(manifest['code_sha256'])[:_SIGNS]})"


def _said(build: Build, year: int) -> dict[str, str]:
    """Give what a year's plan says, as texts; nothing where there is no plan."""
    plans, targets = (build.table(name) for name in ("plans", "targets"))
    plan = plans[plans["year"] == year]
    if plan.empty:
        return {}
    head = plan.iloc[0]
    said = {name: text(head[name]) for name in (*RULES, *(f"q{n}_path" for n in range(1, 5)))}
    for target in targets[targets["year"] == year].to_dict("records"):
        most = text(target[_MOST])
        said[f"targets.{target['indicator']}"] = "–".join(
            filter(None, (text(target[_LEAST]), most))
        )
    return said


def _fixed(build: Build, year: int, indicator: str) -> dict[str, tuple[str, str]]:
    rows: pd.DataFrame = build.table("allocation")
    own = rows[(rows["year"] == year) & (rows["indicator"].astype("str") == indicator)]
    return {
        str(row["village"]): (text(row["count"]), f"{row['source_file']}:{row['source_row']}")
        for row in own.to_dict("records")
    }
