"""What changed over several years, and what is not known: the page `three_year_review.ipynb`."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.plan_changes import (
    NEW_STANDARD_SINCE,
    RULES,
    depends_on_standard,
    first_by_new_standard,
    plan_items,
)
from campaign_lib.analysis.years import (
    NO_FIGURE,
    bars,
    done_by_year,
    empty_ledgers,
    funding_by_programme,
    known_years,
)
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL, IDS
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.show.display import (
    NOTHING,
    Passage,
    Shown,
    Table,
    Tile,
    boxed,
    heading,
    listing,
    paragraph,
    tiles,
    together,
)
from campaign_lib.show.tables.assessment import items_table
from campaign_lib.show.tables.context import facts_table
from campaign_lib.show.tables.labels import answer_label, rows_of
from campaign_lib.store.processed import Processed
from campaign_lib.stories.review.tables import (
    cohorts_table,
    coverage_table,
    figures_table,
    gaps_table,
    poverty_chart,
    rates_table,
    work_table,
    years_chart,
)
from campaign_lib.stories.review.years import Years
from campaign_lib.stories.telling import Story, masthead
from campaign_lib.words import MISSING, Words, is_missing

# The first screen of a review: what changed over the years, and what is not known.


class ReviewScreen(Story):
    """Made from the same rows as the sections below it."""

    key = "three_year_review"

    def __init__(self, years: Years, words: Words) -> None:
        super().__init__(words)
        self.years = years

    def passage(self) -> Passage:
        """Give all of it: a box for what changed, and one for what is not known."""
        changed = listing([*self._poverty(), self._targets(), self._cohorts(), *self._work()])
        return together(
            boxed(
                together(self._tiles(), heading(self.text("screen.changed"), 2), changed),
                "bottom-line",
            ),
            boxed(heading(self.text("screen.unknown"), 2) + self._unknown(), "bottom-line"),
        )

    def _tiles(self) -> Passage:
        """Poverty by the newest standard, the last year's targets, and what is missing."""
        gaps = self.years.gaps["reason"]
        missing = int(gaps.isin(NO_FIGURE).sum())
        lacking = Tile(f"{missing}/{len(gaps)}", self.text("screen.missing"), "unmeasured")
        return tiles([*self._poor(), *self._last_met(), lacking])

    def _poor(self) -> list[Tile]:
        rates = self.years.rates.dropna(subset="rate")
        newest = rates[rates["standard"] == self.years.rates["standard"].iloc[-1]]
        if len(newest) < 2:
            return []
        first, last = newest.iloc[0], newest.iloc[-1]
        number = " → ".join(self.words.number(row["both"]) for row in (first, last))
        days = {"first": self.words.date(first["day"]), "last": self.words.date(last["day"])}
        name = self.words(f"plan_items.poverty_standard.{last['standard']}")
        return [Tile(number, self.text("screen.poor", standard=name, **days), "no_target")]

    def _last_met(self) -> list[Tile]:
        last = self.years.met.iloc[-1]
        if is_missing(last["quarter"]) or not last["targets"]:
            return []
        label = self.text("screen.met", year=int(last["year"]))
        return [Tile(f"{last['met']}/{last['targets']}", label, "no_target")]

    def _poverty(self) -> list[str]:
        """Say, standard by standard, how poverty changed; never across two of them."""
        said = []
        rates = self.years.rates.dropna(subset="rate")
        for standard, own in rates.groupby("standard", sort=False):
            name = self.words(f"plan_items.poverty_standard.{standard}")
            first, last = self._rate(own.iloc[0]), self._rate(own.iloc[-1])
            form = "poverty" if len(own) > 1 else "poverty_once"
            values = {"first": first, "last": last} if len(own) > 1 else {"first": first}
            said.append(self.text(f"screen.{form}", standard=name, **values))
        if len(said) > 1:
            said.append(self.text("screen.not_joined"))
        return said

    def _rate(self, row: Any) -> str:
        return self.text(
            "screen.rate",
            both=int(row["both"]),
            base=int(row["households"]),
            rate=self.words.percent(row["rate"]),
            day=self.words.date(row["day"]),
        )

    def _targets(self) -> str:
        return self.text("screen.targets", years="; ".join(map(self._met, rows_of(self.years.met))))

    def _met(self, line: Any) -> str:
        if is_missing(line.quarter):
            return self.text("screen.year_no_survey", year=line.year)
        if not line.targets:
            return self.text("screen.year_no_plan", year=line.year)
        form = "year_met" if str(line.quarter).endswith("4") else "year_met_so_far"
        values = {} if form == "year_met" else {"quarter": self.words.quarter_short(line.quarter)}
        counts = {"met": line.met, "targets": line.targets}
        return self.text(f"screen.{form}", year=line.year, **counts, **values)

    def _cohorts(self) -> str:
        each = (
            f"{line.year}: {self.words.number(line.cohort)}" for line in rows_of(self.years.cohorts)
        )
        return self.text("screen.cohorts", years="; ".join(each))

    def _work(self) -> list[str]:
        """Say how many models and activities each year had, as far as they were written down."""
        done = done_by_year(self.years.processed, self.years.last_quarters)
        empty = empty_ledgers(self.years.processed, self.years.each)
        said = []
        for name, ledger in (("area_new", "models"), ("activities", "activities")):
            counts = (
                f"{line.year}: {self.words.number(None if empty.loc[ledger, line.year] else count)}"
                for line, count in zip(rows_of(done), done[name], strict=True)
            )
            said.append(self.text(f"screen.{name}", years="; ".join(counts)))
        return said

    def _unknown(self) -> Passage:
        said = [*self._unmeasured(), *self._not_asked(), *self._empty()]
        return listing(said) if said else paragraph(self.text("screen.nothing_missing"))

    def _unmeasured(self) -> list[str]:
        """Name the years without a survey, then the targets that others did not measure."""
        gaps = self.years.gaps
        silent = [year for year, quarter in self.years.last_quarters.items() if quarter is None]
        said = [self.text("screen.no_survey", year=year) for year in silent]
        gaps = gaps[gaps["reason"].isin(NO_FIGURE) & ~gaps["year"].isin(silent)]
        for indicator, own in gaps.groupby("indicator", sort=False):
            label = self.words(f"indicators.{indicator}.label")
            said.append(self.text("screen.unmeasured", label=label, years=self._years(own["year"])))
        return said

    def _years(self, years: Iterable[int]) -> str:
        return self.words.listed(map(str, years))

    def _not_asked(self) -> list[str]:
        coverage = self.years.coverage
        silent = coverage[(coverage["asked"] == 0) & (coverage["inside"] > 0)]
        names = self.years.processed.villages
        return [
            self.text(
                "screen.not_asked",
                year=year,
                villages=self.words.listed(names[code] for code in own["village"]),
                households=int(own["inside"].sum()),
            )
            for year, own in silent.groupby("year")
        ]

    def _empty(self) -> list[str]:
        """Name the ledgers that have nothing for a year that has a survey."""
        asked = [year for year, quarter in self.years.last_quarters.items() if quarter is not None]
        empty = empty_ledgers(self.years.processed, self.years.each)[asked]
        each = [
            self.text(
                "screen.empty_one",
                ledger=self.text(f"ledger.{name}"),
                years=self._years(empty.columns[empty.loc[name]]),
            )
            for name in empty.index[empty.any(axis=1)]
        ]
        return [self.text("screen.empty", ledgers="; ".join(each))] if each else []


# The part of a review that is about work: what was done in each year, and with what money.

#: Which ledger each row is read from.
_ROWS = {
    "villages_with_plan": "village_plans",
    "front_new": "models",
    "area_new": "models",
    "kept_up": "models",
    "activities": "activities",
    "integrated": "activities",
    "planned": "funding",
    "disbursed": "funding",
}


class YearsOfWork(Story):
    """Models, activities and money of several years."""

    key = "three_year_review"

    def __init__(self, years: Years, words: Words) -> None:
        super().__init__(words)
        self.years = years

    @cached_property
    def empty(self) -> pd.DataFrame:
        """Which ledgers have nothing for a year."""
        return empty_ledgers(self.years.processed, self.years.each)

    def done(self) -> Table:
        """What was done, row by row."""
        done = done_by_year(self.years.processed, self.years.last_quarters)
        found = {line.year: line for line in rows_of(done)}
        rows = [
            (
                self.text(f"work.{name}"),
                [self._cell(name, ledger, found[year]) for year in self.years.each],
            )
            for name, ledger in _ROWS.items()
        ]
        return work_table(rows, self.years.each, self.words, caption=self.text("work.caption"))

    def _cell(self, name: str, ledger: str, line: Any) -> str:
        if self.empty.loc[ledger, line.year]:
            return self.text("work.empty")
        value = getattr(line, name)
        if name == "villages_with_plan":
            return self._of(value, len(self.years.processed.villages))
        if name == "integrated":
            return self._of(value, line.activities)
        return self.words.number(value, 1 if ledger == "funding" else 0)

    def _of(self, count: Any, base: Any) -> str:
        return (
            MISSING if pd.isna(count) else f"{self.words.number(count)}/{self.words.number(base)}"
        )

    def money(self) -> Table:
        """Disbursed and planned money by programme."""
        sums = funding_by_programme(self.years.processed, self.years.each)
        found = {(line.programme, line.year): line for line in rows_of(sums)}
        programmes = list(dict.fromkeys(sums["programme"]))
        rows = [
            (
                answer_label("funding", "programme", programme, self.words),
                [self._spent(found.get((programme, year)), year) for year in self.years.each],
            )
            for programme in programmes
        ]
        caption = self.text("work.money")
        return work_table(rows, self.years.each, self.words, caption=caption)

    def _spent(self, line: Any, year: int) -> str:
        if line is None:
            return self.text("work.empty") if self.empty.loc["funding", year] else MISSING
        disbursed, planned = (self.words.number(x, 1) for x in (line.disbursed, line.planned))
        return f"{disbursed}/{planned}"


def three_year_review(
    processed: Processed, first_year: str, last_year: str, language: str = "vi"
) -> "ThreeYearReview":
    """Open the page of some years; raises CampaignError for an unknown year or language.

    Both must have a survey or a plan; a year between them that has neither is told as missing.
    """
    words = Words(language)
    known = list(map(str, known_years(processed)))
    for year in (first_year, last_year):
        if year not in known:
            raise CampaignError("asked.unknown_year", year=repr(year), known=", ".join(known))
    if first_year > last_year:
        raise CampaignError("asked.years_backwards", last=last_year, first=first_year)
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
