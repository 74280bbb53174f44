"""The heart: what every step is computed from, one row per unit and quarter.

Four frames, each with a `quarter` column: `households` (register, presence, poverty status on the
three days that matter, the village's plan, the year's parameters, and the answers side by side),
`activities`, `models` and `areas`. Every "as of which day" is decided here and nowhere else
(data contract, section 1, exact readings).

The three days of a quarter are the *baseline* date, *now* (the quarter's last day) and *later*
(what poverty is compared with: now, in Q4 the anniversary of the baseline date).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook.problems import file_problem, problem_lines, sentence
from campaign_lib.indicators.register import Register
from campaign_lib.intake import Campaign
from campaign_lib.plan import (
    PARAMETERS,
    THRESHOLDS,
    UNLISTED,
    UNLISTED_UNKNOWN,
    Plan,
    plan_of,
)
from campaign_lib.plan.targets import is_too_many

#: The three days, as the endings of the panel's column names.
DAYS = ("at_baseline", "now", "later")
#: Where a household is looked for: now, or else where it was last known to live.
_LAST_KNOWN = ("now", "at_baseline", "later")
#: What the register says of a household that no step of the ten asks: for those of one's own.
_OF_HOUSEHOLD = ["members", "ethnicity", "head_sex"]
_PROVENANCE = ["source_file", "source_sheet", "source_row"]


@dataclass(frozen=True)
class Panel:
    """What the steps walk: a frame per kind of unit, the days of each quarter, what was left out.

    `tasks` has the latest report on each task as of each quarter's last day.
    `days` has one row per quarter (quarter, year, number, first_day, last_day, year_first_day,
    baseline, later_date). `places` are all village codes. `problems` lists units that could not
    be placed, in the columns of problems.csv.
    """

    units: Mapping[str, pd.DataFrame]
    tasks: pd.DataFrame
    days: pd.DataFrame
    places: tuple[str, ...]
    problems: pd.DataFrame


def build_panel(campaign: Campaign) -> Panel:
    """Put the checked tables of a campaign side by side, for every quarter that has a survey."""
    days = days_of(map(Quarter.parse, sorted(campaign.surveyed)), campaign.plans)
    villages = campaign.tables["villages"]
    places = tuple(sorted(villages["village"]))
    register = Register(campaign.tables["households"], campaign.tables["poverty_status"], places)
    homes = [_homes_of_quarter(campaign, register, day) for day in days.itertuples()]
    models, misplaced = _placed_models(campaign.tables["models"], villages)
    models = _each_quarter(models, days).pipe(_with_model_ages)
    units = {
        "households": pd.concat(homes, ignore_index=True),
        "activities": _each_quarter(campaign.tables["activities"], days).pipe(_held_this_year),
        "models": models,
        "areas": _areas(villages, models, days),
    }
    for frame in units.values():
        frame["quarter"] = pd.Categorical(frame["quarter"], categories=list(days["quarter"]))
        frame["village"] = pd.Categorical(frame["village"], categories=list(places))
    baselines = days.drop_duplicates(["year", "baseline"])
    said = (plan_of(campaign.plans, year).parameters[UNLISTED] for year in baselines["year"])
    left_out = register.problems(zip(baselines["baseline"], said, strict=True))
    problems = pd.concat([misplaced, left_out, *_unlisted(campaign, register, days)])
    tasks = _reported(campaign.tables["task_progress"], days)
    return Panel(units, tasks, days, places, problems)


def days_of(quarters: Iterable[Quarter], plans: Mapping[int, Plan]) -> pd.DataFrame:
    """Give the days that matter in each quarter, one row a quarter (see `Panel.days`)."""
    rows = []
    for quarter in quarters:
        plan = plan_of(plans, quarter.year)
        last = quarter.last_day(plan.calendar)
        rows.append(
            {
                "quarter": str(quarter),
                "year": quarter.year,
                "number": quarter.number,
                "first_day": quarter.first_day(plan.calendar),
                "last_day": last,
                "year_first_day": quarter.first_of_year().first_day(plan.calendar),
                "baseline": plan.baseline,
                "later_date": plan.anniversary if quarter.number == 4 else last,
                **{name: plan.parameters[name] for name in THRESHOLDS},
            }
        )
    days = pd.DataFrame(rows)
    dates = ["first_day", "last_day", "year_first_day", "baseline", "later_date"]
    days[dates] = days[dates].astype("datetime64[s]")
    # Whole where every year says, so that a year without one is a number that is missing.
    return days.astype({name: "float64" for name in THRESHOLDS if PARAMETERS[name].default is None})


def _homes_of_quarter(campaign: Campaign, register: Register, day: Any) -> pd.DataFrame:
    """Give the households that lived here on one of three days; `day` is a row of `days_of`."""
    dates = dict(zip(DAYS, (day.baseline, day.last_day, day.later_date), strict=True))
    homes = pd.DataFrame({"household": register.households})
    unlisted = plan_of(campaign.plans, day.year).parameters[UNLISTED]
    for name, date in dates.items():
        stay = register.stays_on(date, ["minority"])[["lives_here", "village", "minority"]]
        status = register.status_on(date, unlisted)
        homes = homes.join(stay.assign(status=status).add_suffix(f"_{name}"))
    # A household counts where it lives now; one that is gone, where it was last known to live.
    village, *others = (homes[f"village_{name}"] for name in _LAST_KNOWN)
    homes["village"] = reduce(pd.Series.fillna, others, village)
    homes["head_name"] = register.head_names
    homes = homes.join(register.told_of([dates[name] for name in _LAST_KNOWN], _OF_HOUSEHOLD))
    answers = campaign.tables["survey"]
    answers = answers[answers["quarter"] == day.quarter].drop(columns="quarter")
    spoke = register.position(answers["household"])
    told = register.take_by_household(answers.drop(columns="household"), spoke)
    told["surveyed"] = told["surveyed_on"].notna()
    issued = campaign.tables["village_plans"]
    issued = issued[(issued["year"] == day.year) & (issued["issued_on"] <= day.last_day)]
    homes["village_has_plan"] = homes["village_now"].isin(issued["village"])
    for name in ("quarter", *THRESHOLDS):
        homes[name] = getattr(day, name)
    here = homes[[f"lives_here_{name}" for name in DAYS]].any(axis=1)
    return pd.concat([homes, told], axis=1)[here]


def _unlisted(campaign: Campaign, register: Register, days: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Say, once of a year, that too few have a status, and what an office that lists the poor sets.

    The day is the first one that is concerned: the baseline date before the later ones.
    """
    tables = (campaign.tables[name] for name in ("poverty_status", "households"))
    file = next((str(table["source_file"].iloc[0]) for table in tables if len(table)), "")
    for year in map(int, days["year"].unique()):
        own = days[days["year"] == year]
        if plan_of(campaign.plans, year).parameters[UNLISTED] != UNLISTED_UNKNOWN:
            continue
        for day in pd.concat([own["baseline"], own["later_date"]]).unique():
            every, unknown, unlisted = register.listed_on(day)
            if unlisted and is_too_many(unknown, every):
                values = {"unlisted": unlisted, "all": every, "day": day.date(), "year": year}
                said = sentence("file.unlisted", **values)
                yield file_problem(file, said, "left out of the base", column="household")
                break


def _reported(progress: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """Give the latest report on each task by the end of each quarter."""
    reports = _each_quarter(progress, days)
    by_then = reports[reports["reported_on"] <= reports["last_day"]]
    by_then = by_then.sort_values(["quarter", "reported_on"], kind="stable")
    return by_then.drop_duplicates(["quarter", "task"], keep="last").reset_index(drop=True)


def _each_quarter(table: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """Repeat a table for every quarter, with the quarter's days beside each row."""
    repeated = table.merge(days[["quarter", "year_first_day", "last_day"]], how="cross")
    repeated["quarter"] = pd.Categorical(repeated["quarter"], categories=list(days["quarter"]))
    return repeated


def _held_this_year(activities: pd.DataFrame) -> pd.DataFrame:
    movements = activities["integrated_with"].str.count("[^;]+")  # "" is neither, missing unknown
    return activities.assign(
        held_this_year=_this_year(activities, "held_on"), movements=movements.astype("float64")
    )


def _this_year(rows: pd.DataFrame, column: str) -> pd.Series:
    """Say which dates lie between the year's first day and the quarter's last one."""
    return rows[column].between(rows["year_first_day"], rows["last_day"])


def _with_model_ages(models: pd.DataFrame) -> pd.DataFrame:
    before = models["started_on"] < models["year_first_day"]
    going_on = ~(models["ended_on"] <= models["last_day"])  # no end is no end
    return models.assign(
        built_this_year=_this_year(models, "started_on"), kept_up=before & going_on
    )


def _placed_models(
    models: pd.DataFrame, villages: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give each model of a residential area its area, and list those that have no usable one."""
    areas = villages.set_index("village")["residential_areas"]
    there = models["village"].map(areas).astype("Int64")
    number = models["residential_area"].mask(models["residential_area"].isna() & (there == 1), 1)
    usable = ((number >= 1) & (number <= there)).fillna(False).astype(bool)
    of_area = np.asarray(models["owner"] == "residential_area")
    misplaced = models[of_area & ~usable]
    column = np.where(misplaced["village"].isna(), "village", "residential_area")
    value = misplaced["residential_area"].astype("str").where(misplaced["village"].notna(), "")
    problems = problem_lines(
        misplaced, column, value.fillna(""), sentence("row.no_area"), "counted for none"
    )
    return models.assign(area=number.where(usable & of_area)), problems


def _areas(villages: pd.DataFrame, models: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """List every residential area in every quarter, with its models built new this year."""
    count = villages["residential_areas"].astype(int)
    areas = villages.loc[np.repeat(villages.index, count), ["village"]].reset_index(drop=True)
    areas["area"] = areas.groupby("village").cumcount() + 1
    areas = _each_quarter(areas, days)
    new = models[models["built_this_year"] & models["area"].notna()]
    key = ["quarter", "village", "area"]
    counted = new.astype({"quarter": "str", "village": "str", "area": int}).groupby(key).size()
    wanted = pd.MultiIndex.from_frame(areas[key].astype({"quarter": "str", "village": "str"}))
    areas["new_models"] = counted.reindex(wanted, fill_value=0).to_numpy()
    return areas
