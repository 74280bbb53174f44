"""The recount of a folder of several communes: each by itself, and all of them added up."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.plan.communes import ALL
from campaign_lib.recount import open_tables
from campaign_lib.words.progress import Listener, nobody

_KEYS = ["quarter", "level", "place", "indicator"]


def recount_communes(
    processed: Path, communes: Mapping[str, Path], tell: Listener = nobody
) -> pd.DataFrame:
    """Count every line of a folder's results.csv again.

    Args:
        processed: the folder `data/processed`.
        communes: where each commune's own tables are, by its key.
        tell: hears of each table before it is opened or counted.

    Returns:
        As `recount`, each commune's lines under its key.

    Raises:
        CampaignError: the tables have not been built.
    """
    lines, places = [], []
    for key, folder in communes.items():
        with open_tables(folder, tell) as connection:
            own = connection.execute("SELECT * FROM recounted").df().astype("str")
            places.append(connection.execute("SELECT * FROM places WHERE level = 'commune'").df())
        lines.append(own.assign(place=own["place"].mask(own["level"] == COMMUNE, key)))
    with open_tables(processed, tell, pd.concat(places)) as connection:
        sums = connection.execute("SELECT * FROM recounted WHERE level = 'commune'").df()
    lines.append(sums.astype("str").assign(level=ALL, place=ALL))
    return pd.concat(lines).sort_values(_KEYS, ignore_index=True)
