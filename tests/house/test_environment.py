"""One set of packages, written down three times (project, conda, lock) and explained once."""

import json
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]

#: Packages that conda-forge calls something else, and why that one.
CONDA_NAMES = {
    "duckdb": "python-duckdb",  # `duckdb` is the database's own shell there
    "jupyter-client": "jupyter_client",
    "matplotlib": "matplotlib-base",  # without the windows of Qt, which no report opens
    "nbconvert": "nbconvert-core",  # without Pandoc, which HTML does not need
    "seaborn": "seaborn-base",  # without statsmodels, which no chart here uses
}
#: What conda needs to put the project itself in, beside what the project asks for.
ONLY_CONDA = {"python", "pip"}

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")

DEPENDENCIES = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
EXTRAS = {
    name: [Requirement(text) for text in texts]
    for name, texts in PROJECT["project"]["optional-dependencies"].items()
}
BUILD = [Requirement(text) for text in PROJECT["build-system"]["requires"]]
LOCKED_FOR = SpecifierSet(PROJECT["project"]["requires-python"])


def locked() -> dict[str, Requirement]:
    """Read the lock's pins, hashes left out, by name."""
    lines = [line.split("\\")[0] for line in LOCK.splitlines() if re.match(r"[a-zA-Z]", line)]
    pins = [Requirement(line) for line in lines]
    assert len({pin.name for pin in pins}) == len(pins), "a package is locked twice"
    return {canonicalize_name(pin.name): pin for pin in pins}


def conda_dependencies() -> dict[str, SpecifierSet]:
    """Read environment.yml's own packages, by conda's name; a lone `=` is a version's beginning."""
    packages = {}
    for line in ENVIRONMENT["dependencies"]:
        if isinstance(line, str):
            name, bounds = re.fullmatch(r"([a-z0-9_-]+)(.*)", line).groups()
            packages[name] = SpecifierSet(re.sub(r"^=(\d.*)", r"==\1.*", bounds))
    return packages


def test_containers_and_hooks_only_call_what_make_has() -> None:
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    calls = [container["onCreateCommand"]]
    calls += [hook["entry"] for repo in hooks for hook in repo["hooks"] if repo["repo"] == "local"]
    assert len(calls) == 1 + sum(len(repo["hooks"]) for repo in hooks)
    jobs = re.findall(r"^(\w+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert {call.removeprefix("make ") for call in calls} <= {*jobs}
    assert container["image"].partition("-")[0].removeprefix("python:") in LOCKED_FOR


def test_conda_installs_what_the_project_asks_for() -> None:
    asked = {
        CONDA_NAMES.get(name := canonicalize_name(need.name), name): need.specifier
        for need in [*DEPENDENCIES, *EXTRAS["analysis"], *EXTRAS["lab"]]
    }
    found = conda_dependencies()
    assert found.keys() >= ONLY_CONDA
    assert {name: bounds for name, bounds in found.items() if name not in ONLY_CONDA} == asked
    assert ENVIRONMENT["channels"] == ["conda-forge"]


def test_conda_s_python_is_one_that_the_project_runs_on() -> None:
    (version,) = conda_dependencies()["python"]
    assert version.operator == "=="  # Binder reads no other form
    assert LOCKED_FOR.contains(version.version.replace("*", "0"))


def test_conda_puts_the_project_itself_in() -> None:
    assert ENVIRONMENT["dependencies"][-1] == {"pip": ["-e ."]}


@pytest.mark.parametrize(
    "need",
    [*DEPENDENCIES, *BUILD, *(need for needs in EXTRAS.values() for need in needs)],
    ids=lambda need: need.name,
)
def test_the_lock_holds_every_dependency_within_its_bounds(need: Requirement) -> None:
    pin = locked()[canonicalize_name(need.name)]
    (version,) = pin.specifier
    assert version.operator == "=="
    assert need.specifier.contains(version.version)
    assert pin.marker is None, "a direct dependency is needed everywhere"


def test_every_pin_of_the_lock_has_a_hash() -> None:
    blocks = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", LOCK, flags=re.M).strip())
    assert len(blocks) == len(locked())
    for block in blocks:
        first, *rest = block.split(" \\\n")
        assert re.fullmatch(r"[a-z0-9-]+==[^ ;]+( ; .+)?", first)
        assert rest, f"{first} has no hash"
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}", line) for line in rest), first


def test_the_lock_names_no_address_and_no_folder() -> None:
    assert "://" not in LOCK
    comments = [line for line in LOCK.splitlines() if line.startswith("#")]
    assert not [line for line in comments if "/" in line]
    assert not re.search(r"^\s*-(?!-hash=)", LOCK, flags=re.M), "an option of pip stands in it"


def test_this_python_is_one_that_the_project_runs_on() -> None:
    assert LOCKED_FOR.contains(".".join(map(str, sys.version_info[:3])))


def test_every_dependency_has_its_row_where_it_is_explained() -> None:
    page = (ROOT / "docs" / "decisions" / "06-libraries.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if line.startswith("| ") and not line.startswith(("| package", "| *"))
    ]
    direct = [*DEPENDENCIES, *BUILD, *(need for needs in EXTRAS.values() for need in needs)]
    pins = locked()
    assert sorted(canonicalize_name(row[0]) for row in rows) == sorted(
        canonicalize_name(need.name) for need in direct
    )
    for name, job, licence, size, release, instead in rows:
        assert job and licence and instead and float(size) > 0, name
        version = release.partition(",")[0]
        assert str(pins[canonicalize_name(name)].specifier) == f"=={version}", name
