"""Whom to visit: the same households on every machine, every village, as many as asked for."""

from hashlib import sha256
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_lib.analysis.intervals import exact
from campaign_lib.analysis.visits import (
    LEAST_IN_VILLAGE,
    draw,
    frame_of,
    place_in_draw,
    precision,
    spread,
)


def frame(**villages: str) -> pd.DataFrame:
    """Draw households by village: + counts, - does not."""
    rows = [
        (f"{village}-{number}", f"Chủ hộ {number}", village, sign == "+")
        for village, signs in villages.items()
        for number, sign in enumerate(signs, 1)
    ]
    return pd.DataFrame(rows, columns=["household", "head_name", "village", "counts"])


frames = st.dictionaries(
    st.sampled_from("ABCDEFGH"), st.text("+-", min_size=1, max_size=30), min_size=1
).map(lambda villages: frame(**villages))
seeds = st.text(max_size=5)


@st.composite
def drawable(draw: st.DrawFn) -> tuple[pd.DataFrame, int, str]:
    homes = draw(frames)
    return homes, draw(st.integers(homes["village"].nunique(), 120)), draw(seeds)


@pytest.mark.parametrize(
    ("total", "sizes", "least", "shares"),
    [
        (10, [50, 30, 20], 2, [5, 3, 2]),
        # 9.6, 0.3, 0.1: the two small ones are given two each, the large one has the other six
        (10, [96, 3, 1], 2, [7, 2, 1]),
        # 5.4, 3.6, 1.0 of 10: the last gets two, and 8 are shared 3 : 2, which is 4.8 and 3.2
        (10, [27, 18, 5], 2, [5, 3, 2]),
        (3, [40, 40, 40], 1, [1, 1, 1]),
        (6, [1, 2, 3], 2, [1, 2, 3]),
        (0, [3, 3], 0, [0, 0]),
    ],
)
def test_visits_shared_out_by_hand(
    total: int, sizes: list[int], least: int, shares: list[int]
) -> None:
    assert spread(total, np.array(sizes), least).tolist() == shares


@settings(deadline=None)
@given(drawable())
def test_as_many_as_asked_and_every_village_has_someone(
    asked: tuple[pd.DataFrame, int, str],
) -> None:
    homes, size, seed = asked
    found = draw(homes, size, seed, "2024Q3")
    assert len(found.drawn) == min(size, len(homes)) == found.strata["visits"].sum()
    assert not found.drawn["household"].duplicated().any()
    assert set(found.drawn["household"]) <= set(homes["household"])
    assert set(found.drawn["village"]) == set(homes["village"])
    sizes = homes.groupby("village").size()
    least = np.minimum(sizes, LEAST_IN_VILLAGE)
    if size >= least.sum():
        assert (found.drawn.groupby("village").size() >= least).all()
    drawn = found.drawn.groupby(["village", "counts"]).size()
    planned = found.strata.set_index(["village", "counts"])["visits"]
    assert drawn.to_dict() == planned[planned > 0].to_dict()
    assert found.strata["chance"].between(0, 1).all()


@settings(deadline=None)
@given(drawable(), st.randoms(use_true_random=False))
def test_the_same_seed_draws_the_same_in_any_order(
    asked: tuple[pd.DataFrame, int, str], chance: Random
) -> None:
    homes, size, seed = asked
    rows = list(homes.index)
    chance.shuffle(rows)
    one, other = (draw(each, size, seed, "2024Q3") for each in (homes, homes.loc[rows]))
    pd.testing.assert_frame_equal(one.drawn, other.drawn)
    pd.testing.assert_frame_equal(one.strata, other.strata)


@settings(deadline=None)
@given(drawable(), st.sampled_from("+-"))
def test_a_household_more_changes_only_how_many_are_drawn(
    asked: tuple[pd.DataFrame, int, str], sign: str
) -> None:
    homes, size, seed = asked
    village = homes["village"].iloc[-1]
    new = frame(**{village: sign}).assign(household=f"{village}-new")
    before, after = (
        {
            key: list(own["household"])
            for key, own in draw(each, size, seed, "2024Q3").drawn.groupby(["village", "counts"])
        }
        for each in (homes, pd.concat([homes, new]))
    )
    for key in before.keys() & after.keys():
        drawn = set(after[key]) - {f"{village}-new"}
        assert drawn <= set(before[key]) or drawn >= set(before[key])


def test_the_order_is_the_same_on_every_machine() -> None:
    homes = frame(A="++++++++++", B="-----+++++")
    found = draw(homes, 6, "1", "2024Q3").drawn["household"]
    # A has ten of one kind, of which three are drawn; B's three fall on five and five.
    ranked = sorted(homes["household"], key=lambda id: sha256(of(id)).digest())
    first = {kind: [id for id in ranked if id in ids] for kind, ids in KINDS.items()}
    assert set(found) == {*first["A"][:3], *first["B-"][:2], *first["B+"][:1]}


KINDS = {
    "A": [f"A-{number}" for number in range(1, 11)],
    "B-": [f"B-{number}" for number in range(1, 6)],
    "B+": [f"B-{number}" for number in range(6, 11)],
}


def of(household: str) -> bytes:
    return f"1\n2024Q3\n{household.lower()}".encode()


def test_seed_quarter_and_id_decide_alone() -> None:
    places = {
        place_in_draw(seed, quarter, home)
        for seed in ("1", "2")
        for quarter in ("2024Q3", "2024Q4")
        for home in ("T1-001", "T1-002")
    }
    assert len(places) == 8
    assert place_in_draw("1", "2024Q3", "t1-001") == place_in_draw("1", "2024Q3", "T1-001")


def test_every_household_may_be_drawn() -> None:
    homes = frame(A="+++++-----")
    seen = {id for seed in range(60) for id in draw(homes, 2, str(seed), "2024Q3").drawn.household}
    assert seen == set(homes["household"])


def test_every_village_is_visited_however_many_there_are() -> None:
    found = draw(frame(A="+", B="-", C="+-"), 2, "1", "2024Q3")
    assert found.drawn["village"].tolist() == ["A", "B", "C"]
    many = {f"V{number:03}": "++-" for number in range(300)}
    assert draw(frame(**many), 30, "1", "2024Q3").drawn["village"].nunique() == 300


def test_nobody_to_visit() -> None:
    found = draw(frame(), 30, "1", "2024Q3")
    assert found.drawn.empty
    assert found.strata.empty


def test_the_frame_is_the_cohort_and_unknown_does_not_count() -> None:
    homes = pd.DataFrame(
        {
            "household": ["H1", "H2", "H3", "H4"],
            "head_name": "Chủ hộ",
            "village": pd.Categorical(["A", "A", "B", "B"]),
            "lives_here_at_baseline": True,
            "minority_at_baseline": pd.array([True] * 4, dtype="boolean"),
            "status_at_baseline": ["poor", "near_poor", "poor", "not_poor"],
            "lives_here_now": True,
            "dropped_customs": pd.Categorical(["yes", "yes", None, "yes"], ["yes", "no"]),
            "relies_on_state": pd.Categorical(["no", "yes", "no", "no"], ["yes", "no"]),
            "self_reliance": pd.Categorical(["yes"] * 4, ["yes", "no"]),
        }
    )
    found = frame_of(homes)
    assert dict(zip(found["household"], found["counts"], strict=True)) == {
        "H1": True,
        "H2": False,
        "H3": False,
    }


def test_sizes_that_are_compared() -> None:
    lines = precision(39, (10, 20, 400))
    assert lines["size"].tolist() == [10, 20, 39]
    assert lines["expected"].tolist()[1:] == [exact(18, 20, 39).half_width, 0.0]
    assert (lines["worst"] >= lines["expected"]).all()
