"""How a household's answers are shown beside the judgement of each step, and where they stand."""

from collections.abc import Iterable, Mapping
from typing import Any

from campaign_lib.analysis.audit import IDENTITY, PLAN, Audit, day_of
from campaign_lib.codebook import Column, codebook
from campaign_lib.indicators.steps import Question, columns_read
from campaign_lib.show.display import Passage, listing, paragraph, together
from campaign_lib.show.tables.labels import answer_label
from campaign_lib.words import MISSING, Words, is_missing

_BETWEEN = ";"


class Answers:
    """Writes what a step made of a unit, and in brackets what was read of it."""

    def __init__(self, found: Audit, labels: Mapping[str, str], words: Words) -> None:
        self.found, self.labels, self.words = found, labels, words
        self._key = IDENTITY[found.indicator.units][0]
        self._rows = found.processed.units(found.indicator.units)
        self._cells: Mapping[Any, Mapping[Any, Any]] = found.cells().to_dict("index")
        parts = found.indicator.parts()
        self._questions = {one.__name__: one for part in parts for one in part.questions}
        self._read = {
            name: columns_read(question, self._rows) for name, question in self._questions.items()
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
            return _or_nothing(cells[f"ethnicity_{day}"])
        if stem == "status":
            since = cells[f"since_{day}"]
            status = self._label("poverty_status", "status", cells[column])
            return "" if is_missing(since) else self.text("since", status=status, day=since)
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


def _column(table: str, code: str) -> Column:
    return codebook().tables[table].column(code)


def _label(column: Column, words: Words) -> str:
    return column.vi if words.language == "vi" else column.en


def _or_nothing(value: Any) -> str:
    return "" if is_missing(value) else str(value)
