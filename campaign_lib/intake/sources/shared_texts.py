"""The texts that a workbook keeps once and that its cells point at, by number.

A cell that points at a text is a few bytes long, and the text becomes one of its own for each of
them when it is read: so they are measured first.
"""

from array import array
from collections.abc import Iterable, Iterator
from typing import Any
from xml.parsers import expat


class SharedTexts:
    """How long each text is, in the order of the workbook."""

    def __init__(self, pieces: Iterable[bytes] = ()) -> None:
        """Measure the texts in the pieces of the part that has them."""
        self.lengths = array("q")
        parser = parser_of(self._start)
        parser.CharacterDataHandler = self._text
        feed(parser, pieces)
        self.longest = max(self.lengths, default=0)

    def _start(self, name: str, _: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "si":
            self.lengths.append(0)

    def _text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)

    def pointed_at(self, pieces: Iterable[bytes]) -> int:
        """Give the sum of the lengths of all texts that the cells of a sheet point at."""
        known = len(self.lengths)
        return sum(self.lengths[number] for number in _numbers(pieces) if number < known)


def _numbers(pieces: Iterable[bytes]) -> Iterator[int]:
    """Give the numbers of the texts that the cells of a sheet point at."""
    found: list[str] = []
    is_pointer = is_number = False

    def start(name: str, about: dict[str, str]) -> None:
        nonlocal is_pointer, is_number
        local = name.rpartition(":")[2]
        if local == "c":
            is_pointer = about.get("t") == "s"
        is_number = is_pointer and local == "v"
        if is_number:
            found.append("")

    def text(content: str) -> None:
        if is_number:
            found[-1] += content

    def end(_: str) -> None:
        nonlocal is_number
        is_number = False

    parser = parser_of(start)
    parser.CharacterDataHandler, parser.EndElementHandler = text, end
    for piece in pieces:
        parser.Parse(piece, False)
        yield from (int(number) for number in found[:-1])
        del found[:-1]
    yield from map(int, found)


def parser_of(start: Any) -> Any:
    """Give a parser of a part, which calls `start` for each element."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def feed(parser: Any, pieces: Iterable[bytes]) -> None:
    """Give a parser a part, piece by piece."""
    for piece in pieces:
        parser.Parse(piece, False)


def _refuse_doctype(*_: object) -> None:
    raise expat.ExpatError("a part declares a document type")
