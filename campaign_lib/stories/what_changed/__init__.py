"""What changed from one build to another: what `what_changed.ipynb` and `campaign diff` show."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from campaign_lib.analysis.changes.lines import KINDS
from campaign_lib.analysis.changes.sides import BEFORE, NOW, Compared, Side, open_side
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.plan.communes import ALL
from campaign_lib.show.display import NOTHING, Passage, boxed, listing, paragraph, together
from campaign_lib.store.processed import Processed
from campaign_lib.store.snapshots import LAST
from campaign_lib.stories.telling import Story, masthead
from campaign_lib.stories.what_changed.told import figures_table, rows_table
from campaign_lib.words import Words


def what_changed(
    processed: Processed, before: str = BEFORE, now: str = NOW, language: str = "vi"
) -> "WhatChanged":
    """Compare two sides (see `campaign_lib.analysis.changes.sides`).

    Where `before` is the build before this one and there has been none, nothing has changed yet.
    """
    words = Words(language)
    if before == BEFORE and not (processed.folder / LAST).is_file():
        return WhatChanged(processed, None, words)
    sides = (open_side(name, processed.folder) for name in (before, now))
    return WhatChanged(processed, Compared(*sides), words)


class WhatChanged(Story):
    """What the notebook shows, the answer first."""

    key = "what_changed"

    def __init__(self, processed: Processed, compared: Compared | None, words: Words) -> None:
        super().__init__(words)
        self._processed, self.compared = processed, compared

    @cached_property
    def changes(self) -> tuple[Any, ...]:
        """The changed figures."""
        return self.compared.changes if self.compared else ()

    @property
    def title(self) -> str:
        """What the page is called."""
        return self.text("title")

    def first_screen(self) -> Passage:
        """How many figures changed, because of what."""
        plans = self._processed.table("plans").sort_values("year")
        plan = plans.iloc[-1] if len(plans) else None
        return together(masthead(self.title, plan, self.words), boxed(self.answer(), "bottom-line"))

    def answer(self) -> Passage:
        """Give the answer, without the page's head."""
        if self.compared is None:
            return paragraph(self.text("answer.nothing_yet"))
        sides = [self._side(side) for side in (self.compared.before, self.compared.now)]
        compared = paragraph(self.text("answer.sides", before=sides[0], now=sides[1]))
        if not self.changes:
            return paragraph(self.text("answer.nothing")) + compared
        quarters = dict.fromkeys(change.figure.quarter for change in self.changes)
        listed = self.words.listed(map(self.words.quarter_short, quarters))
        return together(
            paragraph(self.text("answer.changed", figures=len(self.changes), quarters=listed)),
            listing(self._by_kind()),
            paragraph(self.text("answer.several")) if self._has_several() else NOTHING,
            compared,
            NOTHING if self.compared.knows_rows else paragraph(self.text("answer.no_rows")),
        )

    def _has_several(self) -> bool:
        return any(len({cause.kind for cause in change.causes}) > 1 for change in self.changes)

    def _by_kind(self) -> list[str]:
        counts = Counter(
            kind for change in self.changes for kind in {cause.kind for cause in change.causes}
        )
        return [
            self.text("answer.by_kind", kind=self.text(f"kind.{kind}"), figures=counts[kind])
            for kind in KINDS
            if counts[kind]
        ]

    def _side(self, side: Side) -> str:
        name = self.text(f"side.{side.name}") if side.name in (BEFORE, NOW) else side.name
        if not side.built_at:
            return name
        at = datetime.fromisoformat(side.built_at).astimezone()
        return self.text("side.built", side=name, time=f"{at:%H:%M}", day=at.date())

    @property
    def _names(self) -> Mapping[str, str]:
        communes = self._processed.communes
        several = {ALL: self.words("communes.all")} | {
            key: f"{name} ({key})" for key, name in communes.items()
        }
        names = several if self._processed.has_all else {COMMUNE: self.words("pages.whole_commune")}
        return {**names, **self._processed.villages}

    def made(self) -> Passage:
        """What the two builds were made from, as far as that is not the same."""
        inputs = self.compared.inputs if self.compared else None
        if inputs is None:
            return NOTHING
        files = sorted(inputs.changed_files)
        said = [self.text("made.files", files=", ".join(files)) if files else self._no("files")]
        said += [
            self.text("made.code", before=code.before, now=code.now) for code in inputs.code
        ] or [self._no("code")]
        said += [
            self.text("made.packages", item=one.item, before=one.before, now=one.now)
            for one in inputs.packages
        ]
        said += [self.text("made.today", before=day.before, now=day.now) for day in inputs.today]
        return self.section("made", listing(said))

    def _no(self, what: str) -> str:
        return self.text(f"made.no_{what}")

    def figures(self) -> Passage:
        """Each figure that changed, before and now, and why."""
        return self.section("figures", figures_table(self.changes, self._names, self.words))

    def rows(self) -> Passage:
        """The raw cells that changed figures; nothing where they can't be told."""
        if self.compared is not None and not self.compared.knows_rows:
            return NOTHING
        return self.section("rows", rows_table(self.changes, self.words))

    def as_text(self) -> str:
        """All of it for a terminal."""
        if not self.changes:
            return self.answer().text
        return together(self.answer(), self.figures(), self.rows(), self.made()).text
