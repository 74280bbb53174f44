"""A quarter's survey in many files: a folder of workbooks, one for each village, in any order."""

from pathlib import Path

import pytest
from intake_files import (
    COLUMNS,
    QUESTIONS,
    REFUSED,
    SUPERSEDED,
    TODAY,
    Reads,
    assert_nothing_is_lost,
    column,
    counts,
    csv_text,
    example,
    lines,
    questions_of,
    read,
)

from campaign_lib.errors import CampaignError
from campaign_lib.intake import read_campaign
from campaign_lib.intake.sources import raw_hashes

HEADINGS = list(COLUMNS["survey"])


def survey(*numbers: int, **changed: object) -> str:
    return csv_text(HEADINGS, [{**example("survey", n), **changed} for n in numbers])


def sheet(*numbers: int, **changed: object) -> list[list[object]]:
    rows = [{**example("survey", n), **changed} for n in numbers]
    return [[*HEADINGS], *(list(row.values()) for row in rows)]


def test_files_of_a_folder_are_one_survey(reads: Reads) -> None:
    campaign = reads(
        {
            "survey/2024Q1": survey(1, 2),
            "survey/2024Q1/thôn 4.xlsx": {"Phiếu": sheet(3, 4, 5)},
            "survey/2024Q1/gửi lại.csv": survey(6).replace(",", ";"),
        }
    )
    assert lines(campaign) == []
    assert sorted(campaign.tables["survey"]["household"]) == [f"H0{n}" for n in range(1, 7)]
    assert set(campaign.tables["survey"]["quarter"]) == {"2024Q1"}
    assert counts(campaign, "survey/2024Q1.csv") == (2, 2, 0, 0)
    assert counts(campaign, "survey/2024Q1/thôn 4.xlsx") == (3, 3, 0, 0)
    assert counts(campaign, "survey/2024Q1/gửi lại.csv") == (1, 1, 0, 0)
    assert_nothing_is_lost(campaign)


def test_a_folder_alone_is_a_survey(reads: Reads) -> None:
    campaign = reads({"survey/2024Q1": None, "survey/2024q1/a.csv": survey(1)})
    assert questions_of(campaign) == set(QUESTIONS)
    assert column(campaign, "survey", "source_file") == ["survey/2024q1/a.csv"]


def test_a_household_in_two_files_is_judged_as_in_one(reads: Reads) -> None:
    campaign = reads(
        {
            "survey/2024Q1": None,
            "survey/2024Q1/a.csv": survey(1, 2, 3, 4),
            "survey/2024Q1/b.csv": survey(1)
            + survey(2, surveyed_on="2024-02-20").partition("\n")[2]
            + survey(3, has_tv="no").partition("\n")[2],
        }
    )
    kept = campaign.tables["survey"].set_index("household")["source_file"].to_dict()
    assert kept == {
        "H01": "survey/2024Q1/a.csv",
        "H02": "survey/2024Q1/b.csv",
        "H04": "survey/2024Q1/a.csv",
    }
    found = [(line.file[-5:], line.row, line.action) for line in lines(campaign)]
    assert found == [
        ("a.csv", 3, SUPERSEDED),
        ("a.csv", 4, REFUSED),
        ("b.csv", 2, SUPERSEDED),
        ("b.csv", 4, REFUSED),
    ]
    assert_nothing_is_lost(campaign)


def test_the_order_of_the_files_does_not_matter(tmp_path: Path) -> None:
    texts = [survey(1, 2), survey(2, surveyed_on="2024-02-20"), survey(3), survey(3, income="9")]
    kept = []
    for turn, names in enumerate(("abcd", "dcba", "bdac")):
        files = {f"survey/2024Q1/{name}.csv": text for name, text in zip(names, texts, strict=True)}
        campaign = read(tmp_path / str(turn), {"survey/2024Q1": None, **files})
        table = campaign.tables["survey"].drop(columns=["source_file", "source_row"])
        kept.append(table.sort_values("household", ignore_index=True).to_csv())
    assert kept[0] == kept[1] == kept[2]


def test_a_household_in_another_villages_form_does_not_outdate_its_own(reads: Reads) -> None:
    """B's form has H01 of A by a slip, on a later day; H61 has moved there from A."""
    b = {f"B{n}": {"household": f"B{n}", "village": "B", "ethnicity": "Ba Na"} for n in range(1, 6)}
    moved = {"household": "H61", "ethnicity": "Ba Na"}
    stays = [{**moved, "village": "A", "left_on": "2024-01-05"}]
    stays += [{**moved, "village": "B", "joined_on": "2024-01-05"}]
    later = {"surveyed_on": "2024-02-20", "income": "900"}
    own = [example("survey", 1) | {"household": name} for name in (*b, "H61")]
    slips = [example("survey", n) | later for n in (1, 40)]
    campaign = reads(
        {
            "households": [*b.values(), *stays],
            "survey/2024Q1": None,
            "survey/2024Q1/a.csv": survey(1, 2, 3, 4),
            "survey/2024Q1/b.csv": csv_text(HEADINGS, [*own, *slips]),
            "survey/2024Q1/a lần 2.csv": csv_text(HEADINGS, [example("survey", 2) | later]),
        }
    )
    kept = campaign.tables["survey"].set_index("household")["source_file"].str[14:].to_dict()
    assert {name: kept[name] for name in ("H01", "H02", "H40", "H61")} == {
        "H01": "a.csv",
        "H02": "a lần 2.csv",
        "H40": "b.csv",
        "H61": "b.csv",
    }
    assert [(one.file[14:], one.row, one.action) for one in lines(campaign)] == [
        ("a.csv", 3, SUPERSEDED),
        ("b.csv", 8, REFUSED),
    ]
    assert "survey/2024Q1/a.csv" in campaign.problems["problem"].iloc[1]
    assert_nothing_is_lost(campaign)


def test_each_file_writes_its_numbers_in_its_own_way(reads: Reads) -> None:
    campaign = reads(
        {
            "survey/2024Q1": None,
            "survey/2024Q1/a.csv": survey(1, income="1.234,5"),
            "survey/2024Q1/b.csv": survey(2, income="1,234.5"),
        }
    )
    assert campaign.tables["survey"]["income"].tolist() == [1234.5, 1234.5]


def test_a_question_that_one_file_lacks_is_listed_there_and_unknown_there(reads: Reads) -> None:
    lacking = [name for name in HEADINGS if name != "has_tv"]
    row = {name: example("survey", 2)[name] for name in lacking}
    campaign = reads(
        {
            "survey/2024Q1": None,
            "survey/2024Q1/a.csv": survey(1),
            "survey/2024Q1/b.csv": csv_text(lacking, [row]),
        }
    )
    (line,) = lines(campaign)
    assert (line.file, line.column) == ("survey/2024Q1/b.csv", "has_tv")
    assert questions_of(campaign) == set(QUESTIONS)
    answers = campaign.tables["survey"].set_index("household")["has_tv"]
    assert answers["H01"] == "yes"
    assert answers.isna()["H02"]


@pytest.mark.parametrize(
    "name",
    ["survey/tháng 8/a.csv", "survey/2024Q1/sâu hơn/a.csv", "survey/2024Q1/a.xlsb"],
)
def test_what_lies_elsewhere_is_listed(reads: Reads, name: str) -> None:
    campaign = reads({"survey/2024Q1/x.csv": survey(1), name: survey(2)})
    (line,) = lines(campaign)
    assert (line.file, line.action) == (name, "file ignored")


@pytest.mark.parametrize("content", ["a,b\n1,2\n", b""])
def test_a_file_that_is_no_form_may_be_moved_away(tmp_path: Path, content: str | bytes) -> None:
    """It ends the run, for it may be a village's; what to do is said for both."""
    name = "survey/2024Q1/ghi chú.csv"
    with pytest.raises(CampaignError) as told:
        read(tmp_path / "one", {"survey/2024Q1/x.csv": survey(1), name: content})
    assert str(told.value).startswith(f"{name}: ")
    assert str(told.value).endswith("If this is no filled form, move it out of raw/survey/2024Q1.")
    with pytest.raises(CampaignError) as told:
        read(tmp_path / "other", {"survey/2024Q2": content})
    assert "move it" not in str(told.value)


def test_what_a_program_leaves_beside_a_file_is_no_file(reads: Reads) -> None:
    campaign = reads({"survey/2024Q1/~$x.xlsx": b"lock", "survey/2024Q1/.x.csv": b""})
    assert lines(campaign) == []


def test_hashes_cover_the_files_of_a_folder(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    read(raw, {"survey/2024Q1/thôn 4.csv": survey(1), "survey/khác/x.csv": survey(2)})
    assert "survey/2024Q1/thôn 4.csv" in raw_hashes(raw)
    assert "survey/khác/x.csv" not in raw_hashes(raw)
    assert set(raw_hashes(raw)) == set(read_campaign(raw, TODAY).files["file"])
