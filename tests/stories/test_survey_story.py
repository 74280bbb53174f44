"""What the answers of a quarter say: the base is marked, and what was not asked is no no."""

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from campaign_lib.errors import CampaignError
from campaign_lib.show.display import Chart, Table
from campaign_lib.store.processed import Processed
from campaign_lib.stories.survey import SurveyStory
from campaign_lib.words import LANGUAGES

TODAY = date(2025, 2, 1)
SECTIONS = (
    *("first_screen", "overview", "villages", "mindset_and_science", "goods", "income"),
    *("house_and_cooperative", "deprivations", "others", "unknown"),
)


@pytest.fixture(scope="session")
def processed(built_sample: Processed) -> Processed:
    return built_sample


@pytest.fixture
def survey(processed: Processed) -> SurveyStory:
    return SurveyStory(processed, "2024Q4", "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("quarter", ["2021Q4", "2024Q1", "2024Q4"])
@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_can_be_read(
    processed: Processed, section: str, quarter: str, language: str
) -> None:
    shown = getattr(SurveyStory(processed, quarter, language), section)()
    assert str(shown).strip()
    assert "nan" not in str(shown).split()


def tables(survey: SurveyStory) -> dict[str, Table]:
    return {block.caption: block for block in survey.villages().blocks if isinstance(block, Table)}


def test_each_base_has_its_own_table_of_villages(survey: SurveyStory) -> None:
    cohort, everyone = tables(survey).values()
    assert "poor and near-poor minority households" in cohort.caption
    assert "all minority households" in everyone.caption
    bases = survey.processed.results
    bases = bases[(bases["quarter"] == "2024Q4") & (bases["place"] == "T4")]
    bases = bases.set_index("indicator")["denominator"]
    (in_cohort,) = (row for row in cohort.rows if row[0] == "Thôn 4")
    (in_all,) = (row for row in everyone.rows if row[0] == "Thôn 4")
    assert all(str(cell).endswith(f"/{bases['informed']})") for cell in in_cohort[1:])
    assert all(str(cell).endswith(f"/{bases['covered_by_plan']})") for cell in in_all[1:])
    assert bases["informed"] != bases["covered_by_plan"]


def test_a_percentage_has_the_two_decimals_that_every_report_prints(survey: SurveyStory) -> None:
    (line,) = survey.processed.results.query(
        "quarter == '2024Q4' and place == 'T4' and indicator == 'changed_mindset'"
    ).itertuples()
    cell = f"{line.percent:.2f}\u00a0% ({line.numerator}/{line.denominator})"
    assert any(cell in map(str, row) for table in tables(survey).values() for row in table.rows)
    assert f"{100 * 50 / 126:.2f}\u00a0%" in survey.house_and_cooperative().text


def test_answers_have_their_base(survey: SurveyStory) -> None:
    base = len(survey.cohort)
    house = survey.house_and_cooperative().blocks[0]
    assert isinstance(house, Table)
    assert house.columns[1].label == f"Households, of {base}"
    assert sum(int(str(row[1])) for row in house.rows) == base


def test_the_bottom_line_counts_answers(survey: SurveyStory) -> None:
    said = survey.first_screen().text
    told = int((survey.cohort["informed"] == "yes").fillna(False).sum())
    above = survey.cohort["income"] > survey.cohort["district_mean_income"]
    assert f"What most households have: Has been told about the campaign this year ({told}/" in said
    assert f"Income above 1,850 thousand đồng per person per month ({int(above.sum())}/" in said


def test_what_was_not_asked_is_named_and_not_counted(processed: Processed) -> None:
    early = SurveyStory(processed, "2021Q4", "en")
    assert "saves_reinvests" not in {one.code for one in early.asked}
    chart = early.mindset_and_science()
    assert isinstance(chart, Chart)
    assert "Not asked this quarter: Saves and reinvests." in chart.source
    assert "Saves and reinvests" not in chart.alt
    assert "reinvests" not in early.first_screen().text
    assert str(early.deprivations()).endswith("not asked in this quarter's survey.")
    measured = tables(early).popitem()[1]
    assert {str(row[1]) for row in measured.rows} == {"?\u00a0Not measured"}


def test_a_quarter_that_asked_a_single_question(processed: Processed, tmp_path: Path) -> None:
    shutil.copytree(processed.folder, tmp_path / "processed")
    only = pd.DataFrame({"quarter": ["2024Q4"], "column": ["informed"]})
    only.to_parquet(tmp_path / "processed" / "tables" / "surveyed.parquet")
    survey = SurveyStory(Processed(tmp_path / "processed"), "2024Q4", "en")
    assert (
        str(survey.goods()) == "Essential goods (households): not asked in this quarter's survey."
    )
    assert "Type of house: not asked" in survey.house_and_cooperative().text
    said = survey.first_screen().text
    assert "most households have: Has been told" in said
    assert "fewest households have: Has been told" in said
    only.iloc[:0].to_parquet(tmp_path / "processed" / "tables" / "surveyed.parquet")
    survey = SurveyStory(Processed(tmp_path / "processed"), "2024Q4", "en")
    assert "households have" not in survey.first_screen().text


def test_every_question_that_was_asked_is_shown(survey: SurveyStory) -> None:
    income = survey.income()
    assert isinstance(income, Chart)
    page = income.draw() + "".join(
        str(getattr(survey, section)()) for section in SECTIONS if section != "unknown"
    )
    assert [one.code for one in survey.asked if one.en not in page] == []


def test_a_loan_is_asked_about_only_after_a_yes(survey: SurveyStory) -> None:
    borrowers = survey.cohort[survey.cohort["borrowed"] == "yes"]
    lender, amounts = (one for one in survey.others().blocks if isinstance(one, Table))
    assert lender.caption == "Loan source"
    assert lender.columns[1].label == f"Households, of {len(borrowers)}"
    assert sum(int(str(row[1])) for row in lender.rows) == len(borrowers)
    (row,) = amounts.rows
    known = borrowers["loan_amount"].dropna()
    counts = (len(borrowers), len(known), len(borrowers) - len(known))
    assert row[0] == "Loan amount (million đồng)"
    assert row[1:4] == tuple(map(str, counts))
    assert float(str(row[5]).replace(",", "")) == known.median()


def test_an_unknown_quarter(processed: Processed) -> None:
    with pytest.raises(CampaignError, match="2030Q1 has no survey here"):
        SurveyStory(processed, "2030Q1")
