"""There and back: forms filled in with the sample's answers are read as the same survey.

The workbooks are filled as people fill them, with labels picked from the lists; the export is what
KoboToolbox gives of the XLSForm, with codes or with labels.
"""

import csv
import shutil
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import Column, codebook
from campaign_lib.intake import Campaign, read_campaign, read_homes
from campaign_lib.office.forms import Made, Questionnaire, questionnaire_of, write_forms
from campaign_lib.office.forms.xlsform import _page_label
from campaign_lib.words import Words
from campaign_sample import write_sample

TODAY = date(2025, 2, 1)
QUARTER = "2024Q1"
SURVEY = codebook().tables["survey"]
#: Where a row came from; all else must be the same.
SOURCE = ["source_file", "source_sheet", "source_row"]

Answers = Mapping[str, Mapping[str, object]]


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The raw files of a made-up campaign of one village and one quarter."""
    folder = tmp_path_factory.mktemp("there")
    write_sample(folder, 1, 40, (Quarter.parse(QUARTER),), 3, 0)
    return folder / "raw"


@pytest.fixture(scope="module")
def asked(raw: Path) -> Questionnaire:
    return questionnaire_of(read_homes(raw, TODAY), TODAY, QUARTER)


@pytest.fixture(scope="module")
def made(asked: Questionnaire, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return write_forms(tmp_path_factory.mktemp("forms"), asked, "vi")


@pytest.fixture(scope="module")
def there(raw: Path) -> Campaign:
    """The campaign as the sample's CSV has it."""
    return read_campaign(raw, TODAY)


def checked(campaign: Campaign, households: Iterable[str], quarter: str = QUARTER) -> pd.DataFrame:
    """Give the checked survey of some households, whatever file each row came from."""
    table = campaign.tables["survey"]
    table = table[(table["quarter"] == quarter) & table["household"].isin(list(households))]
    return table.drop(columns=SOURCE).sort_values("household", ignore_index=True)


def answers_of(campaign: Campaign, quarter: str = QUARTER) -> dict[str, dict[str, object]]:
    """Give the answers of each household: codes, numbers, days; what is unknown is left out."""
    records = checked(campaign, campaign.tables["survey"]["household"], quarter).to_dict("records")
    return {
        str(record["household"]): {
            column.code: record[column.code]
            for column in SURVEY.columns
            if not pd.isna(record[column.code])
        }
        for record in records
    }


def as_picked(column: Column, value: object, language: str) -> object:
    """Give a value as somebody picks it from the list of the form."""
    labels = {answer.code: getattr(answer, language) for answer in column.answers}
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else labels.get(value, value)


def fill(path: Path, answers: Answers, language: str = "vi", quarter: str = QUARTER) -> None:
    """Fill a workbook in and save it, as a person does."""
    book = load_workbook(path)
    sheet = book[quarter]
    places = {str(cell.value): cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        for code, value in answers.get(sheet.cell(row, 1).value, {}).items():
            column = SURVEY.column(code)
            cell = sheet.cell(row, places[getattr(column, language)])
            if code != "household":
                assert not cell.protection.locked
                cell.value = as_picked(column, value, language)
    book.save(path)


def without_survey(raw: Path, folder: Path, quarter: str = QUARTER) -> Path:
    """Copy the raw files but for the quarter's survey."""
    shutil.copytree(raw, folder / "raw")
    (folder / "raw" / "survey" / f"{quarter}.csv").unlink()
    return folder / "raw"


def refused(campaign: Campaign, files: str = "survey/") -> set[str]:
    """Name the columns that anything in a survey was found wrong with."""
    about = campaign.problems["file"].str.startswith(files)
    return set(campaign.problems.loc[about, "column"])


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_village_s_workbook_comes_back_whole(
    tmp_path: Path, raw: Path, asked: Questionnaire, there: Campaign, language: str
) -> None:
    (workbook,) = write_forms(tmp_path / "forms", asked, language).written
    answers = answers_of(there)
    fill(workbook, answers, language)
    again = without_survey(raw, tmp_path)
    shutil.copy(workbook, again / "survey" / f"{QUARTER}.xlsx")
    back = read_campaign(again, TODAY)
    assert len(answers) > 20
    pd.testing.assert_frame_equal(checked(back, answers), checked(there, answers))
    assert back.surveyed[QUARTER] == there.surveyed[QUARTER]
    # What is left is that somebody was not asked: nothing about headings, answers or numbers.
    assert refused(back) <= {"surveyed_on"}


def test_the_form_s_own_sheets_are_passed_over_in_silence_whatever_they_are_called(
    tmp_path: Path, raw: Path, made: Made, there: Campaign
) -> None:
    answers = answers_of(there)
    again = without_survey(raw, tmp_path)
    (again / "survey" / QUARTER).mkdir()
    path = again / "survey" / QUARTER / "thôn một, bản cuối.xlsx"
    shutil.copy(made.written[0], path)
    fill(path, answers)
    book = load_workbook(path)
    for name, sheet in zip(("Phiếu", "Đọc trước", "Khác"), book.worksheets, strict=True):
        sheet.title = name
    book.create_sheet("Ghi thêm")["A1"] = "hộ 3 đi vắng"
    book.save(path)
    back = read_campaign(again, TODAY)
    pd.testing.assert_frame_equal(checked(back, answers), checked(there, answers))
    over = back.problems[back.problems["action"] == "sheet passed over"]
    assert over["sheet"].tolist() == ["Ghi thêm"]


def export_rows(answers: Answers, heading: Callable[[Column], str], language: str | None) -> object:
    """Give the rows of an export, with what a telephone and a server add."""
    for number, (household, given) in enumerate(answers.items(), start=1):
        row: dict[str, object] = {
            "start": "2024-02-01T08:00:00.000+07:00",
            "end": "2024-02-01T08:10:00.000+07:00",
            heading(next(one for one in codebook().form_columns if one.code == "village")): "T1",
        }
        for column in SURVEY.columns:
            value = given.get(column.code, "")
            if isinstance(value, pd.Timestamp):
                value = value.date().isoformat()
            elif language is not None:
                value = as_picked(column, value, language)
            row[heading(column)] = household if column.code == "household" else value
        yield row | {
            "__version__": "2024Q1-1",
            "_id": number,
            "_uuid": f"u{number}",
            "_submission_time": "2024-02-01T09:00:00",
            "_validation_status": "",
            "_index": number,
        }


@pytest.mark.parametrize("language", [None, "vi", "en"], ids=["codes", "vietnamese", "english"])
@pytest.mark.parametrize(
    "between", ["", "/", "-"], ids=["alone", "group/question", "group-question"]
)
def test_an_export_of_the_telephone_form_comes_back_whole(
    tmp_path: Path, raw: Path, there: Campaign, language: str | None, between: str
) -> None:
    def heading(column: Column) -> str:
        """Head a column as KoboToolbox and ODK do, with and without the page before it."""
        words = Words(language or "vi")
        if language is None:
            page, question = f"page_{column.group or 'visit'}", column.code
        else:
            page = _page_label(column.group, words)
            question = getattr(column, f"ask_{language}") or getattr(column, language)
        return f"{page}{between}{question}" if between else question

    again = without_survey(raw, tmp_path)
    answers = answers_of(there)
    rows = list(export_rows(answers, heading, language))
    with (again / "survey" / f"{QUARTER}.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    back = read_campaign(again, TODAY)
    pd.testing.assert_frame_equal(checked(back, answers), checked(there, answers))
    assert refused(back) == set()


@pytest.mark.slow
def test_every_village_s_workbook_of_the_sample_comes_back_whole(
    tmp_path: Path, root: Path
) -> None:
    """One file for each village, under names of any kind, in the quarter's folder."""
    quarter = "2024Q3"
    there = read_campaign(root / "data" / "raw", TODAY)
    asked = questionnaire_of(read_homes(root / "data" / "raw", TODAY), TODAY, quarter)
    answers = answers_of(there, quarter)
    listed = {home.household for village in asked.villages for home in village.homes}
    again = without_survey(root / "data" / "raw", tmp_path, quarter)
    (again / "survey" / quarter).mkdir()
    for number, path in enumerate(write_forms(tmp_path / "forms", asked, "vi").written):
        fill(path, answers, quarter=quarter)
        shutil.copy(path, again / "survey" / quarter / f"thôn {number} (bản cuối).xlsx")
    back = read_campaign(again, TODAY)
    assert len(listed & answers.keys()) > 500
    # The sample asks two households that had left by the quarter's last day; no form lists these.
    assert len(answers.keys() - listed) <= 2
    pd.testing.assert_frame_equal(checked(back, listed, quarter), checked(there, listed, quarter))
    assert back.surveyed[quarter] == there.surveyed[quarter]
    assert refused(back, f"survey/{quarter}/") <= {"surveyed_on"}
