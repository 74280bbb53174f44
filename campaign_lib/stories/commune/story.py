"""What the sections of the commune's report share: their words and the quarter they tell of."""

from functools import cached_property
from typing import Any

from campaign_lib.base.editions import INTERNAL, PUBLIC, Edition
from campaign_lib.show.display import Cell
from campaign_lib.stories.commune.quarter import CommuneQuarter
from campaign_lib.stories.telling import Story
from campaign_lib.words import Words


class CommuneStory(Story):
    """A part of the commune's report."""

    key = "commune_report"

    def __init__(self, data: CommuneQuarter, words: Words, edition: Edition = INTERNAL) -> None:
        super().__init__(words, edition)
        self.data = data

    @property
    def is_public(self) -> bool:
        """Whether this edition may leave the office."""
        return self.edition == PUBLIC

    @cached_property
    def when(self) -> str:
        """The quarter in words."""
        return self.words.quarter(self.data.code)

    @cached_property
    def source(self) -> str:
        """The line under each chart that says what it was drawn from."""
        return self.text("source", quarter=self.when)

    def count(self, households: Any) -> Cell:
        """Write a number of households."""
        return self.words.number(households)
