"""One published figure: whether its percentage is what its two counts give."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from campaign_lib.base.percent import round_away
from campaign_lib.words import aloud

# What `campaign recompute` says, in both languages on one line; it is read by inspectors.


def said(key: str, **values: object) -> str:
    """Say a text of `words/recompute.toml` in Vietnamese and in English; numbers stay plain."""
    plain = {name: str(value) for name, value in values.items()}
    return aloud(f"recompute.{key}", **plain)


def written(percent: Decimal) -> str:
    """Write a percentage as this country prints it."""
    return f"{percent:f}".replace(".", ",") + " %"


RIGHT = "right"
TRUNCATION = "truncation"
WRONG = "wrong"
UNJUDGED = "cannot be judged"
#: What a line can say, best first.
WORDS = (RIGHT, TRUNCATION, WRONG, UNJUDGED)


@dataclass(frozen=True)
class Verdict:
    """What became of one published figure.

    Attributes:
        place: what the line is about.
        word: RIGHT, TRUNCATION, WRONG or UNJUDGED.
        why: the sum of it.
        notes: what helps to find the slip, and how it adds up with other rows.
        adds_up: whether its parts add up to it; None where it has none, or they cannot be read.
    """

    place: str
    word: str
    why: str
    notes: tuple[str, ...] = ()
    adds_up: bool | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.word} ({'; '.join((self.why, *self.notes))})"


def in_short(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Count the figures by verdict, and the totals by whether their parts add up."""
    verdicts = tuple(verdicts)
    words = Counter(verdict.word for verdict in verdicts)
    yield said(
        "in_short.figures",
        figures=len(verdicts),
        right=words[RIGHT],
        truncation=words[TRUNCATION],
        wrong=words[WRONG],
        unjudged=words[UNJUDGED],
    )
    sums = Counter(verdict.adds_up for verdict in verdicts)
    if sums[True] + sums[False]:
        yield said("in_short.sums", adding=sums[True], not_adding=sums[False])


def judge(place: str, numerator: int, denominator: int, printed: Decimal) -> Verdict:
    """Judge one figure.

    Args:
        place: what the line is about.
        numerator: how many count; below 0 or above the denominator it is no part of it.
        denominator: of how many; nothing can be said of 0 or less.
        printed: the percentage, with the decimals that it was printed with (77.10 has two).
    """
    why_not = no_share(numerator, denominator)
    if why_not:
        return Verdict(place, UNJUDGED, why_not)
    rounded = rounded_percent(numerator, denominator, decimals_of(printed))
    sum_of_it = f"{numerator}/{denominator} = {written(rounded)}"
    if printed == rounded:
        return Verdict(place, RIGHT, sum_of_it)
    if printed == _cut_off(numerator, denominator, decimals_of(printed)):
        return Verdict(place, TRUNCATION, f"{sum_of_it}; {said('cut_off')}: {written(printed)}")
    return Verdict(place, WRONG, f"{sum_of_it}; {said('printed')}: {written(printed)}")


def no_share(numerator: int, denominator: int) -> str:
    """Say why two counts are no share; "" if they are."""
    if denominator == 0:
        return said("no_base")
    if min(numerator, denominator) < 0:
        return f"{said('below_0')}: {numerator}/{denominator}"
    if numerator > denominator:
        return f"{said('above_base')}: {numerator}/{denominator}"
    return ""


def rounded_percent(numerator: int, denominator: int, decimals: int) -> Decimal:
    """Give numerator / denominator in percent with so many decimals, halves away from zero."""
    return rounded(Fraction(100 * numerator, denominator), decimals)


def rounded(number: Fraction, decimals: int) -> Decimal:
    """Round a number to so many decimals, halves away from zero."""
    return Decimal(round_away(number * 10**decimals)).scaleb(-decimals)


def _cut_off(numerator: int, denominator: int, decimals: int) -> Decimal:
    return Decimal(100 * 10**decimals * numerator // denominator).scaleb(-decimals)


def decimals_of(number: Decimal) -> int:
    """Count the decimals that a number is written with."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # infinities and the like are never read
    return max(-exponent, 0)


# Counts that would make a printed percentage right: a slip is often one of them.
#
# For a given numerator they are one run of denominators without a gap, and the other way round.

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
        told.append(said("would_be_right.denominators", numerator=numerator, counts=counts))
    if numerators:
        counts = _listed(numerators, numerator)
        told.append(said("would_be_right.numerators", denominator=denominator, counts=counts))
    return tuple(told) or (said("would_be_right.nothing"),)


def _listed(counts: range, printed: int) -> str:
    """List a run of counts, or its nearest and, after or before dots, its other end."""
    near = nearest(counts, printed)
    listed = ", ".join(map(str, near))
    if near[0] > counts[0]:
        listed = f"{counts[0]} … {listed}"
    if near[-1] < counts[-1]:
        listed = f"{listed} … {counts[-1]}" if counts[-1] < MOST else f"{listed} …"
    return listed
