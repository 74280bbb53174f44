"""What `start_here.ipynb` shows first: the results of a place, one short call."""

from campaign_lib.display import Table
from campaign_lib.processed import Processed
from campaign_lib.quarters import Quarter
from campaign_lib.steps import COMMUNE
from campaign_lib.tables.results import Aims, indicator_table
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
    same_year = before.year == Quarter.parse(now).year
    year = Quarter.parse(now).year
    plans, targets = processed.table("plans"), processed.table("targets")
    plan = plans[plans["year"] == year]
    aims = Aims.of(targets[targets["year"] == year], plan.iloc[0] if len(plan) else None)
    return indicator_table(
        lines[lines["quarter"] == now], last if same_year else last.iloc[:0], aims, words
    )
