"""The commune's quarterly report, section by section, for use in the office."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import pandas as pd

from campaign_lib.analysis.commune import rate
from campaign_lib.analysis.quality import coverage, unknown_answers
from campaign_lib.codebook import codebook
from campaign_lib.indicators import ALL
from campaign_lib.indicators.indicator import Share
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.intake.problem_list import action_told
from campaign_lib.show import charts
from campaign_lib.show.display import NOTHING, Passage, Shown, boxed, listing, paragraph, together
from campaign_lib.show.tables.context import facts_table
from campaign_lib.show.tables.labels import question_label
from campaign_lib.show.tables.leeway import leeway_table
from campaign_lib.show.tables.results import indicator_table, percent_of, traced
from campaign_lib.store.slices import Fingerprints
from campaign_lib.stories.commune.money import MoneySection
from campaign_lib.stories.commune.quarter import CommuneStory
from campaign_lib.stories.commune.screen import CommuneScreen
from campaign_lib.stories.commune.villages import VillagesSection
from campaign_lib.stories.commune.work import WorkSection
from campaign_lib.stories.corrected import corrected
from campaign_lib.stories.telling import masthead, period
from campaign_lib.stories.what_changed.told import revision_note

# The commune's report: its targets, how far they have come, and poverty from date to date.

#: What a chart of bars can show: a share that should grow.
SHARES = tuple(one.id for one in ALL if isinstance(one, Share))
HOUSEHOLD_SHARES = tuple(
    one.id for one in ALL if isinstance(one, Share) and one.units == "households"
)


class TargetsSection(CommuneStory):
    """The plan's ten targets for the commune as a whole."""

    def indicators(self) -> Passage:
        """Every indicator with its count, base, percent, target, shortfall, change, verdict."""
        table = indicator_table(self.data.lines, self.data.before, self.data.aims, self.words)
        unknown = leeway_table(self.data.lines, self.data.aims, self.words)
        return self.section("indicators", table, self.poverty(), unknown, self._corrected())

    def _corrected(self) -> Passage:
        """Say what visits to households make of the figures; nothing before enough were made."""
        said = corrected(self.data.processed, self.data.code, self.words)
        return paragraph(self.words("corrected.heading")) + listing(said) if said else NOTHING

    def poverty(self) -> Passage:
        """Say how far poverty fell, with both dates' counts and rates."""
        lines = self.data.lines[self.data.lines["indicator"] == POVERTY_REDUCTION.id]
        return NOTHING if lines.empty else self._fall(lines.iloc[0])

    def _fall(self, line: Any) -> Passage:
        dates = {name: self.words.date(self.data.days[name]) for name in ("baseline", "later_date")}
        counts = ("baseline_numerator", "baseline_denominator", "numerator", "denominator")
        numbers = {name: int(line[name]) for name in counts}
        before = rate(numbers["baseline_numerator"], numbers["baseline_denominator"])
        later = rate(numbers["numerator"], numbers["denominator"])
        said = self.text(
            "indicators.poverty",
            **dates,
            **numbers,
            before=self.words.percent(before),
            later=self.words.percent(later),
            fall=percent_of(line, line["percent"], self.data.aims, self.words),
        )
        return listing([traced(said, line, beside=True)])

    def progress(self) -> Passage:
        """The same as a chart, for shares that have a target and a base."""
        return self.section("progress", self._bars(self._growing))

    @property
    def _growing(self) -> pd.DataFrame:
        """The lines of shares that have a target and a base."""
        lines = self.data.lines
        drawn = lines["indicator"].isin(SHARES) & lines["target_count"].notna()
        return lines[drawn & (lines["denominator"] > 0)]

    def _bars(self, lines: pd.DataFrame) -> Shown:
        if lines.empty:
            return paragraph(self.text("nothing_to_draw"))
        return charts.progress_chart(lines, self.words, self.source)

    def trend(self) -> Passage:
        """Each household indicator by quarter, against the path."""
        lines = self.data.year_lines
        lines = lines[lines["level"] == "commune"]
        chart = charts.trend_chart(lines, HOUSEHOLD_SHARES, self.words, self.source)
        return self.section("trend", chart)


# The commune's report: what it stands on: how good the data are, and what it was built from.

_MOST = 3


class FootingSection(CommuneStory):
    """Data quality in three lines, and the facts behind the report."""

    def quality(self) -> Passage:
        """Who was asked, what is unknown, what was wrong with the files: a line for each."""
        lines = [self._coverage(), self._unknowns(), self._problems()]
        return self.section("quality", listing(lines), paragraph(self.text("quality.more")))

    def _coverage(self) -> str:
        cohort = self.data.cohort
        inside, asked = coverage(cohort, cohort["lives_here_now"])
        missing = cohort.loc[~cohort["surveyed"], "village"].astype("str").value_counts()
        if missing.empty:
            return self.text("quality.all_asked", inside=inside)
        names = (
            self.text("quality.in_village", village=self.data.names[str(code)], count=int(count))
            for code, count in missing.head(_MOST).items()
        )
        return self.text(
            "quality.asked",
            asked=asked,
            inside=inside,
            missing=inside - asked,
            villages=self.words.listed(names),
        )

    def _unknowns(self) -> str:
        cohort = self.data.cohort
        questions = [
            column
            for column in codebook().tables["survey"].questions
            if column.code in self.data.asked
        ]
        unknown = unknown_answers(cohort, cohort["lives_here_now"], questions)
        if unknown.empty:
            return self.text("quality.none_unknown")
        worst = (
            self.text(
                "quality.question",
                question=question_label(str(line.question), self.words),
                count=line.unknown,
                asked=line.asked,
            )
            for line in unknown.head(_MOST).itertuples(index=False)
        )
        total = int(unknown["unknown"].sum())
        return self.text(
            "quality.unknown",
            count=total,
            questions=len(unknown),
            worst=self.words.listed(worst),
        )

    def _problems(self) -> str:
        problems = self.data.processed.rows("problems", {"quarter": [self.data.code, ""]})
        if problems.empty:
            return self.text("quality.no_problems")
        kinds = problems["action"].value_counts()
        said = (
            self.text(
                "quality.action",
                action=action_told(str(action), self.words.language),
                count=int(count),
            )
            for action, count in kinds.items()
        )
        return self.text("quality.problems", count=len(problems), actions=self.words.listed(said))

    def built_from(self) -> Passage:
        """The exact dates of the quarter, and what the report was built from."""
        names = ("first_day", "last_day", "baseline", "later_date")
        label = {name: self.words(f"village_report.built.{name}") for name in names}
        facts = {label[name]: self.words.date(self.data.days[name]) for name in names}
        manifest = self.data.processed.manifest
        packages: Mapping[str, str] = manifest["packages"]
        facts |= {
            self.words("village_report.built.code"): f"campaign_lib {manifest['code_version']}",
            self.words("village_report.built.packages"): ", ".join(
                f"{name} {version}" for name, version in packages.items()
            ),
            **self._checksum(),
        }
        caption = self.words("village_report.built.caption")
        return self.section("built", facts_table(caption, facts, self.words))

    def _checksum(self) -> Mapping[str, str]:
        """Give one hash of all rows that this quarter is told from."""
        checksum, _ = Fingerprints(self.data.processed).quarters[self.data.code]
        return {self.text("built.data"): checksum}


class CommuneReport(TargetsSection, VillagesSection, WorkSection, MoneySection, FootingSection):
    """What the notebook shows, a method per section, the answer first."""

    #: The sections in their order, which is that of a report to the district: where the commune
    #: stands, what was done, with what money, what is ahead, what it rests on.
    SECTIONS: ClassVar[tuple[str, ...]] = (
        *("first_screen", "revisions", "indicators", "progress", "trend", "villages"),
        *("tasks", "models", "sessions", "funding", "loans", "ahead"),
        *("quality", "built_from"),
    )

    @property
    def title(self) -> str:
        """What the page is called."""
        return self.text("title", quarter=self.when)

    def first_screen(self) -> Passage:
        """How many targets are met, on track, behind; what hangs; what next; where to go."""
        return together(
            masthead(self.title, self.data.plan, self.words, self.edition),
            period(self.data.days, self.words),
            boxed(self.bottom_line(), "bottom-line"),
        )

    def revisions(self) -> Passage:
        """Which figures are no longer what was sent upward, if the quarter is locked."""
        revisions = self.data.of_quarter("revisions")
        return revision_note(revisions, COMMUNE, self.data.names, self.words)

    def bottom_line(self) -> Passage:
        """Give the answer, without the page's head."""
        return CommuneScreen(self.data, self.words).passage()

    def sections(self) -> Iterator[tuple[str, Passage]]:
        """Give every section by its name, in order; what is left out is empty."""
        for name in self.SECTIONS:
            yield name, getattr(self, name)()
