"""Three-valued answers: yes, no, unknown, and how they combine.

Every function takes columns and gives a nullable boolean column (dtype ``boolean``) of the same
length and index: missing in, missing out. Comparisons of pandas itself turn a missing value into
no, so questions are asked with these functions and never with ``==``, ``>`` or ``isin``.
Combination is Kleene's: a no settles it, an unknown does not (data contract, section 1).
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

Mask = npt.NDArray[np.bool_]


def _answer(yes: Mask, unknown: Mask, index: pd.Index) -> "pd.Series[bool]":
    values = pd.arrays.BooleanArray(np.asarray(yes, bool), np.asarray(unknown, bool))
    return pd.Series(values, index=index)


def said(answers: pd.Series, *values: str) -> "pd.Series[bool]":
    """Ask whether an answer is one of `values`; unknown where there is no answer.

    Raises:
        ValueError: a value is not among the column's allowed answers, which would make the
            question a silent no.
    """
    if not isinstance(answers.dtype, pd.CategoricalDtype):
        return _answer(answers.isin(values).to_numpy(), answers.isna().to_numpy(), answers.index)
    codes, known = answers.cat.codes.to_numpy(), answers.cat.categories
    positions = known.get_indexer(pd.Index(values))
    # A Parquet file keeps no category of a column that has no answer: nobody has said anything.
    if len(known) and (positions < 0).any():
        strange = {value for value, at in zip(values, positions, strict=True) if at < 0}
        raise ValueError(f"{answers.name}: {', '.join(sorted(strange))} is never an answer")
    unknown = codes < 0
    return _answer(np.isin(codes, positions) & ~unknown, unknown, answers.index)


def at_least(amounts: pd.Series, least: pd.Series | float) -> "pd.Series[bool]":
    """Ask whether an amount is `least` or more; unknown where either is missing."""
    return _compare(amounts, least, strictly=False)


def more_than(amounts: pd.Series, bound: pd.Series | float) -> "pd.Series[bool]":
    """Ask whether an amount is strictly above `bound`; unknown where either is missing."""
    return _compare(amounts, bound, strictly=True)


def _compare(amounts: pd.Series, bound: pd.Series | float, *, strictly: bool) -> "pd.Series[bool]":
    left = amounts.to_numpy(float, na_value=np.nan)
    right = bound.to_numpy(float, na_value=np.nan) if isinstance(bound, pd.Series) else bound
    yes = left > right if strictly else left >= right
    return _answer(yes, np.isnan(left) | np.isnan(right), amounts.index)


def enough_of(goods: Sequence["pd.Series[bool]"], needed: "pd.Series | int") -> "pd.Series[bool]":
    """Ask whether at least `needed` of several answers are yes: one number, or one for each row.

    Yes once enough are yes; no when too few would be even if every unknown were yes; unknown
    otherwise, and where `needed` is missing.
    """
    sure = sum(good.fillna(False).to_numpy(int) for good in goods)
    possible = sum(good.fillna(True).to_numpy(int) for good in goods)
    limit = pd.Series(needed, goods[0].index).to_numpy(float, na_value=np.nan)
    yes = sure >= limit
    return _answer(yes, ~yes & ~(possible < limit), goods[0].index)


def either(*answers: "pd.Series[bool]") -> "pd.Series[bool]":
    """Combine by *or*: one yes settles it, no only when all are no."""
    first, *rest = answers
    for answer in rest:
        first = first | answer
    return first


def so_far(answers: Iterable["pd.Series[bool]"]) -> "list[pd.Series[bool]]":
    """Give the state after each of a row of answers, combined by *and* from the left."""
    states: list[pd.Series[bool]] = []
    for answer in answers:
        states.append(states[-1] & answer if states else answer)
    return states
