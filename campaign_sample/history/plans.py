"""The plans of the years before: other targets, other parameters, an older poverty standard.

Their targets and tasks stand in plans.toml beside this module, by how many years they lie back.
"""

import tomllib
from datetime import date
from importlib import resources
from typing import Any

from campaign_lib.plan import DECISION_59_2015, DECREE_07_2021
from campaign_sample.plans import TARGETS, SampleTarget, YearPlan, written_plan
from campaign_sample.scope import Scope

#: By how many years a plan lies back (as text): its parameters, targets and tasks.
PLANS: dict[str, dict[str, Any]] = tomllib.loads(
    resources.files(__package__).joinpath("plans.toml").read_text(encoding="utf-8")
)
#: From this day on households are found poor by Decree 07/2021/NĐ-CP, before it by Decision
#: 59/2015/QĐ-TTg, which Decree 07/2021 let run on for one more year.
NEW_STANDARD_SINCE = date(2022, 1, 1)
#: How a row of poverty_status cites the older one and the new one.
DECISION, DECREE = "QĐ 59/2015", "NĐ 07/2021"
_ABOUT = """\
Chỉ tiêu, nhiệm vụ và số liệu của năm này đều là giả định.
# Targets, tasks and data of this year are all assumed."""
_ASSUMED = "giả định / assumed"
_MEASURED_BY = "cách xác định hộ nghèo / how households are found poor"
_COUNTED = "front_models"


def past_plan_text(scope: Scope, year: int) -> str:
    """Write the plan of a year before as TOML (contract, section 3)."""
    planned = PLANS[str(scope.years[0] - year)]
    targets = [
        SampleTarget(target.indicator, target.section, _least(target.indicator, planned), _ASSUMED)
        for target in TARGETS
        if target.indicator in planned["targets"]
    ]
    plan = YearPlan(
        targets,
        past_tasks(scope, year),
        planned["mean"],
        planned["goods"],
        planned["formula"],
        DECISION_59_2015 if year < NEW_STANDARD_SINCE.year else DECREE_07_2021,
        _MEASURED_BY,
        _ABOUT,
        tasks_head="",
    )
    return written_plan(year, past_baseline(year), plan)


def past_tasks(scope: Scope, year: int) -> dict[str, list[dict[str, str]]]:
    """Give a year's tasks by quarter code (Q1 to Q4, and all)."""
    tasks: dict[str, list[dict[str, str]]] = PLANS[str(scope.years[0] - year)]["tasks"]
    return tasks


def past_baseline(year: int) -> date:
    """Give the baseline date of a year: 31 December, but never the older standard's last day.

    The year in which the standard changed starts from the households found poor by the new one,
    or its reduction would compare two measures.
    """
    if year == NEW_STANDARD_SINCE.year:
        return NEW_STANDARD_SINCE
    return date(year - 1, 12, 31)


def _least(indicator: str, planned: dict[str, Any]) -> str:
    least = planned["targets"][indicator]
    return str(least) if indicator == _COUNTED else f'"{least}"'
