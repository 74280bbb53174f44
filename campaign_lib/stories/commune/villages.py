"""The commune's report: its villages side by side, those in most need first."""

import pandas as pd

from campaign_lib.analysis.commune.villages import worst_first
from campaign_lib.disclosure import HIDDEN
from campaign_lib.indicators import ALL
from campaign_lib.indicators.indicator import Share
from campaign_lib.show.charts.commune import villages_chart
from campaign_lib.show.display import (
    NOTHING,
    Passage,
    Shown,
    Table,
    folded_away,
    heading,
    paragraph,
    together,
)
from campaign_lib.show.tables.commune_villages import villages_matrix, villages_table
from campaign_lib.stories.commune.story import CommuneStory

#: Villages in the first table and in the chart; up to how many the others are there, folded away.
FIRST, ALL_OF_THEM = 30, 100
#: What a village has figures of.
IDS = tuple(indicator.id for indicator in ALL if indicator.by_village)
SHARES = tuple(one.id for one in ALL if isinstance(one, Share))


class VillagesSection(CommuneStory):
    """Villages as rows: a matrix of verdicts, a chart, and a table for each indicator."""

    def villages(self) -> Passage:
        """All indicators of all villages, or of those in most need where there are many."""
        order = list(self.data.need["village"])
        first, others = order[:FIRST], order[FIRST:]
        says: list[Shown] = []
        if others:
            says.append(paragraph(self.text("villages.worst", shown=len(first), all=len(order))))
        folded = others if len(order) <= ALL_OF_THEM else []
        return self.section(
            "villages",
            *says,
            self.matrix(first, self.text("villages.matrix")),
            self._others(folded, len(others)),
            self.village_chart(first),
            self._each_indicator(),
        )

    def matrix(self, villages: list[str], caption: str) -> Table:
        """Put some villages in rows, all indicators in columns."""
        return villages_matrix(
            self.data.village_lines, villages, IDS, self.data.names, self.words, caption=caption
        )

    def _others(self, villages: list[str], more: int) -> Passage:
        """Fold the other villages away, or say where they are found."""
        if not more:
            return NOTHING
        if not villages:
            return paragraph(self.text("villages.elsewhere", count=more), "note")
        caption = self.text("villages.others", count=more)
        return folded_away(caption, self.matrix(villages, caption))

    def village_chart(self, villages: list[str]) -> Shown:
        """Draw the shares of the villages against the commune's targets."""
        targets = self.data.aims.percents
        lines = self.data.village_lines
        lines = lines[lines["indicator"].isin(SHARES) & (lines["status"] != HIDDEN)]
        wanted = lines["indicator"].map(dict(targets)).astype(float)
        lines = lines.assign(wanted=wanted)
        return villages_chart(lines, villages, SHARES, self.data.names, self.words, self.source)

    def _each_indicator(self) -> Passage:
        tables = (
            folded_away(label, self._table(lines, label))
            for indicator in IDS
            if (lines := self._lines(indicator)).size
            for label in [self.words(f"indicators.{indicator}.label")]
        )
        return together(heading(self.text("villages.each"), 3), *tables)

    def _lines(self, indicator: str) -> pd.DataFrame:
        lines = self.data.village_lines
        return worst_first(lines[lines["indicator"] == indicator])

    def _table(self, lines: pd.DataFrame, label: str) -> Passage:
        more = len(lines) - FIRST
        table = villages_table(
            lines.head(FIRST), self.data.names, self.data.aims, self.words, caption=label
        )
        return together(
            table,
            paragraph(self.text("villages.better", count=more), "note") if more > 0 else NOTHING,
        )
