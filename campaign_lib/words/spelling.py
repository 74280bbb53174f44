"""What a misspelt name may have meant: the nearest of those that are known.

Names are compared without case, accents, superfluous spaces and leading zeros: who types `Dak To`
on a keyboard without Vietnamese letters means `Đăk Tơ`, and `T4` may be `T004`. This is for
sentences that help only; what counts as a name is decided where it is read, exactly.
"""

import re
import unicodedata
from collections.abc import Collection, Hashable, Mapping
from difflib import SequenceMatcher
from functools import cache
from itertools import islice

from campaign_lib.errors import Message

#: How many names are offered at most, and how alike (0 to 1) the last of them must be.
OFFERED, _ALIKE = 3, 0.7
#: A part of a name is as good as a slip, if it is as long as this: `mindset`.
_PART = 4
#: A sentence lists all that are known up to so many; of more it gives a few and the number.
LISTED = 12
#: Letters that are no plain letter with a mark on it.
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_LETTERS = str.maketrans({"đ": "d"})


def hint(typed: str, known: Collection[str], spellings: Mapping[str, str] | None = None) -> Message:
    """Say in half a sentence which names are nearest to a misspelt one, and which there are.

    Args:
        typed: the misspelt name.
        known: the names that there are.
        spellings: how to show each name that may be offered, by its spellings; by default the
            names that there are, as they are.

    Returns:
        ``did you mean T4? Known are T1, T2, T4``, or without a near one ``known are T1, T2, T4``.
    """
    near = nearest_names(typed, spellings or {name: name for name in known})
    if not near:
        return Message("errors.hint.none", known=few_of(known))
    *others, last = near
    meant = Message("errors.hint.or", others=", ".join(others), last=last) if others else last
    return Message("errors.hint.near", names=meant, known=few_of(known))


def few_of(names: Collection[str]) -> Message | str:
    """List names; of very many the first ones, and how many others there are."""
    if len(names) <= LISTED:
        return ", ".join(names)
    first = islice(names, OFFERED)
    return Message("errors.hint.many", some=", ".join(first), count=len(names) - OFFERED)


def nearest_names(typed: str, shown: Mapping[str, str]) -> list[str]:
    """Give the names whose spelling is most like a misspelt one, the nearest first.

    Names that are equally near are offered together or not at all: to pick three of the eighty
    that are one letter away would be a guess.

    Args:
        typed: the misspelt name.
        shown: how each name is shown, by its spellings.
    """
    likeness: dict[str, float] = {}
    for spelling, name in shown.items():
        likeness[name] = max(likeness.get(name, 0), _likeness(typed, spelling))
    offered: list[str] = []
    for score in sorted({score for score in likeness.values() if score >= _ALIKE}, reverse=True):
        alike = [name for name, own in likeness.items() if own == score]
        if len(offered) + len(alike) > OFFERED:
            break
        offered += alike
        if score == 1:  # only accents or case were missing: nothing else was meant
            break
    return offered


def _likeness(typed: str, spelling: str) -> float:
    part, whole = _bare(typed), _bare(spelling)
    matcher = SequenceMatcher(None, part, whole, autojunk=False)
    ratio = matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0
    return max(ratio, _ALIKE) if len(part) >= _PART and part in whole else ratio


def _bare(text: str) -> str:
    """Give text as it is compared here."""
    apart = unicodedata.normalize("NFD", " ".join(text.split()).casefold())
    letters = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return _ZEROS.sub("", letters.translate(_LETTERS))


# The order of the Vietnamese alphabet, for lists that people read: Đ after D, a à ả ã á ạ.
#
# Letters decide first, then tones, so that `Ba` and `Bá` stand together and before `Bă`. Numbers
# count as numbers: `thôn 2` before `thôn 10`. Tables that programs read stay in code point order.

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
#: The tones in the order of dictionaries: none, huyền, hỏi, ngã, sắc, nặng.
_TONES = "\u0300\u0309\u0303\u0301\u0323"
_ETH = str.maketrans("\u00f0", "đ")
_SIGN, _NUMBER, _LETTER, _OTHER = range(4)
_Place = tuple[int, int]


def in_alphabet(text: str) -> tuple[Hashable, ...]:
    """Give what to sort a text by."""
    small = unicodedata.normalize("NFC", text).casefold().translate(_ETH)
    places = [
        ((_NUMBER, int(piece)), 0) if piece.isdecimal() else _place(piece)
        for piece in re.findall(r"\d{1,18}|\D", small)
    ]
    return tuple(letter for letter, _ in places), tuple(tone for _, tone in places), text


@cache
def _place(letter: str) -> tuple[_Place, int]:
    """Give the place of a letter in the alphabet, and of its tone among the tones."""
    pieces = unicodedata.normalize("NFD", letter)
    tone = next((mark for mark in pieces if mark in _TONES), "")
    plain = unicodedata.normalize("NFC", pieces.replace(tone, "") if tone else pieces)
    if plain in _ALPHABET:
        return (_LETTER, _ALPHABET.index(plain)), _TONES.find(tone) + 1 if tone else 0
    return (_OTHER if letter.isalpha() else _SIGN, ord(letter[0])), 0
