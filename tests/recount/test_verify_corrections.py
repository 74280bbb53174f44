"""Corrections read a second time: which fit, what they change, and when the files are left."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from intake_files import csv_text
from several_communes import TODAY, VILLAGES, folder

from campaign_lib.codebook import codebook
from campaign_lib.pipeline.build import build
from campaign_lib.recount.verify import Verified, verify

SURVEY = "survey/2024Q1.csv"
NAMES = [column.code for column in codebook().tables["corrections"].columns]
#: One commune, whose survey says yes everywhere.
ONE = VILLAGES.replace("| Y", "| X")

#: File, key, column, old and new; whether the correction fits.
CORRECTIONS: list[tuple[tuple[str, str, str, str, str], bool]] = [
    ((SURVEY, "H1", "informed", "yes", "no"), True),
    (("SURVEY/2024q1.CSV", " h2 ", "informed", "YES", "?"), True),
    ((SURVEY, "H3", "Ngày khảo sát", "2024-03-01", "02/03/2024"), True),
    ((SURVEY, "H4", "household", "H4", "H99"), True),  # then its row is refused
    ((SURVEY, "H5", "informed", "no", "yes"), False),  # the file says yes
    ((SURVEY, "H6", "income", "", "900"), True),
    ((SURVEY, "H6", "incomes", "", "900"), False),  # the file has no such column
    ((SURVEY, "H77", "informed", "yes", "no"), False),
    ((SURVEY, "H6;H6", "informed", "yes", "no"), False),
    (("survey/2024Q4.csv", "H1", "informed", "yes", "no"), False),
    (("households.csv", "H7", "left_on", "", "2024-02-01"), True),
    (("households.csv", "H8;", "left_on", "", "2024-02-02"), True),  # by both parts of its key
    (("households.csv", "H9", "village", "C", "nowhere"), True),
    (("villages.csv", "A", "name", "Thôn A", "Thôn Một; 2"), True),
    (("poverty_status.csv", "H2;2023-12-31", "status", "poor", "not_poor"), True),
    # Two that give one cell different values, written in two ways: neither is right.
    (("poverty_status.csv", "H3", "status", "poor", "near_poor"), False),
    (("poverty_status.csv", "H3;2023-12-31", "status", "poor", "not_poor"), False),
    # Two that say the same.
    (("poverty_status.csv", "H5", "status", "poor", "near_poor"), True),
    (("poverty_status.csv", "H5;2023-12-31", "status", "poor", "near_poor"), True),
]


def write_corrections(raw: Path, *corrections: tuple[str, str, str, str, str]) -> None:
    rows = [(*one, "Y Thu", "2025-01-10", "đã hỏi lại") for one in corrections]
    text = csv_text(NAMES, [dict(zip(NAMES, row, strict=True)) for row in rows])
    (raw / "corrections.csv").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = folder(tmp_path_factory.mktemp("corrected") / "data", villages=ONE)
    write_corrections(data / "raw", *(one for one, _ in CORRECTIONS))
    build(data, TODAY)
    return data


@pytest.fixture(scope="module")
def found(data: Path) -> Verified:
    return verify(data)


def test_a_corrected_campaign_is_verified_from_raw_in_full(data: Path, found: Verified) -> None:
    assert (found.readings, found.miscounts, found.differences) == ([], [], [])
    assert found.left == {}
    files = (data / "processed" / "files.csv").read_text(encoding="utf-8")
    fitting = sum(fits for _, fits in CORRECTIONS)
    read, refused = len(CORRECTIONS), len(CORRECTIONS) - fitting
    assert f",{read},{fitting},{refused},0\n" in files.partition("corrections.csv")[2]


def test_a_correction_that_only_one_reading_applies_is_found(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data, tmp_path / "data")
    write_corrections(tmp_path / "data" / "raw", *(one for one, _ in CORRECTIONS[1:]))
    told = verify(tmp_path / "data")
    assert (SURVEY, 2, "informed", "no", "yes") in told.readings
    assert not told.agrees


@pytest.mark.parametrize(
    "file", ["corrections.csv", "survey/2024Q1/a.csv", "households.xlsx"], ids=lambda file: file
)
def test_what_cannot_be_corrected_here_is_taken_as_read_and_named(
    tmp_path: Path, file: str
) -> None:
    raw = folder(tmp_path, villages=ONE) / "raw"
    changed, key = {
        "corrections.csv": ((SURVEY, "H1", "informed", "yes", "no"), SURVEY),
        "survey/2024Q1/a.csv": ((file, "H1", "informed", "yes", "no"), file),
        "households.xlsx": ((file, "H1", "village", "A", "B"), file),
    }[file]
    more = [("corrections.csv", "x", "why", "a", "b")] if file == "corrections.csv" else []
    if file.startswith("survey/"):
        (raw / "survey" / "2024Q1").mkdir()
        (raw / SURVEY).rename(raw / file)
    if file == "households.xlsx":
        pd.read_csv(raw / "households.csv", dtype=str).to_excel(raw / file, index=False)
        (raw / "households.csv").unlink()
    write_corrections(raw, changed, *more)
    build(tmp_path, TODAY)
    found = verify(tmp_path)
    assert found.agrees
    assert found.left == {"corrections.csv": "corrections", key: "corrections"}
