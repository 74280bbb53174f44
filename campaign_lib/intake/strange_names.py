"""Why a cell may name nothing: what a spreadsheet or a keyboard has made of what was meant.

Ids and names are compared exactly; here is only said what cannot be seen by looking at the cell.
"""

import re
import unicodedata
from collections.abc import Collection
from datetime import date, datetime

from campaign_lib.codebook import Column, codebook, folded
from campaign_lib.codebook.problems import sentence
from campaign_lib.intake.cells import shown

#: Alphabets with letters, and kinds of signs, that look like those of another or like nothing.
_ALPHABETS = ("CYRILLIC", "GREEK", "FULLWIDTH", "MATHEMATICAL")
_KINDS = frozenset({"Cf", "Pd"})
_MINUS = "\u2212"
#: What Excel shows for `05-02` and `5/2`, and for a number of more digits than it keeps.
_DAY = re.compile(
    r"\d{4}-\d{2}-\d{2}( 00:00:00)?|\d{1,2}/\d{1,2}/\d{4}|\d{1,2}-(?:[a-z]{3}|thg ?\d{1,2})"
    r"|(?:[a-z]{3}|thg ?\d{1,2})-\d{2}",
    re.ASCII,
)
_MOST_ZEROS = 12
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?e\+\d+", re.ASCII)


def why_unknown(column: Column, known: Collection[str], cell: object) -> str:
    """Say why nothing may be called so.

    Args:
        column: where the cell stands.
        known: what could be named, as it is compared.
        cell: what names nothing.
    """
    spelling = folded(shown(cell))
    if column.type == "village" and not column.required and spelling in codebook().whole_commune:
        return sentence("reference.whole_commune")
    if why := why_doubtful(cell):
        return why
    if spelling.isdecimal() and (full := _with_zeros(spelling, known)):
        return sentence("reference.lost_zeros", known=full)
    return sentence(f"reference.{column.type}")


def why_doubtful(cell: object) -> str:
    """Say what is wrong with an id by its looks alone; "" where nothing is."""
    text = shown(cell)
    if signs := _strange_signs(text):
        return sentence("reference.strange_signs", signs=signs)
    small = folded(text)
    if isinstance(cell, date | datetime) or _DAY.fullmatch(small):
        return sentence("reference.became_day")
    return sentence("reference.rounded") if _ROUNDED.fullmatch(small) else ""


def _with_zeros(digits: str, known: Collection[str]) -> str:
    """Give the one known name that differs by zeros before it; "" where none or several do."""
    padded = (digits.zfill(len(digits) + more) for more in range(1, _MOST_ZEROS + 1))
    found = [name for name in padded if name in known]
    return found[0] if len(found) == 1 else ""


def _strange_signs(text: str) -> str:
    if text.isascii():
        return ""
    signs = dict.fromkeys(filter(_is_strange, text))
    return ", ".join(f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip() for sign in signs)


def _is_strange(sign: str) -> bool:
    """Say whether a sign cannot be seen, or looks like one that is on every keyboard."""
    if sign.isascii():
        return False
    kind = unicodedata.category(sign)
    return kind in _KINDS or sign == _MINUS or unicodedata.name(sign, "").startswith(_ALPHABETS)
