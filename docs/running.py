"""Notebooks, run for the documentation as reports are: by the same engine, on the sample."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbformat import NotebookNode

from campaign_lib.pipeline.engine import run_notebook
from campaign_lib.pipeline.engine.kernels import ONE_THREAD, open_nursery
from campaign_lib.pipeline.opening import DATA

RAW = Path(__file__).resolve().parents[1] / "data" / "raw"
IMPORTS = ("campaign_lib.stories.*", "campaign_lib.pipeline.opening:lay_out")
NURSERY = "CAMPAIGN_DOCS_NURSERY"


@contextmanager
def sample_built() -> Iterator[None]:
    """Keep a built copy of the sample, and a nursery of kernels, while pages are made.

    Both are told by the environment, so that processes that read pages at once share them.
    """
    with tempfile.TemporaryDirectory() as name, open_nursery(IMPORTS, ONE_THREAD) as nursery:
        data = Path(name) / "data"
        shutil.copytree(RAW, data / "raw")
        command = [sys.executable, "-m", "campaign_lib", "--data", str(data), "build"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        os.environ |= {DATA: str(data), NURSERY: str(nursery or "")}
        yield


def run(text: str) -> NotebookNode:
    """Execute a notebook, as myst-nb reads it; raises NotebookFailed where a cell does."""
    told = os.environ[NURSERY]
    with tempfile.TemporaryDirectory() as name:
        notebook = Path(name) / "notebook.ipynb"
        notebook.write_text(text, encoding="utf-8")
        return run_notebook(notebook, {}, time_limit=300, nursery=Path(told) if told else None)
