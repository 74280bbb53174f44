"""A list laid over the table that is there: which household is which, what is new, gone, changed.

Households without codes of ours are told apart by village, name and birth year; which cannot be,
is told, and never guessed.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from campaign_lib.codebook import Table, codebook, ethnic_group, folded
from campaign_lib.errors import CampaignError, Message
from campaign_lib.intake.drafts import Draft
from campaign_lib.office.lists.reading import name_key

Cells = dict[str, Any]


@dataclass
class Entry:
    """A row of the list: where it stands, and its values as a table has them.

    `village` is a code, "" where the list does not say; values are labels, numbers and days.
    """

    where: str
    village: str
    cells: Cells

    @property
    def name(self) -> str:
        """The head's name, as names are compared."""
        return name_key(str(self.cells.get("head_name") or ""))

    @property
    def year(self) -> int | None:
        """The head's birth year, if it could be read."""
        year = self.cells.get("birth_year")
        return year if isinstance(year, int) else None


@dataclass
class Home(Entry):
    """A stay of a household that the register has."""

    household: str
    joined_on: date | None
    left_on: date | None
    seen: bool = False

    def is_here(self, day: date | None) -> bool:
        """Say whether it lives here on a day; without one, whether it has not left."""
        if day is None:
            return self.left_on is None
        return (self.joined_on is None or self.joined_on <= day) and (
            self.left_on is None or self.left_on > day
        )


@dataclass
class Merged:
    """The table as it will be, and what became of its rows: messages, and their number by kind."""

    rows: list[Cells] = field(default_factory=list)
    told: list[Message] = field(default_factory=list)
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("new", "changed", "same", "gone", "left_out"), 0)
    )

    def tell(self, what: str, count: str = "", **values: object) -> None:
        """Note what became of a row."""
        self.told.append(Message(f"lists.{what}", **values))
        if count:
            self.counts[count] += 1


def rows_of(draft: Draft) -> list[Cells]:
    """Give the rows of a table as they stand: numbers and days typed, all else as written."""
    raw = {code: draft.raw(code) for code in draft.present}
    typed = {
        column.code: draft.frame[column.code]
        for column in draft.table.columns
        if column.code in raw and column.type in ("date", "whole", "year", "number")
    }
    return [
        {code: _value(typed[code].iloc[at]) if code in typed and not pd.isna(typed[code].iloc[at])
         else texts.iloc[at] or None for code, texts in raw.items()}
        for at in range(len(draft.frame))
    ]  # fmt: skip


def _value(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.date()
    number = float(value)
    return int(number) if number.is_integer() else number


def homes_of(draft: Draft) -> list[Home]:
    """Give every stay of the register, in the order of its rows."""
    frame = draft.frame
    days = [
        [None if pd.isna(day) else day.date() for day in frame[name]]
        for name in ("joined_on", "left_on")
    ]
    texts = [["" if pd.isna(text) else str(text) for text in frame[name]]
             for name in ("village", "household")]  # fmt: skip
    return [
        Home("", village, cells, household, joined, left)
        for village, household, joined, left, cells in zip(
            *texts, *days, rows_of(draft), strict=True
        )
    ]


# Which household of the register a row of the list is.


class _Finder:
    """Finds the household of each row of a list, by code, or by village, name and birth year."""

    def __init__(self, homes: Sequence[Home], day: date | None) -> None:
        """Take those who live here on the day that the list speaks of."""
        self.by_code: dict[str, Home] = {}
        self.by_name: dict[tuple[str, str], list[Home]] = {}
        for home in homes:
            if home.is_here(day):
                self.by_code[folded(home.household)] = home
                for village in (home.village, ""):
                    self.by_name.setdefault((village, home.name), []).append(home)

    def match(
        self, entries: Sequence[Entry], merged: Merged, *, once: bool
    ) -> Iterator[tuple[Entry, Home | None]]:
        """Give each entry with its household; those that cannot be told apart are left out.

        As many rows as households with one village, name and birth year are taken in their order.
        A household has one row where `once`.
        """
        found = [self._find(entry) for entry in entries]
        times = Counter(tuple(home.household for home in one) for one in found)
        for entry, homes in zip(entries, found, strict=True):
            codes = tuple(home.household for home in homes)
            alike = len({(home.name, home.year) for home in (*homes, entry)}) == 1
            free = [home for home in homes if not home.seen or (len(homes) == 1 and not once)]
            if len(homes) > 1 and not (alike and times[codes] >= len(homes)):
                for home in homes:
                    home.seen = True
                name = entry.cells.get("head_name")
                merged.tell(
                    "open", "left_out", where=entry.where, name=name, codes=", ".join(codes)
                )
                continue
            if len(homes) > 1 and free:
                merged.tell("alike", where=entry.where, codes=", ".join(codes))
            if free:
                free[0].seen = True
            yield entry, free[0] if free else None

    def _find(self, entry: Entry) -> list[Home]:
        """Give who may be meant: nobody, one, or several who are not told apart."""
        if code := entry.cells.get("household"):
            home = self.by_code.get(folded(str(code)))
            return [home] if home else []
        maybe = self.by_name.get((entry.village, entry.name), []) if entry.name else []
        same = [one for one in maybe if entry.year is not None and one.year == entry.year]
        return same or [one for one in maybe if entry.year is None or one.year is None]


# The list of the households.


def merge_households(
    entries: Sequence[Entry], draft: Draft, day: date | None, names: Mapping[str, str]
) -> Merged:
    """Lay a list of households over the register.

    Args:
        entries: each with its village.
        draft: the register as it is.
        day: that the list speaks of.
        names: what each village is called in a table.

    Raises:
        CampaignError: who came, left or moved needs a day.
    """
    homes, merged = homes_of(draft), Merged()
    was_there = {home.village for home in homes}
    found = [*_Finder([*homes], day).match(entries, merged, once=True)]
    new = [entry for entry, home in found if home is None]
    for entry, home in found:
        if home is not None:
            _update(merged, home, entry, day, names, homes)
    covered = {entry.village for entry in entries}
    gone = [one for one in homes if one.is_here(day) and not one.seen and one.village in covered]
    if day is None and (gone or any(entry.village in was_there for entry in new)):
        raise CampaignError("lists.no_day", new=len(new), gone=len(gone))
    for home in gone:
        home.cells["left_on"] = day
        merged.tell("gone", "gone", code=home.household, name=home.cells.get("head_name"), day=day)
    _tell_alike(merged, new, gone)
    merged.rows = [home.cells for home in homes]
    codes = _Codes(home.household for home in homes)
    for entry in new:
        cells = {**entry.cells, "village": names[entry.village]}
        cells["household"] = cells.get("household") or codes.next_of(entry.village)
        if entry.village in was_there:
            cells.setdefault("joined_on", day)
            merged.tell("new", code=cells["household"], name=cells.get("head_name"))
        merged.rows.append(cells)
    merged.counts["new"] = len(new)
    return merged


def _update(
    merged: Merged,
    home: Home,
    entry: Entry,
    day: date | None,
    names: Mapping[str, str],
    homes: list[Home],
) -> None:
    """Write what the list says otherwise; one that has moved gets a stay of its own."""
    if home.village != entry.village:
        if day is None:
            raise CampaignError("lists.no_day", new=1, gone=1)
        moved = {**home.cells, **entry.cells, "village": names[entry.village], "joined_on": day}
        homes.append(Home("", entry.village, moved, home.household, day, None, seen=True))
        home.cells["left_on"] = day
        merged.tell("moved", "changed", code=home.household, village=names[entry.village], day=day)
        return
    changes = [code for code, value in entry.cells.items()
               if code not in ("village", "household") and value is not None
               and not is_same(code, value, home.cells.get(code))]  # fmt: skip
    merged.counts["changed" if changes else "same"] += 1
    labels = {column.code: column.vi for column in codebook().tables["households"].columns}
    for code in changes:
        before = home.cells.get(code)
        values = {"column": labels[code], "old": "–" if before is None else before}
        merged.tell("changed", code=home.household, **values, new=entry.cells[code])
        home.cells[code] = entry.cells[code]


def is_same(code: str, one: object, other: object) -> bool:
    """Say whether two cells of a column say the same."""
    if code == "head_name":
        return name_key(str(one)) == name_key(str(other))
    if code == "ethnicity" and (group := ethnic_group(str(one))):
        return group == ethnic_group(str(other))
    return folded(str(one)) == folded(str(other))


def _tell_alike(merged: Merged, new: Sequence[Entry], gone: Sequence[Home]) -> None:
    """Tell which new rows cannot be told apart, and which may be somebody who has gone."""
    several: dict[tuple[str, str, int | None], list[Entry]] = {}
    for entry in new:
        if not entry.cells.get("household"):
            several.setdefault((entry.village, entry.name, entry.year), []).append(entry)
        for home in gone:
            if home.name == entry.name:
                code, name = home.household, entry.cells.get("head_name")
                merged.tell("perhaps", where=entry.where, name=name, code=code)
    for entries in several.values():
        if len(entries) > 1:
            rows = ", ".join(entry.where for entry in entries)
            merged.tell("twins", rows=rows, name=entries[0].cells.get("head_name"))


class _Codes:
    """Gives codes that nobody has: of households T1-001, of other things 001."""

    def __init__(self, taken: Iterator[str] | Collection[str]) -> None:
        self.taken, self.last = {*map(folded, taken)}, dict[str, int]()

    def next_of(self, start: str, between: str = "-", width: int = 3) -> str:
        while True:
            number = self.last[start] = self.last.get(start, 0) + 1
            code = f"{start}{between}{number:0{width}}"
            if folded(code) not in self.taken:
                return code


# The list of anything else: by the household it is of, and by the table's own key.


def merge_others(
    entries: Sequence[Entry],
    draft: Draft,
    homes: Sequence[Home],
    day: date | None,
) -> Merged:
    """Lay a list of anything but households over its table.

    A list of what households are on a day takes the place of what the table says of that day in
    the same villages; elsewhere a row with the same key takes the place of the one that is there.

    Raises:
        CampaignError: none of its households is in the register.
    """
    table, merged = draft.table, Merged()
    own = {column.code for column in table.columns}
    if "household" in own:
        entries = [*_with_households(merged, entries, _Finder(homes, day))]
        if not entries:
            raise CampaignError("lists.nobody", count=merged.counts["left_out"])
    old = rows_of(draft)
    covered = {folded(one.household) for one in homes
               if one.village in {entry.village for entry in entries}}  # fmt: skip
    dated = [code for code in table.key if table.column(code).type == "date"]
    there = {_key(table, cells): cells for cells in old}
    if dated and "household" in own:
        _take_out(there, merged, covered, dated[0], entries, table)
    codes = _Codes(str(cells.get(table.key[0], "")) for cells in old)
    for cells in _complete(merged, entries, table):
        if table.column(table.key[0]).type == "id" and not cells.get(table.key[0]):
            cells[table.key[0]] = _code_of(cells, old, table, codes)
        before = there.get(_key(table, cells))
        _tell_changes(merged, table, cells, before)
        there[_key(table, cells)] = {**(before or {}), **cells}
    merged.rows = [*there.values()]
    return merged


def _complete(merged: Merged, entries: Sequence[Entry], table: Table) -> Iterator[Cells]:
    """Give the cells of the table that each entry fills; one that lacks what is needed is told."""
    needed = [column for column in table.columns if column.required and column.type != "id"]
    own = {column.code for column in table.columns}
    for entry in entries:
        cells = {code: value for code, value in entry.cells.items()
                 if code in own and value is not None}  # fmt: skip
        if empty := [column.vi for column in needed if column.code not in cells]:
            merged.tell("empty", "left_out", where=entry.where, columns=", ".join(empty))
        else:
            yield cells


def _tell_changes(merged: Merged, table: Table, cells: Cells, before: Cells | None) -> None:
    """Count a row as new, changed or the same, and tell each cell that is another one."""
    if before is None:
        merged.counts["new"] += 1
        return
    changes = [code for code, value in cells.items() if not is_same(code, value, before.get(code))]
    merged.counts["changed" if changes else "same"] += 1
    for code in changes:
        old = "–" if before.get(code) is None else before[code]
        about = {"code": cells[table.key[0]], "column": table.column(code).vi, "old": old}
        merged.tell("changed", **about, new=cells[code])


def _take_out(
    there: dict[tuple[str, ...], Cells],
    merged: Merged,
    covered: Collection[str],
    dated: str,
    entries: Sequence[Entry],
    table: Table,
) -> None:
    """Take out the rows of the list's days, villages and answers that it has no longer.

    Offices have a list of the poor and another one of the near-poor: neither speaks of the other.
    """
    days = {entry.cells.get(dated) for entry in entries}
    choices = [column.code for column in table.columns if column.type == "choice"]
    said = {tuple(entry.cells.get(code) for code in choices) for entry in entries}
    keys = {_key(table, entry.cells) for entry in entries}
    for key, cells in [*there.items()]:
        code = str(cells.get("household") or "")
        is_spoken_of = folded(code) in covered and tuple(cells.get(one) for one in choices) in said
        if cells.get(dated) in days and is_spoken_of and key not in keys:
            del there[key]
            merged.tell("no_longer", "gone", code=code, day=cells[dated])


def _key(table: Table, cells: Cells) -> tuple[str, ...]:
    return tuple(folded(str(cells.get(code) or "")) for code in table.key)


def _code_of(cells: Cells, old: Sequence[Cells], table: Table, codes: _Codes) -> str:
    """Give the code of the row that says the same already, or a new one."""
    for before in old:
        if all(is_same(code, value, before.get(code)) for code, value in cells.items()
               if value is not None and code != table.key[0]):  # fmt: skip
            return str(before[table.key[0]])
    return codes.next_of(table.key[0][0].upper(), "", 1 if table.name == "villages" else 3)


def _with_households(merged: Merged, entries: Sequence[Entry], finder: _Finder) -> Iterator[Entry]:
    """Give the entries whose household is found; tell of all others."""
    for entry, home in finder.match(entries, merged, once=False):
        if home:
            cells = {**entry.cells, "household": home.household}
            yield Entry(entry.where, home.village, cells)
        else:
            name = entry.cells.get("head_name") or entry.cells.get("household")
            alike = finder.by_name.get((entry.village, entry.name), [])
            known = ", ".join(f"{one.household} ({one.year or '?'})" for one in alike)
            about = {"where": entry.where, "name": name}
            if known and entry.name:
                merged.tell("other_year", "left_out", **about, codes=known, year=entry.year or "?")
            else:
                merged.tell("strange", "left_out", **about)
