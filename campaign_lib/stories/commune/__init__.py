"""The commune's quarterly report, section by section: what `commune_report.ipynb` opens.

In the public edition household indicators are read from `public_results` alone. What somebody
typed (names of models, purposes, evidence, kinds of sessions) is not shown there, because it may
name a person.
"""

from collections.abc import Iterator
from typing import Any

from campaign_lib.analysis.commune import rate
from campaign_lib.analysis.quality.coverage import coverage, unknown_answers
from campaign_lib.base.editions import INTERNAL, PUBLIC, known_edition
from campaign_lib.codebook import codebook
from campaign_lib.indicators import ALL
from campaign_lib.indicators.indicator import Share
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.intake.problem_list import action_told
from campaign_lib.show import charts
from campaign_lib.show.display import NOTHING, Passage, boxed, listing, paragraph, together
from campaign_lib.show.tables.labels import question_label, rows_of
from campaign_lib.show.tables.results import indicator_table, leeway_table, percent_of, traced
from campaign_lib.store.processed import Processed
from campaign_lib.store.slices import Fingerprints
from campaign_lib.stories.as_inspected import as_inspected
from campaign_lib.stories.commune import money, work
from campaign_lib.stories.commune.quarter import CommuneQuarter, CommuneStory
from campaign_lib.stories.commune.villages import SHARES, villages
from campaign_lib.stories.telling import bars, built_table, for_the_office, masthead, period
from campaign_lib.stories.what_changed.told import public_note, revision_note
from campaign_lib.words import Words

HOUSEHOLD_SHARES = tuple(
    one.id for one in ALL if isinstance(one, Share) and one.units == "households"
)
#: So many villages without an answer, and questions, are named.
_MOST = 3


class CommuneReport(CommuneStory):
    """What the notebook shows, a method per section, the answer first."""

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

    def bottom_line(self) -> Passage:
        """Give the answer, without the page's head."""
        return self.screen.of_public() if self.is_public else self.screen.whole()

    def revisions(self) -> Passage:
        """Which figures are no longer what was sent upward, if the quarter is locked.

        In public: that some were revised, without counts.
        """
        if self.is_public:
            return public_note(self.data.of_quarter("public_revisions"), COMMUNE, self.words)
        revisions = self.data.of_quarter("revisions")
        return revision_note(revisions, COMMUNE, self.data.names, self.words)

    def indicators(self) -> Passage:
        """Every indicator with its count, base, percent, target, shortfall, change, verdict.

        In public: its count, base and percent, unless they are withheld.
        """
        lines, aims = self.data.lines, self.data.aims
        if self.is_public:
            says = paragraph(self.words("village_report.indicators.says"))
            table = indicator_table(lines, None, aims, self.words, PUBLIC)
            return self.titled("indicators", says, table, self.poverty())
        said = as_inspected(self.data.processed, self.data.code, self.words)
        return self.section(
            "indicators",
            indicator_table(lines, self.data.before, aims, self.words),
            self.poverty(),
            leeway_table(lines, aims, self.words),
            paragraph(self.words("as_inspected.heading")) + listing(said) if said else NOTHING,
        )

    def poverty(self) -> Passage:
        """Say how far poverty fell, with both dates' counts and rates, unless they are withheld."""
        lines = self.data.lines[self.data.lines["indicator"] == POVERTY_REDUCTION.id]
        if self.is_public:
            lines = lines[~lines["hidden"] & lines["numerator"].notna()]
        return listing(traced(self._fall(line), line, beside=True) for line in rows_of(lines))

    def _fall(self, line: Any) -> str:
        counts = ("baseline_numerator", "baseline_denominator", "numerator", "denominator")
        numbers = {name: int(getattr(line, name)) for name in counts}
        return self.text(
            "indicators.poverty",
            baseline=self.words.date(self.data.days["baseline"]),
            later_date=self.words.date(self.data.days["later_date"]),
            **numbers,
            before=self.words.percent(rate(*(numbers[name] for name in counts[:2]))),
            later=self.words.percent(rate(*(numbers[name] for name in counts[2:]))),
            fall=percent_of(line, line.percent, self.data.aims, self.words),
        )

    def progress(self) -> Passage:
        """The same as a chart, for shares that have a target and a base."""
        lines = self.data.lines
        says = "progress.public" if self.is_public else "progress.says"
        drawn = bars(lines[lines["indicator"].isin(SHARES)], self.words, self.source, self.edition)
        return self.titled("progress", paragraph(self.text(says)), drawn)

    @for_the_office
    def trend(self) -> Passage:
        """Each household indicator by quarter, against the path.

        Not in public: from quarter to quarter single households could be told.
        """
        lines = self.data.year_lines
        lines = lines[lines["level"] == "commune"]
        chart = charts.trend_chart(lines, HOUSEHOLD_SHARES, self.words, self.source)
        return self.section("trend", chart)

    villages = villages
    tasks, models, sessions, ahead = work.tasks, work.models, work.sessions, work.ahead
    funding, loans = money.funding, money.loans

    @for_the_office
    def quality(self) -> Passage:
        """Who was asked, what is unknown, what was wrong with the files: a line for each.

        Not in public: it counts single households.
        """
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
        cohort, survey = self.data.cohort, codebook().tables["survey"]
        questions = [column for column in survey.questions if column.code in self.data.asked]
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
            for line in rows_of(unknown.head(_MOST))
        )
        return self.text(
            "quality.unknown",
            count=int(unknown["unknown"].sum()),
            questions=len(unknown),
            worst=self.words.listed(worst),
        )

    def _problems(self) -> str:
        problems = self.data.processed.rows("problems", {"quarter": [self.data.code, ""]})
        if problems.empty:
            return self.text("quality.no_problems")
        said = (
            self.text(
                "quality.action",
                action=action_told(str(action), self.words.language),
                count=int(count),
            )
            for action, count in problems["action"].value_counts().items()
        )
        return self.text("quality.problems", count=len(problems), actions=self.words.listed(said))

    def built_from(self) -> Passage:
        """The exact dates of the quarter, and what the report was built from."""
        processed, data = self.data.processed, {}
        if not self.is_public:  # one hash of all rows that this quarter is told from
            checksum, _ = Fingerprints(processed).quarters[self.data.code]
            data = {self.text("built.data"): checksum}
        table = built_table(self.data.days, processed.manifest, data, self.words)
        return self.section("built", table)

    def sections(self) -> Iterator[tuple[str, Passage]]:
        """Give every section by its name, in order; what is left out is empty.

        The order is that of a report to the district: where the commune stands, what was done,
        with what money, what is ahead, what it rests on.
        """
        for name in (
            *("first_screen", "revisions", "indicators", "progress", "trend", "villages"),
            *("tasks", "models", "sessions", "funding", "loans", "ahead"),
            *("quality", "built_from"),
        ):
            yield name, getattr(self, name)()


def commune_report(
    processed: Processed, quarter: str, language: str = "vi", edition: str = INTERNAL
) -> CommuneReport:
    """Open the commune's report of a quarter.

    Raises:
        CampaignError: an unknown quarter, language or edition.
    """
    words, kind = Words(language), known_edition(edition)
    results = "public_results" if kind == PUBLIC else "results"
    data = CommuneQuarter(processed, processed.known_quarter(quarter), results)
    return CommuneReport(data, words, kind)
