"""A year's targets, met or not, for people: by how much, since when, and in which villages."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from campaign_lib.analysis.plan_changes import PATH, Change
from campaign_lib.analysis.years import MET, NO_TARGET, UNMEASURED, Villages
from campaign_lib.indicators import IDS
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.plan import COUNTED, FORMULA, PARAMETERS
from campaign_lib.show.display import RIGHT, Cell, Column, Mark, Table
from campaign_lib.show.tables.labels import rows_of
from campaign_lib.show.tables.results import Aims, count_of_base, percent_of, traced, wanted_count
from campaign_lib.words import MISSING, Words

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
    asked = MISSING if percent is None else percent_of(line, percent, aims, words)
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
        return MISSING
    over = line.surplus if not pd.isna(line.surplus) else line.surplus_percent
    form = "exactly" if over == 0 else "above" if over > 0 else "below"
    return words(f"{_KEY}.{form}", **({} if form == "exactly" else {"amount": amount}))


def hangs_text(line: Any, aims: Aims, words: Words) -> str:
    """Say whether unknown answers could still make the verdict better, and how far."""
    if line.status in (UNMEASURED, NO_TARGET):
        return MISSING
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
        return MISSING
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
    return "; ".join(named) or MISSING


def _short(line: Any, names: Mapping[str, str], words: Words) -> str:
    if line.status == UNMEASURED:
        return words(f"{_KEY}.village_unmeasured", village=names[line.place])
    form = "village_open" if line.certain == "no" else "village_short"
    return words(f"{_KEY}.{form}", village=names[line.place], shortfall=line.shortfall)


# What plans say, item by item, in words: targets, thresholds, formula, poverty standard.

_ITEMS = "plan_items"


def item_label(item: str, words: Words) -> str:
    """Name a target (by its indicator's id), a parameter, or another rule of a plan."""
    if item in PARAMETERS:
        return str(getattr(PARAMETERS[item], words.language))
    return words(f"indicators.{item}.label" if item in IDS else f"{_ITEMS}.{item}.label")


def item_value(item: str, value: Any, formula: object, words: Words) -> str:
    """Write what a plan says.

    Args:
        item: an indicator's id, or one of the rules.
        value: what `plan_items` has for it; None where the plan does not say.
        formula: the same plan's formula of poverty reduction.
        words: the reader's language.
    """
    if value is None:
        return words(f"{_ITEMS}.not_said")
    if item in COUNTED:
        return words(f"{_ITEMS}.units", count=words.number(value))
    if item in IDS:
        percent = Fraction(int(value), 100)
        if item == POVERTY_REDUCTION.id and formula == "points":
            return words("tables.points", points=words.number(percent, 2))
        return words.percent(percent)
    if item == FORMULA:
        return words(f"codes.formula.{value}.label")
    if item == PATH:
        return " · ".join(words.percent(100 * Fraction(share), 0) for share in value)
    if isinstance(value, str):
        return words(f"{_ITEMS}.{item}.{value}")
    unit = getattr(PARAMETERS[item], f"unit_{words.language}")
    return words(f"{_ITEMS}.value", value=value, unit=unit)


def change_text(change: Change, before: Any, now: Any, words: Words) -> str:
    """Say one change in a sentence; `before` and `now` are the two years' columns of items."""
    return words(
        f"{_ITEMS}.change",
        item=words(f"{_ITEMS}.target") if change.item in IDS else item_label(change.item, words),
        before=item_value(change.item, change.before, before[FORMULA], words),
        now=item_value(change.item, change.now, now[FORMULA], words),
    )


def items_table(
    items: pd.DataFrame, rows: Iterable[str], planned: Sequence[int], words: Words
) -> Table:
    """Set what several years' plans say side by side, and mark what they do not say alike.

    Args:
        items: as `campaign_lib.analysis.plan_changes.plan_items` gives them.
        rows: the items to show, in order.
        planned: the years that have a plan; of any other nothing is said.
        words: the reader's language.
    """

    def cells(item: str) -> tuple[Cell, ...]:
        alike = len({str(items.loc[item, year]) for year in planned}) <= 1
        values = (
            item_value(item, items.loc[item, year], items.loc[FORMULA, year], words)
            if year in planned
            else words(f"{_ITEMS}.no_plan")
            for year in map(int, items.columns)
        )
        differs = words(f"{_ITEMS}.{'alike' if alike else 'differs'}")
        return (item_label(item, words), *values, differs)

    return Table(
        caption=words(f"{_ITEMS}.caption"),
        columns=(
            Column(words(f"{_ITEMS}.item")),
            *(Column(str(year)) for year in items.columns),
            Column(words(f"{_ITEMS}.differ")),
        ),
        rows=tuple(cells(item) for item in rows),
    )
