"""The surveys of the years before: one a year, in its last quarter, and poorer the older they are.

Only poor and near-poor households were asked then. A question whose column a file lacks was not
on the form.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_sample.draws import Flags
from campaign_sample.history.households import Past
from campaign_sample.history.plans import NEW_STANDARD_SINCE
from campaign_sample.living import DEPRIVATIONS
from campaign_sample.poverty import Year
from campaign_sample.scope import Scope, Table
from campaign_sample.survey import survey_answers, survey_file, with_refusals

#: By how many years it lies back: how far the shares were below those of the first year's Q4, the
#: questions that were not on the form, and the share of households that nobody met.
BEHIND = {1: 0.10, 2: 0.19, 3: 0.27}
NOT_ASKED: dict[int, tuple[str, ...]] = {
    1: ("takes_part",),
    2: ("takes_part", "loan_source"),
    3: (
        *("takes_part", "saves_reinvests", "stable_model"),
        *("borrowed", "loan_amount", "loan_source"),
        *DEPRIVATIONS,
    ),
}
NOT_MET = {1: 0.02, 2: 0.05, 3: 0.10}
#: So many years back, these many villages had no enumerator.
WITHOUT_ENUMERATOR = {3: 2}
#: Nobody noted who had asked.
NOT_NOTED = "enumerator"
#: What was written for yes and no.
TICKS = {"yes": "1", "no": "0"}
#: Thousand đồng: the line of Decree 07/2021 for rural areas, and what the older line was of it.
LINE, OLDER_LINE = 1_500, 2 / 3
#: How much less was earned above the line, for each year back.
LESS_A_YEAR = 0.1


def past_quarters(scope: Scope) -> dict[int, Quarter]:
    """Give the quarter that each year before has a survey of."""
    return {year: Quarter(year, 4) for year in scope.past}


def past_surveys(past: Past, years: Mapping[int, Year]) -> Iterator[Table]:
    """Give each survey of the years before."""
    for year, quarter in past_quarters(past.scope).items():
        yield Table(survey_file(quarter), _survey(past, years[year], quarter))


def _survey(past: Past, year: Year, quarter: Quarter) -> pd.DataFrame:
    back = past.scope.years[0] - year.year
    clean = survey_answers(past.scope, past.register, year, quarter, BEHIND[back])
    homes = clean.index.to_numpy()
    met = past.scope.draws(f"met {quarter}")[homes] >= NOT_MET[back]
    clean = clean[year.cohort[homes] & met & _has_enumerator(past, back)[homes]]
    cells = with_refusals(past.scope, quarter, clean.assign(income=_incomes(clean, year, back)))
    return cells.drop(columns=[NOT_NOTED, *NOT_ASKED[back]]).replace(TICKS)


def _has_enumerator(past: Past, back: int) -> Flags:
    """Say which households live in a village with an enumerator: not in the least active ones."""
    without = WITHOUT_ENUMERATOR.get(back, 0) if past.scope.villages > 2 else 0
    least = np.argsort(past.villages.drive, kind="stable")[:without]
    return ~np.isin(past.register.village, least)


def _incomes(clean: pd.DataFrame, year: Year, back: int) -> pd.Series:
    """Give incomes in tens: above the line less every year back, and all less under the older one.

    Nobody crosses the line by that, or poverty and income would contradict each other.
    """
    income = clean["income"].astype(int)
    above = (income - LINE).clip(lower=0) * (1 - LESS_A_YEAR * back)
    earned = income.clip(upper=LINE) + above
    if year.year < NEW_STANDARD_SINCE.year:
        earned = earned * OLDER_LINE
    return (earned // 10 * 10).astype(int).astype(str).astype(object)
