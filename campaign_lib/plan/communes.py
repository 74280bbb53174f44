"""What a commune is: a key, names, and the days it exists on.

A campaign is a list of communes, of which one is the usual case: that one has the key `ONLY`. What
is done is done for each; the level `ALL` is there only where there are several.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date

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
    """

    key: str
    name: str
    code: str = ""
    valid_from: date | None = None
    valid_until: date | None = None

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


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split())).casefold()


def _ends_before(one: Commune, other: Commune) -> bool:
    if one.valid_until is None or other.valid_from is None:
        return False
    return one.valid_until < other.valid_from
