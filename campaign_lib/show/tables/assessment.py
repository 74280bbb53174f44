"""What assessments and reviews share: a figure with what makes it, and what years' plans say."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import pandas as pd

from campaign_lib.analysis.plan_changes import PATH, Change
from campaign_lib.analysis.years import UNMEASURED
from campaign_lib.indicators import IDS
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.plan import COUNTED, FORMULA, PARAMETERS
from campaign_lib.show.display import Column, Table
from campaign_lib.show.tables.results import Aims, count_of_base, percent_of
from campaign_lib.words import MISSING, Words

_ITEMS = "plan_items"


def figure_text(line: Any, aims: Aims, words: Words) -> str:
    """Write a figure with what makes it: 63/82 = 76,83 %; – where there is none."""
    if line is None or line.status == UNMEASURED:
        return MISSING
    counted = f"{words.number(line.numerator)}/{words.number(line.denominator)}"
    if line.indicator == POVERTY_REDUCTION.id:
        before = words.number(line.baseline_numerator), words.number(line.baseline_denominator)
        fall = percent_of(line, line.percent, aims, words)
        return words(
            "annual_assessment.table.fall", before="/".join(before), now=counted, fall=fall
        )
    if pd.isna(line.percent):
        return count_of_base(line, words)
    return f"{counted} = {words.percent(line.percent)}"


# What plans say, item by item, in words: targets, thresholds, formula, poverty standard.


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
    frame = items.loc[[*rows]].rename_axis("item").reset_index()

    def said(line: Any, at: int, year: int) -> str:
        if year not in planned:
            return words(f"{_ITEMS}.no_plan")
        return item_value(line.item, line[at], items.loc[FORMULA, year], words)

    def differs(line: Any) -> str:
        alike = len({str(items.loc[line.item, year]) for year in planned}) <= 1
        return words(f"{_ITEMS}.{'alike' if alike else 'differs'}")

    columns = (
        Column(words(f"{_ITEMS}.item"), cell=lambda line: item_label(line.item, words)),
        *(
            Column(str(year), cell=partial(said, at=at, year=int(year)))
            for at, year in enumerate(items.columns, 1)
        ),
        Column(words(f"{_ITEMS}.differ"), cell=differs),
    )
    return Table.of(frame, columns, words(f"{_ITEMS}.caption"))
