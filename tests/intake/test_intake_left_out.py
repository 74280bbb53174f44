"""What is wrong with a good row only in view of the others: found on what intake gives."""

import pandas as pd
import pytest
from intake_files import DECIDED_LATER, Row, example, first_row, read

from campaign_lib.analysis.quality.checks import doubts
from campaign_lib.indicators.results import compute

OUT, NONE = DECIDED_LATER
ETHNICITIES = ["Kon Rẫy", "Ba Na", "Kinh"]
STATUSES = {
    ("2023-12-31", "not_poor"): False,
    ("2020-01-01", "poor"): False,
    ("2024-01-01", "poor"): True,
    ("2023-12-31", "kr"): True,
}
AREAS = {
    ("residential_area", "A", "1"): False,
    ("residential_area", "A", "2"): False,
    ("residential_area", "A", "3"): True,
    ("residential_area", "A", "0"): True,
    ("residential_area", "A", ""): True,
    ("residential_area", "A", "một"): True,
    ("residential_area", "B", ""): False,
    ("residential_area", "", "1"): True,
    ("commune_front", "", ""): False,
}


@pytest.fixture(scope="module")
def problems(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Give all problems, by file and row, of one campaign with the three lists above."""
    homes: list[Row] = [
        {**example("households", n), "ethnicity": text} for n, text in enumerate(ETHNICITIES, 1)
    ]
    statuses: list[Row] = [
        {**example("poverty_status", n), "valid_from": day, "status": status}
        for n, (day, status) in enumerate(STATUSES, 1)
    ]
    models: list[Row] = [
        {**example("models", n), "owner": owner, "village": village, "residential_area": area}
        for n, (owner, village, area) in enumerate(AREAS, 1)
    ]
    files = {"households": homes, "poverty_status": statuses, "models": models}
    found = compute(read(tmp_path_factory.mktemp("left_out"), files), doubts=doubts).problems
    return found[found["action"].isin(DECIDED_LATER)]


def rows_of(problems: pd.DataFrame, file: str, action: str) -> list[int]:
    return problems.loc[(problems["file"] == file) & (problems["action"] == action), "row"].tolist()


def test_an_ethnic_group_that_is_not_on_the_list(problems: pd.DataFrame) -> None:
    lines = problems[problems["column"] == "ethnicity"]
    found = lines[["file", "row", "value", "action"]].values.tolist()
    assert found == [["households.csv", first_row("households"), "Kon Rẫy", OUT]]


def test_no_status_on_the_baseline_date(problems: pd.DataFrame) -> None:
    """A household is listed unless a status of that date or of an earlier one can be read."""
    homes = problems[(problems["column"] == "household") & (problems["action"] == OUT)]
    listed = set(homes["value"])
    out = {f"H{n:02}" for n, is_out in enumerate(STATUSES.values(), 1) if is_out}
    assert listed & {"H01", "H02", "H03", "H04"} == out
    assert {f"H{number:02}" for number in range(5, 61)} <= listed


def test_a_model_without_a_usable_area(problems: pd.DataFrame) -> None:
    assert rows_of(problems, "models.csv", NONE) == (
        [row for row, is_out in enumerate(AREAS.values(), first_row("models")) if is_out]
    )


def test_a_list_of_the_poor_alone_is_told_in_one_sentence(problems: pd.DataFrame) -> None:
    """How many have no row, on which day, and which key to set: once, not once a quarter."""
    lines = problems[problems["file"] == "poverty_status.csv"]
    (line,) = lines.to_dict("records")
    assert pd.isna(line["row"]) and line["action"] == OUT
    assert " have no row in poverty_status, " in line["problem"]
    assert 'unlisted_households = "not_poor" under [parameters] of the plan of ' in line["problem"]
