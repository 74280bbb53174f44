"""The ten indicators of the campaign: the rules, the panel they are asked of, and their figures.

In comes what was read (`Campaign`); out go results and steps as the data contract describes them,
and the panel, a row per unit and quarter, that they were walked on.
"""

from campaign_lib.errors import CampaignError
from campaign_lib.indicators.indicator import Indicator
from campaign_lib.indicators.ten import (
    APPLIES_SCIENCE,
    AREA_MODELS,
    CHANGED_MINDSET,
    COVERED_BY_PLAN,
    FRONT_MODELS,
    IMPROVED_LIFE,
    IN_COOPERATIVE,
    INFORMED,
    INTEGRATED_ACTIVITIES,
    POVERTY_REDUCTION,
)
from campaign_lib.words.spelling import hint

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


def find(id: str) -> Indicator:
    """Give the indicator with an id.

    Raises:
        CampaignError: there is none; the sentence offers the nearest.
    """
    for indicator in ALL:
        if indicator.id == id:
            return indicator
    raise CampaignError("asked.indicator", name=repr(id), hint=hint(id, IDS))
