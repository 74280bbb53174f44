"""Judges a table of published figures: is each percentage what its two counts give?

`campaign recompute FILE` (data contract, section 5); docs/published-figures.md tells the inspector
how to use it. Beyond the contract's four columns a table may say of which total a row is part
(`part_of`), so that sums are checked, too. Integers, fractions and decimals only.
"""

from pathlib import Path

from campaign_lib.recount.recompute.judging import (
    RIGHT,
    TRUNCATION,
    UNJUDGED,
    WORDS,
    WRONG,
    Verdict,
    judge,
)
from campaign_lib.recount.recompute.nearby import denominators_for, numerators_for
from campaign_lib.recount.recompute.reading import printed_percent, read_figures
from campaign_lib.recount.recompute.telling import in_short
from campaign_lib.recount.recompute.tidy import judged, published_figures

__all__ = [
    "RIGHT",
    "TRUNCATION",
    "UNJUDGED",
    "WORDS",
    "WRONG",
    "Verdict",
    "denominators_for",
    "in_short",
    "judge",
    "judged",
    "numerators_for",
    "printed_percent",
    "published_figures",
    "read_figures",
    "recompute",
]


def recompute(path: Path) -> tuple[Verdict, ...]:
    """Judge every row of a CSV or XLSX file, in its order.

    Raises:
        CampaignError: the file cannot be read, lacks a column or a row, has a column twice, or
            says that a row is part of one that is not there.
    """
    return tuple(one.verdict for one in judged(read_figures(path)))
