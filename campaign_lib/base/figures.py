"""The short name of a figure, printed beside it wherever it stands: `2024Q3/T4/changed_mindset`."""

from typing import NamedTuple

from campaign_lib.errors import CampaignError

_BETWEEN = "/"


class Figure(NamedTuple):
    """One line of results: an indicator of a village, or of the commune, in a quarter."""

    quarter: str
    place: str
    indicator: str

    def __str__(self) -> str:
        return _BETWEEN.join(self)

    @classmethod
    def parse(cls, text: str) -> "Figure":
        """Read a reference; a village's code may have the sign between the parts in it.

        Raises:
            CampaignError: it has fewer than three parts.
        """
        quarter, _, rest = text.strip().partition(_BETWEEN)
        place, _, indicator = rest.rpartition(_BETWEEN)
        if not (quarter and place and indicator):
            raise CampaignError("asked.figure", text=repr(text))
        return cls(quarter, place, indicator)
