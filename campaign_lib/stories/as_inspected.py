"""What the visits to households make of a printed figure: beside it wherever it is the headline.

The page of visits tells all of it; the commune's report and the audits of the commune's figures
name the corrected percentage with its interval, as soon as enough of those drawn were visited.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from campaign_lib.analysis.inspected_figures import LEAST_VISITED, estimates
from campaign_lib.analysis.visits import SEED, SIZE, draw, frame_of
from campaign_lib.show.tables.labels import rows_of
from campaign_lib.store.processed import Processed
from campaign_lib.words import Words


def visited_figures(processed: Processed, quarter: str) -> pd.DataFrame:
    """Give the estimates of a quarter, as `campaign_lib.analysis.inspected_figures.estimates` does.

    Those drawn are those of the quarter's page of visits. No row where too few of them were
    visited to say anything, nor where nobody was.
    """
    inspections = processed.rows("inspections", {"quarter": [quarter]})
    if inspections.empty:
        return pd.DataFrame()
    homes = processed.rows("panel", {"quarter": [quarter]})
    frame = frame_of(homes)
    if len(frame) < LEAST_VISITED:
        return pd.DataFrame()
    lines = estimates(homes, inspections, set(draw(frame, SIZE, SEED, quarter).drawn["household"]))
    return lines[lines["enough"].astype(bool)]


def as_inspected(
    processed: Processed, quarter: str, words: Words, indicator: str = ""
) -> Sequence[str]:
    """Say what the visits make of the commune's figures; nothing before somebody was visited.

    Args:
        processed: what was built.
        quarter: its code.
        words: the reader's language.
        indicator: the only one to tell of; "" tells of all.
    """
    visited = processed.rows("inspections", {"quarter": [quarter]})["household"].nunique()
    if not visited:
        return []
    said = [
        _sentence(line, words)
        for line in rows_of(visited_figures(processed, quarter))
        if not indicator or line.indicator == indicator
    ]
    return said or [words("as_inspected.too_few", visited=visited, least=LEAST_VISITED)]


def _sentence(line: Any, words: Words) -> str:
    visited = line.counted_visited + line.others_visited
    figure = {
        "label": words(f"indicators.{line.indicator}.label"),
        "counted": line.numerator,
        "base": line.base,
        "printed": words.percent(100 * line.numerator / line.base),
    }
    if visited == line.base:
        found = line.counted_found + line.others_found
        return words(
            "as_inspected.says_all",
            found=found,
            percent=words.percent(100 * found / line.base),
            **figure,
        )
    about, low, high = (words.percent(100 * end, 1) for end in (line.share, line.low, line.high))
    return words("as_inspected.says", percent=about, low=low, high=high, visited=visited, **figure)
