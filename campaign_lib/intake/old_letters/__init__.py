"""Text of the time before Unicode: TCVN3 (fonts .VnTime, "ABC") and VNI (fonts VNI-…).

Both put Vietnamese letters at code points that mean other letters in Unicode, so that a cell holds
`Kh«ng` where its font showed `Không`. The letters are those of TCVN 5712:1993 (VN3) and of VNI for
Windows. What is converted is decided column by column on evidence, and listed.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping

#: The Vietnamese letters in the order of the tables below.
_SMALL = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
#: TCVN3 has small letters, and those capitals that differ by more than a tone: for all others, a
#: font of capitals showed the small ones.
_TCVN3_SMALL = bytes.fromhex(
    "b5b8b6b7b9a8bbbebcbdc6a9c7cac8c9cbaeccd0cecfd1aad2d5d3d4d6d7ddd8dcdedfe3e1e2e4abe5e8e6e7e9"
    "aceaedebeceeeff3f1f2f4adf5f8f6f7f9fafdfbfcfe"
).decode("latin-1")
_TCVN3_CAPITALS = dict(zip(bytes(range(0xA1, 0xA8)).decode("latin-1"), "ĂÂÊÔƠƯĐ", strict=True))
_TCVN3_TABLE = str.maketrans({**dict(zip(_TCVN3_SMALL, _SMALL, strict=True)), **_TCVN3_CAPITALS})

#: VNI writes an accent behind its letter: a tone behind any vowel, a hat or a bowl, with or without
#: a tone, behind a, e and o. Nine letters have no accent behind them; two of these take a tone.
_TONES = ("\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
_HAT, _BOWL = "\u0302", "\u0306"
_VNI_MARKS = {
    **dict(zip("øùûõï", _TONES, strict=True)),
    **dict(zip("âàáåãä", (_HAT, *(_HAT + tone for tone in _TONES)), strict=True)),
    **dict(zip("êèéúüë", (_BOWL, *(_BOWL + tone for tone in _TONES)), strict=True)),
}
_VNI_ALONE = dict(zip("ñôöìíæóòî", "đơưìíỉĩịỵ", strict=True))
_VNI_LETTER = re.compile("([aeouyôö])([øùûõïâàáåãäêèéúüë])|([ñôöìíæóòî])", re.IGNORECASE)


def from_tcvn3(text: str) -> str:
    """Read letters of TCVN3; what is none of them stays."""
    return text.translate(_TCVN3_TABLE)


def from_vni(text: str) -> str:
    """Read letters of VNI; what is none of them stays."""
    return unicodedata.normalize("NFC", _VNI_LETTER.sub(_vni_letter, text))


def _vni_letter(found: re.Match[str]) -> str:
    letter = found[1] or found[3]
    plain = _VNI_ALONE.get(letter.lower(), letter.lower())
    mark = _VNI_MARKS[found[2].lower()] if found[2] else ""
    return (plain.upper() if letter.isupper() else plain) + mark


#: The legacy encodings by name, each with what reads a text of it.
ENCODINGS: Mapping[str, Callable[[str], str]] = {"TCVN3": from_tcvn3, "VNI": from_vni}


def readings(text: str) -> Mapping[str, str]:
    """Give what a text may say: as it stands (""), or read in a legacy encoding, by its name."""
    if text.isascii():
        return {"": text}
    return {"": text, **{name: read(text) for name, read in ENCODINGS.items()}}
