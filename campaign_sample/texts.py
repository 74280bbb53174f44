"""What goes with a sample in words: the plan of each year, and the page that says what is odd.

The sample's own years have the targets and the tasks of the plan of 2024, fitted to the year,
since the sample has to have some; the years before have others, lower ones. The page says that all
is made up, and of the years before what is missing and what breaks. The words stand in words.toml.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from campaign_lib.base.quarters import Quarter
from campaign_lib.plan import DECISION_59_2015, DECREE_07_2021
from campaign_sample.records import task_id
from campaign_sample.scope import (
    LAST_OF_THE_OLDER,
    NEW_STANDARD_SINCE,
    WORDS,
    YEARS,
    Injury,
    Scope,
    past_baseline,
)
from campaign_sample.survey import BY_HAND, DEPRIVATIONS, survey_file

#: The campaign began with provincial Conclusion 08-KL/TU of 24 February 2021.
CAMPAIGN_BEGAN = 2021


def plan_text(year: int, back: int = 0) -> str:
    """Write a plan as TOML (contract, section 3); of a year that lies `back` years before.

    A year of the sample itself (`back` is 0) has a plan after that of 2024.
    """
    told, words = YEARS[str(back)], WORDS["plan"]["before" if back else "own"]
    baseline = past_baseline(year) if back else date(year - 1, 12, 31)
    standard = DECISION_59_2015 if year < NEW_STANDARD_SINCE.year else DECREE_07_2021
    measured_by = f"poverty_standard = {_quoted(standard)}"
    head = WORDS["plan"]["head"].format(
        year=year,
        baseline=baseline.isoformat(),
        about=words["about"],
        standard=f"{measured_by:<42}# {words['standard']}\n" if back else "",
        mean=told["mean"],
        goods=told["goods"],
        formula=f"{_quoted(told['formula']):<13}",
    )
    parts = [head]
    for indicator, target in told["targets"].items():
        note = words["note"] if back else words["notes"][indicator]
        bounds = target if isinstance(target, dict) else {"at_least": target}
        lines = _lines({**bounds, "section": WORDS["plan"]["sections"][indicator]})
        parts.append(f"\n[targets.{indicator}]  # {note}\n{lines}")
    parts.append(words["tasks"])
    filled = _filled_in(year)
    for quarter, tasks in told["tasks"].items():
        for number, task in enumerate(tasks, 1):
            said = {name: task[name].format(**filled) for name in ("owner", "section", "vi", "en")}
            named = {"id": task_id(year, quarter, number), "quarter": quarter, **said}
            parts.append(f"\n[[tasks]]\n{_lines(named)}")
    return "".join(parts)


def _filled_in(year: int) -> dict[str, object]:
    """Give what the tasks of a year have to be filled in with."""
    years, review = max(0, year - CAMPAIGN_BEGAN), WORDS["plan"]["review"]
    words = review[min(years, len(review) - 1)].items()
    said = {name: text.format(years=years) for name, text in words}
    return {"year": year, "next_year": year + 1, **said}


def _lines(values: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_quoted(value)}\n" for key, value in values.items())


def _quoted(value: str | int) -> str:
    """Write a TOML string or whole number (JSON's escapes are TOML's)."""
    return json.dumps(value, ensure_ascii=False)


SAID, SAID_BEFORE = WORDS["notice"], WORDS["notice"]["before"]


def notice_text(scope: Scope, injuries: Sequence[Injury]) -> str:
    """Write the page for a sample."""
    by_hand = {"by_hand_vi": "", "by_hand_en": ""}
    if len(scope.quarters) > BY_HAND:  # one survey is written as on paper
        file = survey_file(scope.quarters[BY_HAND])
        by_hand = {name: SAID[name].format(file=file) for name in by_hand}
    several = SAID["communes"] if scope.communes > 1 else ""
    past = SAID["past"].format(first=scope.past[0], last=scope.past[-1]) if scope.past else ""
    head: str = SAID["head"].format(
        size=(several + SAID["size"]).format(scope=scope),
        quarters=f"{scope.quarters[0]}–{scope.quarters[-1]}",
        seed=scope.seed,
        past=past,
        past_notes=_past_notes(scope) if scope.past else "",
        **by_hand,
    )
    return head + "".join(map(_line, injuries))


def _line(injury: Injury) -> str:
    """Write one row of the table."""
    rows = ", ".join(map(str, injury.rows)) or "–"
    value = f"`{injury.value}`" if injury.value else ""
    return (
        f"| {injury.file} | {rows} | `{injury.column}` | {value} "
        f"| {injury.vi} {injury.en} | {injury.action} |\n"
    )


def _past_notes(scope: Scope) -> str:
    """Write the part of the page on the years before."""
    text: str = SAID_BEFORE["head"]
    if scope.past[0] < NEW_STANDARD_SINCE.year <= scope.past[-1]:
        text += SAID_BEFORE["standard"].format(last=LAST_OF_THE_OLDER, first=NEW_STANDARD_SINCE)
    return text + "".join(_lacking(scope, quarter) for quarter in scope.past_quarters("survey"))


def _lacking(scope: Scope, quarter: Quarter) -> str:
    """Say what a year's survey did not ask, where nobody asked, and which quarters have no rows."""
    survey = scope.told(quarter.year, "survey")
    names = [f"`{name}`" for name in survey["not_asked"]]
    if survey.get("no_deprivations"):
        names.append(f"{len(DEPRIVATIONS)} × `dep_…`")
    text: str = SAID_BEFORE["lacking"].format(file=survey_file(quarter), names=", ".join(names))
    if count := survey["no_enumerator"]:
        text += SAID_BEFORE["no_enumerator"].format(count=count)
    for table, told in (("funding", "funding"), ("task_progress", "progress")):
        quarters = scope.told(quarter.year, told)["quarters"]
        only = ", ".join(f"Q{number}" for number in quarters)
        said = SAID_BEFORE["only" if quarters else "no_row"] if len(quarters) < 4 else ""
        text += said.format(table=table, quarters=only)
    return text
