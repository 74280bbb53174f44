"""Walks rows through named questions and counts yes, no and unknown, for all places at once.

A question is a named function from rows to a three-valued column. What filters is what counts:
the value of an indicator, its audit and its household list all come from the same walk.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pandas as pd

from campaign_lib.base.answers import so_far
from campaign_lib.errors import CampaignError
from campaign_lib.words.spelling import hint

Question = Callable[[pd.DataFrame], "pd.Series[bool]"]

#: The place that stands for all villages and for what belongs to none of them.
COMMUNE = "commune"
COUNTS = ("asked", "yes", "no", "unknown")


@dataclass(frozen=True)
class Part:
    """A row of questions that are asked one after the other.

    `place` is the column that says where a row counts. With `of_those` given, the part is asked
    only of the rows that are a sure yes at the end of that other part.
    """

    name: str
    questions: tuple[Question, ...]
    place: str = "village"
    of_those: "Part | None" = None


@dataclass(frozen=True)
class Walk:
    """What happened to each row: the rows that were asked, each answer, each state so far."""

    part: Part
    rows: pd.DataFrame
    answers: "list[pd.Series[bool]]"
    states: "list[pd.Series[bool]]"

    def stopped_at(self) -> pd.Series:
        """Give, for each row, the name of the first question settled as no; missing if none."""
        names = np.full(len(self.rows), None, dtype=object)
        for question, state in reversed(list(zip(self.part.questions, self.states, strict=True))):
            names[~state.fillna(True).to_numpy(bool)] = question.__name__
        return pd.Series(names, index=self.rows.index, dtype="str")


def walk(rows: pd.DataFrame, part: Part, bases: "dict[Part, Walk] | None" = None) -> Walk:
    """Ask the part's questions of the rows that it concerns.

    Args:
        rows: all rows there are.
        part: the questions.
        bases: the walks of parts asked of all of these rows, so that a base that many indicators
            share is walked once; new ones are noted there.

    Raises:
        CampaignError: a question makes "no" of what is unknown, as a plain comparison does.
    """
    bases = {} if bases is None else bases
    if part.of_those is not None:
        # A copy for each indicator: all of them together would fill the memory.
        base = walk(rows, part.of_those, bases).states[-1]
        return _walk(rows[base.to_numpy(bool, na_value=False)], part)
    if part not in bases:
        bases[part] = _walk(rows, part)
    return bases[part]


def _walk(rows: pd.DataFrame, part: Part) -> Walk:
    answers = [_answer(question, rows) for question in part.questions]
    return Walk(part, rows, answers, so_far(answers))


def _answer(question: Question, rows: pd.DataFrame) -> "pd.Series[bool]":
    answer = question(rows)
    if not isinstance(answer, pd.Series) or len(answer) != len(rows):
        raise CampaignError("asked.no_answers", step=question.__name__)
    if answer.dtype == bool:  # which knows no unknown
        for column in columns_read(question, rows):
            if rows[column].isna().any():
                raise CampaignError("asked.unknown_is_no", step=question.__name__, column=column)
    try:
        return answer.astype("boolean")
    except (TypeError, ValueError) as error:
        raise CampaignError("asked.no_answers", step=question.__name__) from error


def count(walked: Walk, quarters: Sequence[str], places: Sequence[str]) -> pd.DataFrame:
    """Count a walk for every quarter, each place and the commune.

    Returns:
        One row per quarter, place and step: quarter, level (village or commune), place, part,
        position (from 1), step, and the counts asked, yes, no, unknown (whole numbers), where
        asked = yes + no + unknown. Rows without a place count for the commune alone.
    """
    where = _where(walked.rows, walked.part.place, quarters, places)
    asked = _tally(where, len(quarters), len(places))
    tallies: dict[str, list[npt.NDArray[np.intp]]] = {name: [] for name in COUNTS}
    for state in walked.states:
        hits = state.to_numpy(bool, na_value=False), state.isna().to_numpy()
        yes, unknown = (_tally(where[hit], len(quarters), len(places)) for hit in hits)
        counts = asked, yes, asked - yes - unknown, unknown
        for name, tally in zip(COUNTS, counts, strict=True):
            tallies[name].append(tally)
        asked = yes + unknown
    steps = [question.__name__ for question in walked.part.questions]
    # Every step has a line for each place of each quarter, the commune after its villages.
    levels, of_each = [*("village" for _ in places), COMMUNE], len(steps) * len(quarters)
    lines = len(quarters) * len(levels)
    return pd.DataFrame(
        {
            "quarter": [quarter for quarter in quarters for _ in levels] * len(steps),
            "level": levels * of_each,
            "place": [*places, COMMUNE] * of_each,
            "part": walked.part.name,
            "position": np.repeat(np.arange(1, len(steps) + 1), lines),
            "step": np.repeat(steps, lines),
            **{name: np.concatenate(tally) for name, tally in tallies.items()},
        }
    )


def tally(
    rows: pd.DataFrame, place: str, quarters: Sequence[str], places: Sequence[str]
) -> npt.NDArray[np.intp]:
    """Count rows by quarter and by the place that a column says, the commune after the last one."""
    return _tally(_where(rows, place, quarters, places), len(quarters), len(places))


def _where(
    rows: pd.DataFrame, place: str, quarters: Sequence[str], places: Sequence[str]
) -> npt.NDArray[np.intp]:
    """Number the quarter and place of each row."""
    quarter = _positions(rows["quarter"], quarters)
    return quarter * (len(places) + 1) + _positions(rows[place], places)


def _positions(column: pd.Series, values: Sequence[str]) -> npt.NDArray[np.intp]:
    """Give the position of each cell among `values`, and the number of values where it is none."""
    cells = pd.Categorical(column)  # each different text is looked up once
    found = pd.Index(pd.array(values, dtype="str")).get_indexer(cells.categories.astype("str"))
    places: npt.NDArray[np.intp] = np.append(np.where(found < 0, len(values), found), len(values))
    return np.take(places, cells.codes)


def _tally(where: npt.NDArray[np.intp], quarters: int, places: int) -> npt.NDArray[np.intp]:
    """Count rows by quarter and place, the commune (all of them) after the last place."""
    every = quarters * (places + 1)  # rows of any other quarter lie beyond it
    table = np.bincount(where, minlength=every)[:every].reshape(quarters, places + 1)
    return np.column_stack([table[:, :places], table.sum(axis=1)]).ravel()


class Reads:
    """Stands in for rows and notes which columns a question looks at."""

    def __init__(self, rows: pd.DataFrame, *, lacking: bool) -> None:
        self._rows, self._lacking = rows, lacking
        self.columns: list[str] = []

    def __getitem__(self, column: Any) -> Any:
        if isinstance(column, list):
            return self._rows[[self[name].name for name in column]]
        if not isinstance(column, str):  # a mask
            return self._rows[column]
        if column not in self.columns:
            self.columns.append(column)
        if column in self._rows:
            return self._rows[column]
        if not self._lacking:
            raise CampaignError(
                "asked.column", name=repr(column), hint=hint(column, [*self._rows.columns])
            )
        return pd.Series(name=column, dtype="Float64")

    def __getattr__(self, name: str) -> Any:
        return self[name] if name in self._rows else getattr(self._rows, name)

    def __len__(self) -> int:
        return len(self._rows)


#: What each question was found to look at, by the columns there were: as long as it is in use.
_READ: WeakKeyDictionary[Question, dict[tuple[object, ...], tuple[str, ...]]] = WeakKeyDictionary()


def columns_read(
    question: Question, rows: pd.DataFrame, *, lacking: bool = False
) -> tuple[str, ...]:
    """Say which columns a question looks at, by asking it once of no rows at all.

    Args:
        question: the question.
        rows: what it is asked of.
        lacking: whether the rows may lack columns, because another version made them.

    Raises:
        CampaignError: there is no such column; the sentence offers the nearest.
    """
    known = _READ.setdefault(question, {})
    asked_of = (*rows.columns, lacking)
    if asked_of not in known:
        reads = Reads(rows.iloc[:0], lacking=lacking)
        question(reads)  # type: ignore[arg-type]  # it needs nothing of a frame but its columns
        known[asked_of] = tuple(reads.columns)
    return known[asked_of]
