"""All figures of one place in one quarter, taken apart on one page: where each printed link leads.

A village's page goes down to its households; the commune's goes down to its villages, each of
which has a page of its own.
"""

from dataclasses import replace
from typing import Any

import pandas as pd

from campaign_lib.analysis.audit import Audit, Once, audit
from campaign_lib.analysis.poverty import told_results
from campaign_lib.indicators import ALL
from campaign_lib.indicators.indicator import Indicator
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.show.display import (
    NOTHING,
    RIGHT,
    Cell,
    Column,
    Heading,
    Mark,
    Passage,
    Shown,
    Table,
    Traced,
    boxed,
    columns_of,
    folded_away,
    heading,
    paragraph,
    together,
)
from campaign_lib.show.tables.labels import number_of
from campaign_lib.show.tables.results import count_of_base, in_plan_order, traced, verdict_mark
from campaign_lib.store.processed import Processed
from campaign_lib.stories.audit import AuditStory, reasons, units
from campaign_lib.stories.telling import Story, aims_of, masthead, period
from campaign_lib.stories.what_changed import revision_note
from campaign_lib.words import MISSING, Words, is_missing


def audit_place(
    processed: Processed, place: str, quarter: str, language: str = "vi"
) -> "AuditPlace":
    """Audit every figure of a village (code or name) or of the `commune`.

    Raises:
        CampaignError: an unknown place, quarter or language.
    """
    place, quarter = processed.known_place(place), processed.known_quarter(quarter)
    return AuditPlace(processed, place, quarter, Words(language))


#: A commune of more villages has them in one table for all figures, and not in one for each; how
#: each figure comes about is folded away there.
FEW = 30


class AuditPlace(Story):
    """What the notebook shows: the list of figures, then each of them."""

    key = "audit_place"

    def __init__(self, processed: Processed, place: str, quarter: str, words: Words) -> None:
        super().__init__(words)
        self.processed, self.place, self.quarter = processed, place, quarter
        once = Once()
        found = (
            audit(processed, indicator.id, quarter, place, once)
            for indicator in ALL
            if place == COMMUNE or indicator.by_village
        )
        self.stories = [AuditStory(one, words) for one in found]
        self.title = self.text("title", place=self.stories[0].place, quarter=words.quarter(quarter))

    def first_screen(self) -> Passage:
        """Each figure with its reference, which leads to its part of the page."""
        first = self.stories[0].audit
        days = self.processed.rows("quarters", {"quarter": [self.quarter]}).iloc[0]
        return together(
            masthead(self.title, first.plan, self.words),
            period(days, self.words, self.processed.manifest),
            boxed(paragraph(self.text("answer", count=len(self.stories))), "bottom-line"),
            self._contents(),
            self._all_villages() if self._has_many else NOTHING,
        )

    @property
    def _has_many(self) -> bool:
        return self.place == COMMUNE and len(self.processed.villages) > FEW

    def revisions(self) -> Passage:
        """Which figures are no longer what was sent upward, if the quarter is locked."""
        return revision_note(
            self.processed.rows("revisions", {"quarter": [self.quarter]}),
            self.place,
            {},
            self.words,
        )

    def _contents(self) -> Table:
        return self._lines(
            in_plan_order(pd.DataFrame([story.audit.told for story in self.stories])),
            Column(
                self.text("contents.indicator"),
                cell=lambda line: _named(self.words(f"indicators.{line.indicator}.label"), line),
            ),
            self.text("contents.caption"),
        )

    def _lines(self, lines: pd.DataFrame, first: Column, caption: str) -> Table:
        """Lay out lines of results under the name that each goes by here."""
        aims = aims_of(self.processed, self.quarter)
        others = columns_of(
            self.words.under("audit_place.contents"),
            ("count", "unknown"),
            count=lambda line: count_of_base(line, self.words),
            unknown=number_of("unknown", self.words),
            status=lambda line: verdict_mark(line, aims, self.words),
        )
        return Table.of(lines, [first, *others], caption)

    def figures(self) -> Passage:
        """Each figure: its answer, definition, steps, arithmetic, verdict, and who is behind it."""
        return together(*(self._figure(story) for story in self.stories))

    def _figure(self, story: AuditStory) -> Passage:
        indicator = story.audit.indicator
        details = (story.steps(), story.arithmetic(), story.verdict(), story.step_words())
        told = [*(_lowered(passage, indicator) for passage in details), *self._who(story)]
        return together(
            heading(self.words(f"indicators.{indicator.id}.label"), 2, indicator.id),
            *reasons.answer(story.audit, self.words),
            paragraph(self.words(f"indicators.{indicator.id}.definition")),
            *([folded_away(self.text("how"), *told)] if self._has_many else told),
            story.take_away(),
        )

    def _who(self, story: AuditStory) -> list[Shown]:
        """Go down to the units; from the commune's households, to the villages they live in."""
        found = story.audit
        if self.place == COMMUNE and found.indicator.units == "households":
            return [] if self._has_many else [self._villages(found)]
        tables = units.tables(found, story.labels, self.words)
        return [folded_away(self.text("units", unit=story.unit), *tables, long=True)]

    def _of_villages(self) -> pd.DataFrame:
        results = told_results(self.processed)
        return results[(results["quarter"] == self.quarter) & (results["level"] != COMMUNE)]

    def _all_villages(self) -> Table:
        """Put villages in rows and figures in columns; a cell leads to where it comes from."""
        lines, names, words = self._of_villages(), self.processed.villages, self.words
        ids = [one.audit.indicator.id for one in self.stories if one.audit.indicator.by_village]

        def cell(line: Any, _: object) -> Cell:
            if line is None:
                return MISSING
            unknown = f" ({words.number(line.unknown)}?)" if line.unknown else ""
            sign = words(f"codes.status.{line.status}.mark")
            return traced(Mark(f"{sign}\u00a0{_count(line, words)}{unknown}", line.status), line)

        return Table.crossed(
            lines,
            ("place", names, self.text("villages.village_alone")),
            ("indicator", {id: words(f"indicators.{id}.short") for id in ids}),
            cell,
            self.text("villages.all"),
            align=RIGHT,
            note=self.text("villages.key"),
        )

    def _villages(self, found: Audit) -> Table:
        lines, names = self._of_villages(), self.processed.villages
        own = lines[lines["indicator"] == found.indicator.id]
        return self._lines(
            own,
            Column(
                self.text("villages.village"),
                cell=lambda line: _named(names[line.place], line),
            ),
            self.text(
                "villages.caption", label=self.words(f"indicators.{found.indicator.id}.label")
            ),
        )


def _named(text: str, line: Any) -> Traced:
    """Lead to a figure by its reference, as what one asks for by name."""
    found = traced(text, line)
    return replace(found, beside=found.reference)


def _count(line: Any, words: Words) -> str:
    base = "" if is_missing(line.denominator) else f"/{words.number(line.denominator)}"
    return f"{words.number(line.numerator)}{base}"


def _lowered(passage: Passage, indicator: Indicator) -> Passage:
    """Put a section one level down, under names that no other figure's section has."""
    return Passage(
        tuple(
            replace(block, level=block.level + 1, name=f"{indicator.id}-{block.text}")
            if isinstance(block, Heading)
            else block
            for block in passage.blocks
        )
    )
