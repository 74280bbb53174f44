"""Was the year's plan met: the page `annual_assessment.ipynb` of a year."""

from typing import Any

import pandas as pd

from campaign_lib.analysis.plan_changes import changes_for, plan_items
from campaign_lib.analysis.years import (
    MET,
    NO_TARGET,
    UNMEASURED,
    by_village,
    commune_lines,
    last_quarter,
)
from campaign_lib.indicators import ALL, IDS
from campaign_lib.indicators.indicator import Indicator
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.show import charts
from campaign_lib.show.display import (
    NOTHING,
    Passage,
    Tile,
    Traced,
    boxed,
    heading,
    listing,
    paragraph,
    tiles,
    together,
)
from campaign_lib.show.tables.assessment import (
    change_text,
    compared_table,
    items_table,
    surplus_text,
    verdicts_table,
    villages_table,
)
from campaign_lib.show.tables.context import facts_table, tasks_table
from campaign_lib.show.tables.labels import rows_of
from campaign_lib.show.tables.results import count_of_base, traced
from campaign_lib.store.processed import Processed
from campaign_lib.stories.assessment.poverty import YearPoverty
from campaign_lib.stories.assessment.year_end import YearEnd
from campaign_lib.stories.sharing import first_of
from campaign_lib.stories.telling import Story, masthead, period
from campaign_lib.words import Words

# The part of a year's assessment that is about work: what was not done, and what comes next.

_DONE = "done"


class YearAhead(Story):
    """The tasks of the year, the next steps of open targets, the next year's plan."""

    key = "annual_assessment"

    def __init__(self, year: YearEnd, words: Words) -> None:
        super().__init__(words)
        self.year = year

    def tasks(self) -> Passage:
        """How many of the plan's tasks are done, and which are not."""
        tasks = self.year.of_year("tasks")
        reports = self.year.processed.rows("tasks_by_quarter", {"quarter": [self.year.quarter]})
        done = tasks["id"].isin(reports.loc[reports["status"] == _DONE, "task"])
        caption = self.text("tasks.caption")
        table = tasks_table(tasks[~done], reports, caption, self.words)
        if tasks.empty:
            return self.titled("tasks", paragraph(self.text("tasks.none")))
        shown = NOTHING if done.all() else Passage((table,))
        return self.section("tasks", shown, done=int(done.sum()), all=len(tasks))

    def next_steps(self, missed: pd.DataFrame) -> Passage:
        """What to do about each target that was missed."""
        if self.year.plan is None:
            return self.titled("next", paragraph(self.text("no_plan", year=self.year.year)))
        if missed.empty:
            return self.titled("next", paragraph(self.text("next.none")))
        steps = map(self._step, rows_of(missed))
        return self.section("next", listing(steps, numbered=True))

    def _step(self, line: Any) -> str:
        """Say what to do; a fall judged by its percentage alone names no number of households."""
        what = (
            self.text("next.by_rate", missing=surplus_text(line, self.words))
            if pd.isna(line.shortfall)
            else self.words(f"indicators.{line.indicator}.next", shortfall=line.shortfall)
        )
        label = self.words(f"indicators.{line.indicator}.label")
        return self.text("next.step", label=label, what=what)

    def next_year(self) -> Passage:
        """The next year's targets beside this year's, and its tasks, where it has a plan."""
        year, processed = self.year.year, self.year.processed
        ahead = self.year.of_year("plans", ahead=1)
        if ahead.empty:
            return self.titled("next_year", paragraph(self.text("next_year.none", year=year + 1)))
        plans, targets = processed.table("plans"), processed.table("targets")
        years = (year, year + 1)
        items = plan_items(plans, targets, years)
        planned = [one for one in years if one in set(plans["year"])]
        tasks = self.year.of_year("tasks", ahead=1)
        caption = self.text("next_year.tasks", year=year + 1)
        return self.section(
            "next_year",
            items_table(items, IDS, planned, self.words),
            tasks_table(tasks, None, caption, self.words),
            year=year + 1,
        )


# The part of a year's assessment that judges its targets and compares them with other times.


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


def annual_assessment(processed: Processed, year: str, language: str = "vi") -> "AnnualAssessment":
    """Open the page of a year.

    Raises:
        CampaignError: an unknown language, or a year without results.
    """
    words = Words(language)
    first_of(processed, year)
    of_year = int(year)
    last = last_quarter(processed, of_year)
    assert last is not None  # it has a first one
    return AnnualAssessment(YearEnd(processed, of_year, last), words)


class AnnualAssessment(Story):
    """What the notebook shows.

    Attributes:
        targets: met or not, by how much, where, compared with what.
        poverty: the flows between the two dates, and who is still poor.
        ahead: tasks, next steps, the next year's plan.
    """

    key = "annual_assessment"

    def __init__(self, year: YearEnd, words: Words) -> None:
        super().__init__(words)
        self.year = year
        self.targets = YearTargets(year, words)
        self.poverty = YearPoverty(year, words)
        self.ahead = YearAhead(year, words)

    @property
    def title(self) -> str:
        """What the page is called."""
        return self.text("title", year=self.year.year)

    def first_screen(self) -> Passage:
        """Whether the plan was met, what is missing, and how many left poverty."""
        days = {"first_day": self.year.days["year_first_day"]}
        days["last_day"] = self.year.days["last_day"]
        quarter = self.words.quarter(self.year.quarter)
        provisional = paragraph(self.text("provisional", quarter=quarter), "warning")
        return together(
            masthead(self.title, self.year.plan, self.words, self.edition),
            period(days, self.words),
            NOTHING if self.year.is_final else provisional,
            boxed(self.targets.in_short() + self.poverty.in_short(), "bottom-line"),
        )

    def next_steps(self) -> Passage:
        """What to do about each target that was missed."""
        return self.ahead.next_steps(self.targets.missed)

    def built_from(self) -> Passage:
        """The exact dates, and what the page was built from."""
        dates = ("year_first_day", "last_day", "baseline", "later_date")
        facts = {
            self.text(f"built.{name}"): self.words.date(self.year.days[name]) for name in dates
        }
        manifest = self.year.processed.manifest
        facts[self.text("built.code")] = f"campaign_lib {manifest['code_version']}"
        facts[self.text("built.files")] = self.words.number(len(manifest["files"]))
        return self.section("built", facts_table(self.text("built.caption"), facts, self.words))
