"""Plan files of a folder: TOML, or a workbook that says the same (data contract, section 3).

A workbook is turned into what a TOML file says, and is checked by the same rules; sentences name
its cells. What could be read in two ways is left as it is, for these rules to refuse it.
"""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from campaign_lib.base.limits import (
    MOST_BYTES_OF_PLAN,
    MOST_CELLS_OF_PLAN,
    refuse_cells,
    whole_content,
)
from campaign_lib.codebook import folded
from campaign_lib.errors import LANGUAGES, CampaignError, Message
from campaign_lib.intake.cells import UnreadableError, shown
from campaign_lib.intake.sources.archive import unreadable
from campaign_lib.intake.sources.workbook import open_workbook
from campaign_lib.intake.values import date_reader, is_unknown
from campaign_lib.plan import COUNTED, Plan, checked_plan, read_plan
from campaign_lib.plan.files import agreeing, plan_paths, plans_of_one
from campaign_lib.plan.items import ITEMS, SHEETS, answers_of, heading, sheet_names, spellings


def read_plan_files(folder: Path) -> tuple[Plan, ...]:
    """Read every plan file of a folder, in the order of their names; no folder is no plan.

    Raises:
        CampaignError: a file is not a plan, a plan is there in both kinds, or two of one year begin
            their quarters, or the year, on different days.
    """
    return agreeing(map(read_plan_file, plan_paths(folder)))


def read_plans(folder: Path) -> dict[int, Plan]:
    """Read the plans of a folder of one commune, by year.

    Raises:
        CampaignError: as `read_plan_files` and `plans_of_one`.
    """
    return plans_of_one(read_plan_files(folder))


def read_plan_file(path: Path) -> Plan:
    """Read one plan file of either kind.

    Raises:
        CampaignError: it is not a plan; the sentence names the file, the place and what is allowed.
    """
    if path.suffix.casefold() != ".xlsx":
        return read_plan(path)
    content = whole_content(path, path.name, MOST_BYTES_OF_PLAN)
    book = _Book(content, path.name)
    return checked_plan(book.said(), path, content, book.places, book.faults)


# One cell of a workbook, read as a TOML file would say it: numbers as text, codes for labels.

#: A number with one sign and three digits behind it, which stands for two numbers; and those that
#: can only be Vietnamese, or only English.
_TWO_WAYS = re.compile(r"\d+[.,]\d{3}")
_VIETNAMESE = re.compile(r"-?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)(?:,\d+)?")
_ENGLISH = re.compile(r"-?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d+)?")
#: What a format of numbers only shows; a % outside of it says that a cell holds a hundredth.
_ONLY_SHOWN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


@dataclass(frozen=True)
class _Cell:
    """What stands in a cell, whether a number is shown as a percentage, and where it is."""

    value: object
    is_percent: bool
    since_1904: bool
    place: Mapping[str, str]

    @property
    def is_said(self) -> bool:
        """Whether it says anything."""
        return not is_unknown(self.value)

    @property
    def number(self) -> Decimal | None:
        """The number that a spreadsheet holds, digit by digit as it was typed."""
        is_number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        return Decimal(repr(self.value)) if is_number else None


def _text(cell: _Cell) -> str:
    return shown(cell.value)


def _digits(number: Decimal, decimals: int) -> str:
    """Write a number with so many decimals, or as many as it has."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # it is finite
    return f"{number:.{max(decimals, -exponent)}f}"


def _plain(text: str) -> str:
    """Give a number that was written either way as TOML has it; other text as it is."""
    bare = text.replace(" ", "")
    if _TWO_WAYS.fullmatch(bare):
        return bare.replace(",", ".")
    if _VIETNAMESE.fullmatch(bare):
        return _sure(bare.replace(".", "").replace(",", "."))
    return _sure(bare.replace(",", "")) if _ENGLISH.fullmatch(bare) else text


def _sure(number: str) -> str:
    """Take from a number that can be read in one way alone what would make it look otherwise."""
    return f"{number}0" if re.search(r"\.\d{3}$", number) else number


def _decimal(cell: _Cell) -> str:
    return _plain(_text(cell)) if cell.number is None else _sure(_digits(cell.number, 0))


def _percent(cell: _Cell) -> str:
    """Read a percentage: below 1 only where a sign, or the cell's format, says of what."""
    text, number = _text(cell), cell.number
    if number is not None:
        number = (number * 100).normalize() if cell.is_percent else number
        return _digits(number, 4 if 0 < number < 1 and not cell.is_percent else 2)
    plain = _plain(text.removesuffix("%").strip())
    is_sure = text.endswith("%") and re.fullmatch(r"\d+(?:\.\d)?", plain)
    return _digits(Decimal(plain), 2) if is_sure else plain


def _share(cell: _Cell) -> str:
    """Read a part of one: 25 %, 0.25 and 25 are the same."""
    text, number = _text(cell), cell.number
    if number is None:
        plain = _plain(text.removesuffix("%").strip())
        if not re.fullmatch(r"\d+(?:\.\d+)?", plain):
            return plain
        number = Decimal(plain) / (100 if text.endswith("%") else 1)
    return _digits((number if number <= 1 else number / 100).normalize(), 0)


def _whole(cell: _Cell) -> object:
    text = _text(cell)
    return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else text


def _date(cell: _Cell) -> object:
    try:
        return date_reader([cell.value], cell.since_1904)(cell.value)
    except UnreadableError:
        return _text(cell)


_READERS: Mapping[str, Callable[[_Cell], object]] = {
    "text": _text, "texts": _text, "decimal": _decimal, "share": _share, "whole": _whole,
    "year": _whole, "date": _date,
}  # fmt: skip


def _chosen(cell: _Cell, name: str) -> str:
    """Give the code of what was chosen; other text as it is."""
    codes = spellings({one.code: one.spellings for one in answers_of(name)})
    return codes.get(folded(_text(cell)), _text(cell))


# A workbook as a whole.

#: The columns that a row of headings has at least, by sheet.
_NEEDED = {"head": ("item", "value"), "targets": ("indicator", "at_least"), "tasks": ("id", "vi")}


class _Book:
    """A workbook that is being read.

    `places` are those of the keys that were looked at, `faults` the rows that are none of a plan's.
    """

    def __init__(self, content: bytes, file: str) -> None:
        self.file, self.book = file, open_workbook(content, file)
        self.places: dict[str, Mapping[str, str]] = {}
        self.faults: list[CampaignError] = []
        self.grids = {name: self.book.grid(name) for name in self.book.names}
        for grid in self.grids.values():
            refuse_cells(len(grid.filled), len(grid.columns), file, MOST_CELLS_OF_PLAN)
        self.percents = set(self.shown_as_percentages(content))

    def shown_as_percentages(self, content: bytes) -> Iterator[tuple[str, int, int]]:
        """Give sheet, row and column of the cells whose format has a %."""
        try:
            book = load_workbook(io.BytesIO(content), read_only=True)
            for name, grid in self.grids.items():
                book[name].reset_dimensions()
                reach = {"max_row": len(grid.filled), "max_col": len(grid.columns)}
                for row, cells in enumerate(
                    book[name].iter_rows(**reach) if len(grid.filled) else ()
                ):
                    for at, cell in enumerate(cells):
                        if "%" in _ONLY_SHOWN.sub("", str(cell.number_format)):
                            yield name, row, at
        except (OSError, KeyError, ValueError, TypeError, BadZipFile) as error:
            raise unreadable(self.file, error) from error

    def said(self) -> dict[str, Any]:
        """Give what the sheets say.

        Raises:
            CampaignError: a sheet or its headings are missing.
        """
        return {**self.head(), "targets": self.targets(), "tasks": [*self.tasks()]}

    def head(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        items = {item.key: item for item in ITEMS}
        labels = {key: [key, *map(item.label, LANGUAGES)] for key, item in items.items()}
        for key, cells in self.named("head", labels, "value"):
            kind, cell = items[key].kind, cells["value"]
            read = _READERS.get(kind)
            value = read(cell) if read else _chosen(cell, items[key].name)
            if kind == "yes_no":
                value = {"yes": True, "no": False}.get(str(value), value)
            table, _, name = key.rpartition(".")
            if kind == "texts":
                found.setdefault(key, []).append([value] if key == "recipients" else value)
            elif table == "path":
                self.places.setdefault(table, cell.place)
                found.setdefault(table, []).append(value)
            else:
                (found.setdefault(table, {}) if table else found)[name] = value
        return found

    def targets(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        labels = {one.code: one.spellings for one in answers_of("indicator")}
        for key, cells in self.named("targets", labels, "at_least", "at_most"):
            read = _whole if key in COUNTED else _percent
            said = {one: read(cells[one]) for one in ("at_least", "at_most") if cells[one].is_said}
            found[key] = {**said, "section": _text(cells["section"])}
            self.places |= {f"targets.{key}.{name}": cell.place for name, cell in cells.items()}
            self.places[f"targets.{key}"] = cells["at_least"].place
        return found

    def tasks(self) -> Iterator[dict[str, Any]]:
        rows = (cells for cells in self.rows("tasks") if any(one.is_said for one in cells.values()))
        for number, cells in enumerate(rows, 1):
            self.places |= {f"tasks.{number}.{key}": cell.place for key, cell in cells.items()}
            said = {key: _chosen(cell, key) for key, cell in cells.items() if cell.is_said}
            yield {"section": "", **said}

    def named(
        self, sheet: str, labels: Mapping[str, Any], *columns: str
    ) -> Iterator[tuple[str, Mapping[str, _Cell]]]:
        """Give the rows that say something in a column, each with what its first cell names.

        One that names nothing, or what another row has named, is a fault.
        """
        known, seen = spellings(labels), set[str]()
        lists = {item.key for item in ITEMS if item.kind == "texts"}
        for cells in self.rows(sheet):
            label = cells[SHEETS[sheet][0]]
            key = known.get(folded(_text(label)))
            if key is not None and key not in seen:
                self.places.setdefault(key, cells[columns[0]].place)
            if not any(cells[column].is_said for column in columns):
                continue
            if key is None or key in seen - lists:
                where = Message(
                    "errors.what.cell", sheet=label.place["sheet"], cell=label.place["cell"]
                )
                why = "plan.strange_row" if key is None else "plan.twice"
                at = {"file": self.file, "where": where}
                self.faults.append(CampaignError(why, **at, value=_text(label)))
                continue
            seen.add(key)
            yield key, cells

    def rows(self, sheet: str) -> Iterator[Mapping[str, _Cell]]:
        """Give the rows below a sheet's headings, by column; a column that is missing is empty.

        Raises:
            CampaignError: the sheet, or its headings, are missing.
        """
        wanted = set(map(folded, sheet_names(sheet)))
        names = [name for name in self.grids if folded(name) in wanted]
        called = {"file": self.file, "sheet": sheet_names(sheet)[0]}
        if not names:
            raise CampaignError("plan.no_sheet", **called, sheets=", ".join(self.grids))
        grid = self.grids[names[0]]
        texts = {one: [one, *(heading(one, each) for each in LANGUAGES)] for one in SHEETS[sheet]}
        known, columns = spellings(texts), dict[str, int]()
        for row in map(int, np.flatnonzero(grid.filled)):
            if columns:
                yield {name: self.cell(names[0], row, columns.get(name)) for name in SHEETS[sheet]}
                continue
            found = {known.get(folded(text)): at for at, text in enumerate(grid.texts(row))}
            if found.keys() >= {*_NEEDED[sheet]}:
                columns = {name: at for name, at in found.items() if name is not None}
        if not columns:
            needed = ", ".join(heading(name, LANGUAGES[0]) for name in _NEEDED[sheet])
            raise CampaignError("plan.no_headings", **called, columns=needed)

    def cell(self, sheet: str, row: int, at: int | None) -> _Cell:
        """Give a cell, by its row and column from 0; no column is an empty one."""
        grid = self.grids[sheet]
        value = "" if at is None else grid.columns[at].distinct[grid.columns[at].codes[row]]
        is_percent = (sheet, row, at) in self.percents
        text = (
            f"{Decimal(repr(value)) * 100:f} %"
            if is_percent and isinstance(value, float)
            else shown(value)
        )
        place = {
            "sheet": sheet,
            "cell": f"{get_column_letter((at or 0) + 1)}{row + 1}",
            "shown": text,
        }
        return _Cell(value, is_percent, grid.marks.since_1904, place)
