"""Notebooks as anybody runs them: twice in a kernel, by papermill alone, made HTML by nbconvert."""

import logging
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbconvert import HTMLExporter
from nbconvert.exporters import get_exporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from traitlets.config import Config

from campaign_lib.base.quarters import Quarter
from campaign_lib.errors import CampaignError
from campaign_lib.pipeline.opening import open_report, parameters_of
from campaign_lib.show import pages
from campaign_lib.show.pages import SHEET
from campaign_lib.store.processed import Processed
from campaign_lib.stories.desk import Desk
from campaign_lib.stories.inspection import inspection
from campaign_lib.stories.review import three_year_review
from campaign_lib.stories.village import village_report
from campaign_lib.words import Words
from campaign_sample import write_sample

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
REPORT = ROOT / "notebooks" / "village_report.ipynb"
IPYTHON = {"village": "T1", "quarter": "2024Q4"}


# --- one kernel, many runs ---


@pytest.mark.parametrize(
    ("cells", "slip"),
    [
        ([], None),
        (["vilage = 'T4'"], None),
        (["# Tham số · Parameters\nvillage = 'T1'  # type: str a\nlanguage = 'vi'"], "language"),
        (["# Parameters\nvilage = 'T4'"], "vilage"),
        (["# Tham số\nvilage = 'T4'", "open_report()", "# Tham số\nvillage = 'T4'"], None),
        (["# Tham số\nvillage = 'T4'", "# Parameters\nvilage = 'T4'\n"], "vilage"),
        (["# Tham số\nvillage = 'T4'\nvillage == 'T4'", "mine = 3"], None),
    ],
)
def test_only_the_last_cell_of_parameters_is_judged(cells: list[str], slip: str | None) -> None:
    names = {"In": ["", *cells], "mine": 3, "vilage": "T4", "report": object(), **IPYTHON}
    if slip is None:
        assert parameters_of(names, *IPYTHON) == IPYTHON
        return
    with pytest.raises(CampaignError, match=f"'{slip}' is not a parameter here"):
        parameters_of(names, *IPYTHON)


@pytest.mark.parametrize("given", [2021, 2021.0, " 2021 ", True, None, "", [2021]])
def test_digits_are_text_and_nothing_else_is(given: object) -> None:
    if given in ("", None, True) or isinstance(given, list):
        with pytest.raises(CampaignError, match="must be a text or a number, not"):
            parameters_of({"year": given}, "year")
    else:
        assert parameters_of({"year": given}, "year")["year"] in ("2021", "2021.0")


def test_years_and_sizes_may_be_numbers(sample_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_PROCESSED", str(sample_data / "processed"))
    asked: dict[str, Any] = {"first_year": 2021, "last_year": 2023, "until": "newest"}
    open_report(three_year_review, {**asked, "language": "vi"})
    drawn = open_report(
        inspection, {"quarter": "2024Q3", "seed": 2, "sample_size": 10, "language": "vi"}
    )
    assert drawn.size == 10


def test_a_workbench_takes_a_village_coded_by_a_number(campaign: Path, ran: Path) -> None:
    desk = Desk(Processed(campaign / "processed"), Words("vi"))
    assert desk.audit("informed", "2024Q4", 1).line["place"] == "1"


# --- papermill as it is ---


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_papermill_says_what_each_parameter_is(path: Path) -> None:
    told = papermill.inspect_notebook(path)
    cells = nbformat.read(path, 4).cells
    tagged = [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    assigned = re.findall(r"^(\w+) =", "\n".join(cell.source for cell in tagged), re.MULTILINE)
    assert list(told) == assigned
    for one in told.values():
        assert one["inferred_type_name"] == "str"
        assert " · " in one["help"]
    if any("open_report" in cell.source for cell in cells):  # knows it by how it begins
        assert tagged[0].source.startswith("# Tham số · Parameters\n")


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small campaign whose first village is coded 1."""
    data = tmp_path_factory.mktemp("numbered") / "data"
    write_sample(data, 2, 24, (Quarter(2024, 4),), 1)
    for file in (data / "raw").rglob("*.csv"):
        text = file.read_text(encoding="utf-8")
        file.write_text(re.sub(r"\bT1\b(?!-)", "1", text), encoding="utf-8")
    return data


@pytest.fixture(scope="module")
def environment(campaign: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a stranger's terminal has where the project is installed as pyproject.toml says."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    installed = tmp_path_factory.mktemp("installed")
    (info := installed / "campaign_lib-0.dist-info").mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: campaign_lib\nVersion: 0\n")
    (info / "entry_points.txt").write_text(
        "\n".join(
            line
            for group, entries in project["entry-points"].items()
            for line in (f"[{group}]", *(f"{name} = {at}" for name, at in entries.items()))
        )
    )
    own = {k: v for k, v in os.environ.items() if not k.startswith(("CAMPAIGN_", "JPY_"))}
    path = os.pathsep.join([str(installed), str(ROOT), own.get("PYTHONPATH", "")])
    return {**own, "CAMPAIGN_DATA": str(campaign), "PYTHONPATH": path}


def asked(environment: dict[str, str], *words: str | Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", *words], env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


@pytest.fixture(scope="module")
def twice(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> NotebookNode:
    """What papermill alone makes of a report of the village coded 1, and of its beginning again."""
    notebook = nbformat.read(REPORT, 4)
    own = "mine = 3\nquarters = ['2024Q4']\nfor one in quarters: pass"
    again = [new_code_cell(cell.source) for cell in notebook.cells[2:5] if cell.cell_type == "code"]
    notebook.cells += [new_code_cell(own), *again]
    folder = tmp_path_factory.mktemp("ran")
    nbformat.write(notebook, folder / "in.ipynb")
    words = ("papermill", folder / "in.ipynb", folder / "out.ipynb", "-p", "village", "1")
    asked(environment, *words)
    return nbformat.read(folder / "out.ipynb", 4)


@pytest.fixture(scope="module")
def ran(twice: NotebookNode, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same without what was run again."""
    cells = twice.cells[: [cell.source[:4] for cell in twice.cells].index("mine")]
    path = tmp_path_factory.mktemp("once") / "out.ipynb"
    nbformat.write(NotebookNode({**twice, "cells": cells}), path)
    return path


def test_a_report_runs_again_in_its_kernel(twice: NotebookNode) -> None:
    shown = [*htmls(twice)]
    assert shown[-1] == shown[0]


def htmls(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.get("name") != "stderr", output
            yield output["data"]["text/html"]


def test_what_papermill_makes_looks_like_a_page_and_leads_nowhere(ran: Path) -> None:
    shown = list(htmls(nbformat.read(ran, 4)))
    assert len(shown) > 10
    assert all(html.startswith(f'<div class="{SHEET}"><style>') for html in shown)
    assert not re.search(r'href="(figure|page):', "".join(shown))


# --- nbconvert as it is, and with our exporter ---


def main_of(page: str) -> str:
    return page[page.index("<main>") : page.index("</main>")]


def test_plain_html_has_the_style_and_no_dead_links(ran: Path) -> None:
    page, _ = HTMLExporter().from_filename(ran)
    assert page.count(f'<div class="{SHEET}"><style>') > 10
    assert not re.search(r'href="(figure|page):', page)


def test_our_exporter_makes_the_page_of_a_batch(
    ran: Path,
    environment: dict[str, str],
    campaign: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By its name, and but for the links to other pages."""
    monkeypatch.syspath_prepend(environment["PYTHONPATH"].split(os.pathsep)[0])
    # As JupyterLab calls it, whose menu has it.
    exporter = get_exporter("campaign")(config=Config(), log=logging.getLogger("test"))
    assert exporter.export_from_notebook == "Campaign"
    page, _ = exporter.from_filename(ran)
    notebook, processed = nbformat.read(ran, 4), Processed(campaign / "processed")
    names = {"report": village_report(processed, "1", "2024Q4")}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.data = {"text/html": eval(cell.source, names)._repr_html_()}
    assert main_of(page) == main_of(pages.export(notebook, "?", "vi"))
    assert page.count("<style>") == 1
    (title,) = re.findall(r"<title>(.*?)</title>", page)
    assert f">{title}</h1>" in page


@pytest.mark.slow
def test_our_exporter_runs_a_notebook_that_nobody_ran(
    ran: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    source = REPORT.read_text(encoding="utf-8").replace('\\"T1\\"', '\\"1\\"')
    (fresh := tmp_path / "fresh.ipynb").write_text(source, encoding="utf-8")
    for notebook in (fresh, ran):
        words = ("--to", "campaign", "--execute", "--output-dir", tmp_path)
        asked(environment, "nbconvert", *words, notebook)
    fresh_page, again = (
        (tmp_path / name).read_text(encoding="utf-8") for name in ("fresh.html", "out.html")
    )
    assert main_of(fresh_page) == main_of(again)


# --- no warning of others' reaches a reader ---


def test_a_box_plot_of_one_s_own_warns_of_nothing(environment: dict[str, str]) -> None:
    drawn = "import campaign_lib.pipeline.opening, seaborn; seaborn.boxplot(x=[1, 2, 9])"
    ran = subprocess.run(
        [sys.executable, "-W", "default", "-c", drawn],
        env={**environment, "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
