"""The first screen of a review: what changed over the years, and what is not known."""

from collections.abc import Iterable
from typing import Any

from campaign_lib.analysis.assessment import NO_FIGURE
from campaign_lib.analysis.ledgers import done_by_year, empty_ledgers
from campaign_lib.show.display import (
    Passage,
    Tile,
    boxed,
    heading,
    listing,
    paragraph,
    tiles,
    together,
)
from campaign_lib.show.tables.labels import rows_of
from campaign_lib.stories.review.years import Years
from campaign_lib.stories.telling import Story
from campaign_lib.words import Words, is_missing


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
