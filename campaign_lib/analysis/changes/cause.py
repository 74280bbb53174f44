"""Why a figure changed: one thing that is not alike in two builds, and where it stands."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

#: An answer, a date, a row of a raw file.
DATA = "data"
#: A value of the year's plan.
PLAN = "plan"
#: A count that the commune has fixed for a village.
ALLOCATION = "allocation"
#: The commune's target count was shared out anew, because other villages' bases changed.
SHARING = "sharing"
#: The definition of an indicator, or how the raw files are read.
CODE = "code"
#: The packages that the library is built on.
PACKAGES = "packages"
#: The day up to which survey dates are believed.
TODAY = "today"
#: The two builds do not say.
UNKNOWN = "unknown"

KINDS = (DATA, PLAN, ALLOCATION, SHARING, CODE, PACKAGES, TODAY, UNKNOWN)


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

    def mirrored(self) -> "Cause":
        """Give the same seen from the other build."""
        return replace(
            self,
            before=self.now,
            now=self.before,
            at_before=self.at_now,
            at_now=self.at_before,
        )

    def as_texts(self) -> dict[str, str]:
        """Give it as texts by name, without those that are empty."""
        return {name: text for name, text in asdict(self).items() if text}


def in_order(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Give each cause once: by kind, then by whose it is, so that both directions are alike."""

    def order(cause: Cause) -> tuple[int, str, str, list[str]]:
        places = sorted((cause.at_before, cause.at_now))
        values = sorted((cause.before, cause.now))
        return KINDS.index(cause.kind), cause.unit, cause.item, [*places, *values]

    return tuple(sorted(set(causes), key=order))
