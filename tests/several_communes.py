"""A folder of several communes, small enough to count by hand."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from raw_files import PLAN_2024, drawn, write_plan, write_table

from campaign_lib import cli

TODAY = date(2025, 12, 31)

PLAN = {**PLAN_2024, "targets": {"informed": {"at_least": "50"}}}


def results_of(processed: Path) -> pd.DataFrame:
    return pd.read_csv(processed / "results.csv", dtype="str", keep_default_na=False)


def line(processed: Path, figure: str) -> dict[str, str]:
    quarter, place, indicator = figure.split("/")
    lines = results_of(processed)
    wanted = (lines["quarter"] == quarter) & (lines["place"] == place)
    (found,) = lines[wanted & (lines["indicator"] == indicator)].to_dict("records")
    return {str(name): str(cell) for name, cell in found.items()}


def fraction(processed: Path, figure: str) -> str:
    found = line(processed, figure)
    return f"{found['numerator']}/{found['denominator']}"


VILLAGES = """
    village | name   | residential_areas | commune
    A       | Thôn A | 1                 | X
    B       | Thôn B | 1                 | X
    C       | Thôn C | 1                 | Y
"""

HOUSEHOLDS = """
    household | village | ethnicity | joined_on  | left_on
    H1..H4    | A       | Ba Na     |            |
    H5..H6    | B       | Ba Na     |            |
    H7..H9    | C       | Ba Na     |            |
"""


def folder(
    data: Path,
    *,
    villages: str = VILLAGES,
    households: str = HOUSEHOLDS,
    plans: Mapping[str, Mapping[str, Any]] | None = None,
    quarters: Sequence[str] = ("2024Q1",),
    **tables: str,
) -> Path:
    """Write a folder in which everyone is poor on the first day and says yes to `informed`."""
    raw = data / "raw"
    for whose, plan in ({"": PLAN} if plans is None else plans).items():
        write_plan(raw, plan, whose)
    homes = drawn(households)
    ids = list(dict.fromkeys(home["household"] for home in homes))
    write_table(raw, "villages", drawn(villages))
    write_table(raw, "households", homes)
    since = {"status": "poor", "valid_from": "2023-12-31"}
    write_table(raw, "poverty_status", [{"household": id, **since} for id in ids])
    days = {"2024Q1": "2024-03-01", "2024Q2": "2024-06-01", "2024Q3": "2024-09-01",
            "2025Q1": "2025-03-01", "2025Q2": "2025-06-01", "2025Q3": "2025-09-01"}  # fmt: skip
    for quarter in quarters:
        said = {"surveyed_on": days[quarter], "informed": "yes"}
        write_table(raw, f"survey/{quarter}", [{"household": id, **said} for id in ids])
    for name, rows in tables.items():
        write_table(raw, name, drawn(rows))
    return data


DATED = """
    commune | name      | code  | valid_from | valid_until
    old     | Xã cũ     | 23500 |            | 2025-06-30
    new     | Xã mới    | 23500 | 2025-07-01 |
    Y       | Xã Y      | 23501 |            |
"""

#: A follows the code, B says both communes by key, C is in Y all the time.
FOLLOWING = """
    village | name   | residential_areas | commune
    A       | Thôn A | 1                 | 23500
    B       | Thôn B | 1                 | old;new
    C       | Thôn C | 1                 | Xã y
"""


def run(data: Path, *asked: str) -> int:
    return cli.main(["--data", str(data), "--today", str(TODAY), *asked])
