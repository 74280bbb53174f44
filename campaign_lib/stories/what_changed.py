"""What changed from one build to another: what `what_changed.ipynb` and `campaign diff` show."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.changes import Cause, Change, Line, Pair, changes_of
from campaign_lib.analysis.changes.lines import (
    ABSENT,
    DATA,
    KINDS,
    PLAN,
)
from campaign_lib.analysis.changes.sides import BEFORE, NOW, Compared, Side, open_side
from campaign_lib.codebook import codebook
from campaign_lib.indicators import IDS
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.plan import COUNTED, PARAMETERS
from campaign_lib.plan.communes import ALL
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
    listing,
    paragraph,
    together,
)
from campaign_lib.show.tables.labels import answer_label, question_label
from campaign_lib.show.tables.results import item_label
from campaign_lib.store.processed import Processed
from campaign_lib.store.snapshots import LAST
from campaign_lib.stories.telling import Story, masthead
from campaign_lib.words import MISSING, Words

# How a changed figure is said: its two lines in few words, and each cause in one phrase.

_KEY = "what_changed"
#: Of the causes of one figure, so many are said in its cell; the page lists all rows below.
MOST_CAUSES = 3
#: In a cause, a row or a column that is there.
_THERE = "+"


def line_text(pair: Pair, line: Line, words: Words) -> str:
    """Say one of a pair's two lines: its count and percentage, and whatever else is not alike."""
    if not line:
        return words(f"{_KEY}.line.absent")
    changed, text = set(pair.cells), words.under(f"{_KEY}.line")
    said = [_count(line, "numerator", "denominator", words)]
    if percent := line.get("percent"):
        said[0] = f"{said[0]} ({_percent(pair, percent, words)})"
    if changed & {"unknown", "baseline_unknown"}:
        both = [line[name] for name in ("unknown", "baseline_unknown") if line.get(name)]
        said.append(text("unknown", count=" / ".join(both) or MISSING))
    if changed & {"baseline_numerator", "baseline_denominator"}:
        said.append(
            text(
                "baseline",
                count=_count(line, "baseline_numerator", "baseline_denominator", words),
            )
        )
    if "target_percent" in changed:
        percent = _percent(pair, line["target_percent"], words)
        said.append(text("target_percent", percent=percent))
    names = {"target_count": "target", "path_count": "path", "shortfall": "shortfall"}
    said += [text(key, count=line[n] or MISSING) for n, key in names.items() if n in changed]
    if "certain" in changed:
        said.append(text("certain" if line["certain"] == "yes" else "uncertain"))
    if "status" in changed:
        said.append(words(f"codes.status.{line['status']}.label"))
    return "; ".join(said)


def _count(line: Line, numerator: str, denominator: str, words: Words) -> str:
    counts = [words.number(int(line[n])) for n in (numerator, denominator) if line.get(n)]
    return "/".join(counts) or MISSING


def _percent(pair: Pair, text: str, words: Words) -> str:
    if not text:
        return MISSING
    if pair.figure.indicator == POVERTY_REDUCTION.id:
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
    place = names.get(change.figure.place, change.figure.place)
    return f"{place}: {words(f'indicators.{change.figure.indicator}.label')}"


def revisions_table(changes: Sequence[Change], words: Words, *, why: bool = True) -> Table:
    """Set what was sent beside what is now, for the figures of one place.

    A letter says nothing of why: that names rows of files, and households.
    """
    names = ("figures.figure", "revision.sent", "figures.now", "figures.why")
    shown = len(names) if why else -1
    return Table(
        caption=words(f"{_KEY}.revision.caption"),
        columns=tuple(Column(words(f"{_KEY}.{name}")) for name in names[:shown]),
        rows=tuple(
            (
                words(f"indicators.{change.figure.indicator}.label"),
                line_text(change.pair, change.pair.before, words),
                line_text(change.pair, change.pair.now, words),
                causes_text(change.causes, words),
            )[:shown]
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
    return Table(
        caption=words(f"{_KEY}.rows.caption"),
        columns=tuple(
            Column(
                words(f"{_KEY}.{'figures' if name in ('before', 'now') else 'rows'}.{name}"),
                RIGHT if name == "figures" else "",
            )
            for name in ("unit", "at", "item", "before", "now", "figures")
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
    return f"{question_label(item, words)} ({item})" if item in _questions() else item


# The note of a report whose quarter was sent upward and has changed since.

_NOTE = f"{_KEY}.revision"


def revision_note(
    revisions: pd.DataFrame,
    place: str,
    names: Mapping[str, str],
    words: Words,
    *,
    as_sent: bool = False,
    why: bool = True,
) -> Passage:
    """Say which figures of a place are no longer what was sent; nothing where all are.

    Args:
        revisions: lines of the table `revisions` of one quarter.
        place: a village's code, or `commune`.
        names: the villages to name if they have revised figures of their own, by code.
        words: the reader's language.
        as_sent: whether the page tells figures as they were sent, and not those of now.
        why: whether to say which rows have changed them.
    """
    if revisions.empty:
        return NOTHING
    own = list(changes_of(revisions[revisions["place"] == place]))
    others = [name for code, name in names.items() if (revisions["place"] == code).any()]
    if not (own or others):
        return NOTHING
    on = date.fromisoformat(str(revisions["locked_on"].iloc[0]))
    told = words(f"{_NOTE}.villages", count=len(others), villages=words.listed(others))
    return boxed(
        together(
            heading(words(f"{_NOTE}.heading", on=on), 2, "revisions"),
            paragraph(words(f"{_NOTE}.{'sent_says' if as_sent else 'says'}")),
            revisions_table(own, words, why=why) if own else NOTHING,
            paragraph(told) if others else NOTHING,
        ),
        "revision",
    )


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
    return boxed(paragraph(words(f"{_NOTE}.public", on=on)), "revision")


# The sections.


def what_changed(
    processed: Processed, before: str = BEFORE, now: str = NOW, language: str = "vi"
) -> "WhatChanged":
    """Compare two sides (see `campaign_lib.analysis.changes.sides`).

    Where `before` is the build before this one and there has been none, nothing has changed yet.
    """
    words = Words(language)
    if before == BEFORE and not (processed.folder / LAST).is_file():
        return WhatChanged(processed, None, words)
    sides = (open_side(name, processed.folder) for name in (before, now))
    return WhatChanged(processed, Compared(*sides), words)


class WhatChanged(Story):
    """What the notebook shows, the answer first."""

    key = "what_changed"

    def __init__(self, processed: Processed, compared: Compared | None, words: Words) -> None:
        super().__init__(words)
        self._processed, self.compared, self.title = processed, compared, self.text("title")

    @cached_property
    def changes(self) -> tuple[Any, ...]:
        """The changed figures."""
        return self.compared.changes if self.compared else ()

    def first_screen(self) -> Passage:
        """How many figures changed, because of what."""
        plans = self._processed.table("plans").sort_values("year")
        plan = plans.iloc[-1] if len(plans) else None
        return together(masthead(self.title, plan, self.words), boxed(self.answer(), "bottom-line"))

    def answer(self) -> Passage:
        """Give the answer, without the page's head."""
        if self.compared is None:
            return paragraph(self.text("answer.nothing_yet"))
        sides = [self._side(side) for side in (self.compared.before, self.compared.now)]
        compared = paragraph(self.text("answer.sides", before=sides[0], now=sides[1]))
        if not self.changes:
            return paragraph(self.text("answer.nothing")) + compared
        several = any(len({cause.kind for cause in one.causes}) > 1 for one in self.changes)
        quarters = dict.fromkeys(change.figure.quarter for change in self.changes)
        listed = self.words.listed(map(self.words.quarter_short, quarters))
        return together(
            paragraph(self.text("answer.changed", figures=len(self.changes), quarters=listed)),
            listing(self._by_kind()),
            paragraph(self.text("answer.several")) if several else NOTHING,
            compared,
            NOTHING if self.compared.knows_rows else paragraph(self.text("answer.no_rows")),
        )

    def _by_kind(self) -> list[str]:
        counts = Counter(
            kind for change in self.changes for kind in {cause.kind for cause in change.causes}
        )
        return [
            self.text("answer.by_kind", kind=self.text(f"kind.{kind}"), figures=counts[kind])
            for kind in KINDS
            if counts[kind]
        ]

    def _side(self, side: Side) -> str:
        name = self.text(f"side.{side.name}") if side.name in (BEFORE, NOW) else side.name
        if not side.built_at:
            return name
        at = datetime.fromisoformat(side.built_at).astimezone()
        return self.text("side.built", side=name, time=f"{at:%H:%M}", day=at.date())

    @property
    def _names(self) -> Mapping[str, str]:
        several = {ALL: self.words("communes.all")} | {
            key: f"{name} ({key})" for key, name in self._processed.communes.items()
        }
        names = several if self._processed.has_all else {COMMUNE: self.words("pages.whole_commune")}
        return {**names, **self._processed.villages}

    def made(self) -> Passage:
        """What the two builds were made from, as far as that is not the same."""
        inputs = self.compared.inputs if self.compared else None
        if inputs is None:
            return NOTHING
        files = sorted(inputs.changed_files)
        said = [
            self.text("made.files", files=", ".join(files)) if files else self.text("made.no_files")
        ]
        said += [
            self.text("made.code", before=code.before, now=code.now) for code in inputs.code
        ] or [self.text("made.no_code")]
        said += [
            self.text("made.packages", item=one.item, before=one.before, now=one.now)
            for one in inputs.packages
        ]
        said += [self.text("made.today", before=day.before, now=day.now) for day in inputs.today]
        return self.section("made", listing(said))

    def figures(self) -> Passage:
        """Each figure that changed, before and now, and why."""
        return self.section("figures", figures_table(self.changes, self._names, self.words))

    def rows(self) -> Passage:
        """The raw cells that changed figures; nothing where they can't be told."""
        if self.compared is not None and not self.compared.knows_rows:
            return NOTHING
        return self.section("rows", rows_table(self.changes, self.words))

    def as_text(self) -> str:
        """All of it for a terminal."""
        if not self.changes:
            return self.answer().text
        return together(self.answer(), self.figures(), self.rows(), self.made()).text
