"""Several years as drawings: a bar a year beside its own target, and poverty by two standards."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from campaign_lib.show.charts.drawing import GREY, REACHED, WANTED, as_svg, drawing, without_labels
from campaign_lib.show.display import Chart
from campaign_lib.words import Words

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
            if (first := breaks[indicator]) is not None and first in years[1:]:
                # The break of the poverty standard stands before the first year of the new one.
                axes.axvline(years.index(first) - 0.5, **_BREAK)
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
