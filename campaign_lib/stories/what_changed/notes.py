"""The note of a report whose quarter was sent upward and has changed since."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from campaign_lib.analysis.changes.revisions import changes_of
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.show.display import NOTHING, Passage, boxed, heading, paragraph, together
from campaign_lib.stories.what_changed.tables import revisions_table
from campaign_lib.words import Words

_KEY = "what_changed.revision"
_BOX = "revision"


def revision_note(
    revisions: pd.DataFrame, place: str, names: Mapping[str, str], words: Words
) -> Passage:
    """Say which figures of a place are no longer what was sent; nothing where all are.

    Args:
        revisions: lines of the table `revisions` of one quarter.
        place: a village's code, or `commune`.
        names: the villages to name if they have revised figures of their own, by code.
        words: the reader's language.
    """
    if revisions.empty:
        return NOTHING
    own = list(changes_of(revisions[revisions["place"] == place]))
    others = [name for code, name in names.items() if (revisions["place"] == code).any()]
    if not (own or others):
        return NOTHING
    on = date.fromisoformat(str(revisions["locked_on"].iloc[0]))
    told = words(f"{_KEY}.villages", count=len(others), villages=words.listed(others))
    passage = together(
        heading(words(f"{_KEY}.heading", on=on), 2, "revisions"),
        paragraph(words(f"{_KEY}.says")),
        revisions_table(own, words) if own else NOTHING,
        paragraph(told) if others else NOTHING,
    )
    return boxed(passage, _BOX)


def public_note(revisions: pd.DataFrame, place: str, words: Words) -> Passage:
    """Say that public figures were revised, and no more than that.

    The commune's page has the villages' figures, too.

    Args:
        revisions: lines of the table `public_revisions` of one quarter.
        place: a village's code, or `commune`.
        words: the reader's language.
    """
    own = revisions if place == COMMUNE else revisions[revisions["place"] == place]
    if own.empty:
        return NOTHING
    on = date.fromisoformat(str(own["locked_on"].iloc[0]))
    return boxed(paragraph(words(f"{_KEY}.public", on=on)), _BOX)
