"""What goes wrong in a survey file: forms twice, a stranger, an answer that nobody offered."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_sample.draws import Flags
from campaign_sample.scope import Injury, Scope

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
