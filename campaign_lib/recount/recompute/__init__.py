"""Judges a table of published figures: is each percentage what its two counts give?

`campaign recompute FILE` (data contract, section 5); docs/published-figures.md tells the inspector
how to use it. Beyond the contract's four columns a table may say of which total a row is part
(`part_of`), so that sums are checked, too. Integers, fractions and decimals only.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pandas as pd

from campaign_lib.base.percent import round_away
from campaign_lib.recount.recompute.reading import Figure, printed_percent, read_figures
from campaign_lib.words import aloud

# What `campaign recompute` says, in both languages on one line; it is read by inspectors.


def said(key: str, **values: object) -> str:
    """Say a text of `words/recompute.toml` in Vietnamese and in English; numbers stay plain."""
    return aloud(f"recompute.{key}", **{name: str(value) for name, value in values.items()})


def written(percent: Decimal) -> str:
    """Write a percentage as this country prints it."""
    return f"{percent:f}".replace(".", ",") + " %"


#: What a line can say, best first.
RIGHT, TRUNCATION, WRONG, UNJUDGED = WORDS = ("right", "truncation", "wrong", "cannot be judged")


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
    # Rounded up: -(-top // bottom).
    least = max(-((1 - halves) * denominator // times), 0)
    end = min(-(-(halves + 1) * denominator // times), denominator + 1)
    return range(least, end)


def _in_halves(printed: Decimal) -> tuple[int, int]:
    """Give twice the percentage, and 200, both in units of its last decimal."""
    unit: int = 10 ** decimals_of(printed)
    return int(2 * unit * printed), 200 * unit


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


# Whether parts add up to their total, and whether rates that were added share one base.
#
# Parts are of one of two kinds. Parts *apart* are places or groups with bases of their own: both
# counts add up. Parts of *one base* are shares of the same units (poor, near-poor): the numerators
# add up and the denominator stays, and only these have percentages that may be added.

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
    read = [part.counts for part in parts if part.counts is not None]
    if total.counts is None or len(read) < len(parts):
        return None
    numerator, denominator = total.counts
    numerators, denominators = (sum(each) for each in zip(*read, strict=True))
    one_base = all(base == denominator for _, base in read)
    overlap = one_base and numerators > denominator
    fits = numerators == numerator and (one_base or denominators == denominator)
    return Addition(numerators, denominators, one_base, overlap, fits and not overlap)


def addition_told(total: Figure, parts: Sequence[Figure], word: str) -> Iterator[str]:
    """Say how the parts add up, and how a percentage came about that their counts don't give.

    Args:
        total: the row they are part of.
        parts: its parts, at least one.
        word: how the total's own percentage was judged.
    """
    addition = add_up(total, parts)
    if addition is None or total.counts is None:
        rows = [one.label for one in (total, *parts) if one.counts is None]
        yield said("parts.unread", rows=_BETWEEN.join(rows))
        return
    numerator, denominator = total.counts
    many = len(parts)
    if addition.adds_up:
        kind = "one_base" if addition.one_base else "apart"
        yield said(f"parts.{kind}", parts=many, numerator=numerator, denominator=denominator)
    if addition.overlap:
        yield said("parts.overlap", parts=many, sum=addition.numerators, denominator=denominator)
    if addition.numerators != numerator:
        yield said("parts.numerators", parts=many, sum=addition.numerators, numerator=numerator)
    if not addition.one_base and addition.denominators != denominator:
        yield said(
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
            yield said("parts.sum_of_rounded")
        else:
            yield said("parts.sum_of_rates", bases=_bases(parts))
    elif total.printed == rounded(Fraction(added) / len(rates), decimals_of(total.printed)):
        yield said("parts.mean_of_rates")


def _bases(parts: Sequence[Figure]) -> str:
    return _BETWEEN.join(str(part.denominator) for part in parts)


# Published figures with their verdicts: for the command line, and tidy, for a notebook.

#: Columns of the tidy table that hold whole numbers, and those that hold yes and no.
_WHOLE = (
    *("row", "numerator", "denominator"),
    *("denominator_from", "denominator_to", "numerator_from", "numerator_to"),
    *("parts", "parts_numerator", "parts_denominator"),
)
_YES_NO = ("one_base", "adds_up")


@dataclass(frozen=True)
class JudgedFigure:
    """A line of a table, the lines that are its parts, and what became of it."""

    figure: Figure
    parts: tuple[Figure, ...]
    verdict: Verdict


def judged(figures: Sequence[Figure]) -> list[JudgedFigure]:
    """Judge every figure by its own counts, and totals by their parts as well."""
    parts: list[list[Figure]] = [[] for _ in figures]
    for figure in figures:
        for total in figure.part_of:
            parts[total].append(figure)
    return [
        JudgedFigure(figure, tuple(own), _verdict(figure, own))
        for figure, own in zip(figures, parts, strict=True)
    ]


def _verdict(figure: Figure, parts: Sequence[Figure]) -> Verdict:
    """Judge one line; a total to which its parts do not add up is wrong, whatever its percent."""
    if figure.counts is None or figure.printed is None:
        verdict = Verdict(figure.label, UNJUDGED, figure.unread)
    else:
        verdict = judge(figure.label, *figure.counts, figure.printed)
        if verdict.word == WRONG:
            verdict = replace(verdict, notes=would_be_right(*figure.counts, figure.printed))
    if not parts:
        return verdict
    addition = add_up(figure, parts)
    adds_up = None if addition is None else addition.adds_up
    return replace(
        verdict,
        word=WRONG if adds_up is False and verdict.word != UNJUDGED else verdict.word,
        notes=(*verdict.notes, *addition_told(figure, parts, verdict.word)),
        adds_up=adds_up,
    )


def published_figures(path: Path | str) -> pd.DataFrame:
    """Judge a table of published figures, a row each, for a notebook.

    Args:
        path: as for `campaign recompute`.

    Returns:
        row, place, what, numerator, denominator, printed (text, with a dot), verdict, percent
        (text: what the counts give, with as many decimals as are printed), the runs of
        denominators and of numerators with which the printed percentage is right (`_from`,
        `_to`; missing where there are none), the number of parts and what they add up to,
        one_base (the parts have the total's denominator), adds_up, and explanation.

    Raises:
        CampaignError: as `read_figures` does.
    """
    types = dict.fromkeys(_WHOLE, "Int64") | dict.fromkeys(_YES_NO, "boolean")
    return pd.DataFrame([_row(one) for one in judged(read_figures(Path(path)))]).astype(types)


def _row(one: JudgedFigure) -> dict[str, object]:
    figure, printed = one.figure, one.figure.printed
    counts = figure.counts
    percent = denominators = numerators = None
    if counts is not None and printed is not None and not no_share(*counts):
        percent = f"{rounded_percent(*counts, decimals_of(printed)):f}"
        denominators = denominators_for(counts[0], printed)
        numerators = numerators_for(counts[1], printed)
    addition = add_up(figure, one.parts) if one.parts else None
    return {
        "row": figure.row,
        "place": figure.place,
        "what": figure.what,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "printed": None if printed is None else f"{printed:f}",
        "verdict": one.verdict.word,
        "percent": percent,
        **_ends("denominator", denominators),
        **_ends("numerator", numerators),
        "parts": len(one.parts),
        "parts_numerator": addition and addition.numerators,
        "parts_denominator": addition and addition.denominators,
        "one_base": addition and addition.one_base,
        "adds_up": one.verdict.adds_up,
        "explanation": "; ".join((one.verdict.why, *one.verdict.notes)),
    }


def _ends(name: str, counts: range | None) -> dict[str, int | None]:
    """Give the ends of a run of counts as two columns."""
    first, last = (counts[0], counts[-1]) if counts else (None, None)
    return {f"{name}_from": first, f"{name}_to": last}


def recompute(path: Path) -> tuple[Verdict, ...]:
    """Judge every row of a CSV or XLSX file, in its order.

    Raises:
        CampaignError: the file cannot be read, lacks a column or a row, has a column twice, or
            says that a row is part of one that is not there.
    """
    return tuple(one.verdict for one in judged(read_figures(path)))


__all__ = [
    "RIGHT",
    "SHOWN",
    "TRUNCATION",
    "UNJUDGED",
    "WORDS",
    "WRONG",
    "Verdict",
    "denominators_for",
    "in_short",
    "judge",
    "judged",
    "nearest",
    "numerators_for",
    "printed_percent",
    "published_figures",
    "read_figures",
    "recompute",
]
