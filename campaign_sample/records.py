"""What the sample's campaign held and built: activities, models of the Front and of the areas."""

from datetime import timedelta

import numpy as np
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_sample.households import Villages, area_list
from campaign_sample.plans import EVERY_QUARTER, TASKS, task_id
from campaign_sample.scope import (
    Days,
    Floats,
    Injury,
    Scope,
    Table,
    Texts,
    Whole,
    choose,
    days_from,
    pick,
    whole,
    written,
)

KINDS = (
    "Họp thôn tuyên truyền",
    "Tập huấn kỹ thuật",
    "Vận động tại hộ",
    "Ra quân vệ sinh thôn",
    "Tọa đàm với già làng",
)
LEADERS = ("cadre", "party_member", "elder", "respected_person", "other")
MOVEMENTS = ("national_unity", "new_rural")
#: How an activity is integrated: both movements, one, the other, none.
INTEGRATED = (";".join(MOVEMENTS), *MOVEMENTS, "")
INTEGRATED_WEIGHTS = (0.35, 0.20, 0.40, 0.05)
#: Nothing is held in the last weeks of a quarter, when the survey goes round.
LAST_ACTIVITY = 70
WORK = {
    "Trồng trọt": ("Cà phê xen cây ăn quả", "Vườn rau gia đình", "Lúa nước hai vụ"),
    "Chăn nuôi": ("Nuôi bò nhốt chuồng", "Nuôi heo sọc dưa"),
    "Vệ sinh môi trường": ("Đường làng sạch", "Di dời chuồng trại ra xa nhà"),
    "Tiết kiệm": ("Tổ tiết kiệm xoay vòng",),
}
MODELS = tuple((field, name) for field, names in WORK.items() for name in names)
#: Of 100 residential areas: a new model in Q1 to Q4, and none at all in the year.
NEW_MODEL = (0.20, 0.28, 0.24, 0.14, 0.14)
#: Areas with a model from the year before the first, and how many of these models end.
OLDER, ENDED = 0.5, 0.3


def activity_table(scope: Scope, villages: Villages) -> Table:
    """Write activities.csv: one to three a quarter in every village but one; some commune-wide."""
    frames = [_quarter(scope, villages, quarter) for quarter in scope.quarters]
    cells = pd.concat(frames, ignore_index=True)
    cells.insert(0, "activity", _numbers("HD", len(cells)))
    injuries = []
    if villages.silent >= 0:
        code = str(villages.codes[villages.silent])
        injuries.append(
            Injury(
                "activities.csv",
                (),
                "village",
                code,
                "Thôn không có hoạt động nào của riêng mình.",
                "A village without any activity of its own.",
            )
        )
    return Table("activities.csv", cells, tuple(injuries))


def _quarter(scope: Scope, villages: Villages, quarter: Quarter) -> pd.DataFrame:
    """Give a quarter's activities; the last ones are the commune's, with an empty village."""
    often = whole(scope.draws(f"activities {quarter}", scope.villages), 1, 3)
    if villages.silent >= 0:
        often[villages.silent] = 0
    village = np.repeat(np.arange(scope.villages), often)
    wide = 1 + quarter.number % 2
    count = len(village) + wide

    def draws(name: str) -> Floats:
        return scope.draws(f"activity {name} {quarter}", count)

    sizes = np.append(villages.sizes[village], np.full(wide, villages.sizes.sum() // 4))
    share = 0.3 + 0.5 * draws("attending")
    day = days_from(quarter.first_day(), whole(draws("day"), 3, LAST_ACTIVITY))
    kind = choose(draws("kind"), (0.35, 0.2, 0.25, 0.1, 0.1))
    leader = choose(draws("leader"), (0.35, 0.15, 0.2, 0.2, 0.1))
    integrated = choose(draws("integrated"), INTEGRATED_WEIGHTS)
    return pd.DataFrame(
        {
            "village": np.append(villages.codes[village], np.full(wide, "", dtype=object)),
            "held_on": written(day),
            "kind": pick(KINDS, kind),
            "led_by": pick(LEADERS, leader),
            "households_attending": np.maximum(1, np.floor(sizes * share)).astype(int).astype(str),
            "integrated_with": pick(INTEGRATED, integrated),
        }
    )


def _numbers(prefix: str, count: int) -> list[str]:
    width = max(4, len(str(count)))
    return [f"{prefix}{number:0{width}}" for number in range(1, count + 1)]


def model_table(scope: Scope, villages: Villages) -> Table:
    """Write models.csv: the Front's two, older ones of the areas, then each year's new ones."""
    frames = [_of_the_front(scope), _older(scope, villages)]
    frames += [_new(scope, villages, year) for year in scope.years]
    cells = pd.concat(frames, ignore_index=True)
    cells = cells[cells["started_on"] <= scope.last_day.isoformat()].reset_index(drop=True)
    cells.insert(0, "model", _numbers("MH", len(cells)))
    count = len(cells)
    work = whole(scope.draws("model work", count), 0, len(MODELS) - 1)
    cells.insert(4, "field", pick([field for field, _ in MODELS], work))
    cells.insert(5, "name", pick([name for _, name in MODELS], work))
    cells["households"] = whole(scope.draws("model households", count), 3, 15).astype(str)
    return _without_number(villages, cells)


def _rows(owner: str, village: Texts, area: Texts, started: Days, ended: Days) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "owner": owner,
            "village": village,
            "residential_area": area,
            "started_on": written(started),
            "ended_on": written(ended),
        }
    )


def _of_the_front(scope: Scope) -> pd.DataFrame:
    """One model kept up since two years before, and a new one in the spring of each year."""
    days = [np.datetime64(f"{scope.years[0] - 2}-05-10", "D")]
    days += [np.datetime64(f"{year}-04-22", "D") for year in scope.years]
    nothing = np.full(len(days), "", dtype=object)
    never = np.full(len(days), np.datetime64("NaT", "D"))
    return _rows("commune_front", nothing, nothing, np.array(days), never)


def _older(scope: Scope, villages: Villages) -> pd.DataFrame:
    codes, numbers = area_list(villages)
    count = len(codes)
    start = whole(scope.draws("older model", count), 330, 640)
    end = days_from(scope.first_day, whole(scope.draws("older model end", count), 20, 300))
    end = np.where(scope.draws("older model ends", count) < ENDED, end, np.datetime64("NaT", "D"))
    end[end > np.datetime64(scope.last_day, "D")] = np.datetime64("NaT", "D")
    chosen = scope.draws("older model there", count) < OLDER
    days = days_from(scope.baseline, -start)
    owner = "residential_area"
    return _rows(owner, codes[chosen], numbers[chosen], days[chosen], end[chosen])


def _new(scope: Scope, villages: Villages, year: int) -> pd.DataFrame:
    codes, numbers = area_list(villages)
    when = choose(scope.draws(f"new model {year}", len(codes)), NEW_MODEL)
    offsets = whole(scope.draws(f"new model day {year}", len(codes)), 10, 80)
    starts = np.array([Quarter(year, n).first_day() for n in (1, 2, 3, 4)], "datetime64[D]")
    chosen = when < len(starts)
    days = starts[when[chosen]] + offsets[chosen].astype("timedelta64[D]")
    never = np.full(len(days), np.datetime64("NaT", "D"))
    return _rows("residential_area", codes[chosen], numbers[chosen], days, never)


def _without_number(villages: Villages, cells: pd.DataFrame) -> Table:
    """Take the area's number from a model of a one-area village (no harm) and of another (harm)."""
    of_area = cells["owner"] == "residential_area"
    single = cells["village"].isin(villages.codes[villages.areas == 1])
    stories = (
        (
            of_area & single,
            "",
            "Thiếu số khu dân cư, nhưng thôn chỉ có một khu: hiểu là khu 1.",
            "No area number, but the village has only one area: read as area 1.",
        ),
        (
            of_area & ~single,
            "counted for none",
            "Thiếu số khu dân cư ở thôn có nhiều khu: không tính cho khu nào.",
            "No area number in a village with several areas: it counts for none.",
        ),
    )
    injuries = []
    for chosen, action, vi, en in stories:
        at = np.flatnonzero(chosen)[-1:]  # the last of them is one of the newest
        cells.loc[at, "residential_area"] = ""
        injuries += [
            Injury("models.csv", (int(row) + 2,), "residential_area", "", vi, en, action)
            for row in at
        ]
    return Table("models.csv", cells, tuple(injuries))


# How the sample's plan is carried out and checked: funding, progress of the tasks, inspections.

#: Programme: how often a village has it in a quarter, planned from - to (million đồng), what for.
PROGRAMMES = (
    ("new_rural", 0.45, 40, 300, "Đường và nhà văn hóa thôn"),
    ("poverty_reduction", 0.75, 20, 150, "Hỗ trợ sinh kế"),
    ("minority_areas", 0.65, 30, 220, "Nhà ở và nước sinh hoạt"),
    ("policy_credit", 0.80, 50, 400, "Vay vốn sản xuất"),
    ("community", 0.35, 2, 15, "Đóng góp của người dân"),
)
#: The task that nobody began and the one that was late, as (quarter, number) of the plan.
NOT_STARTED, LATE = ("Q2", 2), ("Q2", 1)
#: Tasks of all quarters that are not finished with the year (the current orders of the Party).
OPEN_END = frozenset({6})
EVIDENCE = "Văn bản của xã (hư cấu)"
#: Inspections are held in Q3 (plan, III.3): one household in so many, at most so many.
INSPECTION_QUARTER, INSPECTED, MOST_INSPECTED = 3, 40, 400
QUESTIONS = ("house", "has_tv", "cooperative")
INSPECTION_COLUMNS = (
    "household",
    "quarter",
    "question",
    "found",
    "inspected_on",
    "inspector",
)
INSPECTOR = "Đoàn kiểm tra (hư cấu)"
AGREES = 0.9


def funding_table(scope: Scope, villages: Villages) -> Table:
    """Write funding.csv: million đồng with one decimal, by village, quarter and programme."""
    frames = []
    for quarter in scope.quarters:
        for at, (programme, often, least, most, purpose) in enumerate(PROGRAMMES):

            def draws(name: str, stream: str = f"{programme} {quarter}") -> Floats:
                return scope.draws(f"{name} {stream}", scope.villages)

            planned = whole(draws("planned"), least * 10, most * 10)
            share = np.minimum(1.0, 0.5 + 0.12 * quarter.number + 0.4 * draws("disbursed"))
            disbursed = np.floor(planned * share).astype(np.int64)
            frame = pd.DataFrame(
                {
                    "village": villages.codes,
                    "quarter": str(quarter),
                    "programme": programme,
                    "planned": tenths(planned),
                    "disbursed": tenths(disbursed),
                    "purpose": purpose,
                    "order": np.arange(scope.villages) * len(PROGRAMMES) + at,
                }
            )
            frames.append(frame[draws("funded") < often])
    cells = pd.concat(frames, ignore_index=True)
    cells = cells.sort_values(["quarter", "order"], kind="stable").drop(columns="order")
    return Table("funding.csv", cells)


def tenths(number: Whole) -> Texts:
    """Write tenths as a number with one decimal (a dot: that makes the column plain)."""
    tens = (number // 10).astype(str).astype(object)
    return np.asarray(tens + "." + (number % 10).astype(str).astype(object), dtype=object)


def progress_table(scope: Scope) -> Table:
    """Write task_progress.csv: most tasks done in their quarter, one late, one never begun."""
    rows: list[tuple[str, str, str, str]] = []
    for quarter in scope.quarters:
        rows += _quarter_progress(quarter)
        rows += _standing_progress(quarter)
    rows += _late(scope)
    cells = pd.DataFrame(rows, columns=["task", "reported_on", "status", "evidence"], dtype=object)
    cells = cells.sort_values(["reported_on", "task"], kind="stable", ignore_index=True)
    return Table("task_progress.csv", cells, _progress_injuries(cells))


def _quarter_progress(quarter: Quarter) -> list[tuple[str, str, str, str]]:
    code = f"Q{quarter.number}"
    middle = (quarter.first_day() + timedelta(days=45)).isoformat()
    end = (quarter.last_day() - timedelta(days=4)).isoformat()
    rows = []
    for number in range(1, len(TASKS[code]) + 1):
        task = task_id(quarter.year, code, number)
        if (code, number) == NOT_STARTED:
            rows.append((task, end, "not_started", ""))
        elif (code, number) == LATE:
            rows.append((task, end, "in_progress", ""))
        else:
            rows += [(task, middle, "in_progress", ""), (task, end, "done", EVIDENCE)]
    return rows


def _standing_progress(quarter: Quarter) -> list[tuple[str, str, str, str]]:
    """Tasks of all quarters are reported once a quarter and done, where they can be, in Q4."""
    end = (quarter.last_day() - timedelta(days=2)).isoformat()
    rows = []
    for number in range(1, len(TASKS[EVERY_QUARTER]) + 1):
        done = quarter.number == 4 and number not in OPEN_END
        status, evidence = ("done", EVIDENCE) if done else ("in_progress", "")
        rows.append((task_id(quarter.year, EVERY_QUARTER, number), end, status, evidence))
    return rows


def _late(scope: Scope) -> list[tuple[str, str, str, str]]:
    """Report the late task as done in the third quarter, where that belongs to the sample."""
    thirds = [quarter for quarter in scope.quarters if quarter.number == 3]
    return [
        (
            task_id(quarter.year, *LATE),
            (quarter.first_day() + timedelta(days=26)).isoformat(),
            "done",
            EVIDENCE,
        )
        for quarter in thirds
    ]


def _progress_injuries(cells: pd.DataFrame) -> tuple[Injury, ...]:
    stories = (
        (LATE, "Nhiệm vụ hoàn thành muộn một quý.", "A task done a quarter late."),
        (NOT_STARTED, "Nhiệm vụ chưa ai bắt đầu.", "A task that nobody has begun."),
    )
    injuries = []
    for (quarter, number), vi, en in stories:
        at = np.flatnonzero(cells["task"].str.endswith(f"-{quarter}-{number}"))
        if len(at):
            rows = tuple(int(row) + 2 for row in at)
            task = str(cells["task"].iloc[at[-1]])
            injuries.append(Injury("task_progress.csv", rows, "task", task, vi, en))
    return tuple(injuries)


def inspection_rows(scope: Scope, quarter: Quarter, survey: pd.DataFrame) -> pd.DataFrame:
    """Visit some of the households of a Q3 survey again; most answers are found as they were given.

    `survey` holds the answers as codes, by the household's position in the register.
    """
    count = min(scope.households // INSPECTED, MOST_INSPECTED, len(survey))
    if quarter.number != INSPECTION_QUARTER or count == 0:
        return pd.DataFrame(columns=list(INSPECTION_COLUMNS), dtype=object)
    order = np.argsort(scope.draws(f"inspection {quarter}")[survey.index], kind="stable")
    homes = survey.iloc[np.sort(order[:count])]
    day = (quarter.last_day() - timedelta(days=1)).isoformat()
    frames = []
    for question in QUESTIONS:
        answers = homes[question].to_numpy(object)
        other = np.where(answers == "yes", "no", "yes")
        if question == "house":
            other = np.where(answers == "solid", "semi_solid", "frail")
        if question == "cooperative":
            other = np.where(answers == "none", "group", "none")
        agrees = scope.draws(f"found {question} {quarter}", count) < AGREES
        frames.append(
            pd.DataFrame(
                {
                    "household": homes["household"].to_numpy(object),
                    "quarter": str(quarter),
                    "question": question,
                    "found": np.where(agrees, answers, other),
                    "inspected_on": day,
                    "inspector": INSPECTOR,
                }
            )
        )
    return pd.concat(frames, ignore_index=True).sort_values("household", kind="stable")
