"""Who lived where on a day, and how poor: the register of households and of poverty status.

Presence, village and status on a day are read here and nowhere else (data contract, section 1:
*Present*, *Minority*, *Status on a day*). A household is a position in `Register.households`, so
that lookups are arrays and not joins.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from campaign_lib.codebook import MAJORITY
from campaign_lib.codebook.problems import problem_lines, sentence
from campaign_lib.plan import UNLISTED_UNKNOWN

Positions = npt.NDArray[np.intp]


class Register:
    """Stays and statuses of every household, ready to be asked about any day."""

    def __init__(
        self, stays: pd.DataFrame, statuses: pd.DataFrame, places: tuple[str, ...]
    ) -> None:
        """Take the checked tables `households` and `poverty_status`."""
        codes, ids = pd.factorize(stays["household"])
        self.households = pd.Series(ids, dtype="str")
        self._index = pd.Index(self.households)
        self.stays = stays.assign(
            village=pd.Categorical(stays["village"], categories=list(places)),
            minority=_minority(stays["ethnicity"]),
        )
        self._owner = codes
        statuses = statuses[statuses["valid_from"].notna()].sort_values("valid_from", kind="stable")
        self._statuses = statuses
        self._status_owner = self.position(statuses["household"])
        self.head_names = stays.groupby(codes)["head_name"].last().reset_index(drop=True)

    def told_of(self, days: Iterable[pd.Timestamp], columns: list[str]) -> pd.DataFrame:
        """Give, by position, some columns of the stay on the first of the days that has one."""
        stays = pd.concat([self.stays_on(day, columns) for day in days])
        there = stays.loc[stays["lives_here"], columns]
        return there[~there.index.duplicated()]

    def position(self, households: pd.Series) -> Positions:
        """Give the position of each household of a column."""
        return np.asarray(self._index.get_indexer(households), dtype=np.intp)

    def take_by_household(self, table: pd.DataFrame, owner: Positions) -> pd.DataFrame:
        """Lay a table with at most one row a household out by position; missing where none is."""
        row = np.full(len(self.households), -1, dtype=np.intp)
        row[owner] = np.arange(len(table))
        return table.reset_index(drop=True).reindex(row).reset_index(drop=True)

    def stays_on(self, day: pd.Timestamp, columns: Sequence[str] = ()) -> pd.DataFrame:
        """Give, by position, lives_here (bool), village, minority (boolean) and the stay's source.

        Present is who came by the day and had not left: the day of leaving is no longer a stay.
        With `columns` given, only these of the stay are there beside `lives_here` and `village`.
        """
        joined, left = self.stays["joined_on"], self.stays["left_on"]
        present = ((joined.isna() | (joined <= day)) & (left.isna() | (left > day))).to_numpy()
        stays = self.stays[["village", *columns]] if columns else self.stays
        stay = self.take_by_household(stays[present], self._owner[present])
        return stay.assign(lives_here=stay["village"].notna())

    def status_on(self, day: pd.Timestamp, unlisted: str) -> pd.Series:
        """Give, by position, the status of poverty whose date is the latest not after `day`.

        `unlisted` is what the plan says of a household without any row by then; an unreadable
        status stays unknown whatever it says.
        """
        told = self.statuses_on(day, ["household", "status"])
        if unlisted == UNLISTED_UNKNOWN:
            return told["status"]
        return told["status"].mask(told["household"].isna(), unlisted)

    def statuses_on(self, day: pd.Timestamp, columns: list[str]) -> pd.DataFrame:
        """Give, by position, some columns of the row that says the status on a day."""
        valid = (self._statuses["valid_from"] <= day).to_numpy()
        # Sorted by date: where a household has several rows, the last one written is the latest.
        return self.take_by_household(self._statuses.loc[valid, columns], self._status_owner[valid])

    def listed_on(self, day: pd.Timestamp) -> tuple[int, int, int]:
        """Count minority households present on a day: all, without a status, without any row."""
        stay = self.stays_on(day, ["minority"])
        told = self.statuses_on(day, ["household", "status"])
        told = told[stay["lives_here"] & stay["minority"].fillna(False).astype(bool)]
        return len(told), int(told["status"].isna().sum()), int(told["household"].isna().sum())

    def problems(self, baselines: Iterable[tuple[pd.Timestamp, str]]) -> pd.DataFrame:
        """List who is left out of a base: ethnicity not on the list, no status at baseline.

        Beside each baseline date stands what the plan says of unlisted households.
        """
        strange = self.stays[self.stays["ethnicity"].isna()]
        lines = [
            problem_lines(
                strange,
                "ethnicity",
                strange["ethnicity_text"],
                sentence("row.no_group"),
                "left out of the base",
            )
        ]
        for day, unlisted in baselines:
            stay, said = self.stays_on(day), sentence("row.no_status", day=day.date())
            counts = stay["lives_here"] & stay["minority"].fillna(True)
            homes = stay[counts & self.status_on(day, unlisted).isna()]
            lines.append(
                problem_lines(homes, "household", homes["household"], said, "left out of the base")
            )
        return pd.concat(lines)


def _minority(ethnicity: pd.Series) -> "pd.Series[bool]":
    """Say who is of a minority: any listed group but Kinh; not on the list is unknown."""
    known = ethnicity.notna().to_numpy()
    return pd.Series(
        pd.arrays.BooleanArray(np.asarray(ethnicity != MAJORITY) & known, ~known),
        index=ethnicity.index,
    )
