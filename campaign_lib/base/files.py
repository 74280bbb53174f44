"""Pieces of file names that every system takes, from texts that may hold anything."""

import contextlib
import glob
import hashlib
import json
import os
import re
import tempfile
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from campaign_lib.base.editions import PRIVATE
from campaign_lib.errors import CampaignError, reason

if TYPE_CHECKING:
    import pandas as pd

#: How many signs of a hash tell two texts apart.
_MARK = 8
#: Devices on Windows, which no file can be called.
_DEVICE = re.compile(r"con|prn|aux|nul|(com|lpt)\d")
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


def ascii_words(text: str) -> str:
    """Give a text's letters and digits without accents, other signs as one hyphen; may be empty."""
    letters = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    return "-".join(re.findall(r"[A-Za-z0-9_]+", letters.encode("ascii", "ignore").decode()))


def mark_of(text: str) -> str:
    """Give a short mark that another text does not share."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK]


def safe_name(code: str, taken: Collection[str] = ()) -> str:
    """Turn a code into a file name that is safe everywhere, and its alone.

    A plain code stays what it is. From any other the signs that could mean something to a file
    system are taken out, and a piece of its hash is added, so that two codes never share a file.

    Args:
        code: what the name is made of.
        taken: names, in small letters, that mean something else where the file will stand.
    """
    if _SAFE.fullmatch(code) and not _is_taken(code, taken):
        return code
    return f"{ascii_words(code)[:30].strip('-') or 'x'}-{mark_of(code)}"


def _is_taken(name: str, taken: Collection[str]) -> bool:
    return name.lower() in taken or _DEVICE.fullmatch(name.lower()) is not None


# Files that are whole or not there: written beside their place, then moved into it.
#
# Most of what this project writes tells of households, so that other users of the machine may not
# read it: owner and group, as far as the process's mask lets them, and nobody else.

#: A cell that a spreadsheet would run as a formula; a plain number is none.
_FORMULA = re.compile(r"^(?=[=+\-@\t\r])(?![+\-]?\d+([.,]\d+)*$)")

#: How a Parquet file is packed. Rows that are read together: fewer are found sooner, more pack
#: better.
_PACKING: dict[str, Any] = {"index": False, "row_group_size": 10_000}
#: The files of tables without a row, by their columns.
_PACKED: dict[tuple[object, ...], bytes] = {}
#: Rows of a CSV file that are written at once.
_ROWS_AT_ONCE = 200_000


def write_whole(path: Path, write: Callable[[Path], object], mode: int = PRIVATE) -> None:
    """Let `write` fill a file beside `path`, then move it into place; a failure leaves the old one.

    Args:
        path: the file.
        write: is given the path to fill.
        mode: `editions.PRIVATE`, or `editions.OPEN` for what may leave the office.

    Raises:
        CampaignError: the file cannot be replaced (open in Excel on Windows, no right to write,
            a full disk).
    """
    part: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        start = f".{path.name}.{os.getpid()}-"
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=start, suffix=".part")
        os.close(handle)
        part = Path(name)
        write(part)
        part.chmod(mode & ~_umask())
        part.replace(path)
    except PermissionError as error:
        raise CampaignError("file.locked", file=path) from error
    except OSError as error:
        raise CampaignError("file.not_written", file=path, detail=reason(error)) from error
    finally:
        if part is not None:
            with contextlib.suppress(FileNotFoundError):
                part.unlink()


def _sweep(path: Path) -> None:
    """Take away what killed runs left beside a file: parts whose writer is no more."""
    for part in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        writer, dash, _ = part.name.removeprefix(f".{path.name}.").partition("-")
        if not dash or not _is_running(int(writer)):
            with contextlib.suppress(OSError):  # on Windows nobody can remove what is being written
                part.unlink()


def _is_running(process: int) -> bool:
    if os.name == "nt":  # where signal 0 is no question but a key press
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True


def private_folder(folder: Path) -> None:
    """Make a folder that nobody but owner and group may look into, where it is missing.

    Raises:
        CampaignError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o770)
    except OSError as error:
        raise CampaignError(
            "folder.no_private_folder", folder=folder, reason=reason(error)
        ) from error


def _umask() -> int:
    """Read the process's mask: mkstemp leaves the group out, whom the mask may let in."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path: Path, text: str, mode: int = PRIVATE) -> None:
    """Write `text` as UTF-8 with plain line ends; raises CampaignError as `write_whole` does."""
    write_whole(path, lambda part: part.write_bytes(text.encode()), mode)


def add_lines(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Add lines of JSON to a log that no other user may read; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", encoding="utf-8", opener=_privately) as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _privately(path: str, flags: int) -> int:
    """Open a log so that no other user may read it: an error's text may repeat an answer."""
    return os.open(path, flags, PRIVATE)


def write_csv(path: Path, table: "pd.DataFrame") -> None:
    """Write a table as CSV; text that a spreadsheet would take for a formula gets an apostrophe."""

    def write(part: Path) -> None:
        """Write piece by piece: a second copy of a long list would fill the memory."""
        with part.open("w", encoding="utf-8", newline="") as file:
            for start in range(0, max(len(table), 1), _ROWS_AT_ONCE):
                piece = table.iloc[start : start + _ROWS_AT_ONCE]
                rows = as_texts(piece)
                rows.to_csv(file, index=False, header=start == 0, lineterminator="\n")

    write_whole(path, write)


def as_texts(table: "pd.DataFrame") -> "pd.DataFrame":
    """Give a table in which no text is one that a spreadsheet would take for a formula."""
    texts = table.select_dtypes(["str", "category", "object"]).columns
    return table.assign(**{column: _as_text(table[column]) for column in texts})


def _as_text(cells: "pd.Series") -> "pd.api.extensions.ExtensionArray":
    codes, distinct = cells.astype("str").factorize()  # each different text is looked at once
    texts = cast("pd.Index", distinct).map(_harmless).astype("str").array
    taken: pd.api.extensions.ExtensionArray = texts.take(codes, allow_fill=True)
    return taken


def _harmless(text: str) -> str:
    # csv puts no quotes around a bare carriage return, and a spreadsheet begins a row at it.
    return re.sub("\r\n?", "\n", _FORMULA.sub("'", text))


def unguarded(cell: str) -> str:
    """Take off the apostrophe that `write_csv` puts before what a spreadsheet would run."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def write_parquet(path: Path, table: "pd.DataFrame") -> None:
    """Write a table as Parquet; raises CampaignError as `write_whole` does."""
    if len(table):
        write_whole(path, lambda part: table.to_parquet(part, **_PACKING))
    else:
        write_whole(path, lambda part: part.write_bytes(_without_rows(table)))


def _without_rows(table: "pd.DataFrame") -> bytes:
    """Pack a table of which nothing but its columns matters; a small campaign has many of them."""
    heads = table.columns
    kinds = ((name, kind, *getattr(kind, "categories", ())) for name, kind in table.dtypes.items())
    key = (heads.dtype, heads.name, *kinds)
    if key not in _PACKED:
        _PACKED[key] = table.to_parquet(**_PACKING)
    return _PACKED[key]
