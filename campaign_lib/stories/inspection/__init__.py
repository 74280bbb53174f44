"""Whom to visit, and how far the answers hold: the page `inspection.ipynb` of a quarter."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property

import numpy as np
import pandas as pd

from campaign_lib.analysis.inspected_figures import (
    AGREES,
    COMPARED,
    LEAST_VISITED,
    NOT_SURVEYED,
    SURVEYED,
    by_question,
    changes,
    checked,
    compare,
    deciding,
    disagreements,
    estimates,
    holding,
    questions,
    with_found,
)
from campaign_lib.analysis.visits import (
    HEADLINE,
    LEAST_IN_VILLAGE,
    SIZES,
    draw,
    frame_of,
    precision,
)
from campaign_lib.base.percent import printed
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import Column as Asked
from campaign_lib.errors import CampaignError
from campaign_lib.indicators.steps import COMMUNE, walk
from campaign_lib.show.display import (
    NOTHING,
    Passage,
    Shown,
    Tile,
    boxed,
    heading,
    paragraph,
    tiles,
    together,
)
from campaign_lib.show.tables.context import problems_table
from campaign_lib.show.tables.labels import question_label
from campaign_lib.show.tables.results import in_plan_order
from campaign_lib.store.processed import Processed
from campaign_lib.stories.inspection.tables import (
    ACROSS,
    agreement_chart,
    agreement_table,
    changed_villages_table,
    changes_table,
    check_sheet,
    directions_table,
    estimates_table,
    precision_table,
    strata_table,
)
from campaign_lib.stories.telling import Story, masthead, period, plan_of_year
from campaign_lib.words import Words


def inspection(
    processed: Processed, quarter: str, seed: str, sample_size: str, language: str = "vi"
) -> "Inspection":
    """Open the page of a quarter.

    Raises:
        CampaignError: an unknown quarter or language, or a sample size that cannot be.
    """
    words = Words(language)
    code = processed.known_quarter(quarter)
    size = int(sample_size) if sample_size.isdecimal() else 0
    if size < 1:
        raise CampaignError("asked.sample_size", size=repr(sample_size))
    return Inspection(processed, code, seed, size, words)


class Inspection(Story):
    """What the notebook shows, a method per section.

    Sections that need what inspectors found are empty until something of the quarter has come in.
    """

    key = "inspection"

    def __init__(
        self, processed: Processed, quarter: str, seed: str, size: int, words: Words
    ) -> None:
        super().__init__(words)
        self.processed, self.quarter, self.size = processed, quarter, size
        self.homes = processed.rows("panel", {"quarter": [quarter]})
        self.draw = draw(frame_of(self.homes), size, seed, quarter)
        self.inspections = processed.rows("inspections", {"quarter": [quarter]})
        self.visited = set(self.inspections["household"])

    @property
    def title(self) -> str:
        """What the page is called."""
        return self.text("title", quarter=self.words.quarter(self.quarter))

    @cached_property
    def compared(self) -> pd.DataFrame:
        """What inspectors found beside what the survey has."""
        return compare(self.homes, self.inspections)

    @cached_property
    def population(self) -> pd.DataFrame:
        """Whom the visited stand for: the frame, or everyone surveyed where others were visited."""
        surveyed = self.homes[self.homes["surveyed"]]
        if not self._of_frame:
            return surveyed
        return surveyed[surveyed["household"].isin(self.draw.frame["household"])]

    @property
    def _of_frame(self) -> bool:
        return self.visited <= set(self.draw.frame["household"])

    @property
    def _population_says(self) -> str:
        name = "population_cohort" if self._of_frame else "population_survey"
        return self.text(name, count=len(self.population))

    @cached_property
    def lines(self) -> pd.DataFrame:
        """The agreement by question."""
        return by_question(self.compared, self.population)

    @cached_property
    def changed(self) -> pd.DataFrame:
        """Every figure before and after, in the order of the plan."""
        corrected = with_found(self.homes, self.inspections)
        return in_plan_order(changes(self.processed, self.quarter, corrected))

    def first_screen(self) -> Passage:
        """How many to visit and how sure that makes; once visited, how far the answers hold."""
        visits, frame = len(self.draw.drawn), len(self.draw.frame)
        found, says = self._held() if self.visited else ({}, [self.text("not_yet")])
        counts = {"tile_visits": (visits, frame), **found}
        each = (
            Tile(self.text("of", count=count, base=base), self.text(name), "no_target")
            for name, (count, base) in counts.items()
        )
        days = self.processed.rows("quarters", {"quarter": [self.quarter]}).iloc[0]
        plan = plan_of_year(self.processed, self.quarter)
        return together(
            masthead(self.title, plan, self.words, self.edition),
            period(days, self.words),
            boxed(together(tiles(each), *map(paragraph, (*self._whom(), *says))), "bottom-line"),
        )

    def _whom(self) -> list[str]:
        visits, frame = len(self.draw.drawn), len(self.draw.frame)
        if not visits:
            return [self.text("nobody")]
        villages = int(self.draw.drawn["village"].nunique())
        if visits == frame:
            return [self.text("whom_all", visits=visits, villages=villages)]
        points = self.words.number(100 * precision(frame, [visits]).iloc[0]["expected"], 1)
        return [
            self.text("whom", visits=visits, villages=villages, seed=self.draw.seed),
            *([self.text("more", size=self.size)] if visits > self.size else []),
            self.text("precise", visits=visits, points=points),
        ]

    def _held(self) -> tuple[dict[str, tuple[int, int]], list[str]]:
        """Count the answers and households that hold and the figures that change; say how sure."""
        outcomes = self.compared["outcome"]
        held, homes, interval = holding(self.compared, len(self.population))
        asked = set(self.inspections["question"])
        touched = [one.id for one in SURVEYED if asked & set(deciding(self.homes, [one]))]
        commune = self.changed[self.changed["level"] == "commune"]
        commune = commune[commune["indicator"].isin(touched)]
        differ = int((commune["numerator"] != commune["numerator_after"]).sum())
        counts = {
            "tile_answers": (int((outcomes == AGREES).sum()), int(outcomes.isin(COMPARED).sum())),
            "tile_homes": (held, homes),
            "tile_figures": (differ, len(commune)),
        }
        if not homes:
            return counts, [self.text("nothing_to_compare", visited=len(self.visited))]
        said = self.text(
            "held",
            visited=len(self.visited),
            held=held,
            homes=homes,
            percent=self.words.percent(100 * held / homes, 1),
            population=self._population_says,
            low=self.words.percent(100 * interval.low, 1),
            high=self.words.percent(100 * interval.high, 1),
        )
        worst = self.lines.sort_values("share", kind="stable").iloc[0]
        if worst["agreed"] == worst["compared"]:
            return counts, [said]
        question = question_label(worst["question"], self.words)
        of_question = {name: int(worst[name]) for name in ("agreed", "compared")}
        return counts, [said, self.text("worst", question=question, **of_question)]

    def answers(self) -> Passage:
        """Question by question: how many answers agree, with the interval."""
        if not self.visited:
            return NOTHING
        more: list[Shown] = [agreement_table(self.lines, self.words)]
        some = self.lines[self.lines["compared"] > 0]
        if len(some):
            labels = [question_label(code, self.words) for code in some["question"]]
            source = self.text("source", quarter=self.words.quarter(self.quarter))
            more.append(agreement_chart(some.assign(label=labels), self.words, source))
        strangers = self.compared.loc[self.compared["outcome"] == NOT_SURVEYED, "household"]
        if len(strangers):
            names = self.words.listed(dict.fromkeys(strangers))
            more.append(paragraph(self.text("answers.strangers", households=names), "warning"))
        problems = self.processed.table("problems")
        problems = problems[problems["file"].str.startswith("inspections.")]
        if len(problems):
            rows = problems["row"].nunique()
            more.append(paragraph(self.text("answers.unreadable", rows=rows), "warning"))
            table = problems_table(problems, self.words)
            more.append(replace(table, caption=self.text("answers.problems")))
        return self.section("answers", *more, population=self._population_says)

    def directions(self) -> Passage:
        """Which way answers differ."""
        if not self.visited:
            return NOTHING
        table = directions_table(disagreements(self.compared), self.words)
        return self.section("directions", table)

    def changes(self) -> Passage:
        """The commune's figures before and after, and the villages where something changes."""
        if not self.visited:
            return NOTHING
        changed = self.changed
        names = ["numerator", "status", "certain"]
        differs = changed[names].ne(changed[[f"{name}_after" for name in names]].to_numpy())
        villages = changed[(changed["level"] == "village") & differs.any(axis=1)]
        villages = villages.sort_values("place", kind="stable")
        counts = {}
        for one in SURVEYED:
            base = walk(self.homes, one.parts()[-1]).rows["household"]
            counts[one.id] = int(base.isin(checked(self.homes, self.inspections, one)).sum())
        return self.section(
            "changes",
            changes_table(changed[changed["level"] == "commune"], counts, self.words),
            changed_villages_table(villages, self.processed.villages, self.words),
        )

    def estimate(self) -> Passage:
        """What the percentages would be, had everyone been visited; or why that cannot be said."""
        if not self.visited:
            return NOTHING
        drawn = set(self.draw.drawn["household"])
        counts = {"by_lot": len(self.visited & drawn), "drawn": len(drawn)}
        if counts["by_lot"] < min(LEAST_VISITED, len(drawn)):
            asked = {"visited": len(self.visited), "seed": self.draw.seed, "size": self.size}
            why = self.text("estimate.not_random", **counts, **asked)
            return self.titled("estimate", paragraph(why))
        lines = estimates(self.homes, self.inspections, drawn)
        if not lines["enough"].any():
            why = self.text("estimate.too_few", least=LEAST_VISITED)
            return self.titled("estimate", paragraph(why))
        missing = counts["drawn"] - counts["by_lot"]
        absent = [paragraph(self.text("estimate.missing", missing=missing), "warning")]
        targets = self.processed.rows("targets", {"year": [Quarter.parse(self.quarter).year]})
        written = {
            str(name): self.words.percent(Decimal(printed(int(at_least))))
            for name, at_least in zip(targets["indicator"], targets["at_least"], strict=True)
        }
        lines = lines.assign(quarter=self.quarter, place=COMMUNE)
        table = estimates_table(lines, written, self.words)
        return self.section("estimate", *(absent if missing else ()), table, **counts)

    def sample(self) -> Passage:
        """How households were drawn: the frame, the strata, and the chances."""
        if self.draw.frame.empty:
            return NOTHING
        return self.section(
            "sample",
            paragraph(self.text("sample.keep"), "warning"),
            strata_table(self.draw.strata, self.processed.villages, self.words),
            frame=len(self.draw.frame),
            label=self.words(f"indicators.{HEADLINE.id}.label"),
            least=LEAST_IN_VILLAGE,
            seed=self.draw.seed,
        )

    def precision(self) -> Passage:
        """What samples of other sizes could tell."""
        frame, drawn = len(self.draw.frame), len(self.draw.drawn)
        if not frame:
            return NOTHING
        lines = precision(frame, [*SIZES, drawn])
        return self.section("precision", precision_table(lines, drawn, self.words), frame=frame)

    def sheets(self) -> Passage:
        """Sheets per village to take along; they never have what the survey says."""
        if self.draw.drawn.empty:
            return self.titled("sheets", paragraph(self.text("sheets.none")))
        surveyed = set(self.processed.rows("surveyed", {"quarter": [self.quarter]})["column"])
        asked = [questions()[code] for code in deciding(self.homes) if code in surveyed]
        return self.section("sheets", *self._sheets(asked))

    def _sheets(self, asked: Sequence[Asked]) -> Iterator[Passage]:
        """Give the sheets, village by village; households that need two are split evenly."""
        made_up = self.processed.is_made_up(self.quarter)
        warning = paragraph(self.words("masthead.made_up"), "note") if made_up else NOTHING
        for village, own in self.draw.drawn.groupby("village", sort=True):
            parts = np.array_split(np.arange(len(own)), -(-len(own) // ACROSS))
            for number, part in enumerate(parts, 1):
                title = self.text(
                    "sheets.title",
                    place=self.processed.villages[str(village)],
                    quarter=self.words.quarter(self.quarter),
                    sheet=number,
                    sheets=len(parts),
                )
                sheet = together(
                    heading(title, 3),
                    warning,
                    paragraph(self.text("sheets.how")),
                    check_sheet(own.iloc[part], asked, self.words),
                    *(paragraph(self.text(f"sheets.{name}")) for name in ("inspector", "guide")),
                    paragraph(self.text("sheets.back", seed=self.draw.seed, size=self.size)),
                )
                yield boxed(sheet, "sheet")
