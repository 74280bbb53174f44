"""Files that are no tables, or would fill the memory: refused in a sentence, before they do."""

import io
import os
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import docx
import pytest
from fuzz.cases import Case, lay
from fuzz.mutations import packed, unpacked
from fuzz.reading import READ, REFUSED, outcome
from fuzz.seeds import tables
from intake_files import TODAY, workbook

from campaign_lib.base.limits import MOST_CORRECTIONS
from campaign_lib.intake import read_campaign
from campaign_lib.intake.sources.folder import raw_hashes

MB = 1024**2
TEXT = tables()["activities.csv"]
ROWS = [line.split(",") for line in TEXT.decode().splitlines()]
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LINK = (
    b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)


def book(**parts: bytes) -> bytes:
    """Pack a good workbook but for these parts, and let it point at shared texts."""
    links = "xl/_rels/workbook.xml.rels"
    found = unpacked(workbook({"S": ROWS}))
    found[links] = found[links].replace(b"</Relationships>", LINK)
    found.setdefault(STRINGS, b"<sst " + MAIN + b"/>")
    return packed({**found, **{NAMES[name]: part for name, part in parts.items()}})


NAMES = {"sheet": SHEET, "strings": STRINGS, "styles": "xl/styles.xml", "media": "xl/media/a.bin"}


def cells(content: bytes) -> bytes:
    return b"<worksheet " + MAIN + b"><sheetData>" + content + b"</sheetData></worksheet>"


def texts(content: bytes) -> bytes:
    return b"<sst " + MAIN + b">" + content + b"</sst>"


def lying(size: int) -> bytes:
    """Pack a part that its archive declares to have ten bytes."""
    content = bytearray(book(strings=b"\0" * size))
    at = content.rfind(STRINGS.encode()) - 46
    assert content[at : at + 4] == b"PK\1\2"
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(content)


def twice() -> bytes:
    """Pack two parts whose names differ in case only."""
    parts = unpacked(book())
    return packed({**parts, SHEET.upper(): parts[SHEET]})


def commented() -> bytes:
    """Give an archive a comment: in one, another archive could end."""
    content = io.BytesIO(book())
    with zipfile.ZipFile(content, "a") as archive:
        archive.comment = b"x"
    return content.getvalue()


def document() -> bytes:
    content = io.BytesIO()
    docx.Document().save(content)
    return content.getvalue()


def two_of_a_name() -> bytes:
    parts = unpacked(workbook({"S": ROWS, "T": ROWS}))
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b'name="T"', b'name="s"')
    return packed(parts)


def entities() -> bytes:
    """Write styles whose text would grow a thousandfold, in an encoding that hides how."""
    text = '<!DOCTYPE a [<!ENTITY b "xxxxxxxxxx">]><a>' + "&b;" * 100 + "</a>"
    return ('<?xml version="1.0" encoding="utf-16"?>' + text).encode("utf-16")


#: What is written as activities.xlsx, and what the refusal says.
REFUSALS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a document": (document, "no Excel file"),
    "a folder, packed": (lambda: packed({"a/b.csv": TEXT}), "no Excel file"),
    "an OpenDocument sheet": (lambda: packed({"content.xml": b"<a/>"}), "no Excel file"),
    "a CSV file": (lambda: TEXT, "no Excel file"),
    "a web page": (lambda: b"<html><table><tr><td>1</table>", "no Excel file"),
    "nothing": (lambda: b"", "the file is empty"),
    "bytes before it": (lambda: b"\0" + book(), "no Excel file"),
    "a compound file of nothing": (
        lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(5000),
        "not a readable Excel file",
    ),
    "a part twice": (twice, "not a readable Excel file"),
    "a comment": (commented, "not a readable Excel file"),
    "a lie about size": (lambda: lying(10_000), "not a readable Excel file"),
    "entities": (lambda: book(styles=entities()), "not a readable Excel file"),
    "a text of no end": (lambda: book(sheet=cells(b"<row>")[:-30]), "not a readable Excel file"),
    "one name for two sheets": (two_of_a_name, "more than one sheet named s"),
    "two corners": (
        lambda: book(
            sheet=cells(
                b'<row r="1"><c r="A1"><v>1</v></c></row>'
                b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
            )
        ),
        "spreads over 1048576 rows and 16384 columns",
    ),
    "a cell far from its row": (
        lambda: book(sheet=cells(b'<row r="1"><c r="A99999999"><v>1</v></c></row>')),
        "spreads over 99999999 rows",
    ),
    "a cell nowhere": (
        lambda: book(sheet=cells(b'<row><c r="' + b"Z" * 10_000 + b'1"><v>1</v></c></row>')),
        "not a readable Excel file",
    ),
    "one text for all cells": (
        lambda: book(
            strings=texts(b"<si><t>" + b"x" * MB + b"</t></si>"),
            sheet=cells(b'<row><c t="s"><v>0</v></c></row>' * 1000),
        ),
        "its cells hold 1000 million letters",
    ),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_what_is_no_table_is_refused(tmp_path: Path, kind: str) -> None:
    make, said = REFUSALS[kind]
    lay(tmp_path, Case("activities.xlsx", make()))
    found = outcome(tmp_path)
    assert found.what == REFUSED, found
    assert found.detail.startswith("activities.xlsx: ")
    assert said in found.detail


def test_a_long_text_that_few_cells_point_at_is_read(tmp_path: Path) -> None:
    """The sum counts, not the longest."""
    parts = unpacked(book())
    some = (
        b'<row r="9"><c r="D9" t="s"><v>0</v></c></row>' + b'<row><c t="s"><v>1</v></c></row>' * 500
    )
    parts[SHEET] = parts[SHEET].replace(b"</sheetData>", some + b"</sheetData>")
    parts[STRINGS] = texts(b"<si><t>" + b"x" * MB + b"</t></si><si><t></t></si>")
    lay(tmp_path, Case("activities.xlsx", packed(parts)))
    assert outcome(tmp_path).what == READ


@pytest.mark.parametrize(
    "content", [b"x = " + b"[" * 100_000, b"year = " + b"9" * 10_000, b"\xff", b"#" * 2 * MB]
)
def test_a_plan_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    lay(tmp_path, Case("plans/2024.toml", content))
    found = outcome(tmp_path)
    assert found.what == REFUSED, found
    assert found.detail.startswith("2024.toml: ")


def test_more_corrections_than_anybody_writes_are_refused(tmp_path: Path) -> None:
    head, row = tables()["corrections.csv"].splitlines()[:2]
    text = b"\n".join([head, *[row] * (MOST_CORRECTIONS + 1)])
    lay(tmp_path, Case("corrections.csv", text))
    found = outcome(tmp_path)
    assert found.what == REFUSED, found
    assert "corrections.csv: has 20001 corrections, and at most 20000 are applied" in found.detail


# --- what lies on the disk and is no file --------------------------------------------------------

unix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
STRANGE: dict[str, Callable[[Path], object]] = {
    "a folder": lambda path: path.mkdir(),
    "a pipe": lambda path: os.mkfifo(path),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to nowhere": lambda path: path.symlink_to("nowhere.csv"),
    "a link to a folder": lambda path: path.symlink_to("plans"),
}


@unix
@pytest.mark.parametrize("kind", STRANGE)
def test_what_is_no_file_is_listed_and_never_opened(tmp_path: Path, kind: str) -> None:
    lay(tmp_path, Case("activities.csv", TEXT))
    for file in ("activities.csv", "survey/2024Q2.xlsx", "survey/2024Q1/thon 1.csv"):
        path = tmp_path / file
        path.unlink(missing_ok=True)
        path.parent.mkdir(exist_ok=True)
        STRANGE[kind](path)
    raw_hashes(tmp_path)
    assert outcome(tmp_path).what == READ
    problems = read_campaign(tmp_path, TODAY).problems
    listed = set(problems.loc[problems["action"] == "file ignored", "file"])
    if kind == "a link to a folder":  # in survey/ it leads nowhere
        listed -= {"survey/2024Q2.xlsx"}
        assert listed >= {"activities.csv", "survey/2024Q1/thon 1.csv"}
    elif kind == "a folder":
        assert listed >= {"activities.csv", "survey/2024Q1/thon 1.csv"}
    else:
        assert listed == {"activities.csv", "survey/2024Q2.xlsx", "survey/2024Q1/thon 1.csv"}


@unix
@pytest.mark.parametrize("kind", ["a folder", "a pipe", "a link to itself"])
def test_a_plan_or_a_needed_table_that_is_no_file_is_refused(tmp_path: Path, kind: str) -> None:
    for number, file in enumerate(("plans/2024.toml", "households.csv")):
        raw = tmp_path / str(number)
        lay(raw, Case(file, b""))
        (raw / file).unlink()
        STRANGE[kind](raw / file)
        found = outcome(raw)
        assert found.what == REFUSED, found
        assert Path(file).name in found.detail


@unix
def test_a_link_to_a_table_elsewhere_is_followed_and_folders_that_lead_back_are_not(
    tmp_path: Path,
) -> None:
    raw = tmp_path / "raw"
    lay(raw, Case("activities.csv", TEXT))
    (raw / "activities.csv").rename(tmp_path / "elsewhere.csv")
    (raw / "activities.csv").symlink_to(tmp_path / "elsewhere.csv")
    (raw / "survey" / "2024Q2").mkdir()
    (raw / "survey" / "2024Q2" / "back").symlink_to(raw / "survey")
    campaign = read_campaign(raw, TODAY)
    assert len(campaign.tables["activities"]) == len(ROWS) - 1
    assert set(campaign.surveyed) == {"2024Q1"}


def test_a_file_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, Case("activities.csv", TEXT))
    opened = Path.open

    def refuse(path: Path, *how: str, **more: str) -> object:
        if path.name == "activities.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *how, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    found = outcome(tmp_path)
    assert (found.what, found.detail) == (
        REFUSED, "activities.csv: cannot be opened (Permission denied).",
    )  # fmt: skip


# --- bombs, in a process whose memory is measured ------------------------------------------------

#: Bytes that reading may hold beside the file itself and what a good campaign takes.
MOST = 1200 * MB
ROW = b"HD9,A,2024-01-10,h\xe1\xbb\x8dp,elder,20,new_rural\n"
TOTAL = "Tổng cộng,,,,,,\n".encode()
DEEP = b"<a>" * 10_000_000


def every_cell_wrong(rows: int) -> bytes:
    """Write rows that each name another thing that cannot be read, so that no sentence recurs."""
    lines = (f"HD{n}x,A{n},2024-13-{n},họp,l{n},a{n},z{n}\n" for n in range(100, 100 + rows))
    return "".join(lines).encode()


BOMBS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "rows": ("csv", lambda: TEXT + ROW * (60 * MB // len(ROW)), READ),
    "reasons": ("csv", lambda: TEXT + every_cell_wrong(200_000), READ),
    "totals": ("csv", lambda: TEXT + TOTAL * 400_000, READ),
    "line ends": ("csv", lambda: TEXT + b"\n" * (100 * MB), REFUSED),
    "commas": ("csv", lambda: TEXT + b"," * (100 * MB), REFUSED),
    "one cell": ("csv", lambda: TEXT + b"x" * (100 * MB), REFUSED),
    "an open quotation": ("csv", lambda: TEXT + b'"' + b"x,\n" * (33 * MB), REFUSED),
    "any bytes": ("csv", lambda: TEXT + Random(1).randbytes(100 * MB), REFUSED),
    "old letters": ("csv", lambda: TEXT + b"a\xb8 b\xb9 \n" * (3 * MB), REFUSED),
    "NUL bytes": ("csv", lambda: bytes(100 * MB), REFUSED),
    "a gigabyte unpacked": ("xlsx", lambda: book(media=bytes(1024 * MB)), REFUSED),
    "more than it says": ("xlsx", lambda: lying(300 * MB), REFUSED),
    "many texts": ("xlsx", lambda: book(strings=texts(b"<si><t/></si>" * (12 * MB))), READ),
    "deep styles": ("xlsx", lambda: book(styles=b"<a>" * MB + b"</a>" * MB), REFUSED),
    "deep cells": ("xlsx", lambda: book(sheet=cells(DEEP)), REFUSED),
    "hidden rows": ("xlsx", lambda: book(sheet=cells(b'<row hidden="1"/>' * 5_000_000)), REFUSED),
    "errors": (
        "xlsx",
        lambda: book(sheet=cells(b'<row><c t="e"><v>#N/A</v></c></row>' * 1_000_000)),
        REFUSED,
    ),
}
#: Reads a campaign, and tells how it ended and its greatest memory.
WATCH = """
import resource, sys
sys.path[:0] = sys.argv[2:]
from pathlib import Path
from fuzz.reading import outcome
found = outcome(Path(sys.argv[1]))
unit = 1 if sys.platform == "darwin" else 1024
print(found.what, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit, sep=";")
print(found.detail)
"""


def watched(raw: Path) -> tuple[str, int, str]:
    """Read a campaign in a process of its own: how it ended, its greatest memory, what it said."""
    tests = str(Path(__file__).resolve().parents[1])
    done = subprocess.run(
        [sys.executable, "-c", WATCH, str(raw), tests],
        capture_output=True, text=True, timeout=600, check=True, encoding="utf-8",
    )  # fmt: skip
    first, _, detail = done.stdout.partition("\n")
    what, memory = first.split(";")
    return what, int(memory), detail


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> int:
    """Give the memory that reading a small campaign takes."""
    raw = tmp_path_factory.mktemp("usual")
    lay(raw, Case("activities.xlsx", book()))
    what, memory, _ = watched(raw)
    assert what == READ
    return memory


@unix
@pytest.mark.slow
@pytest.mark.parametrize("kind", BOMBS)
def test_no_bomb_fills_the_memory(tmp_path: Path, usual: int, kind: str) -> None:
    suffix, make, end = BOMBS[kind]
    lay(tmp_path, Case(f"activities.{suffix}", make()))
    what, memory, detail = watched(tmp_path)
    size = (tmp_path / f"activities.{suffix}").stat().st_size
    assert what == end, detail
    assert memory - usual < size + MOST, f"{(memory - usual) // MB} MB"
    assert end == READ or re.match(r"activities\.\w+: ", detail), detail
