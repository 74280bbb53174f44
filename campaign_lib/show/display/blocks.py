"""What stands on a page, block by block: headings, paragraphs, lists, tiles, charts, tables."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from campaign_lib.show.display.tables import Table, Traced, cell_html, css_class


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
            f'<figure class="chart" tabindex="0"><figcaption><strong>{escape(self.title)}</strong>'
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
class Paragraph:
    """A paragraph; `css` names its style."""

    text: str
    css: str = ""

    def _repr_html_(self) -> str:
        return f"<p{css_class(self.css)}>{escape(self.text)}</p>"

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 6, which can be linked to by its name, or else by its text."""

    text: str
    level: int
    name: str = ""

    def _repr_html_(self) -> str:
        name = unicodedata.normalize("NFC", self.name or self.text).casefold().replace(" ", "-")
        return f'<h{self.level} id="{escape(name)}">{escape(self.text)}</h{self.level}>'

    def __str__(self) -> str:
        return self.text


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
class Code:
    """Text that is to be read letter by letter, such as SQL, folded away under a label."""

    text: str
    label: str

    def _repr_html_(self) -> str:
        return (
            f"<details><summary>{escape(self.label)}</summary>"
            f"<pre>{escape(self.text)}</pre></details>"
        )

    def __str__(self) -> str:
        return self.text


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
        return f"<section{css_class(self.css)}>{self.inner.html}</section>"

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

    def _repr_html_(self) -> str:
        return self.html

    def __str__(self) -> str:
        return self.text

    def __add__(self, other: "Passage") -> "Passage":
        return Passage(self.blocks + other.blocks)


NOTHING = Passage()
Shown = Block | Passage


def together(*items: Shown) -> Passage:
    """Put things that are shown one after the other."""
    blocks: list[Block] = []
    for item in items:
        blocks += item.blocks if isinstance(item, Passage) else [item]
    return Passage(tuple(blocks))


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


def code(text: str, label: str) -> Passage:
    """Give text that is to be read letter by letter, folded away under a label."""
    return Passage((Code(text, label),))


def folded_away(summary: str, *items: Shown, long: bool = False) -> Passage:
    """Fold things away under a sentence; long ones are printed only where they are open."""
    return Passage((FoldedAway(summary, together(*items), long),))


def boxed(passage: Passage, css: str) -> Passage:
    """Put a passage in a box of the page's style."""
    return Passage((Box(passage, css),))
