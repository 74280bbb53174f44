"""What one looks at first: a place by its name, and its results in one short call."""

from typing import Any

from campaign_lib.base.quarters import Quarter
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.show.display import Table
from campaign_lib.show.tables.results import Aims, indicator_table
from campaign_lib.store.processed import Processed
from campaign_lib.words import Words


def results_of(
    processed: Processed, quarter: str, place: str = COMMUNE, language: str = "vi"
) -> Table:
    """Show every indicator of a village (code or name) or of the commune, in one quarter.

    Raises:
        CampaignError: an unknown quarter, place or language.
    """
    words = Words(language)
    code, now = processed.known_place(place), processed.known_quarter(quarter)
    lines = processed.results[processed.results["place"] == code]
    before = Quarter.parse(now).previous()
    last = lines[lines["quarter"] == str(before)]
    if before.year != Quarter.parse(now).year:
        last = last.iloc[:0]
    return indicator_table(lines[lines["quarter"] == now], last, aims_of(processed, now), words)


def aims_of(processed: Processed, quarter: str) -> Aims:
    """Give what the plan of a quarter's year asks."""
    targets = processed.table("targets")
    of_year = targets[targets["year"] == Quarter.parse(quarter).year]
    return Aims.of(of_year, plan_of_year(processed, quarter))


def plan_of_year(processed: Processed, quarter: str) -> Any:
    """Give the row of `plans` of a quarter's year; None in a year without a plan."""
    plans = processed.table("plans")
    plans = plans[plans["year"] == Quarter.parse(quarter).year]
    return plans.iloc[0] if len(plans) else None


def place_name(processed: Processed, place: str, quarter: str, words: Words) -> str:
    """Name a village (code or name), or the whole commune as the quarter's plan names it."""
    code = processed.known_place(place)
    if code != COMMUNE:
        return processed.villages[code]
    plan = plan_of_year(processed, quarter)
    return words("audit.whole_commune", commune="" if plan is None else plan["commune"]).strip()
