"""What inspectors found, told: how far answers hold, and which figures would change."""

from collections.abc import Sequence
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
    with_found,
)
from campaign_lib.analysis.visits import Draw
from campaign_lib.base.percent import printed
from campaign_lib.base.quarters import Quarter
from campaign_lib.indicators.steps import COMMUNE, walk
from campaign_lib.show.charts.drawing import (
    AXIS,
    BAR,
    GREY,
    LABELS,
    REACHED,
    as_svg,
    drawing,
    without_labels,
)
from campaign_lib.show.display import Chart, Passage, Shown, Tile, paragraph
from campaign_lib.show.tables.context import problems_table
from campaign_lib.show.tables.labels import question_label
from campaign_lib.show.tables.results import in_plan_order
from campaign_lib.store.processed import Processed
from campaign_lib.stories.inspection.tables import (
    agreement_table,
    changed_villages_table,
    changes_table,
    directions_table,
    estimates_table,
)
from campaign_lib.stories.telling import Story
from campaign_lib.words import Words

# How far the survey's answers hold, as a chart.

_FIGURES = 0.1  # share of the width that the figures at the end of each line take


def agreement_chart(lines: pd.DataFrame, words: Words, source: str) -> Chart:
    """Show, by question, the share of answers that agree with its interval.

    Args:
        lines: label, agreed, compared, share, low, high: questions with something to compare.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    rows = np.arange(len(lines))
    share, low, high = (100 * lines[name].to_numpy(float) for name in ("share", "low", "high"))
    height = AXIS + BAR * len(lines)
    with drawing(height) as figure:
        width = 0.98 - LABELS - _FIGURES
        axes = figure.add_axes((LABELS, (AXIS - 0.05) / height, width, 1 - AXIS / height))
        without_labels(axes)
        axes.hlines(rows, low, high, color=GREY, linewidth=2)
        axes.scatter(share, rows, s=46, c=REACHED, zorder=3, clip_on=False)
        for row, line in enumerate(lines.itertuples(index=False)):
            text = words("inspection.of", count=line.agreed, base=line.compared)
            axes.annotate(text, (104, row), va="center", annotation_clip=False)
        axes.set_yticks(rows, list(lines["label"]))
        axes.set(xlim=(0, 100), ylim=(len(lines) - 0.5, -0.5), xticks=range(0, 101, 20))
        axes.set(xlabel=words("inspection.chart.axis"), ylabel="")
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        svg = as_svg(figure)
    said = (
        words(
            "inspection.chart.one",
            label=line.label,
            agreed=line.agreed,
            compared=line.compared,
            low=words.percent(least, 1),
            high=words.percent(most, 1),
        )
        for line, least, most in zip(lines.itertuples(index=False), low, high, strict=True)
    )
    key = words("inspection.chart.key")
    return Chart(svg, words("inspection.chart.title"), " ".join(said), f"{key} {source}")


_FILE = "inspections."


class Found(Story):
    """The sections of `inspection` that need what inspectors found."""

    key = "inspection"

    def __init__(
        self,
        processed: Processed,
        homes: pd.DataFrame,
        inspections: pd.DataFrame,
        draw: Draw,
        words: Words,
    ) -> None:
        """Take what it is told from.

        Args:
            processed: what was built.
            homes: rows of the panel, of one quarter.
            inspections: rows of the table `inspections`, of the same quarter; at least one.
            draw: the quarter's sample.
            words: the reader's language.
        """
        super().__init__(words)
        self.processed, self.homes, self.draw = processed, homes, draw
        self.inspections, self.quarter = inspections, draw.quarter
        self.compared = compare(homes, inspections)
        self.visited = set(inspections["household"])

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
        """Every figure before and after."""
        corrected = with_found(self.homes, self.inspections)
        return changes(self.processed, self.quarter, corrected)

    @property
    def of_commune(self) -> pd.DataFrame:
        """The commune's figures before and after, in the order of the plan."""
        return in_plan_order(self.changed[self.changed["level"] == "commune"])

    def tiles(self) -> Sequence[Tile]:
        """How many answers and households hold, and how many of the commune's figures change."""
        outcomes = self.compared["outcome"]
        held, homes, _ = holding(self.compared, len(self.population))
        asked = set(self.inspections["question"])
        touched = [one.id for one in SURVEYED if asked & set(deciding(self.homes, [one]))]
        commune = self.of_commune[self.of_commune["indicator"].isin(touched)]
        pairs = {
            "tile_answers": (int((outcomes == AGREES).sum()), int(outcomes.isin(COMPARED).sum())),
            "tile_homes": (held, homes),
            "tile_figures": (
                int((commune["numerator"] != commune["numerator_after"]).sum()),
                len(commune),
            ),
        }
        return [
            Tile(self.text("of", count=count, base=base), self.text(name), "no_target")
            for name, (count, base) in pairs.items()
        ]

    def says(self) -> list[str]:
        """The sentences of the first screen."""
        held, homes, interval = holding(self.compared, len(self.population))
        visited = len(self.visited)
        if not homes:
            return [self.text("nothing_to_compare", visited=visited)]
        low, high = (self.words.percent(100 * end, 1) for end in (interval.low, interval.high))
        said = self.text(
            "held",
            visited=visited,
            held=held,
            homes=homes,
            percent=self.words.percent(100 * held / homes, 1),
            population=self._population_says,
            low=low,
            high=high,
        )
        worst = self.lines.sort_values("share", kind="stable").iloc[0]
        if worst["agreed"] == worst["compared"]:
            return [said]
        question = question_label(worst["question"], self.words)
        counts = {"agreed": int(worst["agreed"]), "compared": int(worst["compared"])}
        return [said, self.text("worst", question=question, **counts)]

    def answers(self) -> Passage:
        """Question by question: how many answers agree, with the interval."""
        more: list[Shown] = []
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
        problems = problems[problems["file"].str.startswith(_FILE)]
        if len(problems):
            rows = problems["row"].nunique()
            more.append(paragraph(self.text("answers.unreadable", rows=rows), "warning"))
            table = problems_table(problems, self.words)
            more.append(replace(table, caption=self.text("answers.problems")))
        table = agreement_table(self.lines, self.words)
        return self.section("answers", table, *more, population=self._population_says)

    def directions(self) -> Passage:
        """Which way answers differ."""
        return self.section(
            "directions", directions_table(disagreements(self.compared), self.words)
        )

    def changes(self) -> Passage:
        """The commune's figures before and after, and the villages where something changes."""
        names = ("numerator", "status", "certain")
        differs = [self.changed[name] != self.changed[f"{name}_after"] for name in names]
        of_village = self.changed["level"] == "village"
        villages = in_plan_order(self.changed[of_village & (differs[0] | differs[1] | differs[2])])
        villages = villages.sort_values("place", kind="stable")
        return self.section(
            "changes",
            changes_table(self.of_commune, self._checked, self.words),
            changed_villages_table(villages, self.processed.villages, self.words),
        )

    @property
    def _checked(self) -> dict[str, int]:
        counts = {}
        for indicator in SURVEYED:
            base = walk(self.homes, indicator.parts()[-1]).rows["household"]
            names = checked(self.homes, self.inspections, indicator)
            counts[indicator.id] = int(base.isin(names).sum())
        return counts

    def estimate(self, size: int) -> Passage:
        """What the percentages would be; or why that cannot be said.

        Args:
            size: the sample size that was asked for.
        """
        drawn = set(self.draw.drawn["household"])
        counts = {"by_lot": len(self.visited & drawn), "drawn": len(drawn)}
        if counts["by_lot"] < min(LEAST_VISITED, len(drawn)):
            asked = {"visited": len(self.visited), "seed": self.draw.seed, "size": size}
            why = self.text("estimate.not_random", **counts, **asked)
            return self.titled("estimate", paragraph(why))
        lines = estimates(self.homes, self.inspections, drawn)
        if not lines["enough"].any():
            why = self.text("estimate.too_few", least=LEAST_VISITED)
            return self.titled("estimate", paragraph(why))
        missing = counts["drawn"] - counts["by_lot"]
        absent = [paragraph(self.text("estimate.missing", missing=missing), "warning")]
        lines = lines.assign(quarter=self.quarter, place=COMMUNE)
        table = estimates_table(lines, self._targets, self.words)
        return self.section("estimate", *(absent if missing else ()), table, **counts)

    @property
    def _targets(self) -> dict[str, str]:
        targets = self.processed.table("targets")
        own = targets[targets["year"] == Quarter.parse(self.quarter).year]
        return {
            str(name): self.words.percent(Decimal(printed(int(at_least))))
            for name, at_least in zip(own["indicator"], own["at_least"], strict=True)
        }
