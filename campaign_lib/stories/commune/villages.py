"""The commune's report: its villages side by side, those in most need first."""

from typing import Any

import pandas as pd

from campaign_lib.analysis.commune import worst_first
from campaign_lib.disclosure import HIDDEN, LEAST_SHOWN
from campaign_lib.indicators import ALL
from campaign_lib.indicators.indicator import Share
from campaign_lib.show.charts import villages_chart
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
    columns_of,
    folded_away,
    heading,
    paragraph,
    together,
)
from campaign_lib.show.tables.labels import labels_of, rows_of
from campaign_lib.show.tables.results import percent_of, traced, verdict_mark
from campaign_lib.stories.commune.quarter import CommuneStory
from campaign_lib.words import MISSING, Words

#: Stands after a verdict that hangs on unknown answers.
UNSURE = "*"
#: Villages in the first table and in the chart; up to how many the others are there, folded away.
FIRST, ALL_OF_THEM = 30, 100
#: What a village has figures of, and what a chart can show of it: a share that should grow.
IDS = tuple(indicator.id for indicator in ALL if indicator.by_village)
SHARES = tuple(one.id for one in ALL if isinstance(one, Share))


def villages(report: CommuneStory) -> Passage:
    """Show all indicators of all villages, or of those in most need where there are many.

    In public villages stand in the order of their codes: which of them needs a visit first would
    be told wrongly by what is not withheld.
    """
    data, text, public = report.data, report.text, report.is_public
    order = list(data.names if public else data.need["village"])
    first, others = order[:FIRST], order[FIRST:]
    says: list[Shown] = [paragraph(text("villages.public" if public else "villages.says"))]
    if others and not public:
        says.append(paragraph(text("villages.worst", shown=len(first), all=len(order))))
    says.append(_matrix(report, first, text("villages.matrix")))
    if others and len(order) <= ALL_OF_THEM:
        caption = text("villages.others", count=len(others))
        says.append(folded_away(caption, _matrix(report, others, caption)))
    elif others:
        name, css = ("public_more", "") if public else ("elsewhere", "note")
        says.append(paragraph(text(f"villages.{name}", count=len(others)), css))
    says.append(_chart(report, first))
    if not public:
        tables = (_one_indicator(report, indicator) for indicator in IDS)
        says += [heading(text("villages.each"), 3), *tables]
    return report.titled("villages", *says)


def _matrix(report: CommuneStory, codes: list[str], caption: str) -> Table:
    """Put villages in rows and indicators in columns; a cell is a verdict's sign and its count."""
    lines, words = report.data.village_lines, report.words
    wanted = lines[lines["place"].isin(codes)]
    found = {(line.place, line.indicator): line for line in rows_of(wanted)}
    quarter = str(lines["quarter"].iloc[0]) if len(lines) else ""
    note = words("commune_tables.villages.key")
    if (wanted["status"] == HIDDEN).any():  # the sign of what is withheld, where something is
        note = f"{note} {words('disclosure.legend', least=LEAST_SHOWN)}"

    def of(indicator: str) -> Column:
        return Column(
            words(f"indicators.{indicator}.short"),
            RIGHT,
            lambda row: _verdict(found.get((row.village, indicator)), words),
        )

    village = Column(
        words("commune_tables.villages.village"),
        cell=lambda row: PageLink(report.data.names[row.village], quarter, row.village),
    )
    # What is behind the table is what it shows: a count for each village and indicator.
    counts = wanted.pivot(index="place", columns="indicator", values="numerator")
    frame = counts.reindex(index=codes, columns=list(IDS)).rename_axis("village").reset_index()
    return Table.of(frame, [village, *map(of, IDS)], caption, note=note, edition=report.edition)


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


def _chart(report: CommuneStory, codes: list[str]) -> Shown:
    """Draw the shares of the villages against the commune's targets."""
    lines = report.data.village_lines
    lines = lines[lines["indicator"].isin(SHARES) & (lines["status"] != HIDDEN)]
    wanted = lines["indicator"].map(dict(report.data.aims.percents)).astype(float)
    lines = lines.assign(wanted=wanted)
    return villages_chart(lines, codes, SHARES, report.data.names, report.words, report.source)


def _one_indicator(report: CommuneStory, indicator: str) -> Passage:
    """Show one indicator in every village: count, base, percent, target count, what is missing."""
    data, words, lines = report.data, report.words, report.data.village_lines
    lines = worst_first(lines[lines["indicator"] == indicator])
    if lines.empty:
        return NOTHING
    label, more = words(f"indicators.{indicator}.label"), len(lines) - FIRST
    text, own = labels_of(words, "tables.indicators"), labels_of(words, "commune_tables.villages")
    columns = columns_of(
        lambda name: (own if name in ("village", "allocated") else text)(name),
        ("count", "percent", "allocated", "path", "shortfall"),
        village=lambda line: PageLink(data.names[line.place], line.quarter, line.place),
        status=lambda line: verdict_mark(line, words),
        count=lambda line: traced(
            f"{words.number(line.numerator)}/{words.number(line.denominator)}", line
        ),
        percent=lambda line: percent_of(line, line.percent, data.aims, words),
        allocated=lambda line: words.number(line.target_count),
        path=lambda line: words.number(line.path_count),
        shortfall=lambda line: words.number(line.shortfall),
    )
    note = paragraph(report.text("villages.better", count=more), "note") if more > 0 else NOTHING
    return folded_away(label, together(Table.of(lines.head(FIRST), columns, label), note))
