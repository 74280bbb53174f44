"""What may leave the office: results without the counts that would tell of single households.

In come results; out go the same lines with small counts, and all that would give them away, hidden.
Docs/decisions/08-public-edition.md says what is hidden, why, and which attacks were considered.
"""

from campaign_lib.disclosure.grid import LEAST_SHOWN
from campaign_lib.disclosure.public_table import (
    HIDDEN,
    PUBLIC_COLUMNS,
    disclose,
    disclose_all,
    may_show,
    shown_parts,
)

__all__ = [
    "HIDDEN",
    "LEAST_SHOWN",
    "PUBLIC_COLUMNS",
    "disclose",
    "disclose_all",
    "may_show",
    "shown_parts",
]
