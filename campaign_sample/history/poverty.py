"""Who was poor in the years before, worked out backwards from the first year's baseline.

What the sample says of its own years stays as it is. Going back a year, some who are not poor
were (they have left poverty since), and a few who are poor were not; of these, some had been poor
before (they have fallen back). Where the standard changed, the older one finds fewer poor.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from campaign_sample.history.plans import DECISION, DECREE, NEW_STANDARD_SINCE, past_baseline
from campaign_sample.households import MAIN_GROUPS, Register, Villages, head_names
from campaign_sample.poverty import NEAR_POOR, NOT_POOR, POOR, STATUSES, Year, reviewed_earlier
from campaign_sample.scope import Flags, Scope, Texts, Whole, choose, pick, whole, written

# Households that lived here in the years before and are gone; and one that came late.

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


#: By how many years it lies back: how many left poverty in a year, and how many became poor, as
#: shares of the first year's cohort.
ESCAPED = {1: 0.28, 2: 0.26, 3: 0.23}
BECAME_POOR = 0.07
#: Of those who became poor in a year, one in so many had left poverty only the year before.
RELAPSED = 2
#: Of the poor and near-poor of the new standard, how many the older one does not find poor; and
#: up to which draw it finds the poor only near-poor.
NOT_BY_THE_OLDER, NEAR_BY_THE_OLDER = 0.24, 0.40
#: Of those that the new standard does not find poor, how many the older one did.
ONLY_BY_THE_OLDER = 0.008
REVIEWED = "Rà soát"
DIED = "Ra khỏi danh sách: hộ một người, đã mất"
MOVED = "Ra khỏi danh sách: chuyển khỏi xã"


@dataclass(frozen=True)
class _Review:
    """All households' states as a review found them, and how its rows say why.

    `all_poor`: everybody found poor is written down, not only who is new or has changed.
    """

    day: date
    state: Whole
    reason: str
    all_poor: bool


def make_past_years(past: Past, years: Mapping[int, Year]) -> dict[int, Year]:
    """Give each year before, the oldest first; a year's cohort is that of its own baseline."""
    first = years[past.scope.years[0]]
    gone = len(past.register.ids) - past.first_gone
    depth = choose(past.scope.draws("bygone state", gone), (0.35, 0.35, 0.3))
    after = np.append(first.before, depth)
    fell = np.zeros(len(after), dtype=bool)
    fell[: past.first_gone] = (first.before == NOT_POOR) & (first.after < NOT_POOR)
    found = {}
    for year in reversed(past.scope.past):
        before = _a_year_back(past, year, after, fell)
        baseline = past_baseline(year)
        poor = past.register.minority & past.register.present(baseline) & (before < NOT_POOR)
        found[year] = Year(year, before, after, np.ones(len(after), dtype=np.int64), poor)
        fell = (before == NOT_POOR) & (after < NOT_POOR)
        after = _by_the_older(past, before) if baseline == NEW_STANDARD_SINCE else before
    return dict(reversed(found.items()))


def _a_year_back(past: Past, year: int, after: Whole, fell: Flags) -> Whole:
    """Say who was poor a year before `after`; `fell` are those who became poor the year after."""
    back, register = past.scope.years[0] - year, past.register
    cohort = past.scope.draws(f"past {year}")
    stayed = register.minority & register.present(past_baseline(year))
    stayed &= register.present(date(year, 12, 31))
    if back == 1:  # what the sample says of this year's baseline stands
        stayed &= ~_told(past)
    size = ESCAPED[back] * past.scope.cohort
    # Who falls back next year leaves first, then who tries hardest, with luck.
    relapsing = fell & (np.cumsum(fell) % RELAPSED == 1)
    score = 0.7 * register.effort + 0.3 * cohort + 2.0 * relapsing
    left = _best(score, stayed & (after == NOT_POOR), round(size))
    score = past.scope.draws(f"past fall {year}")
    became = _best(score, stayed & (after < NOT_POOR), round(BECAME_POOR * past.scope.cohort))
    depth = choose(past.scope.draws(f"past depth {year}"), (0.3, 0.7))
    deeper = stayed & (after == NEAR_POOR) & (past.scope.draws(f"past better {year}") < 0.15)
    before: Whole = np.where(deeper, POOR, after)
    return np.where(left, depth, np.where(became, NOT_POOR, before))


def _told(past: Past) -> Flags:
    """Say of whom the sample itself has a review on the baseline date of the last year before."""
    told = np.zeros(len(past.register.ids), dtype=bool)
    told[: past.first_gone] = reviewed_earlier(past.scope, past.register)[: past.first_gone]
    return told


def _best(score: np.ndarray, among: Flags, count: int) -> Flags:
    """Choose the `count` with the highest score."""
    order = np.argsort(-score, kind="stable")
    chosen = np.zeros(len(score), dtype=bool)
    chosen[order[among[order]][:count]] = True
    return chosen


def _by_the_older(past: Past, state: Whole) -> Whole:
    """Say whom the older standard finds poor of those that the new one finds as in `state`."""
    chance = past.scope.draws("older standard")
    older: Whole = np.where((state == POOR) & (chance < NEAR_BY_THE_OLDER), NEAR_POOR, state)
    older = np.where((state < NOT_POOR) & (chance < NOT_BY_THE_OLDER), NOT_POOR, older)
    only = past.register.minority & (state == NOT_POOR) & (chance > 1 - ONLY_BY_THE_OLDER)
    return np.where(only, NEAR_POOR, older)


def past_statuses(past: Past, years: Mapping[int, Year]) -> pd.DataFrame:
    """Give the older rows of poverty_status.csv: by household, the earliest review first.

    Not everybody is in every review: the first one lists all, the next ones what has changed.
    """
    asked = past.register.minority.copy()
    asked[past.register.roles.no_group] = True
    known = np.full(len(past.register.ids), -1)
    told_on = past_baseline(past.scope.years[0] - 1)
    frames = []
    for review in _reviews(past, years):
        here = asked & past.register.present(review.day)
        new = here & (review.state != known)
        if review.all_poor:
            new |= here & (review.state < NOT_POOR)
        if review.day == told_on:
            new &= ~_told(past)
        frames.append(_rows(past, new, review.state, review.day, review.reason))
        known = np.where(here, review.state, known)
    frames.append(_departures(past, known))
    table = pd.concat(frames, ignore_index=True).sort_values(["home", "valid_from"], kind="stable")
    return table.drop(columns="home")


def _reviews(past: Past, years: Mapping[int, Year]) -> list[_Review]:
    """Give each baseline's review, and the older standard's last one before the change."""
    reviews = []
    for year, states in years.items():
        baseline = past_baseline(year)
        standard = DECISION if baseline < NEW_STANDARD_SINCE else DECREE
        if baseline != NEW_STANDARD_SINCE:
            reason = f"{REVIEWED} {baseline.year}, {standard}"
            reviews.append(_Review(baseline, states.before, reason, all_poor=False))
            continue
        if year - 1 in years:
            last = baseline - timedelta(days=1)
            reason = f"{REVIEWED} {last.year}, {DECISION}"
            reviews.append(_Review(last, years[year - 1].after, reason, all_poor=False))
        reviews.append(
            _Review(baseline, states.before, f"Xác định lại theo {DECREE}", all_poor=True)
        )
    return reviews


def _rows(past: Past, chosen: Flags, state: Whole, day: date, reason: str) -> pd.DataFrame:
    homes = np.flatnonzero(chosen)
    return pd.DataFrame(
        {
            "home": homes,
            "household": past.register.ids[homes],
            "status": pick(STATUSES, state[homes]),
            "valid_from": day.isoformat(),
            "reason": reason,
        }
    )


def _departures(past: Past, state: Whole) -> pd.DataFrame:
    """Say on the last day of those that are gone why they will be; their status is what it was."""
    homes = np.arange(past.first_gone, len(past.register.ids))
    last = past.register.left[homes] - np.timedelta64(1, "D")
    known = state[homes] >= 0
    return pd.DataFrame(
        {
            "home": homes[known],
            "household": past.register.ids[homes[known]],
            "status": pick(STATUSES, state[homes[known]]),
            "valid_from": written(last[known]),
            "reason": np.where(past.died_out[homes[known]], DIED, MOVED),
        }
    )
