"""The years before the sample's first quarter: what old files say of them, less the older they are.

Nothing that the sample says of its own years changes by it: older rows stand below the newer ones
in each file, and are drawn from streams of chance of their own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from campaign_sample.history import records
from campaign_sample.history.notice import past_notes, past_years
from campaign_sample.history.plans import past_plan_text
from campaign_sample.history.poverty import (
    Past,
    gone_households,
    make_past,
    make_past_years,
    past_statuses,
    settled,
)
from campaign_sample.history.records import past_quarters, past_surveys
from campaign_sample.households import Register, Villages
from campaign_sample.poverty import Year
from campaign_sample.scope import Scope, Table

__all__ = ["History", "past_notes", "past_plan_text", "past_quarters", "past_years", "settled"]


class History:
    """The older rows of each file, and the older surveys; of no years before, there are none."""

    def __init__(
        self, scope: Scope, villages: Villages, register: Register, years: Mapping[int, Year]
    ) -> None:
        """Work the years before out, backwards from the sample's own `years`."""
        self._past: Past | None = None
        self._rows: dict[str, pd.DataFrame] = {}
        if not scope.past:
            return
        self._past = make_past(scope, villages, register)
        self._years = make_past_years(self._past, years)
        self._rows = {
            "households.csv": gone_households(self._past),
            "poverty_status.csv": past_statuses(self._past, self._years),
            "village_plans.csv": records.past_village_plans(scope, villages),
            "activities.csv": records.past_activities(scope, villages),
            "models.csv": records.past_models(scope, villages),
            "funding.csv": records.past_funding(scope, villages),
            "task_progress.csv": records.past_progress(scope),
        }

    def added_to(self, table: Table) -> Table:
        """Give a table with its older rows below."""
        older = self._rows.get(table.file)
        if older is None:
            return table
        return replace(table, cells=pd.concat([table.cells, older], ignore_index=True))

    def surveys(self) -> Iterator[Table]:
        """Give the older surveys."""
        if self._past is not None:
            yield from past_surveys(self._past, self._years)
