"""`campaign status`: every stage from the empty folder to the locked quarter, and what is next."""

import shutil
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from first_day import fill_plan
from intake_files import BASE, Row, example, workbook, write_campaign
from openpyxl import Workbook
from raw_files import PLAN_2024, write_plan

from campaign_lib.cli import main
from campaign_lib.intake.problem_list import forms_in_words
from campaign_lib.intake.sources.folder import raw_hashes
from campaign_lib.office.standing import (
    Standing,
    in_words,
    looks_like,
    next_in_words,
    parts_of,
    standing_of,
)
from campaign_lib.pipeline.build import build
from campaign_lib.pipeline.reports.planned import Planner
from campaign_lib.pipeline.reports.report import Made, Manifest
from campaign_lib.store.processed import Processed
from campaign_lib.store.snapshots import Locks
from campaign_lib.words import LANGUAGES, Words

#: In the first quarter of 2024; its survey may be of any day of it.
TODAY = date(2024, 3, 10)
POOR: list[Row] = [
    {"household": f"H{n:02}", "status": "poor", "valid_from": "2023-12-31"} for n in range(1, 61)
]
STAYS: list[Row] = [
    *({**row, "village": "A" if at < 40 else "B"} for at, row in enumerate(BASE["households"])),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "xã Đăk"


@pytest.fixture
def status(data: Path, tmp_path: Path) -> Callable[..., Standing]:
    """Look at the folder on a day; both languages say something of whatever is there."""

    def look(today: date = TODAY) -> Standing:
        standing = standing_of(data, tmp_path / "reports", today)
        for language in LANGUAGES:
            lines = [*in_words(standing, Words(language))]
            assert lines[-1].strip() == standing.next.command
            assert len(lines) < 40, "a screenful"
        return standing

    return look


def write(data: Path, **files: object) -> None:
    """Write the small campaign of intake's tests with households in both villages."""
    stays = "household,village,ethnicity\n" + "".join(
        f"{row['household']},{row['village']},{row['ethnicity']}\n" for row in STAYS
    )
    write_campaign(data / "raw", {"households": stays, "survey/2024Q1": None, **files})


def forms(count: int, on: str = "2024-03-01", first: int = 1) -> list[Row]:
    numbers = range(first, first + count)
    return [{**example("survey", number), "surveyed_on": on} for number in numbers]


def pretend_made(data: Path, reports: Path) -> None:
    """Note every report as made from what is built, which a test need not wait for."""
    manifest = Manifest(reports)
    for report in Planner(Processed(data / "processed"), Words("vi")).all().values():
        page = report.page(reports)
        page.parent.mkdir(parents=True, exist_ok=True)
        page.touch()
        told = (report.title, report.notebook.name, dict(report.parameters), report.hash)
        manifest.made[report.target] = Made(*told, "fresh", 1.0)
    manifest.write()


def marks(standing: Standing) -> dict[str, str]:
    return {part.name: part.mark for part in parts_of(standing, Words("vi"))}


@pytest.mark.parametrize("made", [(), ("",), ("raw",), ("raw", "raw/survey", "raw/plans")])
def test_an_empty_folder_begins_with_init(
    status: Callable[..., Standing], data: Path, made: tuple[str, ...]
) -> None:
    for folder in made:
        (data / folder).mkdir(parents=True, exist_ok=True)
    standing = status()
    assert standing.next.key == "init"
    assert standing.next.command == f"campaign init '{data}'"
    assert set(marks(standing).values()) == {"none"}


def test_tables_come_in_the_order_of_the_work(
    status: Callable[..., Standing], data: Path, tmp_path: Path
) -> None:
    raw = data / "raw"
    before = f"campaign --data '{data}' --reports {tmp_path / 'reports'}"
    raw.mkdir(parents=True)
    villages = [["village", "name", "residential_areas"], ["A", "Thôn 1", 1]]
    (raw / "villages.xlsx").write_bytes(workbook({"villages": villages[:1]}))
    standing = status()
    assert standing.next.command == f"{before} import FILE --as villages", "headings are no rows"
    (raw / "villages.xlsx").write_bytes(workbook({"villages": villages}))
    assert status().next.command == f"{before} import FILE --as households"
    homes = [["household", "village", "ethnicity"], ["H1", "A", "Ba Na"]]
    (raw / "households.xlsx").write_bytes(workbook({"households": homes}))
    standing = status()
    assert standing.next.command == f"{before} import FILE --as poverty_status"
    rows = {one.table.name: one.rows for one in standing.tables}
    assert (rows["villages"], rows["households"], rows["poverty_status"]) == (1, 1, 0)
    assert marks(standing)["tables"] == "todo"
    assert [(one.name, one.due, one.there) for one in standing.forms] == [("Thôn 1", 1, 0)]


def test_a_list_under_another_name_is_recognised(
    status: Callable[..., Standing], data: Path
) -> None:
    write(data, households=None)
    book = Workbook()
    sheet = book.active
    sheet.append(["ỦY BAN NHÂN DÂN XÃ"])
    sheet.append([])
    sheet.append(["STT", "Chủ hộ", "Dân tộc", "Thôn", "Số nhân khẩu"])
    sheet.append([1, "A Biu", "Ba Na", "Thôn 1", 4])
    book.save(data / "raw" / "danh_sach_ho.xlsx")
    standing = status()
    assert [(path.name, table) for path, table in standing.alike] == [
        ("danh_sach_ho.xlsx", "households")
    ]
    path = data / "raw" / "danh_sach_ho.xlsx"
    assert standing.next.command.endswith(f" import '{path}' --as households")
    said = "\n".join(in_words(standing, Words("en")))
    assert "danh_sach_ho.xlsx looks like the table “Households”" in said


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("household,status,valid_from\nH1,poor,2023-12-31\n", "poverty_status"),
        ("village,name,residential_areas\nA,Thôn 1,2\n", "villages"),
        ("household,surveyed_on,house,income\nH1,2024-03-01,solid,900\n", "survey"),
        ("a,b,c\n1,2,3\n", ""),
        ("", ""),
    ],
)
def test_what_a_file_looks_like(tmp_path: Path, text: str, table: str) -> None:
    file = tmp_path / "x.csv"
    file.write_text(text, encoding="utf-8")
    assert looks_like(file) == table


def test_a_file_that_cannot_be_read_is_like_nothing(tmp_path: Path) -> None:
    file = tmp_path / "x.xlsx"
    file.write_bytes(b"no workbook")
    assert looks_like(file) == ""


def test_the_plan_comes_before_the_forms(status: Callable[..., Standing], data: Path) -> None:
    write(data, poverty_status=POOR)
    plan = data / "raw" / "plans" / "2024.toml"
    plan.unlink()
    standing = status()
    assert (standing.next.key, standing.plan) == ("plan_missing", None)
    plan.write_text("year = 2024\nbaseline = 2023-12-31\n", encoding="utf-8")
    standing = status()
    assert standing.next.key == "plan_empty"
    assert marks(standing)["plan"] == "todo"
    write_plan(data / "raw", {**PLAN_2024, "parameters": {}})
    standing = status()
    assert (standing.next.key, standing.lacking) == ("plan_lacks", ("district_mean_income",))
    write_plan(data / "raw", PLAN_2024)
    standing = status()
    assert standing.next.command.endswith(f" form '{data / 'forms'}' --quarter 2024Q1")


def test_a_plan_that_is_a_workbook_is_asked_for_what_it_lacks(
    status: Callable[..., Standing], data: Path, tmp_path: Path
) -> None:
    told = ["--commune", "Mẫu", "--province", "Mẫu", "--year", "2024", "--villages", "2"]
    assert main(["--today", str(TODAY), "init", str(data), *told]) == 0
    plan, tables = data / "raw" / "plans" / "2024.xlsx", tmp_path / "tables"
    write_campaign(tables, {"poverty_status": POOR})
    for name in ("villages", "households", "poverty_status"):
        (data / "raw" / f"{name}.xlsx").unlink()
        shutil.copy(tables / f"{name}.csv", data / "raw")
    assert status().next.key == "plan_empty"
    fill_plan(plan)
    assert status().next.key == "form"
    book = openpyxl.load_workbook(plan)
    for row in (row for sheet in book.worksheets for row in sheet.iter_rows()):
        if str(row[0].value).startswith(income := "Thu nhập trung bình của đồng bào"):
            row[1].value = None
    book.save(plan)
    standing = status()
    assert (standing.next.key, standing.lacking) == ("plan_lacks", ("district_mean_income",))
    assert income in next_in_words(standing, Words("vi"))


def test_forms_that_were_written_are_waited_for(
    status: Callable[..., Standing], data: Path
) -> None:
    write(data, poverty_status=POOR)
    assert status().next.key == "form"
    (data / "forms").mkdir()
    (data / "forms" / "2024Q1_A_Thon-1_noi-bo.xlsx").touch()
    standing = status()
    assert standing.next.key == "collect"
    assert any(f"{data / 'raw'}/survey/2024Q1" in line for line in in_words(standing, Words("vi")))
    assert sum(one.due for one in standing.forms) == 60
    assert not any(one.there for one in standing.forms)


@pytest.mark.parametrize(
    ("today", "quarter", "is_past"),
    [
        (date(2024, 3, 14), "2024Q1", False),
        (date(2024, 3, 15), "2024Q1", True),
        (date(2024, 4, 28), "2024Q1", True),  # the last day on which a form of it may be of
        (date(2024, 4, 29), "2024Q2", False),
        (date(2023, 12, 20), "2024Q1", False),  # nothing was planned for the quarter before
    ],
)
def test_a_quarter_without_any_form_is_gone_on_with_as_long_as_forms_are_taken(
    status: Callable[..., Standing], data: Path, today: date, quarter: str, is_past: bool
) -> None:
    write(data, poverty_status=POOR)
    standing = status(today)
    assert standing.next.command.endswith(f" --quarter {quarter}")
    said = "\n".join(in_words(standing, Words("en")))
    assert ("The quarter is over and has no form yet" in said) == is_past


def test_forms_are_counted_by_village(status: Callable[..., Standing], data: Path) -> None:
    late = forms(2, "2024-03-20", first=36)
    write(data, poverty_status=POOR, **{"survey/2024Q1": [*forms(35), *late]})
    standing = status(date(2024, 4, 1))
    first, second = map(asdict, standing.forms)
    assert first == {"village": "A", "name": "Thôn 1", "due": 40, "there": 37, "late": 2}
    assert (second["due"], second["there"]) == (20, 0)
    said = "\n".join(in_words(standing, Words("vi")))
    assert "37 trên 60 hộ đã có phiếu" in said
    assert "chưa có phiếu nào: Thôn 2." in said
    assert "còn thiếu phiếu: Thôn 1 37/40." in said
    assert "ngày cuối quý (số phiếu): Thôn 1 (2)." in said


def test_what_is_said_of_forms_is_what_check_says(sample_data: Path, tmp_path: Path) -> None:
    processed = Processed(sample_data / "processed")
    told = next(forms_in_words(processed.panel, {2024}, Words("en")))
    standing = standing_of(sample_data, tmp_path, date(2025, 2, 1))
    mine = [f"{one.village} {one.there}/{one.due}" for one in standing.forms]
    assert sorted(told.partition(": ")[2].rstrip(".").split(", ")) == sorted(mine)


def test_from_the_check_to_the_locked_quarter(
    status: Callable[..., Standing], data: Path, tmp_path: Path
) -> None:
    write(data, poverty_status=POOR, **{"survey/2024Q1": forms(60)})
    standing = status()
    assert (standing.next.key, standing.is_checked) == ("check", False)
    build(data, TODAY)
    standing = status()
    assert (standing.next.key, standing.is_checked) == ("reports", True)
    assert standing.next.command.endswith(" reports --quarter 2024Q1")
    assert set(standing.pages["2024Q1"]) == {"missing"}
    pretend_made(data, tmp_path / "reports")
    standing = status()
    assert set(standing.pages["2024Q1"]) == {"fresh"}
    assert standing.next.command.endswith(" lock 2024Q1")
    done = dict.fromkeys(marks(standing), "done")
    assert marks(standing) == {**done, "problems": "todo"}, "a warning is left, and no error"
    # The next morning nothing has to be built or made anew.
    assert status(date(2024, 3, 11)).next.key == "lock"
    Locks(data).lock(Processed(data / "processed"), "2024Q1", TODAY, force=False)
    build(data, TODAY)
    pretend_made(data, tmp_path / "reports")
    standing = status()
    assert (standing.next.key, standing.locked) == ("wait", ("2024Q1",))
    standing = status(date(2024, 3, 15))
    assert standing.next.command.endswith("--quarter 2024Q2")
    assert standing.next.key == "form"


def test_data_that_changed_make_reports_old(
    status: Callable[..., Standing], data: Path, tmp_path: Path
) -> None:
    write(data, poverty_status=POOR, **{"survey/2024Q1": forms(60)})
    build(data, TODAY)
    pretend_made(data, tmp_path / "reports")
    write(data, poverty_status=POOR, **{"survey/2024Q1": forms(59)})
    standing = status()
    assert (standing.next.key, set(standing.pages["2024Q1"])) == ("check", {"stale"})
    build(data, TODAY)
    standing = status()
    assert standing.next.key == "reports"
    assert standing.pages["2024Q1"].get("stale")


def test_errors_are_mended_before_reports_are_made(
    status: Callable[..., Standing], data: Path, tmp_path: Path
) -> None:
    strange = {**example("survey", 1), "household": "H99"}
    write(data, poverty_status=POOR, **{"survey/2024Q1": [*forms(60), strange]})
    build(data, TODAY)
    standing = status()
    assert (standing.next.key, standing.next.values["count"]) == ("mend_rows", 1)
    assert standing.next.command.endswith(" check")
    said = "\n".join(in_words(standing, Words("en")))
    assert "survey/2024Q1.csv: 1 × no household in the register has this id" in said
    # Who has made the reports all the same goes on; what was sent is past mending.
    pretend_made(data, tmp_path / "reports")
    assert status().next.key == "lock"
    Locks(data).lock(Processed(data / "processed"), "2024Q1", TODAY, force=False)
    assert status().problems.empty


@pytest.mark.parametrize(
    ("file", "content", "named"),
    [
        ("households.xlsx", b"no workbook", "households.xlsx"),
        ("villages.csv", b"", "villages.csv"),
        ("plans/2024.toml", b"year = ", "2024.toml"),
        ("survey/2024Q1.csv", b"\xff\xfe\x00", "2024Q1.csv"),
        ("villages.xlsx", b"", "villages.xlsx"),
    ],
)
def test_what_cannot_be_read_is_mended_next(
    status: Callable[..., Standing], data: Path, file: str, content: bytes, named: str
) -> None:
    write(data, poverty_status=POOR, **{"survey/2024Q1": forms(3)})
    if file == "households.xlsx":
        (data / "raw" / "households.csv").unlink()
    (data / "raw" / file).write_bytes(content)
    standing = status()
    assert standing.next.key == "mend"
    assert marks(standing)["plan" if file.startswith("plans") else "tables"] == "wrong"
    said = "\n".join(in_words(standing, Words("en")))
    assert named in standing.troubles[0].said("en")
    assert standing.troubles[0].said("en") in said


def test_a_broken_plan_is_there_and_all_its_faults_are_told(
    status: Callable[..., Standing], data: Path
) -> None:
    write(data, poverty_status=POOR)
    plan = data / "raw" / "plans" / "2024.toml"
    text = plan.read_text(encoding="utf-8")
    slips = 'commune = "Mẫu"\nwrong = 1\npath = []\nyear = 2024\n'
    plan.write_text(slips + text.replace("year = 2024", "", 1), encoding="utf-8")
    (data / "raw" / "plans" / "2023.toml").write_text("year = 2023\n", encoding="utf-8")
    standing = status()
    assert (standing.next.key, standing.commune, standing.plan) == ("mend", "Mẫu", None)
    assert marks(standing) | {"plan": "wrong", "tables": "done"} == marks(standing)
    (own,) = (part for part in parts_of(standing, Words("en")) if part.name == "plan")
    assert "cannot be read yet" in own.lines[0]
    assert [("wrong" in own.lines[1], "path" in own.lines[2])] == [(True, True)]
    assert len(own.lines) == 3, "each fault once, whoever meets it"


@pytest.mark.parametrize("content", [b"", b"[]", b'{"today": 1}'])
def test_a_damaged_build_is_no_build(
    status: Callable[..., Standing], data: Path, content: bytes
) -> None:
    write(data, poverty_status=POOR, **{"survey/2024Q1": forms(60)})
    build(data, TODAY)
    (data / "processed" / "manifest.json").write_bytes(content)
    assert status().next.key == "check"


def test_nothing_is_written(status: Callable[..., Standing], data: Path) -> None:
    write(data, poverty_status=POOR, **{"survey/2024Q1": forms(60)})
    before = raw_hashes(data / "raw"), sorted(data.rglob("*"))
    status()
    assert (raw_hashes(data / "raw"), sorted(data.rglob("*"))) == before


def test_the_command_speaks_each_language(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, said in (("vi", "Việc tiếp theo"), ("en", "Next: ")):
        monkeypatch.setenv("CAMPAIGN_LANGUAGE", language)
        assert main(["--data", str(data), "status"]) == 0
        told = capsys.readouterr().out.splitlines()
        assert told[-2].startswith(said)
        assert told[-1].strip() == f"campaign init '{data}'"
    (data / "raw").mkdir(parents=True)
    (data / "raw" / "villages.csv").write_bytes(b"")
    assert main(["--data", str(data), "status"]) == 0
