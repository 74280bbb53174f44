"""Pieces of file names that every system takes, from texts that may hold anything."""

import hashlib
import re
import unicodedata

#: How many signs of a hash tell two texts apart.
_MARK = 8


def ascii_words(text: str) -> str:
    """Give a text's letters and digits without accents, other signs as one hyphen; may be empty."""
    letters = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    return "-".join(re.findall(r"[A-Za-z0-9_]+", letters.encode("ascii", "ignore").decode()))


def mark_of(text: str) -> str:
    """Give a short mark that another text does not share."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK]
