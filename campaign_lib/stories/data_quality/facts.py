"""What the story of data quality tells of: one quarter's frames, reasons in words, a chart."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.poverty import as_told
from campaign_lib.analysis.quality.checks import (
    ACROSS,
    BEFORE,
    WITHIN,
    Outcome,
    asked_both_times,
    look,
    with_last_time,
)
from campaign_lib.analysis.quality.coverage import (
    CHANGE,
    CLASH,
    NO_FORM,
    STATUS,
    UNKNOWN,
    Asked,
    Facts,
    asked_of,
    coverage,
    to_ask_again,
)
from campaign_lib.analysis.quality.standard import (
    Standard,
    deprivations,
    differing,
    measured,
    standard_on,
)
from campaign_lib.analysis.years import UNMEASURED
from campaign_lib.codebook import Column, codebook
from campaign_lib.errors import Message
from campaign_lib.indicators.register import Register
from campaign_lib.indicators.steps import COMMUNE, Part, walk
from campaign_lib.indicators.ten import COVERED_BY_PLAN, INFORMED
from campaign_lib.show.display import Chart
from campaign_lib.show.panels import (
    GREY,
    LETTERS,
    LINE,
    REACHED,
    RIM,
    WANTED,
    behind,
    drawn_in,
    panel,
    rule,
    tag,
    written,
)
from campaign_lib.show.tables.labels import answer_label, question_label, rows_of
from campaign_lib.show.tables.results import Aims, hangs, in_plan_order
from campaign_lib.store.processed import Processed
from campaign_lib.stories.telling import aims_of, plan_of_year
from campaign_lib.words import Words, is_missing

#: The sentence on a list of the poor alone (`indicators.panel`).
UNLISTED = "problems.file.unlisted"
#: Of a form that is nearly empty, so many questions are named.
_NAMED = 5


class QuarterFacts:
    """One quarter's data, looked at from every side; each frame is made when first asked for."""

    def __init__(self, processed: Processed, quarter: str) -> None:
        self.processed, self.quarter = processed, quarter

    @cached_property
    def days(self) -> Any:
        """The quarter's row of `quarters`."""
        return self.processed.rows("quarters", {"quarter": [self.quarter]}).iloc[0]

    @property
    def last_day(self) -> date:
        """The quarter's last day."""
        day: date = self.days["last_day"].date()
        return day

    @cached_property
    def plan(self) -> Any:
        """The year's row of `plans`, or None."""
        return plan_of_year(self.processed, self.quarter)

    @cached_property
    def aims(self) -> Aims:
        """What the year's plan asks."""
        return aims_of(self.processed, self.quarter)

    @cached_property
    def homes(self) -> pd.DataFrame:
        """The households of the quarter, with `members` as registered on its last day."""
        panel = self.processed.panel
        homes = panel[panel["quarter"].astype("str") == self.quarter].reset_index(drop=True)
        register = Register(
            self.processed.table("households"),
            self.processed.table("poverty_status"),
            tuple(self.processed.villages),
        )
        there = register.stays_on(self.days["last_day"])
        members = there["members"].to_numpy(float, na_value=float("nan"))
        return homes.assign(members=members[register.position(homes["household"])])

    @cached_property
    def forms(self) -> pd.DataFrame:
        """Those of them that were surveyed."""
        return self.homes[self.homes["surveyed"]].reset_index(drop=True)

    @cached_property
    def minority(self) -> pd.Series:
        """Of `homes`: the minority households present on the quarter's last day."""
        return self._base(COVERED_BY_PLAN.parts()[0])

    @cached_property
    def cohort(self) -> pd.Series:
        """Of `homes`: the base of most targets."""
        return self._base(INFORMED.parts()[0])

    def _base(self, among: Part) -> pd.Series:
        return walk(self.homes, among).states[-1].fillna(False).astype(bool)

    @cached_property
    def questions(self) -> list[Column]:
        """The questions that the quarter's survey asks, in the form's order."""
        table = self.processed.table("surveyed")
        there = set(table.loc[table["quarter"] == self.quarter, "column"])
        return [one for one in codebook().tables["survey"].questions if one.code in there]

    @cached_property
    def not_asked(self) -> list[str]:
        """The questions that it lacks, those left out that its form did not have."""
        there = {question.code for question in self.questions}
        codes = (one.code for one in codebook().tables["survey"].questions_in(self.quarter))
        return [code for code in codes if code not in there]

    @cached_property
    def answers(self) -> Asked:
        """What all forms were asked, and what they left unknown."""
        return asked_of(self.forms, self.questions)

    @cached_property
    def results(self) -> pd.DataFrame:
        """The commune's lines of results, in the plan's order."""
        # Of what is there now, whatever of it was sent.
        results = as_told(self.processed.results, self.processed.table("quarters"))
        own = (results["quarter"] == self.quarter) & (results["place"] == COMMUNE)
        return in_plan_order(results[own])

    @cached_property
    def problems(self) -> pd.DataFrame:
        """What was wrong in the quarter's survey, and in the files that hold for every quarter."""
        problems = self.processed.table("problems")
        return problems[problems["quarter"].isin([self.quarter, ""])].reset_index(drop=True)

    @cached_property
    def unlisted(self) -> list[Message]:
        """The sentence on a list of the poor alone, if that is what the year seems to have."""
        found = map(Message.of, self.problems["message"].unique())
        year = self.quarter[:4]
        return [one for one in found if one.key == UNLISTED and str(one.values["year"]) == year]

    @cached_property
    def files(self) -> pd.DataFrame:
        """What became of the rows of each file, other quarters' surveys and plans left out."""
        files = self.processed.table("files")
        survey = files["file"].str.startswith("survey/")
        own = files["file"].str.upper().str.match(rf"SURVEY/{self.quarter}[./]")
        plan = files["file"].str.startswith("plans/")
        return files[(own | ~survey) & ~plan].reset_index(drop=True)

    @cached_property
    def clashes(self) -> tuple[Outcome, ...]:
        """What the checks within a form found."""
        return look(WITHIN, self.forms, {question.code for question in self.questions})

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """The forms beside what the same household said when last surveyed."""
        return with_last_time(self.processed.panel, self.quarter)

    @cached_property
    def changes(self) -> tuple[Outcome, ...]:
        """What the checks against that found."""
        return look(
            ACROSS,
            self.pairs,
            asked_both_times(self.processed.table("surveyed"), self.quarter, self.pairs),
        )

    @cached_property
    def standard(self) -> Standard | None:
        """The standard of poverty on the quarter's last day, if it is known here."""
        named = None if self.plan is None else str(self.plan["poverty_standard"])
        return standard_on(self.last_day, named)

    @property
    def measures_poverty(self) -> bool:
        """Whether the survey asks for income, or for a deprivation."""
        return not {"income", *deprivations()} <= {*self.not_asked}

    @cached_property
    def compared(self) -> pd.DataFrame | None:
        """Households with a form that still live here: official status beside the computed one.

        None where the standard is not known, or nothing that it goes by was asked.
        """
        if self.standard is None or not self.measures_poverty:
            return None
        return measured(self.forms[self.forms["lives_here_now"]], self.standard)

    @cached_property
    def differing(self) -> pd.DataFrame:
        """Those whose status and answers cannot both be right, the ones settled since included."""
        if self.compared is None:
            return self.forms.iloc[:0].assign(settled=False)
        return differing(self.compared)

    @property
    def unsettled(self) -> pd.DataFrame:
        """Those of them that no later status explains."""
        return self.differing[~self.differing["settled"]]

    @cached_property
    def again(self) -> pd.DataFrame:
        """Every reason to see a household again."""
        cohort = self.homes[self.cohort]
        return to_ask_again(
            cohort,
            asked_of(cohort[cohort["surveyed"]], self.questions),
            {CLASH: self.clashes, CHANGE: self.changes},
            self.unsettled,
        )

    @cached_property
    def trust(self) -> Facts:
        """The counts that the page's first sentence goes by."""
        cohort, surveyed = coverage(self.homes, self.cohort)
        asked, unknown = self.answers.total()
        judged = self.results[self.results["status"] != "no_target"]
        told = judged[judged["status"] != UNMEASURED]
        return Facts(
            cohort,
            surveyed,
            asked,
            unknown,
            judged=len(judged),
            hanging=sum(hangs(line, self.aims) for line in rows_of(told)),
            unmeasured=len(judged) - len(told),
        )


class Reasons:
    """Says why a household is asked again: what a check found, and what was answered."""

    def __init__(self, facts: QuarterFacts, words: Words) -> None:
        self._words, self._standard = words, facts.standard
        outcomes = (*facts.clashes, *facts.changes)
        self._questions = {outcome.name: outcome.questions for outcome in outcomes}
        self._now = _by_household(facts, facts.forms, CLASH)
        self._before = _by_household(facts, facts.pairs, CHANGE)
        self._differing = {str(home.household): home for home in rows_of(facts.differing)}

    def __call__(self, lines: pd.DataFrame) -> str:
        """Say all lines of `QuarterFacts.again` of one household; unknown questions in one."""
        said = [self._reason(line) for line in rows_of(lines) if line.kind != UNKNOWN]
        codes = list(lines.loc[lines["kind"] == UNKNOWN, "name"])
        if codes:
            labels = ", ".join(question_label(code, self._words) for code in codes[:_NAMED])
            more = {"more": len(codes) - _NAMED} if len(codes) > _NAMED else {}
            form = "unknown_more" if more else "unknown"
            said.append(self._words(f"data_quality.again.{form}", questions=labels, **more))
        return ". ".join(said)

    def _reason(self, line: Any) -> str:
        if line.kind == NO_FORM:
            return self._words("data_quality.again.no_form")
        if line.kind == STATUS:
            assert self._standard is not None  # or nothing would differ
            return status_reason(self._differing[line.household], self._standard, self._words)
        homes = self._before if line.kind == CHANGE else self._now
        return self._words(
            "data_quality.again.check",
            label=self._words(f"data_quality.checks.{line.name}.label"),
            answers=answers_told(homes[line.household], self._questions[line.name], self._words),
        )


def _by_household(
    facts: QuarterFacts, homes: pd.DataFrame, kind: str
) -> Mapping[Any, Mapping[Any, Any]]:
    """Give the rows of the households that one kind of reason is about, by their id."""
    wanted = facts.again.loc[facts.again["kind"] == kind, "household"]
    return homes[homes["household"].isin(wanted)].set_index("household").to_dict("index")


def status_reason(home: Any, standard: Standard, words: Words) -> str:
    """Say why a status and the answers do not fit: the status, then what was answered."""
    text = words.under("data_quality.reasons")
    said = [
        text("official", status=answer_label("poverty_status", "status", home.status_now, words))
    ]
    if is_missing(home.income):
        said.append(text("income_unknown"))
    else:
        above = "income_above" if home.income > standard.income else "income_below"
        said.append(text(above, income=home.income, line=standard.income))
    if is_missing(home.income) or home.income <= standard.income:
        said.append(text("deprived", deprived=home.deprived, needed=standard.deprivations))
        if home.deprived_unknown:
            said.append(text("deprived_unknown", unknown=home.deprived_unknown))
    return "; ".join(said)


def answers_told(home: Mapping[str, Any], questions: Sequence[str], words: Words) -> str:
    """Write a household's answers to some questions; with `before_` answers, what has changed."""
    said = []
    for code in questions:
        label, now = question_label(code, words), _answer(code, home[code], words)
        if f"{BEFORE}{code}" not in home:
            said.append(words("data_quality.told.now", question=label, answer=now))
            continue
        before = _answer(code, home[f"{BEFORE}{code}"], words)
        if before != now:
            values = {"question": label, "before": before, "answer": now}
            said.append(words("data_quality.told.then", **values))
    return ", ".join(said)


def _answer(code: str, value: Any, words: Words) -> str:
    if is_missing(value):
        return words("codes.answer.unknown")
    if isinstance(value, float):
        return words.number(value, 0 if value == int(value) else 1)
    return answer_label("survey", code, value, words)


#: Pixels from the top of a drawing of days to its axis.
_DAYS = 150


def surveys_by_day_chart(
    days: pd.DataFrame, last_day: date, due: date, words: Words, source: str
) -> Chart:
    """Show how many forms were filled in each day, the quarter's last day and the report's.

    Args:
        days: day, forms: every day from the first form to the last.
        last_day: the quarter's.
        due: when the report is due.
        words: the reader's language.
        source: what the chart was drawn from.
    """
    text, days_drawn = words.under("data_quality.by_day"), days["day"].iloc[[0, -1]]
    first = pd.Timestamp(days_drawn.iloc[0])
    span = max((max(map(pd.Timestamp, (*days["day"], last_day, due))) - first).days, 1)

    def across(day: Any) -> float:
        return 1 + 97 * (pd.Timestamp(day) - first).days / span

    drawn = [rule(0, _DAYS, 100, _DAYS, GREY, 1), *_columns(days, across, max(80 / span, 0.5))]
    named = {"last_day": (across(last_day), 12), "due": (across(due), 30)}
    drawn += (rule(x, y - 9, x, _DAYS, WANTED, 1.5) for x, y in named.values())
    # Over the other day's line, which a label may cross.
    said = {"last_day": text("last_day", day=last_day), "due": text("due", day=due)}
    drawn += (_label(*place, said[name]) for name, place in named.items())
    begun, ended = map(words.date, days_drawn)
    room = LETTERS * across(days_drawn.iloc[1]) / 100
    below = 0 if len(begun) + len(ended) + 2 < room else LINE
    anchor, y = "end" if len(ended) < room else "start", _DAYS + 17
    drawn.append(written(1, y, begun, fill=GREY))
    drawn.append(written(across(days_drawn.iloc[1]), y + below, ended, anchor, fill=GREY))
    most = days.iloc[int(days["forms"].to_numpy().argmax())]
    ends = {"first": days_drawn.iloc[0], "last": days_drawn.iloc[1], "day": most["day"]}
    counts = {"forms": int(days["forms"].sum()), "most": int(most["forms"])}
    table = [(words.date(day.day), words.number(day.forms)) for day in rows_of(days)]
    svg, title = panel("", drawn_in("".join(drawn), _DAYS + 22 + below)), text("title")
    numbers = behind(title, [text("forms")], table, words)
    return Chart(lambda: svg, title, "", source, days, text("said", **ends, **counts), numbers)


def _label(x: float, y: float, said: str) -> str:
    """Write what a line at `x` is on the side that has room for it, or else from the edge."""
    anchor, room, dx = ("end", x, -5) if x > 50 else ("start", 100 - x, 5)
    if len(said) >= LETTERS * room / 100 - 1:
        x, dx = 100.0 * (x > 50), 0
    return written(x, y, said, anchor, dx=dx, fill=WANTED, style=RIM)


def _columns(days: pd.DataFrame, across: Callable[[Any], float], width: float) -> Iterator[str]:
    """Draw a column for each day."""
    for day in rows_of(days):
        high = (_DAYS - 40) * day.forms / days["forms"].max()
        at = {"x": f"{across(day.day) - width / 2:.2f}%", "width": f"{width:.2f}%"}
        yield tag("rect", "", **at, y=round(_DAYS - high, 1), height=round(high, 1), fill=REACHED)
