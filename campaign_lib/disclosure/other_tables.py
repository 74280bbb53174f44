"""Small counts in any other public table: loans, models, households that attended."""

from typing import Any

import numpy as np
import pandas as pd

from campaign_lib.disclosure.column import COMMUNE_AT, LEAST_SHOWN, Column, protect


def may_show(count: Any) -> bool:
    """Say whether a count of households may be shown by itself; a missing one may not.

    A count beside its total needs more: see `shown_parts`.
    """
    return bool(not pd.isna(count) and int(count) >= LEAST_SHOWN)


def shown_parts(counts: pd.Series) -> tuple[pd.Series, Any]:
    """Hide what can't be shown of counts of households that stand above their total.

    Args:
        counts: whole numbers, in the order in which they are to be hidden where one that is small
            is not enough; the order must not follow from the counts.

    Returns:
        The counts and their total, missing where they are hidden: none of them can be worked out
        from the others.
    """
    values = np.append(counts.to_numpy(np.int64), counts.sum())
    hidden = protect([Column(values, np.ones(len(values), bool))], range(len(counts)))
    total = pd.NA if hidden[COMMUNE_AT] else int(values[COMMUNE_AT])
    return counts.astype("Int64").mask(hidden[:-1]), total
