"""`campaign form`: what it writes and says, and that nobody's work is written over."""

import os
from pathlib import Path

import pytest
from form_campaign import written_campaign
from intake_files import COLUMNS, csv_text
from openpyxl import load_workbook

from campaign_lib import cli


def form(data: Path, folder: Path, *more: str) -> int:
    return cli.main(["--data", str(data), "--today", "2024-09-01", "form", str(folder), *more])


def names(folder: Path) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in files)


@pytest.mark.usefixtures("in_english")
def test_it_writes_every_form_and_says_where(
    campaign_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert form(campaign_folder, tmp_path, "--quarter", "2024q3") == 0
    assert names(tmp_path) == [
        "2024Q3_A_Thon-1-Dak-s_noi-bo.xlsx",
        "2024Q3_B_Thon-2_noi-bo.xlsx",
        "dien-thoai/households.csv",
        "dien-thoai/xlsform_2024Q3.xlsx",
        "giay/2024Q3_A_Thon-1-Dak-s_noi-bo.html",
        "giay/2024Q3_B_Thon-2_noi-bo.html",
    ]
    said = capsys.readouterr().out
    for words in ("2024Q3", str(tmp_path), "nobody to ask: C", "INTERNAL", "xlsform_2024Q3.xlsx"):
        assert words in said
    assert not (campaign_folder / "processed").exists()


def test_a_village_alone(campaign_folder: Path, tmp_path: Path) -> None:
    assert form(campaign_folder, tmp_path, "--quarter", "2024Q3", "--village", "Thôn 2") == 0
    assert [name for name in names(tmp_path) if "_A_" in name or "_B_" in name] == [
        "2024Q3_B_Thon-2_noi-bo.xlsx",
        "giay/2024Q3_B_Thon-2_noi-bo.html",
    ]


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--quarter", "2024Q5"], "'2024Q5' is not a quarter"),
        (["--village", "T9"], "'T9' is no village; known are A, B, C."),
    ],
)
def test_a_slip_is_answered_with_one_line(
    campaign_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    more: list[str],
    said: str,
) -> None:
    assert form(campaign_folder, tmp_path, *more) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert names(tmp_path) == []


@pytest.mark.usefixtures("in_english")
def test_a_workbook_with_answers_is_kept(
    campaign_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert form(campaign_folder, tmp_path, "--quarter", "2024Q3") == 0
    begun, untouched = sorted(tmp_path.glob("*.xlsx"))
    book = load_workbook(begun)
    book["2024Q3"]["F3"] = "Có"
    book.save(begun)
    before = begun.read_bytes()
    untouched.write_bytes(untouched.read_bytes())
    old = untouched.stat().st_mtime_ns
    capsys.readouterr()
    assert form(campaign_folder, tmp_path, "--quarter", "2024Q3") == 0
    assert begun.read_bytes() == before
    assert untouched.stat().st_mtime_ns != old
    assert f"kept, it has answers: {begun.name}" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b"not a workbook"])
def test_a_file_that_is_not_ours_is_kept(
    campaign_folder: Path, tmp_path: Path, content: bytes
) -> None:
    other = tmp_path / "2024Q3_B_Thon-2_noi-bo.xlsx"
    other.write_bytes(content)
    assert form(campaign_folder, tmp_path, "--quarter", "2024Q3") == 0
    assert other.read_bytes() == content


def test_rows_that_cannot_be_read_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"household": "H1", "village": "A", "ethnicity": "Ba Na"}, {"household": "H2"}]
    data = written_campaign(tmp_path, {"households.csv": csv_text(COLUMNS["households"], rows)})
    assert form(data, tmp_path / "forms") == 0
    assert "campaign check" in capsys.readouterr().out


@pytest.mark.usefixtures("in_english")
def test_no_raw_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert form(tmp_path, tmp_path / "forms") == 2
    assert "there is no such folder" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_forms_are_for_owner_and_group_only(campaign_folder: Path, tmp_path: Path) -> None:
    assert form(campaign_folder, tmp_path, "--quarter", "2024Q3") == 0
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 6
    assert [path.name for path in files if path.stat().st_mode & 0o007] == []
