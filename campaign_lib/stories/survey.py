"""What the answers of one quarter say: the sections that `explore_survey.ipynb` shows."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.counting import cohort
from campaign_lib.analysis.quality.coverage import asked_of, unknown_answers
from campaign_lib.analysis.years import UNMEASURED
from campaign_lib.codebook import Column as Question
from campaign_lib.codebook import codebook
from campaign_lib.indicators.steps import columns_read
from campaign_lib.indicators.ten import (
    APPLIES_SCIENCE,
    CHANGED_MINDSET,
    COVERED_BY_PLAN,
    ESSENTIAL_GOODS,
    IMPROVED_LIFE,
    IN_COOPERATIVE,
    INFORMED,
)
from campaign_lib.show import charts
from campaign_lib.show.display import (
    RIGHT,
    Column,
    Mark,
    Passage,
    Shown,
    Table,
    boxed,
    columns_of,
    paragraph,
    together,
)
from campaign_lib.show.tables.context import unknowns_table
from campaign_lib.show.tables.labels import (
    answer_label,
    counted,
    question_label,
    rows_of,
    status_mark,
    step_labels,
)
from campaign_lib.show.tables.results import count_of_base
from campaign_lib.store.processed import Processed
from campaign_lib.stories.telling import Story, masthead, period, plan_of_year
from campaign_lib.words import Words

#: The codebook's group of the twelve deprivations; the choices that have a section of their own.
_DEPRIVATIONS, _CHOICES = "deprivations", ("house", "cooperative")
#: Indicators by the households that they are counted among: the two tables of villages.
_BASES = {
    "cohort": (INFORMED, CHANGED_MINDSET, APPLIES_SCIENCE, IMPROVED_LIFE, IN_COOPERATIVE),
    "everyone": (COVERED_BY_PLAN,),
}


class SurveyStory(Story):
    """The answers of the cohort in one quarter, a method per question that one may ask of them.

    `cohort` is the frame behind it, a row per household of the base, for exploring further.
    """

    key = "explore_survey"

    def __init__(self, processed: Processed, quarter: str, language: str = "vi") -> None:
        """Open a quarter.

        Raises:
            CampaignError: an unknown quarter or language.
        """
        super().__init__(Words(language))
        self.processed = processed
        self.quarter = processed.known_quarter(quarter)
        self.plan: Any = plan_of_year(processed, self.quarter)
        when = self.words.quarter(self.quarter)
        self.title, self.source = (self.text(name, quarter=when) for name in ("title", "source"))

    @cached_property
    def cohort(self) -> pd.DataFrame:
        """Households of the base of most targets, with their answers; not asked is missing."""
        return cohort(self.processed, self.quarter)

    @cached_property
    def asked(self) -> list[Question]:
        """The questions that this quarter's survey asked."""
        table = self.processed.table("surveyed")
        there = set(table.loc[table["quarter"] == self.quarter, "column"])
        return [one for one in codebook().tables["survey"].questions if one.code in there]

    def first_screen(self) -> Passage:
        """Who was asked, what most households have come to and what fewest, what is unknown."""
        days = self.processed.rows("quarters", {"quarter": [self.quarter]}).iloc[0]
        return together(
            masthead(self.title, self.plan, self.words, self.edition),
            period(days, self.words, self.processed.manifest),
            boxed(together(*map(paragraph, self._answer())), "bottom-line"),
        )

    def _answer(self) -> list[str]:
        base = len(self.cohort)
        surveyed = int(self.cohort["surveyed"].sum())
        said = [self.text("answer.surveyed", surveyed=surveyed, base=base)]
        if not surveyed:
            return said
        labels = step_labels(self.plan, self.words)
        steps = [step for one in _BASES["cohort"] for step in one.counts]
        yes = {
            labels[step.__name__]: int(step(self.cohort).fillna(False).sum())
            for step in steps
            if not self._not_asked(columns_read(step, self.cohort))
        }
        for name, choose in (("most", max), ("least", min)) if yes else ():
            label = choose(yes, key=lambda one: yes[one])
            said.append(self.text(f"answer.{name}", label=label, count=yes[label], base=base))
        unknown = self._unknown()
        if len(unknown):
            worst = next(rows_of(unknown))
            label = question_label(worst.question, self.words)
            said.append(
                self.text("answer.unknown", label=label, count=worst.unknown, base=worst.asked)
            )
        return said

    def overview(self) -> Table:
        """How many of the cohort answered, village by village."""
        homes = self.cohort.groupby("village", observed=True)["surveyed"]
        return Table.of(
            homes.agg(cohort="size", surveyed="sum").reset_index(),
            columns_of(
                self.words.under("explore_survey.overview"),
                {"cohort", "surveyed"},
                village=lambda line: self.processed.villages[str(line.village)],
                **counted(self.words, "cohort", "surveyed"),
            ),
            self.text("overview.caption"),
            empty=self.text("nobody"),
        )

    def mindset_and_science(self) -> Shown:
        """How the questions behind changed mindset and applied science were answered."""
        questions = (*CHANGED_MINDSET.counts, *APPLIES_SCIENCE.counts)
        read = [columns_read(question, self.cohort)[0] for question in questions]
        return self._answers(read, self.text("mindset"))

    def goods(self) -> Shown:
        """Which of the essential goods households have."""
        return self._answers(ESSENTIAL_GOODS, self.text("goods"))

    def deprivations(self) -> Shown:
        """Which of the twelve deprivations of Decree 07/2021 households suffer."""
        return self._answers(self._of_group(_DEPRIVATIONS), self.text("deprivations"))

    def _of_group(self, group: str) -> list[str]:
        return [one.code for one in codebook().tables["survey"].questions if one.group == group]

    def _not_asked(self, codes: Iterable[str]) -> list[str]:
        """Give the questions among some columns that this quarter's survey did not ask."""
        asked = {one.code for one in self.asked}
        questions = {one.code for one in codebook().tables["survey"].questions}
        return [code for code in codes if code in questions and code not in asked]

    def _answers(self, codes: Sequence[str], title: str) -> Shown:
        """Draw how questions were answered; one that was not asked is named, not drawn."""
        left_out = self._not_asked(codes)
        if len(left_out) == len(codes):
            return paragraph(self.text("not_asked", title=title))
        source = self.source
        if left_out:
            labels = self.words.listed(question_label(code, self.words) for code in left_out)
            source = f"{self.text('left_out', labels=labels)} {source}"
        lines = []
        for code in (code for code in codes if code not in left_out):
            answers = self.cohort[code]
            yes, no = (int((answers == answer).sum()) for answer in ("yes", "no"))
            unknown = len(answers) - yes - no
            label = question_label(code, self.words)
            lines.append({"label": label, "yes": yes, "no": no, "unknown": unknown})
        return charts.answers_chart(pd.DataFrame(lines), title, self.words, source)

    def income(self) -> Shown:
        """How incomes are spread around the district's mean for minority people."""
        known = self.cohort["district_mean_income"].dropna()
        if known.empty:
            return paragraph(self.text("no_mean"))
        column = codebook().tables["survey"].column("income")
        unit = column.unit_vi if self.words.language == "vi" else column.unit_en
        label = f"{question_label('income', self.words)} ({unit})"
        return charts.amounts_chart(
            self.cohort["income"],
            float(known.iloc[0]),
            self.text("income"),
            self.words,
            self.source,
            unit=label,
        )

    def house_and_cooperative(self) -> Passage:
        """What houses people live in, and who is in a cooperative."""
        return together(*map(self._choices, _CHOICES))

    def others(self) -> Passage:
        """What no other section shows of what was asked, group by group of the codebook."""
        science = (*CHANGED_MINDSET.counts, *APPLIES_SCIENCE.counts)
        shown = {columns_read(one, self.cohort)[0] for one in science}
        shown |= {*ESSENTIAL_GOODS, "income", *_CHOICES, *self._of_group(_DEPRIVATIONS)}
        parts: list[Shown] = []
        for group, labels in codebook().groups.items():
            left = [one for one in self.asked if one.group == group and one.code not in shown]
            label = labels[self.words.language != "vi"]
            if yes_no := [one.code for one in left if one.type == "yes_no"]:
                parts.append(self._answers(yes_no, self.text("group", label=label)))
            parts += [self._choices(one.code) for one in left if one.type == "choice"]
            if rest := [one for one in left if one.type not in ("yes_no", "choice")]:
                parts.append(self._amounts(rest, label))
        return together(*parts) if parts else paragraph(self.text("amounts.none"))

    def _amounts(self, questions: Sequence[Question], label: str) -> Table:
        """Sum up answers that are no choice: how many there are and, of numbers, how large."""
        rows = []
        for one in questions:
            answers = self._asked_of(one)[one.code]
            numbers = answers.dropna() if one.type in ("number", "whole") else answers.iloc[:0]
            unit = one.unit_vi if self.words.language == "vi" else one.unit_en
            name = question_label(one.code, self.words)
            counts = len(answers), answers.notna().sum(), answers.isna().sum()
            sizes = [numbers.min(), numbers.median(), numbers.max()] if len(numbers) else [None] * 3
            decimals = int(any(size is not None and size % 1 for size in sizes))
            rows.append(
                (
                    f"{name} ({unit})" if unit else name,
                    *(self.words.number(int(count)) for count in counts),
                    *(self.words.number(size, decimals) for size in sizes),
                )
            )
        names = ("asked", "known", "unknown", "least", "median", "most")
        return Table(
            caption=self.text("amounts.caption", label=label),
            columns=(
                Column(self.text("amounts.question")),
                *(Column(self.text(f"amounts.{name}"), RIGHT) for name in names),
            ),
            rows=tuple(rows),
        )

    def _asked_of(self, question: Question) -> pd.DataFrame:
        """Give the households of the cohort that a question is for: some are for a yes only."""
        asked: pd.Series = asked_of(self.cohort, [question]).asked[question.code]
        return self.cohort[asked]

    def _choices(self, code: str) -> Shown:
        if self._not_asked([code]):
            return paragraph(self.text("not_asked", title=question_label(code, self.words)))
        words, column = self.words, codebook().tables["survey"].column(code)
        answers = self._asked_of(column)[code]
        labels = {one.code: answer_label("survey", code, one.code, words) for one in column.answers}
        labels["unknown"] = words("codes.answer.unknown")
        found = answers.astype(object).where(answers.notna(), "unknown").value_counts()
        counts = [int(found.get(answer, 0)) for answer in labels]
        lines, base = pd.DataFrame({"answer": [*labels], "households": counts}), len(answers)
        columns = (
            Column(self.text("choices.answer"), cell=lambda line: labels[line.answer]),
            Column(
                self.text("choices.households", base=base),
                RIGHT,
                lambda line: words.number(line.households),
            ),
            Column(
                self.text("choices.share"),
                RIGHT,
                lambda line: words.percent(100 * line.households / base if base else None),
            ),
        )
        return Table.of(lines, columns, question_label(code, self.words))

    def villages(self) -> Passage:
        """The villages side by side, a table for each base that indicators are counted among."""
        return together(*map(self._villages, _BASES), paragraph(self.text("villages.note"), "note"))

    def _villages(self, base: str) -> Table:
        ids = {one.id: self.words(f"indicators.{one.id}.label") for one in _BASES[base]}
        wanted = {"quarter": [self.quarter], "indicator": [*ids], "level": ["village"]}
        return Table.crossed(
            self.processed.rows("results", wanted),
            ("place", self.processed.villages, self.text("overview.village")),
            ("indicator", ids),
            lambda line, _: self._percent(line),
            self.text(f"villages.{base}"),
            align=RIGHT,
        )

    def _percent(self, line: Any) -> str | Mark:
        """Write a percentage with the two numbers that make it; or that nobody could tell."""
        if line.status == UNMEASURED:
            return status_mark(UNMEASURED, self.words)
        return f"{self.words.percent(line.percent)} ({count_of_base(line, self.words)})"

    def unknown(self) -> Table:
        """Which questions were left without an answer."""
        return unknowns_table(self._unknown(), self.words)

    def _unknown(self) -> pd.DataFrame:
        return unknown_answers(self.cohort, pd.Series(True, index=self.cohort.index), self.asked)
