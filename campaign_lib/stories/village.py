"""The report of one village in one quarter, section by section, in either edition.

What `village_report.ipynb` opens. The public edition has nothing of a household and no count that
is too small.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.commune import as_known, registrations, without_credit
from campaign_lib.analysis.nearest import Nearest, nearest
from campaign_lib.analysis.poverty import as_told
from campaign_lib.analysis.quality.coverage import coverage, unknown_answers
from campaign_lib.analysis.support import came, helped
from campaign_lib.base.editions import INTERNAL, PUBLIC, Edition, known_edition
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL
from campaign_lib.indicators.indicator import Share
from campaign_lib.indicators.steps import COMMUNE, walk
from campaign_lib.indicators.ten import INFORMED
from campaign_lib.show import charts
from campaign_lib.show.display import (
    NOTHING,
    Passage,
    Shown,
    boxed,
    heading,
    listing,
    paragraph,
    together,
)
from campaign_lib.show.tables import context
from campaign_lib.show.tables.labels import rows_of, step_labels
from campaign_lib.show.tables.results import (
    Aims,
    household,
    in_plan_order,
    indicator_table,
    leeway_table,
    nearest_table,
    told_of_fall,
)
from campaign_lib.store.processed import Processed
from campaign_lib.store.slices import Slice, slice_of
from campaign_lib.stories.first_screen import OPEN, FirstScreen
from campaign_lib.stories.telling import Story, bars, built_table, for_the_office, masthead, period
from campaign_lib.stories.what_changed import public_note, revision_note
from campaign_lib.words import Words
from campaign_lib.words.spelling import few_of

HOUSEHOLD_SHARES = tuple(
    indicator
    for indicator in ALL
    if isinstance(indicator, Share) and indicator.units == "households"
)
#: Tables that have households, their answers, or cells of raw files as they were typed.
_HOUSEHOLDS = frozenset({
    *("households", "problems", "steps", "results", "revisions", "poverty", "support"),
})  # fmt: skip
#: What somebody typed in their own words: it may name a person.
_FREE_TEXT = (
    *("name", "field", "kind", "purpose", "evidence", "ended_because", "agency"),
    *("source_file", "source_sheet"),
)
#: So many households are named on the first sheet.
_FIRST = 6
#: A table of tasks: which it is, tasks and those of them to list, reports, and what it is about.
_Tasks = tuple[str, pd.DataFrame, str, pd.DataFrame | None, Quarter | None]


def _public(part: Slice) -> Slice:
    """Take out of a slice what the public must not be shown."""
    shown = {
        name: frame.drop(columns=[*_FREE_TEXT], errors="ignore") if name != "village" else frame
        for name, frame in part.frames.items()
        if name not in _HOUSEHOLDS
    }
    shown |= {"results": part["public"], "funding": without_credit(shown["funding"])}
    return Slice(part.village, part.quarter, shown)


class VillageReport(Story):
    """What the notebook shows, a method per section; built from one village's slice alone.

    The public edition is not given what it must not show.
    """

    key = "village_report"

    def __init__(
        self,
        part: Slice,
        words: Words,
        manifest: Mapping[str, Any],
        edition: Edition = INTERNAL,
    ) -> None:
        super().__init__(words, edition)
        self.part = part = _public(part) if edition == PUBLIC else part
        self._manifest = manifest
        apart, sent = (None if self.is_public else part[name] for name in ("poverty", "revisions"))
        self.told = results = as_told(part["results"], part["quarters"], apart, sent)
        self.lines = in_plan_order(results[results["quarter"] == part.quarter])
        self.days: Any = part["quarters"].iloc[-1]
        self.plan: Any = part["plans"].iloc[0] if len(part["plans"]) else None
        self.aims = Aims.of(part["targets"], self.plan)
        named = {
            "place": str(part["village"]["name"].iloc[0]),
            "quarter": words.quarter(part.quarter),
        }
        self.title, self.source = (self.text(name, **named) for name in ("title", "source"))

    def first_screen(self) -> Passage:
        """How many targets are met, on track, behind; by how much; what to do next.

        In public: of those that can be shown.
        """
        screen = FirstScreen(self.lines, self.plan, self.aims, self.words)
        answer = (
            screen.of_public()
            if self.is_public
            else screen.passage(
                self._whom(screen.open["indicator"]),
                has_plan=bool(self.part["households"]["village_has_plan"].any()),
            )
        )
        return together(
            masthead(self.title, self.plan, self.words, self.edition),
            period(self.days, self.words, None if self.is_public else self._manifest, as_sent=True),
            boxed(answer, "bottom-line" if self.is_public else "bottom-line first-sheet"),
        )

    def _whom(self, indicators: Iterable[str]) -> Passage:
        """Name the households that lack one thing of a target, those of the worst target first."""
        labels, text = step_labels(self.plan, self.words), self.text
        said: dict[str, str] = {}
        for indicator in filter(self._nearest.__contains__, indicators):
            label = self.words(f"indicators.{indicator}.short")
            for home in rows_of(self._nearest[indicator].one_no):
                missing = text("whom", home=household(home), missing=labels[home.step], label=label)
                said.setdefault(home.household, missing)
        more = len(said) - _FIRST
        return together(
            heading(text("whom_heading"), 2) if said else NOTHING,
            listing([*said.values()][:_FIRST]),
            paragraph(text("whom_more", count=more)) if more > 0 else NOTHING,
        )

    def revisions(self) -> Passage:
        """Which figures are no longer what was sent upward, if the quarter is locked.

        In public: that some were revised, without counts.
        """
        if self.is_public:
            return public_note(self.part["public_revisions"], self.part.village, self.words)
        revisions = self.part["revisions"]
        return revision_note(revisions, self.part.village, {}, self.words, as_sent=True)

    def indicators(self) -> Passage:
        """Every indicator with its count, base, percent, target, shortfall, change and verdict.

        In public: its count, base and percent, unless they are withheld.
        """
        if self.is_public:
            table = indicator_table(self.lines, None, self.aims, self.words, PUBLIC)
            return self.section("indicators", table)
        results = self.told
        last = results[results["quarter"] == str(Quarter.parse(self.part.quarter).previous())]
        table = indicator_table(self.lines, last, self.aims, self.words)
        said = (told_of_fall(line, self.days, self.words) for line in rows_of(self.lines))
        return self.section(
            "indicators",
            table,
            listing(filter(None, said)),
            leeway_table(self.lines, self.aims, self.words),
        )

    def progress(self) -> Passage:
        """The same as a chart, for those that have a target and a base."""
        return self.section("progress", bars(self.lines, self.words, self.source, self.edition))

    @for_the_office
    def steps(self) -> Passage:
        """Where households drop out, step by step, for indicators that ask more than one thing.

        Not in public: from step to step single households could be told.
        """
        steps, labels = self.part["steps"], step_labels(self.plan, self.words)
        drawn: list[Shown] = []
        for indicator in HOUSEHOLD_SHARES:
            own = steps[(steps["indicator"] == indicator.id) & (steps["part"] == "counts")]
            own = own.sort_values("position")
            if len(own) > 1 and own["asked"].iloc[0] > 0:
                drawn.append(charts.steps_chart(own, labels, self.words, self.source))
        return self.section("steps", *(drawn or [paragraph(self.text("nothing_to_draw"))]))

    @cached_property
    def _nearest(self) -> dict[str, Nearest]:
        unmet = set(self.lines.loc[self.lines["status"].isin((*OPEN, "no_target")), "indicator"])
        return {
            one.id: nearest(self.part["households"], one)
            for one in HOUSEHOLD_SHARES
            if one.id in unmet and len(one.counts) > 1
        }

    @for_the_office
    def nearest(self) -> Passage:
        """The households that lack exactly one thing, of targets that are measured and not met.

        A target of a single step has no nearest: there everyone who does not count lacks one thing.
        Who is helped is told with the agency that helps, and below, what has come of help so far.
        """
        homes, words = self.part["households"], self.words
        told = helped(self.part["support"], homes, self.days["last_day"])
        helpers = dict(
            zip(zip(told["household"], told["step"], strict=True), told["agency"], strict=True)
        )
        return self.section(
            "nearest",
            nearest_table(self._nearest, step_labels(self.plan, words), words, helpers),
            NOTHING
            if told.empty
            else paragraph(words("commune_report.support.came", **came(told))),
        )

    @for_the_office
    def trend(self) -> Passage:
        """Each household indicator by quarter, against the path.

        Not in public: from quarter to quarter single households could be told.
        """
        ids = [one.id for one in HOUSEHOLD_SHARES]
        return self.section("trend", charts.trend_chart(self.told, ids, self.words, self.source))

    def models(self) -> Passage:
        """Models that were built this year or are kept up; for the office also registered ones."""
        models = as_known(self.part["models"])
        going = models[models["built_this_year"] | models["kept_up"]]
        if not self.is_public:
            going = pd.concat([going, registrations(models).query("waiting")[models.columns]])
        return self.section("models", context.models_table(going, self.words, self.edition))

    def activities(self) -> Passage:
        """The year's activities so far; in public, how many, by who led them."""
        activities = self.part["activities"]
        held = activities[activities["held_this_year"]]
        return self.section("activities", context.activities_table(held, self.words, self.edition))

    def funding(self) -> Passage:
        """Money planned and disbursed this year so far; in public without policy credit."""
        table = context.funding_table(self.part["funding"], self.words, self.edition)
        if self.is_public:
            return self.titled("funding", paragraph(self.text("funding.public")), table)
        return self.section("funding", table)

    def tasks(self) -> Passage:
        """This quarter's tasks with what was reported, and the next quarter's."""
        now = Quarter.parse(self.part.quarter)
        coming, reports = now.next(), self.part["task_progress"]
        this_year, due = (self.part[name] for name in ("tasks", "next_tasks"))
        due = this_year if now.number < 4 else due
        planned, after = (len(self.part[name]) > 0 for name in ("plans", "next_plans"))
        told: tuple[_Tasks, ...] = (
            ("now", this_year, f"Q{now.number}", reports, now),
            ("all", this_year, "all", reports, None),
            ("ahead", due, f"Q{coming.number}", None, coming),
        )
        tables = (
            context.tasks_table(
                tasks[tasks["quarter"] == of],
                progress,
                self.text(
                    f"tasks.{kind}", **({"quarter": self.words.quarter(when)} if when else {})
                ),
                self.words,
                has_plan=after if kind == "ahead" and now.number == 4 else planned,
            )
            for kind, tasks, of, progress, when in told
        )
        return self.section("tasks", *tables)

    @for_the_office
    def quality(self) -> Passage:
        """Who was asked, what is unknown, and what was wrong with the village's rows.

        Not in public: it counts single households, and shows cells of the raw files.
        """
        homes = self.part["households"]
        base = walk(homes, INFORMED.parts()[0]).states[-1]
        inside, asked = coverage(homes, base)
        surveyed = set(self.part["surveyed"]["column"])
        questions = [one for one in codebook().tables["survey"].questions if one.code in surveyed]
        return self.section(
            "quality",
            paragraph(self.text("quality.coverage", asked=asked, inside=inside)),
            context.unknowns_table(unknown_answers(homes, base, questions), self.words),
            context.problems_table(self.part["problems"], self.words),
        )

    def built_from(self) -> Passage:
        """The exact dates of the quarter, and what the report was built from."""
        data = {} if self.is_public else {self.text("built.data"): self.part.fingerprint}
        return self.section("built", built_table(self.days, self._manifest, data, self.words))


def village_report(
    processed: Processed,
    village: str,
    quarter: str,
    language: str = "vi",
    edition: str = INTERNAL,
) -> VillageReport:
    """Open the report of a village (code or name).

    Raises:
        CampaignError: an unknown village, quarter, language or edition.
    """
    words = Words(language)
    code = processed.known_place(village)
    if code == COMMUNE:
        raise CampaignError("asked.one_village", known=few_of(processed.villages))
    return VillageReport(
        slice_of(processed, code, processed.known_quarter(quarter)),
        words,
        processed.manifest,
        known_edition(edition),
    )
