"""The first screen of a village's report: where it stands, what is missing, what to do next."""

from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.leeway import HANGING
from campaign_lib.indicators.ten import COVERED_BY_PLAN
from campaign_lib.show.display import (
    NOTHING,
    Passage,
    Shown,
    Tile,
    Traced,
    heading,
    listing,
    paragraph,
    tiles,
    together,
)
from campaign_lib.show.tables.labels import rows_of
from campaign_lib.show.tables.leeway import left_open, verdict_text
from campaign_lib.show.tables.results import Aims, traced
from campaign_lib.words import Words

#: Verdicts in the order of the tiles, and those that still ask for work, the worst first.
STATUSES = ("met", "on_track", "behind", "unmeasured")
OPEN = ("behind", "on_track")
_NEXT_STEPS = 3


class FirstScreen:
    """Made from one place's lines of results of one quarter, and the plan."""

    def __init__(
        self, lines: pd.DataFrame, plan: Any, aims: Aims, has_plan: bool, words: Words
    ) -> None:
        """Take what it is made from.

        Args:
            lines: lines of results of one place and quarter.
            plan: the year's row of `plans`, or None.
            aims: what that plan asks.
            has_plan: whether the village has issued its own plan.
            words: the reader's language.
        """
        self._lines, self._plan, self._aims = lines, plan, aims
        self._has_plan, self._words = has_plan, words

    def passage(self) -> Passage:
        """Give all of it."""
        return together(self.verdicts(), self.hanging(), self._next())

    def _text(self, name: str, **values: object) -> str:
        return self._words(f"village_report.{name}", **values)

    def verdicts(self) -> Passage:
        """Count the verdicts."""
        judged = self._lines[self._lines["status"].isin(STATUSES)]
        counted = judged["status"].value_counts()
        shown = [status for status in STATUSES if status != "unmeasured" or counted.get(status, 0)]
        each = [
            Tile(
                self._words.number(int(counted.get(status, 0))),
                f"{self._words(f'codes.status.{status}.mark')} "
                f"{self._words(f'codes.status.{status}.label')}",
                status,
            )
            for status in shown
        ]
        if self._plan is None:
            return NOTHING
        return tiles(each) + paragraph(self._text("of_targets", count=len(judged)))

    def hanging(self) -> Passage:
        """Say which verdicts are not decided yet because of unknown answers, and what decides."""
        if self._plan is None:
            return NOTHING
        found = ((line, left_open(line, self._aims)) for line in rows_of(self._lines))
        said = [
            self._traced(
                line,
                "not_decided",
                label=self._words(f"indicators.{line.indicator}.label"),
                verdict=verdict_text(line, one, self._words),
            )
            for line, one in found
            if one is not None and one.verdict in HANGING
        ]
        if not said:
            return NOTHING
        return paragraph(self._text("hanging"), "warning") + listing(said)

    @cached_property
    def _open(self) -> pd.DataFrame:
        """The targets that are not met, those behind their path first, the largest gap first."""
        lines = self._lines[self._lines["status"].isin(OPEN)]
        rank = lines["status"].map({status: at for at, status in enumerate(OPEN)})
        return (
            lines.assign(rank=rank.astype(int))
            .sort_values(["rank", "shortfall"], ascending=[True, False], kind="stable")
            .drop(columns="rank")
        )

    def _next(self) -> Passage:
        if self._plan is None:
            return NOTHING
        unmeasured = self._lines.loc[self._lines["status"] == "unmeasured", "indicator"]
        if self._open.empty and unmeasured.empty:
            return paragraph(self._text("nothing_missing"))
        passages: list[Shown] = []
        if len(self._open):
            passages += [
                heading(self._text("missing_heading"), 2),
                listing(self._missing(line) for line in rows_of(self._open)),
            ]
        passages.append(heading(self._text("next_heading"), 2))
        steps = [self._step(line) for line in rows_of(self._open.head(_NEXT_STEPS))]
        if len(unmeasured):
            labels = [self._words(f"indicators.{one}.label") for one in unmeasured]
            steps.append(self._text("measure", labels=self._words.listed(labels)))
        passages.append(listing(steps, numbered=True))
        if len(self._open) > _NEXT_STEPS:
            passages.append(paragraph(self._text("more", count=len(self._open) - _NEXT_STEPS)))
        return together(*passages)

    def _traced(self, line: Any, name: str, **values: object) -> Traced:
        """Give a sentence about a line of results, with the figure's reference beside it."""
        return traced(self._text(name, **values), line, beside=True)

    def _missing(self, line: Any) -> Traced:
        return self._traced(
            line,
            "missing",
            label=self._words(f"indicators.{line.indicator}.label"),
            shortfall=line.shortfall,
            unit=self._unit(line),
            status=self._words(f"codes.status.{line.status}.label"),
        )

    def _step(self, line: Any) -> str:
        """Say what to do about one target; where the village's own plan is the cause, that."""
        label = self._words(f"indicators.{line.indicator}.label")
        if line.indicator == COVERED_BY_PLAN.id and not self._has_plan:
            return self._text("step", label=label, what=self._text("issue_the_plan"))
        what = self._words(f"indicators.{line.indicator}.next", shortfall=line.shortfall)
        return self._text("step", label=label, what=what)

    def _unit(self, line: Any) -> str:
        number = "one" if line.shortfall == 1 else "many"
        return self._words(f"codes.unit.{line.unit}.{number}")
