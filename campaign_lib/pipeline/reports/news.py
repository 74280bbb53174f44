"""What the list of all reports says of the time before: what changed, what was sent and revised."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from campaign_lib.analysis.changes import differing, lines_of
from campaign_lib.base.editions import INTERNAL, Edition
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.reports.addresses import CHANGES, target_of
from campaign_lib.store.processed import Processed
from campaign_lib.store.snapshots import LAST, Kept
from campaign_lib.words import Words

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


def since_then(processed: Processed, folder: Path, words: Words, edition: Edition) -> Since:
    """Say what changed since the build before, and what has been sent upward.

    Args:
        processed: what was built.
        folder: of the edition's reports.
        words: the reader's language.
        edition: in public only that published figures of a quarter were revised.
    """
    if edition != INTERNAL:
        revised = processed.table("public_revisions").drop_duplicates("quarter")
        return Since((), dict.fromkeys(revised["quarter"], words(f"{_KEY}.revised_mark")))
    marks = {
        lock["quarter"]: words(f"{_KEY}.{'locked_revised' if lock['figures'] else 'locked'}_mark")
        for lock in processed.table("locks").to_dict("records")
    }
    return Since((*_changed(processed, folder, words), *_locked(processed, folder, words)), marks)


def _changed(processed: Processed, folder: Path, words: Words) -> Iterator[tuple[str, str]]:
    """Say how many figures are not what the build before said, if one is kept."""
    if not (processed.folder / LAST).is_file():
        return
    before = Kept(processed.folder / LAST)
    at = datetime.fromisoformat(str(before.manifest["built_at"])).astimezone()
    when = {"time": f"{at:%H:%M}", "day": at.date()}
    pairs = differing(lines_of(before.table("results")), lines_of(processed.results))
    if not pairs:
        yield words(f"{_KEY}.nothing", **when), ""
        return
    quarters = len({pair.figure.quarter for pair in pairs})
    page = CHANGES if (folder / CHANGES).is_file() else ""
    yield words(f"{_KEY}.changed", figures=len(pairs), quarters=quarters, **when), page


def _locked(processed: Processed, folder: Path, words: Words) -> Iterator[tuple[str, str]]:
    """Say of each quarter that was sent whether it still is what was sent."""
    for lock in processed.table("locks").to_dict("records"):
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
