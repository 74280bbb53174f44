"""What the commune did: tasks with their evidence, models, communication sessions."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from campaign_lib.show.display import RIGHT, Cell, Column, Mark, Table
from campaign_lib.show.tables.commune_labels import commune_labels
from campaign_lib.show.tables.context import owner
from campaign_lib.show.tables.labels import (
    NOTHING,
    answer_label,
    labels_of,
    rows_of,
    text_or_nothing,
)
from campaign_lib.words import Words

#: How a task's state looks: as a verdict of the same tone.
_TONES = {"done": "met", "in_progress": "on_track", "not_started": "behind"}
_MODEL_NUMBERS = ("areas", "with_new", "new", "kept_up", "ended", "households")
_SESSION_NUMBERS = ("sessions", "attending", "both", "one", "neither")


def task_states_table(
    tasks: pd.DataFrame, reports: pd.DataFrame, caption: str, words: Words, *, evidence: bool
) -> Table:
    """List tasks of the plan with the latest report on each.

    Args:
        tasks: rows of the plan's tasks, in order.
        reports: the latest report on each task by the quarter's last day.
        caption: the table's.
        words: the reader's language.
        evidence: whether to show the evidence, as it was typed.
    """
    text, own = labels_of(words, "tasks"), commune_labels(words, "tasks")
    told = {report.task: report for report in rows_of(reports)}
    headings = [
        text("task"),
        text("owner"),
        text("state"),
        *([own("evidence")] if evidence else []),
    ]
    return Table(
        caption=caption,
        columns=tuple(map(Column, headings)),
        rows=tuple(
            (
                own("numbered", task=_in(task, words), section=task.section),
                owner(task.owner, words),
                _state(told.get(task.id), words),
                *((_evidence(told.get(task.id)),) if evidence else ()),
            )
            for task in rows_of(tasks)
        ),
        empty=text("none"),
    )


def _in(task: Any, words: Words) -> str:
    return str(task.vi if words.language == "vi" else task.en)


def _state(report: Any, words: Words) -> Cell:
    if report is None:
        return Mark(words("tables.tasks.not_reported"), "unmeasured")
    tone = _TONES[str(report.status)]
    state = answer_label("task_progress", "status", report.status, words)
    told = words("tables.tasks.reported", state=state, day=words.date(report.reported_on))
    return Mark(f"{words(f'codes.status.{tone}.mark')}\u00a0{told}", tone)


def _evidence(report: Any) -> str:
    return NOTHING if report is None else text_or_nothing(report.evidence)


def model_list_table(
    models: pd.DataFrame,
    caption: str,
    words: Words,
    *,
    named: bool,
    count: Callable[[Any], Cell],
    names: Mapping[str, str] | None = None,
) -> Table:
    """List models with their state.

    Args:
        models: rows with `state`.
        caption: the table's.
        words: the reader's language.
        named: whether to show name and field, as they were typed.
        count: writes a number of households.
        names: the villages' names by code, to say whose a residential area's model is.
    """
    text, own = labels_of(words, "models"), commune_labels(words, "models")
    typed = ("name", "field") if named else ()

    def cells(model: Any) -> tuple[Cell, ...]:
        return (
            *([_where(model, names, words)] if names else []),
            *(text_or_nothing(getattr(model, name)) for name in typed),
            own(f"state.{model.state}"),
            *(words.date(day) for day in (model.started_on, model.ended_on)),
            count(model.households),
        )

    headings = [*([own("where")] if names else []), *map(text, (*typed, "state", "started"))]
    return Table(
        caption=caption,
        columns=(*map(Column, [*headings, own("ended")]), Column(text("households"), RIGHT)),
        rows=tuple(cells(model) for model in rows_of(models)),
        empty=own("none_of_front"),
    )


def _where(model: Any, names: Mapping[str, str], words: Words) -> str:
    village = NOTHING if pd.isna(model.village) else names[model.village]
    if pd.isna(model.area):
        return words("commune_tables.models.no_area", village=village)
    return words("commune_tables.models.area", village=village, area=int(model.area))


def area_models_table(
    table: pd.DataFrame,
    total: Any,
    names: Mapping[str, str],
    words: Words,
    *,
    households: bool,
) -> Table:
    """Show the residential areas' models village by village, with a total of all villages.

    Args:
        table: from `campaign_lib.analysis.commune.models.models_by_village`, in the order to show.
        total: one row of the same columns: all villages together.
        names: the villages' names by code.
        words: the reader's language.
        households: whether to show how many households take part.
    """
    text = commune_labels(words, "area_models")
    shown = _MODEL_NUMBERS if households else _MODEL_NUMBERS[:-1]

    def numbers(line: Any) -> tuple[Cell, ...]:
        return tuple(words.number(getattr(line, name)) for name in shown)

    def without(line: Any) -> str:
        return ", ".join(words.number(area) for area in line.without) or NOTHING

    lines = [(names[line.village], *numbers(line), without(line)) for line in rows_of(table)]
    return Table(
        caption=text("caption"),
        columns=(
            Column(text("village")),
            *(Column(text(name), RIGHT) for name in shown),
            Column(text("without")),
        ),
        rows=(*lines, (text("total"), *numbers(total), "")),
        note=text("note"),
    )


def sessions_table(
    table: pd.DataFrame,
    key: str,
    label: Callable[[Any], str],
    words: Words,
    *,
    households: bool,
    total: pd.DataFrame | None = None,
) -> Table:
    """Show sessions by what stands in a column.

    Args:
        table: from `campaign_lib.analysis.commune.sessions.sessions_by`.
        key: its first column.
        label: gives the words for a value of it; a missing one has words of its own.
        words: the reader's language.
        households: whether to show how many households attended.
        total: one row more, of all sessions.
    """
    text = commune_labels(words, "sessions")
    unrecorded = bool(table["not_recorded"].any())
    names = (*_SESSION_NUMBERS, *(("not_recorded",) if unrecorded else ()))
    shown = [name for name in names if households or name != "attending"]

    def numbers(line: Any) -> tuple[str, ...]:
        return tuple(words.number(getattr(line, name)) for name in shown)

    said = (text("not_said") if pd.isna(value) else label(value) for value in table[key])
    rows = [(name, *numbers(line)) for name, line in zip(said, rows_of(table), strict=True)]
    if total is not None and len(table) > 1:
        rows += [(text("total"), *numbers(line)) for line in rows_of(total)]
    unknown = int(table["attending_unknown"].sum())
    return Table(
        caption=text(f"caption.{key}"),
        columns=(Column(text(f"by.{key}")), *(Column(text(name), RIGHT) for name in shown)),
        rows=tuple(rows) if table["sessions"].any() else (),
        note=text("attending_unknown", count=unknown) if unknown and households else "",
        empty=text("none"),
    )
