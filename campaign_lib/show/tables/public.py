"""What the public edition shows in place of tables that have small counts, names or free text."""

from typing import Any

import pandas as pd

from campaign_lib.disclosure import LEAST_SHOWN, may_show
from campaign_lib.show.display import RIGHT, Cell, Column, Mark, Table
from campaign_lib.show.tables.labels import answer_label, labels_of, rows_of, status_mark
from campaign_lib.show.tables.results import (
    Aims,
    count_of_base,
    in_plan_order,
    label_of,
    percent_of,
    traced,
    wanted_count,
)
from campaign_lib.words import MISSING, Words

HIDDEN = "hidden"


def indicator_table(lines: pd.DataFrame, aims: Aims, words: Words) -> Table:
    """Show the public results of one place in one quarter.

    Args:
        lines: lines of `public_results` of one place and quarter.
        aims: what the plan asks.
        words: the reader's language.
    """
    text = labels_of(words, "indicators")
    return Table(
        caption=words("tables.indicators.caption_public"),
        columns=(
            *(Column(text(name)) for name in ("indicator", "status")),
            *(Column(text(name), RIGHT) for name in ("count", "percent", "target")),
        ),
        rows=tuple(
            (
                traced(label_of(line, aims, words), line, beside=True),
                status_mark(str(line.status), words),
                *_figures(line, aims, words),
            )
            for line in rows_of(in_plan_order(lines))
        ),
        note=words("disclosure.legend", least=LEAST_SHOWN) if lines["hidden"].any() else "",
    )


def _figures(line: Any, aims: Aims, words: Words) -> tuple[Cell, Cell, Cell]:
    if line.hidden:
        return withheld(words), withheld(words), MISSING
    return (
        count_of_base(line, words),
        percent_of(line, line.percent, aims, words),
        wanted_count(line, line.target_count, words),
    )


def withheld(words: Words) -> Mark:
    """Give the mark of a count that is not shown."""
    return Mark(words("codes.status.hidden.mark"), HIDDEN)


def count_or_mark(count: Any, words: Words) -> Cell:
    """Write a count of households, or the mark where it is too small to be shown."""
    if pd.isna(count):
        return MISSING
    return words.number(count) if may_show(int(count)) else withheld(words)


def models_table(models: pd.DataFrame, words: Words) -> Table:
    """List models by field; what they are called may be somebody's name."""
    text = labels_of(words, "models")
    headings = ("owner", "area", "started", "state")
    return Table(
        caption=text("caption"),
        columns=(*(Column(text(name)) for name in headings), Column(text("households"), RIGHT)),
        rows=tuple(
            (
                answer_label("models", "owner", model.owner, words),
                MISSING if pd.isna(model.area) else words.number(model.area),
                words.date(model.started_on),
                text("built_new" if model.built_this_year else "kept_up"),
                count_or_mark(model.households, words),
            )
            for model in rows_of(models)
        ),
        empty=text("none"),
    )


def activities_table(activities: pd.DataFrame, words: Words) -> Table:
    """Count activities by who led them."""
    text = labels_of(words, "activities")
    counts = activities["led_by"].value_counts(dropna=False, sort=False)
    return Table(
        caption=text("by_leader"),
        columns=(Column(text("led_by")), Column(text("how_many"), RIGHT)),
        rows=tuple(
            (answer_label("activities", "led_by", leader, words), words.number(count))
            for leader, count in counts.items()
        ),
        empty=text("none"),
    )
