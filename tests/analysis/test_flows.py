"""Poverty flows: hand-worked stories, and that they balance whatever a register says."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import examples
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_files import PLAN_2024, drawn, write_plan, write_table

from campaign_lib.analysis.flows import (
    DECREASES,
    FLOWS,
    INCREASES,
    PovertyFlows,
    UnbalancedError,
    last_found_poor,
    poverty_flows,
    still_poor,
)
from campaign_lib.indicators.households import POOR
from campaign_lib.indicators.panel import Panel, build_panel
from campaign_lib.indicators.results import count_steps
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.intake import read_campaign

TODAY = date(2025, 2, 1)
BASELINE = pd.Timestamp("2023-12-31")
#: Two villages. What becomes of each household is in its id; the dates are those of 2024Q4.
HOUSEHOLDS = """
    household     | village | ethnicity | joined_on  | left_on
    STAYS         | A       | Ba Na     |            |
    BETTER        | A       | Ba Na     |            |
    LEFT          | A       | Ba Na     |            |
    WENT          | A       | Ba Na     |            | 2024-06-01
    MOVED         | A       | Ba Na     |            | 2024-06-01
    MOVED         | B       | Ba Na     | 2024-06-01 |
    MOVED_LEFT    | A       | Ba Na     |            | 2024-06-01
    MOVED_LEFT    | B       | Ba Na     | 2024-06-01 |
    WAS_MINORITY  | B       | Ba Na     |            | 2024-06-01
    WAS_MINORITY  | B       | Kinh      | 2024-06-01 |
    LOST          | B       | Ba Na     |            |
    RELAPSED      | B       | Ba Na     |            |
    NEW           | B       | Ba Na     |            |
    ONCE_IN_2024  | B       | Ba Na     |            |
    CAME          | B       | Ba Na     | 2024-03-01 |
    FOUND         | B       | Ba Na     |            |
    NOW_MINORITY  | B       | Kinh      |            | 2024-06-01
    NOW_MINORITY  | B       | Ba Na     | 2024-06-01 |
    KINH          | B       | Kinh      |            |
    NEVER         | B       | Ba Na     |            |
"""
STATUSES = """
    household     | status    | valid_from
    STAYS         | poor      | 2022-12-31
    BETTER        | poor      | 2023-12-31
    BETTER        | near_poor | 2024-12-31
    LEFT          | near_poor | 2023-12-31
    LEFT          | not_poor  | 2024-10-01
    WENT          | poor      | 2023-12-31
    MOVED         | poor      | 2023-12-31
    MOVED         | near_poor | 2024-12-31
    MOVED_LEFT    | near_poor | 2023-12-31
    MOVED_LEFT    | not_poor  | 2024-12-31
    WAS_MINORITY  | poor      | 2023-12-31
    LOST          | poor      | 2023-12-31
    LOST          | nonsense  | 2024-12-31
    RELAPSED      | near_poor | 2021-12-31
    RELAPSED      | not_poor  | 2022-12-31
    RELAPSED      | poor      | 2024-12-31
    NEW           | not_poor  | 2022-12-31
    NEW           | near_poor | 2024-12-31
    ONCE_IN_2024  | not_poor  | 2023-12-31
    ONCE_IN_2024  | poor      | 2024-03-01
    ONCE_IN_2024  | not_poor  | 2024-06-01
    ONCE_IN_2024  | poor      | 2024-12-31
    CAME          | poor      | 2023-12-31
    FOUND         | poor      | 2024-12-31
    NOW_MINORITY  | poor      | 2023-12-31
    KINH          | poor      | 2023-12-31
    NEVER         | not_poor  | 2022-12-31
"""
#: Worked by hand; flows that are not named are 0.
WORKED = {
    "A": {"start": 6, "left": 1, "left_commune": 1, "moved_away": 2, "end": 2},
    "B": {
        "start": 2,
        "left": 1,
        "no_longer_minority": 1,
        "status_lost": 1,
        "moved_here": 2,
        "relapsed": 1,
        "new": 2,
        "joined_commune": 1,
        "status_found": 1,
        "newly_minority": 1,
        "end": 7,
    },
    COMMUNE: {
        "start": 8,
        "left": 2,
        "left_commune": 1,
        "no_longer_minority": 1,
        "status_lost": 1,
        "relapsed": 1,
        "new": 2,
        "joined_commune": 1,
        "status_found": 1,
        "newly_minority": 1,
        "end": 9,
    },
}


def panel_of(
    raw: Path, homes: list[dict[str, str]], statuses: list[dict[str, str]]
) -> tuple[Panel, pd.DataFrame]:
    """Write a campaign of villages A and B and lay it out; gives the table of statuses too."""
    villages = [{"village": one, "name": one, "residential_areas": "1"} for one in "AB"]
    tables = {"villages": villages, "households": homes, "poverty_status": statuses}
    for name, rows in tables.items():
        write_table(raw, name, rows)
    for quarter in ("2024Q3", "2024Q4"):
        write_table(raw, f"survey/{quarter}", [])
    write_plan(raw, PLAN_2024)
    campaign = read_campaign(raw, TODAY)
    return build_panel(campaign), campaign.tables["poverty_status"]


def flows_of(panel: Panel, statuses: pd.DataFrame, quarter: str = "2024Q4") -> PovertyFlows:
    homes = panel.units["households"]
    return poverty_flows(homes[homes["quarter"] == quarter], statuses, BASELINE, panel.places)


def poverty_lines(panel: Panel, quarter: str = "2024Q4") -> pd.DataFrame:
    """Count poverty reduction as results.csv has it, by place."""
    figures = POVERTY_REDUCTION.figures(count_steps(POVERTY_REDUCTION, panel))
    return figures[figures["quarter"] == quarter].set_index("place")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[Panel, pd.DataFrame]:
    raw = tmp_path_factory.mktemp("flows") / "raw"
    return panel_of(raw, drawn(HOUSEHOLDS), drawn(STATUSES))


@pytest.mark.parametrize("place", [*"AB", COMMUNE])
def test_every_household_s_story_is_counted_where_it_belongs(
    story: tuple[Panel, pd.DataFrame], place: str
) -> None:
    counted = flows_of(*story).tally().loc[place, list(FLOWS)]
    assert counted[counted != 0].to_dict() == WORKED[place]


def test_each_household_is_where_its_name_says(story: tuple[Panel, pd.DataFrame]) -> None:
    flows = flows_of(*story)
    named = {
        "left": ["LEFT", "MOVED_LEFT"],
        "left_commune": ["WENT"],
        "moved_away": ["MOVED", "MOVED_LEFT"],
        "moved_here": ["MOVED", "MOVED_LEFT"],
        "no_longer_minority": ["WAS_MINORITY"],
        "status_lost": ["LOST"],
        "relapsed": ["RELAPSED"],
        "new": ["NEW", "ONCE_IN_2024"],
        "joined_commune": ["CAME"],
        "status_found": ["FOUND"],
        "newly_minority": ["NOW_MINORITY"],
    }
    for flow, households in named.items():
        assert sorted(flows.households(flow)["household"]) == households, flow
    assert "KINH" not in set(flows.events["household"])
    assert "NEVER" not in set(flows.events["household"])


def test_poor_and_near_poor_apart_have_what_went_between_them(
    story: tuple[Panel, pd.DataFrame],
) -> None:
    """BETTER in A, and MOVED in B, went from poor to near-poor."""
    flows = flows_of(*story)
    poor, near = flows.tally(["poor"]), flows.tally(["near_poor"])
    assert poor["into_other_group"].to_dict() == {"A": 1, "B": 1, COMMUNE: 2}
    assert near["from_other_group"].to_dict() == {"A": 1, "B": 1, COMMUNE: 2}
    assert (poor["start"]["A"], near["start"]["A"]) == (4, 2)
    assert (poor["end"]["A"], near["end"]["A"]) == (1, 1)
    both = flows.tally()
    assert not both[["into_other_group", "from_other_group"]].to_numpy().any()


def test_start_and_end_are_the_counts_of_results(story: tuple[Panel, pd.DataFrame]) -> None:
    tally, lines = flows_of(*story).tally(), poverty_lines(story[0])
    assert tally["start"].to_dict() == lines["baseline_numerator"].to_dict()
    assert tally["end"].to_dict() == lines["numerator"].to_dict()


def test_before_the_fourth_quarter_the_flows_end_on_the_quarter_s_last_day(
    story: tuple[Panel, pd.DataFrame],
) -> None:
    """By then nobody has been reviewed again; ONCE_IN_2024 was poor for a while in between."""
    tally = flows_of(*story, quarter="2024Q3").tally()
    assert tally.loc[COMMUNE, ["left", "new", "relapsed"]].to_dict() == {
        "left": 0,
        "new": 0,
        "relapsed": 0,
    }
    assert tally["end"].to_dict() == poverty_lines(story[0], "2024Q3")["numerator"].to_dict()


def test_who_is_still_poor_adds_up(story: tuple[Panel, pd.DataFrame]) -> None:
    lines = poverty_lines(story[0]).reset_index()
    table = still_poor(flows_of(*story), lines).set_index("place")
    assert (table["poor"] + table["near_poor"]).to_dict() == {"A": 2, "B": 7, COMMUNE: 9}
    # In A there are STAYS, BETTER and LEFT.
    assert table.loc["A", ["numerator", "denominator", "percent"]].tolist() == [2, 3, 66.67]


def test_the_last_date_somebody_was_found_poor(story: tuple[Panel, pd.DataFrame]) -> None:
    found = last_found_poor(story[1], BASELINE)
    assert found["RELAPSED"] == pd.Timestamp("2021-12-31")
    assert "NEW" not in found.index
    assert "ONCE_IN_2024" not in found.index


def test_flows_that_do_not_balance_are_never_shown() -> None:
    """As they would be if a household left the count for no reason that we know."""
    row = {"household": "H", "head_name": "", "group": "poor", "place": "A"}
    events = pd.DataFrame([{**row, "flow": "start"}, {**row, "flow": ""}])
    with pytest.raises(UnbalancedError, match="A: 1 poor at first lead to 1, and not to the 0"):
        PovertyFlows(events, ("A",)).tally()


DAYS = st.sampled_from(["", "2023-06-01", "2023-12-31", "2024-01-01", "2024-12-14", "2024-12-31"])
STATUS = st.fixed_dictionaries(
    {
        "status": st.sampled_from([*POOR, "not_poor", "nonsense"]),
        "valid_from": st.sampled_from(
            ["2021-12-31", "2022-12-31", "2023-12-31", "2024-05-05", "2024-12-31", "2025-01-01"]
        ),
    }
)
STAY = st.fixed_dictionaries(
    {
        "village": st.sampled_from("AB"),
        "ethnicity": st.sampled_from(["Ba Na", "Kinh", "nobody's"]),
    }
)


@st.composite
def home(draw: st.DrawFn) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Draw one household's stays, one after the other, and its statuses."""
    changes = sorted(set(draw(st.lists(DAYS.filter(bool), max_size=2))))
    bounds = [draw(st.sampled_from(["", "2023-03-03", "2024-02-02"])), *changes]
    bounds = [bounds[0], *(day for day in bounds[1:] if day > bounds[0])]
    ends = [*bounds[1:], draw(st.sampled_from(["", "2024-12-31", "2025-01-15"]))]
    stays = [
        {**draw(STAY), "joined_on": first, "left_on": last}
        for first, last in zip(bounds, ends, strict=True)
        if not last or not first or first < last
    ]
    statuses = {row["valid_from"]: row for row in draw(st.lists(STATUS, max_size=4))}
    return stays, list(statuses.values())


def named(rows: list[dict[str, str]], name: str) -> list[dict[str, str]]:
    return [{"household": name, **row} for row in rows]


@settings(max_examples=examples.of(12), deadline=None)
@given(st.lists(home(), min_size=1, max_size=40))
def test_flows_balance_whatever_the_register_says(
    homes: list[tuple[list[dict[str, str]], list[dict[str, str]]]],
) -> None:
    stays = [row for at, (rows, _) in enumerate(homes) for row in named(rows, f"H{at}")]
    statuses = [row for at, (_, rows) in enumerate(homes) for row in named(rows, f"H{at}")]
    with TemporaryDirectory() as folder:
        panel, checked = panel_of(Path(folder) / "raw", stays, statuses)
    flows = flows_of(panel, checked)
    lines = poverty_lines(panel)
    tallies: Mapping[str, pd.DataFrame] = {
        "both": flows.tally(),
        **{group: flows.tally([group]) for group in POOR},
    }
    for tally in tallies.values():
        change = tally[list(INCREASES)].sum(axis=1) - tally[list(DECREASES)].sum(axis=1)
        assert (tally["start"] + change == tally["end"]).all()
        within = ["moved_away", "moved_here", "other_decrease", "other_increase"]
        apart = tally.drop(columns=within)
        assert (apart.drop(index=COMMUNE).sum() == apart.loc[COMMUNE]).all()
    assert tallies["both"]["start"].to_dict() == lines["baseline_numerator"].to_dict()
    assert tallies["both"]["end"].to_dict() == lines["numerator"].to_dict()
    apart = sum(tallies[group][["start", "left", "relapsed", "new", "end"]] for group in POOR)
    assert (apart == tallies["both"][["start", "left", "relapsed", "new", "end"]]).all(axis=None)
