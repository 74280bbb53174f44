"""Notebooks in processes forked from one: each as good as new, and nothing is left of any."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from made_notebooks import stdout, warm_process, write
from nbformat import NotebookNode

from campaign_lib.pipeline.engine import NotebookFailed, TimeLimitReached
from campaign_lib.pipeline.engine.one_shell import FRESH, KERNELS, can_fork
from campaign_lib.pipeline.reports.report import Report
from campaign_lib.pipeline.reports.run import make

pytestmark = pytest.mark.skipif(not can_fork(), reason="processes cannot be forked here")

PLENTY = 60.0
#: Seconds in which whatever is to end has ended, on a machine that does much else too.
SOON = 90.0
MARK = "MADE_BY_THIS_TEST"


@pytest.fixture(autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch) -> Iterator[Path]:
    """Where temporary files go; nothing may be left there, and no process of the test's."""
    folder = tmp_path_factory.mktemp("t")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv(MARK, str(folder))
    yield folder
    assert soon(lambda: not marked(folder)), [process.cmdline() for process in marked(folder)]
    assert list(folder.iterdir()) == []


def marked(folder: Path) -> list[psutil.Process]:
    """Find the processes that were started here, and by those, and so on.

    Python keeps one of its own beside each process that has had a pool, to the end of that process.
    """
    found = []
    for process in psutil.process_iter():
        try:
            own = process.pid == os.getpid() or (
                process.ppid() == os.getpid() and "resource_tracker" in " ".join(process.cmdline())
            )
            if not own and process.environ().get(MARK) == str(folder):
                found.append(process)
        except psutil.Error:
            continue
    return found


def soon(is_true) -> bool:
    end = time.monotonic() + SOON
    while not is_true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


Run = Callable[..., NotebookNode]


@pytest.fixture
def warm(folder: Path) -> Iterator[Run]:
    with warm_process("colorsys", "pandas") as run_notebook:
        yield run_notebook


def test_process_is_forked_and_has_everything_imported(tmp_path: Path, warm: Run) -> None:
    path = write(
        tmp_path / "n.ipynb",
        "import sys\nprint('colorsys' in sys.modules, sys.argv, sys.path[0] == '')",
        "import os\nprint(sys.executable, os.getcwd(), village)",
    )
    said = stdout(warm(path, {"village": "Thôn “4”"}, time_limit=PLENTY))
    assert said.splitlines() == [
        "True [''] True",
        f"{sys.executable} {Path.cwd()} Thôn “4”",
    ]


def test_nothing_passes_from_one_report_to_the_next(tmp_path: Path, warm: Run) -> None:
    marks = write(
        tmp_path / "marks.ipynb",
        "import os, pandas as pd, numpy as np, colorsys, sys, signal",
        "pd.options.display.max_rows = 7\nos.environ['LEFT'] = 'behind'\nos.environ.pop('HOME')",
        "colorsys.left = 'behind'\nleft = 'behind'\nsys.path.append('/left')\nos.chdir('/')",
        "pd.Series.left = 'behind'\nnp.random.seed(1)\nsignal.signal(signal.SIGTERM, print)",
    )
    looks = write(
        tmp_path / "looks.ipynb",
        "import os, pandas as pd, numpy as np, colorsys, sys, signal",
        "print(pd.options.display.max_rows, os.environ.get('LEFT'), 'HOME' in os.environ)",
        "print(hasattr(colorsys, 'left'), 'left' in globals(), '/left' in sys.path, os.getcwd())",
        "print(hasattr(pd.Series, 'left'), signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)",
    )
    for _ in range(2):
        warm(marks, {}, time_limit=PLENTY)
        said = stdout(warm(looks, {}, time_limit=PLENTY))
        assert said.splitlines() == [
            "60 None True",
            f"False False False {Path.cwd()}",
            "False True",
        ]


def test_environment_is_the_report_s_own(tmp_path: Path, warm: Run) -> None:
    path = write(tmp_path / "n.ipynb", "import os\nprint(os.environ.get('B'))")
    said = stdout(warm(path, {}, time_limit=PLENTY, environment={"B": "$HOME $$"}))
    assert said == "$HOME $$\n"
    assert stdout(warm(path, {}, time_limit=PLENTY)) == "None\n"


def test_each_clears_away_its_own_folders_and_no_other_s(
    tmp_path: Path, folder: Path, monkeypatch
) -> None:
    (tmp_path / "keeper.py").write_text("import tempfile\nKEPT = tempfile.TemporaryDirectory()\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    path = write(
        tmp_path / "n.ipynb",
        "import keeper, os, tempfile\nown = tempfile.TemporaryDirectory()",
        "print(os.path.isdir(keeper.KEPT.name), own.name)",
    )
    with warm_process("keeper") as run_notebook:
        for _ in range(2):
            is_there, own = stdout(run_notebook(path, {}, time_limit=PLENTY)).split()
            assert is_there == "True"
            assert not Path(own).exists()


def test_random_numbers_are_not_the_same_each_time(tmp_path: Path, warm: Run) -> None:
    source = "import random, numpy\nprint(random.random(), numpy.random.random())"
    path = write(tmp_path / "n.ipynb", source)
    said = [stdout(warm(path, {}, time_limit=PLENTY)) for _ in range(2)]
    assert not set(said[0].split()) & set(said[1].split())


def test_figures_are_shown_as_in_any_notebook(tmp_path: Path, folder: Path) -> None:
    path = write(tmp_path / "n.ipynb", "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])")
    with warm_process("matplotlib.pyplot") as run_notebook:
        node = run_notebook(path, {}, time_limit=PLENTY)
    outputs = [output for cell in node.cells for output in cell.get("outputs", [])]
    assert ["image/png" in output.data for output in outputs] == [True]


@pytest.mark.slow
def test_three_hundred_four_at_once(tmp_path: Path, folder: Path) -> None:
    path = write(tmp_path / "n.ipynb", "print(village)")
    villages = [f"T{at}" for at in range(300)]
    outcomes = make([report(village, path) for village in villages], tmp_path / "reports", jobs=4)
    assert {outcome.state for outcome in outcomes} == {"fresh"}
    for village in villages:
        assert f">{village}</pre>" in (tmp_path / f"reports/2024Q3/{village}.html").read_text()


KILL = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"


def test_killed_process_fails_its_report_alone(tmp_path: Path, folder: Path) -> None:
    good = write(tmp_path / "good.ipynb", "print(village)")
    sources = "import subprocess\nchild = subprocess.Popen(['sleep', '1000'])", KILL
    deadly = write(tmp_path / "deadly.ipynb", *sources)
    wanted = [report("T1", good), report("T2", deadly), report("T3", good), report("T4", good)]
    outcomes = make(wanted, tmp_path / "reports", jobs=2, time_limit=PLENTY)
    assert [outcome.state for outcome in outcomes] == ["fresh", "failed", "fresh", "fresh"]
    assert "DeadKernelError" in outcomes[1].error


def report(village: str, path: Path) -> Report:
    return Report(path, {"village": village}, f"2024Q3/{village}.html", f"Thôn {village}", "h")


def test_time_limit_and_errors(tmp_path: Path, warm: Run) -> None:
    slow = write(tmp_path / "slow.ipynb", "print('begun')", "import time\ntime.sleep(60)")
    with pytest.raises(TimeLimitReached) as late:
        warm(slow, {}, time_limit=0.5)
    assert stdout(late.value.notebook) == "begun\n"
    bad = write(tmp_path / "bad.ipynb", "raise KeyError('nhà')")
    with pytest.raises(NotebookFailed) as caught:
        warm(bad, {}, time_limit=PLENTY)
    assert (caught.value.error_name, caught.value.error_value) == ("KeyError", "'nhà'")


IMPORTED = "import sys\nprint('colorsys' in sys.modules)"


def test_process_with_a_thread_of_its_own_is_not_forked(
    tmp_path: Path, folder: Path, monkeypatch
) -> None:
    path = write(tmp_path / "n.ipynb", IMPORTED)
    (tmp_path / "threaded.py").write_text(f"import {__name__} as here\nhere.WAITING.start()\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    for imports, is_forked in ((["colorsys"], True), (["colorsys", "threaded"], False)):
        with warm_process(*imports) as run_notebook:
            assert stdout(run_notebook(path, {}, time_limit=PLENTY)) == f"{is_forked}\n"


#: Started by a module of the test's.
WAITING = threading.Timer(1000, print)
WAITING.daemon = True


def test_what_cannot_be_imported_is_the_report_s_to_tell(tmp_path: Path, folder: Path) -> None:
    path = write(tmp_path / "n.ipynb", IMPORTED)
    with warm_process("no_such_module", "os:no_such_function", "colorsys") as run_notebook:
        assert stdout(run_notebook(path, {}, time_limit=PLENTY)) == "True\n"


@pytest.mark.parametrize("jobs", [1, 2])
def test_new_processes_where_there_is_no_fork(
    tmp_path: Path, folder: Path, monkeypatch, jobs: int
) -> None:
    monkeypatch.setenv(KERNELS, FRESH)
    path = write(tmp_path / "n.ipynb", "import sys\nprint('pandas' in sys.modules)")
    reports = tmp_path / "reports"
    outcomes = make([report("T1", path), report("T2", path)], reports, jobs=jobs)
    assert [outcome.state for outcome in outcomes] == ["fresh", "fresh"]
    assert ">False</pre>" in (reports / "2024Q3/T2.html").read_text("utf-8")


RUN = """
import json, sys
from pathlib import Path
from campaign_lib.pipeline.reports.report import Report
from campaign_lib.pipeline.reports.run import make

path, folder = map(Path, sys.argv[1:])
reports = [Report(path, {"village": f"T{at}"}, f"T{at}.html", "t", "h") for at in range(4)]
make(reports, folder, jobs=2)
"""


def start_run(tmp_path: Path, folder: Path) -> subprocess.Popen[bytes]:
    """Start a run of reports of which two are made and two never end; returns when it is there."""
    begun = tmp_path / "begun"
    begun.mkdir()
    wait = "import time\nif village in ('T2', 'T3'):\n    time.sleep(1000)"
    sources = f"from pathlib import Path\n_ = Path({str(begun)!r}, village).write_text('')", wait
    path = write(tmp_path / "n.ipynb", *sources)
    command = [sys.executable, "-c", RUN, str(path), str(tmp_path / "reports")]
    run = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    assert soon(lambda: len(list(begun.iterdir())) == 4)
    return run


@pytest.mark.parametrize(
    ("signum", "kernels"),
    [
        (signal.SIGINT, FRESH),
        pytest.param(signal.SIGINT, "", marks=pytest.mark.slow),
        (signal.SIGTERM, ""),
        pytest.param(signal.SIGTERM, FRESH, marks=pytest.mark.slow),
        (signal.SIGKILL, ""),
        pytest.param(signal.SIGKILL, FRESH, marks=pytest.mark.slow),
    ],
)
def test_stopped_run_leaves_nothing(
    tmp_path: Path, folder: Path, monkeypatch, signum: int, kernels: str
) -> None:
    monkeypatch.setenv(KERNELS, kernels)
    run = start_run(tmp_path, folder)
    if signum == signal.SIGINT:
        os.killpg(run.pid, signum)  # as a terminal does
    else:
        run.send_signal(signum)
    assert run.wait(SOON) != 0
    assert soon(lambda: not marked(folder))
    names = {path.name for path in (tmp_path / "reports").iterdir()}
    assert names == {"T0.html", "T1.html", "manifest.json", "runs.jsonl"}
    made = json.loads((tmp_path / "reports/manifest.json").read_text("utf-8"))
    assert made.keys() <= {"T0.html", "T1.html"}
    assert {line["state"] for line in made.values()} <= {"fresh"}


def test_stories_are_laid_out_without_a_thread(tmp_path: Path, folder: Path) -> None:
    path = write(tmp_path / "n.ipynb", IMPORTED)
    with warm_process("colorsys", "campaign_lib.pipeline.opening:lay_out") as run_notebook:
        assert stdout(run_notebook(path, {}, time_limit=PLENTY)) == "True\n"  # it could be forked


def test_what_notebooks_import_is_imported_once(tmp_path: Path, folder: Path) -> None:
    path = write(
        tmp_path / "n.ipynb",
        "import sys\nthere = set(sys.modules)",
        "import colorsys\nfrom wave import open as _open",
        "print({'colorsys', 'wave'} <= there)",
    )
    reports = tmp_path / "reports"
    make([report("T1", path), report("T2", path)], reports, jobs=1)
    assert ">True</pre>" in (reports / "2024Q3/T2.html").read_text("utf-8")
