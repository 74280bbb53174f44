"""How a changed figure is said: its two lines in few words, and each cause in one phrase."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from campaign_lib.analysis.changes import Cause, Change, Line, Pair, changes_of
from campaign_lib.analysis.changes.lines import (
    ABSENT,
    DATA,
    PLAN,
)
from campaign_lib.codebook import codebook
from campaign_lib.indicators import IDS
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.plan import COUNTED, PARAMETERS
from campaign_lib.show.display import (
    NOTHING,
    RIGHT,
    Cell,
    Column,
    Passage,
    Table,
    Traced,
    boxed,
    heading,
    paragraph,
    together,
)
from campaign_lib.show.tables.assessment import item_label
from campaign_lib.show.tables.labels import answer_label, question_label
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
    if percent := line.get("percent"):
        said[0] = f"{said[0]} ({_percent(pair, percent, words)})"
    if changed & {"unknown", "baseline_unknown"}:
        both = [line[name] for name in ("unknown", "baseline_unknown") if line.get(name)]
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
    counts = [words.number(int(line[n])) for n in (numerator, denominator) if line.get(n)]
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
    if cause.kind != DATA:
        return cause.kind
    came = "new" if cause.now == _THERE else "gone"
    if cause.item:
        return f"column_{came}" if not cause.unit else "data"
    if cause.unit:
        return f"data_{came}"
    return f"file_{came}" if cause.at else "data_some"


def item_text(cause: Cause, words: Words) -> str:
    """Name what a cause is about: what the plan calls it in words, a raw file's column as it is."""
    if cause.kind not in (PLAN, ABSENT):
        return cause.item
    target = cause.item.removeprefix("targets.")
    if target in IDS:
        return words(f"indicators.{target}.label")
    if cause.item in PARAMETERS:
        return item_label(cause.item, words)
    key = f"plan_items.{'path' if cause.item.endswith('_path') else cause.item}.label"
    return words(key) if words.has(key) else cause.item


def value_text(cause: Cause, value: str, words: Words) -> str:
    """Write a value of a cause: an answer as the form has it, a target as a percentage."""
    if cause.kind == DATA and cause.item in _questions() and value:
        return answer_label("survey", cause.item, value, words)
    target = cause.item.removeprefix("targets.")
    if cause.kind == PLAN and target in IDS and target not in COUNTED and value:
        return words.percent(int(value) / 100)
    return value


def _questions() -> frozenset[str]:
    return frozenset(column.code for column in codebook().tables["survey"].questions)


def at_text(cause: Cause, words: Words) -> str:
    """Say where to look: file and row; of a row that is gone, where it stood."""
    file, colon, row = cause.at.rpartition(":")
    form = "row" if cause.at_now else "row_gone"
    return words(f"{_KEY}.why.{form}", file=file, row=row) if colon else cause.at


# Changed figures, and the rows of data behind them, as tables.


#: More cells of raw files than this are not read one by one; `campaign explain` lists a figure's.
MOST_CELLS = 500


def figures_table(changes: Sequence[Change], names: Mapping[str, str], words: Words) -> Table:
    """Set each changed figure's two lines side by side, with the reasons.

    Args:
        changes: the figures.
        names: what places are called, by their codes.
        words: the reader's language.
    """
    columns = ("reference", "figure", "before", "now", "why")
    return Table(
        caption=words(f"{_KEY}.figures.caption"),
        columns=tuple(Column(words(f"{_KEY}.figures.{name}")) for name in columns),
        rows=tuple(
            (
                _reference(change),
                _label(change, names, words),
                line_text(change.pair, change.pair.before, words),
                line_text(change.pair, change.pair.now, words),
                causes_text(change.causes, words),
            )
            for change in changes
        ),
        empty=words(f"{_KEY}.figures.none"),
    )


def _reference(change: Change) -> Cell:
    """Give a figure's reference, which leads to its page if there still is one."""
    reference = str(change.figure)
    return Traced(reference, reference) if change.pair.now else reference


def _label(change: Change, names: Mapping[str, str], words: Words) -> str:
    """Name a figure: its place, then what it is of."""
    label = words(f"indicators.{change.figure.indicator}.label")
    place = names.get(change.figure.place, change.figure.place)
    return f"{place}: {label}"


def revisions_table(changes: Sequence[Change], words: Words) -> Table:
    """Set what was sent beside what is now, for the figures of one place."""
    return Table(
        caption=words(f"{_KEY}.revision.caption"),
        columns=tuple(
            Column(words(f"{_KEY}.{name}"))
            for name in ("figures.figure", "revision.sent", "figures.now", "figures.why")
        ),
        rows=tuple(
            (
                words(f"indicators.{change.figure.indicator}.label"),
                line_text(change.pair, change.pair.before, words),
                line_text(change.pair, change.pair.now, words),
                causes_text(change.causes, words),
            )
            for change in changes
        ),
    )


def rows_table(changes: Sequence[Change], words: Words) -> Table:
    """List the raw cells that changed figures, each with how many figures follow."""
    figures = Counter(c for change in changes for c in change.causes if c.kind == DATA and c.at)
    cells = sorted(figures, key=lambda cause: (cause.at.partition(":")[0], cause.unit, cause.item))
    note = ""
    if len(cells) > MOST_CELLS:
        shown, all_ = words.number(MOST_CELLS), words.number(len(cells))
        note = words(f"{_KEY}.rows.more", shown=shown, all=all_)
    numbers = {"figures"}
    names = ("unit", "at", "item", "before", "now", "figures")
    return Table(
        caption=words(f"{_KEY}.rows.caption"),
        columns=tuple(
            Column(
                words(f"{_KEY}.{'figures' if name in ('before', 'now') else 'rows'}.{name}"),
                RIGHT if name in numbers else "",
            )
            for name in names
        ),
        rows=tuple(
            (
                cause.unit,
                at_text(cause, words),
                _column(cause.item, words),
                value_text(cause, cause.before, words) or words(f"{_KEY}.why.nothing"),
                value_text(cause, cause.now, words) or words(f"{_KEY}.why.nothing"),
                words.number(figures[cause]),
            )
            for cause in cells[:MOST_CELLS]
        ),
        note=note,
        empty=words(f"{_KEY}.rows.none"),
    )


def _column(item: str, words: Words) -> str:
    """Name a column of a raw file; a question of the survey with its words."""
    if not item:
        return words(f"{_KEY}.rows.whole")
    asked = {column.code for column in codebook().tables["survey"].questions}
    return f"{question_label(item, words)} ({item})" if item in asked else item


# The note of a report whose quarter was sent upward and has changed since.

_NOTE = "what_changed.revision"
_BOX = "revision"


def revision_note(
    revisions: pd.DataFrame, place: str, names: Mapping[str, str], words: Words
) -> Passage:
    """Say which figures of a place are no longer what was sent; nothing where all are.

    Args:
        revisions: lines of the table `revisions` of one quarter.
        place: a village's code, or `commune`.
        names: the villages to name if they have revised figures of their own, by code.
        words: the reader's language.
    """
    if revisions.empty:
        return NOTHING
    own = list(changes_of(revisions[revisions["place"] == place]))
    others = [name for code, name in names.items() if (revisions["place"] == code).any()]
    if not (own or others):
        return NOTHING
    on = date.fromisoformat(str(revisions["locked_on"].iloc[0]))
    told = words(f"{_NOTE}.villages", count=len(others), villages=words.listed(others))
    passage = together(
        heading(words(f"{_NOTE}.heading", on=on), 2, "revisions"),
        paragraph(words(f"{_NOTE}.says")),
        revisions_table(own, words) if own else NOTHING,
        paragraph(told) if others else NOTHING,
    )
    return boxed(passage, _BOX)


def public_note(revisions: pd.DataFrame, place: str, words: Words) -> Passage:
    """Say that public figures were revised, and no more than that.

    The commune's page has the villages' figures, too.

    Args:
        revisions: lines of the table `public_revisions` of one quarter.
        place: a village's code, or `commune`.
        words: the reader's language.
    """
    own = revisions if place == COMMUNE else revisions[revisions["place"] == place]
    if own.empty:
        return NOTHING
    on = date.fromisoformat(str(own["locked_on"].iloc[0]))
    return boxed(paragraph(words(f"{_NOTE}.public", on=on)), _BOX)
