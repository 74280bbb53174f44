"""What was wrong with the raw files, as the lines of problems.csv (data contract, section 2)."""

import numpy.typing as npt
import pandas as pd

COLUMNS = ["file", "sheet", "row", "column", "value", "problem", "action"]


def no_problems() -> pd.DataFrame:
    """Give a list of problems without a line."""
    return pd.DataFrame(
        {name: pd.Series(dtype="Int64" if name == "row" else "str") for name in COLUMNS}
    )


def problem_lines(
    rows: pd.DataFrame,
    column: str | npt.ArrayLike,
    value: pd.Series,
    problem: str,
    action: str,
) -> pd.DataFrame:
    """Give one line for each row of a checked table, which says itself where it came from."""
    return pd.DataFrame(
        {
            "file": rows["source_file"].astype("str"),
            "sheet": rows["source_sheet"].astype("str").fillna(""),
            "row": rows["source_row"].astype("Int64"),
            "column": column,
            "value": value.astype("str").fillna(""),
            "problem": problem,
            "action": action,
        }
    ).reset_index(drop=True)


def file_problem(file: str, problem: str, action: str, column: str = "") -> pd.DataFrame:
    """Give the one line of a problem that a file has as a whole."""
    line = (file, "", pd.NA, column, "", problem, action)
    return pd.DataFrame([line], columns=COLUMNS).astype(no_problems().dtypes.to_dict())


def in_order(*lists: pd.DataFrame) -> pd.DataFrame:
    """Put lists of problems together, sorted by file, sheet, row and column."""
    lines = pd.concat([no_problems(), *lists])[COLUMNS]
    keys = ["file", "sheet", "row", "column"]
    return lines.sort_values(keys, kind="stable", na_position="first").reset_index(drop=True)
