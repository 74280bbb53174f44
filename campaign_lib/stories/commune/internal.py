"""The commune's quarterly report, section by section, for use in the office."""

from collections.abc import Iterator
from typing import ClassVar

from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.show.display import Passage, boxed, together
from campaign_lib.stories.commune.footing import FootingSection
from campaign_lib.stories.commune.money import MoneySection
from campaign_lib.stories.commune.screen import CommuneScreen
from campaign_lib.stories.commune.targets import TargetsSection
from campaign_lib.stories.commune.villages import VillagesSection
from campaign_lib.stories.commune.work import WorkSection
from campaign_lib.stories.telling import masthead, period
from campaign_lib.stories.what_changed.notes import revision_note


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
