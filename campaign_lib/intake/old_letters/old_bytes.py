"""CSV files that are no UTF-8: Excel saves the bytes of a legacy encoding, or of windows-1258."""

import unicodedata
from collections.abc import Mapping

from campaign_lib.intake.old_letters import ENCODINGS
from campaign_lib.intake.old_letters.syllables import is_syllable, telling_words

#: How many words with letters beyond ASCII are enough to go by, and how many of them must be
#: Vietnamese: a file is one encoding throughout, so that nearly all are.
_ENOUGH_WORDS = 3
_ENOUGH = 0.95


def in_old_bytes(content: bytes) -> tuple[str, str]:
    """Give the encoding of a file's bytes and its text; "" where none, or several, are possible."""
    fitting = [(name, text) for name, text in _texts(content).items() if _fits(text)]
    return fitting[0] if len(fitting) == 1 else ("", "")


def _texts(content: bytes) -> Mapping[str, str]:
    vietnamese = unicodedata.normalize("NFC", content.decode("cp1258", errors="replace"))
    signs = content.decode("latin-1")
    return {
        "windows-1258": vietnamese,
        **{name: read(signs) for name, read in ENCODINGS.items()},
    }


def _fits(text: str) -> bool:
    words = telling_words(text)
    if "\ufffd" in text or len(words) < _ENOUGH_WORDS:
        return False
    return sum(map(is_syllable, words)) >= _ENOUGH * len(words)
