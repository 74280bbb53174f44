"""What the files say of the campaign: plans of villages, activities, models, funds, tasks, visits.

Of the years before they say less, the older the less; their rows stand below the newer ones in
each file. years.toml tells of each year what was held, written down and reported.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_sample.households import Villages
from campaign_sample.scope import (
    COMMUNE,
    NEVER,
    WORDS,
    Days,
    Flags,
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
        told = scope.told(year, "village_plans")
        spread = whole(scope.draws(f"plans {year}", scope.villages), *told["day"])
        issued = days_from(Quarter(year, 1).first_day(), spread)
        if year in scope.years and scope.villages > 1:
            late = eager[-1]
            issued[late] = np.datetime64(Quarter(year, 2).first_day() + timedelta(days=18))
            at = [scope.villages * len(frames) + late]
            injuries.append(injury("late_plan", at, issued[late]))
        cells = {"village": villages.codes, "year": str(year), "issued_on": written(issued)}
        had = np.sort(eager[: max(1, scope.villages - told["without"])])
        frames.append(pd.DataFrame(cells).iloc[had])
    return Table("village_plans.csv", pd.concat(frames), injuries)


def activity_table(scope: Scope, villages: Villages) -> Table:
    """Write activities.csv: one to three a quarter in every village but one; some commune-wide."""
    cells = pd.concat([_held(scope, villages, quarter, str(quarter)) for quarter in scope.quarters])
    frames = [_numbered(cells, "activity", "HD")]
    for year in scope.past:
        held = _held(scope, villages, Quarter(year, 1), str(year))
        held = held.sort_values("held_on", kind="stable")
        frames.append(_numbered(held, "activity", "HD", year))
    silent = [villages.codes[villages.silent]] if villages.silent >= 0 else []
    return Table("activities.csv", pd.concat(frames), [injury("silent", (), v) for v in silent])


def _numbered(cells: pd.DataFrame, column: str, prefix: str, year: int = 0) -> pd.DataFrame:
    """Number rows; those of a year before by their year."""
    first, width = (f"{prefix}{year}-", 3) if year else (prefix, max(4, len(str(len(cells)))))
    cells.insert(0, column, [f"{first}{at:0{width}}" for at in range(1, len(cells) + 1)])
    return cells


def _held(scope: Scope, villages: Villages, first: Quarter, period: str) -> pd.DataFrame:
    """Give the activities of a quarter, or of a year before, whose first quarter is `first`.

    The last ones of a quarter are the commune's, with an empty village. A year before in which
    nothing was held would tell nothing.
    """
    told, own = scope.told(first.year, "activities"), first.year in scope.years
    often = whole(scope.draws(f"activities {period}", scope.villages), *told["held"])
    if not own:
        often[np.argmax(villages.drive)] += 1
    elif villages.silent >= 0:
        often[villages.silent] = 0
    wide = 1 + first.number % 2 if own else 0
    codes = np.append(np.repeat(villages.codes, often), np.full(wide, "", dtype=object))
    sizes = np.append(np.repeat(villages.sizes, often), np.full(wide, villages.sizes.sum() // 4))

    def draws(name: str) -> Floats:
        return scope.draws(f"activity {name} {period}", len(codes))

    def choice(name: str, among: str) -> Texts:
        return pick(COMMUNE["activities"][among], choose(draws(name), told[f"{name}_weights"]))

    came = np.maximum(1, np.floor(sizes * (0.3 + 0.5 * draws("attending"))).astype(int))
    if not own:
        came = whole(draws("attending"), *told["attending"])
    return pd.DataFrame(
        {
            "village": codes,
            "held_on": written(days_from(first.first_day(), whole(draws("day"), *told["day"]))),
            "kind": choice("kind", "kinds"),
            "led_by": choice("leader", "leaders"),
            "households_attending": came.astype(str),
            "integrated_with": choice("integrated", "integrated"),
        }
    )


def model_table(scope: Scope, villages: Villages) -> Table:
    """Write models.csv: the Front's two, older ones of the areas, then each year's new ones.

    Below the newest stand those of the last year that were registered and have not begun.
    """
    cells = pd.concat(_built(scope, villages))
    cells = cells[cells["started_on"] <= scope.last_day.isoformat()]
    cells = pd.concat([cells, _registered_only(scope, villages)], ignore_index=True)
    cells = _at_work(scope, cells, "model {}", 15)
    injuries = _without_number(villages, cells)
    frames = [_numbered(cells, "model", "MH")]
    for year in scope.past:
        older = pd.concat(_built_before(scope, villages, year))
        older = _at_work(scope, older, f"past model {{}} {year}", 12)
        frames.append(_numbered(older, "model", "MH", year))
    return Table("models.csv", _judged(scope, pd.concat(frames, ignore_index=True)), injuries)


def _judged(scope: Scope, cells: pd.DataFrame) -> pd.DataFrame:
    """Say of models what they were copied from, whether older ones work, and why some ended."""
    about, first = COMMUNE["models"], scope.first_day.isoformat()
    copy, good = (scope.draws(f"model {name}", len(cells)) for name in ("copied", "effective"))
    began, ended = cells["started_on"], cells["ended_on"]
    older = (began != "") & (began < first) & ((ended == "") | (ended >= first))
    judged = np.where(good < about["effective"], "yes", "no")
    judged = np.where(older & (good < about["judged"]), judged, "")
    sources = cells[older & (judged == "yes")].drop_duplicates("name").set_index("name")
    source = cells["name"].map(sources["model"]).astype("object").fillna("")
    elsewhere = cells["name"].map(sources["village"]) != cells["village"]
    spread = (cells["registered_on"] != "") & elsewhere & (copy < about["copied"])
    why = pick(about["ended_because"], (judged == "yes").astype(np.int64))
    return cells.assign(
        copied_from=source.where(spread, ""),
        effective=judged,
        ended_because=np.where((judged != "") & (ended != ""), why, ""),
    )


def _at_work(scope: Scope, cells: pd.DataFrame, stream: str, most: int) -> pd.DataFrame:
    """Say what each model works at, and how many households take part, `most` at most."""
    works = COMMUNE["models"]["work"]
    work = whole(scope.draws(stream.format("work"), len(cells)), 0, len(works) - 1)
    cells.insert(3, "field", pick([field for field, _ in works], work))
    cells.insert(4, "name", pick([name for _, name in works], work))
    homes = whole(scope.draws(stream.format("households"), len(cells)), 3, most)
    return cells.assign(households=homes.astype(str))


def _of_the_front(days: Sequence[str], ended: str = "") -> pd.DataFrame:
    place = {"owner": "commune_front", "village": "", "residential_area": ""}
    return pd.DataFrame({**place, "registered_on": "", "started_on": days, "ended_on": ended})


def _of_the_areas(
    villages: Villages, chosen: Flags, started: Days, ended: Days, registered: Days | None = None
) -> pd.DataFrame:
    codes, numbers = villages.area_list()
    cells = {
        "owner": "residential_area",
        "village": codes,
        "residential_area": numbers,
        "registered_on": "" if registered is None else written(registered),
        "started_on": written(started),
        "ended_on": written(ended),
    }
    return pd.DataFrame(cells)[chosen]


def _built(scope: Scope, villages: Villages) -> Iterator[pd.DataFrame]:
    """Give what the Front and the areas have built since the year before the first."""
    count, about, draws = villages.areas.sum(), COMMUNE["models"], scope.draws
    # One of the Front is kept up since two years before; a new one in the spring of each year.
    yield _of_the_front([f"{scope.years[0] - 2}-05-10", *(f"{y}-04-22" for y in scope.years)])
    start = days_from(scope.baseline, -whole(draws("older model", count), 330, 640))
    end = days_from(scope.first_day, whole(draws("older model end", count), 20, 300))
    end[draws("older model ends", count) >= about["ended"]] = NEVER
    end[end > np.datetime64(scope.last_day, "D")] = NEVER
    yield _of_the_areas(villages, draws("older model there", count) < about["older"], start, end)
    for year in scope.years:
        when = choose(draws(f"new model {year}", count), about["new_weights"])
        offsets = whole(draws(f"new model day {year}", count), 10, 80)
        days = days_in_quarters(year, np.minimum(when, 3) + 1, offsets)
        told = np.minimum(_registered(scope, year, count), days)
        yield _of_the_areas(villages, when < 4, days, np.full(count, NEVER), told)


def _registered(scope: Scope, year: int, count: int) -> Days:
    """Give a day of Q1 for each residential area, on which it would register its model."""
    day = whole(scope.draws(f"model registered {year}", count), 5, 60)
    return days_from(Quarter(year, 1).first_day(), day)


def _registered_only(scope: Scope, villages: Villages) -> pd.DataFrame:
    """Give the models of the last year's areas without a new one that are registered at least."""
    year, count, about = scope.years[-1], villages.areas.sum(), COMMUNE["models"]
    none = choose(scope.draws(f"new model {year}", count), about["new_weights"]) == 4
    chosen = none & (scope.draws(f"model waiting {year}", count) < about["waiting"])
    never = np.full(count, NEVER)
    return _of_the_areas(villages, chosen, never, never, _registered(scope, year, count))


def _built_before(scope: Scope, villages: Villages, year: int) -> Iterator[pd.DataFrame]:
    """Give the areas' models of a year before, and in the first of these years one of the Front."""
    told, count = scope.told(year, "models"), villages.areas.sum()
    if year == scope.past[0]:
        yield _of_the_front([f"{year}-08-15"], f"{scope.years[0] - 1}-11-30")
    chosen = scope.draws(f"past model {year}", count) < told["new"]
    day = whole(scope.draws(f"past model day {year}", count), 60, 330)
    started = days_from(Quarter(year, 1).first_day(), day)
    ended = started + told["ended_after"] if "ended_after" in told else np.full(count, NEVER)
    yield _of_the_areas(villages, chosen, started, ended)


def _without_number(villages: Villages, cells: pd.DataFrame) -> list[Injury]:
    """Take the area's number from a model of a one-area village (no harm) and of another (harm)."""
    of_area = (cells["owner"] == "residential_area") & (cells["started_on"] != "")
    single = cells["village"].isin(villages.codes[villages.areas == 1])
    injuries = []
    for story, chosen in (("one_area", of_area & single), ("many_areas", of_area & ~single)):
        at = np.flatnonzero(chosen)[-1:]  # the last of them is one of the newest
        cells.loc[at, "residential_area"] = ""
        injuries += [injury(story, [row], "") for row in at]
    return injuries


# How the sample's plan is carried out and checked: funding, progress of the tasks, inspections.


def funding_table(scope: Scope, villages: Villages) -> Table:
    """Write funding.csv: million đồng with one decimal, by village, quarter and programme.

    Below the villages' stands the commune's own, with who spends it and on which model. In the
    years before, what it was for is not known.
    """
    own = (_funded(scope, villages, q).sort_index(kind="stable") for q in scope.quarters)
    commune = (_of_the_commune(scope, quarter) for quarter in scope.quarters)
    past = (_funded(scope, villages, q) for q in scope.past_quarters("funding"))
    frames = [*own, *commune, *(frame.assign(purpose="") for frame in past)]
    return Table("funding.csv", pd.concat(frames).fillna(""))


def _of_the_commune(scope: Scope, quarter: Quarter) -> pd.DataFrame:
    """Give the commune's own money of a quarter: of no village, with agency and model."""
    lines = pd.DataFrame(COMMUNE["commune_funding"])
    draws = scope.draws(f"commune funding {quarter}", 2 * len(lines)).reshape(2, -1)
    planned = whole(draws[0], 50, 400)
    disbursed = np.floor(planned * (0.6 + 0.4 * draws[1])).astype(np.int64)
    about = {"village": "", "quarter": str(quarter)}
    return lines.assign(**about, planned=_tenths(planned), disbursed=_tenths(disbursed))


def _funded(scope: Scope, villages: Villages, quarter: Quarter) -> pd.DataFrame:
    """Give a quarter's funds, programme by programme."""
    told = scope.told(quarter.year, "funding")
    steady = told["at_least"] + told["each_quarter"] * quarter.number
    frames: list[pd.DataFrame] = []
    for programme, about in COMMUNE["funding"].items():

        def draws(name: str, stream: str = f"{programme} {quarter}") -> Floats:
            return scope.draws(f"{name} {stream}", scope.villages)

        least, most = about["planned"]
        planned = whole(draws("planned"), least * told["tenths"], most * told["tenths"])
        share = np.minimum(1.0, steady + 0.4 * draws("disbursed"))
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


def support_rows(scope: Scope, quarter: Quarter, survey: pd.DataFrame) -> pd.DataFrame:
    """Give the help that is agreed on after a quarter's survey, with the one thing that is missing.

    `survey` is what `inspection_rows` takes; of the years before nothing is known.
    """
    about, frames = COMMUNE["support"], []
    begun = quarter.last_day() - timedelta(days=about["before_the_end"])
    for questions in about["steps"] if quarter.year in scope.years else ():
        no = pd.DataFrame({name: survey[name] == one["no"] for name, one in questions.items()})
        draws = scope.draws(f"support {quarter} {'+'.join(questions)}")[survey.index]
        chosen = (no.sum(axis=1) == 1).to_numpy() & (draws < about["often"])
        which = [questions[name] for name in no[chosen].idxmax(axis=1)]
        last = begun + timedelta(days=about["days"])
        done = (draws[chosen] < about["often"] * about["done"]) & (last <= scope.last_day)
        cells = {
            "household": survey.loc[chosen, "household"],
            "agency": [one["agency"] for one in which],
            "step": [one["step"] for one in which],
            "from": begun.isoformat(),
            "until": last.isoformat(),
            "done_on": np.where(done, (last - timedelta(days=9)).isoformat(), ""),
            "note": "",
        }
        frames.append(pd.DataFrame(cells))
    columns = ["household", "agency", "step", "from", "until", "done_on", "note"]
    return pd.concat([pd.DataFrame(columns=columns), *frames]).sort_values("household")


def people_table(scope: Scope, villages: Villages) -> Table:
    """Write people.csv: in each village an elder, a respected person or both, and some others.

    Their names say that they are made up.
    """
    rows = []
    for at, village in enumerate(villages.codes):
        draws = scope.draws(f"people {village}", len(COMMUNE["people"]))
        for (role, about), draw in zip(COMMUNE["people"].items(), draws, strict=True):
            for number in range(int(draw * (about["most"] + 1))):
                person = f"{about['called']} {at + 1:02}.{number + 1} (hư cấu)"
                since = f"{scope.years[0] - about['years']}-01-01"
                rows.append({"village": village, "person": person, "role": role, "since": since})
    cells = pd.DataFrame(rows, columns=["village", "person", "role", "since"])
    return Table("people.csv", cells.assign(until=""))


def custom_table(scope: Scope, villages: Villages) -> Table:
    """Write customs.csv: what is seen of a custom where it is known, early and late in a year."""
    rows = []
    for year, custom in ((year, custom) for year in scope.years for custom in COMMUNE["customs"]):
        draws = scope.draws(f"customs {custom} {year}", 3 * scope.villages).reshape(3, -1)
        for village, known, before, step in zip(villages.codes, *draws, strict=True):
            first = int(before * 2)  # kept or fading
            seen = ((first, Quarter(year, 1)), (first + int(step * 2), Quarter(year, 4)))
            for state, quarter in seen if known < COMMUNE["customs_known"] else ():
                day = quarter.first_day() + timedelta(days=40)
                if day <= scope.last_day:
                    status = ("kept", "fading", "gone")[state]
                    rows.append((village, custom, status, day.isoformat()))
    return Table(
        "customs.csv", pd.DataFrame(rows, columns=["village", "custom", "status", "seen_on"])
    )


def extra_task_table(scope: Scope) -> Table:
    """Write extra_tasks.csv: what was asked of the commune beside the plan, in its own years."""
    columns = ["task", "given_on", "given_by", "due_on", "owner", "text"]
    cells = pd.DataFrame(_extra_tasks(scope))
    return Table("extra_tasks.csv", cells.reindex(columns=columns))


def _extra_tasks(scope: Scope) -> Iterator[dict[str, Any]]:
    """Give the extra tasks that were given by the last day, and the day on which each is done."""
    for year in scope.years:
        for number, about in enumerate(COMMUNE["extra_tasks"], 1):
            given = Quarter(year, about["quarter"]).first_day() + timedelta(days=about["day"])
            if given <= scope.last_day:
                yield {
                    **about,
                    "task": f"{year}-PS-{number}",
                    "given": given,
                    "given_on": given.isoformat(),
                    "due_on": (given + timedelta(days=about["due_in"])).isoformat(),
                }


def _extra_reports(scope: Scope) -> Iterator[dict[str, str]]:
    """Report on each extra task when it has begun, and when it is done, up to the last day."""
    for task in _extra_tasks(scope):
        for status, after in (("in_progress", 8), ("done", task.get("done_in"))):
            day = None if after is None else task["given"] + timedelta(days=after)
            if day is not None and day <= scope.last_day:
                yield {
                    "task": task["task"],
                    "reported_on": day.isoformat(),
                    "status": status,
                    "evidence": "Văn bản của xã (hư cấu)" if status == "done" else "",
                    "progress": "",
                }


def agency_plan_table(scope: Scope) -> Table:
    """Write agency_plans.csv: who plans, in Q1 but for a late one; one has not issued any yet.

    Of the years before nobody has kept them.
    """
    agencies, last = COMMUNE["agency_plans"]["agencies"], scope.last_day
    rows = []
    for year in scope.years:
        days = whole(scope.draws(f"agency plans {year}", len(agencies)), 40, 85)
        for at, (agency, day) in enumerate(zip(agencies, days, strict=True)):
            late = at == len(agencies) - 2
            issued = Quarter(year, 2 if late else 1).first_day() + timedelta(days=int(day))
            has = at < len(agencies) - 1 and issued <= last
            reported = min(last, Quarter(year, 4).last_day() - timedelta(days=4))
            status = ("done" if at % 3 else "in_progress") if last.month == 12 else "in_progress"
            rows.append({
                "agency": agency,
                "year": str(year),
                "number": f"{at + 11}/KH (hư cấu)" if has else "",
                "issued_on": issued.isoformat() if has else "",
                "status": status if has else "not_started",
                "reported_on": reported.isoformat(),
                "note": "" if has else "Đang dự thảo",
            })  # fmt: skip
    return Table("agency_plans.csv", pd.DataFrame(rows))


def task_id(year: int, quarter: str, number: int) -> str:
    """Give the id of the task number `number` (from 1) of `quarter` (Q1 to Q4, or all)."""
    return f"{year}-{quarter}-{number}"


def remark_table(scope: Scope) -> Table:
    """Write remarks.csv: what an officer wrote into the reports, with parts that are missing.

    Only of the sample's own years.
    """
    rows = [
        {"quarter": str(quarter), "part": part, "text": text}
        for quarter in scope.quarters
        for part, text in WORDS["remarks"][f"Q{quarter.number}"].items()
    ]
    return Table("remarks.csv", pd.DataFrame(rows, columns=["quarter", "part", "text"]))


def progress_table(scope: Scope) -> Table:
    """Write task_progress.csv: most tasks done in their quarter, one late, one never begun.

    In the years before, only some quarters were reported on.
    """
    own = [report for quarter in scope.quarters for report in _reports(scope, quarter)]
    own += _extra_reports(scope)
    own.sort(key=itemgetter("reported_on", "task"))
    injuries = []
    for story in ("late", "not_started"):
        at = [place for place, row in enumerate(own) if row["progress"] == story]
        injuries += [injury(story, at, own[at[-1]]["task"])] if at else []
    older = chain(*(_reports(scope, quarter) for quarter in scope.past_quarters("progress")))
    cells = pd.DataFrame([*own, *older]).drop(columns="progress")
    return Table("task_progress.csv", cells, injuries)


def _reports(scope: Scope, quarter: Quarter) -> Iterator[dict[str, str]]:
    """Report on a quarter's tasks and on the standing ones, which are done, if at all, in Q4.

    In the sample's own years a task is reported on twice, and a late one in the quarter after.
    """
    year, number = quarter.year, quarter.number
    told, plan = scope.told(year, "progress"), scope.told(year, "tasks")

    def report(code: str, at: int, day: date, status: str) -> dict[str, str]:
        return {
            "task": task_id(year, code, at + 1),
            "reported_on": day.isoformat(),
            "status": status,
            "evidence": "Văn bản của xã (hư cấu)" if status == "done" else "",
            "progress": plan[code][at].get("progress", ""),
        }

    for code, before in ((f"Q{number}", "own"), ("all", "standing")):
        day = quarter.last_day() - timedelta(days=told[before])
        for at, task in enumerate(plan.get(code, [])):
            open_still = "progress" in task or (code == "all" and number < 4)
            if year in scope.years and code != "all" and not open_still:
                yield report(code, at, quarter.first_day() + timedelta(days=45), "in_progress")
            never = task.get("progress") == "not_started"
            status = "not_started" if never else "in_progress" if open_still else "done"
            yield report(code, at, day, status)
    for at, task in enumerate(plan.get(f"Q{number - 1}", [])):
        if task.get("progress") == "late":
            yield report(f"Q{number - 1}", at, quarter.first_day() + timedelta(days=26), "done")


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
