"""The drawings on the analyst's desk: progress, the trend of a year, where households stop."""

from campaign_lib.base.quarters import Quarter
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL, find
from campaign_lib.indicators.indicator import Share
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.show import charts
from campaign_lib.show.display import Chart, Passage, paragraph
from campaign_lib.show.tables.results import in_plan_order
from campaign_lib.show.tables.steps import step_labels
from campaign_lib.store.processed import Processed
from campaign_lib.stories.desk.completion import ShortCall
from campaign_lib.stories.start import place_name, plan_of_year
from campaign_lib.stories.village.internal import HOUSEHOLD_SHARES
from campaign_lib.words import Words
from campaign_lib.words.spelling import hint

_IDS = tuple(indicator.id for indicator in HOUSEHOLD_SHARES)
#: Of these more is better; poverty falls, and a bar that ought to be short would mislead.
_SHARES = tuple(indicator.id for indicator in ALL if isinstance(indicator, Share))


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

    def _progress(self, quarter: str = "", place: str = COMMUNE) -> Chart | Passage:
        """Draw how far every share has come that has a target and a base."""
        quarter, place = self._known(quarter, place)
        lines = self._processed.rows("results", {"quarter": [quarter], "place": [place]})
        lines = in_plan_order(lines)
        drawn = lines[lines["indicator"].isin(_SHARES) & lines["target_count"].notna()]
        drawn = drawn[drawn["denominator"] > 0]
        if drawn.empty:
            return self._nothing()
        return charts.progress_chart(drawn, self._words, self._source(quarter, place))

    def _trend(self, quarter: str = "", place: str = COMMUNE) -> Chart:
        """Draw the household indicators up to a quarter, from the first one of its year."""
        quarter, place = self._known(quarter, place)
        year = Quarter.parse(quarter).year
        so_far = [
            code
            for code in self._processed.quarters
            if Quarter.parse(code).year == year and code <= quarter
        ]
        lines = self._processed.rows("results", {"quarter": so_far, "place": [place]})
        return charts.trend_chart(lines, _IDS, self._words, self._source(quarter, place))

    def _steps(self, indicator: str, quarter: str = "", place: str = COMMUNE) -> Chart | Passage:
        """Draw how many households are left after each step of one indicator."""
        if find(indicator) not in HOUSEHOLD_SHARES:
            raise CampaignError(
                f"{indicator} is no share of households, so that its steps are not drawn; "
                f"{hint(indicator, _IDS)}."
            )
        quarter, place = self._known(quarter, place)
        wanted = {"quarter": [quarter], "place": [place], "indicator": [indicator]}
        steps = self._processed.rows("steps", {**wanted, "part": ["counts"]})
        steps = steps.sort_values("position")
        if steps["asked"].iloc[0] == 0:
            return self._nothing()
        labels = step_labels(plan_of_year(self._processed, quarter), self._words)
        return charts.steps_chart(steps, labels, self._words, self._source(quarter, place))

    def _known(self, quarter: str, place: str) -> tuple[str, str]:
        known = self._processed.known_quarter(quarter or self._processed.quarters[-1])
        return known, self._processed.known_place(place)

    def _source(self, quarter: str, place: str) -> str:
        name = place_name(self._processed, place, quarter, self._words)
        return self._words(
            "village_report.source", place=name, quarter=self._words.quarter(quarter)
        )

    def _nothing(self) -> Passage:
        return paragraph(self._words("village_report.nothing_to_draw"))
