"""What changed over several years, and what is not known: the page `three_year_review.ipynb`."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.plan_changes import (
    RULES,
    depends_on_standard,
    first_by_new_standard,
    plan_items,
)
from campaign_lib.analysis.years import (
    NO_FIGURE,
    UNMEASURED,
    bars,
    cohorts,
    coverage,
    done_by_year,
    empty_ledgers,
    funding_by_programme,
    gaps,
    known_years,
    last_quarter,
    poverty_rates,
    targets_met,
    year_lines,
)
from campaign_lib.base.figures import Figure
from campaign_lib.base.quarters import Quarter
from campaign_lib.errors import CampaignError
from campaign_lib.indicators import ALL, IDS
from campaign_lib.indicators.households import POOR
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.plan import NEW_STANDARD_SINCE
from campaign_lib.show.display import (
    NOTHING,
    RIGHT,
    Cell,
    Chart,
    Column,
    Mark,
    Passage,
    Shown,
    Table,
    Tile,
    Traced,
    boxed,
    columns_of,
    heading,
    listing,
    paragraph,
    tiles,
    together,
)
from campaign_lib.show.panels import Row, Told, rows_chart
from campaign_lib.show.tables.context import facts_table
from campaign_lib.show.tables.labels import answer_label, lacking_label, rows_of
from campaign_lib.show.tables.results import Aims, figure_text, items_table, percent_of, traced
from campaign_lib.store.as_of import AsOf
from campaign_lib.store.processed import Processed
from campaign_lib.stories.telling import Story, aims_of, masthead
from campaign_lib.words import MISSING, Words, is_missing

# Several years as drawings: a bar a year beside its own target, and poverty by two standards.

_CHART = "three_year_review.chart"
_HEIGHTS = ("height", "highest", "wanted")


def years_chart(
    figures: pd.DataFrame,
    ids: Sequence[str],
    years: Sequence[int],
    breaks: Mapping[str, int | None],
    words: Words,
    source: str,
) -> Chart:
    """Draw a small chart per indicator: a bar for each year, a diamond at that year's target.

    Each year has a base of its own. What was not measured is a question mark.

    Args:
        figures: year, indicator, numerator, denominator, height (of the bar), highest (with what
            is unknown), wanted (the height of the target); missing where there is none.
        ids: the indicators, a chart each.
        years: in order.
        breaks: for each indicator the first year by a new poverty standard, or None.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    text, said = words.under(_CHART), []
    panels: dict[str, list[Row]] = {}
    heights = ["height", "highest", "wanted"]
    figures = figures.astype(dict.fromkeys(heights, "Float64")).astype(
        dict.fromkeys(heights, float)
    )
    for indicator in ids:
        own = figures[figures["indicator"] == indicator].set_index("year")
        own = own.reindex(list(years)).reset_index()
        label = words(f"indicators.{indicator}.label")
        new = breaks[indicator] if breaks[indicator] != years[0] else None
        panels[label] = [_year(row, row.year == new, words) for row in rows_of(own)]
        named = (f"{row.year}: {_count(row, words)}" for row in rows_of(own))
        said.append(text("one", label=label, counts="; ".join(named)))
    answer, source = _farthest(figures, words), f"{text('key')} {source}"
    told = {"title": text("title"), "answer": answer, "alt": " ".join(said)}
    return rows_chart(panels, words, 0.0, **told, source=source, frame=figures)


def _farthest(figures: pd.DataFrame, words: Words) -> str:
    """Say where most was missing of a year's target."""
    known = figures[figures["denominator"].notna()].dropna(subset=["height", "wanted"])
    lack = (known["wanted"] - known["height"]).astype(float).to_numpy()
    if not (lack > 0).any():
        return ""
    far = known.iloc[int(lack.argmax())]
    label = words(f"indicators.{far['indicator']}.label")
    return words(f"{_CHART}.answer", far=f"{label}, {far['year']}: {_count(far, words)}")


def _year(row: Any, by_new_standard: bool, words: Words) -> Row:
    told = [Told("sure", _count(row, words))]
    if not pd.isna(row.wanted):
        aim = words.number(row.wanted) if pd.isna(row.denominator) else words.percent(row.wanted)
        told.append(Told("target", aim, words("charts.target")))
    label = words(f"{_CHART}.new_standard", year=row.year) if by_new_standard else str(row.year)
    bars = (("sure", 0.0, row.height), ("unsure", row.height, row.highest))
    return Row(label, bars, tuple(told), (("target", row.wanted),))


def _count(row: Any, words: Words) -> str:
    if pd.isna(row.height):
        return words(f"{_CHART}.unmeasured")
    if pd.isna(row.denominator):
        return words.number(row.numerator)
    return f"{words.number(row.numerator)}/{words.number(row.denominator)}"


def poverty_chart(rates: pd.DataFrame, words: Words, source: str) -> Chart:
    """Draw the poverty rate on each date of a review, standard by standard.

    Args:
        rates: day, standard, both, households, rate, poor_rate; by day.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    panels: dict[str, list[Row]] = {}
    text, said = words.under(_CHART), []
    for row in rows_of(rates):
        day, count = words.date(row.day), f"{words.number(row.both)}/{words.number(row.households)}"
        told = (
            Told("base", f"{words.percent(row.rate)} ({count})", text("both")),
            Told("sure", words.percent(row.poor_rate), text("poor")),
        )
        name = words(f"plan_items.poverty_standard.{row.standard}")
        bars = (("base", 0.0, row.rate), ("sure", 0.0, row.poor_rate))
        panels.setdefault(name, []).append(Row(day, bars, told))
        said.append(text("poverty_one", day=day, both=row.both, base=row.households))
    last = rates[rates["standard"] == rates["standard"].iloc[-1]]
    ends = {
        name: f"{words.percent(row.rate)} ({words.date(row.day)})"
        for name, row in zip(("first", "last"), rows_of(last.iloc[[0, -1]]), strict=True)
    }
    return rows_chart(
        panels,
        words,
        float(max(1.0, rates["rate"].max())),
        title=text("poverty_title"),
        answer=text("poverty_answer", standard=name, **ends),
        alt=" ".join(said),
        source=source,
        frame=rates,
    )


# The sections.

#: Which ledger each row is read from.
_ROWS = {
    "villages_with_plan": "village_plans",
    "front_new": "models",
    "area_new": "models",
    "kept_up": "models",
    "activities": "activities",
    "integrated": "activities",
    "planned": "funding",
    "disbursed": "funding",
}


#: Asks for all that is known, and not for what was at the end of a quarter.
NEWEST = "newest"


def three_year_review(
    processed: Processed,
    first_year: str,
    last_year: str,
    language: str = "vi",
    until: str = NEWEST,
) -> "ThreeYearReview":
    """Open the page of some years.

    Args:
        processed: what was built.
        first_year: as last_year, one with a survey or a plan; a year between them that has neither
            is told as missing.
        last_year: not before the first.
        language: vi or en.
        until: the quarter at whose end all of it was known: later data are left out. `newest` is
            the last one with results.

    Raises:
        CampaignError: an unknown year, quarter or language.
    """
    words = Words(language)
    newest = processed.quarters[-1] if until == NEWEST else processed.known_quarter(until)
    processed = AsOf(processed, newest)
    known = list(map(str, known_years(processed)))
    for year in (first_year, last_year):
        if year not in known:
            raise CampaignError("asked.unknown_year", year=repr(year), known=", ".join(known))
    if first_year > last_year:
        raise CampaignError("asked.years_backwards", last=last_year, first=first_year)
    return ThreeYearReview(processed, int(first_year), int(last_year), words)


class ThreeYearReview(Story):
    """What the notebook shows, a method per section.

    The frames behind it are attributes, each as the function of `campaign_lib.analysis.years` that
    makes it says: `lines`, `bases`, `rates`, `met`, `known`, `asked`, `done`, `empty`.
    """

    key = "three_year_review"

    def __init__(self, processed: AsOf, first: int, last: int, words: Words) -> None:
        super().__init__(words)
        self.processed = processed
        self.each = tuple(range(first, last + 1))
        self.title = self.text("title", first_year=str(first), last_year=str(last))
        self.source = self.text("source", first=str(first), last=str(last))
        self.last_quarters = {year: last_quarter(processed, year) for year in self.each}
        self.lines = year_lines(processed, self.each)
        self.bases = cohorts(processed, self.each)
        self.rates = poverty_rates(processed, self.each)
        self.met = targets_met(processed, self.each)
        self.known = gaps(processed, self.each)
        self.asked = coverage(processed, self.each)
        self.done = done_by_year(processed, self.last_quarters)
        self.empty = empty_ledgers(processed, self.each)

    @property
    def _columns(self) -> tuple[str, dict[int, str]]:
        """Head a column for each year, with the day as of which its figures are."""
        return "year", {year: self._as_of(year) for year in self.each}

    def _as_of(self, year: int) -> str:
        quarter = self.last_quarters[year]
        if quarter is None:
            return str(year)
        days = self.processed.rows("quarters", {"quarter": [quarter]})
        day = self.words.date(days["last_day"].iloc[0])
        return self.text("table.as_of", year=str(year), day=day)

    @property
    def _indicators(self) -> tuple[str, dict[str, str], str]:
        labels = {one: self.words(f"indicators.{one}.label") for one in IDS}
        return "indicator", labels, self.text("table.indicator")

    def _standard(self, name: object) -> str:
        return self.words(f"plan_items.poverty_standard.{name}")

    def first_screen(self) -> Passage:
        """What changed, in figures, and what is not known."""
        plans = self.processed.rows("plans", {"year": [*self.each]}).sort_values("year")
        newest = plans.iloc[-1] if len(plans) else None
        changed, unknown = self._in_short()
        return together(
            masthead(self.title, newest, self.words, self.edition),
            self._known(),
            boxed(changed, "bottom-line"),
            boxed(unknown, "bottom-line"),
        )

    def bottom_line(self) -> Passage:
        """Give the answer, without the page's head."""
        return together(self._known(), *self._in_short())

    def _known(self) -> Passage:
        """Say until when all of it was known, and where the day of each figure stands."""
        quarter, day = self.processed.until, self.words.date(self.processed.day)
        return paragraph(self.text("as_of", quarter=self.words.quarter(quarter), day=day))

    def _in_short(self) -> tuple[Passage, Passage]:
        each = (f"{line.year}: {self.words.number(line.cohort)}" for line in rows_of(self.bases))
        changed = [
            *self._poverty(),
            self.text("screen.targets", years="; ".join(map(self._met, rows_of(self.met)))),
            self.text("screen.cohorts", years="; ".join(each)),
            *self._work(),
        ]
        nothing = self.text("screen.nothing_missing")
        unknown = [*self._unmeasured(), *self._not_asked(), *self._empty()]
        return (
            together(self._tiles(), heading(self.text("screen.changed"), 2), listing(changed)),
            together(
                heading(self.text("screen.unknown"), 2),
                listing(unknown) if unknown else paragraph(nothing),
            ),
        )

    def _tiles(self) -> Passage:
        """Poverty by the newest standard, the last year's targets, and what is missing."""
        each = []
        rates = self.rates.dropna(subset="rate")
        newest = rates[rates["standard"] == self.rates["standard"].iloc[-1]]
        if len(newest) >= 2:
            ends = newest.iloc[0], newest.iloc[-1]
            number, *apart = (
                " → ".join(self.words.number(row[name]) for row in ends) for name in ("both", *POOR)
            )
            first, last = (self.words.date(row["day"]) for row in ends)
            label = self.text(
                "screen.poor",
                standard=self._standard(ends[1]["standard"]),
                first=first,
                last=last,
                **dict(zip(POOR, apart, strict=True)),
            )
            each.append(Tile(number, label, "no_target"))
        met = self.met.iloc[-1]
        if met["targets"] and not is_missing(met["quarter"]):
            label = self.text("screen.met", year=int(met["year"]))
            each.append(Tile(f"{met['met']}/{met['targets']}", label, "no_target"))
        missing = f"{int(self.known['reason'].isin(NO_FIGURE).sum())}/{len(self.known)}"
        return tiles([*each, Tile(missing, self.text("screen.missing"), "unmeasured")])

    def _poverty(self) -> list[str]:
        """Say, standard by standard, how poverty changed; never across two of them."""
        said = []
        for standard, own in self.rates.dropna(subset="rate").groupby("standard", sort=False):
            ends = {"first": self._rate(own.iloc[0])}
            if len(own) > 1:
                ends["last"] = self._rate(own.iloc[-1])
            form = "poverty" if len(own) > 1 else "poverty_once"
            said.append(self.text(f"screen.{form}", standard=self._standard(standard), **ends))
        return [*said, self.text("screen.not_joined")] if len(said) > 1 else said

    def _rate(self, row: Any) -> str:
        return self.text(
            "screen.rate",
            both=int(row["both"]),
            base=int(row["households"]),
            poor=int(row["poor"]),
            near_poor=int(row["near_poor"]),
            rate=self.words.percent(row["rate"]),
            day=self.words.date(row["day"]),
        )

    def _met(self, line: Any) -> str:
        if is_missing(line.quarter):
            return self.text("screen.year_no_survey", year=line.year)
        if not line.targets:
            return self.text("screen.year_no_plan", year=line.year)
        form = "year_met" if str(line.quarter).endswith("4") else "year_met_so_far"
        values = {} if form == "year_met" else {"quarter": self.words.quarter_short(line.quarter)}
        counts = {"met": line.met, "targets": line.targets}
        return self.text(f"screen.{form}", year=line.year, **counts, **values)

    def _work(self) -> list[str]:
        """Say how many models and activities each year had, as far as they were written down."""
        said = []
        for name, ledger in (("area_new", "models"), ("activities", "activities")):
            counts = (
                f"{year}: {self.words.number(None if self.empty.loc[ledger, year] else count)}"
                for year, count in zip(self.done["year"], self.done[name], strict=True)
            )
            said.append(self.text(f"screen.{name}", years="; ".join(counts)))
        return said

    def _unmeasured(self) -> list[str]:
        """Name the years without a survey, then the targets that others did not measure."""
        silent = [year for year, quarter in self.last_quarters.items() if quarter is None]
        said = [self.text("screen.no_survey", year=year) for year in silent]
        lacks = self.known[self.known["reason"].isin(NO_FIGURE) & ~self.known["year"].isin(silent)]
        for indicator, own in lacks.groupby("indicator", sort=False):
            said.append(
                self.text(
                    "screen.unmeasured",
                    label=self.words(f"indicators.{indicator}.label"),
                    years=self.words.listed(map(str, own["year"])),
                )
            )
        return said

    def _not_asked(self) -> list[str]:
        silent = self.asked[(self.asked["asked"] == 0) & (self.asked["inside"] > 0)]
        names = self.processed.villages
        return [
            self.text(
                "screen.not_asked",
                year=year,
                villages=self.words.listed(names[code] for code in own["village"]),
                households=int(own["inside"].sum()),
            )
            for year, own in silent.groupby("year")
        ]

    def _empty(self) -> list[str]:
        """Name the ledgers that have nothing for a year that has a survey."""
        empty = self.empty[[year for year, code in self.last_quarters.items() if code is not None]]
        each = [
            self.text(
                "screen.empty_one",
                ledger=self.text(f"ledger.{name}"),
                years=self.words.listed(map(str, empty.columns[empty.loc[name]])),
            )
            for name in empty.index[empty.any(axis=1)]
        ]
        return [self.text("screen.empty", ledgers="; ".join(each))] if each else []

    def trend(self) -> Passage:
        """Each indicator in each year beside that year's own target, as small charts."""
        shown = [one for one in ALL if one.id != POVERTY_REDUCTION.id]
        new = first_by_new_standard(self.processed.table("plans"), self.each)
        units = self.processed.units
        breaks = {
            one.id: new if depends_on_standard(one, units(one.units)) else None for one in shown
        }
        note = NOTHING if new is None else paragraph(self.text("trend.break", year=new), "note")
        return self.section(
            "trend",
            years_chart(bars(self.lines), [*breaks], self.each, breaks, self.words, self.source),
            note,
        )

    def figures(self) -> Passage:
        """The same as a table: each year's figure, its verdict, and that year's own target."""
        return self.section(
            "figures",
            Table.crossed(
                self.lines,
                self._indicators,
                self._columns,
                self._figure,
                self.text("figures.caption"),
                note=self.text("table.figures_note"),
            ),
        )

    def _figure(self, line: Any, year: int) -> Cell:
        if line is None:
            return Mark(self.text("table.no_survey"), UNMEASURED)
        sign = self.words(f"codes.status.{line.status}.mark")
        if line.status == UNMEASURED:
            label = self.words(f"codes.status.{UNMEASURED}.label")
            return traced(Mark(f"{sign}\u00a0{label}", UNMEASURED), line)
        aims = self._aims[year]
        said = f"{sign}\u00a0{figure_text(line, aims, self.words)}"
        wanted = self.words.number(line.target_count)
        if line.indicator in aims.percents:
            wanted = percent_of(line, aims.percents[line.indicator], aims, self.words)
        if wanted != MISSING:
            said += " " + self.text("table.wanted", wanted=wanted)
        if not str(line.quarter).endswith("4"):
            said += " " + self.text("table.until", quarter=self.words.quarter_short(line.quarter))
        if line.indicator == POVERTY_REDUCTION.id:
            days = self.processed.rows("quarters", {"quarter": [line.quarter]})
            said += " " + self.text("table.on", day=self.words.date(days["later_date"].iloc[0]))
        return traced(said, line)

    @cached_property
    def _aims(self) -> dict[int, Aims]:
        return {year: aims_of(self.processed, f"{year}Q4") for year in self.each}

    def plans(self) -> Passage:
        """What differs between the plans."""
        plans = self.processed.table("plans")
        items = plan_items(plans, self.processed.table("targets"), self.each)
        planned = [year for year in self.each if year in set(plans["year"])]
        if not planned:
            return self.titled("plans", paragraph(self.text("plans.none")))
        return self.section("plans", items_table(items, (*IDS, *RULES), planned, self.words))

    def cohorts(self) -> Passage:
        """How many households each year's targets are about."""
        number = self.words.number
        caption, note = self.text("cohorts.caption"), self.text("table.cohorts_note")
        return self.section(
            "cohorts",
            Table.of(
                self.bases,
                columns_of(
                    self.words.under("three_year_review.table"),
                    {"minority", "poor", "unknown", "cohort"},
                    year=lambda line: str(line.year),
                    baseline=lambda line: self.words.date(line.baseline),
                    standard=lambda line: self._standard(line.standard),
                    minority=lambda line: number(line.minority),
                    poor=lambda line: number(line.poor),
                    unknown=lambda line: number(line.unknown),
                    cohort=lambda line: number(line.cohort),
                ),
                caption,
                note=note,
            ),
        )

    def poverty(self) -> Passage:
        """The poverty rate on each date of a review, and why two standards are not joined."""
        rates, number = self.rates, self.words.number
        shown: list[Shown] = []
        if rates["rate"].notna().any():
            shown.append(poverty_chart(rates.dropna(subset="rate"), self.words, self.source))
        if rates["standard"].nunique() > 1:
            since = self.words.date(NEW_STANDARD_SINCE)
            shown.append(paragraph(self.text("poverty.break", since=since), "warning"))
        caption, note = self.text("poverty.caption"), self.text("table.rates_note")
        return self.section(
            "poverty",
            *shown,
            Table.of(
                rates,
                columns_of(
                    self.words.under("three_year_review.table"),
                    {"poor_only", "near_poor", "together", "rate", "unknown"},
                    day=lambda line: self.words.date(line.day),
                    standard=lambda line: self._standard(line.standard),
                    poor_only=lambda line: number(line.poor),
                    near_poor=lambda line: number(line.near_poor),
                    together=lambda line: f"{number(line.both)}/{number(line.households)}",
                    rate=lambda line: self.words.percent(line.rate),
                    unknown=lambda line: number(line.unknown),
                ),
                caption,
                note=note,
            ),
        )

    def work(self) -> Passage:
        """Models, activities, plans of villages and money, year by year."""
        found = {line.year: line for line in rows_of(self.done)}
        corner, (_, years) = self.text("table.what"), self._columns
        done = Table(
            self.text("work.caption"),
            (Column(corner), *(Column(year, RIGHT) for year in years.values())),
            tuple(
                (
                    self.text(f"work.{name}"),
                    *(self._done(name, ledger, found[year]) for year in self.each),
                )
                for name, ledger in _ROWS.items()
            ),
            frame=self.done,
        )
        sums = funding_by_programme(self.processed, self.each)
        programmes = {
            programme: answer_label("funding", "programme", programme, self.words)
            for programme in sums["programme"]
        }
        money = Table.crossed(
            sums,
            ("programme", programmes, corner),
            self._columns,
            self._spent,
            self.text("work.money"),
            align=RIGHT,
        )
        return self.section("work", done, money)

    def _done(self, name: str, ledger: str, line: Any) -> str:
        if self.empty.loc[ledger, line.year]:
            return self.text("work.empty")
        value = getattr(line, name)
        if name not in ("villages_with_plan", "integrated"):
            return self.words.number(value, 1 if ledger == "funding" else 0)
        base = line.activities if name == "integrated" else len(self.processed.villages)
        if pd.isna(value):
            return MISSING
        return f"{self.words.number(value)}/{self.words.number(base)}"

    def _spent(self, line: Any, year: int) -> str:
        if line is None:
            return self.text("work.empty") if self.empty.loc["funding", year] else MISSING
        return f"{self.words.number(line.disbursed, 1)}/{self.words.number(line.planned, 1)}"

    def missing(self) -> Passage:
        """Which figures there are, and why the others are missing."""
        return self.section(
            "missing",
            Table.crossed(
                self.known, self._indicators, self._columns, self._gap, self.text("missing.caption")
            ),
        )

    def _gap(self, gap: Any, _: int) -> Cell:
        """Say one reason, with what belongs to it; it leads to the figure, where there is one."""
        values: dict[str, object] = {}
        if gap.reason in ("not_asked", "no_number"):
            lacking = [lacking_label(code, self.words) for code in str(gap.lacking).split(";")]
            values["lacking"] = self.words.listed(lacking)
        elif gap.reason == "partly":
            values |= {"unknown": gap.unknown, "base": gap.denominator}
        elif gap.reason == "earlier":
            values["quarter"] = self.words.quarter_short(gap.quarter)
        status = UNMEASURED if gap.reason in NO_FIGURE else "no_target"
        mark = Mark(self.text(f"table.gap.{gap.reason}", **values), status)
        if pd.isna(gap.quarter):
            return mark
        return Traced(mark, str(Figure(gap.quarter, COMMUNE, gap.indicator)))

    def places(self) -> Passage:
        """Which villages were asked in each year: how many of its households."""
        villages = ("village", self.processed.villages, self.text("table.village"))
        return self.section(
            "places",
            Table.crossed(
                self.asked,
                villages,
                self._columns,
                self._asked,
                self.text("places.caption"),
                align=RIGHT,
            ),
        )

    def _asked(self, line: Any, _: int) -> Cell:
        if line is None:
            return Mark(self.text("table.no_survey"), UNMEASURED)
        if line.inside and not line.asked:
            return Mark(self.text("table.nobody_asked", inside=line.inside), "behind")
        both = self.words.number(line.asked), self.words.number(line.inside)
        return "/".join(both) if line.inside else MISSING

    def built_from(self) -> Passage:
        """What the page was built from."""
        manifest = self.processed.manifest
        quarters = [
            code for code in self.processed.quarters if Quarter.parse(code).year in self.each
        ]
        facts = {
            self.text("built.code"): f"campaign_lib {manifest['code_version']}",
            self.text("built.known"): self.words.date(self.processed.day),
            self.text("built.quarters"): self.words.listed(map(self.words.quarter_short, quarters)),
        }
        return self.section("built", facts_table(self.text("built.caption"), facts, self.words))
