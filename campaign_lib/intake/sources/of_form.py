"""Sheets that our own form wrote beside the one to fill in: its help, and its lists of answers.

They are told by what stands on them, as people give files and sheets other names. Nothing need be
said of them: nobody wrote them, and they hold no row of any table.
"""

import numpy as np

from campaign_lib.codebook import Table
from campaign_lib.intake.cells import Cells, Grid, shown
from campaign_lib.words import LANGUAGES, Words

#: How many rows with anything in them may stand above the help's headings.
_SEARCHED = 40


def is_of_form(grid: Grid, table: Table) -> bool:
    """Say whether a sheet is the help or the lists of a form of the table."""
    return _is_help(grid) or _is_lists(grid, table)


def _is_help(grid: Grid) -> bool:
    headings = {
        Words(language)(f"form.help.{name}")
        for language in LANGUAGES
        for name in ("column", "ask", "allowed")
    }
    rows = np.flatnonzero(grid.filled)[:_SEARCHED]
    return any(headings <= set(grid.texts(int(row))) for row in rows)


def _is_lists(grid: Grid, table: Table) -> bool:
    """Say whether each column is all answers to a question, each once, and nothing else."""
    lists = {
        frozenset(getattr(answer, language) for answer in column.answers)
        for column in table.columns
        for language in LANGUAGES
    } - {frozenset()}
    return len(grid.columns) > 1 and all(_is_one_of(cells, lists) for cells in grid.columns)


def _is_one_of(cells: Cells, lists: set[frozenset[str]]) -> bool:
    texts = frozenset(map(shown, cells.distinct)) - {""}
    return texts in lists and int(cells.filled.sum()) == len(texts)
