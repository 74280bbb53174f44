"""Poverty by income and deprivations beside the official status: boundaries, unknowns, sums."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_lib.analysis.quality.standard import (
    STATUSES,
    cross_table,
    deprivations,
    differing,
    measured,
    standard_on,
)

STANDARD = standard_on(date(2024, 12, 14))
assert STANDARD is not None
DEPRIVATIONS = deprivations()
SIGNS = {"y": "yes", "n": "no", "?": None}

Home = tuple[float | None, str, str | None]


def frame(homes: list[Home], later: list[str | None] | None = None) -> pd.DataFrame:
    """Give homes of income, deprivations as a word of y, n, ? (the rest is no), and status."""
    columns = {"income": pd.Series([income for income, _, _ in homes], dtype="float64")}
    for at, code in enumerate(DEPRIVATIONS):
        cells = [SIGNS[signs.ljust(len(DEPRIVATIONS), "n")[at]] for _, signs, _ in homes]
        columns[code] = pd.Series(pd.Categorical(cells, categories=["yes", "no"]))
    now = [status for *_, status in homes]
    for name, statuses in (("status_now", now), ("status_later", later or now)):
        columns[name] = pd.Series(pd.Categorical(statuses, categories=STATUSES))
    names = [f"H{number}" for number in range(len(homes))]
    return pd.DataFrame(columns).assign(household=pd.Series(names, dtype="str"), village="T1")


def test_the_standard_has_its_years() -> None:
    assert standard_on(date(2022, 1, 1)) == standard_on(date(2025, 12, 31)) == STANDARD
    assert (STANDARD.income, STANDARD.deprivations, len(DEPRIVATIONS)) == (1500, 3, 12)
    assert standard_on(date(2021, 12, 31)) is None
    assert standard_on(date(2026, 1, 1)) is None
    assert standard_on(date(2024, 1, 1), "decree_07_2021") == STANDARD
    assert standard_on(date(2024, 1, 1), "decision_59_2015") is None


@pytest.mark.parametrize(
    ("income", "signs", "status"),
    [
        (1500, "yyy", "poor"),  # exactly the line, exactly three
        (1500, "yyn", "near_poor"),
        (1500.5, "yyyyyyyyyyyy", "not_poor"),
        (1501, "n", "not_poor"),
        (0, "n", "near_poor"),
        (1500, "yyy?????????", "poor"),  # three are enough, whatever the others
        (1500, "yy?nnnnnnnnn", None),  # the third would decide
        (1500, "y?nnnnnnnnnn", "near_poor"),  # two at most
        (1600, "????????????", "not_poor"),  # above the line nothing else matters
        (None, "yyy", None),
        (None, "n", None),
    ],
)
def test_computed_status_by_hand(income: float | None, signs: str, status: str | None) -> None:
    (computed,) = measured(frame([(income, signs, None)]), STANDARD)["computed"]
    assert (None if pd.isna(computed) else computed) == status


@pytest.mark.parametrize(
    ("income", "signs", "official", "agrees"),
    [
        (1500, "yyy", "poor", True),
        (1500, "yyy", "near_poor", False),
        (1900, "yyy", "poor", False),
        (1900, "?", "not_poor", True),
        (None, "n", "poor", False),  # without three deprivations nobody is poor
        (None, "n", "near_poor", None),
        (None, "yyy", "near_poor", False),  # with three nobody is near-poor
        (None, "yyy", "poor", None),
        (1500, "yy?", "not_poor", False),  # poor or near-poor, but not that
        (1500, "yy?", "poor", None),
        (1500, "yyy", None, None),
    ],
)
def test_agreement_by_hand(
    income: float | None, signs: str, official: str | None, agrees: bool | None
) -> None:
    (said,) = measured(frame([(income, signs, official)]), STANDARD)["agrees"]
    assert (None if pd.isna(said) else bool(said)) is agrees


def test_who_differs_and_whom_the_review_has_settled() -> None:
    homes: list[Home] = [
        (1900, "n", "poor"),
        (1900, "n", "poor"),
        (1200, "yyyy?", "not_poor"),
        (1200, "yyy", "poor"),
    ]
    later = ["poor", "not_poor", "near_poor", "poor"]
    out = differing(measured(frame(homes, later), STANDARD))
    assert list(out["household"]) == ["H0", "H1", "H2"]
    assert list(out["settled"]) == [False, True, False]
    assert list(out["deprived"]) == [0, 0, 4]
    assert list(out["deprived_unknown"]) == [0, 0, 1]


HOMES = st.lists(
    st.tuples(
        st.sampled_from([None, 0.0, 1499.0, 1500.0, 1501.0, 3000.0]),
        st.text("yn?", min_size=12, max_size=12),
        st.sampled_from([None, *STATUSES]),
    ),
    max_size=12,
)


@given(homes=HOMES)
@settings(deadline=None)
def test_the_cross_table_adds_up(homes: list[Home]) -> None:
    compared = measured(frame(homes), STANDARD)
    counted = cross_table(compared)
    assert counted.shape == (4, 4)
    assert int(counted.to_numpy().sum()) == len(homes)
    agreed = sum(int(counted.loc[status, status]) for status in STATUSES)
    assert agreed == int(compared["agrees"].sum())
    apart = counted.loc[list(STATUSES), list(STATUSES)].to_numpy().sum() - agreed
    # Beyond those, a status can be ruled out while the computed one is open.
    assert apart <= len(differing(compared)) <= apart + counted["unknown"].sum()


@given(homes=HOMES)
@settings(deadline=None)
def test_nothing_differs_where_nothing_is_known(homes: list[Home]) -> None:
    silent: list[Home] = [(None, "?" * 12, status) for *_, status in homes]
    compared = measured(frame(silent), STANDARD)
    assert compared["computed"].isna().all()
    assert compared["agrees"].isna().all()
    assert differing(compared).empty
