"""The sample's plan of each year: parameters, targets and tasks, as years.toml tells them.

The sample's own years have the targets and the tasks of the plan of 2024, fitted to the year, since
the sample has to have some; the years before have others, lower ones.
"""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from campaign_lib.plan import DECISION_59_2015, DECREE_07_2021
from campaign_sample.scope import WORDS, YEARS, Scope

EVERY_QUARTER = "all"
#: The campaign began with provincial Conclusion 08-KL/TU of 24 February 2021.
CAMPAIGN_BEGAN = 2021
#: From this day on households are found poor by Decree 07/2021/NĐ-CP, before it by Decision
#: 59/2015/QĐ-TTg, which Decree 07/2021 let run on for one more year.
NEW_STANDARD_SINCE = date(2022, 1, 1)
LAST_OF_THE_OLDER = NEW_STANDARD_SINCE - timedelta(days=1)


def task_id(year: int, quarter: str, number: int) -> str:
    """Give the id of the task number `number` (from 1) of `quarter` (Q1 to Q4, or all)."""
    return f"{year}-{quarter}-{number}"


def plan_file(year: int) -> str:
    """Give the path of a year's plan below raw/."""
    return f"plans/{year}.toml"


def past_baseline(year: int) -> date:
    """Give the baseline date of a year: 31 December, but never the older standard's last day.

    The year in which the standard changed starts from the households found poor by the new one,
    or its reduction would compare two measures.
    """
    last = date(year - 1, 12, 31)
    return NEW_STANDARD_SINCE if last == LAST_OF_THE_OLDER else last


def past_plan_text(scope: Scope, year: int) -> str:
    """Write the plan of a year before the sample's own."""
    words = WORDS["plan"]["before"]
    standard = DECISION_59_2015 if year < NEW_STANDARD_SINCE.year else DECREE_07_2021
    said = f"poverty_standard = {_quoted(standard)}"
    return _text(
        year,
        past_baseline(year),
        scope.told(year),
        {"about": words["about"], "standard": f"{said:<42}# {words['standard']}\n"},
    )


def plan_text(year: int) -> str:
    """Write the plan of one of the sample's own years, after the plan of 2024."""
    words = WORDS["plan"]["own"]
    return _text(year, date(year - 1, 12, 31), YEARS["0"], {**words, "standard": ""})


def _text(year: int, baseline: date, told: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    """Write a plan as TOML (contract, section 3)."""
    head: str = WORDS["plan"]["head"].format(
        year=year,
        baseline=baseline.isoformat(),
        about=words["about"],
        standard=words["standard"],
        mean=told["mean"],
        goods=told["goods"],
        formula=f"{_quoted(told['formula']):<13}",
    )
    notes = words.get("notes", {})
    parts = [head]
    for indicator, target in told["targets"].items():
        note = notes.get(indicator, WORDS["plan"]["before"]["note"])
        bounds = target if isinstance(target, dict) else {"at_least": target}
        section = WORDS["plan"]["sections"][indicator]
        parts.append(
            f"\n[targets.{indicator}]  # {note}\n" + _lines({**bounds, "section": section})
        )
    parts.append(words.get("tasks", ""))
    filled = _filled_in(year)
    for quarter, tasks in told["tasks"].items():
        for number, task in enumerate(tasks, 1):
            said = {
                "id": task_id(year, quarter, number),
                "quarter": quarter,
                "owner": task["owner"],
                "section": task["section"],
                "vi": task["vi"].format(**filled),
                "en": task["en"].format(**filled),
            }
            parts.append("\n[[tasks]]\n" + _lines(said))
    return "".join(parts)


def _lines(values: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_quoted(value)}\n" for key, value in values.items())


def _filled_in(year: int) -> dict[str, object]:
    """Give what the tasks of a year have to be filled in with."""
    years = max(0, year - CAMPAIGN_BEGAN)
    review = WORDS["plan"]["review"]
    words = review[min(years, len(review) - 1)]
    said = {name: text.format(years=years) for name, text in words.items()}
    return {"year": year, "next_year": year + 1, **said}


def _quoted(value: str | int) -> str:
    """Write a TOML string or whole number (JSON's escapes are TOML's)."""
    return json.dumps(value, ensure_ascii=False)
