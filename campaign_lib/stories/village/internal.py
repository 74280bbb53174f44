"""The report of one village in one quarter, section by section, for use in the office."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.nearest import nearest
from campaign_lib.analysis.quality import coverage, unknown_answers
from campaign_lib.base.editions import INTERNAL, Edition
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook
from campaign_lib.indicators import ALL
from campaign_lib.indicators.indicator import Share
from campaign_lib.indicators.steps import walk
from campaign_lib.indicators.ten import INFORMED
from campaign_lib.show import charts
from campaign_lib.show.display import (
    Passage,
    Shown,
    Table,
    boxed,
    paragraph,
    together,
)
from campaign_lib.show.tables import context
from campaign_lib.show.tables.leeway import leeway_table
from campaign_lib.show.tables.results import Aims, in_plan_order, indicator_table, nearest_table
from campaign_lib.show.tables.steps import step_labels
from campaign_lib.store.slices import Slice
from campaign_lib.stories.first_screen import OPEN, FirstScreen
from campaign_lib.stories.telling import Story, masthead, period
from campaign_lib.stories.what_changed.told import revision_note
from campaign_lib.words import Words

HOUSEHOLD_SHARES = tuple(
    indicator
    for indicator in ALL
    if isinstance(indicator, Share) and indicator.units == "households"
)


class VillageReport(Story):
    """What the notebook shows, a method per section; built from one village's slice alone."""

    key = "village_report"

    def __init__(
        self,
        part: Slice,
        words: Words,
        manifest: Mapping[str, Any],
        edition: Edition = INTERNAL,
    ) -> None:
        super().__init__(words, edition)
        self.part, self._manifest = part, manifest
        self.name = str(part["village"]["name"].iloc[0])
        results = part["results"]
        self.lines = in_plan_order(results[results["quarter"] == part.quarter])
        self.days: Any = part["quarters"].iloc[-1]
        self.plan: Any = part["plans"].iloc[0] if len(part["plans"]) else None

    @cached_property
    def source(self) -> str:
        """The line under each chart that says what it was drawn from."""
        return self.text("source", place=self.name, quarter=self.words.quarter(self.part.quarter))

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The words of every step, with the year's own thresholds in them."""
        return step_labels(self.plan, self.words)

    @property
    def title(self) -> str:
        """What the page is called."""
        return self.text("title", place=self.name, quarter=self.words.quarter(self.part.quarter))

    def first_screen(self) -> Passage:
        """How many targets are met, on track, behind; by how much; what to do next."""
        screen = FirstScreen(self.lines, self.plan, self._aims, self._has_plan, self.words)
        return together(
            masthead(self.title, self.plan, self.words, self.edition),
            period(self.days, self.words),
            boxed(screen.passage(), "bottom-line"),
        )

    @cached_property
    def _aims(self) -> Aims:
        """What the year's plan asks."""
        return Aims.of(self.part["targets"], self.plan)

    def revisions(self) -> Passage:
        """Which figures are no longer what was sent upward, if the quarter is locked."""
        return revision_note(self.part["revisions"], self.part.village, {}, self.words)

    @property
    def _has_plan(self) -> bool:
        """Whether the village has issued its own plan of the year."""
        return bool(self.part["households"]["village_has_plan"].any())

    def indicators(self) -> Passage:
        """Every indicator with its count, base, percent, target, shortfall, change and verdict."""
        before = str(Quarter.parse(self.part.quarter).previous())
        results = self.part["results"]
        last = results[results["quarter"] == before]
        table = indicator_table(self.lines, last, self._aims, self.words)
        return self.section("indicators", table, leeway_table(self.lines, self._aims, self.words))

    def progress(self) -> Passage:
        """The same as a chart, for those that have a target and a base."""
        lines = self.lines[self.lines["target_count"].notna() & (self.lines["denominator"] > 0)]
        if lines.empty:
            return self.section("progress", paragraph(self.text("nothing_to_draw")))
        return self.section("progress", charts.progress_chart(lines, self.words, self.source))

    def steps(self) -> Passage:
        """Where households drop out, step by step, for indicators that ask more than one thing."""
        steps = self.part["steps"]
        drawn: list[Shown] = []
        for indicator in HOUSEHOLD_SHARES:
            own = steps[(steps["indicator"] == indicator.id) & (steps["part"] == "counts")]
            own = own.sort_values("position")
            if len(own) > 1 and own["asked"].iloc[0] > 0:
                drawn.append(charts.steps_chart(own, self.labels, self.words, self.source))
        return self.section("steps", *(drawn or [paragraph(self.text("nothing_to_draw"))]))

    def nearest(self) -> Passage:
        """The households that lack exactly one thing, of targets that are measured and not met.

        A target of a single step has no nearest: there everyone who does not count lacks one thing.
        """
        unmet = set(self.lines.loc[self.lines["status"].isin((*OPEN, "no_target")), "indicator"])
        found = {
            one.id: nearest(self.part["households"], one)
            for one in HOUSEHOLD_SHARES
            if one.id in unmet and len(one.counts) > 1
        }
        return self.section("nearest", nearest_table(found, self.labels, self.words))

    def trend(self) -> Passage:
        """Each household indicator by quarter, against the path."""
        ids = [one.id for one in HOUSEHOLD_SHARES]
        chart = charts.trend_chart(self.part["results"], ids, self.words, self.source)
        return self.section("trend", chart)

    def models(self) -> Passage:
        """Models that were built this year or are kept up."""
        models = self.part["models"]
        going = models[models["built_this_year"] | models["kept_up"]]
        return self.section("models", context.models_table(going, self.words))

    def activities(self) -> Passage:
        """The year's activities so far."""
        activities = self.part["activities"]
        held = activities[activities["held_this_year"]]
        return self.section("activities", context.activities_table(held, self.words))

    def funding(self) -> Passage:
        """Money planned and disbursed this year so far."""
        return self.section("funding", context.funding_table(self.part["funding"], self.words))

    def tasks(self) -> Passage:
        """This quarter's tasks with what was reported, and the next quarter's."""
        quarter = Quarter.parse(self.part.quarter)
        tables = [
            self._tasks(f"Q{quarter.number}", self.part["tasks"], quarter),
            self._tasks("all", self.part["tasks"], quarter),
            self._tasks(
                f"Q{quarter.next().number}",
                self.part["tasks" if quarter.number < 4 else "next_tasks"],
                quarter.next(),
                ahead=True,
            ),
        ]
        return self.section("tasks", *tables)

    def _tasks(
        self, of: str, tasks: pd.DataFrame, quarter: Quarter, *, ahead: bool = False
    ) -> Table:
        kind = "all" if of == "all" else "ahead" if ahead else "now"
        values = {} if of == "all" else {"quarter": self.words.quarter(str(quarter))}
        return context.tasks_table(
            tasks[tasks["quarter"] == of],
            None if ahead else self.part["task_progress"],
            self.text(f"tasks.{kind}", **values),
            self.words,
        )

    def quality(self) -> Passage:
        """Who was asked, what is unknown, and what was wrong with the village's rows."""
        homes = self.part["households"]
        base = walk(homes, INFORMED.parts()[0]).states[-1]
        inside, asked = coverage(homes, base)
        surveyed = set(self.part["surveyed"]["column"])
        questions = [
            column for column in codebook().tables["survey"].questions if column.code in surveyed
        ]
        unknown = unknown_answers(homes, base, questions)
        return self.section(
            "quality",
            paragraph(self.text("quality.coverage", asked=asked, inside=inside)),
            context.unknowns_table(unknown, self.words),
            context.problems_table(self.part["problems"], self.words),
        )

    def built_from(self) -> Passage:
        """The exact dates of the quarter, and what the report was built from."""
        dates = ("first_day", "last_day", "baseline", "later_date")
        facts = {self.text(f"built.{name}"): self.words.date(self.days[name]) for name in dates}
        packages: Mapping[str, str] = self._manifest["packages"]
        facts |= {
            self.text("built.code"): f"campaign_lib {self._manifest['code_version']}",
            self.text("built.packages"): ", ".join(f"{k} {v}" for k, v in packages.items()),
            **self._checksum(),
        }
        return self.section(
            "built", context.facts_table(self.text("built.caption"), facts, self.words)
        )

    def _checksum(self) -> Mapping[str, str]:
        return {self.text("built.data"): self.part.fingerprint}
