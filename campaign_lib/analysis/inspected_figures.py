"""Which figures would change if the survey had said what inspectors found, and by how much in all.

What was found takes the place of the survey's answers, and the quarter is walked and judged again
by what judges every build: the same questions, the same verdicts. That says what changes because
of those who were visited, no more. Where they were drawn by lot it can also be said, within an
interval, what the percentage would be had everyone been visited.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from campaign_lib.analysis.intervals import Interval, exact, of_mean
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import Column, codebook, folded
from campaign_lib.indicators import ALL
from campaign_lib.indicators.households import COHORT
from campaign_lib.indicators.indicator import Share
from campaign_lib.indicators.panel import Panel
from campaign_lib.indicators.results import count_steps, judge, needed
from campaign_lib.indicators.steps import walk
from campaign_lib.plan import FORMULA, PATHS, Plan, Target, plan_of
from campaign_lib.store.processed import Processed

#: The indicators that the survey's answers decide.
SURVEYED = tuple(one for one in ALL if isinstance(one, Share) and one.units == "households")
#: Those of the cohort, which is also what visits are drawn from.
OF_COHORT = tuple(one for one in SURVEYED if one.among == COHORT)
#: Fewer visits to either group, those that count and those that don't, make no estimate.
LEAST_VISITED = 5


def with_found(homes: pd.DataFrame, inspections: pd.DataFrame) -> pd.DataFrame:
    """Put what was found in the place of the survey's answers.

    Args:
        homes: rows of the panel, of one quarter.
        inspections: rows of the table `inspections`, of the same quarter.

    Returns:
        The same rows; answers that were not checked are as they were. A household that the survey
        does not mention has the answers that were found.
    """
    inspected = homes.copy()
    for question, column in questions().items():
        rows = inspections[inspections["question"] == question].set_index("household")
        if len(rows):
            answers = homes["household"].map(typed(rows["found"], column))
            old = homes[question]
            new = old.astype(object).where(answers.isna(), answers)
            inspected[question] = new.astype(old.dtype)
    return inspected


def judged_again(processed: Processed, quarter: str, homes: pd.DataFrame) -> pd.DataFrame:
    """Walk and judge other answers as a build does.

    Args:
        processed: what was built.
        quarter: one that it has.
        homes: the quarter's rows of the panel, their answers changed or not.

    Returns:
        For each indicator of `SURVEYED` and each place: quarter, level, place, indicator,
        numerator, denominator, unknown, percent, target_count, status, certain, as in results.
    """
    panel = panel_of(processed, "households", homes)
    panel = replace(panel, days=panel.days[panel.days["quarter"] == quarter])
    survey, known = processed.table("survey"), processed.known(quarter)
    plan, allocation = plan_of_quarter(processed, quarter), processed.table("allocation")
    parts = []
    for indicator in SURVEYED:
        lines = indicator.figures(count_steps(indicator, panel))
        measurable = needed(indicator, homes, survey) <= known
        lines = lines.assign(indicator=indicator.id, measurable=measurable)
        parts.append(judge(indicator, lines, plan, allocation)[0])
    lines = pd.concat(parts, ignore_index=True)
    counts = ["numerator", "denominator", "unknown", "percent", "target_count"]
    lines = lines[["quarter", "level", "place", "indicator", *counts, "status", "certain"]]
    return lines.assign(percent=lines["percent"].astype("Float64") / 100)


def panel_of(processed: Processed, units: str, rows: pd.DataFrame | None = None) -> Panel:
    """Lay out what indicators of one kind of units are counted on: the rows built, or others."""
    return Panel(
        {units: processed.units(units) if rows is None else rows},
        processed.table("tasks_by_quarter"),
        processed.table("quarters"),
        tuple(processed.villages),
        processed.table("problems"),
    )


def plan_of_quarter(processed: Processed, quarter: str) -> Plan:
    """Give as much of the year's plan as verdicts on shares need, and the formula of a drop."""
    year = Quarter.parse(quarter).year
    targets, plans = processed.table("targets"), processed.table("plans").set_index("year")
    own = targets[targets["year"] == year].set_index("indicator")["at_least"]
    plan = replace(plan_of({}, year), targets={id: Target(int(own[id]), "") for id in own.index})
    if year not in plans.index:
        return plan
    path = plans.loc[year, list(PATHS)]
    formula = {FORMULA: plans.loc[year, FORMULA]}
    parameters = {**plan.parameters, **formula}
    return replace(plan, path=tuple(map(Fraction, path)), parameters=parameters)


def changes(processed: Processed, quarter: str, homes: pd.DataFrame) -> pd.DataFrame:
    """Set what was built beside what other answers make of it.

    Args:
        processed: what was built.
        quarter: one that it has.
        homes: the quarter's rows of the panel, as `with_found` gives them.

    Returns:
        A row per indicator and place, places in order and the commune last: quarter, level, place,
        indicator, denominator, and numerator, percent, status, certain before and after (with
        `_after` at the end).
    """
    keys = ["quarter", "level", "place", "indicator", "denominator"]
    told = ["numerator", "percent", "status", "certain"]
    before = processed.results[processed.results["quarter"] == quarter][[*keys, *told]]
    after = judged_again(processed, quarter, homes).astype(before.dtypes.to_dict())
    both = before.merge(after[[*keys, *told]], on=keys, suffixes=("", "_after"))
    return both.sort_values(["level", "place"], ascending=[False, True], kind="stable")


def deciding(homes: pd.DataFrame, indicators: Iterable[Share] = SURVEYED) -> tuple[str, ...]:
    """Name the survey's questions that decide indicators, in the order of the form."""
    needs = {name for one in indicators for name in needed(one, homes, homes)}
    return tuple(code for code in questions() if code in needs)


@dataclass(frozen=True)
class Group:
    """Households of the base that the survey puts on one side, and what visits found of them.

    `households` in all, `visited` of them by lot and asked everything that the indicator asks, and
    `count` of the visited that were found to count.
    """

    households: int
    visited: int
    count: int

    @property
    def share(self) -> float:
        """The share of the visited that were found to count."""
        return self.count / self.visited if self.visited else 0.0

    @property
    def interval(self) -> Interval:
        """What that tells of all of the group."""
        return exact(self.count, self.visited, self.households)

    @property
    def enough(self) -> bool:
        """Whether enough were visited: a handful, or everyone."""
        return self.visited >= min(LEAST_VISITED, self.households)


@dataclass(frozen=True)
class Estimate:
    """An indicator's percentage had everyone been visited.

    `counted` are the households that count by the survey, `others` the rest of the base. It holds
    where the visited of each group were drawn by lot, each with about the same chance.
    """

    indicator: str
    counted: Group
    others: Group

    @property
    def base(self) -> int:
        """The indicator's denominator."""
        return self.counted.households + self.others.households

    @property
    def enough(self) -> bool:
        """Whether enough of both groups were visited to say anything."""
        return self.base > 0 and self.counted.enough and self.others.enough

    @property
    def share(self) -> float:
        """The survey's share, corrected group by group by what was found there."""
        return sum(weight * group.share for weight, group in self._weighted)

    @property
    def interval(self) -> Interval:
        """The 95 % interval of the corrected share."""
        return of_mean((weight, group.share, group.interval) for weight, group in self._weighted)

    @property
    def _weighted(self) -> list[tuple[float, Group]]:
        groups = (self.counted, self.others)
        return [(group.households / self.base, group) for group in groups if group.households]


def checked(homes: pd.DataFrame, inspections: pd.DataFrame, indicator: Share) -> Set[str]:
    """Name the households that were asked everything that decides whether they count."""
    needs = deciding(homes, [indicator])
    rows = inspections[inspections["question"].isin(needs)]
    asked = rows.groupby("household")["question"].nunique()
    return set(asked.index[asked == len(needs)])


def estimate(
    homes: pd.DataFrame, inspections: pd.DataFrame, indicator: Share, drawn: Set[str]
) -> Estimate:
    """Say what an indicator's percentage would be, had everyone been visited.

    Args:
        homes: rows of the panel, of one quarter.
        inspections: rows of the table `inspections`, of the same quarter.
        indicator: one of `OF_COHORT`.
        drawn: the households that were drawn by lot; only they speak for others.
    """
    part = indicator.parts()[-1]
    before = walk(homes, part)
    after = walk(with_found(homes, inspections), part).states[-1].fillna(False).astype(bool)
    by_lot = before.rows["household"].isin(drawn & checked(homes, inspections, indicator))
    counted = before.states[-1].fillna(False).astype(bool)
    groups = (
        Group(int(of.sum()), int((of & by_lot).sum()), int((of & by_lot & after).sum()))
        for of in (counted, ~counted)
    )
    return Estimate(indicator.id, *groups)


def estimates(homes: pd.DataFrame, inspections: pd.DataFrame, drawn: Set[str]) -> pd.DataFrame:
    """Give the estimates of all indicators of the cohort as lines; arguments as of `estimate`.

    Returns:
        indicator, base, numerator (by the survey), counted_visited, counted_found, others_visited,
        others_found, enough; share, low, high (missing unless enough).
    """
    lines: list[dict[str, object]] = [
        {
            "indicator": one.indicator,
            "base": one.base,
            "numerator": one.counted.households,
            "counted_visited": one.counted.visited,
            "counted_found": one.counted.count,
            "others_visited": one.others.visited,
            "others_found": one.others.count,
            "enough": one.enough,
            "share": one.share if one.enough else np.nan,
            **(vars(one.interval) if one.enough else {"low": np.nan, "high": np.nan}),
        }
        for one in (estimate(homes, inspections, each, drawn) for each in OF_COHORT)
    ]
    return pd.DataFrame(lines)


# How far a survey's answers hold: those that inspectors found at home, beside those on the form.
#
# An answer is compared where both the survey and the inspection have one. Amounts agree when they
# are the same amount, everything else when it is the same answer.

#: What comparing an answer can come to; the last two are not comparisons.
AGREES, DIFFERS, NO_ANSWER, NOT_SURVEYED = "agrees", "differs", "no_answer", "not_surveyed"
COMPARED = (AGREES, DIFFERS)
#: How an amount that was found differs from the survey's.
HIGHER, LOWER = "higher", "lower"
_AMOUNTS = ("number",)
_KINDS = ("yes_no", "choice")


def questions() -> Mapping[str, Column]:
    """Give the survey's questions by code, in the order of the form."""
    return {column.code: column for column in codebook().tables["survey"].questions}


def compare(homes: pd.DataFrame, inspections: pd.DataFrame) -> pd.DataFrame:
    """Set what was found beside what the survey has.

    Args:
        homes: rows of the panel, of one quarter.
        inspections: rows of the table `inspections`, of the same quarter.

    Returns:
        household, question, survey, found (as typed values; `survey` is missing where it has no
        answer), outcome: a row per answer that was checked, by household and question.
    """
    by_id = homes.set_index("household")
    parts = []
    for question, column in questions().items():
        rows = inspections.loc[inspections["question"] == question, ["household", "found"]]
        if rows.empty:
            continue
        told = by_id[question].reindex(rows["household"]).astype(object).to_numpy()
        asked = by_id["surveyed"].reindex(rows["household"]).fillna(False).to_numpy(bool)
        found = typed(rows["found"], column).to_numpy(object)
        outcome = [_outcome(column, *three) for three in zip(told, found, asked, strict=True)]
        parts.append(rows.assign(question=question, survey=told, found=found, outcome=outcome))
    columns = ["household", "question", "survey", "found", "outcome"]
    compared = pd.concat(parts) if parts else pd.DataFrame(columns=columns, dtype=object)
    return compared[columns].sort_values(["household", "question"], ignore_index=True)


def typed(found: pd.Series, column: Column) -> pd.Series:
    """Give answers that were found as the survey has them: amounts as numbers, others as text."""
    return found.astype("float64") if column.type in _AMOUNTS else found.astype(object)


def _outcome(column: Column, survey: Any, found: Any, surveyed: bool) -> str:
    if not surveyed:
        return NOT_SURVEYED
    if pd.isna(survey):
        return NO_ANSWER
    if column.type in (*_AMOUNTS, *_KINDS):
        return AGREES if survey == found else DIFFERS
    return AGREES if folded(survey) == folded(found) else DIFFERS


def by_question(compared: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Say, by question, how many of the compared answers agree, and what that tells of all.

    Args:
        compared: as `compare` gives it.
        population: rows of the panel of those whom the visited ones stand for.

    Returns:
        question, agreed, compared, no_answer, population (of whom the survey has an answer), share,
        low, high (the 95 % interval), kappa (missing where it means nothing), in the form's order.
    """
    lines = []
    for question, column in questions().items():
        own = compared[compared["question"] == question]
        if own.empty:
            continue
        pairs = own[own["outcome"].isin(COMPARED)]
        agreed, judged = int((pairs["outcome"] == AGREES).sum()), len(pairs)
        answered = max(int(population[question].notna().sum()), judged)
        interval = exact(agreed, judged, answered)
        lines.append(
            {
                "question": question,
                "agreed": agreed,
                "compared": judged,
                "no_answer": int((own["outcome"] == NO_ANSWER).sum()),
                "population": answered,
                "share": agreed / judged if judged else np.nan,
                "low": interval.low,
                "high": interval.high,
                "kappa": kappa(pairs["survey"], pairs["found"]) if column.type in _KINDS else None,
            }
        )
    return pd.DataFrame(lines).astype({"kappa": "Float64"} if lines else {})


def kappa(one: pd.Series, other: pd.Series) -> float | None:
    """Give Cohen's kappa of two columns of answers, row by row.

    How far they agree beyond what chance would bring, given how often each gives which answer: 1
    is always, 0 no more than by chance (J. Cohen, Educational and Psychological Measurement 20,
    1960).

    Returns:
        None where there is no row, or both always give the same one answer.
    """
    pairs = list(zip(one, other, strict=True))
    if not pairs:
        return None
    others = Counter(other)
    chance = sum(n * others[answer] for answer, n in Counter(one).items()) / len(pairs) ** 2
    if chance >= 1:
        return None
    same = sum(bool(a == b) for a, b in pairs) / len(pairs)
    return (same - chance) / (1 - chance)


def disagreements(compared: pd.DataFrame) -> pd.DataFrame:
    """Say which way answers differ: question, survey, found, households; most of a question first.

    Of amounts `survey` is missing, and `found` is higher or lower.
    """
    asked = questions()
    differing = compared[compared["outcome"] == DIFFERS].copy()
    amounts = differing["question"].isin([n for n, one in asked.items() if one.type in _AMOUNTS])
    survey, found = (differing.loc[amounts, name].astype(float) for name in ("survey", "found"))
    differing.loc[amounts, "found"] = np.where(found > survey, HIGHER, LOWER)
    differing.loc[amounts, "survey"] = None
    keys = ["question", "survey", "found"]
    counted = differing.groupby(keys, dropna=False).size().rename("households").reset_index()
    counted = counted.assign(order=counted["question"].map(list(asked).index)).sort_values(
        ["order", "households"], ascending=[True, False], kind="stable", ignore_index=True
    )
    return counted.drop(columns="order")


def holding(compared: pd.DataFrame, population: int) -> tuple[int, int, Interval]:
    """Count the households whose compared answers all agree.

    Returns:
        How many they are, of how many with an answer to compare, and the interval of their share
        among `population` households.
    """
    pairs = compared[compared["outcome"].isin(COMPARED)]
    agree = (pairs["outcome"] == AGREES).groupby(pairs["household"]).all()
    held, of = int(agree.sum()), len(agree)
    return held, of, exact(held, of, max(population, of))
