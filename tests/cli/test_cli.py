"""The command `campaign`: what it prints, and how it ends (data contract, section 5)."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from intake_files import REQUIRED, Injury, injured
from made_notebooks import write
from raw_files import PLAN_2024, write_plan

from campaign_lib import cli
from campaign_lib.codebook.problems import COLUMNS
from campaign_lib.intake.problem_list import in_words, told
from campaign_lib.pipeline.reports.batch import Wish
from campaign_lib.store.processed import Processed
from campaign_lib.words import Words

TODAY = "2025-02-01"
INDICATOR = "changed_mindset"


class Ended(NamedTuple):
    status: int
    out: str
    err: str


Runs = Callable[..., Ended]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Runs:
    monkeypatch.delenv("CAMPAIGN_DATA", raising=False)

    def run(*arguments: object) -> Ended:
        status = cli.main([*map(str, arguments)])
        return Ended(status, *capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up campaign, written by the command and built by it."""
    folder = tmp_path_factory.mktemp("cli") / "data"
    asked = ["--villages", "3", "--households", "120", "--quarters", "2024Q1..2024Q2"]
    assert cli.main(["sample", str(folder), *asked, "--seed", "7"]) == 0
    assert cli.main(["--data", str(folder), "--today", TODAY, "build"]) == 0
    return folder


@pytest.fixture
def mine(data: Path, tmp_path: Path) -> Path:
    """The campaign's raw files alone, to be changed."""
    shutil.copytree(data / "raw", tmp_path / "data" / "raw")
    return tmp_path / "data"


def hashes(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "manifest.json":
            yield path.name, hashlib.sha256(path.read_bytes()).hexdigest()


def assert_refused(ended: Ended, *said: str) -> None:
    """One line on standard error, status 2, and nothing that looks like a crash."""
    assert ended.status == 2
    assert ended.err.count("\n") == 1
    assert ended.err.endswith("\n")
    assert "Traceback" not in ended.err + ended.out
    for words in said:
        assert words in ended.err


def test_a_sample_can_be_checked_and_built(run: Runs, data: Path) -> None:
    assert (data / "raw" / "survey" / "2024Q2.csv").is_file()
    assert not (data / "raw" / "survey" / "2024Q3.csv").exists()
    assert (data / "processed" / "results.csv").is_file()
    results = pd.read_csv(data / "processed" / "results.csv")
    assert set(results["quarter"]) == {"2024Q1", "2024Q2"}


@pytest.mark.usefixtures("in_english")
def test_a_figure_is_taken_away(run: Runs, data: Path, tmp_path: Path) -> None:
    figure, file = f"2024Q2/commune/{INDICATOR}", tmp_path / "x.zip"
    asked = ("--data", data, "--today", TODAY, "evidence")
    file.write_text("what was there before", encoding="utf-8")
    ended = run(*asked, figure, "--to", file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.splitlines()[:2] == [str(file), f"SHA-256 {digest}"]
    assert "Internal" in ended.out
    assert (
        run(*asked, figure, "--anonymous", "--to", file).out.splitlines()[1] != f"SHA-256 {digest}"
    )
    other = tmp_path / "y.zip"
    assert_refused(run(*asked, "2024Q2/T1/nothing", "--to", other), "nothing", INDICATOR)
    assert_refused(run(*asked, "2024Q2/T1/front_models", "--to", other), "leave the village out")
    assert_refused(run(*asked, "2024Q2", "--to", other), "reference")
    assert_refused(run(*asked, figure), "--to")
    assert not other.exists()


def test_building_twice_differs_in_the_time_alone(run: Runs, data: Path) -> None:
    processed = data / "processed"
    before, manifest = (
        list(hashes(processed)),
        json.loads((processed / "manifest.json").read_text()),
    )
    ended = run("--data", data, "--today", "01/02/2025", "build")
    assert ended.status == 0
    assert str(processed / "problems.csv") in ended.out
    assert list(hashes(processed)) == before
    again = json.loads((processed / "manifest.json").read_bytes())
    assert manifest.pop("built_at") <= again.pop("built_at")
    assert manifest == again


def test_check_lists_every_problem_file_by_file(run: Runs, mine: Path) -> None:
    ended = run("--data", mine, "--today", TODAY, "check", "--language", "en")
    assert ended.status == 1
    assert ended.err == ""
    with (mine / "processed" / "problems.csv").open(encoding="utf-8", newline="") as file:
        problems = pd.read_csv(file, dtype="str")
    assert list(problems) == COLUMNS
    assert len(problems) > 0
    lines = ended.out.partition("In short")[0].splitlines()
    assert len(lines) == len(problems) + problems["file"].nunique()
    assert str(mine / "processed" / "problems.xlsx") in ended.out.splitlines()[-1]
    assert set(pd.read_csv(mine / "processed" / "files.csv")["file"]) >= {"villages.csv"}
    for problem in problems.itertuples():
        cell = re.compile(rf"row {problem.row}, .*\({problem.column}[;)]")
        assert any(cell.search(line) for line in lines)


@pytest.mark.usefixtures("in_english")
def test_the_sum_of_check_says_who_has_a_form_and_which_year_has_no_plan(
    run: Runs, mine: Path
) -> None:
    survey = max((mine / "raw" / "survey").glob("*.csv"))
    forms = pd.read_csv(survey, dtype="str", keep_default_na=False)
    home = forms["household"].iloc[0]
    forms[forms["household"] != home].to_csv(survey, index=False)
    for plan in (mine / "raw" / "plans").glob("*.toml"):
        plan.unlink()
    ended = run("--data", mine, "--today", TODAY, "check")
    panel = pd.read_parquet(mine / "processed" / "panel.parquet")
    panel = panel[(panel["quarter"] == survey.stem) & panel["lives_here_now"]]
    due = panel[panel["minority_now"].fillna(True).astype(bool)]
    for village, own in due.groupby(due["village_now"].astype("str")):
        assert f" {village} {own['surveyed'].sum()}/{len(own)}" in ended.out
    village = due.loc[due["household"] == home, "village_now"].iloc[0]
    assert f"one of those to be asked: {village} " in ended.out  # what is lacking comes first
    assert "There are forms of 2024 and no plan of the year" in ended.out


@pytest.mark.usefixtures("in_english")
def test_before_there_is_a_survey_check_looks_at_register_and_plan(run: Runs, mine: Path) -> None:
    shutil.rmtree(mine / "raw" / "survey")
    register = mine / "raw" / "households.csv"
    text = register.read_text(encoding="utf-8")
    first = text.splitlines()[1].split(",")[0]
    second = text.splitlines()[2].split(",")
    text = text.replace(f"\n{first},T1", f"\n{first},T99")
    text = text.replace(",".join(second[:3]), f"{second[0]},T1,Klingon")
    register.write_text(text, encoding="utf-8")
    ended = run("--data", mine, "--today", TODAY, "check")
    assert (ended.status, ended.err) == (1, "")
    assert "There is no form in raw/survey yet" in ended.out
    with (mine / "processed" / "problems.csv").open(encoding="utf-8", newline="") as file:
        problems = pd.read_csv(file, dtype="str")
    assert {"T99", "Klingon"} <= set(problems["value"])
    assert (mine / "processed" / "problems.xlsx").is_file()
    own = run("--data", mine, "--today", TODAY, "check", "--village", "Thôn 1")
    assert own.status == 1 and "Klingon" in own.out and "T99" not in own.out
    assert (mine / "processed" / "problems-T1.xlsx").is_file()
    assert run("--data", mine, "check", "--village", "T99").status == 2
    assert run("--data", mine, "build").status == 2


def test_check_leaves_results_of_the_same_day_as_its_problems(run: Runs, mine: Path) -> None:
    run("--data", mine, "--today", TODAY, "build")
    run("--data", mine, "--today", "2024-03-01", "check")
    checked = dict(hashes(mine / "processed"))
    manifest = json.loads((mine / "processed" / "manifest.json").read_bytes())
    assert manifest["today"] == "2024-03-01"
    run("--data", mine, "--today", "2024-03-01", "build")
    assert dict(hashes(mine / "processed")) == checked


def test_check_of_clean_files_ends_with_0(run: Runs, tmp_path: Path) -> None:
    run("sample", tmp_path, "--villages", 1, "--households", 30, "--quarters", "2024Q1")
    for name in ("models", "funding"):  # a model has no usable area; money names models
        (tmp_path / "raw" / f"{name}.csv").unlink()
    ended = run("--data", tmp_path, "--today", TODAY, "check")
    assert (ended.status, ended.err) == (0, "")


def test_the_environment_names_the_data(
    run: Runs, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGN_DATA", str(mine))
    assert run("--today", TODAY, "check").status == 1
    assert (mine / "processed" / "problems.csv").is_file()


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("audit", INDICATOR, "--quarter", "2024Q2", "--village", "X"), "known are T1, T2, T3"),
        (("audit", INDICATOR, "--quarter", "2023Q4"), "known are 2024Q1, 2024Q2"),
        (("audit", INDICATOR, "--quarter", "2042Q2"), "did you mean 2024Q2? Known are 2024Q1"),
        (("audit", "changed_mindest", "--quarter", "2024Q2"), "did you mean changed_mindset?"),
        (("audit", INDICATOR, "--quarter", "2024Q2", "--village", "Thon 2"), "T2 (Thôn 2)?"),
        (("audit", INDICATOR, "--quarter", "quý 1"), "such as 2024Q3"),
        (("audit", "happiness", "--quarter", "2024Q2"), "known are covered_by_plan"),
        (("audit", INDICATOR), "--quarter"),
        (("audit",), "INDICATOR"),
        (("audit", INDICATOR, "--quarter", "2024Q2", "--language", "fr"), "vi, en"),
        (("reports", "--village", "X"), "known are T1, T2, T3"),
        (("reports", "--village", "T99"), "'T99' is no village; known are T1, T2, T3.\n"),
        (("reports", "--village", "commune"), "'commune' is no village; known are T1, T2, T3.\n"),
        (("reports", "--quarter", "2023Q4"), "known are 2024Q1, 2024Q2"),
        (("reports", "--jobs", "0"), "--jobs"),
        (("allocate", "--quarter", "2023Q4"), "known are 2024Q1, 2024Q2"),
        (("allocate", "--indicator", "happiness"), "known are covered_by_plan"),
        (("allocate", "--indicator", "front_models"), "in_cooperative"),
        (("recompute", "nowhere.csv"), "nowhere.csv"),
        (("sample", "x", "--quarters", "2024Q3..2024Q1"), "2024Q1"),
        (("sample", "x", "--quarters", "2024"), "2024Q3"),
        (("sample", "x", "--villages", "0"), "at least one"),
        (("sample", "x", "--villages", "many"), "many"),
        (("fly",), "sample, form, check, build, reports, audit, explain, evidence, verify"),
        (("build", "--fast"), "--fast"),
        (("build", "now"), "now"),
        ((), "campaign --help"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_mistake_is_one_line_that_names_what_is_known(
    run: Runs, data: Path, tmp_path: Path, command: tuple[str, ...], said: str
) -> None:
    before = ("--data", data, "--reports", tmp_path / "reports", "--today", TODAY)
    assert_refused(run(*before, *command), said)


@pytest.mark.parametrize(
    "command",
    [
        *(("check",), ("build",), ("reports",), ("allocate",)),
        ("audit", INDICATOR, "--quarter", "2024Q1"),
    ],
    ids=" ".join,
)
def test_a_missing_folder_is_one_line(run: Runs, tmp_path: Path, command: tuple[str, ...]) -> None:
    ended = run("--data", tmp_path / "nowhere", "--reports", tmp_path / "r", *command)
    assert_refused(ended, "nowhere")


def test_an_indicator_is_asked_for_by_its_name(run: Runs, data: Path) -> None:
    before = ("--data", data, "--today", TODAY)
    asked = ("--quarter", "2024Q2", "--village", "thôn 2")
    by_name = run(*before, "audit", "Thay đổi nếp nghĩ", *asked)
    assert by_name == run(*before, "audit", "changed_mindset", *asked)
    assert by_name.status == 0
    shared = run(*before, "allocate", "--indicator", "changed mindset")
    assert (shared.status, "changed_mindset" in shared.out) == (0, True)


def test_a_broken_day_is_bad_usage(run: Runs) -> None:
    assert_refused(run("--today", "31/02/2024", "check"), "31/02/2024")


@pytest.mark.parametrize(
    "plan", ["year = \n2024", "year = 2023", 'year = 2024\ncalendar = "moon"', "\ufeff\x00"]
)
@pytest.mark.parametrize("command", ["check", "build", "allocate"])
def test_a_broken_plan_is_one_line(run: Runs, mine: Path, plan: str, command: str) -> None:
    (mine / "raw" / "plans" / "2024.toml").write_text(plan, encoding="utf-8")
    assert_refused(run("--data", mine, command), "2024.toml")


def test_a_year_without_a_plan_has_nothing_to_allocate(run: Runs, mine: Path) -> None:
    (mine / "raw" / "plans" / "2024.toml").unlink()
    (mine / "raw" / "task_progress.csv").unlink()
    assert_refused(run("--data", mine, "--today", TODAY, "allocate"), "raw/plans")


def test_a_file_in_a_folder_s_place_is_one_line(run: Runs, mine: Path) -> None:
    (mine / "processed").write_text("", encoding="utf-8")
    assert_refused(run("--data", mine, "--today", TODAY, "build"), "processed")


def test_a_sample_does_not_overwrite_a_real_campaign(run: Runs, tmp_path: Path) -> None:
    write_plan(tmp_path / "raw", {**PLAN_2024, "illustrative": False})
    assert_refused(run("sample", tmp_path), "illustrative")


def test_ctrl_c_is_one_line(run: Runs, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("campaign_lib.pipeline.build.build", stop)
    assert run("--data", data, "build") == Ended(130, "", "Đã dừng\n")


def test_a_fault_of_ours_keeps_its_traceback(
    run: Runs, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("campaign_lib.pipeline.build.build", fail)
    with pytest.raises(KeyError):
        run("--data", data, "build")


@pytest.mark.parametrize(("failed", "status"), [(0, 0), (2, 1)])
def test_reports_are_asked_for_as_the_user_says(
    run: Runs, data: Path, monkeypatch: pytest.MonkeyPatch, failed: int, status: int
) -> None:
    asked: list[object] = []

    def make(processed: Processed, folder: Path, wish: Wish, note: object) -> int:
        asked.extend((processed.folder, folder, wish))
        return failed

    monkeypatch.setattr("campaign_lib.pipeline.reports.batch.make_reports", make)
    ended = run(
        *("--data", data, "--reports", "r", "--today", TODAY, "reports", "--quarter", "2024Q1"),
        *("--quarter", "2024Q2", "--village", "T1", "--language", "en", "--jobs", 3, "--force"),
    )
    assert (ended.status, ended.out) == (status, f"{Path('r', 'index.html')}\n")
    wish = Wish(("2024Q1", "2024Q2"), ("T1",), language="en", force=True, jobs=3)
    assert asked == [data / "processed", Path("r"), wish]


@pytest.mark.parametrize("place", ["T2", "thôn 2", None])
def test_an_audit_is_told_in_the_terminal(run: Runs, data: Path, place: str | None) -> None:
    village = ("--village", place) if place else ()
    command = ("audit", INDICATOR, "--quarter", "2024q2", *village)
    ended = run("--data", data, "--today", TODAY, *command)
    assert (ended.status, ended.err) == (0, "")
    assert "T2-0" not in ended.out
    results = pd.read_csv(data / "processed" / "results.csv")
    figures = results.set_index(["quarter", "indicator", "place"])
    line = figures.loc[("2024Q2", INDICATOR, "T2" if place else "commune")]
    assert f"{line.numerator:.0f} trên {line.denominator:.0f} hộ" in ended.out


def test_an_audit_lists_households_only_if_asked(run: Runs, data: Path) -> None:
    command = ("audit", INDICATOR, "--quarter", "2024Q2", "--village", "T2", "--language", "en")
    ended = run("--data", data, "--today", TODAY, *command, "--households")
    assert ended.status == 0
    assert "T2-0" in ended.out
    assert "T1-0" not in ended.out


@pytest.fixture
def audit_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small notebook in the place of the audit."""
    monkeypatch.setattr("campaign_lib.pipeline.engine.FOLDER", tmp_path)
    return write(
        tmp_path / "audit_indicator.ipynb",
        "from campaign_lib.errors import CampaignError\n"
        "from campaign_lib.pipeline.opening import open_built\n"
        "if place == 'T1':\n    raise CampaignError('asked.quarter', code='T1')\n"
        "print(indicator, place, quarter, open_built().quarters)",
    )


def test_an_audit_can_be_a_page(
    run: Runs, data: Path, tmp_path: Path, audit_notebook: Path
) -> None:
    page = tmp_path / "made" / "audit.html"
    command = ("audit", INDICATOR, "--quarter", "2024Q2", "--village", "T2", "--html", page)
    ended = run("--data", data, "--today", TODAY, *command)
    assert ended == Ended(0, f"{page}\n", "")
    html = page.read_text(encoding="utf-8")
    assert f"{INDICATOR} T2 2024Q2 (&#39;2024Q1&#39;, &#39;2024Q2&#39;)" in html
    assert [path.name for path in page.parent.iterdir()] == ["audit.html"]


def test_a_page_that_the_notebook_refuses_is_one_line(
    run: Runs, data: Path, tmp_path: Path, audit_notebook: Path
) -> None:
    page = tmp_path / "audit.html"
    command = ("audit", INDICATOR, "--quarter", "2024Q2", "--village", "T1", "--html", page)
    assert_refused(run("--data", data, "--today", TODAY, *command), "Lỗi: T1 không phải quý")
    assert not page.exists()


def test_a_page_without_its_notebook_is_one_line(
    run: Runs, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaign_lib.pipeline.engine.FOLDER", tmp_path)
    command = ("audit", INDICATOR, "--quarter", "2024Q2", "--html", tmp_path / "x.html")
    assert_refused(run("--data", data, "--today", TODAY, *command), "audit_indicator.ipynb")


def test_help_is_quick_whatever_the_encoding(root: Path) -> None:
    source = (
        "import sys; from campaign_lib.cli import main; main(['--help']); "
        "sys.exit(bool({'pandas', 'papermill', 'nbconvert', 'matplotlib'} & sys.modules.keys()))"
    )
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONPATH": str(root)}
    told = subprocess.run(
        [sys.executable, "-c", source], env=environment, capture_output=True, check=True
    )
    assert "Tính chỉ tiêu từ số liệu gốc" in told.stdout.decode()


def test_the_module_is_the_command(root: Path, tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "campaign_lib", "build"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONPATH": str(root)},
        capture_output=True,
    )
    assert_refused(Ended(told.returncode, told.stdout.decode(), told.stderr.decode()), "Lỗi", "raw")


def test_every_problem_has_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    injuries = [Injury(*pair, cell) for pair in REQUIRED for cell in ("", "kr", "\u2603")]
    injuries += [
        Injury("survey", "house", "nhà tre"),
        Injury("survey", "income", "-5"),
        Injury("survey", "income", "1.234,5"),
        Injury("survey", "income", "1,234.5"),
        Injury("survey", "surveyed_on", "2023-01-01"),
        Injury("survey", "surveyed_on", "2099-01-01"),
        Injury("households", "left_on", "1990-01-01"),
        Injury("households", "joined_on", "31/02/2024"),
        Injury("villages", "aliases", "Thôn 2"),
        Injury("villages", "village", "Commune"),
        Injury("activities", "integrated_with", "x"),
        Injury("activities", "held_on", "2399-01-01"),
        Injury("models", "households", "2,5"),
        Injury("inspections", "found", "x"),
    ]
    campaign, _ = injured(tmp_path / "raw", injuries)
    problems = campaign.problems
    assert {"row refused", "set to unknown"} <= set(problems["action"])
    for message, english in zip(problems["message"], problems["problem"], strict=True):
        assert told(message, "en") == english != told(message, "vi")
    monkeypatch.setattr("campaign_lib.intake.problem_list.MOST_LINES", len(problems))
    lines = list(in_words(problems, Words("vi")))
    assert len(lines) == len(problems) + problems["file"].nunique()
