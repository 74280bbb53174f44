"""The order of the Vietnamese alphabet, for lists that people read: Đ after D, a à ả ã á ạ.

Letters decide first, then tones, so that `Ba` and `Bá` stand together and before `Bă`. Numbers
count as numbers: `thôn 2` before `thôn 10`. Tables that programs read stay in code point order.
"""

import re
import unicodedata
from collections.abc import Hashable
from functools import cache

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
#: The tones in the order of dictionaries: none, huyền, hỏi, ngã, sắc, nặng.
_TONES = "\u0300\u0309\u0303\u0301\u0323"
_ETH = str.maketrans("\u00f0", "đ")
_SIGN, _NUMBER, _LETTER, _OTHER = range(4)
_Place = tuple[int, int]


def in_alphabet(text: str) -> tuple[Hashable, ...]:
    """Give what to sort a text by."""
    small = unicodedata.normalize("NFC", text).casefold().translate(_ETH)
    letters: list[_Place] = []
    tones: list[int] = []
    for piece in re.findall(r"\d{1,18}|\D", small):
        if piece.isdecimal():
            letters.append((_NUMBER, int(piece)))
            tones.append(0)
        else:
            place, tone = _place(piece)
            letters.append(place)
            tones.append(tone)
    return tuple(letters), tuple(tones), text


@cache
def _place(letter: str) -> tuple[_Place, int]:
    """Give the place of a letter in the alphabet, and of its tone among the tones."""
    pieces = unicodedata.normalize("NFD", letter)
    tone = next((mark for mark in pieces if mark in _TONES), "")
    plain = unicodedata.normalize("NFC", pieces.replace(tone, "") if tone else pieces)
    if plain in _LETTERS:
        return (_LETTER, _LETTERS.index(plain)), _TONES.find(tone) + 1 if tone else 0
    return (_OTHER if letter.isalpha() else _SIGN, ord(letter[0])), 0
