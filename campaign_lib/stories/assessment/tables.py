"""A year's targets, met or not, and how poverty changed over it, for people."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from campaign_lib.analysis.flows import (
    FROM_OTHER_GROUP,
    INTO_OTHER_GROUP,
    OTHER_DECREASE,
    OTHER_INCREASE,
)
from campaign_lib.analysis.years import MET, NO_TARGET, UNMEASURED, Villages
from campaign_lib.indicators.households import POOR
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.indicators.ten import POVERTY_REDUCTION
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
from campaign_lib.show.display import Chart, Column, Mark, Table, columns_of
from campaign_lib.show.tables.assessment import figure_text
from campaign_lib.show.tables.labels import answer_label, rows_of, text_or_nothing
from campaign_lib.show.tables.results import Aims, percent_of, traced, wanted_count
from campaign_lib.words import MISSING, Words

_KEY = "annual_assessment.table"
#: How many villages are named that missed one target.
_NAMED = 12


def final_mark(line: Any, words: Words) -> Mark:
    """Give a year's final verdict: met, or not; what is not measured or not asked for says so."""
    status = str(line.status)
    known = status in (MET, UNMEASURED, NO_TARGET)
    sign, label = (
        words(f"codes.status.{status}.{name}" if known else f"{_KEY}.missed.{name}")
        for name in ("mark", "label")
    )
    return Mark(f"{sign}\u00a0{label}", status if known else "behind")


def verdicts_table(lines: pd.DataFrame, aims: Aims, words: Words, *, caption: str) -> Table:
    """Show each target of a place: its verdict, the figure, the target, and by how much.

    Args:
        lines: lines of results with surplus and surplus_percent, in order.
        aims: what the plan asks.
        words: the reader's language.
        caption: the table's.
    """
    text = words.under(_KEY)
    columns = columns_of(
        text,
        indicator=lambda line: traced(
            words(f"indicators.{line.indicator}.label"), line, beside=True
        ),
        verdict=lambda line: final_mark(line, words),
        figure=lambda line: figure_text(line, aims, words),
        target=lambda line: target_text(line, aims, words),
        surplus=lambda line: surplus_text(line, words),
        hangs=lambda line: hangs_text(line, aims, words),
    )
    return Table.of(lines, columns, caption, note=text("note"))


def target_text(line: Any, aims: Aims, words: Words) -> str:
    """Write what the plan asks for: its own percentage, and the count that this comes to."""
    percent = aims.percents.get(line.indicator)
    asked = MISSING if percent is None else percent_of(line, percent, aims, words)
    if pd.isna(line.target_count):
        return asked
    count = wanted_count(line, line.target_count, words)
    count = count if line.indicator == POVERTY_REDUCTION.id else f"≥\u00a0{count}"
    return count if percent is None else words(f"{_KEY}.asked", asked=asked, count=count)


def surplus_text(line: Any, words: Words) -> str:
    """Write by how much a target is passed or missed, in units, or else in points."""
    over = line.surplus_percent if pd.isna(line.surplus) else line.surplus
    if pd.isna(over):
        return MISSING
    if over == 0:
        return words(f"{_KEY}.exactly")
    size = abs(over)
    unit = words(f"codes.unit.{line.unit}.{'one' if size == 1 else 'many'}")
    amount = (
        words("tables.points", points=words.number(size, 2))
        if pd.isna(line.surplus)
        else f"{words.number(size)} {unit}"
    )
    return words(f"{_KEY}.{'above' if over > 0 else 'below'}", amount=amount)


def hangs_text(line: Any, aims: Aims, words: Words) -> str:
    """Say whether unknown answers could still make the verdict better, and how far."""
    if line.status in (UNMEASURED, NO_TARGET):
        return MISSING
    if not line.unknown or pd.isna(line.unknown):
        return words(f"{_KEY}.all_known")
    high = percent_of(line, line.percent_high, aims, words)
    hangs = line.certain == "no"
    if pd.isna(line.percent_high):
        return words(f"{_KEY}.{'could_change' if hangs else 'some_unknown'}", unknown=line.unknown)
    return words(f"{_KEY}.{'open' if hangs else 'settled'}", unknown=line.unknown, high=high)


def villages_table(
    found: Sequence[Villages], names: Mapping[str, str], words: Words, *, caption: str
) -> Table:
    """Say of each target how many villages met it, and name those that did not.

    Args:
        found: the targets, in order.
        names: the villages' names by code.
        words: the reader's language.
        caption: the table's.
    """
    text = words.under(_KEY)

    def short(one: Villages) -> str:
        """Name the first few; in a district's worth of villages nobody reads them all."""
        named = [_short(line, names, words) for line in rows_of(one.short.head(_NAMED))]
        if len(one.short) > _NAMED:
            named.append(text("villages_more", count=len(one.short) - _NAMED))
        return "; ".join(named) or MISSING

    columns = columns_of(
        text,
        {"villages_met"},
        indicator=lambda line: words(f"indicators.{line.indicator}.label"),
        villages_met=lambda line: f"{words.number(line.met)}/{words.number(line.judged)}",
        villages_short=short,
    )
    frame = pd.DataFrame(found, columns=["indicator", "judged", "met", "short"])
    return Table.of(
        frame, columns, caption, note=text("villages_note"), empty=text("villages_none")
    )


def _short(line: Any, names: Mapping[str, str], words: Words) -> str:
    if line.status == UNMEASURED:
        return words(f"{_KEY}.village_unmeasured", village=names[line.place])
    form = "village_open" if line.certain == "no" else "village_short"
    return words(f"{_KEY}.{form}", village=names[line.place], shortfall=line.shortfall)


# Poverty flows for people: village by village, poor and near-poor apart, and why.

#: The columns of the table, with the sign that each stands under.
_SIGNS = {
    "start": "",
    "left": "−",
    "other_decrease": "−",
    "relapsed": "+",
    "new": "+",
    "other_increase": "+",
    "end": "=",
}


def flow_table(
    tally: pd.DataFrame, names: Mapping[str, str], words: Words, *, caption: str
) -> Table:
    """Show the flows village by village, and of the commune.

    Args:
        tally: as `PovertyFlows.tally` gives it.
        names: the villages' names by code; `commune` too.
        words: the reader's language.
        caption: the table's.
    """
    signs = dict(_SIGNS)
    if tally[[INTO_OTHER_GROUP, FROM_OTHER_GROUP]].to_numpy().any():
        signed = [*_SIGNS.items()]
        signed.insert(2, (INTO_OTHER_GROUP, "−"))
        signed.insert(-1, (FROM_OTHER_GROUP, "+"))
        signs = dict(signed)
    columns = columns_of(
        lambda name: f"{signs[name]} {words(f'flows.{name}.short')}".strip(),
        signs,
        **{name: _counted(name, words) for name in signs},
    )
    place = Column(words("flows.place"), cell=lambda line: names[str(line.place)])
    frame = tally.rename_axis("place").reset_index()
    return Table.of(frame, (place, *columns), caption, note=words("flows.note"))


def _counted(name: str, words: Words) -> Callable[[Any], str]:
    return lambda line: words.number(getattr(line, name))


def equation(tally: pd.DataFrame, place: str, words: Words) -> str:
    """Write a place's flows as one sum: 82 − 24 − 0 + 1 + 11 + 0 = 70."""
    parts = (f"{sign} {words.number(tally.loc[place, name])}" for name, sign in _SIGNS.items())
    return " ".join(parts).strip()


def reasons_table(tally: pd.DataFrame, words: Words) -> Table:
    """Show what the other decreases and increases are: in the commune, and between villages.

    Args:
        tally: of poor and near-poor together.
        words: the reader's language.
    """
    villages = tally.drop(index=COMMUNE).sum()
    flows = (*((name, "−") for name in OTHER_DECREASE), *((name, "+") for name in OTHER_INCREASE))
    lines = pd.DataFrame(
        {
            "sign": [sign for _, sign in flows],
            "reason": [name for name, _ in flows],
            "villages": [villages[name] for name, _ in flows],
            "commune": [tally.loc[COMMUNE, name] for name, _ in flows],
        }
    )
    columns = columns_of(
        words.under("flows.reasons"),
        {"villages", "commune"},
        reason=lambda line: f"{line.sign} {words(f'flows.{line.reason}.label')}",
        villages=lambda line: words.number(line.villages),
        commune=lambda line: words.number(line.commune),
    )
    some = lines[lines["villages"] != 0]
    return Table.of(
        some, columns, words("flows.reasons.caption"), empty=words("flows.reasons.none")
    )


def relapsed_table(homes: pd.DataFrame, names: Mapping[str, str], words: Words) -> Table:
    """List the households that fell back.

    Args:
        homes: household, head_name, place, group, last_poor (the last date before the baseline on
            which the household is known as poor or near-poor).
        names: the villages' names by code.
        words: the reader's language.
    """
    text = words.under("flows.relapses")
    columns = columns_of(
        text,
        household=lambda home: home.household,
        head=lambda home: text_or_nothing(home.head_name),
        village=lambda home: names[home.place],
        now=lambda home: answer_label("poverty_status", "status", home.group, words),
        last_poor=lambda home: words.date(home.last_poor),
    )
    return Table.of(homes, columns, text("caption"), empty=text("none"))


def still_poor_table(
    poor: pd.DataFrame, names: Mapping[str, str], words: Words, *, day: str
) -> Table:
    """Show the poor that are left, village by village.

    Args:
        poor: by place: poor, near_poor, numerator, denominator, percent.
        names: the villages' names by code; `commune` too.
        words: the reader's language.
        day: on which date.
    """
    labels = {
        "place": words("flows.place"),
        **{name: answer_label("poverty_status", "status", name, words) for name in POOR},
    }
    columns = columns_of(
        lambda name: labels.get(name) or words(f"flows.left_over.{name}"),
        {*POOR, "together", "rate"},
        place=lambda line: names[line.place],
        **{name: _counted(name, words) for name in POOR},
        together=lambda line: f"{words.number(line.numerator)}/{words.number(line.denominator)}",
        rate=lambda line: words.percent(line.percent),
    )
    return Table.of(poor, columns, words("flows.left_over.caption", day=day))


# Poverty flows as a drawing: from the first date to the second, step by step.

#: A step of the drawing: what it is called, how many, and +1, -1, or 0 for the count of a date.
Step = tuple[str, int, int]

#: The steps of the drawing, and which way each goes.
WAYS = {name: {"−": -1, "+": 1}.get(sign, 0) for name, sign in _SIGNS.items()}
_SIGN = {0: "", 1: "+", -1: "−"}
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
    numbers = [f"{_SIGN[way]}{words.number(count)}" for _, count, way in steps]
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
