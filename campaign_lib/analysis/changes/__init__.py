"""What changed from one build to another: which figures, by how much, and because of what."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from campaign_lib.analysis.changes.attribution import OfCommunes
from campaign_lib.analysis.changes.lines import Cause, Line, Pair, differing, lines_of
from campaign_lib.base.figures import Figure
from campaign_lib.store.snapshots import Build, Comparable, Lock, comparable


@dataclass(frozen=True)
class Change:
    """A figure that changed, and why."""

    pair: Pair
    causes: tuple[Cause, ...]

    @property
    def figure(self) -> Figure:
        """Which one."""
        return self.pair.figure


def compare(before: Build, now: Build, quarters: Sequence[str] = ()) -> tuple[Change, ...]:
    """Compare two builds figure by figure.

    Args:
        before: the older one.
        now: the newer one.
        quarters: only these; all when empty.

    Returns:
        Every figure whose line of results.csv is not alike, with its causes; by quarter, the
        commune first.
    """
    pairs = differing(lines_of(before.table("results")), lines_of(now.table("results")), quarters)
    if not pairs:
        return ()
    why = OfCommunes(*comparable(before, now), sorted({pair.figure.quarter for pair in pairs}))
    return tuple(Change(pair, why.causes(pair)) for pair in pairs)


__all__ = ["Cause", "Change", "Figure", "Line", "Pair", "compare", "differing", "lines_of"]


# What has been revised since a quarter was sent upward, as tables beside the other results.
#
# A revision is a figure whose line is no longer what was locked. It stands in the quarter's
# reports, so that a report needs no more than its own part of the tables to tell of it.

#: `before` and `now` are lines of results, `why` the causes, as JSON.
REVISION_COLUMNS = ["quarter", "place", "indicator", "locked_on", "before", "now", "why"]
LOCK_COLUMNS = ["quarter", "locked_on", "figures"]
#: Of a place in a quarter: whether what the public saw of it is no longer what it sees.
PUBLIC_COLUMNS = ["quarter", "place", "locked_on"]


def revision_tables(now: Build, locks: Sequence[Lock]) -> dict[str, pd.DataFrame]:
    """Compare what is built now with what was sent.

    Returns:
        `revisions`, a line per figure (see `REVISION_COLUMNS`); `public_revisions`, a line per
        quarter and place whose public figures are others; `locks`, a line per locked quarter with
        how many of its figures are revised.
    """
    revisions: list[tuple[str, ...]] = []
    public: list[tuple[str, ...]] = []
    heads: list[tuple[str, str, int]] = []
    for lock in locks:
        changes = compare(lock.build, now, [lock.quarter])
        revisions += [_line(change, lock.on) for change in changes]
        public += [(lock.quarter, place, lock.on.isoformat()) for place in _public(lock, now)]
        heads.append((lock.quarter, lock.on.isoformat(), len(changes)))
    return {
        "revisions": pd.DataFrame(revisions, columns=REVISION_COLUMNS, dtype="str"),
        "public_revisions": pd.DataFrame(public, columns=PUBLIC_COLUMNS, dtype="str"),
        "locks": pd.DataFrame(heads, columns=LOCK_COLUMNS).astype(
            {"quarter": "str", "locked_on": "str", "figures": "int64"}
        ),
    }


def changes_of(revisions: pd.DataFrame) -> Iterator[Change]:
    """Read revisions back: `before` is what was sent."""
    for *figure, _, before, now, why in revisions[REVISION_COLUMNS].itertuples(index=False):
        pair = Pair(Figure(*figure), json.loads(before), json.loads(now))
        yield Change(pair, tuple(Cause(**cause) for cause in json.loads(why)))


def _line(change: Change, on: date) -> tuple[str, ...]:
    pair, why = change.pair, [cause.as_texts() for cause in change.causes]
    cells = (json.dumps(c, ensure_ascii=False) for c in (dict(pair.before), dict(pair.now), why))
    return (*change.figure, on.isoformat(), *cells)


def _public(lock: Lock, now: Build) -> list[str]:
    """Name the places of which the public edition shows something else than it did.

    Only what is published is looked at, then and now: whoever has both editions knows as much.
    """
    sent, shown = (_published(build, lock.quarter) for build in comparable(lock.build, now))
    sent, shown = sent.align(shown, join="outer", fill_value="")
    return sorted({place for place, _ in sent.index[(sent != shown).any(axis=1)]})


def _published(build: Comparable, quarter: str) -> pd.DataFrame:
    lines = build.table("public_results")
    own = lines[lines["quarter"].astype("str") == quarter].astype("str").fillna("")
    return own.set_index(["place", "indicator"]).sort_index(axis="columns")
