"""What a cell may name: the villages, households, tasks and questions that exist, by spelling."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from campaign_lib.codebook import codebook, folded
from campaign_lib.intake.drafts import REFUSED, UNKNOWN, Draft
from campaign_lib.intake.values import Known

#: What stands for all villages together wherever a place is named (`campaign_lib.indicators.steps.COMMUNE`).
ALL_VILLAGES = "commune"


def itself(names: Iterable[str]) -> Known:
    """Let each name stand for itself, without case."""
    return {folded(name): name for name in names}


def questions() -> Known:
    """Give every question of the survey by code and label."""
    asked = codebook().tables["survey"].questions
    return {folded(text): column.code for column in asked for text in column.headings}


def refuse_commune(draft: Draft) -> None:
    """Refuse a village whose code means all villages: its lines would be the commune's."""
    codes = draft.frame["village"]
    here = np.array([not pd.isna(code) and folded(code) == ALL_VILLAGES for code in codes], bool)
    problem = f"{ALL_VILLAGES} means all villages; give the village another code"
    draft.note(here, "village", problem, REFUSED)


def villages(draft: Draft) -> Known:
    """Give every village by code, name and other name; lists the other names that help nobody.

    A code is what people mean first, then a name, then another name. A name that two villages
    share stands for none.
    """
    table = draft.frame[draft.undecided]
    known: dict[str, str | None] = dict(itself(table["village"]))
    for names in (table["name"].map(lambda name: [name]), table["aliases"].map(_split)):
        level: dict[str, str | None] = {}
        for village, spellings in zip(table["village"], names, strict=True):
            for spelling in map(folded, spellings):
                shared = level.get(spelling, village) != village
                level[spelling] = None if shared else village
        known = level | known
    _note_useless(draft, known)
    return known


def _note_useless(draft: Draft, known: Known) -> None:
    """List each other name that is taken by another village."""
    table = draft.frame[draft.undecided]
    for row, village, aliases in zip(table.index, table["village"], table["aliases"], strict=True):
        taken = [alias for alias in _split(aliases) if known[folded(alias)] != village]
        if taken:
            problem = f"{', '.join(taken)} is another village's name too"
            draft.note_rows([int(row)], "aliases", problem, UNKNOWN)


def _split(aliases: object) -> list[str]:
    if pd.isna(aliases):  # type: ignore[call-overload]
        return []
    return [part for part in map(str.strip, str(aliases).split(";")) if part]
