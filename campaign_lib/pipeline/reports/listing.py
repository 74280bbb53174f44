"""What the list of all reports says of a campaign: every page, its state, and every verdict."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from campaign_lib.base.editions import INTERNAL, Edition
from campaign_lib.base.quarters import Quarter
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.reports.addresses import AUDIT, INDEX, VILLAGE
from campaign_lib.pipeline.reports.index import Entry, State, index_page
from campaign_lib.pipeline.reports.manifest import Manifest
from campaign_lib.pipeline.reports.news import since_then
from campaign_lib.pipeline.reports.planned import COMMUNE_REPORT, Key
from campaign_lib.pipeline.reports.report import Report
from campaign_lib.show.display import Table, heading, together
from campaign_lib.show.tables.heat_map import heat_map
from campaign_lib.show.tables.public import indicator_table
from campaign_lib.store.processed import Processed
from campaign_lib.stories.start import aims_of, results_of
from campaign_lib.words import Words

#: Pages that are about a place, and stand in its row.
_OF_A_PLACE = frozenset({VILLAGE, COMMUNE_REPORT})


def index_of(
    processed: Processed,
    planned: Mapping[Key, Report],
    folder: Path,
    words: Words,
    edition: Edition = INTERNAL,
) -> str:
    """Make the page that leads to all reports, each with its state and its verdicts."""
    manifest = Manifest.read(folder)
    entries = [
        _entry(key, report, _state(report, manifest), processed, words)
        for key, report in planned.items()
        if key.notebook != AUDIT
    ]
    newest = processed.quarters[-1]
    title = words("index.page.commune", quarter=words.quarter(newest))
    return index_page(
        entries,
        words.language,
        heat=heat_map(_results(processed, edition), words),
        commune=_commune(processed, newest),
        made_up=any(map(processed.is_made_up, processed.quarters)),
        edition=edition,
        since=since_then(processed, folder, words, edition),
        crumbs=((words("communes.page.crumb"), f"../{INDEX}"),) if processed.commune else (),
        summary=together(heading(title, 2), _of_commune(processed, newest, words, edition)),
    )


def _results(processed: Processed, edition: Edition) -> pd.DataFrame:
    if edition == INTERNAL:
        return processed.results
    return processed.table("public_results").assign(certain="yes")


def _of_commune(processed: Processed, quarter: str, words: Words, edition: Edition) -> Table:
    """Show the commune's results of a quarter."""
    if edition == INTERNAL:
        return results_of(processed, quarter, COMMUNE, words.language)
    lines = processed.table("public_results")
    own = lines[(lines["quarter"] == quarter) & (lines["place"] == COMMUNE)]
    return indicator_table(own, aims_of(processed, quarter), words)


def _entry(key: Key, report: Report, state: State, processed: Processed, words: Words) -> Entry:
    if key.notebook not in _OF_A_PLACE:
        name = words(f"index.others.{key.notebook}")
        return Entry(key.quarter, "", name, report.target, state)
    names = {COMMUNE: words("index.page.whole_commune"), **processed.villages}
    return Entry(key.quarter, key.place, names[key.place], report.target, state)


def _state(report: Report, manifest: Manifest) -> State:
    if manifest.is_fresh(report.target, report.hash):
        return "fresh"
    if not report.page(manifest.folder).is_file():
        return "missing"
    made = manifest.made.get(report.target)
    return "failed" if made is not None and made.state == "failed" else "stale"


def _commune(processed: Processed, quarter: str) -> str:
    """Name the commune as the plan of the quarter's year does; "" where there is none."""
    names = processed.table("plans").set_index("year")["commune"]
    return str(names.get(Quarter.parse(quarter).year, ""))
