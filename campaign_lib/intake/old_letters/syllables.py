"""Whether a word could be Vietnamese, by how its letters stand: the evidence for an encoding.

A Vietnamese word is one syllable: consonants, vowels with one tone at most, a final consonant.
Names of the peoples of the Highlands go beyond it at both ends (Blôih, Hrê, Krông), and are let in.
"""

import re
import unicodedata

_TONES = re.compile("[\u0300\u0301\u0309\u0303\u0323]")
_ONSET = "ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnprstvxjwy]?[hlrnmđ]|[bcdđghklmnpqrstvxjwfz]|"
_NUCLEUS = (
    "uyê|uya|uyu|oai|oay|oao|oeo|iêu|yêu|ươi|ươu|uôi|uây|"
    "ai|ao|au|ay|âu|ây|eo|êu|ia|iê|yê|iu|oa|oă|oe|oi|oo|ôi|ơi|ua|uâ|uê|ui|uô|uơ|uy|ưa|ưi|ươ|ưu|"
    "[aăâeêioôơuưy]"
)
_CODA = "ch|ng|nh|ih|[cmnptklrhiys]|"
_SYLLABLE = re.compile(f"(?:{_ONSET})(?:{_NUCLEUS})(?:{_CODA})")
#: A word, with whatever signs of the upper half of Latin-1 stand in it; an accent may be in pieces.
_WORD = re.compile("[A-Za-z\u00a1-\u00ff\u0100-\u02ff\u0300-\u036f\u1e00-\u1eff]+")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")


def telling_words(text: str) -> set[str]:
    """Give the words of a text that have other letters than the English ones."""
    return {word for word in _WORD.findall(text) if _BEYOND_ASCII.search(word)}


def is_syllable(word: str) -> bool:
    """Say whether a word could be Vietnamese, with its capitals where capitals can stand."""
    if not (word[1:].islower() or word.isupper() or len(word) == 1):
        return False
    pieces = unicodedata.normalize("NFD", word.lower())
    if len(_TONES.findall(pieces)) > 1:
        return False
    return bool(_SYLLABLE.fullmatch(unicodedata.normalize("NFC", _TONES.sub("", pieces))))
