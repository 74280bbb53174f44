"""The count that stands nowhere and can be read all the same: households that escaped poverty.

Two of the three formulas of poverty reduction follow from the four counts of a line. The third is
the share of those who escaped: that percentage and its base give their number.
"""

import numpy as np

from campaign_lib.base.percent import ALL_OF_THEM
from campaign_lib.disclosure.column import Mask, Whole
from campaign_lib.disclosure.grid import Block

ESCAPED = "escaped"


def escaped(block: Block) -> Whole:
    """Give the number that a line's percentage stands for, 0 where there is no percentage."""
    percent, _ = _hundredths(block)
    number = (2 * percent * block.counts["denominator"] + ALL_OF_THEM) // (2 * ALL_OF_THEM)
    return np.asarray(np.maximum(number, 0), np.int64)


def counts_escaped(block: Block) -> bool:
    """Say whether there is a percentage that follows from neither formula that compares rates."""
    poor, of, poor_before, of_before = (
        block.counts[name]
        for name in ("numerator", "denominator", "baseline_numerator", "baseline_denominator")
    )
    fall = poor_before * of - poor * of_before
    percent, there = _hundredths(block)
    explained = ~there
    for bottom in (of * of_before, of * poor_before):
        bottom = np.maximum(bottom, 1)
        size = (2 * ALL_OF_THEM * np.abs(fall) + bottom) // (2 * bottom)
        explained |= percent == np.sign(fall) * size
    return not bool(explained.all())


def _hundredths(block: Block) -> tuple[Whole, Mask]:
    """Give percentages as whole hundredths, and where there is one."""
    cells = np.zeros(len(block.rows), dtype=np.int64)
    there = np.zeros_like(block.exists)
    percent = block.lines["percent"].astype("Float64")
    cells[block.exists] = np.rint(percent.fillna(0).to_numpy(float) * 100).astype(np.int64)
    there[block.exists] = percent.notna().to_numpy(bool)
    return cells, there
