"""When a quarter's forms were filled in, as a chart."""

from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from campaign_lib.show.charts.drawing import GREY, REACHED, WANTED, as_svg, drawing
from campaign_lib.show.display import Chart
from campaign_lib.words import Words

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
