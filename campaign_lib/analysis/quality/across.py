"""Answers that hardly fit what the same household said the last time it was surveyed.

None of these is impossible: each is worth a second question. A house may burn down, but seldom.
"""

from collections.abc import Set

import pandas as pd

from campaign_lib.analysis.quality.checks import BEFORE
from campaign_lib.base.answers import at_least, enough_of, more_than, said
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook
from campaign_lib.indicators.section_ii_4 import ESSENTIAL_GOODS

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
    told = panel[panel["surveyed"]].assign(quarter=panel["quarter"].astype("str"))
    earlier = told[told["quarter"] < quarter].sort_values("quarter", kind="stable")
    last = earlier.drop_duplicates("household", keep="last").set_index("household")
    now = told[(told["quarter"] == quarter) & told["household"].isin(last.index)]
    questions = [column.code for column in codebook().tables["survey"].questions]
    before = last.loc[now["household"], ["quarter", *questions]].set_index(now.index)
    pairs = pd.concat([now, before.add_prefix(BEFORE)], axis=1)
    year = Quarter.parse(quarter).year
    years = pairs[f"{BEFORE}quarter"].map(lambda code: Quarter.parse(code).year == year)
    return pairs.assign(same_year=years.astype("boolean"))


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
    answers = codebook().tables["survey"].column("house").answers
    numbers = {answer.code: float(at) for at, answer in enumerate(answers)}
    return houses.astype("str").map(numbers).astype("float64")


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
