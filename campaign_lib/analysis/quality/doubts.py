"""What was read and kept, and can hardly be: the lines of problems.csv with the action `kept`.

Nothing here changes a figure. Contradictions within a form, and goods or incomes that jump from one
quarter to the next, are those that the page of data quality looks for (`within`, `across`); here
they are listed with the row and the cell in which to look. Registers are compared with themselves
and with the plan.
"""

from collections.abc import Iterator, Mapping

import pandas as pd

from campaign_lib.analysis.quality.checks import (
    BEFORE,
    WITHIN,
    asked_both_times,
    goods_vanished,
    look,
    low_and_high,
    with_last_time,
)
from campaign_lib.base.answers import at_least, more_than
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook.problems import KEPT, in_order, problem_lines, sentence
from campaign_lib.indicators.panel import Panel
from campaign_lib.indicators.register import Register
from campaign_lib.indicators.ten import ESSENTIAL_GOODS as GOODS
from campaign_lib.intake import Campaign

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
    homes = panel.units["households"]
    stays, statuses = campaign.tables["households"], campaign.tables["poverty_status"]
    register = Register(stays, statuses, panel.places)
    lines = [
        line
        for day in panel.days.itertuples()
        for line in _of_quarter(campaign, homes, register, day)
    ]
    return in_order(*lines, *_of_registers(campaign))


def _of_quarter(
    campaign: Campaign, homes: pd.DataFrame, register: Register, day: object
) -> Iterator[pd.DataFrame]:
    """List what one quarter's forms contradict; `day` is a row of `Panel.days`."""
    quarter = str(day.quarter)  # type: ignore[attr-defined]
    own = homes[(homes["quarter"].astype("str") == quarter) & homes["surveyed"]]
    members = register.stays_on(day.last_day)["members"]  # type: ignore[attr-defined]
    known = members.to_numpy(float, na_value=float("nan"))
    forms = own.assign(members=known[register.position(own["household"])])
    for outcome in look(_SURE, forms, campaign.surveyed[quarter]):
        yield from _listed(outcome.name, outcome.found)
    pairs = with_last_time(homes, quarter)
    surveyed = pd.DataFrame(
        [(one, column) for one, asked in campaign.surveyed.items() for column in asked],
        columns=["quarter", "column"],
        dtype="str",
    )
    asked = asked_both_times(surveyed, quarter, pairs)
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
    gone = {good: (found[f"{BEFORE}{good}"] == "yes") & (found[good] == "no") for good in GOODS}
    first: pd.Series = pd.DataFrame(gone).idxmax(axis=1)
    return first


def _of_registers(campaign: Campaign) -> Iterator[pd.DataFrame]:
    """List what the registers of the commune's work contradict."""
    models = campaign.tables["models"]
    backwards = models[models["ended_on"] < models["started_on"]]
    problem = sentence("doubt.model_backwards")
    yield problem_lines(backwards, "ended_on", _shown(backwards["ended_on"]), problem, KEPT)
    funding = campaign.tables["funding"]
    above = funding[funding["disbursed"] > funding["planned"]]
    problem = sentence("doubt.funding_above")
    yield problem_lines(above, "disbursed", _shown(above["disbursed"]), problem, KEPT)
    reports = campaign.tables["task_progress"]
    begins = _first_days(campaign).reindex(reports["task"]).set_axis(reports.index)
    early = reports[(reports["status"].astype("str") == "done") & (reports["reported_on"] < begins)]
    problem = sentence("doubt.done_early")
    yield problem_lines(early, "reported_on", _shown(early["reported_on"]), problem, KEPT)


def _first_days(campaign: Campaign) -> "pd.Series[pd.Timestamp]":
    """Give the day on which each task's quarter begins, by task; one of all quarters, the year."""
    days = {}
    for plan in campaign.plans.values():
        for task in plan.tasks:
            number = task.quarter.removeprefix("Q") if task.quarter != "all" else "1"
            first = Quarter.parse(f"{plan.year}Q{number}").first_day(plan.calendar)
            days[task.id] = pd.Timestamp(first)
    return pd.Series(days, dtype="datetime64[s]")


def _shown(cells: pd.Series) -> pd.Series:
    """Give checked cells as text: a day as ISO, a number without needless decimals."""
    if cells.dtype.kind == "f":
        return cells.map(lambda number: f"{number:.15g}", na_action="ignore").astype("str")
    return cells.astype("str")
