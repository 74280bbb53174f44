"""The steps of the indicators in words, with the year's own thresholds in them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd

from campaign_lib.indicators import ALL
from campaign_lib.words import Words


def step_labels(plan: "pd.Series[Any] | None", words: Words) -> Mapping[str, str]:
    """Give the label of every step of every indicator, by the question's name.

    Args:
        plan: a row of the table `plans`, or None in a year without one.
        words: the reader's language.
    """
    return {step: step_text(step, "label", plan, words) for step in _steps()}


def step_text(step: str, what: str, plan: "pd.Series[Any] | None", words: Words) -> str:
    """Give one text of a step (label, why or caveat), its thresholds filled in from the plan."""
    key = f"indicators.steps.{step}.{what}"
    said = {name: None if plan is None else plan[name] for name in words.placeholders(key)}
    return words(key, **{name: words.number(value) for name, value in said.items()})


@cache
def _steps() -> tuple[str, ...]:
    questions = (q for one in ALL for part in one.parts() for q in part.questions)
    return tuple(dict.fromkeys(question.__name__ for question in questions))
