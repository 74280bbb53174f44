"""What the commune's quarterly report sums up beside the ten indicators.

Functions from the built tables of one quarter to small tables: villages by need, campaign sessions,
models, funding, loans. They know nothing of words, pages or editions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from campaign_lib.base.answers import said, so_far
from campaign_lib.base.percent import hundredths
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import folded
from campaign_lib.indicators.households import poor_or_near_poor_on_the_later_date
from campaign_lib.indicators.steps import Question
from campaign_lib.indicators.ten import APPLIES_SCIENCE, IMPROVED_LIFE, has_stable_production_model

# Households that borrowed: how many, how much, from whom, and how they fare beside the others.
#
# The two groups differ in more than the loan, so what is set side by side is no effect of it.

#: Those who borrowed, those who did not, and those of whom it is not known or who were not asked.
BORROWED, NOT_BORROWED, REST = GROUPS = ("borrowed", "others", "rest")
STILL_POOR = "still_poor"
#: What the two groups are compared by: all of the questions must be a yes.
OUTCOMES: Mapping[str, tuple[Question, ...]] = {
    APPLIES_SCIENCE.id: APPLIES_SCIENCE.counts,
    "stable_model": (has_stable_production_model,),
    IMPROVED_LIFE.id: IMPROVED_LIFE.counts,
    STILL_POOR: (poor_or_near_poor_on_the_later_date,),
}


@dataclass(frozen=True)
class Borrowing:
    """What a base says of its loans.

    Attributes:
        base: households in the base; of them `surveyed` were asked.
        yes: borrowed; `no`: did not; `unknown`: were asked and did not answer.
        amounts_known: of those who borrowed, how many said how much.
        median: of the known amounts, million đồng; None without one.
        total: of the known amounts.
        sources: lender (a code; missing where not said), households, amounts_known,
            total: a row per lender, the most frequent first.
    """

    base: int
    surveyed: int
    yes: int
    no: int
    unknown: int
    amounts_known: int
    median: float | None
    total: float
    sources: pd.DataFrame


def borrowing(homes: pd.DataFrame) -> Borrowing:
    """Sum up the loans of some households of the panel, of one quarter."""
    asked = homes[homes["surveyed"]]
    answer = said(asked["borrowed"], "yes")
    borrowers = asked[answer.fillna(False).astype(bool)]
    amounts = borrowers["loan_amount"].dropna()
    return Borrowing(
        base=len(homes),
        surveyed=len(asked),
        yes=len(borrowers),
        no=int((~answer).fillna(False).sum()),
        unknown=int(answer.isna().sum()),
        amounts_known=len(amounts),
        median=float(amounts.median()) if len(amounts) else None,
        total=float(amounts.sum()),
        sources=_sources(borrowers),
    )


def _sources(borrowers: pd.DataFrame) -> pd.DataFrame:
    """Count by lender, those that nobody borrowed from left out."""
    table = borrowers.groupby("loan_source", dropna=False, observed=True).agg(
        households=("household", "size"),
        amounts_known=("loan_amount", "count"),
        total=("loan_amount", "sum"),
    )
    table = table.rename_axis("lender").reset_index()
    return table.sort_values("households", ascending=False, kind="stable", ignore_index=True)


def side_by_side(homes: pd.DataFrame) -> pd.DataFrame:
    """Compare those who borrowed with those who did not.

    Args:
        homes: the same as for `borrowing`.

    Returns:
        A row per outcome of `OUTCOMES` and group of `GROUPS`: outcome, group, yes, no, unknown.
        The groups and answers of an outcome add up to all of `homes`.
    """
    rows = []
    for outcome, questions in OUTCOMES.items():
        for name, group in _groups(homes).items():
            state = so_far([question(group).astype("boolean") for question in questions])[-1]
            answers = (state, ~state, state.isna())
            rows.append((outcome, name, *(int(one.fillna(False).sum()) for one in answers)))
    return pd.DataFrame(rows, columns=["outcome", "group", "yes", "no", "unknown"])


def median_incomes(homes: pd.DataFrame) -> dict[str, tuple[float | None, int]]:
    """Give each group's median income, thousand đồng per person per month, and of how many."""
    known = {name: group["income"].dropna() for name, group in _groups(homes).items()}
    return {
        name: (float(known[name].median()) if len(known[name]) else None, len(known[name]))
        for name in (BORROWED, NOT_BORROWED)
    }


def _groups(homes: pd.DataFrame) -> dict[str, pd.DataFrame]:
    answer = said(homes["borrowed"].where(homes["surveyed"]), "yes")
    masks = (answer, ~answer, answer.isna())
    return {
        name: homes[mask.fillna(False).astype(bool)]
        for name, mask in zip(GROUPS, masks, strict=True)
    }


# Money for the campaign: planned against disbursed, and what is not known.

#: The three national target programmes, then what else there is, as in the codebook.
NATIONAL = ("new_rural", "poverty_reduction", "minority_areas")
CREDIT = "policy_credit"
OTHERS = (CREDIT, "community", "other")
MONEY = ["planned", "disbursed"]
_SUMS = [*MONEY, "lines", "planned_unknown", "disbursed_unknown", "of_both", "disbursed_of_both"]


def without_credit(funding: pd.DataFrame) -> pd.DataFrame:
    """Leave out the lines of policy credit, for the public: such a line may be one loan."""
    return funding[funding["programme"] != CREDIT].reset_index(drop=True)


def sums_by(funding: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Add money up by some columns.

    Args:
        funding: lines of the funding table.
        keys: such as ``["programme"]``; none for one row of totals.

    Returns:
        The keys (as text, sorted), planned and disbursed (sums of the amounts that are known, in
        million đồng; missing where a group has none known), lines, planned_unknown and
        disbursed_unknown (lines that do not say), of_both and disbursed_of_both (planned and
        disbursed of the lines that say both: the only ones a share may be made of).
    """
    both = funding[MONEY].notna().all(axis=1)
    rows = funding.assign(
        **{key: funding[key].astype("str") for key in keys},
        lines=1,
        planned_unknown=funding["planned"].isna().astype(int),
        disbursed_unknown=funding["disbursed"].isna().astype(int),
        of_both=funding["planned"].where(both),
        disbursed_of_both=funding["disbursed"].where(both),
    )
    groups = rows.groupby(list(keys) or (lambda _: 0))
    return groups[_SUMS].sum(min_count=1).reset_index(drop=not keys)


def over_plan(funding: pd.DataFrame) -> pd.DataFrame:
    """Give the lines that disbursed more than was planned, with `over`, the largest first."""
    lines = funding[funding["disbursed"] > funding["planned"]]
    lines = lines.assign(over=lines["disbursed"] - lines["planned"])
    return lines.sort_values(
        ["over", "village"], ascending=[False, True], kind="stable", ignore_index=True
    )


# Models of the Fatherland Front and of the residential areas: new, kept up, ended.

NEW, KEPT_UP, ENDED = "new", "kept_up", "ended"
FRONT, AREA = "commune_front", "residential_area"


def as_known(models: pd.DataFrame) -> pd.DataFrame:
    """Leave out the days that came after the quarter: its page tells what was known at its end.

    Args:
        models: the panel's models of one quarter.
    """
    days = models[["started_on", "ended_on"]]
    return models.assign(**days.where(days.le(models["last_day"], axis=0)))


def with_states(models: pd.DataFrame) -> pd.DataFrame:
    """Give the models that are told of in a quarter, each with its `state`.

    One that was begun this year is new even if it has ended since; `going_on` says whether a model
    still goes on after the quarter's last day.

    Args:
        models: the panel's models of one quarter.
    """
    ended = models["ended_on"].between(models["year_first_day"], models["last_day"])
    ended &= models["started_on"].notna()  # what was only registered has not ended
    state = pd.Series(pd.NA, index=models.index, dtype="str")
    state[ended] = ENDED
    state[models["kept_up"]] = KEPT_UP
    state[models["built_this_year"]] = NEW
    told = models.assign(state=state, going_on=~ended)
    return told[told["state"].notna()].reset_index(drop=True)


def registrations(models: pd.DataFrame) -> pd.DataFrame:
    """Give the models registered this year, and earlier ones that have not begun.

    Args:
        models: the panel's models of one quarter.

    Returns:
        Their rows, with `this_year` (registered this year), `begun` (by the quarter's last day) and
        `waiting` (not begun by then, nor given up).
    """
    today = models["last_day"]
    begun, gone = (models[name] <= today for name in ("started_on", "ended_on"))
    waiting = (models["registered_on"] <= today) & ~begun & ~gone
    this_year = models["registered_on"].between(models["year_first_day"], today)
    told = models.assign(this_year=this_year, begun=begun, waiting=waiting)[this_year | waiting]
    return told.sort_values(["owner", "village", "area", "model"], ignore_index=True)


def spread(models: pd.DataFrame) -> pd.DataFrame:
    """Give the models that were copied from another one, begun this year or registered.

    Takes what `registrations` takes; `waiting` says which have not begun.
    """
    waiting = set(registrations(models).query("waiting")["model"])
    told = models.assign(waiting=models["model"].isin(waiting))
    told = told[told["copied_from"].notna() & (told["waiting"] | told["built_this_year"])]
    return told.sort_values(["owner", "village", "area", "model"], ignore_index=True)


def earlier_ones(models: pd.DataFrame) -> pd.DataFrame:
    """Give the models that there were when the year began; `models` are from `with_states`."""
    return models[models["state"].isin([KEPT_UP, ENDED])]


def models_by_village(models: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Sum up what the residential areas have, village by village.

    Args:
        models: from `with_states`.
        areas: the panel's residential areas of the same quarter.

    Returns:
        A row per village: village, areas, with_new (areas with a new model), without (numbers of
        those that have none), new, kept_up, ended (models), households (taking part in models
        that go on, as far as known) and households_unknown (such models that do not say).
    """
    own = models[models["owner"] == AREA].astype({"village": "str"})
    lists = areas.astype({"village": "str"}).sort_values(["village", "area"])
    grouped = lists.groupby("village")
    table = pd.DataFrame(
        {
            "areas": grouped.size(),
            "with_new": grouped["new_models"].agg(lambda new: int((new > 0).sum())),
        }
    )
    bare = lists[lists["new_models"] == 0].groupby("village")["area"].agg(tuple)
    table["without"] = [bare.get(village, ()) for village in table.index]
    states = pd.crosstab(own["village"], own["state"])
    states = states.reindex(index=table.index, columns=[NEW, KEPT_UP, ENDED], fill_value=0)
    going = own[own["going_on"]].groupby("village")["households"]
    households = going.agg(households="sum", households_unknown=lambda known: known.isna().sum())
    households = households.reindex(table.index, fill_value=0).fillna(0).astype(int)
    return pd.concat([table, states, households], axis=1).rename_axis("village").reset_index()


def without_an_area(models: pd.DataFrame) -> int:
    """Count the areas' models that say no usable area, and so count for none."""
    return int(((models["owner"] == AREA) & models["area"].isna()).sum())


# Shares as every report prints them: whole hundredths of a percent, rounded half up.


def rate(numerator: int, denominator: int) -> float | None:
    """Give a share in percent; None where there is nothing to share."""
    return hundredths(numerator, denominator) / 100 if denominator else None


def in_percent(counts: pd.Series, bases: pd.Series) -> pd.Series:
    """Give counts in percent of their bases, as printed; missing where the base is empty."""
    empty = (bases == 0).to_numpy()
    values = hundredths(counts.to_numpy(np.int64), np.maximum(bases.to_numpy(np.int64), 1))
    return pd.Series(pd.arrays.IntegerArray(values, empty), index=counts.index) / 100


# The campaign's communication sessions: when, by whom, for how many, together with what.

#: With how many of the two named movements a session was run together.
TOGETHER = ("both", "one", "neither", "not_recorded")
_SESSIONS = ["sessions", "attending", "attending_unknown", *TOGETHER]


def held_in(activities: pd.DataFrame, year: int, calendar: str) -> pd.Series:
    """Say in which quarter of a year each activity was held; missing if in another year.

    Args:
        activities: with `held_on`.
        year: of the reporting quarters.
        calendar: of the plan.
    """
    found = pd.Series(pd.NA, index=activities.index, dtype="str")
    for quarter in (Quarter(year, number) for number in range(1, 5)):
        first, last = map(pd.Timestamp, (quarter.first_day(calendar), quarter.last_day(calendar)))
        found[activities["held_on"].between(first, last)] = str(quarter)
    return found


def sessions_by(activities: pd.DataFrame, key: str, order: Iterable[str] = ()) -> pd.DataFrame:
    """Count sessions by what stands in a column.

    Args:
        activities: of the panel, each once.
        key: the column, such as `led_by`; what is missing in it has a row of its own, the last.
        order: rows that are there even if nothing was held, first and in this order; without it
            the most frequent comes first.

    Returns:
        `key`, sessions, attending (households at the sessions that say how many; who came twice
        counts twice), attending_unknown (sessions that do not say), and how many were run together
        with both named movements, with one, with neither, and with nobody knows what.
    """
    movements = activities["movements"].map({2.0: "both", 1.0: "one", 0.0: "neither"})
    together = movements.fillna("not_recorded")
    rows = activities.assign(
        **{key: activities[key].astype("str")},
        attending=activities["households_attending"].fillna(0).astype(int),
        attending_unknown=activities["households_attending"].isna().astype(int),
        sessions=1,
        **{name: (together == name).astype(int) for name in TOGETHER},
    )
    table = rows.groupby(key, dropna=False)[_SESSIONS].sum()
    known = table[table.index.notna()].sort_values("sessions", ascending=False, kind="stable")
    if order := list(order):
        known = known.reindex(order, fill_value=0)
    return pd.concat([known, table[table.index.isna()]]).rename_axis(key).reset_index()


def villages_without(activities: pd.DataFrame, villages: Iterable[str]) -> list[str]:
    """Name the villages that none of these activities is of."""
    there = set(activities["village"].dropna().astype("str"))
    return [village for village in villages if village not in there]


# Who carries the campaign in the villages, and which old customs are going.


def force(people: pd.DataFrame, activities: pd.DataFrame, villages: Sequence[str]) -> pd.DataFrame:
    """Count who is there for the campaign, and the sessions that were led by such people.

    Args:
        people: rows of the table `people`, of those who are there.
        activities: of the panel, each once; those without a village are nobody's.
        villages: all of them, in the order of the rows.

    Returns:
        village, and for each role `people_<role>`, and `led_<role>`: sessions led by somebody of
        it (none by an exemplary producer, which no session names).
    """
    parts = []
    both = {"people": (people, "role"), "led": (activities, "led_by")}
    for what, (rows, key) in both.items():
        counts = pd.crosstab(rows["village"].astype("str"), rows[key].astype("str"))
        counts = counts.reindex(
            index=list(villages), columns=people["role"].cat.categories, fill_value=0
        )
        parts.append(counts.add_prefix(f"{what}_"))
    return pd.concat(parts, axis=1).rename_axis("village").reset_index()


def latest_customs(customs: pd.DataFrame) -> pd.DataFrame:
    """Give what was last seen of each custom in each village; `same` is equal for one custom."""
    rows = customs.assign(same=customs["custom"].map(folded)).sort_values("seen_on", kind="stable")
    rows = rows.drop_duplicates(["village", "same"], keep="last")
    return rows.sort_values(["same", "village"], ignore_index=True)


# Which villages need help first, read off their verdicts.

MET, ON_TRACK, BEHIND, UNMEASURED = _JUDGED = ("met", "on_track", "behind", "unmeasured")


def by_need(lines: pd.DataFrame) -> pd.DataFrame:
    """Put villages in the order in which they need a visit.

    First those with the most targets that are behind or cannot be measured, then those with the
    most behind, then those that have come the least far on average towards their target counts.

    Args:
        lines: lines of results of villages, of one quarter.

    Returns:
        A row per village, the one in most need first: village, judged (how many targets it has; one
        without anybody to count is none),
        met, on_track, behind, unmeasured, reached (mean share of its target counts, at most 1 of
        each; missing where none is measured).
    """
    # Where nobody is poor there is nobody to ask: no base is no need, but no session is one.
    empty = (lines["denominator"] == 0).fillna(False).astype(bool)
    nobody = (lines["status"] == UNMEASURED) & empty
    judged = lines[lines["status"].isin(_JUDGED) & ~(nobody & (lines["unit"] != "activity"))]
    counts = pd.crosstab(judged["place"], judged["status"]).reindex(
        index=sorted(lines["place"].unique()), columns=list(_JUDGED), fill_value=0
    )
    measured = judged[(judged["status"] != UNMEASURED) & (judged["target_count"] > 0)]
    share = (measured["numerator"] / measured["target_count"]).astype(float).clip(upper=1)
    counts["reached"] = share.groupby(measured["place"]).mean().reindex(counts.index)
    counts["judged"] = counts[list(_JUDGED)].sum(axis=1)
    counts["open"] = counts[BEHIND] + counts[UNMEASURED]
    counts = counts.rename_axis(index="village", columns=None).reset_index()
    order = {"open": False, BEHIND: False, "reached": True, "village": True}
    counts = counts.sort_values(
        list(order), ascending=list(order.values()), na_position="first", ignore_index=True
    )
    return counts[["village", "judged", *_JUDGED, "reached"]]


def worst_first(lines: pd.DataFrame) -> pd.DataFrame:
    """Sort lines of one indicator: behind, not measured, on track, met, others; wide gaps first."""
    rank = lines["status"].map({BEHIND: 0, UNMEASURED: 1, ON_TRACK: 2, MET: 3}).fillna(4)
    gap = lines["shortfall"].astype("Float64").fillna(-1)
    keys = lines.assign(_rank=rank.astype(int), _gap=-gap)
    return lines.loc[keys.sort_values(["_rank", "_gap", "percent", "place"], kind="stable").index]
