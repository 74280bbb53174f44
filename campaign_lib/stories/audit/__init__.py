"""The story of one audited figure: its meaning, its steps, its arithmetic, its recount, its units.

The notebook `audit_indicator` shows a method a cell; the terminal prints them one after the other.
"""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from operator import attrgetter

import pandas as pd

from campaign_lib.analysis.audit import Audit, Division, audit
from campaign_lib.base.figures import Figure
from campaign_lib.base.files import safe_name
from campaign_lib.base.percent import ALL_OF_THEM
from campaign_lib.indicators.indicator import Count, Drop, Indicator
from campaign_lib.indicators.results import KEYS
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.plan import Target
from campaign_lib.recount import people_sql, recount_sql
from campaign_lib.show.display import (
    NOTHING,
    Cell,
    Column,
    Passage,
    Shown,
    Table,
    boxed,
    code,
    columns_of,
    heading,
    paragraph,
    together,
)
from campaign_lib.show.tables.labels import (
    number_of,
    status_mark,
    step_labels,
    step_text,
)
from campaign_lib.show.tables.results import verdict_text
from campaign_lib.store.processed import Processed
from campaign_lib.stories.audit import reasons, units
from campaign_lib.stories.audit.reasons import fall_text, left_open, rounded
from campaign_lib.stories.telling import sections_of
from campaign_lib.stories.what_changed import revision_note
from campaign_lib.words import Words, is_missing
from campaign_lib.words.console import to_copy

# Two tables of facts: what an audited figure means, and how its verdict was reached.

Row = tuple[str, Cell, str]
_JUDGED = ("numerator", "target_count", "path_count", "shortfall")


def definition_table(found: Audit, labels: Mapping[str, str], words: Words) -> Table:
    """Say which section of the plan asks for what, who counts, and which days are meant."""

    def span(first: str) -> str:
        days = {"first": found.days[first], "last": found.days["last_day"]}
        return words("audit.definition.span", **days)

    facts = {"section": found.section, "target": _target_text(found, words)}
    facts["unit"] = words(f"indicators.{found.indicator.id}.unit")
    if not isinstance(found.indicator, Drop):
        counts = [labels[question.__name__] for question in found.indicator.counts]
        facts["counts"] = "; ".join(counts)
    facts |= {"quarter": span("first_day"), "year": span("year_first_day")}
    if found.indicator.units == "households":
        facts["baseline"] = words.date(found.days["baseline"])
    if isinstance(found.indicator, Drop):
        facts["later"] = words.date(found.days["later_date"])
    text = words.under("audit.definition")
    return Table.of(
        pd.DataFrame(facts.items(), columns=["name", "fact"]),
        columns_of(text, what=lambda row: text(row.name), **{"is": attrgetter("fact")}),
        text("caption"),
    )


def _target_text(found: Audit, words: Words) -> str:
    return target_text(found.indicator, found.target, found.formula, words)


def target_text(indicator: Indicator, target: Target | None, formula: str, words: Words) -> str:
    """Write what the plan asks for by the end of the year."""
    if target is None:
        return words("audit.definition.target_none")
    if isinstance(indicator, Count):
        unit = words(f"indicators.{indicator.id}.unit")
        if target.at_most is None:
            return words("audit.definition.target_count", least=target.at_least, unit=unit)
        counts = {"least": target.at_least, "most": target.at_most}
        return words("audit.definition.target_range", unit=unit, **counts)
    wanted = Fraction(target.at_least, 100)
    if isinstance(indicator, Drop):
        return words("audit.definition.target_points", points=fall_text(wanted, formula, words))
    form = "target_all" if target.at_least == ALL_OF_THEM else "target_percent"
    return words(f"audit.definition.{form}", percent=words.percent(wanted))


def short_of_target(found: Audit, words: Words) -> list[Passage]:
    """Say what the plan asks for, and how many are still missing."""
    if found.target is None:
        return []
    said = words("audit.answer.target", target=_target_text(found, words))
    shortfall = found.line["shortfall"]
    if is_missing(shortfall) or shortfall == 0 or found.told.untold:
        return [paragraph(said)]
    if isinstance(found.indicator, Drop):
        missing = words("audit.answer.missing_poor", shortfall=int(shortfall))
    else:
        missing = words(
            "audit.answer.missing",
            shortfall=int(shortfall),
            unit=words(f"indicators.{found.indicator.id}.unit"),
        )
    return [paragraph(f"{said} {missing}")]


def _wanted(found: Audit, words: Words) -> str:
    """Write the target as a percentage, or as points where the plan means points."""
    value = None if found.target is None else Fraction(found.target.at_least, 100)
    if isinstance(found.indicator, Drop):
        return fall_text(value, found.formula, words)
    return words.percent(value)


def verdict(found: Audit, words: Words) -> list[Shown]:
    """Show target count, path, shortfall and status, and how each was worked out."""
    text = words.under("audit.verdict")
    rows = [(text(name), value, how) for name, value, how in _verdict_rows(found, words)]
    table = Table.of(
        pd.DataFrame(rows, columns=["what", "value", "how"]),
        columns_of(
            text,
            ("value",),
            what=attrgetter("what"),
            value=attrgetter("value"),
            how=attrgetter("how"),
        ),
        text("caption"),
    )
    if found.plan is None:
        return [paragraph(text("no_plan"), "note"), table]
    if found.told.untold:
        return [paragraph(text("untold"), "warning"), table]
    if found.told.status != found.line["status"]:
        return [paragraph(text("nothing_asked"), "note"), table]
    if isinstance(found.indicator, Drop) and found.place != COMMUNE:
        return [paragraph(text("villages_not_judged"), "note"), table]
    return [table]


def _verdict_rows(found: Audit, words: Words) -> Iterator[Row]:
    """Give the figure that is judged, what it is judged by, and the verdict."""
    line, text = found.line, words.under("audit.verdict")
    downwards = isinstance(found.indicator, Drop)
    number = {name: words.number(line[name]) for name in _JUDGED}
    yield "poor" if downwards else "numerator", number["numerator"], text("from_steps")
    if downwards:
        yield "fall", fall_text(line["percent"], found.formula, words), text("from_formula")
    if not is_missing(line["target_count"]):
        name = "most_poor" if downwards else "target_count"
        yield name, number["target_count"], _how_target(found, words)
        if not is_missing(line["path_count"]):
            name = "path_poor" if downwards else "path_count"
            yield name, number["path_count"], _how_path(found, words)
    if not is_missing(line["shortfall"]):
        how = "shortfall_poor_how" if downwards else "shortfall_how"
        how = how if line["shortfall"] > 0 else "shortfall_none"
        yield "shortfall", number["shortfall"], text(how)
    status = str(line["status"] if found.told.untold else found.told.status)
    yield "status", status_mark(status, words), words(f"codes.status.{status}.meaning")
    if status not in ("no_target", "unmeasured"):
        unknown = left_open(found)
        known = "all_known_of_base" if found.left_out else "all_known"
        how = text(known) if unknown is None else verdict_text(line, unknown, words)
        hangs = unknown is not None and unknown.hangs
        yield "certain", text("certain_no" if hangs else "certain_yes"), how


def _how_target(found: Audit, words: Words) -> str:
    """Say how the target count follows from the target."""
    target = found.target
    assert target is not None  # there is a target count
    wanted, base = _wanted(found, words), found.line["denominator"]
    unit = words(f"indicators.{found.indicator.id}.unit")
    if isinstance(found.indicator, Drop):
        return words("audit.verdict.most_poor_how", target=wanted, base=int(base))
    if isinstance(found.indicator, Count):
        if target.at_most is None:
            return words("audit.verdict.counted")
        return words("audit.verdict.at_most", most=target.at_most)
    if target.at_least == ALL_OF_THEM:
        return words("audit.verdict.all", target=wanted, unit=unit)
    if found.place != COMMUNE:
        return _how_shared(found, words)
    return _how_least(found, wanted, unit, words)


def _how_least(found: Audit, wanted: str, unit: str, words: Words) -> str:
    """Prove the commune's target count: it prints as enough, and one less does not."""
    count, base = int(found.line["target_count"]), int(found.line["denominator"])
    if count == 0:
        return words("audit.verdict.least_none", target=wanted, unit=unit)
    return words(
        "audit.verdict.least",
        target=wanted,
        count=count,
        base=base,
        percent=rounded(Division(count, base), words),
        less=count - 1,
        less_percent=rounded(Division(count - 1, base), words),
    )


def _how_shared(found: Audit, words: Words) -> str:
    if found.allocation_is_fixed():
        return words("audit.verdict.fixed")
    commune = found.of_commune
    count, everyone = int(commune["target_count"]), int(commune["denominator"])
    base = int(found.line["denominator"])
    return words(
        "audit.verdict.shared",
        count=count,
        base=base,
        all=everyone,
        exact=words.number(Fraction(count * base, everyone), 2),
    )


def _how_path(found: Audit, words: Words) -> str:
    due = found.due
    assert due is not None  # a path count needs a plan
    share = words.percent(due * 100, 0)
    if isinstance(found.indicator, Drop):
        return words("audit.verdict.path_poor_how", share=share, target=_wanted(found, words))
    count = int(found.line["target_count"])
    exact = due * count
    if exact.denominator == 1:
        return words("audit.verdict.path_whole", share=share, count=count)
    return words("audit.verdict.path_how", share=share, count=count, exact=exact)


_BLANK_LINES = re.compile(r"\n{3,}")
_COUNTS = ("asked", "yes", "no", "unknown")


def audit_story(
    processed: Processed, indicator: str, quarter: str, place: str, language: str = "vi"
) -> "AuditStory":
    """Audit a figure of what was built.

    Raises:
        CampaignError: an unknown indicator, place, quarter or language, or an
            indicator without a figure for villages.
    """
    return AuditStory(audit(processed, indicator, quarter, place), Words(language))


class AuditStory:
    """What is told of one figure, a method per section."""

    def __init__(self, found: Audit, words: Words) -> None:
        self.audit, self.words = found, words
        self.unit = words(f"indicators.{found.indicator.id}.unit")

    def __dir__(self) -> list[str]:
        return sections_of(self)

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
        return self.text(
            "title",
            label=self.words(f"indicators.{self.audit.indicator.id}.label"),
            place=self.place,
            quarter=self.words.quarter(self.audit.quarter),
        )

    def title(self) -> Passage:
        """The figure, the verdict, and whether the recount agrees: the bottom line."""
        return together(
            paragraph(self.words("masthead.made_up"), "made-up")
            if self.audit.processed.is_made_up(self.audit.quarter)
            else NOTHING,
            heading(self.heading, 1),
            boxed(
                together(
                    *reasons.answer(self.audit, self.words),
                    *short_of_target(self.audit, self.words),
                    self._recount_says(),
                ),
                "bottom-line",
            ),
            self.revision(),
        )

    def revision(self) -> Passage:
        """What was sent upward of this figure, if the quarter is locked and it has changed."""
        found = self.audit
        asked = {"quarter": [found.quarter], "indicator": [found.indicator.id]}
        return revision_note(found.processed.rows("revisions", asked), found.place, {}, self.words)

    def _repr_html_(self) -> str:
        """A notebook shows an audit by its answer, its steps and its arithmetic."""
        return together(self.title(), self.steps(), self.arithmetic()).html

    def definition(self) -> Passage:
        """What is measured, where the plan asks for it, and the exact days."""
        return self._section(
            "definition",
            paragraph(self.words(f"indicators.{self.audit.indicator.id}.definition")),
            definition_table(self.audit, self.labels, self.words),
        )

    def base(self) -> Passage:
        """Who is in the base, and at which step the others are not."""
        own = self._base_steps()
        why = Column(self.text("base.why"), cell=lambda step: self._say(step.step, "why"))
        columns = [*self._count_columns(), why]
        return self._section(
            "base",
            *self._base_says(own),
            Table.of(own, columns, self.text("base.caption", unit=self.unit)),
        )

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
                day = self.audit.days[reasons.DAY_OF[str(part)]]
                said.append(
                    self.text(
                        "base.on_date", part=self.words(f"parts.{part}.label"), day=day, **counts
                    )
                )
        return [paragraph(sentence) for sentence in said]

    def steps(self) -> Passage:
        """Every step of every part: asked, yes, no, unknown."""
        part = Column(
            self.text("steps.part"), cell=lambda step: self.words(f"parts.{step.part}.label")
        )
        columns = [part, *self._count_columns()]
        return self._section(
            "steps",
            paragraph(self.text("steps.says", unit=self.unit)),
            Table.of(self.audit.steps, columns, self.text("steps.caption")),
        )

    def arithmetic(self) -> Passage:
        """The division and its rounding; for poverty reduction by all three formulas."""
        return self._section("arithmetic", *reasons.arithmetic(self.audit, self.words))

    def verdict(self) -> Passage:
        """The target, how its count was worked out, and what is still missing."""
        return self._section("verdict", *verdict(self.audit, self.words))

    def recount(self) -> Passage:
        """The printed line beside the line that was counted again, and the SQL that did it."""
        return together(
            self._recount(),
            code(recount_sql(self.audit.indicator.id), self.text("recount.sql")),
            code(people_sql(), self.text("recount.people_sql")),
        )

    def _recount(self) -> Passage:
        return self._section(
            "recount",
            paragraph(self.text("recount.says")),
            self._recount_says(),
            self._recount_table(),
        )

    def _recount_says(self) -> Passage:
        if self.audit.agrees:
            return paragraph(self.text("recount.agrees", columns=len(self.audit.printed)))
        return paragraph(
            self.text("recount.differs", columns=self.words.listed(self.audit.differences)),
            "warning",
        )

    def _recount_table(self) -> Table:
        """Set both lines side by side; columns that are empty in both are left out."""
        found = self.audit
        text = self.words.under("audit.recount")
        rows = [
            (name, printed, found.recounted.get(name, ""), name not in found.differences)
            for name, printed in found.printed.items()
            if name not in (*KEYS, "unit") and (printed or found.recounted.get(name))
        ]
        return Table.of(
            pd.DataFrame(rows, columns=["column", "printed", "again", "same"]),
            columns_of(
                text,
                ("printed", "again"),
                column=lambda row: text(f"columns.{row.column}"),
                code=attrgetter("column"),
                printed=attrgetter("printed"),
                again=attrgetter("again"),
                same=lambda row: self.words(f"codes.answer.{'yes' if row.same else 'no'}"),
            ),
            text("caption"),
            note=text("note"),
        )

    def households(self) -> Passage:
        """Each unit with every answer, and where it stopped: for internal use."""
        of_households = self.audit.indicator.units == "households"
        warning = [paragraph(self.text("internal"), "warning")] if of_households else []
        return together(
            heading(self.text("units.heading", unit=self.unit), 2),
            *warning,
            *units.tables(self.audit, self.labels, self.words),
            self.take_away(),
        )

    def take_away(self) -> Passage:
        """The command that packs this figure for somebody who has nothing of ours."""
        found = self.audit
        figure = Figure(found.quarter, found.place, found.indicator.id)
        commune = found.processed.commune
        own = ("--commune", commune) if commune else ()
        file = f"{safe_name('-'.join(figure))}.zip"
        command = to_copy("campaign", "evidence", str(figure), "--to", file, *own)
        return together(paragraph(self.text("take_away")), code(command))

    def step_words(self) -> Passage:
        """Why each step is there, and what to beware of."""
        return self._section(
            "words",
            Table.of(
                self.audit.steps[["step"]].drop_duplicates(),
                columns_of(
                    self.words.under("audit.words"),
                    step=lambda row: self.labels[row.step],
                    why=lambda row: self._say(row.step, "why"),
                    caveat=lambda row: self._say(row.step, "caveat"),
                ),
                self.text("words.caption"),
            ),
        )

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
            *([self.households()] if households else ()),
        ]
        text = "\n\n".join(str(section).strip() for section in sections)
        return _BLANK_LINES.sub("\n\n", text) + "\n"

    def _section(self, name: str, *items: Shown) -> Passage:
        shown = [item for item in items if item is not NOTHING]
        return together(heading(self.text(f"{name}.heading"), 2), *shown)

    def _say(self, step: str, what: str) -> str:
        return step_text(step, what, self.audit.plan, self.words)

    def _count_columns(self) -> tuple[Column, ...]:
        return columns_of(
            self.words.under("audit.steps"),
            _COUNTS,
            step=lambda step: self.labels[step.step],
            **{name: number_of(name, self.words) for name in _COUNTS},
        )
