"""The villages of the sample, and the day on which each issued its plan of the year."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_sample.draws import Floats, Texts, Whole, shared_out, whole, written
from campaign_sample.scope import Injury, Scope, Table, days_from

#: How many residential areas the villages have, in turn; a village with one area is always there.
AREAS = (2, 1, 3, 2, 2, 1, 2, 3)
#: Up to this many villages have codes of one digit.
SHORT_CODES = 9


@dataclass(frozen=True)
class Villages:
    """The villages: codes, households, residential areas, and how active each is (0 to 1)."""

    codes: Texts
    sizes: Whole
    areas: Whole
    drive: Floats

    @property
    def silent(self) -> int:
        """The village that holds no activity of its own (-1 when there is only one village)."""
        return len(self.codes) - 1 if len(self.codes) > 1 else -1


def make_villages(scope: Scope) -> Villages:
    """Make the villages: T1, T2, ... or T001, T002, ... when there are ten or more."""
    count = scope.villages
    width = 1 if count <= SHORT_CODES else max(3, len(str(count)))
    order = np.argsort(scope.draws("village drive", count), kind="stable")
    drive = np.empty(count)
    drive[order] = (np.arange(count) + 0.5) / count  # evenly spread, so that villages differ
    return Villages(
        codes=np.array([f"T{number:0{width}}" for number in range(1, count + 1)], dtype=object),
        sizes=shared_out(scope.households, whole(scope.draws("village size", count), 700, 1_300)),
        areas=np.resize(np.array(AREAS, dtype=np.int64), count),
        drive=drive,
    )


def village_table(villages: Villages) -> Table:
    """Write villages.csv."""
    numbers = range(1, len(villages.codes) + 1)
    cells = pd.DataFrame(
        {
            "village": villages.codes,
            "name": [f"Thôn {number}" for number in numbers],
            "aliases": [f"T.{number};Thon {number}" for number in numbers],
            "residential_areas": villages.areas.astype(str),
        }
    )
    return Table("villages.csv", cells)


def area_list(villages: Villages) -> tuple[Texts, Texts]:
    """Give the village and the number of every residential area of the commune."""
    codes = np.repeat(villages.codes, villages.areas)
    first = np.repeat(np.cumsum(villages.areas) - villages.areas, villages.areas)
    return codes, (np.arange(len(codes)) - first + 1).astype(str).astype(object)


def village_plan_table(scope: Scope, villages: Villages) -> Table:
    """Write village_plans.csv: every village issues in Q1, but a late one that does in Q2."""
    count = len(villages.codes)
    frames: list[pd.DataFrame] = []
    injuries: list[Injury] = []
    for year in scope.years:
        spread = whole(scope.draws(f"plans {year}", count), 30, 75)
        issued = days_from(Quarter(year, 1).first_day(), spread)
        if count > 1:
            late = int(np.argmin(villages.drive))
            issued[late] = days_from(Quarter(year, 2).first_day(), np.array([18]))[0]
            injuries.append(
                Injury(
                    "village_plans.csv",
                    (count * len(frames) + late + 2,),
                    "issued_on",
                    str(issued[late]),
                    "Thôn ban hành kế hoạch muộn, sang quý II.",
                    "The village issued its plan late, in Q2.",
                )
            )
        frames.append(
            pd.DataFrame(
                {"village": villages.codes, "year": str(year), "issued_on": written(issued)}
            )
        )
    return Table("village_plans.csv", pd.concat(frames, ignore_index=True), tuple(injuries))
