"""Pieces of file names that every system takes, from texts that may hold anything."""

import hashlib
import re
import unicodedata
from collections.abc import Collection

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
