"""Sharing a target count out over villages: whole households, exactly as many as there are."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_lib.base.percent import ALL_OF_THEM, least_count
from campaign_lib.errors import Message
from campaign_lib.plan.targets import allocate, share_out, usable

codes = st.text(st.characters(categories=["Lu", "Nd"]), min_size=1, max_size=3)
villages = st.dictionaries(codes, st.integers(0, 400), min_size=1, max_size=12)
targets = st.integers(0, ALL_OF_THEM)


def counts(**by_village: int) -> pd.Series:
    return pd.Series(by_village, dtype="int64")


@pytest.mark.parametrize(
    ("count", "denominators", "shares"),
    [
        (10, [10, 10, 10], [4, 3, 3]),  # 3⅓ each: of three equal remainders the first code wins
        (11, [10, 10, 10], [4, 4, 3]),
        (5, [1, 2, 4], [1, 1, 3]),  # 5/7, 10/7, 20/7: remainders 5, 3 and 6 of 7, two are left
        (0, [3, 4], [0, 0]),
        (7, [3, 4], [3, 4]),
        (3, [0, 4, 0], [0, 3, 0]),
        (0, [0, 0], [0, 0]),
    ],
)
def test_largest_remainders(count: int, denominators: list[int], shares: list[int]) -> None:
    assert share_out(count, np.array(denominators)).tolist() == shares


@given(villages, st.data())
def test_shares_add_up_and_none_is_above_its_own(
    bases: dict[str, int], data: st.DataObject
) -> None:
    count = data.draw(st.integers(0, sum(bases.values())))
    own = np.array(list(bases.values()))
    shares = share_out(count, own)
    assert shares.sum() == count
    assert (shares >= 0).all()
    assert (shares <= own).all()


@given(villages, st.data())
def test_a_share_is_its_quota_rounded_up_or_down(
    bases: dict[str, int], data: st.DataObject
) -> None:
    total = sum(bases.values())
    count = data.draw(st.integers(0, total))
    for own, share in zip(
        bases.values(), share_out(count, np.array(list(bases.values()))), strict=True
    ):
        quota = Fraction(count * own, total) if total else Fraction(0)
        assert abs(int(share) - quota) < 1


@given(villages, targets)
def test_villages_add_up_to_the_commune(bases: dict[str, int], target: int) -> None:
    allocated = allocate(target, pd.Series(bases, dtype="int64"))
    assert allocated.sum() == least_count(target, sum(bases.values()))
    assert list(allocated.index) == sorted(bases)


@given(villages, targets, st.randoms(use_true_random=False))
def test_the_order_of_villages_is_the_order_of_their_codes(
    bases: dict[str, int], target: int, random: object
) -> None:
    shuffled = list(bases)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    denominators = pd.Series(bases, dtype="int64")
    pd.testing.assert_series_equal(
        allocate(target, denominators[shuffled]), allocate(target, denominators)
    )


def test_ties_go_to_the_first_code() -> None:
    allocated = allocate(5000, counts(T10=1, T2=1, T1=1))  # the commune needs 2 of 3
    assert allocated.to_dict() == {"T1": 1, "T10": 1, "T2": 0}


def test_a_target_of_all_is_each_village_s_own_denominator() -> None:
    bases = counts(A=3, B=0, C=9)
    assert allocate(ALL_OF_THEM, bases).to_dict() == bases.to_dict()
    assert allocate(ALL_OF_THEM, bases, counts(A=1, B=0, C=2)).to_dict() == bases.to_dict()


def test_fixed_counts_stand_capped_by_the_denominator() -> None:
    fixed = counts(C=9, A=7, B=0)
    assert allocate(5000, counts(A=4, B=5, C=20), fixed).to_dict() == {"A": 4, "B": 0, "C": 9}


@pytest.mark.parametrize(
    ("fixed", "why_not"),
    [
        (counts(A=4, B=1), ""),  # the commune needs 5 of 10
        (counts(A=0, B=5), ""),
        (counts(A=4, B=4), ""),  # more than needed is the commune's own will
        (counts(A=4, B=0), "allocation adds up to 4, the commune needs 5"),
        (counts(A=5), "allocation does not list B"),
        (counts(C=9), "allocation does not list A, B"),
    ],
)
def test_usable(fixed: pd.Series, why_not: str) -> None:
    said = usable(fixed, 5000, counts(A=5, B=5))
    assert (Message.of(said).said("en") if said else "") == why_not


@given(villages, targets, st.data())
def test_what_is_allocated_can_be_fixed(
    bases: dict[str, int], target: int, data: st.DataObject
) -> None:
    """What `campaign allocate --write` writes is found usable, and stands."""
    denominators = pd.Series(bases, dtype="int64")
    allocated = allocate(target, denominators)
    assert usable(allocated, target, denominators) == ""
    pd.testing.assert_series_equal(allocate(target, denominators, allocated), allocated)


def test_what_belongs_to_the_commune_alone_is_carried_by_the_villages_as_far_as_they_can() -> None:
    bases = counts(A=4, B=6)
    # Half of 16 is 8, of which the villages have their 10 to share by.
    assert allocate(5000, bases, commune=16).to_dict() == {"A": 3, "B": 5}
    # Half of 30 is 15: more than all that villages have.
    assert allocate(5000, bases, commune=30).to_dict() == {"A": 4, "B": 6}
    assert usable(counts(A=4, B=6), 5000, bases, commune=30) == ""
    said = Message.of(usable(counts(A=2, B=5), 5000, bases, commune=16))
    assert said.said("en").endswith("7, the commune needs 8")
