"""Why figures changed in a folder of several communes: for what changed in the communes.

Each commune's figures are explained within it, as if it were alone. A figure of all of them changed
because theirs did, or because the plan for all asks for something else.
"""

from collections.abc import Iterator, Sequence

from campaign_lib.analysis.changes.attribution import Attribution
from campaign_lib.analysis.changes.cause import DATA, UNKNOWN, Cause, in_order
from campaign_lib.analysis.changes.inputs import Inputs
from campaign_lib.analysis.changes.lines import DUE, TARGETED, VERDICT, Lines, Pair, lines_of
from campaign_lib.base.figures import Figure
from campaign_lib.base.quarters import Quarter
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.plan.communes import ALL
from campaign_lib.store.snapshots import Build


class OfCommunes:
    """Says why figures changed between two builds of a folder of several communes."""

    def __init__(self, before: Build, now: Build, quarters: Sequence[str]) -> None:
        self._builds, self._inputs = (before, now), Inputs(before, now)
        self._communes = sorted({*before.parts, *now.parts})
        self._lines: dict[str, tuple[Lines, Lines]] = {}
        self._why: dict[str, Attribution] = {}
        for key in before.parts.keys() & now.parts.keys():
            own = before.parts[key], now.parts[key]
            lines = lines_of(own[0].table("results")), lines_of(own[1].table("results"))
            self._lines[key] = lines
            self._why[key] = Attribution(*own, lines, quarters)

    def causes(self, pair: Pair) -> tuple[Cause, ...]:
        """Give every cause that can be told of a figure that is not alike."""
        quarter, place, indicator = pair.figure
        those = [place] if place in self._communes else self._communes
        called = COMMUNE if place in (ALL, *self._communes) else place
        own = Figure(quarter, called, indicator)
        found = [cause for key in those for cause in self._of(key, own)]
        if place == ALL:
            found += self._plan_for_all(pair)
        rest = self._inputs.code or self._inputs.today or self._inputs.packages
        return in_order(found or rest or [Cause(UNKNOWN)])

    def _of(self, key: str, figure: Figure) -> Iterator[Cause]:
        """Give the causes in one commune; none where its figure is what it was."""
        if key not in self._why:
            yield self._whole_commune(key)
            return
        before, now = (lines.get(figure, {}) for lines in self._lines[key])
        if before != now:
            yield from self._why[key].causes(Pair(figure, before, now))

    def _whole_commune(self, key: str) -> Cause:
        """Tell of a commune that only one of the builds has: by the first of its villages."""
        there = []
        for build in self._builds:
            part = build.parts.get(key)
            rows = [] if part is None else part.table("villages").to_dict("records")
            there.append(next((f"{row['source_file']}:{row['source_row']}" for row in rows), ""))
        return Cause(DATA, key, "", *("+" if at else "" for at in there), *there)

    def _plan_for_all(self, pair: Pair) -> Iterator[Cause]:
        """Give what the plan for all communes asks otherwise, as far as it bears on the figure."""
        quarter = Quarter.parse(pair.figure.quarter)
        bears = (
            f"targets.{pair.figure.indicator}",
            f"q{quarter.number}_path",
            "poverty_reduction_formula",
        )
        if pair.differs(TARGETED, DUE, VERDICT):
            plan = self._inputs.plan(quarter.year)
            yield from (plan[item] for item in bears if item in plan)
