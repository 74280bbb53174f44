"""What surrounds the figures: models, activities, funding, tasks, data quality, as tables."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

import pandas as pd

from campaign_lib.base.editions import INTERNAL, PUBLIC, Edition
from campaign_lib.intake.problem_list import action_told, told
from campaign_lib.show.display import Cell, InVietnamese, Table, columns_of
from campaign_lib.show.tables.labels import (
    answer_label,
    households_text,
    question_label,
    text_or_nothing,
)
from campaign_lib.words import LANGUAGES, Words


def models_table(models: pd.DataFrame, words: Words, edition: Edition = INTERNAL) -> Table:
    """List models that were built this year, are kept up, or are registered and have not begun.

    In public without what was typed.
    """
    text = words.under("tables.models")

    def state(model: Any) -> str:
        if model.built_this_year:
            return text("built_new")
        return text("kept_up" if model.kept_up else "registered")

    return Table.of(
        models,
        columns_of(
            text,
            ("households",),
            ("name", "field"),  # what a model is called may be somebody's name
            name=lambda model: text_or_nothing(model.name),
            field=lambda model: text_or_nothing(model.field),
            owner=lambda model: answer_label("models", "owner", model.owner, words),
            area=lambda model: words.number(model.area),
            started=lambda model: words.date(model.started_on),
            state=state,
            households=lambda model: households_text(model.households, words, edition),
        ),
        text("caption"),
        empty=text("none"),
        edition=edition,
    )


def activities_table(activities: pd.DataFrame, words: Words, edition: Edition = INTERNAL) -> Table:
    """List the campaign's activities of a year so far; in public count them by who led them."""
    text = words.under("tables.activities")

    def leader(line: Any) -> str:
        return answer_label("activities", "led_by", line.led_by, words)

    if edition == PUBLIC:
        counts = activities["led_by"].value_counts(dropna=False, sort=False)
        columns = columns_of(
            text,
            ("how_many",),
            led_by=leader,
            how_many=lambda line: words.number(line.how_many),
        )
        return Table.of(
            counts.rename("how_many").reset_index(),
            columns,
            text("by_leader"),
            empty=text("none"),
            edition=edition,
        )
    columns = columns_of(
        text,
        ("attending",),
        held_on=lambda activity: words.date(activity.held_on),
        kind=lambda activity: text_or_nothing(activity.kind),
        led_by=leader,
        integrated=lambda activity: _movements(activity.integrated_with, words),
        attending=lambda activity: words.number(activity.households_attending),
    )
    return Table.of(activities.sort_values("held_on"), columns, text("caption"), empty=text("none"))


def _movements(codes: Any, words: Words) -> str:
    if pd.isna(codes):
        return words("codes.answer.unknown")
    return "; ".join(words(f"tables.activities.{one or 'neither'}") for one in codes.split(";"))


def funding_table(funding: pd.DataFrame, words: Words, edition: Edition = INTERNAL) -> Table:
    """Show what was planned and disbursed, by quarter, programme and purpose, with the total.

    What somebody typed as a purpose may name a person: the public edition has none.
    """
    text = words.under("tables.funding")
    order = [name for name in ("quarter", "programme", "purpose") if name in funding]
    amounts = funding[["planned", "disbursed"]]
    planned, disbursed = amounts["planned"], amounts["disbursed"]
    lines = funding.assign(share=100 * disbursed / planned.where(planned > 0)).sort_values(order)
    if len(lines):
        known = amounts.dropna().sum()  # a share is one of what is known of both
        share = 100 * known["disbursed"] / known["planned"] if known["planned"] > 0 else None
        total = pd.DataFrame([{**amounts.sum(), "share": share}])
        lines = pd.concat([lines, total], ignore_index=True)

    def unless_total(cell: Callable[[Any], str], total: str = "") -> Callable[[Any], str]:
        return lambda line: total if pd.isna(line.quarter) else cell(line)

    note = text("note") if amounts.isna().any(axis=None) else ""
    columns = columns_of(
        text,
        ("planned", "disbursed", "share"),
        ("purpose", "agency"),
        quarter=unless_total(lambda line: words.quarter_short(str(line.quarter)), text("total")),
        programme=unless_total(
            lambda line: answer_label("funding", "programme", line.programme, words)
        ),
        purpose=unless_total(lambda line: text_or_nothing(line.purpose)),
        agency=unless_total(lambda line: text_or_nothing(line.agency)),
        planned=lambda line: words.number(line.planned, 1),
        disbursed=lambda line: words.number(line.disbursed, 1),
        share=lambda line: words.percent(line.share, 1),
    )
    if edition == INTERNAL and funding["agency"].isna().all():  # no list that names an agency
        columns = tuple(one for one in columns if one.label != text("agency"))
    return Table.of(lines, columns, text("caption"), note=note, empty=text("none"), edition=edition)


def tasks_table(
    tasks: pd.DataFrame,
    progress: pd.DataFrame | None,
    caption: str,
    words: Words,
    *,
    has_plan: bool = True,
) -> Table:
    """List tasks of the plan, and where progress is given, how far each has come.

    Without a task it says whether there is no plan (`has_plan`), or none in the plan.
    """
    text = words.under("tables.tasks")
    reports = None if progress is None else progress.set_index("task")
    columns = columns_of(
        text,
        task=lambda task: task_told(task, words),
        owner=lambda task: owner(task.owner, words),
        section=lambda task: task.section,
        state=lambda task: _task_state(task.id, reports, words),
    )
    shown = columns[:-1] if reports is None else columns
    return Table.of(tasks, shown, caption, empty=text("none" if has_plan else "no_plan"))


def task_told(task: Any, words: Words, key: str = "") -> Cell:
    """Tell a task of the plan; in Vietnamese, and marked so, where it has no other text.

    Args:
        task: a row of `tasks`.
        words: the page's.
        key: of a text around it, with `task` and its `section`; "" is the task alone.
    """
    own = str(getattr(task, words.language))
    speaks, text = (words, own) if own else (Words(LANGUAGES[0]), task.vi)
    said = speaks(key, task=text, section=task.section) if key else text
    return said if own else InVietnamese(said)


def owner(code: str, words: Words) -> str:
    """Give the words for who owns a task; a plan may name owners that have none."""
    key = f"codes.owner.{code}"
    return words(key) if words.has(key) else code


def _task_state(task: str, reports: Any, words: Words) -> str:
    if task not in reports.index:
        return words("tables.tasks.not_reported")
    report = reports.loc[task]
    return words(
        "tables.tasks.reported",
        state=answer_label("task_progress", "status", report["status"], words),
        day=words.date(report["reported_on"]),
    )


def unknowns_table(unknown: pd.DataFrame, words: Words) -> Table:
    """Show the questions that were left without an answer."""
    text = words.under("tables.unknowns")
    return Table.of(
        unknown,
        columns_of(
            text,
            ("unknown", "asked"),
            question=lambda line: question_label(line.question, words),
            unknown=lambda line: words.number(line.unknown),
            asked=lambda line: words.number(line.asked),
        ),
        text("caption"),
        empty=text("none"),
    )


def problems_table(problems: pd.DataFrame, words: Words) -> Table:
    """List what was wrong with the raw files."""
    text = words.under("tables.problems")
    return Table.of(
        problems,
        columns_of(
            text,
            ("row",),
            file=attrgetter("file"),
            row=lambda line: text_or_nothing(line.row),
            column=attrgetter("column"),
            value=attrgetter("value"),
            problem=lambda line: told(line.message, words.language),
            action=lambda line: action_told(line.action, words.language),
        ),
        text("caption"),
        empty=text("none"),
    )


def facts_table(caption: str, facts: Mapping[str, str], words: Words) -> Table:
    """Show facts by name, such as what a report was built from."""
    return Table.of(
        pd.DataFrame(facts.items(), columns=["name", "fact"]),
        columns_of(words.under("tables.facts"), name=attrgetter("name"), fact=attrgetter("fact")),
        caption,
    )
