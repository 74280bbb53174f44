"""Every indicator, for every place and quarter, as tidy tables.

`results.csv` is read off `steps.csv`, so that the two cannot disagree (data contract, section 4).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from operator import attrgetter

import numpy as np
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook
from campaign_lib.codebook.problems import (
    ABOUT,
    as_listed,
    file_problem,
    in_order,
    no_problems,
    of_allocation,
    severities,
)
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL, find
from campaign_lib.indicators.indicator import FIGURES, PLACE, Drop, Indicator, Share, columns_of
from campaign_lib.indicators.panel import Panel, build_panel, days_of
from campaign_lib.indicators.steps import COMMUNE, COUNTS, Walk, count, walk
from campaign_lib.indicators.steps import Part as Asked
from campaign_lib.intake import Campaign
from campaign_lib.intake.drafts import empty_table
from campaign_lib.plan import COUNTED, FORMULA, THRESHOLDS, Plan, Target, plan_of
from campaign_lib.plan.communes import ALL as ALL_COMMUNES
from campaign_lib.plan.communes import ONLY, key_of
from campaign_lib.plan.files import ByYear
from campaign_lib.plan.targets import (
    JUDGED,
    RANKS,
    Fall,
    fixed_allocation,
    judge_counts,
    judge_fall,
    judge_shares,
    too_many_unknown,
    unjudged,
)
from campaign_lib.words.progress import COUNTING, PANEL, Listener, Step, each, nobody

KEYS = ["quarter", "level", "place", "indicator"]
PERCENTS = ["percent", "percent_high", "target_percent"]
RESULT_COLUMNS = [
    *KEYS, "unit", "numerator", "denominator", "unknown", *JUDGED, "status", "certain",
    "baseline_numerator", "baseline_denominator", "baseline_unknown",
]  # fmt: skip
STEP_COLUMNS = [*KEYS, "part", "position", "step", *COUNTS]
#: The part that is walked for one formula of poverty reduction only, and is not in steps.csv.
UNPRINTED = "escaped"
_OF_SURVEY = r"(?i)^survey/(\d{4}Q[1-4])[./]"


#: Lists what was read of a campaign and kept, and can hardly be (`analysis.quality.checks.doubts`).
Doubts = Callable[[Campaign, Panel], pd.DataFrame]


def nothing_doubted(campaign: Campaign, panel: Panel) -> pd.DataFrame:
    """List nothing: all that was read is believed."""
    return no_problems()


@dataclass(frozen=True)
class Computed:
    """What a build knows: results and steps as the contract describes them, panel, problems.

    `figures` are the communes' figures before they are judged, those that no file prints included.
    """

    results: pd.DataFrame
    steps: pd.DataFrame
    panel: Panel
    problems: pd.DataFrame
    figures: pd.DataFrame


def compute(
    campaign: Campaign, tell: Listener = nobody, doubts: Doubts = nothing_doubted
) -> Computed:
    """Walk and judge all ten indicators.

    Args:
        campaign: what was read.
        tell: hears of the panel and of each indicator before its turn.
        doubts: lists what was read and can hardly be, beside the other problems.

    Returns:
        results with percentages as numbers (77.17), counts as nullable whole numbers; steps; the
        panel they were walked on; and all problems, those of reading included.
    """
    tell(Step(PANEL, 0, 1))
    panel = build_panel(campaign)
    results, steps, figures = [], [], []
    problems = [campaign.problems, panel.problems, doubts(campaign, panel)]
    bases: dict[str, dict[Asked, Walk]] = {name: {} for name in panel.units}
    own_quarters, survey = campaign.own_quarters, campaign.tables["survey"]
    known = {one: known_of(panel.days, one, asked) for one, asked in campaign.surveyed.items()}
    for indicator in each(tell, COUNTING, ALL, attrgetter("id")):
        counted = count_steps(indicator, panel, bases[indicator.units])
        needs = needed(indicator, panel.units[indicator.units], survey)
        lines = _figures(indicator, counted, needs, known)
        for quarter, of_quarter in lines.groupby("quarter", observed=True):
            plan = plan_of(campaign.plans, int(str(quarter)[:4]))
            judged, wrong = judge(indicator, of_quarter, plan, campaign.tables["allocation"])
            results.append(judged)
            if quarter in own_quarters:
                problems.append(wrong)
        figures.append(lines[lines["level"] == COMMUNE])
        steps.append(counted[counted["part"] != UNPRINTED].assign(indicator=indicator.id))
    return Computed(
        tidy(pd.concat(results), RESULT_COLUMNS, KEYS),
        tidy(pd.concat(steps), STEP_COLUMNS, [*KEYS, "part", "position"]),
        panel,
        placed(in_order(*problems).drop_duplicates(ignore_index=True), campaign),
        pd.concat(figures, ignore_index=True),
    )


def placed(problems: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    """Say where and when a problem belongs: its household's last village, its survey's quarter."""
    stays = campaign.tables["households"].drop_duplicates("household", keep="last")
    lives = problems["household"].map(stays.set_index("household")["village"]).astype("str")
    return problems.assign(
        village=problems["village"].where(problems["village"] != "", lives.fillna("")),
        quarter=problems["file"].str.extract(_OF_SURVEY, expand=False).str.upper().fillna(""),
        severity=severities(problems),
    )


def count_steps(
    indicator: Indicator, panel: Panel, bases: dict[Asked, Walk] | None = None
) -> pd.DataFrame:
    """Count the steps of one indicator; village lines only where it has them.

    `bases` are walks of its units that were taken before, as `walk` notes them.
    """
    bases = {} if bases is None else bases
    walked = [walk(panel.units[indicator.units], part, bases) for part in indicator.parts()]
    counts = [count(each, list(panel.days["quarter"]), panel.places) for each in walked]
    counted = pd.concat(counts, ignore_index=True)
    return counted if indicator.by_village else counted[counted["level"] == "commune"]


def needed(indicator: Indicator, rows: pd.DataFrame, survey: pd.DataFrame) -> set[str]:
    """Name what an indicator can't be measured without: survey questions, a plan's numbers."""
    return {*columns_of(indicator, rows)} & {*survey.columns, *THRESHOLDS}


def known_of(days: pd.DataFrame, quarter: str, asked: Iterable[str]) -> set[str]:
    """Name what of it a quarter has: what its survey asked, and the numbers that its days say."""
    said = days.loc[days["quarter"] == quarter, [*THRESHOLDS]]
    return {*asked, *said.dropna(axis="columns")}


def _figures(
    indicator: Indicator, counted: pd.DataFrame, needs: set[str], known: Mapping[str, set[str]]
) -> pd.DataFrame:
    """Read an indicator's figures off its steps, and say in which quarters it could be measured.

    It needs some columns, and known are those of each quarter.
    """
    lines = indicator.figures(counted)
    measured = [quarter for quarter, columns in known.items() if needs <= columns]
    return lines.assign(
        indicator=indicator.id, unit=indicator.unit, measurable=lines["quarter"].isin(measured)
    )


def judge(
    indicator: Indicator, lines: pd.DataFrame, plan: Plan, allocation: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Judge the lines of one indicator in one quarter; give them and the problems found.

    `lines` has the indicator's figures by level and place, and `measurable` (whether the survey
    asked, and the plan says, what it needs).
    """
    target = plan.targets.get(indicator.id)
    quarter = str(lines["quarter"].iloc[0])
    share = plan.path[int(quarter[-1]) - 1]
    if isinstance(indicator, Drop):
        return judge_drop(lines, str(plan.parameters[FORMULA]), target, share), no_problems()
    if not isinstance(indicator, Share):
        return judge_counts(lines, target), no_problems()
    bases = pd.Series(lines["denominator"].array, index=lines["place"])
    fixed, why_not = fixed_allocation(allocation, plan.year, indicator.id, target, bases)
    wrong = no_problems()
    if why_not:
        problem = of_allocation(f"{quarter} {indicator.id}", why_not)
        file = str(allocation["source_file"].iloc[0])
        wrong = file_problem(file, problem, "computed one used", column="count")
    return judge_shares(lines, target, share, fixed), wrong


def judge_drop(
    lines: pd.DataFrame, formula: str, target: Target | None, share: Fraction
) -> pd.DataFrame:
    """Give every place its reduction, and the commune its verdict."""
    fall, commune = _fall(lines), lines["level"] == COMMUNE
    enough = not too_many_unknown(lines[commune]).any()
    measured = fall.measurable(formula) & enough
    judged = unjudged(lines, certain="yes")
    judged["percent"] = pd.arrays.IntegerArray(fall.reduction(formula), ~measured)
    judged["status"] = np.where(measured, "no_target", "unmeasured")
    if target is None:
        return judged
    judged.loc[commune, "target_percent"] = target.at_least
    if not enough:
        return judged
    here, unknown = _fall(lines[commune]), lines.loc[commune, "unknown"].to_numpy(np.int64)
    verdict, best = (
        judge_fall(each, formula, target.at_least, share)
        for each in (here, here.if_unknown_were_out_of_poverty(unknown))
    )
    for name, value in vars(verdict).items():
        judged.loc[commune, name] = pd.NA if value is None else value
    better = RANKS.index(best.status) > RANKS.index(verdict.status) > 0
    judged.loc[commune, "certain"] = "no" if better else "yes"
    return judged


def _fall(lines: pd.DataFrame) -> Fall:
    dates = ("baseline_numerator", "baseline_denominator", "numerator", "denominator")
    counts = (*dates, "escaped", "escaped_at_best")
    return Fall(*(lines[name].to_numpy(np.int64) for name in counts))


def tidy(table: pd.DataFrame, columns: list[str], keys: list[str]) -> pd.DataFrame:
    """Put columns and lines in the contract's order; percentages become numbers."""
    table = table.assign(
        **{name: table[name].astype("Float64") / 100 for name in PERCENTS if name in table}
    )
    return table[columns].sort_values(keys, ignore_index=True)


def as_printed(results: pd.DataFrame) -> pd.DataFrame:
    """Write percentages as the CSV has them: a dot, two decimals, empty if missing."""
    texts: Mapping[str, pd.Series] = {
        name: results[name].map(lambda value: f"{value:.2f}", na_action="ignore").astype("str")
        for name in PERCENTS
        if name in results  # an older version's may have fewer
    }
    return results.assign(**texts)


# Several communes: each computed as if it were alone, and all of them added up (docs/decisions/13).
#
# The level `all` counts nobody anew: each of its counts is the sum of the communes' counts, so that
# communes add up to it exactly. Its verdict is that of the plan for all, where there is one.


@dataclass(frozen=True)
class Part:
    """One commune of a campaign: what was read of it, and what it comes to, as if it were alone."""

    campaign: Campaign
    computed: Computed

    @cached_property
    def own(self) -> Computed:
        """What it comes to in its own quarters: those before, as they would have been, left out."""
        quarters = self.campaign.own_quarters
        if {*quarters} == {*self.campaign.surveyed}:
            return self.computed

        def of_own(frame: pd.DataFrame) -> pd.DataFrame:
            return frame[frame["quarter"].isin(quarters)].reset_index(drop=True)

        one, panel = self.computed, self.computed.panel
        return replace(
            one,
            **{name: of_own(getattr(one, name)) for name in ("results", "steps", "figures")},
            panel=replace(
                panel,
                units={name: of_own(frame) for name, frame in panel.units.items()},
                tasks=of_own(panel.tasks),
                days=of_own(panel.days),
            ),
        )


def compute_each(
    campaign: Campaign, tell: Listener = nobody, doubts: Doubts = nothing_doubted
) -> dict[str, Part]:
    """Compute each commune by the name of its span; raises CampaignError as `compute`."""
    return {key: Part(own, compute(own, tell, doubts)) for key, own in campaign.of_each().items()}


def together(
    campaign: Campaign, parts: Mapping[str, Part], doubts: Doubts = nothing_doubted
) -> Computed:
    """Put communes together: their lines, each commune's under its key, and lines for all of them.

    The lines of the only commune are all there are.

    Raises:
        CampaignError: no commune has a quarter.
    """
    if not parts:
        raise CampaignError("asked.no_days")
    if ONLY in parts:
        return parts[ONLY].computed
    computed = {name: part.own for name, part in parts.items()}
    figures = _summed(pd.concat([one.figures for one in computed.values()]))
    results = tidy(_judged(figures, campaign.plans), RESULT_COLUMNS, KEYS)
    panel = _panel(campaign, computed)
    # A household may have been asked last in another commune: what it said there is compared, too.
    doubted = placed(doubts(campaign, panel), campaign)
    problems = [doubted, *(one.problems for one in computed.values())]
    problems.append(placed(_of_nobody(campaign.problems, parts), campaign))
    return Computed(
        _with_sums(computed, "results", results, KEYS),
        _with_sums(computed, "steps", _summed_steps(computed), [*KEYS, "part", "position"]),
        panel,
        as_listed(pd.concat(problems).drop_duplicates()),
        figures,
    )


def _of_nobody(problems: pd.DataFrame, parts: Mapping[str, Part]) -> pd.DataFrame:
    """Give the problems of villages and households that no commune has: they were refused."""
    village, household = (problems[name] for name in ABOUT)
    nobody = (village != "") | (household != "")
    for part in parts.values():
        tables = part.campaign.tables
        nobody &= ~village.isin(tables["villages"]["village"])
        nobody &= ~household.isin(tables["households"]["household"])
    return problems[nobody]


def _with_sums(
    computed: Mapping[str, Computed], table: str, sums: pd.DataFrame, keys: list[str]
) -> pd.DataFrame:
    """Set sums beside the communes' lines as the folder prints them: `commune` is which of them."""
    own: list[pd.DataFrame] = [
        getattr(one, table).assign(
            place=lambda t, span=span: t["place"].mask(t["level"] == COMMUNE, key_of(span))
        )
        for span, one in computed.items()
    ]
    return pd.concat([*own, sums]).sort_values(keys, ignore_index=True)


def _summed(figures: pd.DataFrame) -> pd.DataFrame:
    """Add the communes' figures up; what an indicator has none of stays missing."""
    keys = [*PLACE, "indicator", "unit"]
    lines = figures.groupby(keys, sort=False, observed=True)
    sums = lines[list(FIGURES)].sum(min_count=1).astype("Int64")
    return sums.assign(measurable=lines["measurable"].all()).reset_index()


def _judged(figures: pd.DataFrame, plans: ByYear) -> pd.DataFrame:
    """Judge the sums by the plan for all communes; a number of models is asked of each alone.

    What the communes have fixed is theirs; nothing is shared out on the level above them.
    """
    nothing_fixed = empty_table(codebook().tables["allocation"])
    judged = []
    for (quarter, name), lines in figures.groupby(["quarter", "indicator"], sort=False):
        plan = plan_of(plans, int(str(quarter)[:4]))
        shared = {one: asked for one, asked in plan.targets.items() if one not in COUNTED}
        lines, _ = judge(find(str(name)), lines, replace(plan, targets=shared), nothing_fixed)
        judged.append(lines)
    return pd.concat(judged).assign(level=ALL_COMMUNES, place=ALL_COMMUNES)


def _summed_steps(computed: Mapping[str, Computed]) -> pd.DataFrame:
    steps = pd.concat([one.steps for one in computed.values()])
    keys = ["quarter", "indicator", "part", "position", "step"]
    sums = steps[steps["level"] == COMMUNE].groupby(keys, sort=False, observed=True)[list(COUNTS)]
    return sums.sum().reset_index().assign(level=ALL_COMMUNES, place=ALL_COMMUNES)[STEP_COLUMNS]


def _panel(campaign: Campaign, computed: Mapping[str, Computed]) -> Panel:
    """Stack the communes' panels; a household's row says which commune's it is."""
    panels = {span: one.panel for span, one in computed.items()}
    quarters = sorted({code for panel in panels.values() for code in panel.days["quarter"]})
    places = tuple(sorted({place for panel in panels.values() for place in panel.places}))
    units = {
        name: _units([panel.units[name].assign(commune=key_of(span))
                      for span, panel in panels.items()], quarters, places)
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
