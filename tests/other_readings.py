"""Readings of the plan's sentences: the chosen ones, and others that one could have chosen.

Each is worked out on the sample campaign, at the end of 2024 unless it says otherwise, and gives
the text that docs/decisions has for it. A share is written `98/126 = 77,78 % ✓`, with a tick if it
meets the target of its indicator.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial

import numpy as np
import pandas as pd

from campaign_lib.base.answers import at_least, either, enough_of, said
from campaign_lib.base.percent import hundredths, least_count, printed, round_away
from campaign_lib.codebook import MAJORITY
from campaign_lib.indicators import find
from campaign_lib.indicators.households import (
    COHORT,
    POOR,
    minority_now,
    poor_or_near_poor_at_baseline,
    still_living_here,
)
from campaign_lib.indicators.indicator import Count, Share
from campaign_lib.indicators.results import Computed, count_steps
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.indicators.ten import (
    ESSENTIAL_GOODS,
    belongs_to_the_front,
    takes_part,
    village_has_issued_its_plan,
)
from campaign_lib.intake import Campaign
from campaign_lib.plan.targets import Fall, allocate

QUARTER, FIRST = "2024Q4", "2024Q1"
YEAR = 2024
#: Targets and percentages are in hundredths of a percent.
WHOLE = 10_000
NINE = 9
#: The targets whose percentages are odd: of how many households, the plan does not say.
FOUR = ("changed_mindset", "applies_science", "improved_life", "in_cooperative")
Question = Callable[[pd.DataFrame], "pd.Series[bool]"]


class Readings:
    """Works readings out on a campaign.

    Args:
        campaign: what was read.
        computed: what the library makes of it.
    """

    def __init__(self, campaign: Campaign, computed: Computed) -> None:
        self.campaign, self.computed = campaign, computed
        self.panel = computed.panel
        self.targets = campaign.plans[YEAR].targets

    def all(self, calendar: "Readings") -> dict[str, str]:
        """Give every reading by its key; `calendar` reads the same files by calendar quarters."""
        return dict(
            [
                *self.cohort(),
                *self.achieved(),
                *self.goods(),
                *self.unanswered(),
                *self.covered(),
                *self.integrated(),
                *self.models(),
                *self.fall(),
                *self.other_falls(),
                *self.least(),
                *self.bases(),
                *self.villages(),
                ("decree_quarters", self.held(FIRST)),
                ("calendar_quarters", calendar.held(FIRST)),
            ]
        )

    # --- counting ---

    def figures(self, indicator: Share | Count, quarter: str = QUARTER) -> pd.DataFrame:
        """Count an indicator in one quarter, by place."""
        lines = indicator.figures(count_steps(indicator, self.panel))
        return lines[lines["quarter"] == quarter].set_index("place")

    def share(self, id: str, **other: tuple[Question, ...]) -> str:
        """Give the commune's share, of an indicator or of it with other questions."""
        figure = self.figures(replace(find(id), **other)).loc[COMMUNE]
        return self.written(id, int(figure["numerator"]), int(figure["denominator"]))

    def written(self, id: str, numerator: int, denominator: int) -> str:
        """Write a share as the page has it."""
        percent = printed(hundredths(numerator, denominator)).replace(".", ",")
        met = numerator >= least_count(self.targets[id].at_least, denominator)
        return f"{numerator}/{denominator} = {percent} % {tick(met)}"

    def rows(self, units: str) -> pd.DataFrame:
        """Give the panel's rows of the quarter."""
        frame = self.panel.units[units]
        return frame[frame["quarter"] == QUARTER]

    # --- the plan's sentences, in its order ---

    def covered(self) -> Iterator[tuple[str, str]]:
        """II.1: households issue a plan."""
        share = partial(self.share, "covered_by_plan")
        yield "plan_and_takes_part", share()
        yield "only_village_plan", share(counts=(village_has_issued_its_plan,))
        yield "only_takes_part", share(counts=(takes_part,))
        homes = self.rows("households")
        has_plan = homes.dropna(subset="village_now").groupby("village_now", observed=True)
        plans = has_plan["village_has_plan"].any()
        yield "villages_with_plan", self.written("covered_by_plan", int(plans.sum()), len(plans))

    def integrated(self) -> Iterator[tuple[str, str]]:
        """II.1: all of it integrated."""
        yield "activities", self.share("integrated_activities")
        lines = self.figures(find("integrated_activities")).drop(index=COMMUNE)
        write = partial(self.written, "integrated_activities", denominator=len(lines))
        yield "villages_at_all", write(numerator=int((lines["numerator"] > 0).sum()))
        every = (lines["numerator"] == lines["denominator"]) & (lines["denominator"] > 0)
        yield "villages_always", write(numerator=int(every.sum()))

    def held(self, quarter: str) -> str:
        """Give the share of integrated activities in a quarter."""
        figure = self.figures(find("integrated_activities"), quarter).loc[COMMUNE]
        counts = int(figure["numerator"]), int(figure["denominator"])
        return self.written("integrated_activities", *counts)

    def cohort(self) -> Iterator[tuple[str, str]]:
        """II.2 to II.4: minority households that are poor or near-poor."""
        share = partial(self.share, "changed_mindset")
        still_poor = (still_living_here, minority_now, poor_now)
        ever = (still_living_here, minority_now, poor_at_baseline_or_now)
        yield "frozen", share()
        yield "frozen_with_leavers", share(among=COHORT[:-1])
        yield "poor_now", share(among=still_poor)
        yield "poor_then_or_now", share(among=ever)

    def achieved(self) -> Iterator[tuple[str, str]]:
        """II.2 and II.4: a row of conditions."""
        for name, id in (("mindset", "changed_mindset"), ("life", "improved_life")):
            conditions = find(id).counts
            yield f"{name}_all", self.share(id)
            for way, many in (("all_but_one", len(conditions) - 1), ("any", 1)):
                yield f"{name}_{way}", self.share(id, counts=(enough(conditions, many),))

    def goods(self) -> Iterator[tuple[str, str]]:
        """II.4: essential goods, such as."""
        income, model, house, two = find("improved_life").counts
        named = ("has_tv", "has_motorbike")
        ways = {
            "two_of_five": two,
            "one_of_five": has(ESSENTIAL_GOODS, 1),
            "five_of_five": has(ESSENTIAL_GOODS, 5),
            "both_that_are_named": has(named, 2),
            "one_that_is_named": has(named, 1),
        }
        for name, question in ways.items():
            yield name, self.share("improved_life", counts=(income, model, house, question))

    def unanswered(self) -> Iterator[tuple[str, str]]:
        """II.3, and everywhere: households that did not answer."""
        figure = self.figures(find("applies_science")).loc[COMMUNE]
        counts = [int(figure[name]) for name in ("numerator", "denominator", "unknown")]
        numerator, denominator, unknown = counts
        write = partial(self.written, "applies_science")
        yield "unknown_not_achieved", write(numerator, denominator)
        yield "unknown_left_out", write(numerator, denominator - unknown)
        yield "unknown_achieved", write(numerator + unknown, denominator)

    def least(self) -> Iterator[tuple[str, str]]:
        """II.2: above 77.17 % and more; the counts that meet it, of 127 and of 126."""
        ways = {
            "at_least_as_printed": lambda n, d: hundredths(n, d) >= 7717,
            "above_as_printed": lambda n, d: hundredths(n, d) > 7717,
            "at_least_unrounded": lambda n, d: n * WHOLE >= 7717 * d,
        }
        for name, meets in ways.items():
            found = [next(n for n in range(d + 1) if meets(n, d)) for d in (127, 126)]
            yield name, " · ".join(map(str, found))

    def bases(self) -> Iterator[tuple[str, str]]:
        """II.2 to II.4: the bases of which all four odd percentages are roundings; 5.12 is none."""
        wanted = [one.at_least for id, one in self.targets.items() if id in FOUR]
        counts = {
            base: [next((n for n in range(base) if hundredths(n, base) == t), 0) for t in wanted]
            for base in range(1, 701)
        }
        smallest, *others = [base for base, found in counts.items() if all(found)]
        yield "smallest_base", f"{smallest}: {' · '.join(map(str, counts[smallest]))}"
        yield "other_bases", " · ".join(map(str, others))
        fall = self.targets["poverty_reduction"].at_least
        over = next(n for n in range(smallest) if hundredths(n, smallest) >= fall)
        beside = {n: hundredths(n, smallest) for n in (over - 1, over)}
        assert fall not in beside.values()
        written = (f"{n}/{smallest} = {printed(percent)}" for n, percent in beside.items())
        yield "fall_as_a_share", " · ".join(written).replace(".", ",")

    def villages(self) -> Iterator[tuple[str, str]]:
        """II.2: what 77.17 % asks of a village of nine, of the smallest one, and of all together.

        The sample has no village of nine: its T8 is taken for two, of nine and of the rest.
        """
        target = self.targets["changed_mindset"].at_least
        bases = self.figures(find("changed_mindset"))["denominator"].drop(COMMUNE).astype(int)
        split = pd.concat([bases.drop("T8"), pd.Series({"T8": bases["T8"] - NINE, "T9": NINE})])
        ways: dict[str, Callable[[pd.Series], pd.Series]] = {
            "largest_remainders": partial(allocate, target),
            "each_village_itself": lambda each: each.map(partial(least_count, target)),
            "each_rounded": lambda each: each.map(
                lambda n: round_away(Fraction(target * n, WHOLE))
            ),
            "each_cut_off": lambda each: each * target // WHOLE,
        }
        smallest = bases.idxmin()
        for name, way in ways.items():
            few, counts = way(split)["T9"], way(bases)
            of_all = f"{counts.sum()}/{bases.sum()}"
            yield name, f"{few}/{NINE} · {counts[smallest]}/{bases[smallest]} · {of_all}"

    def fall(self) -> Iterator[tuple[str, str]]:
        """II.4: a fall of 5.12 % on average."""
        lines = self.figures(find("poverty_reduction"))
        falls = Fall(*(lines[name].to_numpy(np.int64) for name in _FALL))
        wanted = self.targets["poverty_reduction"].at_least
        place = list(lines.index).index(COMMUNE)
        for formula in ("points", "relative", "escaped"):
            yield formula, self.fallen(int(falls.reduction(formula)[place]), wanted)
        each = lines.drop(index=COMMUNE)
        before, later = (
            [Fraction(int(n), int(d)) for n, d in zip(each[top], each[base], strict=True)]
            for top, base in (_FALL[:2], _FALL[2:4])
        )
        mean = (sum(before) - sum(later)) * WHOLE / len(each)
        yield "mean_of_villages", self.fallen(round_away(mean), wanted)

    def other_falls(self) -> Iterator[tuple[str, str]]:
        """II.4: of whom, and on average over which years; counted from the register's rows."""
        before, later, first = "2023-12-31", "2024-12-31", "2022-01-01"
        both, minority = ("poor", "near_poor"), True
        yield "own_year", self.difference(both, minority, before, later)
        yield "poor_only", self.difference(("poor",), minority, before, later)
        yield "near_poor_only", self.difference(("near_poor",), minority, before, later)
        yield "all_households", self.difference(both, not minority, before, later)
        yield "yearly_mean", self.difference(both, minority, first, later, years=3)

    def difference(
        self, whom: tuple[str, ...], minority: bool, first: str, last: str, years: int = 1
    ) -> str:
        """Write the fall of a rate between two days, and whether it is enough."""
        counts = [self.poor_on(pd.Timestamp(day), whom, minority) for day in (first, last)]
        told = " − ".join(f"{poor}/{of}" for poor, of in counts)
        before, later = (Fraction(poor, of) for poor, of in counts)
        points = round_away((before - later) * WHOLE / years)
        wanted = self.targets["poverty_reduction"].at_least
        told = told if years == 1 else f"({told}) : {years}"
        return f"{told} = {self.fallen(points, wanted)}"

    def poor_on(self, day: pd.Timestamp, whom: tuple[str, ...], minority: bool) -> tuple[int, int]:
        """Count who lived here on a day and was poor, and everybody whose status was known."""
        stays, statuses = (self.campaign.tables[name] for name in ("households", "poverty_status"))
        here = stays[~(stays["joined_on"] > day) & ~(stays["left_on"] <= day)]
        if minority:
            here = here[here["ethnicity"].notna() & (here["ethnicity"] != MAJORITY)]
        told = statuses[statuses["valid_from"] <= day].sort_values("valid_from", kind="stable")
        last = told.drop_duplicates("household", keep="last").set_index("household")["status"]
        status = here["household"].map(last).dropna()
        return int(status.isin(whom).sum()), len(status)

    @staticmethod
    def fallen(reduction: int, wanted: int) -> str:
        """Write a fall, and whether it is enough."""
        return f"{printed(reduction).replace('.', ',')} {tick(reduction >= wanted)}"

    def models(self) -> Iterator[tuple[str, str]]:
        """II.5: one to two models of the Front, and a new one in each residential area."""
        front = find("front_models")
        yield "built_or_kept_up", self.counted(front)
        new = (belongs_to_the_front, built_this_year)
        yield "only_built", self.counted(replace(front, counts=new))
        areas, models = self.rows("areas"), self.rows("models")
        yield "each_area_new", self.share("area_models")
        alive = models[(models["owner"] == "residential_area") & models["area"].notna()]
        alive = alive[alive["built_this_year"] | alive["kept_up"]]
        kept = len(alive[["village", "area"]].drop_duplicates())
        yield "each_area_new_or_kept", self.written("area_models", kept, len(areas))
        new_models = areas.groupby("village", observed=True)["new_models"].sum()
        some = int((new_models > 0).sum())
        yield "each_village_new", self.written("area_models", some, len(new_models))

    def counted(self, indicator: Count) -> str:
        """Write a number of models, and whether it lies between the plan's two."""
        target = self.targets["front_models"]
        count = int(self.figures(indicator).loc[COMMUNE, "numerator"])
        return f"{count} {tick(target.at_least <= count <= (target.at_most or count))}"


_FALL = (
    *("baseline_numerator", "baseline_denominator", "numerator", "denominator"),
    *("escaped", "escaped_at_best"),
)


def tick(met: bool) -> str:
    """Say whether a target is met."""
    return "✓" if met else "✗"


# --- questions that the library does not ask ---


def poor_now(home: pd.DataFrame) -> "pd.Series[bool]":
    """Poor or near-poor on the quarter's last day."""
    return said(home["status_now"], *POOR)


def poor_at_baseline_or_now(home: pd.DataFrame) -> "pd.Series[bool]":
    """Poor or near-poor on either day."""
    return either(poor_or_near_poor_at_baseline(home), poor_now(home))


def built_this_year(model: pd.DataFrame) -> "pd.Series[bool]":
    """Started this year."""
    return at_least(model["built_this_year"].astype(int), 1)


def enough(questions: tuple[Question, ...], many: int) -> Question:
    """At least so many of several conditions hold."""

    def enough_hold(home: pd.DataFrame) -> "pd.Series[bool]":
        answers = [question(home) for question in questions]
        return enough_of(answers, pd.Series(many, index=home.index))

    return enough_hold


def has(goods: tuple[str, ...], many: int) -> Question:
    """At least so many of some goods are there."""

    def are_there(home: pd.DataFrame) -> "pd.Series[bool]":
        answers = [said(home[good], "yes") for good in goods]
        return enough_of(answers, pd.Series(many, index=home.index))

    return are_there
