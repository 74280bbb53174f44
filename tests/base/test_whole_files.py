"""Files are whole or not there, and no cell of a table becomes a formula."""

import csv
import io
import os
import stat
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from campaign_lib.base.editions import OPEN
from campaign_lib.base.files import write_csv, write_parquet, write_text, write_whole
from campaign_lib.errors import CampaignError


def cell(path: Path, text: str | None) -> str:
    """Write a cell beside a number, and give it as any reader of CSV would find it."""
    write_csv(path, pd.DataFrame({"text": pd.Series([text], dtype="str"), "number": [1]}))
    (_, row) = csv.reader(io.StringIO(path.read_bytes().decode(), newline=""))
    assert row[1:] == ["1"]
    return row[0]


def break_off(part: Path) -> None:
    part.write_text("half of it", encoding="utf-8")
    raise OSError(28, "No space left on device")


def stop(part: Path) -> None:
    part.write_text("half of it", encoding="utf-8")
    raise KeyboardInterrupt


# --- whole or not there ---


def test_a_new_file_is_written_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "Thôn 1.txt"
    write_text(path, "Đăk Tờ Re\n")
    assert path.read_bytes() == "Đăk Tờ Re\n".encode()
    assert list(path.parent.iterdir()) == [path]


def test_an_old_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for text in ("old and longer", "new"):
        write_text(path, text)
    assert path.read_text(encoding="utf-8") == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("there", [True, False])
def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path, there: bool) -> None:
    path = tmp_path / "a.txt"
    if there:
        path.write_text("old", encoding="utf-8")
    with pytest.raises(CampaignError) as caught:
        write_whole(path, break_off)
    assert str(caught.value) == (
        f"{path} cannot be written: No space left on device; the old file is unchanged."
    )
    assert [file.read_text(encoding="utf-8") for file in tmp_path.iterdir()] == ["old"] * there


def test_an_interruption_leaves_nothing_beside_it_either(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, stop)
    assert [file.read_text(encoding="utf-8") for file in tmp_path.iterdir()] == ["old"]


def test_while_it_is_written_the_old_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")

    def look(part: Path) -> None:
        part.write_text("new", encoding="utf-8")
        assert part.parent == path.parent, "a file is moved whole only within its folder"
        assert path.read_text(encoding="utf-8") == "old"

    write_whole(path, look)
    assert path.read_text(encoding="utf-8") == "new"


def test_a_file_that_is_open_elsewhere_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Windows does with a file that Excel has open."""

    def locked(self: Path, target: Path) -> None:
        raise PermissionError(13, "Access is denied")

    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(CampaignError, match="Excel keeps files locked") as caught:
        write_text(path, "new")
    assert str(caught.value).endswith("the old file is unchanged.")
    assert [file.read_text(encoding="utf-8") for file in tmp_path.iterdir()] == ["old"]


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old", encoding="utf-8")
    with pytest.raises(CampaignError, match=r"b\.txt cannot be written"):
        write_text(tmp_path / "a" / "b.txt", "new")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize(
    ("mask", "private", "open_"),
    [(0o022, 0o640, 0o644), (0o002, 0o660, 0o664), (0o077, 0o600, 0o600), (0o000, 0o660, 0o666)],
)
def test_only_what_may_leave_the_office_is_open_to_others(
    tmp_path: Path, mask: int, private: int, open_: int
) -> None:
    before = os.umask(mask)
    try:
        write_text(tmp_path / "private.txt", "")
        write_text(tmp_path / "open.txt", "", OPEN)
        write_csv(tmp_path / "private.csv", pd.DataFrame({"a": [1]}))
        write_parquet(tmp_path / "private.parquet", pd.DataFrame({"a": [1]}))
    finally:
        os.umask(before)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes.pop("open.txt") == open_
    assert set(modes.values()) == {private}


# --- tables ---


@pytest.mark.parametrize(
    "formula",
    [
        "=1+1",
        '=HYPERLINK("http://x","y")',
        "+1+1",
        "-1+1",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "=",
        "-",
        "- gạch đầu dòng",
        "+84 905 123 456",
    ],
)
def test_what_looks_like_a_formula_gets_an_apostrophe(tmp_path: Path, formula: str) -> None:
    assert cell(tmp_path / "a.csv", formula) == "'" + formula.replace("\r", "\n")


@pytest.mark.parametrize(
    "plain",
    [
        "-5",
        "-5.25",
        "-1.234,5",
        "+84905123456",
        "1-2",
        "a=b",
        "Đăk Tờ Re",
        'nói "có", rồi thôi',
        "hai\ndòng",
        "'=1",
        "2024-03-14",
    ],
)
def test_anything_else_is_left_alone(tmp_path: Path, plain: str) -> None:
    assert cell(tmp_path / "a.csv", plain) == plain


def test_a_carriage_return_does_not_begin_a_row(tmp_path: Path) -> None:
    assert cell(tmp_path / "a.csv", "một\r=1+1\r\nba") == "một\n=1+1\nba"


def test_no_value_is_an_empty_cell(tmp_path: Path) -> None:
    assert cell(tmp_path / "a.csv", None) == ""
    table = pd.DataFrame(
        {
            "count": pd.array([-5, None], dtype="Int64"),
            "word": pd.Categorical(["=poor", None]),
            "day": pd.to_datetime(["2024-03-14", None]),
        }
    )
    write_csv(tmp_path / "b.csv", table)
    assert (tmp_path / "b.csv").read_bytes() == b"count,word,day\n-5,'=poor,2024-03-14\n,,\n"


@pytest.mark.parametrize("rows", [0, 1, 2, 3, 7])
def test_a_long_table_is_written_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    table = pd.DataFrame(
        {
            "number": pd.Series(range(rows), dtype="Int64"),
            "share": pd.Series([one / 3 for one in range(rows)], dtype="float64"),
            "text": pd.Series([f"=chữ {one}\r\n" for one in range(rows)], dtype="str"),
            "kind": pd.Categorical(["a"] * rows, categories=["a", "b"]),
        }
    )
    write_csv(tmp_path / "whole.csv", table)
    monkeypatch.setattr("campaign_lib.base.files._ROWS_AT_ONCE", 2)
    write_csv(tmp_path / "pieces.csv", table)
    whole = (tmp_path / "whole.csv").read_bytes()
    assert (tmp_path / "pieces.csv").read_bytes() == whole
    assert whole.startswith(b"number,share,text,kind\n")
    assert whole.count(b"'=ch") == rows


def test_the_table_itself_is_not_changed(tmp_path: Path) -> None:
    table = pd.DataFrame({"text": ["=1"]})
    write_csv(tmp_path / "a.csv", table)
    assert table["text"].tolist() == ["=1"]


def test_parquet_keeps_text_and_types(tmp_path: Path) -> None:
    table = pd.DataFrame({"text": ["=1", None], "count": pd.array([1, None], dtype="Int64")})
    write_parquet(tmp_path / "a.parquet", table)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "a.parquet"), table)


def test_what_a_killed_run_left_is_swept_by_the_next_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "[problems].csv"
    killed = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    run = f"""
from pathlib import Path
from campaign_lib.base.files import write_whole
def write(part):
    part.write_text("half")
    {killed}
write_whole(Path({str(path)!r}), write)
"""
    assert subprocess.run([sys.executable, "-c", run], check=False).returncode != 0
    assert [file.suffix for file in tmp_path.iterdir()] == [".part"]
    others = [
        tmp_path / f".[problems].csv.{os.getpid()}-x.part",  # of a run that still writes
        tmp_path / ".other.csv.1x.part",
        tmp_path / "[problems].csv.part",
    ]
    for other in others:
        other.write_text("")
    (tmp_path / ".[problems].csv.ab_c1.part").write_text("as an older version called it")
    write_text(path, "whole")
    assert sorted(tmp_path.iterdir()) == sorted([path, *others])
