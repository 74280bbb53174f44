"""Every unit behind a figure: what it answered to each question, and where it stopped."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from campaign_lib.indicators.indicator import Drop, Indicator
from campaign_lib.indicators.steps import COMMUNE, Part, Walk, walk

#: What identifies a unit of each kind, and what a reader knows it by.
IDENTITY: Mapping[str, tuple[str, ...]] = {
    "households": ("household", "head_name", "village"),
    "activities": ("activity", "held_on", "kind", "village"),
    "models": ("model", "name", "village", "started_on", "ended_on"),
    "areas": ("village", "area", "new_models"),
}
#: Where in the raw files a unit's row stands (residential areas have no row of their own).
SOURCE = ("source_file", "source_sheet", "source_row")
#: A question's answer; missing is unknown. Who is not in the base is not asked what counts, and
#: a village does not ask a date's questions of who lived elsewhere on that date.
ANSWERS = ("yes", "no", "not_asked")
#: What became of a unit. The first three make up a share's denominator. Poverty reduction has an
#: outcome on each date: its denominator are the first two, `no_status` are its unknown, and
#: `elsewhere` are those who did not live at this place on that date.
OUTCOMES = (
    *("counted", "not_counted", "unknown"),
    *("not_in_base", "base_unknown", "no_status", "elsewhere"),
)

#: How a categorical column writes a missing value.
_UNKNOWN = -1

Mask = npt.NDArray[np.bool_]


def walk_units(rows: pd.DataFrame, indicator: Indicator, place: str) -> pd.DataFrame:
    """Walk one quarter's rows again and keep what each of them said.

    Args:
        rows: the frame that the indicator's steps walk, of one quarter.
        indicator: whose questions are asked.
        place: a village's code, or `commune`.

    Returns:
        The columns that `campaign_lib.analysis.audit.Audit.units` describes, sorted by id.
    """
    known_by = IDENTITY[indicator.units]
    columns = [*known_by, *(name for name in SOURCE if name in rows)]
    on_two_dates = isinstance(indicator, Drop)
    found = (_on_two_dates if on_two_dates else _through_base)(rows, indicator, place)
    table = pd.concat([rows.loc[found.index, columns], found], axis=1)
    order = ["village", "area"] if indicator.units == "areas" else [known_by[0]]
    return table.sort_values(order, kind="stable", ignore_index=True)


def _through_base(rows: pd.DataFrame, indicator: Indicator, place: str) -> pd.DataFrame:
    """Walk the base, then what counts, which only the base is asked."""
    among, counts = indicator.parts()
    rows = rows[_here(rows, among, place)]
    base, last = walk(rows, among), walk(rows, counts)
    inside, end = base.states[-1], last.states[-1].reindex(rows.index)
    outcome = np.select(
        [inside.isna(), ~_sure(inside, if_unknown=True), end.isna(), _sure(end)],
        ["base_unknown", "not_in_base", "unknown", "counted"],
        default="not_counted",
    )
    stopped = base.stopped_at().fillna(last.stopped_at().reindex(rows.index))
    answers = _answers(base, rows) | _answers(last, rows)
    return _laid_out(rows, answers, {"stopped_at": stopped}, {"outcome": outcome})


def _on_two_dates(rows: pd.DataFrame, indicator: Indicator, place: str) -> pd.DataFrame:
    """Walk the two dates and the third formula's count, each where the household lived on it."""
    *dates, escaped = indicator.parts()
    rows = rows[np.logical_or.reduce([_here(rows, part, place) for part in dates])]
    answers: dict[str, pd.Series] = {}
    stopped, outcomes = {}, {}
    for part in dates:
        walked = walk(rows[_here(rows, part, place)], part)
        answers |= _answers(walked, rows)
        stopped[f"stopped_at_{part.name}"] = walked.stopped_at().reindex(rows.index)
        outcomes[f"outcome_{part.name}"] = _elsewhere(_outcome_of_date(walked), walked, rows)
    walked = walk(rows[_here(rows, escaped, place)], escaped)
    end = walked.states[-1]
    ended = np.select([end.isna(), _sure(end)], ["unknown", "counted"], default="not_counted")
    outcomes["escaped"] = _elsewhere(ended, walked, rows)
    return _laid_out(rows, _answers(walked, rows) | answers, stopped, outcomes)


def _outcome_of_date(walked: Walk) -> npt.NDArray[Any]:
    """Say what became of each household on one date: its status must be known to be in the base."""
    present, known, poor = walked.states[-3:]
    return np.select(
        [present.isna(), ~_sure(present, if_unknown=True), known.isna(), _sure(poor)],
        ["base_unknown", "not_in_base", "no_status", "counted"],
        default="not_counted",
    )


def _elsewhere(outcome: npt.NDArray[Any], walked: Walk, rows: pd.DataFrame) -> pd.Series:
    here = pd.Series(outcome, index=walked.rows.index)
    return here.reindex(rows.index, fill_value="elsewhere")


def _here(rows: pd.DataFrame, part: Part, place: str) -> Mask:
    """Say which rows a part counts at a place; the commune counts all."""
    if place == COMMUNE:
        return np.ones(len(rows), dtype=bool)
    return (rows[part.place].astype("str") == place).fillna(False).to_numpy(bool)


def _sure(state: pd.Series, *, if_unknown: bool = False) -> Mask:
    return state.astype("boolean").fillna(if_unknown).to_numpy(bool)


def _answers(walked: Walk, rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Give each question's answers for all rows: not asked where the walk did not come."""
    asked = rows.index.isin(walked.rows.index)
    yes, no, not_asked = range(len(ANSWERS))
    answers = {}
    for question, answer in zip(walked.part.questions, walked.answers, strict=True):
        answer = answer.reindex(rows.index).astype("boolean")
        codes = np.full(len(rows), no, dtype=np.int8)
        codes[_sure(answer)] = yes
        codes[answer.isna().to_numpy(bool)] = _UNKNOWN
        codes[~asked] = not_asked
        named = pd.Categorical.from_codes(codes, categories=pd.Index(ANSWERS))
        answers[question.__name__] = pd.Series(named, index=rows.index)
    return answers


def _laid_out(
    rows: pd.DataFrame,
    answers: Mapping[str, pd.Series],
    stopped: Mapping[str, pd.Series],
    outcomes: Mapping[str, Any],
) -> pd.DataFrame:
    names = {name: values.astype("str") for name, values in stopped.items()}
    ends = {name: pd.Categorical(values, list(OUTCOMES)) for name, values in outcomes.items()}
    return pd.DataFrame({**answers, **names, **ends}, index=rows.index)
