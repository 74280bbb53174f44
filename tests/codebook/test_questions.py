"""A question is registered in the codebook and nowhere else; it may say since when it is asked."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook
from campaign_lib.intake.cells import Cells, Sheet
from campaign_lib.intake.headings import match

SURVEY = codebook().tables["survey"]
#: The contract's questions (section 2) by type, with those answers that are no yes and no.
CONTRACT = {
    "yes_no": """
        informed takes_part dropped_customs relies_on_state self_reliance applies_technique
        suitable_breeds saves_reinvests stable_model has_tv has_motorbike has_phone has_fridge
        has_rice_cooker borrowed dep_work dep_dependents dep_nutrition dep_insurance
        dep_adult_education dep_child_school dep_house_quality dep_house_area dep_water dep_toilet
        dep_telecom dep_information
    """,
    "number": "income loan_amount",
    "choice": "house cooperative loan_source",
}
ANSWERS = {
    "house": "solid semi_solid frail simple",
    "cooperative": "none group cooperative",
    "loan_source": "policy_bank other_bank association_fund relatives trader other",
}
#: Asked from the third quarter on: a question as somebody adds it, and where.
NEW = """
[tables.survey.columns.has_radio]
type = "yes_no"
since = "2024Q3"
vi = "Có đài"
en = "Has a radio"
group = "goods"
ask_vi = "Hộ có đài (ra-đi-ô) không?"
ask_en = "Does the household have a radio?"

[tables.activities]
"""
#: What is done with it, in a copy of the project: the sample of two quarters from its first row to
#: its pages, its independent recount and its forms.
STORY = """
import csv, json
from datetime import date
from pathlib import Path
from campaign_lib.base.quarters import Quarter
from campaign_lib.cli import main
from campaign_lib.intake import read_homes
from campaign_lib.office.forms import questionnaire_of
from campaign_lib.store.processed import Processed
from campaign_lib.stories.survey import SurveyStory
from campaign_sample import write_sample

# An office's older file, with a lender as somebody typed it.
data, today = Path("data"), date(2025, 2, 1)
quarters = ("2024Q2", "2024Q3")
write_sample(data, villages=3, households=90, quarters=tuple(map(Quarter.parse, quarters)), seed=3)
survey = data / "raw/survey/2024Q3.csv"
survey.write_text(survey.read_text(encoding="utf-8").replace("Người thân", "chị Ba"), "utf-8")
ended = [main(["--data", "data", "--today", "2025-02-01", name]) for name in ("build", "verify")]
processed, homes = Processed(data / "processed"), read_homes(data / "raw", today)
surveyed = processed.table("surveyed")
told = {
    "ended": ended,
    "missing": int((processed.table("problems")["action"] == "column missing").sum()),
    "typed": processed.table("problems").query("action == 'read all the same'")["value"].tolist(),
    "surveyed": surveyed.loc[surveyed["column"] == "has_radio", "quarter"].tolist(),
    "asked": [
        quarter
        for quarter in (*quarters, "2024Q4")
        if "has_radio" in [one.code for one in questionnaire_of(homes, today, quarter).asked]
    ],
    "files": [
        quarter
        for quarter in quarters
        if "has_radio" in next(csv.reader((data / "raw/survey" / f"{quarter}.csv").open()))
    ],
    "shown": [
        quarter
        for quarter in quarters
        if "Has a radio" in str(SurveyStory(processed, quarter, "en").others())
    ],
}
Path("told.json").write_text(json.dumps(told))
"""


def test_the_contract_s_questions_are_there() -> None:
    for kind, codes in CONTRACT.items():
        assert {SURVEY.column(code).type for code in codes.split()} == {kind}
    for code, answers in ANSWERS.items():
        assert [one.code for one in SURVEY.column(code).answers] == answers.split()


def test_what_a_question_refers_to_is_there() -> None:
    for question in SURVEY.questions:
        for quarter in filter(None, (question.since, question.until)):
            assert str(Quarter.parse(quarter)) == quarter
        if question.only_if:
            asked_first = SURVEY.column(question.only_if)
            assert asked_first.type == "yes_no"
            assert asked_first.since <= question.since or not asked_first.since
        if question.otherwise:
            assert question.otherwise in [one.code for one in question.answers]


@pytest.mark.parametrize(
    ("quarter", "missing"),
    [("2024Q2", []), ("2024Q3", ["has_tv"]), ("2025Q1", ["has_tv"]), ("2025Q2", [])],
)
def test_a_column_is_missing_only_from_the_quarters_that_ask(
    quarter: str, missing: list[str]
) -> None:
    television = replace(SURVEY.column("has_tv"), since="2024Q3", until="2025Q1")
    day = SURVEY.column("surveyed_on")
    table = replace(SURVEY, columns=(SURVEY.column("household"), day, television))
    cells = Cells(["x"], np.zeros(1, dtype=np.int64))
    sheet = Sheet("f", "", "", 1, ("household", "surveyed_on"), (cells, cells), cells.codes)
    assert [one.column for one in match(table, sheet, quarter).remarks] == missing


@pytest.mark.slow
def test_a_question_is_added_in_the_codebook_alone(root: Path, tmp_path: Path) -> None:
    for package in ("campaign_lib", "campaign_sample"):
        shutil.copytree(root / package, tmp_path / package)
    book = tmp_path / "campaign_lib" / "codebook" / "codebook.toml"
    text = book.read_text(encoding="utf-8")
    book.write_text(text.replace("\n[tables.activities]\n", NEW), encoding="utf-8")
    subprocess.run([sys.executable, "-c", STORY], cwd=tmp_path, check=True)
    told: dict[str, Any] = json.loads((tmp_path / "told.json").read_text())
    assert told == {
        "ended": [0, 0],
        "missing": 0,
        "typed": ["chị Ba"],
        "surveyed": ["2024Q3"],
        "asked": ["2024Q3", "2024Q4"],
        "files": ["2024Q3"],
        "shown": ["2024Q3"],
    }
