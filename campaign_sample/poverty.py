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
from datetime import date, timedelta

import numpy as np
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_lib.plan import NEW_STANDARD_SINCE
from campaign_sample.households import Register
from campaign_sample.scope import (
    COMMUNE,
    LAST_OF_THE_OLDER,
    Days,
    Flags,
    Floats,
    Table,
    Texts,
    Whole,
    choose,
    days_in_quarters,
    injury,
    past_baseline,
    pick,
    standing,
    whole,
    written,
)

STATUSES = ("poor", "near_poor", "not_poor")
POOR, NEAR_POOR, NOT_POOR = range(len(STATUSES))
ABOUT, BEFORE = COMMUNE["poverty"], COMMUNE["poverty"]["before"]
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


def make_years(register: Register) -> dict[int, Year]:
    """Make each year's states; the first year's cohort has exactly `scope.cohort` households."""
    scope = register.scope
    years: dict[int, Year] = {}
    state = _first_state(register)
    for year in range(scope.years[0], scope.years[-1] + 1):
        cohort = register.minority & register.present(date(year - 1, 12, 31)) & (state < NOT_POOR)
        cohort &= ~register.having("no_status")
        when = choose(scope.draws(f"when {year}"), ABOUT["when_weights"]) + 1
        years[year] = Year(year, state, _a_year_on(register, year, state), when, cohort)
        state = years[year].after
    return years


def _first_state(register: Register) -> Whole:
    """Choose the first cohort: the poorest villages have more of it, chance does the rest."""
    scope, roles = register.scope, register.roles
    score = 0.3 * register.villages.drive[register.village] + 0.7 * scope.draws("poverty")
    # Roles whose story is about the cohort belong to it, the others must not.
    for some in (roles["leaving"], roles["moving"]):
        score[some] += 2.0
        score[some[::3]] -= 4.0
    can_be = register.minority & register.present(scope.baseline) & ~register.having("no_status")
    poor = ~register.minority & (scope.draws("kinh poor") < ABOUT["kinh_poor"])
    poor = _best(-score, can_be, scope.cohort) | (poor & ~register.having("no_group"))
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
    shares = scope.told(year, "poverty")["escaped"], BEFORE["became_poor"]
    escaped, fallen = (round(share * scope.cohort) for share in shares)
    left = _best(score, stayed & (after == NOT_POOR), escaped)
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
    table = pd.concat(_own_rows(register, years))
    # Who has no status on the baseline date got the first one soon after.
    too_early = table["home"].isin(no_status) & (table["day"] <= np.datetime64(scope.baseline, "s"))
    table = _in_order(table[~too_early & (table["day"] <= np.datetime64(scope.last_day, "s"))])
    injuries = [
        injury("no_status", np.flatnonzero(table["home"] == home), register.ids[home])
        for home in no_status
    ]
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


def _own_rows(register: Register, years: Mapping[int, Year]) -> Iterator[pd.DataFrame]:
    """Give the reviews that the sample's own years know of, each a list of rows."""
    scope, draws = register.scope, register.scope.draws
    state, last = years[scope.years[0]].before, scope.baseline.year
    # Two before the first year; the last one leaves some of the not poor out.
    in_first = reviewed_earlier(register)
    yield _year_end_rows(in_first, state, last - 1)
    in_last = ~in_first | (state < NOT_POOR) | (draws("review") < 0.3)
    yield _year_end_rows(in_last & ~register.having("gone"), state, last)
    for name, year in years.items():
        # In the course of the year, in the quarter in which a state changed.
        days = days_in_quarters(name, year.when, whole(draws(f"review day {name}"), 25, 80))
        at_once = (year.before != year.after) & (draws(f"at once {name}") < ABOUT["at_once"])
        chosen = at_once & (year.when < 4) & register.present(days)
        yield _rows(chosen, year.after, days, IN_BETWEEN)
        # On 31 December: all who were or are poor or near-poor, and some others.
        looked_at = np.minimum(year.before, year.after) < NOT_POOR
        looked_at |= draws(f"review {name}") < 0.1
        yield _year_end_rows(looked_at & register.present(date(name, 12, 31)), year.after, name)
    late, not_poor = scope.first_day + timedelta(days=60), np.full_like(state, NOT_POOR)
    yield _rows(register.having("no_status"), not_poor, late, IN_BETWEEN)


def _year_end_rows(chosen: Flags, state: Whole, year: int) -> pd.DataFrame:
    return _rows(chosen, state, date(year, 12, 31), f"Rà soát cuối năm {year}")


def _past_rows(everyone: Register, past: Mapping[int, Year]) -> Iterator[pd.DataFrame]:
    """Give the rows of older reviews, the earliest first, and of those that are gone.

    Each baseline has a review, and the older standard a last one before the change. Not everybody
    is in every review: the first one lists all, the next ones what has changed.
    """
    reviews = {past_baseline(year): states.before for year, states in past.items()}
    if {NEW_STANDARD_SINCE.year, LAST_OF_THE_OLDER.year} <= set(past):
        reviews[LAST_OF_THE_OLDER] = past[LAST_OF_THE_OLDER.year].after
    asked = everyone.minority | everyone.having("no_group")
    known = np.full(len(everyone.ids), -1)
    for day, state in sorted(reviews.items()):
        here = asked & everyone.present(day)
        new = here & (state != known)
        standard = "QĐ 59/2015" if day < NEW_STANDARD_SINCE else "NĐ 07/2021"
        reason = f"Rà soát {day.year}, {standard}"
        if day == NEW_STANDARD_SINCE:  # found anew: everybody poor is written down
            new, reason = new | (here & (state < NOT_POOR)), f"Xác định lại theo {standard}"
        if day == past_baseline(everyone.scope.past[-1]):
            new &= ~reviewed_earlier(everyone)
        yield _rows(new, state, day, reason)
        known = np.where(here, state, known)
    # On the last day of those that are gone it says why they will be; their status is what it was.
    how = pick(("chuyển khỏi xã", "hộ một người, đã mất"), everyone.having("died_out").astype(int))
    gone = everyone.having("bygone") & (known >= 0)
    last_day = everyone.left - np.timedelta64(1, "D")
    yield _rows(gone, known, last_day, np.asarray("Ra khỏi danh sách: " + how))
