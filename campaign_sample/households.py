"""The register of the sample: who lives in which village, of which ethnicity, from when to when.

Nobody in it is real: heads are called `Chủ hộ 001 (hư cấu)` (made up), by a running number.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_sample.scope import (
    Days,
    Flags,
    Floats,
    Injury,
    Scope,
    Table,
    Texts,
    Whole,
    choose,
    days_from,
    pick,
    shared_out,
    whole,
    written,
)

# The villages of the sample, and the day on which each issued its plan of the year.

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


MAIN_GROUPS = ("Xơ Đăng", "Ba Na")
OTHER_GROUPS = ("Gia Rai", "Giẻ Triêng", "Hrê", "Tày", "Nùng", "Thái", "Mường")
MAJORITY = "Kinh"
#: A district's name in the column of ethnicity: a slip that no list of groups resolves.
NOT_A_GROUP = "Kon Rẫy"
NO_SUCH_DAY = "31/02/2019"
#: One household in so many, over a year: leaves the commune, moves to it, moves inside it; and
#: left in the year before the baseline.
LEAVES, ARRIVES, MOVES, GONE = 200, 150, 600, 300

#: Role, the column that shows it, the contract's action, and the story in Vietnamese and English.
STORIES = (
    (
        "leaving",
        "left_on",
        "",
        "Hộ chuyển đi khỏi xã trong kỳ.",
        "The household left the commune.",
    ),
    (
        "moving",
        "left_on",
        "",
        "Hộ chuyển sang thôn khác trong xã: hai dòng.",
        "The household moved to another village of the commune: two rows.",
    ),
    (
        "no_group",
        "ethnicity",
        "left out of the base",
        "Tên huyện ghi vào cột dân tộc.",
        "A district's name in the column of ethnicity.",
    ),
    (
        "no_date",
        "joined_on",
        "set to unknown",
        "Ngày không có trong lịch.",
        "A day that no calendar has.",
    ),
)


@dataclass(frozen=True)
class Roles:
    """Households (positions) with a story of their own; every one of them appears once."""

    leaving: Whole
    moving: Whole
    arriving: Whole
    gone: Whole
    no_status: Whole
    no_group: Whole
    no_date: Whole


@dataclass(frozen=True)
class Register:
    """All households by position; `village` is a position too, `next_village` -1 for who stays."""

    ids: Texts
    village: Whole
    next_village: Whole
    ethnicity: Texts
    minority: Flags
    joined: Days
    left: Days
    effort: Floats
    roles: Roles

    def present(self, day: date | Days) -> Flags:
        """Say who lives in the commune on `day` (one day, or one for each household)."""
        days = np.datetime64(day, "D") if isinstance(day, date) else day
        came = np.isnat(self.joined) | (self.joined <= days)
        stays = np.isnat(self.left) | (self.left > days) | (self.next_village >= 0)
        return came & stays


def make_register(scope: Scope, villages: Villages) -> Register:
    """Make the households, village after village."""
    village = np.repeat(np.arange(scope.villages), villages.sizes)
    first = np.cumsum(villages.sizes) - villages.sizes
    number = np.arange(scope.households) - first[village] + 1
    width = max(3, len(str(int(villages.sizes.max()))))
    padded = np.char.zfill(number.astype(str), width).astype(object)
    ethnicity = _ethnicity(scope, village)
    minority = ethnicity != MAJORITY
    roles = _roles(scope, minority)
    ethnicity[roles.no_group] = NOT_A_GROUP
    minority[roles.no_group] = False
    joined, left, next_village = _stays(scope, village, roles)
    return Register(
        ids=villages.codes[village] + "-" + padded,
        village=village,
        next_village=next_village,
        ethnicity=ethnicity,
        minority=minority,
        joined=joined,
        left=left,
        effort=0.4 * villages.drive[village] + 0.6 * scope.draws("effort"),
        roles=roles,
    )


def _ethnicity(scope: Scope, village: Whole) -> Texts:
    """Give each village one main group, some of the other, a few others and about a tenth Kinh."""
    kind = choose(scope.draws("ethnicity"), (0.74, 0.08, 0.08, 0.10))
    main = village % len(MAIN_GROUPS)
    others = pick(OTHER_GROUPS, whole(scope.draws("other groups"), 0, len(OTHER_GROUPS) - 1))
    names = np.where(kind == 1, pick(MAIN_GROUPS, 1 - main), pick(MAIN_GROUPS, main))
    names = np.where(kind == 2, others, names)
    return np.where(kind == 3, MAJORITY, names).astype(object)


def _roles(scope: Scope, minority: Flags) -> Roles:
    """Deal out the roles to minority households in an order of chance."""
    order = np.argsort(scope.draws("roles"), kind="stable")
    cards = order[minority[order]]
    years = len(scope.years)
    wanted = {
        "leaving": max(1, round(scope.households * years / LEAVES)),
        "moving": max(1, round(scope.households * years / MOVES)) if scope.villages > 1 else 0,
        "arriving": max(1, round(scope.households * years / ARRIVES)),
        "gone": max(1, round(scope.households / GONE)),
        "no_status": 1,
        "no_group": 1,
        "no_date": 1,
    }
    if not scope.has_oddities:
        wanted = dict.fromkeys(wanted, 0)
    ends = np.cumsum([0, *wanted.values()])
    dealt = {name: cards[a:b] for name, a, b in zip(wanted, ends[:-1], ends[1:], strict=True)}
    return Roles(**dealt)


def _stays(scope: Scope, village: Whole, roles: Roles) -> tuple[Days, Days, Whole]:
    """Give joined, left and the next village of each household."""
    long_ago = days_from(scope.baseline, -whole(scope.draws("joined"), 700, 7_000))
    joined = np.where(scope.draws("joined known") < 0.2, long_ago, np.datetime64("NaT", "D"))
    left = np.full(scope.households, np.datetime64("NaT", "D"))
    span = (scope.quarters[-1].last_day() - scope.first_day).days
    # Between a tenth and nine tenths of the time told of: nobody leaves before the first survey.
    moment = days_from(scope.first_day, whole(scope.draws("moves"), span * 4 // 10, span * 9 // 10))
    after_baseline = np.maximum(moment, np.datetime64(scope.baseline, "D") + 1)
    left[roles.leaving] = after_baseline[roles.leaving]
    left[roles.moving] = after_baseline[roles.moving]
    joined[roles.arriving] = after_baseline[roles.arriving]
    left[roles.gone] = days_from(scope.baseline, -whole(scope.draws("gone"), 20, 300))[roles.gone]
    next_village = np.full(scope.households, -1)
    next_village[roles.moving] = (village[roles.moving] + 1) % scope.villages
    return joined, left, next_village


def head_names(scope: Scope, first: int, count: int) -> Texts:
    """Give the names of `count` heads from number `first` on; nobody real is called that."""
    width = max(3, len(str(scope.households)))
    numbers = range(first, first + count)
    return np.array([f"Chủ hộ {number:0{width}} (hư cấu)" for number in numbers], dtype=object)


def household_table(scope: Scope, villages: Villages, register: Register) -> Table:
    """Write households.csv: one row a stay, two for who moved inside the commune."""
    members = choose(scope.draws("members"), (0.08, 0.15, 0.25, 0.24, 0.15, 0.08, 0.05)) + 2
    cells = pd.DataFrame(
        {
            "household": register.ids,
            "village": villages.codes[register.village],
            "ethnicity": register.ethnicity,
            "head_name": head_names(scope, 1, scope.households),
            "head_sex": pick(("male", "female"), choose(scope.draws("head sex"), (0.76, 0.24))),
            "members": members.astype(str),
            "joined_on": written(register.joined),
            "left_on": written(register.left),
        }
    )
    cells.loc[register.roles.no_date, "joined_on"] = NO_SUCH_DAY
    moving = register.roles.moving
    second = cells.loc[moving].assign(
        village=villages.codes[register.next_village[moving]],
        joined_on=written(register.left)[moving],
        left_on="",
    )
    # A stable sort by position puts each second stay right below the first one.
    cells = pd.concat([cells, second]).sort_index(kind="stable")
    return Table("households.csv", cells, _injuries(register, cells))


def _injuries(register: Register, cells: pd.DataFrame) -> tuple[Injury, ...]:
    """List what is odd in the register."""
    injuries = []
    for role, column, action, vi, en in STORIES:
        homes: Whole = getattr(register.roles, role)
        for home in homes:
            at = np.flatnonzero(cells.index == home)
            value = str(cells[column].iloc[at[0]])
            rows = tuple(int(row) + 2 for row in at)
            injuries.append(Injury("households.csv", rows, column, value, vi, en, action))
    return tuple(injuries)
