"""CSV files taken apart at once by Arrow, and line by line: the same cells, the same refusals."""

import csv
import io
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow.csv import ReadOptions

from campaign_lib.errors import CampaignError
from campaign_lib.intake.sources import delimited
from campaign_lib.intake.sources.delimited import csv_grid, plain_columns

SIGNS = st.text(alphabet='ab,;|\t"\n\r\\ é\ufeff\u2028\x0b\x1c\0', max_size=30)
CELLS = st.text(alphabet='ab,;" é\n', max_size=4)


def read(content: bytes) -> Any:
    """Give the cells of a file, or why it is refused."""
    try:
        return [(one.distinct, one.codes.tolist()) for one in csv_grid(content, "a.csv").columns]
    except CampaignError as error:
        return str(error)


def both_ways(content: bytes) -> tuple[Any, Any]:
    """Read a file as it is read, and line by line."""
    with pytest.MonkeyPatch.context() as patch:
        # Blocks so small that rows, cells and line ends are cut through.
        patch.setattr(delimited, "ReadOptions", partial(ReadOptions, block_size=64))
        at_once = read(content)
        patch.setattr(delimited, "plain_columns", lambda *_: None)
        return at_once, read(content)


@given(text=SIGNS, encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1258"]))
def test_any_text_is_read_alike(text: str, encoding: str) -> None:
    at_once, by_lines = both_ways(text.encode(encoding, errors="ignore"))
    assert at_once == by_lines


@given(
    rows=st.integers(1, 3).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=12)
    ),
    separator=st.sampled_from(",;\t|"),
    ends=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    last=st.booleans(),
)
def test_any_table_is_read_alike(
    rows: list[list[str]], separator: str, ends: str, quoting: Any, last: bool
) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator, lineterminator=ends, quoting=quoting).writerows(rows)
    text = file.getvalue() if last else file.getvalue().removesuffix(ends)
    at_once, by_lines = both_ways(text.encode())
    assert at_once == by_lines


PLAIN = ["a,b\n1,2\n", "\ufeffa,b\r\n1,2", "a,b\n\n1,\n\n", 'a,b\n"1,1","a ""b"""\n"",b\n']
UNSURE = [
    'a,b\n1,2"\n', 'a,b\n"1"1,2\n', 'a,b\n"1\n",2\n', 'a,b\n"1,2\n', "a,b\r1,2\n", "a,b\n1\n",
    "a,b\n1,2,3\n", "a,b\n1,\0\n", "\ufeff\ufeffa,b\n", f"a,b\n1,{'2' * 200_000}\n",
    "a,b\n1,\ud800\n",
]  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_plain_files_are_taken_apart_at_once(text: str) -> None:
    columns = plain_columns(text.encode(), ",", "a,b\n")
    assert columns is not None
    assert [one.distinct[0] for one in columns] == ["", ""]
    assert all(one.codes.dtype == np.int64 for one in columns)


@pytest.mark.parametrize("text", UNSURE, ids=map(str, range(len(UNSURE))))
def test_what_may_mean_something_else_is_left_to_the_reader_of_lines(text: str) -> None:
    content = text.encode(errors="surrogatepass")
    assert plain_columns(content, ",", "a,b\n") is None
    at_once, by_lines = both_ways(content)
    assert at_once == by_lines


@pytest.mark.parametrize("limit", ["MOST_CELLS", "MOST_COLUMNS"])
def test_what_may_be_too_much_is_left_to_the_reader_of_lines(
    limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, limit, 1)
    assert plain_columns(b"a,b\n1,2\n", ",", "a,b\n") is None
