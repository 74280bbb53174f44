"""The commune's report: its targets, how far they have come, and poverty from date to date."""

from typing import Any

import pandas as pd

from campaign_lib.analysis.commune.rates import rate
from campaign_lib.indicators import ALL
from campaign_lib.indicators.indicator import Share
from campaign_lib.indicators.section_ii_4 import POVERTY_REDUCTION
from campaign_lib.show import charts
from campaign_lib.show.display import NOTHING, Passage, Shown, listing, paragraph
from campaign_lib.show.tables.leeway import leeway_table
from campaign_lib.show.tables.results import indicator_table, percent_of, traced
from campaign_lib.stories.commune.story import CommuneStory
from campaign_lib.stories.corrected import corrected

#: What a chart of bars can show: a share that should grow.
SHARES = tuple(one.id for one in ALL if isinstance(one, Share))
HOUSEHOLD_SHARES = tuple(
    one.id for one in ALL if isinstance(one, Share) and one.units == "households"
)


class TargetsSection(CommuneStory):
    """The plan's ten targets for the commune as a whole."""

    def indicators(self) -> Passage:
        """Every indicator with its count, base, percent, target, shortfall, change, verdict."""
        table = indicator_table(self.data.lines, self.data.before, self.data.aims, self.words)
        unknown = leeway_table(self.data.lines, self.data.aims, self.words)
        return self.section("indicators", table, self.poverty(), unknown, self._corrected())

    def _corrected(self) -> Passage:
        """Say what visits to households make of the figures; nothing before enough were made."""
        said = corrected(self.data.processed, self.data.code, self.words)
        return paragraph(self.words("corrected.heading")) + listing(said) if said else NOTHING

    def poverty(self) -> Passage:
        """Say how far poverty fell, with both dates' counts and rates."""
        lines = self.data.lines[self.data.lines["indicator"] == POVERTY_REDUCTION.id]
        return NOTHING if lines.empty else self._fall(lines.iloc[0])

    def _fall(self, line: Any) -> Passage:
        dates = {name: self.words.date(self.data.days[name]) for name in ("baseline", "later_date")}
        counts = ("baseline_numerator", "baseline_denominator", "numerator", "denominator")
        numbers = {name: int(line[name]) for name in counts}
        before = rate(numbers["baseline_numerator"], numbers["baseline_denominator"])
        later = rate(numbers["numerator"], numbers["denominator"])
        said = self.text(
            "indicators.poverty",
            **dates,
            **numbers,
            before=self.words.percent(before),
            later=self.words.percent(later),
            fall=percent_of(line, line["percent"], self.data.aims, self.words),
        )
        return listing([traced(said, line, beside=True)])

    def progress(self) -> Passage:
        """The same as a chart, for shares that have a target and a base."""
        return self.section("progress", self._bars(self._growing))

    @property
    def _growing(self) -> pd.DataFrame:
        """The lines of shares that have a target and a base."""
        lines = self.data.lines
        drawn = lines["indicator"].isin(SHARES) & lines["target_count"].notna()
        return lines[drawn & (lines["denominator"] > 0)]

    def _bars(self, lines: pd.DataFrame) -> Shown:
        if lines.empty:
            return paragraph(self.text("nothing_to_draw"))
        return charts.progress_chart(lines, self.words, self.source)

    def trend(self) -> Passage:
        """Each household indicator by quarter, against the path."""
        lines = self.data.year_lines
        lines = lines[lines["level"] == "commune"]
        chart = charts.trend_chart(lines, HOUSEHOLD_SHARES, self.words, self.source)
        return self.section("trend", chart)
