"""What was wrong with the raw files, as the lines of problems.csv (data contract, section 2)."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy.typing as npt
import pandas as pd

from campaign_lib.errors import Message
from campaign_lib.words.spelling import in_alphabet

COLUMNS = ["file", "sheet", "row", "column", "value", "problem", "action"]
#: Whom a line is about, where its row says so; kept beside the contract's columns, not in the CSV.
ABOUT = ["village", "household"]
#: The sentence of a line as key and values (`sentence`); `problem` says it in English.
MESSAGE = "message"
#: The columns of a checked table that a line is written from.
PLACES = ["source_file", "source_sheet", "source_row", *ABOUT]
#: The cells of one line, in the order of `COLUMNS`.
Line = tuple[object, ...]
_ALL = [*COLUMNS, *ABOUT, MESSAGE]
_LISTED_BY = ["file", "sheet", "row", "column"]
#: So many sentences are said at once.
_AT_ONCE = 10_000

#: How much a problem matters: something that somebody wrote does not count; everything counts, and
#: somebody should look; nothing is left to do.
ERROR, WARNING, DONE = SEVERITIES = ("error", "warning", "done")
#: What is kept as it is, and doubted; what was put right by `corrections.csv`.
KEPT, CORRECTED = "kept", "corrected"
#: Every action with its severity: who changes one changes both here. It is no column of
#: problems.csv, whose seven columns the contract fixes, as it can be read off the action.
SEVERITY_OF: Mapping[str, str] = {
    "row refused": ERROR,
    "set to unknown": ERROR,
    "left out of the base": ERROR,
    "counted for none": ERROR,
    "computed one used": ERROR,
    "file ignored": ERROR,
    "file missing": WARNING,
    "column ignored": WARNING,
    "column missing": WARNING,
    "superseded": WARNING,
    "row passed over": WARNING,
    "sheet passed over": WARNING,
    "file passed over": WARNING,
    "read all the same": WARNING,
    "column converted": WARNING,
    "file converted": WARNING,
    "left as it is": WARNING,
    KEPT: WARNING,
    CORRECTED: DONE,
}


def sentence(key: str, /, **values: object) -> str:
    """Word a problem: a text of `words/problems.toml` with its values, packed as a `Message` is."""
    return Message(f"problems.{key}", **values).packed()


def of_allocation(which: str, why: str) -> str:
    """Word what is wrong with an allocation, saying of which quarter and indicator."""
    return sentence("about.allocation", which=which, sentence=Message.of(why))


def in_english(messages: "pd.Series[str]") -> "pd.Series[str]":
    """Say packed sentences as problems.csv does; each different one once, as there may be many."""
    if messages.empty:
        return messages
    codes, distinct = pd.factorize(messages)
    # Piece by piece: where each cell is wrong in its own way there are millions.
    pieces = [
        pd.Series([Message.of(one).said("en") for one in distinct[at : at + _AT_ONCE]], dtype="str")
        for at in range(0, len(distinct), _AT_ONCE)
    ]
    said = pd.concat([pd.Series(dtype="str"), *pieces], ignore_index=True)
    return pd.Series(said.array.take(codes), index=messages.index)


def no_problems() -> pd.DataFrame:
    """Give a list of problems without a line."""
    return _no_problems().copy(deep=False)


@cache
def _no_problems() -> pd.DataFrame:
    return pd.DataFrame(
        {name: pd.Series(dtype="Int64" if name == "row" else "str") for name in _ALL}
    )


def problem_lines(
    rows: pd.DataFrame,
    column: str | npt.ArrayLike,
    value: pd.Series,
    problem: str | Sequence[str],
    action: str | npt.ArrayLike,
) -> pd.DataFrame:
    """Give one line for each row of a checked table, which says itself where it came from.

    What is wrong (`problem`) is worded by `sentence`.
    """
    if rows.empty:
        return no_problems()
    messages: pd.Series[str] = pd.Series(problem, index=rows.index, dtype="str")
    about = {name: _texts(rows[name]) if name in rows else "" for name in ABOUT}
    return pd.DataFrame(
        {
            "file": rows["source_file"].astype("str"),
            "sheet": _texts(rows["source_sheet"]),
            "row": rows["source_row"].astype("Int64"),
            "column": column,
            "value": _texts(value),
            "problem": in_english(messages),
            "action": action,
            **about,
            MESSAGE: messages,
        }
    ).reset_index(drop=True)


def _texts(cells: pd.Series) -> pd.Series:
    return cells.astype("str").fillna("")


def file_problem(
    file: str, problem: str, action: str, *, sheet: str = "", row: int | None = None,
    column: str = "", value: str = "",
) -> pd.DataFrame:  # fmt: skip
    """Give the one line of a problem that a file, or one of its columns, has as a whole.

    It is worded by `sentence`.
    """
    place = file, sheet, pd.NA if row is None else row, column
    return file_problems([(*place, value, problem, action)])


def file_problems(lines: Iterable[Line]) -> pd.DataFrame:
    """Give a line for each problem that is no row's, as the cells of `COLUMNS`.

    What is wrong is worded by `sentence`.
    """
    wanted, lines = no_problems(), [*lines]
    if not lines:
        return wanted
    found = pd.DataFrame(lines, columns=COLUMNS).reindex(columns=[*wanted.columns])
    found[ABOUT], found[MESSAGE] = "", found["problem"]
    found = found.astype(wanted.dtypes.to_dict())
    return found.assign(problem=in_english(found[MESSAGE]))


def severities(problems: pd.DataFrame) -> pd.Series:
    """Give the severity of each line, read off its action."""
    return problems["action"].map(lambda action: SEVERITY_OF[action]).astype("str")


def in_order(*lists: pd.DataFrame) -> pd.DataFrame:
    """Put lists of problems together, sorted by file, sheet, row and column."""
    # Most are empty, and an empty one costs as much as a full one.
    some = [one for one in lists if len(one)]
    return as_listed(pd.concat([no_problems(), *some])[_ALL]) if some else no_problems()


def as_listed(lines: pd.DataFrame) -> pd.DataFrame:
    """Sort problems by file, sheet, row and column, whatever other columns they have."""
    return lines.sort_values(
        _LISTED_BY, key=_places, kind="stable", na_position="first", ignore_index=True
    )


def _places(column: pd.Series) -> pd.Series:
    """Give what a column is sorted by: names of files and sheets as people look them up."""
    if column.name not in ("file", "sheet"):
        return column
    codes, texts = pd.factorize(column)
    order = sorted(range(len(texts)), key=lambda one: in_alphabet(str(texts[one])))
    places = pd.Series(range(len(order)), index=order, dtype="int64")
    return pd.Series(places.reindex(codes).to_numpy(), index=column.index)
