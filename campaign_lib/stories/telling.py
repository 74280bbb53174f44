"""What the stories of all notebooks share: their words, their sections, and how a page begins."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from inspect import getattr_static, signature
from types import FunctionType
from typing import Any, ClassVar, TypeVar

import pandas as pd

from campaign_lib.analysis.poverty import told_results
from campaign_lib.base.editions import INTERNAL, PUBLIC, Edition
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.show.charts import progress_chart
from campaign_lib.show.display import NOTHING, Passage, Shown, Table, heading, paragraph, together
from campaign_lib.show.tables.context import facts_table
from campaign_lib.show.tables.labels import answer_label
from campaign_lib.show.tables.results import Aims, indicator_table
from campaign_lib.store.as_of import newer_than
from campaign_lib.store.processed import HEIR, HEIR_OF, HEIR_SINCE, SINCE, Processed
from campaign_lib.store.snapshots import LOCKED
from campaign_lib.words import Words


def sections_of(story: object) -> list[str]:
    """Name what a person asks a story for: its sections, which take nothing, and its frames."""
    names = [name for name in dir(type(story)) if not name.startswith("_")]
    own = {name: getattr_static(type(story), name) for name in names}
    return [
        name
        for name, what in own.items()
        if (isinstance(what, FunctionType) and len(signature(what).parameters) == 1)
        or getattr(getattr(what, "func", None), "__annotations__", {}).get("return") is pd.DataFrame
    ]


class Story:
    """A story told in sections; `key` is the file of words that it is told in.

    Each section has a heading (`<key>.<section>.heading`) and a sentence that says what it shows
    and how to read it (`<key>.<section>.says`). Of a page, `title` is what it is called, and
    `source` the line under each chart that says what it was drawn from.
    """

    key: ClassVar[str]

    def __init__(self, words: Words, edition: Edition = INTERNAL) -> None:
        self.words, self.edition = words, edition

    def __dir__(self) -> list[str]:
        return sections_of(self)

    def _repr_html_(self) -> str | None:
        """A notebook shows a story by its first screen; a part of one has none."""
        first_screen = getattr(self, "first_screen", None)
        return None if first_screen is None else str(first_screen().html)

    @property
    def is_public(self) -> bool:
        """Whether this edition may leave the office."""
        return self.edition == PUBLIC

    def text(self, name: str, /, **values: object) -> str:
        """Give this story's words."""
        return self.words(f"{self.key}.{name}", **values)

    def section(self, name: str, *items: Shown, **values: object) -> Passage:
        """Put a section together; `values` are filled into its sentence."""
        return self.titled(name, paragraph(self.text(f"{name}.says", **values)), *items)

    def titled(self, name: str, *items: Shown) -> Passage:
        """Put a section together that says something of its own below its heading."""
        return together(heading(self.text(f"{name}.heading"), 2), *items)


_AStory = TypeVar("_AStory", bound=Story)


def for_the_office(section: Callable[[_AStory], Passage]) -> Callable[[_AStory], Passage]:
    """Leave a section out of the public edition, where it says nothing."""

    @wraps(section)
    def told(story: _AStory) -> Passage:
        return NOTHING if story.is_public else section(story)

    return told


def masthead(title: str, plan: Any, words: Words, edition: Edition = INTERNAL) -> Passage:
    """Begin a page: which edition it is, whether its data are made up, its title, the place.

    Args:
        title: the page's only heading of the first level.
        plan: the row of `plans` of the year that the page is about, or None.
        words: the reader's language.
        edition: internal or public.
    """
    marked = paragraph(words(f"masthead.{edition}"), edition)
    if plan is None:
        return together(marked, heading(title, 1), paragraph(words("masthead.no_plan"), "note"))
    made_up = paragraph(words("masthead.made_up"), "made-up") if plan["illustrative"] else NOTHING
    where = ", ".join(  # a plan need not name all of them, and there are no districts any more
        words(f"masthead.{name}", **{name: plan[name]})
        for name in ("commune", "district", "province")
        if plan[name]
    )
    return together(
        marked, made_up, heading(title, 1), paragraph(f"{where}.") if where else NOTHING
    )


def came_from(manifest: Mapping[str, Any], words: Words) -> str:
    """Say from which communes one goes on, and since when; "" where it does from none."""
    return _succession("heir_of", manifest.get(HEIR_OF), manifest.get(SINCE), words)


def goes_on_in(manifest: Mapping[str, Any], words: Words) -> str:
    """Say in which commune one goes on, and since when; "" where it does in none."""
    return _succession("heir", manifest.get(HEIR), manifest.get(HEIR_SINCE), words)


def _succession(name: str, named: Any, since: Any, words: Words) -> str:
    if not named:
        return ""
    day, communes = words.date(date.fromisoformat(since)), words.listed(named.values())
    return words(f"masthead.{name}", day=day, communes=communes)


def period(
    days: Any,
    words: Words,
    manifest: Mapping[str, Any] | None = None,
    *,
    as_sent: bool = False,
) -> Passage:
    """Say which days a reporting quarter has, and what has been written down since it ended.

    Args:
        days: its row of `quarters`.
        words: the reader's language.
        manifest: of what was built; None for who is not told of later rows.
        as_sent: whether the page tells a locked quarter's figures as they were sent.
    """
    first, last = (words.date(days[name]) for name in ("first_day", "last_day"))
    said = paragraph(words("masthead.period", first=first, last=last))
    later = newer_than(manifest or {}, days)
    if not later:
        return said
    tables = codebook().tables
    named = (
        words(
            "masthead.newer_table",
            table=getattr(tables[name], words.language),
            day=words.date(date.fromisoformat(day)),
        )
        for name, day in later.items()
    )
    quarter = str(days["quarter"])
    is_locked = manifest is not None and quarter in manifest[LOCKED]
    held = words("masthead.as_sent" if as_sent else "masthead.corrected")
    lock = held if is_locked else words("masthead.not_locked", quarter=quarter)
    told = words("masthead.newer", last=last, tables=words.listed(named), lock=lock)
    return together(said, paragraph(told, "note"))


def remark(rows: pd.DataFrame, part: str, words: Words, *, named: bool = True) -> Passage:
    """Give what an officer wrote for a part of a quarter's report, or a blank that says so.

    Args:
        rows: the quarter's rows of `remarks`.
        part: one of the codebook's parts of a report.
        words: the reader's language; what was written stays in its own.
        named: whether the part's name stands above.
    """
    label = answer_label("remarks", "part", part, words)
    said = [paragraph(text) for text in rows.loc[rows["part"] == part, "text"]]
    above = heading(label, 3) if named else NOTHING
    blank = paragraph(words("remarks.blank", part=label), "blank")
    return together(above, *(said or [blank]))


def bars(lines: pd.DataFrame, words: Words, source: str, edition: Edition = INTERNAL) -> Shown:
    """Draw how far targets have come that have a count and a base; in public, as far as shown."""
    drawn = lines[lines["target_count"].notna() & (lines["denominator"] > 0)]
    if edition == PUBLIC:
        drawn = drawn[~drawn["hidden"]].assign(unknown=0, path_count=float("nan"))
    if drawn.empty:
        return paragraph(words("village_report.nothing_to_draw"))
    return progress_chart(drawn, words, source)


def built_table(
    days: Any, manifest: Mapping[str, Any], data: Mapping[str, str], words: Words
) -> Table:
    """Give the exact dates of a quarter, and what a report of it was built from.

    Args:
        days: the quarter's row of `quarters`.
        manifest: of what was built.
        data: what identifies the rows that the report was told from, by its name. It is not for
            the public: whoever knows all answers but one could try out which one fits.
        words: the reader's language.
    """
    text = words.under("village_report.built")
    dates = ("first_day", "last_day", "baseline", "later_date")
    facts = {text(name): words.date(days[name]) for name in dates}
    packages = ", ".join(f"{name} {version}" for name, version in manifest["packages"].items())
    facts |= {
        text("code"): f"campaign_lib {manifest['code_version']}",
        text("packages"): packages,
        **data,
    }
    return facts_table(text("caption"), facts, words)


# What one looks at first: a place by its name, and its results in one short call.


def results_of(
    processed: Processed, quarter: str, place: str = COMMUNE, language: str = "vi"
) -> Table:
    """Show every indicator of a village (code or name) or of the commune, in one quarter.

    Raises:
        CampaignError: an unknown quarter, place or language.
    """
    words = Words(language)
    code, now = processed.known_place(place), processed.known_quarter(quarter)
    before = str(Quarter.parse(now).previous())
    lines = told_results(processed)
    lines = lines[lines["place"] == code]
    last = lines[(lines["quarter"] == before) & (before[:4] == now[:4])]
    return indicator_table(lines[lines["quarter"] == now], last, aims_of(processed, now), words)


def aims_of(processed: Processed, quarter: str) -> Aims:
    """Give what the plan of a quarter's year asks."""
    targets = processed.table("targets")
    of_year = targets[targets["year"] == Quarter.parse(quarter).year]
    return Aims.of(of_year, plan_of_year(processed, quarter))


def plan_of_year(processed: Processed, quarter: str) -> Any:
    """Give the row of `plans` of a quarter's year; None in a year without a plan."""
    plans = processed.table("plans")
    plans = plans[plans["year"] == Quarter.parse(quarter).year]
    return plans.iloc[0] if len(plans) else None


def place_name(processed: Processed, place: str, quarter: str, words: Words) -> str:
    """Name a village (code or name), or the whole commune as the quarter's plan names it."""
    code = processed.known_place(place)
    if code != COMMUNE:
        return processed.villages[code]
    plan = plan_of_year(processed, quarter)
    return words("audit.whole_commune", commune="" if plan is None else plan["commune"]).strip()
