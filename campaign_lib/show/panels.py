"""Small drawings of bars, marks and lines, as SVG that is as wide as its room.

Across they are written in hundredths of that room, down in pixels: so letters have one size on a
phone, a screen and paper, and the rest gives way.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Any

import numpy as np

from campaign_lib.show.display import RIGHT, Chart, Column, FoldedAway, Passage, Table
from campaign_lib.words import MISSING, Words

# Blue and orange of Okabe and Ito: told apart by all eyes, and by their grey when printed.
REACHED, WANTED, GREY = "#0072B2", "#B34A00", "#555555"

LETTER, LINE, BAR, GAP = (
    13,
    18,
    11,
    11,
)  # pixels: a letter's height, a line of text, a bar, between rows
ROOM = 288  # pixels: the narrowest panel, on a phone or beside others
#: Letters that fit in a line there: those of DejaVu, a wide font, are 0.55 as wide as high.
LETTERS = int(ROOM / (0.55 * LETTER))

#: A white edge for what stands on something drawn.
RIM = "stroke:white;stroke-width:3px;paint-order:stroke"

#: The signs of what is drawn, which stand before its numbers, and their colours.
SIGNS = {
    "sure": ("■", REACHED),
    "unsure": ("□", REACHED),
    "no": ("■", "#8A8A8A"),
    "base": ("■", "#A9C8DE"),
    "lost": ("■", WANTED),
    "due": ("┃", WANTED),
    "path": ("━", WANTED),
    "target": ("◆", WANTED),
    "range": ("━", GREY),
    "": ("", GREY),
}


@dataclass(frozen=True)
class Told:
    """A number that stands beside what is drawn: the kind of its sign, and the word behind it."""

    kind: str
    number: str
    word: str = ""

    @property
    def letters(self) -> int:
        """How much room it takes, with what keeps it from the next."""
        return sum(1 + len(part) for part in (self.number, self.word) if part) + 2 * bool(self.kind)


@dataclass(frozen=True)
class Row:
    """A row of a chart: bars (kind, start, end), marks (kind, place), and all of it in numbers."""

    label: str
    bars: tuple[tuple[str, float, float], ...]
    told: tuple[Told, ...]
    marks: tuple[tuple[str, float], ...] = ()


def tag(name: str, text: str = "", **given: float | str) -> str:
    """Write an element; its text is escaped already."""
    told = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in given.items())
    return f"<{name}{told}>{text}</{name}>"


def rule(x1: float, y1: float, x2: float, y2: float, colour: str, width: float) -> str:
    """Draw a straight line."""
    across = {"x1": f"{x1:.2f}%", "x2": f"{x2:.2f}%"}
    down = {"y1": round(y1, 1), "y2": round(y2, 1)}
    return tag("line", "", **across, **down, stroke=colour, stroke_width=width)


def written(x: float, y: float, text: str, anchor: str = "start", **more: float | str) -> str:
    """Write text that begins, ends or has its middle at `x`."""
    return tag("text", text, x=f"{x:.2f}%", y=round(y, 1), text_anchor=anchor, **more)


def numbers(told: Sequence[Told]) -> str:
    """Write numbers as parts of one text, each behind its sign."""
    parts = []
    for n, one in enumerate(told):
        sign, colour = SIGNS[one.kind]
        number = tag("tspan", escape(one.number), font_weight="bold")
        said = " ".join(filter(None, (tag("tspan", sign, fill=colour), number, escape(one.word))))
        parts.append(tag("tspan", said, dx=8 if n else 0))
    return " ".join(parts)


def _lines(told: Sequence[Told]) -> Iterator[list[Told]]:
    """Break numbers into lines that fit."""
    line: list[Told] = []
    for one in told:
        if line and sum(each.letters for each in (*line, one)) > LETTERS:
            yield line
            line = []
        line.append(one)
    yield line


def mark(kind: str, x: float, y: float) -> str:
    """Draw a mark on a bar whose middle is at `y`, with a white rim."""
    if kind == "due":
        return rule(x, y - 8, x, y + 8, "white", 6) + rule(x, y - 8, x, y + 8, WANTED, 2.5)
    sign, colour = SIGNS[kind]
    if kind != "target":
        rim = {"stroke": "white", "stroke_width": "1.5", "r": "5"}
        return tag("circle", cx=f"{x:.2f}%", cy=round(y, 1), fill=colour, **rim)
    return written(x, y + 5, sign, "middle", fill=colour, style=RIM)


def _row(row: Row, top: float) -> str:
    """Draw a row, its label above its bar.

    Its numbers stand behind the label where both fit in a line, and below the bar elsewhere.
    """
    y, lines = 0.0, wrap(row.label, LETTERS)
    together = len(row.label) + sum(one.letters for one in row.told) <= LETTERS
    drawn = [written(0, y + LINE * n - 5, escape(line)) for n, line in enumerate(lines, 1)]
    y += LINE * len(lines)
    if together:
        drawn.append(written(100, y - 5, numbers(row.told), "end"))
    drawn.append(rule(0, y + BAR / 2, 100, y + BAR / 2, "#E3E6E9", 1))
    scale = 98 / top  # a mark at either end has room
    for kind, start, end in (bar for bar in row.bars if bar[1] < bar[2]):
        _, colour = SIGNS[kind]
        inside = {"fill": "white", "stroke": colour, "stroke_dasharray": "3 2"}
        at = {"x": f"{1 + scale * start:.2f}%", "width": f"{scale * (end - start):.2f}%"}
        drawn.append(
            tag("rect", y=y, height=BAR, **at, **(inside if kind == "unsure" else {"fill": colour}))
        )
    drawn += (mark(kind, 1 + scale * x, y + BAR / 2) for kind, x in row.marks if not np.isnan(x))
    y += BAR
    for line in () if together else _lines(row.told):
        y += LINE
        drawn.append(written(0, y - 3, numbers(line)))
    return drawn_in("".join(drawn), y + GAP)


def drawn_in(inner: str, height: float) -> str:
    """Give a drawing of some pixels' height."""
    size = f"width:100%;height:{height:.0f}px;font-size:{LETTER}px"
    return tag("svg", inner, style=size, fill="#1d2329")


def panel(title: str, drawings: str) -> str:
    """Give drawings below their title."""
    return tag("div", (tag("p", escape(title)) if title else "") + drawings)


def rows_panel(title: str, rows: Sequence[Row], top: float) -> str:
    """Give rows one below the other; their room reaches from nought to `top`.

    Each is a drawing of its own: a sheet of paper may end between two.
    """
    return panel(title, "".join(_row(row, top) for row in rows))


def _highest(rows: Sequence[Row]) -> float:
    """Say how far rows reach; to 1 at least."""
    ends = [end for row in rows for *_, end in (*row.bars, *row.marks)]
    return float(np.nanmax([1.0, *ends]))


def rows_chart(
    panels: Mapping[str, Sequence[Row]], words: Words, top: float = 0.0, **told: Any
) -> Chart:
    """Make a chart of rows, with a table of their numbers behind it.

    Args:
        panels: the rows below each title.
        words: the reader's language.
        top: how far the room of each row reaches; else each panel's as far as its longest.
        told: the chart's title, answer, alt, source and frame.
    """
    named = [(title, row) for title, rows in panels.items() for row in rows]
    columns = list(dict.fromkeys(one.word for _, row in named for one in row.told))
    cells = []
    for title, row in named:
        said = {one.word: one.number for one in row.told}
        cells.append((": ".join(filter(None, (title, row.label))), *map(said.get, columns)))
    return Chart(
        lambda: "".join(
            rows_panel(title, rows, top or _highest(rows)) for title, rows in panels.items()
        ),
        behind=behind(told["title"], columns, cells, words),
        **told,
    )


def behind(
    title: str, columns: Sequence[str], cells: Sequence[Sequence[str | None]], words: Words
) -> FoldedAway:
    """Fold the numbers of a chart away, as a table whose first column says of what they are."""
    head = (Column(""), *(Column(one or words("charts.number"), RIGHT) for one in columns))
    rows = tuple(tuple(cell or MISSING for cell in row) for row in cells)
    return FoldedAway(words("charts.table"), Passage((Table(title, head, rows),)), long=True)


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move places apart until none is nearer to another than `gap`, in their order.

    They stay between `low` and `high` where there is room for all.
    """
    places = np.array(wanted, float)
    order, steps = np.argsort(places, kind="stable"), gap * np.arange(len(places))
    pushed = np.maximum.accumulate(np.clip(places[order], low, None) - steps) + steps
    places[order] = np.minimum(pushed, high - steps[::-1])
    return [float(place) for place in places]
