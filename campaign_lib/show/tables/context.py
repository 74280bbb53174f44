"""What surrounds the figures: models, activities, funding, tasks, data quality, as tables."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from campaign_lib.intake.problem_list import action_told, told
from campaign_lib.show.display import RIGHT, Column, Table
from campaign_lib.show.tables.labels import (
    answer_label,
    labels_of,
    question_label,
    rows_of,
    text_or_nothing,
)
from campaign_lib.words import MISSING, Words


def models_table(models: pd.DataFrame, words: Words) -> Table:
    """List models that were built this year or are kept up."""
    text = labels_of(words, "models")
    headings = ("name", "field", "owner", "area", "started", "state")
    return Table(
        caption=text("caption"),
        columns=(*(Column(text(name)) for name in headings), Column(text("households"), RIGHT)),
        rows=tuple(
            (
                text_or_nothing(model.name),
                text_or_nothing(model.field),
                answer_label("models", "owner", model.owner, words),
                MISSING if pd.isna(model.area) else words.number(model.area),
                words.date(model.started_on),
                text("built_new" if model.built_this_year else "kept_up"),
                words.number(model.households),
            )
            for model in rows_of(models)
        ),
        empty=text("none"),
    )


def activities_table(activities: pd.DataFrame, words: Words) -> Table:
    """List the campaign's activities of a year so far."""
    text = labels_of(words, "activities")
    headings = ("held_on", "kind", "led_by", "integrated")
    return Table(
        caption=text("caption"),
        columns=(*(Column(text(name)) for name in headings), Column(text("attending"), RIGHT)),
        rows=tuple(
            (
                words.date(activity.held_on),
                text_or_nothing(activity.kind),
                answer_label("activities", "led_by", activity.led_by, words),
                _movements(activity.integrated_with, words),
                words.number(activity.households_attending),
            )
            for activity in rows_of(activities.sort_values("held_on"))
        ),
        empty=text("none"),
    )


def _movements(codes: Any, words: Words) -> str:
    if pd.isna(codes):
        return words("codes.answer.unknown")
    if not codes:
        return words("tables.activities.neither")
    return "; ".join(words(f"tables.activities.{code}") for code in str(codes).split(";"))


def funding_table(funding: pd.DataFrame, words: Words) -> Table:
    """Show what was planned and disbursed, by quarter, programme and purpose, with the total.

    Without a column `purpose`, which is text that somebody typed, there is none in the table.
    """
    text = labels_of(words, "funding")
    order = [name for name in ("quarter", "programme", "purpose") if name in funding]
    lines = [
        (
            words.quarter_short(str(line.quarter)),
            answer_label("funding", "programme", line.programme, words),
            *((text_or_nothing(line.purpose),) if "purpose" in order else ()),
            *_money(line.planned, line.disbursed, words),
        )
        for line in rows_of(funding.sort_values(order))
    ]
    sums = funding[["planned", "disbursed"]].sum()
    known = funding.dropna(subset=["planned", "disbursed"])[["planned", "disbursed"]].sum()
    *amounts, _ = _money(sums["planned"], sums["disbursed"], words)
    *_, share = _money(known["planned"], known["disbursed"], words)
    total = (text("total"), *("" for _ in order[1:]), *amounts, share)
    return Table(
        caption=text("caption"),
        columns=(
            *(Column(text(name)) for name in order),
            *(Column(text(name), RIGHT) for name in ("planned", "disbursed", "share")),
        ),
        rows=(*lines, total) if lines else (),
        note=text("note")
        if lines and funding[["planned", "disbursed"]].isna().any(axis=None)
        else "",
        empty=text("none"),
    )


def _money(planned: float, disbursed: float, words: Words) -> tuple[str, str, str]:
    share = words.percent(100 * disbursed / planned, 1) if planned > 0 else MISSING
    return words.number(planned, 1), words.number(disbursed, 1), share


def tasks_table(
    tasks: pd.DataFrame, progress: pd.DataFrame | None, caption: str, words: Words
) -> Table:
    """List tasks of the plan, and where progress is given, how far each has come."""
    text = labels_of(words, "tasks")
    reports = None if progress is None else progress.set_index("task")
    headings = ("task", "owner", "section", *(("state",) if reports is not None else ()))
    return Table(
        caption=caption,
        columns=tuple(Column(text(name)) for name in headings),
        rows=tuple(
            (
                task.vi if words.language == "vi" else task.en,
                owner(task.owner, words),
                task.section,
                *((_task_state(task.id, reports, words),) if reports is not None else ()),
            )
            for task in rows_of(tasks)
        ),
        empty=text("none"),
    )


def owner(code: str, words: Words) -> str:
    """Give the words for who owns a task; a plan may name owners that have none."""
    key = f"codes.owner.{code}"
    return words(key) if words.has(key) else code


def _task_state(task: str, reports: pd.DataFrame, words: Words) -> str:
    if task not in reports.index:
        return words("tables.tasks.not_reported")
    report: Any = reports.loc[task]
    state = answer_label("task_progress", "status", report["status"], words)
    return words("tables.tasks.reported", state=state, day=words.date(report["reported_on"]))


def unknowns_table(unknown: pd.DataFrame, words: Words) -> Table:
    """Show the questions that were left without an answer."""
    text = labels_of(words, "unknowns")
    return Table(
        caption=text("caption"),
        columns=(
            Column(text("question")),
            Column(text("unknown"), RIGHT),
            Column(text("asked"), RIGHT),
        ),
        rows=tuple(
            (
                question_label(line.question, words),
                words.number(line.unknown),
                words.number(line.asked),
            )
            for line in rows_of(unknown)
        ),
        empty=text("none"),
    )


def problems_table(problems: pd.DataFrame, words: Words) -> Table:
    """List what was wrong with the raw files."""
    text = labels_of(words, "problems")
    headings = ("file", "row", "column", "value", "problem", "action")
    return Table(
        caption=text("caption"),
        columns=tuple(Column(text(name), RIGHT if name == "row" else "") for name in headings),
        rows=tuple(
            (
                line.file,
                MISSING if pd.isna(line.row) else str(line.row),
                line.column,
                line.value,
                told(line.message, words.language),
                action_told(line.action, words.language),
            )
            for line in rows_of(problems)
        ),
        empty=text("none"),
    )


def facts_table(caption: str, facts: Mapping[str, str], words: Words) -> Table:
    """Show facts by name, such as what a report was built from."""
    text = labels_of(words, "facts")
    return Table(
        caption=caption,
        columns=(Column(text("name")), Column(text("fact"))),
        rows=tuple(facts.items()),
    )
