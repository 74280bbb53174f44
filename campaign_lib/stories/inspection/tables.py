"""How far the survey's answers hold, which figures change, and whom to visit, for people."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from campaign_lib.codebook import Column as Asked
from campaign_lib.codebook import codebook
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
from campaign_lib.show.display import RIGHT, Chart, Column, Table, columns_of
from campaign_lib.show.tables.labels import (
    answer_label,
    question_label,
    rows_of,
    signed,
    status_mark,
    text_or_nothing,
)
from campaign_lib.show.tables.results import traced
from campaign_lib.words import MISSING, Words


def agreement_table(lines: pd.DataFrame, words: Words) -> Table:
    """Show, by question, how many answers agree, and what that tells of all.

    Args:
        lines: question, agreed, compared, no_answer, population, share, low, high, kappa.
        words: the reader's language.
    """
    text = words.under("inspection.answers")
    columns = columns_of(
        text,
        {"agreed", "percent", "interval", "population", "kappa", "no_answer"},
        question=lambda line: question_label(line.question, words),
        agreed=lambda line: words("inspection.of", count=line.agreed, base=line.compared),
        percent=lambda line: words.percent(100 * line.share, 1),
        interval=lambda line: _range(line, words) if line.compared else MISSING,
        population=lambda line: words.number(line.population),
        kappa=lambda line: words.number(line.kappa, 2),
        no_answer=lambda line: words.number(line.no_answer),
    )
    return Table.of(lines, columns, text("caption"))


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
    counted = words("inspection.of", count=int(numerator), base=int(denominator))
    return words("inspection.count_percent", counted=counted, percent=words.percent(percent))


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
    of_villages = lines.groupby("village", sort=True)
    rows = [(villages[str(code)], *cells(own)) for code, own in of_villages]
    total = (text("total"), *cells(lines))
    return Table(text("caption"), columns, (*rows, total), frame=lines)


def precision_table(lines: pd.DataFrame, chosen: int, words: Words) -> Table:
    """Show what samples of some sizes can tell, the chosen one marked.

    Args:
        lines: size, expected, worst (as shares); the last size is everyone.
        chosen: the size in use.
        words: the reader's language.
    """
    text = words.under("inspection.precision")
    everyone = int(lines["size"].max())
    columns = columns_of(
        text,
        {"size", "share", "expected", "worst"},
        size=lambda line: (
            text("chosen", size=line.size) if line.size == chosen else words.number(line.size)
        ),
        share=lambda line: words.percent(100 * line.size / everyone, 0),
        expected=lambda line: text("margin", points=words.number(100 * line.expected, 1)),
        worst=lambda line: text("margin", points=words.number(100 * line.worst, 1)),
    )
    return Table.of(lines, columns, text("caption"))


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

    columns = columns_of(
        lambda name: words(labels.get(name, f"inspection.estimate.{name}")),
        {"before", "counted", "others", "about", "interval", "target"},
        indicator=lambda line: traced(
            words(f"indicators.{line.indicator}.label"), line, beside=True
        ),
        before=lambda line: _figure(
            line.numerator, line.base, 100 * line.numerator / line.base, words
        ),
        counted=lambda line: of(count=line.counted_found, base=line.counted_visited),
        others=lambda line: of(count=line.others_found, base=line.others_visited),
        about=about,
        interval=lambda line: _range(line, words) if line.enough else MISSING,
        target=lambda line: targets.get(line.indicator, MISSING),
    )
    return Table.of(lines[lines["base"] > 0], columns, text("caption"))


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
