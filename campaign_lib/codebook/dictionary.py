"""The data dictionary: every raw table, column, answer and question, from the codebook alone.

`python -m campaign_lib.codebook.dictionary FILE` writes the page; without FILE it is printed.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from campaign_lib.base.files import write_text
from campaign_lib.codebook import TYPES, Codebook, Column, Table, codebook

#: Where the page lies in the project.
PAGE = "docs/data-dictionary.md"
_HEAD = f"""# Từ điển số liệu · Data dictionary

Trang này do `python -m campaign_lib.codebook.dictionary {PAGE}` viết ra từ sổ mã
`campaign_lib/codebook/codebook.toml`; muốn đổi thì sửa sổ mã rồi chạy lại lệnh.
This page is written by that command from the codebook; to change it, change the codebook and run
the command again.
"""
_YES = "có · yes"


def data_dictionary() -> str:
    """Give the page as Markdown, both languages side by side."""
    book = codebook()
    parts = [_HEAD, *_rules(book), *(part for table in book.tables.values() for part in _of(table))]
    return "\n".join([*parts, *_ethnic_groups(book)]).rstrip() + "\n"


def _rules(book: Codebook) -> Iterator[str]:
    """Say what holds for every table."""
    unknown = ", ".join(f"`{word}`" for word in sorted(book.unknown))
    yield "## Áp dụng cho mọi bảng · For every table\n"
    yield (
        "- Tiêu đề cột là mã, một trong hai tên hoặc cả câu hỏi; không phân biệt chữ hoa, chữ "
        "thường.\n"
        "  A column's heading is its code, one of its two labels or its question, in any case."
    )
    yield (
        "- Mỗi bảng là một tệp CSV hoặc Excel, không để cả hai; khảo sát của một quý có thể là\n"
        "  nhiều tệp trong thư mục mang tên quý, như `survey/2024Q3/`.\n"
        "  Each table is one CSV or Excel file, not both; a quarter's survey may be many files in\n"
        "  a folder named after the quarter, such as `survey/2024Q3/`."
    )
    yield (
        f"- Ô trống, {unknown}: chưa biết, ở cột nào cũng vậy.\n"
        f"  An empty cell, {unknown}: not known, in any column."
    )
    yield (
        f"- Ngày trước {book.first_day:%d/%m/%Y} hoặc sau {book.last_day:%d/%m/%Y} là ghi nhầm.\n"
        f"  A date before {book.first_day} or after {book.last_day} is a slip.\n"
    )


def _of(table: Table) -> Iterator[str]:
    """Describe one table: its file and key, its columns, its questions."""
    file = "survey/<year>Q<quarter>" if table.questions else table.name
    yield f"## {table.vi} · {table.en}\n"
    yield f"{table.row_vi} · {table.row_en}\n"
    yield f"- Tệp · File: `raw/{file}.csv`, `.xlsx`"
    yield f"- Khóa · Key: {', '.join(f'`{code}`' for code in table.key)}"
    if table.questions:
        added = ", ".join(f"`{one.code}` ({one.vi} · {one.en})" for one in codebook().form_columns)
        yield "- mỗi quý một tệp · one file for each quarter"
        yield f"- phiếu có thêm, khi đọc bỏ qua · the form adds, and reading leaves out: {added}"
    else:
        yield "- bắt buộc có · required" if table.required else "- không bắt buộc · optional"
    if table.name == "inspections":
        yield (
            "- hoặc phiếu do `campaign form DIR --inspection` viết, điền xong để trong "
            "`raw/inspections/<year>Q<quarter>/`\n"
            "  or the workbooks of that command, filled in, below that folder"
        )
    if table.one_of:
        either = ", ".join(f"`{code}`" for code in table.one_of)
        yield f"- mỗi dòng có ít nhất một trong · a row has at least one of: {either}"
    yield ""
    yield from grid(
        (
            "Cột · Column", "Tên · Labels", "Kiểu · Type", "Bắt buộc · Required",
            "Đơn vị · Unit", "Giới hạn · Bounds", "Trả lời · Answers",
        ),
        (_column(column) for column in table.columns),
    )  # fmt: skip
    if table.questions:
        yield f"### Câu hỏi · Questions: {table.vi} · {table.en}\n"
        yield from grid(
            ("Cột · Column", "Hỏi · Asked in Vietnamese", "Asked in English"),
            ((f"`{one.code}`", one.ask_vi, one.ask_en) for one in table.questions),
        )


def _column(column: Column) -> Sequence[str]:
    answers = "<br>".join(
        f"`{answer.code}`: {answer.vi} · {answer.en}"
        + (f" ({', '.join(answer.also)})" if answer.also else "")
        for answer in column.answers
    )
    if column.otherwise:
        answers += f"<br>chữ khác · any other text: `{column.otherwise}`"
    return (
        f"`{column.code}`",
        f"{column.vi} · {column.en}"
        + (f"<br>({', '.join(column.also)})" if column.also else "")
        + (f"<br>{column.about_vi} · {column.about_en}" if column.about_vi else ""),
        " · ".join(TYPES[column.type]),
        _YES if column.required else "",
        " · ".join(dict.fromkeys(filter(None, (column.unit_vi, column.unit_en)))),
        _bounds(column),
        answers,
    )


def _bounds(column: Column) -> str:
    least = "" if column.min is None else f"≥ {column.min}"
    most = "" if column.max is None else f"≤ {column.max}"
    gap = "" if column.least is None else f"0 · ≥ {column.least}"
    since = column.since and f"từ · since {column.since}"
    until = column.until and f"đến hết · until {column.until}"
    return ", ".join(filter(None, (gap or least, most, since, until)))


def _ethnic_groups(book: Codebook) -> Iterator[str]:
    yield "## Dân tộc · Ethnic groups\n"
    yield from grid(
        ("Mã · Code", "Tên · Name", "Tên gọi, cách viết khác · Other names and spellings"),
        ((f"`{group.code}`", group.name, ", ".join(group.also)) for group in book.ethnic_groups),
    )


def grid(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Draw a table of Markdown, and an empty line after it."""
    yield f"| {' | '.join(headings)} |"
    yield f"|{' --- |' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def main(arguments: Sequence[str]) -> None:
    """Write the page into the file that is named, or print it."""
    if arguments:
        write_text(Path(arguments[0]), data_dictionary())
    else:
        # Bytes, because a console of Windows may not know the letters of Vietnamese.
        sys.stdout.buffer.write(data_dictionary().encode())


if __name__ == "__main__":
    main(sys.argv[1:])
