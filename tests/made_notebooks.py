"""Small notebooks for tests of what runs them, and a builder that can lose its process."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from campaign_lib.pipeline import engine
from campaign_lib.pipeline.reports.report import Report
from campaign_lib.pipeline.reports.run import Outcome, Setting

#: A code that kills the worker which is asked for it.
DEADLY = "deadly"


def notebook(*sources: str) -> NotebookNode:
    """Ask a question, take `village` as a parameter, then run each source in a cell of its own."""
    cells = [
        new_markdown_cell("# Thôn nào?"),
        new_code_cell('village = "T1"\nlanguage = "vi"', metadata={"tags": ["parameters"]}),
        *map(new_code_cell, sources),
    ]
    # A kernel of this name is not installed: the engine must not need one.
    metadata = {"kernelspec": {"name": "not-installed", "display_name": "?", "language": "python"}}
    return new_notebook(cells=cells, metadata=metadata)


def write(path: Path, *sources: str) -> Path:
    """Write such a notebook."""
    nbformat.write(notebook(*sources), path)
    return path


def stdout(node: NotebookNode) -> str:
    """Join what the cells printed."""
    outputs = [output for cell in node.cells for output in cell.get("outputs", [])]
    return "".join(output.text for output in outputs if output.get("name") == "stdout")


@contextmanager
def warm_process(*imports: str) -> Iterator[Callable[..., NotebookNode]]:
    """Keep a process that forks the processes of notebooks; gives its `run_notebook`.

    What it raises comes without the notebook's traceback, which is the other process's.
    """
    context = get_context("spawn")
    with ProcessPoolExecutor(1, context, engine.warm_up, (imports,)) as pool:
        yield lambda *told, **named: pool.submit(engine.run_notebook, *told, **named).result()


def build_or_die(report: Report, setting: Setting) -> Outcome:
    """Stand in for `build`: no notebook is run, one code ends the process at once."""
    if report.parameters["village"] == DEADLY:
        os._exit(1)
    return Outcome(report, "fresh")
