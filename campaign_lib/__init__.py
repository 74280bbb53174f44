"""Indicators of the campaign, from raw files to audited reports.

From Python: ``from campaign_lib import open_campaign``; then `open_campaign()` shows what can be
asked. An indicator of one's own is a `Share`, `Count` or `Drop` of named steps that answer with
`said`, `more_than` and `enough_of`; `INDICATORS` are the plan's ten (docs/python.md).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from campaign_lib.base.answers import enough_of, more_than, said
    from campaign_lib.errors import CampaignError
    from campaign_lib.indicators import ALL as INDICATORS
    from campaign_lib.indicators.indicator import Count, Drop, Share
    from campaign_lib.pipeline.opening import open_campaign

__version__ = "0.9.0"
__all__ = [
    "INDICATORS",
    "CampaignError",
    "Count",
    "Drop",
    "Share",
    "enough_of",
    "more_than",
    "open_campaign",
    "said",
]

#: Where each name lives: it is imported when it is first asked for, so that the command is quick.
_HOMES = {
    "INDICATORS": "indicators:ALL",
    "CampaignError": "errors",
    **dict.fromkeys(("Count", "Drop", "Share"), "indicators.indicator"),
    **dict.fromkeys(("enough_of", "more_than", "said"), "base.answers"),
    "open_campaign": "pipeline.opening",
}


def __getattr__(name: str) -> Any:
    """Give one of the names of `__all__` from the room that it lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room, _, own = _HOMES[name].partition(":")
    value = globals()[name] = getattr(import_module(f"{__name__}.{room}"), own or name)
    return value


def __dir__() -> list[str]:
    return __all__
