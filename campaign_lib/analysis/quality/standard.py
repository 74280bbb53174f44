"""Poverty by income and deprivations, as Decree 07/2021 measures it, beside the official status.

In the countryside a household is poor with an income at or below the line *and* at least three of
twelve deprivations, near-poor with the same income and fewer, and neither with a higher income.
A commune is countryside; the other line, of towns, is not used here. The status that counts is
decided by the yearly review, on evidence that a survey does not have: a difference is a reason to
look, never a verdict.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from campaign_lib.base.answers import enough_of, more_than, said
from campaign_lib.codebook import codebook
from campaign_lib.plan import DECREE_07_2021

STATUSES = ("poor", "near_poor", "not_poor")
#: The end of the decree's codes among the questions.
_DEPRIVATION = "dep_"


@dataclass(frozen=True)
class Standard:
    """What makes a household of the countryside poor, and on which days.

    `income` is the line in thousand đồng per person per month, `deprivations` how many make the
    difference between poor and near-poor. `name` is what a plan calls it.
    """

    name: str
    first_day: date
    last_day: date
    income: int
    deprivations: int


#: Decree 07/2021/ND-CP, article 3: from 2022 to 2025. Before it, Decision 59/2015 counted other
#: deprivations that this survey does not ask for.
STANDARDS = (Standard(DECREE_07_2021, date(2022, 1, 1), date(2025, 12, 31), 1500, 3),)


def standard_on(day: date, named: str | None = None) -> Standard | None:
    """Give the standard of a day; None where none is known here.

    Args:
        day: such as a quarter's last.
        named: the standard that the year's plan names, if there is a plan; another one than the
            day's is not known here.
    """
    asked = (one for one in STANDARDS if named in (None, one.name))
    return next((one for one in asked if one.first_day <= day <= one.last_day), None)


def deprivations() -> tuple[str, ...]:
    """Name the questions about the twelve deprivations."""
    codes = (column.code for column in codebook().tables["survey"].questions)
    return tuple(code for code in codes if code.startswith(_DEPRIVATION))


def measured(homes: pd.DataFrame, standard: Standard) -> pd.DataFrame:
    """Work the status out of income and deprivations, and compare it with the official one.

    Args:
        homes: surveyed households of one quarter; `status_now` is the official status on its last
            day, `status_later` on the later date (in Q4 after the yearly review).
        standard: of the quarter's last day.

    Returns:
        `homes` with `computed` (missing where the answers do not settle it), `agrees` (yes, no or
        unknown: what is known may rule a status out even where none can be computed),
        `agrees_later` (the same of the later date), `deprived` and `deprived_unknown`, how many
        deprivations are a yes, and how many nobody knows.
    """
    each = [said(homes[code], "yes") for code in deprivations()]
    above = more_than(homes["income"], standard.income)
    many = enough_of(each, pd.Series(standard.deprivations, index=homes.index))
    fits = {"poor": ~above & many, "near_poor": ~above & ~many, "not_poor": above}
    computed = pd.Series(pd.NA, index=homes.index, dtype="str")
    for status, fit in fits.items():
        computed = computed.mask(fit.fillna(False).astype(bool), status)
    return homes.assign(
        computed=computed,
        agrees=_agreement(homes["status_now"], fits),
        agrees_later=_agreement(homes["status_later"], fits),
        deprived=sum((one.fillna(False).astype(int) for one in each), start=0),
        deprived_unknown=sum((one.isna().astype(int) for one in each), start=0),
    )


def _agreement(official: pd.Series, fits: "Mapping[str, pd.Series[bool]]") -> "pd.Series[bool]":
    """Say whether each official status fits the answers; unknown without a status."""
    agrees = pd.Series(pd.NA, index=official.index, dtype="boolean")
    for status, fit in fits.items():
        agrees = agrees.mask(official == status, fit)
    return agrees


def cross_table(compared: pd.DataFrame) -> pd.DataFrame:
    """Count official statuses (rows) against computed ones (columns), unknown in both last.

    Args:
        compared: what `measured` gave.

    Returns:
        Whole numbers, 4 by 4; they add up to the rows of `compared`.
    """
    labels = [*STATUSES, "unknown"]
    official = compared["status_now"].astype("str").fillna("unknown")
    counted = pd.crosstab(official, compared["computed"].fillna("unknown"))
    return counted.reindex(index=labels, columns=labels, fill_value=0)


def differing(compared: pd.DataFrame) -> pd.DataFrame:
    """Give the households whose answers rule their official status out, by village and id.

    `settled` says of whom the status of the later date fits the answers: the review has already
    seen to these.
    """
    out = compared[(~compared["agrees"]).fillna(False).to_numpy(bool)]
    out = out.assign(settled=out["agrees_later"].fillna(False).astype(bool))
    return out.sort_values(["village", "household"]).reset_index(drop=True)
