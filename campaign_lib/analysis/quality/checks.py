"""A check is a question with a name whose yes is a contradiction; here checks are asked.

Its words stand in words/data_quality.toml under the function's name. An unknown answer is never a
contradiction: checks combine their answers with `base.answers`, and only a sure yes counts.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from campaign_lib.base.answers import at_least, either, enough_of, more_than, said
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook, folded
from campaign_lib.codebook.problems import KEPT, PLACES, in_order, problem_lines, sentence
from campaign_lib.indicators.panel import Panel
from campaign_lib.indicators.register import Register
from campaign_lib.indicators.steps import Question, columns_read
from campaign_lib.indicators.ten import ESSENTIAL_GOODS
from campaign_lib.intake import Campaign
from campaign_lib.plan import UNLISTED

#: What a column of the household's quarter before begins with.
BEFORE = "before_"


@dataclass(frozen=True)
class Outcome:
    """What a check found.

    Attributes:
        name: the check's.
        reads: the columns that it looks at.
        missing: those of them that the survey did not ask at all; then nothing was looked at.
        looked_at: of how many households there is an answer, yes or no.
        unknown: of how many there is none.
        found: the rows of the households that contradict themselves.
    """

    name: str
    reads: tuple[str, ...]
    missing: tuple[str, ...]
    looked_at: int
    unknown: int
    found: pd.DataFrame

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions it looks at, each once, whether as they were answered now or before."""
        own = (name.removeprefix(BEFORE) for name in self.reads if _is_question(name))
        return tuple(dict.fromkeys(own))


def look(checks: Iterable[Question], rows: pd.DataFrame, asked: Set[str]) -> tuple[Outcome, ...]:
    """Ask every check of some households.

    Args:
        checks: what to look for.
        rows: surveyed households, with the columns that the checks read.
        asked: the columns of `rows` that come from a question that was asked.
    """
    return tuple(_look(check, rows, asked) for check in checks)


def _look(check: Question, rows: pd.DataFrame, asked: Set[str]) -> Outcome:
    reads = columns_read(check, rows)
    missing = tuple(name for name in reads if _is_question(name) and name not in asked)
    if missing:
        return Outcome(check.__name__, reads, missing, 0, 0, rows.iloc[:0])
    answers = check(rows)
    unknown, yes = int(answers.isna().sum()), np.flatnonzero(answers.to_numpy(bool, na_value=False))
    found = rows.iloc[yes] if len(yes) else rows.iloc[:0]  # mostly nobody, which costs nothing
    return Outcome(check.__name__, reads, (), len(rows) - unknown, unknown, found)


def _is_question(column: str) -> bool:
    """Say whether a column holds answers, now or before; the register is always there."""
    return column.removeprefix(BEFORE) in _questions()


@cache
def _questions() -> tuple[str, ...]:
    return tuple(column.code for column in codebook().tables["survey"].questions)


# Answers of one form that cannot all be true.
#
# What is merely unlikely is not here: a household may take part before it has been told of the
# campaign this year, and have a telephone without anybody using the internet. The deprivations are
# those of Decree 07/2021/ND-CP, as far as the form's other questions show them.

#: The kinds of house with two or three of the main parts (columns, roof, walls) built to last. The
#: decree calls a household deprived when fewer than two are.
LASTING, NOT_LASTING = ("solid", "semi_solid"), ("frail", "simple")


def loan_without_borrowing(home: pd.DataFrame) -> "pd.Series[bool]":
    """Has not borrowed, and yet an amount or a lender is written down.

    An amount that is not written down is no sign of a loan, so nothing is unknown about it.
    """
    amount = more_than(home["loan_amount"], 0).fillna(False)
    return said(home["borrowed"], "no") & either(amount, home["loan_source"].notna())


def borrowed_nothing(home: pd.DataFrame) -> "pd.Series[bool]":
    """Has borrowed, and the amount is 0."""
    return said(home["borrowed"], "yes") & ~more_than(home["loan_amount"], 0)


def poor_housing_in_lasting_house(home: pd.DataFrame) -> "pd.Series[bool]":
    """Deprived of housing quality, in a solid or semi-solid house."""
    return said(home["dep_house_quality"], "yes") & said(home["house"], *LASTING)


def good_housing_in_frail_house(home: pd.DataFrame) -> "pd.Series[bool]":
    """Not deprived of housing quality, in a frail or simple house."""
    return said(home["dep_house_quality"], "no") & said(home["house"], *NOT_LASTING)


def no_information_but_tv_or_phone(home: pd.DataFrame) -> "pd.Series[bool]":
    """Without any means of information, and yet with a television or a telephone.

    The reverse is no contradiction: a radio or a computer is not asked about by itself.
    """
    has_one = either(said(home["has_tv"], "yes"), said(home["has_phone"], "yes"))
    return said(home["dep_information"], "yes") & has_one


def child_where_one_lives_alone(home: pd.DataFrame) -> "pd.Series[bool]":
    """Deprived through a child under 16, in a household of one person by the register."""
    of_a_child = either(said(home["dep_nutrition"], "yes"), said(home["dep_child_school"], "yes"))
    return of_a_child & ~at_least(home["members"], 2)


WITHIN = (
    loan_without_borrowing,
    borrowed_nothing,
    poor_housing_in_lasting_house,
    good_housing_in_frail_house,
    no_information_but_tv_or_phone,
    child_where_one_lives_alone,
)


# Answers that hardly fit what the same household said the last time it was surveyed.
#
# None of these is impossible: each is worth a second question. A house may burn down, but seldom.

#: Goods gone at once. One or two break or are sold in a quarter; three are another household's
#: form, or answers by somebody else.
GOODS_GONE = 3
#: An income may double with a harvest or a wage; more than three times as much is asked again.
INCOME_FACTOR = 3
#: Đồng, thousand đồng and million đồng are a thousand apart: as close to that as incomes change.
UNIT = 1000
#: From solid to frail, or semi-solid to simple. One kind down may be two people's eyes.
HOUSE_KINDS_DOWN = 2


def with_last_time(panel: pd.DataFrame, quarter: str) -> pd.DataFrame:
    """Put beside each form of a quarter what the household said when it was last surveyed.

    Args:
        panel: households of all quarters.
        quarter: the one to look at.

    Returns:
        The quarter's rows of households surveyed in it and earlier, with `before_quarter`,
        `same_year`, and the earlier answers under their names after `before_`.
    """
    told = panel["surveyed"].to_numpy(bool)
    quarters, every_quarter = pd.factorize(panel["quarter"])
    names = np.array([*map(str, every_quarter)], dtype=object)
    homes, every = pd.factorize(panel["household"])
    earlier = np.flatnonzero(told & np.append(names < quarter, False)[quarters])
    last = np.full(len(every), -1)
    for at in np.argsort(names):
        rows = earlier[quarters[earlier] == at]
        last[homes[rows]] = rows
    here = np.flatnonzero(told & np.append(names == quarter, False)[quarters] & (last[homes] >= 0))
    now = panel.iloc[here].assign(quarter=quarter)
    before = panel[["quarter", *_questions()]].iloc[last[homes[here]]].set_axis(now.index)
    before["quarter"] = before["quarter"].astype("str")
    same_year = before["quarter"].str[:4] == quarter[:4]
    pairs = pd.concat([now, before.add_prefix(BEFORE)], axis=1)
    return pairs.assign(same_year=same_year.astype("boolean"))


def asked_both_times(surveyed: pd.DataFrame, quarter: str, pairs: pd.DataFrame) -> Set[str]:
    """Name the columns of `with_last_time` whose question was asked.

    Args:
        surveyed: quarter and column of every question asked.
        quarter: the one to look at.
        pairs: what `with_last_time` gave; a question counts as asked before if one of the
            quarters compared with has it.
    """
    now = surveyed.loc[surveyed["quarter"] == quarter, "column"]
    compared = surveyed["quarter"].isin(pairs[f"{BEFORE}quarter"].unique())
    return {*now, *(BEFORE + surveyed.loc[compared, "column"].astype("str"))}


def goods_vanished(home: pd.DataFrame) -> "pd.Series[bool]":
    """At least three of the essential goods that were there are gone."""
    gone = [
        said(home[f"{BEFORE}{good}"], "yes") & said(home[good], "no") for good in ESSENTIAL_GOODS
    ]
    return enough_of(gone, pd.Series(GOODS_GONE, index=gone[0].index))


def income_in_another_unit(home: pd.DataFrame) -> "pd.Series[bool]":
    """About a thousand times as much as before, or as little: đồng, or million, for thousand."""
    low, high = low_and_high(home)
    return more_than(low, 0) & at_least(high * INCOME_FACTOR, low * UNIT)


def income_jumped(home: pd.DataFrame) -> "pd.Series[bool]":
    """More than three times as much as before, or as little, and not for another unit."""
    low, high = low_and_high(home)
    return more_than(high, low * INCOME_FACTOR) & ~income_in_another_unit(home)


def low_and_high(home: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Give the lower and the higher of two incomes; missing where one is."""
    both = pd.concat([home["income"], home[f"{BEFORE}income"]], axis=1).astype("float64")
    return both.min(axis=1, skipna=False), both.max(axis=1, skipna=False)


def house_fell_apart(home: pd.DataFrame) -> "pd.Series[bool]":
    """At least two kinds worse: solid to frail or simple, semi-solid to simple."""
    return at_least(_kind(home["house"]) - _kind(home[f"{BEFORE}house"]), HOUSE_KINDS_DOWN)


def _kind(houses: pd.Series) -> pd.Series:
    """Number the kinds of house as the codebook lists them, from solid down."""
    answers = enumerate(codebook().tables["survey"].column("house").answers)
    return houses.astype("str").map({one.code: float(at) for at, one in answers}).astype("float64")


def customs_taken_up_again(home: pd.DataFrame) -> "pd.Series[bool]":
    """Had given up backward customs, and now has not."""
    return said(home[f"{BEFORE}dropped_customs"], "yes") & said(home["dropped_customs"], "no")


def told_and_then_not(home: pd.DataFrame) -> "pd.Series[bool]":
    """Had been told of the campaign this year, and later in the same year says it has not."""
    told = said(home[f"{BEFORE}informed"], "yes") & home["same_year"]
    return told & said(home["informed"], "no")


ACROSS = (
    goods_vanished,
    income_in_another_unit,
    income_jumped,
    house_fell_apart,
    customs_taken_up_again,
    told_and_then_not,
)


# What was read and kept, and can hardly be: the lines of problems.csv with the action `kept`.
#
# Nothing here changes a figure. Contradictions within a form, and goods or incomes that jump from
# one quarter to the next, are those that the page of data quality looks for (`WITHIN`, `ACROSS`);
# here they are listed with the row and the cell in which to look. Registers are compared with
# themselves and with the plan.

#: Incomes this many times apart are listed; the page of data quality asks again much earlier.
TENFOLD = 10
#: The cell in which to look first, and the sentence that says what is wrong there, by check.
_OF_A_FORM: Mapping[str, tuple[str, str]] = {
    "loan_without_borrowing": (
        "borrowed",
        "loan_without_borrowing",
    ),
    "borrowed_nothing": ("loan_amount", "borrowed_nothing"),
    "poor_housing_in_lasting_house": (
        "dep_house_quality",
        "poor_housing",
    ),
    "no_information_but_tv_or_phone": (
        "dep_information",
        "no_information",
    ),
    "child_where_one_lives_alone": (
        "dep_nutrition",
        "child_alone",
    ),
    "goods_vanished": (
        "",
        "goods_vanished",
    ),
    "income_tenfold": (
        "income",
        "income_tenfold",
    ),
}
#: Kinds of house are judged by eye: what differs there is counted on the page of data quality only.
_SURE = tuple(check for check in WITHIN if check.__name__ in _OF_A_FORM)


def income_tenfold(home: pd.DataFrame) -> "pd.Series[bool]":
    """At least ten times as much as before, or as little."""
    low, high = low_and_high(home)
    return more_than(low, 0) & at_least(high, low * TENFOLD)


def doubts(campaign: Campaign, panel: Panel) -> pd.DataFrame:
    """List what was kept and is doubted, in the columns of problems.csv."""
    stays, statuses = campaign.tables["households"], campaign.tables["poverty_status"]
    register = Register(stays, statuses, panel.places)
    days: Iterator[Any] = panel.days.itertuples()
    read = ["quarter", "surveyed", *PLACES, *_questions()]
    homes = panel.units["households"][read]
    of_forms = (_of_quarter(campaign, homes, register, day) for day in days)
    return in_order(*chain.from_iterable(of_forms), *_of_registers(campaign))


def before_survey(campaign: Campaign) -> pd.DataFrame:
    """List all that is wrong with the registers of a campaign that has no survey yet.

    Who has no status on a baseline date is told once a plan says what that means, and there is a
    list.
    """
    stays, statuses = campaign.tables["households"], campaign.tables["poverty_status"]
    register = Register(stays, statuses, tuple(campaign.tables["villages"]["village"]))
    plans = [plan for plan in campaign.plans.values() if len(statuses) and not plan.lacking]
    days = [(pd.Timestamp(plan.baseline), plan.parameters[UNLISTED]) for plan in plans]
    return in_order(campaign.problems, register.problems(days), *_of_registers(campaign))


def _of_quarter(
    campaign: Campaign, homes: pd.DataFrame, register: Register, day: Any
) -> Iterator[pd.DataFrame]:
    """List what one quarter's forms contradict; `day` is a row of `Panel.days`."""
    quarter = str(day.quarter)
    own = homes[(homes["quarter"] == quarter) & homes["surveyed"]]
    stays = register.stays_on(day.last_day, ["members"])
    members = stays["members"].to_numpy(float, na_value=float("nan"))
    forms = own.assign(members=members[register.position(own["household"])])
    for outcome in look(_SURE, forms, campaign.surveyed[quarter]):
        if len(outcome.found):
            yield from _listed(outcome.name, outcome.found)
    pairs = with_last_time(homes, quarter)
    surveyed = [(one, column) for one, asked in campaign.surveyed.items() for column in asked]
    table = pd.DataFrame(surveyed, columns=["quarter", "column"], dtype="str")
    asked = asked_both_times(table, quarter, pairs)
    for outcome in look((goods_vanished, income_tenfold), pairs, asked):
        for before, found in outcome.found.groupby(f"{BEFORE}quarter"):
            yield from _listed(outcome.name, found, str(before))


def _listed(check: str, found: pd.DataFrame, before: str = "") -> Iterator[pd.DataFrame]:
    """Give a line for each form that a check found."""
    column, problem = _OF_A_FORM[check]
    if problem == "income_tenfold":
        for was, alike in found.groupby(f"{BEFORE}{column}"):
            said = sentence("doubt.income_tenfold", before=before, was=f"{was:.15g}")
            yield problem_lines(alike, column, _shown(alike[column]), said, KEPT)
    elif column:
        said = sentence(f"doubt.{problem}")
        yield problem_lines(found, column, _shown(found[column]), said, KEPT)
    else:
        goods, said = _first_gone(found), sentence("doubt.goods_vanished", before=before)
        yield problem_lines(found, goods, pd.Series("no", index=found.index), said, KEPT)


def _first_gone(found: pd.DataFrame) -> pd.Series:
    """Name the first of each household's essential goods that was there and is gone."""
    gone = {
        good: (found[f"{BEFORE}{good}"] == "yes") & (found[good] == "no")
        for good in ESSENTIAL_GOODS
    }
    first: pd.Series = pd.DataFrame(gone).idxmax(axis=1)
    return first


def _of_registers(campaign: Campaign) -> Iterator[pd.DataFrame]:
    """List what the registers of the commune's work contradict."""
    models, funding, reports = (
        campaign.tables[name] for name in ("models", "funding", "task_progress")
    )
    begins = _first_days(campaign).reindex(reports["task"]).set_axis(reports.index)
    extra = campaign.tables["extra_tasks"].drop_duplicates("task").set_index("task")
    given = extra["given_on"].reindex(reports["task"]).set_axis(reports.index)
    there = set(models["model"].map(folded))

    def nobody(named: pd.Series) -> pd.Series:
        return named.notna() & ~named.map(folded, na_action="ignore").isin(there)

    done = reports["status"].astype("str") == "done"
    for found, column, problem in (
        (models[models["ended_on"] < models["started_on"]], "ended_on", "model_backwards"),
        (models[nobody(models["copied_from"])], "copied_from", "no_such_model"),
        (funding[nobody(funding["model"])], "model", "no_such_model"),
        (funding[funding["disbursed"] > funding["planned"]], "disbursed", "funding_above"),
        (reports[done & (reports["reported_on"] < begins)], "reported_on", "done_early"),
        (reports[done & (reports["reported_on"] < given)], "reported_on", "done_before_given"),
    ):
        said = sentence(f"doubt.{problem}")
        yield problem_lines(found, column, _shown(found[column]), said, KEPT)


def _first_days(campaign: Campaign) -> "pd.Series[pd.Timestamp]":
    """Give the day on which each task's quarter begins, by task; one of all quarters, the year."""
    days = {}
    for plan in campaign.plans.values():
        for task in plan.tasks:
            quarter = "Q1" if task.quarter == "all" else task.quarter
            first = Quarter.parse(f"{plan.year}{quarter}").first_day(plan.calendar)
            days[task.id] = pd.Timestamp(first)
    return pd.Series(days, dtype="datetime64[s]")


def _shown(cells: pd.Series) -> pd.Series:
    """Give checked cells as text: a day as ISO, a number without needless decimals."""
    if cells.dtype.kind == "f":
        return cells.map(lambda number: f"{number:.15g}", na_action="ignore").astype("str")
    return cells.astype("str")
