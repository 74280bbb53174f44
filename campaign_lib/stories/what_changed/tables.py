"""Changed figures, and the rows of data behind them, as tables."""

from collections import Counter
from collections.abc import Mapping, Sequence

from campaign_lib.analysis.changes import Change
from campaign_lib.analysis.changes.cause import DATA
from campaign_lib.codebook import codebook
from campaign_lib.show.display import RIGHT, Cell, Column, Table, Traced
from campaign_lib.show.tables.labels import question_label
from campaign_lib.stories.what_changed.saying import at_text, causes_text, line_text, value_text
from campaign_lib.words import Words

_KEY = "what_changed"
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
