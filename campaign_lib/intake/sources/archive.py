"""The archive that a workbook is: what it holds and how large that is, before anything is read.

Another library reads the values of the same bytes, so an archive that two readers could take for
different things is refused, also where no program would write it but by mistake.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from posixpath import dirname, join, normpath
from struct import error as CutShort  # noqa: N812 - it is named like a function
from typing import IO
from xml.etree import ElementTree
from xml.parsers import expat

from campaign_lib.base.limits import refuse_parts
from campaign_lib.errors import CampaignError, Message, reason

#: What every archive begins with, and the record that ends it, so many bytes long, if it has no
#: comment: with one, two readers might take different records for the last.
ARCHIVE = b"PK\x03\x04"
_END, _LENGTH_OF_END = b"PK\x05\x06", 22
#: The part without which an archive is something else: a document, a drawing, a folder in a ZIP.
_WORKBOOK = "xl/workbook.xml"
#: The parts that say where the workbook is, and where its sheets are.
_ROOT, _LINKS = "_rels/.rels", "xl/_rels/workbook.xml.rels"
#: The part of an OpenDocument file that has its sheets, and the one that says what it is.
CONTENT, _KIND = "content.xml", "mimetype"
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_AT_ONCE = 1 << 16
#: The parts that are read whole are small; one that is not is no workbook's.
_MOST_OF_A_PART = 8 * 1024**2
_LONGEST_REASON = 200

#: What a damaged archive, or a part of it that is no XML of a workbook, makes its readers raise.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, expat.ExpatError, ElementTree.ParseError,
    KeyError, ValueError, NotImplementedError, RuntimeError, CutShort, OSError, IndexError,
)  # fmt: skip


class Archive:
    """An opened archive; a part is found by its name, in whatever case."""

    def __init__(self, content: bytes, file: str) -> None:
        """Open it.

        Raises:
            CampaignError: it is no workbook, or would unpack into more than any table.
        """
        self._zip = zipfile.ZipFile(io.BytesIO(content))
        parts = self._zip.infolist()
        refuse_parts(parts, file)
        #: How many bytes all parts have.
        self.unpacked = sum(part.file_size for part in parts)
        self._names = {part.filename.casefold(): part.filename for part in parts}
        if not {_WORKBOOK, CONTENT} & self._names.keys():
            raise CampaignError("file.no_workbook", file=file)
        end = content[-_LENGTH_OF_END:]
        is_plain = end.startswith(_END) and end.endswith(b"\0\0")
        if not is_plain or len(parts) != len(self._names):
            raise zipfile.BadZipFile("the archive can be read in two ways")

    def __contains__(self, name: str) -> bool:
        """Say whether there is such a part."""
        return name.casefold() in self._names

    def part(self, name: str) -> IO[bytes]:
        """Open a part."""
        return self._zip.open(self._names[name.casefold()])

    def pieces(self, name: str) -> Iterator[bytes]:
        """Give a part piece by piece; its end shows whether it has the size that it declares."""
        with self.part(name) as part:
            while piece := part.read(_AT_ONCE):
                yield piece

    def tree(self, name: str) -> ElementTree.Element:
        """Give a small part as a tree."""
        with self.part(name) as part:
            return _tree(part, name)


def _tree(part: IO[bytes], name: str) -> ElementTree.Element:
    text = part.read(_MOST_OF_A_PART + 1)
    if len(text) > _MOST_OF_A_PART:
        raise zipfile.BadZipFile(f"{name} is no part of a workbook")
    return ElementTree.fromstring(text, ElementTree.XMLParser(target=_Plain()))


class _Plain(ElementTree.TreeBuilder):
    """Builds trees of documents that declare nothing: entities could grow without end."""

    def doctype(self, *_: object) -> None:
        raise zipfile.BadZipFile("a part declares a document type")


# Archives whose parts are not where Excel has them: it opens them, the reader of values may not.
#
# Some programs put a backslash between folders, or the workbook into a folder of its own.


def is_open_document(content: bytes) -> bool:
    """Say whether an archive is an OpenDocument spreadsheet, and no workbook of Excel."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = {name.casefold() for name in archive.namelist()}
        if CONTENT not in names or _KIND not in names or _WORKBOOK in names:
            return False
        with archive.open(_KIND) as part:
            return part.read(_AT_ONCE).startswith(_SPREADSHEET)


def with_usual_places(content: bytes, file: str) -> bytes:
    """Give a workbook with its parts where Excel has them; as it is, if they are there.

    Raises:
        CampaignError: it is no workbook, or would unpack into more than any table.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [part.filename for part in archive.infolist()]
        if _WORKBOOK in map(str.casefold, names) and "\\" not in "".join(names):
            return content
        refuse_parts(archive.infolist(), file)
        parts = {part.filename.replace("\\", "/"): part for part in archive.infolist()}
        if len(parts) < len(names):
            raise zipfile.BadZipFile("the archive can be read in two ways")
        book = _book_of(archive, parts)
        if book not in parts or not _is_workbook(archive, parts[book]):
            raise CampaignError("file.no_workbook", file=file)
        moved = io.BytesIO()
        with zipfile.ZipFile(moved, "w", zipfile.ZIP_DEFLATED) as settled:
            for name, part in parts.items():
                place = _usual(name, book)
                with archive.open(part) as opened:
                    of = {_LINKS: dirname(book), _ROOT: ""}.get(place)
                    text = opened.read() if of is None else _links(opened, of, book)
                settled.writestr(place, text)
        return moved.getvalue()


def _book_of(archive: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo]) -> str:
    """Name the part that an archive says is its workbook; "" where it says none."""
    if _ROOT not in parts:
        return ""
    with archive.open(parts[_ROOT]) as part:
        links = _tree(part, _ROOT)
    books = (one for one in links if one.get("Type", "").endswith("/officeDocument"))
    return next((normpath("/" + one.get("Target", "")).lstrip("/") for one in books), "")


def _is_workbook(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Say whether the main part of an archive is a workbook: that of a Word document is none."""
    with archive.open(part) as opened:
        return _tree(opened, part.filename).tag.rpartition("}")[2] == "workbook"


def _usual(name: str, book: str) -> str:
    """Say where Excel has a part of a workbook that is called `book` here."""
    folder = dirname(book)
    if name in ("[Content_Types].xml", _ROOT) or not name.startswith(join(folder, "")):
        return name
    own = {
        book: _WORKBOOK,
        join(folder, "_rels", book[len(folder) :].lstrip("/") + ".rels"): _LINKS,
    }
    return own.get(name, join("xl", name[len(folder) :].lstrip("/")))


def _links(part: IO[bytes], folder: str, book: str) -> bytes:
    """Let links that start from a folder lead to where the parts of a workbook are put."""
    tree = _tree(part, _LINKS)
    for one in tree:
        if one.get("TargetMode") != "External":
            target = normpath(join("/", folder, one.get("Target", ""))).lstrip("/")
            one.set("Target", "/" + _usual(target, book))
    return ElementTree.tostring(tree)


def unreadable(file: str, error: object = "") -> CampaignError:
    """Say that a workbook is damaged; a library's reason may repeat what stands in the file."""
    said = reason(" ".join(str(error).split())[:_LONGEST_REASON])
    return CampaignError("file.excel", file=file, detail=said or Message("errors.reason.damaged"))
