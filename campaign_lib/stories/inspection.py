"""Whom to visit, and how far the answers hold: the page `inspection.ipynb` of a quarter."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property, partial
from typing import Any

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
from campaign_lib.codebook import codebook
from campaign_lib.codebook.problems import ERROR, severities
from campaign_lib.errors import CampaignError
from campaign_lib.indicators.steps import COMMUNE, walk
from campaign_lib.show.display import (
    NOTHING,
    RIGHT,
    Chart,
    Column,
    Passage,
    Shown,
    Table,
    Tile,
    boxed,
    columns_of,
    heading,
    paragraph,
    tiles,
    together,
)
from campaign_lib.show.panels import Row, Told, rows_chart
from campaign_lib.show.tables.context import problems_table
from campaign_lib.show.tables.labels import (
    answer_label,
    question_label,
    rows_of,
    signed,
    status_mark,
    text_or_nothing,
)
from campaign_lib.show.tables.results import in_plan_order, traced
from campaign_lib.store.processed import Processed
from campaign_lib.stories.telling import Story, masthead, period, plan_of_year
from campaign_lib.words import MISSING, Words

# How far the answers hold, which figures change, and whom to visit, as tables and a drawing.


def agreement_table(lines: pd.DataFrame, words: Words) -> Table:
    """Show, by question, how many answers agree, and what that tells of all.

    Args:
        lines: question, agreed, compared, no_answer, population, share, low, high, kappa.
        words: the reader's language.
    """
    text = words.under("inspection.answers")
    return Table.of(
        lines,
        columns_of(
            text,
            {"agreed", "percent", "interval", "population", "kappa", "no_answer"},
            question=lambda line: question_label(line.question, words),
            agreed=lambda line: words("inspection.of", count=line.agreed, base=line.compared),
            percent=lambda line: words.percent(100 * line.share, 1),
            interval=lambda line: _range(line, words) if line.compared else MISSING,
            population=lambda line: words.number(line.population),
            kappa=lambda line: words.number(line.kappa, 2),
            no_answer=lambda line: words.number(line.no_answer),
        ),
        text("caption"),
    )


def _range(line: Any, words: Words) -> str:
    """Write an interval of a share in percent."""
    ends = {end: words.percent(100 * getattr(line, end), 1) for end in ("low", "high")}
    return words("inspection.range", **ends)


def directions_table(lines: pd.DataFrame, words: Words) -> Table:
    """Show which way answers differ.

    Args:
        lines: question, survey, found, households; of amounts `survey` is missing, and `found` is
            higher or lower.
        words: the reader's language.
    """
    text = words.under("inspection.directions")

    def answer(line: Any, name: str, of_amount: str) -> str:
        if codebook().tables["survey"].column(line.question).answers or not pd.isna(line.survey):
            return answer_label("survey", line.question, getattr(line, name), words)
        return text(of_amount)

    columns = (
        Column(
            words("inspection.answers.question"),
            cell=lambda line: question_label(line.question, words),
        ),
        *columns_of(
            text,
            {"households"},
            survey=lambda line: answer(line, "survey", "amount"),
            found=lambda line: answer(line, "found", line.found),
            households=lambda line: words.number(line.households),
        ),
    )
    return Table.of(lines, columns, text("caption"), empty=text("none"))


def changes_table(lines: pd.DataFrame, checked: Mapping[str, int], words: Words) -> Table:
    """Set the commune's figures before and after side by side.

    Args:
        lines: the commune's rows of `campaign_lib.analysis.inspected_figures.changes`.
        checked: by indicator, how many households of its base were checked in full.
        words: the reader's language.
    """
    text = words.under("inspection.changes")
    columns = columns_of(
        text,
        {"checked"},
        indicator=lambda line: words(f"indicators.{line.indicator}.label"),
        checked=lambda line: words.number(checked[line.indicator]),
    )
    columns += _before_and_after(words)
    return Table.of(lines, columns, text("caption"), note=text("note"))


def changed_villages_table(lines: pd.DataFrame, villages: Mapping[str, str], words: Words) -> Table:
    """List the villages whose figure or verdict changes.

    Args:
        lines: their rows of `campaign_lib.analysis.inspected_figures.changes`.
        villages: their names by code.
        words: the reader's language.
    """
    text = words.under("inspection.changes")
    columns = columns_of(
        text,
        village=lambda line: villages[line.place],
        indicator=lambda line: words(f"indicators.{line.indicator}.label"),
    )
    columns += _before_and_after(words)
    return Table.of(lines, columns, text("villages"), empty=text("no_village"))


def _before_and_after(words: Words) -> tuple[Column, ...]:
    def figure(line: Any, after: str = "") -> str:
        numbers = (getattr(line, f"{name}{after}") for name in ("numerator", "percent"))
        return _figure(next(numbers), line.denominator, next(numbers), words)

    return columns_of(
        words.under("inspection.changes"),
        {"before", "after", "change"},
        before=lambda line: traced(figure(line), line),
        verdict=lambda line: status_mark(line.status, words, certain=line.certain == "yes"),
        after=lambda line: figure(line, "_after"),
        verdict_after=lambda line: status_mark(
            line.status_after, words, certain=line.certain_after == "yes"
        ),
        change=lambda line: signed(int(line.numerator_after) - int(line.numerator), words),
    )


def _figure(numerator: Any, denominator: Any, percent: Any, words: Words) -> str:
    return words(
        "inspection.count_percent",
        counted=words("inspection.of", count=int(numerator), base=int(denominator)),
        percent=words.percent(percent),
    )


def strata_table(lines: pd.DataFrame, villages: Mapping[str, str], words: Words) -> Table:
    """Show how many of each village and group were drawn, with the chance of each.

    Args:
        lines: village, counts, households, visits, chance.
        villages: their names by code.
        words: the reader's language.
    """
    text = words.under("inspection.sample")

    def drawn(own: pd.DataFrame) -> str:
        sums = own[["visits", "households"]].sum()
        return words("inspection.of", count=int(sums["visits"]), base=int(sums["households"]))

    def cells(own: pd.DataFrame) -> tuple[str, ...]:
        """Write drawn / households of those that count and of the others, with chances; of all."""
        each: list[str] = []
        for counts in (True, False):
            group = own[own["counts"] == counts]
            chances = group["chance"].drop_duplicates()
            chance = words.percent(100 * chances.iloc[0], 0) if len(chances) == 1 else MISSING
            each += [drawn(group), chance]
        return (*each, drawn(own))

    numbers = ("counted", "counted_chance", "others", "others_chance", "all")
    columns = (Column(text("village")), *(Column(text(name), RIGHT) for name in numbers))
    rows = [(villages[str(code)], *cells(own)) for code, own in lines.groupby("village", sort=True)]
    return Table(text("caption"), columns, (*rows, (text("total"), *cells(lines))), frame=lines)


def precision_table(lines: pd.DataFrame, chosen: int, words: Words) -> Table:
    """Show what samples of some sizes can tell, the chosen one marked.

    Args:
        lines: size, expected, worst (as shares); the last size is everyone.
        chosen: the size in use.
        words: the reader's language.
    """
    text = words.under("inspection.precision")
    everyone = int(lines["size"].max())
    return Table.of(
        lines,
        columns_of(
            text,
            {"size", "share", "expected", "worst"},
            size=lambda line: (
                text("chosen", size=line.size) if line.size == chosen else words.number(line.size)
            ),
            share=lambda line: words.percent(100 * line.size / everyone, 0),
            expected=lambda line: text("margin", points=words.number(100 * line.expected, 1)),
            worst=lambda line: text("margin", points=words.number(100 * line.worst, 1)),
        ),
        text("caption"),
    )


def estimates_table(lines: pd.DataFrame, targets: Mapping[str, str], words: Words) -> Table:
    """Show the percentages that one may expect, had everyone been visited.

    Args:
        lines: as `analysis.inspected_figures.estimates` gives them, with quarter and place.
        targets: the plan's percentages by indicator, as they are written.
        words: the reader's language.
    """
    text, of = words.under("inspection.estimate"), partial(words, "inspection.of")
    labels = {
        "indicator": "inspection.changes.indicator",
        "before": "inspection.changes.before",
        "interval": "inspection.answers.interval",
    }

    def about(line: Any) -> str:
        if not line.enough:
            return text("enough")
        count, percent = words.number(line.share * line.base), words.percent(100 * line.share, 1)
        return text("about_cell", count=count, base=line.base, percent=percent)

    return Table.of(
        lines[lines["base"] > 0],
        columns_of(
            lambda name: words(labels.get(name, f"inspection.estimate.{name}")),
            {"before", "counted", "others", "about", "interval", "target"},
            indicator=lambda line: traced(words(f"indicators.{line.indicator}.label"), line, words),
            before=lambda line: _figure(
                line.numerator, line.base, 100 * line.numerator / line.base, words
            ),
            counted=lambda line: of(count=line.counted_found, base=line.counted_visited),
            others=lambda line: of(count=line.others_found, base=line.others_visited),
            about=about,
            interval=lambda line: _range(line, words) if line.enough else MISSING,
            target=lambda line: targets.get(line.indicator, MISSING),
        ),
        text("caption"),
    )


#: Households beside one another on a sheet of A4.
ACROSS = 5


def check_sheet(homes: pd.DataFrame, questions: Sequence[Asked], words: Words) -> Table:
    """Give the sheet that an inspector takes along: an empty cell per question and household.

    Args:
        homes: household, head_name; at most `ACROSS` of them.
        questions: columns of the survey, as the codebook has them.
        words: the reader's language.
    """
    text = words.under("inspection.sheets")
    asked = [
        text("numbered", number=number, ask=_ask(question, words))
        for number, question in enumerate(questions, 1)
    ]
    columns = (
        Column(text("question"), cell=lambda line: line.question),
        *(
            Column(f"{home.household} {text_or_nothing(home.head_name)}", cell=lambda line: "")
            for home in rows_of(homes)
        ),
    )
    lines = [*asked, text("visited_on"), text("signature")]
    return Table.of(pd.DataFrame({"question": lines}), columns, text("caption"))


def _ask(question: Asked, words: Words) -> str:
    """Write a question with what may be answered, but for yes and no, which all others share."""
    vietnamese = words.language == "vi"
    ask = question.ask_vi if vietnamese else question.ask_en
    if question.type == "yes_no":
        return ask
    labels = [answer.vi if vietnamese else answer.en for answer in question.answers]
    options = " / ".join(labels) or (question.unit_vi if vietnamese else question.unit_en)
    return words("inspection.sheets.options", ask=ask, options=options) if options else ask


def agreement_chart(lines: pd.DataFrame, words: Words, source: str) -> Chart:
    """Show, by question, the share of answers that agree with its interval.

    Args:
        lines: label, agreed, compared, share, low, high: questions with something to compare.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    text, rows, said = words.under("inspection.chart"), [], []
    for line in rows_of(lines):
        agreed = words("inspection.of", count=line.agreed, base=line.compared)
        ends = {"low": words.percent(100 * line.low, 1), "high": words.percent(100 * line.high, 1)}
        told = (Told("sure", agreed, text("agree")), Told("range", text("range", **ends)))
        bars, marks = (("range", 100 * line.low, 100 * line.high),), (("sure", 100 * line.share),)
        rows.append(Row(line.label, bars, told, marks))
        counts = {"agreed": line.agreed, "compared": line.compared}
        said.append(text("one", label=line.label, **counts, **ends))
    return rows_chart(
        {"": rows},
        words,
        100.0,
        title=text("title"),
        answer=text("answer", least=said[int(lines["share"].to_numpy().argmin())]),
        alt=" ".join(said),
        source=source,
        frame=lines,
    )


# The sections.


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
        self.title = self.text("title", quarter=words.quarter(quarter))

    @cached_property
    def compared(self) -> pd.DataFrame:
        """What inspectors found beside what the survey has."""
        return compare(self.homes, self.inspections)

    @property
    def asked(self) -> list[str]:
        """The questions that inspectors ask: what decides an indicator, as far as it was asked."""
        surveyed = set(self.processed.rows("surveyed", {"quarter": [self.quarter]})["column"])
        return [code for code in deciding(self.homes) if code in surveyed]

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
        return in_plan_order(
            changes(self.processed, self.quarter, with_found(self.homes, self.inspections))
        )

    def first_screen(self) -> Passage:
        """How many to visit and how sure that makes; once visited, how far the answers hold."""
        visits, frame = len(self.draw.drawn), len(self.draw.frame)
        found, says = self._held() if self.visited else ({}, [self.text("not_yet")])
        each = (
            Tile(self.text("of", count=count, base=base), self.text(name), "no_target")
            for name, (count, base) in {"tile_visits": (visits, frame), **found}.items()
        )
        days = self.processed.rows("quarters", {"quarter": [self.quarter]}).iloc[0]
        return together(
            masthead(
                self.title, plan_of_year(self.processed, self.quarter), self.words, self.edition
            ),
            period(days, self.words, self.processed.manifest),
            boxed(together(tiles(each), *map(paragraph, (*self._whom(), *says))), "bottom-line"),
        )

    def _whom(self) -> list[str]:
        visits, frame = len(self.draw.drawn), len(self.draw.frame)
        if not visits:
            return [self.text("nobody")]
        villages = int(self.draw.drawn["village"].nunique())
        if visits == frame:
            return [self.text("whom_all", visits=visits, villages=villages)]
        return [
            self.text("whom", visits=visits, villages=villages, seed=self.draw.seed),
            *([self.text("more", size=self.size)] if visits > self.size else []),
            self.text(
                "precise",
                visits=visits,
                points=self.words.number(100 * precision(frame, [visits]).iloc[0]["expected"], 1),
            ),
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
            more.append(
                agreement_chart(
                    some.assign(label=labels),
                    self.words,
                    self.text("source", quarter=self.words.quarter(self.quarter)),
                )
            )
        strangers = self.compared.loc[self.compared["outcome"] == NOT_SURVEYED, "household"]
        if len(strangers):
            names = self.words.listed(dict.fromkeys(strangers))
            more.append(paragraph(self.text("answers.strangers", households=names), "warning"))
        problems = self.processed.table("problems")
        problems = problems[problems["file"].str.startswith(("inspections.", "inspections/"))]
        if len(problems):
            rows = problems.loc[severities(problems) == ERROR, "row"].nunique()
            said = self.text("answers.unreadable", rows=rows)
            more += [paragraph(said, "warning")] if rows else []
            more.append(
                replace(problems_table(problems, self.words), caption=self.text("answers.problems"))
            )
        return self.section("answers", *more, population=self._population_says)

    def directions(self) -> Passage:
        """Which way answers differ."""
        if not self.visited:
            return NOTHING
        return self.section(
            "directions", directions_table(disagreements(self.compared), self.words)
        )

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
        return self.section(
            "estimate",
            *(absent if missing else ()),
            estimates_table(lines, written, self.words),
            **counts,
        )

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
        return self.section(
            "precision",
            precision_table(precision(frame, [*SIZES, drawn]), drawn, self.words),
            frame=frame,
        )

    def sheets(self) -> Passage:
        """Sheets per village to take along; they never have what the survey says."""
        if self.draw.drawn.empty:
            return self.titled("sheets", paragraph(self.text("sheets.none")))
        asked = [questions()[code] for code in self.asked]
        lot = {"code": self.quarter, "seed": self.draw.seed, "size": str(self.size)}
        back = paragraph(self.text("sheets.workbook", **lot))
        return self.section("sheets", back, *self._sheets(asked))

    def _sheets(self, asked: Sequence[Asked]) -> Iterator[Passage]:
        """Give the sheets, village by village; households that need two are split evenly."""
        made_up = self.processed.is_made_up(self.quarter)
        warning = paragraph(self.words("masthead.made_up"), "note") if made_up else NOTHING
        for village, own in self.draw.drawn.groupby("village", sort=True):
            parts = np.array_split(np.arange(len(own)), -(-len(own) // ACROSS))
            for number, part in enumerate(parts, 1):
                sheet = together(
                    heading(
                        self.text(
                            "sheets.title",
                            place=self.processed.villages[str(village)],
                            quarter=self.words.quarter(self.quarter),
                            sheet=number,
                            sheets=len(parts),
                        ),
                        3,
                    ),
                    warning,
                    paragraph(self.text("sheets.how")),
                    check_sheet(own.iloc[part], asked, self.words),
                    *(paragraph(self.text(f"sheets.{name}")) for name in ("inspector", "guide")),
                    paragraph(self.text("sheets.back", seed=self.draw.seed, size=self.size)),
                )
                yield boxed(sheet, "sheet")
