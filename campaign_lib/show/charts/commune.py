"""The commune's villages and money as drawings."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
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

_ROW, _HEAD = 0.24, 0.45  # inches: a village's row; the indicators' names
_NAMES = 0.13  # share of the width that the villages' names take
_MARKS = {"met": "o", "on_track": "^", "behind": "v"}
_FILLED = {"met": REACHED, "on_track": REACHED, "behind": WANTED}


def villages_chart(
    lines: pd.DataFrame,
    villages: Sequence[str],
    ids: Sequence[str],
    names: Mapping[str, str],
    words: Words,
    source: str,
) -> Chart:
    """Draw a row per village and a small axis per indicator, from 0 to 100 %.

    Args:
        lines: lines of results of villages, with `wanted`: the commune's target in percent.
        villages: the codes to draw, from the top down.
        ids: the indicators, from left to right: those that are a share of a base.
        names: the villages' names by code.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    lines = lines[lines["percent"].notna()]
    height = _HEAD + AXIS + _ROW * len(villages)
    said = []
    with drawing(height) as figure:
        grid = figure.subplots(
            1, len(ids), squeeze=False, sharey=True,
            gridspec_kw={"left": _NAMES, "right": 0.99, "wspace": 0.12,
                         "top": 1 - _HEAD / height, "bottom": AXIS / height},
        )  # fmt: skip
        for axes, indicator in zip(grid[0], ids, strict=True):
            own = lines[lines["indicator"] == indicator].set_index("place").reindex(list(villages))
            _strip(axes, own)
            axes.set_title(_broken(words(f"indicators.{indicator}.short")), fontsize=8)
            said += _extremes(own, words(f"indicators.{indicator}.label"), names, words)
        first = grid[0][0]
        first.set_yticks(range(len(villages)), [names[code] for code in villages], fontsize=8)
        first.set_ylim(len(villages) - 0.5, -0.5)
        figure.text(0.56, 0.02, words("commune_tables.sides.axis"), ha="center", fontsize=8)
        svg = as_svg(figure)
    title, key = (words(f"commune_tables.sides.{name}") for name in ("title", "key"))
    return Chart(svg, title, " ".join(said), f"{key} {source}")


def _strip(axes: Axes, own: pd.DataFrame) -> None:
    """Draw one indicator's axis: a mark for each village, a line at the target."""
    rows = np.arange(len(own))
    percents = own["percent"].to_numpy(float, na_value=np.nan)
    axes.hlines(rows, 0, 100, color="#E3E6E9", linewidth=0.7, zorder=1)
    for status, marker in _MARKS.items():
        here = (own["status"] == status).to_numpy(bool)
        axes.scatter(
            percents[here], rows[here], s=30, c=_FILLED[status], marker=marker, zorder=3,
            clip_on=False,
        )  # fmt: skip
    others = (~own["status"].isin(_MARKS)).to_numpy(bool)
    axes.scatter(
        percents[others], rows[others], s=26, facecolors="white", edgecolors=GREY, zorder=3
    )
    wanted = own["wanted"].dropna()
    if len(wanted):
        axes.axvline(float(wanted.iloc[0]), color=WANTED, linewidth=1, zorder=2)
    axes.set(xlim=(-4, 104), xticks=(0, 50, 100), xticklabels=("", "50", ""))
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=7, length=2)
    axes.spines["left"].set_visible(False)


def _broken(label: str) -> str:
    """Break a name into lines of a word or two, so that it fits above its axis."""
    lines: list[str] = []
    for word in label.split():
        if lines and len(lines[-1]) + len(word) < 10:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)


def _extremes(own: pd.DataFrame, label: str, names: Mapping[str, str], words: Words) -> list[str]:
    known = own["percent"].dropna()
    if known.empty:
        return []
    low, high = str(known.idxmin()), str(known.idxmax())
    return [
        words(
            "commune_tables.sides.one",
            label=label,
            low=words.percent(known[low]),
            low_place=names[low],
            high=words.percent(known[high]),
            high_place=names[high],
        )
    ]


def money_chart(
    labels: Sequence[str],
    planned: Sequence[float],
    disbursed: Sequence[float],
    words: Words,
    source: str,
) -> Chart:
    """Draw what was disbursed by programme as bars, what was planned as marks.

    Args:
        labels: the programmes.
        planned: million đồng, one for each; nan where unknown.
        disbursed: the same.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    rows = np.arange(len(labels))
    wanted, spent = np.array(planned, float), np.array(disbursed, float)
    with drawing(AXIS + BAR * len(labels)) as figure:
        axes = bars_beside_words(figure, labels, np.nan_to_num(spent), None)
        axes.scatter(wanted, rows, s=260, c="white", marker="|", linewidths=5)
        axes.scatter(wanted, rows, s=160, c=WANTED, marker="|", linewidths=2, zorder=3)
        most = max(1.0, np.nan_to_num(wanted).max(), np.nan_to_num(spent).max())
        axes.set(xlim=(0, 1.05 * most), xlabel=words("commune_tables.money.axis"))
        axes.xaxis.set_major_formatter(lambda amount, _: words.number(amount))
        svg = as_svg(figure)
    said = (
        words(
            "commune_tables.money.one",
            label=label,
            disbursed=words.money(paid),
            planned=words.money(plan),
        )
        for label, plan, paid in zip(labels, planned, disbursed, strict=True)
    )
    title, key = (words(f"commune_tables.money.{name}") for name in ("title", "key"))
    return Chart(svg, title, " ".join(said), f"{key} {source}")
