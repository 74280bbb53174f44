"""Which figures would change: walked and judged by what judges a build, and estimates by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspected_campaign import COUNT, HOMES, MINDSET, Found, built, mindset

from campaign_lib.analysis.inspected_figures import (
    LEAST_VISITED,
    SURVEYED,
    Estimate,
    Group,
    changes,
    checked,
    deciding,
    estimate,
    estimates,
    judged_again,
    with_found,
)
from campaign_lib.indicators.ten import CHANGED_MINDSET
from campaign_lib.store.processed import Processed

QUARTER = "2024Q3"
KEYS = ["quarter", "level", "place", "indicator"]


def parts(processed: Processed) -> tuple[pd.DataFrame, pd.DataFrame]:
    return (
        processed.rows("panel", {"quarter": [QUARTER]}),
        processed.rows("inspections", {"quarter": [QUARTER]}),
    )


@pytest.fixture(scope="session")
def sample(built_sample: Processed) -> Processed:
    return built_sample


def test_the_same_answers_give_what_was_built(sample: Processed) -> None:
    for quarter in sample.quarters:
        homes = sample.rows("panel", {"quarter": [quarter]})
        again = judged_again(sample, quarter, homes).sort_values(KEYS, ignore_index=True)
        ids = [one.id for one in SURVEYED]
        results = sample.results
        lines = results[(results["quarter"] == quarter) & results["indicator"].isin(ids)]
        assert len(again) == len(lines) > 0
        pd.testing.assert_frame_equal(
            again, lines[list(again)].reset_index(drop=True), check_dtype=False
        )


def test_what_was_found_takes_the_place_of_the_survey(tmp_path: Path) -> None:
    found: list[Found] = [
        *mindset("A1", counts=False),
        *mindset("A2", counts=False),
        *mindset("A7", counts=True),
        ("B1", "income", "1.900"),
        ("B1", "house", "frail"),
    ]
    processed = built(tmp_path, found)
    homes, inspections = parts(processed)
    corrected = with_found(homes, inspections).set_index("household")
    assert corrected.loc["B1", ["income", "house", "has_tv"]].tolist() == [1900, "frail", "yes"]
    assert corrected.dtypes.equals(homes.set_index("household").dtypes)
    lines = changes(processed, QUARTER, corrected.reset_index()).set_index(["indicator", "place"])
    lines = lines.sort_index()
    commune = lines.loc["changed_mindset", "commune"]
    assert (commune["numerator"], commune["numerator_after"]) == (8, 7)
    assert commune["denominator"] == 13
    # 77.17 % of 13 is 11, of which 3/4 are due by the third quarter: 9; 8 is behind either way
    assert (commune["status"], commune["status_after"]) == ("behind", "behind")
    assert lines.loc["changed_mindset", "A"][["numerator", "numerator_after"]].tolist() == [6, 5]
    # nobody had an income above the mean: B1's would, but not in a frail house
    assert lines.loc["improved_life", "commune"]["numerator_after"] == 0
    rest = lines[lines.index.get_level_values("indicator") != "changed_mindset"]
    assert (rest["numerator"] == rest["numerator_after"]).all()


def test_a_verdict_can_change(tmp_path: Path) -> None:
    found = [one for home in ("B3",) for one in mindset(home, counts=True)]
    processed = built(tmp_path, found)
    homes, inspections = parts(processed)
    lines = changes(processed, QUARTER, with_found(homes, inspections))
    line = lines[(lines["indicator"] == "changed_mindset") & (lines["place"] == "commune")].iloc[0]
    assert (line["numerator_after"], line["status"], line["status_after"]) == (
        9,
        "behind",
        "on_track",
    )


def test_households_that_the_survey_does_not_mention_have_what_was_found(tmp_path: Path) -> None:
    processed = built(tmp_path, mindset("A9", counts=True), unasked={"A9"})
    homes, inspections = parts(processed)
    assert homes.set_index("household").loc["A9", list(MINDSET)].isna().all()
    corrected = with_found(homes, inspections)
    assert corrected.set_index("household").loc["A9", list(MINDSET)].tolist() == [
        "yes",
        "no",
        "yes",
    ]
    lines = changes(processed, QUARTER, corrected).set_index(["indicator", "place"]).sort_index()
    line = lines.loc[("changed_mindset", "commune")]
    assert (line["numerator"], line["numerator_after"], line["denominator"]) == (8, 9, 13)


def test_who_was_asked_everything(tmp_path: Path) -> None:
    processed = built(tmp_path, [*mindset("A1", counts=True), ("A2", "self_reliance", "no")])
    homes, inspections = parts(processed)
    assert deciding(homes, [CHANGED_MINDSET]) == MINDSET
    assert checked(homes, inspections, CHANGED_MINDSET) == {"A1"}


def visits(**counts: bool) -> list[Found]:
    return [one for home, so in counts.items() for one in mindset(home, counts=so)]


OTHERS = [home for home in HOMES if home not in COUNT]


def test_an_estimate_by_hand(tmp_path: Path) -> None:
    """Five of the eight that count are visited, four of them do; all five others, one does."""
    found = visits(A1=True, A2=True, A3=True, A4=True, A5=False)
    found += visits(**{home: home == OTHERS[0] for home in OTHERS})
    homes, inspections = parts(built(tmp_path, found))
    one = estimate(homes, inspections, CHANGED_MINDSET, set(HOMES))
    assert (one.counted, one.others) == (Group(8, 5, 4), Group(5, 5, 1))
    assert one.enough
    assert one.share == pytest.approx((8 * 4 / 5 + 5 * 1 / 5) / 13)
    # Of the others everything is known, so the interval is that of the eight alone.
    own = one.counted.interval
    assert one.interval.low == pytest.approx((8 * own.low + 1) / 13)
    assert one.interval.high == pytest.approx((8 * own.high + 1) / 13)
    line = estimates(homes, inspections, set(HOMES)).set_index("indicator").loc["changed_mindset"]
    assert line[["base", "numerator", "counted_visited", "counted_found"]].tolist() == [13, 8, 5, 4]
    assert line["share"] == one.share


def test_only_who_was_drawn_speaks_for_others(tmp_path: Path) -> None:
    homes, inspections = parts(built(tmp_path, visits(**dict.fromkeys(HOMES, True))))
    one = estimate(homes, inspections, CHANGED_MINDSET, {"A1", "A7"})
    assert (one.counted, one.others) == (Group(8, 1, 1), Group(5, 1, 1))
    assert not one.enough


@st.composite
def groups(draw: st.DrawFn) -> Group:
    households = draw(st.integers(1, 300))
    visited = draw(st.integers(min(LEAST_VISITED, households), households))
    return Group(households, visited, draw(st.integers(0, visited)))


@given(groups(), groups())
def test_an_estimate_lies_in_its_interval(counted: Group, others: Group) -> None:
    one = Estimate("changed_mindset", counted, others)
    assert one.enough
    assert one.interval.low - 1e-9 <= one.share <= one.interval.high + 1e-9
    if counted.visited == counted.households and others.visited == others.households:
        true = (counted.count + others.count) / one.base
        assert one.share == pytest.approx(true)
        assert one.interval.half_width == pytest.approx(0, abs=1e-9)


@given(st.integers(1, 200), st.integers(5, 200))
def test_nothing_found_wrong_leaves_the_figure_but_not_certainty(size: int, visited: int) -> None:
    visited = min(size, visited)
    one = Estimate("changed_mindset", Group(size, visited, visited), Group(size, visited, 0))
    if one.enough:
        assert one.share == pytest.approx(0.5)
        # One household that was not visited is overlooked with a chance of its share of all: from
        # the 41st on that is rarer than the 2.5 % which are left on this side.
        certain = (size - visited) / size < 0.025
        assert (one.interval.half_width == pytest.approx(0)) == certain


@pytest.mark.parametrize(
    ("households", "wrong_yes", "wrong_no", "visits"),
    [
        ((98, 29), 0.1, 0.1, (20, 10)),
        ((60, 67), 0.2, 0.05, (15, 15)),
        ((300, 100), 0.05, 0.3, (30, 30)),
    ],
)
def test_the_interval_of_an_estimate_covers_the_truth(
    households: tuple[int, int], wrong_yes: float, wrong_no: float, visits: tuple[int, int]
) -> None:
    """By simulation: who is wrong, and who is visited, is drawn anew each time."""
    chance = np.random.default_rng(20240914)
    rounds, covered = 2000, 0
    for _ in range(rounds):
        truly = [
            int(chance.binomial(households[0], 1 - wrong_yes)),
            int(chance.binomial(households[1], wrong_no)),
        ]
        found = [
            int(chance.hypergeometric(true, size - true, looked))
            for true, size, looked in zip(truly, households, visits, strict=True)
        ]
        each = map(Group, households, visits, found)
        interval = Estimate("changed_mindset", *each).interval
        covered += interval.low <= sum(truly) / sum(households) <= interval.high
    assert covered / rounds >= 0.94
