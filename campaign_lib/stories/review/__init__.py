"""What changed over several years, and what is not known: the page `three_year_review.ipynb`."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from campaign_lib.analysis.plan_changes import (
    NEW_STANDARD_SINCE,
    RULES,
    depends_on_standard,
    first_by_new_standard,
    plan_items,
)
from campaign_lib.analysis.years import bars, known_years
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL, IDS
from campaign_lib.indicators.section_ii_4 import POVERTY_REDUCTION
from campaign_lib.pipeline.opening import open_campaign, parameters_of
from campaign_lib.show.charts.years import poverty_chart, years_chart
from campaign_lib.show.display import NOTHING, Passage, Shown, paragraph, together
from campaign_lib.show.tables.context import facts_table
from campaign_lib.show.tables.plan_items import items_table
from campaign_lib.show.tables.years import (
    cohorts_table,
    coverage_table,
    figures_table,
    gaps_table,
    rates_table,
)
from campaign_lib.store.processed import Processed
from campaign_lib.stories.review.screen import ReviewScreen
from campaign_lib.stories.review.work import YearsOfWork
from campaign_lib.stories.review.years import Years
from campaign_lib.stories.telling import Story, masthead
from campaign_lib.words import Words


def check_three_year_review(namespace: Mapping[str, Any]) -> "ThreeYearReview":
    """Check a notebook's parameters first_year, last_year and language, and open its page.

    Raises:
        CampaignError: an unknown parameter, year or language, or years in the wrong order.
    """
    given = parameters_of(namespace, "first_year", "last_year", "language")
    return three_year_review(open_campaign(), **given)


def three_year_review(
    processed: Processed, first_year: str, last_year: str, language: str = "vi"
) -> "ThreeYearReview":
    """Open the page of some years; raises CampaignError as `check_three_year_review` does.

    Both must have a survey or a plan; a year between them that has neither is told as missing.
    """
    words = Words(language)
    known = list(map(str, known_years(processed)))
    for year in (first_year, last_year):
        if year not in known:
            raise CampaignError(
                f"{year!r} has neither a survey nor a plan here; known years are "
                f"{', '.join(known)}."
            )
    if first_year > last_year:
        raise CampaignError(f"{last_year} is before {first_year}; write the first year first.")
    return ThreeYearReview(Years(processed, int(first_year), int(last_year)), words)


class ThreeYearReview(Story):
    """What the notebook shows, a method per section."""

    key = "three_year_review"

    def __init__(self, years: Years, words: Words) -> None:
        super().__init__(words)
        self.years = years

    @property
    def title(self) -> str:
        """What the page is called."""
        each = self.years.each
        return self.text("title", first_year=str(each[0]), last_year=str(each[-1]))

    @cached_property
    def source(self) -> str:
        """The line under each chart that says what it was drawn from."""
        each = self.years.each
        return self.text("source", first=str(each[0]), last=str(each[-1]))

    def first_screen(self) -> Passage:
        """What changed, in figures, and what is not known."""
        return together(
            masthead(self.title, self.years.newest_plan, self.words, self.edition),
            ReviewScreen(self.years, self.words).passage(),
        )

    def trend(self) -> Passage:
        """Each indicator in each year beside that year's own target, as small charts."""
        shown = [one for one in ALL if one.id != POVERTY_REDUCTION.id]
        new = first_by_new_standard(self.years.plans, self.years.each)
        units = self.years.processed.units
        breaks = {
            one.id: new if depends_on_standard(one, units(one.units)) else None for one in shown
        }
        ids = [one.id for one in shown]
        figures = bars(self.years.lines)
        chart = years_chart(figures, ids, self.years.each, breaks, self.words, self.source)
        note = NOTHING if new is None else paragraph(self.text("trend.break", year=new), "note")
        return self.section("trend", chart, note)

    def figures(self) -> Passage:
        """The same as a table, with the verdicts of each year."""
        caption = self.text("figures.caption")
        table = figures_table(self.years.lines, IDS, self.years.aims, self.words, caption=caption)
        return self.section("figures", table)

    def plans(self) -> Passage:
        """What differs between the plans."""
        years = self.years
        items = plan_items(years.plans, years.processed.table("targets"), years.each)
        planned = [year for year in years.each if year in set(years.plans["year"])]
        if not planned:
            return self.titled("plans", paragraph(self.text("plans.none")))
        return self.section("plans", items_table(items, (*IDS, *RULES), planned, self.words))

    def cohorts(self) -> Passage:
        """How many households each year's targets are about."""
        table = cohorts_table(self.years.cohorts, self.words, caption=self.text("cohorts.caption"))
        return self.section("cohorts", table)

    def poverty(self) -> Passage:
        """The poverty rate on each date of a review, and why two standards are not joined."""
        rates = self.years.rates
        shown: list[Shown] = []
        if rates["rate"].notna().any():
            shown.append(poverty_chart(rates.dropna(subset="rate"), self.words, self.source))
        if rates["standard"].nunique() > 1:
            since = self.words.date(NEW_STANDARD_SINCE)
            shown.append(paragraph(self.text("poverty.break", since=since), "warning"))
        table = rates_table(rates, self.words, caption=self.text("poverty.caption"))
        return self.section("poverty", *shown, table)

    def work(self) -> Passage:
        """Models, activities, plans of villages and money, year by year."""
        tables = YearsOfWork(self.years, self.words)
        return self.section("work", tables.done(), tables.money())

    def missing(self) -> Passage:
        """Which figures there are, and why the others are missing."""
        caption = self.text("missing.caption")
        gaps = self.years.gaps
        return self.section(
            "missing", gaps_table(gaps, IDS, self.years.each, self.words, caption=caption)
        )

    def places(self) -> Passage:
        """Which villages were asked in each year."""
        table = coverage_table(
            self.years.coverage,
            self.years.processed.villages,
            self.years.each,
            self.words,
            caption=self.text("places.caption"),
        )
        return self.section("places", table)

    def built_from(self) -> Passage:
        """What the page was built from."""
        manifest = self.years.processed.manifest
        facts = {
            self.text("built.code"): f"campaign_lib {manifest['code_version']}",
            self.text("built.files"): self.words.number(len(manifest["files"])),
            self.text("built.quarters"): self.words.listed(
                map(self.words.quarter_short, self.years.quarters)
            ),
        }
        return self.section("built", facts_table(self.text("built.caption"), facts, self.words))
