"""The recipes of CONTRIBUTING.md, followed as they stand there, in a copy of the project.

The text is what is run: its blocks are the files, its commands are the commands. What then is built
must be whole, and no recipe may touch more files than it is allowed.
"""

import csv
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook

from campaign_lib.base.editions import EDITIONS, INTERNAL
from campaign_lib.disclosure import LEAST_SHOWN
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.reports.report import folder_of

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "CONTRIBUTING.md"
#: The first three recipes, and how many files each may touch.
RECIPES = {
    "Add an indicator": 7,
    "Add a parameter of the plan": 7,
    "Add a question to the survey": 4,
}
INDICATOR, PARAMETER, QUESTION = "basic_services", "basic_services_needed", "has_bank_account"
QUARTER = "2024Q4"
AUDIT = ("audit", INDICATOR, "--quarter", QUARTER, "--language", "en")
BLOCK = re.compile(r"^```(?P<kind>\w+)(?: (?P<file>\S+))?\n(?P<text>.*?)^```$", re.M | re.S)
FOLLOWED = ("campaign_lib", "campaign_sample", "data/raw", "docs", "notebooks", "tests")


def recipe(title: str) -> str:
    """Give the text of a recipe, up to the next heading."""
    guide = GUIDE.read_text(encoding="utf-8")
    found = re.search(rf"^### {title}\n(.*?)(?=^##|\Z)", guide, flags=re.M | re.S)
    assert found is not None, title
    return found[1]


def changed(content: str, diff: str) -> str:
    """Change the one place that a diff's lines without a plus name."""
    lines = diff.splitlines(keepends=True)
    before = "".join(line[1:] or "\n" for line in lines if not line.startswith("+"))
    after = "".join(line[1:] or "\n" for line in lines if not line.startswith("-"))
    assert content.count(before) == 1, f"not there once:\n{before}"
    return content.replace(before, after)


def run(project: Path, *command: str) -> str:
    """Run Python in the copy; gives what was printed."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def campaign(project: Path, *asked: str) -> str:
    """Run the command in the copy."""
    return run(project, "-m", "campaign_lib", "--today", "2025-02-01", *asked)


def contents(project: Path) -> Mapping[str, bytes]:
    """Read every file that somebody could have touched."""
    files = (file for name in FOLLOWED for file in (project / name).rglob("*"))
    return {
        file.relative_to(project).as_posix(): file.read_bytes()
        for file in [*files, project / "CHANGELOG.md"]
        if file.is_file() and "__pycache__" not in file.parts
    }


def follow(project: Path, title: str) -> set[str]:
    """Do what a recipe says; gives the files that are not what they were."""
    before = contents(project)
    for kind, name, text in BLOCK.findall(recipe(title)):
        if kind == "sh":
            for line in text.splitlines():
                python, *command = shlex.split(line)
                assert python == ".venv/bin/python"
                run(project, *command)
        elif kind == "diff":
            file = project / name
            file.write_text(changed(file.read_text(encoding="utf-8"), text), encoding="utf-8")
        else:
            with (project / name).open("a", encoding="utf-8", newline="") as file:
                file.write(text)
    after = contents(project)
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


@pytest.fixture(scope="module")
def touched() -> dict[str, set[str]]:
    """The files that each recipe has touched."""
    return {}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, touched: dict[str, set[str]]) -> Path:
    """A copy of what is committed or about to be, with the three recipes followed, and built."""
    copy = tmp_path_factory.mktemp("project")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    touched |= {title: follow(copy, title) for title in RECIPES}
    campaign(copy, "build")
    return copy


@pytest.mark.slow
@pytest.mark.parametrize("title", RECIPES)
@pytest.mark.usefixtures("project")
def test_a_recipe_touches_few_files(touched: dict[str, set[str]], title: str) -> None:
    assert 1 < len(touched[title]) <= RECIPES[title], sorted(touched[title])
    assert "CHANGELOG.md" in touched[title]


@pytest.mark.slow
def test_what_was_added_passes_the_project_s_own_tests(project: Path) -> None:
    attacks = "tests/disclosure/test_disclosure_attacks.py::test_bounds_find_nothing_in_the_sample"
    run(
        project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow",
        "tests/words/test_words.py", "tests/house/test_changelog.py", "tests/codebook", attacks,
    )  # fmt: skip
    cases = ("tests/indicators/test_cases.py", "-k", f"{INDICATOR} or every_indicator")
    assert " passed" in run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", *cases)


@pytest.mark.slow
def test_the_new_indicator_is_audited_and_recounted(project: Path) -> None:
    audit = campaign(project, *AUDIT)
    assert "109 of 126 households" in audit
    assert "Has 3 or more of the basic services" in audit
    assert "Counted again in SQL: all 19 columns of this line agree." in audit
    assert "agree" in campaign(project, "verify", "--language", "en").splitlines()[-1].lower()


@pytest.mark.slow
def test_a_plan_may_set_the_new_parameter(project: Path) -> None:
    plan = project / "data" / "raw" / "plans" / "2024.toml"
    said = plan.read_text(encoding="utf-8")
    more = said.replace("[parameters]\n", f"[parameters]\n{PARAMETER} = 4\n")
    assert more != said
    plan.write_text(more, encoding="utf-8")
    campaign(project, "build")
    audit = campaign(project, *AUDIT)
    plan.write_text(said, encoding="utf-8")
    campaign(project, "build")
    assert "Has 4 or more of the basic services" in audit
    assert "109 of 126 households" not in audit
    assert "Counted again in SQL: all 19 columns of this line agree." in audit


@pytest.mark.slow
def test_a_campaign_begins_with_what_was_added(project: Path, tmp_path: Path) -> None:
    told = ["--commune", "Mẫu", "--province", "Mẫu", "--year", "2025", "--villages", "2"]
    campaign(project, "init", str(tmp_path / "data"), *told)
    book = load_workbook(tmp_path / "data" / "raw" / "plans" / "2025.xlsx")
    said = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "Số dịch vụ xã hội cơ bản phải có" in said
    assert "Tiếp cận dịch vụ xã hội cơ bản" in said


@pytest.mark.slow
def test_the_next_form_asks_the_new_question(project: Path, tmp_path: Path) -> None:
    campaign(project, "form", str(tmp_path), "--quarter", "2025Q1", "--village", "T4")
    (form,) = tmp_path.rglob("xlsform_*.xlsx")
    asked = load_workbook(form)["survey"].iter_rows(values_only=True)
    assert QUESTION in {cell for row in asked for cell in row}


@pytest.mark.slow
def test_pages_print_the_new_indicator_and_public_ones_hide_what_they_must(project: Path) -> None:
    label = "Tiếp cận dịch vụ xã hội cơ bản"
    with (project / "data" / "processed" / "results.csv").open(encoding="utf-8-sig") as file:
        lines = [one for one in csv.DictReader(file) if one["indicator"] == INDICATOR]
    small = {
        one["place"] for one in lines
        if one["quarter"] == QUARTER and 0 < int(one["numerator"]) < LEAST_SHOWN
    }  # fmt: skip
    village = min(small)
    (own,) = (one for one in lines if (one["quarter"], one["place"]) == (QUARTER, village))
    count = f"{own['numerator']}/{own['denominator']}"
    for edition in EDITIONS:
        campaign(project, "reports", "--quarter", QUARTER, "--edition", edition)
        folder = folder_of(project / "reports", edition) / QUARTER
        for place in (village, COMMUNE):
            page = (folder / f"{place}.html").read_text(encoding="utf-8")
            row = re.search(rf"<tr\b(?:(?!</tr>).)*{label}.*?</tr>", page, flags=re.S)
            assert row is not None, (edition, place)
            if place == village:
                assert (count in row[0]) == (edition == INTERNAL), edition


@pytest.mark.parametrize(
    ("diff", "expected"),
    [(" b\n+c\n", "a\nb\nc\n"), ("-b\n+c\n", "a\nc\n"), ("+x\n a\n-b\n", "x\na\n")],
)
def test_a_diff_itself(diff: str, expected: str) -> None:
    assert changed("a\nb\n", diff) == expected


def test_a_diff_that_fits_nowhere_is_an_error() -> None:
    with pytest.raises(AssertionError, match="not there once"):
        changed("a\na\n", " a\n+b\n")
