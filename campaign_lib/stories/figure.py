"""One figure taken apart in code: its rule as Python, its rows, a column per step, its counts, SQL.

It shows itself in a notebook; of an indicator of one's own, which no report tells of, it shows
the count and its steps.
"""

import inspect
from collections.abc import Iterator
from textwrap import dedent

import pandas as pd

from campaign_lib.analysis.audit import Audit
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL
from campaign_lib.indicators.steps import COUNTS, Question, columns_read
from campaign_lib.show.display import (
    Passage,
    Table,
    code,
    columns_of,
    heading,
    paragraph,
    together,
)
from campaign_lib.show.tables.labels import counted, indicator_label, question_labels, rows_of
from campaign_lib.store.query import run_query
from campaign_lib.stories.audit import AuditStory
from campaign_lib.stories.telling import place_name
from campaign_lib.words import Words, is_missing
from campaign_lib.words.progress import shown


def source_of(question: Question) -> str | None:
    """Give a step's Python source, a cell of a notebook's too; None where there is none to read."""
    try:
        return dedent(inspect.getsource(question)).rstrip()
    except (OSError, TypeError):
        return None


class Rule:
    """An indicator's rule: each step with its words, the columns that it reads, and its source.

    `str` of it is the whole text.
    """

    def __init__(self, found: Audit, words: Words) -> None:
        self._indicator, self._words = found.indicator, words
        rows = found.processed.units(found.indicator.units)
        labels = question_labels(found.indicator, found.plan, words)
        lines = [
            (
                *(part.name, position, one.__name__, labels[one.__name__]),
                *(columns_read(one, rows), source_of(one)),
            )
            for part in found.indicator.parts()
            for position, one in enumerate(part.questions, 1)
        ]
        names = ["part", "position", "step", "words", "columns", "source"]
        self._lines = pd.DataFrame(lines, columns=names)

    @property
    def data(self) -> pd.DataFrame:
        """A row per step: part, position, step, words, columns (a tuple), source (or missing)."""
        return self._lines.copy()

    def _shown(self) -> Passage:
        label = indicator_label(self._indicator.id, self._words)
        said = self._words("figure.source", id=self._indicator.id, source=self._indicator.source)
        return together(heading(label, 3), paragraph(said), *self._steps())

    def _steps(self) -> Iterator[Passage]:
        text = self._words.under("figure")
        for part, steps in self._lines.groupby("part", sort=False):
            yield heading(self._words(f"parts.{part}.label"), 4)
            for line in rows_of(steps):
                yield paragraph(f"{line.position}. {line.step}: {line.words}")
                yield paragraph(text("reads", columns=", ".join(line.columns)), "note")
                yield code(text("no_source") if is_missing(line.source) else line.source)

    def _repr_html_(self) -> str:
        return self._shown().html

    def __str__(self) -> str:
        return self._shown().text

    __repr__ = __str__


class Figure:
    """One figure of an indicator, the ten's or one's own: ``campaign.audit[INDICATOR, Q, PLACE]``.

    `line` is its line of results, `report` what the audit's page tells of one of the ten.
    """

    def __init__(self, found: Audit, words: Words) -> None:
        self._found, self._words = found, words

    def __dir__(self) -> list[str]:
        own = ["line", "rule", "rows", "steps", "sql", "trace"]
        return [*own, "report"] if self._found.indicator in ALL else own

    @property
    def line(self) -> "pd.Series":
        """The line of results: numerator, denominator, unknown (whole), percent, status, ..."""
        return self._found.line.copy()

    @property
    def report(self) -> AuditStory:
        """The sections of the audit's page.

        Raises:
            CampaignError: the indicator is one's own.
        """
        if self._found.indicator not in ALL:
            raise CampaignError("asked.own", name=self._found.indicator.id)
        if "recounted" not in vars(self._found):  # now, so that a bar can tell
            with shown() as tell:
                vars(self._found)["recounted"] = self._found.count_again(tell)
        return AuditStory(self._found, self._words)

    def rule(self) -> Rule:
        """Give each step with its words, the columns it reads and its Python source."""
        return Rule(self._found, self._words)

    def rows(self) -> pd.DataFrame:
        """Give the rows that the figure speaks of, a frame of one's own.

        Returns:
            A row per unit of the place and quarter that is asked the first step, by id: the
            panel's columns for households, else those of `table("activities_by_quarter")` and the
            like; incomes in thousand đồng per person per month, a missing cell is unknown.
        """
        return self._found.rows().copy()

    def trace(self) -> pd.DataFrame:
        """Give `rows` with a three-valued column per step, and what became of the row.

        Returns:
            The columns of `rows`, then one per step, named like it, True, False or missing
            (unknown), of every row; then `stopped_at`, the first step settled as no (missing is
            none), and `outcome`: counted, not_counted or unknown of the base, not_in_base,
            base_unknown. A drop has both once for each of its dates, and `escaped`. Where a step
            is called like a column of `rows`, the step's is here.

        Raises:
            CampaignError: the rows do not add up to the printed line.
        """
        return self._found.trace()

    def steps(self) -> pd.DataFrame:
        """Give the counts of each step: part, position, step, asked, yes, no, unknown."""
        return self._found.steps[["part", "position", "step", *COUNTS]].copy()

    def sql(self, query: str) -> pd.DataFrame:
        """Run an SQL query (DuckDB's) that reads and changes nothing.

        Args:
            query: one SELECT. It may name `trace`, `panel`, `results`, `steps`, every checked
                table (`households`, `survey`, ...) and every raw one (`raw.households`, ...: the
                file's own headings, each cell as text, after file, sheet and row).

        Raises:
            CampaignError: it is no SELECT, or names a table that is not there.
        """
        return run_query(self._found.processed, query, {"trace": self.trace()})

    def _repr_html_(self) -> str:
        return self._shown().html

    def __repr__(self) -> str:
        return self._shown().text

    def _shown(self) -> Passage:
        found, words = self._found, self._words
        if found.indicator in ALL:
            story = self.report
            return together(story.title(), story.steps(), story.arithmetic())
        labels = question_labels(found.indicator, found.plan, words)
        values = {
            "label": indicator_label(found.indicator.id, words),
            "place": place_name(found.processed, found.place, found.quarter, words),
            "quarter": words.quarter(found.quarter),
        }
        names = ("numerator", "denominator", "unknown")
        counts = {name: words.number(found.line[name]) for name in names}
        percent = words.percent(found.line["percent"])
        columns = columns_of(
            words.under("audit.steps"),
            COUNTS,
            part=lambda line: words(f"parts.{line.part}.label"),
            step=lambda line: labels[line.step],
            **counted(words, *COUNTS),
        )
        return together(
            heading(words("audit.title", **values), 3),
            paragraph(words("figure.count", **counts, percent=percent)),
            Table.of(found.steps, columns, words("audit.steps.caption")),
        )
