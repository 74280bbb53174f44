"""Poverty flows as a drawing: from the first date to the second, step by step."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from campaign_lib.show.charts.drawing import (
    AXIS,
    BAR,
    GREY,
    REACHED,
    WANTED,
    as_svg,
    bars_beside_words,
    drawing,
)
from campaign_lib.show.display import Chart
from campaign_lib.words import Words

#: A step of the drawing: what it is called, how many, and +1, -1, or 0 for the count of a date.
Step = tuple[str, int, int]

_SIGNS = {0: "", 1: "+", -1: "−"}
_LOOKS: dict[int, dict[str, Any]] = {
    0: {"color": REACHED},
    1: {"color": WANTED},
    -1: {"color": "white", "edgecolor": REACHED, "hatch": "/////"},
}


def flows_chart(steps: Sequence[Step], words: Words, source: str) -> Chart:
    """Draw a bar per step: a date's count from nought, a change from where the last bar ended.

    Args:
        steps: the first date, the changes, the second date.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    numbers = [f"{_SIGNS[way]}{words.number(count)}" for _, count, way in steps]
    labels = [label for label, _, _ in steps]
    with drawing(AXIS + BAR * len(steps) * 0.86) as figure:
        axes = bars_beside_words(figure, labels, np.zeros(len(steps)), None)
        highest = _bars(axes, steps, numbers)
        # Each bar has its number: an axis would only say it again.
        axes.set(xlim=(0, max(1, highest) * 1.12), xticks=[], xlabel="")
        axes.spines["bottom"].set_visible(False)
        svg = as_svg(figure)
    said = "; ".join(
        words("flows.chart.one", label=label, number=number)
        for label, number in zip(labels, numbers, strict=True)
    )
    key = words("flows.chart.key")
    return Chart(svg, words("flows.chart.title"), f"{said}.", f"{key} {source}")


def _bars(axes: Axes, steps: Sequence[Step], numbers: Sequence[str]) -> int:
    """Draw the bars, each beginning where the one before ended; gives how far they reach."""
    reached, highest = 0, 0
    for row, ((_, count, way), number) in enumerate(zip(steps, numbers, strict=True)):
        before, reached = reached, reached + way * count if way else count
        start = min(before, reached) if way else 0
        if row:
            axes.plot([before] * 2, [row - 1, row], color=GREY, linewidth=0.7, zorder=0)
        axes.barh(row, count, 0.6, start, **_LOOKS[way])
        axes.annotate(number, (start + count, row), (4, 0), textcoords="offset points", va="center")
        highest = max(highest, start + count)
    return highest
