"""What reading gives: every table with its columns and types, plans, problems, files."""

import hashlib
from pathlib import Path

import pytest
from intake_files import (
    ASKED,
    COLUMNS,
    QUESTIONS,
    TODAY,
    Reads,
    column,
    counts,
    example,
    file_of,
    lines,
    read,
    rows,
    write_campaign,
)

from campaign_lib.codebook import codebook
from campaign_lib.intake import read_campaign

WHOLE = {file_of(table): [example(table, 1)] for table in COLUMNS}
DTYPES = {"whole": "Int64", "year": "Int64", "number": "float64", "ethnicity": "category"} | {
    "choice": "category",
    "yes_no": "category",
}


def test_a_clean_campaign_has_no_problems(reads: Reads) -> None:
    campaign = reads(WHOLE)
    assert lines(campaign) == []
    assert list(campaign.plans) == [2024]


def test_what_was_surveyed_is_questions(reads: Reads) -> None:
    assert reads(WHOLE).surveyed == {"2024Q1": frozenset(QUESTIONS)}


def test_what_is_wrong_comes_in_the_columns_of_the_contract(reads: Reads) -> None:
    campaign = reads({})
    assert list(campaign.problems.columns)[:7] == (
        ["file", "sheet", "row", "column", "value", "problem", "action"]
    )
    assert list(campaign.files.columns) == (
        ["file", "sha256", "rows_read", "rows_kept", "rows_refused", "rows_superseded"]
    )


def test_every_table_is_there_with_all_its_columns(reads: Reads) -> None:
    tables = reads({}).tables
    assert set(tables) == {*COLUMNS, "corrections"}
    for name, wanted in COLUMNS.items():
        assert {*wanted, "source_file", "source_sheet", "source_row"} <= set(tables[name].columns)
    assert tables["survey"].columns[0] == "quarter"
    assert "ethnicity_text" in tables["households"].columns


@pytest.mark.parametrize("files", [WHOLE, {}], ids=["with_rows", "without_files"])
def test_types_are_the_same_with_and_without_rows(reads: Reads, files: dict[str, object]) -> None:
    tables = reads(files).tables
    for name in COLUMNS:
        for about in codebook().tables[name].columns:
            found = str(tables[name][about.code].dtype)
            if about.type == "date":
                assert found.startswith("datetime64"), (name, about.code)
            else:
                assert found == DTYPES.get(about.type, "str"), (name, about.code)


@pytest.mark.parametrize("files", [WHOLE, {}], ids=["with_rows", "without_files"])
def test_categories_are_codes(reads: Reads, files: dict[str, object]) -> None:
    tables = reads(files).tables
    for question in ASKED:
        if question.type == "yes_no":
            assert list(tables["survey"][question.code].cat.categories) == ["no", "yes"]
    houses = set(tables["survey"]["house"].cat.categories)
    assert houses <= {"solid", "semi_solid", "frail", "simple"}
    owners = set(tables["models"]["owner"].cat.categories)
    assert owners <= {"commune_front", "residential_area"}


def test_a_row_is_read_cell_by_cell(reads: Reads) -> None:
    assert rows(reads(WHOLE), "models") == {
        2: {
            "model": "MH1",
            "owner": "residential_area",
            "village": "A",
            "residential_area": 1,
            "field": "trồng trọt",
            "name": "Lúa",
            "registered_on": "2024-01-05",
            "started_on": "2024-01-10",
            "ended_on": "2024-12-01",
            "households": 3,
            "copied_from": "MH1",
            "effective": "yes",
            "ended_because": "hết vốn",
            "commune": None,
            "source_file": "models.csv",
            "source_sheet": "",
            "source_row": 2,
        }
    }


def test_surveys_of_all_quarters_are_one_table(reads: Reads) -> None:
    both = {"survey/2024Q1": [example("survey", 1)]} | {
        "survey/2024Q2": [{**example("survey", 1), "surveyed_on": "2024-04-01"}]
    }
    survey = reads(both).tables["survey"]
    assert sorted(zip(survey["quarter"], survey["source_file"], strict=True)) == [
        ("2024Q1", "survey/2024Q1.csv"),
        ("2024Q2", "survey/2024Q2.csv"),
    ]
    assert list(survey["household"]) == ["H01", "H01"]


def test_a_file_with_headings_only_is_an_empty_table(reads: Reads) -> None:
    campaign = reads({"activities": []})
    assert lines(campaign) == []
    assert counts(campaign, "activities.csv") == (0, 0, 0, 0)
    assert column(campaign, "activities", "activity") == []


def test_no_plan_file_is_no_plan(tmp_path: Path) -> None:
    write_campaign(tmp_path, {})
    (tmp_path / "plans" / "2024.toml").unlink()
    assert read_campaign(tmp_path, TODAY).plans == {}


def test_hashes_are_those_of_the_files(tmp_path: Path) -> None:
    files = read(tmp_path, WHOLE).files
    hashes = dict(zip(files["file"], files["sha256"], strict=True))
    for name, found in hashes.items():
        assert found == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest(), name
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.csv")} <= set(
        hashes
    )


def test_problems_are_sorted_by_file_sheet_row_and_column(reads: Reads) -> None:
    bad = {"led_by": "ai đó", "households_attending": "nhiều"}
    campaign = reads(
        {
            "survey/2024Q1": [{**example("survey", 1), "house": "nhà tre"}],
            "activities": [{**example("activities", n), **bad} for n in range(1, 12)],
            "models": [{**example("models", 1), "ended_on": "mai"}],
        }
    )
    found = [(line.file, line.row, line.column) for line in lines(campaign)]
    assert len(found) == 24
    assert found == sorted(found)
    assert campaign.problems["problem"].str.len().gt(0).all()
