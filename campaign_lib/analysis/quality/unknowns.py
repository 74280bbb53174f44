"""What nobody knows: questions that were asked and left without an answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from campaign_lib.codebook import Column

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
    questions = tuple(questions)
    asked, unknown = {}, {}
    for column in questions:
        everyone = pd.Series(True, index=forms.index)
        after_yes = forms[column.only_if] == "yes" if column.only_if else everyone
        asked[column.code] = after_yes.fillna(False).astype(bool)
        unknown[column.code] = asked[column.code] & forms[column.code].isna()
    codes = [column.code for column in questions]
    frames = (pd.DataFrame(each, index=forms.index, columns=codes) for each in (asked, unknown))
    return Asked(forms, *frames)


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
    table = people[["asked", "unknown", "alike"]].sum().astype(int)
    table["forms"] = people.size()
    days = on_a_day.groupby(level="enumerator", dropna=False)
    table["days"], table["most_on_a_day"] = days.size(), days.max()
    columns = ["enumerator", "forms", "days", "most_on_a_day", "asked", "unknown", "alike"]
    table = table.reset_index()[columns]
    share = table["unknown"] / table["asked"].where(table["asked"] > 0, 1)
    order = share.sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def alike(forms: pd.DataFrame, questions: Iterable[Column]) -> pd.Series:
    """Say which forms have a twin of the same enumerator: every choice the same.

    Amounts and free text are not compared, and neither is a form without any answer or without
    its enumerator's name.
    """
    codes = [column.code for column in questions if column.type in _OF_A_FEW]
    answered = forms[codes].notna().any(axis=1) & forms["enumerator"].notna()
    same = forms[["enumerator", *codes]].astype("str").duplicated(keep=False)
    return same & answered
