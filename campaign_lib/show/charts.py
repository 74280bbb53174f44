"""Results, answers and amounts as drawings for people; they compute nothing and read nothing."""

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from campaign_lib.indicators.steps import COUNTS
from campaign_lib.show.display import Chart
from campaign_lib.show.panels import (
    GREY,
    LINE,
    REACHED,
    WANTED,
    Row,
    Told,
    apart,
    behind,
    drawn_in,
    mark,
    numbers,
    panel,
    rows_chart,
    rule,
    written,
)
from campaign_lib.show.tables.labels import indicator_label, rows_of
from campaign_lib.words import MISSING, Words

# Seaborn is imported where it draws: it brings scipy's statistics and takes a second, for which who
# draws nothing, the desk and a run with nothing to do, need not wait.
#
# Seaborn 0.13 draws boxes, an analyst's own too, in a way that matplotlib 3.11 warns of for each.
warnings.filterwarnings("ignore", "vert: bool was deprecated", module="seaborn")


# Seaborn's drawings: how an amount is spread, and what a story draws by days.

STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "campaign",
    "text.parse_math": False,  # a name with $ in it is a name
    "font.family": "sans-serif",
    "font.size": 9.4,  # points: 12 pixels and a half on a phone, where a drawing has its own size
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.titley": 1.0,  # where it would be found to belong anyway
}
WIDTH = 3.4  # inches: a phone's, less its margins


@contextmanager
def drawing(height: float) -> Iterator[Figure]:
    """Give an empty figure in the house's style."""
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        yield Figure(figsize=(WIDTH, height))


def finished(figure: Figure, **told: Any) -> Chart:
    """Close a drawing; the same figure gives the same text.

    Args:
        figure: what was drawn.
        told: the chart's title, answer, alt, source, frame and table.
    """

    def drawn() -> str:
        svg = io.StringIO()
        unsaid = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        with mpl.rc_context(STYLE):  # type: ignore[arg-type]
            figure.savefig(svg, format="svg", metadata=unsaid)
        return svg.getvalue()

    return Chart(drawn, **told)


# Results as charts: progress against target, the trend against the path, where households stop.


def progress_chart(lines: pd.DataFrame, words: Words, source: str) -> Chart:
    """Show how far each indicator has come: a bar, what is due this quarter, the year's target.

    Args:
        lines: lines of results of one place and quarter that have a target count and a base.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    names = ("numerator", "unknown", "path_count", "target_count")
    drawn = lines[["indicator", "denominator", *names]]
    text, rows, said = words.under("charts"), [], []
    for line in rows_of(drawn):
        label, base = indicator_label(line.indicator, words), words.number(line.denominator)
        done, unknown, due, wanted = (_known(getattr(line, name)) for name in names)
        share = 100 / line.denominator
        told = (
            Told("sure", words.number(done), text("reached")),
            *([Told("unsure", words.number(unknown), text("unknown"))] if unknown else ()),
            *([] if np.isnan(due) else [Told("due", words.number(due), text("due"))]),
            *([] if np.isnan(wanted) else [Told("target", words.number(wanted), text("target"))]),
            Told("", base, text("base")),
        )
        bars = (("sure", 0.0, share * done), ("unsure", share * done, share * (done + unknown)))
        rows.append(Row(label, bars, told, (("due", share * due), ("target", share * wanted))))
        count, aim = words.number(done), words.number(line.target_count)
        said.append(text("progress.one", label=label, count=count, base=base, target=aim))
    return rows_chart(
        {"": rows}, words, 100.0, title=text("progress.title"), answer=_far(drawn, words),
        alt=" ".join(said), source=source, frame=drawn,
    )  # fmt: skip


def _known(number: Any) -> float:
    return float("nan") if pd.isna(number) else float(number)


def _far(lines: pd.DataFrame, words: Words) -> str:
    """Say how many targets are met, and which one is farthest."""
    lines = lines[lines["target_count"].notna()]
    missing = (lines["target_count"] - lines["numerator"]).astype(float)
    if lines.empty:
        return ""
    count = {"met": words.number((missing <= 0).sum()), "all": words.number(len(lines))}
    if (missing <= 0).all():
        return words("charts.progress.all", all=count["all"])
    far = (missing / lines["target_count"].astype(float)).to_numpy().argmax()
    label = indicator_label(lines["indicator"].iloc[far], words)
    short = words.number(missing.iloc[far])
    return words("charts.progress.answer", label=label, short=short, **count)


def steps_chart(steps: pd.DataFrame, labels: Mapping[str, str], words: Words, source: str) -> Chart:
    """Show, for one indicator, how many are left after each step, and of how many that is unsure.

    Args:
        steps: the `counts` steps of one indicator at one place, in order.
        labels: the words of each step.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    text = words.under("charts")
    names = [text("steps.base"), *(labels[step] for step in steps["step"])]
    left = [float(steps["asked"].iloc[0]), *map(float, steps["yes"])]
    rows = []
    for name, yes, unknown in zip(names, left, (0.0, *map(float, steps["unknown"])), strict=True):
        told = [Told("sure", words.number(yes), text("left"))]
        told += [Told("unsure", words.number(unknown), text("unknown"))] if unknown else []
        rows.append(Row(name, (("sure", 0, yes), ("unsure", yes, yes + unknown)), tuple(told)))
    lost = -np.diff(left)
    most = int(lost.argmax())
    base = {"base": words.number(left[0])}
    gone = {"left": words.number(left[-1]), "lost": words.number(lost[most]), **base}
    answer = text("steps.answer", step=names[most + 1], **gone)
    return rows_chart(
        {"": rows}, words,
        title=text("steps.title", indicator=indicator_label(steps["indicator"].iloc[0], words)),
        answer=answer if lost[most] > 0 else text("steps.all", **base),
        alt="; ".join(f"{row.label}: {row.told[0].number}" for row in rows) + ".",
        source=source, frame=steps[["step", *COUNTS]],
    )  # fmt: skip


#: What a trend shows of each quarter, by the kind of its sign, and the word for it.
_TREND = {"sure": "numerator", "path": "path_count", "target": "target_count"}
_SAID = {"sure": "reached", "path": "due", "target": "target"}
#: Where the four quarters stand across a small chart, and where what its lines are is said; pixels
#: from its top to the highest value and to nought, and between two lines of text.
_QUARTERS, _ENDS, _TOP, _FLOOR, _APART = (7.0, 24.0, 41.0, 58.0), 67.0, 12.0, 88.0, 16.0


def trend_chart(lines: pd.DataFrame, ids: Sequence[str], words: Words, source: str) -> Chart:
    """Show the numerators of some indicators by quarter, against the path and the year's target.

    Args:
        lines: lines of results of one place, one year.
        ids: the indicators to show, a small chart each.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    newest = str(lines["quarter"].max())
    quarters = {(one := f"{newest[:4]}Q{n}"): words.quarter_short(one) for n in range(1, 5)}
    households = "unit" not in lines or lines["unit"].eq("household").all()
    # What was not measured is not a fall to nothing: the line has a gap there.
    lines = lines[(lines["status"] != "unmeasured") & lines["indicator"].isin(ids)]
    drawn = lines[["quarter", "indicator", *_TREND.values()]]
    owns = {
        indicator_label(one, words): drawn[drawn["indicator"] == one].set_index("quarter")
        .reindex([*quarters])[[*_TREND.values()]].astype(float)
        for one in ids
    }  # fmt: skip
    said, cells = [], []
    for label, own in owns.items():
        rows = [[*map(words.number, row)] for row in own.to_numpy()]
        named = [(name, *row) for name, row in zip(quarters.values(), rows, strict=True)]
        counts = ", ".join(" ".join(row[:2]) for row in named)
        said.append(words("charts.trend.one", label=label, counts=counts))
        cells += [(f"{label}, {row[0]}", *row[1:]) for row in named]
    title = words("charts.trend.title" if households else "charts.trend.title_of_others")
    columns = [words(f"charts.{name}") for name in _SAID.values()]
    return Chart(
        lambda: "".join(trend_panel(label, own, words) for label, own in owns.items()),
        title,
        " ".join(said),
        source,
        drawn,
        _behind_the_path({label: own.T[newest] for label, own in owns.items()}, newest, words),
        behind(title, columns, cells, words),
    )


def _behind_the_path(newest: Mapping[str, "pd.Series[float]"], quarter: str, words: Words) -> str:
    """Say what was not where the path would have it in the newest quarter."""
    judged = {
        label: now
        for label, now in newest.items()
        if now[["numerator", "path_count"]].notna().all()
    }
    slow = [label for label, now in judged.items() if now["numerator"] < now["path_count"]]
    if not judged:
        return ""
    told = {"quarter": words.quarter_short(quarter), "all": words.number(len(judged))}
    if not slow:
        return words("charts.trend.all", **told)
    return words("charts.trend.answer", slow=len(slow), labels="; ".join(slow), **told)


def trend_panel(label: str, own: pd.DataFrame, words: Words) -> str:
    """Draw one indicator's quarters; what its lines are is said at their end.

    Args:
        label: its name.
        own: numerator, path_count and target_count: a row for each quarter of a year.
        words: the reader's language.
    """
    top = max(1.0, own.max(skipna=True).max())
    down = (_FLOOR - (_FLOOR - _TOP) * own / top).rename(columns={v: k for k, v in _TREND.items()})
    drawn = [rule(0, _FLOOR, _ENDS - 2, _FLOOR, GREY, 1)]
    ends = {kind: known.iloc[-1] for kind in _TREND if len(known := down[kind].dropna())}
    if "target" in ends:
        drawn.append(rule(0, ends["target"], _ENDS - 1, ends["target"], WANTED, 1))
    points = list(zip(_QUARTERS, down["sure"], strict=True))
    for x, y in zip(_QUARTERS, down["path"], strict=True):
        drawn += [] if np.isnan(y) else [rule(x - 6, y, x + 6, y, WANTED, 3)]
    for before, after in pairwise(points):
        drawn += [] if np.isnan(before[1] + after[1]) else [rule(*before, *after, REACHED, 2.5)]
    for (x, y), quarter, number in zip(points, own.index, own["numerator"], strict=True):
        drawn += [] if np.isnan(y) else [mark("sure", x, y)]
        name = words.quarter_short(quarter).replace(quarter[:4], "").strip(" /")
        drawn.append(written(x, _FLOOR + LINE, name, "middle", fill=GREY))
        bold = {"fill": REACHED, "font_weight": "bold"}
        drawn.append(written(x, _FLOOR + 2 * LINE - 2, words.number(number), "middle", **bold))
    for (kind, _), y in zip(
        ends.items(), apart([*ends.values()], _APART, _TOP - 4, _FLOOR), strict=True
    ):
        number = words.number(own[_TREND[kind]].dropna().iloc[-1])
        told = Told(kind, number, words(f"charts.{_SAID[kind]}"))
        drawn.append(written(_ENDS, y + 5, numbers([told])))
    return panel(label, drawn_in("".join(drawn), _FLOOR + 2 * LINE + 4))


def answers_chart(counts: pd.DataFrame, title: str, words: Words, source: str) -> Chart:
    """Show how a group of questions was answered: yes, no and unknown one behind the other.

    Args:
        counts: label, yes, no, unknown: a row per question.
        title: what the questions are about.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    kinds = {"yes": "sure", "no": "no", "unknown": "unsure"}
    rows, said = [], []
    for line in rows_of(counts):
        bars, start = [], 0.0
        for name, kind in kinds.items():
            bars.append((kind, start, start := start + float(getattr(line, name))))
        numbers = {name: getattr(line, name) for name in kinds}
        told = (
            Told(kinds[name], words.number(n), words(f"charts.{name}"))
            for name, n in numbers.items()
        )
        rows.append(Row(line.label, tuple(bars), tuple(told)))
        said.append(words("charts.answers.one", label=line.label, **numbers))
    fewest, most = counts["yes"].to_numpy().argmin(), counts["yes"].to_numpy().argmax()
    ends = {"most": counts["label"].iloc[most], "fewest": counts["label"].iloc[fewest]}
    yes = {"high": words.number(counts["yes"].max()), "low": words.number(counts["yes"].min())}
    return rows_chart(
        {"": rows},
        words,
        title=title,
        answer=words("charts.answers.answer", **ends, **yes) if len(counts) > 1 else "",
        alt=" ".join(said),
        source=source,
        frame=counts,
    )


def amounts_chart(
    amounts: pd.Series, bound: float, title: str, words: Words, source: str, *, unit: str
) -> Chart:
    """Show how an amount is spread, and the bound that it is compared with."""
    import seaborn as sns

    known = amounts.dropna()
    heights, edges = np.histogram(known.astype(float), bins=20)
    ends = [words.number(round(edge)) for edge in edges]
    cells = [
        (f"{low} – {high}", words.number(n))
        for (low, high), n in zip(pairwise(ends), heights, strict=True)
    ]
    with drawing(2.6) as figure:
        axes = figure.add_axes((0.13, 0.2, 0.84, 0.68))
        sns.histplot(x=known, bins=20, color=REACHED, ax=axes, edgecolor="white")
        axes.axvline(bound, color=WANTED, linestyle="--", linewidth=1.6)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(lambda amount, _: words.number(amount))
        axes.set(xlabel="", ylabel=words("charts.amounts.axis"))
        axes.set_title(words("charts.amounts.key", bound=words.number(bound)), color=WANTED)
        figure.text(0.5, 0.02, unit, ha="center")
        said = words(
            "charts.amounts.one",
            known=len(known),
            above=int((known > bound).sum()),
            bound=words.number(bound),
            middle=words.number(known.median()) if len(known) else MISSING,
        )
        return finished(
            figure,
            title=title,
            alt="",
            answer=said,
            source=source,
            frame=amounts.to_frame(),
            behind=behind(title, [words("charts.amounts.axis")], cells, words),
        )


# The commune's villages and money as drawings.

_FILLED = {"met": "sure", "on_track": "sure", "behind": "lost"}


def villages_chart(
    lines: pd.DataFrame,
    villages: Sequence[str],
    ids: Sequence[str],
    names: Mapping[str, str],
    words: Words,
    source: str,
) -> Chart:
    """Draw a small chart per indicator, in it a row per village, from 0 to 100 %.

    Args:
        lines: lines of results of villages, with `wanted`: the commune's target in percent.
        villages: the codes to draw, from the top down.
        ids: the indicators, in order: those that are a share of a base.
        names: the villages' names by code.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    drawn = lines[["place", "indicator", "percent", "status", "wanted"]].dropna(subset="percent")
    text, panels, said, spans = words.under("commune_tables.sides"), {}, [], []
    for indicator in ids:
        own = drawn[drawn["indicator"] == indicator].set_index("place")
        own = own.loc[[code for code in villages if code in own.index]]
        if own.empty:
            continue
        label, known = indicator_label(indicator, words), own["percent"].astype(float)
        wanted = own["wanted"].iloc[0]
        title = label if pd.isna(wanted) else text("of", label=label, wanted=words.percent(wanted))
        panels[title] = [
            _village(names[line.place], line, words) for line in rows_of(own.reset_index())
        ]
        low, high = str(known.idxmin()), str(known.idxmax())
        ends = {"low_place": names[low], "high_place": names[high]}
        ends |= {"low": words.percent(known[low]), "high": words.percent(known[high])}
        said.append(text("one", label=label, **ends))
        spans.append(known[high] - known[low])
    answer = text("answer", most=said[int(np.argmax(spans))]) if said else ""
    told = {"title": text("title"), "answer": answer, "alt": " ".join(said)}
    return rows_chart(panels, words, 100.0, **told, source=f"{text('key')} {source}", frame=drawn)


def _village(name: str, line: Any, words: Words) -> Row:
    share, kind = float(line.percent), _FILLED.get(line.status, "no")
    mark = words(f"codes.status.{line.status}.mark")
    wanted = _known(line.wanted)
    return Row(
        name,
        ((kind, 0.0, share),),
        (Told("", f"{mark} {words.percent(share)}"),),
        (("due", wanted),),
    )


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
    text = words.under("commune_tables.money")
    sums = {"planned": np.array(planned, float), "disbursed": np.array(disbursed, float)}
    drawn = pd.DataFrame({"programme": labels, **sums})
    rows, said = [], []
    for line in rows_of(drawn):
        paid, plan = words.money(line.disbursed), words.money(line.planned)
        told = (Told("sure", paid, text("disbursed")), Told("due", plan, text("planned")))
        bar = ("sure", 0.0, float(np.nan_to_num(line.disbursed)))
        rows.append(Row(line.programme, (bar,), told, (("due", line.planned),)))
        said.append(text("one", label=line.programme, disbursed=paid, planned=plan))
    shares = (drawn["disbursed"] / drawn["planned"]).replace(np.inf, np.nan)
    return rows_chart(
        {"": rows},
        words,
        title=text("title"),
        answer="" if shares.isna().all() else text("answer", most=said[int(np.nanargmin(shares))]),
        alt=" ".join(said),
        source=source,
        frame=drawn,
    )
