"""A commune's code that is another commune's from a day on: both sides of that day."""

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from page_tables import tables_of
from raw_files import write_table
from several_communes import DATED, FOLLOWING, PLAN, folder, fraction, line, run

from campaign_lib.intake import read_homes
from campaign_lib.office.forms import Questionnaire, questionnaire_of, write_forms
from campaign_lib.office.forms.questionnaire import workbook_path, xlsform_path
from campaign_lib.pipeline.build import build
from campaign_lib.pipeline.reports.index import overview
from campaign_lib.pipeline.reports.planned import Planner
from campaign_lib.recount.verify import verify
from campaign_lib.store.processed import Processed, folder_of
from campaign_lib.stories.commune import commune_report
from campaign_lib.stories.village import village_report
from campaign_lib.words import Words

TODAY = date(2025, 12, 31)
QUARTERS = ("2025Q1", "2025Q2", "2025Q3")
#: The old commune and the new one ask for different things; Y follows the plan for all.
OF_2025 = {**PLAN, "year": 2025, "baseline": date(2024, 12, 31)}
PLANS = {
    "": OF_2025,
    "old": {**OF_2025, "commune": "old", "targets": {"informed": {"at_least": "90"}}},
    "new": {**OF_2025, "commune": "Xã mới", "targets": {"informed": {"at_least": "75"}}},
}
#: H7 comes to the village A while its code is the new commune's, H5 leaves the folder before.
MOVING = """
    household | village | ethnicity | joined_on  | left_on
    H1..H4    | A       | Ba Na     |            |
    H5        | B       | Ba Na     |            | 2025-05-01
    H6        | B       | Ba Na     |            |
    H7        | C       | Ba Na     |            | 2025-08-01
    H7        | A       | Ba Na     | 2025-08-01 |
    H8..H9    | C       | Ba Na     |            |
"""
#: By the day that an activity or a model is about, its commune's cell means the old or the new one.
ACTIVITIES = """
    activity | village | held_on    | integrated_with | commune
    N1       |         | 2025-06-30 | new_rural       | 23500
    N2       |         | 2025-07-01 | new_rural       | 23500
    N3       | A       | 2025-05-01 | new_rural       |
"""
MODELS = """
    model | owner         | village | residential_area | started_on | ended_on | commune
    M1    | commune_front |         |                  | 2025-05-01 |          | 23500
    M2    | commune_front |         |                  | 2025-07-02 |          | 23500
"""


def answers(quarter: str, day: str, **said: str) -> dict[str, list[dict[str, str]]]:
    """Write a quarter's answers; H1 has an income, which jumps when the code changes hands."""
    homes = [f"H{number}" for number in range(1, 10)]
    rows = [{"household": home, "surveyed_on": day, "informed": "yes"} for home in homes]
    rows[0] |= said
    rows[1]["informed"] = "no" if quarter == "2025Q3" else "yes"
    return {f"survey/{quarter}": [row for row in rows if not _is_gone(row, quarter)]}


def _is_gone(row: dict[str, str], quarter: str) -> bool:
    return row["household"] == "H5" and quarter != "2025Q1"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("days") / "data"
    tables = {"communes": DATED, "activities": ACTIVITIES, "models": MODELS}
    folder(data, villages=FOLLOWING, households=MOVING, plans=PLANS, **tables)
    shutil.rmtree(data / "raw" / "survey")
    since = {"status": "poor", "valid_from": "2024-12-31"}
    homes = [f"H{number}" for number in range(1, 10)]
    write_table(data / "raw", "poverty_status", [{"household": home, **since} for home in homes])
    days = {"2025Q1": "2025-03-01", "2025Q2": "2025-06-01", "2025Q3": "2025-09-01"}
    for quarter, day in days.items():
        income = "9000" if quarter == "2025Q3" else "500"
        for name, rows in answers(quarter, day, income=income).items():
            write_table(data / "raw", name, rows)
    build(data, TODAY)
    return data


@pytest.fixture
def processed(data: Path) -> Path:
    return data / "processed"


def test_figures_are_the_old_commune_s_before_the_day_and_the_new_one_s_after(
    processed: Path,
) -> None:
    said = {
        "2025Q1/old/informed": "6/6",
        "2025Q2/old/informed": "5/5",  # H5 has left
        "2025Q3/new/informed": "4/5",  # H2 says no; H7 was not here on the baseline date
        "2025Q1/Y/informed": "3/3",
        "2025Q3/Y/informed": "2/2",  # H7 has left it
        "2025Q2/all/informed": "8/8",
        "2025Q3/all/informed": "6/7",
        "2025Q2/A/informed": "4/4",
        "2025Q3/A/informed": "3/4",
        "2025Q3/new/covered_by_plan": "0/6",  # who lives here now, H7 too
    }
    assert {figure: fraction(processed, figure) for figure in said} == said
    lines = (processed / "results.csv").read_text(encoding="utf-8")
    for gone in ("2025Q3,commune,old", "2025Q1,commune,new", "2025Q2,commune,new"):
        assert gone not in lines


def test_each_side_is_judged_by_its_own_plan(processed: Path) -> None:
    asked = {
        "2025Q2/old": "90.00",
        "2025Q3/new": "75.00",
        "2025Q2/Y": "50.00",
        "2025Q3/all": "50.00",
    }
    for place, percent in asked.items():
        assert line(processed, f"{place}/informed")["target_percent"] == percent
    assert line(processed, "2025Q2/old/informed")["target_count"] == "5"  # of 5: 90 %
    assert line(processed, "2025Q3/new/informed")["target_count"] == "4"  # of 5: 75 %


def test_an_activity_or_model_of_a_code_is_that_day_s_commune_s(processed: Path) -> None:
    said = {
        "2025Q2/old/integrated_activities": "1/1",  # N1 is held after the quarter, N3 within
        "2025Q3/new/integrated_activities": "2/2",  # N2, and N3 of the village this year
        "2025Q2/old/front_models": "1",
        "2025Q3/new/front_models": "1",
    }
    found = {figure: fraction(processed, figure).removesuffix("/") for figure in said}
    assert found == said


def test_every_line_of_both_sides_is_verified(data: Path) -> None:
    assert verify(data).agrees


def test_an_answer_that_jumps_over_the_day_is_doubted(processed: Path) -> None:
    with (processed / "problems.csv").open(encoding="utf-8-sig", newline="") as lines:
        found = [one for one in csv.DictReader(lines) if one["action"] == "kept"]
    assert [(one["file"], one["row"], one["column"]) for one in found] == [
        ("survey/2025Q3.csv", "2", "income")
    ]
    assert found[0]["problem"].startswith("ten times as much or as little as in 2025Q2")


def test_pages_are_each_side_s_own(processed: Path, tmp_path: Path) -> None:
    pages = {
        key: {page.target for page in Planner(part, Words("vi")).all().values()}
        for key, part in Processed(processed).parts.items()
    }
    assert {"2025Q1/A.html", "2025Q2/A.html", "2025Q2/commune.html"} <= pages["old"]
    assert {"2025Q3/A.html", "2025Q3/B.html", "2025Q3/commune.html"} <= pages["new"]
    assert not any(page.startswith("2025Q3") for page in pages["old"])
    assert not any(page.startswith(("2025Q1", "2025Q2")) for page in pages["new"])
    old, new = (Processed(folder_of(processed, key)) for key in ("old", "new"))
    assert "4/4" in village_report(old, "A", "2025Q2", "en").indicators().text
    assert "3/4" in village_report(new, "A", "2025Q3", "en").indicators().text
    assert "Xã cũ" in commune_report(old, "2025Q2").first_screen().text
    assert "Xã mới" in commune_report(new, "2025Q3").first_screen().text
    above = tables_of(overview(Processed(processed), tmp_path, Words("en")))
    rows = [[row[0] for row in table[1:]] for table in above.values()]
    assert rows == [
        ["All communes", "Xã mới new", "Xã Y Y"],
        ["All communes", "Xã cũ old", "Xã Y Y"],
        ["All communes", "Xã cũ old", "Xã Y Y"],
    ]


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ("2025Q2/A/informed", "4 of 4 households"),
        ("2025Q3/A/informed", "3 of 4 households"),
        ("2025Q2/old/informed", "Xã cũ"),
        ("2025Q3/new/informed", "Xã mới"),
        ("2025Q3/all/informed", "All communes"),
    ],
)
def test_a_figure_is_explained_on_its_side(
    data: Path, capsys: pytest.CaptureFixture[str], figure: str, said: str
) -> None:
    assert run(data, "explain", figure, "--language", "en") == 0
    assert said in capsys.readouterr().out


def test_an_audit_lists_the_households_of_its_side(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("audit", "informed", "--village", "A", "--households", "--quarter")
    assert run(data, *asked, "2025Q3") == 0
    out = capsys.readouterr().out
    assert "H2" in out and "survey/2025Q3.csv" in out


@pytest.mark.usefixtures("in_english")
def test_a_quarter_that_is_not_a_commune_s_is_refused(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data, "explain", "2025Q3/old/informed") == 2
    assert "Known are 2025Q1, 2025Q2." in capsys.readouterr().err


# --- the forms ------------------------------------------------------------------------------------


def questionnaire(data: Path, quarter: str) -> Questionnaire:
    return questionnaire_of(read_homes(data / "raw", TODAY), TODAY, quarter)


def test_a_form_names_the_commune_of_its_quarter(data: Path, tmp_path: Path) -> None:
    for quarter, names in (
        ("2025Q2", {"A": "Xã cũ", "B": "Xã cũ", "C": "Xã Y"}),
        ("2025Q3", {"A": "Xã mới", "B": "Xã mới", "C": "Xã Y"}),
    ):
        asked = questionnaire(data, quarter)
        assert {village.code: village.commune for village in asked.villages} == names
    made = write_forms(tmp_path, asked, "vi")
    assert sorted(path.name for path in made.written) == [
        "2025Q3_Xa-Y_C_Thon-C_noi-bo.xlsx",
        "2025Q3_Xa-moi_A_Thon-A_noi-bo.xlsx",
        "2025Q3_Xa-moi_B_Thon-B_noi-bo.xlsx",
    ]
    help_sheet = load_workbook(workbook_path(tmp_path, asked, asked.villages[0])).worksheets[1]
    told = [cell.value for (cell,) in help_sheet.iter_rows(max_col=1, max_row=6)]
    assert "Thôn A (A), xã Xã mới · Thôn A (A), Xã mới commune" in told
    paper = made.paper / "2025Q3_Xa-moi_A_Thon-A_noi-bo.html"
    assert "Thôn A (A), xã Xã mới" in paper.read_text(encoding="utf-8")
    choices = load_workbook(xlsform_path(tmp_path, asked))["choices"]
    labels = [row[2] for row in choices.iter_rows(values_only=True) if row[0] == "village"]
    assert labels == ["Thôn A (A), Xã mới", "Thôn B (B), Xã mới", "Thôn C (C), Xã Y"]


def test_each_commune_s_forms_are_counted(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data, "form", str(tmp_path), "--quarter", "2025Q3") == 0
    out = capsys.readouterr().out
    assert "Xã mới: 2 thôn\n" in out and "Xã Y: 1 thôn\n" in out
