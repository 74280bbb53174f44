"""Every unit behind a figure: what it answered to each question, and where it stopped."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Set
from functools import partial
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from campaign_lib.codebook import codebook
from campaign_lib.indicators.indicator import Drop, Indicator, columns_of
from campaign_lib.indicators.panel import DAYS
from campaign_lib.indicators.register import Register
from campaign_lib.indicators.steps import COMMUNE, Part, Question, Walk, columns_read, walk
from campaign_lib.plan import THRESHOLDS, UNLISTED
from campaign_lib.store.processed import Processed

#: What identifies a unit of each kind, and what a reader knows it by.
IDENTITY: Mapping[str, tuple[str, ...]] = {
    "households": ("household", "head_name", "village"),
    "activities": ("activity", "held_on", "kind", "village"),
    "models": ("model", "name", "village", "started_on", "ended_on"),
    "areas": ("village", "area", "new_models"),
}
#: What tells one unit from another; residential areas have no id of their own.
UNIT_KEY: Mapping[str, tuple[str, ...]] = {
    "households": ("household",),
    "activities": ("activity",),
    "models": ("model",),
    "areas": ("village", "area"),
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

_ANSWER = pd.CategoricalDtype(list(ANSWERS))
#: How a categorical column writes a missing value.
_UNKNOWN = -1

Mask = npt.NDArray[np.bool_]
Made = TypeVar("Made")


def walk_units(rows: pd.DataFrame, indicator: Indicator, place: str, once: "Once") -> pd.DataFrame:
    """Walk the rows of one quarter and place again and keep what each of them said.

    Args:
        rows: those that the indicator's steps walk there (`rows_at`), sorted by id.
        indicator: whose questions are asked.
        place: a village's code, or `commune`.
        once: what was found out of these rows for other figures.

    Returns:
        The columns that `campaign_lib.analysis.audit.Audit.units` describes, sorted by id.
    """
    columns = [*IDENTITY[indicator.units], *(name for name in SOURCE if name in rows)]
    walked = _on_two_dates if isinstance(indicator, Drop) else _through_base
    return pd.concat([rows[columns], walked(rows, indicator, place, once)], axis=1)


def add_up(units: pd.DataFrame, indicator: Indicator) -> dict[str, int]:
    """Count the units of `walk_units` as a line of results does, on each date where it has two."""
    dates = {"": "_later", "baseline_": "_baseline"} if isinstance(indicator, Drop) else {"": ""}
    counts = {}
    for prefix, ending in dates.items():
        ends = units[f"outcome{ending}"].value_counts()  # of every outcome, also where none has it
        counts[f"{prefix}numerator"] = int(ends["counted"])
        counts[f"{prefix}denominator"] = int(ends[["counted", "not_counted", "unknown"]].sum())
        counts[f"{prefix}unknown"] = int(ends[["unknown", "no_status"]].sum())
    return counts


def _through_base(
    rows: pd.DataFrame, indicator: Indicator, place: str, once: "Once"
) -> pd.DataFrame:
    """Walk the base, then what counts, which only the base is asked."""
    among, counts = indicator.parts()
    bases: dict[Part, Walk] = once(dict, "bases")
    base, last = walk(rows, among, bases), walk(rows, counts, bases)
    inside, end = base.states[-1], last.states[-1].reindex(rows.index)
    outcome = np.select(
        [inside.isna(), ~_sure(inside, if_unknown=True), end.isna(), _sure(end)],
        ["base_unknown", "not_in_base", "unknown", "counted"],
        default="not_counted",
    )
    answers = once(lambda: _answers(base, rows), "answers", among) | _answers(last, rows)
    stopped = base.stopped_at().fillna(last.stopped_at().reindex(rows.index))
    return _laid_out(rows, answers, {"stopped_at": stopped}, {"outcome": outcome})


def _on_two_dates(
    rows: pd.DataFrame, indicator: Indicator, place: str, once: "Once"
) -> pd.DataFrame:
    """Walk the two dates and the third formula's count, each where the household lived on it."""
    *dates, escaped = indicator.parts()
    answers: dict[str, pd.Series] = {}
    stopped, outcomes = {}, {}
    for part in dates:
        walked = walk(rows[rows_at(rows, [part.place], place)], part)
        answers |= _answers(walked, rows)
        stopped[f"stopped_at_{part.name}"] = walked.stopped_at().reindex(rows.index)
        outcomes[f"outcome_{part.name}"] = _elsewhere(_outcome_of_date(walked), walked, rows)
    walked = walk(rows[rows_at(rows, [escaped.place], place)], escaped)
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
    return pd.Series(outcome, walked.rows.index).reindex(rows.index, fill_value="elsewhere")


def place_columns(indicator: Indicator) -> tuple[str, ...]:
    """Name the columns that say at which place an indicator counts a row: one for each date."""
    parts = indicator.parts()[: 2 if isinstance(indicator, Drop) else 1]
    return tuple(part.place for part in parts)


def rows_at(rows: pd.DataFrame, columns: Iterable[str], place: str) -> Mask:
    """Say which rows are at a place by any of these columns; at the commune all are."""
    if place == COMMUNE:
        return np.ones(len(rows), dtype=bool)
    here: Mask = np.logical_or.reduce(
        [(rows[column] == place).to_numpy(bool, na_value=False) for column in columns]
    )
    return here


def _sure(state: pd.Series, *, if_unknown: bool = False) -> Mask:
    return state.to_numpy(bool, na_value=if_unknown)


def _answers(walked: Walk, rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Give each question's answers for all rows: not asked where the walk did not come."""
    asked = rows.index.isin(walked.rows.index)
    yes, no, not_asked = range(len(ANSWERS))
    answers = {}
    for question, answer in zip(walked.part.questions, walked.answers, strict=True):
        codes = np.full(len(rows), not_asked, dtype=np.int8)
        codes[asked] = np.select([answer.isna(), _sure(answer)], [_UNKNOWN, yes], default=no)
        named = pd.Categorical.from_codes(codes, dtype=_ANSWER)
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


# What the steps looked at: which columns of the raw files, and what was read there of each unit.
#
# The judgement of a step is one thing, the answer behind it another: whoever doubts the first wants
# to see the second, and to find its cell.

#: The days of a quarter, as the table `quarters` calls them, by the endings of the panel's columns.
DATE_OF = dict(zip(DAYS, ("baseline", "last_day", "later_date"), strict=True))
#: The plan file, where a step reads a threshold: `indicators.panel` lays it beside the answers.
PLAN = "plans"
#: The raw columns behind what the panel works out for the steps, without the day's ending.
_MADE_FROM: Mapping[str, tuple[tuple[str, str], ...]] = {
    "lives_here": (("households", "joined_on"), ("households", "left_on")),
    "minority": (("households", "ethnicity"),),
    "status": (
        *(("poverty_status", column) for column in ("status", "valid_from")),
        (PLAN, UNLISTED),
    ),
    "village_has_plan": (("village_plans", "issued_on"),),
    "held_this_year": (("activities", "held_on"),),
    "movements": (("activities", "integrated_with"),),
    "owner": (("models", "owner"),),
    "built_this_year": (("models", "started_on"),),
    "kept_up": (("models", "started_on"), ("models", "ended_on")),
    "area": (("villages", "residential_areas"),),
    "new_models": tuple(
        ("models", column) for column in ("owner", "village", "residential_area", "started_on")
    ),
    **{name: ((PLAN, name),) for name in THRESHOLDS},
}
#: What is read of a unit that is no household stands in its own row.
_OWN_COLUMNS = {"activities": ("activity", ["integrated_with"]), "models": ("model", ["owner"])}


def day_of(column: str) -> tuple[str, str]:
    """Part a column of the panel from its day's ending: status, at_baseline; no ending is ""."""
    day = next((day for day in DAYS if column.endswith(f"_{day}")), "")
    return column.removesuffix(f"_{day}") if day else column, day


def raw_columns(question: Question, rows: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    """Name the raw columns behind a question, as pairs of table and column, each once.

    A parameter of the plan is a pair of `PLAN` and its name.
    """
    columns = columns_read(question, rows)
    return tuple(dict.fromkeys(pair for column in columns for pair in origin_of(column)))


def origin_of(column: str) -> tuple[tuple[str, str], ...]:
    """Name the raw columns that a column of the panel was made from, as pairs of table and column.

    A parameter of the plan is a pair of `PLAN` and its name.
    """
    asked = {question.code for question in codebook().tables["survey"].questions}
    return (("survey", column),) if column in asked else _MADE_FROM[day_of(column)[0]]


class Once:
    """Remembers what was looked up, for all figures that are about the same units."""

    def __init__(self) -> None:
        self._known: dict[tuple[Hashable, ...], Any] = {}

    def __call__(self, make: Callable[[], Made], *key: Hashable) -> Made:
        """Give what was made under a key, or else make it."""
        if key not in self._known:
            self._known[key] = make()
        return cast(Made, self._known[key])


def cells(
    processed: Processed,
    kind: str,
    rows: pd.DataFrame,
    days: "pd.Series[pd.Timestamp]",
    once: Once,
) -> pd.DataFrame:
    """Give what was read of each unit, for showing it beside the judgements.

    Args:
        processed: what was built.
        kind: the indicator's kind of units, such as `households`.
        rows: the units' rows of one quarter, as the steps walk them.
        days: the quarter's row of the table `quarters`.
        once: what was looked up for other figures of the quarter.

    Returns:
        A row per unit by its id; nothing for residential areas, which have no row of their own.
        Households have their answers to the survey, `issued_on`, and for each of `DAYS` what holds
        on it: `ethnicity_<day>` (as it was written), `status_<day>` and its `since_<day>`; for who
        was away that day, `left_<day>` and `came_<day>`. Missing where nothing is known.
    """
    if kind == "households":
        ids = tuple(rows["household"])
        return once(lambda: _of_homes(processed, rows, days, once), "cells", ids)
    if kind in _OWN_COLUMNS:
        key, columns = _OWN_COLUMNS[kind]
        return rows.set_index(key)[columns]
    return pd.DataFrame()


def _of_homes(
    processed: Processed, rows: pd.DataFrame, days: "pd.Series[pd.Timestamp]", once: Once
) -> pd.DataFrame:
    answers = [column.code for column in codebook().tables["survey"].questions]
    homes = rows.set_index("household")
    own = homes[[*answers, *(f"status_{day}" for day in DAYS)]]
    register = _register(processed, homes.index, once)
    dated = [_of_day(register, homes.index, days[DATE_OF[day]], day) for day in DAYS]
    return pd.concat([own, _issued(processed, homes, days), *dated], axis=1)


def _of_day(register: Register, ids: pd.Index, date: pd.Timestamp, day: str) -> pd.DataFrame:
    """Give what the register says of each household on a day."""
    stays, there = register.stays, register.stays_on(date)["ethnicity_text"]
    there = there.set_axis(pd.Index(register.households))
    away = there.isna()  # an ethnicity is required: who has none has no stay on the day
    left = stays[stays["left_on"] <= date].groupby("household")["left_on"].max()
    came = stays[stays["joined_on"] > date].groupby("household")["joined_on"].min()
    found = {
        f"ethnicity_{day}": there,
        f"since_{day}": register.statuses_on(date, ["valid_from"])["valid_from"].set_axis(
            there.index
        ),
        f"left_{day}": left[left.index.isin(away.index[away])],
        f"came_{day}": came[came.index.isin(away.index[away])],
    }
    return pd.DataFrame({name: column.reindex(ids) for name, column in found.items()})


def _issued(
    processed: Processed, homes: pd.DataFrame, days: "pd.Series[pd.Timestamp]"
) -> "pd.Series[pd.Timestamp]":
    """Give the day on which the village where a household lives now issued its plan of the year."""
    plans = processed.table("village_plans")
    of_year = plans[plans["year"] == days["year"]].set_index("village")["issued_on"]
    villages = homes["village_now"].astype("str")
    return of_year.reindex(villages).set_axis(homes.index).rename("issued_on")


# Where in the raw files everything stands that was read of a unit: file, sheet and row.
#
# A household's figure is made from more than its survey: from the stay that says where it lived
# and of which group it is, from the status that held on the day, from its village's plan. Whoever
# has no stay on a day was judged by all of its stays: they prove that none covers it.

_PLACE = [*SOURCE]
_STAY, _STATUS = frozenset({"lives_here", "minority"}), frozenset({"status"})


class RawRow(NamedTuple):
    """One row of a raw file, as a spreadsheet counts; `table` is what the codebook calls it."""

    table: str
    file: str
    sheet: str
    row: int

    @property
    def where(self) -> str:
        """The file, and its sheet if it has any."""
        return f"{self.file} [{self.sheet}]" if self.sheet else self.file

    def __str__(self) -> str:
        return f"{self.where}:{self.row}"


_ByUnit = dict[tuple[Any, ...], list[RawRow]]
#: The rows behind each unit, by its key; who has none is not in it.
Sources = Mapping[tuple[Any, ...], tuple[RawRow, ...]]


def sources(
    processed: Processed,
    indicator: Indicator,
    rows: pd.DataFrame,
    days: "pd.Series[pd.Timestamp]",
    once: Once,
) -> Sources:
    """Name the raw rows that an indicator's questions read of each unit.

    Args:
        processed: what was built.
        indicator: whose questions they are.
        rows: the units' rows of one quarter, as the steps walk them.
        days: the quarter's row of the table `quarters`.
        once: what was looked up for other figures of the quarter.

    Returns:
        The rows by the unit's key (`UNIT_KEY`), each once: of the survey first, then of the
        registers.
    """
    kind = indicator.units
    key = list(UNIT_KEY[kind])
    if kind == "households":
        return _joined(_of_households(processed, indicator, rows, days, once))
    if kind == "areas":
        return _joined(_by_unit(partial(named, processed, rows), key) for named in _OF_AREAS)
    return _joined([_by_unit(partial(_named, rows, kind, key), key)])


def _of_households(
    processed: Processed,
    indicator: Indicator,
    homes: pd.DataFrame,
    days: "pd.Series[pd.Timestamp]",
    once: Once,
) -> list[_ByUnit]:
    read = {*columns_of(indicator, homes)}
    tables = {table for column in read for table, _ in origin_of(column)}
    key, ids = ["household"], tuple(homes["household"])
    register = _register(processed, homes["household"], once)
    wanted: list[tuple[Callable[[], pd.DataFrame], tuple[Hashable, ...]]] = []
    if "survey" in tables:
        asked = homes[homes["source_file"].notna()]
        wanted.append((partial(_named, asked, "survey", key), ("survey",)))
    for kind, stems, rows in (("stays", _STAY, _stays), ("statuses", _STATUS, _statuses)):
        for day in _days(read, stems):
            on = days[DATE_OF[day]]
            wanted.append((partial(rows, register, on), (kind, on)))
    if "village_plans" in tables:
        wanted.append((partial(_plans, processed, homes, days), ("village_plans",)))
    return [once(partial(_by_unit, make, key), *what, ids) for make, what in wanted]


def _days(read: Set[str], stems: Set[str]) -> Iterable[str]:
    """Give the days on which a thing was looked at, in the order of the year."""
    found = {day for column in read for stem, day in [day_of(column)] if stem in stems}
    return [day for day in DAYS if day in found]


def _register(processed: Processed, ids: "pd.Series | pd.Index", once: Once) -> Register:
    def of_them() -> Register:
        stays, statuses = processed.table("households"), processed.table("poverty_status")
        return Register(
            stays[stays["household"].isin(ids)],
            statuses[statuses["household"].isin(ids)],
            tuple(processed.villages),
        )

    return once(of_them, "register", tuple(ids))


def _statuses(register: Register, date: pd.Timestamp) -> pd.DataFrame:
    """Name the row that says each household's status on a day."""
    held = register.statuses_on(date, ["household", *_PLACE])
    return _named(held.dropna(subset="household"), "poverty_status", ["household"])


def _stays(register: Register, date: pd.Timestamp) -> pd.DataFrame:
    """Name each household's stay on a day; who has none is told by all of its stays."""
    there = register.stays_on(date).dropna(subset="household")
    stays = register.stays
    away = stays[~stays["household"].isin(there["household"])]
    return _named(pd.concat([there, away]), "households", ["household"])


def _plans(
    processed: Processed, homes: pd.DataFrame, days: "pd.Series[pd.Timestamp]"
) -> pd.DataFrame:
    """Name the year's row of the plan of the village where each household lives now."""
    plans = processed.table("village_plans")
    plans = plans.loc[plans["year"] == days["year"], ["village", *_PLACE]]
    lives = homes[["household"]].assign(village=homes["village_now"].astype("str"))
    return _named(lives.merge(plans, on="village"), "village_plans", ["household"])


_AREA = ["village", "area"]


def _villages_of(processed: Processed, areas: pd.DataFrame) -> pd.DataFrame:
    """Name the row of each area's village."""
    own = areas[_AREA].astype({"village": "str"})
    villages = processed.table("villages")[["village", *_PLACE]]
    return _named(own.merge(villages, on="village"), "villages", _AREA)


def _models_of(processed: Processed, areas: pd.DataFrame) -> pd.DataFrame:
    """Name the rows of each area's models that were built this year."""
    own = areas[_AREA].astype({"village": "str"})
    models = processed.table("models_by_quarter")
    quarter = str(areas["quarter"].iloc[0]) if len(areas) else ""
    new = models["built_this_year"] & models["area"].notna()
    new &= models["quarter"].astype("str") == quarter
    models = models.loc[new, [*_AREA, *_PLACE]].astype({"village": "str", "area": "int64"})
    return _named(own.merge(models, on=_AREA), "models", _AREA)


_OF_AREAS = (_villages_of, _models_of)


def _named(rows: pd.DataFrame, table: str, key: list[str]) -> pd.DataFrame:
    return rows[[*key, *_PLACE]].assign(table=table)


def _by_unit(make: Callable[[], pd.DataFrame], key: list[str]) -> _ByUnit:
    found: _ByUnit = {}
    for line in make()[[*key, "table", *_PLACE]].itertuples(index=False, name=None):
        *unit, table, file, sheet, row = line
        raw = RawRow(table, str(file), str(sheet or ""), int(row))
        found.setdefault(tuple(unit), []).append(raw)
    return found


def _joined(parts: Iterable[_ByUnit]) -> Sources:
    """Put the rows of all parts behind their unit, each once."""
    found: _ByUnit = {}
    for part in parts:
        for unit, rows in part.items():
            found.setdefault(unit, []).extend(rows)
    return {unit: tuple(dict.fromkeys(rows)) for unit, rows in found.items()}
