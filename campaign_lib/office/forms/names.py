"""What a quarter's forms are called: names that Windows takes, and that no two villages share."""

import re
from pathlib import Path

from campaign_lib.base.file_names import ascii_words, mark_of
from campaign_lib.base.quarters import Quarter
from campaign_lib.office.forms.questionnaire import Questionnaire, Village

#: Beside the village workbooks, which lie in the folder itself.
PHONE, PAPER = "dien-thoai", "giay"
#: In every name of a file with names of people, so that it is seen before it is sent on.
INTERNAL = "noi-bo"
#: What the XLSForm calls the list of households.
HOUSEHOLDS = "households.csv"
#: Between the parts of a name, so none of a plain village's parts has it.
_BETWEEN = "_"
_PLAIN = re.compile(r"[A-Za-z0-9-]{1,24}")
_LONGEST = 40


def workbook_path(folder: Path, asked: Questionnaire, village: Village) -> Path:
    """Say where a village's workbook lies."""
    return folder / f"{village_stem(asked.quarter, village)}.xlsx"


def paper_path(folder: Path, asked: Questionnaire, village: Village) -> Path:
    """Say where a village's paper form lies."""
    return folder / PAPER / f"{village_stem(asked.quarter, village)}.html"


def xlsform_path(folder: Path, asked: Questionnaire) -> Path:
    """Say where the XLSForm lies; its list of households is beside it."""
    return folder / PHONE / f"xlsform_{asked.quarter}.xlsx"


def village_stem(quarter: Quarter, village: Village) -> str:
    """Name a village's form: quarter, its commune where there are several, village, its name.

    Names are in ASCII.

    A code that is not plain, or long, is made so and gets a mark of its own as one part more.
    """
    code = [village.code]
    if not _PLAIN.fullmatch(village.code):
        code = [_part(village.code)[:24], mark_of(village.code)]
    places = [_short(village.commune)] if village.commune else []
    return _BETWEEN.join([str(quarter), *places, *code, _short(village.name), INTERNAL])


def _short(name: str) -> str:
    return _part(name)[:_LONGEST].strip("-")


def _part(text: str) -> str:
    return ascii_words(text).replace(_BETWEEN, "-").strip("-") or "x"
