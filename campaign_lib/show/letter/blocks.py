"""A page's blocks as Word's: headings, paragraphs, lists, tables."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Length, Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph

from campaign_lib.show.display import (
    RIGHT,
    Block,
    Box,
    Cell,
    Heading,
    Listing,
    Paragraph,
    Table,
    Tiles,
    Traced,
)
from campaign_lib.show.letter.xml import clean, keep_row_whole, repeat_on_each_page, set_widths

_TABLE_SIZE, _REFERENCE_SIZE = 11, 7
#: Tables with this many columns or more are set smaller.
_WIDE, _WIDE_SIZE = 7, 9
#: A column is as broad as its longest text, but for texts longer than this many letters.
_BROADEST = 60
#: The edges of a cell, in letters; and the least that the first column, with the names, is given.
_EDGES, _NAMES = 4, 14
#: How broad a letter is on average, of the size of its type.
_LETTER = 0.5
_INDENT = Mm(10)
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
                    _paragraph(document, f"- {tile.label}: {tile.number}")
            case Box():
                write_blocks(document, block.inner.blocks, width)
            case Table():
                _table(document, block, width)


def _worth_writing(blocks: Iterable[Block]) -> list[Block]:
    """Leave out what is for a screen, and then the headings that have nothing below them."""
    written = [block for block in blocks if isinstance(block, _WRITTEN)]
    return [
        block
        for block, after in zip_longest(written, written[1:])
        if not (isinstance(block, Heading) and _ends(block, after))
    ]


def _ends(heading: Heading, after: Block | None) -> bool:
    return after is None or (isinstance(after, Heading) and after.level <= heading.level)


def _heading(document: WordDocument, block: Heading) -> None:
    """Write a heading; the page's own title stands in the head of the letter already."""
    if block.level == 1:
        return
    line = document.add_paragraph()
    line.paragraph_format.first_line_indent = _INDENT
    line.paragraph_format.keep_with_next = True
    line.paragraph_format.space_before = Pt(10)
    run = line.add_run(clean(block.text))
    run.bold, run.italic = True, block.level > 2


def _paragraph(document: WordDocument, text: str) -> None:
    line = document.add_paragraph(clean(text))
    line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    line.paragraph_format.first_line_indent = _INDENT


def _table(document: WordDocument, block: Table, width: Length) -> None:
    """Write a table with its caption above, its head repeated on each page, no row split."""
    if not block.rows:
        _paragraph(document, f"{block.caption}. {block.empty}")
        return
    caption = document.add_paragraph()
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_after = Pt(3)
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
    note = document.add_paragraph()
    note.paragraph_format.space_before = Pt(2)
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
        line = place.paragraphs[0]
        line.paragraph_format.space_after = Pt(0)
        line.paragraph_format.line_spacing = 1.0
        if column.align == RIGHT:
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _run(line, str(cell), size, bold=bold)
        if isinstance(cell, Traced) and cell.beside:
            _run(line, f"\n{cell.reference}", _REFERENCE_SIZE)


def _run(line: WordParagraph, text: str, size: int, *, bold: bool = False) -> None:
    run = line.add_run(clean(text))
    run.bold, run.font.size = bold, Pt(size)
