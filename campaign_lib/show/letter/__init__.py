"""An official report as a Word document, in the layout of Decree 30/2020/NĐ-CP (Appendix I).

A4, Times New Roman, the issuing body and the national title side by side, number and date, the
subject, the text, recipients and signature; page numbers top centre from the second page. What a
person must decide or sign stays blank.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Length, Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from campaign_lib.base.editions import PRIVATE
from campaign_lib.base.files import write_whole
from campaign_lib.show.display import Passage
from campaign_lib.show.letter.blocks import write_blocks
from campaign_lib.show.letter.xml import bare_table, clean, line_below, page_number
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
    """

    above: str
    issuer: str
    place: str
    subject: str
    title: str


def write_letter(
    path: Path, letter: Letter, sections: Sequence[Passage], words: Words, mode: int = PRIVATE
) -> None:
    """Write a report as a Word document, whole or not at all.

    Args:
        path: the file.
        letter: its head.
        sections: its text; what is folded away on a page, and drawings, are left out.
        words: the language of the fixed parts.
        mode: who may read it (`whole_files`).

    Raises:
        CampaignError: the file cannot be written.
    """
    document = _page(letter)
    _head(document, letter, words)
    _subject(document, letter, words)
    for section in sections:
        write_blocks(document, section.blocks, _WIDTH)
    _end(document, words)
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
    kind = _centred(document.add_paragraph(), words("letter.kind"), _TEXT, bold=True)
    kind.paragraph_format.space_before = Pt(14)
    kind.paragraph_format.space_after = Pt(0)
    subject = _centred(document.add_paragraph(), letter.subject, _TEXT, bold=True)
    line_below(subject, _WIDTH, share=0.3)


def _end(document: WordDocument, words: Words) -> None:
    """Leave room for the recipients and for who signs."""
    closing = document.add_paragraph(words("letter.closing"))
    closing.paragraph_format.first_line_indent = _INDENT
    table = bare_table(document, (_LEFT_HALF, _RIGHT_HALF), rows=1)
    recipients, signature = table.rows[0].cells
    head = recipients.paragraphs[0].add_run(words("letter.recipients.heading"))
    head.bold = head.italic = True
    head.font.size = Pt(_RECIPIENTS_HEAD)
    for name in ("above", "council", "front", "units", "villages", "file"):
        line = recipients.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        line.add_run(words(f"letter.recipients.{name}")).font.size = Pt(_RECIPIENTS)
    _line(signature, words("letter.signature.for"), bold=True, first=True)
    _line(signature, words("letter.signature.office"), bold=True)
    _line(signature, words("letter.signature.how"), italic=True)
    for _ in range(4):
        _line(signature, "")
    _line(signature, words("letter.signature.name"))


def _line(
    cell: _Cell, text: str, *, bold: bool = False, italic: bool = False, first: bool = False
) -> Paragraph:
    """Add a centred line to a cell of the head; a cell has its first line already."""
    line = cell.paragraphs[0] if first else cell.add_paragraph()
    return _centred(line, text, _HEAD, bold=bold, italic=italic)


def _centred(
    line: Paragraph, text: str, size: int, *, bold: bool = False, italic: bool = False
) -> Paragraph:
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.space_after = Pt(0)
    run = line.add_run(clean(text))
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    return line


__all__ = ["Letter", "write_letter"]
