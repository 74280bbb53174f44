"""Who carries how much of each target: the page `target_allocation.ipynb` of a year."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.commune import in_percent
from campaign_lib.analysis.poverty import TABLE, not_reviewed
from campaign_lib.analysis.village_targets import (
    SharedTarget,
    in_whole_households,
    path_counts,
    shared_targets,
    working,
)
from campaign_lib.base.figures import Figure
from campaign_lib.base.percent import ALL_OF_THEM, printed
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook.problems import of_allocation
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import find
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.indicators.ten import CHANGED_MINDSET
from campaign_lib.intake.problem_list import told
from campaign_lib.show.display import (
    NOTHING,
    RIGHT,
    Cell,
    Chart,
    Column,
    Passage,
    Table,
    Tile,
    Traced,
    boxed,
    columns_of,
    listing,
    paragraph,
    tiles,
    together,
)
from campaign_lib.show.panels import Row, Told, rows_chart
from campaign_lib.show.tables.labels import rows_of, signed
from campaign_lib.store.processed import Processed
from campaign_lib.stories.telling import Story, masthead, period, plan_of_year
from campaign_lib.words import MISSING, Words

#: The code of the row that adds the villages up; no village has it.
_SUM = ""
#: Targets beside one another, so that the table fits on A4.
ACROSS = 4


def working_table(lines: pd.DataFrame, count: int, words: Words) -> Table:
    """Show how one count was shared out by largest remainders, with the sum of each column.

    Args:
        lines: village, name, denominator, quota, whole, remainder, extra, computed, by village.
        count: what was shared out.
        words: the reader's language.
    """
    text = words.under("target_allocation.working")
    columns = (
        _named(words),
        *columns_of(
            text,
            {"base", "quota", "whole", "remainder", "extra", "computed"},
            base=lambda line: words.number(line.denominator),
            quota=lambda line: words.number(line.quota, 3),
            whole=lambda line: words.number(line.whole),
            remainder=lambda line: words.number(line.remainder, 3),
            extra=lambda line: (
                f"+{words.number(line.extra)}" if line.extra or line.village == _SUM else MISSING
            ),
            computed=lambda line: words.number(line.computed),
        ),
    )
    total = lines.drop(columns=["village", "name"]).sum().to_frame().T
    total = total.assign(village=_SUM, name=words("target_allocation.sum"))
    return replace(
        Table.of(pd.concat([lines, total]), columns, text("caption", count=count)), frame=lines
    )


def whole_households_table(lines: pd.DataFrame, target: str, words: Words) -> Table:
    """Show what the commune's percentage means for villages of each size.

    Args:
        lines: name, denominator, exact, count, percent, fewer, by village.
        target: the commune's percentage, as it is written.
        words: the reader's language.
    """
    text = words.under("target_allocation.small")
    headings = {
        "base": words("target_allocation.working.base"),
        "exact": text("exact", target=target),
    }
    columns = columns_of(
        lambda name: headings.get(name) or text(name),
        {"base", "exact", "count", "percent", "fewer"},
        base=lambda line: words.number(line.denominator),
        exact=lambda line: words.number(line.exact, 2),
        count=lambda line: words.number(line.count),
        percent=lambda line: words.percent(line.percent),
        fewer=lambda line: words.percent(line.fewer),
    )
    return Table.of(lines, (_named(words), *columns), text("caption"))


def _named(words: Words) -> Column:
    return Column(words("target_allocation.place"), cell=lambda line: str(line.name))


#: More villages than this cannot be told apart.
MOST_VILLAGES = 30


def allocation_chart(lines: pd.DataFrame, words: Words, source: str) -> Chart:
    """Show, target by target, each village's base and what it has to reach.

    Args:
        lines: label (of the target, with its unit), name, denominator, count: a row per target and
            village.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    text, said, most = words.under("target_allocation.chart"), [], []
    panels: dict[str, list[Row]] = {}
    for label in lines["label"].unique():
        own = lines[lines["label"] == label]
        panels[label] = [_village(line, words) for line in rows_of(own)]
        counts = ", ".join(
            f"{line.name} "
            + words("target_allocation.of_base", count=line.count, base=line.denominator)
            for line in rows_of(own)
        )
        said.append(text("one", label=label, counts=counts))
        most.append(own["name"].iloc[int(own["count"].to_numpy().argmax())])
    place = max(most, key=most.count)
    targets = {"most": words.number(most.count(place)), "all": words.number(len(most))}
    return rows_chart(
        panels,
        words,
        title=text("title"),
        answer=text("answer", place=place, **targets),
        alt=" ".join(said),
        source=source,
        frame=lines,
    )


def _village(line: Any, words: Words) -> Row:
    count = Told("sure", words.number(line.count), words("target_allocation.chart.count"))
    base = Told("base", words.number(line.denominator), words("charts.base"))
    bars = (("base", 0.0, line.denominator), ("sure", 0.0, line.count))
    return Row(line.name, bars, (count, base))


def target_allocation(processed: Processed, year: str, language: str = "vi") -> "TargetAllocation":
    """Open the page of a year.

    Raises:
        CampaignError: an unknown language, or a year without results.
    """
    return TargetAllocation(processed, first_of(processed, year), Words(language))


def first_of(processed: Processed, year: str) -> str:
    """Give the first quarter of a year that has results.

    Raises:
        CampaignError: it has none; the sentence lists the years that have.
    """
    years = {code: str(Quarter.parse(code).year) for code in processed.quarters}
    for code, of in years.items():
        if of == year:
            return code
    raise CampaignError(
        "asked.no_year", year=repr(year), known=", ".join(dict.fromkeys(years.values()))
    )


def shared_by(processed: Processed, quarter: str, words: Words) -> list[str]:
    """Say by which plan and whose households a quarter's targets are shared, and what is not in."""
    text, days = (
        words.under("target_allocation"),
        processed.rows("quarters", {"quarter": [quarter]}),
    )
    day, baseline = days.iloc[0]["last_day"], days.iloc[0]["baseline"]
    by = "by" if plan_of_year(processed, quarter) is not None else "by_no_plan"
    said = [text(by, year=quarter[:4], day=words.date(day))]
    if not processed.asked(quarter):
        said.append(text("no_survey", quarter=words.quarter(quarter)))
    if latest := not_reviewed(processed, baseline):
        dates = {"baseline": words.date(baseline), "day": words.date(latest)}
        said.append(text("not_reviewed", **dates))
    return said


class TargetAllocation(Story):
    """What the notebook shows, a method per section, from the year's first quarter with results."""

    key = "target_allocation"

    def __init__(self, processed: Processed, quarter: str, words: Words) -> None:
        super().__init__(words)
        self.processed, self.quarter = processed, quarter
        self.year = Quarter.parse(quarter).year
        self.title = self.text("title", year=self.year)
        self.plan: Any = plan_of_year(processed, quarter)
        self.shared = shared_targets(processed, quarter)
        self.split = [one for one in self.shared if one.target != ALL_OF_THEM]
        self.whole = [one for one in self.shared if one.target == ALL_OF_THEM]

    @cached_property
    def example(self) -> SharedTarget | None:
        """The target whose working is shown: the plan's first about people, or another of homes."""
        homes = [one for one in self.split if find(one.indicator).unit == "household"]
        homes.sort(key=lambda one: one.indicator != CHANGED_MINDSET.id)
        return next((one for one in homes if one.villages["computed"].sum()), None)

    def label(self, one: SharedTarget) -> str:
        """Name a target's indicator."""
        return self.words(f"indicators.{one.indicator}.label")

    def target(self, one: SharedTarget) -> str:
        """Write the plan's percentage."""
        return self.words.percent(Decimal(printed(one.target)))

    def _headed(self, name: str, one: SharedTarget, **values: object) -> str:
        """Say one target's label and what it counts."""
        return self.text(
            name,
            label=self.label(one),
            unit=self.words(f"indicators.{one.indicator}.unit"),
            **values,
        )

    def first_screen(self) -> Passage:
        """What the commune has to reach, that villages share it, and whether it is fixed."""
        answer = (
            self._answer() if self.shared else paragraph(self.text("no_targets", year=self.year))
        )
        days = self.processed.rows("quarters", {"quarter": [self.quarter]}).iloc[0]
        return together(
            masthead(self.title, self.plan, self.words, self.edition),
            period(days, self.words, self.processed.manifest),
            together(*map(paragraph, shared_by(self.processed, self.quarter, self.words))),
            boxed(answer, "bottom-line"),
        )

    def _answer(self) -> Passage:
        each = [
            Tile(
                self.text("of_base", count=one.count, base=one.denominator),
                self._headed("tile", one, base=one.denominator, target=self.target(one)),
                "no_target",
            )
            for one in self.split
        ]
        others = [one for one in self.split if one.villages["count"].sum() != one.count]
        adds_up = self.text(
            "answer_more" if others else "answer",
            villages=len(self.processed.villages),
            quarter=self.words.quarter(self.quarter),
            **({"labels": self.words.listed(map(self.label, others))} if others else {}),
        )
        fixed = sum(one.fixed is not None for one in self.split)
        values = {"fixed": fixed, "all": len(self.split)} if fixed else {}
        whole = self.words.listed(map(self.label, self.whole))
        return together(
            tiles(each) + paragraph(adds_up) if each else NOTHING,
            paragraph(self.text("all_of_them", labels=whole)) if self.whole else NOTHING,
            paragraph(self.text("some_fixed" if fixed else "not_fixed", **values))
            if each
            else NOTHING,
        )

    def matrix(self) -> Passage:
        """Villages beside the targets that are a percentage: allocated count, base, percentage."""
        columns = {
            self._headed("matrix.target", one, target=self.target(one)): (one, _allocated(one))
            for one in self.split
        }

        def cell(line: Any) -> str:
            return self.text(
                "matrix.cell",
                count=line.count,
                base=line.denominator,
                percent=self.words.percent(line.percent),
            )

        return (
            self.section("matrix", *self._tables("matrix", columns, cell)) if columns else NOTHING
        )

    def all_of_them(self) -> Passage:
        """Villages beside the targets of 100 %: the counts are also their bases."""
        columns = {self._headed("whole.column", one): (one, _allocated(one)) for one in self.whole}
        tables = self._tables("whole", columns, lambda line: self.words.number(line.count))
        return self.section("whole", *tables) if columns else NOTHING

    def _tables(
        self,
        name: str,
        columns: Mapping[str, tuple[SharedTarget, pd.DataFrame]],
        cell: Callable[[Any], str],
        below: Sequence[str] = (_SUM, COMMUNE),
    ) -> list[Table]:
        """Set villages beside targets, in as many tables as a page of A4 needs.

        Args:
            name: the section's, whose caption each table has.
            columns: under each heading a target, and its rows with their place as `village`.
            cell: writes such a row; it leads to the figure whose target count it tells.
            below: the rows under the villages'.
        """
        ends = {_SUM: self.text("sum"), COMMUNE: self.text("commune")}
        rows = {**self.processed.villages, **{code: ends[code] for code in below}}
        parts = [[*columns.items()][at : at + ACROSS] for at in range(0, len(columns), ACROSS)]
        caption, tables = self.text(f"{name}.caption"), []
        for number, part in enumerate(parts, 1):
            of_part = self.text("part", caption=caption, number=number, of=len(parts))
            tables.append(
                Table.crossed(
                    pd.concat(lines.assign(indicator=one.indicator) for _, (one, lines) in part),
                    ("village", rows, self.text("place")),
                    ("indicator", {one.indicator: heading for heading, (one, _) in part}),
                    lambda line, _: MISSING if line is None else self._traced(line, cell(line)),
                    caption if len(parts) == 1 else of_part,
                    align=RIGHT,
                )
            )
        return tables

    def _traced(self, line: Any, cell: str) -> Cell:
        """Let a cell lead to the figure whose target count it tells; a sum is nobody's figure."""
        if line.village == _SUM:
            return cell
        return Traced(cell, str(Figure(self.quarter, line.village, line.indicator)))

    def poverty(self) -> Passage:
        """Whose it is, village by village, that there be fewer poor and near-poor; no verdict."""
        counts = self.processed.rows(TABLE, {"quarter": [self.quarter]})
        counts = counts.assign(both=counts["baseline_poor"] + counts["baseline_near_poor"])
        villages, commune = counts[counts["place"] != COMMUNE], counts[counts["place"] == COMMUNE]
        if commune["to_leave"].isna().all():
            return NOTHING
        names = {**self.processed.villages, COMMUNE: self.text("sum")}
        columns = columns_of(
            self.words.under("target_allocation.poverty"),
            ("poor", "near_poor", "both", "to_leave"),
            poor=lambda line: self.words.number(line.baseline_poor),
            near_poor=lambda line: self.words.number(line.baseline_near_poor),
            both=lambda line: self.words.number(line.both),
            to_leave=lambda line: self.words.number(line.to_leave),
        )
        named = Column(self.text("place"), cell=lambda line: names[line.place])
        days = self.processed.rows("quarters", {"quarter": [self.quarter]}).iloc[0]
        table = Table.of(
            pd.concat([villages, commune]), (named, *columns), self.text("poverty.caption")
        )
        return self.section(
            "poverty",
            table,
            count=int(commune["to_leave"].iloc[0]),
            baseline=self.words.date(days["baseline"]),
        )

    def chart(self) -> Passage:
        """The same as a picture, for as many villages as one can tell apart."""
        if not self.split:
            return NOTHING
        villages = len(self.processed.villages)
        if villages > MOST_VILLAGES:
            return self.section(
                "chart",
                paragraph(self.text("chart.too_many", villages=villages, most=MOST_VILLAGES)),
            )
        labelled = [
            one.villages.assign(label=self._headed("whole.column", one)) for one in self.split
        ]
        return self.section(
            "chart",
            allocation_chart(
                pd.concat(labelled),
                self.words,
                self.text("source", quarter=self.words.quarter(self.quarter), year=self.year),
            ),
        )

    def working(self) -> Passage:
        """How largest remainders shared one count out, village by village."""
        one = self.example
        if one is None:
            return NOTHING
        lines = working(one)
        count, left = int(lines["computed"].sum()), int(lines["extra"].sum())
        values = {
            "label": self.label(one),
            "count": count,
            "total": int(lines["denominator"].sum()),
        }
        if left:
            values |= {"whole": int(lines["whole"].sum()), "left": left}
            values["names"] = self.words.listed(lines.loc[lines["extra"] > 0, "name"])
        return self.titled(
            "working",
            paragraph(self.text("working.says" if left else "working.even", **values)),
            working_table(lines, count, self.words),
        )

    def small_villages(self) -> Passage:
        """What the commune's percentage means in whole households, for villages of each size."""
        one = self.example
        if one is None:
            return NOTHING
        lines = in_whole_households(one)
        least: Any = next(rows_of(lines))
        return self.section(
            "small",
            whole_households_table(lines, self.target(one), self.words),
            label=self.label(one),
            place=least.name,
            base=least.denominator,
            target=self.target(one),
            exact=self.words.number(least.exact, 2),
            count=least.count,
            percent=self.words.percent(least.percent),
        )

    def fixed(self) -> Passage:
        """What the commune has fixed beside what was computed, and what could not be used."""
        if not self.split:
            return NOTHING
        aside = [paragraph(self._set_aside(one), "warning") for one in self.split if one.why_not]
        columns = {}
        for one in self.split:
            if one.fixed is not None:
                lines = one.villages.set_index("village")[["computed"]].assign(fixed=one.fixed)
                lines.loc[_SUM] = lines.sum()
                heading = self._headed("matrix.target", one, target=self.target(one))
                columns[heading] = (one, _with_places(lines))
        if not columns:
            nothing = [] if aside else [paragraph(self.text("fixed.none", year=self.year))]
            return self.titled("fixed", *nothing, *aside)

        def cell(line: Any) -> str:
            return self.text(
                "fixed.cell",
                count=int(line.fixed),
                difference=signed(int(line.fixed - line.computed), self.words),
            )

        tables = self._tables("fixed", columns, cell, [_SUM])
        return self.section("fixed", *tables, *aside, quarter=self.words.quarter(self.quarter))

    def _set_aside(self, one: SharedTarget) -> str:
        return self.text(
            "fixed.set_aside",
            label=self.label(one),
            why=told(
                of_allocation(f"{one.quarter} {one.indicator}", one.why_not), self.words.language
            ),
        )

    def path(self) -> Passage:
        """What is due by the end of each quarter, and why villages do not add up to the commune."""
        if not self.split:
            return NOTHING
        numbers = range(1, 5)
        shares = [Fraction(self.plan[f"q{number}_path"]) for number in numbers]
        columns = {}
        for one in self.split:
            due = path_counts(one, shares).set_axis([f"q{number}" for number in numbers], axis=1)
            due.loc[_SUM] = due.drop(COMMUNE).sum()
            heading = self._headed("matrix.target", one, target=self.target(one))
            columns[heading] = (one, _with_places(due))

        def cell(line: Any) -> str:
            return self.text("path.cell", q1=line.q1, q2=line.q2, q3=line.q3, q4=line.q4)

        return self.section(
            "path",
            *self._tables("path", columns, cell),
            shares=self.words.listed(self.words.percent(100 * share, 0) for share in shares),
        )

    def next_steps(self) -> Passage:
        """How to agree on the counts and fix them."""
        if not self.split:
            return NOTHING
        if all(one.fixed is not None for one in self.split if one.can_be_fixed):
            steps = [self.text("next.fixed"), self.text("next.again")]
        else:
            fix = self.text("next.fix", quarter=self.quarter)
            steps = [self.text("next.talk"), fix, self.text("next.change")]
        return self.section("next", listing(steps, numbered=True))


def _allocated(one: SharedTarget) -> pd.DataFrame:
    """Give count, denominator and percent by place: the villages, their sum, the commune."""
    lines = one.villages.set_index("village")[["count", "denominator"]]
    lines.loc[_SUM] = lines.sum()
    lines.loc[COMMUNE] = [one.count, one.denominator]
    return _with_places(lines.assign(percent=in_percent(lines["count"], lines["denominator"])))


def _with_places(lines: pd.DataFrame) -> pd.DataFrame:
    return lines.rename_axis("village").reset_index()
