"""What the steps looked at: which columns of the raw files, and what was read there of each unit.

The judgement of a step is one thing, the answer behind it another: whoever doubts the first wants
to see the second, and to find its cell.
"""

from collections.abc import Mapping

import pandas as pd

from campaign_lib.codebook import codebook
from campaign_lib.indicators.panel import DAYS
from campaign_lib.indicators.register import Register
from campaign_lib.indicators.steps import Question, columns_read
from campaign_lib.store.processed import Processed

#: The days of a quarter, as the table `quarters` calls them, by the endings of the panel's columns.
DATE_OF = dict(zip(DAYS, ("baseline", "last_day", "later_date"), strict=True))
#: The plan file, where a step reads a threshold: `campaign_lib.indicators.panel` lays it beside the answers.
PLAN = "plans"
THRESHOLDS = ("district_mean_income", "essential_goods_needed")
#: The raw columns behind what the panel works out for the steps, without the day's ending.
_MADE_FROM: Mapping[str, tuple[tuple[str, str], ...]] = {
    "lives_here": (("households", "joined_on"), ("households", "left_on")),
    "minority": (("households", "ethnicity"),),
    "status": (("poverty_status", "status"), ("poverty_status", "valid_from")),
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
    for day in DAYS:
        if column.endswith(f"_{day}"):
            return column.removesuffix(f"_{day}"), day
    return column, ""


def raw_columns(question: Question, rows: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    """Name the raw columns behind a question, as pairs of table and column, each once.

    A threshold is a pair of `PLAN` and the parameter.
    """
    found = [pair for column in columns_read(question, rows) for pair in origin_of(column)]
    return tuple(dict.fromkeys(found))


def origin_of(column: str) -> tuple[tuple[str, str], ...]:
    """Name the raw columns that a column of the panel was made from, as pairs of table and column.

    A threshold is a pair of `PLAN` and the parameter.
    """
    asked = {question.code for question in codebook().tables["survey"].questions}
    return (("survey", column),) if column in asked else _MADE_FROM[day_of(column)[0]]


def cells(
    processed: Processed, kind: str, rows: pd.DataFrame, days: "pd.Series[pd.Timestamp]"
) -> pd.DataFrame:
    """Give what was read of each unit, for showing it beside the judgements.

    Args:
        processed: what was built.
        kind: the indicator's kind of units, such as `households`.
        rows: the units' rows of one quarter, as the steps walk them.
        days: the quarter's row of the table `quarters`.

    Returns:
        A row per unit by its id; nothing for residential areas, which have no row of their own.
        Households have their answers to the survey, `issued_on`, and for each of `DAYS` what holds
        on it: `ethnicity_<day>` (as it was written), `status_<day>` and its `since_<day>`; for who
        was away that day, `left_<day>` and `came_<day>`. Missing where nothing is known.
    """
    if kind == "households":
        answers = [column.code for column in codebook().tables["survey"].questions]
        homes = rows.set_index("household")
        status = [f"status_{day}" for day in DAYS]
        dated = [_of_day(processed, homes.index, days[DATE_OF[day]], day) for day in DAYS]
        return pd.concat(
            [homes[[*answers, *status]], _issued(processed, homes, days), *dated], axis=1
        )
    if kind in _OWN_COLUMNS:
        key, columns = _OWN_COLUMNS[kind]
        return rows.set_index(key)[columns]
    return pd.DataFrame()


def _of_day(processed: Processed, ids: pd.Index, date: pd.Timestamp, day: str) -> pd.DataFrame:
    """Give what the register says of each household on a day."""
    stays, statuses = processed.table("households"), processed.table("poverty_status")
    stays = stays[stays["household"].isin(ids)]
    statuses = statuses[statuses["household"].isin(ids) & (statuses["valid_from"] <= date)]
    register = Register(stays, statuses, tuple(processed.villages))
    there = register.stays_on(date)["ethnicity_text"].set_axis(pd.Index(register.households))
    away = there.isna()  # an ethnicity is required: who has none has no stay on the day
    left = stays[stays["left_on"] <= date].groupby("household")["left_on"].max()
    came = stays[stays["joined_on"] > date].groupby("household")["joined_on"].min()
    found = {
        f"ethnicity_{day}": there,
        f"since_{day}": statuses.groupby("household")["valid_from"].max(),
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
