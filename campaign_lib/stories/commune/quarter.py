"""The whole commune in one quarter: the rows that its report is made from, and no others."""

from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.commune import by_need, held_in, with_states
from campaign_lib.base.editions import INTERNAL, PUBLIC, Edition
from campaign_lib.base.quarters import DECREE_09_2019, Quarter
from campaign_lib.indicators.steps import COMMUNE, walk
from campaign_lib.indicators.ten import INFORMED
from campaign_lib.show.display import Cell
from campaign_lib.show.tables.results import Aims, in_plan_order
from campaign_lib.store.processed import Processed
from campaign_lib.stories.telling import Story
from campaign_lib.words import Words


class CommuneQuarter:
    """Tables of one quarter, cut out of what was built; `results` is what figures are read from.

    Each property is a frame in the columns of the built table of that name.
    """

    def __init__(self, processed: Processed, quarter: str, results: str = "results") -> None:
        """Take a quarter.

        Args:
            processed: what was built.
            quarter: one that has results.
            results: the table of figures: `results`, or `public_results`.
        """
        self.processed, self.code = processed, quarter
        self.quarter = Quarter.parse(quarter)
        self._results = results

    @cached_property
    def names(self) -> dict[str, str]:
        """The villages' names by code."""
        return dict(self.processed.villages)

    @cached_property
    def so_far(self) -> list[str]:
        """The quarters of this year that have results, up to this one."""
        year = str(self.quarter.year)
        return [one for one in self.processed.quarters if one[:4] == year and one <= self.code]

    @cached_property
    def year_lines(self) -> pd.DataFrame:
        """Lines of results of the year so far, of all places."""
        return self.processed.rows(self._results, {"quarter": self.so_far})

    @cached_property
    def lines(self) -> pd.DataFrame:
        """The commune's own lines of this quarter, in the plan's order."""
        return self._of(self.code, COMMUNE)

    @cached_property
    def before(self) -> pd.DataFrame:
        """The commune's lines of the quarter before; none where that is of another year."""
        return self._of(str(self.quarter.previous()), COMMUNE)

    @cached_property
    def village_lines(self) -> pd.DataFrame:
        """The villages' lines of this quarter."""
        return self._of(self.code, "village")

    def _of(self, quarter: str, level: str) -> pd.DataFrame:
        lines = self.year_lines
        return in_plan_order(lines[(lines["quarter"] == quarter) & (lines["level"] == level)])

    @cached_property
    def need(self) -> pd.DataFrame:
        """The villages, the one in most need of a visit first."""
        return by_need(self.village_lines)

    @cached_property
    def days(self) -> Any:
        """The quarter's days: its row of `quarters`."""
        return self.processed.rows("quarters", {"quarter": [self.code]}).iloc[0]

    @cached_property
    def plan(self) -> Any:
        """The year's row of `plans`, or None."""
        plans = self.of_year("plans")
        return plans.iloc[0] if len(plans) else None

    @cached_property
    def aims(self) -> Aims:
        """What the year's plan asks."""
        return Aims.of(self.of_year("targets"), self.plan)

    def of_year(self, table: str, *, ahead: int = 0) -> pd.DataFrame:
        """Give the rows of a table that are of this year, or of one so many years ahead."""
        return self.processed.rows(table, {"year": [self.quarter.year + ahead]})

    def of_quarter(self, table: str) -> pd.DataFrame:
        """Give the rows of a table that are of this quarter."""
        return self.processed.rows(table, {"quarter": [self.code]})

    @cached_property
    def funding(self) -> pd.DataFrame:
        """The year's money so far, also of quarters without a survey."""
        funding = self.processed.table("funding")
        year = funding["quarter"].str[:4] == str(self.quarter.year)
        return funding[year & (funding["quarter"] <= self.code)].reset_index(drop=True)

    @cached_property
    def activities(self) -> pd.DataFrame:
        """The year's activities so far, with `held_in`, the quarter that each was held in."""
        rows = self.of_quarter("activities_by_quarter")
        held = rows[rows["held_this_year"]].reset_index(drop=True)
        calendar = DECREE_09_2019 if self.plan is None else str(self.plan["calendar"])
        return held.assign(held_in=held_in(held, self.quarter.year, calendar))

    @cached_property
    def models(self) -> pd.DataFrame:
        """The models that are told of, with their state."""
        return with_states(self.of_quarter("models_by_quarter"))

    @cached_property
    def homes(self) -> pd.DataFrame:
        """The quarter's households."""
        return self.of_quarter("panel")

    @cached_property
    def cohort(self) -> pd.DataFrame:
        """The households that are surely in the base of most targets."""
        base = walk(self.homes, INFORMED.parts()[0]).states[-1]
        return self.homes[base.fillna(False).astype(bool)].reset_index(drop=True)

    @cached_property
    def asked(self) -> set[str]:
        """The columns that the quarter's survey had."""
        return set(self.of_quarter("surveyed")["column"])

    @cached_property
    def without_plan(self) -> list[str]:
        """The villages that have not issued their plan of the year by the quarter's last day."""
        plans = self.of_year("village_plans")
        issued = set(plans.loc[plans["issued_on"] <= self.days["last_day"], "village"])
        return [village for village in self.names if village not in issued]


# What the sections of the commune's report share: their words and the quarter they tell of.


class CommuneStory(Story):
    """A part of the commune's report."""

    key = "commune_report"

    def __init__(self, data: CommuneQuarter, words: Words, edition: Edition = INTERNAL) -> None:
        super().__init__(words, edition)
        self.data = data

    @property
    def is_public(self) -> bool:
        """Whether this edition may leave the office."""
        return self.edition == PUBLIC

    @cached_property
    def when(self) -> str:
        """The quarter in words."""
        return self.words.quarter(self.data.code)

    @cached_property
    def source(self) -> str:
        """The line under each chart that says what it was drawn from."""
        return self.text("source", quarter=self.when)

    def count(self, households: Any) -> Cell:
        """Write a number of households."""
        return self.words.number(households)
