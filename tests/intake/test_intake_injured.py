"""Any number of injuries to a table that no other hangs on: what is listed, and what is left."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from fuzz.cases import Case, lay
from fuzz.reading import READ, REFUSED, outcome
from fuzz.seeds import tables
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_files import (
    COLUMNS,
    assert_nothing_is_lost,
    counts,
    example,
    file_of,
    read,
    workbook,
)

from campaign_lib.codebook import codebook
from campaign_lib.intake import Campaign

#: No table has rows that hang on these tables' rows.
LEAVES = sorted(COLUMNS.keys() - {"villages", "households"})
HOW_MANY = 6
#: Never an answer, a day, a number, a name of anything: unreadable, but for columns of free text.
STRANGE = ("?!?", "=1+1", "<b>", "../x", "có lẽ", "-9e9", "2024-02-30", "yes no", "\u202e1")
#: A campaign of one commune takes its name as it is written.
FREE = ("text", "id", "commune", "communes")


class Injured(NamedTuple):
    """A table with its injuries: which cells hold what, which rows are gone, where others went."""

    table: str
    cells: Mapping[tuple[int, str], str]
    gone: frozenset[int]
    blank: frozenset[int]
    order: Sequence[int]
    columns: Sequence[str]
    kind: str


@st.composite
def injured(draw: st.DrawFn) -> Injured:
    table = draw(st.sampled_from(LEAVES))
    numbers = range(1, HOW_MANY + 1)
    place = st.tuples(st.sampled_from(numbers), st.sampled_from(COLUMNS[table]))
    return Injured(
        table,
        draw(st.dictionaries(place, st.sampled_from(STRANGE), max_size=8)),
        draw(st.frozensets(st.sampled_from(numbers), max_size=2)),
        draw(st.frozensets(st.sampled_from(numbers), max_size=2)),
        draw(st.permutations(numbers)),
        draw(st.permutations(COLUMNS[table])),
        draw(st.sampled_from(("csv", "semicolons", "xlsx", "below a title"))),
    )


def rows_of(one: Injured) -> list[tuple[int, dict[str, object]]]:
    """Give the rows that are there, each with its number, in their order; 0 is a blank one."""
    rows: list[tuple[int, dict[str, object]]] = []
    for number in one.order:
        if number in one.blank:
            rows.append((0, {}))
        if number not in one.gone:
            cells = example(one.table, number)
            cells |= {name: text for (at, name), text in one.cells.items() if at == number}
            rows.append((number, cells))
    return rows


def content_of(one: Injured) -> tuple[str, bytes, int]:
    """Give the file's name, its bytes, and the row of its headings."""
    grid: list[list[object]] = [list(one.columns)]
    grid += [[cells.get(name, "") for name in one.columns] for _, cells in rows_of(one)]
    if one.kind in ("csv", "semicolons"):
        text = io.StringIO()
        csv.writer(text, delimiter=";" if one.kind == "semicolons" else ",").writerows(grid)
        return f"{file_of(one.table)}.csv", text.getvalue().encode(), 1
    title: list[list[object]] = [["Biểu của thôn"], []] if one.kind == "below a title" else []
    return f"{file_of(one.table)}.xlsx", workbook({"S": [*title, *grid]}), 1 + len(title)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    raw = tmp_path_factory.mktemp("clean")
    rows = {table: [example(table, n) for n in range(1, HOW_MANY + 1)] for table in LEAVES}
    campaign = read(raw, {file_of(table): added for table, added in rows.items()})
    assert campaign.problems.empty
    return campaign


def without_place(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    cells = frame.drop(columns=["source_file", "source_sheet", "source_row"]).astype("str")
    return list(cells.itertuples(index=False, name=None))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(injured())
def test_every_injury_is_listed_and_untouched_rows_come_out_unchanged(
    tmp_path_factory: pytest.TempPathFactory, clean: Campaign, one: Injured
) -> None:
    file, content, heading_row = content_of(one)
    others = {file_of(table): None for table in LEAVES if table != "survey"}
    campaign = read(
        tmp_path_factory.mktemp("injured"), {**others, file_of(one.table): None, file: content}
        | ({} if one.table == "survey" else {"survey/2024Q1": []}),
    )  # fmt: skip
    assert_nothing_is_lost(campaign)
    there = [number for number, _ in rows_of(one) if number]
    assert counts(campaign, file)[0] == len(there), "rows read are the rows that are there"
    place = {number: at for at, (number, _) in enumerate(rows_of(one), heading_row + 1) if number}
    listed = campaign.problems[["file", "row", "column", "value"]]
    found = set(listed.itertuples(index=False, name=None))
    for (number, name), text in one.cells.items():
        if number in place and codebook().tables[one.table].column(name).type not in FREE:
            assert (file, place[number], name, text) in found
    touched = {number for number, _ in one.cells}
    untouched = [number for number in sorted(there) if number not in touched]
    kept = campaign.tables[one.table].sort_values("source_row")
    whole = clean.tables[one.table].sort_values("source_row")
    wanted = whole.iloc[[number - 1 for number in untouched]]
    mine = kept[kept["source_row"].isin([place[number] for number in untouched])]
    assert sorted(without_place(mine)) == sorted(without_place(wanted))


# --- injuries to whole files ---------------------------------------------------------------------

SPOILT = {
    "empty": lambda content, _: b"",
    "one byte": lambda content, _: b"a",
    "NUL bytes": lambda content, _: content.replace(b"a", b"\0"),
    "swapped": lambda _, other: other,
    "half": lambda content, _: content[: len(content) // 2],
    "without its first line": lambda content, _: content.partition(b"\n")[2],
    "without line ends": lambda content, _: content.replace(b"\n", b""),
    "doubled": lambda content, _: content * 2,
    "a quotation mark": lambda content, _: content[:-9] + b'"' + content[-9:],
    "other bytes": lambda content, _: content.replace(b"a", b"\xff\xfe"),
    "backwards": lambda content, _: content[::-1],
}
FILES = sorted(tables())


@pytest.mark.parametrize(("number", "kind"), list(enumerate(SPOILT)))
def test_a_spoilt_file_is_read_or_refused(tmp_path: Path, number: int, kind: str) -> None:
    for at, file in enumerate(FILES[number % 4 :: 4]):
        other = tables()[FILES[(number + at + 5) % len(FILES)]]
        raw = tmp_path / str(at)
        lay(raw, Case(file, SPOILT[kind](tables()[file], other)))
        found = outcome(raw)
        assert found.what in (READ, REFUSED), (file, found)
