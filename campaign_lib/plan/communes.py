"""What a commune is: a key, names, and the days it exists on.

A campaign is a list of communes, of which one is the usual case: that one has the key `ONLY`. What
is done is done for each; the level `ALL` is there only where there are several.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from campaign_lib.base.quarters import Quarter

#: The key of a commune that has its folder to itself: nothing is said of communes there.
ONLY = ""
#: What stands for all communes together wherever a place is named.
ALL = "all"


@dataclass(frozen=True)
class Commune:
    """One commune of a campaign.

    Attributes:
        key: what results call it, its own in the folder.
        name: what people call it.
        code: the official code that it has on its days; "" if nobody says.
        valid_from: its first day; None is since always.
        valid_until: its last day; None is without end.
        succeeded_by: the key of the commune that goes on from the day after; "" is none.
        heir_of: the communes that have come into it, themselves or by way of others.
    """

    key: str
    name: str
    code: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    succeeded_by: str = ""
    heir_of: tuple["Commune", ...] = ()

    @property
    def day_after(self) -> date | None:
        """The day on which another one goes on; None where it has no end."""
        return None if self.valid_until in (None, date.max) else self.valid_until + _DAY

    def is_called(self, text: str) -> bool:
        """Whether a text, without case, is its key or its name."""
        return _plain(text) in (_plain(self.key), _plain(self.name))

    def is_valid_on(self, day: date) -> bool:
        """Whether a day is one of its days."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)

    def has_quarter(self, quarter: Quarter, calendar: str) -> bool:
        """Whether a quarter's last day is one of its days."""
        return self.is_valid_on(quarter.last_day(calendar))

    def overlaps(self, other: "Commune") -> bool:
        """Whether the two have a day in common."""
        return not (_ends_before(self, other) or _ends_before(other, self))

    @property
    def keys(self) -> frozenset[str]:
        """Its own key, and those of the communes that have come into it."""
        return frozenset({self.key, *(one.key for one in self.heir_of)})


#: Behind a commune's key, the day from which it is what it is, where it was less before.
_SINCE = re.compile(r"@\d{4}-\d\d-\d\d$")
_DAY = timedelta(days=1)


def key_of(span: str) -> str:
    """Give the key of a commune by the name of one of its spans."""
    return _SINCE.sub("", span)


def spans_of(commune: Commune, communes: Sequence[Commune]) -> dict[str, Commune]:
    """Take a commune apart by the days on which others come into it.

    Returns:
        Its spans in order, by a name each: its key, and with `@` and a day those that begin when
        another one comes into a commune that was there before. Each is the commune on its days.
    """
    coming = sorted(
        {day for one in communes if one.succeeded_by == commune.key and (day := one.day_after)}
    )
    later = [day for day in coming if commune.is_valid_on(day - _DAY)]
    starts = [commune.valid_from, *later]
    ends = [*(day - _DAY for day in later), commune.valid_until]
    spans = {}
    for start, end in zip(starts, ends, strict=True):
        name = f"{commune.key}@{start}" if start in later else commune.key
        heir_of = _come_into(commune.key, communes, start)
        spans[name] = replace(commune, valid_from=start, valid_until=end, heir_of=(*heir_of,))
    return spans


def _come_into(key: str, communes: Sequence[Commune], by: date | None) -> Iterator[Commune]:
    """Give what has come into a commune by a day, and what had come into that before."""
    for one in communes:
        day = one.day_after
        if one.succeeded_by == key and day is not None and by is not None and day <= by:
            yield one
            yield from _come_into(one.key, communes, one.valid_until)


def chain_of(named: Sequence[Commune], communes: Sequence[Commune]) -> list[Commune]:
    """Give the communes that a village is in one after the other.

    Where none of those that are named for it is there on the day after one has ended, the village
    is in the one that goes on. On a day it is in the first of the list that has this day.
    """
    by_key = {one.key: one for one in communes}
    found = {one.key: one for one in named}
    ended = list(named)
    while ended:
        one = ended.pop()
        heir = by_key.get(one.succeeded_by)
        if heir is None or heir.key in found or one.day_after is None:
            continue
        if not any(other.is_valid_on(one.day_after) for other in found.values()):
            found[heir.key] = heir
            ended.append(heir)
    return sorted(found.values(), key=lambda one: one.valid_until or date.max)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split())).casefold()


def _ends_before(one: Commune, other: Commune) -> bool:
    if one.valid_until is None or other.valid_from is None:
        return False
    return one.valid_until < other.valid_from
