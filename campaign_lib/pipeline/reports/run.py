"""Make many reports: skip what is fresh, share out the rest, remember what was made."""

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from campaign_lib.pipeline.engine.nursery import ONE_THREAD, open_nursery
from campaign_lib.pipeline.reports.how_far import Listener, Progress, silent
from campaign_lib.pipeline.reports.manifest import Made, Manifest
from campaign_lib.pipeline.reports.one import Outcome, Setting, build
from campaign_lib.pipeline.reports.report import Report
from campaign_lib.pipeline.reports.run_log import RunLog
from campaign_lib.pipeline.reports.workers import at_once

Maker = Callable[[Sequence[Report], Setting], Generator[Outcome, None, None]]

#: Seconds that one notebook may take; ordinary ones take a few.
TIME_LIMIT = 600.0

#: The manifest is written at most this often (and at the end): a killed run loses little by it.
_BETWEEN_WRITES = 2.0

#: What all stories do first: done once for all kernels.
_AT_HAND = "campaign_lib.pipeline.engine.warm_up:lay_out"
_IMPORT = re.compile(r"^(?:from|import) ([\w.]+)", re.MULTILINE)
_WORTH_A_NURSERY = 2


def make(
    reports: Sequence[Report],
    folder: Path,
    *,
    jobs: int = 1,
    force: bool = False,
    progress: Listener = silent,
    environment: Mapping[str, str] | None = None,
    time_limit: float = TIME_LIMIT,
    maker: Maker | None = None,
) -> list[Outcome]:
    """Make the reports that are missing, out of date or failed last time.

    One that fails leaves the others alone; a run that is stopped goes on with the next one.

    Args:
        reports: what there shall be; each with a page of its own.
        folder: the reports folder.
        jobs: how many to make at once; up to 1, in this process.
        force: make the fresh ones too.
        progress: is told how far the run is, at its beginning and after each report.
        environment: variables for the kernels, in addition to this process's own.
        time_limit: seconds for one notebook.
        maker: who makes them, if not this machine.

    Returns:
        The outcomes, in the order of `reports`.

    Raises:
        CampaignError: the manifest or the log cannot be written.
        ValueError: two reports want the same page.
    """
    _check_targets(reports)
    run = _Run(Manifest.read(folder), reports, force, progress)
    setting = Setting(folder, time_limit, dict(environment or {}))
    make_here = partial(_made, jobs=min(jobs, len(run.waiting)))
    run.follow((maker or make_here)(run.waiting, setting))
    return [run.outcomes[report.target] for report in reports]


def _check_targets(reports: Sequence[Report]) -> None:
    """Compare pages without case, as file systems of Windows and macOS do."""
    counts = Counter(report.target.lower() for report in reports)
    if twice := [target for target, count in counts.items() if count > 1]:
        raise ValueError(f"several reports want the same page: {', '.join(twice)}")


class _Run:
    """Knows what is to be made, notes what was made, and tells the listener.

    Attributes:
        waiting: the reports that are not fresh.
        outcomes: by page, of all reports that are done.
    """

    def __init__(
        self, manifest: Manifest, reports: Sequence[Report], force: bool, listener: Listener
    ) -> None:
        fresh = [r for r in reports if not force and manifest.is_fresh(r.target, r.hash)]
        self.outcomes = {r.target: Outcome(r, "fresh", built=False) for r in fresh}
        self.waiting = [report for report in reports if report.target not in self.outcomes]
        self._manifest = manifest
        self._listener = listener
        self._log = RunLog(manifest.folder)
        self._kept, self._left = len(fresh), len(self.waiting)
        self._states: Counter[str] = Counter()
        self._start = self._written = time.monotonic()

    def follow(self, source: Generator[Outcome, None, None]) -> None:
        """Note outcomes as they come; however it ends, the manifest tells of them."""
        self._forget()
        for outcome in self.outcomes.values():
            self._log.add(outcome)
        self._tell()
        try:
            with closing(source):
                for outcome in source:
                    self._note(outcome)
                    self._tell()
        finally:
            self._manifest.write()

    def _forget(self) -> None:
        """Strike out what is about to be replaced: nobody may take a half-replaced page for it."""
        for report in self.waiting:
            self._manifest.made.pop(report.target, None)
        self._manifest.write()

    def _note(self, outcome: Outcome) -> None:
        report = outcome.report
        self._manifest.made[report.target] = Made(
            title=report.title,
            notebook=report.notebook.name,
            parameters=dict(report.parameters),
            hash=report.hash,
            state=outcome.state,
            seconds=round(outcome.seconds, 2),
            error=outcome.error,
            figures=dict(report.figures),
            made_from=dict(report.made_from),
        )
        self.outcomes[report.target] = outcome
        self._log.add(outcome)
        self._states[outcome.state] += 1
        self._left -= 1
        if time.monotonic() - self._written >= _BETWEEN_WRITES:
            self._manifest.write()
            self._written = time.monotonic()

    def _tell(self) -> None:
        self._listener(
            Progress(
                built=self._states["fresh"],
                failed=self._states["failed"],
                kept=self._kept,
                left=self._left,
                seconds=time.monotonic() - self._start,
            )
        )


def _made(reports: Sequence[Report], setting: Setting, jobs: int) -> Generator[Outcome, None, None]:
    """Make reports, with kernels forked from one nursery; for a single one that is no gain."""
    if len(reports) < _WORTH_A_NURSERY:
        yield from _in_turn(reports, setting)
        return
    if jobs > 1:
        setting = replace(setting, environment={**ONE_THREAD, **setting.environment})
    with open_nursery([*_imported(reports), _AT_HAND], setting.environment) as nursery:
        setting = replace(setting, nursery=nursery)
        yield from at_once(reports, setting, jobs) if jobs > 1 else _in_turn(reports, setting)


def _imported(reports: Sequence[Report]) -> Iterator[str]:
    """Name the modules that the reports' notebooks import, to be imported once for all kernels."""
    for notebook in dict.fromkeys(report.notebook for report in reports):
        with suppress(OSError, ValueError, KeyError):  # what is wrong with it, the report will tell
            for cell in json.loads(notebook.read_bytes())["cells"]:
                if cell["cell_type"] == "code":
                    yield from _IMPORT.findall("".join(cell["source"]))


def _in_turn(reports: Sequence[Report], setting: Setting) -> Generator[Outcome, None, None]:
    """Make one after the other, here."""
    for report in reports:
        yield build(report, setting)
