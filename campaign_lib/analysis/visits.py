"""Whom to visit: a random sample of the quarter's poor and near-poor households, by village.

The sample is stratified by village and by whether the household counts for the plan's headline
target, so that both kinds of answers are checked everywhere. Who is drawn depends on the seed, the
quarter and the household's id alone: a household's place in the draw is a hash of the three. No
generator of random numbers is asked, so every machine draws the same households, in whatever order
the rows stand, and a household that is added changes only how many are drawn beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import pandas as pd

from campaign_lib.analysis.intervals import expected_half_width
from campaign_lib.codebook import folded
from campaign_lib.indicators.steps import walk
from campaign_lib.indicators.ten import CHANGED_MINDSET
from campaign_lib.plan.targets import Whole, share_out

#: The indicator whose base is the cohort, and by which it is stratified: the plan's first target.
HEADLINE = CHANGED_MINDSET
#: Visits that each village gets if there are enough, or as many as it has households.
LEAST_IN_VILLAGE = 2
#: The lot and the number of visits of a quarter's page, unless somebody asks for others.
SEED, SIZE = "1", 30
#: Sample sizes that are compared.
SIZES = (10, 20, 30, 40, 60, 80, 120, 200, 400)
#: How many of ten answers one may expect to hold.
EXPECTED = 0.9
_STRATUM = ["village", "counts"]


@dataclass(frozen=True)
class Draw:
    """A sample that was drawn.

    `frame` are all households that could be drawn (household, head_name, village, counts), `drawn`
    those that were, both by village and id. `strata` has a row for each village and `counts` that
    has households: households, visits, chance (the probability of each to be drawn).
    """

    quarter: str
    seed: str
    frame: pd.DataFrame
    strata: pd.DataFrame
    drawn: pd.DataFrame


def frame_of(homes: pd.DataFrame) -> pd.DataFrame:
    """List the households that can be drawn: the cohort of a quarter.

    Args:
        homes: rows of the panel, of one quarter.

    Returns:
        household, head_name, village, counts (whether it counts for the headline target; who is
        unknown does not count yet).
    """
    walked = walk(homes, HEADLINE.parts()[-1])
    frame = walked.rows[["household", "head_name", "village"]].astype({"village": "str"})
    frame = frame.assign(counts=walked.states[-1].fillna(False).astype(bool))
    return frame.reset_index(drop=True)


def draw(frame: pd.DataFrame, size: int, seed: str, quarter: str) -> Draw:
    """Draw households to visit.

    Args:
        frame: as `frame_of` gives it.
        size: how many to visit; all of them, where there are not so many, and more, where a
            village that has somebody to visit would otherwise get no visit.
        seed: any text; another one gives another sample.
        quarter: its code; each quarter is drawn anew.
    """
    frame = frame.sort_values(["village", "household"], ignore_index=True)
    strata = frame.groupby(_STRATUM, observed=True).size().rename("households").reset_index()
    size = max(min(size, len(frame)), frame["village"].nunique())
    strata["visits"] = _visits(strata, size)
    strata["chance"] = strata["visits"] / strata["households"]
    places = frame.assign(place=[place_in_draw(seed, quarter, id) for id in frame["household"]])
    places["place"] = places.sort_values("place").groupby(_STRATUM).cumcount()
    places = places.merge(strata, on=_STRATUM, how="left")
    drawn = places.loc[places["place"] < places["visits"], list(frame)]
    return Draw(quarter, seed, frame, strata, drawn.reset_index(drop=True))


def place_in_draw(seed: str, quarter: str, household: str) -> str:
    """Give what households are ordered by: the same on every machine, for ids in any case."""
    return sha256("\n".join((seed, quarter, folded(household))).encode()).hexdigest()


def _visits(strata: pd.DataFrame, size: int) -> Whole:
    """Share the visits out over the villages, and each village's over its two groups."""
    sizes = strata.groupby("village")["households"].sum()
    least = LEAST_IN_VILLAGE
    if np.minimum(sizes, least).sum() > size:
        least = 1
    of_village = dict(zip(sizes.index, spread(size, sizes.to_numpy(np.int64), least), strict=True))
    visits = np.zeros(len(strata), dtype=np.int64)
    for village, rows in strata.groupby("village").indices.items():
        groups, count = strata["households"].to_numpy(np.int64)[rows], int(of_village[village])
        visits[rows] = spread(count, groups, 1 if count >= len(groups) else 0)
    return visits


def spread(total: int, sizes: Whole, least: int) -> Whole:
    """Share visits out in proportion to sizes by largest remainders, but `least` to each.

    Who would get fewer gets `least`, or all it has; the others share the rest in the same way.
    `total` is at most the sum of the sizes, and enough for the least of each.
    """
    floor = np.minimum(sizes, least)
    held = np.zeros(len(sizes), dtype=bool)
    while True:
        shares = share_out(total - int(floor[held].sum()), np.where(held, 0, sizes))
        shares = np.where(held, floor, shares)
        short = shares < floor
        if not short.any():
            return shares
        held |= short


def precision(population: int, sizes: Iterable[int]) -> pd.DataFrame:
    """Say what samples of some sizes can tell about a population.

    Returns:
        size, expected (half the width of the 95 % interval if nine of ten answers hold), worst (if
        every other one does); sizes beyond the population are left out, and all of it comes last.
    """
    wanted = sorted({*(size for size in sizes if size < population), population} - {0})
    widths = {
        name: [expected_half_width(share, size, population) for size in wanted]
        for name, share in (("expected", EXPECTED), ("worst", 0.5))
    }
    return pd.DataFrame({"size": wanted, **widths})
