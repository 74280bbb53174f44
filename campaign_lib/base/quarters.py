"""The reporting quarter as a value: parse, first and last day, next and previous, order.

Reports to the State run in quarters of their own (Decree 09/2019, article 12): the first one of a
year begins on 15 December of the year before. A plan may ask for calendar quarters instead.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from campaign_lib.errors import CampaignError

DECREE_09_2019 = "decree_09_2019"
CALENDAR = "calendar"

#: First day of each quarter as (years to add, month, day), per calendar.
_STARTS = {
    DECREE_09_2019: ((-1, 12, 15), (0, 3, 15), (0, 6, 15), (0, 9, 15)),
    CALENDAR: ((0, 1, 1), (0, 4, 1), (0, 7, 1), (0, 10, 1)),
}
CALENDARS = tuple(_STARTS)

_CODE = re.compile(r"([1-9]\d{3})Q([1-4])", re.ASCII)


@dataclass(frozen=True, order=True)
class Quarter:
    """One reporting quarter, such as 2024Q3; quarters sort by time."""

    year: int
    number: int

    @classmethod
    def parse(cls, code: str) -> "Quarter":
        """Read a code such as ``2024Q3`` (case does not matter).

        Raises:
            CampaignError: the text is not a quarter's code.
        """
        match = _CODE.fullmatch(code.strip().upper())
        if match is None:
            raise CampaignError("asked.quarter", code=repr(code))
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    def first_day(self, calendar: str = DECREE_09_2019) -> date:
        """Give the day on which the quarter begins in `calendar`."""
        years, month, day = _STARTS[calendar][self.number - 1]
        return date(self.year + years, month, day)

    def last_day(self, calendar: str = DECREE_09_2019) -> date:
        """Give the last day that belongs to the quarter in `calendar`."""
        return self.next().first_day(calendar) - timedelta(days=1)

    def next(self) -> "Quarter":
        """Give the quarter after this one."""
        year, position = divmod(self.year * 4 + self.number, 4)
        return Quarter(year, position + 1)

    def previous(self) -> "Quarter":
        """Give the quarter before this one."""
        year, position = divmod(self.year * 4 + self.number - 2, 4)
        return Quarter(year, position + 1)

    def first_of_year(self) -> "Quarter":
        """Give Q1 of the same year; its first day is where *this year* begins."""
        return Quarter(self.year, 1)
