"""What was built as far as it was known at the end of a quarter: later rows are not there.

A review that is filed under a quarter tells what was known then, whenever it is made. Quarters
that came later are left out, and everything that is dated later: rows, ends of stays and of models.
A row that was corrected since is read as it stands now: for that there is `campaign lock`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook
from campaign_lib.store.processed import Processed

#: What the manifest says of the latest day of each register: a page is not out of date by it.
NEWEST, SURVEY = "newest", "survey"
#: Days that lie ahead when they are written down, so that they tell of nothing newer.
_DEADLINES = {("support", "until"), ("extra_tasks", "due_on")}
#: The days of a quarter up to which something is known: the later one, in Q4 the year's end.
_UP_TO = ["last_day", "later_date"]


def dated(name: str) -> list[str]:
    """Name the dates of a raw table; the first is that from which a row is known."""
    table = codebook().tables.get(name)
    dates = () if table is None else (one.code for one in table.columns if one.type == "date")
    return [code for code in dates if (name, code) not in _DEADLINES]


def newest(tables: Mapping[str, pd.DataFrame], today: pd.Timestamp) -> dict[str, str]:
    """Give the latest day, not after today, that each register and ledger tells of.

    A survey speaks for its own quarter alone, and is none.
    """
    found = {}
    for name, table in tables.items():
        columns = [] if name == SURVEY or table.empty else dated(name)
        latest = [table.loc[table[one] <= today, one].max() for one in columns]
        if known := [day for day in latest if not pd.isna(day)]:
            found[name] = max(known).date().isoformat()
    return found


def newer_than(manifest: Mapping[str, Any], days: Any) -> dict[str, str]:
    """Give those of `newest` that are later than a quarter; `days` is its row of `quarters`."""
    end = max(days[name] for name in _UP_TO).date().isoformat()
    return {name: day for name, day in manifest.get(NEWEST, {}).items() if day > end}


class AsOf(Processed):
    """The tables of a campaign as they were at the end of a quarter."""

    def __init__(self, whole: Processed, quarter: str) -> None:
        """Take what was built, and a quarter that it has."""
        super().__init__(whole.folder)
        self._tables = whole._tables  # what either has read, the other need not
        self.until = quarter
        days = whole.rows("quarters", {"quarter": [quarter]})
        self.day = max(pd.Timestamp(days[name].iloc[0]) for name in _UP_TO)

    def table(self, name: str) -> pd.DataFrame:
        """Give a table without what is later."""
        return self._known(name, super().table(name))

    def rows(self, name: str, wanted: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
        """Give rows of a table, those left out that are later."""
        return self._known(name, super().rows(name, wanted)).reset_index(drop=True)

    def _known(self, name: str, table: pd.DataFrame) -> pd.DataFrame:
        if "quarter" in table:
            quarter = table["quarter"].astype("str")
            # A task's is Q1 or all, and a problem may have none: those are of no one quarter.
            table = table[~((quarter.str.len() == len(self.until)) & (quarter > self.until))]
        if "year" in table:
            table = table[table["year"] <= Quarter.parse(self.until).year]
        dates = [one for one in dated(name) if one in table]
        # In some tables a row is known from the first of several days, of which it has one.
        first = [one for one in codebook().tables[name].one_of if one in table] if dates else []
        since, ends = (first, dates) if first else (dates[:1], dates[1:])
        if since:
            table = table[~(table[since].min(axis=1) > self.day)]
        return table.assign(**{end: table[end].mask(table[end] > self.day) for end in ends})
