"""The quarterly survey of the sample: one file a quarter, one row a household that was asked."""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_sample.households import Register
from campaign_sample.poverty import NOT_POOR, POOR, Year
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
    yes_no,
)

# What a household has: income, house, goods, cooperative, loan, and the twelve deprivations.
#
# The measure is Decree 07/2021 for rural areas: poor is an income of at most 1.5 million đồng per
# person per month together with three or more of twelve deprivations; near-poor the same income
# with fewer. The answers follow a household's economic state; a few contradict it.

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


# Answers about how a household thinks and works: a story per theme, better every quarter.
#
# Every household has a place among its like (the cohort, and the others), made of its own effort,
# of the theme and of the question; the first so many per cent say yes. So the answers to the
# questions of one indicator go together, and few households fall back.

#: Question: theme, then the share of the cohort with the favourable answer by the end of Q1 to Q4.
FAVOURABLE = {
    "informed": ("campaign", 0.52, 0.78, 0.95, 1.00),
    "takes_part": ("campaign", 0.62, 0.76, 0.88, 0.965),
    "dropped_customs": ("mind", 0.45, 0.62, 0.76, 0.885),
    "relies_on_state": ("mind", 0.40, 0.56, 0.71, 0.85),
    "self_reliance": ("mind", 0.43, 0.60, 0.75, 0.87),
    "applies_technique": ("science", 0.26, 0.41, 0.54, 0.665),
    "suitable_breeds": ("science", 0.24, 0.38, 0.51, 0.635),
    "saves_reinvests": ("science", 0.28, 0.43, 0.56, 0.675),
}
#: Here the favourable answer is no.
FAVOURABLE_NO = frozenset({"relies_on_state"})
#: Once a household has been told or takes part, it stays so for the year: no noise in time.
LASTING = "campaign"
#: Who is not of the cohort is this much more likely to give the favourable answer.
THINKING_AHEAD = 0.06


def attitudes(
    scope: Scope, register: Register, cohort: Flags, quarter: Quarter, behind: float = 0.0
) -> dict[str, Flags]:
    """Give each question's answer (True is yes) of every household in `quarter`.

    `behind` is how far the shares were below those of the campaign's own quarters.
    """
    answers = {}
    for question, (theme, *shares) in FAVOURABLE.items():
        noise = 0.0 if theme == LASTING else 0.05
        score = (
            0.40 * register.effort
            + 0.40 * scope.draws(f"theme {theme}")
            + 0.20 * scope.draws(question)
            + noise * scope.draws(f"{question} {quarter}")
        )
        share = shares[quarter.number - 1] - behind
        needed = 1 - np.where(cohort, share, min(1.0, share + THINKING_AHEAD))
        favourable = standing(score, cohort) > needed
        answers[question] = ~favourable if question in FAVOURABLE_NO else favourable
    return answers


# What goes wrong in a survey file: forms twice, a stranger, an answer that nobody offered.

#: A house type that the form does not offer (a bamboo house).
NOT_A_HOUSE = "nhà tre"
#: No village has this many households in the sample.
STRANGER = "T0-000"
#: Of these oddities, which quarter of the campaign gets which.
STRANGER_IN, TWICE_THE_SAME_IN, TWICE_IN, NOT_A_HOUSE_IN = range(4)
#: A household surveyed twice was visited this many days earlier, and then said this.
EARLIER = 6
EARLIER_ANSWERS = {"dropped_customs": "no", "self_reliance": "no", "applies_technique": "no"}


def with_oddities(
    scope: Scope, quarter: Quarter, file: str, cells: pd.DataFrame, cohort: Flags
) -> tuple[pd.DataFrame, tuple[Injury, ...]]:
    """Give the survey with the oddities that belong to this quarter, and their list.

    `cohort` says which rows of `cells` are of the cohort; added rows come at the end of the file.
    """
    injuries: list[Injury] = []
    if not scope.has_oddities:
        return cells, ()
    steps = (
        (STRANGER_IN, _stranger),
        (TWICE_THE_SAME_IN, _twice_the_same),
        (TWICE_IN, _twice),
    )
    if scope.quarter_of_oddity(NOT_A_HOUSE_IN) == quarter:
        cells, injury = _not_a_house(file, cells, cohort)
        injuries.append(injury)
    for place, step in steps:
        if scope.quarter_of_oddity(place) == quarter:
            cells, injury = step(file, cells)
            injuries.append(injury)
    return cells, tuple(injuries)


def _stranger(file: str, cells: pd.DataFrame) -> tuple[pd.DataFrame, Injury]:
    stranger = cells.iloc[[0]].assign(household=STRANGER)
    return pd.concat([cells, stranger]), Injury(
        file,
        (len(cells) + 2,),
        "household",
        STRANGER,
        "Hộ không có trong danh sách của xã.",
        "A household that is not in the register.",
        "row refused",
    )


def _twice_the_same(file: str, cells: pd.DataFrame) -> tuple[pd.DataFrame, Injury]:
    at = len(cells) // 3
    household = str(cells["household"].iloc[at])
    return pd.concat([cells, cells.iloc[[at]]]), Injury(
        file,
        (at + 2, len(cells) + 2),
        "household",
        household,
        "Một phiếu nộp hai lần, nội dung giống hệt.",
        "One form handed in twice, the same to the letter.",
        "superseded",
    )


def _twice(file: str, cells: pd.DataFrame) -> tuple[pd.DataFrame, Injury]:
    """Make the row an earlier visit; the later one, at the end, keeps the household's answers."""
    answers = cells[list(EARLIER_ANSWERS)]
    # Someone whose answers differ between the visits, wherever such a household is.
    at = int(np.argmax((answers == "yes").all(axis=1).to_numpy()[len(cells) // 2 :]))
    at += len(cells) // 2
    later = cells.iloc[[at]]
    day = date.fromisoformat(str(later["surveyed_on"].iloc[0])) - timedelta(days=EARLIER)
    earlier = later.assign(surveyed_on=day.isoformat(), **EARLIER_ANSWERS)
    before, after = cells.iloc[:at], cells.iloc[at + 1 :]
    return pd.concat([before, earlier, after, later]), Injury(
        file,
        (at + 2, len(cells) + 2),
        "household",
        str(later["household"].iloc[0]),
        "Hộ được điều tra hai lần trong quý, câu trả lời khác nhau; phiếu sau được giữ.",
        "A household surveyed twice in the quarter with other answers; the later form stands.",
        "superseded",
    )


def _not_a_house(file: str, cells: pd.DataFrame, cohort: Flags) -> tuple[pd.DataFrame, Injury]:
    """Put it where it matters: in the cohort, the best income, and only the house is not solid."""
    decides = cohort & (cells["stable_model"] == "yes") & (cells["house"] == "semi_solid")
    income = pd.to_numeric(cells["income"], errors="coerce").fillna(0)
    at = int(np.argmax(np.where(decides, income, 0)))
    houses = cells["house"].to_numpy(object).copy()
    houses[at] = NOT_A_HOUSE
    return cells.assign(house=houses), Injury(
        file,
        (at + 2,),
        "house",
        NOT_A_HOUSE,
        "Loại nhà không có trong phiếu.",
        "A kind of house that the form does not offer.",
        "set to unknown",
    )


COLUMNS = (
    "household",
    "surveyed_on",
    "enumerator",
    "informed",
    "takes_part",
    "dropped_customs",
    "relies_on_state",
    "self_reliance",
    "applies_technique",
    "suitable_breeds",
    "saves_reinvests",
    "stable_model",
    *GOODS,
    "income",
    "house",
    "cooperative",
    "borrowed",
    "loan_amount",
    "loan_source",
    *DEPRIVATIONS,
)
FIRST_ANSWER = COLUMNS.index("informed")
#: How people write that nothing was said; each is an unknown answer, none is a no.
REFUSALS = ("", "kr", "?")
REFUSED = 0.004
#: In a year's last survey everybody has been told, but some enumerators left the answer out.
NOT_WRITTEN_DOWN = 0.02
#: Minority households outside the cohort that nobody met.
NOT_MET = 0.025
#: The survey with this place in the campaign is filled in by hand: có / không, dd/mm/yyyy.
BY_HAND = 1


def survey_file(quarter: Quarter) -> str:
    """Give the path of a quarter's survey below raw/."""
    return f"survey/{quarter}.csv"


def survey_tables(
    scope: Scope, register: Register, years: dict[int, Year]
) -> Iterator[tuple[Quarter, pd.DataFrame, Table]]:
    """Give each quarter, its answers as codes without anything odd, and its file."""
    for place, quarter in enumerate(scope.quarters):
        year = years[quarter.year]
        clean = survey_answers(scope, register, year, quarter)
        file = survey_file(quarter)
        cells, injuries = with_oddities(
            scope, quarter, file, with_refusals(scope, quarter, clean), year.cohort[clean.index]
        )
        yield quarter, clean, Table(file, _by_hand(cells) if place == BY_HAND else cells, injuries)


def survey_answers(
    scope: Scope, register: Register, year: Year, quarter: Quarter, behind: float = 0.0
) -> pd.DataFrame:
    """Ask the minority households that live here on the day: all of the cohort, nearly all others.

    The index is the household's position in the register. `behind` is as in `attitudes`.
    """
    day = _days(scope, register, quarter)
    asked = register.minority.copy()
    asked[register.roles.no_group] = True  # the village knows who lives there
    asked &= register.present(day)
    asked &= year.cohort | (scope.draws(f"met {quarter}") >= NOT_MET)
    enumerator = pick(
        [f"Điều tra viên {number:02d} (hư cấu)" for number in range(1, scope.villages + 1)],
        register.village,
    )
    cells: dict[str, Texts] = {
        "household": register.ids,
        "surveyed_on": written(day),
        "enumerator": enumerator,
        **{
            question: yes_no(said)
            for question, said in attitudes(scope, register, year.cohort, quarter, behind).items()
        },
        **living(scope, register, year, quarter, behind),
    }
    return pd.DataFrame(
        {name: cells[name][asked] for name in COLUMNS}, index=np.flatnonzero(asked), dtype=object
    )


def _days(scope: Scope, register: Register, quarter: Quarter) -> Days:
    """Give the day of each visit: late in the quarter, a week for each village."""
    start = quarter.last_day() - timedelta(days=24)
    village_week = whole(scope.draws(f"week {quarter}", scope.villages), 0, 14)
    visits = village_week[register.village] + whole(scope.draws(f"visit {quarter}"), 0, 6)
    return days_from(start, visits)


def with_refusals(scope: Scope, quarter: Quarter, clean: pd.DataFrame) -> pd.DataFrame:
    """Leave some answers out, each in one of the ways in which people write that."""
    cells = clean.copy()
    for name in COLUMNS[FIRST_ANSWER:]:
        rate = REFUSED
        if name == "informed" and quarter.number == 4:
            rate = NOT_WRITTEN_DOWN
        silent = scope.draws(f"refused {name} {quarter}")[clean.index] < rate
        marks = choose(scope.draws(f"mark {name} {quarter}")[clean.index], (0.5, 0.3, 0.2))
        cells[name] = np.where(silent, pick(REFUSALS, marks), clean[name].to_numpy(object))
    return cells


def _by_hand(cells: pd.DataFrame) -> pd.DataFrame:
    """Write yes and no, and days, the way people do in Vietnamese."""
    words = cells.replace({"yes": "có", "no": "không"})
    parts = cells["surveyed_on"].str.split("-", expand=True)
    return words.assign(surveyed_on=parts[2] + "/" + parts[1] + "/" + parts[0])
