"""The part of a year's assessment that is about poverty: flows, relapses, who is still poor."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from campaign_lib.analysis.audit import audit
from campaign_lib.analysis.flows import (
    FROM_OTHER_GROUP,
    INTO_OTHER_GROUP,
    OTHER_DECREASE,
    OTHER_INCREASE,
    last_found_poor,
    still_poor,
)
from campaign_lib.analysis.plan_changes import NEW_STANDARD_SINCE
from campaign_lib.base.quarters import Quarter
from campaign_lib.indicators.households import POOR
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.plan import DECISION_59_2015
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
from campaign_lib.show.display import (
    NOTHING,
    RIGHT,
    Chart,
    Column,
    Passage,
    Table,
    folded_away,
    paragraph,
)
from campaign_lib.show.tables.labels import answer_label, rows_of, text_or_nothing
from campaign_lib.stories.assessment.year_end import YearEnd
from campaign_lib.stories.audit.reasons import formula_table
from campaign_lib.stories.telling import Story
from campaign_lib.words import Words

# Poverty flows for people: village by village, poor and near-poor apart, and why.

_KEY = "flows"
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


def flow_label(flow: str, dates: Mapping[str, str], words: Words) -> str:
    """Name a flow; start and end by their dates."""
    return words(f"{_KEY}.{flow}.label", **({"day": dates[flow]} if flow in dates else {}))


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
    columns = list(_SIGNS)
    if tally[[INTO_OTHER_GROUP, FROM_OTHER_GROUP]].to_numpy().any():
        columns.insert(2, INTO_OTHER_GROUP)
        columns.insert(-1, FROM_OTHER_GROUP)
    signs = {**_SIGNS, INTO_OTHER_GROUP: "−", FROM_OTHER_GROUP: "+"}
    return Table(
        caption=caption,
        columns=(
            Column(words(f"{_KEY}.place")),
            *(
                Column(f"{signs[name]} {words(f'{_KEY}.{name}.short')}".strip(), RIGHT)
                for name in columns
            ),
        ),
        rows=tuple(
            (names[str(place)], *(words.number(tally.loc[place, name]) for name in columns))
            for place in tally.index
        ),
        note=words(f"{_KEY}.note"),
    )


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
    return Table(
        caption=words(f"{_KEY}.reasons.caption"),
        columns=(
            Column(words(f"{_KEY}.reasons.reason")),
            Column(words(f"{_KEY}.reasons.villages"), RIGHT),
            Column(words(f"{_KEY}.reasons.commune"), RIGHT),
        ),
        rows=tuple(
            (
                f"{sign} {words(f'{_KEY}.{name}.label')}",
                words.number(villages[name]),
                words.number(tally.loc[COMMUNE, name]),
            )
            for name, sign in flows
            if villages[name]
        ),
        empty=words(f"{_KEY}.reasons.none"),
    )


def relapsed_table(homes: pd.DataFrame, names: Mapping[str, str], words: Words) -> Table:
    """List the households that fell back.

    Args:
        homes: household, head_name, place, group, last_poor (the last date before the baseline on
            which the household is known as poor or near-poor).
        names: the villages' names by code.
        words: the reader's language.
    """
    headings = ("household", "head", "village", "now", "last_poor")
    return Table(
        caption=words(f"{_KEY}.relapses.caption"),
        columns=tuple(Column(words(f"{_KEY}.relapses.{name}")) for name in headings),
        rows=tuple(
            (
                home.household,
                text_or_nothing(home.head_name),
                names[home.place],
                answer_label("poverty_status", "status", home.group, words),
                words.date(home.last_poor),
            )
            for home in rows_of(homes)
        ),
        empty=words(f"{_KEY}.relapses.none"),
    )


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
    return Table(
        caption=words(f"{_KEY}.left_over.caption", day=day),
        columns=(
            Column(words(f"{_KEY}.place")),
            *(Column(_group(name, words), RIGHT) for name in POOR),
            Column(words(f"{_KEY}.left_over.together"), RIGHT),
            Column(words(f"{_KEY}.left_over.rate"), RIGHT),
        ),
        rows=tuple(_poor_row(line, names, words) for line in rows_of(poor)),
    )


def _group(name: str, words: Words) -> str:
    return answer_label("poverty_status", "status", name, words)


def _poor_row(line: Any, names: Mapping[str, str], words: Words) -> tuple[str, ...]:
    return (
        names[line.place],
        words.number(line.poor),
        words.number(line.near_poor),
        f"{words.number(line.numerator)}/{words.number(line.denominator)}",
        words.percent(line.percent),
    )


# Poverty flows as a drawing: from the first date to the second, step by step.

#: A step of the drawing: what it is called, how many, and +1, -1, or 0 for the count of a date.
Step = tuple[str, int, int]

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


_WAYS = {
    "start": 0,
    "left": -1,
    "other_decrease": -1,
    "relapsed": 1,
    "new": 1,
    "other_increase": 1,
    "end": 0,
}


class YearPoverty(Story):
    """How the number of poor and near-poor households changed over the year."""

    key = "annual_assessment"

    def __init__(self, year: YearEnd, words: Words) -> None:
        super().__init__(words)
        self.year = year
        self.names = year.names(words("flows.commune"))

    @cached_property
    def tally(self) -> pd.DataFrame:
        """The flows of poor and near-poor together, by place."""
        return self.year.flows.tally()

    @cached_property
    def dates(self) -> dict[str, str]:
        """The two dates in words, by `start` and `end`."""
        days = {"start": "baseline", "end": "later_date"}
        return {name: self.words.date(self.year.days[day]) for name, day in days.items()}

    def in_short(self) -> Passage:
        """One sentence for the first screen."""
        line: Any = self.tally.loc[COMMUNE]
        names = ("start", "end", "left", "relapsed", "new")
        counts = {name: int(line[name]) for name in names}
        days = {"first": self.dates["start"], "last": self.dates["end"]}
        return paragraph(self.text("poverty_in_short", **counts, **days))

    def flows(self) -> Passage:
        """Where the change came from: drawn, as a sum, by village, and by group."""
        days = {"first": self.dates["start"], "last": self.dates["end"]}
        commune: Any = self.tally.loc[COMMUNE]
        steps = [
            (flow_label(name, self.dates, self.words), int(commune[name]), way)
            for name, way in _WAYS.items()
        ]
        quarter = self.words.quarter(self.year.quarter)
        chart = flows_chart(steps, self.words, self.text("source", quarter=quarter))
        balance = self.words("flows.balanced", sum=equation(self.tally, COMMUNE, self.words))
        caption = self.text("flows.caption", **days)
        table = flow_table(self.tally, self.names, self.words, caption=caption)
        return self.section(
            "flows",
            chart,
            paragraph(balance),
            table,
            reasons_table(self.tally, self.words),
            folded_away(self.text("flows.groups"), *map(self._of_group, POOR)),
            **days,
        )

    def _of_group(self, group: str) -> Table:
        label = answer_label("poverty_status", "status", group, self.words)
        caption = self.text("flows.group_caption", group=label)
        tally = self.year.flows.tally([group])
        return flow_table(tally, self.names, self.words, caption=caption)

    def relapsed(self) -> Passage:
        """List the households that fell back into poverty."""
        homes = self.year.flows.households("relapsed")
        statuses = self.year.processed.table("poverty_status")
        since = last_found_poor(statuses, self.year.days["baseline"])
        homes = homes.assign(last_poor=since.reindex(homes["household"]).to_numpy())
        table = relapsed_table(homes, self.names, self.words)
        return self.section("relapsed", table, self._older_standard(homes["last_poor"]))

    def _older_standard(self, found_poor: pd.Series) -> Passage:
        """Say so where somebody was last found poor by another standard than today's."""
        if not (found_poor < pd.Timestamp(NEW_STANDARD_SINCE)).any():
            return NOTHING
        older = self.words(f"plan_items.poverty_standard.{DECISION_59_2015}")
        since = self.words.date(NEW_STANDARD_SINCE)
        said = self.text("relapsed.older_standard", since=since, standard=older)
        return paragraph(said, "note")

    def still_poor(self) -> Passage:
        """Count who is still poor or near-poor, village by village."""
        results = self.year.processed.results
        own = (results["quarter"] == self.year.quarter) & (
            results["indicator"] == POVERTY_REDUCTION.id
        )
        poor = still_poor(self.year.flows, results[own])
        table = still_poor_table(poor, self.names, self.words, day=self.dates["end"])
        return self.section("still_poor", table)

    def formulas(self) -> Passage:
        """Give the fall of the rate by the three formulas."""
        found = audit(self.year.processed, POVERTY_REDUCTION.id, self.year.quarter, COMMUNE)
        year = Quarter.parse(self.year.quarter).year
        return self.section("formulas", formula_table(found, self.words), year=year)
