"""Was the year's plan met: the page `annual_assessment.ipynb` of a year."""

from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.audit import audit
from campaign_lib.analysis.flows import PovertyFlows, last_found_poor, poverty_flows, still_poor
from campaign_lib.analysis.plan_changes import NEW_STANDARD_SINCE, changes_for, plan_items
from campaign_lib.analysis.years import (
    MET,
    NO_TARGET,
    UNMEASURED,
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
from campaign_lib.plan import DECISION_59_2015
from campaign_lib.show import charts
from campaign_lib.show.display import (
    NOTHING,
    Cell,
    Passage,
    Table,
    Tile,
    Traced,
    boxed,
    folded_away,
    heading,
    listing,
    paragraph,
    tiles,
    together,
)
from campaign_lib.show.tables.assessment import change_text, figure_text, items_table
from campaign_lib.show.tables.context import facts_table, tasks_table
from campaign_lib.show.tables.labels import answer_label, rows_of
from campaign_lib.show.tables.results import count_of_base, in_plan_order, traced
from campaign_lib.store.processed import Processed
from campaign_lib.stories.assessment.tables import (
    WAYS,
    equation,
    flow_table,
    flows_chart,
    reasons_table,
    relapsed_table,
    still_poor_table,
    surplus_text,
    verdicts_table,
    villages_table,
)
from campaign_lib.stories.audit.reasons import formula_table
from campaign_lib.stories.sharing import first_of
from campaign_lib.stories.telling import Story, aims_of, masthead, period, plan_of_year
from campaign_lib.words import Words


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
        self.days: Any = processed.rows("quarters", {"quarter": [quarter]}).iloc[0]
        self.plan: Any = plan_of_year(processed, quarter)
        self.names = {**processed.villages, COMMUNE: words("flows.commune")}
        #: The two dates in words.
        self.dates = {
            "first": words.date(self.days["baseline"]),
            "last": words.date(self.days["later_date"]),
        }

    @property
    def title(self) -> str:
        """What the page is called."""
        return self.text("title", year=self.year)

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
        days = {"first_day": self.days["year_first_day"], "last_day": self.days["last_day"]}
        quarter = self.words.quarter(self.quarter)
        provisional = paragraph(self.text("provisional", quarter=quarter), "warning")
        commune: Any = self.tally.loc[COMMUNE]
        names = ("start", "end", "left", "relapsed", "new")
        counts = {name: int(commune[name]) for name in names}
        poverty = paragraph(self.text("poverty_in_short", **counts, **self.dates))
        return together(
            masthead(self.title, self.plan, self.words, self.edition),
            period(days, self.words),
            # Before the year's fourth quarter every verdict is provisional.
            NOTHING if self.days["number"] == 4 else provisional,
            boxed(self._in_short() + poverty, "bottom-line"),
        )

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
            if line.certain == "no":
                said += " " + self.text("may_change", unknown=line.unknown)
        return traced(said, line, beside=True)

    def targets(self) -> Passage:
        """Every target: verdict, figure, target count, by how much, and what hangs on unknowns."""
        caption = self.text("targets.caption", quarter=self.words.quarter(self.quarter))
        aims = aims_of(self.processed, self.quarter)
        table = verdicts_table(self.lines, aims, self.words, caption=caption)
        return self.section("targets", table)

    def drawn(self) -> Passage:
        """The shares among them as a chart."""
        lines = self.judged[self.judged["indicator"] != POVERTY_REDUCTION.id]
        lines = lines[lines["denominator"].fillna(0) > 0]
        if lines.empty:
            return self.section("drawn", paragraph(self.text("nothing_to_draw")))
        return self.section("drawn", charts.progress_chart(lines, self.words, self._source))

    @property
    def _source(self) -> str:
        return self.text("source", quarter=self.words.quarter(self.quarter))

    def villages(self) -> Passage:
        """How many villages met each target, and who did not, by how much."""
        lines = self.processed.rows("results", {"quarter": [self.quarter], "level": ["village"]})
        caption = self.text("villages.caption", quarter=self.words.quarter(self.quarter))
        found = by_village(lines, IDS)
        table = villages_table(found, self.processed.villages, self.words, caption=caption)
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
            ("indicator", self._labels, text("indicator")),
            ("quarter", {code: self.words.quarter_short(code) for code in codes}),
            figure,
            self.text("compared.caption"),
        ).with_column(text("differs"), [self._differs(one, last) for one in ALL])
        missing = paragraph(self.text("compared.no_last", year=self.year - 1))
        return self.section("compared", NOTHING if last else missing, table)

    @property
    def _labels(self) -> dict[str, str]:
        return {one: self.words(f"indicators.{one}.label") for one in IDS}

    def _differs(self, one: Indicator, last: str | None) -> str:
        """Say what makes this year's figure another than last year's, beside what was done."""
        if last is None:
            return self.text("compared.nothing")
        processed, year = self.processed, self.year
        items = self._items(year - 1, year)
        if items[year - 1].isna().all():
            return self.text("compared.no_plan", year=year - 1)
        homes = processed.units(one.units)
        changes = changes_for(one, items, homes, year - 1, year)
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
        balance = self.words("flows.balanced", sum=equation(self.tally, COMMUNE, self.words))
        return self.section(
            "flows",
            flows_chart(steps, self.words, self._source),
            paragraph(balance),
            self._flow_table(self.tally, self.text("flows.caption", **self.dates)),
            reasons_table(self.tally, self.words),
            folded_away(self.text("flows.groups"), *map(self._of_group, POOR)),
            **self.dates,
        )

    def _of_group(self, group: str) -> Table:
        label = answer_label("poverty_status", "status", group, self.words)
        tally = self.flows_found.tally([group])
        return self._flow_table(tally, self.text("flows.group_caption", group=label))

    def _flow_table(self, tally: pd.DataFrame, caption: str) -> Table:
        return flow_table(tally, self.names, self.words, caption=caption)

    def relapsed(self) -> Passage:
        """List the households that fell back into poverty."""
        homes = self.flows_found.households("relapsed")
        statuses = self.processed.table("poverty_status")
        found = last_found_poor(statuses, self.days["baseline"])
        homes = homes.assign(last_poor=found.reindex(homes["household"]).to_numpy())
        older = NOTHING
        # Somebody may have been last found poor by another standard than today's.
        if (homes["last_poor"] < pd.Timestamp(NEW_STANDARD_SINCE)).any():
            standard = self.words(f"plan_items.poverty_standard.{DECISION_59_2015}")
            since = self.words.date(NEW_STANDARD_SINCE)
            said = self.text("relapsed.older_standard", since=since, standard=standard)
            older = paragraph(said, "note")
        return self.section("relapsed", relapsed_table(homes, self.names, self.words), older)

    def still_poor(self) -> Passage:
        """Count who is still poor or near-poor, village by village."""
        wanted = {"quarter": [self.quarter], "indicator": [POVERTY_REDUCTION.id]}
        poor = still_poor(self.flows_found, self.processed.rows("results", wanted))
        table = still_poor_table(poor, self.names, self.words, day=self.dates["last"])
        return self.section("still_poor", table)

    def formulas(self) -> Passage:
        """Give the fall of the rate by the three formulas."""
        found = audit(self.processed, POVERTY_REDUCTION.id, self.quarter, COMMUNE)
        return self.section("formulas", formula_table(found, self.words), year=self.year)

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
        steps = map(self._step, rows_of(self.missed))
        return self.section("next", listing(steps, numbered=True))

    def _step(self, line: Any) -> str:
        """Say what to do; a fall judged by its percentage alone names no number of households."""
        what = (
            self.text("next.by_rate", missing=surplus_text(line, self.words))
            if pd.isna(line.shortfall)
            else self.words(f"indicators.{line.indicator}.next", shortfall=line.shortfall)
        )
        label = self.words(f"indicators.{line.indicator}.label")
        return self.text("next.step", label=label, what=what)

    def next_year(self) -> Passage:
        """The next year's targets beside this year's, and its tasks, where it has a plan."""
        year, plans = self.year + 1, self.processed.table("plans")["year"]
        if not (plans == year).any():
            return self.titled("next_year", paragraph(self.text("next_year.none", year=year)))
        tasks = self.processed.rows("tasks", {"year": [year]})
        caption = self.text("next_year.tasks", year=year)
        planned = [one for one in (self.year, year) if one in set(plans)]
        return self.section(
            "next_year",
            items_table(self._items(self.year, year), IDS, planned, self.words),
            tasks_table(tasks, None, caption, self.words),
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
