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
    UNMEASURED,
    bars,
    cohorts,
    coverage,
    done_by_year,
    empty_ledgers,
    funding_by_programme,
    gaps,
    known_years,
    last_quarter,
    poverty_rates,
    targets_met,
    year_lines,
)
from campaign_lib.base.figures import Figure
from campaign_lib.base.quarters import Quarter
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL, IDS
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.show.display import (
    NOTHING,
    RIGHT,
    Cell,
    Column,
    Mark,
    Passage,
    Shown,
    Table,
    Tile,
    Traced,
    boxed,
    columns_of,
    heading,
    listing,
    paragraph,
    tiles,
    together,
)
from campaign_lib.show.tables.assessment import figure_text, items_table
from campaign_lib.show.tables.context import facts_table
from campaign_lib.show.tables.labels import answer_label, question_label, rows_of
from campaign_lib.show.tables.results import Aims, percent_of, traced
from campaign_lib.store.processed import Processed
from campaign_lib.stories.review.charts import poverty_chart, years_chart
from campaign_lib.stories.telling import Story, aims_of, masthead
from campaign_lib.words import MISSING, Words, is_missing

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
    return ThreeYearReview(processed, int(first_year), int(last_year), words)


class ThreeYearReview(Story):
    """What the notebook shows, a method per section.

    The frames behind it are attributes, each as the function of `campaign_lib.analysis.years` that
    makes it says: `lines`, `bases`, `rates`, `met`, `known`, `asked`, `done`, `empty`.
    """

    key = "three_year_review"

    def __init__(self, processed: Processed, first: int, last: int, words: Words) -> None:
        super().__init__(words)
        self.processed = processed
        self.each = tuple(range(first, last + 1))
        self.last_quarters = {year: last_quarter(processed, year) for year in self.each}
        self.lines = year_lines(processed, self.each)
        self.bases = cohorts(processed, self.each)
        self.rates = poverty_rates(processed, self.each)
        self.met = targets_met(processed, self.each)
        self.known = gaps(processed, self.each)
        self.asked = coverage(processed, self.each)
        self.done = done_by_year(processed, self.last_quarters)
        self.empty = empty_ledgers(processed, self.each)

    @property
    def title(self) -> str:
        """What the page is called."""
        return self.text("title", first_year=str(self.each[0]), last_year=str(self.each[-1]))

    @cached_property
    def source(self) -> str:
        """The line under each chart that says what it was drawn from."""
        return self.text("source", first=str(self.each[0]), last=str(self.each[-1]))

    @property
    def _columns(self) -> tuple[str, dict[int, str]]:
        return "year", {year: str(year) for year in self.each}

    @property
    def _indicators(self) -> tuple[str, dict[str, str], str]:
        labels = {one: self.words(f"indicators.{one}.label") for one in IDS}
        return "indicator", labels, self.text("table.indicator")

    def _standard(self, name: object) -> str:
        return self.words(f"plan_items.poverty_standard.{name}")

    def first_screen(self) -> Passage:
        """What changed, in figures, and what is not known."""
        plans = self.processed.rows("plans", {"year": [*self.each]}).sort_values("year")
        newest = plans.iloc[-1] if len(plans) else None
        each = (f"{line.year}: {self.words.number(line.cohort)}" for line in rows_of(self.bases))
        changed = [
            *self._poverty(),
            self.text("screen.targets", years="; ".join(map(self._met, rows_of(self.met)))),
            self.text("screen.cohorts", years="; ".join(each)),
            *self._work(),
        ]
        nothing = self.text("screen.nothing_missing")
        unknown = [*self._unmeasured(), *self._not_asked(), *self._empty()]
        return together(
            masthead(self.title, newest, self.words, self.edition),
            boxed(
                together(self._tiles(), heading(self.text("screen.changed"), 2), listing(changed)),
                "bottom-line",
            ),
            boxed(
                together(
                    heading(self.text("screen.unknown"), 2),
                    listing(unknown) if unknown else paragraph(nothing),
                ),
                "bottom-line",
            ),
        )

    def _tiles(self) -> Passage:
        """Poverty by the newest standard, the last year's targets, and what is missing."""
        each = []
        rates = self.rates.dropna(subset="rate")
        newest = rates[rates["standard"] == self.rates["standard"].iloc[-1]]
        if len(newest) >= 2:
            ends = newest.iloc[0], newest.iloc[-1]
            number = " → ".join(self.words.number(row["both"]) for row in ends)
            first, last = (self.words.date(row["day"]) for row in ends)
            name = self._standard(ends[1]["standard"])
            label = self.text("screen.poor", standard=name, first=first, last=last)
            each.append(Tile(number, label, "no_target"))
        met = self.met.iloc[-1]
        if met["targets"] and not is_missing(met["quarter"]):
            label = self.text("screen.met", year=int(met["year"]))
            each.append(Tile(f"{met['met']}/{met['targets']}", label, "no_target"))
        missing = f"{int(self.known['reason'].isin(NO_FIGURE).sum())}/{len(self.known)}"
        return tiles([*each, Tile(missing, self.text("screen.missing"), "unmeasured")])

    def _poverty(self) -> list[str]:
        """Say, standard by standard, how poverty changed; never across two of them."""
        said = []
        for standard, own in self.rates.dropna(subset="rate").groupby("standard", sort=False):
            ends = {"first": self._rate(own.iloc[0])}
            if len(own) > 1:
                ends["last"] = self._rate(own.iloc[-1])
            form = "poverty" if len(own) > 1 else "poverty_once"
            said.append(self.text(f"screen.{form}", standard=self._standard(standard), **ends))
        return [*said, self.text("screen.not_joined")] if len(said) > 1 else said

    def _rate(self, row: Any) -> str:
        return self.text(
            "screen.rate",
            both=int(row["both"]),
            base=int(row["households"]),
            rate=self.words.percent(row["rate"]),
            day=self.words.date(row["day"]),
        )

    def _met(self, line: Any) -> str:
        if is_missing(line.quarter):
            return self.text("screen.year_no_survey", year=line.year)
        if not line.targets:
            return self.text("screen.year_no_plan", year=line.year)
        form = "year_met" if str(line.quarter).endswith("4") else "year_met_so_far"
        values = {} if form == "year_met" else {"quarter": self.words.quarter_short(line.quarter)}
        counts = {"met": line.met, "targets": line.targets}
        return self.text(f"screen.{form}", year=line.year, **counts, **values)

    def _work(self) -> list[str]:
        """Say how many models and activities each year had, as far as they were written down."""
        said = []
        for name, ledger in (("area_new", "models"), ("activities", "activities")):
            counts = (
                f"{year}: {self.words.number(None if self.empty.loc[ledger, year] else count)}"
                for year, count in zip(self.done["year"], self.done[name], strict=True)
            )
            said.append(self.text(f"screen.{name}", years="; ".join(counts)))
        return said

    def _unmeasured(self) -> list[str]:
        """Name the years without a survey, then the targets that others did not measure."""
        silent = [year for year, quarter in self.last_quarters.items() if quarter is None]
        said = [self.text("screen.no_survey", year=year) for year in silent]
        lacks = self.known[self.known["reason"].isin(NO_FIGURE) & ~self.known["year"].isin(silent)]
        for indicator, own in lacks.groupby("indicator", sort=False):
            label = self.words(f"indicators.{indicator}.label")
            said.append(self.text("screen.unmeasured", label=label, years=self._years(own["year"])))
        return said

    def _years(self, years: Iterable[int]) -> str:
        return self.words.listed(map(str, years))

    def _not_asked(self) -> list[str]:
        silent = self.asked[(self.asked["asked"] == 0) & (self.asked["inside"] > 0)]
        names = self.processed.villages
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
        empty = self.empty[[year for year, code in self.last_quarters.items() if code is not None]]
        each = [
            self.text(
                "screen.empty_one",
                ledger=self.text(f"ledger.{name}"),
                years=self._years(empty.columns[empty.loc[name]]),
            )
            for name in empty.index[empty.any(axis=1)]
        ]
        return [self.text("screen.empty", ledgers="; ".join(each))] if each else []

    def trend(self) -> Passage:
        """Each indicator in each year beside that year's own target, as small charts."""
        shown = [one for one in ALL if one.id != POVERTY_REDUCTION.id]
        new = first_by_new_standard(self.processed.table("plans"), self.each)
        units = self.processed.units
        breaks = {
            one.id: new if depends_on_standard(one, units(one.units)) else None for one in shown
        }
        chart = years_chart(bars(self.lines), [*breaks], self.each, breaks, self.words, self.source)
        note = NOTHING if new is None else paragraph(self.text("trend.break", year=new), "note")
        return self.section("trend", chart, note)

    def figures(self) -> Passage:
        """The same as a table: each year's figure, its verdict, and that year's own target."""
        table = Table.crossed(
            self.lines,
            self._indicators,
            self._columns,
            self._figure,
            self.text("figures.caption"),
            note=self.text("table.figures_note"),
        )
        return self.section("figures", table)

    def _figure(self, line: Any, year: int) -> Cell:
        if line is None:
            return Mark(self.text("table.no_survey"), UNMEASURED)
        sign = self.words(f"codes.status.{line.status}.mark")
        if line.status == UNMEASURED:
            label = self.words(f"codes.status.{UNMEASURED}.label")
            return traced(Mark(f"{sign}\u00a0{label}", UNMEASURED), line)
        aims = self._aims[year]
        said = f"{sign}\u00a0{figure_text(line, aims, self.words)}"
        wanted = self.words.number(line.target_count)
        if line.indicator in aims.percents:
            wanted = percent_of(line, aims.percents[line.indicator], aims, self.words)
        if wanted != MISSING:
            said += " " + self.text("table.wanted", wanted=wanted)
        if not str(line.quarter).endswith("4"):
            said += " " + self.text("table.until", quarter=self.words.quarter_short(line.quarter))
        return traced(said, line)

    @cached_property
    def _aims(self) -> dict[int, Aims]:
        return {year: aims_of(self.processed, f"{year}Q4") for year in self.each}

    def plans(self) -> Passage:
        """What differs between the plans."""
        plans = self.processed.table("plans")
        items = plan_items(plans, self.processed.table("targets"), self.each)
        planned = [year for year in self.each if year in set(plans["year"])]
        if not planned:
            return self.titled("plans", paragraph(self.text("plans.none")))
        return self.section("plans", items_table(items, (*IDS, *RULES), planned, self.words))

    def cohorts(self) -> Passage:
        """How many households each year's targets are about."""
        number = self.words.number
        columns = columns_of(
            self.words.under("three_year_review.table"),
            {"minority", "poor", "unknown", "cohort"},
            year=lambda line: str(line.year),
            baseline=lambda line: self.words.date(line.baseline),
            standard=lambda line: self._standard(line.standard),
            minority=lambda line: number(line.minority),
            poor=lambda line: number(line.poor),
            unknown=lambda line: number(line.unknown),
            cohort=lambda line: number(line.cohort),
        )
        caption, note = self.text("cohorts.caption"), self.text("table.cohorts_note")
        return self.section("cohorts", Table.of(self.bases, columns, caption, note=note))

    def poverty(self) -> Passage:
        """The poverty rate on each date of a review, and why two standards are not joined."""
        rates, number = self.rates, self.words.number
        shown: list[Shown] = []
        if rates["rate"].notna().any():
            shown.append(poverty_chart(rates.dropna(subset="rate"), self.words, self.source))
        if rates["standard"].nunique() > 1:
            since = self.words.date(NEW_STANDARD_SINCE)
            shown.append(paragraph(self.text("poverty.break", since=since), "warning"))
        columns = columns_of(
            self.words.under("three_year_review.table"),
            {"poor_only", "near_poor", "together", "rate", "unknown"},
            day=lambda line: self.words.date(line.day),
            standard=lambda line: self._standard(line.standard),
            poor_only=lambda line: number(line.poor),
            near_poor=lambda line: number(line.near_poor),
            together=lambda line: f"{number(line.both)}/{number(line.households)}",
            rate=lambda line: self.words.percent(line.rate),
            unknown=lambda line: number(line.unknown),
        )
        caption, note = self.text("poverty.caption"), self.text("table.rates_note")
        return self.section("poverty", *shown, Table.of(rates, columns, caption, note=note))

    def work(self) -> Passage:
        """Models, activities, plans of villages and money, year by year."""
        found = {line.year: line for line in rows_of(self.done)}
        corner, (_, years) = self.text("table.what"), self._columns
        done = Table(
            self.text("work.caption"),
            (Column(corner), *(Column(year, RIGHT) for year in years.values())),
            tuple(
                (
                    self.text(f"work.{name}"),
                    *(self._done(name, ledger, found[year]) for year in self.each),
                )
                for name, ledger in _ROWS.items()
            ),
            frame=self.done,
        )
        sums = funding_by_programme(self.processed, self.each)
        programmes = {
            programme: answer_label("funding", "programme", programme, self.words)
            for programme in sums["programme"]
        }
        money = Table.crossed(
            sums,
            ("programme", programmes, corner),
            self._columns,
            self._spent,
            self.text("work.money"),
            align=RIGHT,
        )
        return self.section("work", done, money)

    def _done(self, name: str, ledger: str, line: Any) -> str:
        if self.empty.loc[ledger, line.year]:
            return self.text("work.empty")
        value = getattr(line, name)
        if name not in ("villages_with_plan", "integrated"):
            return self.words.number(value, 1 if ledger == "funding" else 0)
        base = line.activities if name == "integrated" else len(self.processed.villages)
        if pd.isna(value):
            return MISSING
        return f"{self.words.number(value)}/{self.words.number(base)}"

    def _spent(self, line: Any, year: int) -> str:
        if line is None:
            return self.text("work.empty") if self.empty.loc["funding", year] else MISSING
        return f"{self.words.number(line.disbursed, 1)}/{self.words.number(line.planned, 1)}"

    def missing(self) -> Passage:
        """Which figures there are, and why the others are missing."""
        caption = self.text("missing.caption")
        table = Table.crossed(self.known, self._indicators, self._columns, self._gap, caption)
        return self.section("missing", table)

    def _gap(self, gap: Any, _: int) -> Cell:
        """Say one reason, with what belongs to it; it leads to the figure, where there is one."""
        values: dict[str, object] = {}
        if gap.reason == "not_asked":
            labels = [question_label(code, self.words) for code in str(gap.questions).split(";")]
            values["questions"] = self.words.listed(labels)
        elif gap.reason == "partly":
            values |= {"unknown": gap.unknown, "base": gap.denominator}
        elif gap.reason == "earlier":
            values["quarter"] = self.words.quarter_short(gap.quarter)
        status = UNMEASURED if gap.reason in NO_FIGURE else "no_target"
        mark = Mark(self.text(f"table.gap.{gap.reason}", **values), status)
        if pd.isna(gap.quarter):
            return mark
        return Traced(mark, str(Figure(gap.quarter, COMMUNE, gap.indicator)))

    def places(self) -> Passage:
        """Which villages were asked in each year: how many of its households."""
        villages = ("village", self.processed.villages, self.text("table.village"))
        caption = self.text("places.caption")
        table = Table.crossed(
            self.asked, villages, self._columns, self._asked, caption, align=RIGHT
        )
        return self.section("places", table)

    def _asked(self, line: Any, _: int) -> Cell:
        if line is None:
            return Mark(self.text("table.no_survey"), UNMEASURED)
        if line.inside and not line.asked:
            return Mark(self.text("table.nobody_asked", inside=line.inside), "behind")
        both = self.words.number(line.asked), self.words.number(line.inside)
        return "/".join(both) if line.inside else MISSING

    def built_from(self) -> Passage:
        """What the page was built from."""
        manifest = self.processed.manifest
        quarters = [
            code for code in self.processed.quarters if Quarter.parse(code).year in self.each
        ]
        facts = {
            self.text("built.code"): f"campaign_lib {manifest['code_version']}",
            self.text("built.files"): self.words.number(len(manifest["files"])),
            self.text("built.quarters"): self.words.listed(map(self.words.quarter_short, quarters)),
        }
        return self.section("built", facts_table(self.text("built.caption"), facts, self.words))
