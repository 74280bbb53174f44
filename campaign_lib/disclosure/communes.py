"""Public results of several communes: what all of them come to, only where each shows its part."""

import pandas as pd

from campaign_lib.disclosure.grid import COUNTS
from campaign_lib.disclosure.public_table import HIDDEN, PUBLIC_COLUMNS
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.plan.communes import ALL

_KEYS = ["quarter", "indicator"]


def disclose_all(results: pd.DataFrame, public: pd.DataFrame) -> pd.DataFrame:
    """Give what of a folder's results may leave the office.

    A line of the level `all` is shown where every commune shows its own: then it is their sum, and
    tells nobody anything that the communes have not told. Where a commune withholds anything, the
    sum would give it away, and all of the line is withheld.

    Args:
        results: of all levels (data contract, section 4).
        public: what the communes show, as `disclose` gives it, each commune's under its key.

    Returns:
        The lines of `results` with `PUBLIC_COLUMNS`.
    """
    sums = results[results["level"] == ALL]
    hidden = _is_open(sums, public[public["level"] == COMMUNE]).eq(False).to_numpy()
    shown = sums.assign(
        **{name: sums[name].mask(hidden) for name in (*COUNTS, "percent", "target_count")},
        status=sums["status"].mask(hidden, HIDDEN),
        hidden=hidden,
    )
    lines = pd.concat([public, shown[PUBLIC_COLUMNS]])
    return lines.sort_values(["quarter", "level", "place", "indicator"], ignore_index=True)


def _is_open(sums: pd.DataFrame, communes: pd.DataFrame) -> pd.Series:
    """Say of each line of the level `all` whether its parts are there to be added up."""
    told = communes.assign(hidden=~communes["hidden"].astype(bool))
    by_line = told.groupby(_KEYS, observed=True)
    line = pd.MultiIndex.from_frame(sums[_KEYS])
    is_open = by_line["hidden"].all().reindex(line)
    for name in COUNTS:
        # A count that a commune does not print may be a 0 of nobody; nobody needs to find out.
        printed = communes[name].notna().groupby([communes[key] for key in _KEYS]).all()
        is_open &= printed.reindex(line) | sums[name].isna().to_numpy()
    return is_open
