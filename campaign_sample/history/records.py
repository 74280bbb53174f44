"""What files of the years before say of plans, activities, models, funds and tasks: less and less.

Three years back nothing is known of funds and tasks, two years back little; the names of kinds,
programmes and fields are those of the sample's own years.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta

import numpy as np
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_sample.history.plans import NEW_STANDARD_SINCE, past_tasks
from campaign_sample.history.poverty import Past
from campaign_sample.households import Villages, area_list
from campaign_sample.plans import EVERY_QUARTER, task_id
from campaign_sample.poverty import Year
from campaign_sample.records import EVIDENCE, INTEGRATED, KINDS, LEADERS, MODELS, PROGRAMMES, tenths
from campaign_sample.scope import (
    Flags,
    Floats,
    Scope,
    Table,
    choose,
    days_from,
    pick,
    whole,
    written,
)
from campaign_sample.survey import DEPRIVATIONS, survey_answers, survey_file, with_refusals

#: By how many years it lies back: villages that had no plan, or whose plan was not kept.
WITHOUT_PLAN = {1: 0, 2: 1, 3: 3}
#: Activities of a village in the year, from - to; and the weights of `INTEGRATED`.
HELD = {1: (1, 3), 2: (1, 2), 3: (0, 2)}
INTEGRATED_WEIGHTS = {
    1: (0.25, 0.25, 0.4, 0.10),
    2: (0.15, 0.25, 0.35, 0.25),
    3: (0.05, 0.15, 0.20, 0.60),
}
#: Share of the residential areas with a new model; those of this many years back have all ended.
NEW_MODELS = {1: 0.55, 2: 0.0, 3: 0.3}
ENDED_BACK = 3
#: The quarters that anybody wrote down funds for, and who reported on tasks in them.
FUNDED = {1: (2, 4), 2: (4,), 3: ()}
REPORTED = {1: (1, 2, 3, 4), 2: (3, 4), 3: ()}
#: The task that was left unfinished: how many years back, quarter and number.
UNFINISHED = (1, "Q2", 2)


def past_village_plans(scope: Scope, villages: Villages) -> pd.DataFrame:
    """Give the older rows of village_plans.csv: the less active a village, the later it began."""
    frames = []
    eager = np.argsort(-villages.drive, kind="stable")
    for year in scope.past:
        had = np.sort(eager[: max(1, scope.villages - WITHOUT_PLAN[scope.years[0] - year])])
        spread = whole(scope.draws(f"plans {year}", scope.villages), 35, 85)[had]
        issued = written(days_from(Quarter(year, 1).first_day(), spread))
        frames.append(
            pd.DataFrame({"village": villages.codes[had], "year": str(year), "issued_on": issued})
        )
    return pd.concat(frames, ignore_index=True)


def past_activities(scope: Scope, villages: Villages) -> pd.DataFrame:
    """Give the older rows of activities.csv; three years back nobody noted who led them."""
    frames = []
    for year in scope.past:
        back = scope.years[0] - year
        often = whole(scope.draws(f"activities {year}", scope.villages), *HELD[back])
        often[villages.drive == villages.drive.max()] += 1  # a year without any tells nothing
        village = np.repeat(np.arange(scope.villages), often)
        day = whole(_stream(scope, f"activity day {year}", village), 30, 350)
        kind = whole(_stream(scope, f"activity kind {year}", village), 0, len(KINDS) - 1)
        led = whole(_stream(scope, f"activity leader {year}", village), 0, len(LEADERS) - 1)
        ties = choose(
            _stream(scope, f"activity integrated {year}", village), INTEGRATED_WEIGHTS[back]
        )
        came = whole(_stream(scope, f"activity attending {year}", village), 20, 45)
        frame = pd.DataFrame(
            {
                "village": villages.codes[village],
                "held_on": written(days_from(Quarter(year, 1).first_day(), day)),
                "kind": pick(KINDS, kind),
                "led_by": pick(LEADERS, led) if back < ENDED_BACK else "",
                "households_attending": came.astype(str),
                "integrated_with": pick(INTEGRATED, ties),
            }
        ).sort_values("held_on", kind="stable", ignore_index=True)
        frame.insert(0, "activity", _numbers("HD", year, len(frame)))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def past_models(scope: Scope, villages: Villages) -> pd.DataFrame:
    """Give the older rows of models.csv: the Front's first one, and those of the areas."""
    codes, numbers = area_list(villages)
    frames = []
    for year in scope.past:
        back = scope.years[0] - year
        chosen = scope.draws(f"past model {year}", len(codes)) < NEW_MODELS[back]
        day = whole(scope.draws(f"past model day {year}", len(codes)), 60, 330)[chosen]
        started = days_from(Quarter(year, 1).first_day(), day)
        frame = pd.DataFrame(
            {
                "owner": "residential_area",
                "village": codes[chosen],
                "residential_area": numbers[chosen],
                "started_on": written(started),
                "ended_on": written(started + 400) if back == ENDED_BACK else "",
            }
        )
        if year == scope.past[0]:
            front = {"owner": "commune_front", "village": "", "residential_area": ""}
            days = {"started_on": f"{year}-08-15", "ended_on": f"{scope.years[0] - 1}-11-30"}
            frame = pd.concat([pd.DataFrame([{**front, **days}]), frame], ignore_index=True)
        work = whole(scope.draws(f"past model work {year}", len(frame)), 0, len(MODELS) - 1)
        frame.insert(3, "field", pick([field for field, _ in MODELS], work))
        frame.insert(4, "name", pick([name for _, name in MODELS], work))
        homes = whole(scope.draws(f"past model households {year}", len(frame)), 3, 12)
        frame["households"] = homes.astype(str)
        frame.insert(0, "model", _numbers("MH", year, len(frame)))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def past_funding(scope: Scope, villages: Villages) -> pd.DataFrame:
    """Give the older rows of funding.csv; what it was for is not known."""
    columns = ["village", "quarter", "programme", "planned", "disbursed", "purpose"]
    frames = [pd.DataFrame(columns=columns, dtype=object)]
    for year in scope.past:
        for number in FUNDED[scope.years[0] - year]:
            quarter = Quarter(year, number)
            for programme, often, least, most, _ in PROGRAMMES:
                stream = f"{programme} {quarter}"
                funded = scope.draws(f"funded {stream}", scope.villages) < often / 2
                planned = whole(
                    scope.draws(f"planned {stream}", scope.villages), least * 8, most * 8
                )[funded]
                share = 0.5 + 0.4 * scope.draws(f"disbursed {stream}", scope.villages)[funded]
                frames.append(
                    pd.DataFrame(
                        {
                            "village": villages.codes[funded],
                            "quarter": str(quarter),
                            "programme": programme,
                            "planned": tenths(planned),
                            "disbursed": tenths(np.floor(planned * share).astype(np.int64)),
                            "purpose": "",
                        }
                    )
                )
    return pd.concat(frames, ignore_index=True)


def past_progress(scope: Scope) -> pd.DataFrame:
    """Give the older rows of task_progress.csv: of each quarter that was reported on, its tasks."""
    rows = []
    for year in scope.past:
        tasks = past_tasks(scope, year)
        for number in REPORTED[scope.years[0] - year]:
            quarter = Quarter(year, number)
            day = (quarter.last_day() - timedelta(days=6)).isoformat()
            for code in (f"Q{number}", EVERY_QUARTER):
                for at in range(1, len(tasks.get(code, [])) + 1):
                    done = code != EVERY_QUARTER or number == 4
                    done &= (scope.years[0] - year, code, at) != UNFINISHED
                    status, evidence = ("done", EVIDENCE) if done else ("in_progress", "")
                    rows.append((task_id(year, code, at), day, status, evidence))
    return pd.DataFrame(rows, columns=["task", "reported_on", "status", "evidence"], dtype=object)


def _stream(scope: Scope, name: str, units: np.ndarray) -> Floats:
    return scope.draws(name, len(units))


def _numbers(prefix: str, year: int, count: int) -> list[str]:
    return [f"{prefix}{year}-{number:03d}" for number in range(1, count + 1)]


# The surveys of the years before: one a year, in its last quarter, and poorer the older they are.
#
# Only poor and near-poor households were asked then. A question whose column a file lacks was not
# on the form.

#: By how many years it lies back: how far the shares were below those of the first year's Q4, the
#: questions that were not on the form, and the share of households that nobody met.
BEHIND = {1: 0.10, 2: 0.19, 3: 0.27}
NOT_ASKED: dict[int, tuple[str, ...]] = {
    1: ("takes_part",),
    2: ("takes_part", "loan_source"),
    3: (
        *("takes_part", "saves_reinvests", "stable_model"),
        *("borrowed", "loan_amount", "loan_source"),
        *DEPRIVATIONS,
    ),
}
NOT_MET = {1: 0.02, 2: 0.05, 3: 0.10}
#: So many years back, these many villages had no enumerator.
WITHOUT_ENUMERATOR = {3: 2}
#: Nobody noted who had asked.
NOT_NOTED = "enumerator"
#: What was written for yes and no.
TICKS = {"yes": "1", "no": "0"}
#: Thousand đồng: the line of Decree 07/2021 for rural areas, and what the older line was of it.
LINE, OLDER_LINE = 1_500, 2 / 3
#: How much less was earned above the line, for each year back.
LESS_A_YEAR = 0.1


def past_quarters(scope: Scope) -> dict[int, Quarter]:
    """Give the quarter that each year before has a survey of."""
    return {year: Quarter(year, 4) for year in scope.past}


def past_surveys(past: Past, years: Mapping[int, Year]) -> Iterator[Table]:
    """Give each survey of the years before."""
    for year, quarter in past_quarters(past.scope).items():
        yield Table(survey_file(quarter), _survey(past, years[year], quarter))


def _survey(past: Past, year: Year, quarter: Quarter) -> pd.DataFrame:
    back = past.scope.years[0] - year.year
    clean = survey_answers(past.scope, past.register, year, quarter, BEHIND[back])
    homes = clean.index.to_numpy()
    met = past.scope.draws(f"met {quarter}")[homes] >= NOT_MET[back]
    clean = clean[year.cohort[homes] & met & _has_enumerator(past, back)[homes]]
    cells = with_refusals(past.scope, quarter, clean.assign(income=_incomes(clean, year, back)))
    return cells.drop(columns=[NOT_NOTED, *NOT_ASKED[back]]).replace(TICKS)


def _has_enumerator(past: Past, back: int) -> Flags:
    """Say which households live in a village with an enumerator: not in the least active ones."""
    without = WITHOUT_ENUMERATOR.get(back, 0) if past.scope.villages > 2 else 0
    least = np.argsort(past.villages.drive, kind="stable")[:without]
    return ~np.isin(past.register.village, least)


def _incomes(clean: pd.DataFrame, year: Year, back: int) -> pd.Series:
    """Give incomes in tens: above the line less every year back, and all less under the older one.

    Nobody crosses the line by that, or poverty and income would contradict each other.
    """
    income = clean["income"].astype(int)
    above = (income - LINE).clip(lower=0) * (1 - LESS_A_YEAR * back)
    earned = income.clip(upper=LINE) + above
    if year.year < NEW_STANDARD_SINCE.year:
        earned = earned * OLDER_LINE
    return (earned // 10 * 10).astype(int).astype(str).astype(object)
