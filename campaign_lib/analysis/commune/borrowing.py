"""Households that borrowed: how many, how much, from whom, and how they fare beside the others.

The two groups differ in more than the loan, so what is set side by side is no effect of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from campaign_lib.base.answers import said, so_far
from campaign_lib.indicators.households import poor_or_near_poor_on_the_later_date
from campaign_lib.indicators.section_ii_3 import APPLIES_SCIENCE
from campaign_lib.indicators.section_ii_4 import IMPROVED_LIFE, has_stable_production_model
from campaign_lib.indicators.steps import Question

#: Those who borrowed, those who did not, and those of whom it is not known or who were not asked.
BORROWED, NOT_BORROWED, REST = "borrowed", "others", "rest"
GROUPS = (BORROWED, NOT_BORROWED, REST)
STILL_POOR = "still_poor"
#: What the two groups are compared by: all of the questions must be a yes.
OUTCOMES: Mapping[str, tuple[Question, ...]] = {
    APPLIES_SCIENCE.id: APPLIES_SCIENCE.counts,
    "stable_model": (has_stable_production_model,),
    IMPROVED_LIFE.id: IMPROVED_LIFE.counts,
    STILL_POOR: (poor_or_near_poor_on_the_later_date,),
}


@dataclass(frozen=True)
class Borrowing:
    """What a base says of its loans.

    Attributes:
        base: households in the base; of them `surveyed` were asked.
        yes: borrowed; `no`: did not; `unknown`: were asked and did not answer.
        amounts_known: of those who borrowed, how many said how much.
        median: of the known amounts, million đồng; None without one.
        total: of the known amounts.
        sources: lender (as first written; missing where not said), households, amounts_known,
            total: a row per lender, the most frequent first.
    """

    base: int
    surveyed: int
    yes: int
    no: int
    unknown: int
    amounts_known: int
    median: float | None
    total: float
    sources: pd.DataFrame


def borrowing(homes: pd.DataFrame) -> Borrowing:
    """Sum up the loans of some households of the panel, of one quarter."""
    asked = homes[homes["surveyed"]]
    answer = said(asked["borrowed"], "yes")
    borrowers = asked[answer.fillna(False).astype(bool)]
    amounts = borrowers["loan_amount"].dropna()
    return Borrowing(
        base=len(homes),
        surveyed=len(asked),
        yes=len(borrowers),
        no=int((~answer).fillna(False).sum()),
        unknown=int(answer.isna().sum()),
        amounts_known=len(amounts),
        median=float(amounts.median()) if len(amounts) else None,
        total=float(amounts.sum()),
        sources=_sources(borrowers),
    )


def _sources(borrowers: pd.DataFrame) -> pd.DataFrame:
    """Count by lender; a name is the same in whatever case it was written."""
    rows = borrowers.assign(same=borrowers["loan_source"].str.casefold())
    table = rows.groupby("same", dropna=False, sort=True).agg(
        lender=("loan_source", "first"),
        households=("household", "size"),
        amounts_known=("loan_amount", "count"),
        total=("loan_amount", "sum"),
    )
    return table.sort_values("households", ascending=False, kind="stable", ignore_index=True)


def side_by_side(homes: pd.DataFrame) -> pd.DataFrame:
    """Compare those who borrowed with those who did not.

    Args:
        homes: the same as for `borrowing`.

    Returns:
        A row per outcome of `OUTCOMES` and group of `GROUPS`: outcome, group, yes, no, unknown.
        The groups and answers of an outcome add up to all of `homes`.
    """
    rows = []
    for outcome, questions in OUTCOMES.items():
        for name, group in _groups(homes).items():
            state = so_far([question(group).astype("boolean") for question in questions])[-1]
            yes, unknown = int(state.fillna(False).sum()), int(state.isna().sum())
            no = len(group) - yes - unknown
            rows.append(
                {"outcome": outcome, "group": name, "yes": yes, "no": no, "unknown": unknown}
            )
    return pd.DataFrame(rows)


def median_incomes(homes: pd.DataFrame) -> dict[str, tuple[float | None, int]]:
    """Give each group's median income, thousand đồng per person per month, and of how many."""
    groups = _groups(homes)
    known = {name: groups[name]["income"].dropna() for name in (BORROWED, NOT_BORROWED)}
    return {
        name: (float(income.median()) if len(income) else None, len(income))
        for name, income in known.items()
    }


def _groups(homes: pd.DataFrame) -> dict[str, pd.DataFrame]:
    answer = said(homes["borrowed"].where(homes["surveyed"]), "yes")
    masks = (answer, ~answer, answer.isna())
    return {
        name: homes[mask.fillna(False).astype(bool)]
        for name, mask in zip(GROUPS, masks, strict=True)
    }
