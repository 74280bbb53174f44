"""How far a build has come: what is told, and who is shown it."""

import io
import shutil
import sys
from datetime import date
from pathlib import Path

import pytest

from campaign_lib.indicators import IDS
from campaign_lib.pipeline.build import bring_up_to_date
from campaign_lib.recount import RECOUNTED, recount
from campaign_lib.words import progress
from campaign_lib.words.progress import (
    BUILD,
    COUNTING,
    READING,
    RECOUNTING,
    WRITING,
    Step,
    each,
    shown,
)

TODAY = date(2025, 2, 1)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="module")
def data(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("told")
    shutil.copytree(root / "data" / "raw", folder / "raw")
    return folder


@pytest.fixture(scope="module")
def told(data: Path) -> list[Step]:
    """What a build of the sample tells."""
    steps: list[Step] = []
    bring_up_to_date(data, TODAY, steps.append)
    return steps


def test_a_build_tells_of_each_stage_in_its_order(told: list[Step]) -> None:
    assert list(dict.fromkeys(step.stage for step in told)) == list(BUILD)
    assert all(0 <= step.done < step.of for step in told)
    for stage in BUILD:
        done = [step.done for step in told if step.stage == stage and step.thing != "results.csv"]
        assert done == sorted(done)


def test_a_build_names_what_it_is_at(told: list[Step], root: Path) -> None:
    of = {stage: [step.thing for step in told if step.stage == stage] for stage in BUILD}
    raw = root / "data" / "raw"
    there = {path.relative_to(raw).as_posix() for path in raw.rglob("*.csv")}
    assert set(of[READING]) == there
    assert of[COUNTING] == list(IDS)
    assert {"results.csv", "funding", "problems"} <= set(of[WRITING])


def test_what_is_up_to_date_is_not_told_of(data: Path) -> None:
    bring_up_to_date(data, TODAY)
    steps: list[Step] = []
    assert bring_up_to_date(data, TODAY, steps.append) is None
    assert steps == []
    recount(data / "processed", "informed", steps.append)
    assert {step.stage for step in steps} == {RECOUNTING}
    assert [step.done for step in steps] == list(range(steps[0].of))
    assert set(RECOUNTED) <= {step.thing for step in steps}


def test_a_terminal_shows_the_stage_and_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10_000, 10))
    monkeypatch.setattr("tqdm.std.time", lambda: next(clock))
    stream = Terminal()
    with shown(stream) as tell:
        for stage in (*BUILD, RECOUNTING):
            for _ in each(tell, stage, ["a.csv", "b.csv"]):
                pass
        bars = stream.getvalue().split("\r")
    assert any("1/4 Đọc tệp gốc · Reading" in bar and "0/2" in bar for bar in bars)
    assert any("4/4 Ghi kết quả · Writing" in bar and "1/2" in bar for bar in bars)
    assert any(bar.startswith("Đếm lại bằng SQL · Recounting") for bar in bars)
    assert any("b.csv" in bar for bar in bars)
    assert stream.getvalue().split("\r")[-2].strip() == ""  # it is gone when the work is over


def test_what_is_soon_over_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tqdm.std.time", lambda: 0.0)
    stream = Terminal()
    with shown(stream) as tell:
        tell(Step(READING, 0, 1, "a.csv"))
    assert stream.getvalue() == ""


def test_where_nobody_watches_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    with shown(io.StringIO()) as tell:
        assert tell is progress.nobody


@pytest.mark.parametrize(
    ("session", "kernel", "watched"),
    [("start_here.ipynb", True, True), ("start_here.ipynb", False, False), (None, True, False)],
)
def test_a_notebook_is_watched_only_where_a_person_opened_it(
    monkeypatch: pytest.MonkeyPatch, session: str | None, kernel: bool, watched: bool
) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    if session:
        monkeypatch.setenv("JPY_SESSION_NAME", session)
    monkeypatch.setitem(sys.modules, "ipykernel", sys if kernel else None)
    if not kernel:
        monkeypatch.delitem(sys.modules, "ipykernel")
    assert progress.in_jupyter() is watched
    with shown(io.StringIO()) as tell:
        assert (tell is not progress.nobody) is watched
