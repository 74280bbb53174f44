"""Was a year's plan met: by how much each target is passed or missed, and in which villages."""

from dataclasses import dataclass

import pandas as pd

from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.indicators.ten import POVERTY_REDUCTION

MET, UNMEASURED, NO_TARGET = "met", "unmeasured", "no_target"
#: Why a year has no figure for a target (`campaign_lib.analysis.years.gaps`).
NO_FIGURE = ("no_survey", "not_asked", "no_status", "nobody", "no_answers")


def by_how_much(lines: pd.DataFrame) -> pd.DataFrame:
    """Say of lines of results how far they are above their target (below it: negative).

    Returns:
        The lines with `surplus`, in units: how many more count than the target asks; of poverty,
        how many fewer households are poor than it allows. Missing where nothing is judged, or
        where the verdict is read off the percentage alone: then `surplus_percent` is the
        percentage less the target's.
    """
    over = (lines["numerator"] - lines["target_count"]).astype("Int64")
    over = over.where(lines["indicator"] != POVERTY_REDUCTION.id, -over)
    judged = ~lines["status"].isin([UNMEASURED, NO_TARGET])
    percents = (lines["percent"] - lines["target_percent"]).astype("Float64").round(2)
    return lines.assign(
        surplus=over.where(judged), surplus_percent=percents.where(judged & over.isna())
    )


@dataclass(frozen=True)
class Villages:
    """One target in the villages: how many have a verdict, how many met it, and who did not.

    `short` are the lines of those that did not, the furthest from it first.
    """

    indicator: str
    judged: int
    met: int
    short: pd.DataFrame


def by_village(lines: pd.DataFrame, indicators: tuple[str, ...]) -> list[Villages]:
    """Sort the villages of one quarter by whether they met each target.

    Args:
        lines: lines of results of one quarter.
        indicators: in which order; those that no village is judged by are left out.
    """
    villages = lines[(lines["place"] != COMMUNE) & (lines["status"] != NO_TARGET)]
    found = []
    for indicator in indicators:
        own = villages[villages["indicator"] == indicator]
        if own.empty:
            continue
        short = own[own["status"] != MET].sort_values(
            ["shortfall", "place"], ascending=[False, True], na_position="last"
        )
        found.append(Villages(indicator, len(own), len(own) - len(short), short))
    return found
