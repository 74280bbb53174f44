"""Can this quarter's data be trusted: the sections that `data_quality.ipynb` shows."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.quality.checks import GOODS_GONE, INCOME_FACTOR
from campaign_lib.analysis.quality.coverage import (
    CHANGE,
    CLASH,
    ENOUGH_SURVEYED,
    FEW_UNKNOWN,
    HARDLY_SURVEYED,
    MANY_UNKNOWN,
    NO_FORM,
    STATUS,
    UNKNOWN,
    by_enumerator,
    coverage_by_village,
    due_day,
    households_by_village,
    surveys_by_day,
    verdict,
)
from campaign_lib.analysis.quality.standard import cross_table
from campaign_lib.show.display import (
    Passage,
    Shown,
    Tile,
    boxed,
    folded_away,
    heading,
    listing,
    paragraph,
    tiles,
    together,
)
from campaign_lib.show.tables.labels import question_label, rows_of
from campaign_lib.store.processed import Processed
from campaign_lib.stories.data_quality import tables
from campaign_lib.stories.data_quality.facts import QuarterFacts
from campaign_lib.stories.data_quality.tables import (
    answers_told,
    check_text,
    part_of,
    status_reason,
    surveys_by_day_chart,
)
from campaign_lib.stories.telling import Story, masthead, period
from campaign_lib.words import Words

# Why a household is asked again, in words: what the check found, and what was answered.

#: Of a form that is nearly empty, so many questions are named.
_NAMED = 5
_Homes = Mapping[Any, Mapping[Any, Any]]


class Reasons:
    """Says all lines of `QuarterFacts.again` of one household."""

    def __init__(self, facts: QuarterFacts, words: Words) -> None:
        self._facts, self._words = facts, words
        outcomes = (*facts.clashes, *facts.changes)
        self._questions = {outcome.name: outcome.questions for outcome in outcomes}

    def __call__(self, lines: pd.DataFrame) -> str:
        """Give the reasons in words, one after the other; unknown questions in one."""
        said = [self._reason(line) for line in rows_of(lines) if line.kind != UNKNOWN]
        unknown = list(lines.loc[lines["kind"] == UNKNOWN, "name"])
        return ". ".join([*said, *([self._unknown(unknown)] if unknown else [])])

    def _reason(self, line: Any) -> str:
        if line.kind == NO_FORM:
            return self._words("data_quality.again.no_form")
        if line.kind == STATUS:
            assert self._facts.standard is not None  # or nothing would differ
            home = self._differing[line.household]
            return status_reason(home, self._facts.standard, self._words)
        homes = self._before if line.kind == CHANGE else self._now
        answers = answers_told(homes[line.household], self._questions[line.name], self._words)
        label = check_text(line.name, "label", self._words)
        return self._words("data_quality.again.check", label=label, answers=answers)

    def _unknown(self, codes: list[str]) -> str:
        labels = ", ".join(question_label(code, self._words) for code in codes[:_NAMED])
        more = len(codes) - _NAMED
        if more <= 0:
            return self._words("data_quality.again.unknown", questions=labels)
        return self._words("data_quality.again.unknown_more", questions=labels, more=more)

    @cached_property
    def _now(self) -> _Homes:
        return _by_household(self._facts.forms, self._concerned(CLASH))

    @cached_property
    def _before(self) -> _Homes:
        return _by_household(self._facts.pairs, self._concerned(CHANGE))

    @cached_property
    def _differing(self) -> Mapping[str, Any]:
        rows = self._facts.differing.itertuples(index=False)
        return {str(home.household): home for home in rows}

    def _concerned(self, kind: str) -> pd.Series:
        lines = self._facts.again
        return lines.loc[lines["kind"] == kind, "household"]


def _by_household(homes: pd.DataFrame, wanted: pd.Series) -> _Homes:
    """Give the rows of some households by their id."""
    return homes[homes["household"].isin(wanted)].set_index("household").to_dict("index")


# The first screen of data quality: one sentence, three numbers, and where to ask again first.

#: How many villages, enumerators and questions are named.
_FIRST_NAMED = 3


def first_answer(
    facts: QuarterFacts, enumerators: pd.DataFrame, names: Mapping[str, str], words: Words
) -> Passage:
    """Answer the page's question.

    Args:
        facts: the quarter.
        enumerators: the most unknown answers first (`campaign_lib.analysis.quality.coverage`).
        names: of the villages, by code.
        words: the reader's language.
    """
    first = _First(facts, names, words)
    return together(
        heading(first.text(f"verdict.{verdict(facts.trust)}"), 2),
        first.numbers(),
        listing(first.grounds()),
        heading(first.text("again_heading"), 2),
        listing(first.where(enumerators)),
        paragraph(first.how_many()),
    )


class _First:
    def __init__(self, facts: QuarterFacts, names: Mapping[str, str], words: Words) -> None:
        self.facts, self.names, self.words = facts, names, words

    def text(self, name: str, /, **values: object) -> str:
        return self.words(f"data_quality.first.{name}", **values)

    def numbers(self) -> Passage:
        """Three numbers: surveyed, unknown, problems."""
        counts, words = self.facts.trust, self.words
        percent = 100 * counts.unknown / counts.asked if counts.asked else None
        unknown = self.text("unknown", counted=part_of(counts.unknown, counts.asked, words))
        return tiles(
            (
                _tile(part_of(counts.surveyed, counts.cohort, words), self.text("surveyed")),
                _tile(words.percent(percent, 1), unknown),
                _tile(words.number(len(self.facts.problems)), self.text("problems")),
            )
        )

    def grounds(self) -> list[str]:
        """Say what stands behind the verdict, as far as the numbers do not."""
        counts = self.facts.trust
        grounds = []
        if counts.cohort > counts.surveyed:
            grounds.append(self.text("no_form", households=counts.cohort - counts.surveyed))
        measured = counts.judged - counts.unmeasured
        if measured:
            name = "hanging" if counts.hanging else "none_hanging"
            values = {"hanging": counts.hanging} if counts.hanging else {}
            grounds.append(self.text(name, measured=measured, **values))
        if counts.unmeasured:
            grounds.append(self.text("unmeasured", count=counts.unmeasured))
        if all(outcome.missing for outcome in self.facts.clashes) or not counts.asked:
            return grounds
        clashing = [outcome for outcome in self.facts.clashes if len(outcome.found)]
        households = pd.concat([pd.Series(dtype="str"), *(o.found["household"] for o in clashing)])
        forms = len(self.facts.forms)
        grounds.append(self.text("clashing", households=households.nunique(), forms=forms))
        return grounds

    def where(self, enumerators: pd.DataFrame) -> list[str]:
        """Name the villages, enumerators and questions to begin with."""
        words = self.words
        villages = [
            self.text("village", name=self.names.get(line.village, line.village),
                      households=line.households)
            for line in rows_of(households_by_village(self.facts.again).head(_FIRST_NAMED))
        ]  # fmt: skip
        questions = self.facts.answers.by_question()
        asked = [
            self.text("question", question=question_label(line.question, words),
                      unknown=line.unknown)
            for line in rows_of(questions[questions["unknown"] > 0].head(_FIRST_NAMED))
        ]  # fmt: skip
        told = enumerators[(enumerators["unknown"] > 0) & enumerators["enumerator"].notna()]
        people = [
            self.text("enumerator", name=line.enumerator,
                      unknown=line.unknown, asked=line.asked)
            for line in rows_of(told.head(_FIRST_NAMED))
        ]  # fmt: skip
        named = {"villages": villages, "enumerators": people, "questions": asked}
        said = [self.text(kind, named="; ".join(each)) for kind, each in named.items() if each]
        return said or [self.text("nowhere")]

    def how_many(self) -> str:
        """Say how many households are on the list at the end."""
        return self.text("how_many", households=self.facts.again["household"].nunique())


def rule(words: Words) -> str:
    """Say the rule behind the first sentence, with its bounds."""
    return words(
        "data_quality.first.rule",
        enough=ENOUGH_SURVEYED,
        few=FEW_UNKNOWN,
        hardly=HARDLY_SURVEYED,
        many=MANY_UNKNOWN,
    )


def _tile(number: str, label: str) -> Tile:
    return Tile(number, label, "no_target")


#: How many questions are shown village by village, and how many before the others fold away.
_WORST_QUESTIONS, _FIRST_QUESTIONS = 3, 10


def data_quality(processed: Processed, quarter: str, language: str = "vi") -> "DataQuality":
    """Open the story of one quarter.

    Raises:
        CampaignError: an unknown quarter or language.
    """
    words = Words(language)
    return DataQuality(QuarterFacts(processed, processed.known_quarter(quarter)), words)


class DataQuality(Story):
    """What the notebook shows, a method per section.

    `facts` has the frames behind them, for exploring further: `facts.again` is the list of
    households to ask again, a line per reason, of every village.
    """

    key = "data_quality"

    def __init__(self, facts: QuarterFacts, words: Words) -> None:
        super().__init__(words)
        self.facts = facts
        self.names = dict(facts.processed.villages)

    @property
    def title(self) -> str:
        """What the page is called."""
        return self.text("title", quarter=self.words.quarter(self.facts.quarter))

    @cached_property
    def source(self) -> str:
        """The line under the chart that says what it was drawn from."""
        return self.text("source", quarter=self.words.quarter(self.facts.quarter))

    @cached_property
    def enumerated(self) -> pd.DataFrame:
        """The enumerators, the most unknown answers first."""
        return by_enumerator(self.facts.answers, self.facts.questions)

    def first_screen(self) -> Passage:
        """Whether the data can be used, in three numbers, and where to ask again first."""
        answer = first_answer(self.facts, self.enumerated, self.names, self.words)
        return together(
            masthead(self.title, self.facts.plan, self.words, self.edition),
            period(self.facts.days, self.words),
            boxed(answer, "bottom-line"),
            paragraph(rule(self.words), "note"),
        )

    def coverage(self) -> Passage:
        """Who was surveyed and when, village by village and day by day."""
        facts = self.facts
        villages = coverage_by_village(facts.homes, facts.minority, facts.cohort, facts.last_day)
        due = due_day(facts.last_day)
        shown: list[Shown] = [tables.coverage_table(villages, self.names, self.words)]
        days = surveys_by_day(facts.homes)
        if len(days):
            chart = surveys_by_day_chart(days, facts.last_day, due, self.words, self.source)
            shown.append(chart)
        else:
            shown.append(paragraph(self.text("no_forms")))
        return self.section("coverage", *shown, due=due, last=facts.last_day)

    def enumerators(self) -> Passage:
        """How much each enumerator asked, how fast, and what they left unknown."""
        if self.facts.forms.empty:
            return self._nobody("enumerators")
        return self.section("enumerators", tables.enumerators_table(self.enumerated, self.words))

    def unknowns(self) -> Passage:
        """Which questions were left without an answer, and where."""
        if self.facts.forms.empty:
            return self._nobody("unknowns")
        counted = self.facts.answers.by_question()
        questions = counted[counted["unknown"] > 0]
        caption = self.text("unknowns.caption")
        worst, others = questions.head(_FIRST_QUESTIONS), questions.iloc[_FIRST_QUESTIONS:]
        shown: list[Shown] = [tables.unknowns_table(worst, caption, self.words)]
        if len(others):
            summary = self.text("unknowns.others", count=len(others))
            table = tables.unknowns_table(others, summary, self.words)
            shown.append(folded_away(summary, table))
        worst_of_all = list(questions["question"].head(_WORST_QUESTIONS))
        if worst_of_all:
            villages = self.facts.answers.by_village(worst_of_all)
            table = tables.unknowns_by_village_table(villages, worst_of_all, self.names, self.words)
            shown.append(table)
        if self.facts.not_asked:
            labels = [question_label(code, self.words) for code in self.facts.not_asked]
            said = self.text("not_asked", labels=self.words.listed(labels))
            shown.append(paragraph(said, "warning"))
        return self.section("unknowns", *shown)

    def hanging(self) -> Passage:
        """How much of the commune's results the unknown answers could change."""
        return self.section("hanging", tables.hanging_table(self.facts.results, self.words))

    def problems(self) -> Passage:
        """What was wrong with the raw files, and what became of their rows."""
        return self.section(
            "problems",
            tables.problems_by_kind_table(self.facts.problems, self.words),
            tables.files_table(self.facts.files, self.words),
        )

    def contradictions(self) -> Passage:
        """Answers of one form that cannot all be true."""
        if self.facts.forms.empty:
            return self._nobody("contradictions")
        caption = self.text("contradictions.caption", forms=len(self.facts.forms))
        table = tables.checks_table(self.facts.clashes, caption, self.words)
        return self.section("contradictions", table)

    def changes(self) -> Passage:
        """Answers that hardly fit what the same household said the last time."""
        pairs = self.facts.pairs
        if self.facts.forms.empty:
            shown: Shown = paragraph(self.text("no_forms"), "note")
        elif pairs.empty:
            shown = paragraph(self.text("changes.none"), "note")
        else:
            earlier = sorted(pairs["before_quarter"].unique())
            quarters = self.words.listed(map(self.words.quarter_short, earlier))
            caption = self.text("changes.caption", households=len(pairs), quarters=quarters)
            shown = tables.checks_table(self.facts.changes, caption, self.words)
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
        line, needed = standard.income, standard.deprivations
        classes = (
            self.text("poverty.poor", line=line, needed=needed),
            self.text("poverty.near_poor", line=line, needed=needed),
            self.text("poverty.not_poor", line=line),
        )
        said = self.text(
            "poverty.agreement", agreed=agreed, differ=differ, told=agreed + differ,
            open=len(compared) - agreed - differ, all=len(compared),
        )  # fmt: skip
        return self.section(
            "poverty",
            paragraph(self.text("poverty.rule")),
            listing(classes),
            paragraph(self.text("poverty.source")),
            listing([said, *self._settled()]),
            tables.status_table(cross_table(compared), self.words),
            paragraph(self.text("poverty.no_verdict"), "warning"),
            tables.differing_table(self.facts.unsettled, self.names, standard, self.words),
        )

    def _nobody(self, name: str) -> Passage:
        """Say in a section that nobody has been surveyed."""
        return self.section(name, paragraph(self.text("no_forms"), "note"))

    def _settled(self) -> list[str]:
        """Say how many differences a later status has settled, if there are any."""
        settled = int(self.facts.differing["settled"].sum())
        day = self.facts.days["later_date"]
        return [self.text("poverty.settled", settled=settled, day=day)] if settled else []

    def to_ask_again(self) -> Passage:
        """The households to ask again, a list for each village."""
        lines = self.facts.again
        if lines.empty:
            return self.section("again", paragraph(self.text("again.nobody")))
        villages = households_by_village(lines)
        say = Reasons(self.facts, self.words)
        shown: list[Shown] = [
            tables.again_table(
                self.text(
                    "again.village",
                    village=self.names.get(village, village),
                    households=int(households),
                ),
                lines[lines["village"] == village],
                say,
                self.words,
            )
            for village, households in villages.head(tables.WORST).itertuples(index=False)
        ]
        more = len(villages) - tables.WORST
        if more > 0:
            said = self.text("again.more", shown=tables.WORST, more=more)
            shown.append(paragraph(said, "note"))
        return self.section("again", *shown)
