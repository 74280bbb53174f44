"""What the list of all reports says of the time before: what changed, what was sent and revised."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from campaign_lib.analysis.changes import Pair, differing, lines_of
from campaign_lib.base.editions import EDITIONS, INTERNAL, Edition
from campaign_lib.errors import speaking
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.reports.report import (
    CHANGES,
    Manifest,
    folder_of,
    state_folder,
    target_of,
)
from campaign_lib.plan.communes import ONLY
from campaign_lib.store.processed import Processed
from campaign_lib.store.snapshots import LAST, Locks, Snapshot
from campaign_lib.stories.telling import came_from, goes_on_in
from campaign_lib.stories.what_changed import line_text
from campaign_lib.words import LANGUAGES, Words, aloud

_KEY = "index.since"


@dataclass(frozen=True)
class Since:
    """What the list says.

    Attributes:
        lines: sentences, each with the page that it leads to ("" for none).
        marks: what stands beside a quarter, by its code.
    """

    lines: tuple[tuple[str, str], ...] = ()
    marks: Mapping[str, str] | None = None

    def mark(self, quarter: str) -> str:
        """Say what stands beside a quarter; "" for nothing."""
        return (self.marks or {}).get(quarter, "")


def since_then(spans: Sequence[Processed], folder: Path, words: Words, edition: Edition) -> Since:
    """Say what changed since the build before, and what has been sent upward.

    Args:
        spans: what was built, the newest last (`Processed.spans_of`).
        folder: of the edition's reports.
        words: the reader's language.
        edition: in public only that published figures of a quarter were revised.
    """
    processed, both = spans[-1], (came_from, goes_on_in)
    merged = [(line, "") for say in both if (line := say(processed.manifest, words))]
    if edition != INTERNAL:
        revised = pd.concat([one.table("public_revisions") for one in spans])
        marks = dict.fromkeys(revised["quarter"], words(f"{_KEY}.revised_mark"))
        return Since((*merged,), marks)
    marks = {
        lock["quarter"]: words(f"{_KEY}.{'locked_revised' if lock['figures'] else 'locked'}_mark")
        for lock in _locks(spans)
    }
    changed, locked = _changed(processed, folder, words), _locked(spans, folder, words)
    return Since((*merged, *changed, *locked), marks)


def _changed(processed: Processed, folder: Path, words: Words) -> Iterator[tuple[str, str]]:
    """Say how many figures are not what the build before said, if one is kept."""
    if not (processed.folder / LAST).is_file():
        return
    before = Snapshot(processed.folder / LAST)
    at = datetime.fromisoformat(str(before.manifest["built_at"])).astimezone()
    when = {"time": f"{at:%H:%M}", "day": at.date()}
    pairs = differing(lines_of(before.table("results")), lines_of(processed.results))
    if not pairs:
        yield words(f"{_KEY}.nothing", **when), ""
        return
    quarters = len({pair.figure.quarter for pair in pairs})
    page = CHANGES if (folder / CHANGES).is_file() else ""
    yield words(f"{_KEY}.changed", figures=len(pairs), quarters=quarters, **when), page


def _locks(spans: Sequence[Processed]) -> list[dict[Any, Any]]:
    return pd.concat([one.table("locks") for one in spans]).to_dict("records")


def _locked(spans: Sequence[Processed], folder: Path, words: Words) -> Iterator[tuple[str, str]]:
    """Say of each quarter that was sent whether it still is what was sent."""
    for lock in _locks(spans):
        page = target_of("commune_report", COMMUNE, lock["quarter"])
        yield (
            words(
                f"{_KEY}.{'revised' if lock['figures'] else 'locked'}",
                quarter=words.quarter_short(lock["quarter"]),
                on=date.fromisoformat(lock["locked_on"]),
                **({"figures": lock["figures"]} if lock["figures"] else {}),
            ),
            page if lock["figures"] and (folder / page).is_file() else "",
        )


# Which quarters have been reported, and what a build says of them that is not what it was.
#
# A quarter is reported when it is locked, or when there is a page of it (docs/decisions/09).

#: Of a quarter, so many figures are told on the terminal.
_MOST = 5


def reported_quarters(data: Path, reports: Path, communes: Iterable[str] = (ONLY,)) -> set[str]:
    """Name the quarters that are locked, or have a page of either edition.

    Of several communes each has a folder of pages.
    """
    pages = (
        target
        for edition in EDITIONS
        for commune in {ONLY, *communes}
        for target, made in Manifest.read(
            folder_of(reports, edition, commune), state_folder(reports, edition, commune)
        ).made.items()
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
    before, now = Snapshot(processed / LAST), Processed(processed)
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
        yield aloud("what_changed.news.explain", command=command)


def _of_quarter(quarter: str, pairs: Sequence[Pair]) -> Iterator[str]:
    yield aloud("what_changed.news.reported", quarter=quarter, figures=len(pairs))
    words = Words(speaking() or LANGUAGES[0])
    for pair in pairs[:_MOST]:
        lines = {"before": line_text(pair, pair.before, words)}
        lines["now"] = line_text(pair, pair.now, words)
        yield "  " + words("what_changed.news.line", figure=str(pair.figure), **lines)
    if len(pairs) > _MOST:
        yield "  " + aloud("what_changed.news.more", count=len(pairs) - _MOST)
