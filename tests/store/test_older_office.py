"""An office's own folder, as the version before left it, is read as it is; and brought back."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from campaign_lib import cli
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.build import build
from campaign_lib.pipeline.reports.planned import Planner
from campaign_lib.store.processed import Processed
from campaign_lib.store.snapshots import Locks
from campaign_lib.words import Words

OFFICE = Path(__file__).parent / "fixtures" / "office-0.2.0"
TODAY = date(2024, 6, 20)
#: What a campaign cannot do without: all else is made from it.
KEPT_SAFE = ("raw", "locked")
#: What that version counted of the commune and of its villages T1 and T2: numerator/denominator,
#: and how many are unknown.
COUNTED = {
    "2024Q1": {
        "applies_science": ("1/8+0", "1/3+0", "0/5+0"),
        "area_models": ("0/3+0", "0/2+0", "0/1+0"),
        "changed_mindset": ("2/8+0", "2/3+0", "0/5+0"),
        "covered_by_plan": ("14/33+0", "14/16+0", "0/17+0"),
        "front_models": ("1/+0",),
        "improved_life": ("0/8+0", "0/3+0", "0/5+0"),
        "in_cooperative": ("1/8+0", "1/3+0", "0/5+0"),
        "informed": ("4/8+0", "2/3+0", "2/5+0"),
        "integrated_activities": ("4/4+0", "2/2+0", "0/0+0"),
        "poverty_reduction": ("8/33+0", "3/16+0", "5/17+0"),
    },
    "2024Q2": {
        "applies_science": ("1/7+1", "1/2+0", "0/5+1"),
        "area_models": ("1/3+0", "0/2+0", "1/1+0"),
        "changed_mindset": ("2/7+1", "1/2+0", "1/5+1"),
        "covered_by_plan": ("24/32+3", "14/15+1", "10/17+2"),
        "front_models": ("2/+0",),
        "improved_life": ("1/7+1", "0/2+0", "1/5+1"),
        "in_cooperative": ("1/7+1", "1/2+0", "0/5+1"),
        "informed": ("5/7+1", "2/2+0", "3/5+1"),
        "integrated_activities": ("6/6+0", "3/3+0", "0/0+0"),
        "poverty_reduction": ("7/32+0", "2/15+0", "5/17+0"),
    },
}
#: Rows of its survey files: read, kept, refused. One names a household of no register; one is of a
#: household whose line of the workbook is empty.
READ = {
    "survey/2024Q1.csv": (34, 33, 1),
    "survey/2024Q2/2024Q2_T1_Thon-1_noi-bo.xlsx": (15, 14, 1),
    "survey/2024Q2/kobo T2.csv": (16, 16, 0),
    "allocation.csv": (8, 8, 0),
    "corrections.csv": (1, 1, 0),
}
#: Answers of both quarters that say that the household borrowed, each with its lender as typed.
BORROWED = 20
#: A household's answer of the first quarter, which was corrected.
CORRECTED = ("T1-007", "self_reliance")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office's folder, built by this version; nobody changes what is in it."""
    data = tmp_path_factory.mktemp("office") / "data"
    for name in KEPT_SAFE:
        shutil.copytree(OFFICE / name, data / name)
    build(data, TODAY)
    return data


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(data: Path, *arguments: str) -> tuple[int, str, str]:
        before = ["--data", str(data), "--reports", str(data.parent / "reports")]
        status = cli.main([*before, "--today", TODAY.isoformat(), *arguments])
        return status, *capsys.readouterr()

    return command


def counted(results: pd.DataFrame) -> dict[str, dict[str, tuple[str, ...]]]:
    """Write results as `COUNTED` does."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    lines = results.sort_values(["quarter", "indicator", "level", "place"], kind="stable")
    texts = lines[["numerator", "denominator", "unknown"]].astype("str").fillna("")
    said = texts["numerator"] + "/" + texts["denominator"] + "+" + texts["unknown"]
    for (quarter, indicator), own in said.groupby([lines["quarter"], lines["indicator"]]):
        found.setdefault(str(quarter), {})[str(indicator)] = tuple(own)
    return found


def test_its_files_are_read_to_the_same_figures(office: Path) -> None:
    processed = Processed(office / "processed")
    results = processed.results
    assert list(results["place"].unique()) == [COMMUNE, "T1", "T2"]
    known = results[results["indicator"].isin(list(COUNTED["2024Q1"]))]
    assert counted(known) == COUNTED
    files = processed.table("files").set_index("file")
    columns = ["rows_read", "rows_kept", "rows_refused"]
    assert {name: tuple(files.loc[name, columns]) for name in READ} == READ
    household, question = CORRECTED
    panel = processed.rows("panel", {"household": [household], "quarter": ["2024Q1"]})
    assert panel[question].tolist() == ["yes"]


def test_typed_lenders_are_read_and_refuse_no_row(office: Path) -> None:
    panel = Processed(office / "processed").panel
    borrowed = panel[panel["borrowed"] == "yes"]
    assert len(borrowed) == BORROWED
    assert borrowed["loan_source"].notna().all()


def test_what_it_sent_is_still_what_was_sent(office: Path, run: Run, tmp_path: Path) -> None:
    status, said, _ = run(office, "lock", "--list")
    assert status == 0
    assert said == "2024Q1: khóa ngày 20/06/2024, 0 con số nay khác bản đã gửi\n"
    data = tmp_path / "data"
    shutil.copytree(office, data)
    survey = data / "raw" / "survey" / "2024Q1.csv"
    answers = survey.read_text(encoding="utf-8")
    one = next(line for line in answers.splitlines() if line.startswith("T1-018,"))
    other = one.replace(",yes,yes,yes,no,yes,", ",yes,yes,yes,no,no,", 1)
    survey.write_text(answers.replace(one, other), encoding="utf-8")
    status, said, _ = run(data, "diff", "2024Q1", "now", "--language", "en")
    assert status == 1
    assert "2024Q1/T1/changed_mindset" in said
    assert "T1-018: self_reliance Yes → No (survey/2024Q1.csv, row 17)" in said


def test_what_is_kept_safe_brings_everything_back(office: Path, run: Run, tmp_path: Path) -> None:
    """README says what to keep safe: `KEPT_SAFE`, copied to another computer."""
    data = tmp_path / "another computer" / "data"
    for name in KEPT_SAFE:
        shutil.copytree(office / name, data / name)
    assert run(data, "build")[0] == 0
    for name in ("results.csv", "steps.csv", "problems.csv", "files.csv"):
        assert (data / "processed" / name).read_bytes() == (
            office / "processed" / name
        ).read_bytes()
    assert run(data, "lock", "--list") == run(office, "lock", "--list")
    assert Locks(data).hashes() == Locks(office).hashes()
    pages = [
        {key: report.hash for key, report in Planner(Processed(one), Words("vi")).all().items()}
        for one in (data / "processed", office / "processed")
    ]
    assert pages[0] == pages[1] != {}


@pytest.mark.slow
def test_reports_that_are_brought_back_are_the_same(office: Path, run: Run, tmp_path: Path) -> None:
    pages = []
    for name in ("one", "another"):
        data = tmp_path / name / "data"
        for kept in KEPT_SAFE:
            shutil.copytree(office / kept, data / kept)
        assert run(data, "reports", "--quarter", "2024Q1", "--village", "T1")[0] == 0
        pages.append((data.parent / "reports" / "2024Q1" / "T1.html").read_bytes())
    assert pages[0] == pages[1]
