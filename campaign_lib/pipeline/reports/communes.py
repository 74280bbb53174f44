"""Reports of several communes: a folder for each, as one alone would have, and a page above."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from campaign_lib.base.editions import INTERNAL, Edition, mode_of
from campaign_lib.base.files import write_text
from campaign_lib.disclosure import HIDDEN
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import IDS
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.reports.batch import Wish, known_village, make_reports
from campaign_lib.pipeline.reports.index import LETTERS
from campaign_lib.pipeline.reports.news import since_then
from campaign_lib.pipeline.reports.report import INDEX, commune_folder, folder_of
from campaign_lib.plan.communes import ALL
from campaign_lib.show import pages
from campaign_lib.show.tables.heat_map import HeatMap, heat_map
from campaign_lib.store.processed import Processed
from campaign_lib.words import Words
from campaign_lib.words.spelling import few_of

_TEMPLATE = Path(__file__).with_name("communes.html.j2")


def make_communes(whole: Processed, reports: Path, wish: Wish, communes: Sequence[str]) -> int:
    """Bring each commune's reports up to date, in a folder of its own, and the page above them.

    Args:
        whole: the processed tables of a folder of several.
        reports: the reports folder.
        wish: which reports; of villages and quarters each commune makes its own.
        communes: only these, by key or name; all when empty.

    Returns:
        How many reports failed.

    Raises:
        CampaignError: as `make_reports`; or no such commune.
    """
    named = [whole.of_commune(name).commune for name in communes] or list(whole.communes)
    quarters = {whole.known_quarter(code) for code in wish.quarters}
    villages = {known_village(whole, name) for name in wish.villages}
    failed, made = 0, 0
    for key in named:
        own = whole.of_commune(key)
        mine = replace(
            wish,
            quarters=[code for code in own.quarters if code in quarters or not quarters],
            villages=[code for code in own.villages if code in villages],
        )
        if mine.quarters and (mine.villages or not villages):
            failed, made = failed + make_reports(own, reports, mine), made + 1
    if not made:
        raise CampaignError("asked.nothing_there", communes=few_of(named))
    folder = folder_of(reports, wish.edition)
    page = overview(whole, folder, Words(wish.language), wish.edition)
    write_text(folder / INDEX, page, mode_of(wish.edition))
    return failed


def overview(whole: Processed, folder: Path, words: Words, edition: Edition = INTERNAL) -> str:
    """Make the page that sets the communes side by side, and leads to the reports there are.

    Args:
        whole: the processed tables of a folder of several.
        folder: where the edition's reports are.
        words: the reader's language.
        edition: whose figures it has.
    """
    indexes = {key: f"{commune_folder(key)}/{INDEX}" for key in whole.communes}
    table = whole.results if edition == INTERNAL else _public(whole)
    heat = heat_map(table[table["level"].isin([COMMUNE, ALL])], words)
    quarters = list(reversed(whole.quarters))
    found = {cell.status for cells in heat.values() for cell in cells.values()}
    told: dict[str, Any] = {
        "edition": edition,
        "made_up": any(map(whole.is_made_up, whole.quarters)),
        "quarters": quarters,
        "heat": heat,
        "last": {place: quarter for quarter, place in sorted(heat)},
        "places": {ALL: words("communes.all"), **whole.communes},
        "indexes": {key: page for key, page in indexes.items() if (folder / page).is_file()},
        "indicators": IDS,
        "legend": [status for status in LETTERS if status in found],
        "marks": {status: words(f"codes.status.{status}.mark") for status in LETTERS},
        "labels": {status: words(f"codes.status.{status}.label") for status in LETTERS},
        "since": since_then(whole, folder, words, edition),
        "first_lines": _first_lines(heat, quarters[0], whole.communes, words),
    }
    title = words("communes.page.title", quarter=words.quarter(quarters[0]))
    return pages.fill(_TEMPLATE, title, words.language, **told)


def _public(whole: Processed) -> pd.DataFrame:
    return whole.table("public_results").assign(certain="yes")


def _first_lines(
    heat: HeatMap, quarter: str, communes: Mapping[str, str], words: Words
) -> list[str]:
    """Say how all of them stand together, and in how many communes work is left."""
    there = [key for key in communes if (quarter, key) in heat]
    counts = {
        place: Counter(cell.status for cell in heat[quarter, place].values())
        for place in (ALL, *there)
    }
    said = [
        f"{words(f'codes.status.{status}.mark')}\u00a0{counts[ALL][status]} "
        f"{words(f'index.status.{status}')}"
        for status in LETTERS
        if counts[ALL][status]
    ]
    values = {"communes": words.number(len(there)), "quarter": words.quarter(quarter)}
    lines = [words("communes.page.all", counts=", ".join(said), **values)]
    if not any(counts[key][HIDDEN] for key in there):  # else it would be too few
        behind = words.number(sum(counts[key]["behind"] > 0 for key in there))
        lines.append(words("communes.page.behind", behind=behind, communes=values["communes"]))
    return lines
