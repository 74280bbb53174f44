"""The part of a year's assessment that is about work: what was not done, and what comes next."""

from typing import Any

import pandas as pd

from campaign_lib.analysis.plan_changes import plan_items
from campaign_lib.indicators import IDS
from campaign_lib.show.display import NOTHING, Passage, listing, paragraph
from campaign_lib.show.tables.assessment import surplus_text
from campaign_lib.show.tables.context import tasks_table
from campaign_lib.show.tables.labels import rows_of
from campaign_lib.show.tables.plan_items import items_table
from campaign_lib.stories.assessment.year_end import YearEnd
from campaign_lib.stories.telling import Story
from campaign_lib.words import Words

_DONE = "done"


class YearAhead(Story):
    """The tasks of the year, the next steps of open targets, the next year's plan."""

    key = "annual_assessment"

    def __init__(self, year: YearEnd, words: Words) -> None:
        super().__init__(words)
        self.year = year

    def tasks(self) -> Passage:
        """How many of the plan's tasks are done, and which are not."""
        tasks = self.year.of_year("tasks")
        reports = self.year.processed.rows("tasks_by_quarter", {"quarter": [self.year.quarter]})
        done = tasks["id"].isin(reports.loc[reports["status"] == _DONE, "task"])
        caption = self.text("tasks.caption")
        table = tasks_table(tasks[~done], reports, caption, self.words)
        if tasks.empty:
            return self.titled("tasks", paragraph(self.text("tasks.none")))
        shown = NOTHING if done.all() else Passage((table,))
        return self.section("tasks", shown, done=int(done.sum()), all=len(tasks))

    def next_steps(self, missed: pd.DataFrame) -> Passage:
        """What to do about each target that was missed."""
        if self.year.plan is None:
            return self.titled("next", paragraph(self.text("no_plan", year=self.year.year)))
        if missed.empty:
            return self.titled("next", paragraph(self.text("next.none")))
        steps = map(self._step, rows_of(missed))
        return self.section("next", listing(steps, numbered=True))

    def _step(self, line: Any) -> str:
        """Say what to do; a fall judged by its percentage alone names no number of households."""
        what = (
            self.text("next.by_rate", missing=surplus_text(line, self.words))
            if pd.isna(line.shortfall)
            else self.words(f"indicators.{line.indicator}.next", shortfall=line.shortfall)
        )
        label = self.words(f"indicators.{line.indicator}.label")
        return self.text("next.step", label=label, what=what)

    def next_year(self) -> Passage:
        """The next year's targets beside this year's, and its tasks, where it has a plan."""
        year, processed = self.year.year, self.year.processed
        ahead = self.year.of_year("plans", ahead=1)
        if ahead.empty:
            return self.titled("next_year", paragraph(self.text("next_year.none", year=year + 1)))
        plans, targets = processed.table("plans"), processed.table("targets")
        years = (year, year + 1)
        items = plan_items(plans, targets, years)
        planned = [one for one in years if one in set(plans["year"])]
        tasks = self.year.of_year("tasks", ahead=1)
        caption = self.text("next_year.tasks", year=year + 1)
        return self.section(
            "next_year",
            items_table(items, IDS, planned, self.words),
            tasks_table(tasks, None, caption, self.words),
            year=year + 1,
        )
