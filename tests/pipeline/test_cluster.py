"""Pages and communes from the workers of a cluster: bytes go there, bytes come back."""

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from distributed import LocalCluster
from made_notebooks import write
from several_communes import TODAY, folder

import campaign_lib
from campaign_lib import cli
from campaign_lib.analysis.quality.checks import doubts
from campaign_lib.errors import CampaignError
from campaign_lib.indicators.panel import Panel
from campaign_lib.indicators.results import compute_each
from campaign_lib.intake import Campaign, read_campaign
from campaign_lib.pipeline import cluster as clusters
from campaign_lib.pipeline.cluster import Pack, on_cluster, zipped
from campaign_lib.pipeline.reports import batch
from campaign_lib.pipeline.reports.batch import Wish, make_reports
from campaign_lib.pipeline.reports.report import Report
from campaign_lib.pipeline.reports.run import Outcome, Setting
from campaign_lib.plan.communes import ONLY
from campaign_lib.store.processed import Processed, folder_of
from campaign_lib.store.slices import slice_of, write_slice
from campaign_lib.words import Words
from campaign_lib.words.progress import nobody

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


def test_only_pages_about_the_whole_commune_take_its_tables_along(
    processed: Processed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = {}

    def take(
        address: str, pack: Pack, reports: list[Report], setting: Setting
    ) -> Iterator[Outcome]:
        for report in reports:
            with zipfile.ZipFile(io.BytesIO(pack(report))) as packed:
                homes = pd.read_parquet(io.BytesIO(packed.read("panel.parquet")))["household"]
                sent[report.target] = set(homes)
            yield Outcome(report, "fresh")

    monkeypatch.setattr(batch, "on_cluster", take)
    make_reports(processed, tmp_path, Wish(quarters=["2024Q4"], scheduler="tcp://nowhere:1"))
    lived = processed.table("households").groupby("household")["village"].agg(set)
    assert sent["2024Q4/commune.html"] == sent["2024Q4/audit/commune.html"] == {*lived.index}
    for village in processed.villages:
        for page in (f"2024Q4/{village}.html", f"2024Q4/audit/{village}.html"):
            assert all(village in lived[home] for home in sent[page])


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
        for page in (f"2024Q4/{village}.html", f"2024Q4/audit/{village}.html"):
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


@pytest.mark.slow
def test_a_report_that_kills_every_worker_is_given_up_and_no_other(tmp_path: Path) -> None:
    """One worker has all pages in hand, and what waits behind the deadly one is no suspect."""
    reports = reports_of(tmp_path, "import os\nos.kill(os.getppid(), 9)", "1", "2")
    setting = Setting(tmp_path / "reports", LIMIT, {})
    with LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as own:
        outcomes = list(on_cluster(own.scheduler_address, nothing, reports, setting))
    assert {o.report.target: o.state for o in outcomes} == {
        "q/0.html": "failed",
        "q/1.html": "fresh",
        "q/2.html": "fresh",
    }


# Workers that make something else, that come late, that do not come; a scheduler that goes.


@contextmanager
def in_this_process(workers: int) -> Iterator[LocalCluster]:
    """A cluster that is there at once; its workers are threads of this process."""
    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=False,
        dashboard_address=":0",
        silence_logs=50,
    ) as cluster:
        yield cluster


def made_elsewhere(*answers: dict[str, str]) -> Callable[[], dict[str, str]]:
    """Let workers say that their pages are made with these, one after the other."""
    told = iter(answers)
    here = clusters.made_with()

    def made_with() -> dict[str, str]:
        asked_here = threading.current_thread() is threading.main_thread()
        return dict(here) if asked_here else next(told, {**here})

    return made_with


def test_a_worker_with_other_packages_gets_no_page_and_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = {**clusters.made_with(), "pandas": "1.0"}
    monkeypatch.setattr(clusters, "made_with", made_elsewhere(other))
    setting = Setting(tmp_path / "reports", LIMIT, {})
    with in_this_process(2) as own:
        reports = reports_of(tmp_path, "1", "2")
        outcomes = list(on_cluster(own.scheduler_address, nothing, reports, setting))
        addresses = [worker.address for worker in own.workers.values()]
    assert [outcome.state for outcome in outcomes] == ["fresh", "fresh"]
    (line,) = capsys.readouterr().err.splitlines()
    assert sum(address in line for address in addresses) == 1
    assert f"pandas 1.0 (here {pd.__version__})" in line


def test_a_worker_that_was_changed_while_it_worked_has_its_page_made_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = dict(clusters.made_with())
    changed = {**here, "campaign_lib": f"{here['campaign_lib']} → 0123456789ab"}
    # Both workers are as they should be when they are asked; then one page is not.
    monkeypatch.setattr(clusters, "made_with", made_elsewhere(here, here, changed))
    setting = Setting(tmp_path / "reports", LIMIT, {})
    with in_this_process(2) as own:
        reports = reports_of(tmp_path, "1", "2")
        outcomes = list(on_cluster(own.scheduler_address, nothing, reports, setting))
    assert [outcome.state for outcome in outcomes] == ["fresh", "fresh"]
    assert "→ 0123456789ab (here " in capsys.readouterr().err


def test_without_any_worker_it_says_so_waits_and_stops(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(clusters, "PATIENCE", 1)
    setting = Setting(tmp_path / "reports", LIMIT, {})
    with in_this_process(0) as own, pytest.raises(CampaignError) as stopped:
        list(on_cluster(own.scheduler_address, nothing, reports_of(tmp_path, "1"), setting))
    assert stopped.value.key == "reports.no_worker"
    said = Words("en")("pages.progress.no_worker", address=own.scheduler_address, seconds=1)
    assert said in capsys.readouterr().err
    assert not (tmp_path / "reports").exists()


def test_where_no_worker_is_as_this_machine_it_stops(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(clusters, "PATIENCE", 0)
    monkeypatch.setattr(clusters, "made_with", made_elsewhere({}))
    setting = Setting(tmp_path / "reports", LIMIT, {})
    with in_this_process(1) as own, pytest.raises(CampaignError) as stopped:
        list(on_cluster(own.scheduler_address, nothing, reports_of(tmp_path, "1"), setting))
    assert stopped.value.key == "reports.no_worker"
    assert "campaign_lib – (here " in capsys.readouterr().err


def test_a_worker_that_comes_later_gets_pages(tmp_path: Path) -> None:
    """The first two end only when the third was made: by who came when the first was begun."""
    begun, done = tmp_path / "begun", tmp_path / "done"
    waits = f"""
import pathlib, time
pathlib.Path({str(begun)!r}).touch()
while not pathlib.Path({str(done)!r}).exists():
    time.sleep(0.1)
"""
    reports = reports_of(tmp_path, waits, waits, f"open({str(done)!r}, 'w').close()", "2")
    setting = Setting(tmp_path / "reports", LIMIT, {})
    with in_this_process(1) as own:

        def come() -> None:
            while not begun.exists():
                time.sleep(0.1)
            own.scale(3)

        threading.Thread(target=come, daemon=True).start()
        outcomes = list(on_cluster(own.scheduler_address, nothing, reports, setting))
    assert {o.report.target: o.state for o in outcomes} == {
        f"q/{n}.html": "fresh" for n in range(4)
    }


def python(*arguments: str, **variables: str) -> "subprocess.Popen[bytes]":
    """Start a Python of ours, which finds the library where this one does, and not where it is."""
    library = str(Path(campaign_lib.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": library, **variables}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, *arguments]
    return subprocess.Popen(command, cwd=tempfile.gettempdir(), env=environment, **quiet)


def waited_for(there: Callable[[], object]) -> None:
    start = time.monotonic()
    while not there():
        assert time.monotonic() - start < LIMIT
        time.sleep(0.1)


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """A scheduler in a process of its own, and its address."""
    file = tmp_path / "scheduler.json"
    arguments = ("--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    process = python("-m", "distributed.cli.dask_scheduler", *arguments)
    try:
        waited_for(lambda: file.is_file() and file.read_text())
        yield process, json.loads(file.read_text())["address"]
    finally:
        process.kill()
        process.wait()


@contextmanager
def worker_of(address: str, *arguments: str, **variables: str) -> Iterator[None]:
    command = ("-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard")
    process = python(*command, *arguments, **variables)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


@pytest.mark.slow
def test_a_worker_with_other_code_makes_no_page(
    scheduler: tuple[object, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is there first, alone; one with the code of this machine comes when it was refused."""
    copy, local = tmp_path / "other" / "campaign_lib", ("--local-directory", str(tmp_path))
    shutil.copytree(Path(campaign_lib.__file__).parent, copy)
    with (copy / "errors.py").open("a", encoding="utf-8") as file:
        file.write("# Another version.\n")
    source = "import campaign_lib as ours\n"
    source += f"open({str(tmp_path / 'by')!r}, 'a').write(ours.__file__ + ';')"
    reports, setting = reports_of(tmp_path, source, source), Setting(tmp_path / "out", LIMIT, {})
    with ExitStack() as stack:
        told = []

        def tell(key: str, **values: str) -> None:
            told.append((key, values.get("why", "")))
            if key == "refused":
                stack.enter_context(worker_of(scheduler[1], *local))

        monkeypatch.setattr(clusters, "_tell", tell)
        stack.enter_context(worker_of(scheduler[1], *local, PYTHONPATH=str(copy.parent)))
        outcomes = list(on_cluster(scheduler[1], nothing, reports, setting))
    assert [outcome.state for outcome in outcomes] == ["fresh"] * 2
    ((_, why),) = [one for one in told if one[0] == "refused"]
    assert why.startswith("campaign_lib ") and "pandas" not in why
    assert set((tmp_path / "by").read_text().strip(";").split(";")) == {campaign_lib.__file__}


def old_pages(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*.html")}


@pytest.mark.slow
def test_a_scheduler_that_dies_stops_the_run_and_leaves_older_pages(
    scheduler: tuple["subprocess.Popen[bytes]", str],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    process, address = scheduler
    reports = reports_of(tmp_path, "1", *["import time\ntime.sleep(30)"] * 3)
    setting = Setting(tmp_path / "reports", LIMIT, {})
    for report in reports:
        report.page(setting.folder).parent.mkdir(parents=True, exist_ok=True)
        report.page(setting.folder).write_text("the good older page", encoding="utf-8")
    with worker_of(address, "--local-directory", str(tmp_path)):
        made = on_cluster(address, nothing, reports, setting)
        assert next(made).state == "fresh"
        before = old_pages(setting.folder)
        process.send_signal(signal.SIGKILL)
        with pytest.raises(
            CampaignError, match=f"scheduler at {address} no longer answers"
        ) as told:
            list(made)
    assert "3 pages or communes that were not done" in str(told.value)
    assert old_pages(setting.folder) == before
    assert list(before.values()).count(b"the good older page") == 3
    assert not caplog.records


# Communes, each computed by a worker.

#: X2 comes into X1 in the middle of the year, and Y stays as it is.
COMMUNES = """
    commune | name   | valid_until | succeeded_by
    X1      | Xã Một |             |
    X2      | Xã Hai | 2024-06-30  | X1
    Y       | Xã Y   |             |
"""
VILLAGES = """
    village | name   | residential_areas | commune
    A       | Thôn A | 1                 | X1
    B       | Thôn B | 1                 | X2
    C       | Thôn C | 1                 | Y
"""


def communes_in(data: Path) -> Path:
    quarters = ("2024Q1", "2024Q2", "2024Q3")
    return folder(data, villages=VILLAGES, communes=COMMUNES, quarters=quarters)


def built_bytes(processed: Path) -> dict[str, bytes]:
    """Give what a build wrote, but for the line that says when."""
    return {
        path.relative_to(processed).as_posix(): re.sub(
            rb'"built_at": "[^"]+"', b"", path.read_bytes()
        )
        for path in processed.rglob("*")
        if path.is_file()
    }


@pytest.mark.slow
def test_a_build_on_a_cluster_is_the_one_made_here(cluster: LocalCluster, tmp_path: Path) -> None:
    here, there = (communes_in(tmp_path / name) for name in ("here", "there"))
    arguments = ("--today", TODAY.isoformat(), "build")
    assert cli.main(["--data", str(here), *arguments]) == 0
    address = cluster.scheduler_address
    assert cli.main(["--data", str(there), *arguments, "--scheduler", address]) == 0
    made = built_bytes(here / "processed")
    spans = ("X1", "X1@2024-07-01", "X2", "Y")
    assert all(folder_of(here / "processed", span).is_dir() for span in spans)
    assert built_bytes(there / "processed") == made


def test_a_campaign_of_one_commune_is_one_task(tmp_path: Path) -> None:
    campaign = read_campaign(few_villages(tmp_path), TODAY)
    here = compute_each(campaign, nobody, doubts)
    with in_this_process(1) as own:
        there = clusters.compute_each(own.scheduler_address, campaign, nobody, doubts)
    assert [*there] == [*here] == [ONLY]
    for table in ("results", "steps", "problems", "figures"):
        made, wanted = (getattr(each[ONLY].computed, table) for each in (there, here))
        pd.testing.assert_frame_equal(made, wanted)


def few_villages(data: Path) -> Path:
    of_nobody = re.sub(r"\b(X1|X2|Y)$", "", VILLAGES, flags=re.MULTILINE)
    return folder(data, villages=of_nobody) / "raw"


def fails(campaign: Campaign, panel: Panel) -> pd.DataFrame:
    """Stand in for what lists doubts: nobody has a quarter."""
    raise CampaignError("asked.no_days")


def ends_its_worker(mark: str, campaign: Campaign, panel: Panel) -> pd.DataFrame:
    """Stand in for it, too: the first worker that comes here ends."""
    if not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return doubts(campaign, panel)


def test_what_is_wrong_with_a_commune_is_said_as_here(tmp_path: Path) -> None:
    campaign = read_campaign(communes_in(tmp_path) / "raw", TODAY)
    with in_this_process(1) as own, pytest.raises(CampaignError) as told:
        clusters.compute_each(own.scheduler_address, campaign, nobody, fails)
    assert told.value.key == "asked.no_days"


def test_no_commune_goes_to_a_worker_of_other_code_and_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(clusters, "PATIENCE", 0)
    monkeypatch.setattr(clusters, "made_with", made_elsewhere({}))
    data = communes_in(tmp_path)
    with in_this_process(1) as own:
        arguments = ("--today", TODAY.isoformat(), "build", "--scheduler", own.scheduler_address)
        assert cli.main(["--data", str(data), *arguments]) == 2
    assert "campaign_lib – (" in capsys.readouterr().err
    assert not (data / "processed").exists()


@pytest.mark.slow
def test_a_commune_whose_worker_is_killed_is_computed_by_another(
    cluster: LocalCluster, tmp_path: Path
) -> None:
    campaign, mark = read_campaign(communes_in(tmp_path) / "raw", TODAY), tmp_path / "killed"
    deadly = partial(ends_its_worker, str(mark))
    there = clusters.compute_each(cluster.scheduler_address, campaign, nobody, deadly)
    assert mark.is_file()
    here = compute_each(campaign, nobody, doubts)
    assert [*there] == [*here] and len(here) == 4
    for span, part in here.items():
        pd.testing.assert_frame_equal(there[span].computed.results, part.computed.results)


@pytest.mark.slow
def test_a_commune_that_kills_every_worker_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(clusters, "_TRIES", 1)
    campaign = read_campaign(communes_in(tmp_path) / "raw", TODAY)
    deadly = partial(ends_its_worker, str(tmp_path / "killed"))
    how = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
    with LocalCluster(**how) as own, pytest.raises(CampaignError, match="Commune X1: three"):
        clusters.compute_each(own.scheduler_address, campaign, nobody, deadly)


# What a worker has on its machine.


def leaves_a_page_behind(place: str) -> Path:
    """Let a process begin a page and be killed; gives the folder that it had."""
    source = (
        "import os, pathlib, signal\n"
        "from campaign_lib.pipeline import cluster\n"
        f"cluster._MEMORY = pathlib.Path({place!r})\n"
        "with cluster._own_folder(1) as folder:\n"
        "    (folder / 'households.parquet').write_text('who they are')\n"
        f"    pathlib.Path({place!r}, 'told').write_text(str(folder))\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    python("-c", source).wait()
    folder = Path(Path(place, "told").read_text())
    assert (folder / "households.parquet").is_file()
    return folder


def test_what_a_killed_worker_left_is_swept_by_the_next_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    left = leaves_a_page_behind(str(tmp_path))
    monkeypatch.setattr(clusters, "_MEMORY", tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "campaign-page-of-somebody").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    with clusters._own_folder(1) as held:
        assert clusters.greet() == clusters.made_with()
        assert held.is_dir()
        assert not left.exists()
    assert (tmp_path / "elsewhere").is_dir()
    assert not held.exists()
    assert list(tmp_path.glob("campaign-page-*")) == [tmp_path / "campaign-page-of-somebody"]


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="no folder here is memory")
def test_a_page_s_data_are_in_memory_where_that_has_room() -> None:
    with clusters._own_folder(1) as folder:
        assert folder.parent == Path("/dev/shm")
        assert folder.stat().st_mode & 0o777 == 0o700
    with clusters._own_folder(10**18) as folder:
        assert folder.parent == Path(tempfile.gettempdir())


def test_tls_without_its_settings_is_one_sentence() -> None:
    with pytest.raises(CampaignError, match="needs TLS, and Dask's settings here have none"):
        list(on_cluster("tls://127.0.0.1:1", nothing, [], Setting(Path(), LIMIT, {})))
