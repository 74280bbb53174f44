"""Every village's report of every quarter: what there shall be, made, and listed in the index."""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from campaign_lib.display import heading, together
from campaign_lib.errors import CampaignError
from campaign_lib.notebooks import find_notebook
from campaign_lib.processed import Processed
from campaign_lib.reports.cluster import on_cluster, zipped
from campaign_lib.reports.index import Entry, State, index_page
from campaign_lib.reports.manifest import Manifest
from campaign_lib.reports.one import INDEX
from campaign_lib.reports.progress import ProgressLine
from campaign_lib.reports.report import VIETNAMESE, Report, file_name, report_hash
from campaign_lib.reports.run import Maker, make
from campaign_lib.reports.turns import one_at_a_time
from campaign_lib.slices import fingerprints, write_slice
from campaign_lib.steps import COMMUNE
from campaign_lib.stories.opening import PROCESSED
from campaign_lib.stories.start import results_of
from campaign_lib.whole_files import write_text
from campaign_lib.words import Words

NOTEBOOK = "village_report"


@dataclass(frozen=True)
class Wish:
    """Which reports to make, and how.

    Attributes:
        quarters: only these; all when empty.
        villages: only these, by code or name; all when empty.
        language: of the reports, vi or en.
        force: make those that are up to date, too.
        jobs: how many to make at once.
        scheduler: the address of a Dask scheduler whose workers make them; "" is this machine.
    """

    quarters: Sequence[str] = ()
    villages: Sequence[str] = ()
    language: str = VIETNAMESE
    force: bool = False
    jobs: int = 1
    scheduler: str = ""


def make_village_reports(processed: Processed, folder: Path, wish: Wish) -> int:
    """Bring the villages' reports up to date, and list all of them in the index.

    Another run in the same folder is waited for.

    Returns:
        How many of them failed.

    Raises:
        CampaignError: no such village, quarter or language, no scheduler, or a file cannot be
            written.
    """
    places = {_village(processed, name) for name in wish.villages or processed.villages}
    quarters = {processed.known_quarter(code) for code in wish.quarters or processed.quarters}
    words = Words(wish.language)
    planned = planned_reports(processed, words)
    chosen = {report: key for key, report in planned.items()
              if key[0] in places and key[1] in quarters}  # fmt: skip

    def wait_for(process: int, began: str) -> None:
        _tell(words("pages.progress.waiting", process=str(process), began=began))

    with one_at_a_time(folder, wait_for):
        outcomes = make(
            list(chosen),
            folder,
            jobs=wish.jobs,
            force=wish.force,
            progress=ProgressLine(wish.language),
            environment={PROCESSED: str(processed.folder.resolve())},
            maker=_elsewhere(wish.scheduler, processed, chosen) if wish.scheduler else None,
        )
        write_text(folder / INDEX, index_of(processed, planned, folder, wish.language))
    if orphans := Manifest.read(folder).made.keys() - {r.target for r in planned.values()}:
        _tell(words("pages.progress.orphans", pages=words.listed(sorted(orphans))))
    return sum(outcome.state == "failed" for outcome in outcomes)


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _elsewhere(
    address: str, processed: Processed, places: Mapping[Report, tuple[str, str]]
) -> Maker:
    """Have reports made by a cluster's workers, each with its own part of the data."""

    def pack(report: Report) -> bytes:
        with tempfile.TemporaryDirectory(prefix="campaign-") as name:
            write_slice(processed, *places[report], Path(name))
            return zipped(Path(name))

    return partial(on_cluster, address, pack)


def _village(processed: Processed, name: str) -> str:
    try:
        code = processed.known_place(name)
    except CampaignError:
        code = COMMUNE  # no village either: what is known here leaves the commune out
    if code == COMMUNE:
        raise CampaignError(f"{name!r} is no village; known are {', '.join(processed.villages)}.")
    return code


def planned_reports(processed: Processed, words: Words) -> dict[tuple[str, str], Report]:
    """Say which reports there shall be, by village and quarter, and what each is built from."""
    notebook = find_notebook(NOTEBOOK)
    content = notebook.read_bytes()
    manifest = processed.manifest
    built_from = fingerprints(processed)
    planned = {}
    for quarter in processed.quarters:
        for village, name in processed.villages.items():
            parameters = {"village": village, "quarter": quarter, "language": words.language}
            fingerprint, rows = built_from[village, quarter]
            planned[village, quarter] = Report(
                notebook,
                parameters,
                f"{quarter}/{file_name(village)}.html",
                words("village_report.title", place=name, quarter=words.quarter(quarter)),
                report_hash(
                    content,
                    parameters,
                    fingerprint,
                    manifest["code_sha256"],
                    manifest["packages"],
                ),
                rows,
            )
    return planned


def index_of(
    processed: Processed,
    planned: Mapping[tuple[str, str], Report],
    folder: Path,
    language: str,
) -> str:
    """Make the page that leads to all reports, each with its state and its verdicts."""
    manifest = Manifest.read(folder)
    verdicts = _verdicts(processed.results)
    entries = [
        Entry(
            quarter,
            village,
            processed.villages[village],
            report.target,
            _state(report, manifest),
            verdicts.get((village, quarter), {}),
        )
        for (village, quarter), report in planned.items()
    ]
    newest = processed.quarters[-1]
    words = Words(language)
    title = words("index.page.commune", quarter=words.quarter(newest))
    summary = together(heading(title, 2), results_of(processed, newest, COMMUNE, language))
    return index_page(
        entries,
        language,
        made_up=any(map(processed.is_made_up, processed.quarters)),
        summary=summary,
    )


def _state(report: Report, manifest: Manifest) -> State:
    if manifest.is_fresh(report.target, report.hash):
        return "fresh"
    if not report.page(manifest.folder).is_file():
        return "missing"
    made = manifest.made.get(report.target)
    return "failed" if made is not None and made.state == "failed" else "stale"


def _verdicts(results: pd.DataFrame) -> dict[tuple[str, str], dict[str, int]]:
    """Count the verdicts of each village and quarter, by status."""
    counts: dict[tuple[str, str], dict[str, int]] = {}
    villages = results[results["level"] == "village"]
    for (place, quarter, status), lines in villages.groupby(["place", "quarter", "status"]):
        counts.setdefault((str(place), str(quarter)), {})[str(status)] = len(lines)
    return counts
