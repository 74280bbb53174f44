"""Walks rows through named questions and counts yes, no and unknown, for all places at once.

A question is a named function from rows to a three-valued column. What filters is what counts:
the value of an indicator, its audit and its household list all come from the same walk.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from campaign_lib.base.answers import so_far
from campaign_lib.errors import CampaignError

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


def walk(rows: pd.DataFrame, part: Part) -> Walk:
    """Ask the part's questions of the rows that it concerns.

    Raises:
        CampaignError: a question makes "no" of what is unknown, as a plain comparison does.
    """
    if part.of_those is not None:
        base = walk(rows, part.of_those).states[-1].fillna(False).astype(bool)
        rows = rows[base]
    answers = [_answer(question, rows) for question in part.questions]
    return Walk(part, rows, answers, so_far(answers))


def _answer(question: Question, rows: pd.DataFrame) -> "pd.Series[bool]":
    answer = question(rows)
    if answer.dtype == bool:  # which knows no unknown
        for column in columns_read(question, rows):
            if rows[column].isna().any():
                raise CampaignError("asked.unknown_is_no", step=question.__name__, column=column)
    return answer.astype("boolean")


def count(walked: Walk, quarters: Sequence[str], places: Sequence[str]) -> pd.DataFrame:
    """Count a walk for every quarter, each place and the commune.

    Returns:
        One row per quarter, place and step: quarter, level (village or commune), place, part,
        position (from 1), step, and the counts asked, yes, no, unknown (whole numbers), where
        asked = yes + no + unknown. Rows without a place count for the commune alone.
    """
    in_quarter = _positions(walked.rows["quarter"], quarters)
    in_place = _positions(walked.rows[walked.part.place], places)
    still_asked = np.ones(len(walked.rows), dtype=bool)
    frames = []
    for position, (question, state) in enumerate(
        zip(walked.part.questions, walked.states, strict=True), 1
    ):
        outcomes = {
            "asked": still_asked,
            "yes": state.fillna(False).to_numpy(bool),
            "no": still_asked & ~state.fillna(True).to_numpy(bool),
            "unknown": state.isna().to_numpy(),
        }
        table = _places_by_quarter(quarters, places)
        for name, hit in outcomes.items():
            table[name] = _tally(hit, in_quarter, in_place, len(quarters), len(places))
        frames.append(
            table.assign(part=walked.part.name, position=position, step=question.__name__)
        )
        still_asked = still_asked & ~outcomes["no"]
    columns = ["quarter", "level", "place", "part", "position", "step", *COUNTS]
    return pd.concat(frames, ignore_index=True)[columns]


def _positions(column: pd.Series, values: Sequence[str]) -> npt.NDArray[np.intp]:
    """Give the position of each cell among `values`, and the number of values where it is none."""
    found = pd.Index(values).get_indexer(pd.Index(column.astype("str"))).astype(np.intp)
    return np.where(found < 0, len(values), found)


def _tally(
    hit: npt.NDArray[np.bool_],
    in_quarter: npt.NDArray[np.intp],
    in_place: npt.NDArray[np.intp],
    quarters: int,
    places: int,
) -> npt.NDArray[np.intp]:
    """Count the hits by quarter and place, the commune (all hits) after the last place."""
    cells = in_quarter[hit] * (places + 1) + in_place[hit]
    every = quarters * (places + 1)  # rows of any other quarter lie beyond it
    table = np.bincount(cells, minlength=every)[:every].reshape(quarters, places + 1)
    return np.column_stack([table[:, :places], table.sum(axis=1)]).ravel()


def _places_by_quarter(quarters: Sequence[str], places: Sequence[str]) -> pd.DataFrame:
    levels = [*("village" for _ in places), "commune"]
    return pd.DataFrame(
        {
            "quarter": np.repeat(list(quarters), len(levels)),
            "level": levels * len(quarters),
            "place": [*places, COMMUNE] * len(quarters),
        }
    )


class Reads:
    """Stands in for rows and notes which columns a question looks at."""

    def __init__(self, rows: pd.DataFrame, *, lacking: bool) -> None:
        self._rows, self._lacking = rows, lacking
        self.columns: list[str] = []

    def __getitem__(self, column: str) -> pd.Series:
        if column not in self.columns:
            self.columns.append(column)
        if self._lacking and column not in self._rows:
            return pd.Series(name=column, dtype="Float64")
        return self._rows[column]


def columns_read(
    question: Question, rows: pd.DataFrame, *, lacking: bool = False
) -> tuple[str, ...]:
    """Say which columns a question looks at, by asking it once of no rows at all.

    Args:
        question: the question.
        rows: what it is asked of.
        lacking: whether the rows may lack columns, because another version made them.
    """
    reads = Reads(rows.iloc[:0], lacking=lacking)
    question(reads)  # type: ignore[arg-type]  # it needs nothing of a frame but its columns
    return tuple(reads.columns)
