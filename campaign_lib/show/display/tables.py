"""Tables as people see them: on a page and in a terminal."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

LEFT, RIGHT = "", "n"


@dataclass(frozen=True)
class Column:
    """A column's heading; `align` is RIGHT for numbers."""

    label: str
    align: str = LEFT


@dataclass(frozen=True)
class Mark:
    """A cell that carries a status: its text, and the CSS class `status-<status>`."""

    text: str
    status: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Traced:
    """A cell that can be traced: its text, and the reference of the figure that it tells of.

    With `beside` the reference is printed below the text, as what one asks for by name; without
    it the text itself leads there, and shows its reference to who points at it. A page turns
    `figure:<reference>` into an address, or leaves the text alone where there is none
    (`campaign_lib.show.pages`).
    """

    text: "str | Mark"
    reference: str
    beside: bool = False

    def __str__(self) -> str:
        return str(self.text)


@dataclass(frozen=True)
class PageLink:
    """A cell that leads to the report of a place: its text, and quarter and place of the report."""

    text: str
    quarter: str
    place: str

    def __str__(self) -> str:
        return self.text


Cell = str | Mark | Traced | PageLink


@dataclass(frozen=True)
class Table:
    """A table with a caption; the first cell of each row is its heading."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    empty: str = ""

    def _repr_html_(self) -> str:
        if not self.rows and self.empty:
            return f"<p><strong>{escape(self.caption)}.</strong> {escape(self.empty)}</p>"
        head = "".join(
            _cell("th", column.label, column.align, ' scope="col"') for column in self.columns
        )
        body = "".join(f"<tr>{self._row(row)}</tr>" for row in self.rows)
        note = f'<p class="note">{escape(self.note)}</p>' if self.note else ""
        caption = f"<caption>{escape(self.caption)}</caption>"
        table = f"{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        return (
            f'<div class="scroll" tabindex="0"><table class="figures">{table}</table></div>{note}'
        )

    def _row(self, row: Sequence[Cell]) -> str:
        first, *others = zip(row, self.columns, strict=True)
        heading = _cell("th", first[0], first[1].align, ' scope="row"')
        return heading + "".join(
            # Where a phone shows each row as a card, its cells stand behind their headings.
            _cell("td", cell, column.align, f' data-label="{escape(column.label)}"')
            for cell, column in others
        )

    def __str__(self) -> str:
        """Draw the table with spaces, for a terminal."""
        lines = [[column.label for column in self.columns], *([*map(str, r)] for r in self.rows)]
        widths = [max(map(_width, cells)) for cells in zip(*lines, strict=True)]
        drawn = [
            "  ".join(
                _padded(cell, width, column.align)
                for cell, width, column in zip(line, widths, self.columns, strict=True)
            ).rstrip()
            for line in lines
        ]
        drawn.insert(1, "  ".join("─" * width for width in widths))
        if not self.rows and self.empty:
            drawn = [self.empty]
        return "\n".join([self.caption, "", *drawn, *([self.note] if self.note else [])])


def css_class(name: str) -> str:
    """Write an element's class, if it has one."""
    return f' class="{escape(name)}"' if name else ""


def _cell(tag: str, cell: Cell, align: str, attribute: str) -> str:
    told = cell.text if isinstance(cell, Traced) else cell
    status = f"status-{told.status}" if isinstance(told, Mark) else ""
    css = css_class(" ".join(filter(None, (align, status))))
    return f"<{tag}{attribute}{css}>{cell_html(cell)}</{tag}>"


def cell_html(cell: Cell) -> str:
    """Write what a cell says, as a link where it leads somewhere."""
    text = escape(str(cell))
    if isinstance(cell, PageLink):
        page = escape(f"{cell.quarter}/{cell.place}")
        return f'<a class="traced" href="page:{page}">{text}</a>'
    if not isinstance(cell, Traced):
        return text
    reference = escape(cell.reference)
    if cell.beside:
        start = f'<a class="traced" href="figure:{reference}">'
        return f'{text} <span class="reference">{start}{reference}</a></span>'
    return f'<a class="traced" title="{reference}" href="figure:{reference}">{text}</a>'


def _width(text: str) -> int:
    """Count the columns that a text takes: a letter and the marks on it are one."""
    return sum(not unicodedata.combining(sign) for sign in unicodedata.normalize("NFC", text))


def _padded(text: str, width: int, align: str) -> str:
    space = " " * (width - _width(text))
    return space + text if align == RIGHT else text + space
