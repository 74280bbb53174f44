"""The story of one audited figure: its meaning, its steps, its arithmetic, its recount, its units.

The notebook `audit_indicator` shows a method a cell; the terminal prints them one after the other.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.audit import Audit, audit
from campaign_lib.indicators.indicator import Drop
from campaign_lib.indicators.results import KEYS
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.opening import open_campaign, parameters_of
from campaign_lib.recount import people_sql, recount_sql
from campaign_lib.show.display import (
    NOTHING,
    RIGHT,
    Column,
    Passage,
    Shown,
    Table,
    boxed,
    code,
    heading,
    paragraph,
    together,
)
from campaign_lib.show.tables.labels import rows_of
from campaign_lib.show.tables.steps import step_labels, step_text
from campaign_lib.store.processed import Processed
from campaign_lib.stories.audit import facts, reasons, units
from campaign_lib.stories.what_changed.notes import revision_note
from campaign_lib.words import Words

_BLANK_LINES = re.compile(r"\n{3,}")
_COUNTS = ("asked", "yes", "no", "unknown")


def check_audit(namespace: Mapping[str, Any]) -> "AuditStory":
    """Check a notebook's parameters indicator, place, quarter, language, and audit that figure.

    Raises:
        CampaignError: an unknown parameter, indicator, place, quarter or language, or an indicator
            without a figure for villages.
    """
    given = parameters_of(namespace, "indicator", "place", "quarter", "language")
    return audit_story(open_campaign(), **given)


def audit_story(
    processed: Processed, indicator: str, quarter: str, place: str, language: str = "vi"
) -> "AuditStory":
    """Audit a figure of what was built; raises CampaignError as `check_audit` does."""
    words = Words(language)
    return AuditStory(audit(processed, indicator, quarter, place), words)


class AuditStory:
    """What is told of one figure, a method per section."""

    def __init__(self, found: Audit, words: Words) -> None:
        self.audit, self.words = found, words
        self.unit = words(f"indicators.{found.indicator.id}.unit")

    def text(self, name: str, **values: object) -> str:
        """Give the words of the audit."""
        return self.words(f"audit.{name}", **values)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The words of every step, with the year's own thresholds in them."""
        return step_labels(self.audit.plan, self.words)

    @property
    def place(self) -> str:
        """The village's name, or words for the whole commune."""
        found = self.audit
        if found.place != COMMUNE:
            return found.processed.villages[found.place]
        commune = "" if found.plan is None else str(found.plan["commune"])
        return self.text("whole_commune", commune=commune).strip()

    @property
    def heading(self) -> str:
        """What the page is called."""
        label = self.words(f"indicators.{self.audit.indicator.id}.label")
        quarter = self.words.quarter(self.audit.quarter)
        return self.text("title", label=label, place=self.place, quarter=quarter)

    def title(self) -> Passage:
        """The figure, the verdict, and whether the recount agrees: the bottom line."""
        made_up = paragraph(self.words("masthead.made_up"), "made-up")
        answer = together(
            *reasons.answer(self.audit, self.words),
            *facts.short_of_target(self.audit, self.words),
            self._recount_says(),
        )
        return together(
            made_up if self.audit.processed.is_made_up(self.audit.quarter) else NOTHING,
            heading(self.heading, 1),
            boxed(answer, "bottom-line"),
            self.revision(),
        )

    def revision(self) -> Passage:
        """What was sent upward of this figure, if the quarter is locked and it has changed."""
        found = self.audit
        asked = {"quarter": [found.quarter], "indicator": [found.indicator.id]}
        revised = found.processed.rows("revisions", asked)
        return revision_note(revised, found.place, {}, self.words)

    def _repr_html_(self) -> str:
        """A notebook shows an audit by its answer, its steps and its arithmetic."""
        return together(self.title(), self.steps(), self.arithmetic()).html

    def definition(self) -> Passage:
        """What is measured, where the plan asks for it, and the exact days."""
        words = self.words(f"indicators.{self.audit.indicator.id}.definition")
        table = facts.definition_table(self.audit, self.labels, self.words)
        return self._section("definition", paragraph(words), table)

    def base(self) -> Passage:
        """Who is in the base, and at which step the others are not."""
        own = self._base_steps()
        columns = [*self._count_columns(), Column(self.text("base.why"))]
        rows = tuple((*self._counts(step), self._say(step.step, "why")) for step in rows_of(own))
        table = Table(self.text("base.caption", unit=self.unit), tuple(columns), rows)
        return self._section("base", *self._base_says(own), table)

    def _base_steps(self) -> pd.DataFrame:
        """Give the steps that decide who is in the base, on either date of poverty reduction."""
        steps = self.audit.steps[self.audit.steps["part"] != "counts"]
        if isinstance(self.audit.indicator, Drop):
            steps = steps[steps["position"] < steps["position"].max()]
        return steps

    def _base_says(self, steps: pd.DataFrame) -> list[Passage]:
        """Say, for each part, how many were looked at, and what became of them."""
        of_households = self.audit.indicator.units == "households"
        said = [self.text(f"base.{steps['part'].iloc[0]}_panel")] if of_households else []
        for part, own in steps.groupby("part", sort=False):
            first, last = own.iloc[0], own.iloc[-1]
            counts = {"all": first["asked"], "inside": last["yes"], "unknown": last["unknown"]}
            counts = {name: int(value) for name, value in counts.items()}
            counts["outside"] = counts["all"] - counts["inside"] - counts["unknown"]
            if part == "among":
                said.append(self.text("base.says", unit=self.unit, **counts))
            else:
                label = self.words(f"parts.{part}.label")
                day = self.audit.days[reasons.DAY_OF[str(part)]]
                said.append(self.text("base.on_date", part=label, day=day, **counts))
        return [paragraph(sentence) for sentence in said]

    def steps(self) -> Passage:
        """Every step of every part: asked, yes, no, unknown."""
        columns = (Column(self.text("steps.part")), *self._count_columns())
        rows = tuple(
            (self.words(f"parts.{step.part}.label"), *self._counts(step))
            for step in rows_of(self.audit.steps)
        )
        table = Table(self.text("steps.caption"), columns, rows)
        return self._section("steps", paragraph(self.text("steps.says", unit=self.unit)), table)

    def arithmetic(self) -> Passage:
        """The division and its rounding; for poverty reduction by all three formulas."""
        return self._section("arithmetic", *reasons.arithmetic(self.audit, self.words))

    def verdict(self) -> Passage:
        """The target, how its count was worked out, and what is still missing."""
        return self._section("verdict", *facts.verdict(self.audit, self.words))

    def recount(self) -> Passage:
        """The printed line beside the line that was counted again, and the SQL that did it."""
        return together(
            self._recount(),
            code(recount_sql(self.audit.indicator.id), self.text("recount.sql")),
            code(people_sql(), self.text("recount.people_sql")),
        )

    def _recount(self) -> Passage:
        how = paragraph(self.text("recount.says"))
        return self._section("recount", how, self._recount_says(), self._recount_table())

    def _recount_says(self) -> Passage:
        if self.audit.agrees:
            return paragraph(self.text("recount.agrees", columns=len(self.audit.printed)))
        columns = self.words.listed(self.audit.differences)
        return paragraph(self.text("recount.differs", columns=columns), "warning")

    def _recount_table(self) -> Table:
        """Set both lines side by side; columns that are empty in both are left out."""
        found = self.audit
        headings = [self.text(f"recount.{name}") for name in ("column", "code")]
        figures = [self.text(f"recount.{name}") for name in ("printed", "again")]
        rows = tuple(
            (
                self.text(f"recount.columns.{name}"),
                name,
                printed,
                found.recounted.get(name, ""),
                self.words(f"codes.answer.{'no' if name in found.differences else 'yes'}"),
            )
            for name, printed in found.printed.items()
            if name not in (*KEYS, "unit") and (printed or found.recounted.get(name))
        )
        columns = (
            *map(Column, headings),
            *(Column(label, RIGHT) for label in figures),
            Column(self.text("recount.same")),
        )
        return Table(self.text("recount.caption"), columns, rows, note=self.text("recount.note"))

    def households(self) -> Passage:
        """Each unit with every answer, and where it stopped: for internal use."""
        tables = units.tables(self.audit, self.labels, self.words)
        head = heading(self.text("units.heading", unit=self.unit), 2)
        of_households = self.audit.indicator.units == "households"
        warning = [paragraph(self.text("internal"), "warning")] if of_households else []
        return together(head, *warning, *tables)

    def step_words(self) -> Passage:
        """Why each step is there, and what to beware of."""
        names = dict.fromkeys(self.audit.steps["step"])
        columns = tuple(Column(self.text(f"words.{name}")) for name in ("step", "why", "caveat"))
        rows = tuple(
            (self.labels[name], self._say(name, "why"), self._say(name, "caveat")) for name in names
        )
        return self._section("words", Table(self.text("words.caption"), columns, rows))

    def as_text(self, *, households: bool) -> str:
        """Give the audit for a terminal, with the table of units if `households`.

        Long texts are left to the page: why each step is there, and the SQL of the recount.
        """
        sections = [
            self.title(),
            self.definition(),
            self._section("base", *self._base_says(self._base_steps())),
            self.steps(),
            self.arithmetic(),
            self.verdict(),
            self._recount(),
        ]
        if households:
            sections.append(self.households())
        text = "\n\n".join(str(section).strip() for section in sections)
        return _BLANK_LINES.sub("\n\n", text) + "\n"

    def _section(self, name: str, *items: Shown) -> Passage:
        shown = [item for item in items if item is not NOTHING]
        return together(heading(self.text(f"{name}.heading"), 2), *shown)

    def _say(self, step: str, what: str) -> str:
        return step_text(step, what, self.audit.plan, self.words)

    def _count_columns(self) -> tuple[Column, ...]:
        numbers = (Column(self.text(f"steps.{name}"), RIGHT) for name in _COUNTS)
        return (Column(self.text("steps.step")), *numbers)

    def _counts(self, step: Any) -> tuple[str, ...]:
        numbers = (self.words.number(getattr(step, name)) for name in _COUNTS)
        return (self.labels[step.step], *numbers)
