"""Why a household is asked again, in words: what the check found, and what was answered."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.quality.again import CHANGE, CLASH, NO_FORM, STATUS, UNKNOWN
from campaign_lib.show.tables.labels import question_label, rows_of
from campaign_lib.show.tables.quality_checks import answers_told, check_text, status_reason
from campaign_lib.stories.data_quality.facts import QuarterFacts
from campaign_lib.words import Words

#: Of a form that is nearly empty, so many questions are named.
_NAMED = 5
_Homes = Mapping[Any, Mapping[Any, Any]]


class Reasons:
    """Says all lines of `QuarterFacts.again` of one household."""

    def __init__(self, facts: QuarterFacts, words: Words) -> None:
        self._facts, self._words = facts, words
        outcomes = (*facts.clashes, *facts.changes)
        self._questions = {outcome.name: outcome.questions for outcome in outcomes}

    def __call__(self, lines: pd.DataFrame) -> str:
        """Give the reasons in words, one after the other; unknown questions in one."""
        said = [self._reason(line) for line in rows_of(lines) if line.kind != UNKNOWN]
        unknown = list(lines.loc[lines["kind"] == UNKNOWN, "name"])
        return ". ".join([*said, *([self._unknown(unknown)] if unknown else [])])

    def _reason(self, line: Any) -> str:
        if line.kind == NO_FORM:
            return self._words("data_quality.again.no_form")
        if line.kind == STATUS:
            assert self._facts.standard is not None  # or nothing would differ
            home = self._differing[line.household]
            return status_reason(home, self._facts.standard, self._words)
        homes = self._before if line.kind == CHANGE else self._now
        answers = answers_told(homes[line.household], self._questions[line.name], self._words)
        label = check_text(line.name, "label", self._words)
        return self._words("data_quality.again.check", label=label, answers=answers)

    def _unknown(self, codes: list[str]) -> str:
        labels = ", ".join(question_label(code, self._words) for code in codes[:_NAMED])
        more = len(codes) - _NAMED
        if more <= 0:
            return self._words("data_quality.again.unknown", questions=labels)
        return self._words("data_quality.again.unknown_more", questions=labels, more=more)

    @cached_property
    def _now(self) -> _Homes:
        return _by_household(self._facts.forms, self._concerned(CLASH))

    @cached_property
    def _before(self) -> _Homes:
        return _by_household(self._facts.pairs, self._concerned(CHANGE))

    @cached_property
    def _differing(self) -> Mapping[str, Any]:
        rows = self._facts.differing.itertuples(index=False)
        return {str(home.household): home for home in rows}

    def _concerned(self, kind: str) -> pd.Series:
        lines = self._facts.again
        return lines.loc[lines["kind"] == kind, "household"]


def _by_household(homes: pd.DataFrame, wanted: pd.Series) -> _Homes:
    """Give the rows of some households by their id."""
    return homes[homes["household"].isin(wanted)].set_index("household").to_dict("index")
