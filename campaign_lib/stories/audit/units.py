"""The tables of an audit that list every unit: its answers, and where it stopped."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from campaign_lib.analysis.audit import IDENTITY, PLAN, UNIT_KEY, Audit, day_of
from campaign_lib.codebook import Column as RawColumn
from campaign_lib.codebook import codebook
from campaign_lib.indicators.indicator import Drop
from campaign_lib.indicators.steps import COMMUNE, Part, Question, columns_read
from campaign_lib.intake.problem_list import told
from campaign_lib.show.display import (
    Cell,
    Column,
    Passage,
    Shown,
    Table,
    folded_away,
    listing,
    paragraph,
    together,
)
from campaign_lib.show.tables.labels import answer_label, rows_of
from campaign_lib.words import MISSING, Words, is_missing

# How a household's answers are shown beside the judgement of each step, and where they stand.

_BETWEEN = ";"


class Answers:
    """Writes what a step made of a unit, and in brackets what was read of it."""

    def __init__(self, found: Audit, labels: Mapping[str, str], words: Words) -> None:
        self.found, self.labels, self.words = found, labels, words
        self._key = IDENTITY[found.indicator.units][0]
        self._cells = found.cells_by_unit()
        parts = found.indicator.parts()
        self._questions = {one.__name__: one for part in parts for one in part.questions}
        self._read = {
            name: columns_read(question, found.rows()) for name, question in self._questions.items()
        }

    def text(self, name: str, **values: object) -> str:
        """Give the words of the tables of units."""
        return self.words(f"audit.units.{name}", **values)

    def legend(self, steps: Iterable[str]) -> Passage:
        """Say which columns of which files each step reads."""
        says = [self._stands(self._questions[step]) for step in dict.fromkeys(steps)]
        return together(paragraph(self.text("legend")), listing(says))

    def _stands(self, question: Question) -> str:
        """Name a step's columns, file by file."""
        by_file: dict[str, list[str]] = {}
        for table, code in self.found.raw_columns(question):
            named = code
            if table != PLAN:
                named = f"{code} ({_label(_column(table, code), self.words)})"
            by_file.setdefault(self.found.raw_file(table), []).append(named)
        files = (
            self.text("in_file", file=file, columns=", ".join(columns))
            for file, columns in by_file.items()
        )
        return self.text("reads", step=self.labels[question.__name__], files="; ".join(files))

    def cell(self, step: str, unit: Mapping[Any, Any]) -> str:
        """Write one judgement with what was read; `unit` is a row of `Audit.units`."""
        code = unit[step]
        if not is_missing(code) and code == "not_asked":
            return MISSING
        judged = self.words(f"codes.answer.{'unknown' if is_missing(code) else code}")
        cells = self._cells.get(unit[self._key], {})
        read = self._several(step, cells) or [
            said for column in self._read[step] if (said := self._said(column, cells, judged))
        ]
        return self.text("as_read", judged=judged, read=", ".join(read)) if read else judged

    def _several(self, step: str, cells: Mapping[Any, Any]) -> list[str]:
        """List which of several things a household has, and of which it is not known."""
        asked = {column.code: column for column in codebook().tables["survey"].questions}
        things = [asked[code] for code in self._read[step] if code in asked]
        if len(things) < 2:
            return []
        unknown = [_label(one, self.words) for one in things if is_missing(cells[one.code])]
        there = [_label(one, self.words) for one in things if cells[one.code] == "yes"]
        if len(unknown) == len(things):
            return []
        said = there or [self.text("none_of_them")]
        return [*said, self.text("not_known", things=", ".join(unknown))] if unknown else said

    def _said(self, column: str, cells: Mapping[Any, Any], judged: str) -> str:
        """Write what was read in one column; "" where the judgement says it all."""
        stem, day = day_of(column)
        if stem == "lives_here":
            told = ((name, cells[f"{name}_{day}"]) for name in ("left", "came"))
            return ", ".join(self.text(name, day=on) for name, on in told if not is_missing(on))
        if stem == "minority":
            ethnicity = cells[f"ethnicity_{day}"]
            return "" if is_missing(ethnicity) else str(ethnicity)
        if stem == "status":
            since = cells[f"since_{day}"]
            status = self._label("poverty_status", "status", cells[column])
            if is_missing(since):
                return "" if is_missing(cells[column]) else self.text("unlisted", status=status)
            return self.text("since", status=status, day=since)
        if column == "village_has_plan":
            return "" if is_missing(cells["issued_on"]) else self.words.date(cells["issued_on"])
        if column == "movements":
            return self._movements(cells["integrated_with"])
        if column == "owner":
            return self._label("models", "owner", cells[column])
        return self._answer(column, cells, judged) if column in cells else ""

    def _answer(self, code: str, cells: Mapping[Any, Any], judged: str) -> str:
        """Write an answer to the survey under its column's name; "" where the judgement says it."""
        value = cells[code]
        if is_missing(value):
            return ""
        answer = value if _column("survey", code).type == "number" else None
        label = self._label("survey", code, value) if answer is None else answer
        return "" if label == judged else self.text("answer", column=code, answer=label)

    def _movements(self, codes: Any) -> str:
        if is_missing(codes):
            return ""
        named = [code for code in str(codes).split(_BETWEEN) if code]
        return "; ".join(self._label("activities", "integrated_with", code) for code in named)

    def _label(self, table: str, column: str, code: Any) -> str:
        return answer_label(table, column, code, self.words)


def _column(table: str, code: str) -> RawColumn:
    return codebook().tables[table].column(code)


def _label(column: RawColumn, words: Words) -> str:
    return column.vi if words.language == "vi" else column.en


_OUTSIDE = ("not_in_base", "base_unknown")
#: Poverty reduction: who is of interest on a date, because counted, or because left out unknown.
_TELLING = ("counted", "no_status", "base_unknown")
#: What a unit is called stands behind its id, in one cell.
_NAMES = {"head_name": "household", "name": "model"}
_NUMBERS = ("area", "new_models")
_DATES = ("held_on", "started_on", "ended_on")


def tables(found: Audit, labels: Mapping[str, str], words: Words) -> list[Shown]:
    """List the units that matter most; the others folded away."""
    units = found.units()
    writer = _Writer(found, labels, words)
    parts = found.indicator.parts()
    if isinstance(found.indicator, Drop):
        dates, ends = parts[:2], ("baseline", "later")
        telling = units[[f"outcome_{end}" for end in ends]].isin(_TELLING).any(axis=1)
        # A list for each date: of both together the letters would be too small on paper.
        poor = [
            writer.table(
                f"poor_{end}", units[telling], _questions([date]), [f"outcome_{end}", *more]
            )
            for end, date, more in zip(ends, dates, ((), ("escaped",)), strict=True)
        ]
        outcomes = [f"{what}_{end}" for what in ("stopped_at", "outcome") for end in ends]
        says = [writer.legend(_questions(dates)), corrections(found, words)]
        others = writer.table("others", units[~telling], (), outcomes)
        return [*says, *poor, _under_its_caption(others)]
    outside = units["outcome"].isin(_OUTSIDE)
    among, counts = (_questions([part]) for part in parts)
    inside = writer.table(
        "in_base",
        _nearest_first(units[~outside], _questions(parts[1:])),
        counts,
        ["stopped_at", "outcome"],
    )
    left_out = units[outside]
    others = writer.table("outside", left_out, among, ["stopped_at", "outcome"])
    says = [writer.legend([*among, *counts]), corrections(found, words)]
    return [*says, inside, *([_under_its_caption(others)] if len(left_out) else ())]


def corrections(found: Audit, words: Words) -> Shown:
    """List what was corrected, on reading, in the rows behind these units."""
    lines = found.corrections()
    if lines.empty:
        return paragraph(words("audit.corrections.none"))
    names = ("row", "column", "value", "problem")
    return Table(
        words("audit.corrections.heading"),
        tuple(Column(words(f"audit.corrections.{name}")) for name in names),
        tuple(
            (f"{line.file}:{line.row}", line.column, line.value, told(line.message, words.language))
            for line in rows_of(lines)
        ),
    )


def _under_its_caption(table: Table) -> Passage:
    return folded_away(table.caption, table)


def _questions(parts: Iterable[Part]) -> list[str]:
    return [question.__name__ for part in parts for question in part.questions]


def _nearest_first(units: pd.DataFrame, questions: list[str]) -> pd.DataFrame:
    """Put those who lack least first, then the unknown, then those who count; else by id."""
    order = ("not_counted", "unknown", "counted")
    said_no = (units[questions] == "no").sum(axis=1)
    rank = units["outcome"].map({name: at for at, name in enumerate(order)}).astype(int)
    keys = units.assign(rank=rank, said_no=said_no)
    return units.loc[keys.sort_values(["rank", "said_no"], kind="stable").index]


class _Writer(Answers):
    """Writes units as rows of a table."""

    def __init__(self, found: Audit, labels: Mapping[str, str], words: Words) -> None:
        super().__init__(found, labels, words)
        self.unit = words(f"indicators.{found.indicator.id}.unit")
        self._sources, self._row_key = found.sources(), UNIT_KEY[found.indicator.units]
        tables = {table for one in self._questions.values() for table, _ in found.raw_columns(one)}
        self._asked_survey = "survey" in tables
        identity = [name for name in IDENTITY[found.indicator.units] if name not in _NAMES]
        # At one village its name says nothing; of an area it is half of the name.
        of_one = found.place != COMMUNE and found.indicator.units != "areas"
        self.identity = [name for name in identity if not (of_one and name == "village")]

    def table(
        self, name: str, units: pd.DataFrame, questions: Iterable[str], ends: list[str]
    ) -> Table:
        """Lay out units: who they are, their answers to `questions`, and what became of them.

        The rows of the raw files stand in front: who holds a form beside the page needs them, and
        the end of a wide table is out of sight.
        """
        questions, ends = list(questions), [end for end in ends if end in units]
        values = {"count": len(units), "unit": self.unit}
        named = self.words.placeholders(f"audit.units.{name}")
        columns = [
            *(self.text(f"columns.{column}") for column in self.identity),
            self.text("source"),
            *(self.labels[question] for question in questions),
            *(self.text(end) for end in ends),
        ]
        return Table(
            self.text(name, **{key: values[key] for key in named}),
            tuple(map(Column, columns)),
            tuple(self._row(unit, questions, ends) for unit in units.to_dict("records")),
            note=self.text("note"),
            empty=self.text("nobody", unit=self.unit),
        )

    def _row(
        self, unit: Mapping[Any, Any], questions: list[str], ends: list[str]
    ) -> tuple[Cell, ...]:
        return (
            *(self._identity(name, unit) for name in self.identity),
            self._source(unit),
            *(self.cell(question, unit) for question in questions),
            *(self._end(end, unit) for end in ends),
        )

    def _identity(self, name: str, unit: Mapping[Any, Any]) -> str:
        value = unit[name]
        if is_missing(value):
            return MISSING
        called = [unit[other] for other, of in _NAMES.items() if of == name]
        if called and not is_missing(called[0]):
            return f"{value} · {called[0]}"
        if name in _DATES:
            return self.words.date(value)
        if name in _NUMBERS:
            return self.words.number(value)
        return self.found.processed.villages[value] if name == "village" else str(value)

    def _end(self, end: str, unit: Mapping[Any, Any]) -> str:
        value = unit[end]
        if end.startswith("stopped_at"):
            return MISSING if is_missing(value) else self.labels[value]
        kind = {"outcome": "outcomes", "escaped": "escape"}.get(end, "on_date")
        return self.text(f"{kind}.{value}")

    def _source(self, unit: Mapping[Any, Any]) -> str:
        """Name every row of a raw file that was read of a unit, as a spreadsheet counts."""
        rows = self._sources.get(tuple(unit[name] for name in self._row_key), ())
        unasked = self._asked_survey and not any(row.table == "survey" for row in rows)
        by_file: dict[str, list[str]] = {}
        for row in rows:
            by_file.setdefault(row.where, []).append(str(row.row))
        told = (f"{file}:{', '.join(numbers)}" for file, numbers in by_file.items())
        return "; ".join([self.text("no_source")] * unasked + [*told])
