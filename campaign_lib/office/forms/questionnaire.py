"""What a quarter's forms ask, and whom: the codebook's survey, and each village's households."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from campaign_lib.base.files import ascii_words, mark_of
from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import Column, Table, codebook, folded
from campaign_lib.errors import CampaignError
from campaign_lib.indicators.register import Register
from campaign_lib.intake import Homes
from campaign_lib.intake.drafts import empty_table
from campaign_lib.intake.keys import GRACE, pieces
from campaign_lib.intake.sources.folder import SURVEY
from campaign_lib.plan import Plan, plan_of
from campaign_lib.words.spelling import few_of


@dataclass(frozen=True)
class Home:
    """A household that is to be asked: its id, and its head's name ("" if not known).

    `village` is where it lives, on a form with households of several villages.
    """

    household: str
    head_name: str
    village: str = ""


@dataclass(frozen=True)
class Village:
    """A village and the households to be asked there, in the register's order.

    `commune` is what its commune is called, where a folder holds several; else "".
    """

    code: str
    name: str
    homes: tuple[Home, ...]
    commune: str = ""


@dataclass(frozen=True)
class Questionnaire:
    """A quarter's survey, before anything is written: `table` is the codebook's.

    `begins` to `ends` is the quarter, when households should be asked; `first_day` to `last_day`
    are the days that are taken. `made_up` says that the campaign is not a real one, `everyone` that
    households of the majority are asked, too, `visits` that it is an inspection's.
    """

    quarter: Quarter
    begins: date
    ends: date
    first_day: date
    last_day: date
    commune: str
    made_up: bool
    villages: tuple[Village, ...]
    table: Table
    everyone: bool = False
    visits: bool = False

    def commune_of(self, village: Village) -> str:
        """Say what a village's commune is called; "" if nobody says."""
        return village.commune or self.commune

    @property
    def key(self) -> Column:
        """The column that says which household a row is about."""
        (code,) = self.table.key
        return self.table.column(code)

    @property
    def asked(self) -> tuple[Column, ...]:
        """What is to be filled in: every column of the quarter's form but the key."""
        columns = (one for one in self.table.columns if one != self.key)
        return tuple(one for one in columns if one.is_in(str(self.quarter)))

    @property
    def needed(self) -> tuple[Column, ...]:
        """What a household is not done without: the required columns and the questions."""
        return tuple(column for column in self.asked if column.required or column.is_question)


def questionnaire_of(
    homes: Homes,
    today: date,
    quarter: str | None = None,
    villages: Collection[str] = (),
    everyone: bool = False,
) -> Questionnaire:
    """Put together what is asked in a quarter, and whom.

    Args:
        homes: the register, as it was read.
        today: in its quarter a campaign begins that has no survey yet.
        quarter: its code; by default the one after the last that has a survey.
        villages: codes or names of those that are wanted; none stands for all.
        everyone: households of the majority, too, whom no indicator counts.

    Raises:
        CampaignError: no quarter, or no village, of that name; or nobody to be asked at all.
    """
    asked = Quarter.parse(quarter) if quarter else next_quarter(homes, today)
    plan = plan_of(homes.plans, asked.year)
    # A year without a plan says nothing of its own; it follows the last plan there is.
    saying = homes.plans.get(asked.year) or homes.plans.get(max(homes.plans, default=0), plan)
    last = asked.last_day(plan.calendar)
    wanted = {known_village(homes, name) for name in villages}
    listed = homes.villages[homes.villages["village"].isin(wanted) if wanted else slice(None)]
    living = _living(homes, last, everyone)
    first = asked.first_day(plan.calendar)
    return Questionnaire(
        quarter=asked,
        begins=first,
        ends=last,
        first_day=first - GRACE,
        last_day=last + GRACE,
        commune=saying.commune,
        made_up=saying.illustrative,
        villages=_villages(homes, listed, living, asked),
        table=codebook().tables[SURVEY],
        everyone=everyone,
    )


def next_quarter(homes: Homes, today: date) -> Quarter:
    """Give the quarter after the last that has a survey; without one, that of today."""
    if homes.surveyed:
        return homes.surveyed[-1].next()
    return quarter_now(homes.plans, today)


def quarter_now(plans: Mapping[int, Plan], today: date) -> Quarter:
    """Give the quarter in which a day lies, by the calendar of its year's plan."""
    quarter = Quarter(today.year, 1)
    while quarter.last_day(plan_of(plans, quarter.year).calendar) < today:
        quarter = quarter.next()
    return quarter


def known_village(homes: Homes, name: str) -> str:
    """Give a village's code from its code or a name; raises CampaignError where it is none's."""
    code = homes.spellings.get(folded(name))
    if code is None:
        known = few_of([*homes.villages["village"]])
        raise CampaignError("asked.village", name=repr(name), known=known)
    return code


def _villages(
    homes: Homes, listed: pd.DataFrame, living: Mapping[str, list[Home]], asked: Quarter
) -> tuple[Village, ...]:
    """Give the villages with who lives there, each with its commune of the quarter."""
    calendar = plan_of(homes.plans, asked.year).calendar
    communes = {one.key: one.name for one in homes.communes if one.has_quarter(asked, calendar)}
    rows = listed[["village", "name", "commune"]].itertuples(index=False)
    return tuple(
        Village(
            code,
            name,
            tuple(living.get(code, ())),
            next((communes[key] for key in pieces(cell) if key in communes), ""),
        )
        for code, name, cell in rows
    )


def _living(homes: Homes, day: date, everyone: bool) -> dict[str, list[Home]]:
    """Give who lives in each village on a day, in the register's order.

    Whose ethnicity is not on the list may be of a minority, and is asked.

    Raises:
        CampaignError: there is no household at all yet.
    """
    if homes.stays.empty:
        raise CampaignError("asked.no_homes")
    statuses = empty_table(codebook().tables["poverty_status"])
    register = Register(homes.stays, statuses, tuple(homes.villages["village"]))
    here = register.stays_on(pd.Timestamp(day))
    here = here[here["lives_here"] & (everyone | here["minority"].fillna(True).astype(bool))]
    living: dict[str, list[Home]] = {}
    texts = (here[name].astype("str").fillna("") for name in ("village", "household", "head_name"))
    for village, household, head_name in zip(*texts, strict=True):
        living.setdefault(village, []).append(Home(household, head_name))
    return living


# What a quarter's forms are called: names that Windows takes, and that no two villages share.

#: Beside the village workbooks, which lie in the folder itself.
PHONE, PAPER = "dien-thoai", "giay"
#: In every name of a file with names of people, so that it is seen before it is sent on.
INTERNAL = "noi-bo"
#: What the XLSForm calls the list of households.
HOUSEHOLDS = "households.csv"
#: Between the parts of a name, so none of a plain village's parts has it.
_BETWEEN = "_"
_PLAIN = re.compile(r"[A-Za-z0-9-]{1,24}")
_LONGEST = 40


def workbook_path(folder: Path, asked: Questionnaire, village: Village) -> Path:
    """Say where a village's workbook lies."""
    return folder / f"{village_stem(asked.quarter, village)}.xlsx"


def paper_path(folder: Path, asked: Questionnaire, village: Village) -> Path:
    """Say where a village's paper form lies."""
    return folder / PAPER / f"{village_stem(asked.quarter, village)}.html"


def xlsform_path(folder: Path, asked: Questionnaire) -> Path:
    """Say where the XLSForm lies; its list of households is beside it."""
    return folder / PHONE / f"xlsform_{asked.quarter}.xlsx"


def village_stem(quarter: Quarter, village: Village) -> str:
    """Name a village's form: quarter, its commune where there are several, village, its name.

    Names are in ASCII.

    A code that is not plain, or long, is made so and gets a mark of its own as one part more.
    """
    is_plain = _PLAIN.fullmatch(village.code)
    code = [village.code] if is_plain else [_part(village.code)[:24], mark_of(village.code)]
    places = [_short(village.commune)] if village.commune else []
    return _BETWEEN.join([str(quarter), *places, *code, _short(village.name), INTERNAL])


def _short(name: str) -> str:
    return _part(name)[:_LONGEST].strip("-")


def _part(text: str) -> str:
    return ascii_words(text).replace(_BETWEEN, "-").strip("-") or "x"
