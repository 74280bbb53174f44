"""Whether somebody has begun to fill a workbook in: such a one is not written over."""

from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from campaign_lib.codebook import folded
from campaign_lib.office.forms.questionnaire import Questionnaire


def has_answers(path: Path, asked: Questionnaire) -> bool:
    """Say whether any cell that is to be filled in has something in it.

    A file that cannot be read as one of our workbooks counts as filled in: whatever it is, it is
    not ours to replace.
    """
    try:
        with path.open("rb") as file:
            book = CalamineWorkbook.from_filelike(file)
            rows = book.get_sheet_by_name(str(asked.quarter)).to_python()
    except (CalamineError, OSError):
        return True
    open_to_all = {folded(text) for column in asked.asked for text in column.headings}
    headings = [folded(str(cell)) for cell in rows[0]] if rows else []
    answered = [position for position, text in enumerate(headings) if text in open_to_all]
    return not answered or any(str(row[place]).strip() for row in rows[1:] for place in answered)
