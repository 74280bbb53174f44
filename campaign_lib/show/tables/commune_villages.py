"""Villages side by side: one table for all indicators, and one for each."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from campaign_lib.disclosure import HIDDEN, LEAST_SHOWN
from campaign_lib.show.display import RIGHT, Cell, Column, Mark, PageLink, Table
from campaign_lib.show.tables.commune_labels import commune_labels
from campaign_lib.show.tables.labels import NOTHING, labels_of, rows_of, status_mark
from campaign_lib.show.tables.results import Aims, percent_of, traced
from campaign_lib.words import Words

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
        return NOTHING
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
