"""What changed from one build to another: which figures, by how much, and because of what."""

from collections.abc import Sequence
from dataclasses import dataclass

from campaign_lib.analysis.changes.attribution import Attribution, OfCommunes
from campaign_lib.analysis.changes.lines import Cause, Line, Pair, differing, lines_of
from campaign_lib.base.figures import Figure
from campaign_lib.store.snapshots import Build, comparable


@dataclass(frozen=True)
class Change:
    """A figure that changed, and why."""

    pair: Pair
    causes: tuple[Cause, ...]

    @property
    def figure(self) -> Figure:
        """Which one."""
        return self.pair.figure

    def mirrored(self) -> "Change":
        """Give the same seen from the other build."""
        pair = Pair(self.figure, self.pair.now, self.pair.before)
        return Change(pair, tuple(cause.mirrored() for cause in self.causes))


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
    lines = tuple(
        {
            figure: line
            for figure, line in lines_of(build.table("results")).items()
            if not quarters or figure.quarter in quarters
        }
        for build in (before, now)
    )
    pairs = differing(*lines)
    if not pairs:
        return ()
    touched = sorted({pair.figure.quarter for pair in pairs})
    both = comparable(before, now)
    several = before.parts or now.parts
    why = (
        OfCommunes(*both, touched) if several else Attribution(*both, (lines[0], lines[1]), touched)
    )
    return tuple(Change(pair, why.causes(pair)) for pair in pairs)


__all__ = ["Cause", "Change", "Figure", "Line", "Pair", "compare", "differing", "lines_of"]
