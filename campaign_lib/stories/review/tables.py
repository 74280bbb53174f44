"""Several years side by side, for people: figures, bases, poverty, and what is missing."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from campaign_lib.analysis.years import NO_FIGURE, UNMEASURED
from campaign_lib.base.figures import Figure
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.show.charts.drawing import GREY, REACHED, WANTED, as_svg, drawing, without_labels
from campaign_lib.show.display import RIGHT, Cell, Chart, Column, Mark, Table, Traced
from campaign_lib.show.tables.assessment import figure_text
from campaign_lib.show.tables.labels import question_label, rows_of
from campaign_lib.show.tables.results import Aims, percent_of, traced
from campaign_lib.words import MISSING, Words

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
    return f"{words.number(line.asked)}/{words.number(line.inside)}" if line.inside else MISSING


# Several years as drawings: a bar a year beside its own target, and poverty by two standards.

_CHART = "three_year_review.chart"
#: Inches of a row of small charts: ten indicators fit on a page of paper.
ROW = 1.38
_BREAK: dict[str, Any] = {"color": GREY, "linestyle": (0, (4, 3)), "linewidth": 1.2}


def years_chart(
    figures: pd.DataFrame,
    ids: Sequence[str],
    years: Sequence[int],
    breaks: Mapping[str, int | None],
    words: Words,
    source: str,
) -> Chart:
    """Draw a small chart per indicator: a bar for each year, a diamond at that year's target.

    Bars are not joined: each year has a base of its own. What was not measured is a question mark.

    Args:
        figures: year, indicator, numerator, denominator, height (of the bar), highest (with what
            is unknown), wanted (the height of the target); missing where there is none.
        ids: the indicators, a chart each.
        years: in order.
        breaks: for each indicator the first year by a new poverty standard, or None.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    rows = (len(ids) + 1) // 2
    said = []
    with drawing(ROW * rows + 0.4) as figure:
        grid = figure.subplots(
            rows, 2, squeeze=False, subplot_kw={"xticks": [], "yticks": []},
            gridspec_kw={"left": 0.02, "right": 0.98, "top": 0.95, "bottom": 0.06, "hspace": 0.62},
        )  # fmt: skip
        for axes in grid.flat[len(ids) :]:
            axes.set_axis_off()
        for axes, indicator in zip(grid.flat, ids, strict=False):
            own = figures[figures["indicator"] == indicator].set_index("year").reindex(list(years))
            label = words(f"indicators.{indicator}.label")
            said.append(_bars(axes, own, label, words))
            _break_line(axes, list(years), breaks[indicator])
        svg = as_svg(figure)
    key = words(f"{_CHART}.key")
    return Chart(svg, words(f"{_CHART}.title"), " ".join(said), f"{key} {source}")


def _bars(axes: Axes, own: pd.DataFrame, label: str, words: Words) -> str:
    """Draw one indicator's years; gives the words for what it shows."""
    heights, highest, wanted = (
        own[name].to_numpy(float, na_value=np.nan) for name in ("height", "highest", "wanted")
    )
    at = np.arange(len(own))
    known = ~np.isnan(heights)
    without_labels(axes)
    axes.bar(at[known], heights[known], 0.52, color=REACHED)
    axes.bar(
        at[known], (highest - heights)[known], 0.52, heights[known],
        color="white", edgecolor=REACHED, hatch="/////", linewidth=0.6,
    )  # fmt: skip
    axes.scatter(at, wanted, s=34, c=WANTED, marker="D", zorder=4, edgecolors="white")
    most = np.nanmax([1, *highest, *wanted])
    counts = [_count(row, words) for row in own.itertuples()]
    for x, height, aim, count in zip(at, highest, wanted, counts, strict=True):
        top = max(0 if np.isnan(height) else height, 0 if np.isnan(aim) else aim)
        beside = np.isnan(height) and not np.isnan(aim)
        axes.annotate(
            count, (x, 0 if beside else top), (0, 4), textcoords="offset points", ha="center",
            fontsize=8.5, color=GREY if np.isnan(height) else "black",
        )  # fmt: skip
    axes.set(ylim=(0, most * 1.32), xlim=(-0.55, len(at) - 0.45), ylabel="", xlabel="")
    axes.set_xticks(at, [str(year) for year in own.index], fontsize=8.5)
    axes.tick_params(axis="x", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_title(label, fontsize=10, loc="left")
    said = "; ".join(f"{year}: {count}" for year, count in zip(own.index, counts, strict=True))
    return words(f"{_CHART}.one", label=label, counts=said)


def _count(row: Any, words: Words) -> str:
    if pd.isna(row.height):
        return words(f"{_CHART}.unmeasured")
    if pd.isna(row.denominator):
        return words.number(row.numerator)
    return f"{words.number(row.numerator)}/{words.number(row.denominator)}"


def _break_line(axes: Axes, years: list[int], first: int | None) -> None:
    """Draw the break of the poverty standard before the first year of the new one."""
    if first in years[1:]:
        axes.axvline(years.index(first) - 0.5, **_BREAK)


def poverty_chart(rates: pd.DataFrame, words: Words, source: str) -> Chart:
    """Draw the poverty rate on each date of a review, joined only within one standard.

    Args:
        rates: day, standard, both, households, rate, poor_rate; by day.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    at = np.arange(len(rates))
    highest = max(1.0, rates["rate"].max())
    with drawing(3.1) as figure:
        axes = figure.add_axes((0.02, 0.14, 0.96, 0.74))
        for standard in rates["standard"].unique():
            own = (rates["standard"] == standard).to_numpy(bool)
            axes.plot(at[own], rates.loc[own, "rate"], color=REACHED, marker="o", linewidth=2)
            poor = rates.loc[own, "poor_rate"]
            axes.plot(at[own], poor, color=WANTED, marker="s", linewidth=1.4, linestyle=":")
            name = words(f"plan_items.poverty_standard.{standard}")
            axes.text(at[own].mean(), highest * 1.42, name, ha="center", fontsize=9, color=GREY)
        for x, row in zip(at, rates.itertuples(), strict=True):
            count = f"{words.number(row.both)}/{words.number(row.households)}"
            text = f"{count}\n{words.percent(row.rate)}"
            axes.annotate(
                text, (x, row.rate), (0, 7), textcoords="offset points", ha="center", fontsize=8.5
            )
        changes = np.flatnonzero((rates["standard"] != rates["standard"].shift()).to_numpy()[1:])
        for before in changes:
            axes.axvline(before + 0.5, ymax=0.88, **_BREAK)
        days = [words.date(day) for day in rates["day"]]
        axes.set_xticks(at, days, fontsize=8.5)
        axes.set(ylim=(0, highest * 1.5), xlim=(-0.5, len(at) - 0.5), yticks=[])
        axes.spines["left"].set_visible(False)
        svg = as_svg(figure)
    said = (
        words(f"{_CHART}.poverty_one", day=day, both=row.both, base=row.households)
        for day, row in zip(days, rates.itertuples(), strict=True)
    )
    key = words(f"{_CHART}.poverty_key")
    return Chart(svg, words(f"{_CHART}.poverty_title"), " ".join(said), f"{key} {source}")
