"""The quarterly survey of the sample: one file a quarter, one row a household that was asked."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_sample.attitudes import attitudes
from campaign_sample.draws import Days, Texts, choose, pick, whole, written, yes_no
from campaign_sample.households import Register
from campaign_sample.living import DEPRIVATIONS, GOODS, living
from campaign_sample.oddities import with_oddities
from campaign_sample.poverty import Year
from campaign_sample.scope import Scope, Table, days_from

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
