"""An official report as a Word document, in the layout of Decree 30/2020/NĐ-CP (Appendix I).

A4, Times New Roman, the issuing body and the national title side by side, number and date, the
subject, the text, recipients and signature; page numbers top centre from the second page. What a
person must decide or sign stays blank.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.table import Table as WordTable
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph as Line

from campaign_lib.base.editions import PRIVATE
from campaign_lib.base.files import write_whole
from campaign_lib.show.display import (
    ON_SCREEN,
    RIGHT,
    Block,
    Box,
    Cell,
    Heading,
    Listing,
    Paragraph,
    Passage,
    Table,
    Tiles,
)
from campaign_lib.words import Words

# The document around the text: page, head, subject, recipients, signature.

#: Appendix I of the decree: page margins and sizes of type, in millimetres and points.
_PAGE = (Mm(210), Mm(297))
_TOP, _BOTTOM, _LEFT, _RIGHT = Mm(20), Mm(20), Mm(30), Mm(16)
FONT = "Times New Roman"
_TEXT, _HEAD, _RECIPIENTS, _RECIPIENTS_HEAD = 14, 13, 11, 12
_INDENT = Mm(10)
#: The share of the head's width that the issuing body takes.
_LEFT_HALF, _RIGHT_HALF = Mm(62), Mm(102)
_WIDTH = Length(_PAGE[0] - _LEFT - _RIGHT)


@dataclass(frozen=True)
class Letter:
    """What the head of a report says.

    Attributes:
        above: the body above the issuing one, in capitals.
        issuer: the issuing body, in capitals.
        place: where it is issued, before the date.
        subject: what the report is about.
        title: the document's own title, for the file's properties.
        basis: the documents that it stands on, a line each, before its text.
        recipients: who gets it, a line each.
    """

    above: str
    issuer: str
    place: str
    subject: str
    title: str
    basis: Sequence[str] = ()
    recipients: Sequence[str] = ()


def write_letter(
    path: Path,
    letter: Letter,
    parts: Sequence[tuple[str, Passage]],
    words: Words,
    mode: int = PRIVATE,
) -> None:
    """Write a report as a Word document, whole or not at all.

    Args:
        path: the file.
        letter: its head.
        parts: its text, each part with its heading; what is folded away on a page, drawings, and
            what is for a screen are left out, and a part of which nothing is left.
        words: the language of the fixed parts.
        mode: who may read it (`whole_files`).

    Raises:
        CampaignError: the file cannot be written.
    """
    document = _page(letter)
    _head(document, letter, words)
    _subject(document, letter, words)
    for line in letter.basis:
        _paragraph(document, line)
    written = ((name, _without_second_name(_worth_writing(part.blocks))) for name, part in parts)
    for number, (name, blocks) in enumerate((part for part in written if part[1]), start=1):
        _heading(document, Heading(f"{_ROMAN[number - 1]}. {name}".upper(), 2))
        write_blocks(document, blocks, _WIDTH)
    _end(document, letter, words)
    write_whole(path, lambda part: document.save(str(part)), mode)


def _page(letter: Letter) -> WordDocument:
    """Begin an empty document: paper, type, page numbers, nothing of whoever made it."""
    document = Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = clean(letter.title), "", ""
    section = document.sections[0]
    section.page_width, section.page_height = _PAGE
    section.top_margin, section.bottom_margin = _TOP, _BOTTOM
    section.left_margin, section.right_margin = _LEFT, _RIGHT
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = True
    page_number(section.header.paragraphs[0], FONT, _HEAD)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(_TEXT)
    style.paragraph_format.space_after = Pt(6)
    style.paragraph_format.line_spacing = 1.15
    return document


def _head(document: WordDocument, letter: Letter, words: Words) -> None:
    """Set the issuing body and the national title side by side, then number and date."""
    table = bare_table(document, (_LEFT_HALF, _RIGHT_HALF), rows=2)
    (body, nation), (number, date) = (row.cells for row in table.rows)
    _line(body, letter.above, first=True)
    line_below(_line(body, letter.issuer, bold=True), _LEFT_HALF, share=0.4)
    _line(nation, words("letter.nation"), bold=True, first=True)
    line_below(_line(nation, words("letter.motto"), bold=True), _RIGHT_HALF, share=0.66)
    _line(number, words("letter.number"), first=True)
    _line(date, words("letter.date", place=letter.place), italic=True, first=True)


def _subject(document: WordDocument, letter: Letter, words: Words) -> None:
    """Name the kind of document and what it is about, over a short line."""
    _shaped(
        _centred(document.add_paragraph(), words("letter.kind"), _TEXT, bold=True),
        space_before=Pt(14),
    )
    line_below(
        _centred(document.add_paragraph(), letter.subject, _TEXT, bold=True), _WIDTH, share=0.3
    )


def _end(document: WordDocument, letter: Letter, words: Words) -> None:
    """Leave room for the recipients and for who signs."""
    _shaped(document.add_paragraph(words("letter.closing")), first_line_indent=_INDENT)
    recipients, signature = bare_table(document, (_LEFT_HALF, _RIGHT_HALF), rows=1).rows[0].cells
    head = recipients.paragraphs[0].add_run(words("letter.recipients.heading"))
    head.bold = head.italic = True
    head.font.size = Pt(_RECIPIENTS_HEAD)
    for text in letter.recipients:
        line = _shaped(recipients.add_paragraph(), space_after=Pt(0))
        line.add_run(clean(text)).font.size = Pt(_RECIPIENTS)
    _line(signature, words("letter.signature.for"), bold=True, first=True)
    _line(signature, words("letter.signature.office"), bold=True)
    _line(signature, words("letter.signature.how"), italic=True)
    for _ in range(4):
        _line(signature, "")
    _line(signature, words("letter.signature.name"))


def _shaped(line: Line, **format_: object) -> Line:
    """Set some of a line's format, by python-docx's names of it."""
    for name, value in format_.items():
        setattr(line.paragraph_format, name, value)
    return line


def _line(
    cell: _Cell, text: str, *, bold: bool = False, italic: bool = False, first: bool = False
) -> Line:
    """Add a centred line to a cell of the head; a cell has its first line already."""
    line = cell.paragraphs[0] if first else cell.add_paragraph()
    return _centred(line, text, _HEAD, bold=bold, italic=italic)


def _centred(line: Line, text: str, size: int, *, bold: bool = False, italic: bool = False) -> Line:
    _shaped(line, alignment=WD_ALIGN_PARAGRAPH.CENTER, space_after=Pt(0))
    run = line.add_run(clean(text))
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    return line


# A page's blocks as Word's: headings, paragraphs, lists, tables.

_TABLE_SIZE = 11
#: Tables with this many columns or more are set smaller.
_WIDE, _WIDE_SIZE = 7, 9
#: A column is as broad as its longest text, but for texts longer than this many letters.
_BROADEST = 60
#: The edges of a cell, in letters; and the least that the first column, with the names, is given.
_EDGES, _NAMES = 4, 14
#: How broad a letter is on average, of the size of its type.
_LETTER = 0.5
#: The numbers of a report's parts.
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_WRITTEN = (Heading, Paragraph, Listing, Tiles, Box, Table)


def write_blocks(document: WordDocument, blocks: Iterable[Block], width: Length) -> None:
    """Add blocks to a document; what is folded away, drawings, links and code are for a screen.

    Args:
        document: it is added to its end.
        blocks: what a page shows.
        width: how broad a table may be.
    """
    for block in _worth_writing(blocks):
        match block:
            case Heading():
                _heading(document, block)
            case Paragraph():
                _paragraph(document, block.text)
            case Listing():
                for number, item in enumerate(block.items, start=1):
                    _paragraph(document, f"{number}. {item}" if block.numbered else f"- {item}")
            case Tiles():
                for tile in block.each:
                    # A label that goes on from its number is no heading for it.
                    goes_on = tile.label[:1].islower()
                    told = (tile.number, tile.label) if goes_on else (f"{tile.label}:", tile.number)
                    _paragraph(document, f"- {' '.join(told)}")
            case Box():
                write_blocks(document, block.inner.blocks, width)
            case Table():
                _table_below(document, block, width)


def _worth_writing(blocks: Iterable[Block]) -> list[Block]:
    """Leave out what is for a screen, and then the headings that have nothing below them."""
    written = [
        block
        for block in blocks
        if isinstance(block, _WRITTEN)
        and not (isinstance(block, Paragraph) and block.css == ON_SCREEN)
    ]
    return [
        block
        for block, after in zip_longest(written, written[1:])
        if not (isinstance(block, Heading) and _ends(block, after))
    ]


def _without_second_name(blocks: list[Block]) -> list[Block]:
    """Leave out the heading of a part's only section: the part has a name already."""
    sections = [block for block in blocks if isinstance(block, Heading) and block.level == 2]
    return blocks[1:] if blocks[:1] == sections else blocks


def _ends(heading: Heading, after: Block | None) -> bool:
    return after is None or (isinstance(after, Heading) and after.level <= heading.level)


def _heading(document: WordDocument, block: Heading) -> None:
    """Write a heading; the page's own title stands in the head of the letter already."""
    if block.level == 1:
        return
    line = document.add_paragraph()
    _shaped(line, first_line_indent=_INDENT, keep_with_next=True, space_before=Pt(10))
    run = line.add_run(clean(block.text))
    run.bold, run.italic = True, block.level > 2


def _paragraph(document: WordDocument, text: str) -> None:
    _shaped(
        document.add_paragraph(clean(text)),
        alignment=WD_ALIGN_PARAGRAPH.JUSTIFY,
        first_line_indent=_INDENT,
    )


def _table_below(document: WordDocument, block: Table, width: Length) -> None:
    """Write a table with its caption above, its head repeated on each page, no row split."""
    if not block.rows:
        _paragraph(document, f"{block.caption}. {block.empty}")
        return
    caption = _shaped(document.add_paragraph(), keep_with_next=True, space_after=Pt(3))
    caption.add_run(clean(block.caption)).bold = True
    table = document.add_table(rows=0, cols=len(block.columns), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    head = tuple(column.label for column in block.columns)
    widths = _widths([head, *block.rows], width)
    set_widths(table, widths)
    for cells in (head, *block.rows):
        row = table.add_row()
        _fill(row.cells, cells, block, widths, bold=cells is head)
        keep_row_whole(row)
    repeat_on_each_page(table.rows[0])
    note = _shaped(document.add_paragraph(), space_before=Pt(2))
    note.add_run(clean(block.note)).font.size = Pt(_TABLE_SIZE)


def _widths(rows: Sequence[Sequence[Cell]], width: Length) -> list[Length]:
    """Share a width out over columns: room for each one's longest word, then by longest texts."""
    words, wishes = [], []
    for column in zip(*rows, strict=True):
        texts = [str(cell) for cell in column]
        word = max(len(word) for text in texts for word in text.split(" "))
        words.append(word + _EDGES)
        wishes.append(max(word, min(max(map(len, texts)), _BROADEST)) + _EDGES)
    wishes[0] = max(wishes[0], _NAMES)
    more = [wish - word for wish, word in zip(wishes, words, strict=True)]
    size = _WIDE_SIZE if len(words) >= _WIDE else _TABLE_SIZE
    left = max(0.0, width.pt / (size * _LETTER) - sum(words))
    part = min(1.0, left / max(1, sum(more)))
    letters = [word + part * one for word, one in zip(words, more, strict=True)]
    return [Length(int(width * one / sum(letters))) for one in letters]


def _fill(
    places: Sequence[_Cell],
    row: Sequence[Cell],
    block: Table,
    widths: Sequence[Length],
    *,
    bold: bool = False,
) -> None:
    size = _WIDE_SIZE if len(row) >= _WIDE else _TABLE_SIZE
    for place, cell, column, width in zip(places, row, block.columns, widths, strict=True):
        place.width = width
        line = _shaped(place.paragraphs[0], space_after=Pt(0), line_spacing=1.0)
        if column.align == RIGHT:
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _run(line, str(cell), size, bold=bold)  # where it leads to is for a screen


def _run(line: Line, text: str, size: int, *, bold: bool = False) -> None:
    run = line.add_run(clean(text))
    run.bold, run.font.size = bold, Pt(size)


# What Word's format can do and python-docx has no word for, and what XML cannot hold.

#: Signs that XML 1.0 does not allow, in whatever text from a raw file they may stand.
_NOT_ALLOWED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Put a sign for what a Word document cannot hold in its place."""
    return _NOT_ALLOWED.sub("\N{REPLACEMENT CHARACTER}", text)


def bare_table(document: WordDocument, widths: Sequence[Length], rows: int) -> WordTable:
    """Add a table without lines, for things that stand side by side."""
    table: WordTable = document.add_table(rows=rows, cols=len(widths))
    table.autofit = False
    set_widths(table, widths)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
    return table


def set_widths(table: WordTable, widths: Sequence[Length]) -> None:
    """Give columns their widths: some programs read them here, others off each cell."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width


def line_below(paragraph: Line, width: Length, share: float) -> None:
    """Draw a line below a centred paragraph, as long as a share of the width that it has.

    It is the lower border of an empty paragraph between two indents, which every program shows.
    """
    element = OxmlElement("w:p")
    paragraph._p.addnext(element)
    line = Line(element, paragraph._parent)
    indent = Length(int(width * (1 - share) / 2))
    _shaped(line, left_indent=indent, right_indent=indent, space_after=Pt(6), line_spacing=Pt(3))
    borders = OxmlElement("w:pBdr")
    border = OxmlElement("w:bottom")
    for name, value in {"val": "single", "sz": "6", "space": "1", "color": "000000"}.items():
        border.set(qn(f"w:{name}"), value)
    borders.append(border)
    # The order of a paragraph's properties is fixed: borders come before spacing and indents.
    line._p.get_or_add_pPr().insert(0, borders)


def page_number(paragraph: Line, font: str, size: int) -> None:
    """Put the number of the page, centred, into a header."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run()
    run.font.name, run.font.size = font, Pt(size)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = text
        run._r.append(part)


def repeat_on_each_page(row: _Row) -> None:
    """Make a row the head of its table on every page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def keep_row_whole(row: _Row) -> None:
    """Let no page end within a row."""
    row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))
