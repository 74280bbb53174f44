"""How several communes stand side by side, and how the figures of all of them come about."""

from collections.abc import Mapping

import pandas as pd

from campaign_lib.codebook import folded
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.plan.communes import ALL
from campaign_lib.show.display import RIGHT, Column, Table
from campaign_lib.show.tables.labels import rows_of, status_mark
from campaign_lib.store.processed import Processed
from campaign_lib.words import Words


def is_all(whole: Processed, place: str) -> bool:
    """Whether a name stands for all communes of a folder that holds several."""
    return bool(whole.communes) and folded(place) == ALL


def how_all_add_up(whole: Processed, quarter: str, indicator: str, language: str = "vi") -> str:
    """Tell, for a terminal, how a figure of all communes is the sum of the communes' figures."""
    words = Words(language)
    table = sum_table(lines_of(whole.results, quarter, indicator), whole.communes, words)
    return f"{table}\n{words('communes.sum.says')}\n"


def lines_of(results: pd.DataFrame, quarter: str, indicator: str) -> pd.DataFrame:
    """Give an indicator's lines of each commune and of all of them, in a quarter."""
    lines = results[(results["quarter"] == quarter) & (results["indicator"] == indicator)]
    return lines[lines["level"].isin([COMMUNE, ALL])].sort_values("level", ascending=False)


def sum_table(lines: pd.DataFrame, names: Mapping[str, str], words: Words) -> Table:
    """Show an indicator commune by commune, and their sum below.

    Args:
        lines: as `lines_of` gives them, of one quarter and indicator.
        names: the communes' names by key.
        words: the reader's language.
    """

    def say(name: str) -> str:
        return words(f"communes.sum.{name}")

    label = words(f"indicators.{lines['indicator'].iloc[0]}.label")
    quarter = words.quarter(str(lines["quarter"].iloc[0]))
    numbers = ("numerator", "denominator", "unknown")
    return Table(
        caption=words("communes.sum.caption", label=label, quarter=quarter),
        columns=(
            Column(say("commune")),
            *(Column(say(name), RIGHT) for name in (*numbers, "percent", "target_count")),
            Column(say("status")),
        ),
        rows=tuple(
            (
                names.get(line.place, words("communes.all")),
                *(words.number(getattr(line, name)) for name in numbers),
                words.percent(line.percent),
                words.number(line.target_count),
                status_mark(str(line.status), words, certain=line.certain == "yes"),
            )
            for line in rows_of(lines)
        ),
    )
