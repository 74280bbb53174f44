"""An office's own list, taken into a raw table (`campaign import`).

In come a list as an office keeps it and the tables that are there; out go the table's workbook, and
what became of every column and row of the list. Nothing is written before that has been told.
"""

import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from campaign_lib.base.files import private_folder
from campaign_lib.codebook import Column, Table, codebook, ethnic_group
from campaign_lib.errors import CampaignError, Message, reason
from campaign_lib.intake import keys
from campaign_lib.intake.cells import UnreadableError, is_empty, shown
from campaign_lib.intake.drafts import Draft
from campaign_lib.intake.sources import read_table, tables_in
from campaign_lib.intake.sources.layout import ranges
from campaign_lib.intake.values import Known, is_unknown, reader_of
from campaign_lib.office.lists.merging import (
    Cells,
    Entry,
    Merged,
    homes_of,
    merge_households,
    merge_others,
)
from campaign_lib.office.lists.reading import (
    Listing,
    Row,
    Vocabulary,
    by_any_name,
    has_private_number,
    read_list,
    village_in,
    without_private_numbers,
)
from campaign_lib.office.table_book import tables_by_hand, village_names, write_table_book
from campaign_lib.words import Words
from campaign_lib.words.spelling import few_of, hint

#: Beside `raw`: tables as they were before a list took their place.
REPLACED = "replaced"
#: So many of the households that are new, gone or changed are told by name.
_NAMED = 30
#: A number with what it counts behind it.
_COUNTED = re.compile(r"(\d+) ?(?:người|khẩu|nhân khẩu|hộ)", re.IGNORECASE)


@dataclass(frozen=True)
class Wish:
    """What is asked of a list.

    `table` is what it is for, `village` whose households all of it has, `on` the day that it speaks
    of, `mapped` headings with the column that each is, `assign` that rows without a code of a list
    with codes get one.
    """

    table: str
    village: str = ""
    on: date | None = None
    mapped: Mapping[str, str] = field(default_factory=dict)
    assign: bool = False


def mapping_of(texts: Iterable[str]) -> dict[str, str]:
    """Read pairs such as ``Tên gia chủ=head_name``; raises CampaignError where one is none."""
    pairs = {text: text.rpartition("=") for text in texts}
    if strange := [text for text, (heading, _, _) in pairs.items() if not heading.strip()]:
        raise CampaignError("lists.map", text=strange[0])
    return {heading.strip(): column.strip() for heading, _, column in pairs.values()}


@dataclass(frozen=True)
class Taken:
    """A list as it would be taken: nothing has been written.

    `had_rows` says that the table has rows that it takes the place of.
    """

    raw: Path
    table: Table
    wish: Wish
    listing: Listing
    merged: Merged
    doubts: Sequence[Message]
    villages: Mapping[str, str]
    by_village: Mapping[str, int]
    had_rows: bool

    @property
    def changes(self) -> bool:
        """Whether the table would be another one."""
        return any(self.merged.counts[kind] for kind in ("new", "changed", "gone"))


def look_into(raw: Path, path: Path, wish: Wish) -> Taken:
    """Read a list and lay it over its table.

    Args:
        raw: the folder `data/raw`.
        path: the list.
        wish: what it is for.

    Raises:
        CampaignError: it cannot be told what it says; the sentence names file, row and heading.
    """
    known = [table.name for table in tables_by_hand()]
    if wish.table not in known:
        listed = ", ".join(f"{table.name} ({table.vi})" for table in tables_by_hand())
        raise CampaignError("lists.no_table", name=repr(wish.table), known=listed)
    table, here = codebook().tables[wish.table], _Tables(raw)
    if path.resolve() in {there.resolve() for there in here.files.values()}:
        raise CampaignError("lists.itself", file=path.name)
    villages = here.villages() if table.name != "villages" else {}
    if wish.village and village_in(wish.village, villages) is None:
        raise CampaignError(
            "asked.village", name=repr(wish.village), known=few_of(here.names) or "–"
        )
    words = Vocabulary(table, wish.mapped)
    listing = read_list(path, words, villages)
    entries, doubts = _Entries(listing, words, wish, villages, here.names).read()
    draft = here.draft(table.name)
    if table.name == "households":
        merged = merge_households(entries, draft, wish.on, here.written)
    else:
        households = here.draft("households")
        merged = merge_others(entries, draft, homes_of(households), wish.on)
    counted = Counter(entry.village for entry in entries if entry.village)
    had_rows = bool(len(draft.frame))
    return Taken(raw, table, wish, listing, merged, doubts, here.written, counted, had_rows)


class _Tables:
    """The raw tables that a list is laid over, as they stand: corrections are not applied."""

    def __init__(self, raw: Path) -> None:
        self.raw, self.files = raw, tables_in(raw)
        self.names: dict[str, str] = {}
        self.known: dict[str, Known] = {}

    def villages(self) -> Known:
        """Say which village a name stands for.

        Raises:
            CampaignError: no village is there yet.
        """
        draft = self.draft("villages")
        self.known["village"] = by_any_name(keys.villages(draft))
        frame = draft.frame[draft.undecided]
        self.names = dict(zip(frame["village"], frame["name"], strict=True))
        if not self.names:
            raise CampaignError("lists.no_villages", folder=self.raw)
        return self.known["village"]

    @property
    def written(self) -> Mapping[str, str]:
        """Give what each village is called in a table: its name, if no other has it."""
        return dict(zip(self.names, village_names([*self.names.items()]), strict=True))

    def draft(self, name: str) -> Draft:
        """Read a table; without a file it has no row."""
        table, path = codebook().tables[name], self.files.get(name)
        sheets = read_table(path, path.name, table) if path else []
        return Draft(table, sheets, self.known)


class _Entries:
    """Reads the cells of a list's rows as values of a table: labels, numbers, days, text."""

    def __init__(
        self,
        listing: Listing,
        words: Vocabulary,
        wish: Wish,
        villages: Known,
        names: Mapping[str, str],
    ) -> None:
        self.listing, self.words, self.wish = listing, words, wish
        self.villages, self.names = villages, names
        self.doubts: list[Message] = []
        self.one_sheet = len({sheet for sheet, _, _ in listing.fates}) < 2

    def read(self) -> tuple[list[Entry], list[Message]]:
        """Give every row as an entry, and what could not be read.

        Raises:
            CampaignError: the list lacks what the table needs.
        """
        for column in self.words.table.columns:
            self.take_from_title(column)
        self.refuse_lacking()
        rows = self.listing.rows
        entries = [Entry(self.where(row), self.village_of(row), {}) for row in rows]
        for code, column in self.words.columns.items():
            if code in self.listing.codes and code != "village":
                read = self.reader(column)
                for row, entry in zip(rows, entries, strict=True):
                    entry.cells[code] = read(row)
        for code in self.days():
            for entry in entries:
                assert self.wish.on is not None  # else refused as lacking
                of_year = self.words.columns[code].type == "year"
                entry.cells[code] = self.wish.on.year if of_year else self.wish.on
        own = {column.code for column in self.words.table.columns if column.type == "village"}
        for entry in entries if self.words.table.name != "households" else ():
            entry.cells |= {code: self.names[entry.village] for code in own if entry.village}
        return self.complete(entries), self.doubts

    def take_from_title(self, column: Column) -> None:
        """Take what a sheet's title says of its rows for answers that are needed and not there."""
        if not column.required or column.type != "choice" or column.code in self.listing.codes:
            return
        labels = {one.code: one.vi for one in column.answers}
        titles = self.listing.titles.items()
        said = {sheet: self.words.only_answer(column, texts) for sheet, texts in titles}
        if said and all(said.values()):
            self.listing.codes.add(column.code)
            self.listing.rows = [
                replace(row, cells={**row.cells, column.code: said[row.sheet]})
                for row in self.listing.rows
            ]
            for sheet, answer in said.items():
                about = {"column": column.vi, "label": labels[answer], "sheet": sheet}
                self.doubts.append(Message("lists.title", **about))

    def days(self) -> list[str]:
        """Name the required columns of days and years that the list does not have."""
        return [
            column.code
            for column in self.words.table.columns
            if column.required
            and column.type in ("date", "year")
            and column.code not in self.listing.codes
        ]

    def refuse_lacking(self) -> None:
        """Refuse a list that lacks what each row needs."""
        there = {*self.listing.codes, *(self.days() if self.wish.on else ())}
        if self.words.table.columns[0].type == "id":
            there.add(self.words.table.columns[0].code)  # codes are given to those without
        if "head_name" in there:
            there.add("household")
        there.add("village")  # a row without is told by its number
        lacking = [
            one for one in self.words.table.columns if one.required and one.code not in there
        ]
        if (
            self.words.table.name == "households"
            and not {"head_name", "household"} & self.listing.codes
        ):
            lacking = [self.words.columns["head_name"], *lacking]
        lacking = [one for one in lacking if one.type not in ("date", "year")] or lacking
        if lacking:
            named = ", ".join(f"{one.code} ({one.vi})" for one in lacking)
            only_days = all(one.type in ("date", "year") for one in lacking)
            raise CampaignError(
                "lists.lacks_day" if only_days else "lists.lacks",
                file=self.listing.file,
                columns=named,
            )

    def where(self, row: Row) -> str:
        return f"{row.number}" if self.one_sheet else f"{row.sheet}!{row.number}"

    def village_of(self, row: Row) -> str:
        """Say whose a row is: as its own cell says, or what stands above it.

        Raises:
            CampaignError: no village is called so, or nothing says.
        """
        cell = shown(row.cells.get("village", ""))
        if cell and self.villages:
            found = village_in(cell, self.villages)
            if found is None:
                raise CampaignError(
                    "lists.strange_village",
                    file=self.listing.file,
                    row=self.where(row),
                    name=cell,
                    hint=hint(cell, [*self.names.values()]),
                )
            if row.village not in ("", found):
                both = {"cell": self.names[found], "above": self.names[row.village]}
                self.doubts.append(Message("lists.two_villages", where=self.where(row), **both))
            return found
        if self.wish.village:
            asked = str(village_in(self.wish.village, self.villages))
            if row.village not in ("", asked):
                other = {"row": self.where(row), "village": self.names[row.village]}
                raise CampaignError(
                    "lists.other_village",
                    file=self.listing.file,
                    asked=self.names[asked],
                    **other,
                )
            return asked
        own = {column.code for column in self.words.table.columns if column.required}
        if not row.village and "village" in own and self.villages:
            raise CampaignError("lists.no_village", file=self.listing.file, row=self.where(row))
        return row.village

    def reader(self, column: Column) -> Any:
        """Give what reads the column's cells of a row; what cannot be read stays, and is told."""
        cells = [row.cells.get(column.code, "") for row in self.listing.rows]
        distinct = [*dict.fromkeys(cells)]
        known = self.villages if column.type == "village" else None
        since = self.listing.since_1904
        read = reader_of(column, distinct, known, since)
        labels = {answer.code: answer.vi for answer in column.answers}
        day = reader_of(codebook().tables["households"].column("joined_on"), distinct, None, since)

        def value(row: Row) -> Any:
            cell = row.cells.get(column.code, "")
            if is_empty(cell) or is_unknown(cell):
                return None
            text = shown(cell)
            if counted := _COUNTED.fullmatch(text) if column.type == "whole" else None:
                cell = counted[1]
            if has_private_number(text):
                self.doubt("private", row, column)
                return without_private_numbers(text) if column.type == "text" else None
            try:
                found = read(cell)
            except UnreadableError as error:
                if column.type == "year":
                    try:
                        return day(cell).year  # type: ignore[attr-defined]
                    except UnreadableError:
                        pass
                self.doubt("unread", row, column, value=text, why=Message.of(str(error)))
                return labels.get(str(error.instead), text)
            if column.type == "ethnicity" and ethnic_group(text) is None:
                self.doubt("group", row, column, value=text)
            if column.type == "village":
                return self.names[str(found)]
            if column.type == "choices":
                return "; ".join(labels[code] for code in str(found).split(";"))
            return labels.get(str(found), found)

        return value

    def doubt(self, what: str, row: Row, column: Column, **more: object) -> None:
        where = {"where": self.where(row), "column": column.vi}
        self.doubts.append(Message(f"lists.{what}", **where, **more))

    def complete(self, entries: list[Entry]) -> list[Entry]:
        """Leave out rows without a code in a list with codes, unless they are to be given one."""
        code = self.words.table.columns[0].code
        if code not in self.listing.codes or self.wish.assign:
            return entries
        lacking = [one.where for one in entries if not one.cells.get(code) and not one.name]
        if self.words.table.columns[0].type == "id":
            lacking = [one.where for one in entries if not one.cells.get(code)]
        if lacking:
            self.doubts.append(Message("lists.without_code", rows=", ".join(lacking)))
        return [one for one in entries if one.where not in lacking]


def in_words(taken: Taken, words: Words) -> Iterator[str]:
    """Say what becomes of every column and row, and of the table."""
    listing, counts = taken.listing, taken.merged.counts
    yield words("lists.heading", file=listing.file, table=taken.table.name, name=taken.table.vi)
    yield from (f"  {message.said(words.language)}" for message in listing.columns)
    sheets = {sheet for sheet, _, _ in listing.fates}
    by_fate: dict[tuple[str, str], list[int]] = {}
    for sheet, row, message in listing.fates:
        by_fate.setdefault((sheet, message.said(words.language)), []).append(row)
    for (sheet, said), rows in by_fate.items():
        at = ranges(rows) if len(sheets) < 2 else f"{sheet}!{ranges(rows)}"
        yield "  " + words("lists.rows", rows=at, what=said)
    for village, count in taken.by_village.items():
        named = words("lists.of_village", village=village, name=taken.villages[village])
        yield "  " + words("lists.taken", count=count, place=named)
    if not taken.by_village:
        yield "  " + words("lists.taken_all", count=len(listing.rows))
    yield from _some(taken.doubts, words)
    yield from _some(taken.merged.told, words)
    if covered := taken.table.name == "households" and taken.had_rows:
        others = [name for code, name in taken.villages.items() if code not in taken.by_village]
        if covered and others:
            yield words("lists.others", villages=", ".join(others))
    yield words("lists.sum", **counts)


def _some(messages: Sequence[Message], words: Words) -> Iterator[str]:
    """Say messages, of each kind the first ones and how many others there are."""
    kinds = Counter(message.key for message in messages)
    said: Counter[str] = Counter()
    for message in messages:
        said[message.key] += 1
        if said[message.key] <= _NAMED:
            yield f"  {message.said(words.language)}"
        elif said[message.key] == kinds[message.key]:
            yield "  " + words("lists.more", count=kinds[message.key] - _NAMED)


def write_list(taken: Taken) -> Path:
    """Write the table; what it takes the place of is kept beside `raw`.

    Returns:
        the table's workbook.

    Raises:
        CampaignError: it cannot be written.
    """
    path = taken.raw / f"{taken.table.name}.xlsx"
    old = tables_in(taken.raw).get(taken.table.name)
    if old is not None and taken.had_rows:
        keep(old, taken.raw.parent)
    write_table_book(path, taken.table, taken.merged.rows, [*taken.villages.items()])
    if old is not None and old != path:
        old.unlink()
    return path


def keep(path: Path, data: Path) -> None:
    """Keep a file of `raw` that is about to be replaced, where nothing reads it.

    Raises:
        CampaignError: it cannot be kept.
    """
    private_folder(data / REPLACED)
    try:
        now = f"{datetime.now():%Y%m%d-%H%M%S-%f}"
        shutil.copy2(path, data / REPLACED / f"{path.stem}-{now}{path.suffix}")
    except OSError as error:
        raise CampaignError("file.not_written", file=path, detail=reason(error)) from error


__all__ = ["Cells", "Taken", "Wish", "in_words", "keep", "look_into", "write_list"]
