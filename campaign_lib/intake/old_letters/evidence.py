"""Decides in which encoding a column is written, on the evidence of its own words.

A word speaks for Unicode if it could be Vietnamese as it stands, and for a legacy encoding if it
could be once it is read so. A column is converted where its words cannot stand as they are, and one
encoding only makes words of them; the fonts of a workbook speak too. Anything less is left as it is
and listed.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from campaign_lib.codebook import codebook, folded
from campaign_lib.intake.cells import Cells, Marks, Remark, Sheet
from campaign_lib.intake.old_letters import ENCODINGS
from campaign_lib.intake.old_letters.syllables import is_syllable, telling_words

CONVERTED = "column converted"
LEFT = "left as it is"
#: The share of the words that must be Vietnamese once they are read: names of people may not be.
_ENOUGH = 0.9
#: The share of the words that cannot stand as they are: most words have no letter that would tell.
_STRANGE = 0.25
#: How many such words are more than chance: `m×` and `für` would be words of TCVN3 too. A word
#: without an English letter is none: a sign alone is whatever sign it is.
_ENOUGH_WORDS = 3
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
            problem, action = f"written in {found[0]}; read as Unicode", CONVERTED
        else:
            problem = f"written in {' or '.join(found)}, which cannot be told; save it in Unicode"
            action = LEFT
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
    words: set[str] = set().union(*map(telling_words, texts))
    strange = {word for word in words if not is_syllable(word)}
    most_are_strange = bool(strange) and len(strange) >= _STRANGE * len(words)
    # Cells in Unicode may stand among them: which of the others are is then anybody's guess.
    in_part = any(map(_is_beyond_latin_1, texts))
    if in_part and not most_are_strange:
        return ()
    unknown = [text for text in texts if folded(text) not in _vocabulary()]
    fitting = [name for name in fonts or ENCODINGS if _fits(name, unknown)]
    known = [name for name in fitting if _all_known(name, unknown)]
    if not fitting or not (most_are_strange or fonts or known):
        return ()
    found = tuple(known or fitting)
    told = len(found) > 1 or fonts or known or found[0] in around or _is_shown(found[0], strange)
    return found if told and not in_part else (_UNICODE, *found)


def _is_shown(name: str, strange: Iterable[str]) -> bool:
    """Say whether an encoding makes more words than chance would of those that are none."""
    made = [
        word for word in strange if _ENGLISH.search(word) and is_syllable(ENCODINGS[name](word))
    ]
    return len(made) >= _ENOUGH_WORDS


def _fits(name: str, texts: Iterable[str]) -> bool:
    """Say whether an encoding makes Vietnamese words of texts, and leaves no sign that is none."""
    words = set().union(*(telling_words(ENCODINGS[name](text)) for text in texts))
    return bool(words) and sum(map(is_syllable, words)) >= _ENOUGH * len(words)


def _all_known(name: str, texts: Iterable[str]) -> bool:
    return all(folded(ENCODINGS[name](text)) in _vocabulary() for text in texts)


def _of_headings(headings: Iterable[str]) -> set[str]:
    """Name the encodings in which headings are, as the codebook knows them only so."""
    strange = [
        text for text in headings if not text.isascii() and folded(text) not in _vocabulary()
    ]
    return {name for name in ENCODINGS for text in strange if _all_known(name, [text])}


def _is_beyond_latin_1(text: str) -> bool:
    return any("\u0100" <= letter <= "\u036f" or "\u1e00" <= letter <= "\u1eff" for letter in text)


def _telling(cells: Cells) -> set[str]:
    """Give the texts of a column's rows that have other letters than the English ones."""
    texts = {
        code: cell
        for code, cell in enumerate(cells.distinct)
        if isinstance(cell, str) and not cell.isascii()
    }
    if not texts:
        return set()
    used = np.zeros(len(cells.distinct), dtype=bool)
    used[cells.codes] = True
    return {cell for code, cell in texts.items() if used[code]}


def _converted(cells: Cells, encoding: str, capitals: bool) -> Cells:
    read: Callable[[str], str] = ENCODINGS[encoding]
    texts = [read(cell) if isinstance(cell, str) else cell for cell in cells.distinct]
    if capitals:
        texts = [text.upper() if isinstance(text, str) else text for text in texts]
    return Cells(texts, cells.codes)


@cache
def _vocabulary() -> frozenset[str]:
    """Give every heading, answer and ethnic group, as texts are compared."""
    book = codebook()
    columns = [column for table in book.tables.values() for column in table.columns]
    answers = {answer for column in columns for answer in column.answers}
    texts = [text for one in columns for text in one.headings]
    texts += [text for answer in answers for text in answer.spellings]
    texts += [text for group in book.ethnic_groups for text in (group.name, *group.also)]
    return frozenset(map(folded, (*texts, *book.unknown)))
