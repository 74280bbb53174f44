"""Workbooks that are no plain XLSX: of OpenDocument, locked, or with parts in other places."""

import io
import zipfile
from collections.abc import Mapping

import pytest
from intake_files import Reads, column, lines, workbook

from campaign_lib.base import limits
from campaign_lib.errors import CampaignError
from campaign_lib.intake.sources.workbook import open_workbook

KIND = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)
HEADINGS = ("activity", "village", "held_on", "kind", "households_attending")
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{KIND}"/>'
    "</manifest:manifest>"
)
BLANK = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
BLANK += 'table:number-columns-repeated="16384"/></table:table-row>'


def cell(text: str, about: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="string" {about}>'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def row(*cells: str, about: str = "") -> str:
    own = [one if one.startswith("<") else cell(one) for one in cells]
    return f"<table:table-row {about}>{''.join(own)}</table:table-row>"


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return content.getvalue()


def ods(*rows: str, also: Mapping[str, str] | None = None, name: str = "Trang 1") -> bytes:
    text = (
        f'<?xml version="1.0"?><office:document-content {SPACES}><office:body><office:spreadsheet>'
        f'<table:table table:name="{name}">{"".join(rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = {"META-INF/manifest.xml": MANIFEST}
    return archive({"mimetype": KIND, "content.xml": text, **manifest, **(also or {})})


DAY = '<table:table-cell office:value-type="date" office:date-value="2024-02-03"/>'
NUMBER = '<table:table-cell office:value-type="float" office:value="12"/>'
ERROR = (
    '<table:table-cell office:value-type="string" office:string-value="" '
    'calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
)


def test_a_spreadsheet_of_open_document_is_read(reads: Reads) -> None:
    content = ods(
        row("BÁO CÁO HOẠT ĐỘNG"),
        row(*HEADINGS),
        row("HD1", "A", DAY, "họp", NUMBER),
        row("HD2", "B", DAY, "họp", ERROR, about='table:visibility="collapse"'),
        row("HD3", "B", "04/02/2024", "<table:table-cell/>", "1.850"),
        BLANK,
    )
    campaign = reads({"activities.ods": content})
    assert column(campaign, "activities", "activity") == ["HD1", "HD2", "HD3"]
    assert column(campaign, "activities", "held_on") == ["2024-02-03", "2024-02-03", "2024-02-04"]
    assert column(campaign, "activities", "households_attending") == [12, None, 1850]
    assert [(one.row, one.value, one.action) for one in lines(campaign)] == [
        (1, "BÁO CÁO HOẠT ĐỘNG", "row passed over"),
        (4, "4", "read all the same"),
        (4, "#N/A", "set to unknown"),
    ]


def test_it_gives_way_to_csv_and_xlsx(reads: Reads) -> None:
    good = "activity,held_on\nHD9,2024-02-03\n"
    campaign = reads({"activities": good, "activities.ods": ods(row(*HEADINGS))})
    assert column(campaign, "activities", "activity") == ["HD9"]
    assert [(one.file, one.action) for one in lines(campaign)] == [
        ("activities.ods", "file ignored")
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row(cell("x", 'table:number-columns-repeated="2000000000"'))], "spreads over"),
        ([row("x", about='table:number-rows-repeated="2000000000"')], "spreads over"),
        ([BLANK * 90, row("x")], "spreads over"),
        ([BLANK.replace("16384", "3") * 9, row("x", "y")], "spreads over"),
        ([row(cell("x" * 9000, 'table:number-columns-repeated="16000"')) * 9], "million letters"),
        ([row("x", about='table:number-rows-repeated="many"')], "not a readable"),
    ],
)  # fmt: skip
def test_what_is_repeated_is_bounded_before_it_is_read(rows: list[str], said: str) -> None:
    content = ods(*rows)
    assert len(content) < 100_000
    with pytest.raises(CampaignError) as error:
        book = open_workbook(content, "x.ods")
        book.grid(book.names[0])
    assert said in error.value.message.said("en")


def test_a_document_type_or_very_much_in_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = archive({"mimetype": KIND, "content.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'})
    with pytest.raises(CampaignError):
        open_workbook(bomb, "x.ods")
    monkeypatch.setattr(limits, "MOST_UNPACKED", 100)
    with pytest.raises(CampaignError, match="MB"):
        open_workbook(ods(row("x")), "x.ods")


@pytest.mark.parametrize(
    "content",
    [
        ods(row("x"), also={"META-INF/manifest.xml": "<a><encryption-data/></a>"}),
        ods(row("x"), also={"encrypted-package": "x"}),
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096) + "EncryptedPackage".encode("utf-16-le"),
    ],
    ids=["ods", "ods_as_a_whole", "xlsx"],
)
def test_a_locked_workbook_has_a_password(content: bytes) -> None:
    with pytest.raises(CampaignError) as error:
        open_workbook(content, "x.xlsx")
    assert "is locked with a password" in error.value.message.said("en")


def moved(content: bytes, places: Mapping[str, str]) -> bytes:
    """Put the parts of a workbook elsewhere, and let its links say so."""
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    for before, after in places.items():
        parts = {
            name.replace(before, after): part.replace(before.encode(), after.encode())
            if name.endswith((".rels", "[Content_Types].xml"))
            else part
            for name, part in parts.items()
        }
    return archive(parts)


@pytest.mark.parametrize(
    "places",
    [
        {"xl/_rels/workbook.xml": "sheets/_rels/wb.xml", "xl/workbook.xml": "sheets/wb.xml"}
        | {"xl/": "sheets/"},
        {"xl/_rels/workbook.xml": "_rels/wb.xml", "xl/workbook.xml": "wb.xml", "/xl/": "/"}
        | {"xl/": ""},
        {"xl/_rels/workbook.xml": "xl/_rels/workbook2.xml", "xl/workbook.xml": "xl/workbook2.xml"},
    ],
    ids=["folder", "root", "name"],
)
def test_a_workbook_in_another_place_is_read(reads: Reads, places: Mapping[str, str]) -> None:
    sheet = [[*HEADINGS], ["HD1", "A", "2024-02-03", "họp", 12]]
    content = moved(workbook({"Trang 1": sheet, "Khác": [["x"]]}), places)
    campaign = reads({"activities.xlsx": content})
    assert column(campaign, "activities", "households_attending") == [12]


def test_backslashes_between_names_of_parts_are_read(reads: Reads) -> None:
    with zipfile.ZipFile(
        io.BytesIO(workbook({"a": [[*HEADINGS], ["HD1", "A", "2024-02-03"]]}))
    ) as x:
        content = archive({name.replace("/", "\\"): x.read(name) for name in x.namelist()})
    assert b"xl\\workbook.xml" in content
    assert column(reads({"activities.xlsx": content}), "activities", "village") == ["A"]
