"""Who carries how much of each target, as tables for people."""

from collections.abc import Mapping, Sequence

import pandas as pd

from campaign_lib.show.display import RIGHT, Cell, Column, Table
from campaign_lib.show.tables.labels import NOTHING, rows_of
from campaign_lib.words import Words

_KEY = "target_allocation"


def allocation_matrix(
    caption: str, columns: Mapping[str, Mapping[str, Cell]], rows: Mapping[str, str], words: Words
) -> Table:
    """Set villages beside targets.

    Args:
        caption: what a cell is, with its unit.
        columns: each target's heading, and under it the cell of each row; – where it has none.
        rows: the rows by code, and what they are called.
        words: the reader's language.
    """
    headings = [Column(words(f"{_KEY}.place")), *(Column(name, RIGHT) for name in columns)]
    cells = tuple(
        (name, *(column.get(code, NOTHING) for column in columns.values()))
        for code, name in rows.items()
    )
    return Table(caption, tuple(headings), cells)


def working_table(lines: pd.DataFrame, count: int, words: Words) -> Table:
    """Show how one count was shared out by largest remainders, with the sum of each column.

    Args:
        lines: name, denominator, quota, whole, remainder, extra, computed, by village.
        count: what was shared out.
        words: the reader's language.
    """
    numbers = ("base", "quota", "whole", "remainder", "extra", "computed")
    columns = (
        Column(words(f"{_KEY}.place")),
        *(Column(words(f"{_KEY}.working.{name}"), RIGHT) for name in numbers),
    )
    rows = [
        (
            line.name,
            words.number(line.denominator),
            words.number(line.quota, 3),
            words.number(line.whole),
            words.number(line.remainder, 3),
            f"+{words.number(line.extra)}" if line.extra else NOTHING,
            words.number(line.computed),
        )
        for line in rows_of(lines)
    ]
    sums = lines[["denominator", "quota", "whole", "remainder", "extra", "computed"]].sum()
    total = (
        words(f"{_KEY}.sum"),
        words.number(int(sums["denominator"])),
        words.number(float(sums["quota"]), 3),
        words.number(int(sums["whole"])),
        words.number(float(sums["remainder"]), 3),
        f"+{words.number(int(sums['extra']))}",
        words.number(int(sums["computed"])),
    )
    caption = words(f"{_KEY}.working.caption", count=count)
    return Table(caption, columns, (*rows, total))


def whole_households_table(lines: pd.DataFrame, target: str, words: Words) -> Table:
    """Show what the commune's percentage means for villages of each size.

    Args:
        lines: name, denominator, exact, count, percent, fewer, by village.
        target: the commune's percentage, as it is written.
        words: the reader's language.
    """
    headings = [
        words(f"{_KEY}.working.base"),
        words(f"{_KEY}.small.exact", target=target),
        *(words(f"{_KEY}.small.{name}") for name in ("count", "percent", "fewer")),
    ]
    rows = (
        (
            line.name,
            words.number(line.denominator),
            words.number(line.exact, 2),
            words.number(line.count),
            words.percent(line.percent),
            words.percent(line.fewer),
        )
        for line in rows_of(lines)
    )
    return Table(
        words(f"{_KEY}.small.caption"),
        (Column(words(f"{_KEY}.place")), *(Column(name, RIGHT) for name in headings)),
        tuple(rows),
    )


def in_a_row(counts: Sequence[int], words: Words) -> str:
    """Write the counts of a year's quarters in one cell."""
    return words(f"{_KEY}.path.cell", **{f"q{at}": count for at, count in enumerate(counts, 1)})
