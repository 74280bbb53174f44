"""Which column of a table a heading names."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from campaign_lib.codebook import Table, codebook, folded
from campaign_lib.errors import CampaignError
from campaign_lib.intake.cells import Cells, Remark, Sheet, is_empty
from campaign_lib.intake.exports import both, chosen_in, is_export, together, with_blanks
from campaign_lib.intake.old_letters import readings
from campaign_lib.intake.old_letters.evidence import CONVERTED

_MISSING = "the file has no such column"
_UNKNOWN = "the codebook does not know this column"
_BETWEEN_GROUPS = re.compile(r"[/-]")


def column_named(table: Table, heading: str) -> str | None:
    """Give the code of the column that a heading names, or None."""
    return _named(table, heading)[0]


def _named(table: Table, heading: str) -> tuple[str | None, str]:
    """Give the column that a heading names, and the legacy encoding that it names it in."""
    codes = _codes(table.name)
    for encoding, text in readings(heading).items():
        for name in _names(table, text):
            if name in codes:
                return codes[name], encoding
    return None, ""


def is_added(table: Table, heading: str) -> bool:
    """Say whether the survey's form, or the program it was filled in with, added a column."""
    book = codebook()
    return table.name == "survey" and any(
        name in book.export_names or name.startswith(book.export_starts)
        for name in _names(table, heading)
    )


@cache
def _codes(table: str) -> dict[str, str]:
    columns = codebook().tables[table].columns
    return {folded(text): column.code for column in columns for text in column.headings}


def _names(table: Table, heading: str) -> Iterator[str]:
    """Give what a heading may stand for: itself, or a question inside groups of a form."""
    whole = folded(heading)
    yield whole
    if table.name == "survey":
        for between in _BETWEEN_GROUPS.finditer(whole):
            yield whole[between.end() :]


@dataclass(frozen=True)
class Matched:
    """The cells of a sheet by the table's columns, and what is to be said of its other columns."""

    cells: Mapping[str, Cells]
    remarks: tuple[Remark, ...]


def match(table: Table, sheet: Sheet) -> Matched:
    """Say which column of a sheet is which of the table.

    Raises:
        CampaignError: a required column is missing, or one column stands twice.
    """
    found: dict[str, Cells] = {}
    parts: dict[str, dict[str, Cells]] = {}
    remarks: list[Remark] = []
    exported = is_export(table, sheet)
    converted = {one.column for one in sheet.remarks if one.action == CONVERTED}
    for position, (heading, whole) in enumerate(zip(sheet.headings, sheet.columns, strict=True), 1):
        cells = with_blanks(whole) if exported else whole
        code, encoding = _named(table, heading)
        chosen = chosen_in(table, heading) if code is None else None
        if encoding and code not in converted:
            problem = f"the heading is written in {encoding}; read as Unicode"
            remarks.append(_of_column(sheet, code or "", heading, problem, CONVERTED))
        if chosen:
            parts.setdefault(chosen[0], {})[chosen[1]] = cells
        elif code is None:
            remarks += _unknown(table, sheet, position, heading, cells, exported)
        elif code not in found:
            found[code] = cells
        elif exported:
            found[code] = both(found[code], cells)
        else:
            raise CampaignError(
                f"{sheet.file}: the column {code} stands twice; keep the right one."
            )
    found = {**{code: together(columns) for code, columns in parts.items()}, **found}
    for column in table.columns:
        if column.required and column.code not in found:
            raise CampaignError(
                f"{sheet.file}: the column {column.code} ({column.vi}) is missing; "
                "it is required, so add it."
            )
        if column.is_question and column.code not in found:
            remarks.append(_of_column(sheet, column.code, "", _MISSING, "column missing"))
    return Matched(found, tuple(remarks))


def _unknown(
    table: Table, sheet: Sheet, position: int, heading: str, cells: Cells, exported: bool
) -> Iterator[Remark]:
    """List a column that the codebook does not know, unless the form or its program added it.

    An export has an empty column for each note of its form.
    """
    filled = any(not is_empty(cells.distinct[code]) for code in np.unique(cells.codes))
    if (filled or (heading and not exported)) and not is_added(table, heading):
        yield _of_column(
            sheet, heading or f"column {position}", heading, _UNKNOWN, "column ignored"
        )


def _of_column(sheet: Sheet, column: str, value: str, problem: str, action: str) -> Remark:
    return Remark(problem, action, sheet.name, sheet.heading_row, column, value)
