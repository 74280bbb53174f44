"""An official report as a Word document, in the layout of Decree 30/2020/NĐ-CP (Appendix I).

A4, Times New Roman, the issuing body and the national title side by side, number and date, the
subject, to whom, the text in parts (I, 1, a), recipients and signature; page numbers top centre
from the second page. What a person must decide or sign stays blank. An office's own template, if
there is one, has its own page, styles and head.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import count, zip_longest
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Length, Mm, Pt
from docx.table import Table as WordTable
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph as Line

from campaign_lib.base.editions import PRIVATE
from campaign_lib.base.files import write_whole
from campaign_lib.errors import CampaignError
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
)
from campaign_lib.words import Words

# The document around the text: page, head, subject, recipients, signature.

#: Appendix I of the decree: page margins and sizes of type, in millimetres and points.
_PAGE = (Mm(210), Mm(297))
_TOP, _BOTTOM, _LEFT, _RIGHT = Mm(20), Mm(20), Mm(30), Mm(16)
FONT = "Times New Roman"
_TEXT, _HEAD, _RECIPIENTS, _RECIPIENTS_HEAD = 13, 13, 11, 12
_INDENT = Mm(10)
#: The shares of a page's width that the issuing body and the national title take, and that the
#: recipients and the signature do.
_HEAD_SHARES, _END_SHARES = (0.38, 0.62), (0.5, 0.5)
#: A rule is as long as the motto above it, or else this share of the line (a third to a half).
_SHORT = 0.4
#: The space between a cell's edge and its text, left and right together.
_CELL_EDGES = Mm(3.8)


@dataclass(frozen=True)
class Letter:
    """What the head of a report says.

    Attributes:
        above: the body above the issuing one, in capitals.
        issuer: the issuing body, in capitals, and on a line of its own its place.
        place: where it is issued, before the date.
        subject: what the report is about.
        to: whom it is sent to.
        title: the document's own title, for the file's properties.
        basis: the documents that it stands on, a line each, before its text.
        recipients: who gets it, a line each.
    """

    above: str
    issuer: str
    place: str
    subject: str
    to: str
    title: str
    basis: Sequence[str] = ()
    recipients: Sequence[str] = ()


def write_letter(
    path: Path,
    letter: Letter,
    parts: Sequence[tuple[str, Passage]],
    words: Words,
    today: date,
    mode: int = PRIVATE,
    template: Path | None = None,
) -> None:
    """Write a report as a Word document, whole or not at all.

    Args:
        path: the file.
        letter: its head.
        parts: its text, each part with its heading; what is folded away on a page, drawings, and
            what is for a screen are left out, and a part of which nothing is left.
        words: the language of the fixed parts, and of the document.
        today: the day that it was made.
        mode: who may read it (`whole_files`).
        template: an office's own page, styles and perhaps head; the report is put at its end.

    Raises:
        CampaignError: the file cannot be written, or the template cannot be read.
    """
    document = _own_page() if template is None else _opened(template)
    _tell_of(document, letter, words, today)
    section = document.sections[-1]
    edges = (section.left_margin or _LEFT) + (section.right_margin or _RIGHT)
    width = Length((section.page_width or _PAGE[0]) - edges)
    if not any(document.iter_inner_content()):
        _head(document, letter, words, width)
    _subject(document, letter, words, width)
    for line in letter.basis:
        _paragraph(document, line)
    written = ((name, _without_second_name(_worth_writing(part.blocks))) for name, part in parts)
    for numeral, (name, blocks) in zip(_ROMAN, (part for part in written if part[1]), strict=False):
        _heading(document, f"{numeral}. {name.upper()}")
        _write_blocks(document, blocks, width)
    _end(document, letter, words, width)
    write_whole(path, lambda part: document.save(str(part)), mode)


def _opened(template: Path) -> WordDocument:
    try:
        return Document(str(template))
    except Exception as error:  # whatever is wrong with somebody's file, they have to know which
        raise CampaignError("reports.template", file=template) from error


def _tell_of(document: WordDocument, letter: Letter, words: Words, today: date) -> None:
    """Say what it is, of which day and language, and nothing of whoever made it or its template."""
    properties, made = document.core_properties, datetime.combine(today, time())
    properties.title, properties.created, properties.modified = clean(letter.title), made, made
    properties.author = properties.last_modified_by = properties.comments = ""
    package = document.part.package
    for name, part in list(package.rels.items()):
        if part.reltype.endswith("/thumbnail"):
            del package.rels[name]
    language = {"vi": "vi-VN", "en": "en-GB"}[words.language]
    texts = (document.styles.element, document.settings.element)
    for element in (
        one for text in texts for one in text.iter(qn("w:lang"), qn("w:themeFontLang"))
    ):
        element.set(qn("w:val"), language)


def _own_page() -> WordDocument:
    """Begin an empty document: paper, type, page numbers."""
    document = Document()
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
    style.paragraph_format.line_spacing = 1.0
    return document


def _head(document: WordDocument, letter: Letter, words: Words, width: Length) -> None:
    """Set the issuing body and the national title side by side, then number and date."""
    halves = [Length(int(width * share)) for share in _HEAD_SHARES]
    table = bare_table(document, halves, rows=2)
    left, right = (Length(half - _CELL_EDGES) for half in halves)
    (body, nation), (number, date) = (row.cells for row in table.rows)
    _line(body, letter.above, first=True)
    line_below(_line(body, letter.issuer, bold=True), left, _HEAD, share=_SHORT)
    _line(nation, words("letter.nation"), bold=True, first=True)
    line_below(_line(nation, words("letter.motto"), bold=True), right, _HEAD, share=1)
    _line(number, words("letter.number"), first=True)
    _line(date, words("letter.date", place=letter.place), italic=True, first=True)


def _subject(document: WordDocument, letter: Letter, words: Words, width: Length) -> None:
    """Name the kind of document and what it is about, over a short line; then to whom it goes."""
    _shaped(
        _centred(document.add_paragraph(), words("letter.kind"), _TEXT, bold=True),
        space_before=Pt(14),
    )
    subject = _centred(document.add_paragraph(), letter.subject, _TEXT, bold=True)
    line_below(subject, width, _TEXT, share=_SHORT)
    to = _centred(document.add_paragraph(), words("letter.to", body=letter.to), _TEXT)
    _shaped(to, space_before=Pt(6), space_after=Pt(10))


def _end(document: WordDocument, letter: Letter, words: Words, width: Length) -> None:
    """Leave room for the recipients and for who signs."""
    _shaped(_paragraph(document, words("letter.closing")), keep_with_next=True)
    table = bare_table(document, [Length(int(width * share)) for share in _END_SHARES], rows=1)
    keep_row_whole(table.rows[0])
    recipients, signature = table.rows[0].cells
    head = recipients.paragraphs[0].add_run(words("letter.recipients.heading"))
    head.bold = head.italic = True
    head.font.size = Pt(_RECIPIENTS_HEAD)
    for text in letter.recipients:
        line = _shaped(recipients.add_paragraph(), space_after=Pt(0))
        line.add_run(clean(text)).font.size = Pt(_RECIPIENTS)
    _line(signature, words("letter.signature.for"), bold=True, first=True)
    _line(signature, words("letter.signature.office"), bold=True)
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
_WIDE, _WIDE_SIZE = 8, 9
#: The edges of a cell, in letters; and the least that the first column, with the names, is given.
_EDGES, _NAMES = 4, 14
#: How broad a letter is on average, of the size of its type.
_LETTER = 0.5
#: The numbers of a report's parts, and the letters of what is below 1, 2, 3 (in Vietnam's order).
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_LETTERS = "abcdđeghiklmnopqrstuvxy"
_WRITTEN = (Heading, Paragraph, Listing, Table)


def _write_blocks(document: WordDocument, blocks: Sequence[Block], width: Length) -> None:
    """Add a part's blocks to a document, its sections numbered: 1, 2, and in each a, b.

    Args:
        document: it is added to its end.
        blocks: what `_worth_writing` has left.
        width: how broad a table may be.
    """
    levels = [block.level for block in blocks if isinstance(block, Heading)]
    sections, points, lead = count(1), iter(_LETTERS), ""
    for block, after in zip_longest(blocks, blocks[1:]):
        match block:
            case Heading() if block.level == min(levels):
                points = iter(_LETTERS)
                _heading(document, f"{next(sections)}. {block.text}")
            case Heading() if isinstance(after, Paragraph):  # goes on in the same line
                lead = f"{next(points)}) {block.text}: "
            case Heading():
                _heading(document, f"{next(points)}) {block.text}", italic=True)
            case Paragraph():
                _paragraph(document, block.text, lead)
                lead = ""
            case Listing():
                for item in block.items:
                    _paragraph(document, f"- {item}")
            case Table():
                _table_below(document, block, width)


def _worth_writing(blocks: Iterable[Block]) -> list[Block]:
    """Leave out what is for a screen, and then the headings that have nothing below them.

    The page's own title is one of these: it stands in the head of the letter already.
    """
    written = [block for block in _unboxed(blocks) if isinstance(block, _WRITTEN)]
    return [
        block
        for block, after in zip_longest(written, written[1:])
        if not (isinstance(block, Heading) and _ends(block, after))
    ]


def _unboxed(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Box):
            yield from _unboxed(block.inner.blocks)
        elif not (
            (isinstance(block, Paragraph) and block.css == ON_SCREEN)
            or (isinstance(block, Heading) and block.level == 1)
        ):
            yield block


def _without_second_name(blocks: list[Block]) -> list[Block]:
    """Leave out the heading of a part's only section: the part has a name already."""
    sections = [block for block in blocks if isinstance(block, Heading) and block.level == 2]
    return blocks[1:] if blocks[:1] == sections else blocks


def _ends(heading: Heading, after: Block | None) -> bool:
    return after is None or (isinstance(after, Heading) and after.level <= heading.level)


def _heading(document: WordDocument, text: str, *, italic: bool = False) -> None:
    line = document.add_paragraph()
    _shaped(line, first_line_indent=_INDENT, keep_with_next=True, space_before=Pt(6))
    run = line.add_run(clean(text))
    run.bold, run.italic = True, italic


def _paragraph(document: WordDocument, text: str, lead: str = "") -> Line:
    line = document.add_paragraph()
    _shaped(line, alignment=WD_ALIGN_PARAGRAPH.JUSTIFY, first_line_indent=_INDENT)
    if lead:
        run = line.add_run(clean(lead))
        run.bold = run.italic = True
    line.add_run(clean(text))
    return line


def _table_below(document: WordDocument, block: Table, width: Length) -> None:
    """Write a table with its caption above, its head repeated on each page, no row split."""
    if not block.rows:
        _paragraph(document, f"{block.caption}. {block.empty}")
        return
    caption = _shaped(document.add_paragraph(), keep_with_next=True, space_after=Pt(3))
    caption.add_run(clean(block.caption)).bold = True
    table = document.add_table(rows=0, cols=len(block.columns))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _ruled(table)
    head = tuple(column.label for column in block.columns)
    widths = _widths([head, *block.rows], width)
    set_widths(table, widths)
    for cells in (head, *block.rows):
        row = table.add_row()
        _fill(row.cells, cells, block, widths, bold=cells is head)
        keep_row_whole(row)
    repeat_on_each_page(table.rows[0])
    note = _shaped(document.add_paragraph(), space_before=Pt(2))
    if not block.note:
        _shaped(note, space_after=Pt(0), line_spacing=Pt(6))
    note.add_run(clean(block.note)).font.size = Pt(_TABLE_SIZE)


def _widths(rows: Sequence[Sequence[Cell]], width: Length) -> list[Length]:
    """Share a width out over columns: room for each one's longest word, then by what they hold."""
    words: list[int] = []
    wishes: list[float] = []
    for column in zip(*rows, strict=True):
        texts = [clean(str(cell)) for cell in column]
        word = max(len(word) for text in texts for word in text.split(" "))
        words.append(word + _EDGES)
        lengths = [len(text) for text in texts]
        wishes.append(max(word, (max(lengths) + sum(lengths) / len(lengths)) / 2) + _EDGES)
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


# Text as a letter has it; what Word's format can do and python-docx has no word for.

#: Signs that XML 1.0 does not allow, in whatever text from a raw file they may stand.
_NOT_ALLOWED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


#: Signs of verdicts, each before its word: a letter has the word alone.
_VERDICTS = re.compile("[✔▲▼]\\s?|\\?\u00a0")
#: A space that must not end a line: in "Thôn 7", "quý IV", "năm 2024", "13 hộ", "12,5 %".
_TOGETHER = re.compile(
    r"(?<=[^\W\d_]) (?=(?:\d{1,4}|[IVX]+)(?![\w/]|[.,]\d))"
    r"|(?<=\d) (?=(?:%|hộ|điểm|triệu|nghìn)(?:\W|$))|(?<=điểm) (?=%)|(?<=[≤≥]) "
)


def clean(text: str) -> str:
    """Write a text as a letter has it: no signs, no number apart from its word, all allowed."""
    text = _TOGETHER.sub("\N{NO-BREAK SPACE}", _VERDICTS.sub("", text))
    return _NOT_ALLOWED.sub("\N{REPLACEMENT CHARACTER}", text)


def _ruled(table: WordTable) -> None:
    """Draw a table's lines; an office's template need not have a style for them."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(_line_of(side, size=4, space=0))
    properties = table._tbl.tblPr
    properties.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")


def _line_of(side: str, size: int, space: int) -> BaseOxmlElement:
    line = OxmlElement(f"w:{side}")
    for name, value in {"val": "single", "sz": size, "space": space, "color": "000000"}.items():
        line.set(qn(f"w:{name}"), str(value))
    return line


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


def line_below(paragraph: Line, width: Length, size: int, share: float) -> None:
    """Draw a line below a centred paragraph, as long as a share of its last line of text.

    It is the lower border of an empty paragraph between two indents, which every program shows.
    """
    text = paragraph.text.splitlines()[-1]
    broad = min(width.pt, size * sum(map(_breadth, text)))
    element = OxmlElement("w:p")
    paragraph._p.addnext(element)
    line = Line(element, paragraph._parent)
    indent = Pt((width.pt - broad * share) / 2)
    _shaped(line, left_indent=indent, right_indent=indent, space_after=Pt(6), line_spacing=Pt(3))
    borders = OxmlElement("w:pBdr")
    borders.append(_line_of("bottom", size=6, space=1))
    # The order of a paragraph's properties is fixed: borders come before spacing and indents.
    line._p.get_or_add_pPr().insert(0, borders)


def _breadth(letter: str) -> float:
    """How broad a bold letter is, of the size of its type."""
    if not letter.isalpha():
        return 0.28
    return 0.72 if letter.isupper() else 0.51


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
