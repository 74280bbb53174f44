"""A run with nothing to do is known by a look at the files, and no look hides a change."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from raw_files import PLAN_2024, drawn, write_plan, write_table

from campaign_lib.cli import main
from campaign_lib.pipeline import untouched
from campaign_lib.pipeline.reports import batch
from campaign_lib.pipeline.reports.run import Order, Outcome
from campaign_lib.pipeline.untouched import NOTE, Look
from campaign_lib.store.processed import Processed

SURVEY = "raw/survey/2024Q3.csv"
#: Whatever is there is older than any look.
LONG_AGO = -(10**15)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    raw = tmp_path / "raw"
    write_plan(raw, PLAN_2024)
    write_table(raw, "villages", drawn("village | name | residential_areas\nA | Thôn A | 1"))
    write_table(raw, "households", drawn("household | village | ethnicity\nH1 | A | Xơ Đăng"))
    status = "household | status | valid_from\nH1 | poor | 2023-12-31"
    write_table(raw, "poverty_status", drawn(status))
    write_table(
        raw, "survey/2024Q3", drawn("household | surveyed_on | informed\nH1 | 2024-09-10 | 1")
    )
    return tmp_path


@pytest.fixture
def runs(data: Path, monkeypatch) -> Callable[[], int]:
    """Run `campaign reports` without making pages; tells how many it planned, 0 if it did not."""
    planned: list[int] = []

    def made(orders: list[Order], **_: object) -> list[list[Outcome]]:
        planned.append(len(orders[0].reports))
        return [[Outcome(one, "fresh") for one in order.reports] for order in orders]

    monkeypatch.setattr(batch, "make_all", made)

    def run() -> int:
        planned.clear()
        named = ["--data", str(data), "--reports", str(data / "reports"), "--today", "2024-10-01"]
        assert main([*named, "reports"]) == 0
        return sum(planned)

    return run


def turn_round(data: Path) -> None:
    """Change the answer, in place, and leave size and time as they were."""
    path = data / SURVEY
    before, content = path.stat(), path.read_bytes()
    assert content.count(b"-10,1,") == 1
    path.write_bytes(content.replace(b"-10,1,", b"-10,0,"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def informed(data: Path) -> int:
    lines = Processed(data / "processed").results
    line = lines[(lines["indicator"] == "informed") & (lines["place"] == "commune")]
    return int(line["numerator"].iloc[0])


def test_what_changed_within_the_moment_of_the_look_is_built_anew(
    data: Path, runs: Callable[[], int], monkeypatch
) -> None:
    # A file system that cannot tell the two moments apart.
    moment, state = (data / SURVEY).stat().st_mtime_ns, untouched._state

    def coarse(path: Path) -> list[int]:
        return [moment, moment, *state(path)[2:]] if path == data / SURVEY else state(path)

    monkeypatch.setattr(untouched, "_state", coarse)
    assert runs() > 0
    assert informed(data) == 1
    turn_round(data)
    assert runs() > 0
    assert informed(data) == 0


def test_a_run_is_saved_where_nothing_was_touched_and_is_logged_all_the_same(
    data: Path, runs: Callable[[], int], monkeypatch, capsys
) -> None:
    monkeypatch.setattr(untouched, "_MOMENT", LONG_AGO)
    pages = runs()
    assert (pages > 0, runs()) == (True, 0)
    said = capsys.readouterr()
    assert said.out.splitlines() == [str(data / "reports/index.html")] * 2
    assert f"giữ nguyên {pages}," in said.err
    logged = (data / "reports/runs.jsonl").read_text("utf-8").splitlines()
    assert len(logged) == pages  # what was made in this test's place of `make_all` logs nothing
    assert {json.loads(line)["outcome"] for line in logged} == {"kept"}
    turn_round(data)  # the moment in which a file's place was written tells, too
    assert runs() > 0
    assert informed(data) == 0


@pytest.mark.parametrize(
    "touch",
    [
        lambda data: (data / "raw/new.csv").touch(),
        lambda data: (data / "raw/households.csv").unlink(),
        lambda data: (data / "processed/results.csv").unlink(),
        lambda data: (data / "processed/tables/villages.parquet").write_bytes(b""),
        lambda data: (data / "reports/index.html").unlink(),
        lambda data: (data / "processed" / NOTE).write_text("[]"),
        lambda data: write_table(data / "raw", "survey/2024Q4", [{"household": "H1"}]),
    ],
)
def test_whatever_is_touched_is_looked_at_closely(data: Path, monkeypatch, touch) -> None:
    monkeypatch.setattr(untouched, "_MOMENT", LONG_AGO)
    for name in ("processed/results.csv", "processed/tables/villages.parquet"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(b"x")
    (data / "reports").mkdir()
    (data / "reports/index.html").touch()
    look = Look(data, data / "reports", ["vi"])
    look.built()
    look.note({"page": "", "logs": []})
    assert Look(data, data / "reports", ["vi"]).kept() is not None
    assert Look(data, data / "reports", ["en"]).kept() is None
    touch(data)
    assert Look(data, data / "reports", ["vi"]).kept() is None
