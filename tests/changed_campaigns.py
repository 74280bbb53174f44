"""The small campaign of `inspected_campaign` in several states, for tests of what changed.

Each state is the first one with one thing otherwise, built in a folder of its own.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
from inspected_campaign import TODAY, built

from campaign_lib.analysis.changes import Change, Pair
from campaign_lib.pipeline.build import build
from campaign_lib.store.processed import Processed

Edit = Callable[[Path], object]
SURVEY = "survey/2024Q3.csv"


def edited(file: str, edit: Callable[[pd.DataFrame], pd.DataFrame]) -> Edit:
    """Change a raw table."""

    def change(raw: Path) -> None:
        table = pd.read_csv(raw / file, dtype=str, keep_default_na=False)
        edit(table).to_csv(raw / file, index=False)

    return change


def answered(home: str, question: str, answer: str) -> Edit:
    """Change an answer."""
    return edited(SURVEY, lambda t: t.assign(**{question: t[question].mask(
        t["household"] == home, answer)}))  # fmt: skip


def planned(before: str, now: str) -> Edit:
    """Change the plan's text."""

    def change(raw: Path) -> None:
        path = raw / "plans" / "2024.toml"
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, now), encoding="utf-8")

    return change


def lived(home: str, column: str, value: str) -> Edit:
    """Change a cell of the register of households."""
    return edited("households.csv", lambda t: t.assign(**{column: t[column].mask(
        t["household"] == home, value)}))  # fmt: skip


def corrected(raw: Path) -> None:
    """Change an answer by a correction, its file untouched."""
    lines = [
        "file,key,column,old,new,who,when,why",
        f"{SURVEY},A3,self_reliance,yes,no,An,2024-10-01,hỏi lại",
    ]
    (raw / "corrections.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def fixed(raw: Path) -> None:
    """Fix a village's counts."""
    lines = ["year,indicator,village,count", "2024,changed_mindset,A,9", "2024,changed_mindset,B,2"]
    (raw / "allocation.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


#: What is otherwise, by the name of the state.
EDITS: Mapping[str, Edit] = {
    "answer": answered("A3", "self_reliance", "no"),
    "status": edited(
        "poverty_status.csv", lambda t: t[t["household"] != "B4"].reset_index(drop=True)
    ),
    "left": lived("A9", "left_on", "2024-07-01"),
    "moved": lived("A9", "village", "B"),
    "target": planned('at_least = "77.17"', 'at_least = "60.00"'),
    "threshold": planned('district_mean_income = "1850"', 'district_mean_income = "1000"'),
    "baseline": planned("baseline = 2023-12-31", "baseline = 2023-12-30"),
    "allocation": fixed,
    "corrected": corrected,
    "column": edited(SURVEY, lambda t: t.drop(columns="informed")),
    "plan gone": lambda raw: (raw / "plans" / "2024.toml").unlink(),
}


def first_state(folder: Path) -> Processed:
    """Build the campaign as it is at first."""
    return built(folder)


def state_of(folder: Path, first: Path, edit: Edit) -> Processed:
    """Build the campaign with something otherwise than in `first`, without what that kept."""
    shutil.copytree(first / "raw", folder / "raw")
    edit(folder / "raw")
    build(folder, TODAY)
    return Processed(folder / "processed")


def mirrored(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Give changes as they are seen from the other build."""
    return tuple(
        Change(
            Pair(change.figure, change.pair.now, change.pair.before),
            tuple(
                replace(
                    cause,
                    before=cause.now,
                    now=cause.before,
                    at_before=cause.at_now,
                    at_now=cause.at_before,
                )
                for cause in change.causes
            ),
        )
        for change in changes
    )
