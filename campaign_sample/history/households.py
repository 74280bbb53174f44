"""Households that lived here in the years before and are gone; and one that came late."""

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pandas as pd

from campaign_sample.draws import Flags, Texts, Whole, pick, whole, written
from campaign_sample.households import MAIN_GROUPS, Register, head_names
from campaign_sample.scope import Scope
from campaign_sample.villages import Villages

#: One household in so many is gone at the end of a year. Of those in turn: moved away, died out
#: (one old person alone), moved away, and came only the year before.
GONE_A_YEAR = 150
DIED_OUT, CAME_AND_LEFT, TURNS = 1, 3, 4
#: The household without a status on the baseline date came so many days before it.
CAME_LATE = 40


@dataclass(frozen=True)
class Past:
    """The sample as it was: the households of its register, and after them those that are gone.

    `scope` and `register` count them all; `first_gone` is the position of the first that is gone.
    """

    scope: Scope
    villages: Villages
    register: Register
    first_gone: int
    died_out: Flags


def settled(scope: Scope, register: Register) -> Register:
    """Say when the household without a status came: not long ago, or the years before miss it."""
    joined = register.joined.copy()
    joined[register.roles.no_status] = np.datetime64(scope.baseline - timedelta(days=CAME_LATE))
    return replace(register, joined=joined)


def make_past(scope: Scope, villages: Villages, register: Register) -> Past:
    """Add the households that are gone to the register, at its end."""
    years = np.array(scope.past)
    count = max(1, round(scope.households * len(years) / GONE_A_YEAR)) if scope.has_oddities else 0
    turn = np.arange(count) % TURNS
    village = np.sort(whole(scope.draws("bygone village", count), 0, scope.villages - 1))
    new_year = np.array([f"{year}-01-01" for year in np.resize(years, count)], "datetime64[D]")
    left = new_year + whole(scope.draws("bygone left", count), 60, 330).astype("timedelta64[D]")
    came = left - whole(scope.draws("bygone came", count), 200, 500).astype("timedelta64[D]")
    all_scope = replace(scope, households=scope.households + count)
    effort = 0.4 * villages.drive[village] + 0.6 * all_scope.draws("effort")[scope.households :]
    whole_register = replace(
        register,
        ids=np.append(register.ids, _ids(villages, village)),
        village=np.append(register.village, village),
        next_village=np.append(register.next_village, np.full(count, -1)),
        ethnicity=np.append(register.ethnicity, pick(MAIN_GROUPS, village % len(MAIN_GROUPS))),
        minority=np.append(register.minority, np.full(count, True)),
        joined=np.append(
            register.joined, np.where(turn == CAME_AND_LEFT, came, np.datetime64("NaT", "D"))
        ),
        left=np.append(register.left, left),
        effort=np.append(register.effort, effort),
    )
    died_out = np.append(np.zeros(scope.households, dtype=bool), turn == DIED_OUT)
    return Past(all_scope, villages, whole_register, scope.households, died_out)


def _ids(villages: Villages, village: Whole) -> Texts:
    """Number them on after the last household of their village."""
    number = villages.sizes[village] + 1
    for at in range(1, len(village)):
        if village[at] == village[at - 1]:
            number[at] = number[at - 1] + 1
    width = max(3, len(str(int(villages.sizes.max()))))
    pairs = zip(villages.codes[village], number, strict=True)
    return np.array([f"{code}-{own:0{width}}" for code, own in pairs], dtype=object)


def gone_households(past: Past) -> pd.DataFrame:
    """Give their rows of households.csv."""
    register, first = past.register, past.first_gone
    count = len(register.ids) - first

    def draws(name: str) -> Whole:
        return whole(past.scope.draws(f"bygone {name}", count), 0, 3)

    members = np.where(past.died_out[first:], 1, 2 + draws("members"))
    return pd.DataFrame(
        {
            "household": register.ids[first:],
            "village": past.villages.codes[register.village[first:]],
            "ethnicity": register.ethnicity[first:],
            "head_name": head_names(past.scope, first + 1, count),
            "head_sex": pick(("male", "female"), (draws("head sex") == 0).astype(np.int64)),
            "members": members.astype(str),
            "joined_on": written(register.joined[first:]),
            "left_on": written(register.left[first:]),
        }
    )
