"""Can this quarter's data be trusted: the sections that `data_quality.ipynb` shows."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.quality.checks import GOODS_GONE, INCOME_FACTOR, Outcome
from campaign_lib.analysis.quality.coverage import (
    ENOUGH_SURVEYED,
    FEW_UNKNOWN,
    HARDLY_SURVEYED,
    MANY_UNKNOWN,
    by_enumerator,
    coverage_by_village,
    due_day,
    households_by_village,
    surveys_by_day,
    verdict,
)
from campaign_lib.analysis.quality.standard import cross_table
from campaign_lib.intake.problem_list import action_told, told
from campaign_lib.show.display import (
    Cell,
    Column,
    Passage,
    Shown,
    Table,
    Tile,
    boxed,
    columns_of,
    folded_away,
    heading,
    listing,
    paragraph,
    tiles,
    together,
)
from campaign_lib.show.tables.labels import counted, question_label, rows_of
from campaign_lib.show.tables.results import count_of_base, traced, verdict_mark
from campaign_lib.store.processed import Processed
from campaign_lib.stories.data_quality.facts import (
    QuarterFacts,
    Reasons,
    status_reason,
    surveys_by_day_chart,
)
from campaign_lib.stories.telling import Story, masthead, period
from campaign_lib.words import MISSING, Words, is_missing

#: A page shows so many lines of a table that is sorted by what matters most.
WORST = 30
#: How many villages, enumerators and questions are named on the first screen.
_FIRST_NAMED = 3
#: How many questions are shown village by village, and how many before the others fold away.
_WORST_QUESTIONS, _FIRST_QUESTIONS = 3, 10


def data_quality(processed: Processed, quarter: str, language: str = "vi") -> "DataQuality":
    """Open the story of one quarter.

    Raises:
        CampaignError: an unknown quarter or language.
    """
    return DataQuality(QuarterFacts(processed, processed.known_quarter(quarter)), Words(language))


class DataQuality(Story):
    """What the notebook shows, a method per section.

    `facts` has the frames behind them, for exploring further: `facts.again` is the list of
    households to ask again, a line per reason, of every village.
    """

    key = "data_quality"

    def __init__(self, facts: QuarterFacts, words: Words) -> None:
        super().__init__(words)
        self.facts = facts
        self.names, when = dict(facts.processed.villages), words.quarter(facts.quarter)
        self.title, self.source = (self.text(name, quarter=when) for name in ("title", "source"))

    @cached_property
    def enumerated(self) -> pd.DataFrame:
        """The enumerators, the most unknown answers first."""
        return by_enumerator(self.facts.answers, self.facts.questions)

    def part_of(self, count: Any, base: Any) -> str:
        """Write a count with what it is a part of: 12/18."""
        return f"{self.words.number(count)}/{self.words.number(base)}"

    def _share_of(self, count: Any, base: Any) -> str:
        """Write a count, its base and the percentage; – of nothing."""
        if not base:
            return self.part_of(count, base)
        percent = self.words.percent(100 * int(count) / int(base), 1)
        return f"{self.part_of(count, base)} ({percent})"

    def _village(self, line: Any) -> str:
        return self.names.get(str(line.village), str(line.village))

    def _asked_by(self, line: Any) -> str:
        """Name an enumerator; a form may not say who filled it in."""
        return self.text("enumerators.nobody") if pd.isna(line.enumerator) else str(line.enumerator)

    def _household(self, home: Any) -> str:
        """Write a household's id and its head."""
        if is_missing(home.head_name):
            return str(home.household)
        return self.text("who", household=home.household, head=home.head_name)

    def _table(
        self,
        name: str,
        lines: pd.DataFrame,
        columns: Sequence[Column],
        note: str = "",
        shows: int = WORST,
    ) -> Table:
        """Lay a frame out in the words of a table; of more lines than it `shows` only the first."""
        more = len(lines) - shows
        if more > 0:
            note = f"{self.text('more', shown=shows, more=more)} {note}".strip()
        caption, empty = self.text(f"{name}.caption"), self.text(f"{name}.none")
        return replace(
            Table.of(lines.head(shows), columns, caption, note=note, empty=empty), frame=lines
        )

    def first_screen(self) -> Passage:
        """Whether the data can be used, in three numbers, and where to ask again first."""
        counts, again = self.facts.trust, self.facts.again["household"].nunique()
        percent = 100 * counts.unknown / counts.asked if counts.asked else None
        unknown = self.part_of(counts.unknown, counts.asked)
        numbers = (
            (self.part_of(counts.surveyed, counts.cohort), self.text("first.surveyed")),
            (self.words.percent(percent, 1), self.text("first.unknown", counted=unknown)),
            (self.words.number(len(self.facts.problems)), self.text("first.problems")),
        )
        rule = self.text(
            "first.rule", enough=ENOUGH_SURVEYED, few=FEW_UNKNOWN, hardly=HARDLY_SURVEYED,
            many=MANY_UNKNOWN,
        )  # fmt: skip
        answer = together(
            heading(self.text(f"first.verdict.{verdict(counts)}"), 2),
            tiles(Tile(number, label, "no_target") for number, label in numbers),
            listing(self._grounds()),
            heading(self.text("first.again_heading"), 2),
            listing(self._where()),
            paragraph(self.text("first.how_many", households=again)),
        )
        return together(
            masthead(self.title, self.facts.plan, self.words, self.edition),
            period(self.facts.days, self.words, self.facts.processed.manifest),
            boxed(answer, "bottom-line"),
            paragraph(rule, "note"),
        )

    def _grounds(self) -> list[str]:
        """Say what stands behind the verdict, as far as the numbers do not."""
        counts = self.facts.trust
        grounds = []
        if counts.cohort > counts.surveyed:
            grounds.append(self.text("first.no_form", households=counts.cohort - counts.surveyed))
        measured = counts.judged - counts.unmeasured
        if measured:
            name = "hanging" if counts.hanging else "none_hanging"
            values = {"hanging": counts.hanging} if counts.hanging else {}
            grounds.append(self.text(f"first.{name}", measured=measured, **values))
        if counts.unmeasured:
            grounds.append(self.text("first.unmeasured", count=counts.unmeasured))
            grounds += (f"{one.said(self.words.language)}." for one in self.facts.unlisted)
        clashes = self.facts.clashes
        if counts.asked and not all(outcome.missing for outcome in clashes):
            clashing = {
                home for one in clashes if len(one.found) for home in one.found["household"]
            }
            values = {"households": len(clashing), "forms": len(self.facts.forms)}
            grounds.append(self.text("first.clashing", **values))
        return grounds

    def _where(self) -> list[str]:
        """Name the villages, enumerators and questions to begin with."""
        people = self.enumerated[self.enumerated["enumerator"].notna()]
        questions = self.facts.answers.by_question()
        named = {
            "villages": [
                self.text("first.village", name=self._village(line), households=line.households)
                for line in rows_of(households_by_village(self.facts.again).head(_FIRST_NAMED))
            ],
            "enumerators": [
                self.text("first.enumerator", name=line.enumerator,
                          unknown=line.unknown, asked=line.asked)
                for line in rows_of(people[people["unknown"] > 0].head(_FIRST_NAMED))
            ],
            "questions": [
                self.text("first.question", question=question_label(line.question, self.words),
                          unknown=line.unknown)
                for line in rows_of(questions[questions["unknown"] > 0].head(_FIRST_NAMED))
            ],
        }  # fmt: skip
        said = [
            self.text(f"first.{kind}", named="; ".join(each))
            for kind, each in named.items()
            if each
        ]
        return said or [self.text("first.nowhere")]

    def coverage(self) -> Passage:
        """Who was surveyed and when, village by village and day by day."""
        facts, words = self.facts, self.words
        table = self._table(
            "coverage",
            coverage_by_village(facts.homes, facts.minority, facts.cohort, facts.last_day),
            columns_of(
                self.words.under("data_quality.coverage"),
                {"cohort", "present", "late", "days_left"},
                village=self._village,
                first=lambda line: words.date(line.first),
                middle=lambda line: words.date(line.middle),
                last=lambda line: words.date(line.last),
                cohort=lambda line: self.part_of(line.cohort_surveyed, line.cohort),
                present=lambda line: self.part_of(line.present_surveyed, line.present),
                late=lambda line: self._share_of(line.late, line.forms),
                **counted(words, "days_left"),
            ),
            note=self.text("coverage.note"),
        )
        due, days = due_day(facts.last_day), surveys_by_day(facts.homes)
        drawn: Shown = paragraph(self.text("no_forms"))
        if len(days):
            drawn = surveys_by_day_chart(days, facts.last_day, due, words, self.source)
        return self.section("coverage", table, drawn, due=due, last=facts.last_day)

    def enumerators(self) -> Passage:
        """How much each enumerator asked, how fast, and what they left unknown."""
        if self.facts.forms.empty:
            return self._nobody("enumerators")
        return self.section(
            "enumerators",
            self._table(
                "enumerators",
                self.enumerated,
                columns_of(
                    self.words.under("data_quality.enumerators"),
                    {"forms", "days", "per_day", "most", "unknown", "alike"},
                    enumerator=self._asked_by,
                    **counted(self.words, "forms", "days"),
                    per_day=lambda line: self.words.number(line.forms / line.days, 1),
                    most=lambda line: self.words.number(line.most_on_a_day),
                    unknown=lambda line: self._share_of(line.unknown, line.asked),
                    alike=lambda line: (
                        MISSING
                        if pd.isna(line.enumerator)
                        else self.part_of(line.alike, line.forms)
                    ),
                ),
                note=self.text("enumerators.note"),
            ),
        )

    def unknowns(self) -> Passage:
        """Which questions were left without an answer, and where."""
        if self.facts.forms.empty:
            return self._nobody("unknowns")
        questions = self.facts.answers.by_question()
        questions = questions[questions["unknown"] > 0]
        caption, others = self.text("unknowns.caption"), questions.iloc[_FIRST_QUESTIONS:]
        shown: list[Shown] = [self._unknowns(questions.head(_FIRST_QUESTIONS), caption)]
        if len(others):
            summary = self.text("unknowns.others", count=len(others))
            shown.append(folded_away(summary, self._unknowns(others, summary)))
        worst = list(questions["question"].head(_WORST_QUESTIONS))
        if worst:
            shown.append(self._by_village(worst))
        if self.facts.not_asked:
            labels = [question_label(code, self.words) for code in self.facts.not_asked]
            shown.append(
                paragraph(self.text("not_asked", labels=self.words.listed(labels)), "warning")
            )
        return self.section("unknowns", *shown)

    def _unknowns(self, questions: pd.DataFrame, caption: str) -> Table:
        """Show questions that were left without an answer, of all forms."""
        return Table.of(
            questions,
            columns_of(
                self.words.under("data_quality.unknowns"),
                {"unknown", "asked", "percent"},
                question=lambda line: question_label(line.question, self.words),
                **counted(self.words, "unknown", "asked"),
                percent=lambda line: self.words.percent(100 * line.unknown / line.asked, 1),
            ),
            caption,
            empty=self.text("unknowns.none"),
        )

    def _by_village(self, questions: Sequence[str]) -> Table:
        """Show where some questions were left without an answer."""

        def cell(code: str) -> Callable[[Any], Cell]:
            return lambda line: self.part_of(
                getattr(line, f"unknown_{code}"), getattr(line, f"asked_{code}")
            )

        labels = {code: question_label(code, self.words) for code in questions}
        village = self.text("unknowns_by_village.village")
        return self._table(
            "unknowns_by_village",
            self.facts.answers.by_village(questions),
            columns_of(
                lambda name: labels.get(name, village),
                labels,
                village=self._village,
                **{code: cell(code) for code in questions},
            ),
            note=self.text("unknowns_by_village.note"),
        )

    def hanging(self) -> Passage:
        """How much of the commune's results the unknown answers could change."""
        words = self.words
        table = self._table(
            "hanging",
            self.facts.results,
            columns_of(
                self.words.under("data_quality.hanging"),
                {"count", "unknown", "percent", "high"},
                indicator=lambda line: traced(
                    words(f"indicators.{line.indicator}.label"), line, words
                ),
                status=lambda line: verdict_mark(line, self.facts.aims, words),
                count=lambda line: count_of_base(line, words),
                **counted(words, "unknown"),
                # Where nothing bounds it from above, the percentage is another kind of figure.
                percent=lambda line: words.percent(
                    line.percent if pd.notna(line.percent_high) else None
                ),
                high=lambda line: words.percent(line.percent_high),
            ),
            note=self.text("hanging.note"),
        )
        return self.section("hanging", table)

    def problems(self) -> Passage:
        """What was wrong with the raw files, and what became of their rows."""
        kinds = self.facts.problems.groupby(["file", "message", "action"], sort=False)["column"]
        found = kinds.agg(lines="size", columns=lambda names: ", ".join(dict.fromkeys(names)))
        counts = ("rows_read", "rows_kept", "rows_refused", "rows_superseded")
        return self.section(
            "problems",
            self._table(
                "problems",
                found.reset_index().sort_values("lines", ascending=False, kind="stable"),
                columns_of(
                    self.words.under("data_quality.problems"),
                    {"lines"},
                    file=lambda line: line.file,
                    columns=lambda line: line.columns,
                    problem=lambda line: told(line.message, self.words.language),
                    action=lambda line: action_told(line.action, self.words.language),
                    **counted(self.words, "lines"),
                ),
            ),
            self._table(
                "files",
                self.facts.files,
                columns_of(
                    self.words.under("data_quality.files"),
                    counts,
                    file=lambda line: line.file,
                    **counted(self.words, *counts),
                ),
                note=self.text("files.note"),
                shows=len(self.facts.files),
            ),
        )

    def contradictions(self) -> Passage:
        """Answers of one form that cannot all be true."""
        if self.facts.forms.empty:
            return self._nobody("contradictions")
        return self.section(
            "contradictions",
            self._checks(
                self.facts.clashes, self.text("contradictions.caption", forms=len(self.facts.forms))
            ),
        )

    def _checks(self, outcomes: Sequence[Outcome], caption: str) -> Table:
        """Show what checks found: how often, among how many, why it matters, and what to do."""
        text = self.words.under("data_quality.checks_table")
        lines = pd.DataFrame(
            [(one.name, not one.missing, len(one.found), one.looked_at, one.unknown)
             for one in outcomes],
            columns=["check", "asked", "found", "looked_at", "unknown"],
        )  # fmt: skip

        def number(name: str, otherwise: str = MISSING) -> Callable[[Any], str]:
            return lambda line: self.words.number(getattr(line, name)) if line.asked else otherwise

        def said(what: str) -> Callable[[Any], str]:
            return lambda line: self.text(f"checks.{line.check}.{what}")

        return Table.of(
            lines,
            columns_of(
                text,
                {"found", "looked_at", "unknown"},
                check=said("label"),
                found=number("found", text("not_asked")),
                looked_at=number("looked_at"),
                unknown=number("unknown"),
                why=said("why"),
                do=said("do"),
            ),
            caption,
            note=text("note" if lines["asked"].all() else "not_asked_note"),
        )

    def changes(self) -> Passage:
        """Answers that hardly fit what the same household said the last time."""
        pairs = self.facts.pairs
        if self.facts.forms.empty:
            shown: Shown = paragraph(self.text("no_forms"), "note")
        elif pairs.empty:
            shown = paragraph(self.text("changes.none"), "note")
        else:
            earlier = sorted(pairs["before_quarter"].unique())
            caption = self.text(
                "changes.caption",
                households=len(pairs),
                quarters=self.words.listed(map(self.words.quarter_short, earlier)),
            )
            shown = self._checks(self.facts.changes, caption)
        return self.section("changes", shown, goods=GOODS_GONE, factor=INCOME_FACTOR)

    def poverty(self) -> Passage:
        """The official status beside the one that income and deprivations give."""
        standard, compared = self.facts.standard, self.facts.compared
        if self.facts.forms.empty:
            return self._nobody("poverty")
        if standard is None:
            return self.section("poverty", paragraph(self.text("poverty.no_standard"), "note"))
        if compared is None:
            return self.section("poverty", paragraph(self.text("poverty.not_asked"), "note"))
        agreed, differ = (int((compared["agrees"] == is_so).sum()) for is_so in (True, False))
        both = {"line": standard.income, "needed": standard.deprivations}
        classes = [self.text(f"poverty.{name}", **both) for name in ("poor", "near_poor")]
        classes.append(self.text("poverty.not_poor", line=standard.income))
        said = [self.text(
            "poverty.agreement", agreed=agreed, differ=differ, told=agreed + differ,
            open=len(compared) - agreed - differ, all=len(compared),
        )]  # fmt: skip
        if settled := int(self.facts.differing["settled"].sum()):  # by a later status
            day = self.facts.days["later_date"]
            said.append(self.text("poverty.settled", settled=settled, day=day))
        return self.section(
            "poverty",
            paragraph(self.text("poverty.rule")),
            listing(classes),
            paragraph(self.text("poverty.source")),
            listing(said),
            self._statuses(cross_table(compared)),
            paragraph(self.text("poverty.no_verdict"), "warning"),
            self._table(
                "differing",
                self.facts.unsettled,
                columns_of(
                    self.words.under("data_quality.differing"),
                    household=self._household,
                    village=self._village,
                    reason=lambda home: status_reason(home, standard, self.words),
                ),
            ),
        )

    def _statuses(self, found: pd.DataFrame) -> Table:
        """Cross the official statuses (lines) with those that the answers give (columns)."""
        text = self.words.under("data_quality.statuses")
        found = found.rename_axis("official").reset_index()
        return Table.of(
            found,
            columns_of(
                lambda name: text(name if name in ("official", "all") else f"computed_{name}"),
                {*found, "all"} - {"official"},
                official=lambda line: text(f"official_{line.official}"),
                **counted(self.words, *found.columns[1:]),
                all=lambda line: self.words.number(sum(line[1:])),
            ),
            text("caption"),
            note=text("note"),
        )

    def _nobody(self, name: str) -> Passage:
        """Say in a section that nobody has been surveyed."""
        return self.section(name, paragraph(self.text("no_forms"), "note"))

    def to_ask_again(self) -> Passage:
        """The households to ask again, a list for each village, with room for what was found."""
        lines = self.facts.again
        if lines.empty:
            return self.section("again", paragraph(self.text("again.nobody")))
        villages, say = households_by_village(lines), Reasons(self.facts, self.words)
        columns = columns_of(
            self.words.under("data_quality.again_table"),
            household=self._household,
            enumerator=lambda home: (
                MISSING if is_missing(home.enumerator) else str(home.enumerator)
            ),
            about=lambda home: home.about,
            result=lambda home: "",
        )
        shown: list[Shown] = []
        for line in rows_of(villages.head(WORST)):
            homes = lines[lines["village"] == line.village].groupby("household", sort=False)
            about = [say(reasons) for _, reasons in homes]
            values = {"village": self._village(line), "households": int(line.households)}
            shown.append(
                Table.of(
                    homes.head(1).assign(about=about), columns, self.text("again.village", **values)
                )
            )
        more = len(villages) - WORST
        if more > 0:
            shown.append(paragraph(self.text("again.more", shown=WORST, more=more), "note"))
        return self.section("again", *shown)
