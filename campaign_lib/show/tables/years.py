"""Several years side by side, for people: figures, bases, poverty, and what is missing."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from campaign_lib.analysis.assessment import NO_FIGURE, UNMEASURED
from campaign_lib.base.figures import Figure
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.show.display import RIGHT, Cell, Column, Mark, Table, Traced
from campaign_lib.show.tables.assessment import figure_text
from campaign_lib.show.tables.labels import NOTHING, question_label, rows_of
from campaign_lib.show.tables.results import Aims, percent_of, traced
from campaign_lib.words import Words

_KEY = "three_year_review.table"


def _headings(
    years: Sequence[int], words: Words, first: str, align: str = ""
) -> tuple[Column, ...]:
    return (Column(words(f"{_KEY}.{first}")), *(Column(str(year), align) for year in years))


def figures_table(
    lines: pd.DataFrame,
    ids: Sequence[str],
    aims: Mapping[int, Aims],
    words: Words,
    *,
    caption: str,
) -> Table:
    """Show each indicator's figure in each year beside that year's own target.

    Args:
        lines: lines of results with `year`.
        ids: the indicators, in order.
        aims: what each year's plan asks, by year.
        words: the reader's language.
        caption: the table's.
    """
    found = {(line.year, line.indicator): line for line in rows_of(lines)}
    return Table(
        caption=caption,
        columns=_headings(list(aims), words, "indicator"),
        rows=tuple(
            (
                words(f"indicators.{one}.label"),
                *(_figure(found.get((year, one)), aims[year], words) for year in aims),
            )
            for one in ids
        ),
        note=words(f"{_KEY}.figures_note"),
    )


def _figure(line: Any, aims: Aims, words: Words) -> Cell:
    if line is None:
        return Mark(words(f"{_KEY}.no_survey"), UNMEASURED)
    sign = words(f"codes.status.{line.status}.mark")
    if line.status == UNMEASURED:
        label = words(f"codes.status.{UNMEASURED}.label")
        return traced(Mark(f"{sign}\u00a0{label}", UNMEASURED), line)
    parts = [f"{sign}\u00a0{figure_text(line, aims, words)}"]
    if line.indicator in aims.percents:
        wanted = percent_of(line, aims.percents[line.indicator], aims, words)
        parts.append(words(f"{_KEY}.wanted", wanted=wanted))
    elif not pd.isna(line.target_count):
        parts.append(words(f"{_KEY}.wanted", wanted=words.number(line.target_count)))
    if not str(line.quarter).endswith("4"):
        parts.append(words(f"{_KEY}.until", quarter=words.quarter_short(line.quarter)))
    return traced(" ".join(parts), line)


def cohorts_table(cohorts: pd.DataFrame, words: Words, *, caption: str) -> Table:
    """Show how many households each year's targets are about.

    Args:
        cohorts: as `campaign_lib.analysis.years.cohorts` gives it.
        words: the reader's language.
        caption: the table's.
    """
    texts, numbers = ("year", "baseline", "standard"), ("minority", "poor", "unknown", "cohort")
    return Table(
        caption=caption,
        columns=(
            *(Column(words(f"{_KEY}.{name}")) for name in texts),
            *(Column(words(f"{_KEY}.{name}"), RIGHT) for name in numbers),
        ),
        rows=tuple(
            (
                str(line.year),
                words.date(line.baseline),
                words(f"plan_items.poverty_standard.{line.standard}"),
                *(words.number(getattr(line, name)) for name in numbers),
            )
            for line in rows_of(cohorts)
        ),
        note=words(f"{_KEY}.cohorts_note"),
    )


def rates_table(rates: pd.DataFrame, words: Words, *, caption: str) -> Table:
    """Show the poverty of minority households on each date of a review.

    Args:
        rates: as `campaign_lib.analysis.years.poverty_rates` gives it.
        words: the reader's language.
        caption: the table's.
    """
    numbers = ("poor_only", "near_poor", "together", "rate", "unknown")
    return Table(
        caption=caption,
        columns=(
            *(Column(words(f"{_KEY}.{name}")) for name in ("day", "standard")),
            *(Column(words(f"{_KEY}.{name}"), RIGHT) for name in numbers),
        ),
        rows=tuple(
            (
                words.date(line.day),
                words(f"plan_items.poverty_standard.{line.standard}"),
                words.number(line.poor),
                words.number(line.near_poor),
                f"{words.number(line.both)}/{words.number(line.households)}",
                words.percent(line.rate),
                words.number(line.unknown),
            )
            for line in rows_of(rates)
        ),
        note=words(f"{_KEY}.rates_note"),
    )


def work_table(
    rows: Sequence[tuple[str, Sequence[str]]], years: Sequence[int], words: Words, *, caption: str
) -> Table:
    """Show what was done in each year: a label and a finished cell per year, row by row."""
    return Table(
        caption=caption,
        columns=_headings(years, words, "what", RIGHT),
        rows=tuple((label, *cells) for label, cells in rows),
    )


def gaps_table(
    gaps: pd.DataFrame, ids: Sequence[str], years: Sequence[int], words: Words, *, caption: str
) -> Table:
    """Say of each indicator in each year whether it is known, and if not, why.

    Args:
        gaps: as `campaign_lib.analysis.years.gaps` gives it.
        ids: the indicators, in order.
        years: in order.
        words: the reader's language.
        caption: the table's.
    """
    found = {(line.year, line.indicator): line for line in rows_of(gaps)}
    return Table(
        caption=caption,
        columns=_headings(years, words, "indicator"),
        rows=tuple(
            (
                words(f"indicators.{one}.label"),
                *(_traced_gap(found[year, one], words) for year in years),
            )
            for one in ids
        ),
    )


def _traced_gap(gap: Any, words: Words) -> Cell:
    """Let a reason lead to the figure that it is about, where there is one."""
    mark = gap_mark(gap, words)
    if pd.isna(gap.quarter):
        return mark
    return Traced(mark, str(Figure(gap.quarter, COMMUNE, gap.indicator)))


def gap_mark(gap: Any, words: Words) -> Mark:
    """Say one reason, with the questions or the numbers that belong to it."""
    values: dict[str, object] = {}
    if gap.reason == "not_asked":
        labels = [question_label(code, words) for code in str(gap.questions).split(";")]
        values["questions"] = words.listed(labels)
    elif gap.reason == "partly":
        values |= {"unknown": gap.unknown, "base": gap.denominator}
    elif gap.reason == "earlier":
        values["quarter"] = words.quarter_short(gap.quarter)
    status = UNMEASURED if gap.reason in NO_FIGURE else "no_target"
    return Mark(words(f"{_KEY}.gap.{gap.reason}", **values), status)


def coverage_table(
    coverage: pd.DataFrame,
    names: Mapping[str, str],
    years: Sequence[int],
    words: Words,
    *,
    caption: str,
) -> Table:
    """Show who was asked in each year's last survey, village by village.

    Args:
        coverage: as `campaign_lib.analysis.years.coverage` gives it.
        names: the villages' names by code.
        years: in order.
        words: the reader's language.
        caption: the table's.
    """
    found = {(line.year, line.village): line for line in rows_of(coverage)}
    return Table(
        caption=caption,
        columns=_headings(years, words, "village", RIGHT),
        rows=tuple(
            (name, *(_asked(found.get((year, code)), words) for year in years))
            for code, name in names.items()
        ),
    )


def _asked(line: Any, words: Words) -> Cell:
    if line is None:
        return Mark(words(f"{_KEY}.no_survey"), UNMEASURED)
    if line.inside and not line.asked:
        return Mark(words(f"{_KEY}.nobody_asked", inside=line.inside), "behind")
    return f"{words.number(line.asked)}/{words.number(line.inside)}" if line.inside else NOTHING
