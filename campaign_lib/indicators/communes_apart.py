"""A folder of several communes taken apart: a campaign for each, as if it had been read alone.

Whatever is computed, judged, reported or hidden is a commune's own, by the code that a folder of
one commune uses; nothing else needs to know that there are others. Docs/decisions/13.
"""

from collections.abc import Mapping

import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook.problems import ABOUT
from campaign_lib.intake import Campaign
from campaign_lib.intake.communes import DAYS, keys_in
from campaign_lib.intake.sources.folder import SURVEY
from campaign_lib.plan import plan_of
from campaign_lib.plan.communes import Commune

#: What tables are about whose rows belong to whoever the household or the village belongs to.
_OF_HOUSEHOLDS = ("poverty_status", SURVEY, "inspections")
_OF_VILLAGES = ("village_plans", "funding", "allocation")


def parts_of(campaign: Campaign) -> dict[str, Campaign]:
    """Give the campaign of each commune that has a quarter, by its key; none of a folder of one."""
    parts = {commune.key: _part(campaign, commune) for commune in campaign.communes}
    return {key: part for key, part in parts.items() if part.surveyed}


def _part(campaign: Campaign, commune: Commune) -> Campaign:
    surveyed = {
        code: columns
        for code, columns in campaign.surveyed.items()
        if _has(campaign, commune, Quarter.parse(code))
    }
    tables = _tables(campaign.tables, commune.key, list(surveyed))
    return Campaign(
        tables=tables,
        plans=campaign.own_plans[commune.key],
        surveyed=surveyed,
        problems=_problems(campaign.problems, tables),
        files=campaign.files,
    )


def _has(campaign: Campaign, commune: Commune, quarter: Quarter) -> bool:
    return commune.has_quarter(quarter, plan_of(campaign.plans, quarter.year).calendar)


def _tables(
    tables: Mapping[str, pd.DataFrame], key: str, quarters: list[str]
) -> dict[str, pd.DataFrame]:
    """Take from every table the rows that are about one commune.

    A household that moved from one commune to another is in both, each with its own stays: it has
    left the first and come to the second. What is said of it, in a survey or about its poverty, is
    said to both.
    """
    villages = _kept(tables["villages"], _holds(tables["villages"]["commune"], key))
    codes = villages["village"]
    stays = _kept(tables["households"], tables["households"]["village"].isin(codes))
    own = {"villages": villages, "households": stays}
    for name in _OF_VILLAGES:
        own[name] = _kept(tables[name], tables[name]["village"].isin(codes))
    for name in _OF_HOUSEHOLDS:
        own[name] = _kept(tables[name], tables[name]["household"].isin(stays["household"]))
    own[SURVEY] = _kept(own[SURVEY], own[SURVEY]["quarter"].isin(quarters))
    for name in DAYS:
        table = tables[name]
        here = table["commune"] == key
        if "village" in table:
            here = here.where(table["village"].isna(), table["village"].isin(codes))
        own[name] = _kept(table, here)
    communes = tables["communes"]
    own["communes"] = _kept(communes, communes["commune"] == key)
    own["corrections"] = tables["corrections"]  # found by file and row: others' are of no use
    return own


def _holds(cells: pd.Series, key: str) -> pd.Series:
    return pd.Series([key in keys_in(cell) for cell in cells], index=cells.index, dtype=bool)


def _kept(table: pd.DataFrame, here: pd.Series) -> pd.DataFrame:
    return table[here.astype(bool)].reset_index(drop=True)


def _problems(problems: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Leave out what is about another commune's village or household."""
    village, household = (problems[name] for name in ABOUT)
    nobody = (village == "") & (household == "")
    here = village.isin(tables["villages"]["village"])
    here |= household.isin(tables["households"]["household"])
    return problems[nobody | here].reset_index(drop=True)
