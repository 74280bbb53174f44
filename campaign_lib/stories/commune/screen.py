"""The first screen of the commune's report: where it stands, what hangs, where to go first."""

from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.indicators.ten import COVERED_BY_PLAN
from campaign_lib.show.display import (
    NOTHING,
    Leading,
    Passage,
    Traced,
    heading,
    listing,
    paragraph,
    together,
)
from campaign_lib.show.tables.labels import rows_of
from campaign_lib.show.tables.results import count_of_base, traced, wanted_count
from campaign_lib.stories.commune.quarter import CommuneQuarter
from campaign_lib.stories.first_screen import FirstScreen
from campaign_lib.words import Words

_VILLAGES, _REASONS, _NEXT_STEPS = 3, 2, 3
BEHIND = "behind"


class CommuneScreen(FirstScreen):
    """Made from the commune's lines of one quarter and its villages' needs."""

    def __init__(self, data: CommuneQuarter, words: Words) -> None:
        super().__init__(data.lines, data.plan, data.aims, not data.without_plan, words)
        self._data = data

    def passage(self) -> Passage:
        """Give all of it; without a plan there is nothing to judge."""
        if self._plan is None:
            return NOTHING
        hanging = self.hanging()
        if hanging == NOTHING:
            hanging = paragraph(self._text("none_hangs"))
        return together(self.verdicts(), hanging, self._behind(), self._go(), self._next())

    def _text(self, name: str, **values: object) -> str:
        """Give the commune's own words where it has them, else those that a village has too."""
        own = f"commune_report.{name}"
        return self._words(own, **values) if self._words.has(own) else super()._text(name, **values)

    def _label(self, indicator: str) -> str:
        return self._words(f"indicators.{indicator}.label")

    def _behind(self) -> Passage:
        """List what is behind, with the two numbers that make the figure, and what was due."""
        late = self._open[self._open["status"] == BEHIND]
        if late.empty:
            return NOTHING
        return together(
            heading(self._text("behind_heading"), 2),
            listing(self._gap(line) for line in rows_of(late)),
        )

    def _gap(self, line: Any) -> Traced:
        values = {
            "label": self._label(line.indicator),
            "count": count_of_base(line, self._words),
            "target": wanted_count(line, line.target_count, self._words),
            "shortfall": line.shortfall,
            "unit": self._unit(line),
        }
        # In the last quarter all of the target is due, and some have no path at all.
        if pd.isna(line.path_count) or line.path_count == line.target_count:
            return self._traced(line, "behind_the_year", **values)
        path = wanted_count(line, line.path_count, self._words)
        return self._traced(line, "behind", path=path, **values)

    def _next(self) -> Passage:
        """Say what to do first, of the targets that are not met."""
        steps = [*self.steps(_NEXT_STEPS), *self._measure()]
        if not steps:
            return paragraph(self._text("nothing_missing"))
        more = len(self._open) - _NEXT_STEPS
        return together(
            heading(self._text("next_heading"), 2),
            listing(steps, numbered=True),
            paragraph(self._text("more", count=more)) if more > 0 else NOTHING,
        )

    def steps(self, most: int | None = None) -> list[str]:
        """Give the next step of each target that is not met, those behind first."""
        return [self._step(line) for line in rows_of(self._open.head(most or len(self._open)))]

    def _measure(self) -> list[str]:
        unmeasured = self._lines.loc[self._lines["status"] == "unmeasured", "indicator"]
        if unmeasured.empty:
            return []
        return [self._text("measure", labels=self._words.listed(map(self._label, unmeasured)))]

    def _step(self, line: Any) -> str:
        """Say what to do about one target; where villages' own plans are the cause, that."""
        if line.indicator == COVERED_BY_PLAN.id and self._data.without_plan:
            names = [self._data.names[code] for code in self._data.without_plan]
            what = self._text("issue_the_plans", count=len(names), villages=self._few(names))
            return self._text("step", label=self._label(line.indicator), what=what)
        return super()._step(line)

    def _few(self, names: list[str]) -> str:
        """Name a few villages, and count the others."""
        shown, more = names[:5], len(names) - 5
        return self._words.listed(
            [*shown, *([self._text("others", count=more)] if more > 0 else [])]
        )

    def _go(self) -> Passage:
        """Name the villages to visit first, each with what it is furthest behind in."""
        need = self._data.need
        first = need[(need[BEHIND] + need["unmeasured"]) > 0].head(_VILLAGES)
        if first.empty:
            return NOTHING
        return together(
            heading(self._text("visit_heading"), 2),
            listing((self._visit(village) for village in rows_of(first)), numbered=True),
        )

    def _visit(self, village: Any) -> str | Leading:
        name = self._data.names[village.village]
        lines = self._open_lines[self._open_lines["place"] == village.village].head(_REASONS)
        if lines.empty:
            return self._text("visit_unmeasured", village=name, count=village.unmeasured)
        start = self._text("visit", village=name, behind=village.behind, judged=village.judged)
        return Leading(start, tuple(self._reason(line) for line in rows_of(lines)))

    def _reason(self, line: Any) -> Traced:
        said = self._text(
            "reason",
            label=self._words(f"indicators.{line.indicator}.short"),
            numerator=line.numerator,
            denominator=line.denominator,
            path=line.path_count,
        )
        return traced(said, line)

    @cached_property
    def _open_lines(self) -> pd.DataFrame:
        """The villages' lines that are behind, the furthest from what was due first."""
        lines = self._data.village_lines
        late = lines[lines["status"] == BEHIND]
        share = (late["numerator"] / late["path_count"].clip(lower=1)).astype(float)
        return late.loc[share.sort_values(kind="stable").index]
