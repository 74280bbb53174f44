"""The villages and the register of the sample: who lives where, of which ethnicity, how long.

Nobody in it is real: heads are called `Chủ hộ 001 (hư cấu)` (made up), by a running number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from campaign_sample.scope import (
    COMMUNE,
    NEVER,
    WORDS,
    Days,
    Flags,
    Floats,
    Scope,
    Table,
    Texts,
    Whole,
    choose,
    days_from,
    evenly,
    injury,
    pick,
    shared_out,
    whole,
    written,
)

ABOUT = COMMUNE["register"]
MAIN_GROUPS = ABOUT["main_groups"]
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

    def area_list(self) -> tuple[Texts, Texts]:
        """Give the village and the number of every residential area of the commune."""
        village = np.repeat(np.arange(len(self.codes)), self.areas)
        numbers = np.arange(len(village)) - np.searchsorted(village, village) + 1
        return self.codes[village], numbers.astype(str).astype(object)


def make_villages(scope: Scope) -> Villages:
    """Make the villages: T1, T2, ... or T001, T002, ... when there are ten or more."""
    count = scope.villages
    width = 1 if count <= SHORT_CODES else max(3, len(str(count)))
    return Villages(
        codes=np.array([f"T{number:0{width}}" for number in range(1, count + 1)], dtype=object),
        sizes=shared_out(scope.households, whole(scope.draws("village size", count), 700, 1_300)),
        areas=np.resize(np.array(COMMUNE["villages"]["areas"], dtype=np.int64), count),
        drive=evenly(scope.draws("village drive", count)),  # so that villages differ
    )


def village_table(villages: Villages) -> Table:
    """Write villages.csv."""
    numbers = range(1, len(villages.codes) + 1)
    cells = {
        "village": villages.codes,
        "name": [f"Thôn {number}" for number in numbers],
        "aliases": [f"T.{number};Thon {number}" for number in numbers],
        "residential_areas": villages.areas.astype(str),
    }
    return Table("villages.csv", pd.DataFrame(cells))


@dataclass(frozen=True)
class Register:
    """All households by position; `village` is a position too, `next_village` -1 for who stays.

    `roles` are the households (positions) with a story of their own; every one of them appears
    once. Of the years before, `bygone` lived here and are gone, and some of them `died_out`.
    """

    scope: Scope
    villages: Villages
    ids: Texts
    village: Whole
    next_village: Whole
    ethnicity: Texts
    minority: Flags
    joined: Days
    left: Days
    effort: Floats
    roles: Mapping[str, Whole]

    def present(self, day: date | Days) -> Flags:
        """Say who lives in the commune on `day` (one day, or one for each household)."""
        days = np.datetime64(day, "D") if isinstance(day, date) else day
        came = np.isnat(self.joined) | (self.joined <= days)
        stays = np.isnat(self.left) | (self.left > days) | (self.next_village >= 0)
        return came & stays

    def having(self, *roles: str) -> Flags:
        """Say which households have one of these roles."""
        positions = np.concatenate([self.roles[role] for role in roles])
        return np.isin(np.arange(len(self.ids)), positions)


def make_register(scope: Scope, villages: Villages) -> Register:
    """Make the households, village after village."""
    village = np.repeat(np.arange(scope.villages), villages.sizes)
    number = np.arange(scope.households) - np.searchsorted(village, village) + 1
    ethnicity = _ethnicity(scope, village)
    minority = ethnicity != ABOUT["majority"]
    roles = _roles(scope, minority)
    ethnicity[roles["no_group"]] = ABOUT["not_a_group"]
    minority[roles["no_group"]] = False
    joined, left, next_village = _stays(scope, village, roles)
    return Register(
        scope=scope,
        villages=villages,
        ids=_ids(villages, village, number),
        village=village,
        next_village=next_village,
        ethnicity=ethnicity,
        minority=minority,
        joined=joined,
        left=left,
        effort=0.4 * villages.drive[village] + 0.6 * scope.draws("effort"),
        roles=roles,
    )


def _ids(villages: Villages, village: Whole, number: Whole) -> Texts:
    padded = np.char.zfill(number.astype(str), max(3, len(str(villages.sizes.max()))))
    return np.asarray(villages.codes[village] + "-" + padded.astype(object), dtype=object)


def _ethnicity(scope: Scope, village: Whole) -> Texts:
    """Give each village one main group, some of the other, a few others and about a tenth Kinh."""
    kind = choose(scope.draws("ethnicity"), (0.74, 0.08, 0.08, 0.10))
    main, others = village % len(MAIN_GROUPS), ABOUT["other_groups"]
    other = pick(others, whole(scope.draws("other groups"), 0, len(others) - 1))
    groups = [pick(MAIN_GROUPS, main), pick(MAIN_GROUPS, 1 - main), other, ABOUT["majority"]]
    return np.choose(kind, groups).astype(object)


def _roles(scope: Scope, minority: Flags) -> dict[str, Whole]:
    """Deal out the roles to minority households in an order of chance."""
    order = np.argsort(scope.draws("roles"), kind="stable")
    cards, years = order[minority[order]], len(scope.years)
    wanted = {
        "leaving": max(1, round(scope.households * years / ABOUT["leaves"])),
        "moving": max(1, round(scope.households * years / ABOUT["moves"])),
        "arriving": max(1, round(scope.households * years / ABOUT["arrives"])),
        "gone": max(1, round(scope.households / ABOUT["gone"])),
        "no_status": 1,
        "no_group": 1,
        "no_date": 1,
    }
    if scope.villages == 1:
        wanted["moving"] = 0
    if not scope.has_oddities:
        wanted = dict.fromkeys(wanted, 0)
    dealt = np.split(cards[: sum(wanted.values())], np.cumsum([*wanted.values()])[:-1])
    return {**dict(zip(wanted, dealt, strict=True)), "bygone": cards[:0], "died_out": cards[:0]}


def _stays(scope: Scope, village: Whole, roles: Mapping[str, Whole]) -> tuple[Days, Days, Whole]:
    """Give joined, left and the next village of each household."""
    long_ago = days_from(scope.baseline, -whole(scope.draws("joined"), 700, 7_000))
    joined = np.where(scope.draws("joined known") < 0.2, long_ago, NEVER)
    left = np.full(scope.households, NEVER)
    span = (scope.quarters[-1].last_day() - scope.first_day).days
    # Between a tenth and nine tenths of the time told of: nobody leaves before the first survey.
    chance = whole(scope.draws("moves"), span * 4 // 10, span * 9 // 10)
    moment = np.maximum(days_from(scope.first_day, chance), np.datetime64(scope.baseline, "D") + 1)
    for days, role in ((left, "leaving"), (left, "moving"), (joined, "arriving")):
        days[roles[role]] = moment[roles[role]]
    before = days_from(scope.baseline, -whole(scope.draws("gone"), 20, 300))
    left[roles["gone"]] = before[roles["gone"]]
    if scope.past:  # or the years before would miss it: it came not long ago
        joined[roles["no_status"]] = np.datetime64(scope.baseline - timedelta(days=40))
    next_village = np.full(scope.households, -1)
    next_village[roles["moving"]] = (village[roles["moving"]] + 1) % scope.villages
    return joined, left, next_village


def with_bygones(register: Register) -> Register:
    """Add those who lived here in the years before and are gone, at the end of the register.

    Of these in turn: moved away, died out (one old person alone), moved away, and came only the
    year before.
    """
    scope, villages = register.scope, register.villages
    if not (scope.past and scope.has_oddities):
        return register
    count = max(1, round(scope.households * len(scope.past) / ABOUT["gone_a_year_before"]))
    turn = np.arange(count) % 4
    village = np.sort(whole(scope.draws("bygone village", count), 0, scope.villages - 1))
    new_year = np.array([f"{year}-01-01" for year in np.resize(scope.past, count)], "datetime64[D]")
    left = new_year + whole(scope.draws("bygone left", count), 60, 330).astype("timedelta64[D]")
    came = left - whole(scope.draws("bygone came", count), 200, 500).astype("timedelta64[D]")
    # They are numbered on after the last household of their village.
    number = villages.sizes[village] + 1 + np.arange(count) - np.searchsorted(village, village)
    everyone = replace(scope, households=scope.households + count)
    bygone = np.arange(scope.households, everyone.households)
    added = {
        "ids": _ids(villages, village, number),
        "village": village,
        "next_village": np.full(count, -1),
        "ethnicity": pick(MAIN_GROUPS, village % len(MAIN_GROUPS)),
        "minority": np.full(count, True),
        "joined": np.where(turn == 3, came, NEVER),
        "left": left,
        "effort": 0.4 * villages.drive[village] + 0.6 * everyone.draws("effort")[bygone],
    }
    joined_up: dict[str, Any] = {
        name: np.append(getattr(register, name), values) for name, values in added.items()
    }
    roles = {**register.roles, "bygone": bygone, "died_out": bygone[turn == 1]}
    return replace(register, scope=everyone, roles=roles, **joined_up)


def household_table(register: Register) -> Table:
    """Write households.csv: one row a stay, two for who moved inside the commune."""
    scope, roles, villages = register.scope, register.roles, register.villages
    bygone, moving = roles["bygone"], roles["moving"]
    width = max(3, len(str(scope.households)))
    members = choose(scope.draws("members"), (0.08, 0.15, 0.25, 0.24, 0.15, 0.08, 0.05)) + 2
    members[bygone] = 2 + whole(scope.draws("bygone members", len(bygone)), 0, 3)
    members[roles["died_out"]] = 1
    sex = choose(scope.draws("head sex"), (0.76, 0.24))
    sex[bygone] = scope.draws("bygone head sex", len(bygone)) < 0.25
    cells = pd.DataFrame(
        {
            "household": register.ids,
            "village": villages.codes[register.village],
            "ethnicity": register.ethnicity,
            "head_name": [f"Chủ hộ {at:0{width}} (hư cấu)" for at in range(1, len(sex) + 1)],
            "head_sex": pick(("male", "female"), sex),
            "members": members.astype(str),
            "joined_on": written(register.joined),
            "left_on": written(register.left),
        }
    )
    cells.loc[roles["no_date"], "joined_on"] = ABOUT["no_such_day"]
    second = cells.loc[moving].assign(
        village=villages.codes[register.next_village[moving]],
        joined_on=written(register.left)[moving],
        left_on="",
    )
    # A stable sort by position puts each second stay right below the first one.
    cells = pd.concat([cells, second]).sort_index(kind="stable")
    injuries = []
    for role in ("leaving", "moving", "no_group", "no_date"):
        told = cells[WORDS["oddities"][role]["column"]]
        for at in (np.flatnonzero(cells.index == home) for home in roles[role]):
            injuries.append(injury(role, at, told.iloc[at[0]]))
    return Table("households.csv", cells, injuries)
