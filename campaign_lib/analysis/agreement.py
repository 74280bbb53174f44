"""How far a survey's answers hold: those that inspectors found at home, beside those on the form.

An answer is compared where both the survey and the inspection have one. Amounts agree when they are
the same amount, everything else when it is the same answer.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from campaign_lib.analysis.intervals import Interval, wilson
from campaign_lib.codebook import Column, codebook, folded

#: What comparing an answer can come to; the last two are not comparisons.
AGREES, DIFFERS, NO_ANSWER, NOT_SURVEYED = "agrees", "differs", "no_answer", "not_surveyed"
COMPARED = (AGREES, DIFFERS)
#: How an amount that was found differs from the survey's.
HIGHER, LOWER = "higher", "lower"
_AMOUNTS = ("number",)
_KINDS = ("yes_no", "choice")


def questions() -> Mapping[str, Column]:
    """Give the survey's questions by code, in the order of the form."""
    return {column.code: column for column in codebook().tables["survey"].questions}


def compare(homes: pd.DataFrame, inspections: pd.DataFrame) -> pd.DataFrame:
    """Set what was found beside what the survey has.

    Args:
        homes: rows of the panel, of one quarter.
        inspections: rows of the table `inspections`, of the same quarter.

    Returns:
        household, question, survey, found (as typed values; `survey` is missing where it has no
        answer), outcome: a row per answer that was checked, by household and question.
    """
    by_id = homes.set_index("household")
    parts = []
    for question, column in questions().items():
        rows = inspections.loc[inspections["question"] == question, ["household", "found"]]
        if rows.empty:
            continue
        told = by_id[question].reindex(rows["household"]).astype(object).to_numpy()
        asked = by_id["surveyed"].reindex(rows["household"]).fillna(False).to_numpy(bool)
        found = typed(rows["found"], column).to_numpy(object)
        pairs = zip(told, found, asked, strict=True)
        outcome = [_outcome(column, *pair) for pair in pairs]
        parts.append(rows.assign(question=question, survey=told, found=found, outcome=outcome))
    columns = ["household", "question", "survey", "found", "outcome"]
    compared = pd.concat(parts) if parts else pd.DataFrame(columns=columns, dtype=object)
    return compared[columns].sort_values(["household", "question"], ignore_index=True)


def typed(found: pd.Series, column: Column) -> pd.Series:
    """Give answers that were found as the survey has them: amounts as numbers, others as text."""
    return found.astype("float64") if column.type in _AMOUNTS else found.astype(object)


def _outcome(column: Column, survey: Any, found: Any, surveyed: bool) -> str:
    if not surveyed:
        return NOT_SURVEYED
    if pd.isna(survey):
        return NO_ANSWER
    if column.type in (*_AMOUNTS, *_KINDS):
        return AGREES if survey == found else DIFFERS
    return AGREES if folded(survey) == folded(found) else DIFFERS


def by_question(compared: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Say, by question, how many of the compared answers agree, and what that tells of all.

    Args:
        compared: as `compare` gives it.
        population: rows of the panel of those whom the visited ones stand for.

    Returns:
        question, agreed, compared, no_answer, population (of whom the survey has an answer), share,
        low, high (the 95 % interval), kappa (missing where it means nothing), in the form's order.
    """
    lines = []
    for question, column in questions().items():
        own = compared[compared["question"] == question]
        if own.empty:
            continue
        pairs = own[own["outcome"].isin(COMPARED)]
        agreed, judged = int((pairs["outcome"] == AGREES).sum()), len(pairs)
        answered = max(int(population[question].notna().sum()), judged)
        interval = wilson(agreed, judged, answered)
        lines.append(
            {
                "question": question,
                "agreed": agreed,
                "compared": judged,
                "no_answer": int((own["outcome"] == NO_ANSWER).sum()),
                "population": answered,
                "share": agreed / judged if judged else np.nan,
                "low": interval.low,
                "high": interval.high,
                "kappa": kappa(pairs["survey"], pairs["found"]) if column.type in _KINDS else None,
            }
        )
    return pd.DataFrame(lines).astype({"kappa": "Float64"} if lines else {})


def kappa(one: pd.Series, other: pd.Series) -> float | None:
    """Give Cohen's kappa of two columns of answers, row by row.

    How far they agree beyond what chance would bring, given how often each gives which answer: 1
    is always, 0 no more than by chance (J. Cohen, Educational and Psychological Measurement 20,
    1960).

    Returns:
        None where there is no row, or both always give the same one answer.
    """
    pairs = list(zip(one, other, strict=True))
    if not pairs:
        return None
    counts = Counter(one), Counter(other)
    chance = sum(n * counts[1][answer] for answer, n in counts[0].items()) / len(pairs) ** 2
    if chance >= 1:
        return None
    same = sum(bool(a == b) for a, b in pairs) / len(pairs)
    return (same - chance) / (1 - chance)


def disagreements(compared: pd.DataFrame) -> pd.DataFrame:
    """Say which way answers differ: question, survey, found, households; most of a question first.

    Of amounts `survey` is missing, and `found` is higher or lower.
    """
    order = {question: at for at, question in enumerate(questions())}
    differing = compared[compared["outcome"] == DIFFERS].copy()
    amounts = (
        differing["question"].map(lambda code: questions()[code].type in _AMOUNTS).astype(bool)
    )
    of_amounts = differing[amounts]
    higher = of_amounts["found"].astype(float) > of_amounts["survey"].astype(float)
    differing.loc[amounts, "found"] = np.where(higher, HIGHER, LOWER)
    differing.loc[amounts, "survey"] = None
    keys = ["question", "survey", "found"]
    counted = differing.groupby(keys, dropna=False).size().rename("households").reset_index()
    counted["order"] = counted["question"].map(order)
    counted = counted.sort_values(["order", "households"], ascending=[True, False], kind="stable")
    return counted[[*keys, "households"]].reset_index(drop=True)


def holding(compared: pd.DataFrame, population: int) -> tuple[int, int, Interval]:
    """Count the households whose compared answers all agree.

    Returns:
        How many they are, of how many with an answer to compare, and the interval of their share
        among `population` households.
    """
    pairs = compared[compared["outcome"].isin(COMPARED)]
    agree = (pairs["outcome"] == AGREES).groupby(pairs["household"]).all()
    held, of = int(agree.sum()), len(agree)
    return held, of, wilson(held, of, max(population, of))
