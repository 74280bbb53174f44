"""Runs that meet in one folder, runs that die in it, and what is written down of each."""

import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from made_notebooks import write
from nbformat.v4 import new_markdown_cell, new_notebook

from campaign_lib.pipeline import engine
from campaign_lib.pipeline.reports.batch import one_at_a_time
from campaign_lib.pipeline.reports.report import Report
from campaign_lib.pipeline.reports.run import FILE, make

HOLD = """
import sys, time
from pathlib import Path
from campaign_lib.pipeline.reports.batch import one_at_a_time
with one_at_a_time(Path(sys.argv[1]), print):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@contextmanager
def holder(folder: Path, seconds: float) -> Iterator[subprocess.Popen[str]]:
    """Let another process hold a folder."""
    command = [sys.executable, "-c", HOLD, str(folder), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_the_second_run_says_who_holds_the_folder_and_waits(tmp_path: Path) -> None:
    told: list[tuple[int, str]] = []
    with holder(tmp_path, 1.5) as other, one_at_a_time(tmp_path, lambda *who: told.append(who)):
        assert other.wait(60) == 0  # it had ended, or was about to, when our turn came
    ((process, began),) = told
    assert process == other.pid
    assert began.startswith(time.strftime("%Y-%m-"))


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_was_killed_holds_nothing(tmp_path: Path, ending: signal.Signals) -> None:
    with holder(tmp_path, 600) as other:
        other.send_signal(ending)
        other.wait(60)
        told: list[object] = []
        with one_at_a_time(tmp_path, lambda *who: told.append(who)):
            assert told == []
    assert not (tmp_path / ".running.json").exists()


def test_one_after_the_other_nobody_waits(tmp_path: Path) -> None:
    for _ in range(2):
        with one_at_a_time(tmp_path / "new", lambda *who: pytest.fail(f"waits for {who}")):
            pass


def reports_of(folder: Path, *sources: str) -> list[Report]:
    return [
        Report(
            write(folder / f"{n}.ipynb", source), {"village": f"T{n}"}, f"q/{n}.html", "t", "h", 7
        )
        for n, source in enumerate(sources)
    ]


def test_the_log_has_a_line_for_each_report_of_each_run(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    table = "from campaign_lib.show.tables.context import facts_table\n"
    table += "from campaign_lib.words import Words\nfacts_table('x', {'a': 'b'}, Words('vi'))"
    reports = reports_of(tmp_path, table, "1/0")
    make(reports, folder)
    make(reports, folder)
    lines = [json.loads(line) for line in (folder / FILE).read_text(encoding="utf-8").splitlines()]
    assert [(line["report"], line["outcome"]) for line in lines] == [
        *(("q/0.html", "fresh"), ("q/1.html", "failed")),
        *(("q/0.html", "kept"), ("q/1.html", "failed")),
    ]
    first, failed, *_ = lines
    assert (first["rows_in"], first["rows_out"], first["error"]) == (7, 2, "")
    assert first["parameters"] == {"village": "T0"}
    assert first["seconds"] > 0
    assert "ZeroDivisionError" in failed["error"]


def test_a_full_disk_leaves_whole_files(tmp_path: Path, monkeypatch) -> None:
    """As far as a limit on the size of files can stand for it: the page does not fit, words do."""
    folder = tmp_path / "reports"
    (report,) = reports_of(tmp_path, "")
    cells = [new_markdown_cell("x" * 300_000)]
    monkeypatch.setattr(engine, "run_notebook", lambda *_, **__: new_notebook(cells=cells))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        (outcome,) = make([report], folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert outcome.state == "failed"
    assert "q/0.html" in outcome.error.replace("\\", "/")
    page = (folder / report.target).read_text(encoding="utf-8")
    assert page.rstrip().endswith("</html>")
    assert list(folder.rglob("*.part")) == []
    (again,) = make([report], folder)
    assert again.state == "fresh"
    assert len((folder / report.target).read_text(encoding="utf-8")) > 300_000
