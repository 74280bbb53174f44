"""Who is poor, near-poor or neither, and since when: reviews before the first year and in each.

A household's economic state changes at most once a year. The register follows at once for some
(a review in the course of the year), for the others at the review of 31 December.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_sample.households import Register, Villages
from campaign_sample.scope import (
    Days,
    Flags,
    Injury,
    Scope,
    Table,
    Texts,
    Whole,
    choose,
    days_from,
    pick,
    standing,
    whole,
    written,
)

STATUSES = ("poor", "near_poor", "not_poor")
POOR, NEAR_POOR, NOT_POOR = range(len(STATUSES))
#: Of the poor and near-poor minority households, how many leave poverty in a year; of the poor,
#: how many more become near-poor; of those not poor, how many fall into poverty.
ESCAPE, IMPROVE, FALL = 0.29, 0.17, 0.02
KINH_POOR = 0.04
#: When in the year things change, quarter by quarter, and how many are reviewed at once.
WHEN, AT_ONCE = (0.22, 0.27, 0.27, 0.24), 0.85
FILE = "poverty_status.csv"
REVIEW = "Rà soát cuối năm"
IN_BETWEEN = "Rà soát trong năm"


@dataclass(frozen=True)
class Year:
    """All households' states in one year: at its baseline, after the change, and when (1 to 4)."""

    year: int
    before: Whole
    after: Whole
    when: Whole
    cohort: Flags

    def state(self, quarter: Quarter) -> Whole:
        """Give the economic state in a quarter of this year."""
        return np.where(self.when <= quarter.number, self.after, self.before)


def make_years(scope: Scope, villages: Villages, register: Register) -> dict[int, Year]:
    """Make each year's states; the first year's cohort has exactly `scope.cohort` households."""
    years: dict[int, Year] = {}
    state = _first_state(scope, villages, register)
    for year in range(scope.years[0], scope.years[-1] + 1):
        lived_here = register.present(date(year - 1, 12, 31))
        cohort = register.minority & lived_here & (state < NOT_POOR)
        cohort[register.roles.no_status] = False
        after = _a_year_on(scope, register, year, state)
        when = choose(scope.draws(f"when {year}"), WHEN) + 1
        years[year] = Year(year, state, after, when, cohort)
        state = after
    return years


def _first_state(scope: Scope, villages: Villages, register: Register) -> Whole:
    """Choose the first cohort: the poorest villages have more of it, chance does the rest."""
    score = 0.3 * villages.drive[register.village] + 0.7 * scope.draws("poverty")
    roles = register.roles
    # Roles whose story is about the cohort belong to it, the others must not.
    for some in (roles.leaving, roles.moving):
        score[some] += 2.0
        score[some[::3]] -= 4.0
    can_be = register.minority & register.present(scope.baseline)
    can_be[roles.no_status] = False
    order = np.argsort(score, kind="stable")
    chosen = order[can_be[order]][: scope.cohort]
    state = np.full(scope.households, NOT_POOR)
    poor = ~register.minority & (scope.draws("kinh poor") < KINH_POOR)
    poor[chosen] = True
    poor[roles.no_group] = False
    depth = choose(scope.draws("depth"), (0.6, 0.4))
    return np.where(poor, depth, state)


def _a_year_on(scope: Scope, register: Register, year: int, state: Whole) -> Whole:
    """Say where everybody stands a year later: who tries hardest is likeliest to get out."""
    poor = state < NOT_POOR
    score = 0.7 * register.effort + 0.3 * scope.draws(f"luck {year}")
    place = standing(score, poor & register.minority)
    leaves = poor & (place > 1 - ESCAPE)
    improves = (state == POOR) & ~leaves & (place > 1 - ESCAPE - IMPROVE)
    falls = ~poor & register.minority & (scope.draws(f"fall {year}") < FALL)
    after = np.where(leaves, NOT_POOR, np.where(improves, NEAR_POOR, state))
    return np.where(falls, choose(scope.draws(f"fallen {year}"), (0.4, 0.6)), after)


def poverty_table(scope: Scope, register: Register, years: dict[int, Year]) -> Table:
    """Write poverty_status.csv: the reviews before the first year, then those of each year."""
    rows = [_before(scope, register, years[scope.years[0]])]
    for year in years.values():
        rows += [_in_between(scope, register, year), _year_end(scope, register, year)]
    table = pd.concat(rows, ignore_index=True)
    no_status = register.roles.no_status
    too_early = table["home"].isin(no_status) & (table["day"] <= np.datetime64(scope.baseline, "s"))
    late_entry = pd.DataFrame(
        {
            "home": no_status,
            "state": NOT_POOR,
            "day": days_from(scope.first_day, np.full(len(no_status), 60)).astype("datetime64[s]"),
            "reason": IN_BETWEEN,
        }
    )
    table = pd.concat([table[~too_early], late_entry], ignore_index=True)
    known = table["day"] <= np.datetime64(scope.last_day, "s")
    table = table[known].sort_values(["home", "day"], kind="stable")
    days: Days = table["day"].to_numpy().astype("datetime64[D]")
    cells = pd.DataFrame(
        {
            "household": register.ids[table["home"]],
            "status": pick(STATUSES, table["state"].to_numpy()),
            "valid_from": written(days),
            "reason": table["reason"].to_numpy(),
        }
    )
    return Table(FILE, cells, _injuries(register, table))


def _rows(chosen: Flags, state: Whole, day: date | Days, reason: Texts | str) -> pd.DataFrame:
    days = np.full(len(chosen), np.datetime64(day, "D")) if isinstance(day, date) else day
    homes = np.flatnonzero(chosen)
    return pd.DataFrame(
        {
            "home": homes,
            "state": state[homes],
            "day": days[homes].astype("datetime64[s]"),
            "reason": reason if isinstance(reason, str) else reason[homes],
        }
    )


def reviewed_earlier(scope: Scope, register: Register) -> Flags:
    """Say who was in the review a year before the first year's baseline."""
    found: Flags = scope.draws("earlier review")[: len(register.ids)] < 0.6
    found[register.roles.gone] = True
    return found


def _before(scope: Scope, register: Register, year: Year) -> pd.DataFrame:
    """Give the two reviews before the first year; the last one leaves some of the not poor out."""
    last, earlier = scope.baseline, date(scope.baseline.year - 1, 12, 31)
    gone = np.zeros(scope.households, dtype=bool)
    gone[register.roles.gone] = True
    in_first = reviewed_earlier(scope, register)
    in_last = ~gone & (~in_first | (year.before < NOT_POOR) | (scope.draws("review") < 0.3))
    return pd.concat(
        [
            _rows(in_first, year.before, earlier, f"{REVIEW} {earlier.year}"),
            _rows(in_last, year.before, last, f"{REVIEW} {last.year}"),
        ]
    )


def _changed_at_once(scope: Scope, year: Year) -> Flags:
    soon = scope.draws(f"at once {year.year}") < AT_ONCE
    changed: Flags = year.before != year.after
    return changed & (year.when < 4) & soon


def _in_between(scope: Scope, register: Register, year: Year) -> pd.DataFrame:
    """Give the reviews in the course of the year, in the quarter in which a state changed."""
    offsets = whole(scope.draws(f"review day {year.year}"), 25, 80)
    starts = np.array([Quarter(year.year, n).first_day() for n in (1, 2, 3, 4)], "datetime64[D]")
    days = starts[year.when - 1] + offsets.astype("timedelta64[D]")
    chosen = _changed_at_once(scope, year) & register.present(days)
    return _rows(chosen, year.after, days, IN_BETWEEN)


def _year_end(scope: Scope, register: Register, year: Year) -> pd.DataFrame:
    """Give the review of 31 December: all who were or are poor or near-poor, and some others."""
    day = date(year.year, 12, 31)
    looked_at = (np.minimum(year.before, year.after) < NOT_POOR) | (
        scope.draws(f"review {year.year}") < 0.1
    )
    return _rows(looked_at & register.present(day), year.after, day, f"{REVIEW} {year.year}")


def _injuries(register: Register, table: pd.DataFrame) -> tuple[Injury, ...]:
    found = []
    for home in register.roles.no_status:
        rows = tuple(int(row) + 2 for row in np.flatnonzero(table["home"] == home))
        found.append(
            Injury(
                FILE,
                rows,
                "household",
                str(register.ids[home]),
                "Hộ không có kết quả rà soát vào ngày gốc.",
                "The household has no status on the baseline date.",
                "left out of the base",
            )
        )
    return tuple(found)
