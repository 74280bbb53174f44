"""The panel: as of which day everything is looked at, decided here and tested on those days."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from raw_files import COLUMNS, PLAN_2024, drawn, write_plan, write_table

from campaign_lib.base.quarters import CALENDAR, Quarter
from campaign_lib.indicators.panel import Panel, build_panel, days_of
from campaign_lib.intake import read_campaign
from campaign_lib.plan import Plan

TODAY = date(2026, 1, 1)
#: A has two residential areas, B has one.
VILLAGES = "village | name | residential_areas \n A | Thôn 1 | 2 \n B | Thôn 2 | 1"


@pytest.fixture
def panel(tmp_path: Path) -> Any:
    """Write a small campaign, each table drawn or given as rows, and lay out its panel."""

    def lay_out(
        tables: Mapping[str, str | Sequence[Mapping[str, object]]],
        quarters: Sequence[str] = ("2024Q1",),
        plan: Mapping[str, object] = PLAN_2024,
    ) -> Panel:
        raw = tmp_path / "raw"
        surveys = {f"survey/{quarter}": [] for quarter in quarters}
        for name, table in {"villages": VILLAGES, "households": [], **surveys, **tables}.items():
            write_table(raw, name, drawn(table) if isinstance(table, str) else table)
        write_plan(raw, plan)
        return build_panel(read_campaign(raw, TODAY))

    return lay_out


def homes(found: Panel, quarter: str = "2024Q1") -> pd.DataFrame:
    rows = found.units["households"]
    return rows[rows["quarter"] == quarter].set_index("household")


def one(table: pd.DataFrame, *columns: str) -> list[object]:
    (row,) = table[list(columns)].astype(object).values.tolist()
    return [None if pd.isna(cell) else cell for cell in row]


# --- the days of a quarter ---


@pytest.mark.parametrize(
    ("quarter", "calendar", "first", "last", "year_first", "later"),
    [
        ("2024Q1", "decree_09_2019", "2023-12-15", "2024-03-14", "2023-12-15", "2024-03-14"),
        ("2024Q3", "decree_09_2019", "2024-06-15", "2024-09-14", "2023-12-15", "2024-09-14"),
        ("2024Q4", "decree_09_2019", "2024-09-15", "2024-12-14", "2023-12-15", "2024-12-31"),
        ("2024Q2", CALENDAR, "2024-04-01", "2024-06-30", "2024-01-01", "2024-06-30"),
        ("2024Q4", CALENDAR, "2024-10-01", "2024-12-31", "2024-01-01", "2024-12-31"),
    ],
)
def test_days_of_a_quarter(
    quarter: str, calendar: str, first: str, last: str, year_first: str, later: str
) -> None:
    plan = Plan(2024, date(2023, 12, 31), calendar=calendar)
    (day,) = days_of([Quarter.parse(quarter)], {2024: plan}).to_dict("records")
    names = ("first_day", "last_day", "year_first_day", "later_date", "baseline")
    assert [f"{day[name]:%Y-%m-%d}" for name in names] == [
        first, last, year_first, later, "2023-12-31",
    ]  # fmt: skip


def test_each_year_has_its_own_plan() -> None:
    quarters = [Quarter(2024, 4), Quarter(2025, 1)]
    days = days_of(quarters, {2024: Plan(2024, date(2023, 6, 30), calendar=CALENDAR)})
    assert days["quarter"].tolist() == ["2024Q4", "2025Q1"]
    assert days["baseline"].dt.strftime("%Y-%m-%d").tolist() == ["2023-06-30", "2024-12-31"]
    assert days["later_date"].dt.strftime("%Y-%m-%d").tolist() == ["2024-06-30", "2025-03-14"]
    assert days["last_day"].dt.strftime("%Y-%m-%d").tolist() == ["2024-12-31", "2025-03-14"]


# --- households ---

#: (joined, left) and whether the household is present: at baseline, now, later; in Q1 and in Q4.
STAYS = [
    ("", "", (1, 1, 1), (1, 1, 1)),
    ("2023-12-31", "", (1, 1, 1), (1, 1, 1)),
    ("2024-01-01", "", (0, 1, 1), (0, 1, 1)),
    ("2024-03-14", "", (0, 1, 1), (0, 1, 1)),
    ("2024-03-15", "", None, (0, 1, 1)),  # nowhere on any of the three days: no row at all
    ("2024-12-15", "", None, (0, 0, 1)),  # after Q4, before the anniversary
    ("", "2023-12-31", None, None),
    ("", "2024-01-01", (1, 0, 0), (1, 0, 0)),
    ("", "2024-03-14", (1, 0, 0), (1, 0, 0)),
    ("", "2024-03-15", (1, 1, 1), (1, 0, 0)),
    ("", "2024-12-14", (1, 1, 1), (1, 0, 0)),
    ("", "2024-12-15", (1, 1, 1), (1, 1, 0)),
    ("", "2024-12-31", (1, 1, 1), (1, 1, 0)),
    ("", "2025-01-01", (1, 1, 1), (1, 1, 1)),
]


def test_presence_on_the_three_days(panel: Any) -> None:
    rows = [
        {"household": f"H{n}", "village": "A", "ethnicity": "Ba Na", "joined_on": on, "left_on": to}
        for n, (on, to, _, _) in enumerate(STAYS)
    ]
    found = panel({"households": rows}, ("2024Q1", "2024Q4"))
    columns = [f"lives_here_{day}" for day in ("at_baseline", "now", "later")]
    for position, quarter in ((2, "2024Q1"), (3, "2024Q4")):
        expected = {f"H{n}": stay[position] for n, stay in enumerate(STAYS) if stay[position]}
        told = homes(found, quarter)[columns].astype(int)
        assert {home: tuple(row) for home, *row in told.itertuples()} == expected


@pytest.mark.parametrize(
    ("quarter", "villages"),
    [
        ("2024Q1", ["A", "A", "A", "A"]),
        ("2024Q2", ["A", "B", "B", "B"]),  # moved on the quarter's last day, 14 June
        ("2024Q3", ["A", None, None, "A"]),  # gone: it counts where it was last known to live
    ],
)
def test_a_household_belongs_where_it_lives_on_the_day(
    panel: Any, quarter: str, villages: list[str | None]
) -> None:
    found = panel(
        {
            "households": """household | village | ethnicity | joined_on | left_on
                H1 | A | Ba Na | | 2024-06-14
                H1 | B | Ba Na | 2024-06-14 | 2024-07-01"""
        },
        ("2024Q1", "2024Q2", "2024Q3"),
    )
    names = ("village_at_baseline", "village_now", "village_later", "village")
    assert one(homes(found, quarter), *names) == villages


def test_members_group_and_head_are_those_of_the_stay_on_the_day(
    panel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = (*COLUMNS["households"], "members", "head_sex")
    monkeypatch.setitem(COLUMNS, "households", columns)  # type: ignore[arg-type]
    stays = """
        household | village | ethnicity | head_sex | members | joined_on  | left_on
        H1        | A       | Ba Na     | male     | 4       |            | 2024-05-01
        H1        | B       | Kinh      | female   |         | 2024-05-01 | 2024-07-01
    """
    found = panel({"households": stays}, ("2024Q1", "2024Q2", "2024Q3"))
    told = {
        quarter: one(homes(found, quarter), "village", "members", "ethnicity", "head_sex")
        for quarter in ("2024Q1", "2024Q2", "2024Q3")
    }
    assert told == {
        "2024Q1": ["A", 4, "ba_na", "male"],
        "2024Q2": ["B", None, "kinh", "female"],
        "2024Q3": ["A", 4, "ba_na", "male"],  # gone: as of the baseline date, with its village
    }


def test_status_is_looked_up_on_each_of_the_three_days(panel: Any) -> None:
    found = panel(
        {
            "households": "household | village | ethnicity \n H1 | A | Ba Na",
            "poverty_status": """household | status | valid_from
                H1 | poor | 2023-12-31
                H1 | near_poor | 2024-12-14
                H1 | not_poor | 2024-12-31""",
        },
        ("2024Q4",),
    )
    names = ("status_at_baseline", "status_now", "status_later")
    assert one(homes(found, "2024Q4"), *names) == ["poor", "near_poor", "not_poor"]


def test_only_the_quarter_s_own_survey_speaks(panel: Any) -> None:
    found = panel(
        {
            "households": "household | village | ethnicity \n H1 | A | Ba Na \n H2 | A | Ba Na",
            "survey/2024Q1": "household | surveyed_on | informed \n H1 | 2024-03-01 | yes",
            "survey/2024Q2": "household | surveyed_on | informed \n H2 | 2024-06-01 | no",
        },
        ("2024Q1", "2024Q2"),
    )
    told = {
        (quarter, home): one(homes(found, quarter).loc[[home]], "surveyed", "informed")
        for quarter in ("2024Q1", "2024Q2")
        for home in ("H1", "H2")
    }
    assert told == {
        ("2024Q1", "H1"): [True, "yes"],
        ("2024Q1", "H2"): [False, None],
        ("2024Q2", "H1"): [False, None],  # nothing is carried over
        ("2024Q2", "H2"): [True, "no"],
    }


@pytest.mark.parametrize(
    ("year", "issued", "has_plan"),
    [
        (2024, "2023-01-01", True),  # however early
        (2024, "2024-03-14", True),
        (2024, "2024-03-15", False),  # the day after the quarter
        (2023, "2024-03-01", False),  # the plan of another year
    ],
)
def test_a_village_has_issued_its_plan(panel: Any, year: int, issued: str, has_plan: bool) -> None:
    found = panel(
        {
            "households": "household | village | ethnicity \n H1 | A | Ba Na \n H2 | B | Ba Na",
            "village_plans": [{"village": "A", "year": year, "issued_on": issued}],
        }
    )
    assert homes(found)["village_has_plan"].to_dict() == {"H1": has_plan, "H2": False}


def test_the_year_s_parameters_stand_beside_each_household(panel: Any) -> None:
    plan = {**PLAN_2024, "parameters": {"district_mean_income": "1850.5"}}
    found = panel(
        {"households": "household | village | ethnicity \n H1 | A | Ba Na"}, ("2023Q4", "2024Q1"),
        plan,
    )  # fmt: skip
    names = ("district_mean_income", "essential_goods_needed")
    assert one(homes(found, "2024Q1"), *names) == [1850.5, 2]
    assert one(homes(found, "2023Q4"), *names) == [None, 2]


# --- activities ---


@pytest.mark.parametrize(
    ("held", "in_q1", "in_q2"),
    [
        ("2023-12-14", False, False),  # the last day of the year before
        ("2023-12-15", True, True),
        ("2024-03-14", True, True),  # this year goes on: Q1's activities count in Q2
        ("2024-03-15", False, True),
        ("2024-06-14", False, True),
        ("2024-06-15", False, False),
    ],
)
def test_held_this_year(panel: Any, held: str, in_q1: bool, in_q2: bool) -> None:
    found = panel({"activities": [{"activity": "X1", "held_on": held}]}, ("2024Q1", "2024Q2"))
    activities = found.units["activities"]
    assert dict(zip(activities["quarter"], activities["held_this_year"], strict=True)) == {
        "2024Q1": in_q1,
        "2024Q2": in_q2,
    }


@pytest.mark.parametrize(
    ("cell", "movements"),
    [("", 0), ("new_rural", 1), ("national_unity;new_rural", 2), ("?", None)],
)
def test_movements(panel: Any, cell: str, movements: int | None) -> None:
    row = {"activity": "X1", "held_on": "2024-02-01", "integrated_with": cell}
    assert one(panel({"activities": [row]}).units["activities"], "movements") == [movements]


# --- models and areas ---


@pytest.mark.parametrize(
    ("started", "ended", "built", "kept"),
    [
        ("2023-12-14", "", False, True),  # before this year, and going on
        ("2023-12-15", "", True, False),  # the year's first day
        ("2024-03-14", "", True, False),  # the quarter's last day
        ("2024-03-15", "", False, False),  # not yet
        ("2024-01-10", "2024-02-01", True, False),  # built, even if ended since
        ("2022-05-10", "2024-03-13", False, False),
        ("2022-05-10", "2024-03-14", False, False),  # an end on the last day is an end
        ("2022-05-10", "2024-03-15", False, True),
    ],
)
def test_ages_of_models(panel: Any, started: str, ended: str, built: bool, kept: bool) -> None:
    row = {"model": "M1", "owner": "commune_front", "started_on": started, "ended_on": ended}
    models = panel({"models": [row]}).units["models"]
    assert one(models, "built_this_year", "kept_up") == [built, kept]


@pytest.mark.parametrize(
    ("owner", "village", "number", "area", "wrong"),
    [
        ("residential_area", "A", "1", 1, ""),
        ("residential_area", "A", "2", 2, ""),
        ("residential_area", "A", "3", None, "residential_area"),  # A has only two
        ("residential_area", "A", "", None, "residential_area"),  # which of the two?
        ("residential_area", "B", "", 1, ""),  # B has only one
        ("residential_area", "B", "2", None, "residential_area"),
        ("residential_area", "", "1", None, "village"),
        ("residential_area", "", "", None, "village"),
        ("commune_front", "A", "1", None, ""),  # none of the area's own
        ("commune_front", "", "", None, ""),
    ],
)
def test_the_area_of_a_model(
    panel: Any, owner: str, village: str, number: str, area: int | None, wrong: str
) -> None:
    row = {"model": "M1", "owner": owner, "village": village, "residential_area": number}
    found = panel({"models": [{**row, "started_on": "2024-02-01"}]})
    assert one(found.units["models"], "area") == [area]
    listed = found.problems[["file", "row", "column", "action"]].values.tolist()
    assert listed == ([["models.csv", 2, wrong, "counted for none"]] if wrong else [])
    areas = found.units["areas"].set_index(["village", "area"])["new_models"].to_dict()
    expected = {("A", 1): 0, ("A", 2): 0, ("B", 1): 0}
    if area:
        expected[(village, area)] = 1
    assert areas == expected


def test_areas_have_the_models_built_up_to_each_quarter(panel: Any) -> None:
    found = panel(
        {
            "models": """model | owner | village | residential_area | started_on
                M1 | residential_area | A | 2 | 2023-12-14
                M2 | residential_area | A | 2 | 2024-03-14
                M3 | residential_area | A | 2 | 2024-03-15
                M4 | commune_front | A | 2 | 2024-02-01"""
        },
        ("2024Q1", "2024Q2"),
    )
    areas = found.units["areas"].query("village == 'A' and area == 2")
    assert areas[["quarter", "new_models"]].values.tolist() == [["2024Q1", 1], ["2024Q2", 2]]


def test_every_frame_knows_all_places_and_quarters(panel: Any) -> None:
    found = panel({}, ("2024Q2", "2024Q1"))
    assert found.places == ("A", "B")
    for frame in found.units.values():
        assert list(frame["village"].cat.categories) == ["A", "B"]
        assert list(frame["quarter"].cat.categories) == ["2024Q1", "2024Q2"]
