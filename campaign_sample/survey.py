"""The quarterly survey of the sample: one file a quarter, one row a household that was asked.

The years before had one a year, in its last quarter, of the poor and near-poor only, and poorer the
older they are. A question whose column a file lacks was not on the form. A question that the sample
has no story for is answered at random.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import Column, codebook
from campaign_lib.plan import NEW_STANDARD_SINCE
from campaign_sample.households import Register
from campaign_sample.poverty import NOT_POOR, POOR, Year
from campaign_sample.scope import (
    COMMUNE,
    Days,
    Flags,
    Injury,
    Scope,
    Table,
    Texts,
    Whole,
    choose,
    days_from,
    injury,
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

GOODS, HOUSES, INCOME = COMMUNE["goods"], COMMUNE["house"]["choices"], COMMUNE["income"]
DEPRIVATIONS = COMMUNE["deprivations"]["names"]
#: What only some have fell behind by so much of what everybody fell behind.
RARER = 0.7


def living(register: Register, year: Year, quarter: Quarter, behind: float) -> dict[str, Texts]:
    """Give the answers of every household in `quarter`, as cells.

    `behind` is how far the shares were below those of the campaign's own quarters.
    """
    draws, state = register.scope.draws, year.state(quarter)
    # The chance stays, so a house changes only when the state does.
    edges = np.cumsum(COMMUNE["house"]["of"], axis=1)[:, :-1]
    house: Whole = (draws("house")[:, None] >= edges[state]).sum(axis=1)
    goods = {name: draws(name) < np.array(good["of"])[state] for name, good in GOODS.items()}
    stable = np.array(COMMUNE["stable_model"]["of"])[state] + 0.02 * quarter.number - behind
    return {
        "stable_model": yes_no(draws("stable model") < stable),
        **{name: yes_no(flags) for name, flags in goods.items()},
        "income": _income(register.scope, year, state, quarter).astype(str).astype(object),
        "house": pick(HOUSES, house),
        "cooperative": _cooperative(register, year.cohort, quarter, behind),
        **_loan(register.scope, quarter, behind),
        **_deprivations(register.scope, state, house, goods, quarter),
    }


def _income(scope: Scope, year: Year, state: Whole, quarter: Quarter) -> Whole:
    """Give incomes in tens, most of the not poor at the low end, a little more each quarter."""
    chance, not_poor = scope.draws("income"), state == NOT_POOR
    place = np.where(not_poor, chance * chance, chance)
    low, high = np.array(INCOME["of"])[state].T
    low = np.where((year.before < NOT_POOR) & not_poor, INCOME["after_escape"], low)
    wiggle = 30 * (scope.draws(f"income {quarter}") - 0.5) + 15 * quarter.number
    income = np.floor((low + place * (high - low) + wiggle) / 10).astype(np.int64) * 10
    return np.asarray(np.where(not_poor, income, np.minimum(income, high)))


def _cooperative(register: Register, cohort: Flags, quarter: Quarter, behind: float) -> Texts:
    about, draws = COMMUNE["cooperative"], register.scope.draws
    score = 0.45 * register.effort + 0.55 * draws("cooperative")
    share = about["by_quarter"][quarter.number - 1] - RARER * behind
    member = standing(score, cohort) > 1 - np.where(cohort, share, share + about["others_ahead"])
    kind = np.where(draws("group") < about["group_share"], 1, 2)
    return pick(about["choices"], np.where(member, kind, 0))


def _loan(scope: Scope, quarter: Quarter, behind: float) -> dict[str, Texts]:
    """Give the loans: about a third, a few more each quarter; million đồng, in fives."""
    about = COMMUNE["loan"]
    borrowed = scope.draws("borrowed") < 0.30 + 0.03 * quarter.number - RARER * behind
    amount = (5 * whole(scope.draws("loan"), 2, 20)).astype(str)
    lender = pick(about["lenders"], choose(scope.draws("lender"), about["weights"]))
    return {
        "borrowed": yes_no(borrowed),
        "loan_amount": np.where(borrowed, amount, "").astype(object),
        "loan_source": np.where(borrowed, lender, "").astype(object),
    }


def _deprivations(
    scope: Scope, state: Whole, house: Whole, goods: Mapping[str, Flags], quarter: Quarter
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
    # An order's order is each one's place in it.
    place = np.argsort(np.argsort(-urgency, axis=1, kind="stable"), axis=1, kind="stable")
    deprived = place < _how_many(scope, state, quarter)[:, None]
    return {name: yes_no(deprived[:, at]) for at, name in enumerate(DEPRIVATIONS)}


def _how_many(scope: Scope, state: Whole, quarter: Quarter) -> Whole:
    about, chance = COMMUNE["deprivations"], scope.draws("deprivations")
    poor, when_poor = state == POOR, about["when_poor"]
    many = when_poor + choose(chance, (0.40, 0.30, 0.20, 0.10))
    few, none = choose(chance, (0.25, 0.40, 0.35)), choose(chance, (0.70, 0.22, 0.08))
    contradicts = scope.draws(f"contradiction {quarter}") < about["contradictions"]
    contrary = np.where(poor, when_poor - 1, when_poor)
    return np.select([contradicts, poor, state == NOT_POOR], [contrary, many, none], few)


def attitudes(
    register: Register, cohort: Flags, quarter: Quarter, behind: float
) -> dict[str, Texts]:
    """Give every household's answers about how it thinks and works: better every quarter.

    Every household has a place among its like (the cohort, and the others), made of its own effort,
    of the theme and of the question; the first so many per cent say yes. So the answers to the
    questions of one indicator go together, and few households fall back. `behind` is as in
    `living`.
    """
    answers, draws = {}, register.scope.draws
    for question, about in COMMUNE["attitudes"].items():
        # Once a household has been told or takes part, it stays so for the year: no noise in time.
        noise = 0.0 if about["theme"] == "campaign" else 0.05
        score = (
            0.40 * register.effort
            + 0.40 * draws(f"theme {about['theme']}")
            + 0.20 * draws(question)
            + noise * draws(f"{question} {quarter}")
        )
        share = about["by_quarter"][quarter.number - 1] - behind
        # Who is not of the cohort is a little more likely to give the favourable answer.
        needed = 1 - np.where(cohort, share, min(1.0, share + 0.06))
        favourable = standing(score, cohort) > needed
        answers[question] = yes_no(favourable ^ (about.get("favourable") == "no"))
    return answers


# What goes wrong in a survey file: forms twice, a stranger, an answer that nobody offered.

ODD = COMMUNE["oddities"]
Changed = tuple[pd.DataFrame, Injury]


def with_oddities(
    scope: Scope, quarter: Quarter, file: str, cells: pd.DataFrame, cohort: Flags
) -> tuple[pd.DataFrame, list[Injury]]:
    """Give the survey with the oddities that belong to this quarter, and their list.

    `cohort` says which rows of `cells` are of the cohort; added rows come at the end of the file.
    """
    injuries: list[Injury] = []
    # Each quarter of the campaign gets one of them; a short one, the rest in its last.
    steps = ((3, _not_a_house), (0, _stranger), (1, _twice_the_same), (2, _twice))
    for place, step in steps:
        if scope.has_oddities and scope.quarter_of_oddity(place) == quarter:
            cells, odd = step(file, cells, cohort)
            injuries.append(odd)
    return cells, injuries


def _stranger(file: str, cells: pd.DataFrame, _: Flags) -> Changed:
    stranger = cells.iloc[[0]].assign(household=ODD["stranger"])
    return pd.concat([cells, stranger]), injury("stranger", [len(cells)], ODD["stranger"], file)


def _twice_the_same(file: str, cells: pd.DataFrame, _: Flags) -> Changed:
    at = len(cells) // 3
    form = cells.iloc[[at]]
    odd = injury("twice_the_same", (at, len(cells)), form["household"].iloc[0], file)
    return pd.concat([cells, form]), odd


def _twice(file: str, cells: pd.DataFrame, _: Flags) -> Changed:
    """Make the row an earlier visit; the later one, at the end, keeps the household's answers."""
    # Someone whose answers differ between the visits, wherever such a household is.
    half = len(cells) // 2
    differs = (cells[list(ODD["earlier_answers"])] == "yes").all(axis=1).to_numpy()
    at = half + int(np.argmax(differs[half:]))
    later = cells.iloc[[at]]
    day = date.fromisoformat(str(later["surveyed_on"].iloc[0])) - timedelta(days=ODD["earlier"])
    earlier = later.assign(surveyed_on=day.isoformat(), **ODD["earlier_answers"])
    odd = injury("twice", (at, len(cells)), later["household"].iloc[0], file)
    return pd.concat([cells.iloc[:at], earlier, cells.iloc[at + 1 :], later]), odd


def _not_a_house(file: str, cells: pd.DataFrame, cohort: Flags) -> Changed:
    """Put it where it matters: in the cohort, the best income, and only the house is not solid."""
    decides = cohort & (cells["stable_model"] == "yes") & (cells["house"] == "semi_solid")
    income = pd.to_numeric(cells["income"], errors="coerce").fillna(0)
    at = int(np.argmax(np.where(decides, income, 0)))
    houses = np.where(np.arange(len(cells)) == at, ODD["not_a_house"], cells["house"])
    return cells.assign(house=houses), injury("not_a_house", [at], ODD["not_a_house"], file)


SURVEY = codebook().tables["survey"]
#: Of a question without a story: the highest number where the codebook has none, and any text.
MOST, MADE_UP = 100, "trả lời hư cấu"
#: The survey with this place in the campaign is filled in by hand: có / không, dd/mm/yyyy.
BY_HAND = 1


def survey_file(quarter: Quarter) -> str:
    """Give the path of a quarter's survey below raw/."""
    return f"survey/{quarter}.csv"


def survey_tables(
    register: Register, everyone: Register, years: Mapping[int, Year]
) -> Iterator[tuple[Quarter, pd.DataFrame, Table]]:
    """Give each quarter, its answers as codes without anything odd, and its file.

    `register` are the households of the sample's own years, `everyone` also those before.
    """
    scope = register.scope
    for quarter in scope.past_quarters("survey"):
        clean = _asked_then(everyone, years[quarter.year], quarter)
        yield quarter, clean, Table(survey_file(quarter), _as_then(everyone.scope, quarter, clean))
    for place, quarter in enumerate(scope.quarters):
        year, file = years[quarter.year], survey_file(quarter)
        clean = survey_answers(register, year, quarter)
        said, cohort = with_refusals(scope, quarter, clean), year.cohort[clean.index]
        cells, injuries = with_oddities(scope, quarter, file, said, cohort)
        yield quarter, clean, Table(file, _by_hand(cells) if place == BY_HAND else cells, injuries)


def _asked_then(everyone: Register, year: Year, quarter: Quarter) -> pd.DataFrame:
    """Ask as in the years before; the least active villages had no enumerator, if there are others.

    Incomes are in tens: above the line less every year back, and all less under the older one.
    Nobody crosses the line by that, or poverty and income would contradict each other.
    """
    scope, told = everyone.scope, everyone.scope.told(year.year, "survey")
    met = scope.draws(f"met {quarter}") >= told["not_met"]
    without = told["no_enumerator"] if scope.villages > 2 else 0
    least = np.argsort(everyone.villages.drive, kind="stable")[:without]
    asked = year.cohort & met & ~np.isin(everyone.village, least)
    clean = survey_answers(everyone, year, quarter)
    clean = clean.loc[asked[clean.index]]
    income, line = clean["income"].astype(int), INCOME["line"]
    less = INCOME["less_a_year"] * (scope.years[0] - year.year)
    earned = income.clip(upper=line) + (income - line).clip(lower=0) * (1 - less)
    if year.year < NEW_STANDARD_SINCE.year:
        earned = earned * (2 / 3)  # what the older line was of the new one
    tens = (earned // 10 * 10).astype(int).astype(str).astype(object)
    return pd.DataFrame(clean.assign(income=tens))


def _as_then(scope: Scope, quarter: Quarter, clean: pd.DataFrame) -> pd.DataFrame:
    """Write it as in the years before: nobody noted who had asked, yes and no were 1 and 0."""
    told = scope.told(quarter.year, "survey")
    deprivations = DEPRIVATIONS if told.get("no_deprivations") else ()
    cells = with_refusals(scope, quarter, clean).replace({"yes": "1", "no": "0"})
    return cells.drop(columns=["enumerator", *told["not_asked"], *deprivations])


def survey_answers(register: Register, year: Year, quarter: Quarter) -> pd.DataFrame:
    """Ask the minority households that live here on the day: all of the cohort, nearly all others.

    The index is the household's position in the register.
    """
    scope, day = register.scope, _days(register, quarter)
    behind = scope.told(quarter.year, "survey")["behind"]
    asked = register.minority | register.having("no_group")  # the village knows who lives there
    asked &= register.present(day)
    asked &= year.cohort | (scope.draws(f"met {quarter}") >= COMMUNE["survey"]["not_met"])
    people = [f"Điều tra viên {number:02d} (hư cấu)" for number in range(1, scope.villages + 1)]
    cells = {
        "household": register.ids,
        "surveyed_on": written(day),
        "enumerator": pick(people, register.village),
        **attitudes(register, year.cohort, quarter, behind),
        **living(register, year, quarter, behind),
    }
    columns = [one for one in SURVEY.columns if one.is_in(str(quarter))]
    for column in columns:
        if column.code not in cells:
            cells[column.code] = drawn(scope, column, quarter, cells)
    return pd.DataFrame(
        {one.code: cells[one.code][asked] for one in columns},
        index=np.flatnonzero(asked),
        dtype=object,
    )


def drawn(scope: Scope, question: Column, quarter: Quarter, cells: Mapping[str, Texts]) -> Texts:
    """Answer a question that the sample has no story for; `cells` are the answers so far.

    Households keep their place among the answers from quarter to quarter, and each question draws
    from a stream of its own: it changes no other answer.
    """
    chance = scope.draws(f"answer {question.code}")
    if question.answers:
        codes = [one.code for one in question.answers]
        answers = pick(codes, np.floor(chance * len(codes)).astype(np.int64))
    elif question.type in ("number", "whole", "year"):
        answers = whole(chance, question.min or 0, question.max or MOST).astype(str).astype(object)
    elif question.type == "date":
        answers = written(days_from(quarter.first_day(), whole(chance, 0, 30)))
    else:
        answers = np.full(len(chance), MADE_UP, dtype=object)
    if question.only_if:
        answers = np.where(cells[question.only_if] == "yes", answers, "").astype(object)
    return answers


def _days(register: Register, quarter: Quarter) -> Days:
    """Give the day of each visit: late in the quarter, a week for each village."""
    scope = register.scope
    week = whole(scope.draws(f"week {quarter}", scope.villages), 0, 14)[register.village]
    visit = whole(scope.draws(f"visit {quarter}"), 0, 6)
    return days_from(quarter.last_day() - timedelta(days=24), week + visit)


def with_refusals(scope: Scope, quarter: Quarter, clean: pd.DataFrame) -> pd.DataFrame:
    """Leave some answers out, each in one of the ways in which people write that."""
    about, cells = COMMUNE["survey"], clean.copy()
    for name in (one.code for one in SURVEY.questions_in(str(quarter))):
        lacking = name == "informed" and quarter.number == 4
        rate = about["not_written_down" if lacking else "refused"]
        silent = scope.draws(f"refused {name} {quarter}")[clean.index] < rate
        marks = choose(scope.draws(f"mark {name} {quarter}")[clean.index], (0.5, 0.3, 0.2))
        cells[name] = cells[name].mask(silent, pick(about["refusals"], marks))
    return cells


def _by_hand(cells: pd.DataFrame) -> pd.DataFrame:
    """Write yes and no, and days, the way people do in Vietnamese."""
    days = pd.to_datetime(cells["surveyed_on"]).dt.strftime("%d/%m/%Y")
    return cells.replace({"yes": "có", "no": "không"}).assign(surveyed_on=days)
