"""What a plan begins with: the tasks of the plan of 2024 in our own words, to be changed."""

import tomllib
from pathlib import Path
from typing import Any

from campaign_lib.plan import Task

#: The plan of 2024 but for its numbers: tasks by quarter, and the section of each target.
USUAL: dict[str, Any] = tomllib.loads(
    (Path(__file__).parent / "usual.toml").read_text(encoding="utf-8")
)
SECTIONS: dict[str, str] = USUAL["sections"]


def usual_tasks(year: int) -> tuple[Task, ...]:
    """Give the tasks that a year's plan begins with; ids such as Q1-1 say nothing of the year."""
    filled = {"year": year, "next_year": year + 1}
    return tuple(
        Task(
            id=f"{quarter}-{number}",
            quarter=quarter,
            **{key: text.format(**filled) for key, text in task.items()},
        )
        for quarter, tasks in USUAL["tasks"].items()
        for number, task in enumerate(tasks, 1)
    )
