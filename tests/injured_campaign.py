"""Campaigns with any number of injuries to any of their tables, as the tests draw and write them.

Villages V1 to V6, a household E1 to E6 in each, and six rows of every other table that hang on
them. The table `communes` is left out: what several communes mean is no matter of injured cells.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hypothesis import strategies as st
from intake_files import COLUMNS, REQUIRED, Content, example, file_of, workbook

#: The tables in the order in which others hang on them.
NAMES = ("villages", "households", *sorted(COLUMNS.keys() - {"villages", "households", "communes"}))
HOW_MANY = 6
#: Never an answer, a day, a number: unreadable, but in columns of free text, and for ids.
STRANGE = ("?!?", "=1+1", "<b>", "../x", "có lẽ", "-9e9", "2024-02-30", "yes no", "\u202e1")
EMPTY, NOT_KNOWN = "", "không rõ"
TEXTS = (*STRANGE, EMPTY, NOT_KNOWN)
KINDS = ("csv", "semicolons", "xlsx", "below a title")

Row = Mapping[str, str]


class Written(NamedTuple):
    """A table as it is written: its rows in their order, None for a blank one."""

    name: str
    rows: Sequence[Row | None]
    columns: Sequence[str]
    kind: str = "csv"

    @property
    def file(self) -> str:
        return file_of(self.name) + (".csv" if self.kind in ("csv", "semicolons") else ".xlsx")

    @property
    def there(self) -> dict[int, Row]:
        """The rows by their number, as a spreadsheet shows it."""
        first = 4 if self.kind == "below a title" else 2
        return {at: row for at, row in enumerate(self.rows, first) if row is not None}


def good_row(table: str, number: int) -> dict[str, str]:
    """Give a good row, the household of its number and that one's village where it names any."""
    cells = {name: str(text) for name, text in example(table, number).items()}
    if table != "villages" and "village" in cells:
        cells["village"] = f"V{number}"
    if table != "households" and "household" in cells:
        cells["household"] = f"E{number}"
    return cells


def good(table: str) -> Written:
    """Give a table without an injury."""
    rows = [good_row(table, number) for number in range(1, HOW_MANY + 1)]
    return Written(table, rows, COLUMNS[table])


@st.composite
def injured_campaigns(draw: st.DrawFn) -> dict[str, Written]:
    """Injure one table or several."""
    injured = draw(st.sets(st.sampled_from(NAMES), min_size=1, max_size=4))
    return {name: draw(injured_table(name)) if name in injured else good(name) for name in NAMES}


@st.composite
def injured_table(draw: st.DrawFn, table: str) -> Written:
    """Change cells, repeat rows as they are or changed, take away and move rows and columns.

    A file that ends early, at the end of a line, has lost its last rows.
    """
    # What several communes in one folder mean is another matter than unreadable cells.
    names = [name for name in COLUMNS[table] if (table, name) != ("villages", "commune")]
    changed = st.dictionaries(st.sampled_from(names), st.sampled_from(TEXTS), max_size=2)
    numbers = st.sampled_from(range(1, HOW_MANY + 1))
    cells = draw(st.dictionaries(numbers, changed, max_size=4))
    rows: list[Row | None] = [
        {**good_row(table, number), **cells.get(number, {})} for number in range(1, HOW_MANY + 1)
    ]
    for number, again in draw(st.lists(st.tuples(numbers, changed), max_size=2)):
        day = {"surveyed_on": "2024-02-01"} if table == "survey" and draw(st.booleans()) else {}
        rows.append({**good_row(table, number), **cells.get(number, {}), **day, **again})
    for at in sorted(draw(st.sets(st.sampled_from(range(HOW_MANY)), max_size=2)), reverse=True):
        rows[at : at + 1] = draw(st.sampled_from(([], [None])))
    rows = draw(st.permutations(rows))
    rows = rows[: draw(st.sampled_from((None, None, None, -1, -3)))]
    optional = [name for name in COLUMNS[table] if (table, name) not in REQUIRED]
    lost = draw(st.sets(st.sampled_from(optional), max_size=2)) if optional else set()
    columns = [name for name in draw(st.permutations(COLUMNS[table])) if name not in lost]
    return Written(table, rows, columns, draw(st.sampled_from(KINDS)))


def files_of(tables: Mapping[str, Written]) -> dict[str, Content]:
    """Give the files of a campaign for `intake_files.read`, and take away those of `BASE`."""
    good_files: dict[str, Content] = dict.fromkeys(
        map(file_of, ("villages", "households", "survey"))
    )
    return good_files | {table.file: content_of(table) for table in tables.values()}


def content_of(table: Written) -> bytes:
    """Give the bytes of a table's file."""
    grid: list[list[object]] = [list(table.columns)]
    grid += [[(row or {}).get(name, "") for name in table.columns] for row in table.rows]
    if table.kind in ("xlsx", "below a title"):
        title: list[list[object]] = [["Biểu của thôn"], []]
        return workbook({"S": [*(title if table.kind == "below a title" else []), *grid]})
    text = io.StringIO()
    csv.writer(text, delimiter=";" if table.kind == "semicolons" else ",").writerows(grid)
    return text.getvalue().encode()
