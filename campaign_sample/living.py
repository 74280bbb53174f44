"""What a household has: income, house, goods, cooperative, loan, and the twelve deprivations.

The measure is Decree 07/2021 for rural areas: poor is an income of at most 1.5 million đồng per
person per month together with three or more of twelve deprivations; near-poor the same income
with fewer. The answers follow a household's economic state; a few contradict it.
"""

import numpy as np

from campaign_lib.base.quarters import Quarter
from campaign_sample.draws import Flags, Texts, Whole, choose, pick, standing, whole, yes_no
from campaign_sample.households import Register
from campaign_sample.poverty import NOT_POOR, POOR, Year
from campaign_sample.scope import Scope

GOODS = ("has_tv", "has_motorbike", "has_phone", "has_fridge", "has_rice_cooker")
#: How many of the poor, the near-poor and the others have each of the goods.
OWNED = ((0.55, 0.74, 0.95), (0.6, 0.8, 0.97), (0.8, 0.9, 0.99), (0.1, 0.25, 0.7), (0.4, 0.6, 0.92))
HOUSES = ("simple", "frail", "semi_solid", "solid")
#: Shares of the house types among the poor, the near-poor and the others.
HOUSED = np.array([(0.15, 0.30, 0.43, 0.12), (0.05, 0.15, 0.50, 0.30), (0.01, 0.02, 0.11, 0.86)])
DEPRIVATIONS = (
    "dep_work",
    "dep_dependents",
    "dep_nutrition",
    "dep_insurance",
    "dep_adult_education",
    "dep_child_school",
    "dep_house_quality",
    "dep_house_area",
    "dep_water",
    "dep_toilet",
    "dep_telecom",
    "dep_information",
)
DEPRIVED_WHEN_POOR = 3
#: Thousand đồng per person per month: the poor, the near-poor, the others from - to.
INCOMES = np.array([(600, 1_400), (1_000, 1_500), (1_580, 3_400)])
#: Who has just left poverty did so with a jump: it is at least here that the income begins.
AFTER_ESCAPE = 1_800
STABLE = np.array([0.17, 0.38, 0.88])
#: The share of cohort members in a group or cooperative by the end of Q1 to Q4; the others lead.
JOINED, OTHERS_AHEAD, GROUP_SHARE = (0.11, 0.16, 0.21, 0.275), 0.1, 0.65
#: What only some have fell behind by so much of what everybody fell behind.
RARER = 0.7
LENDERS = (
    "Ngân hàng Chính sách xã hội",
    "Ngân hàng Nông nghiệp",
    "Quỹ hỗ trợ nông dân",
    "Người thân",
)
CONTRADICTIONS = 0.015


def living(
    scope: Scope, register: Register, year: Year, quarter: Quarter, behind: float = 0.0
) -> dict[str, Texts]:
    """Give the answers of every household in `quarter`, as cells.

    `behind` is how far the shares were below those of the campaign's own quarters.
    """
    state = year.state(quarter)
    house = _house(scope, state)
    goods = {
        name: scope.draws(name) < np.array(owned)[state]
        for name, owned in zip(GOODS, OWNED, strict=True)
    }
    stable = scope.draws("stable model") < STABLE[state] + 0.02 * quarter.number - behind
    return {
        "stable_model": yes_no(stable),
        **{name: yes_no(flags) for name, flags in goods.items()},
        "income": _income(scope, year, state, quarter).astype(str).astype(object),
        "house": pick(HOUSES, house),
        **_cooperative(scope, register, year.cohort, quarter, behind),
        **_loan(scope, quarter, behind),
        **_deprivations(scope, state, house, goods, quarter),
    }


def _house(scope: Scope, state: Whole) -> Whole:
    """Give the house types: the chance stays, so a house changes only when the state does."""
    edges = np.cumsum(HOUSED, axis=1)[:, :-1]
    types: Whole = (scope.draws("house")[:, None] >= edges[state]).sum(axis=1)
    return types


def _income(scope: Scope, year: Year, state: Whole, quarter: Quarter) -> Whole:
    """Give incomes in tens, most of the not poor at the low end, a little more each quarter."""
    chance = scope.draws("income")
    place = np.where(state == NOT_POOR, chance * chance, chance)
    escaped = (year.before < NOT_POOR) & (state == NOT_POOR)
    low, high = np.where(escaped, AFTER_ESCAPE, INCOMES[state, 0]), INCOMES[state, 1]
    wiggle = 30 * (scope.draws(f"income {quarter}") - 0.5) + 15 * quarter.number
    income = np.floor((low + place * (high - low) + wiggle) / 10).astype(np.int64) * 10
    capped: Whole = np.where(state == NOT_POOR, income, np.minimum(income, INCOMES[state, 1]))
    return capped


def _cooperative(
    scope: Scope, register: Register, cohort: Flags, quarter: Quarter, behind: float
) -> dict[str, Texts]:
    score = 0.45 * register.effort + 0.55 * scope.draws("cooperative")
    share = JOINED[quarter.number - 1] - RARER * behind
    member = standing(score, cohort) > 1 - np.where(cohort, share, share + OTHERS_AHEAD)
    kind = np.where(scope.draws("group") < GROUP_SHARE, 1, 2)
    return {"cooperative": pick(("none", "group", "cooperative"), np.where(member, kind, 0))}


def _loan(scope: Scope, quarter: Quarter, behind: float) -> dict[str, Texts]:
    """Give the loans: about a third, a few more each quarter; million đồng, in fives."""
    borrowed = scope.draws("borrowed") < 0.30 + 0.03 * quarter.number - RARER * behind
    amount = (5 * whole(scope.draws("loan"), 2, 20)).astype(str)
    lender = pick(LENDERS, choose(scope.draws("lender"), (0.8, 0.1, 0.06, 0.04)))
    return {
        "borrowed": yes_no(borrowed),
        "loan_amount": np.where(borrowed, amount, "").astype(object),
        "loan_source": np.where(borrowed, lender, "").astype(object),
    }


def _deprivations(
    scope: Scope, state: Whole, house: Whole, goods: dict[str, Flags], quarter: Quarter
) -> dict[str, Texts]:
    """Give as many as the state says; those that the house and the goods show come first."""
    urgency = np.stack([scope.draws(name) for name in DEPRIVATIONS], axis=1)
    shown = {
        "dep_house_quality": house < HOUSES.index("semi_solid"),
        "dep_telecom": ~goods["has_phone"],
        "dep_information": ~goods["has_phone"] & ~goods["has_tv"],
    }
    for name, lacking in shown.items():
        urgency[:, DEPRIVATIONS.index(name)] += np.where(lacking, 1.0, -1.0)
    order = np.argsort(-urgency, axis=1, kind="stable")
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(len(DEPRIVATIONS))[None, :], axis=1)
    deprived = place < _how_many(scope, state, quarter)[:, None]
    return {name: yes_no(deprived[:, at]) for at, name in enumerate(DEPRIVATIONS)}


def _how_many(scope: Scope, state: Whole, quarter: Quarter) -> Whole:
    chance = scope.draws("deprivations")
    many = DEPRIVED_WHEN_POOR + choose(chance, (0.40, 0.30, 0.20, 0.10))
    few = choose(chance, (0.25, 0.40, 0.35))
    none = choose(chance, (0.70, 0.22, 0.08))
    count = np.select([state == POOR, state == NOT_POOR], [many, none], few)
    contradicts = scope.draws(f"contradiction {quarter}") < CONTRADICTIONS
    contrary = np.where(state == POOR, DEPRIVED_WHEN_POOR - 1, DEPRIVED_WHEN_POOR)
    return np.where(contradicts, contrary, count)
