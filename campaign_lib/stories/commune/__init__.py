"""The commune's quarterly report, section by section: what `commune_report.ipynb` opens.

In the public edition household indicators are read from `public_results` alone. What somebody
typed (names of models, purposes, evidence, kinds of sessions) is not shown there, because it may
name a person.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from campaign_lib.analysis.commune import rate, worst_first
from campaign_lib.analysis.poverty import BEFORE
from campaign_lib.analysis.quality.coverage import coverage, unknown_answers
from campaign_lib.analysis.years import UNMEASURED
from campaign_lib.base.editions import INTERNAL, PUBLIC, known_edition
from campaign_lib.codebook import codebook
from campaign_lib.codebook.problems import ERROR, WARNING, severities
from campaign_lib.disclosure import HIDDEN, LEAST_SHOWN
from campaign_lib.indicators import ALL
from campaign_lib.indicators.indicator import Share
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.intake.problem_list import counted
from campaign_lib.show import charts
from campaign_lib.show.charts import villages_chart
from campaign_lib.show.display import (
    NOTHING,
    ON_SCREEN,
    RIGHT,
    Cell,
    Column,
    Mark,
    PageLink,
    Passage,
    Shown,
    Table,
    boxed,
    columns_of,
    folded_away,
    heading,
    listing,
    paragraph,
    together,
)
from campaign_lib.show.tables.labels import question_label, rows_of
from campaign_lib.show.tables.results import (
    apart,
    count_of_base,
    indicator_table,
    leeway_table,
    percent_of,
    share_of,
    told_of_fall,
    traced,
    verdict_mark,
)
from campaign_lib.store.processed import Processed
from campaign_lib.store.slices import Fingerprints
from campaign_lib.stories.as_inspected import as_inspected
from campaign_lib.stories.commune import models, money, support, work
from campaign_lib.stories.commune.quarter import CommuneQuarter, CommuneStory, PublicQuarter
from campaign_lib.stories.telling import (
    bars,
    built_table,
    came_from,
    for_the_office,
    masthead,
    period,
    remark,
)
from campaign_lib.stories.what_changed import public_note, revision_note
from campaign_lib.words import MISSING, Words

# The villages side by side, those in most need first.

#: Stands after a verdict that hangs on unknown answers.
UNSURE = "*"
#: Villages in the first table and in the chart; up to how many the others are there, folded away.
FIRST, ALL_OF_THEM = 30, 100
#: What a village has figures of, and what a chart can show of it: a share that should grow.
IDS = tuple(indicator.id for indicator in ALL if indicator.by_village)
SHARES = tuple(one.id for one in ALL if isinstance(one, Share))


def villages(report: CommuneStory) -> Passage:
    """Show all indicators of all villages, or of those in most need where there are many.

    In public villages stand in the order of their codes: which of them needs a visit first would
    be told wrongly by what is not withheld.
    """
    data, text, public = report.data, report.text, report.is_public
    order = list(data.names if public else data.need["village"])
    first, others = order[:FIRST], order[FIRST:]
    says: list[Shown] = [paragraph(text("villages.public" if public else "villages.says"))]
    if others and not public:
        says.append(paragraph(text("villages.worst", shown=len(first), all=len(order))))
    says.append(_matrix(report, first, text("villages.matrix")))
    if others and len(order) <= ALL_OF_THEM:
        caption = text("villages.others", count=len(others))
        says.append(folded_away(caption, _matrix(report, others, caption)))
    elif others:
        name, css = ("public_more", "") if public else ("elsewhere", "note")
        says.append(paragraph(text(f"villages.{name}", count=len(others)), css))
    says.append(_chart(report, first))
    if not public:
        tables = (_one_indicator(report, indicator) for indicator in IDS)
        says += [heading(text("villages.each"), 3), *tables]
    return report.titled("villages", *says)


def _matrix(report: CommuneStory, codes: list[str], caption: str) -> Table:
    """Put villages in rows and indicators in columns; a cell is a verdict's sign and its count."""
    lines, words = report.data.village_lines, report.words
    wanted = lines[lines["place"].isin(codes)]
    found = {(line.place, line.indicator): line for line in rows_of(wanted)}
    quarter = str(lines["quarter"].iloc[0]) if len(lines) else ""
    note = words("commune_tables.villages.key")
    if (wanted["status"] == HIDDEN).any():  # the sign of what is withheld, where something is
        note = f"{note} {words('disclosure.legend', least=LEAST_SHOWN)}"

    def of(indicator: str) -> Column:
        return Column(
            words(f"indicators.{indicator}.short"),
            RIGHT,
            lambda row: _verdict(found.get((row.village, indicator)), words),
        )

    village = Column(
        words("commune_tables.villages.village"),
        cell=lambda row: PageLink(report.data.names[row.village], quarter, row.village),
    )
    # What is behind the table is what it shows: a count for each village and indicator.
    counts = wanted.pivot(index="place", columns="indicator", values="numerator")
    frame = counts.reindex(index=codes, columns=list(IDS)).rename_axis("village").reset_index()
    return Table.of(frame, [village, *map(of, IDS)], caption, note=note, edition=report.edition)


def _verdict(line: Any, words: Words) -> Cell:
    """Write a verdict's sign with its count; a line of `public_results` may be withheld."""
    if line is None:
        return MISSING
    sign = words(f"codes.status.{line.status}.mark")
    if line.status == HIDDEN or pd.isna(line.numerator):
        return Mark(sign, str(line.status))
    count = words.number(line.numerator)
    if not pd.isna(line.denominator):
        count = f"{count}/{words.number(line.denominator)}"
    unsure = UNSURE if getattr(line, "certain", "yes") == "no" else ""
    return traced(Mark(f"{sign}\u00a0{count}{unsure}", str(line.status)), line)


def _chart(report: CommuneStory, codes: list[str]) -> Shown:
    """Draw the shares of the villages against the commune's targets."""
    lines = report.data.village_lines
    lines = lines[lines["indicator"].isin(SHARES) & (lines["status"] != HIDDEN)]
    lines = lines.assign(
        wanted=lines["indicator"].map(dict(report.data.aims.percents)).astype(float)
    )
    return villages_chart(lines, codes, SHARES, report.data.names, report.words, report.source)


def _one_indicator(report: CommuneStory, indicator: str) -> Passage:
    """Show one indicator in every village: count, base, percent, target count, what is missing."""
    data, words, lines = report.data, report.words, report.data.village_lines
    lines = worst_first(lines[lines["indicator"] == indicator])
    if lines.empty:
        return NOTHING
    label, more = words(f"indicators.{indicator}.label"), len(lines) - FIRST
    text, own = words.under("tables.indicators"), words.under("commune_tables.villages")
    columns = columns_of(
        lambda name: (own if name in ("village", "allocated") else text)(name),
        ("count", "percent", "allocated", "path", "shortfall"),
        village=lambda line: PageLink(data.names[line.place], line.quarter, line.place),
        status=lambda line: verdict_mark(line, data.aims, words),
        count=lambda line: traced(count_of_base(line, words), line),
        percent=lambda line: percent_of(line, line.percent, data.aims, words),
        allocated=lambda line: share_of(line, words),
        path=lambda line: words.number(line.path_count),
        shortfall=lambda line: words.number(line.shortfall),
    )
    note = paragraph(report.text("villages.better", count=more), "note") if more > 0 else NOTHING
    return folded_away(label, together(Table.of(lines.head(FIRST), columns, label), note))


# The sections.

HOUSEHOLD_SHARES = tuple(
    one.id for one in ALL if isinstance(one, Share) and one.units == "households"
)
#: So many villages without an answer, and questions, are named.
_MOST = 3


#: What the public edition tells; it has the data for nothing else (`PublicTables`).
PUBLIC_SECTIONS = frozenset({
    *("first_screen", "revisions", "indicators", "progress", "villages"),
    *("tasks", "models", "sessions", "funding", "loans", "ahead", "built_from"),
})  # fmt: skip


class CommuneReport(CommuneStory):
    """What the notebook shows, a method per section, the answer first."""

    def first_screen(self) -> Passage:
        """How many targets are met, on track, behind; what hangs; what next; where to go."""
        came = came_from(self.data.processed.manifest, self.words)
        return together(
            masthead(self.title, self.data.plan, self.words, self.edition),
            period(
                self.data.days,
                self.words,
                None if self.is_public else self.data.processed.manifest,
                as_sent=True,
            ),
            paragraph(came) if came else NOTHING,
            boxed(self.bottom_line(), "bottom-line"),
        )

    def bottom_line(self) -> Passage:
        """Give the answer, without the page's head."""
        return self.screen.of_public() if self.is_public else self.screen.whole()

    @for_the_office
    def general(self) -> Passage:
        """The officer's general assessment, or a marked blank, and where to fill blanks in."""
        parts = codebook().tables["remarks"].column("part").answers
        lacking = {part.code for part in parts} - set(self.data.remarks["part"])
        note = self.text("general.fill_in", quarter=self.data.code)
        return self.titled(
            "general",
            remark(self.data.remarks, "general", self.words, named=False),
            paragraph(note, ON_SCREEN) if lacking else NOTHING,
        )

    @for_the_office
    def assessment(self) -> Passage:
        """The officer's words on strengths, limits and causes, or marked blanks."""
        parts = ("strengths", "limits", "causes")
        said = (remark(self.data.remarks, part, self.words) for part in parts)
        return self.titled("assessment", *said)

    @for_the_office
    def proposals(self) -> Passage:
        """What the officer asks of those above, or a marked blank."""
        said = remark(self.data.remarks, "proposals", self.words, named=False)
        return self.titled("proposals", said)

    def revisions(self, *, why: bool = True) -> Passage:
        """Which figures are no longer what was sent upward, if the quarter is locked.

        In public: that some were revised, without counts.
        """
        if self.is_public:
            return public_note(self.data.of_quarter("public_revisions"), COMMUNE, self.words)
        return revision_note(
            self.data.of_quarter("revisions"),
            COMMUNE,
            self.data.names,
            self.words,
            as_sent=True,
            why=why,
        )

    def indicators(self) -> Passage:
        """Every indicator with its count, base, percent, target, shortfall, change, verdict.

        In public: its count, base and percent, unless they are withheld.
        """
        lines, aims = self.data.lines, self.data.aims
        if self.is_public:
            return self.titled(
                "indicators",
                paragraph(self.text("indicators.says")),
                paragraph(self.text("indicators.trace"), ON_SCREEN),
                indicator_table(lines, None, aims, self.words, PUBLIC),
                self.poverty(),
            )
        said = as_inspected(self.data.processed, self.data.code, self.words)
        in_file = paragraph(self.text("indicators.untold"), ON_SCREEN)
        return self.section(
            "indicators",
            paragraph(self.text("indicators.trace"), ON_SCREEN),
            indicator_table(lines, self.data.before, aims, self.words),
            self.poverty(),
            in_file if (lines["untold"] != "").any() else NOTHING,
            leeway_table(lines, aims, self.words),
            paragraph(self.words("as_inspected.heading")) + listing(said) if said else NOTHING,
        )

    def poverty(self) -> Passage:
        """Say how far poverty fell, with both dates' counts and rates, unless they are withheld."""
        lines = self.data.lines[self.data.lines["indicator"] == POVERTY_REDUCTION.id]
        if self.is_public:
            lines = lines[~lines["hidden"] & lines["numerator"].notna()]
        return listing(traced(self._fall(line), line, self.words) for line in rows_of(lines))

    def _fall(self, line: Any) -> str:
        if line.untold:
            return told_of_fall(line, self.data.days, self.words)
        counts = ("baseline_numerator", "baseline_denominator", "numerator", "denominator")
        numbers = {name: int(getattr(line, name)) for name in counts}
        before, later = (
            None if line.status == UNMEASURED else rate(*(numbers[name] for name in pair))
            for pair in (counts[:2], counts[2:])
        )
        return self.text(
            "indicators.poverty",
            baseline=self.words.date(self.data.days["baseline"]),
            later_date=self.words.date(self.data.days["later_date"]),
            **numbers,
            apart_before=apart(line, self.words, BEFORE),
            apart_later=apart(line, self.words),
            before=self.words.percent(before),
            later=self.words.percent(later),
            fall=percent_of(line, line.percent, self.data.aims, self.words),
        )

    def progress(self) -> Passage:
        """The same as a chart, for shares that have a target and a base."""
        lines = self.data.lines
        says = "progress.public" if self.is_public else "progress.says"
        return self.titled(
            "progress",
            paragraph(self.text(says)),
            bars(lines[lines["indicator"].isin(SHARES)], self.words, self.source, self.edition),
        )

    @for_the_office
    def trend(self) -> Passage:
        """Each household indicator by quarter, against the path.

        Not in public: from quarter to quarter single households could be told.
        """
        lines = self.data.year_lines
        lines = lines[lines["level"] == "commune"]
        return self.section(
            "trend", charts.trend_chart(lines, HOUSEHOLD_SHARES, self.words, self.source)
        )

    villages = villages
    tasks, models, sessions, ahead = work.tasks, models.models, work.sessions, work.ahead
    funding, loans = money.funding, money.loans
    support = for_the_office(support.support)

    @for_the_office
    def quality(self) -> Passage:
        """Who was asked, what is unknown, what was wrong with the files: a line for each.

        Not in public: it counts single households.
        """
        lines = [self._coverage(), self._unknowns(), self._problems()]
        more = paragraph(self.text("quality.more"), ON_SCREEN)
        return self.section("quality", listing(lines), more)

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
        counts = severities(problems).value_counts().reindex([ERROR, WARNING], fill_value=0)
        if not counts.any():
            return self.text("quality.no_problems")
        return self.text("quality.problems", counts=counted(counts, self.words))

    def built_from(self) -> Passage:
        """The exact dates of the quarter, and what the report was built from."""
        processed, data = self.data.processed, {}
        if not self.is_public:  # one hash of all rows that this quarter is told from
            checksum, _ = Fingerprints(processed).quarters[self.data.code]
            data = {self.text("built.data"): checksum}
        return self.section(
            "built", built_table(self.data.days, processed.manifest, data, self.words)
        )

    def sections(self) -> Iterator[tuple[str, Passage]]:
        """Give every section by its name, in order; what is left out is empty.

        The order is that of a report to those above: where the commune stands, what was done,
        with what money, what the officer makes of it, what is ahead, what it rests on.
        """
        for name in (
            *("first_screen", "general", "revisions", "indicators", "progress", "trend"),
            *("villages", "tasks", "models", "sessions", "funding", "loans", "support"),
            *("assessment", "proposals", "ahead", "quality", "built_from"),
        ):
            is_told = name in PUBLIC_SECTIONS or not self.is_public
            yield name, getattr(self, name)() if is_told else NOTHING


def commune_report(
    processed: Processed, quarter: str, language: str = "vi", edition: str = INTERNAL
) -> CommuneReport:
    """Open the commune's report of a quarter.

    Raises:
        CampaignError: an unknown quarter, language or edition.
    """
    words, kind = Words(language), known_edition(edition)
    of = PublicQuarter if kind == PUBLIC else CommuneQuarter
    return CommuneReport(of(processed, processed.known_quarter(quarter)), words, kind)
