"""The analyst's desk: what is asked most of a campaign, each in one short call.

Every answer shows itself in a notebook; behind it is `Desk.processed`, whose tables are frames.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import update_wrapper
from itertools import accumulate, product
from operator import attrgetter
from typing import Generic, ParamSpec, TypeVar

import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL, IDS, find
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.indicators.ten import CHANGED_MINDSET
from campaign_lib.show import charts
from campaign_lib.show.display import (
    NOTHING,
    Chart,
    Column,
    Passage,
    Shown,
    Table,
    columns_of,
    heading,
    listing,
    paragraph,
    together,
)
from campaign_lib.show.tables.labels import step_labels
from campaign_lib.show.tables.results import in_plan_order
from campaign_lib.store.processed import Processed
from campaign_lib.stories.audit import AuditStory, audit_story
from campaign_lib.stories.commune import SHARES, CommuneReport, commune_report
from campaign_lib.stories.telling import bars, place_name, plan_of_year, results_of
from campaign_lib.stories.village import HOUSEHOLD_SHARES, VillageReport, village_report
from campaign_lib.words import Words
from campaign_lib.words.progress import shown
from campaign_lib.words.spelling import hint

# What Tab completes in a notebook: names that are known, and questions that take them.
#
# IPython completes keys in square brackets from `_ipython_key_completions_`, whatever letters they
# have (`2024Q4` and `Thôn 4` are no names of Python), and attributes from what an object has.

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")
#: So many keys are offered at most: with 800 villages and 20 quarters Tab still answers at once.
_MOST_KEYS = 100_000


class NoSuchNameError(CampaignError, AttributeError):
    """An unknown name was asked for with a dot: a user's mistake, and what Python expects."""


class ShortCall(Generic[_Asked, _Answer]):
    """Something to ask in round brackets, or in square ones, where Tab completes the names.

    ``village("T4", "2024Q3")`` is the same as ``village["T4", "2024Q3"]``.
    """

    def __init__(self, answer: Callable[_Asked, _Answer], *names: Sequence[str]) -> None:
        """Take the method that answers, and the names that each of its arguments may be."""
        self._answer, self._names = answer, names
        update_wrapper(self, answer)  # help and Shift+Tab tell of the method

    def __call__(self, *asked: _Asked.args, **named: _Asked.kwargs) -> _Answer:
        """Ask in round brackets."""
        return self._answer(*asked, **named)

    def __getitem__(self, asked: str | tuple[str, ...]) -> _Answer:
        answer: Callable[..., _Answer] = self._answer
        return answer(*(asked if isinstance(asked, tuple) else (asked,)))

    def _ipython_key_completions_(self) -> list[str | tuple[str, ...]]:
        sizes = accumulate((len(names) for names in self._names), lambda one, two: one * two)
        most = max(1, sum(size <= _MOST_KEYS for size in sizes))
        keys: list[str | tuple[str, ...]] = [*self._names[0]]
        for count in range(2, most + 1):
            keys += product(*self._names[:count])
        return keys

    def __repr__(self) -> str:
        return str(self.__doc__).partition("\n")[0]


class Names:
    """Known codes: ``names["2024Q4"]`` or, where a code is a name of Python, ``names.T4``.

    Both give the code, so that it can be asked with.
    """

    def __init__(
        self,
        labels: Mapping[str, str],
        find: Callable[[str], str],
        headings: tuple[str, str, str],
        spellings: Collection[str] = (),
    ) -> None:
        """Take what is known.

        Args:
            labels: what each code means.
            find: gives a code by any of its spellings, or raises CampaignError.
            headings: what the names are, and what stands over the codes and over the labels.
            spellings: what `find` understands beside the codes.
        """
        self._labels, self._find, self._headings = labels, find, headings
        self._spellings = [*labels, *spellings]
        vars(self).update({code: code for code in labels if code.isidentifier()})

    def __getitem__(self, name: str) -> str:
        return self._find(name)

    def __getattr__(self, name: str) -> str:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._find(name)
        except CampaignError as error:
            raise NoSuchNameError(error.key, **error.message.values) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._labels)

    def __len__(self) -> int:
        return len(self._labels)

    def _ipython_key_completions_(self) -> list[str]:
        return self._spellings

    def _repr_html_(self) -> str:
        return self._table()._repr_html_()

    def __repr__(self) -> str:
        return str(self._table())

    def _table(self) -> Table:
        caption, *columns = self._headings
        return Table(caption, tuple(map(Column, columns)), tuple(self._labels.items()))


# The drawings on the analyst's desk: progress, the trend of a year, where households stop.

_IDS = tuple(indicator.id for indicator in HOUSEHOLD_SHARES)


class Charts:
    """Drawings, each by one short call.

    Attributes:
        progress: every indicator of a place in a quarter: reached, due, targeted.
        trend: the household indicators of a place, quarter by quarter of a year.
        steps: how many households of one indicator's base are left after each step.
    """

    def __init__(self, processed: Processed, words: Words) -> None:
        self._processed, self._words = processed, words
        quarters, places = processed.quarters, [COMMUNE, *processed.villages]
        self.progress = ShortCall(self._progress, quarters, places)
        self.trend = ShortCall(self._trend, quarters, places)
        self.steps = ShortCall(self._steps, _IDS, quarters, places)

    def _progress(self, quarter: str = "", place: str = COMMUNE) -> Shown:
        """Draw how far every share has come that has a target and a base."""
        quarter, place = self._known(quarter, place)
        lines = self._processed.rows("results", {"quarter": [quarter], "place": [place]})
        return bars(
            in_plan_order(lines[lines["indicator"].isin(SHARES)]),
            self._words,
            self._source(quarter, place),
        )

    def _trend(self, quarter: str = "", place: str = COMMUNE) -> Chart:
        """Draw the household indicators up to a quarter, from the first one of its year."""
        quarter, place = self._known(quarter, place)
        year = Quarter.parse(quarter).year
        so_far = [
            code
            for code in self._processed.quarters
            if Quarter.parse(code).year == year and code <= quarter
        ]
        return charts.trend_chart(
            self._processed.rows("results", {"quarter": so_far, "place": [place]}),
            _IDS,
            self._words,
            self._source(quarter, place),
        )

    def _steps(self, indicator: str, quarter: str = "", place: str = COMMUNE) -> Chart | Passage:
        """Draw how many households are left after each step of one indicator."""
        if find(indicator) not in HOUSEHOLD_SHARES:
            raise CampaignError("asked.not_drawn", indicator=indicator, hint=hint(indicator, _IDS))
        quarter, place = self._known(quarter, place)
        wanted = {"quarter": [quarter], "place": [place], "indicator": [indicator]}
        steps = self._processed.rows("steps", {**wanted, "part": ["counts"]})
        steps = steps.sort_values("position")
        if steps["asked"].iloc[0] == 0:
            return paragraph(self._words("village_report.nothing_to_draw"))
        return charts.steps_chart(
            steps,
            step_labels(plan_of_year(self._processed, quarter), self._words),
            self._words,
            self._source(quarter, place),
        )

    def _known(self, quarter: str, place: str) -> tuple[str, str]:
        known = self._processed.known_quarter(quarter or self._processed.quarters[-1])
        return known, self._processed.known_place(place)

    def _source(self, quarter: str, place: str) -> str:
        return self._words(
            "village_report.source",
            place=place_name(self._processed, place, quarter, self._words),
            quarter=self._words.quarter(quarter),
        )


#: What the desk itself shows: calls, and under which name of `words/desk.toml` each is explained.
_CALLS = (
    ("campaign.results()", "results"),
    ('campaign.results["{quarter}", "{village}"]', "results_village"),
    ('campaign.village["{village}"]', "village"),
    ("campaign.commune()", "commune"),
    ('campaign.audit["{indicator}", "{quarter}", "{village}"]', "audit"),
    ('campaign.chart.progress["{quarter}", "{village}"]', "progress"),
    ("campaign.chart.trend()", "trend"),
    ('campaign.chart.steps["{indicator}"]', "steps"),
    ("campaign.villages, campaign.quarters, campaign.indicators", "names"),
    ("campaign.processed.results", "frame"),
)


class Desk:
    """A campaign to ask; a quarter that is not named is the newest, a place the whole commune.

    Attributes:
        processed: the tables behind it: `.results`, `.steps`, `.panel`, `.table("funding")`.
        results: every indicator of a place in a quarter.
        village: a village's report of a quarter; it shows its first screen.
        commune: the commune's report of a quarter, likewise.
        audit: where one figure comes from.
        chart: drawings; see `Charts`.
        villages, quarters, indicators: the names that are known.
    """

    def __init__(self, processed: Processed, words: Words) -> None:
        self.processed = processed
        self._words = words
        self._newest = processed.quarters[-1]
        quarters = {code: words.quarter(code) for code in processed.quarters}
        indicators = {one: words(f"indicators.{one}.label") for one in IDS}
        villages = [*processed.villages, *processed.villages.values()]
        places = [COMMUNE, *processed.villages]
        self.results = ShortCall(self._results, processed.quarters, places)
        self.village = ShortCall(self._village, villages, processed.quarters)
        self.commune = ShortCall(self._commune, processed.quarters)
        self.audit = ShortCall(self._audit, IDS, processed.quarters, places)
        self.chart = Charts(processed, words)
        self.villages = Names(
            processed.villages,
            processed.known_place,
            self._headings("villages"),
            processed.villages.values(),
        )
        self.quarters = Names(quarters, processed.known_quarter, self._headings("quarters"))
        self.indicators = Names(
            indicators, lambda name: find(name).id, self._headings("indicators")
        )

    def _results(self, quarter: str = "", place: str = COMMUNE) -> Passage:
        """Show every indicator of the commune or a village (code or name) in one quarter."""
        quarter = self._known(quarter)
        title = self._text(
            "results.title",
            place=place_name(self.processed, place, quarter, self._words),
            quarter=self._words.quarter(quarter),
        )
        return together(
            heading(title, 3),
            self._made_up(quarter),
            results_of(self.processed, quarter, place, self._words.language),
        )

    def _village(self, village: str, quarter: str = "") -> VillageReport:
        """Open the report of a village (code or name) in one quarter; each section is a method."""
        return village_report(self.processed, village, self._known(quarter), self._words.language)

    def _commune(self, quarter: str = "") -> CommuneReport:
        """Open the commune's report of one quarter; each section is a method."""
        return commune_report(self.processed, self._known(quarter), self._words.language)

    def _audit(self, indicator: str, quarter: str = "", place: str = COMMUNE) -> AuditStory:
        """Say where one figure comes from; each section is a method."""
        find(indicator)
        place = self.processed.known_place(place)
        quarter = self._known(quarter)
        story = audit_story(self.processed, indicator, quarter, place, self._words.language)
        with shown() as tell:  # now, and not when the story is first shown, so that a bar can tell
            vars(story.audit)["recounted"] = story.audit.count_again(tell)
        return story

    def _known(self, quarter: str) -> str:
        return self.processed.known_quarter(quarter or self._newest)

    def _made_up(self, quarter: str) -> Passage:
        return (
            paragraph(self._words("masthead.made_up"), "made-up")
            if self.processed.is_made_up(quarter)
            else NOTHING
        )

    def _text(self, name: str, **values: object) -> str:
        return self._words(f"desk.{name}", **values)

    def _headings(self, kind: str) -> tuple[str, str, str]:
        caption, code, label = (self._text(f"names.{name}") for name in (kind, "code", "label"))
        return caption, code, label

    def _repr_html_(self) -> str:
        return self._shown().html

    def __repr__(self) -> str:
        return self._shown().text

    def _shown(self) -> Passage:
        """Say what is on the desk, and what can be asked."""
        name = place_name(self.processed, COMMUNE, self._newest, self._words)
        facts = (
            self._text("facts.villages", count=len(self.villages)),
            self._text("facts.quarters", quarters=", ".join(self.quarters)),
            self._text("facts.indicators", count=len(ALL)),
            self._text("facts.built", folder=str(self.processed.folder)),
        )
        return together(
            heading(self._text("title", place=name), 3),
            self._made_up(self._newest),
            listing(facts),
            self._calls(),
            paragraph(self._text("tab"), "note"),
        )

    def _calls(self) -> Table:
        """List the calls, with names of this campaign filled in."""
        names = {
            "quarter": self._newest,
            "village": next(iter(self.villages)),
            "indicator": CHANGED_MINDSET.id,
        }
        calls = [(call.format(**names), self._text(f"calls.{gives}")) for call, gives in _CALLS]
        return Table.of(
            pd.DataFrame(calls, columns=["call", "gives"]),
            columns_of(
                self._words.under("desk.calls"),
                call=attrgetter("call"),
                gives=attrgetter("gives"),
            ),
            self._text("calls.caption"),
        )
