"""What cannot be read at all ends with one sentence that names the file, and the column if any."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from intake_files import (
    COLUMNS,
    REQUIRED,
    TODAY,
    Content,
    Reads,
    csv_text,
    example,
    file_of,
    lines,
    whole,
    workbook,
    write_campaign,
)

from campaign_lib.errors import CampaignError
from campaign_lib.intake import read_campaign

ACTIVITIES = "activity,held_on,kind\nHD1,2024-02-03,Họp thôn\n"
BOOK = {"activities": [["activity", "held_on"], ["HD1", "2024-02-03"]]}


def refused(reads: Reads, files: Mapping[str, Content]) -> str:
    with pytest.raises(CampaignError) as caught:
        reads(files)
    return str(caught.value)


def test_no_raw_folder(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match="raw"):
        read_campaign(tmp_path / "raw", TODAY)


@pytest.mark.parametrize("name", ["villages", "households"])
def test_no_register(reads: Reads, name: str) -> None:
    assert name in refused(reads, {name: None})


def test_no_survey_at_all(reads: Reads) -> None:
    assert "survey" in refused(reads, {"survey/2024Q1": None})


@pytest.mark.parametrize("table", [name for name in COLUMNS if name not in ("villages", "survey")])
def test_a_file_that_is_there_twice(reads: Reads, table: str) -> None:
    sheet = [list(COLUMNS[table])]
    assert table in refused(reads, {table: [example(table, 1)], f"{table}.xlsx": {table: sheet}})


def test_a_survey_that_is_there_twice(reads: Reads) -> None:
    sheet = [list(COLUMNS["survey"])]
    assert "2024Q1" in refused(reads, {"survey/2024Q1.xlsx": {"2024Q1": sheet}})


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(ACTIVITIES.encode("cp1258", errors="replace") + b"\xf4\xe2", id="cp1258"),
        pytest.param(ACTIVITIES.encode("utf-16-le"), id="utf_16_without_mark"),
        pytest.param(b"\xff\xfe" + ACTIVITIES.encode("utf-16-le") + b"\x41", id="half_a_letter"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00", id="a_picture"),
    ],
)
def test_a_file_that_cannot_be_decoded(reads: Reads, content: bytes) -> None:
    assert "activities" in refused(reads, {"activities": content})


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(ACTIVITIES.encode("utf-8"), id="csv_called_xlsx"),
        pytest.param(workbook(BOOK)[:300], id="cut_off"),
        pytest.param(b"", id="empty"),
    ],
)
def test_a_workbook_that_cannot_be_opened(reads: Reads, content: bytes) -> None:
    assert "activities" in refused(reads, {"activities.xlsx": content})


@pytest.mark.parametrize(("table", "name"), REQUIRED)
def test_a_file_without_a_required_column(reads: Reads, table: str, name: str) -> None:
    columns = [other for other in COLUMNS[table] if other != name]
    row = {key: cell for key, cell in example(table, 1).items() if key != name}
    sentence = refused(reads, {file_of(table): csv_text(columns, [row])})
    assert file_of(table) in sentence
    assert name in sentence


@pytest.mark.parametrize(
    "headings",
    [
        "activity,held_on,kind,kind",
        "activity,held_on,kind,KIND ",
        "activity,held_on,kind,Loại hoạt động",
        "activity,held_on,Kind,Loại hoạt động",
    ],
)
def test_a_heading_that_is_there_twice(reads: Reads, headings: str) -> None:
    sentence = refused(reads, {"activities": f"{headings}\nHD1,2024-02-03,a,b\n"})
    assert "activities" in sentence
    assert any(heading.strip() in sentence for heading in ("kind", *headings.split(",")[2:]))


def test_a_plan_that_cannot_be_read(tmp_path: Path) -> None:
    write_campaign(tmp_path, {})
    (tmp_path / "plans" / "2024.toml").write_text("year = ", encoding="utf-8")
    with pytest.raises(CampaignError, match="2024"):
        read_campaign(tmp_path, TODAY)


def test_a_question_that_is_asked_in_two_groups(reads: Reads) -> None:
    columns = [*COLUMNS["survey"], "nhom/has_tv"]
    assert "has_tv" in refused(reads, {"survey/2024Q1": csv_text(columns, [])})


@pytest.mark.parametrize(
    "name",
    [
        "survey/quy 1.csv",
        "survey/2024Q5.csv",
        "activites.csv",
        "activities.xls",
        "activities.xlsb",
        "survey/2024Q2.xls",
    ],
)
def test_a_file_that_is_not_read_is_not_passed_over(reads: Reads, name: str) -> None:
    """What is wrong is listed, never dropped in silence."""
    content = whole("survey/2024Q1", [example("survey", 1)])
    try:
        campaign = reads({name: content})
    except CampaignError as error:
        assert name.rpartition("/")[2] in str(error)
    else:
        assert name in {line.file for line in lines(campaign)}
