"""What differs between the plans of several years: targets, thresholds, formula, poverty standard.

A figure of one year is compared with another's only beside what changed in between.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from campaign_lib.indicators import ALL
from campaign_lib.indicators.indicator import Drop, Indicator, columns_of
from campaign_lib.plan import (
    FORMULA,
    PARAMETERS,
    PATHS,
    THRESHOLDS,
    UNLISTED,
    plan_of,
)

#: How households are found poor: a key of the plan that is no target and no parameter.
STANDARD = "poverty_standard"
PATH = "path"
#: What a plan says beside its targets, in the order of a table.
RULES = (*PARAMETERS, STANDARD, "calendar", PATH)
#: The column of the panel that says how poor a household is, which a standard decides.
_STATUS = ("status_at_baseline", "status_later")


@dataclass(frozen=True)
class Change:
    """One thing that two years' plans do not say alike; None is what a plan does not say."""

    item: str
    before: object
    now: object


def standard_of(plans: pd.DataFrame, year: int) -> str:
    """Say by which standard the households of a year were found poor.

    Args:
        plans: the table `plans`; a year without a plan goes by its baseline date.
        year: which one.
    """
    plan = plans[plans["year"] == year]
    return str(plan[STANDARD].iloc[0]) if len(plan) else plan_of({}, year).poverty_standard


def baseline_of(plans: pd.DataFrame, year: int) -> date:
    """Give the baseline date of a year: its plan's, or the usual one."""
    plan = plans[plans["year"] == year]
    return plan["baseline"].iloc[0].date() if len(plan) else plan_of({}, year).baseline


def unlisted_of(plans: pd.DataFrame, year: int) -> str:
    """Say what a household without any status is in a year: by its plan, if it has one."""
    plan = plans[plans["year"] == year]
    return str(plan[UNLISTED].iloc[0] if len(plan) else PARAMETERS[UNLISTED].default)


def plan_items(plans: pd.DataFrame, targets: pd.DataFrame, years: Iterable[int]) -> pd.DataFrame:
    """Lay out what each year's plan says.

    Args:
        plans: the table `plans`.
        targets: the table `targets`.
        years: which ones.

    Returns:
        A row per target (by its indicator's id, in the plan's order) and rule (`RULES`), a column
        per year; None where the year has no plan, or its plan does not say.
    """
    columns = {year: _said(plans, targets, year) for year in years}
    rows = [*(one.id for one in ALL), *RULES]
    return pd.DataFrame(
        {year: [said.get(row) for row in rows] for year, said in columns.items()},
        index=pd.Index(rows, name="item"),
        dtype=object,
    )


def _said(plans: pd.DataFrame, targets: pd.DataFrame, year: int) -> Mapping[str, object]:
    plan, asked = plans[plans["year"] == year], targets[targets["year"] == year]
    if plan.empty:
        return {}
    head = plan.iloc[0]
    said: dict[str, object] = dict(zip(asked["indicator"], asked["at_least"].tolist(), strict=True))
    rules = {name: head[name] for name in RULES if name != PATH}
    said |= {name: None if pd.isna(value) else value for name, value in rules.items()}
    return {**said, PATH: tuple(head[list(PATHS)])}


def changes_for(
    indicator: Indicator, items: pd.DataFrame, homes: pd.DataFrame, before: int, now: int
) -> list[Change]:
    """List what changed between two years for one indicator: its target, what its questions use.

    Args:
        indicator: which one.
        items: as `plan_items` gives them, with both years.
        homes: the panel's frame of the indicator's units; only its columns matter.
        before: the earlier year.
        now: the later one.
    """
    asked = (indicator.id, *_rules_of(indicator, homes))
    said: list[Any] = [(item, items.loc[item, before], items.loc[item, now]) for item in asked]
    return [Change(item, first, second) for item, first, second in said if first != second]


def first_by_new_standard(plans: pd.DataFrame, years: Sequence[int]) -> int | None:
    """Give the first of some years whose poverty standard is not the year before's, if any is."""
    standards = [standard_of(plans, year) for year in years]
    pairs = zip(years[1:], standards, standards[1:], strict=False)
    return next((year for year, before, now in pairs if now != before), None)


def depends_on_standard(indicator: Indicator, homes: pd.DataFrame) -> bool:
    """Say whether a poverty standard decides whom an indicator is about; `homes` as above."""
    return STANDARD in _rules_of(indicator, homes)


def _rules_of(indicator: Indicator, homes: pd.DataFrame) -> list[str]:
    """Name the rules that can change an indicator's figure, from the columns that it reads."""
    columns = {*columns_of(indicator, homes)}
    rules = [name for name in THRESHOLDS if name in columns]
    if isinstance(indicator, Drop):
        rules.append(FORMULA)
    return rules + ([UNLISTED, STANDARD] if columns.intersection(_STATUS) else [])
