"""The whole commune in one quarter: the rows that its report is made from, and where it stands.

Its first screen says what is behind, what hangs, and where to go first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, cast

import pandas as pd

from campaign_lib.analysis.commune import (
    Borrowing,
    as_known,
    borrowing,
    by_need,
    held_in,
    side_by_side,
    with_states,
    without_credit,
)
from campaign_lib.analysis.poverty import TABLE, as_told
from campaign_lib.base.editions import INTERNAL, Edition
from campaign_lib.base.quarters import DECREE_09_2019, Quarter
from campaign_lib.indicators.steps import COMMUNE, walk
from campaign_lib.indicators.ten import COVERED_BY_PLAN, INFORMED
from campaign_lib.show.display import (
    NOTHING,
    Leading,
    Passage,
    Traced,
    heading,
    listing,
    paragraph,
    together,
)
from campaign_lib.show.tables.labels import rows_of
from campaign_lib.show.tables.results import (
    Aims,
    count_of_base,
    in_plan_order,
    traced,
    wanted_count,
)
from campaign_lib.store.processed import HEIR_OF, SINCE, Processed
from campaign_lib.stories.first_screen import NEXT_STEPS, FirstScreen
from campaign_lib.stories.telling import Story
from campaign_lib.words import Words

#: Asks a household whether it has borrowed.
QUESTION = "borrowed"


class CommuneQuarter:
    """Tables of one quarter, cut out of what was built; `results` is what figures are read from.

    Each property is a frame in the columns of the built table of that name.
    """

    def __init__(self, processed: Processed, quarter: str, results: str = "results") -> None:
        """Take a quarter.

        Args:
            processed: what was built.
            quarter: one that has results.
            results: the table of figures: `results`, or `public_results`.
        """
        self.processed, self.code = processed, quarter
        self.quarter = Quarter.parse(quarter)
        self._results = results

    @cached_property
    def names(self) -> dict[str, str]:
        """The villages' names by code."""
        return dict(self.processed.villages)

    @cached_property
    def so_far(self) -> list[str]:
        """The quarters of this year that have results, up to this one."""
        year = str(self.quarter.year)
        return [one for one in self.processed.quarters if one[:4] == year and one <= self.code]

    @cached_property
    def year_lines(self) -> pd.DataFrame:
        """Lines of results of the year so far, of all places."""
        wanted = {"quarter": self.so_far}
        lines, days = (self.processed.rows(name, wanted) for name in (self._results, "quarters"))
        if self._results != "results":
            return as_told(lines, days)
        return as_told(
            lines, days, self.processed.rows(TABLE, wanted), self.of_quarter("revisions")
        )

    @cached_property
    def lines(self) -> pd.DataFrame:
        """The commune's own lines of this quarter, in the plan's order."""
        return self._of(self.code, COMMUNE)

    @cached_property
    def before(self) -> pd.DataFrame:
        """The commune's lines of the quarter before; none where that is of another year."""
        return self._of(str(self.quarter.previous()), COMMUNE)

    @cached_property
    def village_lines(self) -> pd.DataFrame:
        """The villages' lines of this quarter."""
        return self._of(self.code, "village")

    def _of(self, quarter: str, level: str) -> pd.DataFrame:
        lines = self.year_lines
        return in_plan_order(lines[(lines["quarter"] == quarter) & (lines["level"] == level)])

    @cached_property
    def need(self) -> pd.DataFrame:
        """The villages, the one in most need of a visit first."""
        return by_need(self.village_lines)

    @cached_property
    def days(self) -> Any:
        """The quarter's days: its row of `quarters`."""
        return self.processed.rows("quarters", {"quarter": [self.code]}).iloc[0]

    @cached_property
    def plan(self) -> Any:
        """The year's row of `plans`, or None."""
        plans = self.of_year("plans")
        return plans.iloc[0] if len(plans) else None

    @cached_property
    def aims(self) -> Aims:
        """What the year's plan asks."""
        return Aims.of(self.of_year("targets"), self.plan)

    def of_year(self, table: str, *, ahead: int = 0) -> pd.DataFrame:
        """Give the rows of a table that are of this year, or of one so many years ahead."""
        return self.processed.rows(table, {"year": [self.quarter.year + ahead]})

    def of_quarter(self, table: str) -> pd.DataFrame:
        """Give the rows of a table that are of this quarter."""
        return self.processed.rows(table, {"quarter": [self.code]})

    @cached_property
    def funding(self) -> pd.DataFrame:
        """The year's money so far, also of quarters without a survey."""
        funding = self.processed.table("funding")
        year = funding["quarter"].str[:4] == str(self.quarter.year)
        return funding[year & (funding["quarter"] <= self.code)].reset_index(drop=True)

    @cached_property
    def activities(self) -> pd.DataFrame:
        """The year's activities so far, with `held_in`, the quarter that each was held in."""
        rows = self.of_quarter("activities_by_quarter")
        held = rows[rows["held_this_year"]].reset_index(drop=True)
        calendar = DECREE_09_2019 if self.plan is None else str(self.plan["calendar"])
        return held.assign(held_in=held_in(held, self.quarter.year, calendar))

    @cached_property
    def extra_tasks(self) -> pd.DataFrame:
        """The extra tasks given by the quarter's last day, but those done before the year.

        Each has its latest report by then: `status`, `reported_on`, `evidence`.
        """
        reports = self.of_quarter("tasks_by_quarter").set_index("task")
        tasks = self.processed.table("extra_tasks")
        told = tasks.join(reports[["status", "reported_on", "evidence"]], on="task")
        over = (told["status"] == "done") & (told["reported_on"] < self.days["year_first_day"])
        given = told["given_on"] <= self.days["last_day"]
        own: pd.DataFrame = told[given & ~over]
        return own.sort_values(["given_on", "task"], ignore_index=True)

    @cached_property
    def people(self) -> pd.DataFrame:
        """Who was there for the campaign on the quarter's last day, village by village."""
        people, last = self.processed.table("people"), self.days["last_day"]
        there = ~(people["since"] > last) & ~(people["until"] <= last)
        own: pd.DataFrame = people[there]
        return own.sort_values(["village", "role", "person"], ignore_index=True)

    @cached_property
    def customs(self) -> pd.DataFrame:
        """What was seen of old customs by the quarter's last day."""
        customs = self.processed.table("customs")
        own: pd.DataFrame = customs[customs["seen_on"] <= self.days["last_day"]]
        return own

    @cached_property
    def every_model(self) -> pd.DataFrame:
        """All models that are known, also those that are registered only."""
        return as_known(self.of_quarter("models_by_quarter"))

    @cached_property
    def models(self) -> pd.DataFrame:
        """The models that are told of, with their state."""
        return with_states(self.every_model)

    @cached_property
    def remarks(self) -> pd.DataFrame:
        """What an officer wrote into the quarter's report."""
        return self.of_quarter("remarks")

    @cached_property
    def homes(self) -> pd.DataFrame:
        """The quarter's households."""
        return self.of_quarter("panel")

    @cached_property
    def cohort(self) -> pd.DataFrame:
        """The households that are surely in the base of most targets."""
        base = walk(self.homes, INFORMED.parts()[0]).states[-1]
        return self.homes[base.fillna(False).astype(bool)].reset_index(drop=True)

    @cached_property
    def borrowing(self) -> Borrowing:
        """What the cohort says of its loans."""
        return borrowing(self.cohort)

    @cached_property
    def side_by_side(self) -> pd.DataFrame:
        """How borrowers of the cohort fare beside the others."""
        return side_by_side(self.cohort)

    @cached_property
    def asked(self) -> set[str]:
        """The columns that the quarter's survey had."""
        return set(self.of_quarter("surveyed")["column"])

    @cached_property
    def without_plan(self) -> list[str]:
        """The villages that have not issued their plan of the year by the quarter's last day."""
        plans = self.of_year("village_plans")
        issued = set(plans.loc[plans["issued_on"] <= self.days["last_day"], "village"])
        return [village for village in self.names if village not in issued]


#: All that the public report reads of what was built; tables of households are not among them.
PUBLIC_TABLES = (
    *("public_results", "public_revisions", "quarters", "plans", "targets", "tasks"),
    *("tasks_by_quarter", "village_plans", "surveyed"),
    *("funding", "activities_by_quarter", "models_by_quarter", "areas_by_quarter"),
)
#: What somebody typed in their own words, or where it was typed.
_AS_TYPED = (
    *("name", "field", "kind", "purpose", "evidence", "ended_because", "agency"),
    *("source_file", "source_sheet"),
)


class PublicTables:
    """What was built, as far as the public report may read it."""

    def __init__(self, processed: Processed) -> None:
        self.villages, self.quarters = dict(processed.villages), list(processed.own_quarters)
        named, manifest = ("packages", "code_version", HEIR_OF, SINCE), processed.manifest
        self.manifest = {name: manifest[name] for name in named if name in manifest}
        self._tables = {
            name: processed.table(name).drop(columns=[*_AS_TYPED], errors="ignore")
            for name in PUBLIC_TABLES
        }
        self._tables["funding"] = without_credit(self._tables["funding"])

    def table(self, name: str) -> pd.DataFrame:
        """Give a table of `PUBLIC_TABLES`; no other is here."""
        return self._tables[name].copy(deep=False)

    def rows(self, name: str, wanted: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
        """Give the rows of a table in which each column of `wanted` is one of its values."""
        table = self._tables[name]
        for column, values in wanted.items():
            table = table[table[column].isin(list(values))]
        return table.reset_index(drop=True)


class PublicQuarter(CommuneQuarter):
    """The same for the public: it has sums of what households said of loans, and no household."""

    def __init__(self, processed: Processed, quarter: str) -> None:
        whole = CommuneQuarter(processed, quarter)
        # It has what public sections ask for, and no more.
        super().__init__(cast(Processed, PublicTables(processed)), quarter, "public_results")
        if QUESTION in whole.asked:
            # How much, and from whom, is for the office.
            none = whole.borrowing.sources.iloc[:0]
            told = replace(whole.borrowing, amounts_known=0, median=None, total=0.0, sources=none)
            self.borrowing, self.side_by_side = told, whole.side_by_side


_VILLAGES, _REASONS, _NAMED = 3, 2, 5
BEHIND = "behind"


class CommuneScreen(FirstScreen):
    """The first screen: made from the commune's lines of one quarter and its villages' needs."""

    def __init__(self, data: CommuneQuarter, words: Words) -> None:
        super().__init__(data.lines, data.plan, data.aims, words)
        self._data = data

    def whole(self) -> Passage:
        """Give all of it; without a plan there is nothing to judge."""
        if self._plan is None:
            return NOTHING
        hanging = self.hanging()
        return together(
            self.verdicts(),
            paragraph(self.text("none_hangs")) if hanging == NOTHING else hanging,
            self._behind(),
            self.visits(),
            self.what_next(self.steps(NEXT_STEPS)),
        )

    def of_public(self) -> Passage:
        """Count the verdicts, and list what is behind, as far as it can be shown."""
        lines = self._data.lines
        says = [
            self.text(
                "behind_public",
                label=self.label(line.indicator),
                count=count_of_base(line, self._words),
                target=wanted_count(line, line.target_count, self._words),
            )
            for line in rows_of(lines[~lines["hidden"] & (lines["status"] == BEHIND)])
        ]
        return together(
            super().of_public(),
            heading(self.text("behind_heading"), 2) if says else NOTHING,
            listing(says),
        )

    def text(self, name: str, **values: object) -> str:
        """Give the commune's own words where it has them, else those that a village has too."""
        own = f"commune_report.{name}"
        return self._words(own, **values) if self._words.has(own) else super().text(name, **values)

    def _behind(self) -> Passage:
        """List what is behind, with the two numbers that make the figure, and what was due."""
        late = [self._gap(line) for line in rows_of(self.open) if line.status == BEHIND]
        return heading(self.text("behind_heading"), 2) + listing(late) if late else NOTHING

    def _gap(self, line: Any) -> Traced:
        values = {
            "label": self.label(line.indicator),
            "count": count_of_base(line, self._words),
            "target": wanted_count(line, line.target_count, self._words),
            "shortfall": line.shortfall,
            "unit": self.unit(line),
        }
        # In the last quarter all of the target is due, and some have no path at all.
        if pd.isna(line.path_count) or line.path_count == line.target_count:
            return self.traced(line, "behind_the_year", **values)
        return self.traced(
            line, "behind", path=wanted_count(line, line.path_count, self._words), **values
        )

    def steps(self, most: int | None = None) -> list[str]:
        """Give the next step of each target that is not met, those behind first."""
        has_plan = not self._data.without_plan
        return [self.step(line, has_plan=has_plan) for line in rows_of(self.open.iloc[:most])]

    def step(self, line: Any, *, has_plan: bool) -> str:
        """Say what to do about one target; where villages' own plans are the cause, that."""
        if line.indicator != COVERED_BY_PLAN.id or has_plan:
            return super().step(line, has_plan=True)
        names = [self._data.names[code] for code in self._data.without_plan]
        others = len(names) - _NAMED
        few = [*names[:_NAMED], *([self.text("others", count=others)] if others > 0 else [])]
        return self.text(
            "step",
            label=self.label(line.indicator),
            what=self.text("issue_the_plans", count=len(names), villages=self._words.listed(few)),
        )

    def visits(self) -> Passage:
        """Name the villages to visit first, each with what it is furthest behind in."""
        need = self._data.need
        first = need[(need[BEHIND] + need["unmeasured"]) > 0].head(_VILLAGES)
        visits = [self._visit(village) for village in rows_of(first)]
        if not visits:
            return NOTHING
        return heading(self.text("visit_heading"), 2) + listing(visits, numbered=True)

    def _visit(self, village: Any) -> str | Leading:
        """Name a village, with what is the furthest from what was due there."""
        name, lines = self._data.names[village.village], self._data.village_lines
        late = lines[(lines["status"] == BEHIND) & (lines["place"] == village.village)]
        if late.empty:
            return self.text("visit_unmeasured", village=name, count=village.unmeasured)
        share = (late["numerator"] / late["path_count"].clip(lower=1)).astype(float)
        first = late.loc[share.sort_values(kind="stable").index].head(_REASONS)
        start = self.text("visit", village=name, behind=village.behind, judged=village.judged)
        return Leading(start, tuple(self._reason(line) for line in rows_of(first)))

    def _reason(self, line: Any) -> Traced:
        return traced(
            self.text(
                "reason",
                label=self._words(f"indicators.{line.indicator}.short"),
                numerator=line.numerator,
                denominator=line.denominator,
                path=line.path_count,
            ),
            line,
        )


class CommuneStory(Story):
    """What the sections of the commune's report share: their words, and the quarter they tell of.

    Each section is a function of it, in one of the modules beside this one.
    """

    key = "commune_report"

    def __init__(self, data: CommuneQuarter, words: Words, edition: Edition = INTERNAL) -> None:
        super().__init__(words, edition)
        self.data, self.when = data, words.quarter(data.code)
        names = ("title", "source")
        self.title, self.source = (self.text(name, quarter=self.when) for name in names)
        self.screen = CommuneScreen(data, words)
