"""The commune's report: what was done and what is ahead: tasks, communication sessions."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from campaign_lib.analysis.commune import sessions_by, villages_without
from campaign_lib.base.quarters import Quarter
from campaign_lib.show.display import (
    NOTHING,
    Column,
    Mark,
    Passage,
    Shown,
    Table,
    columns_of,
    heading,
    listing,
    paragraph,
    together,
)
from campaign_lib.show.tables.context import owner, task_told, tasks_table
from campaign_lib.show.tables.labels import (
    answer_label,
    households_text,
    number_of,
    rows_of,
    text_or_nothing,
)
from campaign_lib.stories.commune.quarter import CommuneStory
from campaign_lib.stories.commune.villagers import customs, people
from campaign_lib.stories.telling import remark
from campaign_lib.words import MISSING, Words
from campaign_lib.words.spelling import in_alphabet

#: How a task's state looks: as a verdict of the same tone.
_TONES = {"done": "met", "in_progress": "on_track", "not_started": "behind"}
STANDING, DONE = "all", "done"
#: So many villages are named at most.
FIRST = 30
_SESSION_NUMBERS = ("sessions", "attending", "both", "one", "neither", "not_recorded")


def tasks(report: CommuneStory) -> Passage:
    """The quarter's tasks done and not done, earlier ones still open, and standing tasks."""
    told = _told(report)
    done, number = told["status"] == DONE, report.data.quarter.number
    now = told["quarter"] == f"Q{number}"
    left = told["quarter"].isin([f"Q{one}" for one in range(1, number)]) & ~done
    all_, finished = int(now.sum()), int((now & done).sum())
    none = "tasks.no_plan" if report.data.plan is None else "tasks.none"
    says = "tasks.done" if all_ else none
    return report.section(
        "tasks",
        paragraph(report.text(says, **({"done": finished, "all": all_} if all_ else {}))),
        _tasks_table(told[now], report.text("tasks.caption.now", quarter=report.when), report),
        _tasks_table(told[left], report.text("tasks.caption.left"), report)
        if left.any()
        else NOTHING,
        _tasks_table(told[told["quarter"] == STANDING], report.text("tasks.caption.all"), report),
        *(() if report.is_public else (_extra(report), _agencies(report))),
    )


def _told(report: CommuneStory) -> pd.DataFrame:
    """Give the year's tasks, each with the latest report on it."""
    reports = report.data.of_quarter("tasks_by_quarter").set_index("task")
    return report.data.of_year("tasks").join(reports.drop(columns="quarter"), on="id")


def open_tasks(report: CommuneStory) -> Shown:
    """List the tasks that are due by now, or standing, and not done: all that a letter lists."""
    told = _told(report)
    due = [STANDING, *(f"Q{one}" for one in range(1, report.data.quarter.number + 1))]
    left = told[told["quarter"].isin(due) & (told["status"] != DONE)]
    table = _tasks_table(left, report.text("tasks.caption.open"), report)
    return NOTHING if told.empty else replace(table, empty=report.text("tasks.all_done"))


def _extra(report: CommuneStory) -> Passage:
    """List the tasks that were given in the course of the year, beside the plan (II.6)."""
    tasks, last = report.data.extra_tasks, report.data.days["last_day"]
    if tasks.empty:
        return NOTHING
    words, own = report.words, report.words.under("commune_tables.tasks")

    columns = columns_of(
        lambda name: (words.under("tables.tasks") if name in ("task", "owner", "state") else own)(
            name
        ),
        task=lambda task: task.text,
        given=lambda task: own(
            "given_by", day=words.date(task.given_on), by=text_or_nothing(task.given_by)
        ),
        due=lambda task: words.date(task.due_on),
        owner=lambda task: MISSING if pd.isna(task.owner) else owner(task.owner, words),
        state=lambda task: _state(task, words, late=task.due_on <= last and task.status != DONE),
        evidence=lambda task: text_or_nothing(task.evidence),
    )
    done = int((tasks["status"] == DONE).sum())
    return together(
        heading(report.text("tasks.extra"), 3),
        paragraph(report.text("tasks.extra_done", done=done, all=len(tasks))),
        Table.of(tasks, columns, report.text("tasks.caption.extra")),
    )


def _agencies(report: CommuneStory) -> Passage:
    """Say which agency has issued its plan of the year, and how far it has come (II.3, III)."""
    plans, last = report.data.of_year("agency_plans"), report.data.days["last_day"]
    if plans.empty:
        return NOTHING
    issued, told = plans["issued_on"] <= last, plans["reported_on"] <= last
    plans = plans.assign(
        issued_on=plans["issued_on"].where(issued),
        number=plans["number"].where(issued),
        status=plans["status"].where(told),
        note=plans["note"].where(told),
        issued=issued,
    )
    plans = plans.sort_values("agency", key=lambda names: names.map(in_alphabet))
    plans = plans.sort_values("issued", kind="stable")
    words, own = report.words, report.words.under("commune_tables.agencies")
    columns = columns_of(
        own,
        agency=lambda plan: plan.agency,
        number=lambda plan: text_or_nothing(plan.number),
        issued_on=lambda plan: (
            words.date(plan.issued_on) if plan.issued else Mark(own("not_issued"), "behind")
        ),
        state=lambda plan: _state(plan, words),
        note=lambda plan: text_or_nothing(plan.note),
    )
    said = report.text("tasks.agencies_issued", issued=int(issued.sum()), all=len(plans))
    return together(
        heading(report.text("tasks.agencies"), 3),
        paragraph(said),
        Table.of(plans, columns, own("caption")),
    )


def _tasks_table(tasks: pd.DataFrame, caption: str, report: CommuneStory) -> Table:
    """List tasks with the latest report on each; in public without its evidence, as typed."""
    words = report.words
    text, own = words.under("tables.tasks"), words.under("commune_tables.tasks")

    return Table.of(
        tasks,
        columns_of(
            lambda name: (own if name == "evidence" else text)(name),
            (),
            ("evidence",),
            task=lambda task: task_told(task, words, "commune_tables.tasks.numbered"),
            owner=lambda task: owner(task.owner, words),
            state=lambda task: _state(task, words),
            evidence=lambda task: text_or_nothing(task.evidence),
        ),
        caption,
        empty=text("no_plan" if report.data.plan is None else "none"),
        edition=report.edition,
    )


def _state(task: Any, words: Words, *, late: bool = False) -> Mark:
    """Write the latest report on a task; one that is past its day is marked so."""
    if pd.isna(task.status):
        tone, told = "unmeasured", words("tables.tasks.not_reported")
    else:
        tone = _TONES[str(task.status)]
        state = answer_label("task_progress", "status", task.status, words)
        told = words("tables.tasks.reported", state=state, day=words.date(task.reported_on))
    if late:
        tone, told = "behind", words("commune_tables.tasks.overdue", state=told)
    elif tone == "unmeasured":
        return Mark(told, tone)
    return Mark(f"{words(f'codes.status.{tone}.mark')}\u00a0{told}", tone)


def ahead(report: CommuneStory) -> Passage:
    """What the officer wrote, the next quarter's tasks, and the next step of each target not met.

    After the last quarter its tasks are of the next year's plan; where there are none, it says why,
    and that the steps follow from what is short. In public there are only tasks: the next steps
    would count the households that are missing.
    """
    data, text = report.data, report.text
    coming, more = data.quarter.next(), data.quarter.next().year - data.quarter.year
    when = report.words.quarter(str(coming))
    tasks = data.of_year("tasks", ahead=more)
    due = tasks[tasks["quarter"] == f"Q{coming.number}"]
    without = "no_plan" if data.of_year("plans", ahead=more).empty else "no_tasks"
    listed = (
        paragraph(text(f"ahead.{without}", year=coming.year, quarter=when))
        if due.empty
        else tasks_table(due, None, text("ahead.caption", quarter=when), report.words)
    )
    if report.is_public:
        return report.titled("ahead", listed)
    said = remark(data.remarks, "direction", report.words, named=False)
    steps = listing(report.screen.steps(), numbered=True)
    next_ = heading(text("ahead.steps"), 3) + steps if steps.blocks else NOTHING
    return report.titled("ahead", said, listed, next_)


def sessions(report: CommuneStory) -> Passage:
    """Communication sessions by quarter, by who led them and by kind."""
    data, words = report.data, report.words
    held = data.activities
    now = held[held["held_in"] == data.code]
    quarters = [str(Quarter(data.quarter.year, one)) for one in range(1, data.quarter.number + 1)]
    total = sessions_by(held.assign(all=""), "all").rename(columns={"all": "held_in"})
    by_quarter = sessions_by(held, "held_in", quarters)
    if len(by_quarter) > 1:
        by_quarter = pd.concat([by_quarter, total])

    def leader(code: Any) -> str:
        return answer_label("activities", "led_by", code, words)

    tables = [
        _sessions_table(by_quarter, "held_in", words.quarter_short, report),
        _sessions_table(
            sessions_by(held, "led_by", held["led_by"].cat.categories), "led_by", leader, report
        ),
    ]
    if not report.is_public:  # a kind is text that somebody typed
        tables.append(_sessions_table(sessions_by(held, "kind"), "kind", text_or_nothing, report))
    more = () if report.is_public else (people(report), customs(report))
    says = _sessions_now(now, report), _silent(now, report)
    return report.section("sessions", *says, *tables, *more)


def _sessions_table(
    table: pd.DataFrame, key: str, label: Callable[[Any], str], report: CommuneStory
) -> Table:
    """Show sessions by what stands in a column; in public without who attended.

    Args:
        table: from `campaign_lib.analysis.commune.sessions_by`, where "" stands for all of them.
        key: its first column.
        label: gives the words for a value of it; a missing one has words of its own.
        report: whose words and edition they are.
    """
    words, text = report.words, report.words.under("commune_tables.sessions")
    own = table[table[key] != ""]
    shown = _SESSION_NUMBERS if own["not_recorded"].any() else _SESSION_NUMBERS[:-1]
    unknown = 0 if report.is_public else int(own["attending_unknown"].sum())

    def name(line: Any) -> str:
        value = getattr(line, key)
        if pd.isna(value):
            return text("not_said")
        return label(value) if value else text("total")

    columns = columns_of(
        text,
        shown,
        ("attending",),
        **{one: number_of(one, words) for one in shown},
    )
    return Table.of(
        table if own["sessions"].any() else table.iloc[:0],
        [Column(text(f"by.{key}"), cell=name), *columns],
        text(f"caption.{key}"),
        note=text("attending_unknown", count=unknown) if unknown else "",
        empty=text("none"),
        edition=report.edition,
    )


def _sessions_now(now: pd.DataFrame, report: CommuneStory) -> Passage:
    (counted,) = rows_of(sessions_by(now.assign(all=""), "all", [""]))
    says = report.text(
        "sessions.now",
        count=counted.sessions,
        whole=int(now["village"].isna().sum()),
        integrated=counted.both + counted.one,
    )
    attending = households_text(counted.attending, report.words, report.edition)
    return paragraph(f"{says} {report.text('sessions.attending', count=str(attending))}")


def _silent(now: pd.DataFrame, report: CommuneStory) -> Passage:
    silent = villages_without(now, report.data.names)
    if not silent:
        return paragraph(report.text("sessions.everywhere"))
    names = report.words.listed(report.data.names[code] for code in silent[:FIRST])
    more, values = len(silent) - FIRST, {"count": len(silent), "villages": names}
    said = (
        report.text("sessions.silent_more", **values, more=more)
        if more > 0
        else report.text("sessions.silent", **values)
    )
    return paragraph(said, "warning")
