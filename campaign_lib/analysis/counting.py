"""Counts of any indicator, of the ten or of one's own, in the shape of the printed ones.

One of the ten is read as it is printed. One's own is walked through the same steps, over the same
rows, and judged as an indicator without a target (data contract, sections 4 and 6).
"""

import pandas as pd

from campaign_lib.analysis.inspected_figures import panel_of, plan_of_quarter
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL, IDS
from campaign_lib.indicators.indicator import PLACE, Indicator
from campaign_lib.indicators.results import (
    KEYS,
    RESULT_COLUMNS,
    STEP_COLUMNS,
    UNPRINTED,
    count_steps,
    judge,
    needed,
    tidy,
)
from campaign_lib.indicators.steps import COMMUNE, walk
from campaign_lib.indicators.ten import INFORMED
from campaign_lib.plan.communes import ALL as ALL_COMMUNES
from campaign_lib.plan.communes import ONLY, key_of
from campaign_lib.store.processed import Processed

#: What `counts_of` gives.
COUNTED = [*PLACE, "numerator", "denominator", "unknown", "percent"]


def counts_of(processed: Processed, indicator: Indicator) -> pd.DataFrame:
    """Count an indicator by quarter and place; `COUNTED` are the columns, as results.csv has them.

    Raises:
        CampaignError: as `lines_of`.
    """
    return lines_of(processed, indicator)[COUNTED].reset_index(drop=True)


def lines_of(processed: Processed, indicator: Indicator) -> pd.DataFrame:
    """Give the lines of results of an indicator; one's own has no target, and nothing due.

    Raises:
        CampaignError: one's own has the id of one of the ten, reads a column that is not there, or
            has a step that gives no column of yes, no and unknown.
    """
    if indicator in ALL:
        lines = processed.own("results")
        return lines[lines["indicator"] == indicator.id]
    if indicator.id in IDS:
        raise CampaignError("asked.taken_id", name=indicator.id)
    own = {span: _figures(one, indicator) for span, one in processed.parts.items()}
    judged = [_judged(processed.parts[span], indicator, lines) for span, lines in own.items()]
    if ONLY not in own:
        judged = [
            lines.assign(place=lines["place"].mask(lines["level"] == COMMUNE, key_of(span)))
            for span, lines in zip(own, judged, strict=True)
        ]
        judged.append(_of_all(processed, indicator, pd.concat(own.values())))
    return tidy(pd.concat(judged), RESULT_COLUMNS, KEYS)


def steps_of(processed: Processed, indicator: Indicator) -> pd.DataFrame:
    """Count an indicator's steps in one commune, as steps.csv has them; raises as `lines_of`."""
    if indicator in ALL:
        steps = processed.steps
        return steps[steps["indicator"] == indicator.id]
    counted = count_steps(indicator, panel_of(processed, indicator.units))
    counted = counted[counted["part"] != UNPRINTED]
    return tidy(counted.assign(indicator=indicator.id), STEP_COLUMNS, [*KEYS, "part", "position"])


def cohort(processed: Processed, quarter: str) -> pd.DataFrame:
    """Give the panel's rows that are the base of `informed` in a quarter; not asked is missing."""
    homes = processed.panel
    homes = homes[homes["quarter"].astype("str") == processed.known_quarter(quarter)]
    inside = walk(homes, INFORMED.parts()[0]).states[-1].fillna(False).astype(bool)
    return homes[inside].reset_index(drop=True)


def _figures(processed: Processed, indicator: Indicator) -> pd.DataFrame:
    """Read one's own indicator's figures off its steps, in one commune."""
    rows = processed.units(indicator.units)
    needs = needed(indicator, rows, processed.table("survey"))
    lines = indicator.figures(count_steps(indicator, panel_of(processed, indicator.units)))
    lines = lines[lines["quarter"].isin(processed.own_quarters)]
    known = {quarter for quarter in processed.quarters if needs <= processed.known(quarter)}
    return lines.assign(
        indicator=indicator.id, unit=indicator.unit, measurable=lines["quarter"].isin(known)
    )


def _judged(processed: Processed, indicator: Indicator, lines: pd.DataFrame) -> pd.DataFrame:
    allocation = processed.table("allocation")
    judged = [
        judge(indicator, own, plan_of_quarter(processed, str(quarter)), allocation)[0]
        for quarter, own in lines.groupby("quarter", observed=True)
    ]
    return pd.concat(judged)


def _of_all(processed: Processed, indicator: Indicator, lines: pd.DataFrame) -> pd.DataFrame:
    """Add the communes' figures up, and judge the sums."""
    communes = lines[lines["level"] == COMMUNE].groupby([*PLACE, "indicator", "unit"])
    sums = communes.sum(min_count=1).reset_index()
    sums["measurable"] = communes["measurable"].all().to_numpy()
    judged = _judged(processed, indicator, sums)
    return judged.assign(level=ALL_COMMUNES, place=ALL_COMMUNES)
