"""Who was surveyed and when: by village, by day, and against the day the report is due."""

from datetime import date, timedelta
from typing import Any

import pandas as pd

#: The quarter's report leaves the commune by this day of the month.
REPORT_DAY = 25


def coverage(households: pd.DataFrame, base: pd.Series) -> tuple[int, int]:
    """Count the households of a base, and those of them that the survey mentions.

    Args:
        households: rows of the panel, of one quarter.
        base: yes for those in the base; unknown and no are left out.

    Returns:
        How many are in the base, and how many of them were surveyed.
    """
    inside = households[base.fillna(False).astype(bool)]
    return len(inside), int(inside["surveyed"].sum())


def due_day(last_day: date) -> date:
    """Give the day on which a quarter's report is due: the first 25th after its last day.

    A quarter of Decree 09/2019 ends on the 14th, so that is the 25th of its own last month; one
    of the calendar ends with the month, so there it is the 25th of the next.
    """
    day = last_day + timedelta(days=1)
    while day.day != REPORT_DAY:
        day += timedelta(days=1)
    return day


def coverage_by_village(
    homes: pd.DataFrame, minority: pd.Series, cohort: pd.Series, last_day: date
) -> pd.DataFrame:
    """Say how far each village has been surveyed, and when; the most missing first.

    Args:
        homes: households of one quarter.
        minority: yes for the minority households present on the quarter's last day.
        cohort: yes for the base of most targets.
        last_day: the quarter's.

    Returns:
        village, present, present_surveyed, cohort, cohort_surveyed, forms, first, middle, last,
        late (forms after the quarter's last day), days_left (from the last form to the day the
        report is due, negative when after it; missing without a form).
    """
    inside = {"present": minority, "cohort": cohort}
    counted = homes[["village", "surveyed_on"]].assign(forms=homes["surveyed"])
    for name, base in inside.items():
        sure = base.fillna(False).astype(bool)
        counted[name] = sure
        counted[f"{name}_surveyed"] = sure & homes["surveyed"]
    counted["late"] = homes["surveyed_on"] > pd.Timestamp(last_day)
    villages = counted.groupby("village", observed=True)
    numbers = ["present", "present_surveyed", "cohort", "cohort_surveyed", "forms", "late"]
    table = villages[numbers].sum().astype(int)
    days = villages["surveyed_on"]
    table["first"], table["last"] = days.min(), days.max()
    table["middle"] = days.apply(_middle)
    table["days_left"] = (pd.Timestamp(due_day(last_day)) - table["last"]).dt.days.astype("Int64")
    table = table.reset_index().astype({"village": "str"})
    missing = table["cohort"] - table["cohort_surveyed"]
    others = table["present"] - table["present_surveyed"]
    order = table.assign(missing=missing, others=others).sort_values(
        ["missing", "others", "village"], ascending=[False, False, True]
    )
    return order.drop(columns=["missing", "others"]).reset_index(drop=True)


def _middle(days: pd.Series) -> Any:
    """Give the day by which half of the forms were filled in; missing without any."""
    told = days.dropna().sort_values()
    return told.iloc[(len(told) - 1) // 2] if len(told) else pd.NaT


def surveys_by_day(homes: pd.DataFrame) -> pd.DataFrame:
    """Count the forms of each day from the first to the last, days without one included.

    Returns:
        day, forms; no line where nobody was surveyed.
    """
    days = homes["surveyed_on"].dropna()
    if days.empty:
        return pd.DataFrame({"day": days, "forms": pd.Series(dtype=int)})
    every = pd.date_range(days.min(), days.max(), freq="D")
    forms = days.value_counts().reindex(every, fill_value=0)
    return pd.DataFrame({"day": every, "forms": forms.to_numpy(int)})
