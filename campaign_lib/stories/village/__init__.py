"""The report of one village in one quarter: what `village_report.ipynb` opens."""

from collections.abc import Mapping
from typing import Any

from campaign_lib.base.editions import INTERNAL, PUBLIC, known_edition
from campaign_lib.errors import CampaignError
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.show import charts
from campaign_lib.show.display import NOTHING, Passage, boxed, paragraph, together
from campaign_lib.show.tables import context, public
from campaign_lib.store.processed import Processed
from campaign_lib.store.slices import Slice, slice_of
from campaign_lib.stories.first_screen import FirstScreen
from campaign_lib.stories.telling import masthead, period
from campaign_lib.stories.village.internal import VillageReport
from campaign_lib.stories.what_changed.told import public_note
from campaign_lib.words import Words
from campaign_lib.words.spelling import few_of

# The public edition of a village's report: nothing of a household, no count that is too small.
#
# It has the sections of the internal one; those that tell of households are left out.

#: Tables that have households, their answers, or cells of raw files as they were typed.
_HOUSEHOLDS = frozenset({"households", "problems", "steps", "results", "revisions"})
#: What somebody typed in their own words: it may name a person.
_FREE_TEXT = ("name", "kind", "purpose", "evidence", "source_file", "source_sheet")


class _PublicScreen(FirstScreen):
    """Counts the verdicts of those targets that are not withheld, and says so."""

    def _text(self, name: str, **values: object) -> str:
        return super()._text("of_targets_shown" if name == "of_targets" else name, **values)


class PublicVillageReport(VillageReport):
    """What the notebook shows in public; it is not given what it must not show."""

    def __init__(self, part: Slice, words: Words, manifest: Mapping[str, Any]) -> None:
        shown = {
            name: frame.drop(columns=[*_FREE_TEXT], errors="ignore") if name != "village" else frame
            for name, frame in part.frames.items()
            if name not in _HOUSEHOLDS
        }
        shown["results"] = part["public"]
        super().__init__(Slice(part.village, part.quarter, shown), words, manifest, PUBLIC)

    def first_screen(self) -> Passage:
        """How many targets are met, on track, behind, of those that can be shown."""
        screen = _PublicScreen(self.lines, self.plan, self._aims, has_plan=True, words=self.words)
        withheld = int(self.lines["hidden"].sum())
        said = [paragraph(self.text("withheld", count=withheld))] if withheld else []
        return together(
            masthead(self.title, self.plan, self.words, PUBLIC),
            period(self.days, self.words),
            boxed(together(screen.verdicts(), *said), "bottom-line"),
        )

    def revisions(self) -> Passage:
        """That published figures were revised, without counts."""
        return public_note(self.part["public_revisions"], self.part.village, self.words)

    def indicators(self) -> Passage:
        """Every indicator with its count, base and percent, unless they are withheld."""
        table = public.indicator_table(self.lines, self._aims, self.words)
        return self.section("indicators", table)

    def progress(self) -> Passage:
        """The same as a chart, for those that are shown."""
        lines = self.lines[
            ~self.lines["hidden"]
            & self.lines["target_count"].notna()
            & (self.lines["denominator"] > 0)
        ]
        if lines.empty:
            return self.section("progress", paragraph(self.text("nothing_to_draw")))
        chart = charts.progress_chart(
            lines.assign(unknown=0, path_count=float("nan")), self.words, self.source
        )
        return self.section("progress", chart)

    def steps(self) -> Passage:
        """Left out: from step to step single households could be told."""
        return NOTHING

    def nearest(self) -> Passage:
        """Left out: it names households."""
        return NOTHING

    def trend(self) -> Passage:
        """Left out: from quarter to quarter single households could be told."""
        return NOTHING

    def models(self) -> Passage:
        """Models by field; what they are called may be somebody's name."""
        models = self.part["models"]
        going = models[models["built_this_year"] | models["kept_up"]]
        return self.section("models", public.models_table(going, self.words))

    def activities(self) -> Passage:
        """The year's activities by who led them."""
        activities = self.part["activities"]
        held = activities[activities["held_this_year"]]
        return self.section("activities", public.activities_table(held, self.words))

    def funding(self) -> Passage:
        """Money by programme; what it was for is text that somebody typed."""
        return self.section("funding", context.funding_table(self.part["funding"], self.words))

    def quality(self) -> Passage:
        """Left out: it counts single households, and shows cells of the raw files."""
        return NOTHING

    def _checksum(self) -> Mapping[str, str]:
        """Left out: whoever knows all answers but one could try out which one fits."""
        return {}


def village_report(
    processed: Processed,
    village: str,
    quarter: str,
    language: str = "vi",
    edition: str = INTERNAL,
) -> "VillageReport":
    """Open the report of a village (code or name).

    Raises:
        CampaignError: an unknown village, quarter, language or edition.
    """
    words = Words(language)
    code = processed.known_place(village)
    if code == COMMUNE:
        raise CampaignError("asked.one_village", known=few_of(processed.villages))
    part = slice_of(processed, code, processed.known_quarter(quarter))
    kind = PublicVillageReport if known_edition(edition) == PUBLIC else VillageReport
    return kind(part, words, processed.manifest)
