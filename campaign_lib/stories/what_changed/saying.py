"""How a changed figure is said: its two lines in few words, and each cause in one phrase."""

from campaign_lib.analysis.changes import Cause, Line, Pair
from campaign_lib.analysis.changes.cause import (
    ALLOCATION,
    CODE,
    DATA,
    PACKAGES,
    PLAN,
    SHARING,
    TODAY,
)
from campaign_lib.codebook import codebook
from campaign_lib.indicators import IDS
from campaign_lib.indicators.section_ii_4 import POVERTY_REDUCTION
from campaign_lib.show.tables.labels import answer_label
from campaign_lib.words import MISSING, Words

_KEY = "what_changed"
#: Of the causes of one figure, so many are said in its cell; the page lists all rows below.
MOST_CAUSES = 3
_POINTS = POVERTY_REDUCTION.id
#: In a cause, a row or a column that is there.
_THERE = "+"


def line_text(pair: Pair, line: Line, words: Words) -> str:
    """Say one of a pair's two lines: its count and percentage, and whatever else is not alike."""
    if not line:
        return words(f"{_KEY}.line.absent")
    changed = set(pair.cells)
    said = [_count(line, "numerator", "denominator", words)]
    if line["percent"]:
        said[0] = f"{said[0]} ({_percent(pair, line['percent'], words)})"
    if changed & {"unknown", "baseline_unknown"}:
        both = [line[name] for name in ("unknown", "baseline_unknown") if line[name]]
        said.append(_said("unknown", words, count=" / ".join(both) or MISSING))
    if changed & {"baseline_numerator", "baseline_denominator"}:
        baseline = _count(line, "baseline_numerator", "baseline_denominator", words)
        said.append(_said("baseline", words, count=baseline))
    if "target_percent" in changed:
        percent = _percent(pair, line["target_percent"], words)
        said.append(_said("target_percent", words, percent=percent))
    names = {"target_count": "target", "path_count": "path", "shortfall": "shortfall"}
    said += [
        _said(key, words, count=line[n] or MISSING) for n, key in names.items() if n in changed
    ]
    if "certain" in changed:
        said.append(_said("certain" if line["certain"] == "yes" else "uncertain", words))
    if "status" in changed:
        said.append(words(f"codes.status.{line['status']}.label"))
    return "; ".join(said)


def _said(name: str, words: Words, **values: object) -> str:
    return words(f"{_KEY}.line.{name}", **values)


def _count(line: Line, numerator: str, denominator: str, words: Words) -> str:
    counts = [words.number(int(line[n])) for n in (numerator, denominator) if line[n]]
    return "/".join(counts) or MISSING


def _percent(pair: Pair, text: str, words: Words) -> str:
    if not text:
        return MISSING
    points = pair.figure.indicator == _POINTS
    if points:
        return words("tables.points", points=words.number(float(text), 2))
    return words.percent(float(text))


def causes_text(causes: tuple[Cause, ...], words: Words) -> str:
    """Say the first causes of a figure, and how many more there are."""
    said = list(dict.fromkeys(cause_text(cause, words) for cause in causes))
    shown, more = said[:MOST_CAUSES], len(said) - MOST_CAUSES
    if more > 0:
        shown.append(words(f"{_KEY}.why.more", count=more))
    return "; ".join(shown)


def cause_text(cause: Cause, words: Words) -> str:
    """Say one cause."""
    nothing = words(f"{_KEY}.why.nothing")
    values: dict[str, str] = {
        "unit": cause.unit,
        "item": item_text(cause, words),
        "before": value_text(cause, cause.before, words) or nothing,
        "now": value_text(cause, cause.now, words) or nothing,
        "at": at_text(cause, words),
    }
    key = f"{_KEY}.why.{_form(cause)}"
    return words(key, **{name: values[name] for name in words.placeholders(key)})


def _form(cause: Cause) -> str:
    if cause.kind == PLAN:
        return "plan" if cause.item else "plan_some"
    if cause.kind in (ALLOCATION, SHARING, CODE, PACKAGES, TODAY) or cause.kind != DATA:
        return cause.kind
    came = "new" if cause.now == _THERE else "gone"
    if cause.item:
        return f"column_{came}" if not cause.unit else "data"
    if cause.unit:
        return f"data_{came}"
    return f"file_{came}" if cause.at else "data_some"


def item_text(cause: Cause, words: Words) -> str:
    """Name what a cause is about: what the plan calls it in words, a raw file's column as it is."""
    if cause.kind != PLAN:
        return cause.item
    target = cause.item.removeprefix("targets.")
    if target in IDS:
        return words(f"indicators.{target}.label")
    key = f"plan_items.{'path' if cause.item.endswith('_path') else cause.item}.label"
    return words(key) if words.has(key) else cause.item


def value_text(cause: Cause, value: str, words: Words) -> str:
    """Write a value of a cause: an answer as the form has it, a target as a percentage."""
    if cause.kind == DATA and cause.item in _questions() and value:
        return answer_label("survey", cause.item, value, words)
    target = cause.item.removeprefix("targets.")
    if cause.kind == PLAN and target in IDS and target != "front_models" and value:
        return words.percent(int(value) / 100)
    return value


def _questions() -> frozenset[str]:
    return frozenset(column.code for column in codebook().tables["survey"].questions)


def at_text(cause: Cause, words: Words) -> str:
    """Say where to look: file and row; of a row that is gone, where it stood."""
    file, colon, row = cause.at.rpartition(":")
    form = "row" if cause.at_now else "row_gone"
    return words(f"{_KEY}.why.{form}", file=file, row=row) if colon else cause.at
