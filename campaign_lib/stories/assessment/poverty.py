"""The part of a year's assessment that is about poverty: flows, relapses, who is still poor."""

from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.audit import audit
from campaign_lib.analysis.flows import last_found_poor, still_poor
from campaign_lib.analysis.plan_changes import NEW_STANDARD_SINCE
from campaign_lib.base.quarters import Quarter
from campaign_lib.indicators.households import POOR
from campaign_lib.indicators.section_ii_4 import POVERTY_REDUCTION
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.plan import DECISION_59_2015
from campaign_lib.show.charts.flows import flows_chart
from campaign_lib.show.display import NOTHING, Passage, Table, folded_away, paragraph
from campaign_lib.show.tables.flows import (
    equation,
    flow_label,
    flow_table,
    reasons_table,
    relapsed_table,
    still_poor_table,
)
from campaign_lib.show.tables.labels import answer_label
from campaign_lib.stories.assessment.year_end import YearEnd
from campaign_lib.stories.audit.reasons import formula_table
from campaign_lib.stories.telling import Story
from campaign_lib.words import Words

_WAYS = {
    "start": 0,
    "left": -1,
    "other_decrease": -1,
    "relapsed": 1,
    "new": 1,
    "other_increase": 1,
    "end": 0,
}


class YearPoverty(Story):
    """How the number of poor and near-poor households changed over the year."""

    key = "annual_assessment"

    def __init__(self, year: YearEnd, words: Words) -> None:
        super().__init__(words)
        self.year = year
        self.names = year.names(words("flows.commune"))

    @cached_property
    def tally(self) -> pd.DataFrame:
        """The flows of poor and near-poor together, by place."""
        return self.year.flows.tally()

    @cached_property
    def dates(self) -> dict[str, str]:
        """The two dates in words, by `start` and `end`."""
        days = {"start": "baseline", "end": "later_date"}
        return {name: self.words.date(self.year.days[day]) for name, day in days.items()}

    def in_short(self) -> Passage:
        """One sentence for the first screen."""
        line: Any = self.tally.loc[COMMUNE]
        names = ("start", "end", "left", "relapsed", "new")
        counts = {name: int(line[name]) for name in names}
        days = {"first": self.dates["start"], "last": self.dates["end"]}
        return paragraph(self.text("poverty_in_short", **counts, **days))

    def flows(self) -> Passage:
        """Where the change came from: drawn, as a sum, by village, and by group."""
        days = {"first": self.dates["start"], "last": self.dates["end"]}
        commune: Any = self.tally.loc[COMMUNE]
        steps = [
            (flow_label(name, self.dates, self.words), int(commune[name]), way)
            for name, way in _WAYS.items()
        ]
        quarter = self.words.quarter(self.year.quarter)
        chart = flows_chart(steps, self.words, self.text("source", quarter=quarter))
        balance = self.words("flows.balanced", sum=equation(self.tally, COMMUNE, self.words))
        caption = self.text("flows.caption", **days)
        table = flow_table(self.tally, self.names, self.words, caption=caption)
        return self.section(
            "flows",
            chart,
            paragraph(balance),
            table,
            reasons_table(self.tally, self.words),
            folded_away(self.text("flows.groups"), *map(self._of_group, POOR)),
            **days,
        )

    def _of_group(self, group: str) -> Table:
        label = answer_label("poverty_status", "status", group, self.words)
        caption = self.text("flows.group_caption", group=label)
        tally = self.year.flows.tally([group])
        return flow_table(tally, self.names, self.words, caption=caption)

    def relapsed(self) -> Passage:
        """List the households that fell back into poverty."""
        homes = self.year.flows.households("relapsed")
        statuses = self.year.processed.table("poverty_status")
        since = last_found_poor(statuses, self.year.days["baseline"])
        homes = homes.assign(last_poor=since.reindex(homes["household"]).to_numpy())
        table = relapsed_table(homes, self.names, self.words)
        return self.section("relapsed", table, self._older_standard(homes["last_poor"]))

    def _older_standard(self, found_poor: pd.Series) -> Passage:
        """Say so where somebody was last found poor by another standard than today's."""
        if not (found_poor < pd.Timestamp(NEW_STANDARD_SINCE)).any():
            return NOTHING
        older = self.words(f"plan_items.poverty_standard.{DECISION_59_2015}")
        since = self.words.date(NEW_STANDARD_SINCE)
        said = self.text("relapsed.older_standard", since=since, standard=older)
        return paragraph(said, "note")

    def still_poor(self) -> Passage:
        """Count who is still poor or near-poor, village by village."""
        results = self.year.processed.results
        own = (results["quarter"] == self.year.quarter) & (
            results["indicator"] == POVERTY_REDUCTION.id
        )
        poor = still_poor(self.year.flows, results[own])
        table = still_poor_table(poor, self.names, self.words, day=self.dates["end"])
        return self.section("still_poor", table)

    def formulas(self) -> Passage:
        """Give the fall of the rate by the three formulas."""
        found = audit(self.year.processed, POVERTY_REDUCTION.id, self.year.quarter, COMMUNE)
        year = Quarter.parse(self.year.quarter).year
        return self.section("formulas", formula_table(found, self.words), year=year)
