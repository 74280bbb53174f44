"""How far a quarter's answers can be relied on: who was asked, and what nobody knows."""

from collections.abc import Iterable

import pandas as pd

from campaign_lib.codebook import Column


def coverage(households: pd.DataFrame, base: pd.Series) -> tuple[int, int]:
    """Count the households of a base, and those of them that the survey mentions.

    Args:
        households: rows of the panel, of one quarter.
        base: yes for those in the base; unknown and no are left out.

    Returns:
        How many are in the base, and how many of them were surveyed.
    """
    inside = households[base.fillna(False).astype(bool)]
    return len(inside), int(inside["surveyed"].sum())


def unknown_answers(
    households: pd.DataFrame, base: pd.Series, questions: Iterable[Column]
) -> pd.DataFrame:
    """Count, by question, the surveyed households of a base whose answer is not known.

    A question that is asked only after a yes to another one is counted only there.

    Returns:
        question, asked, unknown; questions without an unknown answer are left out, the worst first.
    """
    told = households[base.fillna(False).astype(bool) & households["surveyed"]]
    lines = []
    for column in questions:
        asked = told[told[column.only_if] == "yes"] if column.only_if else told
        unknown = int(asked[column.code].isna().sum())
        lines.append({"question": column.code, "asked": len(asked), "unknown": unknown})
    table = pd.DataFrame(lines, columns=["question", "asked", "unknown"])
    table = table[table["unknown"] > 0]
    return table.sort_values("unknown", ascending=False, kind="stable", ignore_index=True)
