"""Which verdicts and target counts of villages give nothing away.

A village's target count is its part of the commune's, and what is left over after rounding goes to
the largest remainders of all villages: it tells about the bases of the others. So do verdicts, but
only where one household more or less in the target would make another verdict.
"""

import numpy as np

from campaign_lib.disclosure.column import COMMUNE_AT, Mask
from campaign_lib.disclosure.grid import Block


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
