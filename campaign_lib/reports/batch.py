"""Every village's report of every quarter: what there shall be, made, and listed in the index."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from campaign_lib.display import heading, together
from campaign_lib.errors import CampaignError
from campaign_lib.notebooks import find_notebook
from campaign_lib.processed import Processed
from campaign_lib.reports.index import Entry, State, index_page
from campaign_lib.reports.manifest import Manifest
from campaign_lib.reports.one import INDEX
from campaign_lib.reports.progress import ProgressLine
from campaign_lib.reports.report import VIETNAMESE, Report, file_name, report_hash
from campaign_lib.reports.run import make
from campaign_lib.slices import fingerprints
from campaign_lib.steps import COMMUNE
from campaign_lib.stories.opening import PROCESSED
from campaign_lib.stories.start import results_of
from campaign_lib.whole_files import write_text
from campaign_lib.words import Words

NOTEBOOK = "village_report"


def make_village_reports(
    processed: Processed,
    folder: Path,
    *,
    quarters: Sequence[str] = (),
    villages: Sequence[str] = (),
    language: str = VIETNAMESE,
    jobs: int = 1,
    force: bool = False,
) -> int:
    """Bring the villages' reports up to date, and list all of them in the index.

    Args:
        processed: the campaign as it was built.
        folder: the reports folder.
        quarters: only these; all when empty.
        villages: only these, by code or name; all when empty.
        language: of the reports, vi or en.
        jobs: how many to make at once.
        force: make those that are up to date, too.

    Returns:
        How many of them failed.

    Raises:
        CampaignError: no such village, quarter or language, or a file cannot be written.
    """
    places = {_village(processed, name) for name in villages or processed.villages}
    wanted = {processed.known_quarter(code) for code in quarters or processed.quarters}
    planned = planned_reports(processed, Words(language))
    outcomes = make(
        [report for (place, when), report in planned.items() if place in places and when in wanted],
        folder,
        jobs=jobs,
        force=force,
        progress=ProgressLine(language),
        environment={PROCESSED: str(processed.folder.resolve())},
    )
    write_text(folder / INDEX, index_of(processed, planned, folder, language))
    return sum(outcome.state == "failed" for outcome in outcomes)


def _village(processed: Processed, name: str) -> str:
    code = processed.known_place(name)
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
    return index_page(entries, language, made_up=processed.illustrative, summary=summary)


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
