"""An office's own list taken apart: which heading is which column, and what each row is.

Nothing is dropped in silence: each column and each row has a fate that is told. What a heading may
be called stands in the codebook; numbers of persons' papers, telephones and accounts are never
taken.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from openpyxl.utils import get_column_letter

from campaign_lib.codebook import Column, Table, codebook, folded, tidy
from campaign_lib.errors import CampaignError, Message
from campaign_lib.intake.cells import Cells, Grid, Sheet, shown
from campaign_lib.intake.old_letters import in_unicode, readings
from campaign_lib.intake.sources import grids_in
from campaign_lib.intake.sources.layout import hidden
from campaign_lib.intake.values import Known
from campaign_lib.words.spelling import hint

#: How many rows with anything in them may have the headings, and how many rows these are at most.
_SEARCHED, _TALLEST = 60, 3
#: The columns of the register that tell whose a row of another table is.
_WHOSE = ("village", "head_name", "head_sex", "birth_year")
#: A list must have so many columns that are known.
_LEAST_KNOWN = 2
_NUMBERED = re.compile(r"^(?:[ivx]+|[a-z]|\d{1,3})\s*[.)/:–-]+\s*|^[ivx]+\s+", re.IGNORECASE)
_COUNTED = re.compile(
    r"\s*[:(–,-]*\s*\d+\s*(?:hộ|khẩu|nhân khẩu|người)\b.*$|\(.*?\)", re.IGNORECASE
)
_UNIT = re.compile(r"\(.*\)|%|(?:nghìn |triệu )?đồng|người|hộ", re.IGNORECASE)
_COLUMN_NUMBER = re.compile(r"\(?(?:\d{1,2}|[a-zđ])\)?", re.IGNORECASE)
_ROMAN = re.compile(r"[ivx]+\.?|[a-z][.)]?", re.IGNORECASE)
_COUNT_ALONE = re.compile(r"[\d.,]+(?: *(?:hộ|khẩu|người))?", re.IGNORECASE)
_DAY_LINE = re.compile(r"(?:^|, *)ngày\b.*\btháng\b.*\bnăm\b", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2}|[^\W\d_]['’]")
_YEAR = re.compile(r"(?:19|20)\d\d")

_TONES = "\u0300\u0309\u0303\u0301\u0323"
_TITLE = re.compile(r"^(?:ông|bà)[.:]? (?=\S+ )")
_PLACE = re.compile(rf"(?:{'|'.join(codebook().places)})[ :]+")

#: What became of a column of the list, and of a row; each has its words in `words/lists.toml`.
TAKEN, PART, NUMBER, NEVER, RELATION, OTHER, UNKNOWN = (
    "taken", "part", "number", "never", "relation", "other", "unknown",
)  # fmt: skip
ABOVE, PLACE, AGAIN, TOTAL, BELOW, MEMBER, NAMELESS = (
    "above", "place", "again", "total", "below", "member", "nameless",
)  # fmt: skip


@dataclass(frozen=True)
class Slot:
    """What a heading stands for: a column, or one answer of it; `fate` says so, or why of neither.

    `year` is the column that a birth year belongs to which stands below an answer: `Nam` and `Nữ`
    side by side below `Năm sinh`.
    """

    fate: str
    code: str = ""
    answer: str = ""
    year: str = ""


@dataclass(frozen=True)
class Row:
    """A row of the list that is one of the table: where it stands, and its cells by column.

    `village` is the village of the sub-heading, sheet or title above it, "" where there is none.
    """

    sheet: str
    number: int
    village: str
    cells: Mapping[str, object]


@dataclass
class Listing:
    """A list as it was understood: its rows, and what became of every column and row."""

    file: str
    rows: list[Row] = field(default_factory=list)
    columns: list[Message] = field(default_factory=list)
    fates: list[tuple[str, int, Message]] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    titles: dict[str, list[str]] = field(default_factory=dict)
    since_1904: bool = False


def columns_of(table: Table) -> dict[str, Column]:
    """Give what a list for a table may have: its columns, and those that tell whose a row is."""
    found = {column.code: column for column in table.columns}
    if table.name != "households" and "household" in found:
        homes = codebook().tables["households"]
        found = {code: homes.column(code) for code in _WHOSE} | found
    return found


class Vocabulary:
    """What headings of a list mean, for one table; some as the user has said."""

    def __init__(self, table: Table, mapped: Mapping[str, str]) -> None:
        """Take the codebook's words.

        Args:
            table: what the list is for.
            mapped: headings as typed, with the column that each is, by its code or label.

        Raises:
            CampaignError: no such column, or a heading that is never taken.
        """
        self.table, self.columns = table, columns_of(table)
        codes = {folded(text): one.code for one in self.columns.values() for text in one.headings}
        chosen = {heading: codes.get(folded(name), name) for heading, name in mapped.items()}
        self.mapped = {folded(heading): code for heading, code in chosen.items()}
        self._words = {**_words_of(self.columns.values())}
        for heading, code in chosen.items():
            if code not in self.columns:
                wrong = {"column": code, "hint": hint(code, [*self.columns])}
                raise CampaignError("lists.no_column", **wrong)
            if self.is_never(folded(heading)):
                raise CampaignError("lists.never", heading=heading)

    def is_never(self, text: str) -> bool:
        """Say whether a folded heading is of a column that nobody may take."""
        return text not in self._words and any(one in text for one in codebook().lists["never"])

    def slot(self, heading: str) -> Slot:
        """Say what a heading stands for."""
        book = codebook()
        for spelling in _spelled(heading):
            if spelling in self.mapped:
                return Slot(TAKEN, self.mapped[spelling])
            if spelling in self._words:
                return self._words[spelling]
            if spelling in book.numbers:
                return Slot(NUMBER)
            if spelling in book.lists["relation"]:
                return Slot(RELATION)
            if self.is_never(spelling):
                return Slot(NEVER)
        return Slot(UNKNOWN)

    def only_answer(self, column: Column, titles: Sequence[str]) -> str:
        """Give the one answer that titles name, which then is every row's: `DANH SÁCH HỘ NGHÈO`."""
        found = set()
        for text in map(folded, titles):
            spelled = [(folded(one), answer.code) for answer in column.answers
                       for one in answer.spellings if len(one.split()) > 1]  # fmt: skip
            for spelling, code in sorted(spelled, key=lambda pair: -len(pair[0])):
                if spelling in text:
                    found.add(code)
                    text = text.replace(spelling, "")
        return found.pop() if len(found) == 1 else ""

    def other_table(self, heading: str) -> str:
        """Name the table of households that needs a heading which this one does not know, or ""."""
        for name, other in codebook().tables.items():
            needed = [column for column in other.columns if column.type != "text"]
            known = _words_of(needed) if other.columns[0].code == "household" else {}
            if name != "survey" and any(one in known for one in _spelled(heading)):
                return name
        return ""


def _spelled(heading: str) -> Iterator[str]:
    """Give how a heading may be meant: as it stands, without its brackets, in old letters."""
    for text in map(folded, readings(heading).values()):
        bare = re.sub(r"\s*\(.*?\)|[\s:*.]+$", "", text)
        yield from (text, bare, re.sub(r"\s*([/,])\s*", r"\1", bare))


def _words_of(columns: Collection[Column]) -> dict[str, Slot]:
    answers = {
        folded(text): Slot(PART, column.code, answer.code)
        for column in columns
        if column.type == "choice"
        for answer in column.answers
        for text in answer.spellings
    }
    headings = {
        folded(text): Slot(TAKEN, column.code) for column in columns for text in column.headings
    }
    return answers | headings


@dataclass(frozen=True)
class _Head:
    """The rows of a sheet (from 0) that have its headings, and what each column is."""

    rows: range
    names: tuple[str, ...]
    slots: tuple[Slot, ...]

    @property
    def score(self) -> int:
        return len({(one.code, one.answer) for one in self.slots if one.code})


def _find_head(grid: Grid, words: Vocabulary) -> _Head | None:
    """Find the rows that name most columns, the fewest and the uppermost of these."""
    filled = [int(row) for row in np.flatnonzero(grid.filled)[:_SEARCHED]]
    best = None
    for tall in range(1, _TALLEST + 1):
        for first in range(len(filled) - tall + 1):
            block = filled[first : first + tall]
            if not any(_has_numbers(grid, row) for row in block):
                head = _head(grid, range(block[0], block[-1] + 1), words)
                best = head if best is None or head.score > best.score else best
    return best if best and best.score >= _LEAST_KNOWN else None


def _has_numbers(grid: Grid, row: int) -> bool:
    return any(text.isdecimal() for text in grid.texts(row))


def _head(grid: Grid, rows: range, words: Vocabulary) -> _Head:
    lines = [grid.texts(row) for row in rows]
    for top, left, _, right in grid.marks.merged:
        if top in rows and left < right:
            line = lines[top - rows.start]
            line[left : right + 1] = [line[left]] * len(line[left : right + 1])
    names, slots = [], []
    for above in zip(*lines, strict=True):
        texts = [text for text in reversed(above) if text and not _UNIT.fullmatch(text)]
        name = texts[0] if texts else next(filter(None, reversed(above)), "")
        slot = words.slot(name) if name else Slot(UNKNOWN)
        parents = [words.slot(text).code for text in texts[1:]] if slot.answer else []
        year = next((code for code in parents if code and words.columns[code].type == "year"), "")
        names.append(name)
        slots.append(replace(slot, year=year))
    return _Head(rows, tuple(names), tuple(slots))


def read_list(path: Path, words: Vocabulary, villages: Known) -> Listing:
    """Read a list.

    Args:
        path: the file, of any kind that a raw file may have.
        words: what its headings mean.
        villages: which village a name stands for; empty where none is looked for.

    Raises:
        CampaignError: it cannot be read, no sheet has headings that are known, two columns say the
            same, or rows stand below a village that is not known.
    """
    listing = Listing(path.name)
    grids = grids_in(path)
    names = set()
    for grid in grids:
        head = _find_head(grid, words) if grid.filled.any() else None
        if head is not None:
            names |= {*map(folded, head.names)}
            if len(grids) > 1:
                listing.columns.append(Message("lists.in_sheet", sheet=grid.name))
            _Reader(listing, grid, head, words, villages).read()
        elif grid.filled.any():
            listing.columns.append(Message("lists.sheet", sheet=grid.name))
    if not names:
        known = ", ".join(column.vi for column in words.columns.values())
        raise CampaignError("lists.no_headings", file=path.name, known=known)
    if strange := [one for one in words.mapped if one not in names]:
        raise CampaignError("lists.no_heading", file=path.name, heading=strange[0])
    return listing


class _Reader:
    """Reads the rows of one sheet."""

    def __init__(
        self, listing: Listing, grid: Grid, head: _Head, words: Vocabulary, villages: Known
    ) -> None:
        self.listing, self.head, self.words, self.villages = listing, head, words, villages
        rows = np.flatnonzero(grid.filled)
        self.above = [int(row) for row in rows if row < head.rows.start]
        self.rows = [int(row) for row in rows if row >= head.rows.stop]
        below = np.zeros(len(grid.filled), dtype=bool)
        below[self.rows] = True
        cut = tuple(column.of(below) for column in grid.columns)
        numbers = np.array(self.rows, dtype=np.int64) + 1
        sheet = Sheet(listing.file, grid.name, "", head.rows.stop, head.names, cut, numbers)
        self.sheet = in_unicode(sheet, grid.marks, head.names)
        self.grid, self.columns = grid, self.sheet.columns
        for one in (*grid.remarks, *hidden(grid, self.sheet), *self.sheet.remarks):
            where = one.column or one.value or grid.name or listing.file
            listing.columns.append(
                Message("lists.remark", where=where, what=Message.of(one.problem))
            )
        listing.since_1904 |= grid.marks.since_1904
        self.slots: Sequence[Slot] = head.slots
        self.taken = {one.code: at for at, one in enumerate(self.slots) if one.fate == TAKEN}
        self.numbers = [at for at, one in enumerate(self.slots) if one.fate == NUMBER]
        self.village = self.place(grid.name) or ""

    def settle(self, rows: Sequence[int]) -> None:
        """Settle what each column is, by its cells in the table's rows; tells of each.

        Raises:
            CampaignError: several columns say the same.
        """
        slots = [self.by_cells(slot, at, rows) for at, slot in enumerate(self.head.slots)]
        slots = [replace(one, fate=OTHER) if one.fate == PART and one.code in
                 {other.code for other in slots if other.fate == TAKEN} else one
                 for one in slots]  # fmt: skip
        claims: dict[tuple[str, str], list[int]] = {}
        for at, one in enumerate(slots):
            if one.fate in (TAKEN, PART):
                claims.setdefault((one.code, one.answer), []).append(at)
        for (code, _), several in claims.items():
            chosen = [at for at in several if folded(self.head.names[at]) in self.words.mapped]
            if len(several) > 1 and len(chosen) != 1:
                headings = ", ".join(f"“{self.head.names[at]}”" for at in several)
                wrong = {"file": self.listing.file, "column": code, "headings": headings}
                raise CampaignError("lists.twice", **wrong, first=self.head.names[several[0]])
            for at in several if chosen else ():
                slots[at] = slots[at] if at in chosen else Slot(OTHER, code)
        for at, one in enumerate(slots):
            self.listing.columns += self.told(at, one)
        self.listing.codes |= {one.code for one in slots if one.fate in (TAKEN, PART)}
        self.listing.codes |= {one.year for one in slots if one.fate == PART and one.year}
        self.slots = slots
        self.taken = {one.code: at for at, one in enumerate(slots) if one.fate == TAKEN}

    def by_cells(self, slot: Slot, at: int, rows: Sequence[int]) -> Slot:
        """Look at a column's cells: without marks it is no answer, numbers of papers no code."""
        column = self.columns[at]
        cells = [shown(column.distinct[code]) for code in np.unique(column.codes[[*rows]])]
        there = {*map(folded, filter(None, cells))}
        if slot.fate == PART:
            years = {text for text in there if _YEAR.search(text)} if slot.year else set()
            marks = {*codebook().lists["marks"], *years, "0", "-"}
            return slot if there <= marks else Slot(OTHER, slot.code)
        if slot.code and self.words.columns[slot.code].type in ("id", "household"):
            long = [text for text in cells if has_private_number(text)]
            return Slot(NEVER) if 2 * len(long) > len(cells) else slot
        return slot

    def told(self, at: int, slot: Slot) -> Iterator[Message]:
        """Tell what became of a column."""
        name = self.head.names[at]
        if not name and not self.columns[at].filled.any():
            return
        where = {"column": get_column_letter(at + 1), "heading": name or "–"}
        if slot.fate in (TAKEN, PART):
            column = self.words.columns[slot.code]
            answer = next((one.vi for one in column.answers if one.code == slot.answer), "")
            label = f"{column.vi}: {answer}" if answer else column.vi
            yield Message(f"lists.column.{slot.fate}", **where, label=label, code=slot.code)
        elif slot.fate == UNKNOWN and (other := self.words.other_table(name)):
            yield Message("lists.column.elsewhere", **where, table=other)
        else:
            yield Message(f"lists.column.{slot.fate}", **where)

    def read(self) -> None:
        """Give each row its fate."""
        self.listing.titles[self.grid.name] = [self.grid.name]
        for row in self.above:
            self.fate(row, ABOVE)
            for text in filter(None, self.grid.texts(row)):
                self.village = self.place(text) or self.village
                self.listing.titles[self.grid.name].append(text)
        closed, kept = False, []
        for at, row in enumerate(self.rows):
            texts = [column.text(at) for column in self.columns]
            fate, code = self.what_is(texts, at, closed)
            if fate == PLACE:
                self.village = code
                name = max(texts, key=len)
                self.listing.fates.append(self.at(row, Message("lists.row.place", name=name)))
            elif fate:
                closed |= fate in (TOTAL, BELOW)
                self.fate(row, fate, texts)
            else:
                closed = False
                kept.append((at, self.village))
        self.settle([at for at, _ in kept])
        for at, village in kept:
            cells, number = self.cells_of(at), self.rows[at] + 1
            self.listing.rows.append(Row(self.grid.name, number, village, cells))

    def fate(self, row: int, fate: str, texts: Sequence[str] = ()) -> None:
        """Tell what became of a row; digits stay out, which may be those of papers."""
        text = " | ".join(one for one in texts if one and not has_private_number(one))
        if fate == ABOVE:
            text = " | ".join(filter(None, self.grid.texts(row)))
        about = {} if fate in (AGAIN, MEMBER) else {"text": tidy(text)[:80]}
        self.listing.fates.append(self.at(row, Message(f"lists.row.{fate}", **about)))

    def at(self, row: int, message: Message) -> tuple[str, int, Message]:
        return self.grid.name, row + 1, message

    def what_is(self, texts: list[str], at: int, closed: bool) -> tuple[str, str]:
        """Say what a row is: "" for one of the table; of a place, which."""
        there = [text for text in texts if text]
        if at < 2 and all(map(_COLUMN_NUMBER.fullmatch, there)):
            return AGAIN, ""
        known = [self.words.slot(text).fate in (TAKEN, PART, NUMBER, NEVER) for text in there]
        if sum(known) > _LEAST_KNOWN and 2 * sum(known) > len(there):
            return AGAIN, ""
        named = [text for text in there if _LETTERS.search(text) and not _ROMAN.fullmatch(text)]
        named = [text for text in named if not _COUNT_ALONE.fullmatch(text)]
        if len(named) == 1 and (code := self.place(named[0], at)):
            return PLACE, code
        is_row = self.is_row(texts)
        if is_row and self.is_numbered(texts):
            return self.as_member(texts), ""
        first = folded(named[0]) if named else ""
        if first.startswith(codebook().totals):
            return TOTAL, ""
        if first.startswith(codebook().notes) or any(map(_DAY_LINE.search, there)):
            return BELOW, ""
        if closed and (not is_row or self.numbers or self.is_scanty(texts)):
            return BELOW, ""
        return (self.as_member(texts), "") if is_row else (NAMELESS, "")

    def is_row(self, texts: list[str]) -> bool:
        """Say whether a row has what makes it one: a household's code or name, or its key."""
        if "head_name" in self.words.columns:
            wanted = ["household", "head_name"]
        else:
            wanted = [one.code for one in self.words.table.columns if one.required]
        return any(texts[self.taken[code]] for code in wanted if code in self.taken)

    def is_numbered(self, texts: list[str]) -> bool:
        return any(texts[at].rstrip(".").isdecimal() for at in self.numbers)

    def is_scanty(self, texts: list[str]) -> bool:
        """Say whether a row has but half of the columns that are taken, or less."""
        return 2 * sum(bool(texts[at]) for at in self.taken.values()) <= len(self.taken)

    def as_member(self, texts: list[str]) -> str:
        """Say whether a row is of a person that is no head of a household."""
        said = [text for slot, text in zip(self.slots, texts, strict=True) if slot.fate == RELATION]
        return (
            MEMBER
            if any(one and folded(one) not in codebook().lists["heads"] for one in said)
            else ""
        )

    def place(self, text: str, at: int | None = None) -> str | None:
        """Give the village that a text names; raises where a row `at` names one not known."""
        if not self.villages:
            return None
        if code := village_in(text, self.villages):
            return code
        is_place = _PLACE.match(folded(_NUMBERED.sub("", text)))
        if at is not None and is_place and not self.is_sentence(text):
            raise CampaignError(
                "lists.strange_village",
                file=self.listing.file,
                row=self.rows[at] + 1,
                name=text,
                hint=hint(
                    _PLACE.sub("", folded(text)), [*filter(self.villages.get, self.villages)]
                ),
            )
        return None

    def is_sentence(self, text: str) -> bool:
        return len(text.split()) > 8 or folded(text).startswith(codebook().notes)

    def cells_of(self, at: int) -> dict[str, object]:
        """Give a row's cells by column; of columns that are answers, the one that is marked."""
        cells = {code: _cell(self.columns[place], at) for code, place in self.taken.items()}
        parts: dict[str, list[str]] = {}
        for place, slot in enumerate(self.slots):
            if slot.fate != PART:
                continue
            text = self.columns[place].text(at)
            chosen = parts.setdefault(slot.code, [])
            is_year = slot.year and _YEAR.search(text)
            if folded(text) in codebook().lists["marks"] or is_year:
                chosen.append(slot.answer)
            if is_year:
                cells[slot.year] = _cell(self.columns[place], at)
        for code, chosen in parts.items():
            cells[code] = ";".join(chosen) or self.unmarked(code)
        return cells

    def unmarked(self, code: str) -> str:
        """Say what a row without a mark is: not poor, where the list has columns for all others."""
        answers = [one.code for one in self.words.columns[code].answers]
        there = {slot.answer for slot in self.slots if slot.fate == PART and slot.code == code}
        (*others, last) = answers
        return last if code == "status" and there == {*others} else ""


def village_in(text: str, villages: Known) -> str | None:
    """Give the village that a text names: `II. Thôn 2 (32 hộ)`, `Làng Kon Rá, xã Mẫu`."""
    for one in readings(text).values():
        bare = tidy(folded(_COUNTED.sub("", one)).replace(":", " "))
        plain = _NUMBERED.sub("", bare)
        first = plain.partition(",")[0]
        for name in (bare, plain, first):
            for spelling in (name, _PLACE.sub("", name)):
                if code := villages.get(name_key(spelling)):
                    return code
    return None


def by_any_name(villages: Known) -> Known:
    """Let each village be named without the word for a place, too, and with tones as they come."""
    known: dict[str, str | None] = {}
    for spelling, code in villages.items():
        for name in {name_key(spelling), name_key(_PLACE.sub("", spelling))}:
            known[name] = code if known.get(name, code) == code else None
    return {**known, **villages}


def name_key(name: str) -> str:
    """Give a name as names are compared: hoà is hòa, and Ông or Bà before it is no part of it."""
    words = []
    for word in _TITLE.sub("", folded(name)).split():
        signs = unicodedata.normalize("NFD", word)
        bare = "".join(sign for sign in signs if sign not in _TONES)
        words.append(bare + "".join(sign for sign in signs if sign in _TONES))
    return unicodedata.normalize("NFC", " ".join(words))


def _cell(cells: Cells, at: int) -> object:
    return cells.distinct[cells.codes[at]]


_PRIVATE = re.compile(r"(?:\+?\d[ .\-]?){9,}")


def has_private_number(text: str) -> bool:
    """Say whether a text has a number as long as those of papers, telephones and accounts."""
    return _PRIVATE.search(text) is not None


def without_private_numbers(text: str) -> str:
    """Take such numbers out of a text."""
    bare = _PRIVATE.sub("", re.sub(rf"\([^()]*{_PRIVATE.pattern}[^()]*\)", "", text))
    return tidy(re.sub(r"[\s,;:–-]+$", "", bare))
