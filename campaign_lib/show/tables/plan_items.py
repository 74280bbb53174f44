"""What plans say, item by item, in words: targets, thresholds, formula, poverty standard."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from campaign_lib.analysis.plan_changes import FORMULA, PATH, Change
from campaign_lib.indicators import IDS
from campaign_lib.indicators.section_ii_4 import POVERTY_REDUCTION
from campaign_lib.plan import COUNTED
from campaign_lib.show.display import Cell, Column, Table
from campaign_lib.words import Words

_KEY = "plan_items"


def item_label(item: str, words: Words) -> str:
    """Name a target (by its indicator's id) or a rule of a plan."""
    return words(f"indicators.{item}.label" if item in IDS else f"{_KEY}.{item}.label")


def item_value(item: str, value: Any, formula: object, words: Words) -> str:
    """Write what a plan says.

    Args:
        item: an indicator's id, or one of the rules.
        value: what `plan_items` has for it; None where the plan does not say.
        formula: the same plan's formula of poverty reduction.
        words: the reader's language.
    """
    if value is None:
        return words(f"{_KEY}.not_said")
    if item in COUNTED:
        return words(f"{_KEY}.units", count=words.number(value))
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
        return words(f"{_KEY}.{item}.{value}")
    return words(f"{_KEY}.{item}.value", value=value)


def change_text(change: Change, before: Any, now: Any, words: Words) -> str:
    """Say one change in a sentence; `before` and `now` are the two years' columns of items."""
    return words(
        f"{_KEY}.change",
        item=words(f"{_KEY}.target") if change.item in IDS else item_label(change.item, words),
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
            else words(f"{_KEY}.no_plan")
            for year in map(int, items.columns)
        )
        differs = words(f"{_KEY}.{'alike' if alike else 'differs'}")
        return (item_label(item, words), *values, differs)

    return Table(
        caption=words(f"{_KEY}.caption"),
        columns=(
            Column(words(f"{_KEY}.item")),
            *(Column(str(year)) for year in items.columns),
            Column(words(f"{_KEY}.differ")),
        ),
        rows=tuple(cells(item) for item in rows),
    )
