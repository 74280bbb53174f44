"""Reads a workbook of the old kind, or of OpenDocument, in a process of its own: a program.

The library that reads them believes what a file says of itself, and can ask the system for all of
its memory or give up in the midst of a damaged one: both end the process, which must not be the
user's. The workbook comes in on standard input; what stands on its sheets goes out as JSON, a day
as an object. It imports nothing of ours, so that it starts at once.
"""

import contextlib
import io
import json
import sys
from datetime import date

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)


def limit_memory(most: int) -> None:
    """Let this process hold no more bytes than these, where the system knows such a limit."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows; macOS
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def read(content: bytes, most_cells: int) -> dict[str, object]:
    """Give the sheets of a workbook, or why there are none."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = []
        for about in book.sheets_metadata:
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(about.name)
            height, width = sheet.total_height, sheet.total_width
            if height * width > most_cells:
                return {"spreads": (height, width)}
            hidden = about.visible != SheetVisibleEnum.Visible
            rows = sheet.to_python(skip_empty_area=False)
            merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
            sheets.append((about.name, hidden, rows, merged))
    except PasswordError:
        return {"locked": True}
    except CalamineError as error:
        return {"error": str(error)}
    return {"sheets": sheets}


def _plain(cell: object) -> object:
    """Give a cell that JSON has no way to write."""
    return {"day": cell.isoformat()} if isinstance(cell, date) else str(cell)


if __name__ == "__main__":
    limit_memory(int(sys.argv[1]))
    answer = read(sys.stdin.buffer.read(), int(sys.argv[2]))
    sys.stdout.write(json.dumps(answer, default=_plain))
