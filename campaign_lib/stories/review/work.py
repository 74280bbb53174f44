"""The part of a review that is about work: what was done in each year, and with what money."""

from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.ledgers import done_by_year, empty_ledgers, funding_by_programme
from campaign_lib.show.display import Table
from campaign_lib.show.tables.labels import NOTHING, answer_label, rows_of
from campaign_lib.show.tables.years import work_table
from campaign_lib.stories.review.years import Years
from campaign_lib.stories.telling import Story
from campaign_lib.words import Words

#: Which ledger each row is read from.
_ROWS = {
    "villages_with_plan": "village_plans",
    "front_new": "models",
    "area_new": "models",
    "kept_up": "models",
    "activities": "activities",
    "integrated": "activities",
    "planned": "funding",
    "disbursed": "funding",
}


class YearsOfWork(Story):
    """Models, activities and money of several years."""

    key = "three_year_review"

    def __init__(self, years: Years, words: Words) -> None:
        super().__init__(words)
        self.years = years

    @cached_property
    def empty(self) -> pd.DataFrame:
        """Which ledgers have nothing for a year."""
        return empty_ledgers(self.years.processed, self.years.each)

    def done(self) -> Table:
        """What was done, row by row."""
        done = done_by_year(self.years.processed, self.years.last_quarters)
        found = {line.year: line for line in rows_of(done)}
        rows = [
            (
                self.text(f"work.{name}"),
                [self._cell(name, ledger, found[year]) for year in self.years.each],
            )
            for name, ledger in _ROWS.items()
        ]
        return work_table(rows, self.years.each, self.words, caption=self.text("work.caption"))

    def _cell(self, name: str, ledger: str, line: Any) -> str:
        if self.empty.loc[ledger, line.year]:
            return self.text("work.empty")
        value = getattr(line, name)
        if name == "villages_with_plan":
            return self._of(value, len(self.years.processed.villages))
        if name == "integrated":
            return self._of(value, line.activities)
        return self.words.number(value, 1 if ledger == "funding" else 0)

    def _of(self, count: Any, base: Any) -> str:
        return (
            NOTHING if pd.isna(count) else f"{self.words.number(count)}/{self.words.number(base)}"
        )

    def money(self) -> Table:
        """Disbursed and planned money by programme."""
        sums = funding_by_programme(self.years.processed, self.years.each)
        found = {(line.programme, line.year): line for line in rows_of(sums)}
        programmes = list(dict.fromkeys(sums["programme"]))
        rows = [
            (
                answer_label("funding", "programme", programme, self.words),
                [self._spent(found.get((programme, year)), year) for year in self.years.each],
            )
            for programme in programmes
        ]
        caption = self.text("work.money")
        return work_table(rows, self.years.each, self.words, caption=caption)

    def _spent(self, line: Any, year: int) -> str:
        if line is None:
            return self.text("work.empty") if self.empty.loc["funding", year] else NOTHING
        disbursed, planned = (self.words.number(x, 1) for x in (line.disbursed, line.planned))
        return f"{disbursed}/{planned}"
