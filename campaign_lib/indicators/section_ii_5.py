"""Plan 2024, section II.5: models of the Fatherland Front and of every residential area."""

import pandas as pd

from campaign_lib.base.answers import at_least, either, said
from campaign_lib.indicators.indicator import Count, Share


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
