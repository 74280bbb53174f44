"""The check sheets of `inspection`: one or more per village, to print and take along."""

from collections.abc import Iterator, Mapping, Set

import numpy as np
import pandas as pd

from campaign_lib.analysis.agreement import questions
from campaign_lib.analysis.inspected_figures import deciding
from campaign_lib.analysis.visits import Draw
from campaign_lib.show.display import NOTHING, Passage, boxed, heading, paragraph, together
from campaign_lib.show.tables.check_sheets import ACROSS, check_sheet
from campaign_lib.stories.telling import Story
from campaign_lib.words import Words


class Sheets(Story):
    """Sheets for a sample that was drawn; they never have what the survey says."""

    key = "inspection"

    def __init__(self, draw: Draw, size: int, words: Words, *, made_up: bool) -> None:
        """Take what all sheets say.

        Args:
            draw: whom to visit.
            size: the sample size that was asked for.
            words: the reader's language.
            made_up: whether the data are made up, which each sheet then says.
        """
        super().__init__(words)
        self.draw, self.size, self.made_up = draw, size, made_up

    def each(
        self, homes: pd.DataFrame, surveyed: Set[str], villages: Mapping[str, str]
    ) -> Iterator[Passage]:
        """Give the sheets, village by village; households that need two are split evenly.

        Args:
            homes: rows of the panel, of the quarter; their answers are not looked at.
            surveyed: the questions that the quarter's survey has.
            villages: the villages' names by code.
        """
        asked = [questions()[code] for code in deciding(homes) if code in surveyed]
        for village, own in self.draw.drawn.groupby("village", sort=True):
            parts = np.array_split(np.arange(len(own)), -(-len(own) // ACROSS))
            for number, part in enumerate(parts, 1):
                title = self.text(
                    "sheets.title",
                    place=villages[str(village)],
                    quarter=self.words.quarter(self.draw.quarter),
                    sheet=number,
                    sheets=len(parts),
                )
                made_up = paragraph(self.words("masthead.made_up"), "note")
                sheet = together(
                    heading(title, 3),
                    made_up if self.made_up else NOTHING,
                    paragraph(self.text("sheets.how")),
                    check_sheet(own.iloc[part], asked, self.words),
                    *(paragraph(self.text(f"sheets.{name}")) for name in ("inspector", "guide")),
                    paragraph(self.text("sheets.back", seed=self.draw.seed, size=self.size)),
                )
                yield boxed(sheet, "sheet")
