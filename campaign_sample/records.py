"""What the files say of the campaign: plans of villages, activities, models, funds, tasks, visits.

Of the years before they say less, the older the less; their rows stand below the newer ones in
each file. years.toml tells of each year what was held, written down and reported.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_sample.households import Villages
from campaign_sample.plans import EVERY_QUARTER, task_id
from campaign_sample.scope import (
    COMMUNE,
    NEVER,
    Days,
    Floats,
    Injury,
    Scope,
    Table,
    Texts,
    Whole,
    choose,
    days_from,
    days_in_quarters,
    injury,
    pick,
    whole,
    written,
)


def village_plan_table(scope: Scope, villages: Villages) -> Table:
    """Write village_plans.csv: every village issues in Q1, but a late one that does in Q2.

    In the years before, the less active a village, the later it began.
    """
    frames: list[pd.DataFrame] = []
    injuries: list[Injury] = []
    eager = np.argsort(-villages.drive, kind="stable")
    for year in (*scope.years, *scope.past):
        told = scope.told(year)["village_plans"]
        spread = whole(scope.draws(f"plans {year}", scope.villages), *told["day"])
        issued = days_from(Quarter(year, 1).first_day(), spread)
        if year in scope.years and scope.villages > 1:
            late = eager[-1]
            issued[late] = np.datetime64(Quarter(year, 2).first_day() + timedelta(days=18))
            row = scope.villages * len(frames) + late
            injuries.append(injury("late_plan", [row], issued[late]))
        had = np.sort(eager[: max(1, scope.villages - told["without"])])
        cells = {"village": villages.codes, "year": str(year), "issued_on": written(issued)}
        frames.append(pd.DataFrame(cells).iloc[had])
    return Table("village_plans.csv", pd.concat(frames), injuries)


def activity_table(scope: Scope, villages: Villages) -> Table:
    """Write activities.csv: one to three a quarter in every village but one; some commune-wide."""
    cells = pd.concat([_held(scope, villages, quarter) for quarter in scope.quarters])
    frames = [_numbered(cells, "activity", "HD")]
    for year in scope.past:
        held = _held_before(scope, villages, year).sort_values("held_on", kind="stable")
        frames.append(_numbered(held, "activity", "HD", year))
    injuries = []
    if villages.silent >= 0:
        injuries.append(injury("silent", (), villages.codes[villages.silent]))
    return Table("activities.csv", pd.concat(frames), injuries)


def _numbered(cells: pd.DataFrame, column: str, prefix: str, year: int = 0) -> pd.DataFrame:
    """Number rows; those of a year before by their year."""
    width = 3 if year else max(4, len(str(len(cells))))
    first = f"{prefix}{year}-" if year else prefix
    numbers = [f"{first}{number:0{width}}" for number in range(1, len(cells) + 1)]
    cells.insert(0, column, numbers)
    return cells


def _held(scope: Scope, villages: Villages, quarter: Quarter) -> pd.DataFrame:
    """Give a quarter's activities; the last ones are the commune's, with an empty village."""
    told = scope.told(quarter.year)["activities"]
    often = whole(scope.draws(f"activities {quarter}", scope.villages), *told["held"])
    if villages.silent >= 0:
        often[villages.silent] = 0
    village = np.repeat(np.arange(scope.villages), often)
    wide = 1 + quarter.number % 2
    sizes = np.append(villages.sizes[village], np.full(wide, villages.sizes.sum() // 4))
    attending = scope.draws(f"activity attending {quarter}", len(sizes))
    came = np.maximum(1, np.floor(sizes * (0.3 + 0.5 * attending))).astype(int)
    codes = np.append(villages.codes[village], np.full(wide, "", dtype=object))
    return _activities(scope, quarter, told, codes, came)


def _held_before(scope: Scope, villages: Villages, year: int) -> pd.DataFrame:
    """Give the activities of a year before; a year without any would tell nothing."""
    told = scope.told(year)["activities"]
    often = whole(scope.draws(f"activities {year}", scope.villages), *told["held"])
    often[np.argmax(villages.drive)] += 1
    codes = np.repeat(villages.codes, often)
    came = whole(scope.draws(f"activity attending {year}", len(codes)), *told["attending"])
    return _activities(scope, year, told, codes, came)


def _activities(
    scope: Scope, period: Quarter | int, told: dict[str, Any], codes: Texts, came: Whole
) -> pd.DataFrame:
    def draws(name: str) -> Floats:
        return scope.draws(f"activity {name} {period}", len(codes))

    def choice(name: str, among: str) -> Texts:
        return pick(COMMUNE["activities"][among], choose(draws(name), told[f"{name}_weights"]))

    quarter = period if isinstance(period, Quarter) else Quarter(period, 1)
    return pd.DataFrame(
        {
            "village": codes,
            "held_on": written(days_from(quarter.first_day(), whole(draws("day"), *told["day"]))),
            "kind": choice("kind", "kinds"),
            "led_by": choice("leader", "leaders"),
            "households_attending": came.astype(str),
            "integrated_with": choice("integrated", "integrated"),
        }
    )


def model_table(scope: Scope, villages: Villages) -> Table:
    """Write models.csv: the Front's two, older ones of the areas, then each year's new ones."""
    frames = [_of_the_front(scope), _older(scope, villages)]
    frames += [_new(scope, villages, year) for year in scope.years]
    cells = pd.concat(frames)
    cells = cells[cells["started_on"] <= scope.last_day.isoformat()].reset_index(drop=True)
    cells = _at_work(scope, cells, "model", 15)
    injuries = _without_number(villages, cells)
    frames = [_numbered(cells, "model", "MH")]
    for year in scope.past:
        older = _at_work(scope, _built_before(scope, villages, year), "past model", 12, f" {year}")
        frames.append(_numbered(older, "model", "MH", year))
    return Table("models.csv", pd.concat(frames), injuries)


def _at_work(
    scope: Scope, cells: pd.DataFrame, stream: str, most: int, when: str = ""
) -> pd.DataFrame:
    """Say what each model works at, and how many households take part, `most` at most."""
    works = COMMUNE["models"]["work"]
    chance = scope.draws(f"{stream} work{when}", len(cells))
    work = whole(chance, 0, len(works) - 1)
    cells.insert(3, "field", pick([field for field, _ in works], work))
    cells.insert(4, "name", pick([name for _, name in works], work))
    homes = whole(scope.draws(f"{stream} households{when}", len(cells)), 3, most)
    return cells.assign(households=homes.astype(str))


def _rows(
    started: Days, ended: Days | str, village: Texts | str, area: Texts | str
) -> pd.DataFrame:
    """Give models of the residential areas, or, without a village, of the Front."""
    return pd.DataFrame(
        {
            "owner": "commune_front" if isinstance(village, str) else "residential_area",
            "village": village,
            "residential_area": area,
            "started_on": written(started),
            "ended_on": ended if isinstance(ended, str) else written(ended),
        }
    )


def _of_the_front(scope: Scope) -> pd.DataFrame:
    """One model kept up since two years before, and a new one in the spring of each year."""
    days = [f"{scope.years[0] - 2}-05-10", *(f"{year}-04-22" for year in scope.years)]
    return _rows(np.array(days, "datetime64[D]"), "", "", "")


def _older(scope: Scope, villages: Villages) -> pd.DataFrame:
    codes, numbers = villages.area_list()
    about, count = COMMUNE["models"], len(codes)
    start = whole(scope.draws("older model", count), 330, 640)
    end = days_from(scope.first_day, whole(scope.draws("older model end", count), 20, 300))
    end[scope.draws("older model ends", count) >= about["ended"]] = NEVER
    end[end > np.datetime64(scope.last_day, "D")] = NEVER
    chosen = scope.draws("older model there", count) < about["older"]
    days = days_from(scope.baseline, -start)
    return _rows(days[chosen], end[chosen], codes[chosen], numbers[chosen])


def _new(scope: Scope, villages: Villages, year: int) -> pd.DataFrame:
    codes, numbers = villages.area_list()
    weights = COMMUNE["models"]["new_weights"]
    when = choose(scope.draws(f"new model {year}", len(codes)), weights)
    offsets = whole(scope.draws(f"new model day {year}", len(codes)), 10, 80)
    chosen = when < len(weights) - 1
    days = days_in_quarters(year, when[chosen] + 1, offsets[chosen])
    return _rows(days, "", codes[chosen], numbers[chosen])


def _built_before(scope: Scope, villages: Villages, year: int) -> pd.DataFrame:
    """Give the areas' models of a year before, and in the first of these years one of the Front."""
    told = scope.told(year)["models"]
    codes, numbers = villages.area_list()
    chosen = scope.draws(f"past model {year}", len(codes)) < told["new"]
    day = whole(scope.draws(f"past model day {year}", len(codes)), 60, 330)[chosen]
    started = days_from(Quarter(year, 1).first_day(), day)
    ended = started + told["ended_after"] if "ended_after" in told else ""
    cells = _rows(started, ended, codes[chosen], numbers[chosen])
    if year == scope.past[0]:
        first = np.array([f"{year}-08-15"], "datetime64[D]")
        front = _rows(first, f"{scope.years[0] - 1}-11-30", "", "")
        cells = pd.concat([front, cells], ignore_index=True)
    return cells


def _without_number(villages: Villages, cells: pd.DataFrame) -> list[Injury]:
    """Take the area's number from a model of a one-area village (no harm) and of another (harm)."""
    of_area = cells["owner"] == "residential_area"
    single = cells["village"].isin(villages.codes[villages.areas == 1])
    injuries = []
    for story, chosen in (("one_area", of_area & single), ("many_areas", of_area & ~single)):
        at = np.flatnonzero(chosen)[-1:]  # the last of them is one of the newest
        cells.loc[at, "residential_area"] = ""
        injuries += [injury(story, [row], "") for row in at]
    return injuries


# How the sample's plan is carried out and checked: funding, progress of the tasks, inspections.

EVIDENCE = "Văn bản của xã (hư cấu)"


def funding_table(scope: Scope, villages: Villages) -> Table:
    """Write funding.csv: million đồng with one decimal, by village, quarter and programme.

    In the years before, what it was for is not known.
    """
    frames = [_funded(scope, villages, quarter) for quarter in scope.quarters]
    frames = [frame.sort_index(kind="stable") for frame in frames]
    for year in scope.past:
        quarters = [Quarter(year, number) for number in scope.told(year)["funding"]["quarters"]]
        frames += [_funded(scope, villages, quarter).assign(purpose="") for quarter in quarters]
    return Table("funding.csv", pd.concat(frames))


def _funded(scope: Scope, villages: Villages, quarter: Quarter) -> pd.DataFrame:
    """Give a quarter's funds, programme by programme."""
    told = scope.told(quarter.year)["funding"]
    spent = told["disbursed"]
    frames: list[pd.DataFrame] = []
    for programme, about in COMMUNE["funding"].items():

        def draws(name: str, stream: str = f"{programme} {quarter}") -> Floats:
            return scope.draws(f"{name} {stream}", scope.villages)

        least, most = about["planned"]
        planned = whole(draws("planned"), least * told["tenths"], most * told["tenths"])
        steady = spent["at_least"] + spent["each_quarter"] * quarter.number
        share = np.minimum(1.0, steady + spent["chance"] * draws("disbursed"))
        cells = {
            "village": villages.codes,
            "quarter": str(quarter),
            "programme": programme,
            "planned": _tenths(planned),
            "disbursed": _tenths(np.floor(planned * share).astype(np.int64)),
            "purpose": about["purpose"],
        }
        frames.append(pd.DataFrame(cells)[draws("funded") < about["often"] * told["often"]])
    return pd.concat(frames)


def _tenths(number: Whole) -> Texts:
    """Write tenths as a number with one decimal (a dot: that makes the column plain)."""
    return np.array([f"{one // 10}.{one % 10}" for one in number], dtype=object)


Report = tuple[str, str, str, str]


def progress_table(scope: Scope) -> Table:
    """Write task_progress.csv: most tasks done in their quarter, one late, one never begun.

    In the years before, only some quarters were reported on.
    """
    rows = [row for quarter in scope.quarters for row in _reports(scope, quarter)]
    rows = sorted(rows, key=lambda row: (row[1], row[0]))
    injuries = []
    for story in ("late", "not_started"):
        ends = [
            f"-{code}-{number}"
            for code, number, task in _tasks(scope, scope.years[0], "Q1", "Q2", "Q3", "Q4")
            if task.get("progress") == story
        ]
        at = [place for place, row in enumerate(rows) if row[0].endswith(tuple(ends))]
        injuries += [injury(story, at, rows[at[-1]][0])] if at else []
    for year in scope.past:
        for number in scope.told(year)["progress"]["quarters"]:
            rows += _reports(scope, Quarter(year, number))
    columns = ["task", "reported_on", "status", "evidence"]
    return Table("task_progress.csv", pd.DataFrame(rows, columns=columns), injuries)


def _tasks(scope: Scope, year: int, *codes: str) -> Iterator[tuple[str, int, dict[str, str]]]:
    """Give the tasks of some quarters of a year's plan, with code and number (from 1)."""
    for code in codes:
        for number, task in enumerate(scope.told(year)["tasks"].get(code, []), 1):
            yield code, number, task


def _reports(scope: Scope, quarter: Quarter) -> Iterator[Report]:
    """Report on a quarter's tasks and on the standing ones, which are done, if at all, in Q4.

    In the sample's own years a task is reported on twice, and a late one in the quarter after.
    """
    own = quarter.year in scope.years
    before = scope.told(quarter.year)["progress"]
    for code, number, task in _tasks(scope, quarter.year, f"Q{quarter.number}", EVERY_QUARTER):
        name, standing = task_id(quarter.year, code, number), code == EVERY_QUARTER
        day = quarter.last_day() - timedelta(days=before["standing" if standing else "own"])
        unusual = task.get("progress", "")
        if unusual == "not_started":
            yield name, day.isoformat(), "not_started", ""
        elif unusual or (standing and quarter.number < 4):
            yield name, day.isoformat(), "in_progress", ""
        else:
            if own and not standing:
                middle = quarter.first_day() + timedelta(days=45)
                yield name, middle.isoformat(), "in_progress", ""
            yield name, day.isoformat(), "done", EVIDENCE
    if own:
        day = quarter.first_day() + timedelta(days=26)
        for code, number, task in _tasks(scope, quarter.year, f"Q{quarter.number - 1}"):
            if task.get("progress") == "late":
                yield task_id(quarter.year, code, number), day.isoformat(), "done", EVIDENCE


def inspection_rows(scope: Scope, quarter: Quarter, survey: pd.DataFrame) -> pd.DataFrame:
    """Visit some of the households of a Q3 survey again; most answers are found as they were given.

    `survey` holds the answers as codes, by the household's position in the register.
    """
    about = COMMUNE["inspections"]
    if quarter.number != about["quarter"]:
        survey = survey[:0]
    count = min(scope.households // about["one_in"], about["at_most"], len(survey))
    order = np.argsort(scope.draws(f"inspection {quarter}")[survey.index], kind="stable")
    homes = survey.iloc[np.sort(order[:count])]
    frames = []
    for question, otherwise in about["otherwise"].items():
        other = homes[question].map(lambda answer, to=otherwise: to.get(answer, to["else"]))
        agrees = scope.draws(f"found {question} {quarter}", len(homes)) < about["agrees"]
        cells = {
            "household": homes["household"],
            "quarter": str(quarter),
            "question": question,
            "found": homes[question].where(agrees, other),
            "inspected_on": (quarter.last_day() - timedelta(days=1)).isoformat(),
            "inspector": "Đoàn kiểm tra (hư cấu)",
        }
        frames.append(pd.DataFrame(cells))
    return pd.concat(frames).sort_values("household", kind="stable")
