"""How far the survey's answers hold, as a chart."""

import numpy as np
import pandas as pd

from campaign_lib.show.charts.drawing import (
    AXIS,
    BAR,
    GREY,
    LABELS,
    REACHED,
    as_svg,
    drawing,
    without_labels,
)
from campaign_lib.show.display import Chart
from campaign_lib.words import Words

_FIGURES = 0.1  # share of the width that the figures at the end of each line take


def agreement_chart(lines: pd.DataFrame, words: Words, source: str) -> Chart:
    """Show, by question, the share of answers that agree with its interval.

    Args:
        lines: label, agreed, compared, share, low, high: questions with something to compare.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    rows = np.arange(len(lines))
    share, low, high = (100 * lines[name].to_numpy(float) for name in ("share", "low", "high"))
    height = AXIS + BAR * len(lines)
    with drawing(height) as figure:
        width = 0.98 - LABELS - _FIGURES
        axes = figure.add_axes((LABELS, (AXIS - 0.05) / height, width, 1 - AXIS / height))
        without_labels(axes)
        axes.hlines(rows, low, high, color=GREY, linewidth=2)
        axes.scatter(share, rows, s=46, c=REACHED, zorder=3, clip_on=False)
        for row, line in enumerate(lines.itertuples(index=False)):
            text = words("inspection.of", count=line.agreed, base=line.compared)
            axes.annotate(text, (104, row), va="center", annotation_clip=False)
        axes.set_yticks(rows, list(lines["label"]))
        axes.set(xlim=(0, 100), ylim=(len(lines) - 0.5, -0.5), xticks=range(0, 101, 20))
        axes.set(xlabel=words("inspection.chart.axis"), ylabel="")
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        svg = as_svg(figure)
    said = (
        words(
            "inspection.chart.one",
            label=line.label,
            agreed=line.agreed,
            compared=line.compared,
            low=words.percent(least, 1),
            high=words.percent(most, 1),
        )
        for line, least, most in zip(lines.itertuples(index=False), low, high, strict=True)
    )
    key = words("inspection.chart.key")
    return Chart(svg, words("inspection.chart.title"), " ".join(said), f"{key} {source}")
