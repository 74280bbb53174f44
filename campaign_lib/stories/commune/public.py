"""The public edition of the commune's report: nothing of a household, no count that is too small.

Household indicators are read from `public_results` alone. What somebody typed (names of models,
purposes, evidence, kinds of sessions, lenders) is not shown, because it may name a person.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from campaign_lib.analysis.commune import STILL_POOR, Borrowing
from campaign_lib.disclosure import LEAST_SHOWN, may_show
from campaign_lib.indicators import ALL
from campaign_lib.indicators.households import COHORT
from campaign_lib.indicators.indicator import Share
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.show import charts
from campaign_lib.show.display import (
    NOTHING,
    Cell,
    Passage,
    Shown,
    folded_away,
    heading,
    listing,
    paragraph,
    together,
)
from campaign_lib.show.tables import public
from campaign_lib.show.tables.labels import rows_of
from campaign_lib.show.tables.results import count_of_base, wanted_count
from campaign_lib.stories.commune.internal import CommuneReport
from campaign_lib.stories.commune.screen import BEHIND, CommuneScreen
from campaign_lib.stories.commune.villages import ALL_OF_THEM, FIRST
from campaign_lib.stories.what_changed.told import public_note

_OF_COHORT = frozenset(one.id for one in ALL if isinstance(one, Share) and one.among == COHORT)


class _PublicScreen(CommuneScreen):
    """Counts the verdicts of those targets that are not withheld, and says so."""

    def _text(self, name: str, **values: object) -> str:
        return super()._text("of_targets_shown" if name == "of_targets" else name, **values)


class PublicCommuneReport(CommuneReport):
    """What the notebook shows in public, section by section."""

    @property
    def _shown(self) -> pd.DataFrame:
        return self.data.lines[~self.data.lines["hidden"]]

    def bottom_line(self) -> Passage:
        """Count the verdicts, and list what is behind, as far as it can be shown."""
        screen = _PublicScreen(self.data, self.words)
        hidden = int(self.data.lines["hidden"].sum())
        withheld = self.words("village_report.withheld", count=hidden)
        return together(
            screen.verdicts(), paragraph(withheld) if hidden else NOTHING, self._behind()
        )

    def revisions(self) -> Passage:
        """That published figures were revised, without counts."""
        return public_note(self.data.of_quarter("public_revisions"), COMMUNE, self.words)

    def _behind(self) -> Passage:
        late = self._shown[self._shown["status"] == BEHIND]
        if late.empty:
            return NOTHING
        says = (
            self.text(
                "behind_public",
                label=self.words(f"indicators.{line.indicator}.label"),
                count=count_of_base(line, self.words),
                target=wanted_count(line, line.target_count, self.words),
            )
            for line in rows_of(late)
        )
        return heading(self.text("behind_heading"), 2) + listing(says)

    def indicators(self) -> Passage:
        """Every indicator with its count, base and percent, unless they are withheld."""
        says = paragraph(self.words("village_report.indicators.says"))
        table = public.indicator_table(self.data.lines, self.data.aims, self.words)
        return self.titled("indicators", says, table, self.poverty())

    def progress(self) -> Passage:
        """The same as a chart, for those that are shown."""
        return self.titled(
            "progress", paragraph(self.text("progress.public")), self._bars(self._growing)
        )

    def _fall(self, line: Any) -> Passage:
        return NOTHING if line["hidden"] or pd.isna(line["numerator"]) else super()._fall(line)

    def _bars(self, lines: pd.DataFrame) -> Shown:
        lines = lines[~lines["hidden"]]
        if lines.empty:
            return paragraph(self.text("nothing_to_draw"))
        lines = lines.assign(unknown=0, path_count=float("nan"))
        return charts.progress_chart(lines, self.words, self.source)

    def trend(self) -> Passage:
        """Left out: from quarter to quarter single households could be told."""
        return NOTHING

    def villages(self) -> Passage:
        """All indicators of the villages in the order of their codes.

        Which of them needs a visit first would be told wrongly by what is not withheld.
        """
        order = list(self.data.names)
        first, others = order[:FIRST], order[FIRST:]
        items: list[Shown] = [
            self.matrix(first, self.text("villages.matrix")),
            self.village_chart(first),
        ]
        if others and len(order) <= ALL_OF_THEM:
            caption = self.text("villages.others", count=len(others))
            items.insert(1, folded_away(caption, self.matrix(others, caption)))
        elif others:
            items.insert(1, paragraph(self.text("villages.public_more", count=len(others))))
        return self.titled("villages", paragraph(self.text("villages.public")), *items)

    def count(self, households: Any) -> Cell:
        """Write a number of households, or the mark where it is too small."""
        return public.count_or_mark(households, self.words)

    def ahead(self) -> Passage:
        """The next quarter's tasks; the next steps would count the households that are missing."""
        return self.titled("ahead", self.tasks_ahead())

    def _who(self, told: Borrowing) -> Passage:
        """Count who borrowed where no group is small, nor the base withheld elsewhere."""
        parts = (told.no, told.unknown, told.base - told.surveyed)
        small = not may_show(told.yes) or not all(part == 0 or may_show(part) for part in parts)
        if small or self._base_is_withheld:
            return paragraph(self.text("loans.withheld"))
        return super()._who(told)

    @property
    def _base_is_withheld(self) -> bool:
        lines = self.data.lines
        return bool(lines.loc[lines["indicator"].isin(_OF_COHORT), "denominator"].isna().any())

    def _comparable(self, table: pd.DataFrame) -> pd.Series:
        """Keep outcomes of which no part is small, in any group, and none is told elsewhere.

        The poor that are left are told of by poverty's own line; what that has more than these
        could be a few households.
        """
        size = table[["yes", "no", "unknown"]].sum(axis=1)
        small = (table[["yes", "no"]] < LEAST_SHOWN).any(axis=1)
        small |= table["unknown"].between(1, LEAST_SHOWN - 1)
        bad = set(table.loc[small & (size > 0), "outcome"])
        hidden = set(self.data.lines.loc[self.data.lines["hidden"], "indicator"])
        shown = ~table["outcome"].isin(bad | hidden | {STILL_POOR})
        return shown & (not self._base_is_withheld)

    def _incomes(self) -> Mapping[str, tuple[float | None, int]]:
        """Left out: a median is some household's own income."""
        return {}

    def _how_much(self, told: Borrowing) -> Passage:
        """Left out: from quarter to quarter the sum would tell single loans."""
        return NOTHING

    def _lenders(self, told: Borrowing) -> Shown:
        """Left out: most lenders have lent to so few that these could be told."""
        return NOTHING

    def quality(self) -> Passage:
        """Left out: it counts single households."""
        return NOTHING

    def _checksum(self) -> dict[str, str]:
        """Left out: whoever knows all answers but one could try out which one fits."""
        return {}
