"""Which quarters have been reported, and what a build says of them that is not what it was.

A quarter is reported when it is locked, or when there is a page of it (docs/decisions/09).
"""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from campaign_lib.analysis.changes import Pair, differing, lines_of
from campaign_lib.base.editions import EDITIONS
from campaign_lib.pipeline.reports.addresses import CHANGES, folder_of
from campaign_lib.pipeline.reports.manifest import Manifest
from campaign_lib.store.locks import Locks
from campaign_lib.store.processed import Processed
from campaign_lib.store.snapshots import LAST, Kept
from campaign_lib.stories.what_changed.saying import line_text
from campaign_lib.words import LANGUAGES, Words

#: Of a quarter, so many figures are told on the terminal.
_MOST = 5


def reported_quarters(data: Path, reports: Path, communes: Iterable[str] = ()) -> set[str]:
    """Name the quarters that are locked, or have a page of either edition.

    Of several communes each has a folder of pages.
    """
    pages = (
        target
        for edition in EDITIONS
        for commune in ("", *communes)
        for target, made in Manifest.read(folder_of(reports, edition, commune)).made.items()
        if made.state == "fresh" and target != CHANGES
    )
    return {target.partition("/")[0] for target in pages} | set(Locks(data).hashes())


def news_of(data: Path, reports: Path) -> Iterator[str]:
    """Say which figures of reported quarters are not what the build before said.

    Args:
        data: the campaign's folder; it has just been built, and the build before is kept.
        reports: the folder of reports.
    """
    processed = data / "processed"
    before, now = Kept(processed / LAST), Processed(processed)
    reported = reported_quarters(data, reports, now.communes)
    pairs = differing(lines_of(before.table("results")), lines_of(now.results))
    told: dict[str, list[Pair]] = {}
    for pair in pairs:
        if pair.figure.quarter in reported:
            told.setdefault(pair.figure.quarter, []).append(pair)
    for quarter, own in told.items():
        yield from _of_quarter(quarter, own)
    if told:
        command = f"campaign --data {shlex.quote(str(data))} diff"
        yield _both("explain", command=command)


def _of_quarter(quarter: str, pairs: Sequence[Pair]) -> Iterator[str]:
    yield _both("reported", quarter=quarter, figures=len(pairs))
    words = Words(LANGUAGES[0])
    for pair in pairs[:_MOST]:
        lines = {"before": line_text(pair, pair.before, words)}
        lines["now"] = line_text(pair, pair.now, words)
        yield "  " + words("what_changed.news.line", figure=str(pair.figure), **lines)
    if len(pairs) > _MOST:
        yield "  " + _both("more", count=len(pairs) - _MOST)


def _both(name: str, **values: object) -> str:
    return " · ".join(Words(each)(f"what_changed.news.{name}", **values) for each in LANGUAGES)
