"""From results to public results: the same lines, without what would tell of single households."""

from collections.abc import Mapping
from itertools import groupby
from operator import attrgetter

import numpy as np
import pandas as pd

from campaign_lib.disclosure.choice import Choice
from campaign_lib.disclosure.column import COMMUNE_AT, Mask, Whole
from campaign_lib.disclosure.grid import COUNTS, UNMEASURED, Block, blocks_of, places_of
from campaign_lib.disclosure.verdicts import is_shared_out, unsure_verdicts

#: The status of a line of which something is hidden.
HIDDEN = "hidden"
PUBLIC_COLUMNS = [
    *("quarter", "level", "place", "indicator", "unit", "numerator", "denominator", "percent"),
    *("target_percent", "target_count", "status"),
    *("baseline_numerator", "baseline_denominator", "hidden"),
]
_PROTECTED = "household"
_AREAS = "residential_area"


def disclose(results: pd.DataFrame) -> pd.DataFrame:
    """Give what of the results may leave the office (docs/decisions/08-public-edition.md).

    Args:
        results: results.csv's table (data contract, section 4), percentages as numbers.

    Returns:
        The same lines in the same order, with `PUBLIC_COLUMNS`. `hidden` is True where a count, the
        percentage or the verdict is withheld; then `status` is "hidden", what is withheld is
        missing, and so is the percentage. Where nothing was measured in the whole commune, counts
        of 0 are missing as well and the status stays "unmeasured". A village's target count is
        missing where its line is hidden, or where it would tell about hidden bases.
    """
    lines = results.reset_index(drop=True)
    places = places_of(lines)
    blocks = blocks_of(lines, places, _PROTECTED)
    choice = Choice(_areas(blocks_of(lines, places, _AREAS)), len(places) - 1)
    for _, quarter in groupby(blocks, key=attrgetter("quarter")):
        choice.publish(quarter)
    withheld = {name: np.zeros(len(lines), dtype=bool) for name in (*COUNTS, *_OTHERS)}
    for block in blocks:
        for name, mask in _withheld(block, choice.of(block)).items():
            withheld[name][block.rows[mask & block.exists]] = True
    shown = lines.assign(
        **{name: lines[name].mask(withheld[name]) for name in (*COUNTS, "percent", "target_count")},
        status=lines["status"].mask(withheld["hidden"], HIDDEN),
        hidden=withheld["hidden"],
    )
    return shown[PUBLIC_COLUMNS].set_axis(results.index)


_OTHERS = ("percent", "target_count", "hidden")


def _areas(blocks: list[Block]) -> Whole | None:
    """Give the villages' numbers of residential areas in the first quarter that has them.

    The first, for it stays the first when more are published.
    """
    return blocks[0].counts["denominator"] if blocks else None


def _withheld(block: Block, chosen: Mapping[str, Mask]) -> dict[str, Mask]:
    """Say, column by column, where a block shows nothing, and where its line is hidden."""
    none = np.zeros_like(block.exists)
    masks = {name: chosen.get(name, none) for name in block.counts}
    empty = {name: ~none for name in block.counts if block.is_empty(name)}
    unmeasured = np.asarray(block.column("status") == UNMEASURED, bool)
    shared = masks["denominator"].any() and is_shared_out(block)  # and not every base is seen
    unsure = (unsure_verdicts(block, masks["denominator"]) & ~unmeasured) if shared else none
    no_percent = np.any([none, *chosen.values()], axis=0)
    hidden = no_percent | unsure
    no_target = ~none if shared else hidden | unmeasured
    no_target[COMMUNE_AT] = _target_tells(block, masks)
    return {
        **masks,
        **empty,
        "percent": no_percent,
        "target_count": no_target,
        "hidden": hidden,
    }


def _target_tells(block: Block, masks: Mapping[str, Mask]) -> bool:
    """Say whether the commune's target count would give away what it follows from.

    It follows from bases; in the case of poverty from all counts but the later one of the poor.
    """
    follows = [name for name in block.counts if name == "denominator" or name.startswith("base")]
    return any(masks[name][COMMUNE_AT] or block.is_empty(name) for name in follows)
