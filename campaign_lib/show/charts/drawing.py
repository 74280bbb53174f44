"""How every chart is drawn: one style, fixed layouts, SVG whose text stays text."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from textwrap import fill

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

# Blue and orange of Okabe and Ito: told apart by all eyes, and by their grey when printed.
REACHED, WANTED, GREY = "#0072B2", "#B34A00", "#555555"
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "campaign",
    "text.parse_math": False,  # a name with $ in it is a name
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "hatch.linewidth": 0.6,
    "axes.titley": 1.0,  # where it would be found to belong anyway
}
WIDTH = 7.2  # inches, as all sizes here
BAR, AXIS = 0.46, 0.55
SMALL = 1.6  # height of a row of small charts
LABELS = 0.42  # share of the width that the words beside the bars take
LETTERS = 36  # in a line of these words


def bars_beside_words(
    figure: Figure, labels: Sequence[str], sure: np.ndarray, unsure: np.ndarray | None
) -> Axes:
    """Draw a bar for each label from the top down, what is unknown hatched behind it."""
    height = figure.get_figheight()
    axes = figure.add_axes((LABELS, (AXIS - 0.05) / height, 0.98 - LABELS, 1 - AXIS / height))
    rows = np.arange(len(labels))
    without_labels(axes)
    sns.barplot(x=sure, y=rows, orient="h", color=REACHED, errorbar=None, ax=axes, width=0.6)
    if unsure is not None:
        axes.barh(rows, unsure, 0.6, sure, color="white", edgecolor=REACHED, hatch="/////")
    axes.set_yticks(rows, [fill(label, LETTERS) for label in labels])
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(ylabel="", ylim=(len(labels) - 0.5, -0.5))
    axes.tick_params(axis="y", length=0)
    return axes


def without_labels(axes: Axes) -> None:
    """Spare the axes a third of the drawing: finding names for them, and places for no names.

    seaborn names an axis after its data unless it has a name, and for that lays all ticks out.
    """
    axes.set(xlabel=" ", ylabel=" ")
    axes.yaxis.set_label_coords(0, 0)


@contextmanager
def drawing(height: float) -> Iterator[Figure]:
    """Give an empty figure in the house's style."""
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        yield Figure(figsize=(WIDTH, height))


def as_svg(figure: Figure) -> str:
    """Give a drawing as text; the same figure gives the same text."""
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    return drawn.getvalue()
