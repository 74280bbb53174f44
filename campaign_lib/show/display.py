"""What a person is shown: tables, charts and passages that print in a page and in a terminal.

They hold finished text, compute nothing and read nothing. Text from raw files becomes HTML here,
and only here, so it is escaped here.
"""

import unicodedata
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

import pandas as pd

from campaign_lib.base.editions import EDITIONS, INTERNAL, PUBLIC, Edition

# Tables as people see them: on a page and in a terminal.

LEFT, RIGHT = "", "n"


@dataclass(frozen=True)
class Column:
    """A column's heading; `align` is RIGHT for numbers; `cell` makes a cell of a frame's row.

    `editions` are those that the column stands in.
    """

    label: str
    align: str = LEFT
    cell: "Callable[[Any], Cell]" = field(default=str, compare=False, repr=False)
    editions: tuple[Edition, ...] = EDITIONS


def columns_of(
    label: Callable[[str], str],
    right: Container[str] = (),
    internal: Container[str] = (),
    /,
    **cells: "Callable[[Any], Cell]",
) -> tuple[Column, ...]:
    """Give columns by name, from left to right: how each makes a cell of a frame's row.

    Args:
        label: gives the heading of a column by its name.
        right: the names of those that hold numbers.
        internal: the names of those that stand in the internal edition alone.
        cells: the columns.
    """
    return tuple(
        Column(
            label(name),
            RIGHT if name in right else LEFT,
            cell,
            (INTERNAL,) if name in internal else EDITIONS,
        )
        for name, cell in cells.items()
    )


@dataclass(frozen=True)
class _Said:
    """What is shown as its text where there is no page."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Mark(_Said):
    """A cell that carries a status: its text, and the CSS class `status-<status>`."""

    status: str


@dataclass(frozen=True)
class Traced:
    """A cell that can be traced: its text, and the reference of the figure that it tells of.

    With `beside`, a link of these words follows the text; without it the text itself leads there.
    Either shows its reference to who points at it, and what is beside also on paper. A page turns
    `figure:<reference>` into an address; where there is none it leaves the text alone, with the
    reference beside it (`campaign_lib.show.pages`).
    """

    text: "str | Mark"
    reference: str
    beside: str = ""

    def __str__(self) -> str:
        return str(self.text)


@dataclass(frozen=True)
class PageLink(_Said):
    """A cell that leads to the report of a place: its text, and quarter and place of the report."""

    quarter: str
    place: str


@dataclass(frozen=True)
class InVietnamese(_Said):
    """A cell that is in Vietnamese on a page in another language: nobody has translated it."""


Cell = str | Mark | Traced | PageLink | InVietnamese


@dataclass(frozen=True)
class Table:
    """A table with a caption; the first cell of each row is its heading."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    empty: str = ""
    frame: pd.DataFrame | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(
        cls,
        frame: pd.DataFrame,
        columns: Sequence[Column],
        caption: str,
        *,
        note: str = "",
        empty: str = "",
        edition: Edition = INTERNAL,
    ) -> "Table":
        """Lay a frame out: a line for each of its rows, whose cells the columns make of it.

        The public edition has its own columns alone, and nothing of the frame but what they say.
        """
        columns = tuple(column for column in columns if edition in column.editions)
        lines = frame.itertuples(index=False)
        rows = tuple(tuple(column.cell(line) for column in columns) for line in lines)
        return cls(caption, columns, rows, note, empty, None if edition == PUBLIC else frame)

    @classmethod
    def crossed(
        cls,
        frame: pd.DataFrame,
        down: tuple[str, Mapping[Any, str], str],
        across: tuple[str, Mapping[Any, str]],
        cell: "Callable[[Any, Any], Cell]",
        caption: str,
        *,
        align: str = LEFT,
        note: str = "",
        empty: str = "",
    ) -> "Table":
        """Set a frame's rows side by side, by the values of two of its columns.

        Args:
            frame: what is shown; of each two values one row at most.
            down: the column whose values have a line each, how they are called, their heading.
            across: the column whose values have a column each, and how they are called.
            cell: makes a cell of the frame's row (None where there is none) and the value across.
            caption: the table's.
            align: of the columns.
            note: below the table.
            empty: instead of a table without lines.
        """
        keys = zip(frame[down[0]], frame[across[0]], strict=True)
        found = dict(zip(keys, frame.itertuples(index=False), strict=True))
        return cls(
            caption,
            (Column(down[2]), *(Column(label, align) for label in across[1].values())),
            tuple(
                (name, *(cell(found.get((row, column)), column) for column in across[1]))
                for row, name in down[1].items()
            ),
            note,
            empty,
            frame,
        )

    def with_column(self, label: str, cells: Iterable[Cell]) -> "Table":
        """Give the table with one column of text more, a cell for each line."""
        rows = tuple((*row, cell) for row, cell in zip(self.rows, cells, strict=True))
        return replace(self, columns=(*self.columns, Column(label)), rows=rows)

    @property
    def data(self) -> pd.DataFrame:
        """The frame behind the table, a copy of one's own; without one its cells as text."""
        if self.frame is not None:
            return self.frame.copy()
        labels = [column.label for column in self.columns]
        return pd.DataFrame([[*map(str, row)] for row in self.rows], columns=labels)

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
    if isinstance(cell, InVietnamese):
        return f'<span lang="vi">{text}</span>'
    if not isinstance(cell, Traced):
        return text
    reference = escape(cell.reference)
    title = "" if cell.beside == cell.reference else f' title="{reference}"'
    link = f'<a class="traced"{title} href="figure:{reference}">'
    if cell.beside:
        return f'{text} <span class="reference">{link}{escape(cell.beside)}</a></span>'
    return f"{link}{text}</a>"


def _width(text: str) -> int:
    """Count the columns that a text takes: a letter and the marks on it are one."""
    return sum(not unicodedata.combining(sign) for sign in unicodedata.normalize("NFC", text))


def _padded(text: str, width: int, align: str) -> str:
    space = " " * (width - _width(text))
    return space + text if align == RIGHT else text + space


@dataclass(frozen=True)
class Chart:
    """A drawing of a frame; `alt` says all that it shows, to who cannot see it.

    `draw` gives it as SVG: when a page shows it, for letters and terminals have words alone. The
    title is what a reader asks, `answer` what the drawing says to it, and its numbers are `behind`.
    """

    draw: Callable[[], str] = field(compare=False, repr=False)
    title: str
    alt: str
    source: str
    frame: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False, repr=False)
    answer: str = ""
    behind: "FoldedAway | None" = None

    @property
    def data(self) -> pd.DataFrame:
        """What is drawn and nothing else, as a copy of one's own."""
        return self.frame.copy()

    def _repr_html_(self) -> str:
        said = " ".join(filter(None, (self.answer, self.alt)))
        answer = f" {escape(self.answer)}" if self.answer else ""
        drawn = self.draw()
        if drawn.startswith("<?xml"):
            drawn = drawn[drawn.index("<svg") :]
        return (
            f'<figure class="chart"><figcaption><strong>{escape(self.title)}</strong>{answer}'
            f'</figcaption><div class="panels" role="img" aria-label="{escape(said)}">{drawn}</div>'
            f'<p class="note">{escape(self.source)}</p>'
            f"{self.behind._repr_html_() if self.behind else ''}</figure>"
        )

    def __str__(self) -> str:
        return " ".join(filter(None, (f"{self.title}.", self.answer, self.alt)))


@dataclass(frozen=True)
class Tile:
    """A big number with what it counts."""

    number: str
    label: str
    status: str


@dataclass(frozen=True)
class Paragraph(_Said):
    """A paragraph; `css` names its style."""

    css: str = ""

    def _repr_html_(self) -> str:
        return f"<p{css_class(self.css)}>{escape(self.text)}</p>"


@dataclass(frozen=True)
class Heading(_Said):
    """A heading of level 1 to 6, which can be linked to by its name, or else by its text."""

    level: int
    name: str = ""

    def _repr_html_(self) -> str:
        name = unicodedata.normalize("NFC", self.name or self.text).casefold().replace(" ", "-")
        return f'<h{self.level} id="{escape(name)}">{escape(self.text)}</h{self.level}>'


@dataclass(frozen=True)
class Leading:
    """A sentence that ends with several figures, each of which leads to where it comes from."""

    start: str
    figures: tuple[Traced, ...]

    @property
    def html(self) -> str:
        """The sentence as HTML."""
        return f"{escape(self.start)} {'; '.join(map(cell_html, self.figures))}"

    def __str__(self) -> str:
        return f"{self.start} {'; '.join(map(str, self.figures))}"


#: A sentence of a list.
Item = str | Traced | Leading


@dataclass(frozen=True)
class Listing:
    """A list of sentences; one about a figure can lead to where it comes from."""

    items: tuple[Item, ...]
    numbered: bool = False

    def _repr_html_(self) -> str:
        tag = "ol" if self.numbered else "ul"
        said = (item.html if isinstance(item, Leading) else cell_html(item) for item in self.items)
        inner = "".join(f"<li>{html}</li>" for html in said)
        return f"<{tag}>{inner}</{tag}>"

    def __str__(self) -> str:
        return "\n".join(f"- {item}" for item in self.items)


@dataclass(frozen=True)
class Tiles:
    """Big numbers side by side."""

    each: tuple[Tile, ...]

    def _repr_html_(self) -> str:
        inner = "".join(
            f'<li class="tile status-{escape(tile.status)}"><span class="number">'
            f"{escape(tile.number)}</span> <span>{escape(tile.label)}</span></li>"
            for tile in self.each
        )
        return f'<ul class="tiles">{inner}</ul>'

    def __str__(self) -> str:
        return "   ".join(f"{tile.number} {tile.label}" for tile in self.each)


@dataclass(frozen=True)
class Link:
    """A link as a paragraph of its own."""

    text: str
    address: str

    def _repr_html_(self) -> str:
        return f'<p><a href="{escape(self.address)}">{escape(self.text)}</a></p>'

    def __str__(self) -> str:
        return f"{self.text}: {self.address}"


@dataclass(frozen=True)
class Code(_Said):
    """Text to be read letter by letter, such as SQL; folded away under its label if it has one."""

    label: str

    def _repr_html_(self) -> str:
        text = f"<pre>{escape(self.text)}</pre>"
        if not self.label:
            return text
        return f"<details><summary>{escape(self.label)}</summary>{text}</details>"


@dataclass(frozen=True)
class FoldedAway:
    """Things folded away under a sentence until somebody opens them.

    On paper they show; long ones only where they were opened before printing.
    """

    summary: str
    inner: "Passage"
    long: bool = False

    def _repr_html_(self) -> str:
        css = css_class("on-demand" if self.long else "")
        return f"<details{css}><summary>{escape(self.summary)}</summary>{self.inner.html}</details>"

    def __str__(self) -> str:
        return str(self.inner)


@dataclass(frozen=True)
class Box:
    """A passage in a box of the page's style."""

    inner: "Passage"
    css: str

    def _repr_html_(self) -> str:
        return f"<div{css_class(self.css)}>{self.inner.html}</div>"

    def __str__(self) -> str:
        return str(self.inner)


Block = Paragraph | Heading | Listing | Tiles | Link | Code | FoldedAway | Box | Table | Chart


@dataclass(frozen=True)
class Passage:
    """Blocks one after the other: a page shows them as HTML, a terminal as text."""

    blocks: tuple[Block, ...] = ()

    @property
    def html(self) -> str:
        """All of it as HTML."""
        return "".join(block._repr_html_() for block in self.blocks)

    @property
    def text(self) -> str:
        """All of it for a terminal."""
        return "\n\n".join(str(block).strip("\n") for block in self.blocks)

    @property
    def data(self) -> "pd.DataFrame | dict[str, pd.DataFrame]":
        """The frame of the table or chart in it; of several (or none) each by what it is called."""
        frames = dict(_frames(self.blocks))
        return next(iter(frames.values())) if len(frames) == 1 else frames

    def _repr_html_(self) -> str:
        return self.html

    def __str__(self) -> str:
        return self.text

    def __add__(self, other: "Passage") -> "Passage":
        return Passage(self.blocks + other.blocks)


def _frames(blocks: Iterable[Block]) -> Iterator[tuple[str, pd.DataFrame]]:
    for block in blocks:
        if isinstance(block, FoldedAway | Box):
            yield from _frames(block.inner.blocks)
        elif isinstance(block, Table | Chart):
            yield block.caption if isinstance(block, Table) else block.title, block.data


NOTHING = Passage()
Shown = Block | Passage


def together(*items: Shown) -> Passage:
    """Put things that are shown one after the other."""
    blocks: list[Block] = []
    for item in items:
        blocks += item.blocks if isinstance(item, Passage) else [item]
    return Passage(tuple(blocks))


#: The style of what is said of the page itself, for whoever sees it on a screen.
ON_SCREEN = "on-screen"


def paragraph(text: str, css: str = "") -> Passage:
    """Give one paragraph."""
    return Passage((Paragraph(text, css),))


def heading(text: str, level: int, name: str = "") -> Passage:
    """Give a heading of level 1 to 6; links find it by its name, or else by its text."""
    return Passage((Heading(text, level, name),))


def listing(items: Iterable[Item], *, numbered: bool = False) -> Passage:
    """Give a list of sentences; nothing where there are none."""
    items = tuple(items)
    return Passage((Listing(items, numbered),)) if items else NOTHING


def tiles(each: Iterable[Tile]) -> Passage:
    """Give big numbers side by side."""
    return Passage((Tiles(tuple(each)),))


def link(text: str, address: str) -> Passage:
    """Give a link as a paragraph of its own."""
    return Passage((Link(text, address),))


def code(text: str, label: str = "") -> Passage:
    """Give text that is to be read letter by letter, folded away under a label if it has one."""
    return Passage((Code(text, label),))


def folded_away(summary: str, *items: Shown, long: bool = False) -> Passage:
    """Fold things away under a sentence; long ones are printed only where they are open."""
    return Passage((FoldedAway(summary, together(*items), long),))


def boxed(passage: Passage, css: str) -> Passage:
    """Put a passage in a box of the page's style."""
    return Passage((Box(passage, css),))
