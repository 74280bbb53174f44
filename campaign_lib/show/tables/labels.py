"""What tables share: labels in the reader's language, and signs for what is missing."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import pandas as pd

from campaign_lib.base.editions import PUBLIC, Edition
from campaign_lib.codebook import codebook
from campaign_lib.disclosure import HIDDEN, may_show
from campaign_lib.indicators import ALL, Indicator
from campaign_lib.indicators.steps import Question
from campaign_lib.plan import PARAMETERS
from campaign_lib.show.display import Cell, Mark
from campaign_lib.words import MISSING, Words


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """Give the rows of a table one by one, their cells as attributes."""
    return iter(table.itertuples(index=False))


def status_mark(status: str, words: Words, *, certain: bool = True) -> Mark:
    """Give a verdict with its sign; one that hangs on unknown answers says so."""
    mark, label = (words(f"codes.status.{status}.{name}") for name in ("mark", "label"))
    text = f"{mark}\u00a0{label}"  # the mark stays with its word at the end of a line
    return Mark(text if certain else f"{text} ({words('tables.hangs')})", status)


def answer_label(table: str, column: str, code: Any, words: Words) -> str:
    """Give the codebook's label of an answer in the reader's language; – where there is none."""
    if pd.isna(code):
        return MISSING
    for answer in codebook().tables[table].column(column).answers:
        if answer.code == code:
            return answer.vi if words.language == "vi" else answer.en
    return str(code)


def question_label(code: str, words: Words) -> str:
    """Give the codebook's label of a survey question."""
    column = codebook().tables["survey"].column(code)
    return column.vi if words.language == "vi" else column.en


def lacking_label(code: str, words: Words) -> str:
    """Name what an indicator lacks in a quarter: a survey question, or a number of the plan."""
    if code in PARAMETERS:
        return str(getattr(PARAMETERS[code], words.language))
    return question_label(code, words)


def number_of(name: str, words: Words, decimals: int = 0) -> Callable[[Any], str]:
    """Make a table's cell of a row: the number that stands there under a name."""
    return lambda row: words.number(getattr(row, name), decimals)


def text_or_nothing(text: Any) -> str:
    """Give free text, or – where there is none."""
    return MISSING if pd.isna(text) else str(text)


def counted(words: Words, *names: str) -> dict[str, Callable[[Any], str]]:
    """Give the cells of columns of whole numbers, by the names that they have in the frame."""
    return {name: number_of(name, words) for name in names}


def signed(difference: int, words: Words) -> str:
    """Write a difference with its sign; ± where there is none."""
    sign = "+" if difference > 0 else "−" if difference < 0 else "±"
    return f"{sign}{words.number(abs(difference))}"


# Counts of households in either edition: one that is too small never leaves the office.


def withheld(words: Words) -> Mark:
    """Give the mark of a count that is not shown."""
    return Mark(words(f"codes.status.{HIDDEN}.mark"), HIDDEN)


def households_text(count: Any, words: Words, edition: Edition) -> Cell:
    """Write a count of households; in public the mark where it is too small to be shown."""
    small = edition == PUBLIC and not pd.isna(count) and not may_show(int(count))
    return withheld(words) if small else words.number(count)


def indicator_label(id: str, words: Words, form: str = "label") -> str:
    """Name an indicator; one of somebody's own, which has no words, by its id."""
    key = f"indicators.{id}.{form}"
    return words(key) if words.has(key) else id


# The steps of the indicators in words, with the year's own thresholds in them.


def step_labels(plan: "pd.Series[Any] | None", words: Words) -> Mapping[str, str]:
    """Give the label of every step of every indicator, by the question's name.

    Args:
        plan: a row of the table `plans`, or None in a year without one.
        words: the reader's language.
    """
    return {step: step_text(step, "label", plan, words) for step in _steps()}


def question_labels(
    indicator: Indicator, plan: "pd.Series[Any] | None", words: Words
) -> Mapping[str, str]:
    """Give the label of each step of an indicator, by the question's name.

    A step of somebody's own is told by the first line of its docstring, or else by its name.
    """
    labels = {}
    for question in (one for part in indicator.parts() for one in part.questions):
        name = question.__name__
        if _steps().get(name) is question:
            labels[name] = step_text(name, "label", plan, words)
        else:
            labels[name] = (question.__doc__ or name).strip().partition("\n")[0].rstrip(".")
    return labels


def step_text(step: str, what: str, plan: "pd.Series[Any] | None", words: Words) -> str:
    """Give one text of a step (label, why or caveat), its thresholds filled in from the plan."""
    key = f"indicators.steps.{step}.{what}"
    said = {name: None if plan is None else plan[name] for name in words.placeholders(key)}
    return words(key, **{name: words.number(value) for name, value in said.items()})


@cache
def _steps() -> Mapping[str, Question]:
    questions = (q for one in ALL for part in one.parts() for q in part.questions)
    return {question.__name__: question for question in questions}
