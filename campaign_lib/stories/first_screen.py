"""The first screen of a village's report: where it stands, what is missing, what to do next."""

from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.poverty import NO_REVIEW
from campaign_lib.indicators.ten import COVERED_BY_PLAN
from campaign_lib.show.display import (
    NOTHING,
    Passage,
    Tile,
    Traced,
    heading,
    listing,
    paragraph,
    tiles,
    together,
)
from campaign_lib.show.tables.labels import rows_of
from campaign_lib.show.tables.results import Aims, left_open, traced, verdict_text
from campaign_lib.words import Words

#: Verdicts in the order of the tiles, and those that still ask for work, the worst first.
STATUSES = ("met", "on_track", "behind", "unmeasured")
OPEN = ("behind", "on_track")
NEXT_STEPS = 3


class FirstScreen:
    """Made from one place's lines of results of one quarter, and the plan."""

    def __init__(self, lines: pd.DataFrame, plan: Any, aims: Aims, words: Words) -> None:
        """Take what it is made from.

        Args:
            lines: lines of results of one place and quarter, or of `public_results`, as they are
                told (`analysis.poverty.as_told`).
            plan: the year's row of `plans`, or None.
            aims: what that plan asks.
            words: the reader's language.
        """
        self._lines, self._plan, self._aims, self._words = lines, plan, aims, words

    def passage(self, whom: Passage, *, has_plan: bool) -> Passage:
        """Give all of it.

        Args:
            whom: says which households to see first.
            has_plan: whether the village has issued its own plan.
        """
        if self._plan is None:
            return NOTHING
        steps = [self.step(line, has_plan=has_plan) for line in rows_of(self.open.head(NEXT_STEPS))]
        missing = [
            self.traced(
                line,
                "missing",
                label=self.label(line.indicator),
                shortfall=line.shortfall,
                unit=self.unit(line),
                status=self._words(f"codes.status.{line.status}.label"),
            )
            for line in rows_of(self.open)
        ]
        return together(
            self.verdicts(),
            self.hanging(),
            heading(self.text("missing_heading"), 2) if missing else NOTHING,
            listing(missing),
            whom,
            self.what_next(steps),
        )

    def of_public(self) -> Passage:
        """Count the verdicts of those targets that can be shown, and say how many cannot."""
        withheld = int(self._lines["hidden"].sum())
        return together(
            self.verdicts(public=True),
            paragraph(self._words("village_report.withheld", count=withheld))
            if withheld
            else NOTHING,
        )

    def text(self, name: str, **values: object) -> str:
        """Give the words of the first screen."""
        return self._words(f"village_report.{name}", **values)

    def label(self, indicator: str) -> str:
        """Name an indicator."""
        return self._words(f"indicators.{indicator}.label")

    def verdicts(self, *, public: bool = False) -> Passage:
        """Say how many targets are met, how many are not and which is the furthest; then count.

        In public no target is the furthest, because of some it is not told how far they are.
        """
        if self._plan is None:
            return NOTHING
        judged = self._lines[self._lines["status"].isin(STATUSES)]
        counted = judged["status"].value_counts()
        said = [
            self.text(
                "of_targets_shown" if public else "of_targets",
                met=int(counted.get("met", 0)),
                count=len(judged),
            ),
            *(
                self.text(f"verdict.{status}", count=int(counted[status]))
                for status in STATUSES[1:]
                if counted.get(status, 0)
            ),
        ]
        each = (
            Tile(
                self._words.number(int(counted.get(status, 0))),
                f"{self._words(f'codes.status.{status}.mark')} "
                f"{self._words(f'codes.status.{status}.label')}",
                status,
            )
            for status in STATUSES
            if status != "unmeasured" or counted.get(status, 0)
        )
        furthest = [] if public else self.furthest()
        return paragraph(f"{'; '.join([', '.join(said), *furthest])}.") + tiles(each)

    def furthest(self) -> list[str]:
        """Name the target behind its path of which most is missing."""
        return [
            self.text(
                "verdict.furthest",
                label=self.label(line.indicator),
                shortfall=line.shortfall,
                unit=self.unit(line),
            )
            for line in rows_of(self.open.head(1))
            if line.status == OPEN[0]
        ]

    def hanging(self) -> Passage:
        """Say which verdicts are not decided yet because of unknown answers, and what decides."""
        said = [
            self.traced(
                line,
                "not_decided",
                label=self.label(line.indicator),
                verdict=verdict_text(line, found, self._words),
            )
            for line in rows_of(self._lines)
            if (found := left_open(line, self._aims)) is not None and found.hangs
        ]
        return paragraph(self.text("hanging"), "warning") + listing(said) if said else NOTHING

    @cached_property
    def open(self) -> pd.DataFrame:
        """The targets that are not met, those behind their path first.

        Then the one first of whose target the largest part is missing: of 13 households that are
        missing to 533 less is to do than of 13 to 39.
        """
        lines = self._lines[self._lines["status"].isin(OPEN)]
        rank = lines["status"].map({status: at for at, status in enumerate(OPEN)})
        return (
            lines.assign(rank=rank.astype(int), part=lines["shortfall"] / lines["target_count"])
            .sort_values(["rank", "part"], ascending=[True, False], kind="stable")
            .drop(columns=["rank", "part"])
        )

    def what_next(self, steps: list[str]) -> Passage:
        """Say what to do first, of the targets that are not met, and what to measure."""
        untold = self._lines["untold"]
        if (untold == NO_REVIEW).any():
            steps = [*steps, self.text("review_poverty")]
        unmeasured = self._lines.loc[
            (self._lines["status"] == "unmeasured") & (untold == ""), "indicator"
        ]
        if len(unmeasured):
            steps = [
                *steps,
                self.text("measure", labels=self._words.listed(map(self.label, unmeasured))),
            ]
        if not steps:
            return paragraph(self.text("nothing_missing"))
        more = len(self.open) - NEXT_STEPS
        return together(
            heading(self.text("next_heading"), 2),
            listing(steps, numbered=True),
            paragraph(self.text("more", count=more)) if more > 0 else NOTHING,
        )

    def traced(self, line: Any, name: str, **values: object) -> Traced:
        """Give a sentence about a line of results, with the figure's reference beside it."""
        return traced(self.text(name, **values), line, self._words)

    def step(self, line: Any, *, has_plan: bool) -> str:
        """Say what to do about one target; where the village's own plan is the cause, that."""
        what = (
            self.text("issue_the_plan")
            if line.indicator == COVERED_BY_PLAN.id and not has_plan
            else self._words(f"indicators.{line.indicator}.next", shortfall=line.shortfall)
        )
        return self.text("step", label=self.label(line.indicator), what=what)

    def unit(self, line: Any) -> str:
        """Name what is missing: one, or several."""
        number = "one" if line.shortfall == 1 else "many"
        return self._words(f"codes.unit.{line.unit}.{number}")
