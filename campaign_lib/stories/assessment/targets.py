"""The part of a year's assessment that judges its targets and compares them with other times."""

from typing import Any

import pandas as pd

from campaign_lib.analysis.assessment import MET, NO_TARGET, UNMEASURED, by_village
from campaign_lib.analysis.plan_changes import changes_for, plan_items
from campaign_lib.analysis.years import commune_lines, last_quarter
from campaign_lib.indicators import ALL
from campaign_lib.indicators.indicator import Indicator
from campaign_lib.indicators.section_ii_4 import POVERTY_REDUCTION
from campaign_lib.show import charts
from campaign_lib.show.display import (
    NOTHING,
    Passage,
    Tile,
    Traced,
    heading,
    listing,
    paragraph,
    tiles,
    together,
)
from campaign_lib.show.tables.assessment import (
    compared_table,
    surplus_text,
    verdicts_table,
    villages_table,
)
from campaign_lib.show.tables.labels import rows_of
from campaign_lib.show.tables.plan_items import change_text
from campaign_lib.show.tables.results import count_of_base, traced
from campaign_lib.stories.assessment.year_end import YearEnd
from campaign_lib.stories.telling import Story
from campaign_lib.words import Words


class YearTargets(Story):
    """Which targets of the year are met, by how much, where, and compared with what."""

    key = "annual_assessment"

    def __init__(self, year: YearEnd, words: Words) -> None:
        super().__init__(words)
        self.year = year

    @property
    def judged(self) -> pd.DataFrame:
        """The lines that the plan has a target for."""
        return self.year.lines[self.year.lines["status"] != NO_TARGET]

    @property
    def missed(self) -> pd.DataFrame:
        """The lines of measured targets that are not met."""
        return self.judged[~self.judged["status"].isin([MET, UNMEASURED])]

    def in_short(self) -> Passage:
        """How many targets are met, and what is missing of the others."""
        if self.year.plan is None:
            return paragraph(self.text("no_plan", year=self.year.year))
        met = self.judged[self.judged["status"] == MET]
        unmeasured = self.judged[self.judged["status"] == UNMEASURED]
        counts = [("met", "met", met), ("missed", "behind", self.missed)]
        counts += [("unmeasured", UNMEASURED, unmeasured)] if len(unmeasured) else []
        each = [
            Tile(self.words.number(len(lines)), self.text(f"tile.{name}"), status)
            for name, status, lines in counts
        ]
        return together(
            paragraph(self._answer(len(met), len(self.judged))),
            tiles(each),
            self._named(self.missed, "missed_heading"),
            self._named(unmeasured, "unmeasured_heading"),
        )

    def _answer(self, met: int, judged: int) -> str:
        if met == judged:
            return self.text("all_met", count=judged)
        return self.text("some_met", met=met, count=judged)

    def _named(self, lines: pd.DataFrame, name: str) -> Passage:
        if lines.empty:
            return NOTHING
        return heading(self.text(name), 2) + listing(map(self._one, rows_of(lines)))

    def _one(self, line: Any) -> Traced:
        label = self.words(f"indicators.{line.indicator}.label")
        if line.status == UNMEASURED:
            return traced(label, line, beside=True)
        said = self.text(
            "missed_one",
            label=label,
            count=count_of_base(line, self.words),
            surplus=surplus_text(line, self.words),
        )
        if line.certain == "no":
            said += " " + self.text("may_change", unknown=line.unknown)
        return traced(said, line, beside=True)

    def targets(self) -> Passage:
        """Every target: verdict, figure, target count, by how much, and what hangs on unknowns."""
        lines, year = self.year.lines, self.year
        caption = self.text("targets.caption", quarter=self.words.quarter(year.quarter))
        table = verdicts_table(lines, year.aims, self.words, caption=caption)
        return self.section("targets", table)

    def drawn(self) -> Passage:
        """The shares among them as a chart."""
        lines = self.judged[self.judged["indicator"] != POVERTY_REDUCTION.id]
        lines = lines[lines["denominator"].fillna(0) > 0]
        if lines.empty:
            return self.section("drawn", paragraph(self.text("nothing_to_draw")))
        source = self.text("source", quarter=self.words.quarter(self.year.quarter))
        return self.section("drawn", charts.progress_chart(lines, self.words, source))

    def villages(self) -> Passage:
        """How many villages met each target, and who did not, by how much."""
        found = by_village(self.year.village_lines, tuple(one.id for one in ALL))
        names = self.year.processed.villages
        caption = self.text("villages.caption", quarter=self.words.quarter(self.year.quarter))
        return self.section("villages", villages_table(found, names, self.words, caption=caption))

    def compared(self) -> Passage:
        """The figures beside those of the year's first quarter and of last year's last."""
        processed, year = self.year.processed, self.year.year
        first, last = f"{year}Q1", last_quarter(processed, year - 1)
        others = {first: year} if first in processed.quarters[:-1] else {}
        others = {code: of for code, of in others.items() if code != self.year.quarter}
        others |= {last: year - 1} if last else {}
        columns = {self.year.quarter: (self.year.lines, year)}
        columns |= {code: (commune_lines(processed, code), of) for code, of in others.items()}
        rows = [
            (
                one.id,
                [(_row(lines, one.id), self.year.aims_of(of)) for lines, of in columns.values()],
                self._differs(one, last),
            )
            for one in ALL
        ]
        headings = [self.words.quarter_short(code) for code in columns]
        caption = self.text("compared.caption")
        table = compared_table(rows, headings, self.words, caption=caption)
        missing = NOTHING if last else paragraph(self.text("compared.no_last", year=year - 1))
        return self.section("compared", missing, table)

    def _differs(self, one: Indicator, last: str | None) -> str:
        """Say what makes this year's figure another than last year's, beside what was done."""
        if last is None:
            return self.text("compared.nothing")
        processed, year = self.year.processed, self.year.year
        years = (year - 1, year)
        items = plan_items(processed.table("plans"), processed.table("targets"), years)
        if items[year - 1].isna().all():
            return self.text("compared.no_plan", year=year - 1)
        homes = processed.units(one.units)
        changes = changes_for(one, items, homes, *years)
        said = (change_text(each, items[year - 1], items[year], self.words) for each in changes)
        return "; ".join(said) or self.text("compared.alike")


def _row(lines: pd.DataFrame, indicator: str) -> Any:
    """Give an indicator's line with its cells as attributes; None where there is none."""
    own = lines[lines["indicator"] == indicator]
    return next(rows_of(own), None)
