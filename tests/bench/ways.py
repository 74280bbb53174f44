"""Four ways from a notebook to pages, each run by a process of its own."""

import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from campaign_lib.pipeline.build import build
from campaign_lib.pipeline.engine import find_notebook
from campaign_lib.pipeline.engine.nursery_process import GARBAGE
from campaign_lib.pipeline.opening import PROCESSED
from campaign_lib.store.processed import Processed
from campaign_sample import write_sample

NOTEBOOK = "village_report"
#: After the sample's last survey, and the same in each run.
TODAY = "2025-02-01"

Parameters = dict[str, str]


@dataclass(frozen=True)
class Campaign:
    """A made-up campaign, built; `reports` are the parameters of all its villages' reports."""

    folder: Path
    reports: list[Parameters]

    @property
    def data(self) -> Path:
        return self.folder / "data"


def prepare(folder: Path, villages: int) -> Campaign:
    """Write and build a sample campaign."""
    write_sample(folder / "data", villages)
    build(folder / "data", date.fromisoformat(TODAY))
    processed = Processed(folder / "data" / "processed")
    reports = [
        {"village": village, "quarter": quarter, "language": "vi"}
        for village in processed.villages
        for quarter in processed.quarters
    ]
    return Campaign(folder, reports)


@dataclass(frozen=True)
class Taken:
    """Seconds by the clock, and of all processors together, which other work hardly changes."""

    clock: float
    processors: float


def measure(way: str, campaign: Campaign, reports: list[Parameters], jobs: int) -> Taken:
    """Make the reports in one of the ways; gives what it took until its process had ended."""
    batch = [sys.executable, "-m", "campaign_lib", "--data", campaign.data, "--today", TODAY]
    batch += ["--reports", campaign.folder / "reports", "reports", "--jobs", str(jobs)]
    commands = {"batch": [*batch, "--force"], "no change": batch}
    told = json.dumps([way, str(campaign.folder), reports, jobs])
    command = commands.get(way, [sys.executable, "-m", "tests.bench.ways", told])
    environment = {**os.environ, PROCESSED: str(campaign.data / "processed")}
    # As after any installation, modules are compiled; here once, in a place of the bench's own.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(campaign.folder / "compiled")
    start, before = time.perf_counter(), _processors()
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    taken = Taken(time.perf_counter() - start, _processors() - before)
    if done.returncode:
        raise SystemExit(f"{way}: {done.stdout}\n{done.stderr}")
    return taken


def _processors() -> float:
    """Give the seconds of all processes that have ended under this one."""
    times = os.times()
    return times.children_user + times.children_system


def change_an_answer(campaign: Campaign) -> None:
    """Turn one household's answer round, in the last survey."""
    survey = max((campaign.data / "raw" / "survey").glob("*.csv"))
    headings, first, *others = survey.read_text(encoding="utf-8").split("\n")
    cells = first.split(",")
    at = headings.split(",").index("takes_part")
    cells[at] = "no" if cells[at] == "yes" else "yes"
    survey.write_text("\n".join([headings, ",".join(cells), *others]), encoding="utf-8")


def page_size(campaign: Campaign) -> float:
    """Give the bytes of a page of the batch, the middle one."""
    return median(page.stat().st_size for page in campaign.folder.glob("reports/2*/*.html"))


def naive(folder: Path, reports: list[Parameters], jobs: int) -> None:
    """Two commands for each report, as anyone would."""
    for at, parameters in enumerate(reports):
        ran = folder / f"naive{at}.ipynb"
        given = [word for item in parameters.items() for word in ("-p", *item)]
        papermill = [sys.executable, "-m", "papermill", "-k", "python3", str(_notebook()), str(ran)]
        export = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", "--no-input"]
        for command in ([*papermill, *given], [*export, str(ran)]):
            subprocess.run(command, check=True, capture_output=True)


def one_process(folder: Path, reports: list[Parameters], jobs: int) -> None:
    """Papermill and nbconvert as libraries, a kernel for each report, one exporter for all."""
    import papermill
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(exclude_input=True)
    for at, parameters in enumerate(reports):
        ran = papermill.execute_notebook(
            _notebook(), None, parameters, kernel_name="python3", progress_bar=False
        )
        page, _ = exporter.from_notebook_node(ran)
        (folder / f"one{at}.html").write_text(page, encoding="utf-8")


def floor(folder: Path, reports: list[Parameters], jobs: int) -> None:
    """No notebook: the calls of its cells, put into pages, in so many processes."""
    template = folder / "floor.html.j2"
    template.write_text(
        '{% extends "base.html.j2" %}{% block content %}{{ html | safe }}{% endblock %}'
    )
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        shares = [reports[at::jobs] for at in range(jobs)]
        list(pool.map(_pages, [folder] * jobs, shares, range(jobs)))


def _pages(folder: Path, reports: list[Parameters], share: int) -> None:
    import gc

    from campaign_lib.pipeline.opening import open_built
    from campaign_lib.show import pages
    from campaign_lib.stories.village import village_report

    gc.freeze()  # as kernels do
    gc.set_threshold(*GARBAGE)
    cells = json.loads(_notebook().read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    sections = [found[1] for text in sources if (found := re.fullmatch(r"report\.(\w+)\(\)", text))]
    processed = open_built()
    for at, parameters in enumerate(reports):
        report = village_report(processed, **parameters)
        html = "".join(getattr(report, section)()._repr_html_() for section in sections)
        page = pages.fill(folder / "floor.html.j2", report.title, parameters["language"], html=html)
        (folder / f"floor{share}-{at}.html").write_text(page, encoding="utf-8")


def _notebook() -> Path:
    return find_notebook(NOTEBOOK)


if __name__ == "__main__":
    way, folder, reports, jobs = json.loads(sys.argv[1])
    functions = {"naive": naive, "one process": one_process, "floor": floor}
    functions[way](Path(folder), reports, jobs)
