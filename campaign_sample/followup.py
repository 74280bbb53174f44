"""How the sample's plan is carried out and checked: funding, progress of the tasks, inspections."""

from datetime import timedelta

import numpy as np
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_sample.draws import Floats, Texts, Whole, whole
from campaign_sample.plans import EVERY_QUARTER, TASKS, task_id
from campaign_sample.scope import Injury, Scope, Table
from campaign_sample.villages import Villages

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
