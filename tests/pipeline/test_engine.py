"""A notebook gets a kernel of its own, and nothing of it is left."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import psutil
import pytest
from made_notebooks import stdout, write
from nbformat import NotebookNode

from campaign_lib.pipeline.engine import NotebookFailed, TimeLimitReached, run_notebook

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


def test_a_cell_that_never_stops_printing_is_stopped(tmp_path: Path) -> None:
    path = write(tmp_path / "loud.ipynb", "while True:\n    print('again')")
    with pytest.raises(TimeLimitReached) as caught:
        run_notebook(path, {}, time_limit=0.5)
    assert stdout(caught.value.notebook).startswith("again\nagain\n")


def test_process_that_is_killed_is_a_failure(tmp_path: Path) -> None:
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


def test_a_process_that_does_not_start_is_told(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(RuntimeError, match="no process was there"):
        run_notebook(write(tmp_path / "any.ipynb", "1"), {}, time_limit=PLENTY)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> list[list[NotebookNode]]:
    """What cells of all kinds show, in one notebook."""
    path = write(
        tmp_path_factory.mktemp("shown") / "n.ipynb",
        "import os, sys\nprint('one', end=' ')\nprint('two')\nprint('error', file=sys.stderr)\n3",
        "print('before')\n_ = os.system('echo program')\nprint('after')",
        "from IPython.display import HTML, clear_output, display\n"
        "shown = display(HTML('<b>1</b>'), display_id=True)\ndisplay({'a': 1})",
        "shown.update(HTML('<b>2</b>'))",
        "print('gone')\nclear_output()\nprint('gone too')\nclear_output(wait=True)\nprint('stays')",
        "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])",
        "!echo of the system",
        "print?",
        "import asyncio\nawait asyncio.sleep(0, 5)",
        "4;",
        "input()",
        "raise SystemExit",
        "display(b'ab', raw=True) if False else display({'image/png': b'ab'}, raw=True)",
    )
    node = nbformat.read(path, as_version=4)
    for cell in node.cells[-3:-1]:
        cell.metadata["tags"] = ["raises-exception"]
    nbformat.write(node, path)
    with pytest.raises(NotebookFailed) as failed:
        run_notebook(path, {}, time_limit=PLENTY)
    return [cell.outputs for cell in failed.value.notebook.cells if cell.cell_type == "code"][1:]


def test_what_is_printed_stands_in_its_order(shown: list[list[NotebookNode]]) -> None:
    first, second, *_ = shown
    assert [(output.get("name"), output.get("text")) for output in first] == [
        ("stdout", "one two\n"),
        ("stderr", "error\n"),
        (None, None),
    ]
    assert first[-1].data == {"text/plain": "3"}
    assert first[-1].output_type == "execute_result" and first[-1].execution_count == 2
    assert [output.text for output in second] == ["before\nprogram\nafter\n"]


def test_what_is_displayed_can_change_and_go(shown: list[list[NotebookNode]]) -> None:
    displayed, changed, cleared = shown[2:5]
    assert [output.data["text/plain"] for output in displayed][1:] == ["{'a': 1}"]
    assert displayed[0].data["text/html"] == "<b>2</b>"
    assert changed == []
    assert [output.text for output in cleared] == ["stays\n"]


def test_pictures_programs_and_help_stand_below_their_cells(
    shown: list[list[NotebookNode]],
) -> None:
    drawn, program, helped, waited, quiet = shown[5:10]
    assert [sorted(output.data) for output in drawn] == [["image/png", "text/plain"]]
    assert [output.text.strip() for output in program] == ["of the system"]
    assert "Prints the values" in helped[0].data["text/plain"]
    assert waited[0].data["text/plain"] == "5"
    assert quiet == []


def test_a_cell_that_may_fail_does_not_end_the_notebook(shown: list[list[NotebookNode]]) -> None:
    asked, left, last = shown[10:]
    assert [output.ename for output in asked] == ["EOFError"]  # nobody is there to answer
    assert [output.ename for output in left if output.output_type == "error"] == ["SystemExit"]
    assert last[0].data == {"image/png": "YWI="}


def test_papermill_s_own_command_runs_it(tmp_path: Path) -> None:
    path = write(tmp_path / "n.ipynb", "print(village)", "1 / 0", "print('no')")
    done = tmp_path / "done.ipynb"
    command = [sys.executable, "-m", "papermill", "--engine", "one_shell", "--log-output"]
    command += ["--no-progress-bar", "-k", "python3", "-p", "village", "T7", str(path), str(done)]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode != 0
    assert "ZeroDivisionError" in ran.stderr
    assert "T7" in ran.stderr
    node = nbformat.read(done, as_version=4)
    assert stdout(node) == "T7\n"
    assert node.metadata.language_info.version == platform.python_version()
    assert [cell.execution_count for cell in node.cells if cell.cell_type == "code"][-1] is None


def test_nothing_is_written_to_the_terminal(tmp_path: Path, capfd) -> None:
    path = write(tmp_path / "slow.ipynb", "import sys", "import time\ntime.sleep(60)")
    with pytest.raises(TimeLimitReached):
        run_notebook(path, {"unknown": os.sep}, time_limit=0.5)
    assert capfd.readouterr() == ("", "")
