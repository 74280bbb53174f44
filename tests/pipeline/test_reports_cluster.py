"""Reports made by the workers of a cluster: bytes go there, bytes come back."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import LocalCluster
from made_notebooks import write

from campaign_lib.errors import CampaignError
from campaign_lib.pipeline.reports.batch import Wish, make_reports
from campaign_lib.pipeline.reports.cluster import on_cluster, zipped
from campaign_lib.pipeline.reports.report import Report
from campaign_lib.pipeline.reports.run import Setting
from campaign_lib.store.processed import Processed
from campaign_lib.store.slices import slice_of, write_slice

LIMIT = 60.0


@pytest.fixture(scope="session")
def processed(built_sample: Processed) -> Processed:
    return built_sample


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        yield cluster


def test_a_part_of_the_data_opens_like_the_whole(processed: Processed, tmp_path: Path) -> None:
    write_slice(processed, "T4", "2024Q3", tmp_path)
    there = slice_of(Processed(tmp_path), "T4", "2024Q3")
    assert there.fingerprint == slice_of(processed, "T4", "2024Q3").fingerprint
    everything = " ".join(
        frame.to_csv() for frame in map(Processed(tmp_path).table, ("panel", "results", "villages"))
    )
    assert "T5" not in everything


@pytest.mark.slow
def test_pages_from_a_cluster_are_those_made_here(
    processed: Processed, cluster: LocalCluster, tmp_path: Path
) -> None:
    wish = {"quarters": ["2024Q4"], "villages": ["T2", "T4", "T8"]}
    here, there = tmp_path / "here", tmp_path / "there"
    assert make_reports(processed, here, Wish(**wish)) == 0
    address = cluster.scheduler_address
    assert make_reports(processed, there, Wish(**wish, scheduler=address)) == 0
    for village in wish["villages"]:
        page = f"2024Q4/{village}.html"
        assert (there / page).read_bytes() == (here / page).read_bytes()
    assert (there / "index.html").read_bytes() == (here / "index.html").read_bytes()
    states = [made["state"] for made in json.loads((there / "manifest.json").read_text()).values()]
    assert states == ["fresh"] * 2 * len(wish["villages"])  # its report and its audit


def reports_of(folder: Path, *sources: str) -> list[Report]:
    """Reports on nothing, each of a notebook of its own."""
    return [
        Report(
            write(folder / f"{n}.ipynb", source), {"village": f"T{n}"}, f"q/{n}.html", f"{n}", "h"
        )
        for n, source in enumerate(sources)
    ]


def nothing(report: Report) -> bytes:
    return zipped(Path(os.devnull))


def test_one_that_fails_leaves_the_others_alone(cluster: LocalCluster, tmp_path: Path) -> None:
    reports = reports_of(tmp_path, "1", "1/0", "2")
    setting = Setting(tmp_path / "reports", LIMIT, {})
    outcomes = list(on_cluster(cluster.scheduler_address, nothing, reports, setting))
    assert {o.report.target: o.state for o in outcomes} == {
        "q/0.html": "fresh",
        "q/1.html": "failed",
        "q/2.html": "fresh",
    }
    failed = tmp_path / "reports" / "q"
    assert "ZeroDivisionError" in (failed / "1.html").read_text(encoding="utf-8")
    assert (failed / "1.failed.ipynb").is_file()
    assert "1/0" in (failed / "1.failed.txt").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_work_of_a_worker_that_is_killed_is_done_by_another(
    cluster: LocalCluster, tmp_path: Path
) -> None:
    """The first notebook kills its kernel's parent, a worker, the first time that it is run."""
    killed = tmp_path / "killed"
    deadly = f"""
import os, pathlib, signal
mark = pathlib.Path({str(killed)!r})
if not mark.exists():
    mark.write_text(str(os.getppid()))
    os.kill(os.getppid(), signal.SIGKILL)
"""
    reports = reports_of(tmp_path, deadly, *["1"] * 5)
    setting = Setting(tmp_path / "reports", LIMIT, {})
    outcomes = list(on_cluster(cluster.scheduler_address, nothing, reports, setting))
    assert killed.is_file()
    assert sorted(o.report.target for o in outcomes) == [f"q/{n}.html" for n in range(6)]
    assert {o.state for o in outcomes} == {"fresh"}
    assert all((tmp_path / "reports" / o.report.target).is_file() for o in outcomes)


@pytest.mark.slow
def test_where_no_scheduler_answers_it_says_so() -> None:
    with pytest.raises(CampaignError, match=r"No scheduler answers at tcp://127\.0\.0\.1:1;"):
        list(on_cluster("tcp://127.0.0.1:1", nothing, [], Setting(Path(), LIMIT, {})))
