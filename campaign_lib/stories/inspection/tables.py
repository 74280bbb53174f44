"""How far the survey's answers hold and which figures change, as tables for people."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from campaign_lib.codebook import codebook
from campaign_lib.show.display import RIGHT, Column, Table
from campaign_lib.show.tables.labels import answer_label, question_label, rows_of, status_mark
from campaign_lib.show.tables.results import traced
from campaign_lib.words import MISSING, Words


def _said(words: Words, part: str) -> Any:
    return lambda name, **values: words(f"inspection.{part}.{name}", **values)


def range_of(low: float, high: float, words: Words) -> str:
    """Write an interval of a share in percent."""
    ends = {"low": words.percent(100 * low, 1), "high": words.percent(100 * high, 1)}
    return words("inspection.range", **ends)


def agreement_table(lines: pd.DataFrame, words: Words) -> Table:
    """Show, by question, how many answers agree, and what that tells of all.

    Args:
        lines: question, agreed, compared, no_answer, population, share, low, high, kappa.
        words: the reader's language.
    """
    text = _said(words, "answers")
    numbers = ("agreed", "percent", "interval", "population", "kappa", "no_answer")
    rows = (
        (
            question_label(line.question, words),
            words("inspection.of", count=line.agreed, base=line.compared),
            words.percent(100 * line.share, 1),
            range_of(line.low, line.high, words) if line.compared else MISSING,
            words.number(line.population),
            words.number(line.kappa, 2),
            words.number(line.no_answer),
        )
        for line in rows_of(lines)
    )
    columns = (Column(text("question")), *(Column(text(name), RIGHT) for name in numbers))
    return Table(text("caption"), columns, tuple(rows))


def directions_table(lines: pd.DataFrame, words: Words) -> Table:
    """Show which way answers differ.

    Args:
        lines: question, survey, found, households; of amounts `survey` is missing, and `found` is
            higher or lower.
        words: the reader's language.
    """
    text = _said(words, "directions")
    rows = []
    for line in rows_of(lines):
        of_amount = not codebook().tables["survey"].column(line.question).answers
        answers = (
            (text("amount"), text(line.found))
            if of_amount and pd.isna(line.survey)
            else (
                answer_label("survey", line.question, line.survey, words),
                answer_label("survey", line.question, line.found, words),
            )
        )
        name = question_label(line.question, words)
        rows.append((name, *answers, words.number(line.households)))
    columns = (
        Column(words("inspection.answers.question")),
        Column(text("survey")),
        Column(text("found")),
        Column(text("households"), RIGHT),
    )
    return Table(text("caption"), columns, tuple(rows), empty=text("none"))


def changes_table(lines: pd.DataFrame, checked: Mapping[str, int], words: Words) -> Table:
    """Set the commune's figures before and after side by side.

    Args:
        lines: the commune's rows of `campaign_lib.analysis.inspected_figures.changes`.
        checked: by indicator, how many households of its base were checked in full.
        words: the reader's language.
    """
    text = _said(words, "changes")
    rows = (
        (
            words(f"indicators.{line.indicator}.label"),
            words.number(checked[line.indicator]),
            *_before_and_after(line, words),
        )
        for line in rows_of(lines)
    )
    columns = (Column(text("indicator")), Column(text("checked"), RIGHT), *_both(words))
    return Table(text("caption"), columns, tuple(rows), note=text("note"))


def changed_villages_table(lines: pd.DataFrame, villages: Mapping[str, str], words: Words) -> Table:
    """List the villages whose figure or verdict changes.

    Args:
        lines: their rows of `campaign_lib.analysis.inspected_figures.changes`.
        villages: their names by code.
        words: the reader's language.
    """
    text = _said(words, "changes")
    rows = (
        (
            villages[line.place],
            words(f"indicators.{line.indicator}.label"),
            *_before_and_after(line, words),
        )
        for line in rows_of(lines)
    )
    columns = (Column(text("village")), Column(text("indicator")), *_both(words))
    return Table(text("villages"), columns, tuple(rows), empty=text("no_village"))


def _both(words: Words) -> tuple[Column, ...]:
    text = _said(words, "changes")
    return (
        Column(text("before"), RIGHT),
        Column(text("verdict")),
        Column(text("after"), RIGHT),
        Column(text("verdict_after")),
        Column(text("change"), RIGHT),
    )


def _before_and_after(line: Any, words: Words) -> tuple[Any, ...]:
    before = _figure(line.numerator, line.denominator, line.percent, words)
    difference = int(line.numerator_after) - int(line.numerator)
    sign = "+" if difference > 0 else "−" if difference < 0 else "±"
    return (
        traced(before, line),
        status_mark(line.status, words, certain=line.certain == "yes"),
        _figure(line.numerator_after, line.denominator, line.percent_after, words),
        status_mark(line.status_after, words, certain=line.certain_after == "yes"),
        f"{sign}{words.number(abs(difference))}",
    )


def _figure(numerator: Any, denominator: Any, percent: Any, words: Words) -> str:
    counted = words("inspection.of", count=int(numerator), base=int(denominator))
    return words("inspection.count_percent", counted=counted, percent=words.percent(percent))


def strata_table(lines: pd.DataFrame, villages: Mapping[str, str], words: Words) -> Table:
    """Show how many of each village and group were drawn, with the chance of each.

    Args:
        lines: village, counts, households, visits, chance.
        villages: their names by code.
        words: the reader's language.
    """
    text = _said(words, "sample")
    numbers = ("counted", "counted_chance", "others", "others_chance", "all")
    columns = (Column(text("village")), *(Column(text(name), RIGHT) for name in numbers))
    rows = [
        (villages[str(code)], *_drawn(own, words))
        for code, own in lines.groupby("village", sort=True)
    ]
    return Table(text("caption"), columns, (*rows, (text("total"), *_drawn(lines, words))))


def _drawn(own: pd.DataFrame, words: Words) -> tuple[str, ...]:
    """Write drawn / households of those that count and of the others, with chances, and of all."""
    cells: list[str] = []
    for counts in (True, False):
        group = own[own["counts"] == counts]
        visits, households = int(group["visits"].sum()), int(group["households"].sum())
        cells.append(words("inspection.of", count=visits, base=households))
        chances = group["chance"].drop_duplicates()
        cells.append(words.percent(100 * chances.iloc[0], 0) if len(chances) == 1 else MISSING)
    visits, households = int(own["visits"].sum()), int(own["households"].sum())
    return (*cells, words("inspection.of", count=visits, base=households))


def precision_table(lines: pd.DataFrame, chosen: int, words: Words) -> Table:
    """Show what samples of some sizes can tell, the chosen one marked.

    Args:
        lines: size, expected, worst (as shares); the last size is everyone.
        chosen: the size in use.
        words: the reader's language.
    """
    text = _said(words, "precision")
    everyone = int(lines["size"].max())
    rows = (
        (
            text("chosen", size=line.size) if line.size == chosen else words.number(line.size),
            words.percent(100 * line.size / everyone, 0),
            *(
                text("margin", points=words.number(100 * half, 1))
                for half in (line.expected, line.worst)
            ),
        )
        for line in rows_of(lines)
    )
    numbers = ("size", "share", "expected", "worst")
    return Table(text("caption"), tuple(Column(text(name), RIGHT) for name in numbers), tuple(rows))


def estimates_table(lines: pd.DataFrame, targets: Mapping[str, str], words: Words) -> Table:
    """Show the percentages that one may expect, had everyone been visited.

    Args:
        lines: as `analysis.inspected_figures.estimates` gives them, with quarter and place.
        targets: the plan's percentages by indicator, as they are written.
        words: the reader's language.
    """
    text = _said(words, "estimate")
    rows = (
        (
            traced(words(f"indicators.{line.indicator}.label"), line, beside=True),
            _figure(line.numerator, line.base, 100 * line.numerator / line.base, words),
            words("inspection.of", count=line.counted_found, base=line.counted_visited),
            words("inspection.of", count=line.others_found, base=line.others_visited),
            *_estimated(line, words),
            targets.get(line.indicator, MISSING),
        )
        for line in rows_of(lines[lines["base"] > 0])
    )
    columns = (
        Column(words("inspection.changes.indicator")),
        Column(words("inspection.changes.before"), RIGHT),
        *(Column(text(name), RIGHT) for name in ("counted", "others", "about")),
        Column(words("inspection.answers.interval"), RIGHT),
        Column(text("target"), RIGHT),
    )
    return Table(text("caption"), columns, tuple(rows))


def _estimated(line: Any, words: Words) -> tuple[str, str]:
    if not line.enough:
        return words("inspection.estimate.enough"), MISSING
    about = words(
        "inspection.estimate.about_cell",
        count=words.number(line.share * line.base),
        base=line.base,
        percent=words.percent(100 * line.share, 1),
    )
    return about, range_of(line.low, line.high, words)
