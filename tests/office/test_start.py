"""A campaign is started: what is written, what is refused, and that everything goes on from it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest

from campaign_lib import cli
from campaign_lib.codebook import codebook
from campaign_lib.errors import CampaignError
from campaign_lib.intake import read_campaign
from campaign_lib.intake.plans import read_plans
from campaign_lib.office.start import villages_of
from campaign_lib.plan.usual import usual_tasks

NAMES = ("--commune", "Đăk Ví Dụ", "--province", "Kon Tum")
STARTED = (*NAMES, "--district", "Kon Ví Dụ", "--year", 2025, "--villages", 3)
NOT_WRITTEN = {"survey", "corrections", "allocation", "communes"}
DAY = "2025-02-01"


class Ended(NamedTuple):
    status: int
    out: str
    err: str


Runs = Callable[..., Ended]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Runs:
    monkeypatch.setenv("CAMPAIGN_LANGUAGE", "vi")
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)

    def run(*arguments: object) -> Ended:
        status = cli.main(["--today", DAY, *map(str, arguments)])
        return Ended(status, *capsys.readouterr())

    return run


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A campaign as `campaign init` leaves it, in a folder with a space and letters like Đ."""
    folder = tmp_path_factory.mktemp("start") / "Xã Đăk"
    assert cli.main(["init", str(folder), *map(str, STARTED)]) == 0
    return folder


# --- what is written ---


def test_it_writes_a_workbook_for_each_table_and_the_plan(started: Path) -> None:
    files = {path.relative_to(started).as_posix() for path in started.rglob("*") if path.is_file()}
    tables = codebook().tables.keys() - NOT_WRITTEN
    assert files == {"raw/plans/2025.xlsx", *(f"raw/{name}.xlsx" for name in tables)}
    assert (started / "raw" / "survey").is_dir()


def test_the_villages_are_there_and_no_household_is_made_up(started: Path) -> None:
    campaign = read_campaign(started / "raw", date(2025, 2, 1), without_survey=True)
    assert campaign.problems.empty
    villages = campaign.tables["villages"]
    assert villages["village"].tolist() == ["T1", "T2", "T3"]
    assert villages["name"].tolist() == ["Thôn 1", "Thôn 2", "Thôn 3"]
    assert villages["residential_areas"].tolist() == [1, 1, 1]
    assert all(rows.empty for name, rows in campaign.tables.items() if name != "villages")


def test_the_plan_has_its_head_and_tasks_and_no_number(started: Path) -> None:
    plan = read_plans(started / "raw" / "plans")[2025]
    assert (plan.commune, plan.district, plan.province) == ("Đăk Ví Dụ", "Kon Ví Dụ", "Kon Tum")
    assert (plan.baseline, plan.illustrative, plan.targets) == (date(2024, 12, 31), False, {})
    assert plan.tasks == usual_tasks(2025)
    assert plan.lacking == ("district_mean_income", "unlisted_households")


def test_the_villages_can_be_chosen_in_the_tables(started: Path) -> None:
    book = openpyxl.load_workbook(started / "raw" / "households.xlsx")
    texts = {cell.value for row in book["Danh mục"].iter_rows() for cell in row}
    assert {"Thôn 1", "Thôn 2", "Thôn 3", "Xơ Đăng"} <= texts


# --- what the other commands say of it ---


def test_check_looks_at_register_and_plan(run: Runs, started: Path) -> None:
    ended = run("--data", started, "check")
    assert (ended.status, ended.err) == (0, "")
    assert "Kế hoạch 2025.xlsx chưa ghi chỉ tiêu nào, và chưa ghi: " in ended.out
    assert "Hộ không có trong danh sách hộ nghèo, cận nghèo" in ended.out


def test_status_asks_for_the_households_first(run: Runs, started: Path) -> None:
    ended = run("--data", started, "status")
    assert ended.status == 0
    assert "import FILE --as households" in ended.out


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("form", "forms"), "Bảng households chưa có hộ nào"),
        (("build",), "chưa có tệp khảo sát nào"),
        (("reports",), "chưa có tệp khảo sát nào"),
    ],
)
def test_what_cannot_be_done_yet_is_said_in_one_line(
    run: Runs, started: Path, command: tuple[str, ...], sentence: str
) -> None:
    ended = run("--data", started, *command)
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert sentence in ended.err


# --- what is refused ---


def test_a_folder_with_files_is_left_alone(run: Runs, tmp_path: Path) -> None:
    file = tmp_path / "raw" / "danh_sach.csv"
    file.parent.mkdir()
    file.write_text("x", encoding="utf-8")
    ended = run("init", tmp_path, *STARTED)
    assert (ended.status, ended.out) == (2, "")
    assert "đã có tệp trong đó" in ended.err
    assert [path.name for path in tmp_path.rglob("*")] == ["raw", "danh_sach.csv"]


@pytest.mark.parametrize("missing", ["commune", "province", "villages"])
def test_what_is_missing_is_named_where_nobody_can_be_asked(
    run: Runs, tmp_path: Path, missing: str
) -> None:
    given = [*map(str, STARTED)]
    at = given.index(f"--{missing}")
    ended = run("init", tmp_path / "x", *given[:at], *given[at + 2 :])
    assert ended.status == 2
    assert f"'--{missing}'" in ended.err
    assert not (tmp_path / "x").exists()


def test_year_and_district_may_be_left_out(run: Runs, tmp_path: Path) -> None:
    ended = run("init", tmp_path, *NAMES, "--villages", 1)
    assert ended.status == 0
    assert f"campaign --data {tmp_path} status" in ended.out
    (plan,) = read_plans(tmp_path / "raw" / "plans").values()
    assert (plan.year, plan.district) == (2025, "")


def test_on_a_terminal_it_asks(run: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"Tên xã": "Đăk Ví Dụ", "Tên huyện": "", "Tên tỉnh": "Kon Tum", "Số thôn": "2"}
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    asked = []

    def prompt(text: str, default: object) -> object:
        asked.append(text)
        return next((one for start, one in answers.items() if text.startswith(start)), default)

    monkeypatch.setattr("click.prompt", prompt)
    assert run("init", tmp_path).status == 0
    assert len(asked) == 5
    (plan,) = read_plans(tmp_path / "raw" / "plans").values()
    assert (plan.year, plan.commune, plan.district) == (2025, "Đăk Ví Dụ", "")


# --- lists of villages ---


@pytest.mark.parametrize(
    ("content", "villages"),
    [
        ("Đăk Tơ\nKon Ví Dụ\n", [("T1", "Đăk Tơ", 1), ("T2", "Kon Ví Dụ", 1)]),
        ("A1;Đăk Tơ\nA2;Kon Ví Dụ\n", [("A1", "Đăk Tơ", 1), ("A2", "Kon Ví Dụ", 1)]),
        (
            "Mã thôn,Tên thôn,Số khu dân cư\nA1,Đăk Tơ,2\nA2,Kon Ví Dụ,1\n",
            [("A1", "Đăk Tơ", 2), ("A2", "Kon Ví Dụ", 1)],
        ),
        ("Tên thôn\nĐăk Tơ\n", [("T1", "Đăk Tơ", 1)]),
    ],
)
@pytest.mark.parametrize("suffix", ["txt", "csv", "xlsx"])
def test_villages_may_be_listed(
    tmp_path: Path, content: str, villages: list[tuple[str, str, int]], suffix: str
) -> None:
    path = tmp_path / f"thôn.{suffix}"
    if suffix == "xlsx":
        book = openpyxl.Workbook()
        for line in content.splitlines():
            book.worksheets[0].append(line.replace(";", ",").split(","))
        book.save(path)
    else:
        path.write_text(content, encoding="utf-8")
    rows = villages_of(str(path))
    assert [(row["village"], row["name"], row["residential_areas"]) for row in rows] == villages


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("Đăk Tơ\nđăk tơ\n", "“đăk tơ” có hai lần"),
        ("Tên thôn\n", "không thấy tên thôn nào"),
    ],
)
def test_a_list_that_cannot_be_is_refused(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CampaignError) as caught:
        villages_of(str(path))
    assert sentence in caught.value.said("vi")


@pytest.mark.parametrize("villages", ["0", "301", "-1", "không có.txt"])
def test_a_number_or_a_file_that_is_none_is_refused(tmp_path: Path, villages: str) -> None:
    with pytest.raises(CampaignError):
        villages_of(villages)


def test_an_office_list_of_villages_has_headings_numbers_and_a_total(tmp_path: Path) -> None:
    rows = [
        "UBND XÃ MẪU;;",
        "STT;Tên thôn, làng;Số hộ",
        "1;Làng Ví Dụ;14",
        "2;Cộng Hòa;9",
        ";Tổng cộng;23",
    ]
    path = tmp_path / "DS thôn.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    found = [(row["village"], row["name"]) for row in villages_of(str(path))]
    assert found == [("T1", "Làng Ví Dụ"), ("T2", "Cộng Hòa")]
