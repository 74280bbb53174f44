"""Lines of results.csv as text, and those in which two builds are not alike."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass

import pandas as pd

from campaign_lib.base.figures import Figure
from campaign_lib.indicators import IDS
from campaign_lib.indicators.results import KEYS, RESULT_COLUMNS, as_printed
from campaign_lib.indicators.steps import COMMUNE

#: What a line says, beside whose it is.
CELLS = tuple(name for name in RESULT_COLUMNS if name not in KEYS)
#: The counts and what follows from them alone; the others are the target and the verdict.
COUNTED = (
    *("numerator", "denominator", "unknown", "percent", "percent_high"),
    *("baseline_numerator", "baseline_denominator", "baseline_unknown"),
)
TARGETED = ("target_percent", "target_count")
DUE = ("path_count",)
VERDICT = ("shortfall", "status", "certain")

Line = Mapping[str, str]
Lines = Mapping[Figure, Line]


@dataclass(frozen=True)
class Pair:
    """A figure in two builds; a line that one of them does not have is empty."""

    figure: Figure
    before: Line
    now: Line

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells in which the two are not alike; one that only one build prints is not asked."""
        both = (self.before or self.now).keys() & (self.now or self.before).keys()
        unlike = {name for name in both if self.before.get(name, "") != self.now.get(name, "")}
        return tuple(name for name in CELLS if name in unlike)

    def differs(self, *kinds: Iterable[str]) -> bool:
        """Say whether any cell of these kinds is not alike."""
        return any(name in kind for kind in kinds for name in self.cells)


def lines_of(results: pd.DataFrame) -> dict[Figure, Line]:
    """Give the lines of results as results.csv prints them; no value is "".

    A cell that another version did not know is not in them.
    """
    texts = as_printed(results).astype("str").fillna("")
    figures = zip(texts["quarter"], texts["place"], texts["indicator"], strict=True)
    cells = texts[[name for name in CELLS if name in texts]].to_dict("records")
    return {
        Figure(*figure): {str(name): text for name, text in line.items()}
        for figure, line in zip(figures, cells, strict=True)
    }


def differing(before: Lines, now: Lines, quarters: Collection[str] = ()) -> list[Pair]:
    """Give the figures that are not alike: by quarter, the commune first, in the plan's order.

    `quarters` are the only ones that are looked at; all when empty.
    """
    pairs = (
        Pair(figure, before.get(figure, {}), now.get(figure, {}))
        for figure in {*before, *now}
        if before.get(figure) != now.get(figure) and (not quarters or figure.quarter in quarters)
    )
    return sorted((pair for pair in pairs if pair.cells), key=lambda pair: _order(pair.figure))


def _order(figure: Figure) -> tuple[str, bool, str, int, str]:
    known = IDS.index(figure.indicator) if figure.indicator in IDS else len(IDS)
    return figure.quarter, figure.place != COMMUNE, figure.place, known, figure.indicator


# Why a figure changed: one thing that is not alike in two builds, and where it stands.

#: The kinds of causes, in the order in which they are told.
DATA, PLAN, ALLOCATION, SHARING, CODE, ABSENT, PACKAGES, TODAY, UNKNOWN = KINDS = (
    "data",  # an answer, a date, a row of a raw file
    "plan",  # a value of the year's plan
    "allocation",  # a count that the commune has fixed for a village
    "sharing",  # the commune's target count was shared out anew: other villages' bases changed
    "code",  # the definition of an indicator, or how the raw files are read
    "absent",  # what one of the builds does not have, as another version of the program made it
    "packages",  # the packages that the library is built on
    "today",  # the day up to which survey dates are believed
    "unknown",  # the two builds do not say
)


@dataclass(frozen=True)
class Cause:
    """One cause.

    Attributes:
        kind: one of `KINDS`.
        unit: whose row it is: a household's id, an activity's, a model's, a village's code; "" for
            what belongs to none.
        item: the column of the raw file, or what the plan calls it; "" for a row as a whole.
        before: what it was; "" where there was nothing.
        now: what it is.
        at_before: where it stood: file and row, with a colon between; "" where there was nothing.
        at_now: where it stands.
    """

    kind: str
    unit: str = ""
    item: str = ""
    before: str = ""
    now: str = ""
    at_before: str = ""
    at_now: str = ""

    @property
    def at(self) -> str:
        """Where to look for it: where it stands now, or else where it stood."""
        return self.at_now or self.at_before

    def as_texts(self) -> dict[str, str]:
        """Give it as texts by name, without those that are empty."""
        return {name: text for name, text in asdict(self).items() if text}


def in_order(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Give each cause once: by kind, then by whose it is, so that both directions are alike."""

    def order(cause: Cause) -> tuple[int, str, str, list[str], list[str]]:
        places, values = sorted((cause.at_before, cause.at_now)), sorted((cause.before, cause.now))
        return KINDS.index(cause.kind), cause.unit, cause.item, places, values

    return tuple(sorted(set(causes), key=order))
