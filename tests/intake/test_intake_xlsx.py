"""Workbooks: which sheet is read, and cells that come with a type."""

from datetime import date, datetime

import pytest
from intake_files import (
    COLUMNS,
    IGNORED,
    UNKNOWN,
    Reads,
    column,
    counts,
    example,
    lines,
    rows,
)

from campaign_lib.errors import CampaignError

ACTIVITIES = [
    ["Mã hoạt động", "village", "Held on", "kind"],
    ["HD1", "Thôn 1", date(2024, 2, 3), "Họp thôn"],
    ["HD2", None, "04/02/2024", "Thăm hộ"],
]
NOTES = [["Hướng dẫn điền phiếu"], ["1"], ["2"]]


@pytest.mark.parametrize(
    ("sheets", "read"),
    [
        pytest.param({"Trang tính 1": ACTIVITIES}, "Trang tính 1", id="the_only_sheet"),
        pytest.param({"activities": ACTIVITIES}, "activities", id="one_sheet_named_so"),
        pytest.param(
            {"Ghi chú": NOTES, "activities": ACTIVITIES}, "activities", id="the_one_named_so"
        ),
        pytest.param({"activities": ACTIVITIES, "Ghi chú": NOTES}, "activities", id="in_any_order"),
    ],
)
def test_the_sheet_that_is_read(
    reads: Reads, sheets: dict[str, list[list[object]]], read: str
) -> None:
    campaign = reads({"activities.xlsx": sheets})
    assert lines(campaign) == []
    assert column(campaign, "activities", "held_on") == ["2024-02-03", "2024-02-04"]
    assert column(campaign, "activities", "village") == ["A", None]
    assert column(campaign, "activities", "source_sheet") == [read] * 2
    assert column(campaign, "activities", "source_file") == ["activities.xlsx"] * 2
    assert counts(campaign, "activities.xlsx") == (2, 2, 0, 0)


def test_several_sheets_none_named_like_the_file_or_with_the_table(reads: Reads) -> None:
    with pytest.raises(CampaignError, match="activities"):
        reads({"activities.xlsx": {"Sheet1": NOTES, "Sheet2": NOTES}})


def test_a_survey_sheet_is_named_after_its_quarter(reads: Reads) -> None:
    cells = example("survey", 1)
    sheet = [list(cells), list(cells.values())]
    campaign = reads(
        {"survey/2024Q1": None, "survey/2024Q1.xlsx": {"Chú thích": NOTES, "2024Q1": sheet}}
    )
    assert lines(campaign) == []
    assert column(campaign, "survey", "quarter") == ["2024Q1"]
    assert column(campaign, "survey", "source_sheet") == ["2024Q1"]


def test_blank_rows_of_a_sheet_keep_their_place(reads: Reads) -> None:
    heading, first, second = ACTIVITIES
    sheet = [heading, first, [None, None, None, None], ["", " ", None, ""], second, [None]]
    campaign = reads({"activities.xlsx": {"activities": sheet}})
    assert column(campaign, "activities", "source_row") == [2, 5]
    assert counts(campaign, "activities.xlsx") == (2, 2, 0, 0)


def test_problems_of_a_sheet_say_where(reads: Reads) -> None:
    sheet = [["activity", "held_on", "led_by"], ["HD1", date(2024, 2, 3), "ai đó"]]
    campaign = reads({"activities.xlsx": {"Tờ 1": sheet}})
    (problem,) = campaign.problems.to_dict("records")
    assert {key: problem[key] for key in ("file", "sheet", "row", "column", "value", "action")} == {
        "file": "activities.xlsx",
        "sheet": "Tờ 1",
        "row": 2,
        "column": "led_by",
        "value": "ai đó",
        "action": UNKNOWN,
    }


def test_an_unknown_column_of_a_sheet_is_listed(reads: Reads) -> None:
    sheet = [["activity", "held_on", "ghi chú"], ["HD1", date(2024, 2, 3), 5]]
    campaign = reads({"activities.xlsx": {"activities": sheet}})
    assert [(line.column, line.action) for line in lines(campaign)] == [("ghi chú", IGNORED)]


def test_a_column_without_heading_and_cells_is_nothing(reads: Reads) -> None:
    sheet = [[*cells, None, ""] for cells in ACTIVITIES]
    assert lines(reads({"activities.xlsx": {"activities": sheet}})) == []


# --- Typed cells ---------------------------------------------------------------------------------


def survey_of(reads: Reads, question: str, cells: list[object]) -> list[object]:
    """Read a survey sheet whose rows differ in one typed cell; give that column."""
    answers = [{**example("survey", n), question: cell} for n, cell in enumerate(cells, 1)]
    sheet = [list(COLUMNS["survey"]), *(list(row.values()) for row in answers)]
    campaign = reads({"survey/2024Q1": None, "survey/2024Q1.xlsx": {"2024Q1": sheet}})
    assert lines(campaign) == []
    return column(campaign, "survey", question)


def test_numbers_come_as_they_are(reads: Reads) -> None:
    assert survey_of(reads, "income", [1850, 1850.5, 0, None]) == [1850, 1850.5, 0, None]


def test_a_typed_number_says_nothing_about_how_text_is_written(reads: Reads) -> None:
    assert survey_of(reads, "income", [62.5, "1.850", "1.234,5"]) == [62.5, 1850, 1234.5]


def test_yes_and_no_may_be_typed_numbers(reads: Reads) -> None:
    assert survey_of(reads, "has_tv", [1, 0, 1.0, "x", None]) == ["yes", "no", "yes", "yes", None]


def test_days_come_as_they_are(reads: Reads) -> None:
    days = [date(2024, 2, 3), datetime(2024, 2, 3, 0, 0), "03/02/2024", "2024-02-03"]
    assert survey_of(reads, "surveyed_on", list(days)) == ["2024-02-03"] * 4


def test_ids_that_are_numbers_have_no_fraction(reads: Reads) -> None:
    """A household 101 stays 101 and is not 101.0, in whatever file it stands."""
    homes = [["household", "village", "ethnicity"], [101, "A", "Ba Na"], ["007", "B", "Kinh"]]
    campaign = reads(
        {
            "households": None,
            "households.xlsx": {"households": homes},
            "poverty_status": "household,status,valid_from\n101,poor,2023-12-31\n"
            "007,poor,2023-12-31\n",
        }
    )
    assert lines(campaign) == []
    assert column(campaign, "households", "household") == ["101", "007"]
    assert column(campaign, "poverty_status", "household") == ["101", "007"]


def test_whole_numbers_years_and_text(reads: Reads) -> None:
    sheet = [
        list(COLUMNS["allocation"]),
        [2024.0, "informed", "A", 5.0],
        [2024, "informed", "B", 3],
    ]
    campaign = reads(
        {
            "allocation.xlsx": {"allocation": sheet},
            "models.xlsx": {
                "models": [
                    ["model", "owner", "started_on", "name", "households"],
                    [7, "commune_front", date(2024, 2, 3), 2024, 2.5],
                ]
            },
        }
    )
    assert column(campaign, "allocation", "year") == [2024, 2024]
    assert column(campaign, "allocation", "count") == [5, 3]
    (model,) = rows(campaign, "models").values()
    assert (model["model"], model["name"], model["households"]) == ("7", "2024", None)
    assert [(line.column, line.action) for line in lines(campaign)] == [("households", UNKNOWN)]


def test_text_that_looks_like_a_formula_is_text(reads: Reads) -> None:
    texts = ["=1+1", "+84", "@x", "-", "'a"]
    cells = [[f"HD{n}", date(2024, 2, 3), text] for n, text in enumerate(texts)]
    sheet = [["activity", "held_on", "kind"], *cells]
    campaign = reads({"activities.xlsx": {"activities": sheet}})
    assert column(campaign, "activities", "kind") == texts
