"""Whom to visit, and how far the answers hold: the page `inspection.ipynb` of a quarter."""

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from campaign_lib.analysis.inspected_figures import deciding, questions
from campaign_lib.analysis.visits import (
    HEADLINE,
    LEAST_IN_VILLAGE,
    SIZES,
    Draw,
    draw,
    frame_of,
    precision,
)
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import Column as Asked
from campaign_lib.errors import CampaignError
from campaign_lib.show.display import (
    NOTHING,
    Column,
    Passage,
    Table,
    Tile,
    boxed,
    heading,
    paragraph,
    tiles,
    together,
)
from campaign_lib.show.tables.labels import rows_of, text_or_nothing
from campaign_lib.store.processed import Processed
from campaign_lib.stories.inspection.found import Found
from campaign_lib.stories.inspection.tables import precision_table, strata_table
from campaign_lib.stories.telling import Story, masthead, period
from campaign_lib.words import Words

# The sheet that an inspector takes along: questions down, households across, cells to fill in.

#: Households beside one another on a sheet of A4.
ACROSS = 5


def check_sheet(homes: pd.DataFrame, questions: Sequence[Asked], words: Words) -> Table:
    """Give the questions with an empty cell for each household.

    Args:
        homes: household, head_name; at most `ACROSS` of them.
        questions: columns of the survey, as the codebook has them.
        words: the reader's language.
    """
    asked = [
        words("inspection.sheets.numbered", number=number, ask=_ask(question, words))
        for number, question in enumerate(questions, 1)
    ]
    ends = [words(f"inspection.sheets.{name}") for name in ("visited_on", "signature")]
    return Table(
        words("inspection.sheets.caption"),
        (
            Column(words("inspection.sheets.question")),
            *(
                Column(f"{home.household} {text_or_nothing(home.head_name)}")
                for home in rows_of(homes)
            ),
        ),
        tuple((text, *("" for _ in range(len(homes)))) for text in (*asked, *ends)),
    )


def _ask(question: Asked, words: Words) -> str:
    """Write a question with what may be answered, but for yes and no, which all others share."""
    vietnamese = words.language == "vi"
    ask = question.ask_vi if vietnamese else question.ask_en
    if question.type == "yes_no":
        return ask
    labels = [answer.vi if vietnamese else answer.en for answer in question.answers]
    options = " / ".join(labels) or (question.unit_vi if vietnamese else question.unit_en)
    return words("inspection.sheets.options", ask=ask, options=options) if options else ask


# The check sheets of `inspection`: one or more per village, to print and take along.


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


def inspection(
    processed: Processed, quarter: str, seed: str, sample_size: str, language: str = "vi"
) -> "Inspection":
    """Open the page of a quarter.

    Raises:
        CampaignError: an unknown quarter or language, or a sample size that cannot be.
    """
    words = Words(language)
    return Inspection(processed, processed.known_quarter(quarter), seed, _size(sample_size), words)


def _size(text: str) -> int:
    size = int(text) if text.isdecimal() else 0
    if size < 1:
        raise CampaignError("asked.sample_size", size=repr(text))
    return size


class Inspection(Story):
    """What the notebook shows, a method per section."""

    key = "inspection"

    def __init__(
        self, processed: Processed, quarter: str, seed: str, size: int, words: Words
    ) -> None:
        super().__init__(words)
        self.processed, self.quarter, self.size = processed, quarter, size
        self.homes = processed.rows("panel", {"quarter": [quarter]})
        self.draw: Draw = draw(frame_of(self.homes), size, seed, quarter)
        plans, days = processed.table("plans"), processed.table("quarters")
        plans = plans[plans["year"] == Quarter.parse(quarter).year]
        self.plan: Any = plans.iloc[0] if len(plans) else None
        self.days: Any = days[days["quarter"] == quarter].iloc[0]

    @property
    def title(self) -> str:
        """What the page is called."""
        return self.text("title", quarter=self.words.quarter(self.quarter))

    @cached_property
    def found(self) -> Found | None:
        """What inspectors found, or None where nothing of this quarter has come in yet."""
        inspections = self.processed.rows("inspections", {"quarter": [self.quarter]})
        if inspections.empty:
            return None
        return Found(self.processed, self.homes, inspections, self.draw, self.words)

    def first_screen(self) -> Passage:
        """How many to visit and how sure that makes; once visited, how far the answers hold."""
        found = self.found
        says = [*self._whom(), *(found.says() if found else [self.text("not_yet")])]
        each = [
            Tile(
                self.text("of", count=len(self.draw.drawn), base=len(self.draw.frame)),
                self.text("tile_visits"),
                "no_target",
            ),
            *(found.tiles() if found else ()),
        ]
        answer = together(tiles(each), *map(paragraph, says))
        return together(
            masthead(self.title, self.plan, self.words, self.edition),
            period(self.days, self.words),
            boxed(answer, "bottom-line"),
        )

    def _whom(self) -> list[str]:
        visits, frame = len(self.draw.drawn), len(self.draw.frame)
        if not visits:
            return [self.text("nobody")]
        villages = int(self.draw.drawn["village"].nunique())
        if visits == frame:
            return [self.text("whom_all", visits=visits, villages=villages)]
        expected = precision(frame, [visits]).iloc[0]["expected"]
        points = self.words.number(100 * expected, 1)
        return [
            self.text("whom", visits=visits, villages=villages, seed=self.draw.seed),
            self.text("precise", visits=visits, points=points),
        ]

    def answers(self) -> Passage:
        """Question by question: how many answers agree, with the interval."""
        return self.found.answers() if self.found else NOTHING

    def directions(self) -> Passage:
        """Which way answers differ."""
        return self.found.directions() if self.found else NOTHING

    def changes(self) -> Passage:
        """Which figures change if what was found is taken."""
        return self.found.changes() if self.found else NOTHING

    def estimate(self) -> Passage:
        """What the percentages would be, had everyone been visited."""
        return self.found.estimate(self.size) if self.found else NOTHING

    def sample(self) -> Passage:
        """How households were drawn: the frame, the strata, and the chances."""
        if self.draw.frame.empty:
            return NOTHING
        return self.section(
            "sample",
            paragraph(self.text("sample.keep"), "warning"),
            strata_table(self.draw.strata, self.processed.villages, self.words),
            frame=len(self.draw.frame),
            label=self.words(f"indicators.{HEADLINE.id}.label"),
            least=LEAST_IN_VILLAGE,
            seed=self.draw.seed,
        )

    def precision(self) -> Passage:
        """What samples of other sizes could tell."""
        frame, drawn = len(self.draw.frame), len(self.draw.drawn)
        if not frame:
            return NOTHING
        lines = precision(frame, [*SIZES, drawn])
        return self.section("precision", precision_table(lines, drawn, self.words), frame=frame)

    def sheets(self) -> Passage:
        """A sheet per village to take along, without the survey's answers."""
        if self.draw.drawn.empty:
            return self.titled("sheets", paragraph(self.text("sheets.none")))
        surveyed = self.processed.rows("surveyed", {"quarter": [self.quarter]})["column"]
        made_up = self.processed.is_made_up(self.quarter)
        sheets = Sheets(self.draw, self.size, self.words, made_up=made_up)
        each = sheets.each(self.homes, set(surveyed), self.processed.villages)
        return self.section("sheets", *each)
