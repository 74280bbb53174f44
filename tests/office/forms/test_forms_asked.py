"""Whom a quarter's forms ask, on which days, and which quarter they are for."""

from datetime import date
from pathlib import Path

import pytest
from form_campaign import NAMES, TODAY, written_campaign
from intake_files import COLUMNS, csv_text
from openpyxl import load_workbook

from campaign_lib.codebook import codebook
from campaign_lib.errors import CampaignError
from campaign_lib.intake import Homes, read_homes
from campaign_lib.office.forms import Questionnaire, in_words, questionnaire_of, write_forms


@pytest.fixture(scope="session")
def homes(campaign_folder: Path) -> Homes:
    return read_homes(campaign_folder / "raw", TODAY)


def listed(asked: Questionnaire) -> dict[str, list[str]]:
    return {one.code: [home.household for home in one.homes] for one in asked.villages}


def test_minority_households_of_the_quarter_s_last_day_are_listed(asked: Questionnaire) -> None:
    assert listed(asked) == {"A": [*NAMES, "H23"], "B": ["H24"], "C": []}


def test_everyone_brings_in_the_majority(homes: Homes) -> None:
    asked = questionnaire_of(homes, TODAY, "2024Q3", everyone=True)
    assert listed(asked)["A"] == [*NAMES, "H22", "H23"]


def test_another_quarter_has_another_list(homes: Homes) -> None:
    asked = questionnaire_of(homes, TODAY, "2024Q2")
    assert listed(asked)["A"] == [*NAMES, "H20", "H23", "H24"]


def test_days_are_those_that_reading_lets_in(asked: Questionnaire) -> None:
    # 15 June to 14 September, and 45 days on either side.
    assert (asked.first_day, asked.last_day) == (date(2024, 5, 1), date(2024, 10, 29))


def test_people_are_told_the_quarter_and_not_what_is_still_let_in(asked: Questionnaire) -> None:
    # From 1 May on a village would ask for the quarter before, and 29 October is after the report.
    assert (asked.begins, asked.ends) == (date(2024, 6, 15), date(2024, 9, 14))


def test_a_village_may_be_named_any_way(homes: Homes) -> None:
    asked = questionnaire_of(homes, TODAY, "2024Q3", ["thôn  2"])
    assert [one.code for one in asked.villages] == ["B"]
    with pytest.raises(CampaignError, match="'Thôn 9' is no village; known are A, B, C"):
        questionnaire_of(homes, TODAY, "2024Q3", ["B", "Thôn 9"])


def test_the_quarter_follows_the_last_survey(homes: Homes) -> None:
    assert str(questionnaire_of(homes, TODAY).quarter) == "2024Q2"


@pytest.mark.parametrize(
    ("today", "quarter"),
    [
        (date(2024, 9, 14), "2024Q3"),
        (date(2024, 9, 15), "2024Q4"),
        (date(2024, 12, 15), "2025Q1"),
    ],
)
def test_a_campaign_without_a_survey_begins_today(
    tmp_path: Path, today: date, quarter: str
) -> None:
    folder = written_campaign(tmp_path)
    (folder / "raw" / "survey" / "2024Q1.csv").unlink()
    homes = read_homes(folder / "raw", today)
    assert str(questionnaire_of(homes, today).quarter) == quarter


def test_a_year_without_a_plan_is_made_up_if_the_campaign_is(homes: Homes) -> None:
    assert questionnaire_of(homes, TODAY, "2025Q1").made_up


def test_rows_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    rows = [{"household": "H1", "village": "A", "ethnicity": "Ba Na"}, {"household": "H2"}]
    text = csv_text(COLUMNS["households"], rows)
    homes = read_homes(written_campaign(tmp_path, {"households.csv": text}) / "raw", TODAY)
    assert homes.refused == 1


def test_the_table_is_the_codebook_s(asked: Questionnaire) -> None:
    assert asked.table is codebook().tables["survey"]
    assert [column.code for column in asked.needed][:2] == ["surveyed_on", "informed"]
    assert asked.key.code == "household"


@pytest.mark.parametrize("everyone", [False, True])
def test_forms_say_that_kinh_households_are_left_out(
    campaign_folder: Path, tmp_path: Path, everyone: bool
) -> None:
    homes = read_homes(campaign_folder / "raw", TODAY)
    asked = questionnaire_of(homes, TODAY, "2024Q3", ["A"], everyone)
    made = write_forms(tmp_path, asked, "vi")
    (paper,) = made.paper.glob("*.html")
    help_sheet = load_workbook(made.written[0])["Hướng dẫn"]
    helped = " ".join(str(cell.value) for row in help_sheet["A1:A8"] for cell in row)
    for told in (helped, paper.read_text(encoding="utf-8"), " ".join(in_words(made, asked))):
        assert ("--everyone" in told) is not everyone
        assert ("hộ người Kinh" in told) is not everyone


def test_a_code_with_a_space_is_named_since_telephones_take_it_apart(tmp_path: Path) -> None:
    """An XForm lists what was chosen with spaces between; a no-break space is one as well."""
    codes = ("T1 001", "T1\u00a0002", "T1-003")
    rows = [{"household": code, "village": "A", "ethnicity": "Ba Na"} for code in codes]
    villages = [{"village": "A", "name": "A", "residential_areas": 1}]
    raw = written_campaign(
        tmp_path,
        {
            "households.csv": csv_text(COLUMNS["households"], rows),
            "villages.csv": csv_text(COLUMNS["villages"], villages),
        },
    )
    asked = questionnaire_of(read_homes(raw / "raw", TODAY), TODAY, "2024Q3")
    said = "\n".join(in_words(write_forms(tmp_path / "forms", asked, "vi"), asked))
    assert "Mã có khoảng trắng ở giữa: 2 (“T1 001”, “T1 002”)" in said
    assert "T1-003" not in said
