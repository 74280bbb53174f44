"""What Word's format can do and python-docx has no word for, and what XML cannot hold."""

import re
from collections.abc import Sequence

from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Pt
from docx.table import Table, _Row
from docx.text.paragraph import Paragraph

#: Signs that XML 1.0 does not allow, in whatever text from a raw file they may stand.
_NOT_ALLOWED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Put a sign for what a Word document cannot hold in its place."""
    return _NOT_ALLOWED.sub("\N{REPLACEMENT CHARACTER}", text)


def bare_table(document: WordDocument, widths: Sequence[Length], rows: int) -> Table:
    """Add a table without lines, for things that stand side by side."""
    table: Table = document.add_table(rows=rows, cols=len(widths))
    table.autofit = False
    set_widths(table, widths)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
    return table


def set_widths(table: Table, widths: Sequence[Length]) -> None:
    """Give columns their widths: some programs read them here, others off each cell."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width


def line_below(paragraph: Paragraph, width: Length, share: float) -> None:
    """Draw a line below a centred paragraph, as long as a share of the width that it has.

    It is the lower border of an empty paragraph between two indents, which every program shows.
    """
    element = OxmlElement("w:p")
    paragraph._p.addnext(element)
    line = Paragraph(element, paragraph._parent)
    indent = Length(int(width * (1 - share) / 2))
    line.paragraph_format.left_indent = line.paragraph_format.right_indent = indent
    line.paragraph_format.space_after = Pt(6)
    line.paragraph_format.line_spacing = Pt(3)
    borders = OxmlElement("w:pBdr")
    border = OxmlElement("w:bottom")
    for name, value in {"val": "single", "sz": "6", "space": "1", "color": "000000"}.items():
        border.set(qn(f"w:{name}"), value)
    borders.append(border)
    # The order of a paragraph's properties is fixed: borders come before spacing and indents.
    line._p.get_or_add_pPr().insert(0, borders)


def page_number(paragraph: Paragraph, font: str, size: int) -> None:
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
    properties = row._tr.get_or_add_trPr()
    properties.insert(0, OxmlElement("w:cantSplit"))
