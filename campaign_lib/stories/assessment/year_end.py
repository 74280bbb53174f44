"""The end of one year: the rows that its assessment is made from."""

from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.flows import PovertyFlows, poverty_flows
from campaign_lib.analysis.years import by_how_much, commune_lines
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.show.tables.results import Aims, in_plan_order
from campaign_lib.store.processed import Processed


class YearEnd:
    """What was built, seen from the last quarter of a year that has results."""

    def __init__(self, processed: Processed, year: int, quarter: str) -> None:
        self.processed, self.year, self.quarter = processed, year, quarter

    @cached_property
    def days(self) -> Any:
        """The quarter's row of `quarters`."""
        return self.processed.rows("quarters", {"quarter": [self.quarter]}).iloc[0]

    @property
    def is_final(self) -> bool:
        """Whether this is the year's fourth quarter; before it every verdict is provisional."""
        return bool(self.days["number"] == 4)

    @cached_property
    def plan(self) -> Any:
        """The year's row of `plans`, or None."""
        plans = self.of_year("plans")
        return plans.iloc[0] if len(plans) else None

    @cached_property
    def aims(self) -> Aims:
        """What the year's plan asks."""
        return self.aims_of(self.year)

    def aims_of(self, year: int) -> Aims:
        """Give what the plan of a year asks."""
        plans, targets = (self._of(name, year) for name in ("plans", "targets"))
        return Aims.of(targets, plans.iloc[0] if len(plans) else None)

    def of_year(self, table: str, *, ahead: int = 0) -> pd.DataFrame:
        """Give the rows of a table that are of this year, or of one so many years ahead."""
        return self._of(table, self.year + ahead)

    def _of(self, table: str, year: int) -> pd.DataFrame:
        return self.processed.rows(table, {"year": [year]})

    @cached_property
    def lines(self) -> pd.DataFrame:
        """The commune's lines of the quarter in the plan's order, each with how far it is over."""
        return in_plan_order(by_how_much(commune_lines(self.processed, self.quarter)))

    @cached_property
    def village_lines(self) -> pd.DataFrame:
        """The villages' lines of the quarter."""
        return self.processed.rows("results", {"quarter": [self.quarter], "level": ["village"]})

    @cached_property
    def homes(self) -> pd.DataFrame:
        """The quarter's households."""
        return self.processed.rows("panel", {"quarter": [self.quarter]})

    @cached_property
    def flows(self) -> PovertyFlows:
        """Who left poverty, who fell into it, from the baseline date to the later one."""
        return poverty_flows(
            self.homes,
            self.processed.table("poverty_status"),
            self.days["baseline"],
            tuple(self.processed.villages),
        )

    def names(self, commune: str) -> dict[str, str]:
        """Give the villages' names by code, and the commune's."""
        return {**self.processed.villages, COMMUNE: commune}
