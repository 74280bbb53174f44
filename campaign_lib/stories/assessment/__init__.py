"""Was the year's plan met: the page `annual_assessment.ipynb` of a year."""

from collections.abc import Mapping
from typing import Any

from campaign_lib.analysis.years import last_quarter
from campaign_lib.pipeline.opening import open_campaign, parameters_of
from campaign_lib.show.display import NOTHING, Passage, boxed, paragraph, together
from campaign_lib.show.tables.context import facts_table
from campaign_lib.store.processed import Processed
from campaign_lib.stories.assessment.ahead import YearAhead
from campaign_lib.stories.assessment.poverty import YearPoverty
from campaign_lib.stories.assessment.targets import YearTargets
from campaign_lib.stories.assessment.year_end import YearEnd
from campaign_lib.stories.sharing import first_of
from campaign_lib.stories.telling import Story, masthead, period
from campaign_lib.words import Words


def check_annual_assessment(namespace: Mapping[str, Any]) -> "AnnualAssessment":
    """Check a notebook's parameters year and language, and open its page.

    Raises:
        CampaignError: an unknown parameter or language, or a year without results.
    """
    return annual_assessment(open_campaign(), **parameters_of(namespace, "year", "language"))


def annual_assessment(processed: Processed, year: str, language: str = "vi") -> "AnnualAssessment":
    """Open the page of a year; raises CampaignError as `check_annual_assessment` does."""
    words = Words(language)
    first_of(processed, year)
    of_year = int(year)
    last = last_quarter(processed, of_year)
    assert last is not None  # it has a first one
    return AnnualAssessment(YearEnd(processed, of_year, last), words)


class AnnualAssessment(Story):
    """What the notebook shows.

    Attributes:
        targets: met or not, by how much, where, compared with what.
        poverty: the flows between the two dates, and who is still poor.
        ahead: tasks, next steps, the next year's plan.
    """

    key = "annual_assessment"

    def __init__(self, year: YearEnd, words: Words) -> None:
        super().__init__(words)
        self.year = year
        self.targets = YearTargets(year, words)
        self.poverty = YearPoverty(year, words)
        self.ahead = YearAhead(year, words)

    @property
    def title(self) -> str:
        """What the page is called."""
        return self.text("title", year=self.year.year)

    def first_screen(self) -> Passage:
        """Whether the plan was met, what is missing, and how many left poverty."""
        days = {"first_day": self.year.days["year_first_day"]}
        days["last_day"] = self.year.days["last_day"]
        quarter = self.words.quarter(self.year.quarter)
        provisional = paragraph(self.text("provisional", quarter=quarter), "warning")
        return together(
            masthead(self.title, self.year.plan, self.words, self.edition),
            period(days, self.words),
            NOTHING if self.year.is_final else provisional,
            boxed(self.targets.in_short() + self.poverty.in_short(), "bottom-line"),
        )

    def next_steps(self) -> Passage:
        """What to do about each target that was missed."""
        return self.ahead.next_steps(self.targets.missed)

    def built_from(self) -> Passage:
        """The exact dates, and what the page was built from."""
        dates = ("year_first_day", "last_day", "baseline", "later_date")
        facts = {
            self.text(f"built.{name}"): self.words.date(self.year.days[name]) for name in dates
        }
        manifest = self.year.processed.manifest
        facts[self.text("built.code")] = f"campaign_lib {manifest['code_version']}"
        facts[self.text("built.files")] = self.words.number(len(manifest["files"]))
        return self.section("built", facts_table(self.text("built.caption"), facts, self.words))
