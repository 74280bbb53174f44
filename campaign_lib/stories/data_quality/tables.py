"""How far a quarter's data can be relied on, as tables: who was asked, what is unknown or wrong."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from campaign_lib.analysis.quality.checks import BEFORE, Outcome
from campaign_lib.analysis.quality.standard import STATUSES, Standard
from campaign_lib.intake.problem_list import action_told, told
from campaign_lib.show.charts.drawing import GREY, REACHED, WANTED, as_svg, drawing
from campaign_lib.show.display import RIGHT, Chart, Column, Table
from campaign_lib.show.tables.labels import answer_label, question_label, rows_of, status_mark
from campaign_lib.show.tables.results import count_of_base, traced
from campaign_lib.words import MISSING, Words, is_missing

#: A page shows so many lines of a table that is sorted by what matters most.
WORST = 30


def quality_text(words: Words, table: str) -> Callable[..., str]:
    """Give the words of one table of this story by their last name."""
    return lambda name, **values: words(f"data_quality.{table}.{name}", **values)


def the_worst(lines: pd.DataFrame, words: Words, note: str = "") -> tuple[pd.DataFrame, str]:
    """Give the first lines of a table, and its note with how many more there are."""
    more = len(lines) - WORST
    if more <= 0:
        return lines, note
    said = words("data_quality.more", shown=WORST, more=more)
    return lines.head(WORST), f"{said} {note}".strip()


def part_of(count: Any, base: Any, words: Words) -> str:
    """Write a count with what it is a part of: 12/18."""
    return f"{words.number(count)}/{words.number(base)}"


def share_of(count: Any, base: Any, words: Words, decimals: int = 1) -> str:
    """Write a count, its base and the percentage; – of nothing."""
    if not base:
        return part_of(count, base, words)
    percent = words.percent(100 * int(count) / int(base), decimals)
    return f"{part_of(count, base, words)} ({percent})"


def _headings(text: Callable[..., str], names: Sequence[str], numbers: int) -> tuple[Column, ...]:
    """Give the headings of a table; the last `numbers` of them are of numbers."""
    first = len(names) - numbers
    return tuple(Column(text(name), RIGHT if at >= first else "") for at, name in enumerate(names))


def coverage_table(villages: pd.DataFrame, names: dict[str, str], words: Words) -> Table:
    """Show how far each village was surveyed, and when."""
    text = quality_text(words, "coverage")
    shown, note = the_worst(villages, words, text("note"))
    headings = ("village", "first", "middle", "last", "cohort", "present", "late", "days_left")
    return Table(
        caption=text("caption"),
        columns=_headings(text, headings, 4),
        rows=tuple(
            (
                names.get(line.village, line.village),
                *map(words.date, (line.first, line.middle, line.last)),
                part_of(line.cohort_surveyed, line.cohort, words),
                part_of(line.present_surveyed, line.present, words),
                share_of(line.late, line.forms, words),
                words.number(line.days_left),
            )
            for line in rows_of(shown)
        ),
        note=note,
        empty=text("none"),
    )


def enumerators_table(people: pd.DataFrame, words: Words) -> Table:
    """Show how much each enumerator asked, and what came of it."""
    text = quality_text(words, "enumerators")
    shown, note = the_worst(people, words, text("note"))
    headings = ("enumerator", "forms", "days", "per_day", "most", "unknown", "alike")
    return Table(
        caption=text("caption"),
        columns=_headings(text, headings, 6),
        rows=tuple(
            (
                enumerator_name(line.enumerator, words),
                words.number(line.forms),
                words.number(line.days),
                words.number(line.forms / line.days, 1),
                words.number(line.most_on_a_day),
                share_of(line.unknown, line.asked, words),
                MISSING if pd.isna(line.enumerator) else part_of(line.alike, line.forms, words),
            )
            for line in rows_of(shown)
        ),
        note=note,
        empty=text("none"),
    )


def enumerator_name(name: Any, words: Words) -> str:
    """Name an enumerator; a form may not say who filled it in."""
    return words("data_quality.enumerators.nobody") if pd.isna(name) else str(name)


def unknowns_table(questions: pd.DataFrame, caption: str, words: Words) -> Table:
    """Show the questions that were left without an answer, of all forms."""
    text = quality_text(words, "unknowns")
    return Table(
        caption=caption,
        columns=_headings(text, ("question", "unknown", "asked", "percent"), 3),
        rows=tuple(
            (
                question_label(line.question, words),
                words.number(line.unknown),
                words.number(line.asked),
                words.percent(100 * line.unknown / line.asked, 1),
            )
            for line in rows_of(questions)
        ),
        empty=text("none"),
    )


def unknowns_by_village_table(
    villages: pd.DataFrame, questions: Sequence[str], names: dict[str, str], words: Words
) -> Table:
    """Show where some questions were left without an answer."""
    text = quality_text(words, "unknowns_by_village")
    shown, note = the_worst(villages, words, text("note"))
    return Table(
        caption=text("caption"),
        columns=(
            Column(text("village")),
            *(Column(question_label(code, words), RIGHT) for code in questions),
        ),
        rows=tuple(
            (
                names.get(line["village"], line["village"]),
                *(part_of(line[f"unknown_{c}"], line[f"asked_{c}"], words) for c in questions),
            )
            for line in shown.to_dict("records")
        ),
        note=note,
        empty=text("none"),
    )


def hanging_table(lines: pd.DataFrame, words: Words) -> Table:
    """Show, for each target of the commune, what the unknown answers could still change."""
    text = quality_text(words, "hanging")
    headings = ("indicator", "status", "count", "unknown", "percent", "high")
    return Table(
        caption=text("caption"),
        columns=_headings(text, headings, 4),
        rows=tuple(
            (
                traced(words(f"indicators.{line.indicator}.label"), line, beside=True),
                status_mark(str(line.status), words, certain=line.certain == "yes"),
                count_of_base(line, words),
                words.number(line.unknown),
                # Where nothing bounds it from above, the percentage is another kind of figure.
                words.percent(line.percent if pd.notna(line.percent_high) else None),
                words.percent(line.percent_high),
            )
            for line in rows_of(lines)
        ),
        note=text("note"),
        empty=text("none"),
    )


def problems_by_kind_table(problems: pd.DataFrame, words: Words) -> Table:
    """Count what was wrong with the raw files by file, kind and what became of it."""
    text = quality_text(words, "problems")
    kinds = problems.groupby(["file", "message", "action"], sort=False)["column"]
    counted = kinds.agg(lines="size", columns=lambda names: ", ".join(dict.fromkeys(names)))
    worst = counted.reset_index().sort_values("lines", ascending=False, kind="stable")
    shown, note = the_worst(worst, words)
    return Table(
        caption=text("caption"),
        columns=_headings(text, ("file", "columns", "problem", "action", "lines"), 1),
        rows=tuple(
            (
                line.file,
                line.columns,
                told(line.message, words.language),
                action_told(line.action, words.language),
                words.number(line.lines),
            )
            for line in rows_of(shown)
        ),
        note=note,
        empty=text("none"),
    )


def files_table(files: pd.DataFrame, words: Words) -> Table:
    """Show how many rows of each file were read, and what became of them."""
    text = quality_text(words, "files")
    counts = ("rows_read", "rows_kept", "rows_refused", "rows_superseded")
    return Table(
        caption=text("caption"),
        columns=_headings(text, ("file", *counts), 4),
        rows=tuple(
            (line.file, *(words.number(getattr(line, name)) for name in counts))
            for line in rows_of(files)
        ),
        note=text("note"),
        empty=text("none"),
    )


# Contradictions, statuses of poverty that differ, and households to ask again, as tables.

_CELLS = (*STATUSES, "unknown")


def check_text(check: str, what: str, words: Words) -> str:
    """Give a check's words: label, why, or do."""
    return words(f"data_quality.checks.{check}.{what}")


def checks_table(outcomes: Sequence[Outcome], caption: str, words: Words) -> Table:
    """Show what each check found: how often, among how many, why it matters, and what to do."""
    text = quality_text(words, "checks_table")
    return Table(
        caption=caption,
        columns=(
            Column(text("check")),
            Column(text("found"), RIGHT),
            Column(text("looked_at"), RIGHT),
            Column(text("unknown"), RIGHT),
            Column(text("why")),
            Column(text("do")),
        ),
        rows=tuple(
            (
                check_text(outcome.name, "label", words),
                *_counts(outcome, words),
                check_text(outcome.name, "why", words),
                check_text(outcome.name, "do", words),
            )
            for outcome in outcomes
        ),
        note=text("not_asked_note" if any(one.missing for one in outcomes) else "note"),
    )


def _counts(outcome: Outcome, words: Words) -> tuple[str, str, str]:
    """Write a check's numbers; where its question was not asked, that."""
    if outcome.missing:
        return words("data_quality.checks_table.not_asked"), MISSING, MISSING
    numbers = (len(outcome.found), outcome.looked_at, outcome.unknown)
    found, looked_at, unknown = map(words.number, numbers)
    return found, looked_at, unknown


def status_table(counted: pd.DataFrame, words: Words) -> Table:
    """Cross the official statuses (lines) with those that the answers give (columns)."""
    text = quality_text(words, "statuses")
    return Table(
        caption=text("caption"),
        columns=(
            Column(text("official")),
            *(Column(text(f"computed_{status}"), RIGHT) for status in _CELLS),
            Column(text("all"), RIGHT),
        ),
        rows=tuple(
            (
                text(f"official_{status}"),
                *(words.number(counted.loc[status, one]) for one in _CELLS),
                words.number(counted.loc[status].sum()),
            )
            for status in _CELLS
        ),
        note=text("note"),
    )


def differing_table(
    homes: pd.DataFrame, names: Mapping[str, str], standard: Standard, words: Words
) -> Table:
    """List the households whose status and answers cannot both be right."""
    text = quality_text(words, "differing")
    shown, note = the_worst(homes, words)
    return Table(
        caption=text("caption"),
        columns=tuple(Column(text(name)) for name in ("household", "village", "reason")),
        rows=tuple(
            (
                household_name(home, words),
                names.get(str(home.village), str(home.village)),
                status_reason(home, standard, words),
            )
            for home in rows_of(shown)
        ),
        note=note,
        empty=text("none"),
    )


def household_name(home: Any, words: Words) -> str:
    """Write a household's id and its head."""
    if is_missing(home.head_name):
        return str(home.household)
    return words("data_quality.who", household=home.household, head=home.head_name)


def status_reason(home: Any, standard: Standard, words: Words) -> str:
    """Say why a status and the answers do not fit: the status, then what was answered."""
    text = quality_text(words, "reasons")
    said = [
        text("official", status=answer_label("poverty_status", "status", home.status_now, words))
    ]
    if is_missing(home.income):
        said.append(text("income_unknown"))
    else:
        above = "income_above" if home.income > standard.income else "income_below"
        said.append(text(above, income=home.income, line=standard.income))
    if is_missing(home.income) or home.income <= standard.income:
        said.append(text("deprived", deprived=home.deprived, needed=standard.deprivations))
        if home.deprived_unknown:
            said.append(text("deprived_unknown", unknown=home.deprived_unknown))
    return "; ".join(said)


def again_table(
    caption: str, lines: pd.DataFrame, say: Callable[[pd.DataFrame], str], words: Words
) -> Table:
    """List one village's households to ask again, with room to write what was found.

    Args:
        caption: the village, and how many.
        lines: a line per reason (`campaign_lib.analysis.quality.coverage`).
        say: all reasons of one household in words.
        words: the reader's language.
    """
    text = quality_text(words, "again_table")
    rows = []
    for _, reasons in lines.groupby("household", sort=False):
        first = next(rows_of(reasons))
        asked_by = "" if is_missing(first.enumerator) else enumerator_name(first.enumerator, words)
        rows.append((household_name(first, words), asked_by or MISSING, say(reasons), ""))
    return Table(
        caption=caption,
        columns=tuple(
            Column(text(name)) for name in ("household", "enumerator", "about", "result")
        ),
        rows=tuple(rows),
    )


def answers_told(home: Mapping[str, Any], questions: Sequence[str], words: Words) -> str:
    """Write a household's answers to some questions; with `before_` answers, what has changed."""
    each = (_told(home, code, words) for code in questions)
    return ", ".join(said for said in each if said)


def _told(home: Mapping[str, Any], code: str, words: Words) -> str:
    label, now = question_label(code, words), _answer(code, home[code], words)
    if f"{BEFORE}{code}" not in home:
        return words("data_quality.told.now", question=label, answer=now)
    before = _answer(code, home[f"{BEFORE}{code}"], words)
    if before == now:
        return ""
    return words("data_quality.told.then", question=label, before=before, answer=now)


def _answer(code: str, value: Any, words: Words) -> str:
    if is_missing(value):
        return words("codes.answer.unknown")
    if isinstance(value, float):
        return words.number(value, 0 if value == int(value) else 1)
    return answer_label("survey", code, value, words)


# When a quarter's forms were filled in, as a chart.

_TICKS = 4


def surveys_by_day_chart(
    days: pd.DataFrame, last_day: date, due: date, words: Words, source: str
) -> Chart:
    """Show how many forms were filled in each day, the quarter's last day and the report's.

    Args:
        days: day, forms: every day from the first form to the last.
        last_day: the quarter's.
        due: when the report is due.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    first = pd.Timestamp(days["day"].iloc[0])
    last = max(map(pd.Timestamp, (days["day"].iloc[-1], last_day, due)))
    with drawing(2.7) as figure:
        axes = figure.add_axes((0.07, 0.14, 0.83, 0.66))
        axes.bar((days["day"] - first).dt.days, days["forms"], 0.8, color=REACHED)
        for name, day, style, above in (("last_day", last_day, "--", 5), ("due", due, "-", 19)):
            at = (pd.Timestamp(day) - first).days
            axes.axvline(at, color=WANTED, linestyle=style, linewidth=1.4)
            axes.annotate(
                words(f"data_quality.by_day.{name}", day=day), (at, 1.0), (0, above),
                xycoords=("data", "axes fraction"), textcoords="offset points",
                ha="right", color=WANTED, fontsize=9,
            )  # fmt: skip
        _name_days(axes, first, (last - first).days, words)
        axes.set(ylim=(0, int(days["forms"].max()) * 1.05), ylabel="")
        svg = as_svg(figure)
    title = words("data_quality.by_day.title")
    return Chart(svg, title, _said(days, words), f"{words('data_quality.by_day.key')} {source}")


def _name_days(axes: Axes, first: pd.Timestamp, span: int, words: Words) -> None:
    """Write a few of the days under the axis, whole numbers beside the other."""
    ticks = np.unique(np.linspace(0, span, min(_TICKS, span + 1)).round().astype(int))
    names = [words.date((first + pd.Timedelta(days=int(at))).date()) for at in ticks]
    axes.set_xticks(ticks, names, fontsize=9)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlim=(-1, span + 1))
    axes.tick_params(colors=GREY)


def _said(days: pd.DataFrame, words: Words) -> str:
    """Say in words what the chart shows."""
    most = days.iloc[int(days["forms"].to_numpy().argmax())]
    return words(
        "data_quality.by_day.said",
        forms=int(days["forms"].sum()),
        first=days["day"].iloc[0],
        last=days["day"].iloc[-1],
        most=int(most["forms"]),
        day=most["day"],
    )
