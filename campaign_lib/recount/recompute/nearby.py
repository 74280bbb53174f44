"""Counts that would make a printed percentage right: a slip is often one of them.

For a given numerator they are one run of denominators without a gap, and the other way round.
"""

from decimal import Decimal

from campaign_lib.recount.recompute.judging import decimals_of
from campaign_lib.recount.recompute.telling import both

#: So many counts are listed at most; a longer run is told by its nearest and its ends.
SHOWN = 5
#: No campaign counts more; where a printed 0 % allows any large base, this is the largest.
MOST = 10**12


def denominators_for(numerator: int, printed: Decimal) -> range:
    """Give every denominator with which a numerator (not below 0) is printed as it is."""
    if printed < 0:
        return range(0)
    halves, times = _in_halves(printed)
    # Printed p is right  <=>  (2p - 1) d <= 200 n < (2p + 1) d, p and n in units of its decimals.
    least = max(times * numerator // (halves + 1) + 1, numerator, 1)
    most = times * numerator // (halves - 1) if halves else MOST
    return range(least, most + 1)


def numerators_for(denominator: int, printed: Decimal) -> range:
    """Give every numerator with which a denominator (above 0) is printed as it is."""
    halves, times = _in_halves(printed)
    least = max(_up((halves - 1) * denominator, times), 0)
    most = min(_up((halves + 1) * denominator, times) - 1, denominator)
    return range(least, most + 1)


def _in_halves(printed: Decimal) -> tuple[int, int]:
    """Give twice the percentage, and 200, both in units of its last decimal."""
    unit: int = 10 ** decimals_of(printed)
    return int(2 * unit * printed), 200 * unit


def _up(top: int, bottom: int) -> int:
    return -(-top // bottom)


def nearest(counts: range, printed: int, many: int = SHOWN) -> list[int]:
    """Pick the counts of a run that are nearest to the printed one, in rising order."""
    if len(counts) <= many:
        return list(counts)
    first = min(max(printed - many // 2, counts[0]), counts[-1] - many + 1)
    return list(range(first, first + many))


def would_be_right(numerator: int, denominator: int, printed: Decimal) -> tuple[str, ...]:
    """Say which other denominators, and which other numerators, make a percentage right."""
    denominators = denominators_for(numerator, printed)
    numerators = numerators_for(denominator, printed)
    told = []
    if denominators:
        counts = _listed(denominators, denominator)
        told.append(both("would_be_right.denominators", numerator=numerator, counts=counts))
    if numerators:
        counts = _listed(numerators, numerator)
        told.append(both("would_be_right.numerators", denominator=denominator, counts=counts))
    return tuple(told) or (both("would_be_right.nothing"),)


def _listed(counts: range, printed: int) -> str:
    """List a run of counts, or its nearest and, after or before dots, its other end."""
    near = nearest(counts, printed)
    listed = ", ".join(map(str, near))
    if near[0] > counts[0]:
        listed = f"{counts[0]} … {listed}"
    if near[-1] < counts[-1]:
        listed = f"{listed} … {counts[-1]}" if counts[-1] < MOST else f"{listed} …"
    return listed
