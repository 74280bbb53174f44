"""All reports of a campaign: what there shall be, made, and listed in the index."""

import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from campaign_lib.base.editions import INTERNAL, Edition, mode_of
from campaign_lib.base.whole_files import write_text
from campaign_lib.errors import CampaignError
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.opening import PROCESSED
from campaign_lib.pipeline.reports.addresses import CHANGES, INDEX, VILLAGE, folder_of
from campaign_lib.pipeline.reports.cluster import on_cluster, zipped
from campaign_lib.pipeline.reports.how_far import ProgressLine
from campaign_lib.pipeline.reports.listing import index_of
from campaign_lib.pipeline.reports.manifest import Manifest
from campaign_lib.pipeline.reports.one_run import one_at_a_time
from campaign_lib.pipeline.reports.planned import COMMUNE_REPORT, WHAT_CHANGED, Key, Planner
from campaign_lib.pipeline.reports.report import VIETNAMESE, Report
from campaign_lib.pipeline.reports.run import Maker, make
from campaign_lib.pipeline.reports.word import word_file, write_word
from campaign_lib.store.processed import Processed
from campaign_lib.store.slices import write_slice
from campaign_lib.words import Words
from campaign_lib.words.spelling import few_of


@dataclass(frozen=True)
class Wish:
    """Which reports to make, and how.

    Attributes:
        quarters: only these; all when empty.
        villages: only pages about these, by code or name; all pages when empty.
        language: of the reports, vi or en.
        edition: internal, or public: that lands in a folder of its own.
        force: make those that are up to date, too.
        word: write the commune's quarterly report as a Word document, too.
        jobs: how many to make at once.
        scheduler: the address of a Dask scheduler whose workers make them; "" is this machine.
    """

    quarters: Sequence[str] = ()
    villages: Sequence[str] = ()
    language: str = VIETNAMESE
    edition: Edition = INTERNAL
    force: bool = False
    word: bool = False
    jobs: int = 1
    scheduler: str = ""


def make_reports(processed: Processed, reports: Path, wish: Wish) -> int:
    """Bring the reports up to date, and list all of them in the index.

    Another run in the same folder is waited for; each of several communes has a folder of its own.

    Returns:
        How many of them failed.

    Raises:
        CampaignError: no such village, quarter or language, no scheduler, or a file cannot be
            written.
    """
    quarters = _quarters(processed, wish)
    words = Words(wish.language)
    folder = folder_of(reports, wish.edition, processed.commune)
    planned, chosen = _planned(processed, folder, words, wish)

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
        remade = {chosen[one.report] for one in outcomes if one.built and one.state == "fresh"}
        for quarter in sorted(quarters if wish.word else _with_letters(remade, folder)):
            write_word(processed, quarter, folder, words, wish.edition)
        _write_index(processed, planned, folder, words, wish.edition)
    _tell_of_orphans(folder, planned.values(), words)
    return sum(outcome.state == "failed" for outcome in outcomes)


def _quarters(processed: Processed, wish: Wish) -> Set[str]:
    return {processed.known_quarter(code) for code in wish.quarters or processed.quarters}


def _planned(
    processed: Processed, folder: Path, words: Words, wish: Wish
) -> tuple[dict[Key, Report], dict[Report, Key]]:
    """Give every page that there shall be, and those that are asked for.

    A page leads back to others only if they are there, or are made with it.
    """
    places = {known_village(processed, name) for name in wish.villages}
    quarters = _quarters(processed, wish)

    def is_asked(key: Key) -> bool:
        return key.quarter in quarters and (key.place in places or not places)

    planner = Planner(processed, words, wish.edition)
    planned = planner.all(lambda key: is_asked(key) or (folder / key.target).is_file())
    chosen = {report: key for key, report in planned.items() if is_asked(key)}
    return planned, chosen | _differences(planner, processed.quarters[-1])


def _write_index(
    processed: Processed,
    planned: Mapping[Key, Report],
    folder: Path,
    words: Words,
    edition: Edition,
) -> None:
    index = index_of(processed, planned, folder, words, edition)
    write_text(folder / INDEX, index, mode_of(edition))


def _differences(planner: Planner, newest: str) -> dict[Report, Key]:
    """Give the page of what changed since the build before, if one is kept."""
    page = planner.changes()
    return {} if page is None else {page: Key(WHAT_CHANGED, COMMUNE, newest)}


def _tell_of_orphans(folder: Path, planned: Iterable[Report], words: Words) -> None:
    """Name the pages of villages that are gone: the folder may be somebody's archive."""
    known = {CHANGES, *(report.target for report in planned)}
    if orphans := Manifest.read(folder).made.keys() - known:
        _tell(words("pages.progress.orphans", pages=words.listed(sorted(orphans))))


def _with_letters(keys: Iterable[Key], folder: Path) -> set[str]:
    """Name the quarters whose commune page was made anew beside a Word document of it.

    A document that somebody asked for once follows its page, or it would be sent with old figures.
    """
    reports = (key for key in keys if key.notebook == COMMUNE_REPORT)
    return {key.quarter for key in reports if word_file(folder, key.quarter).exists()}


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _elsewhere(address: str, processed: Processed, keys: Mapping[Report, Key]) -> Maker:
    """Have reports made by a cluster's workers, each with the data that it reads."""

    def pack(report: Report) -> bytes:
        key = keys[report]
        if key.notebook != VILLAGE:
            return zipped(processed.folder)
        with tempfile.TemporaryDirectory(prefix="campaign-") as name:
            write_slice(processed, key.place, key.quarter, Path(name))
            return zipped(Path(name))

    return partial(on_cluster, address, pack)


def known_village(processed: Processed, name: str) -> str:
    """Give a village's code; raises CampaignError where it is none, as `make_reports` does."""
    try:
        code = processed.known_place(name)
    except CampaignError:
        code = COMMUNE  # no village either: what is known here leaves the commune out
    if code == COMMUNE:
        raise CampaignError(f"{name!r} is no village; known are {few_of(processed.villages)}.")
    return code
