"""What a person is shown: tables, charts and passages that print in a page and in a terminal.

They hold finished text, compute nothing and read nothing. Text from raw files becomes HTML here,
and only here, so it is escaped here.
"""

import unicodedata
from collections.abc import Iterable, Sequence
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


Cell = str | Mark


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
        head = "".join(_cell("th", column.label, column.align, "col") for column in self.columns)
        body = "".join(f"<tr>{self._row(row)}</tr>" for row in self.rows)
        note = f'<p class="note">{escape(self.note)}</p>' if self.note else ""
        caption = f"<caption>{escape(self.caption)}</caption>"
        table = f"{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        return (
            f'<div class="scroll" tabindex="0"><table class="figures">{table}</table></div>{note}'
        )

    def _row(self, row: Sequence[Cell]) -> str:
        first, *others = zip(row, self.columns, strict=True)
        heading = _cell("th", first[0], first[1].align, "row")
        return heading + "".join(_cell("td", cell, column.align) for cell, column in others)

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


@dataclass(frozen=True)
class Chart:
    """A drawing as SVG; `alt` says what it shows to who cannot see it."""

    svg: str
    title: str
    alt: str
    source: str

    def _repr_html_(self) -> str:
        drawing = self.svg[self.svg.index("<svg") :]
        labelled = drawing.replace("<svg", f'<svg role="img" aria-label="{escape(self.alt)}"', 1)
        return (
            f'<figure class="chart"><figcaption><strong>{escape(self.title)}</strong>'
            f"</figcaption>{labelled}"
            f'<p class="note">{escape(self.source)}</p></figure>'
        )

    def __str__(self) -> str:
        return f"{self.title}. {self.alt}"


@dataclass(frozen=True)
class Tile:
    """A big number with what it counts."""

    number: str
    label: str
    status: str


@dataclass(frozen=True)
class Passage:
    """Headings, paragraphs, lists and tiles, one after the other, as ready HTML and as text."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __str__(self) -> str:
        return self.text

    def __add__(self, other: "Passage") -> "Passage":
        return Passage(self.html + other.html, f"{self.text}\n{other.text}")


NOTHING = Passage("", "")
Shown = Table | Chart | Passage


def together(*items: Shown) -> Passage:
    """Put things that are shown one after the other."""
    html = "".join(item._repr_html_() for item in items)
    return Passage(html, "\n\n".join(str(item) for item in items))


def paragraph(text: str, css: str = "") -> Passage:
    """Give one paragraph."""
    return Passage(f"<p{_css(css)}>{escape(text)}</p>", text)


def heading(text: str, level: int) -> Passage:
    """Give a heading of level 1 to 6, which can be linked to by its text."""
    name = unicodedata.normalize("NFC", text).casefold().replace(" ", "-")
    return Passage(f'<h{level} id="{escape(name)}">{escape(text)}</h{level}>', f"\n{text}\n")


def listing(items: Iterable[str], *, numbered: bool = False) -> Passage:
    """Give a list of sentences."""
    items = list(items)
    if not items:
        return NOTHING
    tag = "ol" if numbered else "ul"
    inner = "".join(f"<li>{escape(item)}</li>" for item in items)
    return Passage(f"<{tag}>{inner}</{tag}>", "\n".join(f"- {item}" for item in items))


def tiles(each: Iterable[Tile]) -> Passage:
    """Give big numbers side by side."""
    each = list(each)
    inner = "".join(
        f'<li class="tile status-{escape(tile.status)}"><span class="number">{escape(tile.number)}'
        f"</span> <span>{escape(tile.label)}</span></li>"
        for tile in each
    )
    text = "   ".join(f"{tile.number} {tile.label}" for tile in each)
    return Passage(f'<ul class="tiles">{inner}</ul>', text)


def link(text: str, address: str) -> Passage:
    """Give a link as a paragraph of its own."""
    return Passage(f'<p><a href="{escape(address)}">{escape(text)}</a></p>', f"{text}: {address}")


def code(text: str, label: str) -> Passage:
    """Give text that is to be read letter by letter, such as SQL, folded away under a label."""
    html = f"<details><summary>{escape(label)}</summary><pre>{escape(text)}</pre></details>"
    return Passage(html, text)


def boxed(passage: Passage, css: str) -> Passage:
    """Put a passage in a box of the page's style."""
    return Passage(f"<section{_css(css)}>{passage.html}</section>", passage.text)


def _css(name: str) -> str:
    return f' class="{escape(name)}"' if name else ""


def _cell(tag: str, cell: Cell, align: str, scope: str = "") -> str:
    status = f"status-{cell.status}" if isinstance(cell, Mark) else ""
    css = _css(" ".join(filter(None, (align, status))))
    scoped = f' scope="{scope}"' if scope else ""
    return f"<{tag}{scoped}{css}>{escape(str(cell))}</{tag}>"


def _width(text: str) -> int:
    """Count the columns that a text takes: a letter and the marks on it are one."""
    return sum(not unicodedata.combining(sign) for sign in unicodedata.normalize("NFC", text))


def _padded(text: str, width: int, align: str) -> str:
    space = " " * (width - _width(text))
    return space + text if align == RIGHT else text + space
