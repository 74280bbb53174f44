"""Several communes: each computed as if it were alone, and all of them added up.

The level `all` counts nobody anew: each of its counts is the sum of the communes' counts, so that
communes add up to it exactly. Its verdict is that of the plan for all, where there is one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from campaign_lib.analysis.quality.doubts import doubts
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook
from campaign_lib.codebook.problems import as_listed
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import find
from campaign_lib.indicators.communes_apart import parts_of
from campaign_lib.indicators.indicator import FIGURES, PLACE
from campaign_lib.indicators.panel import Panel, days_of
from campaign_lib.indicators.results import (
    KEYS,
    RESULT_COLUMNS,
    STEP_COLUMNS,
    Computed,
    compute,
    judge,
    placed,
    tidy,
)
from campaign_lib.indicators.steps import COMMUNE, COUNTS
from campaign_lib.intake import Campaign
from campaign_lib.intake.drafts import empty_table
from campaign_lib.plan import COUNTED, plan_of
from campaign_lib.plan.communes import ALL
from campaign_lib.plan.files import ByYear
from campaign_lib.words.progress import Listener, nobody


@dataclass(frozen=True)
class Part:
    """One commune of a folder: what was read of it, and what it comes to, as if it were alone."""

    campaign: Campaign
    computed: Computed


def compute_parts(campaign: Campaign, tell: Listener = nobody) -> dict[str, Part]:
    """Compute each commune of a folder by its key; none of a folder of one.

    Raises:
        CampaignError: as `compute`.
    """
    return {key: Part(part, compute(part, tell)) for key, part in parts_of(campaign).items()}


def together(campaign: Campaign, parts: Mapping[str, Part]) -> Computed:
    """Put communes together: their lines, each commune's under its key, and lines for all of them.

    Raises:
        CampaignError: no commune has a quarter.
    """
    if not parts:
        raise CampaignError(
            "No commune of raw/communes is valid in a quarter that has a survey: correct "
            "valid_from and valid_until."
        )
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
        _problems([doubted, *(one.problems for one in computed.values())]),
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


def _problems(lists: Sequence[pd.DataFrame]) -> pd.DataFrame:
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
