"""A wheel is whole: one file, put into an empty environment, makes reports in any folder."""

import os
import shutil
import site
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: What a wheel is built from; `setup.py` says that the notebooks go inside the library.
SOURCE = ("campaign_lib", "campaign_sample", "notebooks")
FILES = ("pyproject.toml", "setup.py", "README.md", "LICENSE")
#: What running leaves beside the files.
LEFT = ("__pycache__", ".ipynb_checkpoints")
#: Where an officer may work: blanks, letters of two bytes, one that composes.
WORKPLACE = "Báo cáo xã Đăk Tơ Lung (quý 1)"


def files_of(folder: str) -> set[Path]:
    """List all files of a folder of the checkout, but what running leaves."""
    paths = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path for path in paths if not {*LEFT} & {*path.parts}}


@pytest.mark.parametrize("folder", SOURCE)
def test_no_file_is_forgotten(folder: str) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    package = "campaign_lib.notebooks" if folder == "notebooks" else folder
    taken = {
        path
        for pattern in settings["tool"]["setuptools"]["package-data"][package]
        for path in (ROOT / folder).glob(pattern)
    }
    data = {path for path in files_of(folder) if path.suffix != ".py"}
    assert data, folder
    assert data <= taken, "a kind of file that package-data in pyproject.toml does not name"


def run(*command: str | Path, folder: Path) -> str:
    """Run a program as somebody does who has no checkout; gives what it printed."""
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**environment, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is built from the source archive that is built from a copy of the checkout."""
    folder = tmp_path_factory.mktemp("built")
    copy = folder / "copy"
    for name in SOURCE:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns(*LEFT))
    for name in FILES:
        shutil.copy(ROOT / name, copy / name)
    build = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"
    run(sys.executable, "-c", build, folder, folder=copy)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder / "unpacked", filter="data")
    (source,) = (folder / "unpacked").iterdir()
    asked = ("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder)
    run(sys.executable, "-m", "pip", *asked, source, folder=folder)
    (made,) = folder.glob("*.whl")
    return made


@pytest.mark.slow
def test_a_wheel_has_every_file_of_the_checkout(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    for folder in SOURCE:
        place = "campaign_lib/notebooks" if folder == "notebooks" else folder
        for path in files_of(folder):
            name = f"{place}/{path.relative_to(ROOT / folder).as_posix()}"
            assert packed.pop(name, None) == path.read_bytes(), name
    about = "-".join(wheel.name.split("-")[:2]) + ".dist-info"
    assert {name.split("/")[0] for name in packed} == {about}, "nothing else is installed"


@pytest.mark.slow
def test_an_installed_wheel_makes_reports_in_any_folder(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "environment"
    venv.create(place, with_pip=False, symlinks=os.name != "nt")
    binaries = place / ("Scripts" if os.name == "nt" else "bin")
    python = next(binaries.glob("python*"))
    asked = ("install", "--no-deps", "--no-index", "--quiet", wheel)
    run(sys.executable, "-m", "pip", "--python", python, *asked, folder=tmp_path)
    # The libraries are this environment's; its link to the checkout is not followed from there.
    purelib = run(
        python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=tmp_path
    )
    libraries = "\n".join(site.getsitepackages())
    Path(purelib.strip(), "libraries.pth").write_text(libraries, encoding="utf-8")

    work = tmp_path / WORKPLACE
    work.mkdir()
    found = run(python, "-c", "import campaign_lib; print(campaign_lib.__file__)", folder=work)
    assert Path(found.strip()).is_relative_to(place), "the checkout was imported"
    campaign = next(binaries.glob("campaign*"))
    sizes = ("--villages", "2", "--households", "40", "--quarters", "2024Q1..2024Q1")
    run(campaign, "sample", "data", *sizes, folder=work)
    made = run(campaign, "--today", "2024-04-01", "reports", "--word", folder=work)
    assert made.splitlines()[-1] == str(Path("reports", "index.html"))
    pages = {path.name for path in (work / "reports" / "2024Q1").iterdir()}
    assert {"T1.html", "T2.html", "commune.html", "commune.docx"} <= pages
    page = (work / "reports" / "2024Q1" / "T1.html").read_text(encoding="utf-8")
    assert "<style" in page and "<svg" in page
    run(campaign, "--today", "2024-04-01", "verify", folder=work)
