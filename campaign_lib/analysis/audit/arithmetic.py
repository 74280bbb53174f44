"""The division behind a printed percentage, kept as a fraction until it is rounded."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from campaign_lib.base.percent import round_away

#: How many decimals of a percentage are shown before it is rounded to two.
PLACES = 6


@dataclass(frozen=True)
class Division:
    """`top` of `bottom` (above 0), as a percentage."""

    top: int
    bottom: int

    @property
    def percent(self) -> Fraction:
        """The percentage, exactly."""
        return Fraction(100 * self.top, self.bottom)

    @property
    def decimals(self) -> Decimal:
        """The percentage, cut off (not rounded) after `PLACES` decimals."""
        scaled = abs(self.percent) * 10**PLACES
        sign = -1 if self.percent < 0 else 1
        return Decimal(sign * (scaled.numerator // scaled.denominator)).scaleb(-PLACES)

    @property
    def goes_on(self) -> bool:
        """Whether more decimals follow than are shown."""
        return Fraction(self.decimals) != self.percent

    @property
    def hundredths(self) -> int:
        """The percentage rounded half up (away from zero), in hundredths: 7778 is 77.78 %."""
        return round_away(self.percent * 100)

    @property
    def rounded(self) -> Decimal:
        """The percentage as it is printed, with two decimals."""
        return Decimal(self.hundredths).scaleb(-2)


def formulas(
    poor_before: int, all_before: int, poor_later: int, all_later: int, escaped: int
) -> Mapping[str, Division | None]:
    """Give the three published readings of *the poverty rate falls by*; None divides by nothing.

    The source is the data contract, section 1: `points` is the one rate less the other, `relative`
    the same over the rate before, `escaped` who left poverty over all on the later date.
    """
    fall = poor_before * all_later - poor_later * all_before
    counted = all_before > 0 and all_later > 0
    return {
        "points": Division(fall, all_before * all_later) if counted else None,
        "relative": Division(fall, poor_before * all_later) if counted and poor_before else None,
        "escaped": Division(escaped, all_later) if counted else None,
    }
