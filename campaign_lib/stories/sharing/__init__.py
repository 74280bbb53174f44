"""Who carries how much of each target: the page `target_allocation.ipynb` of a year."""

from fractions import Fraction
from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.village_targets import (
    SharedTarget,
    in_whole_households,
    shared_targets,
    working,
)
from campaign_lib.base.percent import ALL_OF_THEM
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook.problems import of_allocation
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import find
from campaign_lib.indicators.ten import CHANGED_MINDSET
from campaign_lib.intake.problem_list import told
from campaign_lib.show.display import (
    NOTHING,
    Passage,
    Tile,
    boxed,
    listing,
    paragraph,
    tiles,
    together,
)
from campaign_lib.show.tables.labels import rows_of
from campaign_lib.store.processed import Processed
from campaign_lib.stories.sharing.tables import (
    MOST_VILLAGES,
    Matrices,
    allocation_chart,
    whole_households_table,
    working_table,
)
from campaign_lib.stories.telling import Story, masthead, period
from campaign_lib.words import Words


def target_allocation(processed: Processed, year: str, language: str = "vi") -> "TargetAllocation":
    """Open the page of a year.

    Raises:
        CampaignError: an unknown language, or a year without results.
    """
    return TargetAllocation(processed, first_of(processed, year), Words(language))


def first_of(processed: Processed, year: str) -> str:
    """Give the first quarter of a year that has results.

    Raises:
        CampaignError: it has none; the sentence lists the years that have.
    """
    years = {code: str(Quarter.parse(code).year) for code in processed.quarters}
    for code, of in years.items():
        if of == year:
            return code
    known = ", ".join(dict.fromkeys(years.values()))
    raise CampaignError("asked.no_year", year=repr(year), known=known)


class TargetAllocation(Story):
    """What the notebook shows, a method per section, from the year's first quarter with results."""

    key = "target_allocation"

    def __init__(self, processed: Processed, quarter: str, words: Words) -> None:
        super().__init__(words)
        self.processed, self.quarter = processed, quarter
        self.year = Quarter.parse(quarter).year
        plans, days = processed.table("plans"), processed.table("quarters")
        plans = plans[plans["year"] == self.year]
        self.plan: Any = plans.iloc[0] if len(plans) else None
        self.days: Any = days[days["quarter"] == quarter].iloc[0]
        self._tables = Matrices(processed.villages, words)
        self.shared = shared_targets(processed, quarter)
        self.split = [one for one in self.shared if one.target != ALL_OF_THEM]
        self.whole = [one for one in self.shared if one.target == ALL_OF_THEM]

    @property
    def title(self) -> str:
        """What the page is called."""
        return self.text("title", year=self.year)

    @cached_property
    def example(self) -> SharedTarget | None:
        """The target whose working is shown: the plan's first about people, or another of homes."""
        homes = [one for one in self.split if find(one.indicator).unit == "household"]
        homes.sort(key=lambda one: one.indicator != CHANGED_MINDSET.id)
        return next((one for one in homes if one.villages["computed"].sum()), None)

    def first_screen(self) -> Passage:
        """What the commune has to reach, that villages share it, and whether it is fixed."""
        answer = (
            self._answer() if self.shared else paragraph(self.text("no_targets", year=self.year))
        )
        return together(
            masthead(self.title, self.plan, self.words, self.edition),
            period(self.days, self.words),
            boxed(answer, "bottom-line"),
        )

    def _answer(self) -> Passage:
        each = [
            Tile(
                self.text("of_base", count=one.count, base=one.denominator),
                self.text(
                    "tile",
                    label=self._tables.label(one),
                    unit=self._tables.unit(one),
                    base=one.denominator,
                    target=self._tables.target(one),
                ),
                "no_target",
            )
            for one in self.split
        ]
        return together(
            tiles(each) if each else NOTHING,
            paragraph(self._adds_up()) if each else NOTHING,
            paragraph(self._whole_says()) if self.whole else NOTHING,
            paragraph(self._fixed_says()) if each else NOTHING,
        )

    def _adds_up(self) -> str:
        values = {
            "villages": len(self.processed.villages),
            "quarter": self.words.quarter(self.quarter),
        }
        others = [one for one in self.split if one.villages["count"].sum() != one.count]
        if not others:
            return self.text("answer", **values)
        return self.text(
            "answer_more", labels=self.words.listed(map(self._tables.label, others)), **values
        )

    def _whole_says(self) -> str:
        return self.text(
            "all_of_them", labels=self.words.listed(map(self._tables.label, self.whole))
        )

    def _fixed_says(self) -> str:
        fixed = sum(one.fixed is not None for one in self.split)
        if not fixed:
            return self.text("not_fixed")
        return self.text("some_fixed", fixed=fixed, all=len(self.split))

    def matrix(self) -> Passage:
        """Villages beside the targets that are a percentage: allocated count, base, percentage."""
        return self.section("matrix", *self._tables.counts(self.split)) if self.split else NOTHING

    def all_of_them(self) -> Passage:
        """Villages beside the targets of 100 %."""
        return self.section("whole", *self._tables.whole(self.whole)) if self.whole else NOTHING

    def chart(self) -> Passage:
        """The same as a picture, for as many villages as one can tell apart."""
        if not self.split:
            return NOTHING
        villages = len(self.processed.villages)
        if villages > MOST_VILLAGES:
            said = self.text("chart.too_many", villages=villages, most=MOST_VILLAGES)
            return self.section("chart", paragraph(said))
        lines = pd.concat(
            [
                one.villages.assign(
                    label=self.text(
                        "whole.column", label=self._tables.label(one), unit=self._tables.unit(one)
                    )
                )
                for one in self.split
            ]
        )
        source = self.text("source", quarter=self.words.quarter(self.quarter), year=self.year)
        return self.section("chart", allocation_chart(lines, self.words, source))

    def working(self) -> Passage:
        """How largest remainders shared one count out, village by village."""
        one = self.example
        if one is None:
            return NOTHING
        lines = working(one)
        count, left = int(lines["computed"].sum()), int(lines["extra"].sum())
        values = {
            "label": self._tables.label(one),
            "count": count,
            "total": int(lines["denominator"].sum()),
        }
        if left:
            values |= {"whole": int(lines["whole"].sum()), "left": left}
            values["names"] = self.words.listed(lines.loc[lines["extra"] > 0, "name"])
        says = self.text("working.says" if left else "working.even", **values)
        return self.titled("working", paragraph(says), working_table(lines, count, self.words))

    def small_villages(self) -> Passage:
        """What the commune's percentage means in whole households, for villages of each size."""
        one = self.example
        if one is None:
            return NOTHING
        lines = in_whole_households(one)
        least: Any = next(rows_of(lines))
        table = whole_households_table(lines, self._tables.target(one), self.words)
        return self.section(
            "small",
            table,
            label=self._tables.label(one),
            place=least.name,
            base=least.denominator,
            target=self._tables.target(one),
            exact=self.words.number(least.exact, 2),
            count=least.count,
            percent=self.words.percent(least.percent),
        )

    def fixed(self) -> Passage:
        """What the commune has fixed beside what was computed, and what could not be used."""
        if not self.split:
            return NOTHING
        aside = [paragraph(self._set_aside(one), "warning") for one in self.split if one.why_not]
        fixed = [one for one in self.split if one.fixed is not None]
        if fixed:
            quarter = self.words.quarter(self.quarter)
            return self.section("fixed", *self._tables.fixed(fixed), *aside, quarter=quarter)
        nothing = [] if aside else [paragraph(self.text("fixed.none", year=self.year))]
        return self.titled("fixed", *nothing, *aside)

    def _set_aside(self, one: SharedTarget) -> str:
        problem = of_allocation(f"{one.quarter} {one.indicator}", one.why_not)
        why = told(problem, self.words.language)
        return self.text("fixed.set_aside", label=self._tables.label(one), why=why)

    def path(self) -> Passage:
        """What is due by the end of each quarter, and why villages do not add up to the commune."""
        if not self.split:
            return NOTHING
        shares = [Fraction(self.plan[f"q{number}_path"]) for number in range(1, 5)]
        written = [self.words.percent(100 * share, 0) for share in shares]
        tables = self._tables.path(self.split, shares)
        return self.section("path", *tables, shares=self.words.listed(written))

    def next_steps(self) -> Passage:
        """How to agree on the counts and fix them."""
        if not self.split:
            return NOTHING
        fix = {"quarter": self.quarter}
        if all(one.fixed is not None for one in self.split if one.can_be_fixed):
            steps = [self.text("next.fixed"), self.text("next.again")]
        else:
            steps = [self.text("next.talk"), self.text("next.fix", **fix), self.text("next.change")]
        return self.section("next", listing(steps, numbered=True))
