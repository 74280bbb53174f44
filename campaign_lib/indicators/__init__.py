"""The ten indicators of the campaign: the rules, the panel they are asked of, and their figures.

In comes what was read (`Campaign`); out go results and steps as the data contract describes them,
and the panel, a row per unit and quarter, that they were walked on.
"""

from campaign_lib.codebook import codebook, folded
from campaign_lib.errors import CampaignError
from campaign_lib.indicators.indicator import Indicator
from campaign_lib.indicators.ten import ALL, IDS
from campaign_lib.words.spelling import hint


def find(id: str | Indicator) -> Indicator:
    """Give the indicator with an id or a name; an indicator, of the ten or one's own, is itself.

    Raises:
        CampaignError: there is none; the sentence offers the nearest.
    """
    if isinstance(id, Indicator):
        return id
    named = codebook().tables["allocation"].column("indicator").answers
    codes = {folded(text): one.code for one in named for text in one.spellings}
    for indicator in ALL:
        if indicator.id == codes.get(folded(str(id))):
            return indicator
    raise CampaignError("asked.indicator", name=repr(id), hint=hint(id, IDS))


__all__ = ["ALL", "IDS", "Indicator", "find"]
