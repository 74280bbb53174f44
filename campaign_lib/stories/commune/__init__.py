"""The commune's quarterly report: what `commune_report.ipynb` opens."""

from campaign_lib.base.editions import INTERNAL, PUBLIC, known_edition
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


def commune_report(
    processed: Processed, quarter: str, language: str = "vi", edition: str = INTERNAL
) -> CommuneReport:
    """Open the commune's report of a quarter.

    Raises:
        CampaignError: an unknown quarter, language or edition.
    """
    words = Words(language)
    code, kind = processed.known_quarter(quarter), known_edition(edition)
    story, results = _EDITIONS[kind]
    return story(CommuneQuarter(processed, code, results), words, kind)
