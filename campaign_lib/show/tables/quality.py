"""How far a quarter's data can be relied on, as tables: who was asked, what is unknown or wrong."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from campaign_lib.intake.problem_list import told
from campaign_lib.show.display import RIGHT, Column, Table
from campaign_lib.show.tables.labels import question_label, rows_of, status_mark
from campaign_lib.show.tables.results import count_of_base, traced
from campaign_lib.words import MISSING, Words

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
    kinds = problems.groupby(["file", "problem", "action"], sort=False)["column"]
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
                told(str(line.problem), words.language),
                told(str(line.action), words.language),
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
