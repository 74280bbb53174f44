"""Results, answers and amounts as drawings for people; they compute nothing and read nothing."""

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from textwrap import fill

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from campaign_lib.indicators.steps import COUNTS
from campaign_lib.show.display import Chart
from campaign_lib.show.tables.labels import indicator_label
from campaign_lib.words import Words

# Seaborn is imported where it draws: it brings scipy's statistics and takes a second, for which who
# draws nothing, the desk and a run with nothing to do, need not wait.
#
# Seaborn 0.13 draws boxes, an analyst's own too, in a way that matplotlib 3.11 warns of for each.
warnings.filterwarnings("ignore", "vert: bool was deprecated", module="seaborn")

# How every chart is drawn: one style, fixed layouts, SVG whose text stays text.

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
    import seaborn as sns

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


def finished(
    figure: Figure, title: str, said: str, key: str, source: str, frame: pd.DataFrame
) -> Chart:
    """Close a drawing; the same figure gives the same text.

    Args:
        figure: what was drawn.
        title: the chart's.
        said: what it shows, for who cannot see it.
        key: what its marks mean.
        source: what it was drawn from.
        frame: what it shows, and nothing that it does not show.
    """

    def drawn() -> str:
        svg = io.StringIO()
        with mpl.rc_context(STYLE):  # type: ignore[arg-type]
            figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
        return svg.getvalue()

    return Chart(drawn, title, said, f"{key} {source}", frame)


# Results as charts: progress against target, the trend against the path, where households stop.
#
# Drawn by seaborn in fixed layouts, as SVG whose text stays text. Every chart has a title, units, a
# source, and words that say what it shows.


def progress_chart(lines: pd.DataFrame, words: Words, source: str) -> Chart:
    """Show how far each indicator has come: a bar, what is due this quarter, the year's target.

    Args:
        lines: lines of results of one place and quarter that have a target count and a base.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    labels = [indicator_label(name, words) for name in lines["indicator"]]
    share = {
        name: (100 * lines[name] / lines["denominator"]).to_numpy(float, na_value=np.nan)
        for name in ("numerator", "unknown", "path_count", "target_count")
    }
    with drawing(AXIS + BAR * len(labels)) as figure:
        axes = bars_beside_words(figure, labels, share["numerator"], share["unknown"])
        rows = np.arange(len(labels))
        due = share["path_count"]
        if not np.isnan(due).all():  # the public edition does not say what is due
            axes.scatter(due, rows, s=260, c="white", marker="|", linewidths=5)
            axes.scatter(due, rows, s=160, c=WANTED, marker="|", linewidths=2, zorder=3)
        if not np.isnan(share["target_count"]).all():  # one's own indicators have none
            axes.scatter(share["target_count"], rows, s=34, c=WANTED, marker="D", zorder=4)
        axes.set(xlim=(0, 103), xticks=range(0, 101, 20), xlabel=words("charts.progress.axis"))
        said = (
            words(
                "charts.progress.one",
                label=label,
                count=words.number(line.numerator),
                base=words.number(line.denominator),
                target=words.number(line.target_count),
            )
            for label, line in zip(labels, lines.itertuples(), strict=True)
        )
        text, drawn = words.under("charts.progress"), lines[["indicator", "denominator", *share]]
        return finished(figure, text("title"), " ".join(said), text("key"), source, drawn)


def steps_chart(steps: pd.DataFrame, labels: Mapping[str, str], words: Words, source: str) -> Chart:
    """Show, for one indicator, how many are left after each step, and of how many that is unsure.

    Args:
        steps: the `counts` steps of one indicator at one place, in order.
        labels: the words of each step.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    indicator = indicator_label(steps["indicator"].iloc[0], words)
    names = [words("charts.steps.base"), *(labels[step] for step in steps["step"])]
    yes = np.array([steps["asked"].iloc[0], *steps["yes"]], dtype=float)
    unknown = np.array([0, *steps["unknown"]], dtype=float)
    with drawing(AXIS + BAR * len(names)) as figure:
        axes = bars_beside_words(figure, names, yes, unknown)
        for row, (sure, unsure) in enumerate(zip(yes, unknown, strict=True)):
            text = words.number(sure) + (f" + {words.number(unsure)}?" if unsure else "")
            axes.annotate(
                text, (sure + unsure, row), (4, 0), textcoords="offset points", va="center"
            )
        # Each bar has its number: an axis would only say it again.
        axes.set(xlim=(0, max(yes[0], 1) * 1.2), xticks=[], xlabel="")
        axes.spines["bottom"].set_visible(False)
        said = "; ".join(f"{name}: {words.number(n)}" for name, n in zip(names, yes, strict=True))
        return finished(
            figure,
            words("charts.steps.title", indicator=indicator),
            f"{said}.",
            words("charts.steps.key"),
            source,
            steps[["step", *COUNTS]],
        )


#: What a trend shows of each quarter.
_TREND = ("numerator", "path_count", "target_count")


def trend_chart(lines: pd.DataFrame, ids: Sequence[str], words: Words, source: str) -> Chart:
    """Show the numerators of some indicators by quarter, against the path and the year's target.

    Args:
        lines: lines of results of one place, one year.
        ids: the indicators to show, a small chart each.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    year = str(lines["quarter"].max())[:4]
    quarters = [f"{year}Q{number}" for number in range(1, 5)]
    # What was not measured is not a fall to nothing: the line has a gap there.
    lines = lines[lines["status"] != "unmeasured"]
    said = []
    rows = (len(ids) + 1) // 2
    with drawing(SMALL * rows + 0.4) as figure:
        grid = figure.subplots(
            rows, 2, squeeze=False, subplot_kw={"xticks": [], "yticks": []},
            gridspec_kw={"left": 0.02, "right": 0.98, "top": 0.94, "bottom": 0.06, "hspace": 0.5},
        )  # fmt: skip
        for axes in grid.flat[len(ids) :]:
            axes.set_axis_off()
        for axes in grid[-1]:
            short = [words.quarter_short(quarter) for quarter in quarters]
            axes.set_xticks(np.arange(len(quarters)), short)
        for axes, indicator in zip(grid.flat, ids, strict=False):
            own = lines[lines["indicator"] == indicator].set_index("quarter").reindex(quarters)
            said.append(_trend(axes, own, indicator_label(indicator, words), words))
        households = "unit" not in lines or lines["unit"].eq("household").all()
        title = words("charts.trend.title" if households else "charts.trend.title_of_others")
        drawn = lines.loc[lines["indicator"].isin(ids), ["quarter", "indicator", *_TREND]]
        return finished(figure, title, " ".join(said), words("charts.trend.key"), source, drawn)


def _trend(axes: Axes, own: pd.DataFrame, label: str, words: Words) -> str:
    """Draw one indicator's trend; gives the words for what it shows."""
    import seaborn as sns

    short = [words.quarter_short(quarter) for quarter in own.index]
    at = np.arange(len(short))
    reached, path, target = (own[name].to_numpy(float, na_value=np.nan) for name in _TREND)
    without_labels(axes)
    sns.lineplot(x=at, y=reached, marker="o", color=REACHED, errorbar=None, ax=axes, linewidth=2)
    axes.step(at, path, color=WANTED, linestyle="--", where="mid", linewidth=1.4)
    if not np.isnan(target).all():
        wanted = target[~np.isnan(target)][-1]
        axes.scatter(at[-1], wanted, s=34, c=WANTED, marker="D", zorder=4)
        axes.annotate(
            words.number(wanted), (at[-1], wanted), (8, -3), textcoords="offset points", c=WANTED
        )
    for x, y in zip(at, reached, strict=True):
        if not np.isnan(y):
            axes.annotate(words.number(y), (x, y), (0, 6), textcoords="offset points", ha="center")
    highest = np.nanmax([1, *reached, *path, *target])
    axes.set(ylim=(0, highest * 1.3), xlim=(-0.4, 3.6), ylabel="", xlabel="")
    axes.spines["left"].set_visible(False)  # each point has its number
    axes.set_title(label, fontsize=10, loc="left")
    return words(
        "charts.trend.one",
        label=label,
        counts=", ".join(
            f"{name} {words.number(n)}" for name, n in zip(short, reached, strict=True)
        ),
    )


def answers_chart(counts: pd.DataFrame, title: str, words: Words, source: str) -> Chart:
    """Show how a group of questions was answered: yes, no and unknown side by side.

    Args:
        counts: label, yes, no, unknown: a row per question.
        title: what the questions are about.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    shades = {"yes": REACHED, "no": "#D9D9D9", "unknown": "white"}
    with drawing(AXIS + BAR * len(counts)) as figure:
        axes = bars_beside_words(figure, list(counts["label"]), counts["yes"].to_numpy(float), None)
        start = counts["yes"].to_numpy(float)
        for name in ("no", "unknown"):
            hatch = "/////" if name == "unknown" else None
            length = counts[name].to_numpy(float)
            axes.barh(
                np.arange(len(counts)), length, 0.6, start,
                color=shades[name], edgecolor=GREY, hatch=hatch, linewidth=0.6,
            )  # fmt: skip
            start = start + length
        axes.set(xlim=(0, max(1, start.max() * 1.02)), xlabel=words("charts.answers.axis"))
        names = ("label", "yes", "no", "unknown")
        said = (
            words("charts.answers.one", **dict(zip(names, row, strict=True)))
            for row in counts[list(names)].itertuples(index=False)
        )
        key = words("charts.answers.key")
        return finished(figure, title, " ".join(said), key, source, counts)


def amounts_chart(
    amounts: pd.Series, bound: float, title: str, words: Words, source: str, *, unit: str
) -> Chart:
    """Show how an amount is spread, and the bound that it is compared with."""
    import seaborn as sns

    known = amounts.dropna()
    with drawing(2.6) as figure:
        axes = figure.add_axes((0.08, 0.2, 0.88, 0.74))
        sns.histplot(x=known, bins=20, color=REACHED, ax=axes, edgecolor="white")
        axes.axvline(bound, color=WANTED, linestyle="--", linewidth=1.6)
        axes.set(xlabel=unit, ylabel=words("charts.amounts.axis"))
        said = words(
            "charts.amounts.one",
            known=len(known),
            above=int((known > bound).sum()),
            bound=words.number(bound),
            middle=words.number(known.median()) if len(known) else "–",
        )
        key = words("charts.amounts.key", bound=words.number(bound))
        return finished(figure, title, said, key, source, amounts.to_frame())


# The commune's villages and money as drawings.

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
            axes.set_title(_broken(indicator_label(indicator, words, "short")), fontsize=8)
            said += _extremes(own, indicator_label(indicator, words), names, words)
        first = grid[0][0]
        first.set_yticks(range(len(villages)), [names[code] for code in villages], fontsize=8)
        first.set_ylim(len(villages) - 0.5, -0.5)
        figure.text(0.56, 0.02, words("commune_tables.sides.axis"), ha="center", fontsize=8)
        text = words.under("commune_tables.sides")
        drawn = lines[["place", "indicator", "percent", "status", "wanted"]]
        return finished(figure, text("title"), " ".join(said), text("key"), source, drawn)


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
        said = (
            words(
                "commune_tables.money.one",
                label=label,
                disbursed=words.money(paid),
                planned=words.money(plan),
            )
            for label, plan, paid in zip(labels, planned, disbursed, strict=True)
        )
        text = words.under("commune_tables.money")
        drawn = pd.DataFrame({"programme": labels, "planned": wanted, "disbursed": spent})
        return finished(figure, text("title"), " ".join(said), text("key"), source, drawn)
