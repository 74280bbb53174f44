"""Was the year's plan met: the page `annual_assessment.ipynb` of a year."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.audit import audit
from campaign_lib.analysis.flows import (
    FROM_OTHER_GROUP,
    INTO_OTHER_GROUP,
    OTHER_DECREASE,
    OTHER_INCREASE,
    PovertyFlows,
    last_found_poor,
    poverty_flows,
    still_poor,
)
from campaign_lib.analysis.plan_changes import changes_for, plan_items
from campaign_lib.analysis.poverty import BEFORE
from campaign_lib.analysis.years import (
    MET,
    NO_TARGET,
    UNMEASURED,
    Villages,
    by_how_much,
    by_village,
    commune_lines,
    last_quarter,
)
from campaign_lib.indicators import ALL, IDS
from campaign_lib.indicators.households import POOR
from campaign_lib.indicators.indicator import Indicator
from campaign_lib.indicators.steps import COMMUNE
from campaign_lib.indicators.ten import POVERTY_REDUCTION
from campaign_lib.plan import DECISION_59_2015, NEW_STANDARD_SINCE
from campaign_lib.show import charts
from campaign_lib.show.display import (
    NOTHING,
    Cell,
    Chart,
    Column,
    Mark,
    Passage,
    Table,
    Tile,
    Traced,
    boxed,
    columns_of,
    folded_away,
    heading,
    listing,
    paragraph,
    tiles,
    together,
)
from campaign_lib.show.panels import Row, Told, rows_chart
from campaign_lib.show.tables.context import facts_table, tasks_table
from campaign_lib.show.tables.labels import answer_label, counted, rows_of, text_or_nothing
from campaign_lib.show.tables.results import (
    Aims,
    apart,
    change_text,
    count_of_base,
    figure_text,
    in_plan_order,
    items_table,
    left_open,
    percent_of,
    told_of_fall,
    traced,
    verdict_text,
    wanted_count,
)
from campaign_lib.store.processed import Processed
from campaign_lib.stories.audit.reasons import formula_table
from campaign_lib.stories.sharing import first_of
from campaign_lib.stories.telling import Story, aims_of, masthead, period, plan_of_year
from campaign_lib.words import MISSING, Words

# The year's targets, met or not, and how poverty changed over it, as tables.

_KEY = "annual_assessment.table"
#: How many villages are named that missed one target.
_NAMED = 12


def final_mark(line: Any, words: Words) -> Mark:
    """Give a year's final verdict: met, or not; what is not measured or not asked for says so."""
    status = str(line.status)
    known = status in (MET, UNMEASURED, NO_TARGET)
    sign, label = (
        words(f"codes.status.{status}.{name}" if known else f"{_KEY}.missed.{name}")
        for name in ("mark", "label")
    )
    return Mark(f"{sign}\u00a0{label}", status if known else "behind")


def verdicts_table(lines: pd.DataFrame, aims: Aims, words: Words, *, caption: str) -> Table:
    """Show each target of a place: its verdict, the figure, the target, and by how much.

    Args:
        lines: lines of results with surplus and surplus_percent, in order.
        aims: what the plan asks.
        words: the reader's language.
        caption: the table's.
    """
    text = words.under(_KEY)
    return Table.of(
        lines,
        columns_of(
            text,
            indicator=lambda line: traced(words(f"indicators.{line.indicator}.label"), line, words),
            verdict=lambda line: final_mark(line, words),
            figure=lambda line: figure_text(line, aims, words),
            target=lambda line: target_text(line, aims, words),
            surplus=lambda line: surplus_text(line, words),
            hangs=lambda line: hangs_text(line, aims, words),
        ),
        caption,
        note=text("note"),
    )


def target_text(line: Any, aims: Aims, words: Words) -> str:
    """Write what the plan asks for: its own percentage, and the count that this comes to."""
    percent = aims.percents.get(line.indicator)
    asked = MISSING if percent is None else percent_of(line, percent, aims, words)
    if pd.isna(line.target_count):
        return asked
    count = wanted_count(line, line.target_count, words)
    count = count if line.indicator == POVERTY_REDUCTION.id else f"≥\u00a0{count}"
    return count if percent is None else words(f"{_KEY}.asked", asked=asked, count=count)


def surplus_text(line: Any, words: Words) -> str:
    """Write by how much a target is passed or missed, in units, or else in points."""
    over = line.surplus_percent if pd.isna(line.surplus) else line.surplus
    if pd.isna(over):
        return MISSING
    if over == 0:
        return words(f"{_KEY}.exactly")
    size = abs(over)
    unit = words(f"codes.unit.{line.unit}.{'one' if size == 1 else 'many'}")
    amount = (
        words("tables.points", points=words.number(size, 2))
        if pd.isna(line.surplus)
        else f"{words.number(size)} {unit}"
    )
    return words(f"{_KEY}.{'above' if over > 0 else 'below'}", amount=amount)


def hangs_text(line: Any, aims: Aims, words: Words) -> str:
    """Say whether what is unknown could still change the verdict, as every page says it."""
    if line.status in (UNMEASURED, NO_TARGET):
        return MISSING
    found = left_open(line, aims)
    return words(f"{_KEY}.all_known") if found is None else verdict_text(line, found, words)


def villages_table(
    found: Sequence[Villages], names: Mapping[str, str], words: Words, *, caption: str
) -> Table:
    """Say of each target how many villages met it, and name those that did not.

    Args:
        found: the targets, in order.
        names: the villages' names by code.
        words: the reader's language.
        caption: the table's.
    """
    text = words.under(_KEY)

    def short(one: Villages) -> str:
        """Name the first few; in a district's worth of villages nobody reads them all."""
        named = [_short(line, names, words) for line in rows_of(one.short.head(_NAMED))]
        if len(one.short) > _NAMED:
            named.append(text("villages_more", count=len(one.short) - _NAMED))
        return "; ".join(named) or MISSING

    return Table.of(
        pd.DataFrame(found, columns=["indicator", "judged", "met", "short"]),
        columns_of(
            text,
            {"villages_met"},
            indicator=lambda line: words(f"indicators.{line.indicator}.label"),
            villages_met=lambda line: f"{words.number(line.met)}/{words.number(line.judged)}",
            villages_short=short,
        ),
        caption,
        note=text("villages_note"),
        empty=text("villages_none"),
    )


def _short(line: Any, names: Mapping[str, str], words: Words) -> str:
    if line.status == UNMEASURED:
        return words(f"{_KEY}.village_unmeasured", village=names[line.place])
    form = "village_open" if line.certain == "no" else "village_short"
    return words(f"{_KEY}.{form}", village=names[line.place], shortfall=line.shortfall)


# Poverty flows for people: village by village, poor and near-poor apart, and why.

#: The columns of the table, with the sign that each stands under.
_SIGNS = {
    "start": "",
    "left": "−",
    "other_decrease": "−",
    "relapsed": "+",
    "new": "+",
    "other_increase": "+",
    "end": "=",
}


def flow_table(
    tally: pd.DataFrame, names: Mapping[str, str], words: Words, *, caption: str
) -> Table:
    """Show the flows village by village, and of the commune.

    Args:
        tally: as `PovertyFlows.tally` gives it.
        names: the villages' names by code; `commune` too.
        words: the reader's language.
        caption: the table's.
    """
    signs = dict(_SIGNS)
    if tally[[INTO_OTHER_GROUP, FROM_OTHER_GROUP]].to_numpy().any():
        signed = [*_SIGNS.items()]
        signed.insert(2, (INTO_OTHER_GROUP, "−"))
        signed.insert(-1, (FROM_OTHER_GROUP, "+"))
        signs = dict(signed)
    columns = columns_of(
        lambda name: f"{signs[name]} {words(f'flows.{name}.short')}".strip(),
        signs,
        **counted(words, *signs),
    )
    place = Column(words("flows.place"), cell=lambda line: names[str(line.place)])
    return Table.of(
        tally.rename_axis("place").reset_index(),
        (place, *columns),
        caption,
        note=words("flows.note"),
    )


def equation(tally: pd.DataFrame, place: str, words: Words) -> str:
    """Write a place's flows as one sum: 82 − 24 − 0 + 1 + 11 + 0 = 70."""
    parts = (f"{sign} {words.number(tally.loc[place, name])}" for name, sign in _SIGNS.items())
    return " ".join(parts).strip()


def reasons_table(tally: pd.DataFrame, words: Words) -> Table:
    """Show what the other decreases and increases are: in the commune, and between villages.

    Args:
        tally: of poor and near-poor together.
        words: the reader's language.
    """
    villages = tally.drop(index=COMMUNE).sum()
    flows = (*((name, "−") for name in OTHER_DECREASE), *((name, "+") for name in OTHER_INCREASE))
    lines = pd.DataFrame(
        {
            "sign": [sign for _, sign in flows],
            "reason": [name for name, _ in flows],
            "villages": [villages[name] for name, _ in flows],
            "commune": [tally.loc[COMMUNE, name] for name, _ in flows],
        }
    )
    return Table.of(
        lines[lines["villages"] != 0],
        columns_of(
            words.under("flows.reasons"),
            {"villages", "commune"},
            reason=lambda line: f"{line.sign} {words(f'flows.{line.reason}.label')}",
            villages=lambda line: words.number(line.villages),
            commune=lambda line: words.number(line.commune),
        ),
        words("flows.reasons.caption"),
        empty=words("flows.reasons.none"),
    )


def relapsed_table(homes: pd.DataFrame, names: Mapping[str, str], words: Words) -> Table:
    """List the households that fell back.

    Args:
        homes: household, head_name, place, group, last_poor (the last date before the baseline on
            which the household is known as poor or near-poor).
        names: the villages' names by code.
        words: the reader's language.
    """
    text = words.under("flows.relapses")
    return Table.of(
        homes,
        columns_of(
            text,
            household=lambda home: home.household,
            head=lambda home: text_or_nothing(home.head_name),
            village=lambda home: names[home.place],
            now=lambda home: answer_label("poverty_status", "status", home.group, words),
            last_poor=lambda home: words.date(home.last_poor),
        ),
        text("caption"),
        empty=text("none"),
    )


def still_poor_table(
    poor: pd.DataFrame, names: Mapping[str, str], words: Words, *, day: str
) -> Table:
    """Show the poor that are left, village by village.

    Args:
        poor: by place: poor, near_poor, numerator, denominator, percent.
        names: the villages' names by code; `commune` too.
        words: the reader's language.
        day: on which date.
    """
    labels = {
        "place": words("flows.place"),
        **{name: answer_label("poverty_status", "status", name, words) for name in POOR},
    }
    return Table.of(
        poor,
        columns_of(
            lambda name: labels.get(name) or words(f"flows.left_over.{name}"),
            {*POOR, "together", "rate"},
            place=lambda line: names[line.place],
            **counted(words, *POOR),
            together=lambda line: (
                f"{words.number(line.numerator)}/{words.number(line.denominator)}"
            ),
            rate=lambda line: words.percent(line.percent),
        ),
        words("flows.left_over.caption", day=day),
    )


# Poverty flows as a drawing: from the first date to the second, step by step.

#: A step of the drawing: what it is called, how many, and +1, -1, or 0 for the count of a date.
Step = tuple[str, int, int]

#: The steps of the drawing, and which way each goes.
WAYS = {name: {"−": -1, "+": 1}.get(sign, 0) for name, sign in _SIGNS.items()}
_SIGN = {0: "", 1: "+", -1: "−"}
_LOOKS = {0: "sure", 1: "lost", -1: "unsure"}


def flows_chart(steps: Sequence[Step], words: Words, source: str) -> Chart:
    """Draw a bar per step: a date's count from nought, a change from where the last bar ended.

    Args:
        steps: the first date, the changes, the second date.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    rows, reached = [], 0
    for label, count, way in steps:
        before, reached = reached, reached + way * count if way else count
        start = min(before, reached) if way else 0
        number = f"{_SIGN[way]}{words.number(count)}"
        rows.append(
            Row(label, ((_LOOKS[way], start, start + count),), (Told(_LOOKS[way], number),))
        )
    text, numbers = words.under("flows.chart"), [row.told[0].number for row in rows]
    said = (text("one", label=row.label, number=row.told[0].number) for row in rows)
    return rows_chart(
        {"": rows},
        words,
        title=text("title"),
        answer=text("answer", first=numbers[0], last=numbers[-1]),
        alt=f"{'; '.join(said)}.",
        source=f"{text('key')} {source}",
        frame=pd.DataFrame(steps, columns=["step", "households", "way"]),
    )


# The sections.


def annual_assessment(processed: Processed, year: str, language: str = "vi") -> "AnnualAssessment":
    """Open the page of a year.

    Raises:
        CampaignError: an unknown language, or a year without results.
    """
    words = Words(language)
    first_of(processed, year)
    last = last_quarter(processed, int(year))
    assert last is not None  # it has a first one
    return AnnualAssessment(processed, int(year), last, words)


class AnnualAssessment(Story):
    """What the notebook shows, a method per section, from the year's last quarter with results."""

    key = "annual_assessment"

    def __init__(self, processed: Processed, year: int, quarter: str, words: Words) -> None:
        super().__init__(words)
        self.processed, self.year, self.quarter = processed, year, quarter
        self.title = self.text("title", year=year)
        self.source = self.text("source", quarter=words.quarter(quarter))
        self.days: Any = processed.rows("quarters", {"quarter": [quarter]}).iloc[0]
        self.plan: Any = plan_of_year(processed, quarter)
        self.names = {**processed.villages, COMMUNE: words("flows.commune")}
        #: The two dates in words.
        self.dates = {
            "first": words.date(self.days["baseline"]),
            "last": words.date(self.days["later_date"]),
        }

    @cached_property
    def lines(self) -> pd.DataFrame:
        """The commune's lines of the quarter in the plan's order, each with how far it is over."""
        return in_plan_order(by_how_much(commune_lines(self.processed, self.quarter)))

    @property
    def judged(self) -> pd.DataFrame:
        """The lines that the plan has a target for."""
        return self.lines[self.lines["status"] != NO_TARGET]

    @property
    def missed(self) -> pd.DataFrame:
        """The lines of measured targets that are not met."""
        return self.judged[~self.judged["status"].isin([MET, UNMEASURED])]

    @cached_property
    def flows_found(self) -> PovertyFlows:
        """Who left poverty, who fell into it, from the baseline date to the later one."""
        return poverty_flows(
            self.processed.rows("panel", {"quarter": [self.quarter]}),
            self.processed.table("poverty_status"),
            self.days["baseline"],
            tuple(self.processed.villages),
        )

    @cached_property
    def tally(self) -> pd.DataFrame:
        """The flows of poor and near-poor together, by place."""
        return self.flows_found.tally()

    def first_screen(self) -> Passage:
        """Whether the plan was met, what is missing, and how many left poverty."""
        days = {**self.days, "first_day": self.days["year_first_day"]}
        provisional = paragraph(
            self.text("provisional", quarter=self.words.quarter(self.quarter)), "warning"
        )
        return together(
            masthead(self.title, self.plan, self.words, self.edition),
            period(days, self.words, self.processed.manifest),
            # Before the year's fourth quarter every verdict is provisional.
            NOTHING if self.days["number"] == 4 else provisional,
            boxed(self.bottom_line(), "bottom-line"),
        )

    def bottom_line(self) -> Passage:
        """Give the answer, without the page's head."""
        commune: Any = self.tally.loc[COMMUNE]
        told = ("start", "end", "left", "relapsed", "new")
        counts = {name: int(commune[name]) for name in told}
        # So that the sentence adds up.
        others = {"other_decrease": OTHER_DECREASE, "other_increase": OTHER_INCREASE}
        counts |= {name: int(commune[list(each)].sum()) for name, each in others.items()}
        fall: Any = next(rows_of(self.lines[self.lines["indicator"] == POVERTY_REDUCTION.id]))
        dates = {"apart_before": apart(fall, self.words, BEFORE)}
        dates |= {"apart_later": apart(fall, self.words), **self.dates}
        poverty = paragraph(
            told_of_fall(fall, self.days, self.words)
            or self.text("poverty_in_short", **counts, **dates)
        )
        return self._in_short() + poverty

    def _in_short(self) -> Passage:
        """How many targets are met, and what is missing of the others."""
        if self.plan is None:
            return paragraph(self.text("no_plan", year=self.year))
        met = int((self.judged["status"] == MET).sum())
        unmeasured = self.judged[self.judged["status"] == UNMEASURED]
        counts = [("met", "met", met), ("missed", "behind", len(self.missed))]
        counts += [("unmeasured", UNMEASURED, len(unmeasured))] if len(unmeasured) else []
        each = [
            Tile(self.words.number(count), self.text(f"tile.{name}"), status)
            for name, status, count in counts
        ]
        all_met = met == len(self.judged)
        values = {"count": met} if all_met else {"met": met, "count": len(self.judged)}
        return together(
            paragraph(self.text("all_met" if all_met else "some_met", **values)),
            tiles(each),
            self._named(self.missed, "missed_heading"),
            self._named(unmeasured, "unmeasured_heading"),
        )

    def _named(self, lines: pd.DataFrame, name: str) -> Passage:
        if lines.empty:
            return NOTHING
        return heading(self.text(name), 2) + listing(map(self._one, rows_of(lines)))

    def _one(self, line: Any) -> Traced:
        said = self.words(f"indicators.{line.indicator}.label")
        if line.status != UNMEASURED:
            count, surplus = count_of_base(line, self.words), surplus_text(line, self.words)
            said = self.text("missed_one", label=said, count=count, surplus=surplus)
            found = left_open(line, aims_of(self.processed, self.quarter))
            if found is not None and found.hangs:
                said += " " + verdict_text(line, found, self.words)
        return traced(said, line, self.words)

    def targets(self) -> Passage:
        """Every target: verdict, figure, target count, by how much, and what hangs on unknowns."""
        table = verdicts_table(
            self.lines,
            aims_of(self.processed, self.quarter),
            self.words,
            caption=self.text("targets.caption", quarter=self.words.quarter(self.quarter)),
        )
        return self.section("targets", table)

    def drawn(self) -> Passage:
        """The shares among them as a chart."""
        lines = self.judged[self.judged["indicator"] != POVERTY_REDUCTION.id]
        lines = lines[lines["denominator"].fillna(0) > 0]
        if lines.empty:
            return self.section("drawn", paragraph(self.text("nothing_to_draw")))
        return self.section("drawn", charts.progress_chart(lines, self.words, self.source))

    def villages(self) -> Passage:
        """How many villages met each target, and who did not, by how much."""
        lines = self.processed.rows("results", {"quarter": [self.quarter], "level": ["village"]})
        table = villages_table(
            by_village(lines, IDS),
            self.processed.villages,
            self.words,
            caption=self.text("villages.caption", quarter=self.words.quarter(self.quarter)),
        )
        return self.section("villages", table)

    def compared(self) -> Passage:
        """The figures beside those of the year's first quarter and of last year's last."""
        first, last = f"{self.year}Q1", last_quarter(self.processed, self.year - 1)
        codes = [self.quarter, *([first] if first in self.processed.quarters[:-1] else [])]
        codes = [*dict.fromkeys(codes), *([last] if last else [])]
        aims = {code: aims_of(self.processed, code) for code in codes}

        def figure(line: Any, quarter: str) -> Cell:
            said = figure_text(line, aims[quarter], self.words)
            return said if line is None else traced(said, line)

        text = self.words.under(f"{self.key}.table")
        table = Table.crossed(
            pd.concat([commune_lines(self.processed, code) for code in codes]),
            (
                "indicator",
                {one: self.words(f"indicators.{one}.label") for one in IDS},
                text("indicator"),
            ),
            ("quarter", {code: self.words.quarter_short(code) for code in codes}),
            figure,
            self.text("compared.caption"),
        ).with_column(text("differs"), [self._differs(one, last) for one in ALL])
        missing = paragraph(self.text("compared.no_last", year=self.year - 1))
        return self.section("compared", NOTHING if last else missing, table)

    def _differs(self, one: Indicator, last: str | None) -> str:
        """Say what makes this year's figure another than last year's, beside what was done."""
        if last is None:
            return self.text("compared.nothing")
        processed, year = self.processed, self.year
        items = self._items(year - 1, year)
        if items[year - 1].isna().all():
            return self.text("compared.no_plan", year=year - 1)
        changes = changes_for(one, items, processed.units(one.units), year - 1, year)
        said = (change_text(each, items[year - 1], items[year], self.words) for each in changes)
        return "; ".join(said) or self.text("compared.alike")

    def _items(self, *years: int) -> pd.DataFrame:
        """Lay out what the plans of some years say."""
        processed = self.processed
        return plan_items(processed.table("plans"), processed.table("targets"), years)

    def flows(self) -> Passage:
        """Where the change came from: drawn, as a sum, by village, and by group."""
        commune: Any = self.tally.loc[COMMUNE]
        days = {"start": {"day": self.dates["first"]}, "end": {"day": self.dates["last"]}}
        steps = [
            (self.words(f"flows.{name}.label", **days.get(name, {})), int(commune[name]), way)
            for name, way in WAYS.items()
        ]
        return self.section(
            "flows",
            flows_chart(steps, self.words, self.source),
            paragraph(self.words("flows.balanced", sum=equation(self.tally, COMMUNE, self.words))),
            flow_table(
                self.tally, self.names, self.words, caption=self.text("flows.caption", **self.dates)
            ),
            reasons_table(self.tally, self.words),
            folded_away(self.text("flows.groups"), *map(self._of_group, POOR)),
            **self.dates,
        )

    def _of_group(self, group: str) -> Table:
        label = answer_label("poverty_status", "status", group, self.words)
        caption = self.text("flows.group_caption", group=label)
        return flow_table(self.flows_found.tally([group]), self.names, self.words, caption=caption)

    def relapsed(self) -> Passage:
        """List the households that fell back into poverty."""
        homes = self.flows_found.households("relapsed")
        found = last_found_poor(self.processed.table("poverty_status"), self.days["baseline"])
        homes = homes.assign(last_poor=found.reindex(homes["household"]).to_numpy())
        older = NOTHING
        # Somebody may have been last found poor by another standard than today's.
        if (homes["last_poor"] < pd.Timestamp(NEW_STANDARD_SINCE)).any():
            said = self.text(
                "relapsed.older_standard",
                since=self.words.date(NEW_STANDARD_SINCE),
                standard=self.words(f"plan_items.poverty_standard.{DECISION_59_2015}"),
            )
            older = paragraph(said, "note")
        return self.section("relapsed", relapsed_table(homes, self.names, self.words), older)

    def still_poor(self) -> Passage:
        """Count who is still poor or near-poor, village by village."""
        wanted = {"quarter": [self.quarter], "indicator": [POVERTY_REDUCTION.id]}
        poor = still_poor(self.flows_found, self.processed.rows("results", wanted))
        return self.section(
            "still_poor", still_poor_table(poor, self.names, self.words, day=self.dates["last"])
        )

    def formulas(self) -> Passage:
        """Give the fall of the rate by the three formulas."""
        return self.section(
            "formulas",
            formula_table(
                audit(self.processed, POVERTY_REDUCTION.id, self.quarter, COMMUNE), self.words
            ),
            year=self.year,
        )

    def tasks(self) -> Passage:
        """How many of the plan's tasks are done, and which are not."""
        tasks = self.processed.rows("tasks", {"year": [self.year]})
        if tasks.empty:
            return self.titled("tasks", paragraph(self.text("tasks.none")))
        reports = self.processed.rows("tasks_by_quarter", {"quarter": [self.quarter]})
        done = tasks["id"].isin(reports.loc[reports["status"] == "done", "task"])
        table = tasks_table(tasks[~done], reports, self.text("tasks.caption"), self.words)
        shown = NOTHING if done.all() else Passage((table,))
        return self.section("tasks", shown, done=int(done.sum()), all=len(tasks))

    def next_steps(self) -> Passage:
        """What to do about each target that was missed."""
        if self.plan is None:
            return self.titled("next", paragraph(self.text("no_plan", year=self.year)))
        if self.missed.empty:
            return self.titled("next", paragraph(self.text("next.none")))
        return self.section("next", listing(map(self._step, rows_of(self.missed)), numbered=True))

    def _step(self, line: Any) -> str:
        """Say what to do; a fall judged by its percentage alone names no number of households."""
        what = (
            self.text("next.by_rate", missing=surplus_text(line, self.words))
            if pd.isna(line.shortfall)
            else self.words(f"indicators.{line.indicator}.next", shortfall=line.shortfall)
        )
        return self.text(
            "next.step", label=self.words(f"indicators.{line.indicator}.label"), what=what
        )

    def next_year(self) -> Passage:
        """The next year's targets beside this year's, and its tasks, where it has a plan."""
        year, plans = self.year + 1, self.processed.table("plans")["year"]
        if not (plans == year).any():
            return self.titled("next_year", paragraph(self.text("next_year.none", year=year)))
        planned = [one for one in (self.year, year) if one in set(plans)]
        return self.section(
            "next_year",
            items_table(self._items(self.year, year), IDS, planned, self.words),
            tasks_table(
                self.processed.rows("tasks", {"year": [year]}),
                None,
                self.text("next_year.tasks", year=year),
                self.words,
            ),
            year=year,
        )

    def built_from(self) -> Passage:
        """The exact dates, and what the page was built from."""
        dates = ("year_first_day", "last_day", "baseline", "later_date")
        facts = {self.text(f"built.{name}"): self.words.date(self.days[name]) for name in dates}
        manifest = self.processed.manifest
        facts[self.text("built.code")] = f"campaign_lib {manifest['code_version']}"
        facts[self.text("built.files")] = self.words.number(len(manifest["files"]))
        return self.section("built", facts_table(self.text("built.caption"), facts, self.words))
