"""A small campaign with awkward names for the tests of forms."""

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from intake_files import COLUMNS, csv_text, write_campaign

from campaign_lib.codebook import Answer, Column
from campaign_lib.office.forms import Questionnaire

TODAY = date(2024, 9, 1)
LONG = "Y " + "Rất Dài " * 40
#: Names of heads that a program may stumble over, all of them in village A.
NAMES = {
    "H01": "=1+1",
    "H02": 'Y Thu\'s "A Biu"',
    "H03": unicodedata.normalize("NFD", "Nguyễn Đức"),
    "H04": LONG,
    "H05": "+84 9",
    "H06": "@SUM(A1)",
    "H07": "<b>&amp;</b> & Co",
    "=2+2": "-1-1",
}
#: Who is not there on 14 September 2024, or is not asked; and who is.
OTHERS = (
    {"household": "H20", "village": "A", "ethnicity": "Ba Na", "left_on": "2024-09-14"},
    {"household": "H21", "village": "A", "ethnicity": "Ba Na", "joined_on": "2024-09-15"},
    {"household": "H22", "village": "A", "ethnicity": "Kinh", "head_name": "Trần Văn C"},
    {"household": "H23", "village": "A", "ethnicity": "người lạ"},
    {"household": "H24", "village": "A", "ethnicity": "Xơ Đăng", "left_on": "2024-07-01"},
    {"household": "H24", "village": "B", "ethnicity": "Xơ Đăng", "joined_on": "2024-07-01"},
)
VILLAGES = (
    {"village": "A", "name": 'Thôn "1" & Đắk\'s', "residential_areas": 2},
    {"village": "B", "name": "Thôn 2", "residential_areas": 1},
    {"village": "C", "name": "Thôn 3", "residential_areas": 1},
)


#: A question that the codebook does not have yet.
QUESTION = Column(
    code="new_question",
    type="choice",
    vi='Cột "mới", có phẩy',
    en="New column",
    ask_vi="Câu hỏi mới?",
    ask_en="A new question?",
    answers=tuple(
        Answer(f"a{number}", f'Trả lời, số "{number}"' + " dài" * 30, f"Answer {number}")
        for number in range(40)
    ),
    only_if="informed",
)


def written_campaign(folder: Path, more: Mapping[str, str] | None = None) -> Path:
    """Write the campaign into `folder/raw`; `more` lays other files over it."""
    named = [
        {"household": home, "village": "A", "ethnicity": "Xơ Đăng", "head_name": name}
        for home, name in NAMES.items()
    ]
    files = {
        "households.csv": csv_text(COLUMNS["households"], [*named, *OTHERS]),
        "villages.csv": csv_text(COLUMNS["villages"], VILLAGES),
    }
    write_campaign(folder / "raw", {**files, **(more or {})})
    return folder


def with_columns(asked: Questionnaire, *columns: Column) -> Questionnaire:
    """Let the codebook's survey have more columns."""
    table = replace(asked.table, columns=(*asked.table.columns, *columns))
    return replace(asked, table=table)
