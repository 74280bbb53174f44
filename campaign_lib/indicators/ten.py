"""The ten indicators of the plan of 2024, each with its questions, section by section.

An indicator is registered in `ALL`, at the end; everything that needs a list of them derives it.
"""

import pandas as pd

from campaign_lib.base.answers import at_least, either, enough_of, more_than, said
from campaign_lib.indicators.households import (
    COHORT,
    lived_here_at_baseline,
    living_here_on_the_later_date,
    minority_at_baseline,
    minority_now,
    minority_on_the_later_date,
    no_longer_poor_on_the_later_date,
    not_known_to_be_poor_on_the_later_date,
    poor_or_near_poor_at_baseline,
    poor_or_near_poor_on_the_later_date,
    status_known_at_baseline,
    status_known_on_the_later_date,
    still_living_here,
)
from campaign_lib.indicators.indicator import Count, Drop, Indicator, Share

# Plan 2024, section II.1: everyone takes part, everyone knows, everything runs together.


def village_has_issued_its_plan(home: pd.DataFrame) -> "pd.Series[bool]":
    """The village has issued its campaign plan of this year by the quarter's last day."""
    return home["village_has_plan"]


def takes_part(home: pd.DataFrame) -> "pd.Series[bool]":
    """The household takes part in the campaign."""
    return said(home["takes_part"], "yes")


def told_about_the_campaign(home: pd.DataFrame) -> "pd.Series[bool]":
    """The household has been told about the campaign this year."""
    return said(home["informed"], "yes")


def held_this_year(activity: pd.DataFrame) -> "pd.Series[bool]":
    """Held between the first day of Q1 and the quarter's last day."""
    return activity["held_this_year"]


def runs_with_another_movement(activity: pd.DataFrame) -> "pd.Series[bool]":
    """Run together with at least one of the two named movements; an empty cell is neither."""
    return more_than(activity["movements"], 0)


COVERED_BY_PLAN = Share(
    id="covered_by_plan",
    among=(still_living_here, minority_now),
    counts=(village_has_issued_its_plan, takes_part),
    source="II.1",
)

INFORMED = Share(
    id="informed",
    among=COHORT,
    counts=(told_about_the_campaign,),
    source="II.1",
)

INTEGRATED_ACTIVITIES = Share(
    id="integrated_activities",
    among=(held_this_year,),
    counts=(runs_with_another_movement,),
    source="II.1",
    units="activities",
    unit="activity",
)


# Plan 2024, section II.2: ways of thinking have changed.


def gave_up_customs(home: pd.DataFrame) -> "pd.Series[bool]":
    """Gave up backward customs."""
    return said(home["dropped_customs"], "yes")


def does_not_wait_for_support(home: pd.DataFrame) -> "pd.Series[bool]":
    """Does not wait for, or lean on, support from the State: the answer to that is no."""
    return said(home["relies_on_state"], "no")


def works_own_way_out(home: pd.DataFrame) -> "pd.Series[bool]":
    """Works its own way out of poverty."""
    return said(home["self_reliance"], "yes")


CHANGED_MINDSET = Share(
    id="changed_mindset",
    among=COHORT,
    counts=(gave_up_customs, does_not_wait_for_support, works_own_way_out),
    source="II.2",
)


# Plan 2024, section II.3: science in production.


def applies_technique(home: pd.DataFrame) -> "pd.Series[bool]":
    """Applies science and technique in production."""
    return said(home["applies_technique"], "yes")


def chose_suitable_breeds(home: pd.DataFrame) -> "pd.Series[bool]":
    """Chose crops or livestock of high value that suit the local soil."""
    return said(home["suitable_breeds"], "yes")


def saves_and_reinvests(home: pd.DataFrame) -> "pd.Series[bool]":
    """Spends sensibly, saves, and puts the savings back into production."""
    return said(home["saves_reinvests"], "yes")


APPLIES_SCIENCE = Share(
    id="applies_science",
    among=COHORT,
    counts=(applies_technique, chose_suitable_breeds, saves_and_reinvests),
    source="II.3",
)


# Plan 2024, section II.4: living better, in cooperatives, and out of poverty.

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


# Plan 2024, section II.5: models of the Fatherland Front and of every residential area.


def belongs_to_the_front(model: pd.DataFrame) -> "pd.Series[bool]":
    """A model of the commune's Fatherland Front."""
    return said(model["owner"], "commune_front")


def built_this_year_or_kept_up(model: pd.DataFrame) -> "pd.Series[bool]":
    """Started this year (even if ended since), or started before and not ended by the last day."""
    return either(model["built_this_year"].astype("boolean"), model["kept_up"].astype("boolean"))


def residential_area(area: pd.DataFrame) -> "pd.Series[bool]":
    """One of the village's residential areas: all that the list of villages counts."""
    return at_least(area["area"], 1)


def has_new_model_of_its_own(area: pd.DataFrame) -> "pd.Series[bool]":
    """At least one model of the area's own was started this year."""
    return at_least(area["new_models"], 1)


FRONT_MODELS = Count(
    id="front_models",
    among=(belongs_to_the_front,),
    counts=(built_this_year_or_kept_up,),
    source="II.5",
    units="models",
    unit="model",
)

AREA_MODELS = Share(
    id="area_models",
    among=(residential_area,),
    counts=(has_new_model_of_its_own,),
    source="II.5",
    units="areas",
    unit="residential_area",
)

#: Every indicator, in the order of the plan.
ALL: tuple[Indicator, ...] = (
    COVERED_BY_PLAN,
    INFORMED,
    INTEGRATED_ACTIVITIES,
    CHANGED_MINDSET,
    APPLIES_SCIENCE,
    IMPROVED_LIFE,
    IN_COOPERATIVE,
    POVERTY_REDUCTION,
    FRONT_MODELS,
    AREA_MODELS,
)
IDS = tuple(indicator.id for indicator in ALL)
