"""The commune's quarterly report: what `commune_report.ipynb` opens."""

from collections.abc import Mapping
from typing import Any

from campaign_lib.base.editions import INTERNAL, PUBLIC, known_edition
from campaign_lib.pipeline.opening import open_campaign, parameters_of
from campaign_lib.store.processed import Processed
from campaign_lib.stories.commune.internal import CommuneReport
from campaign_lib.stories.commune.public import PublicCommuneReport
from campaign_lib.stories.commune.quarter import CommuneQuarter
from campaign_lib.words import Words

#: What each edition is told by, and the table that its figures are read from.
_EDITIONS = {
    INTERNAL: (CommuneReport, "results"),
    PUBLIC: (PublicCommuneReport, "public_results"),
}


def check_commune_report(namespace: Mapping[str, Any]) -> CommuneReport:
    """Check a notebook's parameters quarter, language, edition, and open its report.

    Raises:
        CampaignError: an unknown parameter, quarter, language or edition.
    """
    return commune_report(
        open_campaign(), **parameters_of(namespace, "quarter", "language", "edition")
    )


def commune_report(
    processed: Processed, quarter: str, language: str = "vi", edition: str = INTERNAL
) -> CommuneReport:
    """Open the commune's report of a quarter; raises CampaignError as above."""
    words = Words(language)
    code, kind = processed.known_quarter(quarter), known_edition(edition)
    story, results = _EDITIONS[kind]
    return story(CommuneQuarter(processed, code, results), words, kind)
