"""Four ways from a notebook to pages, each run by a process of its own."""

import html
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from campaign_lib.pipeline.build import build
from campaign_lib.pipeline.engine import find_notebook
from campaign_lib.pipeline.engine.one_shell import GARBAGE
from campaign_lib.pipeline.opening import PROCESSED
from campaign_lib.pipeline.reports.report import Report
from campaign_lib.pipeline.reports.run import make
from campaign_lib.store.processed import Processed
from campaign_sample import write_sample

NOTEBOOK = "village_report"
#: After the sample's last survey, and the same in each run.
TODAY = "2025-02-01"

#: A notebook's name, and its parameters.
Wanted = tuple[str, dict[str, str]]


@dataclass(frozen=True)
class Campaign:
    """A made-up campaign, built; `reports` are those of all its villages."""

    folder: Path
    reports: list[Wanted]

    @property
    def data(self) -> Path:
        return self.folder / "data"


def prepare(folder: Path, villages: int) -> Campaign:
    """Write and build a sample campaign."""
    write_sample(folder / "data", villages)
    build(folder / "data", date.fromisoformat(TODAY))
    processed = Processed(folder / "data" / "processed")
    reports = [
        (NOTEBOOK, {"village": village, "quarter": quarter, "language": "vi"})
        for village in processed.villages
        for quarter in processed.quarters
    ]
    return Campaign(folder, reports)


@dataclass(frozen=True)
class Taken:
    """Seconds by the clock, and of all processors together, which other work hardly changes."""

    clock: float
    processors: float


def measure(way: str, campaign: Campaign, reports: list[Wanted], jobs: int) -> Taken:
    """Make the reports in one of the ways; gives what it took until its process had ended."""
    told = json.dumps([way, str(campaign.folder), reports, jobs])
    return _taken(campaign, [sys.executable, "-m", "tests.bench.ways", told])


def whole(campaign: Campaign, jobs: int, *options: str) -> Taken:
    """Have `campaign reports` make what it finds to make."""
    command = [sys.executable, "-m", "campaign_lib", "--data", campaign.data, "--today", TODAY]
    command += ["--reports", campaign.folder / "reports", "reports", "--jobs", str(jobs), *options]
    return _taken(campaign, command)


def _taken(campaign: Campaign, command: "list[str | Path]") -> Taken:
    environment = {**os.environ, PROCESSED: str(campaign.data / "processed")}
    # As after any installation, modules are compiled; here once, in a place of the bench's own.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(campaign.folder / "compiled")
    start, before = time.perf_counter(), _processors()
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    taken = Taken(time.perf_counter() - start, _processors() - before)
    if done.returncode:
        raise SystemExit(f"{command}: {done.stdout}\n{done.stderr}")
    return taken


def _processors() -> float:
    """Give the seconds of all processes that have ended under this one."""
    times = os.times()
    return times.children_user + times.children_system


def by_kind(campaign: Campaign) -> dict[str, tuple[int, float]]:
    """Give, for each notebook of the batch: how many pages it made, and the seconds of one."""
    made = json.loads((campaign.folder / "reports" / "manifest.json").read_text(encoding="utf-8"))
    kinds: dict[str, list[float]] = {}
    for page in made.values():
        kinds.setdefault(Path(page["notebook"]).stem, []).append(page["seconds"])
    return {kind: (len(seconds), median(seconds)) for kind, seconds in sorted(kinds.items())}


def hold_equal(folder: Path, ways: Iterable[str]) -> None:
    """See that every way has made the same tables and as many drawings of the first report."""
    said = {way: _said((folder / f"{way}0.html").read_text(encoding="utf-8")) for way in ways}
    first, *others = said.items()
    for way, cells in others:
        if cells != first[1]:
            raise SystemExit(f"{way} and {first[0]} have not made the same report")


def _said(page: str) -> list[str]:
    cells = re.findall(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", page, re.DOTALL)
    texts = (html.unescape(re.sub("<[^>]*>", " ", cell)) for cell in cells)
    return [*(" ".join(text.split()) for text in texts), f"{len(cells)} cells"]


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


def naive(folder: Path, reports: list[Wanted], jobs: int) -> None:
    """Two commands for each report, as anyone would."""
    for at, (name, parameters) in enumerate(reports):
        ran = folder / f"naive{at}.ipynb"
        given = [word for item in parameters.items() for word in ("-p", *item)]
        papermill = [sys.executable, "-m", "papermill", "-k", "python3"]
        papermill += [str(find_notebook(name)), str(ran)]
        export = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", "--no-input"]
        for command in ([*papermill, *given], [*export, str(ran)]):
            subprocess.run(command, check=True, capture_output=True)


def one_process(folder: Path, reports: list[Wanted], jobs: int) -> None:
    """Papermill and nbconvert as libraries, a kernel for each report, one exporter for all."""
    import papermill
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(exclude_input=True)
    for at, (name, parameters) in enumerate(reports):
        ran = papermill.execute_notebook(
            find_notebook(name), None, parameters, kernel_name="python3", progress_bar=False
        )
        page, _ = exporter.from_notebook_node(ran)
        (folder / f"one process{at}.html").write_text(page, encoding="utf-8")


def batch(folder: Path, reports: list[Wanted], jobs: int) -> None:
    """As `campaign reports` makes them, these alone."""
    wanted = [
        Report(find_notebook(name), parameters, f"batch{at}.html", name, "")
        for at, (name, parameters) in enumerate(reports)
    ]
    outcomes = make(wanted, folder, jobs=jobs, force=True)
    if failed := [outcome.error for outcome in outcomes if outcome.state != "fresh"]:
        raise SystemExit("\n".join(failed))


def floor(folder: Path, reports: list[Wanted], jobs: int) -> None:
    """No notebook: the calls of its cells, put into pages, in so many processes."""
    template = folder / "floor.html.j2"
    template.write_text(
        '{% extends "base.html.j2" %}{% block content %}{{ html | safe }}{% endblock %}'
    )
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        shares = [[*enumerate(reports)][at::jobs] for at in range(jobs)]
        list(pool.map(_pages, [folder] * jobs, shares))


def _pages(folder: Path, reports: list[tuple[int, Wanted]]) -> None:
    import gc

    from campaign_lib.pipeline.opening import open_built
    from campaign_lib.show import pages
    from campaign_lib.stories.village import village_report

    gc.freeze()  # as the processes of notebooks do
    gc.set_threshold(*GARBAGE)
    cells = json.loads(find_notebook(NOTEBOOK).read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    sections = [found[1] for text in sources if (found := re.fullmatch(r"report\.(\w+)\(\)", text))]
    processed = open_built()
    for at, (_, parameters) in reports:
        report = village_report(processed, **parameters)
        html = "".join(getattr(report, section)()._repr_html_() for section in sections)
        page = pages.fill(folder / "floor.html.j2", report.title, parameters["language"], html=html)
        (folder / f"floor{at}.html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    way, folder, reports, jobs = json.loads(sys.argv[1])
    functions = {"naive": naive, "one process": one_process, "batch": batch, "floor": floor}
    functions[way](Path(folder), reports, jobs)
