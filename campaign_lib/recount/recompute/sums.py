"""Whether parts add up to their total, and whether rates that were added share one base.

Parts are of one of two kinds. Parts *apart* are places or groups with bases of their own: both
counts add up. Parts of *one base* are shares of the same units (poor, near-poor): the numerators
add up and the denominator stays, and only these have percentages that may be added.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from campaign_lib.recount.recompute.judging import RIGHT, decimals_of, rounded
from campaign_lib.recount.recompute.reading import Figure
from campaign_lib.recount.recompute.telling import both

_BETWEEN = ", "


@dataclass(frozen=True)
class Addition:
    """A total and what it is made of, every count read.

    Attributes:
        numerators: what the parts' numerators add up to.
        denominators: what their denominators add up to.
        one_base: whether every part has the total's denominator.
        overlap: whether parts of one base are more than it, so that some are counted twice.
        adds_up: whether the parts can be added, and give both counts of the total.
    """

    numerators: int
    denominators: int
    one_base: bool
    overlap: bool
    adds_up: bool


def add_up(total: Figure, parts: Sequence[Figure]) -> Addition | None:
    """Add parts up; None where a count of them, or of the total, cannot be read."""
    counts = [part.counts for part in parts]
    if total.counts is None or any(count is None for count in counts):
        return None
    read = [count for count in counts if count is not None]
    numerator, denominator = total.counts
    numerators, denominators = (sum(each) for each in zip(*read, strict=True))
    one_base = all(base == denominator for _, base in read)
    overlap = one_base and numerators > denominator
    fits = numerators == numerator and (one_base or denominators == denominator)
    return Addition(numerators, denominators, one_base, overlap, fits and not overlap)


def told(total: Figure, parts: Sequence[Figure], word: str) -> Iterator[str]:
    """Say how the parts add up, and how a percentage came about that their counts don't give.

    Args:
        total: the row they are part of.
        parts: its parts, at least one.
        word: how the total's own percentage was judged.
    """
    addition = add_up(total, parts)
    if addition is None or total.counts is None:
        rows = [one.label for one in (total, *parts) if one.counts is None]
        yield both("parts.unread", rows=_BETWEEN.join(rows))
        return
    numerator, denominator = total.counts
    many = len(parts)
    if addition.adds_up:
        kind = "one_base" if addition.one_base else "apart"
        yield both(f"parts.{kind}", parts=many, numerator=numerator, denominator=denominator)
    if addition.overlap:
        yield both("parts.overlap", parts=many, sum=addition.numerators, denominator=denominator)
    if addition.numerators != numerator:
        yield both("parts.numerators", parts=many, sum=addition.numerators, numerator=numerator)
    if not addition.one_base and addition.denominators != denominator:
        yield both(
            "parts.denominators",
            parts=many,
            bases=_bases(parts),
            sum=addition.denominators,
            denominator=denominator,
        )
    if word != RIGHT or not addition.adds_up:
        yield from _how_it_came_about(total, parts)


def _how_it_came_about(total: Figure, parts: Sequence[Figure]) -> Iterator[str]:
    """Recognise a percentage that was made from the parts' percentages."""
    rates = [part.printed for part in parts if part.printed is not None]
    if total.printed is None or len(rates) < max(len(parts), 2) or not any(rates):
        return
    added = sum(rates, Decimal(0))
    if total.printed == added:
        if len({part.denominator for part in parts}) == 1:
            yield both("parts.sum_of_rounded")
        else:
            yield both("parts.sum_of_rates", bases=_bases(parts))
    elif total.printed == rounded(Fraction(added) / len(rates), decimals_of(total.printed)):
        yield both("parts.mean_of_rates")


def _bases(parts: Sequence[Figure]) -> str:
    return _BETWEEN.join(str(part.denominator) for part in parts)
