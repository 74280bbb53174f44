"""The hand-worked stories of `tests/cases`, one file per indicator, told to both counts.

A case draws the raw tables that matter to its story. What it leaves out is filled in here: one
village `A` with one residential area; households that live in `A`, are Ba Na, and were poor from
2022-12-31 (no `poverty_status` drawn); a survey on the quarter's last day, in which a question that
is not drawn has not been answered; the plan of 2024, with `plan` laid over it (`plan = false`: no
plan at all). `lacks` takes columns out of the quarter's survey file.

It then draws the count of every step (part by part, in order) and the lines of results.csv, of the
places that matter. The build must give both; the recount in SQL must give the same lines.
"""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from raw_files import PLAN_2024, drawn, write_plan, write_table

from campaign_lib.base.quarters import Quarter
from campaign_lib.indicators import ALL
from campaign_lib.indicators.indicator import Count
from campaign_lib.pipeline.build import build
from campaign_lib.plan import COUNTED
from campaign_lib.recount import RECOUNTED, recount

FOLDER = Path(__file__).parents[1] / "cases"
TODAY = date(2025, 2, 1)
COUNTS = ["asked", "yes", "no", "unknown"]
Case = Mapping[str, Any]


def read_cases() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            yield pytest.param((path.stem, case), id=f"{path.stem}-{case['name']}")


@pytest.fixture(scope="module", params=read_cases())
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Build and recount one case; gives its indicator, the case, steps, results and recount."""
    indicator, case = request.param
    data = tmp_path_factory.mktemp("case")
    write_case(data / "raw", case)
    build(data, TODAY)
    processed = data / "processed"
    steps, results = (read_csv(processed / f"{name}.csv") for name in ("steps", "results"))
    return indicator, case, steps, results, recount(processed)


def write_case(raw: Path, case: Case) -> None:
    tables = {name: drawn(table) for name, table in case.get("raw", {}).items()}
    villages = tables.pop("villages", [{"village": "A"}])
    write_table(
        raw,
        "villages",
        [{"name": row["village"], "residential_areas": 1, **row} for row in villages],
    )
    homes = [{"village": "A", "ethnicity": "Ba Na", **row} for row in tables.pop("households", [])]
    write_table(raw, "households", homes)
    names = dict.fromkeys(row["household"] for row in homes)
    poor = [{"household": name, "status": "poor", "valid_from": "2022-12-31"} for name in names]
    write_table(raw, "poverty_status", tables.pop("poverty_status", poor))
    plan = laid_over(PLAN_2024, case.get("plan", {}))
    calendar = plan.get("calendar", "decree_09_2019")
    own = f"survey/{case['quarter']}"
    for name, rows in {own: [], **tables}.items():
        if name.startswith("survey/"):
            last_day = Quarter.parse(name.removeprefix("survey/")).last_day(calendar)
            rows = [{"surveyed_on": last_day, **row} for row in rows]
        write_table(raw, name, rows, case.get("lacks", []) if name == own else [])
    if case.get("plan") is not False:
        write_plan(raw, plan)


def laid_over(below: Case, above: Any) -> dict[str, Any]:
    """Lay the tables of `above` over those of `below`; "" takes a value out."""
    both = dict(below)
    for key, value in (above or {}).items():
        both[key] = laid_over(below.get(key, {}), value) if isinstance(value, Mapping) else value
    return {key: value for key, value in both.items() if value != ""}


def lines_of(table: pd.DataFrame, indicator: str, case: Case, place: str) -> pd.DataFrame:
    here = (
        (table["quarter"] == case["quarter"])
        & (table["indicator"] == indicator)
        & (table["place"] == place)
        & (table["level"] == ("commune" if place == "commune" else "village"))
    )
    return table[here]


def read_csv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def test_every_indicator_has_cases() -> None:
    ids = {indicator.id for indicator in ALL}
    assert {path.stem for path in FOLDER.glob("*.toml")} == ids
    assert set(RECOUNTED) == ids


def test_targets_in_units_are_those_of_counts() -> None:
    assert {one.id for one in ALL if isinstance(one, Count)} == COUNTED


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_cases_are_whole(path: Path) -> None:
    cases = tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    assert len(cases) >= 5
    assert len({case["name"] for case in cases}) == len(cases)
    for case in cases:
        assert case["story"].endswith(".")
        results = {row["place"] for row in drawn(case["results"])}
        steps = {row["place"] for row in drawn(case["steps"])}
        assert steps and steps <= results, f"{case['name']}: a line of results for each place"


def test_steps_are_as_told(told: Any) -> None:
    indicator, case, steps, _, _ = told
    expected = pd.DataFrame(drawn(case["steps"]))
    for place, rows in expected.groupby("place", sort=False):
        lines = lines_of(steps, indicator, case, str(place))
        built = lines.assign(position=lines["position"].astype(int)).sort_values(
            ["part", "position"]
        )
        wanted = rows.assign(position=rows.groupby("part").cumcount() + 1)
        wanted = wanted.sort_values(["part", "position"])
        columns = ["part", "position", *COUNTS]
        assert built[columns].values.tolist() == wanted[columns].values.tolist(), place


def test_results_are_as_told(told: Any) -> None:
    indicator, case, _, results, _ = told
    for row in drawn(case["results"]):
        (line,) = lines_of(results, indicator, case, row["place"]).to_dict("records")
        assert {key: line[key] for key in row} == row


def test_recount_is_as_told(told: Any) -> None:
    indicator, case, _, _, recounted = told
    for row in drawn(case["results"]):
        (line,) = lines_of(recounted, indicator, case, row["place"]).to_dict("records")
        assert {key: line[key] for key in row} == row


def test_recount_agrees_on_every_line(told: Any) -> None:
    """Also on the indicators and places that the story is not about."""
    _, _, _, results, recounted = told
    pd.testing.assert_frame_equal(recounted, results)
