"""The report of one village in one quarter: what `village_report.ipynb` opens."""

from collections.abc import Mapping
from typing import Any

from campaign_lib.base.editions import INTERNAL, PUBLIC, known_edition
from campaign_lib.errors import CampaignError
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.pipeline.opening import open_campaign, parameters_of
from campaign_lib.store.processed import Processed
from campaign_lib.store.slices import slice_of
from campaign_lib.stories.village.internal import VillageReport
from campaign_lib.stories.village.public import PublicVillageReport
from campaign_lib.words import Words
from campaign_lib.words.spelling import few_of


def check_village_report(namespace: Mapping[str, Any]) -> "VillageReport":
    """Check a notebook's parameters village, quarter, language, edition, and open its report.

    Raises:
        CampaignError: an unknown parameter, village, quarter, language or edition.
    """
    given = parameters_of(namespace, "village", "quarter", "language", "edition")
    return village_report(open_campaign(), **given)


def village_report(
    processed: Processed,
    village: str,
    quarter: str,
    language: str = "vi",
    edition: str = INTERNAL,
) -> "VillageReport":
    """Open the report of a village (code or name); raises CampaignError as above."""
    words = Words(language)
    code = processed.known_place(village)
    if code == COMMUNE:
        known = few_of(processed.villages)
        raise CampaignError(f"This report is about one village; known are {known}.")
    part = slice_of(processed, code, processed.known_quarter(quarter))
    kind = PublicVillageReport if known_edition(edition) == PUBLIC else VillageReport
    return kind(part, words, processed.manifest)
