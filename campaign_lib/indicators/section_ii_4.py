"""Plan 2024, section II.4: living better, in cooperatives, and out of poverty."""

import pandas as pd

from campaign_lib.base.answers import enough_of, more_than, said
from campaign_lib.indicators.households import (
    COHORT,
    lived_here_at_baseline,
    living_here_on_the_later_date,
    minority_at_baseline,
    minority_on_the_later_date,
    no_longer_poor_on_the_later_date,
    not_known_to_be_poor_on_the_later_date,
    poor_or_near_poor_at_baseline,
    poor_or_near_poor_on_the_later_date,
    status_known_at_baseline,
    status_known_on_the_later_date,
)
from campaign_lib.indicators.indicator import Drop, Share

ESSENTIAL_GOODS = ("has_tv", "has_motorbike", "has_phone", "has_fridge", "has_rice_cooker")


def income_above_district_mean(home: pd.DataFrame) -> "pd.Series[bool]":
    """Income strictly above the mean of the district's minority people (a year's parameter)."""
    return more_than(home["income"], home["district_mean_income"])


def has_stable_production_model(home: pd.DataFrame) -> "pd.Series[bool]":
    """Has a stable production model."""
    return said(home["stable_model"], "yes")


def lives_in_solid_house(home: pd.DataFrame) -> "pd.Series[bool]":
    """Lives in a solid house, nothing less."""
    return said(home["house"], "solid")


def has_essential_goods(home: pd.DataFrame) -> "pd.Series[bool]":
    """Has enough of the five essential goods (how many is a year's parameter)."""
    goods = [said(home[good], "yes") for good in ESSENTIAL_GOODS]
    return enough_of(goods, home["essential_goods_needed"])


def member_of_group_or_cooperative(home: pd.DataFrame) -> "pd.Series[bool]":
    """Member of a cooperative group or of a cooperative."""
    return said(home["cooperative"], "group", "cooperative")


IMPROVED_LIFE = Share(
    id="improved_life",
    among=COHORT,
    counts=(
        income_above_district_mean,
        has_stable_production_model,
        lives_in_solid_house,
        has_essential_goods,
    ),
    source="II.4",
)

IN_COOPERATIVE = Share(
    id="in_cooperative",
    among=COHORT,
    counts=(member_of_group_or_cooperative,),
    source="II.4",
)

POVERTY_REDUCTION = Drop(
    id="poverty_reduction",
    baseline=(
        lived_here_at_baseline,
        minority_at_baseline,
        status_known_at_baseline,
        poor_or_near_poor_at_baseline,
    ),
    later=(
        living_here_on_the_later_date,
        minority_on_the_later_date,
        status_known_on_the_later_date,
        poor_or_near_poor_on_the_later_date,
    ),
    escaped=(
        lived_here_at_baseline,
        minority_at_baseline,
        poor_or_near_poor_at_baseline,
        living_here_on_the_later_date,
        minority_on_the_later_date,  # or it would count without being in the denominator
        not_known_to_be_poor_on_the_later_date,
        no_longer_poor_on_the_later_date,
    ),
    source="II.4",
)
