"""Many files, each below the limits of one: what they take together has limits too."""

from pathlib import Path

import pytest
from fuzz.mutations import unpacked as unpacked_parts
from intake_files import (
    COLUMNS,
    TODAY,
    csv_text,
    example,
    workbook,
    write_campaign,
    write_file,
)

from campaign_lib.base import limits
from campaign_lib.errors import CampaignError
from campaign_lib.intake import read_campaign, read_homes
from campaign_lib.intake.sources.folder import look_over

HEADINGS = list(COLUMNS["survey"])
#: A province for three years: villages, quarters, households; and a village's own workbook.
VILLAGES, QUARTERS, HOUSEHOLDS = 800, 12, 150_000
OF_A_WORKBOOK, UNPACKED = 40_000, 310_000


def survey(*numbers: int) -> str:
    return csv_text(HEADINGS, [example("survey", n) for n in numbers])


def book(*numbers: int) -> dict[str, list[list[object]]]:
    return {"S": [[*HEADINGS], *([*example("survey", n).values()] for n in numbers)]}


def three(raw: Path) -> Path:
    """Write a survey of one quarter in three files, of twenty forms in all, and one of another."""
    write_campaign(
        raw,
        {
            "survey/2024Q1": None,
            "survey/2024Q1/a.csv": survey(1, 2, 3),
            "survey/2024Q1/b.xlsx": workbook(book(4, 5, 6)),
            "survey/2024Q1/c.csv": survey(*range(7, 21)),
            "survey/2024Q2.xlsx": workbook(book(11, 12, 13)),
        },
    )
    return raw


def refusal(raw: Path) -> str:
    with pytest.raises(CampaignError) as told:
        read_campaign(raw, TODAY)
    return str(told.value)


def test_a_province_has_room_twice_over() -> None:
    files = VILLAGES * QUARTERS
    assert 2 * files <= limits.MOST_FILES
    assert 2 * files * OF_A_WORKBOOK <= limits.MOST_BYTES_OF_ALL
    assert 2 * files * UNPACKED <= limits.MOST_UNPACKED_OF_ALL
    cells = HOUSEHOLDS * len(HEADINGS)
    assert 2 * cells <= limits.MOST_CELLS
    assert 2 * cells * QUARTERS <= limits.MOST_CELLS_OF_ALL


def test_more_files_than_any_campaign_has_are_refused_before_one_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = three(tmp_path / "raw")
    write_file(raw / "households.csv", b"\xff")
    for number in range(9):
        write_file(raw / "survey" / "2024Q1" / "deep" / f"{number}.txt", b"")
    files = sum(1 for path in raw.rglob("*"))
    monkeypatch.setattr(limits, "MOST_FILES", files - 1)
    assert refusal(raw) == (
        f"{raw}: has more than {files - 1} files; keep only this campaign's tables there."
    )
    with pytest.raises(CampaignError, match="has more than"):
        read_homes(raw, TODAY)
    monkeypatch.setattr(limits, "MOST_FILES", files)
    assert refusal(raw).startswith("households.csv: ")


def test_what_no_table_is_looked_for_in_is_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = three(tmp_path / "raw")
    files = sum(1 for path in raw.rglob("*"))
    write_file(raw / "old" / "2023" / "survey.csv", b"x" * 1000)
    (raw / "survey" / "back").symlink_to(raw)
    monkeypatch.setattr(limits, "MOST_FILES", files + 2)
    look_over(raw)


def test_larger_tables_than_any_campaign_has_are_refused_before_one_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = three(tmp_path / "raw")
    write_file(raw / "pictures.zip", bytes(5 * 1024**2))
    monkeypatch.setattr(limits, "MOST_BYTES_OF_ALL", 1024**2)
    read_campaign(raw, TODAY)
    write_file(raw / "households.csv", b"\xff" * 1024**2)
    assert refusal(raw) == (
        f"{raw}: its tables have more than 1 MB together; take out what does not belong there, or "
        "divide the campaign."
    )


@pytest.mark.parametrize("limit", ["MOST_CELLS", "MOST_TEXT"])
def test_the_files_of_one_quarter_count_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    """Each is read alone, and so are the two quarters; the third of one quarter is too much."""
    raw = three(tmp_path / "raw")
    read_campaign(raw, TODAY)
    of_heading = sum(map(len, HEADINGS)), len(HEADINGS)
    most = {"MOST_CELLS": 16 * of_heading[1], "MOST_TEXT": 3 * of_heading[0] + 100}
    monkeypatch.setattr(limits, limit, most[limit])
    said = refusal(raw)
    assert said.startswith("survey/2024Q1/c.csv: with it, the files of this table hold 0 million")
    (raw / "survey" / "2024Q1" / "c.csv").unlink()
    read_campaign(raw, TODAY)


@pytest.mark.parametrize("limit", ["MOST_CELLS_OF_ALL", "MOST_UNPACKED_OF_ALL"])
def test_all_files_count_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    """The last file that is read is one too much."""
    raw = three(tmp_path / "raw")
    read_campaign(raw, TODAY)
    cells = 61 * len(COLUMNS["households"]) + 3 * len(COLUMNS["villages"]) + 23 * len(HEADINGS)
    unpacked = sum(map(len, unpacked_parts(workbook(book(4, 5, 6))).values()))
    most = {"MOST_CELLS_OF_ALL": cells, "MOST_UNPACKED_OF_ALL": unpacked}
    monkeypatch.setattr(limits, limit, most[limit])
    said = refusal(raw)
    assert said.startswith("survey/2024Q2.xlsx: with it, the files of the folder hold 0 million")
