"""What the answers of one quarter say: the sections that `explore_survey.ipynb` shows."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib import charts
from campaign_lib.codebook import Column as Question
from campaign_lib.codebook import codebook
from campaign_lib.display import RIGHT, Chart, Column, Passage, Table, heading, paragraph, together
from campaign_lib.indicator import Share
from campaign_lib.indicators import ALL
from campaign_lib.indicators.section_ii_1 import INFORMED
from campaign_lib.indicators.section_ii_2 import CHANGED_MINDSET
from campaign_lib.indicators.section_ii_3 import APPLIES_SCIENCE
from campaign_lib.indicators.section_ii_4 import ESSENTIAL_GOODS
from campaign_lib.processed import Processed
from campaign_lib.quality import unknown_answers
from campaign_lib.steps import columns_read, walk
from campaign_lib.stories.opening import open_campaign, parameters_of
from campaign_lib.tables.context import unknowns_table
from campaign_lib.tables.labels import answer_label, question_label, rows_of
from campaign_lib.words import Words

_DEPRIVATION = "dep_"


def check_survey(namespace: Mapping[str, Any]) -> "SurveyStory":
    """Check a notebook's parameters quarter and language, and open that quarter's survey.

    Raises:
        CampaignError: an unknown parameter, quarter or language.
    """
    given = parameters_of(namespace, "quarter", "language")
    return SurveyStory(open_campaign(), **given)


class SurveyStory:
    """The answers of the cohort in one quarter, a method per question that one may ask of them.

    `cohort` is the frame behind it, a row per household of the base, for exploring further.
    """

    def __init__(self, processed: Processed, quarter: str, language: str = "vi") -> None:
        """Open a quarter; raises CampaignError as `check_survey` does."""
        self.words = Words(language)
        self.processed = processed
        self.quarter = processed.known_quarter(quarter)

    @cached_property
    def cohort(self) -> pd.DataFrame:
        """Households of the base of most targets, with their answers; not asked is missing."""
        homes = self.processed.panel
        homes = homes[homes["quarter"].astype("str") == self.quarter]
        inside = walk(homes, INFORMED.parts()[0]).states[-1].fillna(False).astype(bool)
        return homes[inside].reset_index(drop=True)

    @cached_property
    def asked(self) -> list[Question]:
        """The questions that this quarter's survey asked."""
        table = self.processed.table("surveyed")
        there = set(table.loc[table["quarter"] == self.quarter, "column"])
        return [one for one in codebook().tables["survey"].questions if one.code in there]

    @cached_property
    def source(self) -> str:
        """The line under each chart that says what it was drawn from."""
        return self.text("source", quarter=self.words.quarter(self.quarter))

    def text(self, name: str, **values: object) -> str:
        """Give this notebook's words."""
        return self.words(f"explore_survey.{name}", **values)

    def overview(self) -> Passage:
        """How many of the cohort answered, village by village."""
        counts = self.cohort.groupby("village", observed=True)["surveyed"].agg(["size", "sum"])
        rows = [
            (self.processed.villages[str(code)], *map(self.words.number, line))
            for code, line in zip(counts.index, counts.itertuples(index=False), strict=True)
        ]
        table = Table(
            caption=self.text("overview.caption"),
            columns=(
                Column(self.text("overview.village")),
                Column(self.text("overview.cohort"), RIGHT),
                Column(self.text("overview.surveyed"), RIGHT),
            ),
            rows=tuple(rows),
        )
        title = self.text("title", quarter=self.words.quarter(self.quarter))
        made_up = [paragraph(self.words("village_report.made_up"), "made-up")]
        return together(
            heading(title, 1), *(made_up if self.processed.is_made_up(self.quarter) else []), table
        )

    def mindset_and_science(self) -> Chart:
        """How the questions behind changed mindset and applied science were answered."""
        questions = (*CHANGED_MINDSET.counts, *APPLIES_SCIENCE.counts)
        read = [columns_read(question, self.cohort)[0] for question in questions]
        return self._answers(read, self.text("mindset"))

    def goods(self) -> Chart:
        """Which of the essential goods households have."""
        return self._answers(ESSENTIAL_GOODS, self.text("goods"))

    def deprivations(self) -> Chart:
        """Which of the twelve deprivations of Decree 07/2021 households suffer."""
        codes = [one.code for one in self.asked if one.code.startswith(_DEPRIVATION)]
        return self._answers(codes, self.text("deprivations"))

    def _answers(self, codes: Sequence[str], title: str) -> Chart:
        lines = []
        for code in codes:
            answers = self.cohort[code]
            counted = answers.value_counts()
            yes, no = int(counted.get("yes", 0)), int(counted.get("no", 0))
            label = question_label(code, self.words)
            unknown = len(answers) - yes - no
            lines.append({"label": label, "yes": yes, "no": no, "unknown": unknown})
        return charts.answers_chart(pd.DataFrame(lines), title, self.words, self.source)

    def income(self) -> Chart:
        """How incomes are spread around the district's mean for minority people."""
        mean = float(self.cohort["district_mean_income"].iloc[0])
        column = codebook().tables["survey"].column("income")
        unit = column.unit_vi if self.words.language == "vi" else column.unit_en
        label = f"{question_label('income', self.words)} ({unit})"
        title = self.text("income")
        return charts.amounts_chart(
            self.cohort["income"], mean, title, self.words, self.source, unit=label
        )

    def house_and_cooperative(self) -> Passage:
        """What houses people live in, and who is in a cooperative."""
        return together(self._choices("house"), self._choices("cooperative"))

    def _choices(self, code: str) -> Table:
        counted = self.cohort[code].value_counts(dropna=False)
        known = [answer.code for answer in codebook().tables["survey"].column(code).answers]
        lines = [
            (answer_label("survey", code, one, self.words), counted.get(one, 0)) for one in known
        ]
        unknown = int(self.cohort[code].isna().sum())
        lines.append((self.words("codes.answer.unknown"), unknown))
        return Table(
            caption=question_label(code, self.words),
            columns=(
                Column(self.text("answer")),
                Column(self.text("households"), RIGHT),
                Column(self.text("share"), RIGHT),
            ),
            rows=tuple(
                (
                    label,
                    self.words.number(int(count)),
                    self.words.percent(100 * int(count) / max(len(self.cohort), 1), 1),
                )
                for label, count in lines
            ),
        )

    def villages(self) -> Table:
        """The villages side by side: each household indicator as count and base."""
        results = self.processed.results
        here = results[results["quarter"] == self.quarter]
        ids = [one.id for one in ALL if isinstance(one, Share) and one.units == "households"]
        lines = {(line.place, line.indicator): line for line in rows_of(here)}
        return Table(
            caption=self.text("villages"),
            columns=(
                Column(self.text("overview.village")),
                *(Column(self.words(f"indicators.{one}.label"), RIGHT) for one in ids),
            ),
            rows=tuple(
                (name, *(self._percent(lines[code, one]) for one in ids))
                for code, name in self.processed.villages.items()
            ),
            note=self.text("villages_note"),
        )

    def _percent(self, line: Any) -> str:
        """Write a percentage with the two numbers that make it."""
        count = f"{self.words.number(line.numerator)}/{self.words.number(line.denominator)}"
        return f"{self.words.percent(line.percent, 1)} ({count})"

    def unknown(self) -> Table:
        """Which questions were left without an answer."""
        everyone = pd.Series(True, index=self.cohort.index)
        return unknowns_table(unknown_answers(self.cohort, everyone, self.asked), self.words)
