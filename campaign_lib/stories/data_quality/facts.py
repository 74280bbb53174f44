"""What the story of data quality tells of: every frame of it, worked out once for one quarter."""

from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from campaign_lib.analysis.quality import coverage
from campaign_lib.analysis.quality.checks import (
    ACROSS,
    WITHIN,
    Outcome,
    asked_both_times,
    look,
    with_last_time,
)
from campaign_lib.analysis.quality.coverage import (
    CHANGE,
    CLASH,
    Asked,
    Facts,
    asked_of,
    to_ask_again,
)
from campaign_lib.analysis.quality.standard import (
    Standard,
    deprivations,
    differing,
    measured,
    standard_on,
)
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import Column, codebook
from campaign_lib.indicators.register import Register
from campaign_lib.indicators.steps import COMMUNE, Part, walk
from campaign_lib.indicators.ten import COVERED_BY_PLAN, INFORMED
from campaign_lib.show.tables.results import UNMEASURED, in_plan_order
from campaign_lib.store.processed import Processed

_SURVEY = "survey/"
_PLANS = "plans/"


class QuarterFacts:
    """One quarter's data, looked at from every side; each frame is made when first asked for."""

    def __init__(self, processed: Processed, quarter: str) -> None:
        self.processed, self.quarter = processed, quarter

    @cached_property
    def days(self) -> Any:
        """The quarter's row of `quarters`."""
        days = self.processed.table("quarters")
        return days[days["quarter"] == self.quarter].iloc[0]

    @property
    def last_day(self) -> date:
        """The quarter's last day."""
        day: date = self.days["last_day"].date()
        return day

    @cached_property
    def plan(self) -> Any:
        """The year's row of `plans`, or None."""
        plans = self.processed.table("plans")
        own = plans[plans["year"] == Quarter.parse(self.quarter).year]
        return own.iloc[0] if len(own) else None

    @cached_property
    def homes(self) -> pd.DataFrame:
        """The households of the quarter, with `members` as registered on its last day."""
        panel = self.processed.panel
        homes = panel[panel["quarter"].astype("str") == self.quarter].reset_index(drop=True)
        stays = self.processed.table("households")
        statuses = self.processed.table("poverty_status")
        register = Register(stays, statuses, tuple(self.processed.villages))
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
        results = self.processed.results
        own = (results["quarter"] == self.quarter) & (results["place"] == COMMUNE)
        return in_plan_order(results[own])

    @cached_property
    def problems(self) -> pd.DataFrame:
        """What was wrong in the quarter's survey, and in the files that hold for every quarter."""
        problems = self.processed.table("problems")
        return problems[problems["quarter"].isin([self.quarter, ""])].reset_index(drop=True)

    @cached_property
    def files(self) -> pd.DataFrame:
        """What became of the rows of each file, other quarters' surveys and plans left out."""
        files = self.processed.table("files")
        survey = files["file"].str.startswith(_SURVEY)
        own = files["file"].str.upper().str.match(rf"{_SURVEY}{self.quarter}[./]".upper())
        plan = files["file"].str.startswith(_PLANS)
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
        surveyed = self.processed.table("surveyed")
        return look(ACROSS, self.pairs, asked_both_times(surveyed, self.quarter, self.pairs))

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
        answers = asked_of(cohort[cohort["surveyed"]], self.questions)
        return to_ask_again(
            cohort, answers, {CLASH: self.clashes, CHANGE: self.changes}, self.unsettled
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
            hanging=int((told["certain"] == "no").sum()),
            unmeasured=len(judged) - len(told),
        )
