"""A check is a question with a name whose yes is a contradiction; here checks are asked.

Its words stand in words/data_quality.toml under the function's name. An unknown answer is never a
contradiction: checks combine their answers with `campaign_lib.base.answers`, and only a sure yes counts.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass

import pandas as pd

from campaign_lib.codebook import codebook
from campaign_lib.indicators.steps import Question, columns_read

#: What a column of the household's quarter before begins with.
BEFORE = "before_"


@dataclass(frozen=True)
class Outcome:
    """What a check found.

    Attributes:
        name: the check's.
        reads: the columns that it looks at.
        missing: those of them that the survey did not ask at all; then nothing was looked at.
        looked_at: of how many households there is an answer, yes or no.
        unknown: of how many there is none.
        found: the rows of the households that contradict themselves.
    """

    name: str
    reads: tuple[str, ...]
    missing: tuple[str, ...]
    looked_at: int
    unknown: int
    found: pd.DataFrame

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions it looks at, each once, whether as they were answered now or before."""
        own = (name.removeprefix(BEFORE) for name in self.reads if _is_question(name))
        return tuple(dict.fromkeys(own))


def look(checks: Iterable[Question], rows: pd.DataFrame, asked: Set[str]) -> tuple[Outcome, ...]:
    """Ask every check of some households.

    Args:
        checks: what to look for.
        rows: surveyed households, with the columns that the checks read.
        asked: the columns of `rows` that come from a question that was asked.
    """
    return tuple(_look(check, rows, asked) for check in checks)


def _look(check: Question, rows: pd.DataFrame, asked: Set[str]) -> Outcome:
    reads = columns_read(check, rows)
    missing = tuple(name for name in reads if _is_question(name) and name not in asked)
    if missing:
        return Outcome(check.__name__, reads, missing, 0, 0, rows.iloc[:0])
    answers = check(rows)
    unknown = int(answers.isna().sum())
    found = rows[answers.fillna(False).to_numpy(bool)]
    return Outcome(check.__name__, reads, (), len(rows) - unknown, unknown, found)


def _is_question(column: str) -> bool:
    """Say whether a column holds answers, now or before; the register is always there."""
    questions = {question.code for question in codebook().tables["survey"].questions}
    return column.removeprefix(BEFORE) in questions
