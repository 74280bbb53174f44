"""The second reading's cells: a plain CSV file taken apart by the database, and line by line."""

from pathlib import Path

import duckdb
import pytest

from campaign_lib.recount.raw import grids
from campaign_lib.recount.raw.grids import Grid, NotTakenError, RawFile, read_grid

PLAIN = ["a,b\n1,2\n", "\ufeffa;b\r\n1;2", "a,b\n,\n1,\n \u00a0,\u2003\n,é\n", "a\n \n1\n", "a,b\n"]
OTHERS = [
    'a,b\n"1,1",2\n', "a,b\n\n1,2\n", "a,b\r1,2\r", "a,b\n1\n", "a,b\n1,2,3\n", "\na,b\n1,2\n",
    f"a,b\n1,{'2' * 200_000}\n", 'a,b\n1"2,"\n',
]  # fmt: skip


def read(path: Path) -> object:
    """Give headings and cells of a file, or why it is not taken."""
    try:
        with duckdb.connect() as connection:
            grid: Grid = read_grid(RawFile(path, path.name, "activities"), connection)
    except NotTakenError as why:
        return str(why)
    return [*grid.headings], grid.cells.schema, grid.cells.to_pydict()


@pytest.mark.parametrize("text", [*PLAIN, *OTHERS], ids=map(str, range(len(PLAIN + OTHERS))))
def test_both_ways_give_the_same_cells(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "activities [1].csv"
    path.write_bytes(text.encode())
    at_once = read(path)
    monkeypatch.setattr(grids, "_is_plain", lambda _: False)
    assert at_once == read(path)


def test_line_ends_of_an_old_macintosh_are_read(tmp_path: Path) -> None:
    path = tmp_path / "activities.csv"
    path.write_bytes(b"a,b\r1,2\r")
    assert read(path) == (["a", "b"], grids._cells(iter([]), 2).schema, {
        "row": [2], "p0": ["1"], "p1": ["2"],
    })  # fmt: skip
