"""The commune's report: its villages side by side, those in most need first."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from campaign_lib.analysis.commune import worst_first
from campaign_lib.disclosure import HIDDEN, LEAST_SHOWN
from campaign_lib.indicators import ALL
from campaign_lib.indicators.indicator import Share
from campaign_lib.show.charts.commune import villages_chart
from campaign_lib.show.display import (
    NOTHING,
    RIGHT,
    Cell,
    Column,
    Mark,
    PageLink,
    Passage,
    Shown,
    Table,
    folded_away,
    heading,
    paragraph,
    together,
)
from campaign_lib.show.tables.labels import commune_labels, labels_of, rows_of, status_mark
from campaign_lib.show.tables.results import Aims, percent_of, traced
from campaign_lib.stories.commune.quarter import CommuneStory
from campaign_lib.words import MISSING, Words

# Villages side by side: one table for all indicators, and one for each.

#: Stands after a verdict that hangs on unknown answers.
UNSURE = "*"


def villages_matrix(
    lines: pd.DataFrame,
    villages: Sequence[str],
    ids: Sequence[str],
    names: Mapping[str, str],
    words: Words,
    *,
    caption: str,
) -> Table:
    """Put villages in rows and indicators in columns; a cell is a verdict's sign and its count.

    Args:
        lines: lines of results of villages, of one quarter.
        villages: the codes to show, in order.
        ids: the indicators, in order.
        names: the villages' names by code.
        words: the reader's language.
        caption: the table's.
    """
    text = commune_labels(words, "villages")
    wanted = lines[lines["place"].isin(villages)]
    found = {(line.place, line.indicator): line for line in rows_of(wanted)}
    quarter = str(lines["quarter"].iloc[0]) if len(lines) else ""
    return Table(
        caption=caption,
        columns=(
            Column(text("village")),
            *(Column(words(f"indicators.{one}.short"), RIGHT) for one in ids),
        ),
        rows=tuple(
            (
                PageLink(names[village], quarter, village),
                *(_verdict(found.get((village, one)), words) for one in ids),
            )
            for village in villages
        ),
        note=_legend(wanted, words),
    )


def _legend(lines: pd.DataFrame, words: Words) -> str:
    """Explain the signs, that of what is withheld only where something is."""
    signs = words("commune_tables.villages.key")
    if not (lines["status"] == HIDDEN).any():
        return signs
    return f"{signs} {words('disclosure.legend', least=LEAST_SHOWN)}"


def _verdict(line: Any, words: Words) -> Cell:
    """Write a verdict's sign with its count; a line of `public_results` may be withheld."""
    if line is None:
        return MISSING
    sign = words(f"codes.status.{line.status}.mark")
    if line.status == HIDDEN or pd.isna(line.numerator):
        return Mark(sign, str(line.status))
    count = words.number(line.numerator)
    if not pd.isna(line.denominator):
        count = f"{count}/{words.number(line.denominator)}"
    unsure = UNSURE if getattr(line, "certain", "yes") == "no" else ""
    return traced(Mark(f"{sign}\u00a0{count}{unsure}", str(line.status)), line)


def villages_table(
    lines: pd.DataFrame, names: Mapping[str, str], aims: Aims, words: Words, *, caption: str
) -> Table:
    """Show one indicator in every village: count, base, percent, target count, what is missing.

    Args:
        lines: lines of results of villages, of one indicator and quarter, in order.
        names: the villages' names by code.
        aims: what the plan asks.
        words: the reader's language.
        caption: the table's.
    """
    text = labels_of(words, "indicators")
    return Table(
        caption=caption,
        columns=(
            Column(words("commune_tables.villages.village")),
            Column(text("status")),
            *(Column(text(name), RIGHT) for name in ("count", "percent")),
            Column(words("commune_tables.villages.allocated"), RIGHT),
            *(Column(text(name), RIGHT) for name in ("path", "shortfall")),
        ),
        rows=tuple(
            (
                PageLink(names[line.place], line.quarter, line.place),
                status_mark(str(line.status), words, certain=line.certain == "yes"),
                traced(f"{words.number(line.numerator)}/{words.number(line.denominator)}", line),
                percent_of(line, line.percent, aims, words),
                words.number(line.target_count),
                words.number(line.path_count),
                words.number(line.shortfall),
            )
            for line in rows_of(lines)
        ),
    )


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
