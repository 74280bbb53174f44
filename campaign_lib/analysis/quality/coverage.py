"""Who was surveyed and when: by village, by day, and against the day the report is due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from campaign_lib.analysis.quality.checks import Outcome
from campaign_lib.codebook import Column

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
    present, inside = (base.fillna(False).astype(bool) for base in (minority, cohort))
    counted = {
        "present": present,
        "present_surveyed": present & homes["surveyed"],
        "cohort": inside,
        "cohort_surveyed": inside & homes["surveyed"],
        "forms": homes["surveyed"],
        "late": homes["surveyed_on"] > pd.Timestamp(last_day),
    }
    villages = homes.assign(**counted).groupby("village", observed=True)
    table, days = villages[list(counted)].sum().astype(int), villages["surveyed_on"]
    table = table.assign(first=days.min(), last=days.max(), middle=days.apply(_middle))
    table["days_left"] = (pd.Timestamp(due_day(last_day)) - table["last"]).dt.days.astype("Int64")
    table = table.reset_index().astype({"village": "str"})
    order = pd.DataFrame(
        {
            "missing": table["cohort_surveyed"] - table["cohort"],
            "others": table["present_surveyed"] - table["present"],
            "village": table["village"],
        }
    )
    return table.loc[order.sort_values([*order]).index].reset_index(drop=True)


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
    every = pd.date_range(days.min(), days.max(), freq="D", name="day")
    return days.value_counts().reindex(every, fill_value=0).astype(int).reset_index(name="forms")


# What nobody knows: questions that were asked and left without an answer.

#: Questions whose answers are one of a few: those that forms can be compared by.
_OF_A_FEW = ("yes_no", "choice")


@dataclass(frozen=True)
class Asked:
    """Which questions each household was asked, and which of these it left unknown.

    Both are frames of booleans with a row per form and a column per question. A question that is
    asked only after a yes to another one was asked only there.
    """

    forms: pd.DataFrame
    asked: pd.DataFrame
    unknown: pd.DataFrame

    def total(self) -> tuple[int, int]:
        """Count the answers that were asked for, and those that are unknown."""
        return int(self.asked.to_numpy().sum()), int(self.unknown.to_numpy().sum())

    def by_question(self) -> pd.DataFrame:
        """Count by question, the most unknown first: question, asked, unknown."""
        table = pd.DataFrame(
            {
                "question": pd.Series(self.asked.columns, dtype="str"),
                "asked": self.asked.sum().to_numpy(int),
                "unknown": self.unknown.sum().to_numpy(int),
            }
        )
        return table.sort_values("unknown", ascending=False, kind="stable", ignore_index=True)

    def by_village(self, questions: Sequence[str]) -> pd.DataFrame:
        """Count some questions by village: village, then asked_ and unknown_ of each, and unknown.

        Villages without an unknown answer to them are left out; the most unknown come first.
        """
        village = self.forms["village"].astype("str")
        parts = [
            frame[list(questions)].groupby(village).sum().astype(int).add_prefix(f"{name}_")
            for name, frame in (("asked", self.asked), ("unknown", self.unknown))
        ]
        table = pd.concat(parts, axis=1).reset_index(names="village")
        table["unknown"] = parts[1].sum(axis=1).to_numpy(int)
        table = table[table["unknown"] > 0]
        return table.sort_values("unknown", ascending=False, kind="stable", ignore_index=True)


def asked_of(forms: pd.DataFrame, questions: Iterable[Column]) -> Asked:
    """Look at every answer of some forms; `forms` are rows of surveyed households."""
    everyone = pd.Series(True, index=forms.index)
    after_yes = {
        column.code: forms[column.only_if] == "yes" if column.only_if else everyone
        for column in questions
    }
    asked = pd.DataFrame(after_yes, index=forms.index).fillna(False).astype(bool)
    return Asked(forms, asked, asked & forms[list(after_yes)].isna())


def unknown_answers(
    households: pd.DataFrame, base: pd.Series, questions: Iterable[Column]
) -> pd.DataFrame:
    """Count, by question, the surveyed households of a base whose answer is not known.

    A question that is asked only after a yes to another one is counted only there.

    Returns:
        question, asked, unknown; questions without an unknown answer are left out, the worst first.
    """
    told = households[base.fillna(False).astype(bool) & households["surveyed"]]
    table = asked_of(told, questions).by_question()
    return table[table["unknown"] > 0].reset_index(drop=True)


def by_enumerator(answers: Asked, questions: Iterable[Column]) -> pd.DataFrame:
    """Say how much each enumerator asked, and what came of it; the most unknown first.

    Args:
        answers: all forms of a quarter.
        questions: those of the survey.

    Returns:
        enumerator (missing where a form names none), forms, days, most_on_a_day, asked, unknown,
        alike: the forms that give the same answer as another one of this enumerator to every
        question with a few answers to choose from (see `alike`).
    """
    forms = answers.forms[["enumerator", "surveyed_on"]].assign(
        asked=answers.asked.sum(axis=1).astype(int),
        unknown=answers.unknown.sum(axis=1).astype(int),
        alike=alike(answers.forms, questions),
    )
    people = forms.groupby("enumerator", dropna=False, sort=True)
    on_a_day = forms.groupby(["enumerator", "surveyed_on"], dropna=False).size()
    days = on_a_day.groupby(level="enumerator", dropna=False)
    table = people[["asked", "unknown", "alike"]].sum().astype(int)
    table = table.assign(forms=people.size(), days=days.size(), most_on_a_day=days.max())
    columns = ["enumerator", "forms", "days", "most_on_a_day", "asked", "unknown", "alike"]
    share = table["unknown"] / table["asked"].where(table["asked"] > 0, 1)
    table = table.assign(share=share).sort_values("share", ascending=False, kind="stable")
    return table.reset_index()[columns]


def alike(forms: pd.DataFrame, questions: Iterable[Column]) -> pd.Series:
    """Say which forms have a twin of the same enumerator: every choice the same.

    Amounts and free text are not compared, and neither is a form without any answer or without
    its enumerator's name.
    """
    codes = [column.code for column in questions if column.type in _OF_A_FEW]
    answered = forms[codes].notna().any(axis=1) & forms["enumerator"].notna()
    return forms[["enumerator", *codes]].astype("str").duplicated(keep=False) & answered


# Which households to ask again, and what about.

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
    lines = lines.assign(rank=lines["kind"].map(KINDS.index))
    lines = lines.sort_values(["village", "household", "rank"], kind="stable", ignore_index=True)
    return lines.drop(columns="rank")


def _lines(homes: pd.DataFrame, kind: str, name: str) -> pd.DataFrame:
    return homes[_WHO].astype({"village": "str"}).assign(kind=kind, name=name)


def households_by_village(lines: pd.DataFrame) -> pd.DataFrame:
    """Count the households to ask again in each village, the most first: village, households."""
    counted = lines.groupby("village")["household"].nunique().reset_index(name="households")
    return counted.sort_values("households", ascending=False, kind="stable", ignore_index=True)


# Whether a quarter's data can be used: the one rule behind the page's first sentence.
#
# The bounds are this project's own rule of thumb; no decree sets them. They are whole percentages,
# and the arithmetic is exact.

#: With fewer of the cohort surveyed, those who are missing outweigh most of the plan's gaps.
ENOUGH_SURVEYED, HARDLY_SURVEYED = 95, 80
#: The same for answers: above the first bound ask again, above the second don't report yet.
FEW_UNKNOWN, MANY_UNKNOWN = 5, 20

USABLE, IN_PART, NOT_YET = VERDICTS = ("usable", "in_part", "not_yet")


@dataclass(frozen=True)
class Facts:
    """What the rule goes by: counts of one quarter, of the whole commune.

    `cohort` households of which `surveyed` have a form; `asked` answers of which `unknown` are not
    known; `judged` targets of which `unmeasured` have nothing to go by, and `hanging`, though
    measured, would be judged better if every unknown answer were a yes.
    """

    cohort: int
    surveyed: int
    asked: int
    unknown: int
    judged: int
    hanging: int
    unmeasured: int


def verdict(facts: Facts) -> str:
    """Say whether the data are usable, usable in part, or not yet.

    Nobody in the cohort, or no answer at all, is never usable.
    """
    if not (facts.cohort and facts.asked):
        return NOT_YET
    surveyed, unknown = 100 * facts.surveyed, 100 * facts.unknown
    if surveyed < HARDLY_SURVEYED * facts.cohort or unknown > MANY_UNKNOWN * facts.asked:
        return NOT_YET
    few = surveyed >= ENOUGH_SURVEYED * facts.cohort and unknown <= FEW_UNKNOWN * facts.asked
    return USABLE if few and not (facts.hanging or facts.unmeasured) else IN_PART
