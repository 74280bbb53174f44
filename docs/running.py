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

from campaign_lib.pipeline import engine
from campaign_lib.pipeline.opening import DATA

RAW = Path(__file__).resolve().parents[1] / "data" / "raw"
IMPORTS = ("campaign_lib.stories.*", "campaign_lib.pipeline.opening:lay_out")


@contextmanager
def sample_built() -> Iterator[None]:
    """Keep a built copy of the sample while pages are made, and have imported what notebooks need.

    The processes that read pages at once are this one's forks, and share both.
    """
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "data"
        shutil.copytree(RAW, data / "raw")
        command = [sys.executable, "-m", "campaign_lib", "--data", str(data), "build"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        os.environ[DATA] = str(data)
        engine.warm_up(IMPORTS)
        yield


def run(text: str) -> NotebookNode:
    """Execute a notebook, as myst-nb reads it; raises NotebookFailed where a cell does."""
    with tempfile.TemporaryDirectory() as name:
        notebook = Path(name) / "notebook.ipynb"
        notebook.write_text(text, encoding="utf-8")
        return engine.run_notebook(notebook, {}, time_limit=300)
