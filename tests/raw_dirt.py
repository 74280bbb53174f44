"""Writes a drawn campaign as officers would: other spellings, other files, and what is wrong.

Spellings never change what a cell says. What is wrong is of the kinds of the contract's table of
problems (section 2); nothing here stops a build.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from intake_files import csv_text, utf_16, workbook, write_file
from raw_files import COLUMNS

from campaign_lib.codebook import codebook

Row = dict[str, Any]
#: What may be wrong with a file's rows, and what may be odd about its writing.
WRONG = (
    "repeated", "contradicted", "strangers", "empty", "unreadable", "late", "two ways of numbers",
    "before joining",
)  # fmt: skip
ODD = (
    "labels", "spellings", "day first", "case", "decomposed", "spaces", "shuffled", "blank rows",
    "unknown column", "separator", "mark", "utf-16", "crlf", "workbook", "vietnamese numbers",
)  # fmt: skip
YES, NO = ("yes", "Có", "co", "1", "x", "YES"), ("no", "Không", "khong", "0", "KHÔNG")
UNREADABLE = ("chắc vậy", "=1+1", "2024-02-30", "31/04/2024", "-3", "0.850", "1e3", "1.2.3,4")
NOT_KNOWN = ("", "?", "kr", "Không rõ", " \u00a0")


def write_dirty(
    raw: Path, tables: Mapping[str, Sequence[Row]], lacks: Mapping[str, Iterable[str]], seed: int,
    dirt: Iterable[str],
) -> None:  # fmt: skip
    """Write every table as `raw/<name>.csv` or `.xlsx` with some of `WRONG` and `ODD`.

    Args:
        raw: the folder to write into.
        tables: rows by the name of their file.
        lacks: the columns that a file does not have.
        seed: where each piece of dirt falls.
        dirt: the kinds that may fall at all.
    """
    chance, kinds = Random(seed), frozenset(dirt)
    for name, rows in tables.items():
        left_out = set(lacks.get(name, ()))
        columns = [c for c in COLUMNS[name.partition("/")[0]] if c not in left_out]
        cells = [{c: row.get(c) for c in columns} for row in rows]
        _File(name, columns, cells, chance, kinds).write(raw)


class _File:
    """One file on its way to the disk."""

    def __init__(
        self, name: str, columns: list[str], rows: list[Row], chance: Random, kinds: frozenset[str]
    ) -> None:
        self.name, self.table = name, codebook().tables[name.partition("/")[0]]
        self.columns, self.rows, self.chance = columns, rows, chance
        self.kinds = frozenset(kind for kind in sorted(kinds) if chance.random() < 0.7)

    def write(self, raw: Path) -> None:
        if self.rows and self.name != "villages":
            self.spoil()
        order = list(self.columns)
        if "shuffled" in self.kinds:
            self.chance.shuffle(order)
        headings = {column: self.heading(column) for column in order}
        written = [{headings[c]: self.spelt(c, row[c]) for c in order} for row in self.rows]
        names = [headings[c] for c in order]
        if "unknown column" in self.kinds:
            names.insert(0, "Ghi chú của thôn")
        if "blank rows" in self.kinds:
            for _ in range(2):
                written.insert(self.chance.randint(0, len(written)), {})
        if "workbook" in self.kinds:
            grid = [names, *([row.get(name, "") for name in names] for row in written)]
            write_file(raw / f"{self.name}.xlsx", workbook({"Sheet1": grid}))
        else:
            write_file(raw / f"{self.name}.csv", self.encoded(names, written))

    def spoil(self) -> None:
        """Add what is wrong: rows that should not be there, and cells that cannot be read."""
        rows, pick = self.rows, self.chance.choice
        if "repeated" in self.kinds:
            rows.append(dict(pick(rows)))
        if "contradicted" in self.kinds:
            other = pick([c for c in self.columns if c not in self.table.key] or self.columns)
            rows.append({**pick(rows), other: pick(rows)[other]})
        for column, value in (("household", "H99"), ("village", "Đăk Tờ Re")):
            if "strangers" in self.kinds and column in self.columns:
                rows.append({**pick(rows), column: value})
        if "empty" in self.kinds:
            pick(rows)[pick(self.columns)] = pick(NOT_KNOWN)
        if "unreadable" in self.kinds:
            pick(rows)[pick(self.columns)] = pick(UNREADABLE)
        if "late" in self.kinds and "surveyed_on" in self.columns:
            late = pick((date(2023, 1, 1), date(2024, 6, 30), date(2025, 4, 2), date(2030, 1, 1)))
            pick(rows)["surveyed_on"] = late
        if "before joining" in self.kinds and "joined_on" in self.columns:
            pick(rows).update(joined_on=date(2024, 1, 2), left_on=date(2024, 1, 1))
        if "two ways of numbers" in self.kinds and "income" in self.columns:
            pick(rows)["income"], pick(rows)["income"] = "1.850,5", "1,850.5"
        self.chance.shuffle(rows)

    def heading(self, column: str) -> str:
        about = self.table.column(column)
        if "labels" not in self.kinds:
            return column
        text = self.chance.choice((about.code, about.vi, about.en))
        in_group = self.table.name == "survey" and self.chance.random() < 0.2
        return self.loosely(f"nhom_1/{text}" if in_group else text)

    def spelt(self, column: str, cell: object) -> object:
        """Write a cell another way that says the same."""
        about, kinds, pick = self.table.column(column), self.kinds, self.chance.choice
        if cell is None:
            return ""
        if isinstance(cell, date):
            if "day first" in kinds and self.chance.random() < 0.5:
                return f"{cell.day}/{cell.month:02}/{cell.year}"
            return cell if "workbook" in kinds and self.chance.random() < 0.5 else cell.isoformat()
        if "spellings" in kinds and about.type == "yes_no" and cell in ("yes", "no"):
            return pick(YES if cell == "yes" else NO)
        if "spellings" in kinds and about.type in ("choice", "choices"):
            said = {answer.code: answer.spellings for answer in about.answers}
            return "; ".join(pick(said.get(part, (part,))) for part in str(cell).split(";"))
        if column == "income" and isinstance(cell, str) and cell.isdigit():
            return self.number(cell)
        return self.loosely(cell) if isinstance(cell, str) else cell

    def number(self, digits: str) -> object:
        if "workbook" in self.kinds and self.chance.random() < 0.5:
            return int(digits)
        if "vietnamese numbers" in self.kinds and len(digits) == 4:
            return f"{digits[0]}.{digits[1:]}"
        return digits

    def loosely(self, text: str) -> str:
        """Change case, Unicode form and white space."""
        if "case" in self.kinds and self.chance.random() < 0.3:
            text = text.swapcase()
        if "decomposed" in self.kinds:
            text = unicodedata.normalize("NFD", text)
        if "spaces" in self.kinds and self.chance.random() < 0.3:
            text = f"\u00a0{text.replace(' ', '  ')} "
        return text

    def encoded(self, names: list[str], rows: list[Row]) -> bytes:
        text = csv_text(names, rows)
        if "separator" in self.kinds and not any(sign in text for sign in ';"\t'):
            text = text.replace(",", self.chance.choice(";\t"))
        if "crlf" in self.kinds:
            text = text.replace("\n", "\r\n")
        if "utf-16" in self.kinds:
            return utf_16(text, self.chance.choice(("le", "be")))
        return text.encode("utf-8-sig" if "mark" in self.kinds else "utf-8")
