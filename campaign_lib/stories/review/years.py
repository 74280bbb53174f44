"""Some years of a campaign: the rows that their review is made from."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis import years
from campaign_lib.base.quarters import Quarter
from campaign_lib.show.tables.results import Aims
from campaign_lib.store.processed import Processed


class Years:
    """What was built, as far as it is about the years from `first` to `last`."""

    def __init__(self, processed: Processed, first: int, last: int) -> None:
        self.processed = processed
        self.each = tuple(range(first, last + 1))

    @cached_property
    def plans(self) -> pd.DataFrame:
        """All plans, also of years that the review is not about."""
        return self.processed.table("plans")

    @cached_property
    def newest_plan(self) -> Any:
        """The row of `plans` of the last of these years that has one, or None."""
        own = self.plans[self.plans["year"].isin(self.each)].sort_values("year")
        return own.iloc[-1] if len(own) else None

    @cached_property
    def aims(self) -> Mapping[int, Aims]:
        """What each year's plan asks; nothing without a plan."""
        targets = self.processed.table("targets")
        plans = {int(plan["year"]): plan for _, plan in self.plans.iterrows()}
        return {
            year: Aims.of(targets[targets["year"] == year], plans.get(year)) for year in self.each
        }

    @cached_property
    def quarters(self) -> tuple[str, ...]:
        """The quarters of these years that have results."""
        return tuple(
            code for code in self.processed.quarters if Quarter.parse(code).year in self.each
        )

    @cached_property
    def last_quarters(self) -> Mapping[int, str | None]:
        """Each year's last quarter with results; None where there is none."""
        return {year: years.last_quarter(self.processed, year) for year in self.each}

    @cached_property
    def lines(self) -> pd.DataFrame:
        """The commune's line of each indicator in each year."""
        return years.year_lines(self.processed, self.each)

    @cached_property
    def cohorts(self) -> pd.DataFrame:
        """The base of each year's targets."""
        return years.cohorts(self.processed, self.each)

    @cached_property
    def rates(self) -> pd.DataFrame:
        """Poverty on each date of a review."""
        return years.poverty_rates(self.processed, self.each)

    @cached_property
    def met(self) -> pd.DataFrame:
        """How many targets each year met."""
        return years.targets_met(self.processed, self.each)

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """What is known of each indicator in each year."""
        return years.gaps(self.processed, self.each)

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """Who was asked in each year's last survey."""
        return years.coverage(self.processed, self.each)
