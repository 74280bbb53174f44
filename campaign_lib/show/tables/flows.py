"""Poverty flows for people: village by village, poor and near-poor apart, and why."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from campaign_lib.analysis.flows import (
    FROM_OTHER_GROUP,
    INTO_OTHER_GROUP,
    OTHER_DECREASE,
    OTHER_INCREASE,
)
from campaign_lib.indicators.households import POOR
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.show.display import RIGHT, Column, Table
from campaign_lib.show.tables.labels import answer_label, rows_of, text_or_nothing
from campaign_lib.words import Words

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
