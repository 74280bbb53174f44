"""Who is poor, near-poor or neither, and since when: reviews before the first year and in each.

A household's economic state changes at most once a year. The register follows at once for some
(a review in the course of the year), for the others at the review of 31 December.

The years before are worked out backwards from the first year's baseline, and what the sample says
of its own years stays as it is. Going back a year, some who are not poor were (they have left
poverty since), and a few who are poor were not; of these, some had been poor before (they have
fallen back). Where the standard changed, the older one finds fewer poor.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_sample.households import Register
from campaign_sample.plans import LAST_OF_THE_OLDER, NEW_STANDARD_SINCE, past_baseline
from campaign_sample.scope import (
    COMMUNE,
    Days,
    Flags,
    Floats,
    Table,
    Texts,
    Whole,
    choose,
    days_from,
    days_in_quarters,
    injury,
    pick,
    standing,
    whole,
    written,
)

STATUSES = ("poor", "near_poor", "not_poor")
POOR, NEAR_POOR, NOT_POOR = range(len(STATUSES))
ABOUT = COMMUNE["poverty"]
BEFORE = ABOUT["before"]
IN_BETWEEN = "Rà soát trong năm"
#: How a row of poverty_status cites the older standard and the new one.
DECISION, DECREE = "QĐ 59/2015", "NĐ 07/2021"


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


def make_years(register: Register) -> dict[int, Year]:
    """Make each year's states; the first year's cohort has exactly `scope.cohort` households."""
    scope = register.scope
    years: dict[int, Year] = {}
    state = _first_state(register)
    for year in range(scope.years[0], scope.years[-1] + 1):
        lived_here = register.present(date(year - 1, 12, 31))
        cohort = register.minority & lived_here & (state < NOT_POOR)
        cohort[register.roles["no_status"]] = False
        after = _a_year_on(register, year, state)
        when = choose(scope.draws(f"when {year}"), ABOUT["when_weights"]) + 1
        years[year] = Year(year, state, after, when, cohort)
        state = after
    return years


def _first_state(register: Register) -> Whole:
    """Choose the first cohort: the poorest villages have more of it, chance does the rest."""
    scope, roles = register.scope, register.roles
    score = 0.3 * register.villages.drive[register.village] + 0.7 * scope.draws("poverty")
    # Roles whose story is about the cohort belong to it, the others must not.
    for some in (roles["leaving"], roles["moving"]):
        score[some] += 2.0
        score[some[::3]] -= 4.0
    can_be = register.minority & register.present(scope.baseline)
    can_be[roles["no_status"]] = False
    poor = ~register.minority & (scope.draws("kinh poor") < ABOUT["kinh_poor"])
    poor |= _best(-score, can_be, scope.cohort)
    poor[roles["no_group"]] = False
    return np.where(poor, choose(scope.draws("depth"), (0.6, 0.4)), NOT_POOR)


def _best(score: Floats, among: Flags, count: int) -> Flags:
    """Choose the `count` with the highest score."""
    order = np.argsort(-score, kind="stable")
    chosen = np.zeros(len(score), dtype=bool)
    chosen[order[among[order]][:count]] = True
    return chosen


def _a_year_on(register: Register, year: int, state: Whole) -> Whole:
    """Say where everybody stands a year later: who tries hardest is likeliest to get out."""
    draws, poor = register.scope.draws, state < NOT_POOR
    score = 0.7 * register.effort + 0.3 * draws(f"luck {year}")
    place = standing(score, poor & register.minority)
    leaves = poor & (place > 1 - ABOUT["escape"])
    improves = (state == POOR) & ~leaves & (place > 1 - ABOUT["escape"] - ABOUT["improve"])
    falls = ~poor & register.minority & (draws(f"fall {year}") < ABOUT["fall"])
    after = np.where(leaves, NOT_POOR, np.where(improves, NEAR_POOR, state))
    return np.where(falls, choose(draws(f"fallen {year}"), (0.4, 0.6)), after)


def make_past_years(everyone: Register, years: Mapping[int, Year]) -> dict[int, Year]:
    """Give each year before, the oldest first; a year's cohort is that of its own baseline."""
    scope, bygone = everyone.scope, everyone.roles["bygone"]
    first = years[scope.years[0]]
    depth = choose(scope.draws("bygone state", len(bygone)), (0.35, 0.35, 0.3))
    after = np.append(first.before, depth)
    fell = np.append(_falls(first.before, first.after), np.zeros(len(bygone), dtype=bool))
    found = {}
    for year in reversed(scope.past):
        before, baseline = _a_year_back(everyone, year, after, fell), past_baseline(year)
        poor = everyone.minority & everyone.present(baseline) & (before < NOT_POOR)
        found[year] = Year(year, before, after, np.ones_like(after), poor)
        fell = _falls(before, after)
        after = _by_the_older(everyone, before) if baseline == NEW_STANDARD_SINCE else before
    return dict(reversed(found.items()))


def _falls(before: Whole, after: Whole) -> Flags:
    return np.asarray((before == NOT_POOR) & (after < NOT_POOR))


def _a_year_back(everyone: Register, year: int, after: Whole, fell: Flags) -> Whole:
    """Say who was poor a year before `after`; `fell` are those who became poor the year after."""
    scope = everyone.scope
    stayed = everyone.minority & everyone.present(past_baseline(year))
    stayed &= everyone.present(date(year, 12, 31))
    if year == scope.past[-1]:  # what the sample says of this year's baseline stands
        stayed &= ~reviewed_earlier(everyone)
    # Who falls back next year (every other one of them) leaves first, then who tries hardest.
    relapsing = fell & (np.cumsum(fell) % 2 == 1)
    score = 0.7 * everyone.effort + 0.3 * scope.draws(f"past {year}") + 2.0 * relapsing
    escaped = round(scope.told(year)["poverty"]["escaped"] * scope.cohort)
    left = _best(score, stayed & (after == NOT_POOR), escaped)
    fallen = round(BEFORE["became_poor"] * scope.cohort)
    became = _best(scope.draws(f"past fall {year}"), stayed & (after < NOT_POOR), fallen)
    deeper = stayed & (after == NEAR_POOR) & (scope.draws(f"past better {year}") < 0.15)
    depth = choose(scope.draws(f"past depth {year}"), (0.3, 0.7))
    return np.select([left, became, deeper], [depth, NOT_POOR, POOR], after)


def _by_the_older(everyone: Register, state: Whole) -> Whole:
    """Say whom the older standard finds poor of those that the new one finds as in `state`."""
    chance, found = everyone.scope.draws("older standard"), state < NOT_POOR
    only = everyone.minority & ~found & (chance > 1 - BEFORE["only_by_the_older"])
    not_now = found & (chance < BEFORE["not_by_the_older"])
    near = only | ((state == POOR) & (chance < BEFORE["near_by_the_older"]))
    return np.select([not_now, near], [NOT_POOR, NEAR_POOR], state)


# The rows of poverty_status.csv.


def poverty_table(
    register: Register, everyone: Register, years: Mapping[int, Year], past: Mapping[int, Year]
) -> Table:
    """Write poverty_status.csv: the reviews before the first year, those of each year, older ones.

    `years` are the sample's own, of `register`; `past` are the years before, of `everyone`.
    """
    scope, no_status = register.scope, register.roles["no_status"]
    rows = _before(register, years[scope.years[0]])
    for year in years.values():
        rows += [_in_between(register, year), _year_end(register, year)]
    table = pd.concat(rows)
    baseline = np.datetime64(scope.baseline, "s")
    table = table[~(table["home"].isin(no_status) & (table["day"] <= baseline))]
    late = days_from(scope.first_day, np.full(len(register.ids), 60))
    not_poor = np.full(len(register.ids), NOT_POOR)
    table = pd.concat([table, _rows(register.having("no_status"), not_poor, late, IN_BETWEEN)])
    table = _in_order(table[table["day"] <= np.datetime64(scope.last_day, "s")])
    of_no_status = [(home, np.flatnonzero(table["home"] == home)) for home in no_status]
    injuries = [injury("no_status", at, register.ids[home]) for home, at in of_no_status]
    if past:
        table = pd.concat([table, _in_order(pd.concat(_past_rows(everyone, past)))])
    cells = {
        "household": everyone.ids[table["home"]],
        "status": pick(STATUSES, table["state"].to_numpy()),
        "valid_from": written(table["day"].to_numpy().astype("datetime64[D]")),
        "reason": table["reason"].to_numpy(),
    }
    return Table("poverty_status.csv", pd.DataFrame(cells), injuries)


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values(["home", "day"], kind="stable")


def _rows(chosen: Flags, state: Whole, day: date | Days, reason: Texts | str) -> pd.DataFrame:
    homes = np.flatnonzero(chosen)
    days = np.full(len(chosen), np.datetime64(day, "D")) if isinstance(day, date) else day
    return pd.DataFrame(
        {
            "home": homes,
            "state": state[homes],
            "day": days[homes].astype("datetime64[s]"),
            "reason": reason if isinstance(reason, str) else reason[homes],
        }
    )


def reviewed_earlier(register: Register) -> Flags:
    """Say who was in the review a year before the first year's baseline."""
    found: Flags = register.scope.draws("earlier review") < 0.6
    return (found | register.having("gone")) & ~register.having("bygone")


def _before(register: Register, year: Year) -> list[pd.DataFrame]:
    """Give the two reviews before the first year; the last one leaves some of the not poor out."""
    last = register.scope.baseline
    in_first = reviewed_earlier(register)
    in_last = ~in_first | (year.before < NOT_POOR) | (register.scope.draws("review") < 0.3)
    in_last &= ~register.having("gone")
    return [
        _year_end_rows(in_first, year.before, last.year - 1),
        _year_end_rows(in_last, year.before, last.year),
    ]


def _year_end_rows(chosen: Flags, state: Whole, year: int) -> pd.DataFrame:
    return _rows(chosen, state, date(year, 12, 31), f"Rà soát cuối năm {year}")


def _in_between(register: Register, year: Year) -> pd.DataFrame:
    """Give the reviews in the course of the year, in the quarter in which a state changed."""
    draws = register.scope.draws
    offsets = whole(draws(f"review day {year.year}"), 25, 80)
    days = days_in_quarters(year.year, year.when, offsets)
    at_once = draws(f"at once {year.year}") < ABOUT["at_once"]
    chosen = (year.before != year.after) & (year.when < 4) & at_once & register.present(days)
    return _rows(chosen, year.after, days, IN_BETWEEN)


def _year_end(register: Register, year: Year) -> pd.DataFrame:
    """Give the review of 31 December: all who were or are poor or near-poor, and some others."""
    looked_at = np.minimum(year.before, year.after) < NOT_POOR
    looked_at |= register.scope.draws(f"review {year.year}") < 0.1
    here = register.present(date(year.year, 12, 31))
    return _year_end_rows(looked_at & here, year.after, year.year)


def _past_rows(everyone: Register, past: Mapping[int, Year]) -> Iterator[pd.DataFrame]:
    """Give the rows of older reviews, the earliest first, and of those that are gone.

    Not everybody is in every review: the first one lists all, the next ones what has changed.
    """
    asked = everyone.minority | everyone.having("no_group")
    known = np.full(len(everyone.ids), -1)
    for day, state, reason in _past_reviews(past):
        here = asked & everyone.present(day)
        new = here & (state != known)
        if day == NEW_STANDARD_SINCE:  # found anew: everybody poor is written down
            new |= here & (state < NOT_POOR)
        if day == past_baseline(everyone.scope.past[-1]):
            new &= ~reviewed_earlier(everyone)
        yield _rows(new, state, day, reason)
        known = np.where(here, state, known)
    # On the last day of those that are gone it says why they will be; their status is what it was.
    died = "Ra khỏi danh sách: hộ một người, đã mất"
    why = np.where(everyone.having("died_out"), died, "Ra khỏi danh sách: chuyển khỏi xã")
    gone = everyone.having("bygone") & (known >= 0)
    yield _rows(gone, known, everyone.left - np.timedelta64(1, "D"), why.astype(object))


def _past_reviews(past: Mapping[int, Year]) -> Iterator[tuple[date, Whole, str]]:
    """Give each baseline's review, and the older standard's last one before the change."""
    for year, states in past.items():
        baseline = past_baseline(year)
        if baseline == NEW_STANDARD_SINCE:
            if year - 1 in past:
                last = f"Rà soát {LAST_OF_THE_OLDER.year}, {DECISION}"
                yield LAST_OF_THE_OLDER, past[year - 1].after, last
            yield baseline, states.before, f"Xác định lại theo {DECREE}"
        else:
            standard = DECISION if baseline < NEW_STANDARD_SINCE else DECREE
            yield baseline, states.before, f"Rà soát {baseline.year}, {standard}"
