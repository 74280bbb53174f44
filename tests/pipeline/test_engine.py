"""A notebook gets a kernel of its own, and nothing of it is left."""

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from made_notebooks import stdout, write

from campaign_lib.pipeline import engine
from campaign_lib.pipeline.engine import NotebookFailed, TimeLimitReached, kernels, run_notebook

#: Seconds that no notebook here should need.
PLENTY = 60.0


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path_factory: pytest.TempPathFactory, monkeypatch) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("t")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


def is_running(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_parameters_interpreter_environment_and_end(tmp_path: Path) -> None:
    path = write(
        tmp_path / "good.ipynb",
        "import os, sys",
        "print(village, sys.executable, os.environ['CODE'], os.getcwd(), os.getpid(), sep='|')",
    )
    before = path.read_bytes()
    node = run_notebook(
        path, {"village": "Thôn “4”"}, time_limit=PLENTY, environment={"CODE": "$HOME $$"}
    )
    village, executable, code, folder, pid = stdout(node).strip().split("|")
    assert village == "Thôn “4”"
    assert executable == sys.executable
    assert code == "$HOME $$"
    assert Path(folder) == Path.cwd()
    assert not is_running(int(pid))
    assert path.read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_kernel_s_folder_is_its_owner_s_alone(tmp_path: Path) -> None:
    for nursery_socket in (None, tmp_path / "socket"):
        with engine._folder(nursery_socket) as folder:
            assert stat.S_IMODE(Path(folder).stat().st_mode) == 0o700


def test_failing_cell_tells_what_it_was_and_how_far_it_came(tmp_path: Path) -> None:
    path = write(
        tmp_path / "bad.ipynb", "print('as far as this')", "raise KeyError('nhà')", "print('no')"
    )
    with pytest.raises(NotebookFailed) as caught:
        run_notebook(path, {}, time_limit=PLENTY)
    failure = caught.value
    assert (failure.error_name, failure.error_value) == ("KeyError", "'nhà'")
    assert "raise KeyError('nhà')" in failure.traceback
    assert "\x1b" not in failure.traceback
    assert stdout(failure.notebook) == "as far as this\n"


def test_time_limit_is_for_the_whole_notebook(tmp_path: Path) -> None:
    nap = "import os, time\nprint(os.getpid())\ntime.sleep({})"
    path = write(tmp_path / "slow.ipynb", nap.format(0.8), nap.format(0.8), nap.format(60))
    with pytest.raises(TimeLimitReached) as caught:
        run_notebook(path, {}, time_limit=1.2)
    pids = stdout(caught.value.notebook).split()
    assert 1 <= len(pids) <= 2  # the third cell was not reached
    assert not is_running(int(pids[0]))


def test_kernel_that_is_killed_is_a_failure(tmp_path: Path) -> None:
    path = write(tmp_path / "dead.ipynb", "print('here')", "import os\nos._exit(9)", "print('no')")
    with pytest.raises(NotebookFailed) as caught:
        run_notebook(path, {}, time_limit=PLENTY)
    assert caught.value.error_name == "DeadKernelError"
    assert stdout(caught.value.notebook) == "here\n"


def test_two_at_once_keep_apart(tmp_path: Path) -> None:
    source = "import time\nfor _ in range(5):\n    time.sleep(0.1)\n    print(village)"
    path = write(tmp_path / "twice.ipynb", source)

    def run(village: str) -> str:
        return stdout(run_notebook(path, {"village": village}, time_limit=PLENTY))

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(run, ["T1", "T2"])) == ["T1\n" * 5, "T2\n" * 5]


def test_without_sockets_in_a_folder(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(kernels, "_LONGEST_SOCKET_FOLDER", 0)
    path = write(tmp_path / "good.ipynb", "print(village)")
    assert stdout(run_notebook(path, {"village": "T7"}, time_limit=PLENTY)) == "T7\n"


def test_kernel_that_does_not_start_is_tried_again(tmp_path: Path, monkeypatch) -> None:
    tries = []

    def never_starts(*_: object) -> None:
        tries.append(1)
        raise RuntimeError("no kernel")

    monkeypatch.setattr(engine, "_run_once", never_starts)
    with pytest.raises(RuntimeError, match="no kernel"):
        run_notebook(tmp_path / "any.ipynb", {}, time_limit=PLENTY)
    assert len(tries) == engine.STARTS


def test_nothing_is_written_to_the_terminal(tmp_path: Path, capfd) -> None:
    path = write(tmp_path / "slow.ipynb", "import sys", "import time\ntime.sleep(60)")
    with pytest.raises(TimeLimitReached):
        run_notebook(path, {"unknown": os.sep}, time_limit=0.5)
    assert capfd.readouterr() == ("", "")
