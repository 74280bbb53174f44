"""The same questionnaire for a telephone: an XLSForm for KoboToolbox and ODK, and its households.

Questions have the codebook's codes as names, so that an export is read as it comes. Each group of
questions is a page, one screen on a telephone and in a browser. Nothing is used that one of the two
programs lacks: no notes, no answers that are looked up on the way.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path

import pandas as pd
from openpyxl import Workbook

from campaign_lib.base.files import write_csv, write_whole
from campaign_lib.codebook import Column, codebook
from campaign_lib.office.forms.cells import (
    NUMBERS,
    allowed,
    ask,
    both,
    days_of,
    marks,
    unit,
    write_text,
)
from campaign_lib.office.forms.questionnaire import HOUSEHOLDS, Questionnaire
from campaign_lib.words import Words

#: How the form names its languages, Vietnamese first: it opens in that.
LANGUAGES: Mapping[str, str] = {"vi": "Tiếng Việt (vi)", "en": "English (en)"}
VILLAGE = "village"
#: What an answer of each type of the codebook is to the form; any other is a line of text.
#: A number has no decimals here: a dot or a comma on a telephone is a slip, as its hint says.
_KINDS = {"date": "date", **dict.fromkeys(("number", "whole", "year"), "integer")}
_TRANSLATED = ("label", "hint", "constraint_message", "required_message")
_PLAIN = ("required", "relevant", "constraint", "choice_filter", "appearance", "default")
_SURVEY = (
    "type",
    "name",
    *(f"{name}::{language}" for name in _TRANSLATED for language in LANGUAGES.values()),
    *_PLAIN,
)
_CHOICES = ("list_name", "name", *(f"label::{language}" for language in LANGUAGES.values()))
_SETTINGS = ("form_title", "form_id", "version", "default_language", "instance_name", "style")
#: Before the name of each page, so that none is called like a question.
_PAGE = "page_"

Row = dict[str, str]
Say = Callable[[Words], str]


def write_xlsform(path: Path, asked: Questionnaire) -> None:
    """Write the form, and the list of households beside it.

    Raises:
        CampaignError: a file cannot be written.
    """
    survey, choices = list(_survey(asked)), list(_choices(asked))
    sheets = {
        "survey": (_SURVEY, survey),
        "choices": (_CHOICES, choices),
        "settings": (_SETTINGS, [_settings(asked, survey, choices)]),
    }
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, (columns, rows) in sheets.items():
        sheet = book.create_sheet(title)
        for y, cells in enumerate((dict(zip(columns, columns, strict=True)), *rows), start=1):
            for x, column in enumerate(columns, start=1):
                write_text(sheet, y, x, cells.get(column, ""))
        sheet.freeze_panes = "A2"
    book.properties.keywords = "; ".join(marks(asked))
    write_whole(path, book.save)
    write_csv(path.parent / HOUSEHOLDS, households(asked))


def with_spaces(asked: Questionnaire) -> list[str]:
    """List the codes of villages and households that a telephone takes apart at their spaces.

    An XForm separates the chosen names of a list by spaces, so that none may have one inside.
    """
    codes = (
        code for one in asked.villages for code in (one.code, *(h.household for h in one.homes))
    )
    return [code for code in codes if len(code.split()) > 1]


def households(asked: Questionnaire) -> pd.DataFrame:
    """Give the households to choose from: name (the id), label (id and head), village."""
    listed = [
        (home.household, " – ".join(filter(None, (home.household, home.head_name))), village.code)
        for village in asked.villages
        for home in village.homes
    ]
    return pd.DataFrame(listed, columns=["name", "label", VILLAGE], dtype="str")


def _survey(asked: Questionnaire) -> Iterator[Row]:
    """Ask on a page for village, household and day, which cannot be left out, then page by page."""
    yield from ({"type": name, "name": name} for name in ("start", "end"))
    names: Counter[str] = Counter()
    for group, columns in groupby(asked.asked, lambda column: column.group):
        names[group] += 1
        first = not names.total() - 1
        name = f"{_PAGE}{group or 'visit'}" + (f"_{names[group]}" if names[group] > 1 else "")
        label = _in_both("label", partial(_page_label, group))
        yield {"type": "begin_group", "name": name, **label, "appearance": "field-list"}
        yield from _whom(asked) if first else ()
        yield from _page(list(columns), asked)
        yield {"type": "end_group"}


def _page_label(group: str, words: Words) -> str:
    """Head a page: a group of questions also says what is done where the answer is not known."""
    if not group:
        return words("form.phone.visit")
    return words("form.phone.page", group=codebook().groups[group][words.language == "en"])


def _whom(asked: Questionnaire) -> Iterator[Row]:
    """Ask for the village, and for one of its households."""
    village = next(column for column in codebook().form_columns if column.code == VILLAGE)
    yield _question(f"select_one {VILLAGE}", village, asked, required=True)
    key = _question(f"select_one_from_file {HOUSEHOLDS}", asked.key, asked, required=True)
    yield key | {"choice_filter": f"{VILLAGE} = ${{{VILLAGE}}}", "appearance": "autocomplete"}


def _page(columns: Sequence[Column], asked: Questionnaire) -> Iterator[Row]:
    """Ask the questions of a page; the day of the visit is today unless somebody says otherwise."""
    for column in columns:
        row = _question(_kind(column), column, asked, required=column.required)
        first = column.is_question and column is columns[0]
        row |= _in_both("hint", partial(_hint, column, first))
        today = column.type == "date" and column.required
        yield row | _limits(column, asked) | ({"default": "today()"} if today else {})


def _question(kind: str, column: Column, asked: Questionnaire, *, required: bool) -> Row:
    row = {"type": kind, "name": column.code, **_in_both("label", lambda words: ask(column, words))}
    if column.only_if:
        row["relevant"] = f"${{{column.only_if}}} = 'yes'"
    if required:
        row["required"] = "yes"
        row |= _in_both("required_message", lambda words: words("form.phone.required"))
    return row


def _in_both(name: str, say: Say) -> Row:
    """Say something in each language's column; nothing is said where it is empty."""
    said = {f"{name}::{shown}": say(Words(code)) for code, shown in LANGUAGES.items()}
    return {column: text for column, text in said.items() if text}


def _hint(column: Column, first: bool, words: Words) -> str:
    """Say the unit of a number, and at the first question of a page what no answer means."""
    if column.type in NUMBERS and unit(column, words):
        return words("form.phone.number", unit=unit(column, words))
    return words("form.phone.unknown") if first else ""


def _limits(column: Column, asked: Questionnaire) -> Row:
    """Bound a number or a day; no day that is still to come."""
    if column.type == "date":
        first, last = days_of(column, asked)
        bounds = [f". >= date('{first}')", f". <= date('{last}')", ". <= today()"]
    elif column.type in NUMBERS:
        pairs = ((">=", column.min), ("<=", column.max))
        bounds = [f". {sign} {number}" for sign, number in pairs if number is not None]
        if column.least is not None:
            bounds.append(f"(. = 0 or . >= {column.least})")
    else:
        return {}
    if not bounds:
        return {}
    message = _in_both(
        "constraint_message",
        lambda words: words("form.phone.not_allowed", allowed=allowed(column, asked, words)),
    )
    return {"constraint": " and ".join(bounds), **message}


def _kind(column: Column) -> str:
    if column.type == "choices":
        return f"select_multiple {_list_of(column)}"
    if column.answers:
        return f"select_one {_list_of(column)}"
    return _KINDS.get(column.type, "text")


def _list_of(column: Column) -> str:
    """Name a question's list of answers: all questions of yes and no share one."""
    return "yes_no" if column.type == "yes_no" else column.code


def _choices(asked: Questionnaire) -> Iterator[Row]:
    for village in asked.villages:
        # ${ would be a reference to a question.
        of = f", {village.commune}" if village.commune else ""
        label = f"{village.name} ({village.code}){of}".replace("${", "$ {")
        labels = dict.fromkeys((f"label::{shown}" for shown in LANGUAGES.values()), label)
        yield {"list_name": VILLAGE, "name": village.code, **labels}
    lists = {_list_of(column): column for column in asked.asked if column.answers}
    for name, column in lists.items():
        for answer in column.answers:
            labels = {f"label::{one}": getattr(answer, code) for code, one in LANGUAGES.items()}
            yield {"list_name": name, "name": answer.code, **labels}


def _settings(asked: Questionnaire, survey: Sequence[Row], choices: Sequence[Row]) -> Row:
    """Name the form; its version is the quarter and a mark of all that is asked."""
    content = json.dumps([survey, choices], sort_keys=True).encode()
    title = both("form.phone.title", quarter=str(asked.quarter))
    return {
        "form_title": "; ".join([title, *marks(asked, short=True)[1:]]),
        "form_id": f"campaign_survey_{asked.quarter}".lower(),
        "version": f"{asked.quarter}-{hashlib.sha256(content).hexdigest()[:8]}",
        "default_language": LANGUAGES["vi"],
        "instance_name": f"concat(${{{asked.key.code}}}, ' ', ${{{asked.asked[0].code}}})",
        "style": "pages",  # a browser; a telephone shows a field-list as one screen by itself
    }
