"""Targets shared out over villages, as a chart."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from campaign_lib.show.charts.drawing import REACHED, as_svg, drawing, without_labels
from campaign_lib.show.display import Chart
from campaign_lib.words import Words

#: More villages than this cannot be told apart.
MOST_VILLAGES = 30
_PALE = "#D9D9D9"
_ROW, _TITLE = 0.24, 0.42  # inches: a village, and what is above and below the villages
_NAMES = 0.14  # share of the width that the villages' names take


def allocation_chart(lines: pd.DataFrame, words: Words, source: str) -> Chart:
    """Show, target by target, each village's base and what it has to reach.

    Args:
        lines: label (of the target, with its unit), name, denominator, count: a row per target and
            village.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    labels = list(lines["label"].unique())
    villages = lines["name"].nunique()
    rows = (len(labels) + 1) // 2
    height = rows * (_ROW * villages + _TITLE)
    said = []
    with drawing(height) as figure:
        for at, label in enumerate(labels):
            across, down = at % 2, at // 2
            share = 1 / rows
            axes = figure.add_axes(
                (
                    _NAMES + across * 0.5,
                    1 - (down + 1) * share + 0.05 / height,
                    0.5 - _NAMES - 0.02,
                    share - _TITLE / height,
                )
            )
            said.append(_bars(axes, lines[lines["label"] == label], label, words))
        svg = as_svg(figure)
    key = words("target_allocation.chart.key")
    title = words("target_allocation.chart.title")
    return Chart(svg, title, " ".join(said), f"{key} {source}")


def _bars(axes: Axes, own: pd.DataFrame, label: str, words: Words) -> str:
    """Draw one target's villages from the top down; gives the words for what it shows."""
    base, count = (own[name].to_numpy(float) for name in ("denominator", "count"))
    at = np.arange(len(own))
    without_labels(axes)
    axes.barh(at, base, 0.66, color=_PALE)
    axes.barh(at, count, 0.66, color=REACHED)
    figures = [
        words("target_allocation.of_base", count=line.count, base=line.denominator)
        for line in own.itertuples(index=False)
    ]
    for row, (end, text) in enumerate(zip(base, figures, strict=True)):
        axes.annotate(text, (end, row), (4, 0), textcoords="offset points", va="center", size=9)
    axes.set_yticks(at, list(own["name"]))
    axes.set(xlim=(0, max(base.max(), 1) * 1.3), ylim=(len(own) - 0.5, -0.5), xticks=[])
    axes.tick_params(axis="y", length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_title(label, fontsize=10, loc="left", x=-_NAMES / (0.5 - _NAMES - 0.02))
    counts = (f"{name} {text}" for name, text in zip(own["name"], figures, strict=True))
    return words("target_allocation.chart.one", label=label, counts=", ".join(counts))
