"""The folder for Windows: what is in it, and the logic of its start file as far as it runs here.

No Windows is asked: the command file is looked at, not run.
"""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from campaign_lib.office.windows import READ_FIRST, START, STEPS, TOP, contents, write_zip
from campaign_lib.words import LANGUAGES, Words

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "campaign_lib" / "office" / "windows" / "start.py"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAME = "campaign_lib-1.0-py3-none-any.whl"
#: Where an office may unpack it.
PLACE = "Xã Đăk Tơ Lung (máy 1)"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel as far as the start file looks into one."""
    path = tmp_path_factory.mktemp("wheel") / NAME
    with zipfile.ZipFile(path, "w") as archive:
        words = ROOT / "campaign_lib" / "words" / "windows.toml"
        archive.write(words, "campaign_lib/words/windows.toml")
    return path


@pytest.fixture(scope="module")
def files(wheel: Path) -> dict[str, bytes]:
    return dict(contents(wheel, ROOT / "requirements.lock"))


@pytest.fixture
def program(files: dict[str, bytes], tmp_path: Path) -> Path:
    """The unpacked folder of the program, where a path has blanks and letters like Đ."""
    archive = tmp_path / "folder.zip"
    write_zip(archive, files)
    with zipfile.ZipFile(archive) as packed:
        assert {name.split("/")[0] for name in packed.namelist()} == {TOP}
        packed.extractall(tmp_path / PLACE)
    return tmp_path / PLACE / TOP / "chuong-trinh"


def loaded(path: Path) -> ModuleType:
    """Load a start file as Python runs it, from where it lies."""
    spec = importlib.util.spec_from_file_location("start", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def start(program: Path) -> Any:
    return loaded(program / "start.py")


class Runs:
    """Stands for `subprocess.run`: notes what is asked for, and answers as it is told."""

    def __init__(self, *, failing: str = "") -> None:
        self.asked: list[tuple[list[str], Any]] = []
        self.failing = failing

    def __call__(self, command: list[str], cwd: Any = None, check: bool = False) -> Any:
        self.asked.append((command, cwd))
        if "venv" in command:
            Path(command[-1]).mkdir(parents=True, exist_ok=True)
        failed = bool(self.failing) and self.failing in command
        return SimpleNamespace(returncode=1 if failed else 0)


def test_the_command_file_is_one_that_windows_reads(files: dict[str, bytes]) -> None:
    content = files[START]
    assert content.isascii(), "it is read before the code page is set"
    assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r") > 10
    text = content.decode()
    assert "chcp 65001" in text and "PYTHONUTF8=1" in text
    places = re.findall(r'.?%~dp0[^\s"]*.?', text)
    assert len(places) == 2 and all(one[0] == one[-1] == '"' for one in places), "blanks in paths"
    for name in (READ_FIRST, "chuong-trinh/start.py"):
        assert f'"%~dp0{name}"'.replace("/", "\\") in text and name in files


def test_it_looks_for_the_pythons_that_the_project_runs_on(files: dict[str, bytes]) -> None:
    text = files[START].decode()
    (versions,) = re.findall(r"in \((3[\d. ]+)\)", text)
    bounds = SpecifierSet(PROJECT["requires-python"])
    fitting = [f"3.{minor}" for minor in range(30) if bounds.contains(f"3.{minor}.0")]
    assert versions.split() == fitting[::-1], "the newest first"
    low, high = re.findall(r"\(3, (\d+)\)", text)
    assert fitting == [f"3.{minor}" for minor in range(int(low), int(high))]
    said = files[READ_FIRST].decode("utf-8-sig")
    assert all(version in said for version in fitting)


def test_what_is_read_first_is_for_old_editors_too(files: dict[str, bytes]) -> None:
    content = files[READ_FIRST]
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == content.count(b"\n")
    text = content.decode("utf-8-sig").replace("\r\n", "\n")
    for language in LANGUAGES:
        assert "\n".join(Words(language)(f"windows.read_first.{one}") for one in STEPS) in text
    assert START in text


def test_versions_are_those_of_the_lock(files: dict[str, bytes]) -> None:
    pins = [
        Requirement(line) for line in files["chuong-trinh/constraints.txt"].decode().splitlines()
    ]
    named = {canonicalize_name(pin.name): pin for pin in pins}
    for text in PROJECT["dependencies"]:
        need = Requirement(text)
        (version,) = named[canonicalize_name(need.name)].specifier
        assert version.operator == "==" and need.specifier.contains(version.version)
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert len(pins) == len(re.findall(r"^[a-zA-Z]", lock, flags=re.M))
    assert "hash" not in files["chuong-trinh/constraints.txt"].decode()


def test_the_start_file_needs_nothing_but_python() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [str(node.module)]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert names and names <= sys.stdlib_module_names


def test_it_installs_beside_itself_unless_that_is_too_deep(start: Any) -> None:
    near = Path("/D/Đăk Tơ Lung")
    assert start.environment_of(near, "/local") == near / "moi-truong"
    deep, other = (Path("/" + "sâu hun hút/" * 8 + name) for name in ("a", "b"))
    assert start.environment_of(deep, "") == deep / "moi-truong"
    places = {start.environment_of(one, "/local") for one in (deep, other)}
    assert len(places) == 2, "two copies of the folder are two programs"
    assert all(place.parent == Path("/local") and str(place).isascii() for place in places)


def test_it_sets_up_once_for_each_wheel(
    start: Any, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment, wheel = program / "moi-truong", program / NAME
    runs = Runs()
    monkeypatch.setattr(start.subprocess, "run", runs)
    assert not start.is_set_up(environment, wheel)
    assert start.set_up(program, environment, wheel)
    assert start.is_set_up(environment, wheel)
    (venv, _), (pip, folder) = runs.asked
    assert venv == [sys.executable, "-m", "venv", "--clear", str(environment)]
    assert folder == program and Path(pip[0]).is_relative_to(environment)
    assert pip[-4:] == ["--requirement", "requirements.txt", "--constraint", "constraints.txt"]
    assert "--no-index" not in pip

    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("more", "a newer one")
    assert not start.is_set_up(environment, wheel)


@pytest.mark.parametrize("failing", ["venv", "pip"])
def test_what_was_not_finished_is_begun_anew(
    start: Any, program: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    monkeypatch.setattr(start.subprocess, "run", Runs(failing=failing))
    environment = program / "moi-truong"
    assert not start.set_up(program, environment, program / NAME)
    assert not start.is_set_up(environment, program / NAME)


def test_it_opens_the_desk_on_the_folders_beside_it(
    start: Any, program: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = Runs()
    monkeypatch.setattr(start.subprocess, "run", runs)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    (program / "campaign_lib-0.9-py3-none-any.whl").write_bytes(b"what an older folder left")
    assert start.main([]) == 0
    command, _ = runs.asked[-1]
    assert Path(command[0]).is_relative_to(program / "moi-truong")
    top = program.parent
    folders = ["--data", str(top / "du-lieu"), "--reports", str(top / "bao-cao")]
    assert command[1:] == ["-m", "campaign_lib", *folders, "desk"]
    said = capsys.readouterr().out
    for words in map(Words, LANGUAGES):
        assert words("windows.setting_up", folder=str(program / "moi-truong")) in said
        assert words("windows.opening") in said

    assert start.main(["check"]) == 0
    assert runs.asked[-1][0][-1] == "check"
    assert len(runs.asked) == 4, "set up once"
    assert Words("vi")("windows.setting_up", folder="")[:20] not in capsys.readouterr().out


@pytest.mark.slow
def test_without_packages_it_says_so_and_fails(program: Path) -> None:
    """Run whole, with a folder of packages that lacks them: no network is asked."""
    (program / "goi").mkdir()
    ended = subprocess.run(
        [sys.executable, str(program / "start.py")],
        env={"PYTHONUTF8": "1", "PIP_NO_INPUT": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert ended.returncode == 1
    assert Words("vi")("windows.failed") in ended.stdout
    assert Words("vi")("windows.opening") not in ended.stdout
    assert not (program / "moi-truong" / "da-cai.txt").exists()
