"""A small campaign for the tests of what inspectors found: 13 poor households in two villages.

By the survey A1 to A6, B1 and B2 have changed their mindset: 8 of 13.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from raw_files import PLAN_2024, QUESTIONS, write_plan, write_table

from campaign_lib.pipeline.build import build
from campaign_lib.store.processed import Processed

TODAY = date(2025, 2, 1)
HOMES = [*(f"A{number}" for number in range(1, 10)), *(f"B{number}" for number in range(1, 5))]
COUNT = frozenset({"A1", "A2", "A3", "A4", "A5", "A6", "B1", "B2"})
#: What a household says that has changed its mindset, as in `QUESTIONS`.
CHANGED = {"dropped_customs": "yes", "relies_on_state": "no", "self_reliance": "yes"}
MINDSET = tuple(CHANGED)
Found = tuple[str, str, str]


def built(folder: Path, found: Iterable[Found] = (), **more: Any) -> Processed:
    """Write the campaign with what was found in its third quarter, build it, and open it.

    Args:
        folder: an empty one.
        found: household, question, what was found.
        more: other raw tables by name, as rows; `plan=None` leaves the plan out, `unasked` names
            households that the survey does not mention.
    """
    raw = folder / "raw"
    raw.mkdir(parents=True)
    write_table(
        raw,
        "villages",
        [{"village": code, "name": f"Thôn {code}", "residential_areas": 1} for code in "AB"],
    )
    homes = [{"household": id, "village": id[0], "ethnicity": "Xơ Đăng"} for id in HOMES]
    write_table(raw, "households", homes)
    poor = [{"household": id, "status": "poor", "valid_from": "2023-12-31"} for id in HOMES]
    write_table(raw, "poverty_status", poor)
    unasked = more.pop("unasked", ())
    write_table(raw, "survey/2024Q3", [answers(id) for id in HOMES if id not in unasked])
    for name, rows in more.items():
        if name != "plan":
            write_table(raw, name, rows)
    if more.get("plan", PLAN_2024):
        write_plan(raw, PLAN_2024)
    lines = [f"{home},2024Q3,{question},{cell},2024-09-20" for home, question, cell in found]
    heading = "household,quarter,question,found,inspected_on"
    (raw / "inspections.csv").write_text("\n".join([heading, *lines]) + "\n", encoding="utf-8")
    build(folder, TODAY)
    return Processed(folder / "processed")


def answers(home: str) -> dict[str, str]:
    """Give a household's row of the survey: all yes but what makes it count or not."""
    row = dict.fromkeys(QUESTIONS, "yes") | {"income": "1500", "house": "solid"}
    row |= {"cooperative": "none", **CHANGED}
    if home not in COUNT:
        row["self_reliance"] = "no"
    return {"household": home, "surveyed_on": "2024-08-20", **row}


def mindset(home: str, *, counts: bool) -> list[Found]:
    """Give all that is found of a household that does or does not count."""
    cells = {**CHANGED, **({} if counts else {"dropped_customs": "no"})}
    return [(home, question, cell) for question, cell in cells.items()]
