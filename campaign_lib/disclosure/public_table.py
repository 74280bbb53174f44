"""From results to public results: the same lines, without what would tell of single households."""

from collections.abc import Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any

import numpy as np
import pandas as pd

from campaign_lib.disclosure.choice import Choice
from campaign_lib.disclosure.grid import (
    COMMUNE_AT,
    COUNTS,
    LEAST_SHOWN,
    UNMEASURED,
    Block,
    Column,
    Mask,
    Whole,
    blocks_of,
    places_of,
    protect,
)
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.plan.communes import ALL

# Which verdicts and target counts of villages give nothing away.
#
# A village's target count is its part of the commune's, and what is left over after rounding goes
# to the largest remainders of all villages: it tells about the bases of the others. So do
# verdicts, but only where one household more or less in the target would make another verdict.


def unsure_verdicts(block: Block, base_hidden: Mask) -> Mask:
    """Say at which villages the verdict would tell which way the village's part was rounded.

    Everything that decides it is public: the village's counts, the commune's base, target and path.
    A village's own part is rounded down or up, whatever the bases of other villages are. Where the
    commune's base is hidden, that is every village.
    """
    villages = np.ones_like(block.exists)
    villages[COMMUNE_AT] = False
    if base_hidden[COMMUNE_AT]:
        return villages
    count, base = block.counts["numerator"], block.counts["denominator"]
    target = int(block.numbers("target_count")[COMMUNE_AT])
    path = int(block.numbers("path_count")[COMMUNE_AT])
    total = int(base[COMMUNE_AT])
    if min(total, target, path) <= 0:
        return np.zeros_like(villages)
    least = base * target // total
    most = least + 1
    # The share due is above (path - 1) / target and at most path / target; due counts round up.
    due_at_least = np.where(least > 0, (path - 1) * least // target + 1, 0)
    due_at_most = -(-path * most // target)
    met, on_track = count >= most, (count < least) & (count >= due_at_most)
    return np.asarray(villages & ~(met | on_track | (count < due_at_least)), bool)


def is_shared_out(block: Block) -> bool:
    """Say whether villages have parts of the commune's target, other than all of their own base."""
    judged = block.numbers("target_count")[:-1] >= 0
    own = block.lines["target_percent"].notna().to_numpy()
    told = np.zeros_like(block.exists)
    told[block.exists] = own
    return bool((judged & ~told[:-1]).any())


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


# Public results of several communes: what all of them come to, only where each shows its part.

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


# Small counts in any other public table: loans, models, households that attended.


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
