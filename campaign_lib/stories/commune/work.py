"""The commune's report: what was done and what is ahead: tasks, models, communication sessions."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from campaign_lib.analysis.commune import (
    AREA,
    FRONT,
    models_by_village,
    sessions_by,
    villages_without,
    without_an_area,
)
from campaign_lib.base.quarters import Quarter
from campaign_lib.indicators.ten import FRONT_MODELS
from campaign_lib.show.display import (
    NOTHING,
    RIGHT,
    Cell,
    Column,
    Mark,
    Passage,
    Shown,
    Table,
    folded_away,
    heading,
    listing,
    paragraph,
    together,
)
from campaign_lib.show.tables.context import owner, tasks_table
from campaign_lib.show.tables.labels import (
    answer_label,
    commune_labels,
    labels_of,
    rows_of,
    text_or_nothing,
)
from campaign_lib.stories.commune.quarter import CommuneStory
from campaign_lib.stories.commune.screen import CommuneScreen
from campaign_lib.words import MISSING, Words

# What the commune did: tasks with their evidence, models, communication sessions.

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
    return MISSING if report is None else text_or_nothing(report.evidence)


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
    village = MISSING if pd.isna(model.village) else names[model.village]
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
        table: from `campaign_lib.analysis.commune.models_by_village`, in the order to show.
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
        return ", ".join(words.number(area) for area in line.without) or MISSING

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
        table: from `campaign_lib.analysis.commune.sessions_by`.
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


STANDING, DONE = "all", "done"
#: Villages with models that are shown at once.
FIRST = 30


class WorkSection(CommuneStory):
    """Tasks done and not, what is ahead, models, sessions."""

    def tasks(self) -> Passage:
        """The quarter's tasks done and not done, earlier ones still open, and standing tasks."""
        tasks, reports = self.data.of_year("tasks"), self.data.of_quarter("tasks_by_quarter")
        done = set(reports.loc[reports["status"] == DONE, "task"])
        number = self.data.quarter.number
        now = tasks[tasks["quarter"] == f"Q{number}"]
        earlier = tasks[tasks["quarter"].isin([f"Q{one}" for one in range(1, number)])]
        left = earlier[~earlier["id"].isin(done)]
        tables: list[Shown] = [self._task_table(now, reports, "now")]
        if len(left):
            tables.append(self._task_table(left, reports, "left"))
        standing = tasks[tasks["quarter"] == STANDING]
        tables.append(self._task_table(standing, reports, "all"))
        says = self.text(
            "tasks.done" if len(now) else "tasks.none", **self._counts(now["id"].isin(done))
        )
        return self.section("tasks", paragraph(says), *tables)

    def _counts(self, done: pd.Series) -> dict[str, object]:
        return {"done": int(done.sum()), "all": len(done)} if len(done) else {}

    def _task_table(self, tasks: pd.DataFrame, reports: pd.DataFrame, which: str) -> Table:
        values = {"quarter": self.when} if which == "now" else {}
        caption = self.text(f"tasks.caption.{which}", **values)
        return task_states_table(tasks, reports, caption, self.words, evidence=not self.is_public)

    def ahead(self) -> Passage:
        """The next quarter's tasks, and the next step of each target that is not met."""
        when = self.words.quarter(str(self.data.quarter.next()))
        return self.section("ahead", self.tasks_ahead(), self._steps(), quarter=when)

    def tasks_ahead(self) -> Shown:
        """List the next quarter's tasks; after the last one they are of the next year's plan."""
        coming = self.data.quarter.next()
        tasks = self.data.of_year("tasks", ahead=coming.year - self.data.quarter.year)
        due = tasks[tasks["quarter"] == f"Q{coming.number}"]
        when = self.words.quarter(str(coming))
        if due.empty:
            return paragraph(self.text("ahead.no_tasks", quarter=when))
        return tasks_table(due, None, self.text("ahead.caption", quarter=when), self.words)

    def _steps(self) -> Passage:
        steps = CommuneScreen(self.data, self.words).steps()
        if not steps:
            return NOTHING
        return heading(self.text("ahead.steps"), 3) + listing(steps, numbered=True)

    def models(self) -> Passage:
        """Models of the Front against what the plan asks, and of the residential areas."""
        return self.section(
            "models",
            heading(self.text("models.front"), 3),
            self._front(),
            heading(self.text("models.areas"), 3),
            self._areas(),
        )

    def _front(self) -> Passage:
        models = self.data.models[self.data.models["owner"] == FRONT]
        line = self.data.lines[self.data.lines["indicator"] == FRONT_MODELS.id]
        targets = self.data.of_year("targets")
        target = targets[targets["indicator"] == FRONT_MODELS.id]
        count = line["numerator"].iloc[0] if len(line) else None
        says = [self.text("models.front_count", count=count)]
        for wanted in rows_of(target):
            says.append(self.text("models.at_least", least=wanted.at_least))
            if not pd.isna(wanted.at_most):
                says.append(self.text("models.at_most", most=wanted.at_most))
                if count is not None and count > wanted.at_most:
                    says.append(self.text("models.above"))
        table = model_list_table(
            models,
            self.text("models.front_caption"),
            self.words,
            named=not self.is_public,
            count=self.count,
        )
        return together(paragraph(" ".join(says)), table)

    def _areas(self) -> Passage:
        table = models_by_village(self.data.models, self.data.of_quarter("areas_by_quarter"))
        total = table.drop(columns=["village", "without"]).sum()
        says = [
            self.text("models.area_count", new=int(total["with_new"]), all=int(total["areas"])),
            self.text("models.kept_up", kept=int(total["kept_up"]), ended=int(total["ended"])),
        ]
        if stray := without_an_area(self.data.models):
            says.append(self.text("models.stray", count=stray))
        if unknown := int(total["households_unknown"]):
            says.append(self.text("models.unknown", count=unknown))
        table["bare"] = table["areas"] - table["with_new"]
        table = table.sort_values(["bare", "village"], ascending=[False, True], kind="stable")
        shown = table.head(FIRST)
        return together(
            paragraph(" ".join(says)),
            area_models_table(
                shown, total, self.data.names, self.words, households=not self.is_public
            ),
            self._more(len(table) - len(shown)),
            self._area_list(),
        )

    def _more(self, count: int) -> Passage:
        return paragraph(self.text("models.more", count=count), "note") if count > 0 else NOTHING

    def _area_list(self) -> Passage:
        """Name the areas' models of the villages that are few enough to be named."""
        models = self.data.models[self.data.models["owner"] == AREA]
        if self.is_public or models.empty or len(self.data.names) > FIRST:
            return NOTHING
        title = self.text("models.list", count=len(models))
        table = model_list_table(
            models.sort_values(["village", "area", "started_on"]),
            title,
            self.words,
            named=True,
            count=self.count,
            names=self.data.names,
        )
        return folded_away(title, table)

    def sessions(self) -> Passage:
        """Communication sessions by quarter, by who led them and by kind."""
        held = self.data.activities
        now = held[held["held_in"] == self.data.code]
        numbers = range(1, self.data.quarter.number + 1)
        quarters = [str(Quarter(self.data.quarter.year, number)) for number in numbers]
        total = sessions_by(held.assign(all=""), "all")
        tables = [
            sessions_table(
                sessions_by(held, "held_in", quarters),
                "held_in",
                self.words.quarter_short,
                self.words,
                households=not self.is_public,
                total=total,
            ),
            sessions_table(
                sessions_by(held, "led_by", held["led_by"].cat.categories),
                "led_by",
                lambda code: answer_label("activities", "led_by", code, self.words),
                self.words,
                households=not self.is_public,
            ),
        ]
        if not self.is_public:
            by_kind = sessions_by(held, "kind")
            tables.append(
                sessions_table(by_kind, "kind", text_or_nothing, self.words, households=True)
            )
        return self.section("sessions", self._sessions_now(now), self._silent(now), *tables)

    def _sessions_now(self, now: pd.DataFrame) -> Passage:
        (counted,) = rows_of(sessions_by(now.assign(all=""), "all", [""]))
        whole = int(now["village"].isna().sum())
        values = {"count": counted.sessions, "whole": whole}
        says = self.text("sessions.now", integrated=counted.both + counted.one, **values)
        attending = self.count(counted.attending)
        return paragraph(f"{says} {self.text('sessions.attending', count=str(attending))}")

    def _silent(self, now: pd.DataFrame) -> Passage:
        silent = villages_without(now, self.data.names)
        if not silent:
            return paragraph(self.text("sessions.everywhere"))
        names = self.words.listed(self.data.names[code] for code in silent[:FIRST])
        more = len(silent) - FIRST
        said = self.text("sessions.silent", count=len(silent), villages=names)
        if more > 0:
            said = self.text("sessions.silent_more", count=len(silent), villages=names, more=more)
        return paragraph(said, "warning")
