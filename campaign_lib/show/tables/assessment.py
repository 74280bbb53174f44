"""A year's targets, met or not, for people: by how much, since when, and in which villages."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from campaign_lib.analysis.assessment import MET, NO_TARGET, UNMEASURED, Villages
from campaign_lib.indicators.section_ii_4 import POVERTY_REDUCTION
from campaign_lib.show.display import RIGHT, Cell, Column, Mark, Table
from campaign_lib.show.tables.labels import NOTHING, rows_of
from campaign_lib.show.tables.results import (
    Aims,
    count_of_base,
    percent_of,
    traced,
    wanted_count,
)
from campaign_lib.words import Words

_KEY = "annual_assessment.table"
#: How many villages are named that missed one target.
_NAMED = 12


def final_mark(line: Any, words: Words) -> Mark:
    """Give a year's final verdict: met, or not; what is not measured or not asked for says so."""
    status = str(line.status)
    known = status in (MET, UNMEASURED, NO_TARGET)
    sign, label = (
        words(f"codes.status.{status}.{name}" if known else f"{_KEY}.missed.{name}")
        for name in ("mark", "label")
    )
    return Mark(f"{sign}\u00a0{label}", status if known else "behind")


def verdicts_table(lines: pd.DataFrame, aims: Aims, words: Words, *, caption: str) -> Table:
    """Show each target of a place: its verdict, the figure, the target, and by how much.

    Args:
        lines: lines of results with surplus and surplus_percent, in order.
        aims: what the plan asks.
        words: the reader's language.
        caption: the table's.
    """
    names = ("indicator", "verdict", "figure", "target", "surplus", "hangs")
    return Table(
        caption=caption,
        columns=tuple(Column(words(f"{_KEY}.{name}")) for name in names),
        rows=tuple(
            (
                traced(words(f"indicators.{line.indicator}.label"), line, beside=True),
                final_mark(line, words),
                figure_text(line, aims, words),
                target_text(line, aims, words),
                surplus_text(line, words),
                hangs_text(line, aims, words),
            )
            for line in rows_of(lines)
        ),
        note=words(f"{_KEY}.note"),
    )


def target_text(line: Any, aims: Aims, words: Words) -> str:
    """Write what the plan asks for: its own percentage, and the count that this comes to."""
    percent = aims.percents.get(line.indicator)
    asked = NOTHING if percent is None else percent_of(line, percent, aims, words)
    if pd.isna(line.target_count):
        return asked
    count = wanted_count(line, line.target_count, words)
    count = count if line.indicator == POVERTY_REDUCTION.id else f"≥\u00a0{count}"
    return count if percent is None else words(f"{_KEY}.asked", asked=asked, count=count)


def surplus_text(line: Any, words: Words) -> str:
    """Write by how much a target is passed or missed, in units, or else in points."""
    if not pd.isna(line.surplus):
        size = abs(int(line.surplus))
        unit = words(f"codes.unit.{line.unit}.{'one' if size == 1 else 'many'}")
        amount = f"{words.number(size)} {unit}"
    elif not pd.isna(line.surplus_percent):
        size = line.surplus_percent
        amount = words("tables.points", points=words.number(abs(size), 2))
    else:
        return NOTHING
    over = line.surplus if not pd.isna(line.surplus) else line.surplus_percent
    form = "exactly" if over == 0 else "above" if over > 0 else "below"
    return words(f"{_KEY}.{form}", **({} if form == "exactly" else {"amount": amount}))


def hangs_text(line: Any, aims: Aims, words: Words) -> str:
    """Say whether unknown answers could still make the verdict better, and how far."""
    if line.status in (UNMEASURED, NO_TARGET):
        return NOTHING
    if not line.unknown or pd.isna(line.unknown):
        return words(f"{_KEY}.all_known")
    high = percent_of(line, line.percent_high, aims, words)
    hangs = line.certain == "no"
    if pd.isna(line.percent_high):
        return words(f"{_KEY}.{'could_change' if hangs else 'some_unknown'}", unknown=line.unknown)
    return words(f"{_KEY}.{'open' if hangs else 'settled'}", unknown=line.unknown, high=high)


def figure_text(line: Any, aims: Aims, words: Words) -> str:
    """Write a figure with what makes it: 63/82 = 76,83 %; – where there is none."""
    if line is None or line.status == UNMEASURED:
        return NOTHING
    counted = f"{words.number(line.numerator)}/{words.number(line.denominator)}"
    if line.indicator == POVERTY_REDUCTION.id:
        before = words.number(line.baseline_numerator), words.number(line.baseline_denominator)
        fall = percent_of(line, line.percent, aims, words)
        return words(f"{_KEY}.fall", before="/".join(before), now=counted, fall=fall)
    if pd.isna(line.percent):
        return count_of_base(line, words)
    return f"{counted} = {words.percent(line.percent)}"


def _traced_figure(line: Any, aims: Aims, words: Words) -> Cell:
    text = figure_text(line, aims, words)
    return text if line is None else traced(text, line)


def compared_table(
    rows: Sequence[tuple[str, Sequence[tuple[Any, Aims]], str]],
    headings: Sequence[str],
    words: Words,
    *,
    caption: str,
) -> Table:
    """Set a target's figures of several quarters side by side.

    Args:
        rows: an indicator's id; for each quarter its line of results (or None) and what that
            year's plan asks; what differs between them.
        headings: the quarters.
        words: the reader's language.
        caption: the table's.
    """
    return Table(
        caption=caption,
        columns=(
            Column(words(f"{_KEY}.indicator")),
            *map(Column, headings),
            Column(words(f"{_KEY}.differs")),
        ),
        rows=tuple(
            (
                words(f"indicators.{indicator}.label"),
                *(_traced_figure(line, aims, words) for line, aims in figures),
                differs,
            )
            for indicator, figures, differs in rows
        ),
    )


def villages_table(
    found: Sequence[Villages], names: Mapping[str, str], words: Words, *, caption: str
) -> Table:
    """Say of each target how many villages met it, and name those that did not.

    Args:
        found: the targets, in order.
        names: the villages' names by code.
        words: the reader's language.
        caption: the table's.
    """
    return Table(
        caption=caption,
        columns=(
            Column(words(f"{_KEY}.indicator")),
            Column(words(f"{_KEY}.villages_met"), RIGHT),
            Column(words(f"{_KEY}.villages_short")),
        ),
        rows=tuple(
            (
                words(f"indicators.{one.indicator}.label"),
                f"{words.number(one.met)}/{words.number(one.judged)}",
                _all_short(one.short, names, words),
            )
            for one in found
        ),
        note=words(f"{_KEY}.villages_note"),
        empty=words(f"{_KEY}.villages_none"),
    )


def _all_short(short: pd.DataFrame, names: Mapping[str, str], words: Words) -> str:
    """Name the first few; in a district's worth of villages nobody reads them all."""
    named = [_short(line, names, words) for line in rows_of(short.head(_NAMED))]
    if len(short) > _NAMED:
        named.append(words(f"{_KEY}.villages_more", count=len(short) - _NAMED))
    return "; ".join(named) or NOTHING


def _short(line: Any, names: Mapping[str, str], words: Words) -> str:
    if line.status == UNMEASURED:
        return words(f"{_KEY}.village_unmeasured", village=names[line.place])
    form = "village_open" if line.certain == "no" else "village_short"
    return words(f"{_KEY}.{form}", village=names[line.place], shortfall=line.shortfall)
