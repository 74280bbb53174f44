"""What inspectors found: a table with a row for each answer, or workbooks with a row for each home.

A workbook's row becomes as many rows of the table as it has answers, each with the place on the
sheet that it came from; what is read, refused and listed is then the same for both.
"""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from campaign_lib.base.quarters import Quarter
from campaign_lib.codebook import codebook
from campaign_lib.codebook.problems import KEPT, sentence
from campaign_lib.errors import Message
from campaign_lib.intake.cells import (
    READ_ALL_THE_SAME,
    Cells,
    Sheet,
    UnreadableError,
    Whole,
    rows_with_each,
    shown,
)
from campaign_lib.intake.drafts import REFUSED, Draft
from campaign_lib.intake.headings import match
from campaign_lib.intake.sources.folder import INSPECTIONS
from campaign_lib.intake.values import is_unknown, reader_of
from campaign_lib.plan import plan_of
from campaign_lib.plan.files import ByYear

_NOT_ASKED = "column missing"
_NONE: Whole = np.zeros(0, dtype=np.int64)


def answers_of(sheet: Sheet, quarter: str) -> Sheet:
    """Lay a sheet with a column for each question out as the table has it: an answer a row.

    An empty cell, or one that says "not known", is no answer: a form that nobody has filled in has
    no row. Which questions were asked is for the form to say, so that none is missing.

    Args:
        sheet: what was read by the codebook's `inspection_form`.
        quarter: which quarter's visits they are.

    Raises:
        CampaignError: one column stands twice.
    """
    form = codebook().inspection_form
    matched = match(form, sheet)
    asked = {one.code: cells for one in form.questions if (cells := matched.cells.get(one.code))}
    rows, questions, codes, distinct = [_NONE], [_NONE], [_NONE], list[object]()
    for number, cells in enumerate(asked.values()):
        answers = np.array([not is_unknown(cell) for cell in cells.distinct], dtype=bool)
        rows.append(np.flatnonzero(answers[cells.codes]))
        questions.append(np.full(len(rows[-1]), number, dtype=np.int64))
        codes.append(cells.codes[rows[-1]] + len(distinct))
        distinct += cells.distinct
    order = np.lexsort((np.concatenate(questions), np.concatenate(rows)))
    row = np.concatenate(rows)[order]
    columns = {
        "quarter": Cells([quarter], np.zeros(len(row), dtype=np.int64)),
        "question": Cells([*asked], np.concatenate(questions)[order]),
        "found": Cells(distinct, np.concatenate(codes)[order]),
    }
    for code, cells in matched.cells.items():
        if code not in asked:
            columns[code] = Cells(cells.distinct, cells.codes[row])
    told = (one for one in matched.remarks if one.action != _NOT_ASKED)
    headings, cells_of, remarks = [*columns], [*columns.values()], [*sheet.remarks, *told]
    laid_out = replace(sheet, headings=tuple(headings), columns=tuple(cells_of))
    return replace(laid_out, rows=sheet.rows[row], remarks=tuple(remarks))


def read_findings(draft: Draft) -> None:
    """Read the column `found` by question; what cannot be read refuses its row.

    Each cell is read as the survey reads an answer to the row's question. In a workbook it stands
    in the question's own column.
    """
    asked = codebook().tables["survey"]
    cells = draft.cells["found"]
    found = draft.frame["found"].to_numpy(dtype=object)
    in_workbook = draft.frame["source_file"].str.startswith(f"{INSPECTIONS}/").to_numpy(bool)
    numbers, questions = pd.factorize(draft.frame["question"])
    for question, rows in zip(questions, rows_with_each(numbers, len(questions)), strict=True):
        draft.cells[question] = cells
        codes, number = np.unique(cells.codes[rows], return_inverse=True)
        read = reader_of(asked.column(question), [cells.distinct[code] for code in codes])
        for code, of_code in zip(codes, rows_with_each(number, len(codes)), strict=True):
            cell, here = cells.distinct[code], rows[of_code]
            if is_unknown(cell):
                continue  # already refused: a required cell
            try:
                found[here] = shown(read(cell))
            except UnreadableError as reason:
                found[here] = reason.instead
                why = Message.of(str(reason))
                problem = sentence("about.question", sentence=why, question=question)
                action = READ_ALL_THE_SAME if reason.instead else REFUSED
                for column, own in (("found", ~in_workbook), (question, in_workbook)):
                    draft.note_rows(here[own[here]], column, problem, action)
    draft.frame["found"] = pd.Series(found, index=draft.frame.index, dtype="str")


def doubt_days(draft: Draft, plans: ByYear, today: date) -> None:
    """List visits of a day to come, or before their quarter began; they count all the same.

    Args:
        draft: the table of visits.
        plans: by which calendar each year has its quarters.
        today: the day up to which dates are believed.
    """
    day, quarter = draft.frame["inspected_on"], draft.frame["quarter"]
    first = {
        code: pd.Timestamp(
            (one := Quarter.parse(code)).first_day(plan_of(plans, one.year).calendar)
        )
        for code in quarter.dropna().unique()
    }
    ahead = (day > pd.Timestamp(today)).to_numpy()
    draft.note(ahead, "inspected_on", sentence("row.after_today", day=today), KEPT)
    early = (day < pd.to_datetime(quarter.map(first))).to_numpy()
    for code in quarter[early].unique():
        problem = sentence("row.before_quarter", quarter=code)
        draft.note(early & (quarter == code).to_numpy(), "inspected_on", problem, KEPT)
