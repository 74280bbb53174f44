"""The analyst's desk: a campaign in Python, its frames, its counts, its figures taken apart.

What is shown shows itself in a notebook and has its frame as `.data` (data contract, section 6).
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import update_wrapper
from itertools import accumulate, product
from operator import attrgetter
from typing import Generic, ParamSpec, TypeVar

import pandas as pd

from campaign_lib.analysis.audit import audit
from campaign_lib.analysis.counting import cohort, counts_of, lines_of
from campaign_lib.base.quarters import Quarter
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL, IDS, Indicator, find
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
from campaign_lib.show.tables.labels import question_labels
from campaign_lib.show.tables.results import in_plan_order
from campaign_lib.store.processed import Processed
from campaign_lib.stories.commune import SHARES, CommuneReport, commune_report
from campaign_lib.stories.figure import Figure
from campaign_lib.stories.telling import aims_of, bars, place_name, results_of
from campaign_lib.stories.village import HOUSEHOLD_SHARES, VillageReport, village_report
from campaign_lib.words import Words

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


# The drawings on the analyst's desk: progress, the trend of a year, where units stop, places.


class Charts:
    """Drawings, each by one short call; an indicator is the id of one of the ten, or one's own.

    Attributes:
        progress: the shares of a place in a quarter: reached, due, targeted; or some of them.
        trend: the household indicators of a place, quarter by quarter of a year; or some of all.
        steps: how many of one indicator's base are left after each step.
        places: the shares, or some of them, of villages (of several communes: theirs) side by side.
    """

    def __init__(self, processed: Processed, words: Words) -> None:
        self._processed, self._words = processed, words
        quarters, places = processed.quarters, places_of(processed)
        self.progress = ShortCall(self._progress, quarters, places, SHARES)
        self.trend = ShortCall(self._trend, quarters, places, IDS)
        self.steps = ShortCall(self._steps, IDS, quarters, places)
        self.places = ShortCall(self._places, quarters, SHARES)

    def _progress(
        self, quarter: str = "", place: str = COMMUNE, *indicators: str | Indicator
    ) -> Shown:
        """Draw how far shares have come; without any named, all with a target and a base."""
        quarter, part, code = self._known(quarter, place)
        lines = _lines(part, [quarter], code, indicators or SHARES)
        source = self._source(part, quarter, code)
        if not indicators:
            return bars(in_plan_order(lines), self._words, source)
        drawn = lines[lines["denominator"] > 0]
        return charts.progress_chart(drawn, self._words, source) if len(drawn) else self._nothing()

    def _trend(
        self, quarter: str = "", place: str = COMMUNE, *indicators: str | Indicator
    ) -> Chart:
        """Draw indicators up to a quarter, from the first one of its year."""
        quarter, part, code = self._known(quarter, place)
        year = Quarter.parse(quarter).year
        so_far = [one for one in part.quarters if Quarter.parse(one).year == year]
        asked = [find(one) for one in indicators or HOUSEHOLD_SHARES]
        return charts.trend_chart(
            _lines(part, [one for one in so_far if one <= quarter], code, asked),
            [one.id for one in asked],
            self._words,
            self._source(part, quarter, code),
        )

    def _steps(
        self, indicator: str | Indicator, quarter: str = "", place: str = COMMUNE
    ) -> Chart | Passage:
        """Draw how many are left after each step of what counts; of a drop, on the later date."""
        quarter, part, code = self._known(quarter, place)
        found = audit(part, indicator, quarter, code)
        steps = found.steps[found.steps["part"].isin(["counts", "later"])]
        if steps["asked"].iloc[0] == 0:
            return self._nothing()
        labels = question_labels(found.indicator, found.plan, self._words)
        return charts.steps_chart(steps, labels, self._words, self._source(part, quarter, code))

    def _places(self, quarter: str = "", *indicators: str | Indicator) -> Chart:
        """Draw shares of villages, or of several communes, side by side."""
        whole = self._processed
        quarter = whole.known_quarter(quarter or whole.quarters[-1])
        names = whole.communes if whole.has_all else whole.villages
        asked = [find(one) for one in indicators or SHARES]
        lines = _lines(whole, [quarter], "", asked)
        lines = lines[lines["level"] == (COMMUNE if whole.has_all else "village")]
        targets = dict(aims_of(whole, quarter).percents)
        wanted = lines["indicator"].map(targets).astype(float)
        ids = [one.id for one in asked]
        source = self._source(whole, quarter, COMMUNE)
        return charts.villages_chart(
            lines.assign(wanted=wanted), [*names], ids, names, self._words, source
        )

    def _known(self, quarter: str, place: str) -> tuple[str, Processed, str]:
        quarter = self._processed.known_quarter(quarter or self._processed.quarters[-1])
        return quarter, *self._processed.home_of(place, quarter)

    def _nothing(self) -> Passage:
        return paragraph(self._words("village_report.nothing_to_draw"))

    def _source(self, part: Processed, quarter: str, place: str) -> str:
        return self._words(
            "village_report.source",
            place=place_name(part, place, quarter, self._words),
            quarter=self._words.quarter(quarter),
        )


def places_of(processed: Processed) -> list[str]:
    """Name the places that have figures: the commune, or each of several, and the villages."""
    return [*(processed.communes if processed.has_all else [COMMUNE]), *processed.villages]


def _lines(
    processed: Processed, quarters: Sequence[str], place: str, asked: Sequence[str | Indicator]
) -> pd.DataFrame:
    """Give the lines of some indicators; of every place where none is named."""
    lines = pd.concat([lines_of(processed, find(one)) for one in asked], ignore_index=True)
    here = lines["place"] == place if place else lines["place"].notna()
    return lines[lines["quarter"].isin(quarters) & here]


#: What the desk itself shows: calls, and under which name of `words/desk.toml` each is explained.
_CALLS = (
    ("campaign.targets()", "targets"),
    ('campaign.village["{village}", "{quarter}"]', "village"),
    ("campaign.commune_report()", "commune"),
    ('campaign.audit["{indicator}", "{quarter}", "{village}"]', "audit"),
    ("campaign.chart.progress()", "progress"),
    ("campaign.chart.trend()", "trend"),
    ('campaign.chart.steps["{indicator}"]', "steps"),
    ("campaign.chart.places()", "places"),
    ("campaign.results, campaign.steps, campaign.panel", "frames"),
    ('campaign.table["funding"]', "table"),
    ('campaign.cohort["{quarter}"]', "cohort"),
    ('campaign.count["{indicator}"]', "count"),
    ("campaign.villages, campaign.quarters, campaign.indicators", "names"),
)


class Desk:
    """A campaign to ask; a quarter that is not named is the newest, a place the whole commune.

    Attributes:
        table: a frame by its name, such as `funding`.
        cohort: the households of the base of most targets in a quarter.
        count: an indicator by quarter and place, one of the ten or one's own.
        audit: one figure taken apart, of one's own indicator too (`stories.figure.Figure`).
        targets: every indicator of a place in a quarter, with its verdict.
        village: a village's report of a quarter; it shows its first screen.
        commune_report: the commune's report of a quarter, likewise.
        chart: drawings; see `Charts`.
        villages, quarters, indicators: the names that are known.
    """

    def __init__(self, processed: Processed, words: Words) -> None:
        self._processed, self._words = processed, words
        self._newest = processed.own_quarters[-1]
        quarters = {code: words.quarter(code) for code in processed.own_quarters}
        indicators = {one: words(f"indicators.{one}.label") for one in IDS}
        villages = [*processed.villages, *processed.villages.values()]
        places = places_of(processed)
        self.table = ShortCall(self._table, processed.names)
        self.cohort = ShortCall(self._cohort, processed.own_quarters)
        self.count = ShortCall(self._count, IDS)
        self.targets = ShortCall(self._targets, processed.own_quarters, places)
        self.village = ShortCall(self._village, villages, processed.own_quarters)
        self.commune_report = ShortCall(self._commune_report, processed.own_quarters, places[:1])
        self.audit = ShortCall(self._audit, IDS, processed.own_quarters, places)
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

    @property
    def results(self) -> pd.DataFrame:
        """Every line of results.csv, a frame of one's own: a row per quarter, place, indicator.

        Percentages are numbers (77.17), counts whole, in the indicator's `unit`.
        """
        return self._processed.own("results").copy()

    @property
    def steps(self) -> pd.DataFrame:
        """Every line of steps.csv, a frame of one's own: what was asked and said at each step."""
        return self._processed.own("steps").copy()

    @property
    def panel(self) -> pd.DataFrame:
        """What the steps are computed from, a frame of one's own: a row per household and quarter.

        Presence, village, group and status on the baseline date, now and later; the register's
        members, ethnicity and sex of the head; the answers (income in thousand đồng per person per
        month, loans in million đồng); a missing cell is unknown. It names people: internal.
        """
        return self._processed.own("panel").copy()

    def _table(self, name: str) -> pd.DataFrame:
        """Give a table by its name, a frame of one's own: `campaign.table["funding"]`.

        Raises:
            CampaignError: there is none; the sentence offers the nearest.
        """
        return self._processed.table(self._processed.known_table(name)).copy()

    def _cohort(self, quarter: str = "") -> pd.DataFrame:
        """Give the panel's rows that are the base of `informed`: the cohort less who has left.

        Households of an ethnic minority, present and poor or near-poor on the baseline date, and
        still here on the quarter's last day (data contract, section 1).
        """
        return cohort(self._processed, self._known(quarter))

    def _count(self, indicator: str | Indicator) -> pd.DataFrame:
        """Count one of the ten (its id) or one's own `Share`, `Count` or `Drop`.

        Returns:
            A row per quarter and place: quarter, level (village or commune), place, numerator,
            denominator, unknown (units, whole), percent (two decimals, unknown counts as not
            achieved; missing where nobody was asked). Of the ten it is what results.csv says.

        Raises:
            CampaignError: an unknown id, or a step that reads a column that is not there, makes a
                no of what is unknown, or gives no answers.
        """
        return counts_of(self._processed, find(indicator))

    def _targets(self, quarter: str = "", place: str = COMMUNE) -> Passage:
        """Show every indicator of the commune or a village (code or name) in one quarter."""
        quarter = self._known(quarter)
        part, code = self._processed.home_of(place, quarter)
        title = self._text(
            "targets.title",
            place=place_name(part, code, quarter, self._words),
            quarter=self._words.quarter(quarter),
        )
        shown = results_of(part, quarter, code, self._words.language)
        return together(heading(title, 3), self._made_up(quarter), shown)

    def _village(self, village: str, quarter: str = "") -> VillageReport:
        """Open the report of a village (code or name) in one quarter; each section is a method."""
        quarter = self._known(quarter)
        part, code = self._processed.home_of(village, quarter)
        return village_report(part, code, quarter, self._words.language)

    def _commune_report(self, quarter: str = "", commune: str = COMMUNE) -> CommuneReport:
        """Open the commune's report of one quarter; each section is a method."""
        quarter = self._known(quarter)
        part, _ = self._processed.home_of(commune, quarter)
        return commune_report(part, quarter, self._words.language)

    def _audit(self, indicator: str | Indicator, quarter: str = "", place: str = COMMUNE) -> Figure:
        """Take one figure apart, of the ten or of one's own: rule, rows, trace, steps, sql."""
        quarter = self._known(quarter)
        part, code = self._processed.home_of(place, quarter)
        return Figure(audit(part, indicator, quarter, code), self._words)

    def _known(self, quarter: str) -> str:
        return self._processed.known_quarter(quarter or self._newest)

    def _made_up(self, quarter: str) -> Passage:
        return (
            paragraph(self._words("masthead.made_up"), "made-up")
            if self._processed.is_made_up(quarter)
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
        name = place_name(self._processed, COMMUNE, self._newest, self._words)
        facts = (
            self._text("facts.villages", count=len(self.villages)),
            self._text("facts.quarters", quarters=", ".join(self.quarters)),
            self._text("facts.indicators", count=len(ALL)),
            self._text("facts.built", folder=str(self._processed.folder)),
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
