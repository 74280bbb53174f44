"""Published figures with their verdicts: for the command line, and tidy, for a notebook."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from campaign_lib.recount.recompute import sums
from campaign_lib.recount.recompute.judging import (
    UNJUDGED,
    WRONG,
    Verdict,
    decimals_of,
    judge,
    no_share,
    rounded_percent,
)
from campaign_lib.recount.recompute.nearby import denominators_for, numerators_for, would_be_right
from campaign_lib.recount.recompute.reading import Figure, read_figures

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
    addition = sums.add_up(figure, parts)
    adds_up = None if addition is None else addition.adds_up
    return replace(
        verdict,
        word=WRONG if adds_up is False and verdict.word != UNJUDGED else verdict.word,
        notes=(*verdict.notes, *sums.told(figure, parts, verdict.word)),
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
    table = pd.DataFrame([_row(one) for one in judged(read_figures(Path(path)))])
    types = dict.fromkeys(_WHOLE, "Int64") | dict.fromkeys(_YES_NO, "boolean")
    return table.astype(types)


def _row(one: JudgedFigure) -> dict[str, object]:
    figure, printed = one.figure, one.figure.printed
    counts = figure.counts
    percent = denominators = numerators = None
    if counts is not None and printed is not None and not no_share(*counts):
        percent = f"{rounded_percent(*counts, decimals_of(printed)):f}"
        denominators = denominators_for(counts[0], printed)
        numerators = numerators_for(counts[1], printed)
    addition = sums.add_up(figure, one.parts) if one.parts else None
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
