"""Text of the time before Unicode: TCVN3 (fonts .VnTime, "ABC") and VNI (fonts VNI-…).

Both put Vietnamese letters at code points that mean other letters in Unicode, so that a cell holds
`Kh«ng` where its font showed `Không`. The letters are those of TCVN 5712:1993 (VN3) and of VNI for
Windows. What is converted is decided column by column on evidence, and listed.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from campaign_lib.codebook import codebook, ethnic_group, folded
from campaign_lib.codebook.problems import sentence
from campaign_lib.errors import Message
from campaign_lib.intake.cells import Cells, Marks, Remark, Sheet

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


# Whether a word could be Vietnamese, by how its letters stand: the evidence for an encoding.
#
# A Vietnamese word is one syllable: consonants, vowels with one tone at most, a final consonant.
# Names of the peoples of the Highlands go beyond it at both ends (Blôih, Hrê, Krông), and are let
# in.

_TONE_MARKS = re.compile("[\u0300\u0301\u0309\u0303\u0323]")
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
_BEYOND_LATIN_1 = re.compile("[\u0100-\u036f\u1e00-\u1eff]")


def telling_words(text: str) -> set[str]:
    """Give the words of a text that have other letters than the English ones."""
    return {word for word in set(_WORD.findall(text)) if not word.isascii()}


def is_syllable(word: str) -> bool:
    """Say whether a word could be Vietnamese, with its capitals where capitals can stand."""
    if not (word[1:].islower() or word.isupper() or len(word) == 1):
        return False
    pieces = unicodedata.normalize("NFD", word.lower())
    if len(_TONE_MARKS.findall(pieces)) > 1:
        return False
    return bool(_SYLLABLE.fullmatch(unicodedata.normalize("NFC", _TONE_MARKS.sub("", pieces))))


# CSV files that are no UTF-8: Excel saves the bytes of a legacy encoding, or of windows-1258.

#: How many words with letters beyond ASCII are enough to go by, and how many of them must be
#: Vietnamese: a file is one encoding throughout, so that nearly all are.
_ENOUGH_WORDS = 3
_ENOUGH = 0.95


def in_old_bytes(content: bytes) -> tuple[str, str]:
    """Give the encoding of a file's bytes and its text; "" where none, or several, are possible."""
    signs = content.decode("latin-1")
    texts = {
        "windows-1258": unicodedata.normalize("NFC", content.decode("cp1258", errors="replace")),
        **{name: read(signs) for name, read in ENCODINGS.items()},
    }
    fitting = [(name, text) for name, text in texts.items() if _fits(text)]
    return fitting[0] if len(fitting) == 1 else ("", "")


def _fits(text: str) -> bool:
    words = telling_words(text)
    if "\ufffd" in text or len(words) < _ENOUGH_WORDS:
        return False
    return sum(map(is_syllable, words)) >= _ENOUGH * len(words)


# Decides in which encoding a column is written, on the evidence of its own words.
#
# A word speaks for Unicode if it could be Vietnamese as it stands, and for a legacy encoding if
# it could be once it is read so. A column is converted where its words cannot stand as they are,
# and one encoding only makes words of them; the fonts of a workbook speak too. Anything less is
# left as it is and listed.

CONVERTED = "column converted"
LEFT = "left as it is"
#: The share of the words that must be Vietnamese once they are read: names of people may not be.
_ENOUGH_OF_COLUMN = 0.9
#: The share of the words that cannot stand as they are: most words have no letter that would tell.
_STRANGE = 0.25

#: TCVN3 has a letter at this sign, which by itself shows nothing: word processors leave it behind.
_SOFT_HYPHEN = "\u00ad"
_ENGLISH = re.compile("[A-Za-z]")
_UNICODE = "Unicode"


def in_unicode(sheet: Sheet, marks: Marks, names: Sequence[str]) -> Sheet:
    """Convert the columns of a sheet that are written in a legacy encoding, and list each.

    Args:
        sheet: headings and rows; headings stay as they are.
        marks: what the workbook says of its fonts.
        names: what each column is called in the list.
    """
    columns = list(sheet.columns)
    remarks = []
    texts = {place: _telling(cells) for place, cells in enumerate(sheet.columns)}
    fonts = {place: marks.old_fonts.get(place, frozenset()) for place in texts}
    alone = [encodings_of(there, fonts[place]) for place, there in texts.items()]
    around = {found[0] for found in alone if len(found) == 1} | _of_headings(sheet.headings)
    for place, cells in enumerate(sheet.columns):
        found = encodings_of(texts[place], fonts[place], around) if alone[place] else ()
        if not found:
            continue
        value = min(texts[place])
        if len(found) == 1:
            columns[place] = _converted(cells, found[0], place in marks.capitals)
            problem, action = sentence("letters.column", encoding=found[0]), CONVERTED
        else:
            either = Message("problems.letters.two", one=found[0], other=found[1])
            problem, action = sentence("letters.open", encodings=either), LEFT
        remarks.append(Remark(problem, action, sheet.name, sheet.heading_row, names[place], value))
    return replace(sheet, columns=tuple(columns), remarks=(*sheet.remarks, *remarks))


def encodings_of(
    texts: Collection[str], fonts: Collection[str] = (), around: Collection[str] = ()
) -> tuple[str, ...]:
    """Name the encoding that texts are written in; none for Unicode, several if it is open.

    Args:
        texts: the distinct cells of a column that have other letters than English ones.
        fonts: the legacy encodings whose fonts the column is in.
        around: the legacy encodings in which the rest of its sheet is written.
    """
    words = telling_words("\n".join(texts))
    letters = set(_BEYOND_ASCII.findall("".join(words)))
    if not fonts and letters <= {_SOFT_HYPHEN}:
        return ()
    strange = {word for word in words if not is_syllable(word)}
    most_are_strange = bool(strange) and len(strange) >= _STRANGE * len(words)
    # Cells in Unicode may stand among them: which of the others are is then anybody's guess.
    in_part = any(_BEYOND_LATIN_1.search(text) for text in texts)
    if in_part and not most_are_strange:
        return ()
    unknown = [text for text in texts if not _is_known(text)]
    fitting = [name for name in fonts or ENCODINGS if _column_fits(name, unknown)]
    known = [name for name in fitting if _all_known(name, unknown)]
    if not fitting or not (most_are_strange or fonts or known):
        return ()
    found = tuple(known or fitting)
    told = len(found) > 1 or fonts or known or found[0] in around or _is_shown(found[0], strange)
    return found if told and not in_part else (_UNICODE, *found)


def _is_shown(name: str, strange: Iterable[str]) -> bool:
    """Say whether an encoding makes more words than chance would of those that are none."""
    worded = (word for word in strange if _ENGLISH.search(word))
    return sum(is_syllable(ENCODINGS[name](word)) for word in worded) >= _ENOUGH_WORDS


def _column_fits(name: str, texts: Iterable[str]) -> bool:
    """Say whether an encoding makes Vietnamese words of texts, and leaves no sign that is none."""
    words = set().union(*(telling_words(ENCODINGS[name](text)) for text in texts))
    return bool(words) and sum(map(is_syllable, words)) >= _ENOUGH_OF_COLUMN * len(words)


def _all_known(name: str, texts: Iterable[str]) -> bool:
    return all(_is_known(ENCODINGS[name](text)) for text in texts)


def _is_known(text: str) -> bool:
    """Say whether a text is a heading, an answer or the name of a people."""
    return folded(text) in _vocabulary() or ethnic_group(text) is not None


def _of_headings(headings: Iterable[str]) -> set[str]:
    """Name the encodings in which headings are, as the codebook knows them only so."""
    strange = [text for text in headings if not (text.isascii() or _is_known(text))]
    return {name for name in ENCODINGS for text in strange if _all_known(name, [text])}


def _telling(cells: Cells) -> set[str]:
    """Give the texts of a column's rows that have other letters than the English ones."""
    used = np.zeros(len(cells.distinct), dtype=bool)
    used[cells.codes] = True
    return {
        cell
        for cell, is_used in zip(cells.distinct, used, strict=True)
        if is_used and isinstance(cell, str) and not cell.isascii()
    }


def _converted(cells: Cells, encoding: str, capitals: bool) -> Cells:
    def said(text: str) -> str:
        return ENCODINGS[encoding](text).upper() if capitals else ENCODINGS[encoding](text)

    texts = [said(cell) if isinstance(cell, str) else cell for cell in cells.distinct]
    return Cells(texts, cells.codes)


@cache
def _vocabulary() -> frozenset[str]:
    """Give every heading and answer, as texts are compared."""
    book = codebook()
    columns = [column for table in book.tables.values() for column in table.columns]
    answers = {answer for column in columns for answer in column.answers}
    names = [
        *(one.headings for one in columns),
        *(answer.spellings for answer in answers),
        book.unknown,
    ]
    return frozenset(folded(text) for texts in names for text in texts)
