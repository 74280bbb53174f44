"""The statements by which corrections.csv changes cells of the other files, as they were read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from campaign_lib.recount.raw.layout import Column, Piece, text

#: The table of corrections.
CORRECTIONS = "corrections"
#: What is read of a correction; who, when and why change nothing.
_SAID = ("file", "key", "column", "old", "new")
_TOLD = ("file", "table", "row", "column", "place_in_key", "spelling")


def named(piece: Piece) -> str:
    """Write which of the files that the build has read the corrections name."""
    cell = f"folded(said_in(p{piece.columns['file']}))"
    return f"SELECT file FROM checked_files WHERE folded(file) IN (SELECT {cell} FROM {piece.grid})"


def wanted(piece: Piece, files: Iterable[str]) -> str:
    """Write the table of what the corrections say, each naming one of `files` as it is called."""
    cells = [
        f"said_in(p{piece.columns[name]}) AS {name}" if name in piece.columns else f"'' AS {name}"
        for name in _SAID
    ]
    called = " ".join(f"WHEN folded({text(file)}) THEN {text(file)}" for file in files)
    file = f"CASE folded(file) {called} END" if called else "NULL"
    return f"""
        CREATE TABLE wanted AS
        SELECT * REPLACE ({file} AS file) FROM (SELECT row, {", ".join(cells)} FROM {piece.grid});
    """


def told(pieces: Iterable[Piece], columns: Mapping[str, Sequence[Column]]) -> str:
    """Write the table of all cells of the files that are corrected, as they are compared."""
    selects = ["SELECT " + ", ".join(f"NULL AS {name}" for name in _TOLD) + " WHERE false"]
    for piece in pieces:
        keys = [column.name for column in columns[piece.file.table] if column.is_key]
        for name, position in piece.columns.items():
            place = keys.index(name) + 1 if name in keys else "NULL"
            own = ", ".join(map(text, (piece.file.name, piece.file.table)))
            selects.append(
                f"SELECT {own}, row, {text(name)}, {place}, folded(said_in(p{position})) "
                f"FROM {piece.grid}"
            )
    return f"CREATE TABLE told AS {' UNION ALL '.join(selects)}"


def corrected(piece: Piece, names: Iterable[str]) -> tuple[str, Piece]:
    """Write the grid of a file with the columns `names` corrected; gives the piece that has it."""
    changed = replace(piece, grid=f"{piece.grid}_corrected")
    own = [(f'"new {name}"', f"p{piece.columns[name]}", name) for name in names]
    cells = ", ".join(f"coalesce({alias}.new, {cell}) AS {cell}" for alias, cell, _ in own)
    joins = " ".join(
        "LEFT JOIN (SELECT DISTINCT raw_row, new FROM corrected_cells "
        f"WHERE file = {text(piece.file.name)} "
        f'AND "column" = {text(name)}) AS {alias} ON {alias}.raw_row = grid.row'
        for alias, _, name in own
    )
    statement = (
        f"CREATE TABLE {changed.grid} AS SELECT grid.* REPLACE ({cells}) "
        f"FROM {piece.grid} AS grid {joins}"
    )
    return statement, changed
