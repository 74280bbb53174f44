"""What unknown answers leave open, in words: sentences for one figure, a table for several."""

from typing import Any

import pandas as pd

from campaign_lib.analysis.leeway import SAME, WOULD_BE_MET, WOULD_BE_ON_TRACK, Leeway, leeway
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.show.display import NOTHING, RIGHT, Column, Shown, Table
from campaign_lib.show.tables.labels import rows_of
from campaign_lib.show.tables.results import Aims, in_plan_order, percent_of, traced
from campaign_lib.words import MISSING, Words


def left_open(line: Any, aims: Aims) -> Leeway | None:
    """Say what is left open about a line of results; None where nothing is unknown."""
    return leeway(line, aims.formula, aims.due(line.quarter))


def leeway_table(lines: pd.DataFrame, aims: Aims, words: Words) -> Shown:
    """List the figures that have something unknown; nothing where none has.

    Args:
        lines: lines of results of one place and quarter.
        aims: what the plan asks.
        words: the reader's language.
    """
    names = ("indicator", "unknown", "ends", "random", "verdict")
    rows = tuple(
        (
            traced(words(f"indicators.{line.indicator}.label"), line, beside=True),
            _how_many(line, found, words),
            _range(line, found, aims, words),
            _interval(found, words),
            verdict_text(line, found, words),
        )
        for line in rows_of(in_plan_order(lines))
        if (found := left_open(line, aims)) is not None
    )
    if not rows:
        return NOTHING
    columns = (
        Column(words(f"leeway.table.{name}"), RIGHT if name in ("ends", "random") else "")
        for name in names
    )
    caption, note = (words(f"leeway.table.{name}") for name in ("caption", "note"))
    return Table(caption, tuple(columns), rows, note=note)


def sentences(line: Any, found: Leeway | None, aims: Aims, words: Words) -> list[str]:
    """Say how far what is unknown could move a figure: the certain first, then the assumption."""
    if found is None:
        return []
    if line.indicator == POVERTY_REDUCTION.id:
        return [_fall_text(line, found, aims, words)]
    if found.low is None or found.high is None or found.interval is None:
        return []
    low, high = (words.percent(end) for end in (found.low, found.high))
    unit, known = _unit(line, words, found.unknown), found.base - found.unknown
    ends = words("leeway.ends", unknown=found.unknown, unit=unit, low=low, high=high)
    low, high = _percents(found, words)
    unit = _unit(line, words, known)
    return [ends, words("leeway.random", known=known, unit=unit, low=low, high=high)]


def verdict_text(line: Any, found: Leeway, words: Words) -> str:
    """Say in full whether a verdict hangs on unknown answers."""
    key = f"leeway.verdict.{_key(line, found)}"
    given = {
        "unknown": found.unknown,
        "needed": found.needed,
        "unit": _unit(line, words, found.unknown),
        "one": _unit(line, words, 1),
        "status": words(f"codes.status.{line.status}.label"),
    }
    return words(key, **{name: given[name] for name in words.placeholders(key)})


def _key(line: Any, found: Leeway) -> str:
    """Choose the sentence: by the verdict that stays, or by how many have to turn out well."""
    if found.verdict == SAME:
        return f"{SAME}_{line.status}"
    if found.verdict not in (WOULD_BE_MET, WOULD_BE_ON_TRACK):
        return found.verdict
    if found.needed is None:
        return found.verdict.replace("would_be", "well")
    return f"{found.verdict}_all" if found.needed == found.unknown else found.verdict


def _unit(line: Any, words: Words, count: int) -> str:
    return words(f"codes.unit.{line.unit}.{'one' if count == 1 else 'many'}")


def _how_many(line: Any, found: Leeway, words: Words) -> str:
    if line.indicator == POVERTY_REDUCTION.id:
        return words("leeway.table.of_dates", **_dates(line))
    counts = {"unknown": found.unknown, "base": found.base}
    return words("leeway.table.of", unit=_unit(line, words, found.base), **counts)


def _range(line: Any, found: Leeway, aims: Aims, words: Words) -> str:
    if found.low is None or found.high is None:
        return MISSING
    low, high = (percent_of(line, end, aims, words) for end in (found.low, found.high))
    return words("leeway.table.range", low=low, high=high)


def _interval(found: Leeway, words: Words) -> str:
    if found.interval is None:
        return MISSING
    low, high = _percents(found, words)
    return words("leeway.table.interval", low=low, high=high)


def _percents(found: Leeway, words: Words) -> tuple[str, str]:
    assert found.interval is not None  # who asks has looked
    return words.percent(100 * found.interval.low), words.percent(100 * found.interval.high)


def _fall_text(line: Any, found: Leeway, aims: Aims, words: Words) -> str:
    if found.low is None or found.high is None:
        return words("leeway.fall_without_ends", **_dates(line))
    low, high = (percent_of(line, end, aims, words) for end in (found.low, found.high))
    return words("leeway.ends_of_fall", low=low, high=high, **_dates(line))


def _dates(line: Any) -> dict[str, int]:
    counts = {"before": line.baseline_unknown, "later": line.unknown}
    return {name: 0 if pd.isna(count) else int(count) for name, count in counts.items()}
