"""Every raw table, column and answer as data, loaded from `codebook.toml`.

Forms, checks and the data dictionary all come from here. The tables and columns are those of the
data contract, section 2; the ethnic groups stand in `ethnic_groups.toml`. In come those two files;
out go tables, columns and answers, and the kinds of problem that a list of problems may hold.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from campaign_lib.words import texts

#: What a column can hold, with the words of the data dictionary.
TYPES: Mapping[str, tuple[str, str]] = {
    "aliases": ("các tên, cách nhau bằng dấu ;", "names with ; between"),
    "choice": ("một lựa chọn", "one choice"),
    "choices": ("các lựa chọn, cách nhau bằng dấu ;", "choices with ; between"),
    "commune": ("xã: mã, tên hoặc mã đơn vị hành chính", "a commune: key, name or official code"),
    "communes": (
        "xã: mã, tên hoặc mã đơn vị hành chính; nhiều xã nối tiếp nhau thì cách bằng dấu ;",
        "a commune: key, name or official code; with ; between, one after the other in time",
    ),
    "date": ("ngày", "date"),
    "ethnicity": ("dân tộc (tên, không dùng mã số)", "ethnic group (a name, never a number)"),
    "found": ("câu trả lời cho câu hỏi cùng dòng", "an answer to the question of the row"),
    "household": ("mã hộ đã có trong bảng hộ", "a household of the register"),
    "id": ("mã, mỗi đối tượng một mã", "an id of its own"),
    "number": ("số", "number"),
    "quarter": ("quý, ví dụ 2024Q3", "quarter, such as 2024Q3"),
    "question": ("mã hoặc tên câu hỏi khảo sát", "a question of the survey"),
    "task": ("mã nhiệm vụ trong kế hoạch, hoặc phát sinh", "a task of the plan, or an extra one"),
    "text": ("chữ", "text"),
    "village": ("mã, tên hoặc tên gọi khác của thôn", "a village: code, name or other name"),
    "whole": ("số nguyên", "whole number"),
    "year": ("năm", "year"),
    "yes_no": ("có hoặc không", "yes or no"),
}
#: The group that is no minority.
MAJORITY = "kinh"
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Answer:
    """One allowed answer: its code, its labels, and other spellings that mean the same."""

    code: str
    vi: str
    en: str
    also: tuple[str, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        """The code, both labels and the other spellings."""
        return (self.code, self.vi, self.en, *self.also)


@dataclass(frozen=True)
class Column:
    """One column of a raw table.

    `type` is a key of `TYPES`. A required column must be there and is never empty. A number
    outside `min` to `max` is absurd, as is one below `least` that is not 0. `ask_vi` and `ask_en`
    are the sentences of a survey question, empty for any other column, and `group` the key of the
    group that its answers are shown in;
    `only_if` is the question that must be a yes for it to be asked ("" if it always is), `since`
    and `until` the first and the last quarter that ask it ("" if there is none).
    `otherwise` is the answer that text counts as which is none of them ("": it is unreadable).
    `unreadable_is_unknown`: an unreadable cell of this required column leaves the row in place.
    `also` are other headings of it that offices use. `about_vi` and `about_en` say what its label
    leaves open, and `example` is what a made-up row might have there.
    """

    code: str
    type: str
    vi: str
    en: str
    required: bool = False
    answers: tuple[Answer, ...] = ()
    min: int | None = None
    max: int | None = None
    least: int | None = None
    unit_vi: str = ""
    unit_en: str = ""
    ask_vi: str = ""
    ask_en: str = ""
    only_if: str = ""
    group: str = ""
    since: str = ""
    until: str = ""
    otherwise: str = ""
    unreadable_is_unknown: bool = False
    also: tuple[str, ...] = ()
    about_vi: str = ""
    about_en: str = ""
    example: str | float | date = ""

    @property
    def headings(self) -> tuple[str, ...]:
        """What the column may be called in a file: an export of a form may have its question."""
        asked = filter(None, (self.ask_vi, self.ask_en))
        return (self.code, self.vi, self.en, *asked, *self.also)

    @property
    def is_question(self) -> bool:
        """Whether the column is an answer to a question of the survey."""
        return bool(self.ask_vi)

    def is_in(self, quarter: str) -> bool:
        """Whether the form of a quarter, such as 2024Q3, has the column."""
        return self.since <= quarter and (not self.until or quarter <= self.until)


@dataclass(frozen=True)
class Table:
    """One raw table: labels, the columns that make a row unique, and all columns in order.

    `one_of` are columns of which every row has at least one; `row_vi` and `row_en` say what a row
    is.
    """

    name: str
    vi: str
    en: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    required: bool = False
    one_of: tuple[str, ...] = ()
    row_vi: str = ""
    row_en: str = ""

    def column(self, code: str) -> Column:
        """Give the column with this code (KeyError when there is none)."""
        return {column.code: column for column in self.columns}[code]

    @property
    def questions(self) -> tuple[Column, ...]:
        """The survey's questions; empty for any other table."""
        return tuple(column for column in self.columns if column.is_question)

    def questions_in(self, quarter: str) -> tuple[Column, ...]:
        """The questions that the form of a quarter has."""
        return tuple(column for column in self.questions if column.is_in(quarter))


@dataclass(frozen=True)
class EthnicGroup:
    """An official ethnic group: code, official name, other names and spellings."""

    code: str
    name: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Codebook:
    """All raw tables by name, and what holds for every one of them.

    `unknown` are the words that mean *not known* in any column; `totals`, `notes` and `places` are
    how rows begin that stand beside a table's own, and `numbers` head columns that only number the
    rows. `whole_commune` are words for all villages. Dates outside `first_day` to
    `last_day` are slips. `form_columns` are what the survey's form has beside the survey's own
    columns. A survey heading that is one of `export_names`, or starts with one of `export_starts`,
    was added by the form, or by the program that the survey was taken with. `groups` are those that
    answers are shown in, by key: labels in Vietnamese and English; `lists` are what offices' lists
    have in headings and cells, by key. `review_columns` are the columns of an export in which
    reviewers say of a form whether it is `approved` or `rejected`.
    `inspection_form` is the table `inspections` as it is filled in: a column for each question.
    """

    tables: Mapping[str, Table]
    inspection_form: Table
    ethnic_groups: tuple[EthnicGroup, ...]
    unknown: frozenset[str]
    totals: tuple[str, ...]
    notes: tuple[str, ...]
    places: tuple[str, ...]
    numbers: frozenset[str]
    whole_commune: frozenset[str]
    first_day: date
    last_day: date
    form_columns: tuple[Column, ...]
    export_names: frozenset[str]
    export_starts: tuple[str, ...]
    lists: Mapping[str, tuple[str, ...]]
    review_columns: tuple[str, ...]
    approved: frozenset[str]
    rejected: frozenset[str]
    groups: Mapping[str, tuple[str, str]]


def tidy(text: str) -> str:
    """Put text in Unicode NFC, its white space (no-break spaces too) trimmed and collapsed."""
    composed = text if text.isascii() else unicodedata.normalize("NFC", text)
    return " ".join(composed.split())


def folded(text: str) -> str:
    """Give text as it is compared: tidy, and without case.

    Eth (U+00D0, U+00F0) looks like the Vietnamese letter đ and was often typed for it.
    """
    small = tidy(text).casefold()
    if small.isascii():
        return small
    return unicodedata.normalize("NFC", small).replace("\u00f0", "đ")


#: What stands before the name of a people, between two names of it, and within one.
_CALLED = re.compile(r"^(?:(?:đồng bào|dân tộc|người|dt)[.:]? )+")
_TWO_NAMES = re.compile(r"[()/,;]| [-\u2013\u2014] ")
_WITHIN_NAME = re.compile(r"[\s'\u2018\u2019\u02bc`\u00b4\u2010-\u2015\u2212-]+")


def ethnic_group(text: str) -> str | None:
    """Give the group that a name stands for, or several of which each stands for the same."""
    groups = _groups_by_name()
    whole = folded(text)
    if (group := groups.get(_name_of_people(whole))) is not None:
        return group
    names = filter(None, map(_name_of_people, _TWO_NAMES.split(whole)))
    found = {groups.get(name) for name in names}
    return found.pop() if len(found) == 1 else None


def _name_of_people(text: str) -> str:
    """Give a folded name as names of peoples are compared: by its letters alone."""
    return _WITHIN_NAME.sub("", _CALLED.sub("", text.strip()))


@cache
def _groups_by_name() -> dict[str, str]:
    groups = codebook().ethnic_groups
    names = ((name, group.code) for group in groups for name in (group.name, *group.also))
    return {_name_of_people(folded(name)): code for name, code in names}


@cache
def codebook() -> Codebook:
    """Load the codebook; it is read once."""
    content = tomllib.loads((_FOLDER / "codebook.toml").read_text(encoding="utf-8"))
    groups = tomllib.loads((_FOLDER / "ethnic_groups.toml").read_text(encoding="utf-8"))
    answers = {
        name: tuple(_answer(code, fields) for code, fields in codes.items())
        for name, codes in content["answers"].items()
    }
    answers["indicator"], answers["step"] = map(tuple, _indicators_and_steps())
    export = content["survey_export"]
    added = tuple(_column(code, about, answers) for code, about in content["survey_form"].items())
    tables = {name: _table(name, fields, answers) for name, fields in content["tables"].items()}
    for question in (one for table in tables.values() for one in table.questions):
        if question.group not in content["groups"]:
            raise ValueError(f"codebook.toml: the question {question.code} is of no known group")
    names = [*export["names"].split(), *(text for column in added for text in column.headings)]
    return Codebook(
        tables=tables,
        inspection_form=_inspection_form(tables),
        ethnic_groups=tuple(
            EthnicGroup(code, names[0], tuple(names[1:])) for code, names in groups.items()
        ),
        unknown=frozenset(map(folded, content["unknown"])),
        totals=tuple(map(folded, content["beside_the_table"]["totals"])),
        notes=tuple(map(folded, content["beside_the_table"]["notes"])),
        places=tuple(map(folded, content["beside_the_table"]["places"])),
        numbers=frozenset(map(folded, content["beside_the_table"]["numbers"])),
        whole_commune=frozenset(map(folded, content["whole_commune"])),
        first_day=content["dates"]["min"],
        last_day=content["dates"]["max"],
        form_columns=added,
        export_names=frozenset(map(folded, names)),
        export_starts=tuple(map(folded, export["starts"])),
        lists={key: tuple(map(folded, texts)) for key, texts in content["office_lists"].items()},
        review_columns=tuple(export["reviews"]["names"]),
        approved=frozenset(map(folded, export["reviews"]["approved"])),
        rejected=frozenset(map(folded, export["reviews"]["rejected"])),
        groups={key: (group["vi"], group["en"]) for key, group in content["groups"].items()},
    )


@cache
def frames() -> dict[str, Any]:
    """Load what the columns of frames and of written files mean; it is read once."""
    return tomllib.loads((_FOLDER / "frames.toml").read_text(encoding="utf-8"))


def _inspection_form(tables: Mapping[str, Table]) -> Table:
    """Lay the table of visits out as their form is: household, day, inspector, the questions."""
    survey, visits = tables["survey"], tables["inspections"]
    own = (visits.column(code) for code in ("household", "inspected_on", "inspector"))
    columns = (*own, *survey.questions)
    return Table("inspection_form", visits.vi, visits.en, ("household",), columns)


def _indicators_and_steps() -> tuple[list[Answer], list[Answer]]:
    """Give both as their words name them: a label copied from a report is understood.

    A step's threshold is the plan's, so that its label has … in its place.
    """
    found: tuple[list[Answer], list[Answer]] = ([], [])
    for key, text in texts().items():
        match key.split("."):
            case ["indicators", code, "label"]:
                found[0].append(_answer(code, text.by_language))
            case ["indicators", "steps", code, "label"]:
                said = {name: re.sub(r"{\w+}", "…", one) for name, one in text.by_language.items()}
                found[1].append(_answer(code, said))
    return found


def _answer(code: str, fields: Mapping[str, Any]) -> Answer:
    return Answer(code, fields["vi"], fields["en"], tuple(fields.get("also", ())))


def _table(
    name: str, fields: Mapping[str, Any], answers: Mapping[str, tuple[Answer, ...]]
) -> Table:
    columns = tuple(_column(code, about, answers) for code, about in fields["columns"].items())
    about = {**fields, "columns": columns}
    lists = {key: tuple(fields.get(key, ())) for key in ("key", "one_of")}
    return Table(name=name, **{**about, **lists})


def _column(
    code: str, fields: Mapping[str, Any], answers: Mapping[str, tuple[Answer, ...]]
) -> Column:
    about = dict(fields)
    named = about.pop("answers", "yes_no" if about["type"] == "yes_no" else None)
    if about["type"] not in TYPES:
        raise ValueError(f"codebook.toml: {code} has the type {about['type']}, which is not known")
    also = tuple(about.pop("also", ()))
    return Column(code=code, answers=answers[named] if named else (), also=also, **about)
