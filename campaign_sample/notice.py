"""The page that goes with a sample: that it is made up, what is in it, and what is odd in it.

Of the years before it says what is made up, what is missing and what breaks. Its words stand in
words.toml.
"""

from collections.abc import Sequence

from campaign_lib.base.quarters import Quarter
from campaign_sample.plans import LAST_OF_THE_OLDER, NEW_STANDARD_SINCE
from campaign_sample.scope import WORDS, Injury, Scope
from campaign_sample.survey import BY_HAND, DEPRIVATIONS, past_quarters, survey_file

FILE = "README.md"
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
    return text + "".join(_lacking(scope, quarter) for quarter in past_quarters(scope).values())


def _lacking(scope: Scope, quarter: Quarter) -> str:
    """Say what a year's survey did not ask, where nobody asked, and which quarters have no rows."""
    told = scope.told(quarter.year)
    names = [f"`{name}`" for name in told["survey"]["not_asked"]]
    if told["survey"].get("no_deprivations"):
        names.append(f"{len(DEPRIVATIONS)} × `dep_…`")
    text: str = SAID_BEFORE["lacking"].format(file=survey_file(quarter), names=", ".join(names))
    if count := told["survey"]["no_enumerator"]:
        text += SAID_BEFORE["no_enumerator"].format(count=count)
    for table, about in (("funding", "funding"), ("task_progress", "progress")):
        quarters = told[about]["quarters"]
        if len(quarters) < 4:
            only = ", ".join(f"Q{number}" for number in quarters)
            text += SAID_BEFORE["only" if quarters else "no_row"].format(table=table, quarters=only)
    return text
