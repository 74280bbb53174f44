"""The commune's report: what was done and what is ahead: tasks, models, communication sessions."""

from collections.abc import Callable
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
    Column,
    Mark,
    Passage,
    Table,
    columns_of,
    folded_away,
    heading,
    listing,
    paragraph,
    together,
)
from campaign_lib.show.tables.context import owner, tasks_table
from campaign_lib.show.tables.labels import (
    answer_label,
    households_text,
    number_of,
    rows_of,
    text_or_nothing,
)
from campaign_lib.stories.commune.quarter import CommuneStory
from campaign_lib.stories.telling import remark
from campaign_lib.words import MISSING, Words

#: How a task's state looks: as a verdict of the same tone.
_TONES = {"done": "met", "in_progress": "on_track", "not_started": "behind"}
STANDING, DONE = "all", "done"
#: Villages with models that are shown at once.
FIRST = 30
_SESSION_NUMBERS = ("sessions", "attending", "both", "one", "neither", "not_recorded")


def tasks(report: CommuneStory) -> Passage:
    """The quarter's tasks done and not done, earlier ones still open, and standing tasks."""
    reports = report.data.of_quarter("tasks_by_quarter").set_index("task")
    told = report.data.of_year("tasks").join(reports.drop(columns="quarter"), on="id")
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
    )


def _tasks_table(tasks: pd.DataFrame, caption: str, report: CommuneStory) -> Table:
    """List tasks with the latest report on each; in public without its evidence, as typed."""
    words = report.words
    text, own = words.under("tables.tasks"), words.under("commune_tables.tasks")

    def numbered(task: Any) -> str:
        said = task.vi if words.language == "vi" else task.en
        return own("numbered", task=said, section=task.section)

    return Table.of(
        tasks,
        columns_of(
            lambda name: (own if name == "evidence" else text)(name),
            (),
            ("evidence",),
            task=numbered,
            owner=lambda task: owner(task.owner, words),
            state=lambda task: _state(task, words),
            evidence=lambda task: text_or_nothing(task.evidence),
        ),
        caption,
        empty=text("none"),
        edition=report.edition,
    )


def _state(task: Any, words: Words) -> Mark:
    if pd.isna(task.status):
        return Mark(words("tables.tasks.not_reported"), "unmeasured")
    tone = _TONES[str(task.status)]
    state = answer_label("task_progress", "status", task.status, words)
    told = words("tables.tasks.reported", state=state, day=words.date(task.reported_on))
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


def models(report: CommuneStory) -> Passage:
    """Models of the Front against what the plan asks, and of the residential areas."""
    return report.section(
        "models",
        heading(report.text("models.front"), 3),
        _front(report),
        heading(report.text("models.areas"), 3),
        _areas(report),
    )


def _front(report: CommuneStory) -> Passage:
    data, text = report.data, report.text
    line = data.lines[data.lines["indicator"] == FRONT_MODELS.id]
    count = line["numerator"].iloc[0] if len(line) else None
    targets = data.of_year("targets")
    says = [text("models.front_count", count=count)]
    for wanted in rows_of(targets[targets["indicator"] == FRONT_MODELS.id]):
        says.append(text("models.at_least", least=wanted.at_least))
        if not pd.isna(wanted.at_most):
            says.append(text("models.at_most", most=wanted.at_most))
            if count is not None and count > wanted.at_most:
                says.append(text("models.above"))
    of_front = data.models[data.models["owner"] == FRONT]
    return together(
        paragraph(" ".join(says)), _model_list(of_front, text("models.front_caption"), report)
    )


def _areas(report: CommuneStory) -> Passage:
    """Show the areas' models village by village, those with the most bare areas first."""
    data, text = report.data, report.text
    table = models_by_village(data.models, data.of_quarter("areas_by_quarter"))
    total = table.drop(columns=["village", "without"]).sum()
    says = [
        text("models.area_count", new=int(total["with_new"]), all=int(total["areas"])),
        text("models.kept_up", kept=int(total["kept_up"]), ended=int(total["ended"])),
    ]
    if stray := without_an_area(data.models):
        says.append(text("models.stray", count=stray))
    if unknown := int(total["households_unknown"]):
        says.append(text("models.unknown", count=unknown))
    table["bare"], more = table["areas"] - table["with_new"], len(table) - FIRST
    table = table.sort_values(["bare", "village"], ascending=[False, True], kind="stable")
    shown = pd.concat([table.head(FIRST), total.to_frame().T.assign(village="")])
    return together(
        paragraph(" ".join(says)),
        _area_models_table(shown, report),
        paragraph(text("models.more", count=more), "note") if more > 0 else NOTHING,
        _area_list(report),
    )


def _area_models_table(table: pd.DataFrame, report: CommuneStory) -> Table:
    """Show the areas' models by village, all villages last; in public without the households."""
    words, text = report.words, report.words.under("commune_tables.area_models")
    names, numbers = (
        {**report.data.names, "": text("total")},
        ("areas", "with_new", "new", "kept_up", "ended", "households"),
    )

    def without(line: Any) -> str:
        return ", ".join(map(words.number, line.without)) or MISSING if line.village else ""

    return Table.of(
        table,
        columns_of(
            text,
            numbers,
            ("households",),
            village=lambda line: names[line.village],
            **{name: number_of(name, words) for name in numbers},
            without=without,
        ),
        text("caption"),
        note=text("note"),
        edition=report.edition,
    )


def _area_list(report: CommuneStory) -> Passage:
    """Name the areas' models of the villages that are few enough to be named."""
    models = report.data.models[report.data.models["owner"] == AREA]
    if report.is_public or models.empty or len(report.data.names) > FIRST:
        return NOTHING
    title = report.text("models.list", count=len(models))
    models = models.sort_values(["village", "area", "started_on"])
    return folded_away(title, _model_list(models, title, report, where=True))


def _model_list(
    models: pd.DataFrame, caption: str, report: CommuneStory, *, where: bool = False
) -> Table:
    """List models with their state; in public without name and field, as they were typed.

    Args:
        models: rows with `state`.
        caption: the table's.
        report: whose words and edition they are.
        where: whether to say whose a residential area's model is.
    """
    words = report.words
    text, own = words.under("tables.models"), words.under("commune_tables.models")

    def place(model: Any) -> str:
        village = MISSING if pd.isna(model.village) else report.data.names[model.village]
        if pd.isna(model.area):
            return own("no_area", village=village)
        return own("area", village=village, area=int(model.area))

    columns = columns_of(
        lambda name: (own if name in ("where", "ended") else text)(name),
        ("households",),
        ("name", "field"),
        where=place,
        name=lambda model: text_or_nothing(model.name),
        field=lambda model: text_or_nothing(model.field),
        state=lambda model: own(f"state.{model.state}"),
        started=lambda model: words.date(model.started_on),
        ended=lambda model: words.date(model.ended_on),
        households=lambda model: households_text(model.households, words, report.edition),
    )
    shown = columns if where else columns[1:]
    return Table.of(models, shown, caption, empty=own("none_of_front"), edition=report.edition)


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
    return report.section("sessions", _sessions_now(now, report), _silent(now, report), *tables)


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
