"""Who helps which household with which missing step, and what came of it by the quarter's survey.

Set beside the households nearest to success, so that it is seen whom nobody helps yet.
"""

from collections.abc import Iterable

import pandas as pd

from campaign_lib.analysis.nearest import nearest
from campaign_lib.indicators import ALL
from campaign_lib.indicators.indicator import Share
from campaign_lib.indicators.panel import Panel

#: What came of it: the step is a yes now; reported done, though it is none; past its day; under
#: way; the household has left or was not asked, so that nobody knows; nobody helps yet.
REACHED, REPORTED, LATE, UNDER_WAY, UNKNOWN, NOBODY = OUTCOMES = (
    *("reached", "reported", "late", "under_way", "unknown", "nobody"),
)
#: The questions that a household is asked, by name.
STEPS = {
    question.__name__: question
    for one in ALL
    if isinstance(one, Share) and one.units == "households"
    for question in one.counts
}
_KEY = ["household", "step"]


def nearest_pairs(homes: pd.DataFrame, unmet: Iterable[str]) -> pd.DataFrame:
    """Give each household and step that is all it lacks for one of some targets.

    Args:
        homes: rows of the panel, of one quarter.
        unmet: indicators; one of a single step has no nearest.
    """
    wanted = set(unmet)
    found = [
        nearest(homes, one).one_no[_KEY]
        for one in ALL
        if isinstance(one, Share) and one.id in wanted and len(one.counts) > 1
    ]
    empty = pd.DataFrame(columns=_KEY, dtype="str")
    return pd.concat([empty, *found]).drop_duplicates(ignore_index=True)


def by_quarter(support: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    """Repeat what had begun by the end of each quarter, with the village of the household then.

    A household that the panel does not have in a quarter has no row there.
    """
    where = panel.units["households"][["quarter", "village", "household"]]
    known = pd.Index(support["household"].unique()).get_indexer(where["household"]) >= 0
    rows: pd.DataFrame = where[known].astype("str").merge(support, on="household")
    last = rows["quarter"].map(panel.days.set_index("quarter")["last_day"])
    return rows[rows["from"] <= last].reset_index(drop=True)


def helped(support: pd.DataFrame, homes: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Say what has come of the help that had begun by a day.

    Args:
        support: rows of the table `support`, of one quarter where it has several.
        homes: rows of the panel, of the quarter whose last day it is.
        day: the quarter's last one.

    Returns:
        household, step, agency, since, until, done_on, note, and `outcome`: one of `OUTCOMES`.
    """
    rows = support.rename(columns={"from": "since"})
    rows = rows[rows["since"] <= day].drop_duplicates([*_KEY, "since"])
    answers = pd.concat(
        [pd.Series(dtype="boolean"), *(
            question(homes).astype("boolean").set_axis(homes["household"] + "/" + name)
            for name, question in STEPS.items()
        )]
    )  # fmt: skip
    steps = rows["step"].astype("str")
    now = answers.reindex(rows["household"] + "/" + steps).set_axis(rows.index)
    outcome = pd.Series(UNDER_WAY, index=rows.index, dtype="str")
    outcome[rows["until"] <= day] = LATE
    outcome[rows["done_on"] <= day] = REPORTED
    outcome[now.isna()] = UNKNOWN
    outcome[now.fillna(False).astype(bool)] = REACHED
    shown = ["household", "agency", "since", "until", "done_on", "note"]
    return rows[shown].assign(step=steps, outcome=outcome)


def came(told: pd.DataFrame) -> dict[str, int]:
    """Count what came of help, by `helped`: all of it as `count`, and each outcome of it."""
    found = told["outcome"].value_counts()
    counts = {one: int(found.get(one, 0)) for one in OUTCOMES if one != NOBODY}
    return {"count": len(told), **counts}


def beside_nearest(told: pd.DataFrame, pairs: pd.DataFrame, homes: pd.DataFrame) -> pd.DataFrame:
    """Set help beside the households nearest to success; whom nobody helps stands there, too.

    Returns:
        The columns of `helped`, `is_nearest`, and of each household `head_name` and `village`
        (missing where it has left). What is late stands first, whom nobody helps
        below all help that is not over.
    """
    rows = told.merge(pairs.assign(is_nearest=True), on=_KEY, how="outer")
    rows = rows.assign(
        is_nearest=rows["is_nearest"].notna(), outcome=rows["outcome"].fillna(NOBODY).astype("str")
    )
    register = homes[["household", "head_name", "village"]].astype({"village": "str"})
    rows = rows.merge(register, on="household", how="left")
    first = (LATE, REPORTED, UNDER_WAY, UNKNOWN, NOBODY, REACHED)
    keys = rows.assign(_order=rows["outcome"].map(first.index))
    keys = keys.sort_values(["_order", "village", "household", "step", "since"])
    return keys.drop(columns="_order").reset_index(drop=True)
