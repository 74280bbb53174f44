"""The workbook for the households drawn for inspection: a row for each, a column per question.

It is the village's workbook with other rows: whom the quarter's page of visits draws, and what that
page asks. Filled in, it is read from `raw/inspections/<quarter>/`, whatever it is called; several
people may each fill in a copy.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook
from campaign_lib.errors import CampaignError
from campaign_lib.office.forms.cells import names_of_marks
from campaign_lib.office.forms.questionnaire import INTERNAL, Home, Questionnaire, Village
from campaign_lib.office.forms.workbook import has_answers, write_workbook
from campaign_lib.store.processed import Processed
from campaign_lib.stories.inspection import Inspection
from campaign_lib.stories.telling import plan_of_year
from campaign_lib.words import aloud


def visits_of(page: Inspection, villages: Collection[str]) -> Questionnaire:
    """Put together what is asked of the households drawn.

    Args:
        page: the quarter's page of visits.
        villages: codes or names of those that are wanted; none stands for all.

    Raises:
        CampaignError: no such village, or nobody was drawn.
    """
    processed, quarter = page.processed, Quarter.parse(page.quarter)
    drawn = page.draw.drawn
    if villages:
        drawn = drawn[drawn["village"].isin([*map(processed.known_place, villages)])]
    if drawn.empty:
        raise CampaignError("asked.nobody_drawn", quarter=str(quarter))
    days = processed.rows("quarters", {"quarter": [page.quarter]}).iloc[0]
    begins, ends = (days[name].date() for name in ("first_day", "last_day"))
    plan, form = plan_of_year(processed, page.quarter), codebook().inspection_form
    asked = {*page.asked, *(one.code for one in form.columns if not one.is_question)}
    lot = page.words("form.visits.lot", seed=page.draw.seed, size=page.size)
    commune = "" if plan is None else str(plan["commune"])
    return Questionnaire(
        quarter=quarter,
        begins=begins,
        ends=ends,
        first_day=begins,
        last_day=date(ends.year + 1, 12, 31),
        commune=commune,
        made_up=processed.is_made_up(page.quarter),
        villages=(Village(lot, page.words("form.visits.drawn"), _homes(drawn, processed)),),
        table=replace(form, columns=tuple(one for one in form.columns if one.code in asked)),
        everyone=True,
        visits=True,
    )


def _homes(drawn: pd.DataFrame, processed: Processed) -> tuple[Home, ...]:
    names = drawn["head_name"].astype("str").fillna("")
    rows = zip(drawn["household"], names, drawn["village"], strict=True)
    return tuple(Home(home, name, processed.villages[village]) for home, name, village in rows)


def write_visits(folder: Path, page: Inspection, villages: Collection[str] = ()) -> Iterator[str]:
    """Write the workbook, unless somebody has begun to fill it in; says what was made.

    Args:
        folder: where to.
        page: the quarter's page of visits, in the language of the workbook.
        villages: as in `visits_of`.

    Raises:
        CampaignError: as `visits_of` does, or the file cannot be written.
    """
    asked = visits_of(page, villages)
    (village,) = asked.villages
    path = folder / f"{asked.quarter}_kiem-tra_{INTERNAL}.xlsx"
    if path.exists() and has_answers(path, asked):
        yield aloud("command.form.kept", file=str(path))
    else:
        write_workbook(path, asked, village, page.words)
        told = {"count": len(village.homes), "seed": page.draw.seed, "file": str(path)}
        yield aloud("command.form.visits", quarter=str(asked.quarter), **told)
    yield "  " + aloud("command.form.visits_back", quarter=str(asked.quarter))
    yield from (aloud(f"form.{name}.long") for name in names_of_marks(asked))
