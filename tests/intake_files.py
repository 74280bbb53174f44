"""Small raw campaigns for the tests of intake, and what came of them as plain Python values.

Tables, columns and actions are written down here once more, from the data contract (section 2): the
tests are a second reading of it, and take nothing but labels and the survey's questions from the
codebook.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from openpyxl import Workbook
from raw_files import PLAN_2024, write_plan

from campaign_lib.codebook import Column, codebook
from campaign_lib.intake import Campaign, read_campaign

Row = Mapping[str, object]
#: Rows to be added below those of `BASE`; or the whole file as text, bytes, or sheets of cells;
#: None takes the file away.
Content = Sequence[Row] | str | bytes | Mapping[str, Sequence[Sequence[object]]] | None

#: The fixture that writes `BASE` with the given files laid over it, and reads it.
Reads = Callable[..., Campaign]

REFUSED = "row refused"
UNKNOWN = "set to unknown"
SUPERSEDED = "superseded"
IGNORED = "column ignored"
ALL_THE_SAME = "read all the same"
MISSING = "column missing"
#: Decided from the tables that intake gives, on floors above it.
DECIDED_LATER = ("left out of the base", "counted for none")

TODAY = date(2025, 2, 1)
TASKS = ("2024-Q1-1", "2024-Q1-2")

ASKED = codebook().tables["survey"].questions
QUESTIONS = tuple(question.code for question in ASKED)
#: What the tests look at in a household's answers; to any other question it gives the last of the
#: answers, the highest number, or just a text.
ANSWERS = {"income": "1500", "house": "solid", "cooperative": "group", "loan_amount": "30"}
BY_TYPE = {"date": "2024-01-10", "text": "chữ"}


def answer(question: Column) -> str:
    """Give a good answer to a question."""
    if question.answers:
        return ANSWERS.get(question.code, question.answers[-1].code)
    return ANSWERS.get(question.code) or BY_TYPE.get(question.type, str(question.max or 1))


#: All columns of all tables, a * behind those that are required.
CONTRACT = {
    "communes": "commune* name* code valid_from valid_until",
    "villages": "village* name* aliases residential_areas* commune",
    "village_plans": "village* year* issued_on*",
    "households": "household* village* ethnicity* head_name head_sex members joined_on left_on",
    "poverty_status": "household* status* valid_from* reason",
    "survey": f"household* surveyed_on* enumerator {' '.join(QUESTIONS)}",
    "activities": (
        "activity* village held_on* kind led_by households_attending integrated_with commune"
    ),
    "models": (
        "model* owner* village residential_area field name registered_on started_on ended_on "
        "households copied_from effective ended_because commune"
    ),
    "funding": "village quarter* programme* planned disbursed purpose agency model commune",
    "extra_tasks": "task* given_on* given_by due_on owner text* commune",
    "task_progress": "task* reported_on* status* evidence commune",
    "agency_plans": "agency* year* number issued_on status reported_on note commune",
    "people": "village* person* role* since until",
    "customs": "village* custom* status* seen_on*",
    "support": "household* agency* step* from* until done_on note",
    "remarks": "quarter* part* text* commune",
    "inspections": "household* quarter* question* found* inspected_on* inspector",
    "allocation": "year* indicator* village* count*",
}
COLUMNS = {
    table: tuple(column.rstrip("*") for column in columns.split())
    for table, columns in CONTRACT.items()
}
REQUIRED = [
    (table, column.rstrip("*"))
    for table, columns in CONTRACT.items()
    for column in columns.split()
    if column.endswith("*")
]
#: What every campaign has unless a test says otherwise: two villages, sixty households H01 to H60
#: that have always lived in A, and a survey that nobody has answered yet.
BASE: dict[str, list[Row]] = {
    "villages": [
        {"village": "A", "name": "Thôn 1", "residential_areas": 2},
        {"village": "B", "name": "Thôn 2", "residential_areas": 1},
    ],
    "households": [
        {"household": f"H{number:02}", "village": "A", "ethnicity": "Ba Na"}
        for number in range(1, 61)
    ],
    "survey/2024Q1": [],
}
#: A good row of every table, its cells in the order of the columns, with a number in its key.
EXAMPLES = {
    "communes": "X{n} | Xã {n} | 2350{n} | 2020-01-01 | 2025-06-30",
    "villages": "V{n} | Làng {n} | Kon {n} | 1 |",
    "village_plans": "A | 20{n:02} | 2024-01-10",
    "households": "E{n} | A | Xơ Đăng | Y Thu | female | 4 | 2024-01-10 | 2024-12-01",
    "poverty_status": "H{n:02} | poor | 2024-01-10 | rà soát",
    "survey": "H{n:02} | 2024-01-10 | Y Thu | " + " | ".join(map(answer, ASKED)),
    "activities": "HD{n} | A | 2024-01-10 | họp thôn | elder | 20 | new_rural |",
    "models": (
        "MH{n} | residential_area | A | 1 | trồng trọt | Lúa | 2024-01-05 | 2024-01-10 | "
        "2024-12-01 | 3 | MH1 | yes | hết vốn |"
    ),
    "funding": "A | 2024Q1 | other | 40 | 30 | việc {n} | Hội Nông dân | MH1 |",
    "extra_tasks": "PS{n} | 2024-01-10 | Đảng ủy | 2024-12-01 | a | rà soát |",
    "task_progress": "2024-Q1-1 | {day} | done | biên bản |",
    "agency_plans": "Hội Nông dân | 20{n:02} | 7/KH | 2024-01-10 | done | 2024-12-01 | chậm |",
    "people": "A | Già làng {n} | elder | 2024-01-10 | 2024-12-01",
    "customs": "A | Tảo hôn {n} | fading | 2024-01-10",
    "support": (
        "H{n:02} | Hội Nông dân | gave_up_customs | 2024-01-10 | 2024-12-01 | 2024-11-01 | tốt"
    ),
    "remarks": "202{n}Q1 | general | Lời |",
    "inspections": "H{n:02} | 2024Q1 | has_tv | yes | 2024-01-10 | A Biu",
    "allocation": "20{n:02} | informed | A | 5",
}


class Injury(NamedTuple):
    """A cell of an otherwise good row."""

    table: str
    column: str
    text: str


class Line(NamedTuple):
    """One line of problems.csv, without its sentence."""

    file: str
    row: int | None
    column: str
    value: str
    action: str


def example(table: str, number: int) -> dict[str, object]:
    """Give a good row of `table`; another `number` (1 to 60) is another key."""
    day = date(2024, 1, 1) + timedelta(number)
    cells = EXAMPLES[table].format(n=number, day=day).split("|")
    return dict(zip(COLUMNS[table], map(str.strip, cells), strict=True))


def file_of(table: str) -> str:
    """Give the file, below raw/ and without its ending, in which tests keep a table."""
    return "survey/2024Q1" if table == "survey" else table


def first_row(table: str) -> int:
    """Give the row, as a spreadsheet shows it, of the first row below those of `BASE`."""
    return 2 + len(BASE.get(file_of(table), []))


def write_campaign(raw: Path, files: Mapping[str, Content]) -> None:
    """Write `BASE` with `files` laid over it, and the plan of 2024 with two tasks.

    A name may have its ending (`activities.xlsx`); without one it is a CSV file.
    """
    write_plan(raw, PLAN_2024)
    with (raw / "plans" / "2024.toml").open("a", encoding="utf-8") as plan:
        for task in TASKS:
            plan.write(f'[[tasks]]\nid = "{task}"\nquarter = "Q1"\n')
            plan.write('owner = "a"\nsection = "III.1"\nvi = "a"\nen = "a"\n')
    for name, content in {**dict.fromkeys(BASE, ()), **files}.items():
        if content is not None:
            write_file(raw / (name if "." in name else f"{name}.csv"), whole(name, content))


def whole(name: str, content: Content) -> bytes:
    """Give the bytes of a raw file; rows are written below those that `BASE` has for it."""
    if isinstance(content, bytes):
        return content
    if isinstance(content, str):
        return content.encode("utf-8")
    if isinstance(content, Mapping):
        return workbook(content)
    rows = [*BASE.get(name, ()), *(content or ())]
    return csv_text(COLUMNS[name.partition("/")[0]], rows).encode("utf-8")


def write_file(path: Path, content: bytes) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def csv_text(columns: Iterable[str], rows: Iterable[Row]) -> str:
    """Write rows as CSV text; cells without a value are empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """Write an XLSX file: cells keep their types, and text is never a formula."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for y, cells in enumerate(rows, 1):
            for x, value in enumerate(cells, 1):
                cell = sheet.cell(y, x, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def utf_16(text: str, byte_order: str) -> bytes:
    """Encode with a byte order mark; `byte_order` is le or be."""
    mark = codecs.BOM_UTF16_LE if byte_order == "le" else codecs.BOM_UTF16_BE
    return mark + text.encode(f"utf-16-{byte_order}")


def lines(campaign: Campaign) -> list[Line]:
    """Give the problems that intake itself decides, in their order."""
    names = ["file", "row", "column", "value", "action"]
    return [
        Line(file, None if pd.isna(row) else int(row), column, value, action)
        for file, row, column, value, action in campaign.problems[names].itertuples(index=False)
        if action not in DECIDED_LATER
    ]


def rows(campaign: Campaign, table: str) -> dict[int, dict[str, Any]]:
    """Give a table's rows by their row in the file; missing is None, a date is ISO text."""
    frame = campaign.tables[table]
    return {
        record["source_row"]: {str(name): _plain(value) for name, value in record.items()}
        for record in frame.to_dict("records")
    }


def column(campaign: Campaign, table: str, name: str) -> list[Any]:
    """Give a column in the order of the file's rows, as `rows` gives its cells."""
    return [row[name] for _, row in sorted(rows(campaign, table).items())]


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else value


def questions_of(campaign: Campaign, quarter: str = "2024Q1") -> set[str]:
    """Give the questions that a quarter's survey asked."""
    return set(QUESTIONS) & campaign.surveyed[quarter]


def counts(campaign: Campaign, file: str) -> tuple[int, int, int, int]:
    """Give rows_read, rows_kept, rows_refused and rows_superseded of one file."""
    names = ["rows_read", "rows_kept", "rows_refused", "rows_superseded"]
    found = campaign.files.loc[campaign.files["file"] == file, names]
    assert len(found) == 1, f"{file} stands {len(found)} times in files"
    read, kept, refused, superseded = map(int, found.iloc[0])
    return read, kept, refused, superseded


def assert_nothing_is_lost(campaign: Campaign) -> None:
    """Each row of each file is kept, refused or superseded, once; and is listed as such."""
    kept: dict[str, list[tuple[str, int]]] = {}
    place = ["source_file", "source_sheet", "source_row"]
    for table in campaign.tables.values():
        for file, sheet, row in table[place].itertuples(index=False, name=None):
            kept.setdefault(file, []).append((sheet, int(row)))
    listed_lines = campaign.problems[["action", "file", "sheet", "row"]]
    fates: dict[str, set[tuple[str, str, int]]] = {REFUSED: set(), SUPERSEDED: set()}
    for action, *where in listed_lines.itertuples(index=False, name=None):
        if action in fates:
            fates[action].add(tuple(where))
    assert not fates[REFUSED] & fates[SUPERSEDED]
    listed = {name: Counter(file for file, *_ in places) for name, places in fates.items()}
    for file in campaign.files["file"]:
        read, stayed, refused, superseded = counts(campaign, file)
        assert read == stayed + refused + superseded, file
        assert stayed == len(kept.get(file, [])) == len(set(kept.get(file, []))), file
        assert (refused, superseded) == (listed[REFUSED][file], listed[SUPERSEDED][file]), file
        gone = {
            (sheet, row) for name, sheet, row in fates[REFUSED] | fates[SUPERSEDED] if name == file
        }
        assert not gone & set(kept.get(file, [])), file


def read(raw: Path, files: Mapping[str, Content], today: date = TODAY) -> Campaign:
    """Write a campaign into the folder `raw` and read it."""
    write_campaign(raw, files)
    return read_campaign(raw, today)


def injured(raw: Path, injuries: Iterable[Injury]) -> tuple[Campaign, dict[Injury, int]]:
    """Read a campaign that has a good row for each injury but for that cell; and say which row."""
    tables: dict[str, list[Row]] = {}
    places = {}
    for injury in injuries:
        rows = tables.setdefault(file_of(injury.table), [])
        places[injury] = first_row(injury.table) + len(rows)
        rows.append({**example(injury.table, len(rows) + 1), injury.column: injury.text})
    return read(raw, tables), places


def lines_at(campaign: Campaign, table: str, row: int) -> list[Line]:
    """Give the problems of one row of a CSV file."""
    return [line for line in lines(campaign) if line[:2] == (f"{file_of(table)}.csv", row)]
