"""Which households to ask again, and what about."""

from collections.abc import Iterable, Mapping

import pandas as pd

from campaign_lib.analysis.quality.checks import Outcome
from campaign_lib.analysis.quality.unknowns import Asked

#: Why a household is asked again, in the order in which its reasons are listed.
NO_FORM, CLASH, CHANGE, STATUS, UNKNOWN = KINDS = (
    "no_form",
    "clash",
    "change",
    "status",
    "unknown",
)
_WHO = ["village", "household", "head_name", "enumerator"]


def to_ask_again(
    cohort: pd.DataFrame,
    answers: Asked,
    outcomes: Mapping[str, Iterable[Outcome]],
    differing: pd.DataFrame,
) -> pd.DataFrame:
    """List every reason to see a household again, a line each.

    Args:
        cohort: the base of most targets, of one quarter; only there a missing form or an unknown
            answer is a reason, as nothing else hangs on it.
        answers: what the surveyed households of the cohort were asked.
        outcomes: what the checks found, by kind (CLASH, CHANGE).
        differing: households whose status and answers differ.

    Returns:
        village, household, head_name, enumerator, kind, name (of the check, or the question's
        code; empty otherwise); sorted by village, household and kind.
    """
    parts = [_lines(cohort[~cohort["surveyed"]], NO_FORM, "")]
    for kind, several in outcomes.items():
        parts += [_lines(outcome.found, kind, outcome.name) for outcome in several]
    parts.append(_lines(differing, STATUS, ""))
    for code in answers.unknown:
        parts.append(_lines(answers.forms[answers.unknown[code]], UNKNOWN, str(code)))
    lines = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    rank = lines["kind"].map({kind: at for at, kind in enumerate(KINDS)}).astype(int)
    keys = ["village", "household", "rank"]
    lines = lines.assign(rank=rank).sort_values(keys, kind="stable", ignore_index=True)
    return lines.drop(columns="rank")


def _lines(homes: pd.DataFrame, kind: str, name: str) -> pd.DataFrame:
    return homes[_WHO].astype({"village": "str"}).assign(kind=kind, name=name)


def households_by_village(lines: pd.DataFrame) -> pd.DataFrame:
    """Count the households to ask again in each village, the most first: village, households."""
    counted = lines.groupby("village")["household"].nunique().reset_index(name="households")
    return counted.sort_values("households", ascending=False, kind="stable", ignore_index=True)
