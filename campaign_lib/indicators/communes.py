"""Several communes: each computed as if it were alone, and all of them added up.

The level `all` counts nobody anew: each of its counts is the sum of the communes' counts, so that
communes add up to it exactly. Its verdict is that of the plan for all, where there is one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook
from campaign_lib.codebook.problems import ABOUT, as_listed
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import find
from campaign_lib.indicators.indicator import FIGURES, PLACE
from campaign_lib.indicators.panel import Panel, days_of
from campaign_lib.indicators.results import (
    KEYS,
    RESULT_COLUMNS,
    STEP_COLUMNS,
    Computed,
    Doubts,
    compute,
    judge,
    nothing_doubted,
    placed,
    tidy,
)
from campaign_lib.indicators.steps import COMMUNE, COUNTS
from campaign_lib.intake import Campaign
from campaign_lib.intake.communes import DAYS, keys_in
from campaign_lib.intake.drafts import empty_table
from campaign_lib.intake.sources.folder import SURVEY
from campaign_lib.plan import COUNTED, plan_of
from campaign_lib.plan.communes import ALL, Commune
from campaign_lib.plan.files import ByYear
from campaign_lib.words.progress import Listener, nobody

# A folder of several communes taken apart: a campaign for each, as if it had been read alone.
#
# Whatever is computed, judged, reported or hidden is a commune's own, by the code that a folder of
# one commune uses; nothing else needs to know that there are others. Docs/decisions/13.

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


@dataclass(frozen=True)
class Part:
    """One commune of a folder: what was read of it, and what it comes to, as if it were alone."""

    campaign: Campaign
    computed: Computed


def compute_parts(
    campaign: Campaign, tell: Listener = nobody, doubts: Doubts = nothing_doubted
) -> dict[str, Part]:
    """Compute each commune of a folder by its key; none of a folder of one.

    Raises:
        CampaignError: as `compute`.
    """
    return {
        key: Part(part, compute(part, tell, doubts)) for key, part in parts_of(campaign).items()
    }


def together(
    campaign: Campaign, parts: Mapping[str, Part], doubts: Doubts = nothing_doubted
) -> Computed:
    """Put communes together: their lines, each commune's under its key, and lines for all of them.

    Raises:
        CampaignError: no commune has a quarter.
    """
    if not parts:
        raise CampaignError("asked.no_days")
    computed = {key: part.computed for key, part in parts.items()}
    figures = _summed(pd.concat([one.figures for one in computed.values()]))
    results = tidy(_judged(figures, campaign.plans), RESULT_COLUMNS, KEYS)
    panel = _panel(campaign, computed)
    # A household may have been asked last in another commune: what it said there is compared, too.
    doubted = placed(doubts(campaign, panel), campaign)
    return Computed(
        _stacked([*_under_keys(computed, "results"), results], KEYS),
        _stacked([*_under_keys(computed, "steps"), *_steps(computed)], [*KEYS, "part", "position"]),
        panel,
        _problems_of_all([doubted, *(one.problems for one in computed.values())]),
        figures,
    )


def _under_keys(computed: Mapping[str, Computed], name: str) -> Iterator[pd.DataFrame]:
    """Give the communes' lines as the folder prints them: `commune` is which one of them."""
    for key, one in computed.items():
        lines: pd.DataFrame = getattr(one, name)
        yield lines.assign(place=lines["place"].mask(lines["level"] == COMMUNE, key))


def _stacked(frames: Sequence[pd.DataFrame], keys: list[str]) -> pd.DataFrame:
    return pd.concat(frames).sort_values(keys, ignore_index=True)


def _summed(figures: pd.DataFrame) -> pd.DataFrame:
    """Add the communes' figures up; what an indicator has none of stays missing."""
    keys = [*PLACE, "indicator", "unit"]
    sums = figures.groupby(keys, sort=False, observed=True)[list(FIGURES)].sum(min_count=1)
    asked = figures.groupby(keys, sort=False, observed=True)["measurable"].all()
    return sums.astype("Int64").assign(measurable=asked).reset_index()


def _judged(figures: pd.DataFrame, plans: ByYear) -> pd.DataFrame:
    """Judge the sums by the plan for all communes; a number of models is asked of each alone."""
    judged = []
    for (quarter, name), lines in figures.groupby(["quarter", "indicator"], sort=False):
        plan = plan_of(plans, int(str(quarter)[:4]))
        shared = {one: asked for one, asked in plan.targets.items() if one not in COUNTED}
        lines, _ = judge(find(str(name)), lines, replace(plan, targets=shared), _NOTHING_FIXED)
        judged.append(lines)
    return pd.concat(judged).assign(level=ALL, place=ALL)


#: What the communes have fixed is theirs; nothing is shared out on the level above them.
_NOTHING_FIXED = empty_table(codebook().tables["allocation"])


def _steps(computed: Mapping[str, Computed]) -> Iterator[pd.DataFrame]:
    steps = pd.concat([one.steps for one in computed.values()])
    keys = ["quarter", "indicator", "part", "position", "step"]
    sums = steps[steps["level"] == COMMUNE].groupby(keys, sort=False, observed=True)[list(COUNTS)]
    yield sums.sum().reset_index().assign(level=ALL, place=ALL)[STEP_COLUMNS]


def _problems_of_all(lists: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put the communes' problems together, each of them once."""
    return as_listed(pd.concat(lists).drop_duplicates())


def _panel(campaign: Campaign, computed: Mapping[str, Computed]) -> Panel:
    """Stack the communes' panels; a household's row says which commune's it is."""
    panels = {key: one.panel for key, one in computed.items()}
    quarters = sorted({code for panel in panels.values() for code in panel.days["quarter"]})
    places = tuple(sorted({place for panel in panels.values() for place in panel.places}))
    units = {
        name: _units([panel.units[name].assign(commune=key) for key, panel in panels.items()],
                     quarters, places)
        for name in next(iter(panels.values())).units
    }  # fmt: skip
    return Panel(
        units,
        _units([panel.tasks for panel in panels.values()], quarters, places),
        days_of(map(Quarter.parse, quarters), campaign.plans),
        places,
        pd.concat([panel.problems for panel in panels.values()]),
    )


def _units(
    frames: Sequence[pd.DataFrame], quarters: Sequence[str], places: Sequence[str]
) -> pd.DataFrame:
    kinds = {"quarter": quarters, "village": places}
    alike = [
        frame.assign(
            **{
                name: pd.Categorical(frame[name].astype("str"), categories=list(values))
                for name, values in kinds.items()
                if name in frame
            }
        )
        for frame in frames
    ]
    return pd.concat(alike, ignore_index=True)
