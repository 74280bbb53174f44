"""What the fuzzer begins with: small good files, each of another kind, all made up."""

import io
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from intake_files import BASE, COLUMNS, csv_text, example, file_of, utf_16, workbook
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

#: A real workbook of the old kind, which nothing here can write.
OLD_WORKBOOK = Path(__file__).resolve().parents[1] / "intake" / "activities_of_1997.xls"
_PLAN = """
year = 2024
baseline = 2023-12-31
illustrative = true
path = ["0.25", "0.50", "0.75", "1"]
[parameters]
district_mean_income = "1850"
[targets.changed_mindset]
at_least = "77.17"
[targets.front_models]
at_least = 1
at_most = 2
[[tasks]]
id = "2024-Q1-1"
quarter = "Q1"
owner = "a"
section = "III.1"
vi = "a"
en = "a"
"""
_CORRECTIONS = b"""file,key,column,old,new,who,when,why
activities.csv,HD1,led_by,elder,cadre,A,2024-02-01,form
survey/2024Q1.csv,H02,has_tv,yes,no,B,2024-02-01,asked again
models.csv,MH3,started_on,2024-01-10,2024-01-11,B,2024-02-01,asked again
"""


@cache
def tables() -> Mapping[str, bytes]:
    """Give every table of a good campaign as CSV, by its path below raw/."""
    written = {}
    for table, columns in COLUMNS.items():
        rows = [*BASE.get(file_of(table), ()), *(example(table, number) for number in (1, 2, 3))]
        written[f"{file_of(table)}.csv"] = csv_text(columns, rows).encode()
    return {**written, "corrections.csv": _CORRECTIONS, "plans/2024.toml": _PLAN.encode()}


@cache
def seeds() -> tuple[tuple[str, bytes], ...]:
    """Give the files that are injured: each with its name, in which it takes a table's place."""
    found = list(tables().items())
    for file, content in tables().items():
        if file.endswith(".csv"):
            text = content.decode()
            rows = [line.split(",") for line in text.splitlines()]
            found.append((file, utf_16(text, "le")))
            found.append((file.replace(".csv", ".xlsx"), workbook({"Sheet1": rows})))
            found.append((file.replace(".csv", ".xlsx"), _untidy(rows)))
    survey = tables()["survey/2024Q1.csv"]
    found.append(("survey/2024Q1/thon 1.csv", survey))
    found.append(("survey/2024Q1/thon 2.xlsx", _export()))
    found += [("activities.xls", OLD_WORKBOOK.read_bytes())] * 6
    return tuple(found)


def _untidy(rows: list[list[str]]) -> bytes:
    """Write a workbook with most of what offices do to one."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Biểu tổng hợp"])
    sheet.merge_cells("A1:C1")
    for row in rows:
        sheet.append([_typed(cell) for cell in row])
    last = sheet.max_row
    sheet.append(["Tổng cộng", "=1+1"])
    sheet.append(["#N/A"])
    sheet.row_dimensions[last].hidden = True
    sheet.column_dimensions["B"].hidden = True
    sheet.merge_cells(start_row=3, end_row=4, start_column=2, end_column=2)
    sheet["C4"].font = Font(name=".VnTime")
    sheet["D4"] = '=A1&"x"'
    other = book.create_sheet("Ghi chú")
    other.append(["Ngày", date(2024, 1, 1), True, 1.5])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _typed(cell: str) -> object:
    if len(cell) == 10 and cell[4] == cell[7] == "-":
        return date.fromisoformat(cell)
    return int(cell) if cell.isdigit() else cell


def _export() -> bytes:
    """Write a survey as KoboToolbox exports it."""
    names = [f"g/{name}" for name in COLUMNS["survey"]]
    cells = [str(cell) for cell in example("survey", 5).values()]
    return workbook({"v1": [[*names, "_uuid", "g/informed"], [*cells, "u-1", "yes"]]})


def parts_of(book: bytes) -> int:
    """Count the sheets of a workbook, to show that a seed is one."""
    return len(load_workbook(io.BytesIO(book)).worksheets)
