"""Every notebook runs from top to bottom on the sample, and refuses parameters it does not know."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from made_notebooks import warm_process
from nbformat import NotebookNode

from campaign_lib.pipeline.engine import NotebookFailed, find_notebook

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LIMIT = 120.0


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample's raw files, never built: as straight after a clone."""
    folder = tmp_path_factory.mktemp("cloned") / "data"
    shutil.copytree(ROOT / "data" / "raw", folder / "raw")
    return folder


@pytest.fixture(scope="module")
def run(data: Path) -> Iterator[Callable[..., NotebookNode]]:
    """Run a notebook on the data, in a process that has the library already: as in a batch."""
    with warm_process("campaign_lib.pipeline.opening:lay_out") as run_notebook:

        def run(notebook: str, **parameters: Any) -> NotebookNode:
            path, environment = find_notebook(notebook), {"CAMPAIGN_DATA": str(data)}
            return run_notebook(path, parameters, time_limit=LIMIT, environment=environment)

        yield run


@pytest.mark.parametrize("notebook", [path.stem for path in NOTEBOOKS])
def test_a_notebook_runs_as_it_is_and_shows_something_in_each_cell(
    notebook: str, run: Callable[..., NotebookNode]
) -> None:
    done = run(notebook)
    silent = [
        cell["id"]
        for cell in done.cells
        if cell.cell_type == "code"
        and not any(output.output_type == "execute_result" for output in cell.outputs)
        and "=" not in cell.source.splitlines()[-1]
    ]
    assert silent == []
    warnings = [
        o.text for c in done.cells for o in c.get("outputs", []) if o.get("name") == "stderr"
    ]
    assert warnings == []


@pytest.mark.parametrize(
    ("notebook", "parameters", "sentence"),
    [
        (
            "village_report",
            {"vilage": "T4"},
            "'vilage' is not a parameter here; did you mean village? Known are village, quarter",
        ),
        ("village_report", {"village": "T99"}, "'T99' is not a village; known are T1, T2"),
        ("village_report", {"village": "commune"}, "This report is about one village"),
        ("village_report", {"quarter": "2031Q1"}, "2031Q1 has no survey here; known are 2021"),
        ("village_report", {"quarter": "Q3"}, "'Q3' is not a quarter"),
        ("village_report", {"language": "fr"}, "'fr' is not a language"),
        ("village_report", {"village": 4}, "'4' is not a village; known are T1, T2"),
        ("village_report", {"village": True}, "village must be a text or a number, not True"),
        (
            "audit_indicator",
            {"indicator": "changed_mindest"},
            "'changed_mindest' is not an indicator; did you mean changed_mindset? Known are",
        ),
        (
            "explore_survey",
            {"quarter": ""},
            "The parameter quarter must be a text or a",
        ),
    ],
)
def test_a_notebook_refuses_what_it_does_not_know(
    notebook: str,
    parameters: dict[str, Any],
    sentence: str,
    run: Callable[..., NotebookNode],
) -> None:
    with pytest.raises(NotebookFailed) as refused:
        run(notebook, **parameters)
    assert refused.value.error_name == "CampaignError"
    assert sentence in refused.value.error_value
