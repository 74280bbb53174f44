"""No real campaign in the repository: raw files only under plans that say they are made up."""

import subprocess
import tomllib
from pathlib import Path

import openpyxl
import pytest

from campaign_lib.office.plan_book import write_plan_book

#: Tables that no campaign is without; a folder that holds one holds raw files.
TABLES = {"villages", "households", "poverty_status"}
SUFFIXES = {".csv", ".xlsx", ".xlsm", ".xls"}


def files_to_commit(root: Path) -> list[Path]:
    """List what is committed here, or would be by `git add`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
    )
    names = listed.stdout.decode().split("\0")
    return [root / name for name in names if name and (root / name).is_file()]


def raw_folders(files: list[Path]) -> set[Path]:
    """Find the folders of raw files, wherever they stand."""
    tables = [file for file in files if file.suffix.lower() in SUFFIXES]
    return {file.parent for file in tables if file.stem.lower() in TABLES} | {
        folder.parent for file in tables for folder in file.parents if folder.name == "survey"
    }


def is_made_up(plan: Path) -> bool:
    """Say whether a plan says that it is; a workbook by the row of that name."""
    if plan.suffix.lower() == ".toml":
        return tomllib.loads(plan.read_text(encoding="utf-8-sig")).get("illustrative") is True
    rows = openpyxl.load_workbook(plan)["Kế hoạch"].iter_rows(values_only=True)
    return ("Số liệu hư cấu", "Có") in [row[:2] for row in rows]


def not_said_to_be_made_up(folder: Path, files: list[Path]) -> list[str]:
    """List the plans of a raw folder that do not say so, and surveys of years without a plan."""
    said = {
        plan.stem: is_made_up(plan)
        for plan in files
        if plan.parent == folder / "plans" and plan.suffix.lower() in {".toml", *SUFFIXES}
    }
    survey = folder / "survey"
    surveys = {file.relative_to(survey).parts[0][:4] for file in files if survey in file.parents}
    silent = [f"plans/{year}" for year, made_up in sorted(said.items()) if not made_up]
    return (silent if said else ["plans"]) + sorted(surveys - said.keys())


def test_raw_files_are_made_up(root: Path) -> None:
    files = files_to_commit(root)
    folders = raw_folders(files)
    assert root / "data" / "raw" in folders, "the sample campaign is missing"
    wrong = {
        folder.relative_to(root).as_posix(): lacking
        for folder in folders
        if (lacking := not_said_to_be_made_up(folder, files))
    }
    assert wrong == {}, (
        "raw files whose plan does not say `illustrative = true`: keep real campaigns outside "
        "(--data, CAMPAIGN_DATA)"
    )


@pytest.mark.parametrize(
    ("plan", "survey", "wrong"),
    [
        ("illustrative = true", "2024Q1.csv", []),
        ("illustrative = false", "2024Q1.csv", ["plans/2024"]),
        ("year = 2024", "2024Q1.csv", ["plans/2024"]),
        ('illustrative = "true"', "2024Q1.csv", ["plans/2024"]),
        ("illustrative = true", "2025Q1.xlsx", ["2025"]),
        ("illustrative = false", "2024Q1/thôn 4.xls", ["plans/2024"]),
        ("illustrative = true", "2024Q1/thôn 4.xlsm", []),
        ("illustrative = true", "2025Q1/thôn 4.xlsx", ["2025"]),
        (None, "2024Q1.csv", ["plans", "2024"]),
    ],
)
def test_the_rule_itself(tmp_path: Path, plan: str | None, survey: str, wrong: list[str]) -> None:
    for name in ("plans", "survey"):
        (tmp_path / name).mkdir()
    files = [tmp_path / "survey" / survey]
    if plan is not None:
        files.append(tmp_path / "plans" / "2024.toml")
        files[-1].write_text(plan, encoding="utf-8")
    assert raw_folders(files) == {tmp_path}
    assert not_said_to_be_made_up(tmp_path, files) == wrong


@pytest.mark.parametrize(
    ("said", "wrong"), [("yes", []), ("no", ["plans/2024"]), ("", ["plans/2024"])]
)
def test_a_real_plan_in_a_workbook_is_refused(tmp_path: Path, said: str, wrong: list[str]) -> None:
    plan = tmp_path / "plans" / "2024.xlsx"
    write_plan_book(plan, {"year": 2024, "illustrative": said})
    files = [tmp_path / "households.csv", plan]
    assert not_said_to_be_made_up(tmp_path, files) == wrong
