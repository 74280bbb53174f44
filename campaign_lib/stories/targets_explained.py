"""What the plan's targets mean and how they are counted, in plain words and without a figure.

It reads the plan and the calendar alone, so that both editions say the same.
"""

from collections.abc import Iterable, Iterator

import pandas as pd

from campaign_lib.analysis.audit import target_of
from campaign_lib.base.editions import INTERNAL, PUBLIC, Edition, known_edition
from campaign_lib.indicators import ALL
from campaign_lib.indicators.households import COHORT
from campaign_lib.indicators.indicator import Drop, Indicator
from campaign_lib.indicators.steps import Question
from campaign_lib.plan import FORMULA
from campaign_lib.show.display import (
    Passage,
    Table,
    boxed,
    columns_of,
    heading,
    listing,
    paragraph,
    together,
)
from campaign_lib.show.tables.labels import status_mark, step_labels
from campaign_lib.store.processed import Processed
from campaign_lib.stories.audit import target_text
from campaign_lib.stories.commune.quarter import CommuneQuarter
from campaign_lib.stories.first_screen import STATUSES
from campaign_lib.stories.telling import Story, masthead, period
from campaign_lib.words import Words

#: The example of a share: so many of so many households.
_SOME, _ALL = 30, 40


class TargetsExplained(Story):
    """What the notebook shows, a method per section."""

    key = "targets_explained"

    def __init__(self, data: CommuneQuarter, words: Words, edition: Edition = INTERNAL) -> None:
        super().__init__(words, edition)
        self.data = data
        self.title = self.text("title", quarter=words.quarter(data.code))

    def first_screen(self) -> Passage:
        """How a target is counted, and what decides who is looked at."""
        days, words = self.data.days, self.words
        share = words.percent(100 * _SOME / _ALL)
        says = (
            self.text("counting", count=len(ALL)),
            self.text("example", some=_SOME, all=_ALL, share=share),
            self.text("unknown"),
            self.text("cohort", steps=self._asked(COHORT), baseline=words.date(days["baseline"])),
            self.text("year", first=words.date(days["year_first_day"])),
        )
        return together(
            masthead(self.title, self.data.plan, words, self.edition),
            period(days, words),
            boxed(listing(says), "bottom-line"),
        )

    def targets(self) -> Passage:
        """Each target: what it is, who is looked at, what is asked of them, what the plan wants."""
        each = (together(*self._told(indicator)) for indicator in ALL)
        return self.section("targets", *each)

    def _told(self, indicator: Indicator) -> Iterator[Passage]:
        id, plan, words = indicator.id, self.data.plan, self.words
        formula = "" if plan is None else str(plan[FORMULA])
        wanted = target_of(self.data.of_year("targets"), self.data.quarter.year, indicator)
        said = target_text(indicator, wanted, formula, words)
        yield heading(words(f"indicators.{id}.label"), 3, id)
        how = (
            words(f"codes.formula.{formula}.how") if isinstance(indicator, Drop) and formula else ""
        )
        told = (words(f"indicators.{id}.definition"), how, self.text("wanted", target=said))
        yield paragraph(" ".join(filter(None, told)))
        yield listing(
            self.text(f"parts.{part.name}", steps=self._asked(part.questions))
            for part in indicator.parts()[:2]
            # A single question is in the definition, and the cohort is told once, above.
            if len(part.questions) > 1 and part.questions != COHORT
        )

    def _asked(self, questions: Iterable[Question]) -> str:
        labels = step_labels(self.data.plan, self.words)
        return "; ".join(labels[question.__name__] for question in questions)

    def verdicts(self) -> Passage:
        """The signs that verdicts have, and what each means."""
        shown = (*STATUSES, "no_target", *(("hidden",) if self.edition == PUBLIC else ()))
        text, words = self.words.under("targets_explained.verdicts"), self.words
        table = Table.of(
            pd.DataFrame({"status": shown}),
            columns_of(
                text,
                status=lambda row: status_mark(row.status, words),
                meaning=lambda row: words(f"codes.status.{row.status}.meaning"),
            ),
            text("caption"),
        )
        return self.section("verdicts", table)


def targets_explained(
    processed: Processed, quarter: str, language: str = "vi", edition: str = INTERNAL
) -> TargetsExplained:
    """Explain the targets of a quarter's year.

    Raises:
        CampaignError: an unknown quarter, language or edition.
    """
    data = CommuneQuarter(processed, processed.known_quarter(quarter))
    return TargetsExplained(data, Words(language), known_edition(edition))
