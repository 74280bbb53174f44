"""One published figure: whether its percentage is what its two counts give."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from campaign_lib.base.percent import round_away
from campaign_lib.recount.recompute.telling import both, written

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
        return Verdict(place, TRUNCATION, f"{sum_of_it}; {both('cut_off')}: {written(printed)}")
    return Verdict(place, WRONG, f"{sum_of_it}; {both('printed')}: {written(printed)}")


def no_share(numerator: int, denominator: int) -> str:
    """Say why two counts are no share; "" if they are."""
    if denominator == 0:
        return both("no_base")
    if min(numerator, denominator) < 0:
        return f"{both('below_0')}: {numerator}/{denominator}"
    if numerator > denominator:
        return f"{both('above_base')}: {numerator}/{denominator}"
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
